"""Practices and their steps, which editors write, and runs: a learner's ways through them."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property

from lessons import markdown
from lessons.models import LineField, MarkdownField, Module
from practices import kinds

CLOSING = "closing"


class PracticeQuerySet(models.QuerySet):
    """Adjectives for practices; they chain into a sentence."""

    def offered(self):
        """Only practices that anyone may do."""
        return self.filter(is_offered=True, module__status=Module.Status.PUBLISHED)

    def get_by_natural_key(self, slug):
        """Return the practice with this slug."""
        return self.get(slug=slug)

    def whole(self, slug):
        """Return a practice with its module and steps in one query, or None if there is none with any step."""
        steps = Step.objects.filter(practice__slug=slug).select_related("practice__module")
        steps = list(steps.defer("practice__module__body", "practice__module__handoff"))
        if not steps:
            return None
        practice = steps[0].practice
        practice.steps_in_order = steps
        for step in steps:
            step.practice = practice
        return practice


class Practice(models.Model):
    """A guided practice: what it is for, its steps, and a closing reflection."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="practices")
    position = models.PositiveSmallIntegerField(default=1, help_text="Among the practices of the module.")
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text="The end of its address, and what kept answers remember it by. It stays as it is from then on.",
    )
    title = LineField(max_length=120)
    purpose = MarkdownField(help_text="What it is for, in a sentence or two.")
    needs = MarkdownField("what you need")
    minutes_from = models.PositiveSmallIntegerField("minutes, from", validators=[MinValueValidator(1)])
    minutes_to = models.PositiveSmallIntegerField("minutes, to", validators=[MinValueValidator(1)])
    before = MarkdownField("before you begin", help_text="Such as: choose something small.")
    closing_title = LineField(max_length=120, default="One last sentence")
    closing_note = MarkdownField(blank=True, help_text="Stands above the closing question.")
    closing_question = LineField(max_length=200)
    closing_stem = LineField(max_length=200, blank=True, help_text="How the closing sentence begins.")
    is_offered = models.BooleanField("offered", default=True, help_text="Only editors see a practice that is not.")

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["module", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_from__lte=F("minutes_to")),
                name="a_practice_takes_from_to_minutes",
                violation_error_message="The shorter time comes first.",
            )
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.slug,)

    natural_key.dependencies = ["lessons.module"]

    def get_absolute_url(self):
        return reverse("practices:opening", args=[self.slug])

    @property
    def address(self):
        """Its address, or none where this process does not serve it: one that only runs admin has no practices."""
        try:
            return self.get_absolute_url()
        except NoReverseMatch:
            return ""

    @property
    def is_open(self):
        """Tell whether anyone may do it."""
        return self.is_offered and self.module.is_published

    @cached_property
    def closing(self):
        """The closing reflection, as a step that comes after the others."""
        return Step(
            practice=self, key=CLOSING, title=self.closing_title, guidance=self.closing_note, kind=kinds.SENTENCE,
            question=self.closing_question, stem=self.closing_stem,
        )  # fmt: skip

    @cached_property
    def steps_in_order(self):
        """Every step, first to last, without the closing."""
        return list(self.steps.all())

    @property
    def questions(self):
        """Every step, and the closing."""
        return [*self.steps_in_order, self.closing]

    @property
    def count(self):
        """How many steps there are, without the closing."""
        return len(self.steps_in_order)

    def step_at(self, number):
        """Return the step with this number from 1 on, the closing for None, and None if there is no such step."""
        if number is None:
            return self.closing
        return self.steps_in_order[number - 1] if 1 <= number <= self.count else None

    def number_of(self, step):
        """Return a step's number, or None for the closing."""
        return None if step.is_closing else self.steps_in_order.index(step) + 1

    def step_with(self, key):
        """Return the step with this key, or None if an editor took it away."""
        return next((step for step in self.questions if step.key == key), None)


class StepQuerySet(models.QuerySet):
    """Adjectives for steps; they chain into a sentence."""

    def get_by_natural_key(self, slug, key):
        """Return the step with this key in this practice."""
        return self.get(practice__slug=slug, key=key)


class Step(models.Model):
    """One step of a practice: some guidance and a question of one kind."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=1)
    key = models.SlugField(max_length=60, help_text="A short name that stays when the words change.")
    title = LineField(max_length=120)
    guidance = MarkdownField(blank=True)
    kind = LineField(max_length=10, choices=kinds.CHOICES, default=kinds.SENTENCE)
    question = LineField(max_length=200, blank=True, help_text="A pause has none.")
    example = models.TextField("worked example", max_length=1000, blank=True)
    stem = LineField(max_length=200, blank=True, help_text="Sentence and letter: how the answer begins.")
    choices = models.TextField(max_length=2000, blank=True, help_text="Choice: one to a line.")
    least = LineField(max_length=40, blank=True, help_text="Scale: what 0 means.")
    most = LineField(max_length=40, blank=True, help_text="Scale: what 10 means.")
    seconds = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=kinds.LENGTHS, validators=[MaxValueValidator(600)], help_text="Pause: how long."
    )
    rhythm = LineField(max_length=10, blank=True, choices=kinds.RHYTHMS, help_text="Pause: quiet, or how to breathe.")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["practice", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "key"],
                name="one_step_per_key",
                violation_error_message="Another step of this practice has this key.",
            )
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (*self.practice.natural_key(), self.key)

    natural_key.dependencies = ["practices.practice"]

    def clean(self):
        """Each kind needs some of the fields, and has no use for others."""
        errors = kinds.of(self).problems(self)
        if self.key == CLOSING:
            errors["key"] = "This is the key of the closing reflection. Please choose another."
        if errors:
            raise ValidationError(errors)

    @property
    def is_closing(self):
        return self.key == CLOSING

    @cached_property
    def rendered_guidance(self):
        """The guidance as rendered HTML; see ``markdown.render``."""
        return markdown.render(self.guidance)

    @property
    def offered_choices(self):
        """The choices, one of each."""
        lines = (line.strip() for line in self.choices.splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    @property
    def answer_key(self):
        """What a kept answer remembers this step by, wherever it is taken."""
        return f"{self.practice.slug}/{self.key}"

    @property
    def asked(self):
        """The question as an answer keeps it."""
        return kinds.of(self).asked(self)


class RunQuerySet(models.QuerySet):
    """Adjectives for runs; they chain into a sentence."""

    def owned_by(self, user):
        """Only this learner's runs."""
        return self.filter(owner=user)

    def under_way(self):
        """Only runs that have no end yet."""
        return self.filter(ended=None)

    def done(self):
        """Only runs that came to an end, the last one first."""
        return self.exclude(ended=None).order_by("-ended")


class Run(models.Model):
    """One learner's way through one practice. Holds no words: those are in the journal's entry with the same id.

    A run that was let go, or whose entry was deleted since, still counts as done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    practice = models.ForeignKey(Practice, on_delete=models.SET_NULL, null=True, related_name="+")
    begun = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    is_kept = models.BooleanField(default=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "practice"], condition=Q(ended=None), name="one_run_of_a_practice_under_way"
            )
        ]
        indexes = [models.Index("owner", F("ended").desc(), name="runs_by_end")]

    def __str__(self):
        # Never whose: this text reaches logs and error pages.
        return f"Run of {self.begun:%Y-%m-%d}"


class VisitQuerySet(models.QuerySet):
    """Adjectives for visits; they chain into a sentence."""

    def current(self):
        """Only visits that may still be opened."""
        return self.filter(until__gt=timezone.now())

    def over(self):
        """Only visits whose day is over."""
        return self.filter(until__lte=timezone.now())


class Visit(models.Model):
    """What someone without an account wrote in one practice, sealed with a key that only their browser has.

    See ``visitor``. Names neither the person nor the practice.
    """

    name = models.CharField(primary_key=True, max_length=64)
    run = models.UUIDField()
    revision = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)
    sealed = models.BinaryField()

    objects = VisitQuerySet.as_manager()

    def __str__(self):
        # Never whose: this text reaches logs and error pages.
        return f"Visit until {self.until:%Y-%m-%d}"


# Django looks for every model of an app here.
from practices.reminder_models import Reminder  # noqa: E402, F401 -- below what they stand beside
from practices.week_models import DailyQuestion, Week, WeeklyPractice  # noqa: E402, F401 -- below what they stand beside
