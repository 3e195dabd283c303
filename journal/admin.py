"""What editors may change about the journal: the questions that it offers. Nothing that a learner wrote is here."""

from django.contrib import admin

from journal.models import Prompt


@admin.register(Prompt)
class PromptAdmin(admin.ModelAdmin):
    """Gentle questions to begin a note with."""

    fields = ["text", "position", "is_offered"]
    list_display = ["text", "position", "is_offered"]
    list_filter = ["is_offered"]
    search_fields = ["text"]
