"""How long an edit takes to be published: `.venv/bin/python tests/bench/publishing.py`.

Each figure is the best of several tries, in milliseconds; before each try the lesson's text is edited.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
TRIES = 9


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "cft_course.settings"}
        os.environ |= dict.fromkeys(["DATABASE_URL", "REDIS_URL", "SITE_URL"], "")
        measure()


def measure():
    # The settings read the environment that main() has just made.
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from lessons.models import Module  # noqa: PLC0415
    from lessons.publishing import pages, public_paths  # noqa: PLC0415

    call_command("prepare", stdout=sys.stderr)
    lesson = Module.objects.published().first()
    render = public_paths()[lesson.get_absolute_url()]

    def edit():
        Module.objects.filter(pk=lesson.pk).update(body=f"{lesson.body}\n\nEdited at {time.time_ns()}.")

    print("\n| publishing after an edit | ms |\n|---|---:|")
    print(f"| the lesson's page from its new Markdown, goal 50 | {best(render, edit):.0f} |")
    print(f"| every public page ({len(public_paths())}) and the search index | {best(pages.publish, edit):.0f} |")


def best(deed, before):
    return min(timed(deed, before) for _ in range(TRIES))


def timed(deed, before):
    before()
    start = time.perf_counter()
    deed()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
