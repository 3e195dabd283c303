"""CFT_ROLE: one process with the journal and no admin, another with admin and no key; each started for real."""

import subprocess

import pytest

from tests.house.test_environment import manage
from tests.house.test_serving import Site
from tests.support import assert_carries_help

PUBLIC = ["/", "/modules/what-compassion-really-is/", "/questions/", "/help/", "/search/?q=courage", "/accounts/login/"]


def serve(role, folder):
    running = Site(folder)
    running.variables |= {"CFT_ROLE": role, "WEB_WORKERS": "1"}
    running.start()
    return running


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    """A site that only serves admin, in a folder without keys."""
    running = serve("admin", tmp_path_factory.mktemp("admin"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """A site that serves no admin."""
    running = serve("web", tmp_path_factory.mktemp("web"))
    yield running
    running.stop()


def test_the_admin_process_needs_no_key_and_makes_none(admin):
    assert not (admin.folder / "keys").exists()
    assert admin.get("/admin/login/")[1]["Location"] == "/accounts/login/?next=/admin/"
    assert admin.get("/admin/lessons/module/")[0] == 302


def test_the_admin_process_has_no_journal_and_no_sign_up(admin):
    for path in ("/journal/", "/journal/write/"):
        status, _, page = admin.get(path)
        assert status == 404
        assert_carries_help(page)
    status, _, page = admin.get("/accounts/signup/")
    assert status in (200, 404)
    assert 'name="password1"' not in page


def test_the_web_process_has_no_admin(web):
    assert (web.folder / "keys").exists()
    for path in ("/admin/", "/admin/login/", "/admin/lessons/module/"):
        status, _, page = web.get(path)
        assert status == 404
        assert_carries_help(page)
    assert "/admin/" not in (web.folder / "log").read_text()


@pytest.mark.parametrize("role", ["admin", "web"])
def test_everything_else_is_as_ever(role, request):
    site = request.getfixturevalue(role)
    for path in PUBLIC:
        status, _, page = site.get(path)
        assert status == 200, path
        assert_carries_help(page)
    assert site.get("/nothing/")[0] == 404
    assert site.get("/accounts/2fa/")[0] == 302


def test_in_the_admin_process_an_editor_sees_every_page_of_the_account_and_of_admin(tmp_path):
    """Walk every address in the role, as an editor with a second factor, in a process with the role's own addresses."""
    assert manage("prepare", folder=tmp_path, CFT_ROLE="admin").returncode == 0
    result = manage("shell", "-v0", "-c", WALK, folder=tmp_path, CFT_ROLE="admin")
    assert result.returncode == 0, result.stderr
    assert "walked" in result.stdout


WALK = """
from django.conf import settings
from django.test import Client
from cft_course.management.commands.create_editor import make_editor
from tests.house.test_everywhere import MACHINES, addresses
from tests.support import assert_carries_help, sign_in
settings.ALLOWED_HOSTS.append("testserver")
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
client = sign_in(Client(raise_request_exception=True), make_editor("alice@example.org", "a long quiet evening"))
for address in addresses():
    if "logout" not in address and address != "leave/":
        response = client.get(f"/{address}", follow=True)
        assert response.status_code < 500, address
        if address not in MACHINES and response.headers["Content-Type"].startswith("text/html"):
            assert_carries_help(response.content.decode())
        response.getvalue()
assert client.get("/admin/lessons/module/").status_code == 200
assert client.get("/accounts/login/")["Location"] == "/admin/"
print("walked")
"""


def test_an_admin_process_with_a_key_within_reach_does_not_start(tmp_path):
    folder = tmp_path / "site"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "k1.key").touch()
    result = manage("check", folder=folder, CFT_ROLE="admin")
    assert result.returncode != 0
    assert "cft.E004" in result.stderr
    assert "user of its own" in result.stderr
    assert "cft.E004" not in manage("check", folder=folder, CFT_ROLE="web").stderr


def test_an_unknown_role_is_refused_in_a_sentence(tmp_path):
    result = manage("check", folder=tmp_path, CFT_ROLE="both")
    assert isinstance(result, subprocess.CompletedProcess)
    assert "use web or admin" in result.stderr
