"""Forms for signing up, signing in and preferences."""

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms

from cft_course.accounts import preferences, sessions
from cft_course.accounts.models import User
from journal.keys.keyring import Keyring

LONGEST_NAME = 80


def shared_device():
    """Return the field with which someone says that others use this device too."""
    return forms.BooleanField(
        required=False, label="This is a shared device", help_text="Sign me out when I close the browser."
    )


class SignupForm(allauth_forms.SignupForm):
    """Signing up; a script fills in the device's time zone, and whoever runs none begins with UTC."""

    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_time_zone(self):
        """Return the zone, or UTC for what is none: nobody can mend a field they do not see."""
        return preferences.zone_or_utc(self.cleaned_data["time_zone"])

    def custom_signup(self, request, user):
        """Keep the time zone."""
        super().custom_signup(request, user)
        user.time_zone = self.cleaned_data.get("time_zone", "UTC")
        user.save(update_fields=["time_zone"])


class LoginForm(allauth_forms.LoginForm):
    """Signing in with a password."""

    shared_device = shared_device()

    def login(self, request, redirect_url=None):
        """Sign someone in, or lead them to the next step."""
        sessions.choose(request, self.cleaned_data["shared_device"])
        response = super().login(request, redirect_url)
        # allauth has just set one end for everyone.
        sessions.set_end(request)
        return response


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """Signing in with a code that comes by mail."""

    shared_device = shared_device()

    def clean(self):
        """Note the choice for when the code comes back, alike for known and unknown addresses."""
        cleaned_data = super().clean()
        sessions.choose(context.request, cleaned_data.get("shared_device", False))
        return cleaned_data


class Once:
    """Asks for a new password once: whoever mistypes it can be sent a code (WCAG 2.2, 3.3.7)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2")


class ChangePasswordForm(Once, allauth_forms.ChangePasswordForm):
    """Changing the password."""


class SetPasswordForm(Once, allauth_forms.SetPasswordForm):
    """Choosing a first password."""


class ResetPasswordKeyForm(Once, allauth_forms.ResetPasswordKeyForm):
    """Choosing a new password after the code from a mail."""


class PreferencesForm(forms.ModelForm):
    """What someone prefers. Editors have no journal here, so they are asked for their time zone only."""

    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label="What shall we call you?",
        help_text="Only if you like. It is sealed like your notes, and only you see it.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone", error_messages={"invalid_choice": "Please choose a time zone from the list."}
    )

    class Meta:
        model = User
        fields = ["time_zone", "day_starts", "shows_words"]
        widgets = {"day_starts": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}

    field_order = ["name", "time_zone", "day_starts", "shows_words"]
    journal_fields = ["name", "day_starts", "shows_words"]

    def __init__(self, data=None, *, user):
        self.keyring = None if user.is_staff else Keyring(user)
        initial = {} if user.is_staff else {"name": preferences.name_of(user, self.keyring)}
        super().__init__(data, instance=user, initial=initial)
        self.fields["time_zone"].choices = preferences.zone_choices(user.time_zone)
        if user.is_staff:
            for field in self.journal_fields:
                del self.fields[field]

    def save(self, commit=True):
        """Keep everything at once; raises ``SealError``."""
        if "name" in self.cleaned_data:
            preferences.give_name(self.instance, self.keyring, self.cleaned_data["name"])
        if commit:
            self.instance.save(update_fields=["sealed_name", *self._meta.fields])
        return self.instance
