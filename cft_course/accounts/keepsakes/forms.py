"""Forms about everything one person has. Each does the deed that it validates."""

from django import forms

from cft_course.accounts import erasure
from journal import importing
from journal.keys.keyring import Keyring


class RangeForm(forms.Form):
    """From which day to which; both may be left open."""

    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, entries):
        """Return the entries of those days."""
        if self.cleaned_data["since"]:
            entries = entries.filter(day__gte=self.cleaned_data["since"])
        if self.cleaned_data["until"]:
            entries = entries.filter(day__lte=self.cleaned_data["until"])
        return entries


class BringForm(forms.Form):
    """Take in a file that was exported from this or another account."""

    file = forms.FileField(label="The file that ends in .json", widget=forms.FileInput(attrs={"accept": ".json"}))

    def clean_file(self):
        """Read the file; what is wrong with it is said at the field."""
        try:
            self.incoming = importing.read(self.cleaned_data["file"].read())
        except importing.ImportProblem as problem:
            raise forms.ValidationError(str(problem)) from None

    def save(self, user):
        """Keep what is new; return how many came in and how many were there already."""
        return importing.store(Keyring(user), self.incoming)


class EmailForm(forms.Form):
    """Confirm by typing one's own address, so that nothing is deleted by a slip of the finger."""

    email = forms.CharField(
        max_length=254,
        label="Type your email address to confirm",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data=None, *, user):
        self.user = user
        super().__init__(data)

    def clean_email(self):
        """Refuse any other address."""
        if self.cleaned_data["email"].lower() != self.user.email.lower():
            raise forms.ValidationError("This is not the email address of this account. Nothing was deleted.")

    def delete_words(self):
        """Delete everything that this person wrote; the account stays."""
        erasure.erase_writing(self.user)

    def delete_account(self):
        """Delete the account with everything in it."""
        erasure.delete_account(self.user)
