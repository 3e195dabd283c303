"""Forms of the journal. Each does the deed that it validates."""

import uuid

from django import forms
from django.core.signing import BadSignature, Signer
from django.db.models import Q

from journal import saving
from journal.models import Entry
from journal.words import LONGEST_ANSWER, Answer, Words
from lessons.models import Module

signer = Signer(salt="journal.new-entry")


def new_token(user):
    """Return a signed id for an entry that is not there yet, good for this learner only."""
    return signer.sign(f"{user.uuid}/{uuid.uuid4()}")


def entry_id_of(token, user):
    """Return the id inside a token; raises ``ValidationError`` for a token that is not this learner's."""
    try:
        owner, entry_id = signer.unsign(token).split("/")
    except BadSignature:
        owner = entry_id = None
    if owner != str(user.uuid):
        raise forms.ValidationError("This page was opened by someone else, or long ago. Please press the button again.")
    return uuid.UUID(entry_id)


class WordsField(forms.CharField):
    """A learner's own words, kept exactly as typed; only line ends are made alike."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value):
        """Return the text with line ends as this site keeps them."""
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value):
        """Refuse what is longer than one page can show."""
        super().validate(value)
        extra = len(value) - LONGEST_ANSWER
        if extra > 0:
            raise forms.ValidationError(
                f"This is {extra:,} characters more than one note can hold ({LONGEST_ANSWER:,}). It is all still in "
                "the box: you could move the end of it into a second note."
            )


class WritingForm(forms.Form):
    """A form that someone writes in: nothing they sent is lost, and what cannot be kept is said."""

    def __init__(self, data=None, **kwargs):
        self.had_nul = False
        super().__init__(self._without_nul(data), **kwargs)

    def _without_nul(self, data):
        """Return the data without the one character that no page and no database can hold."""
        if data is None or not any("\0" in value for values in data.lists() for value in values[1]):
            return data
        self.had_nul = True
        data = data.copy()
        for name, values in list(data.lists()):
            data.setlist(name, [value.replace("\0", "") for value in values])
        return data

    def refuse_nul(self):
        """Say so if something was taken out; raises ``ValidationError``."""
        if self.had_nul:
            raise forms.ValidationError(
                "There was an invisible character (NUL) in this text that cannot be kept. It has been taken out; "
                "please look it over and save again."
            )


class NoteForm(WritingForm):
    """Write a note, new or not: the words, the question they answer, and the module they are about."""

    text = WordsField(label="Your words")
    question = forms.CharField(required=False, max_length=300, strip=False, widget=forms.HiddenInput)
    module = forms.ModelChoiceField(
        Module.objects.published().only("number", "title"), required=False, label="About a module", empty_label="None"
    )
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 2, widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, data=None, *, keyring, entry=None, **kwargs):
        self.keyring = keyring
        self.entry = entry
        super().__init__(data, **kwargs)
        if entry and entry.module_id:
            # An editor may have taken the module back for a while; the note stays about it.
            self.fields["module"].queryset = Module.objects.filter(
                Q(status=Module.Status.PUBLISHED) | Q(pk=entry.module_id)
            ).only("number", "title")

    @classmethod
    def to_begin(cls, keyring, question=""):
        """Return the form for a new note."""
        return cls(keyring=keyring, initial={"revision": 0, "token": new_token(keyring.owner), "question": question})

    @classmethod
    def to_change(cls, keyring, entry):
        """Return the form for an entry, with the words to go on with; raises ``SealError``."""
        answer = entry.open_latest(keyring).first
        initial = {"text": answer.text, "question": answer.question, "module": entry.module_id}
        return cls(keyring=keyring, entry=entry, initial=initial | {"revision": entry.revision})

    def clean_text(self):
        """Say so if something was taken out, and that there is nothing to keep yet."""
        self.refuse_nul()
        if not self.cleaned_data["text"].strip():
            raise forms.ValidationError("There are no words here yet. One is enough.")
        return self.cleaned_data["text"]

    def clean(self):
        """Learn which entry this is: the one being changed, or the one whose id is in the token."""
        try:
            self.entry_id = self.entry.pk if self.entry else entry_id_of(self._token, self.keyring.owner)
        except forms.ValidationError:
            self.data = self.data.copy()
            self.data["token"] = new_token(self.keyring.owner)
            raise
        return self.cleaned_data

    @property
    def _token(self):
        return self.cleaned_data.get("token", "")

    @property
    def words(self):
        """The words as they would be kept. Only a note's question may change; whatever else the entry holds stays."""
        text, question = self.cleaned_data["text"], self.cleaned_data["question"]
        if self.entry is None:
            return Words.of(text, question)
        before = self.entry.open_latest(self.keyring)
        if self.entry.kind != Entry.Kind.NOTE:
            question = before.first.question
        return Words((Answer(text, question, before.first.key), *before.answers[1:]), before.title)

    def save(self, *, keep):
        """Keep the words, or save them as a draft; raises what ``saving.save`` raises."""
        revision = self.cleaned_data["revision"] if self.entry else 0
        module = self.cleaned_data["module"]
        return saving.save(self.keyring, self.entry_id, revision, self.words, keep=keep, module=module)


class SearchForm(forms.Form):
    """Look for words among one's own."""

    words = forms.CharField(max_length=200, required=False, label="A word or two that you remember")
    past = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
