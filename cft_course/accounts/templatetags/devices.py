"""Which device a session is on, in words that its owner knows it by."""

from django import template

register = template.Library()

# The first that fits wins: most browsers also claim to be those further down.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "CrOS": "a Chromebook",
    "Windows": "Windows",
    "Macintosh": "a Mac",
    "Linux": "Linux",
}
LONGEST = 80


def _first(names, agent):
    return next((name for mark, name in names.items() if mark in agent), None)


@register.filter
def device(agent):
    """Return "Firefox on Android" for what a browser says of itself, or that itself, cut short."""
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    return f"{browser} on {system}" if browser and system else agent[:LONGEST]
