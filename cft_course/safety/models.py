"""What stands on every page, and the helplines of the world.

The defaults of ``SafetyTexts`` are the built-in fallback: an instance that was never saved is complete.
The numbers 988 themselves are in the template, where no edit can remove them.
"""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.urls import reverse

from lessons.models import LineField, MarkdownField

DISCLAIMER = """\
CFT Course is published by Everything IFS Academy, an independent educational platform. It is not affiliated with, \
endorsed by or connected to the IFS Institute.

The lessons, skills and practices here are for education and self-reflection only. They are not therapy, not mental \
health treatment, not clinical training and not crisis support. They do not take the place of care from a professional \
who knows you.

Nobody watches what happens on this site. If you write something here, no one reads it and no one will answer. If you \
need an answer from a person, please use the crisis support at the top of the page or talk to someone you trust.
"""

WHO_FOR = """\
This is for you if you are in a mental health crisis, if you do not feel safe, or if you might hurt yourself or \
someone else. It is also for you if everything is simply too much to do a lesson or a practice safely on your own.

Please put the course down for now. It will keep. Reach a person instead:

- In the US or Canada, call or text **988**, at any hour.
- Anywhere else, call your local emergency number or one of the lines below.
- If you can, tell someone near you, or a doctor or therapist, how bad it is.
"""

dialable = RegexValidator(r"^[0-9][0-9 -]*$", "Please give a number with digits, spaces and dashes only.")


class SafetyTexts(models.Model):
    """The words of the crisis support and of the disclaimer. There is one row at most."""

    crisis_question = LineField(
        max_length=40, default="In crisis?", help_text="The first words of the band at the top of every page."
    )
    crisis_elsewhere = LineField(
        "local emergency",
        max_length=60,
        default="or local emergency number",
        help_text="Follows “US, Canada,” in the band and leads to the help page. Keep the words “local emergency”.",
    )
    help_text = MarkdownField("help page", default=WHO_FOR, help_text="Who the help is for and what to do now.")
    disclaimer_summary = LineField(
        max_length=300,
        default=(
            "An independent course for learning and self-reflection. It is not therapy, treatment or crisis support, "
            "and it does not replace professional care. Not connected to the IFS Institute."
        ),
        help_text="The foot of every page.",
    )
    disclaimer = MarkdownField(default=DISCLAIMER, help_text="The disclaimer page.")

    class Meta:
        verbose_name = verbose_name_plural = "crisis support and disclaimer"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_safety_texts")]

    def __str__(self):
        return "Crisis support and disclaimer"

    def save(self, *args, **kwargs):
        """Save as the one row."""
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self):
        """The band must go on saying where help is outside of the US and Canada."""
        if "local emergency" not in self.crisis_elsewhere.lower():
            raise ValidationError({"crisis_elsewhere": "Please keep the words “local emergency”."})

    @classmethod
    def current(cls):
        """Return the editors' texts, or the built-in ones where there are none."""
        return cls.objects.first() or cls()


class CountryQuerySet(models.QuerySet):
    """Finds countries by their code."""

    def get_by_natural_key(self, code):
        """Return the country with this code."""
        return self.get(code=code)


class Country(models.Model):
    """A country, or a region with one emergency number, and how to call for help there."""

    code = models.SlugField(max_length=10, unique=True, help_text="ISO 3166 code in small letters, such as gb.")
    name = LineField(max_length=60)
    emergency = LineField(
        "emergency number",
        max_length=20,
        blank=True,
        validators=[dialable],
        help_text="Only if confirmed. Without it the page says “your local emergency number”.",
    )
    emergency_note = LineField(max_length=120, blank=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "countries"

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.code,)

    def get_absolute_url(self):
        return reverse("safety:country", args=[self.code])

    @property
    def emergency_link(self):
        return f"tel:{_digits(self.emergency)}"


class HelplineQuerySet(models.QuerySet):
    """Adjectives for helplines; they chain into a sentence."""

    def confirmed(self):
        """Only lines seen on an operator's, official or dated partner page (confidence A or B)."""
        return self.filter(confidence__in=Helpline.CONFIRMED)

    def worldwide(self):
        """Directories that serve every country."""
        return self.filter(country=None)

    def get_by_natural_key(self, country_code, name):
        """Return the line of this name in this country; None stands for worldwide."""
        return self.get(country__code=country_code, name=name)


class Helpline(models.Model):
    """A service that a person in need can call, text or write to."""

    class Confidence(models.TextChoices):
        """How well the facts are known."""

        A = "A", "A: official or operator's page seen"
        B = "B", "B: dated news, health body or partner page seen"
        C = "C", "C: weak or old page only (not shown)"

    CONFIRMED = [Confidence.A, Confidence.B]

    country = models.ForeignKey(
        Country,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="helplines",
        help_text="Empty for a worldwide directory.",
    )
    position = models.PositiveSmallIntegerField(default=1)
    name = LineField(max_length=80)
    audience = LineField(max_length=60, blank=True, help_text="If not for everyone, such as “Under 35”.")
    call = LineField(max_length=30, blank=True, validators=[dialable])
    call_also = LineField(max_length=30, blank=True, validators=[dialable])
    text = LineField(max_length=30, blank=True, validators=[dialable])
    text_keyword = LineField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True, validators=[URLValidator(schemes=["https"])])
    hours = LineField(max_length=140, blank=True, help_text="Empty shows “Hours not confirmed”.")
    cost = LineField(max_length=100, blank=True)
    languages = LineField(max_length=100, blank=True)
    note = LineField(max_length=200, blank=True)
    source = LineField(max_length=200, blank=True, help_text="Where the facts were seen. Not shown.")
    confidence = LineField(max_length=1, choices=Confidence, default=Confidence.C)
    checked_on = models.DateField("checked on", help_text="The day somebody last compared these facts with a source.")

    objects = HelplineQuerySet.as_manager()

    class Meta:
        ordering = ["country", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "name"],
                name="one_helpline_per_name",
                violation_error_message="This country already has a line of this name.",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(country=None),
                name="one_worldwide_line_per_name",
                violation_error_message="There is already a worldwide directory of this name.",
            ),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.country.code if self.country else None, self.name)

    natural_key.dependencies = ["safety.country"]

    def clean(self):
        """A line that nobody can reach is no help."""
        if not any([self.call, self.text, self.email, self.website]):
            raise ValidationError("Please give at least one way to reach this line.")

    @property
    def call_link(self):
        return f"tel:{_digits(self.call)}"

    @property
    def call_also_link(self):
        return f"tel:{_digits(self.call_also)}"

    @property
    def text_link(self):
        return f"sms:{_digits(self.text)}"


def _digits(number):
    return re.sub(r"\D", "", number)
