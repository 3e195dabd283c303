"""What an operator can set, and what is refused with a sentence."""

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

from cft_course import environment


def manage(*arguments, folder, **variables):
    """Run manage.py in a process of its own, with nothing but these variables set."""
    clean = {"PATH": os.environ["PATH"], "PYTHON_DOTENV_DISABLED": "1", "DATA_DIR": str(folder)}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, env=clean | variables, cwd=project.BASE_DIR, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DEBUG", "perhaps", "use 1 for yes or 0 for no"),
        ("PORT", "eighty", "whole number from 1 to 65535"),
        ("PORT", "0", "whole number from 1 to 65535"),
        ("PORT", "٣", "whole number from 1 to 65535"),
        ("SITE_URL", "course.example.org", "https://course.example.org"),
        ("SITE_URL", "https://course.example.org/path", "nothing after the host"),
        ("SITE_URL", "https://[broken", "nothing after the host"),
        ("SITE_URL", "https://a_b.example", "nothing after the host"),
        ("SITE_URL", "https://course.example.org?", "nothing after the host"),
        ("WEB_WORKERS", "many", "whole number from 1 to 64"),
        ("SECRET_KEY", "short", "at least 50"),
        ("DATABASE_URL", "mysql://localhost/x", "must begin with"),
        ("REDIS_URL", "localhost:6379", "must begin with"),
        ("ALLOWED_HOSTS", "a.example, *", "may not contain *"),
        ("LOG_LEVEL", "loud", "use DEBUG, INFO"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(tmp_path, name, value, told):
    result = manage("check", folder=tmp_path, **{name: value})
    assert result.returncode != 0
    assert name in result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_the_first_run_makes_a_secret_that_only_its_owner_can_read(tmp_path):
    folder = tmp_path / "data"
    assert manage("check", folder=folder).returncode == 0
    secret = folder / "secret-key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(secret.read_text()) > 50
    first = secret.read_text()
    assert manage("check", folder=folder).returncode == 0
    assert secret.read_text() == first


def test_two_first_runs_agree_on_one_secret(tmp_path):
    path = tmp_path / "secret"
    assert environment.secret("NOT_SET", path) == environment.secret("NOT_SET", path)
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere, so there is no read-only folder to meet")
def test_a_read_only_folder_is_said_plainly(tmp_path):
    tmp_path.chmod(0o500)
    result = manage("check", folder=tmp_path / "data")
    assert "cannot be made" in result.stderr


def test_a_folder_that_cannot_be_made_is_said_plainly(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = manage("check", folder=tmp_path / "file" / "data")
    assert result.returncode != 0
    assert "cannot be made" in result.stderr
    assert "Traceback" not in result.stderr


def test_blank_values_mean_the_default(monkeypatch):
    monkeypatch.setenv("PORT", " ")
    assert environment.number("PORT", 8000, 1, 65535) == 8000
    monkeypatch.setenv("ALLOWED_HOSTS", " , a.example ,")
    assert environment.words("ALLOWED_HOSTS") == ["a.example"]


def test_flags_read_the_usual_words(monkeypatch):
    for word, meaning in {"1": True, "Yes": True, "off": False, "0": False}.items():
        monkeypatch.setenv("DEBUG", word)
        assert environment.flag("DEBUG") is meaning
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured):
        environment.flag("DEBUG")


SHOW = (
    "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, "
    "s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_NAME, 'upgrade-insecure-requests' in s.SECURE_CSP, s.ALLOWED_HOSTS)"
)


def test_on_this_machine_nothing_asks_for_https(tmp_path):
    shown = manage("shell", "-v0", "-c", SHOW, folder=tmp_path).stdout.strip()
    assert shown == "False False 0 session False ['127.0.0.1', '127.0.0.1', 'localhost', '[::1]']"


def test_one_variable_turns_the_public_settings_on(tmp_path):
    shown = manage("shell", "-v0", "-c", SHOW, folder=tmp_path, SITE_URL="https://course.example.org").stdout.strip()
    assert shown == "True True 63072000 __Host-session True ['course.example.org']"


def test_capitals_in_the_address_change_nothing(tmp_path):
    shown = manage("shell", "-v0", "-c", SHOW, folder=tmp_path, SITE_URL="HTTPS://Course.Example.org").stdout.strip()
    assert shown == "True True 63072000 __Host-session True ['course.example.org']"


def test_a_relative_data_folder_is_one_place_wherever_one_stands(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", "mine")
    assert environment.folder("DATA_DIR", "var", base=tmp_path) == tmp_path / "mine"


def test_deployment_checks_pass_for_a_public_site(tmp_path):
    variables = {"SITE_URL": "https://course.example.org", "SECURITY_CONTACT": "mailto:security@example.org"} | {
        "EMAIL_HOST": "mail.example.org"
    }
    result = manage("check", "--deploy", "--fail-level", "WARNING", folder=tmp_path, **variables)
    assert result.returncode == 0, result.stderr


def test_every_variable_is_named_in_the_example(tmp_path):
    example = (project.BASE_DIR / ".env.example").read_text()
    read = set()
    for file in ("cft_course/settings.py", "deploy/gunicorn.conf.py"):
        for piece in (project.BASE_DIR / file).read_text().split("environment.")[1:]:
            if '("' in piece[:15]:
                read.add(piece.split('("')[1].split('"')[0])
    assert len(read) > 10
    assert {name for name in read if f"{name}=" not in example} == set()
