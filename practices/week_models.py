"""Practice This Week: what editors write of it, and the weeks that learners give it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from lessons import markdown
from lessons.models import LineField, MarkdownField, Module


class WeeklyPracticeQuerySet(models.QuerySet):
    """Adjectives for weekly practices; they chain into a sentence."""

    def offered(self):
        """Only weekly practices that anyone may do."""
        return self.filter(is_offered=True, module__status=Module.Status.PUBLISHED)

    def get_by_natural_key(self, course_slug, number):
        """Return the weekly practice of this module."""
        return self.get(module__course__slug=course_slug, module__number=number)


class WeeklyPractice(models.Model):
    """What a module asks for seven days: an instruction, a few daily questions, and one question at the end."""

    module = models.OneToOneField(Module, on_delete=models.CASCADE, related_name="weekly_practice")
    title = LineField(max_length=120, default="Practice This Week")
    instruction = MarkdownField(help_text="What to do once a day.")
    note = LineField(max_length=300, blank=True, help_text="One line below the questions, such as: no need to fix it.")
    example = models.TextField("worked example", max_length=1000, blank=True)
    closing_line = LineField(max_length=300, blank=True)
    looking_back = LineField("question after the week", max_length=200)
    is_offered = models.BooleanField("offered", default=True)

    objects = WeeklyPracticeQuerySet.as_manager()

    class Meta:
        ordering = ["module"]

    def __str__(self):
        return f"{self.title}, {self.module}"

    def natural_key(self):
        return self.module.natural_key()

    natural_key.dependencies = ["lessons.module"]

    @cached_property
    def rendered_instruction(self):
        """The instruction as rendered HTML; see ``markdown.render``."""
        return markdown.render(self.instruction)

    @cached_property
    def questions_in_order(self):
        """Every daily question, first to last."""
        return list(self.questions.all())


class DailyQuestionQuerySet(models.QuerySet):
    """Adjectives for daily questions; they chain into a sentence."""

    def get_by_natural_key(self, course_slug, number, key):
        """Return the question with this key of this module's week."""
        return self.get(weekly__module__course__slug=course_slug, weekly__module__number=number, key=key)


class DailyQuestion(models.Model):
    """One of the short questions that a week asks every day."""

    weekly = models.ForeignKey(WeeklyPractice, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1)
    key = models.SlugField(max_length=60, help_text="A short name that stays when the words change.")
    text = LineField("question", max_length=200)

    objects = DailyQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["weekly", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["weekly", "key"],
                name="one_daily_question_per_key",
                violation_error_message="Another question of this week has this key.",
            )
        ]

    def __str__(self):
        return self.text

    def natural_key(self):
        return (*self.weekly.natural_key(), self.key)

    natural_key.dependencies = ["practices.weeklypractice"]


class WeekQuerySet(models.QuerySet):
    """Adjectives for weeks; they chain into a sentence."""

    def owned_by(self, user):
        """Only this learner's weeks."""
        return self.filter(owner=user)

    def running(self):
        """Only weeks that nobody ended. The seven days of one may be over all the same; see ``weeks``."""
        return self.filter(ended=None, weekly__isnull=False)

    def whole(self):
        """With all that a page of them says, the one begun last first."""
        weeks = self.select_related("weekly__module").prefetch_related("weekly__questions")
        return weeks.defer("weekly__module__body", "weekly__module__handoff").order_by("-began", "-id")


class Week(models.Model):
    """Seven days that a learner gives a weekly practice. Holds no words; each day has one entry in the journal.

    ``began`` is the learner's own day. ``pauses`` lists the days from which and until which it rested, as ISO dates,
    the last one without an end while it rests now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    weekly = models.ForeignKey(WeeklyPractice, on_delete=models.SET_NULL, null=True, related_name="+")
    began = models.DateField()
    pauses = models.JSONField(default=list)
    ended = models.DateTimeField(null=True)

    objects = WeekQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "weekly"], condition=Q(ended=None), name="one_week_of_a_practice_under_way"
            )
        ]
        indexes = [models.Index(fields=["owner", "-began"], name="weeks_by_beginning")]

    def __str__(self):
        # Never whose: this text reaches logs and error pages.
        return f"Week from {self.began}"
