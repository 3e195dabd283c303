"""Public pages of the lessons, and search."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from lessons import search, structured
from lessons.models import Module, OldSlug, Question
from lessons.publishing import pages, public_page


@public_page(each=lambda: list(Module.objects.published().values("slug")))
def module(request, slug):
    """Show one module: the lesson, its questions, the hand-off and the way on."""
    siblings = list(Module.objects.beside(slug))
    found = next((each for each in siblings if each.slug == slug and each.is_published), None)
    if found is None:
        return _moved(slug)
    prefetch_related_objects([found], "questions")
    questions = list(found.questions.all())
    previous, following = _neighbours(found, siblings)
    context = {
        "path": request.path,
        "module": found,
        "count": len(siblings),
        "questions": questions,
        "previous": previous,
        "next": following,
        "structured": structured.module(found, questions),
    }
    return HttpResponse(render_to_string("lessons/module.html", context))


@login_not_required
@require_safe
def module_by_number(request, number):
    """Lead from a module's number to its page."""
    found = Module.objects.published().filter(number=number).first()
    if found is None:
        raise Http404
    return redirect(found, permanent=False)


@public_page
def questions(request):
    """Show every question of the course, by module."""
    asked = list(Question.objects.published().select_related("module__course"))
    context = {"path": request.path, "questions": asked, "structured": structured.questions(asked)}
    return HttpResponse(render_to_string("lessons/questions.html", context))


@login_not_required
@require_safe
def find(request):
    """Search the lessons and questions. The query is neither logged nor kept."""
    query = request.GET.get("q", "").strip()
    words = search.words_of(query)
    answer = search.answer(words, pages) if words else None
    context = {
        "query": query[: search.LONGEST_QUERY],
        "was_cut": len(query) > search.LONGEST_QUERY,
        "answer": answer,
        "suggests_crisis": search.suggests_crisis(query[: search.LONGEST_QUERY]),
    }
    return HttpResponse(render_to_string("lessons/search.html", context))


def _moved(slug):
    """Lead from an old address to the module's present one; raises ``Http404`` when there is none."""
    old = OldSlug.objects.filter(slug=slug, module__status=Module.Status.PUBLISHED).select_related("module").first()
    if old is None:
        raise Http404
    return redirect(old.module, permanent=True)


def _neighbours(module, siblings):
    """Return the modules before and after this one in the course's list, None at either end."""
    place = [sibling.number for sibling in siblings].index(module.number)
    before = siblings[place - 1] if place else None
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    return before, after
