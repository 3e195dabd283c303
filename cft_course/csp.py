"""The Content-Security-Policy as the header says it."""

from django.conf import settings


def policy(**changes):
    """Return the site's policy, with other sources where one page needs them: ``img_src=["'self'", "data:"]``."""
    directives = settings.SECURE_CSP | {name.replace("_", "-"): sources for name, sources in changes.items()}
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())
