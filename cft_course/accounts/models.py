"""The user: an email address and a password, and no name that anyone has to give."""

import uuid
from datetime import time
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from cft_course.accounts import days, preferences


class UserManager(BaseUserManager):
    """Makes users from an email address and a password."""

    def get_by_natural_key(self, email):
        """Return the user with this address, whatever its capitals."""
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        """Make and return a learner; raises ``ValueError`` without an address."""
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Make and return someone who may do everything in admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A learner or an editor, known by an email address."""

    email = models.EmailField("email address", max_length=254, unique=True)
    is_staff = models.BooleanField("editor", default=False, help_text="May sign in to admin.")
    is_active = models.BooleanField("active", default=True)
    created = models.DateTimeField(auto_now_add=True)
    # Names the owner inside sealed words. Unlike the row's number it is never given twice.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[days.validate_time_zone])
    day_starts = models.TimeField(
        "my day starts at",
        default=time(4),
        help_text="Until this hour of the night it is still the day before.",
    )
    sealed_name = models.BinaryField(null=True, editable=False)
    shows_words = models.BooleanField("show my words in the list", default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message="There is already an account with this email address.",
            )
        ]

    def __str__(self):
        return self.email

    def open_name(self, keyring):
        """Return the name a learner gave, or an empty text; raises ``SealError``."""
        return preferences.name_of(self, keyring)

    @property
    def zone(self):
        """The learner's time zone."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment):
        """Return the learner's own day at a moment: half past midnight still belongs to the evening before."""
        return days.day_of(moment, self.zone, self.day_starts)

    @property
    def today(self):
        """The learner's own day now."""
        return self.day_of(timezone.now())
