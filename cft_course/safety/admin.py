"""What editors may change about the crisis support, the helplines and the disclaimer."""

from django.contrib import admin
from django.db import models

from cft_course.safety.models import Country, Helpline, SafetyTexts


@admin.register(SafetyTexts)
class SafetyTextsAdmin(admin.ModelAdmin):
    """The one row of texts: it can be changed, and never deleted."""

    fieldsets = [
        ("The band at the top of every page", {"fields": ["crisis_question", "crisis_elsewhere"]}),
        ("The help page", {"fields": ["help_text"]}),
        ("Disclaimer", {"fields": ["disclaimer_summary", "disclaimer"]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not SafetyTexts.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Country)
class CountryAdmin(admin.ModelAdmin):
    """Countries with their emergency numbers."""

    list_display = ["name", "code", "emergency"]
    search_fields = ["name", "code"]


@admin.register(Helpline)
class HelplineAdmin(admin.ModelAdmin):
    """Helplines, with the date on which each was last checked in plain sight."""

    list_display = ["name", "country", "call", "text", "hours", "confidence", "checked_on"]
    list_filter = ["confidence", "checked_on", "country"]
    search_fields = ["name", "country__name", "call", "text"]
    date_hierarchy = "checked_on"
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
