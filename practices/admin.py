"""What editors may change about the practices. What learners do with them is not here."""

from django.contrib import admin
from django.utils.html import format_html

from practices.models import DailyQuestion, Practice, Step, WeeklyPractice


class StepInline(admin.StackedInline):
    """A practice's steps, below its own words."""

    model = Step
    extra = 0
    prepopulated_fields = {"key": ["title"]}
    fieldsets = [
        (None, {"fields": ["position", "title", "key", "kind", "guidance", "question", "example"]}),
        ("Only for some kinds", {"fields": ["stem", "choices", "least", "most", "seconds", "rhythm"]}),
    ]


@admin.register(Practice)
class PracticeAdmin(admin.ModelAdmin):
    """A practice with its steps on one page."""

    list_display = ["title", "module", "is_offered", "look"]
    list_filter = ["is_offered"]
    search_fields = ["title"]
    list_select_related = ["module"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [StepInline]
    readonly_fields = ["look"]
    fieldsets = [
        (None, {"fields": ["module", "position", "title", "slug", "is_offered", "look"]}),
        ("Opening page", {"fields": ["purpose", "needs", ("minutes_from", "minutes_to"), "before"]}),
        ("Closing reflection", {"fields": ["closing_title", "closing_note", "closing_question", "closing_stem"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        """The slug of a practice that is there stays: kept answers remember it."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        """Only a new practice takes its slug from its title."""
        return {} if obj else self.prepopulated_fields

    def view_on_site(self, practice):
        """Only a practice that is open has a public address."""
        return practice.address or None if practice.is_open else None

    @admin.display(description="Try it")
    def look(self, practice):
        """Link to the practice; editors may try one that nobody else sees yet."""
        if not practice.pk or not practice.address:
            return "On the course's own site." if practice.pk else "Save first, then try it."
        return format_html('<a href="{}">Try it</a>', practice.address)


class DailyQuestionInline(admin.StackedInline):
    """The questions of every day, below what the week asks."""

    model = DailyQuestion
    extra = 0
    prepopulated_fields = {"key": ["text"]}


@admin.register(WeeklyPractice)
class WeeklyPracticeAdmin(admin.ModelAdmin):
    """What a module asks for seven days, on one page."""

    list_display = ["__str__", "is_offered"]
    list_filter = ["is_offered"]
    list_select_related = ["module"]
    inlines = [DailyQuestionInline]
