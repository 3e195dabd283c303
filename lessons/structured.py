"""Structured data for search engines (schema.org, as JSON-LD)."""

from django.conf import settings
from django.utils.html import strip_tags

CONTEXT = "https://schema.org"


def course(found, modules):
    """Describe the course and its published modules as a ``Course``."""
    return {
        "@context": CONTEXT,
        "@type": "Course",
        "name": found.title,
        "description": found.summary,
        "url": address("/"),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "provider": _publisher(found),
        "hasPart": [_part(module) for module in modules if module.is_published],
    }


def module(found, questions):
    """Describe one module as a ``LearningResource`` and its questions as a ``FAQPage``."""
    resource = {
        "@type": "LearningResource",
        "name": found.title,
        "description": found.summary,
        "url": address(found.get_absolute_url()),
        "learningResourceType": "Lesson",
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "timeRequired": f"PT{found.minutes_to_read}M",
        "datePublished": found.published_on.isoformat() if found.published_on else None,
        "dateModified": found.changed.date().isoformat(),
        "publisher": _publisher(found.course),
        "isPartOf": {"@type": "Course", "name": found.course.title, "url": address("/")},
    }
    faq = {"@type": "FAQPage", "mainEntity": [_question(question) for question in questions]}
    return {"@context": CONTEXT, "@graph": [resource, *([faq] if questions else [])]}


def questions(asked):
    """Describe every question of the course as one ``FAQPage``."""
    return {"@context": CONTEXT, "@type": "FAQPage", "mainEntity": [_question(question) for question in asked]}


def address(path):
    """Return the full address of a path on this site."""
    return f"{settings.SITE_URL}{path}"


def _publisher(course):
    return {"@type": "Organization", "name": course.publisher}


def _part(module):
    return {
        "@type": "LearningResource",
        "name": module.title,
        "description": module.summary,
        "url": address(module.get_absolute_url()),
    }


def _question(question):
    text = " ".join(strip_tags(question.rendered_answer.html).split())
    return {"@type": "Question", "name": question.text, "acceptedAnswer": {"@type": "Answer", "text": text}}
