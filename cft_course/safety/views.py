"""Public pages: help by country, and the disclaimer."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from cft_course.safety import current
from cft_course.safety.models import Country, Helpline
from lessons.publishing import public_page


@public_page
def help_now(request):
    """Say what to do now, and let the reader choose a country."""
    context = {
        "path": request.path,
        "texts": current.texts(),
        "countries": Country.objects.all(),
        "worldwide": Helpline.objects.confirmed().worldwide(),
    }
    return HttpResponse(render_to_string("safety/help.html", context))


@public_page(each=lambda: list(Country.objects.values("code")))
def country(request, code):
    """List the emergency number and the helplines of one country."""
    chosen = get_object_or_404(Country, code=code)
    context = {
        "path": request.path,
        "country": chosen,
        "helplines": chosen.helplines.confirmed(),
        "worldwide": Helpline.objects.confirmed().worldwide(),
    }
    return HttpResponse(render_to_string("safety/country.html", context))


@public_page
def disclaimer(request):
    """Say in full what this course is and is not."""
    context = {"path": request.path, "texts": current.texts()}
    return HttpResponse(render_to_string("safety/disclaimer.html", context))
