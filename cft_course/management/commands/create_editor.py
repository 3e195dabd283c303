"""Make someone an editor."""

import getpass

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

PRACTICES = ["practice", "step", "weeklypractice", "dailyquestion"]
# Editors change content and nothing else.
EDITED = (
    Q(content_type__app_label__in=["lessons", "safety"])
    | Q(content_type__app_label="journal", content_type__model="prompt")
    | Q(content_type__app_label="practices", content_type__model__in=PRACTICES)
)
# Some may look after learners' accounts besides.
LEARNERS = ["view_user", "change_user", "delete_user"]


def editors():
    """Return the group of editors with the right to every model of the content, and to no other."""
    group, _ = Group.objects.get_or_create(name="Editors")
    group.permissions.set(Permission.objects.filter(EDITED))
    return group


@transaction.atomic
def make_editor(email, password, sees_learners=False):
    """Make and return an editor, whose address the operator vouches for: a second factor asks for a verified one."""
    user = get_user_model().objects.create_user(email, password, is_staff=True)
    user.groups.add(editors())
    if sees_learners:
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts", codename__in=LEARNERS))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


class Command(BaseCommand):
    """Ask for an email address and a password, and make an editor of them."""

    help = "Create an editor, who may change the course's content at /admin/ and nothing else."

    def add_arguments(self, parser):
        """The address may be given at once; the password is always asked for."""
        parser.add_argument("email", nargs="?", help="The editor's email address.")
        told = "The editor may also disable and delete learners' accounts, and sees their email addresses."
        parser.add_argument("--learners", action="store_true", help=told)

    def handle(self, *args, email=None, learners=False, **options):
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
        make_editor(email, password, sees_learners=learners)
        self.stdout.write(f"{email} can now sign in at /admin/.")
        self.stdout.write(
            "The first sign-in asks to set up a second step: have an authenticator app or a passkey at hand."
        )

    def _ask_password(self, user):
        password = getpass.getpass("Password (at least 10 characters): ")
        validate_password(password, user)
        if getpass.getpass("The same password again: ") != password:
            raise ValidationError("The two passwords differ. Nothing was created.")
        return password
