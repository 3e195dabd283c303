"""Make someone an editor."""

import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email

# Editors change content and nothing else.
EDITED_APPS = ["lessons", "safety"]


def editors():
    """Return the group of editors with the right to every model of the content."""
    group, _ = Group.objects.get_or_create(name="Editors")
    group.permissions.set(Permission.objects.filter(content_type__app_label__in=EDITED_APPS))
    return group


class Command(BaseCommand):
    """Ask for an email address and a password, and make an editor of them."""

    help = "Create an editor, who may change the course's content at /admin/ and nothing else."

    def add_arguments(self, parser):
        """The address may be given at once; the password is always asked for."""
        parser.add_argument("email", nargs="?", help="The editor's email address.")

    def handle(self, *args, email=None, **options):
        """Create the editor; raises ``CommandError`` with what is wrong."""
        users = get_user_model()
        email = email or input("Email address: ").strip()
        try:
            validate_email(email)
            if users.objects.filter(email__iexact=email).exists():
                raise ValidationError("There is already an account with this email address.")
            password = self._ask_password(users(email=email))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user = users.objects.create_user(email, password, is_staff=True)
        user.groups.add(editors())
        self.stdout.write(f"{email} can now sign in at /admin/.")

    def _ask_password(self, user):
        password = getpass.getpass("Password (at least 10 characters): ")
        validate_password(password, user)
        if getpass.getpass("The same password again: ") != password:
            raise ValidationError("The two passwords differ. Nothing was created.")
        return password
