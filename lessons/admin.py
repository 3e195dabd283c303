"""What editors may change about the course, its modules and their questions."""

from django.contrib import admin
from django.contrib.admin import widgets
from django.core.exceptions import PermissionDenied
from django.forms import BaseInlineFormSet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html

from lessons.models import Course, Module, Question


class QuestionFormSet(BaseInlineFormSet):
    """A module's questions, saved one after the other: no slug can be passed on within one save."""

    def clean(self):
        """Refuse a slug that another question of the module still has in the database."""
        super().clean()
        holders = dict(Question.objects.filter(module=self.instance.pk).values_list("slug", "pk"))
        for form in self.forms:
            slug = form.cleaned_data.get("slug") if hasattr(form, "cleaned_data") else None
            if holders.get(slug, form.instance.pk) != form.instance.pk:
                form.add_error("slug", "Another question has this slug. Change that one and save first.")


class QuestionInline(admin.StackedInline):
    """A module's questions, below its text."""

    model = Question
    formset = QuestionFormSet
    extra = 0
    prepopulated_fields = {"slug": ["text"]}


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    """The course's title and the words of its home and about pages."""

    list_display = ["title", "publisher", "series"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Course.objects.exists()

    def has_delete_permission(self, request, obj=None):
        """Deleting the course would take every lesson with it."""
        return False


@admin.register(Module)
class ModuleAdmin(admin.ModelAdmin):
    """A module with its questions on one page, and a preview for drafts."""

    list_display = ["__str__", "status", "published_on", "changed", "preview"]
    list_display_links = ["__str__"]
    list_filter = ["status"]
    search_fields = ["title", "summary", "body"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [QuestionInline]
    readonly_fields = ["preview"]
    fieldsets = [
        (None, {"fields": ["course", "number", "title", "slug", "summary", "status", "published_on", "preview"]}),
        ("Lesson", {"fields": ["body", "handoff"]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Give the summary room, and keep to this one page: a module's course is not edited from here."""
        if db_field.name == "summary":
            kwargs["widget"] = widgets.AdminTextareaWidget(attrs={"rows": 3})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "course":
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field

    def get_urls(self):
        preview = path("<int:pk>/preview/", self.admin_site.admin_view(self.preview_page), name="module-preview")
        return [preview, *super().get_urls()]

    def view_on_site(self, module):
        """Only a published module has a public page."""
        return module.get_absolute_url() if module.is_published else None

    @admin.display(description="Preview")
    def preview(self, module):
        """Link to the page as readers would see it."""
        if not module.pk:
            return "Save first, then preview."
        return format_html('<a href="{}">Preview</a>', reverse("admin:module-preview", args=[module.pk]))

    def preview_page(self, request, pk):
        """Show the module as saved, whatever its status, to editors only."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        module = get_object_or_404(Module.objects.select_related("course"), pk=pk)
        context = {
            "path": request.path,
            "module": module,
            "count": Module.objects.listed().filter(course=module.course_id).count(),
            "questions": list(module.questions.all()),
            "is_preview": True,
        }
        return HttpResponse(render_to_string("lessons/module.html", context))
