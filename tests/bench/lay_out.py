"""The peers, laid out afresh in var/bench/ from the folders in peers/, with the lesson that ours served."""

import getpass
import json
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from servers import BENCH, Server, free_port, gunicorn, run

PEERS = Path(__file__).with_name("peers")
TITLE = "What Compassion Really Is"
SLUG = "what-compassion-really-is"
PATH = f"/modules/{SLUG}/"
WAGTAIL = "wagtail==8.0.1"


def copy_of(name):
    """A fresh copy of a peer's folder, so that nothing of an earlier run is measured."""
    folder = BENCH / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PEERS / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def main_part(page):
    """The lesson without the page around it, for the peers that draw a page of their own."""
    found = re.search(r"<main\b[^>]*>(.*)</main>", page.decode(), re.DOTALL)
    if not found:
        sys.exit("Our lesson page has no <main>, so the peers cannot be given its text.")
    return found.group(1)


def bare(page):
    folder, port = copy_of("bare"), free_port()
    (folder / "page.html").write_bytes(page)
    return Server("bare", port, PATH, gunicorn("app:application", port=port), folder)


def full_stack(page):
    folder, port = copy_of("full_stack"), free_port()
    environment = {"DJANGO_SETTINGS_MODULE": "settings"}
    row = {"model": "lesson.lesson", "fields": {"slug": SLUG, "title": TITLE, "body": main_part(page)}}
    (folder / "lesson.json").write_text(json.dumps([row]))
    run([sys.executable, "-m", "django", "migrate", "--run-syncdb"], folder=folder, **environment)
    run([sys.executable, "-m", "django", "loaddata", "lesson.json"], folder=folder, **environment)
    application = "django.core.wsgi:get_wsgi_application()"
    return Server("full_stack", port, PATH, gunicorn(application, port=port), folder, environment)


def nginx(page):
    """The page as a file, where this machine has nginx, else None."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not program:
        return None
    folder, port = copy_of("nginx"), free_port()
    # A path that ends in a slash is answered by nginx with the index file of a folder.
    lesson = folder / "site" / PATH.strip("/") / "index.html"
    lesson.parent.mkdir(parents=True)
    lesson.write_bytes(page)
    config = folder / "nginx.conf"
    config.write_text(config.read_text().replace("USER", getpass.getuser()).replace("PORT", str(port)))
    command = [program, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
    return Server("nginx", port, PATH, command, folder)


def wagtail_python():
    """The interpreter of an environment with Wagtail and our gunicorn: Wagtail is no dependency of ours."""
    folder = BENCH / "wagtail-venv"
    python = folder / "bin" / "python"
    wanted = [WAGTAIL, f"gunicorn=={version('gunicorn')}"]
    stamp = folder / "installed.txt"
    if not stamp.is_file() or stamp.read_text().split() != wanted:
        print(f"Installing {WAGTAIL} into {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder], folder=BENCH)
        run([python, "-m", "pip", "install", "--quiet", *wanted], folder=BENCH)
        stamp.write_text("\n".join(wanted))
    return python


def wagtail_started(page):
    """`wagtail start`, the page type of Wagtail's tutorial, and the lesson published in one page."""
    python, folder = wagtail_python(), BENCH / "wagtail_started"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    run([python, "-m", "wagtail.bin.wagtail", "start", "bench_site", "."], folder=folder)
    shutil.copytree(PEERS / folder.name, folder, dirs_exist_ok=True)
    (folder / "main.html").write_text(main_part(page))
    server = wagtail_server(folder)
    for words in ("makemigrations home", "migrate", "collectstatic --no-input", "plant_lesson main.html"):
        run([python, "manage.py", *words.split()], folder=folder, **server.environment)
    return server


def wagtail_tuned():
    """A copy of the site just started, with the settings and the template of an owner who wants it fast.

    It has a database file of its own, since WAL would stay in the file and speed the other site up too.
    """
    folder = BENCH / "wagtail_tuned"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BENCH / "wagtail_started", folder)
    shutil.copytree(PEERS / folder.name, folder, dirs_exist_ok=True)
    return wagtail_server(folder)


def wagtail_server(folder):
    port = free_port()
    command = gunicorn("bench_site.wsgi:application", python=wagtail_python(), port=port)
    environment = {"DJANGO_SETTINGS_MODULE": "bench_site.settings.production"}
    return Server(folder.name, port, f"/{SLUG}/", command, folder, environment)
