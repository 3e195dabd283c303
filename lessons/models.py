"""The course, its modules, and the questions that people often ask about each."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from lessons import markdown, reading


def validate_markdown(source):
    """Refuse Markdown that the renderer would not show as written, naming each line."""
    refusals = markdown.refusals(source)
    if refusals:
        raise ValidationError([str(refusal) for refusal in refusals])


def validate_line(text):
    """Refuse control characters, which office programs paste unseen and which no feed or page may hold."""
    if markdown.CONTROL.search(text) or "\n" in text:
        raise ValidationError("There is an invisible control character in this text. Please type it again.")


class LineField(models.CharField):
    """One line of plain text."""

    default_validators = [validate_line]


class MarkdownField(models.TextField):
    """Text in the course's Markdown, checked when an editor saves it."""

    default_validators = [validate_markdown]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", markdown.LONGEST_SOURCE)
        super().__init__(*args, **kwargs)


class CourseManager(models.Manager):
    """Finds a course by its slug, and the one that this site is about."""

    def get_by_natural_key(self, slug):
        """Return the course with this slug."""
        return self.get(slug=slug)


class Course(models.Model):
    """The course: a title, who made it, and the words on the home and about pages."""

    slug = models.SlugField(max_length=80, unique=True)
    title = LineField(max_length=120)
    series = LineField(max_length=120, blank=True)
    publisher = LineField(max_length=120)
    headline = LineField(max_length=120, help_text="The large words at the top of the home page.")
    summary = LineField(max_length=200, help_text="One sentence, also shown by search engines.")
    introduction = MarkdownField(help_text="The home page: what the course is and how it works.")
    about = MarkdownField(help_text="The about page.")

    objects = CourseManager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.slug,)


class ModuleQuerySet(models.QuerySet):
    """Adjectives for modules; they chain into a sentence."""

    def published(self):
        """Only modules that anyone may read."""
        return self.filter(status=Module.Status.PUBLISHED)

    def listed(self):
        """Modules shown in the course's list, in preparation or published, without their long texts."""
        return self.exclude(status=Module.Status.DRAFT).defer("body", "handoff")

    def beside(self, slug):
        """The modules shown in the list of the course that has a module with this slug, whole, in their order."""
        listed = self.exclude(status=Module.Status.DRAFT)
        return listed.filter(course__modules__slug=slug).select_related("course").order_by("number")

    def get_by_natural_key(self, course_slug, number):
        """Return the module with this number in this course."""
        return self.get(course__slug=course_slug, number=number)


class Module(models.Model):
    """One module of the course: a lesson and the hand-off to its practice."""

    class Status(models.TextChoices):
        """Who can see a module."""

        DRAFT = "draft", "Draft"
        PREPARATION = "preparation", "In preparation"
        PUBLISHED = "published", "Published"

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    slug = models.SlugField(
        max_length=80, unique=True, help_text="The end of the page's address. Old addresses keep working."
    )
    title = LineField(max_length=120)
    summary = LineField(max_length=300, help_text="One or two sentences for lists and search engines.")
    body = MarkdownField("lesson", blank=True, help_text="Markdown. Sections begin with ## and a title.")
    handoff = MarkdownField("hand-off", blank=True, help_text="Leads from the lesson to its practice and its week.")
    published_on = models.DateField("publication date", null=True, blank=True)
    status = LineField(
        max_length=12,
        choices=Status,
        default=Status.DRAFT,
        help_text="Only editors see a draft. In preparation: in the list, without a page. Published: for everyone.",
    )
    changed = models.DateTimeField(default=timezone.now, editable=False)

    objects = ModuleQuerySet.as_manager()

    class Meta:
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "number"],
                name="one_module_per_number",
                violation_error_message="This course already has a module with this number.",
            )
        ]

    def __str__(self):
        return f"Module {self.number}: {self.title}"

    def natural_key(self):
        return (*self.course.natural_key(), self.number)

    natural_key.dependencies = ["lessons.course"]

    def get_absolute_url(self):
        return reverse("lessons:module", args=[self.slug])

    def save(self, *args, **kwargs):
        """Save, and keep an address that changes leading here."""
        self.changed = timezone.now()
        with transaction.atomic():
            before = Module.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
            super().save(*args, **kwargs)
            if before and before != self.slug:
                OldSlug.objects.filter(slug=self.slug).delete()
                OldSlug.objects.update_or_create(slug=before, defaults={"module": self})

    def clean(self):
        """A published module has a text and a date; a slug that once led elsewhere stays taken."""
        errors = {}
        if self.status == self.Status.PUBLISHED and not self.body.strip():
            errors["body"] = "A published module needs its lesson text."
        if self.status == self.Status.PUBLISHED and not self.published_on:
            errors["published_on"] = "A published module needs a date."
        if OldSlug.objects.filter(slug=self.slug).exclude(module=self.pk).exists():
            errors["slug"] = "This was the address of another module, which still leads there."
        if self.slug.isdigit():
            errors["slug"] = "Please use at least one letter: addresses of digits lead by a module's number."
        if errors:
            raise ValidationError(errors)

    @property
    def is_published(self):
        return self.status == self.Status.PUBLISHED

    @cached_property
    def lesson(self):
        """The body as rendered HTML with its headings; see ``markdown.render``."""
        return markdown.render(self.body)

    @cached_property
    def rendered_handoff(self):
        """The hand-off as rendered HTML; its ids are kept apart from the lesson's."""
        return markdown.render(self.handoff, prefix="practice-")

    @cached_property
    def minutes_to_read(self):
        """How long the lesson with its questions takes to read, in whole minutes."""
        answers = sum(question.rendered_answer.words for question in self.questions.all())
        return reading.minutes(self.lesson.words + answers)


class QuestionQuerySet(models.QuerySet):
    """Adjectives for questions; they chain into a sentence."""

    def published(self):
        """Only questions of modules that anyone may read."""
        return self.filter(module__status=Module.Status.PUBLISHED)

    def get_by_natural_key(self, course_slug, number, slug):
        """Return the question with this slug in this module."""
        return self.get(module__course__slug=course_slug, module__number=number, slug=slug)


class Question(models.Model):
    """A question that people often ask about a module, and its answer."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1)
    slug = models.SlugField(max_length=80, help_text="The end of the question's own link.")
    text = LineField("question", max_length=200)
    answer = MarkdownField()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["module", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "slug"],
                name="one_question_per_slug",
                violation_error_message="Another question of this module has this slug.",
            )
        ]

    def __str__(self):
        return self.text

    def natural_key(self):
        return (*self.module.natural_key(), self.slug)

    natural_key.dependencies = ["lessons.module"]

    def get_absolute_url(self):
        return f"{self.module.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self):
        """The id of the answer on its page. The prefix keeps it apart from the ids of headings."""
        return f"question-{self.slug}"

    @cached_property
    def rendered_answer(self):
        """The answer as rendered HTML; see ``markdown.render``."""
        return markdown.render(self.answer, prefix=f"{self.anchor}-")


class OldSlug(models.Model):
    """An address that a module once had, so that old links still arrive."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="old_slugs")
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self):
        return self.slug
