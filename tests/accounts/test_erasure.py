"""Erasing for good: nothing of a learner's words is left that could be opened, here or in an older copy."""

import io
import re
import stat
import uuid
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from django.test import Client

from cft_course.accounts import erasure, ledger
from cft_course.accounts.models import User
from journal.keys import rotation
from journal.keys.errors import CannotOpen
from journal.keys.keyring import Keyring
from journal.keys.models import DataKey
from journal.models import Entry
from journal.words import Words
from tests.keys import key_dir, master_key, someone  # noqa: F401 -- fixtures among them
from tests.support import sign_in

pytestmark = pytest.mark.usefixtures("master_key")

NAME = {"table": "accounts.user", "field": "name", "revision": 1}


def write(user, text="A heron stood in the rain.", field="kept"):
    """Keep a note, or begin a draft, and return its entry."""
    now = datetime.now(UTC)
    entry = Entry(owner=user, day=user.today, created=now, changed=now)
    sealed = entry.seal(Keyring(user), field, Words.of(text), 1)
    setattr(entry, field, sealed)
    entry.kept_revision = 1 if field == "kept" else None
    entry.save(force_insert=True)
    return entry


def name(user):
    """Seal a name for the user."""
    user.sealed_name = Keyring(user).seal("Lea", row=user.uuid, **NAME)
    user.save()


@pytest.fixture
def mo(django_user_model, db):
    """Another learner, whose words must stay."""
    user = django_user_model.objects.create_user("mo@example.org", "a long quiet evening")
    write(user)
    name(user)
    return user


@pytest.fixture
def written(lea, mo):
    """Lea with a note, a draft, and a name."""
    write(lea)
    write(lea, field="draft")
    name(lea)
    return lea


def assert_untouched(mo):
    mo.refresh_from_db()
    entry = Entry.objects.owned_by(mo).get()
    assert entry.open_kept(Keyring(mo)).first.text == "A heron stood in the rain."
    assert Keyring(mo).open(mo.sealed_name, row=mo.uuid, **NAME) == "Lea"


def lines():
    return ledger.path().read_text().splitlines() if ledger.path().exists() else []


def test_all_writing_goes_and_the_account_stays(written, mo):
    old = Entry.objects.owned_by(written).exclude(kept=None).get()
    erasure.erase_writing(written)
    assert not Entry.objects.owned_by(written).exists()
    assert not DataKey.objects.of(written).exists()
    assert written.sealed_name is None
    assert User.objects.get(pk=written.pk).sealed_name is None
    with pytest.raises(CannotOpen):
        old.open_kept(Keyring(written))
    assert_untouched(mo)


def test_writing_can_begin_again_with_another_key(written):
    erasure.erase_writing(written)
    entry = write(written, "A new page.")
    assert entry.open_kept(Keyring(written)).first.text == "A new page."


def test_a_whole_account_goes(written, mo, client):
    sign_in(client, written)
    owner, pk = written.uuid, written.pk
    erasure.delete_account(written)
    assert not User.objects.filter(uuid=owner).exists()
    assert not DataKey.objects.filter(owner=owner).exists()
    for model, field in ((Entry, "owner"), (EmailAddress, "user"), (Authenticator, "user"), (UserSession, "user")):
        assert not model.objects.filter(**{f"{field}_id": pk}).exists(), model
    assert_untouched(mo)


def test_sessions_everywhere_end(written, learner):
    other = Client()
    other.force_login(written)
    for client in (learner, other):
        request = type("Request", (), {"user": written, "session": client.session, "META": {"REMOTE_ADDR": "::1"}})
        UserSession.objects.create(
            user=written, session_key=request.session.session_key, ip="::1", user_agent="a browser"
        )
        assert client.get("/journal/").status_code == 200
    erasure.delete_account(written)
    for client in (learner, other):
        assert not Session.objects.filter(pk=client.cookies[project.SESSION_COOKIE_NAME].value).exists()
        assert client.get("/journal/").status_code == 302


def test_a_session_nobody_listed_signs_nobody_in(written, learner):
    assert learner.get("/journal/").status_code == 200
    UserSession.objects.all().delete()
    key = learner.cookies[project.SESSION_COOKIE_NAME].value
    erasure.delete_account(written)
    assert not SessionStore(key).exists(key)
    assert learner.get("/journal/").status_code == 302


def test_both_can_be_done_again(written, mo):
    erasure.erase_writing(written)
    before = lines()
    erasure.erase_writing(written)
    assert lines() == before
    erasure.delete_account(written)
    erasure.delete_account(written)
    assert not User.objects.filter(email="lea@example.org").exists()
    assert_untouched(mo)


def test_the_ledger_says_when_and_what_and_nothing_about_whom(written):
    owner, key = written.uuid, DataKey.objects.of(written).get().pk
    erasure.delete_account(written)
    assert [line.split()[1] for line in lines()] == ["key", "account"]
    for line in lines():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 (key|account) [0-9a-f]{64}", line)
    text = ledger.path().read_text()
    for secret in (owner, key):
        assert str(secret) not in text
        assert secret.hex not in text
    assert "lea" not in text
    assert stat.S_IMODE(ledger.path().stat().st_mode) == 0o600
    named = ledger.Ledger()
    assert named.names("account", owner)
    assert named.names("key", key)
    assert not named.names("key", owner)
    assert not named.names("account", uuid.uuid4())


def test_the_ledger_only_grows(written, mo):
    erasure.erase_writing(written)
    first = ledger.path().read_bytes()
    erasure.delete_account(mo)
    assert ledger.path().read_bytes().startswith(first)
    assert len(lines()) == 3


def test_a_line_cut_short_spoils_no_other(written, mo):
    erasure.erase_writing(written)
    with ledger.path().open("a") as file:
        file.write("2026-11-23T00:00:00+00:00 key 0123")
    key = DataKey.objects.of(mo).get().pk
    erasure.delete_account(mo)
    named = ledger.Ledger()
    assert named.unreadable == 1
    assert named.names("key", key)
    assert named.names("account", mo.uuid)


def test_a_new_secret_key_still_knows_the_old_lines(written, settings):
    erasure.delete_account(written)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert ledger.Ledger().names("account", written.uuid)
    settings.SECRET_KEY_FALLBACKS = []
    assert not ledger.Ledger().names("account", written.uuid)


@pytest.mark.parametrize("deed", [erasure.erase_writing, erasure.delete_account])
def test_nothing_goes_while_the_keys_database_is_away(written, mo, deed):
    def away(*args):
        raise OperationalError("away")

    with connections["keys"].execute_wrapper(away), pytest.raises(OperationalError):
        deed(written)
    assert Entry.objects.owned_by(written).count() == 2
    assert lines() == []
    assert Entry.objects.owned_by(written).first().open_latest(Keyring(User.objects.get(pk=written.pk)))


@pytest.mark.parametrize("deed", [erasure.erase_writing, erasure.delete_account])
def test_nothing_goes_without_a_line_in_the_ledger(written, monkeypatch, deed):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        deed(written)
    assert DataKey.objects.of(written).count() == 1
    assert Entry.objects.owned_by(written).count() == 2


class Killed(BaseException):
    """Stands for the end of the process."""


def kill_at(monkeypatch, step):
    """Let the process end just before the given step."""
    where, attribute = {
        "ledger": (ledger, "write"),
        "entries": (erasure.Entry.objects, "filter"),
        "sessions": (erasure, "_end_sessions"),
        "account": (erasure, "_users"),
        "bytes": (erasure, "_forget_deleted_bytes"),
    }[step]

    def killed(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(where, attribute, killed)


@pytest.mark.parametrize("step", ["ledger", "entries", "sessions", "account", "bytes"])
def test_stopped_before_any_step_it_goes_on_from_there(written, mo, monkeypatch, step):
    owner = written.uuid
    with monkeypatch.context() as patched:
        kill_at(patched, step)
        with pytest.raises(Killed):
            erasure.delete_account(written)
    if step == "ledger":
        assert DataKey.objects.filter(owner=owner).exists()
    else:
        assert not DataKey.objects.filter(owner=owner).exists()
        assert ledger.Ledger().names("account", owner)
    erasure.delete_account(written)
    assert not User.objects.filter(uuid=owner).exists()
    assert not DataKey.objects.filter(owner=owner).exists()
    assert_untouched(mo)


def test_a_key_made_by_a_save_in_the_middle_goes_too(written, monkeypatch):
    honest = erasure._remove

    def saved_meanwhile(owner):
        Keyring(someone_with(owner)).seal("late words", row=owner, **NAME)
        honest(owner)

    monkeypatch.setattr(erasure, "_remove", saved_meanwhile)
    erasure.delete_account(written)
    assert not DataKey.objects.filter(owner=written.uuid).exists()
    assert len(lines()) == 3


def someone_with(owner):
    user = someone()
    user.uuid = owner
    return user


def replay(*ledgers):
    out = io.StringIO()
    call_command("replay_erasures", *ledgers, stdout=out)
    return out.getvalue()


def restore(rows):
    """Bring rows back as an older copy of the databases would."""
    for row in rows:
        row.save(force_insert=True)


def copy(*querysets):
    return [row for rows in querysets for row in rows]


def test_after_a_restore_erased_words_go_again(written, mo):
    backup = copy(DataKey.objects.of(written), Entry.objects.owned_by(written))
    sealed_name = written.sealed_name
    erasure.erase_writing(written)
    fresh = write(written, "Written after.")
    restore(backup)
    User.objects.filter(pk=written.pk).update(sealed_name=sealed_name)
    assert replay() == "Erased again: 1 keys, 2 entries, 0 accounts.\n"
    assert Entry.objects.owned_by(written).get() == fresh
    assert fresh.open_kept(Keyring(written)).first.text == "Written after."
    assert User.objects.get(pk=written.pk).sealed_name is None
    assert_untouched(mo)
    assert replay() == "Erased again: 0 keys, 0 entries, 0 accounts.\n"


def test_after_a_restore_of_the_words_alone_they_go_again(written):
    backup = copy(Entry.objects.owned_by(written))
    erasure.erase_writing(written)
    restore(backup)
    assert replay() == "Erased again: 0 keys, 2 entries, 0 accounts.\n"


def test_after_a_restore_a_deleted_account_goes_again(written, mo):
    backup = copy(User.objects.filter(pk=written.pk), DataKey.objects.of(written), Entry.objects.owned_by(written))
    addresses = copy(EmailAddress.objects.filter(user=written))
    erasure.delete_account(written)
    restore([*backup, *addresses])
    said = replay()
    assert said == "Erased again: 1 keys, 2 entries, 1 accounts.\n"
    assert not User.objects.filter(uuid=written.uuid).exists()
    assert not DataKey.objects.filter(owner=written.uuid).exists()
    assert not EmailAddress.objects.filter(email="lea@example.org").exists()
    assert_untouched(mo)
    assert replay() == "Erased again: 0 keys, 0 entries, 0 accounts.\n"


def test_a_restore_is_replayed_under_a_new_secret_key(written, settings):
    backup = copy(DataKey.objects.of(written))
    erasure.erase_writing(written)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    restore(backup)
    assert replay().startswith("Erased again: 1 keys")


def test_the_ledger_of_the_process_for_admin_is_replayed_too(written, settings, tmp_path):
    backup = copy(DataKey.objects.of(written))
    web, settings.DATA_DIR = settings.DATA_DIR, tmp_path / "admin"
    settings.DATA_DIR.mkdir()
    erasure.erase_writing(written)
    admins, settings.DATA_DIR = ledger.path(), web
    restore(backup)
    ledger.path().touch()
    assert replay().startswith("Erased again: 0 keys")
    assert replay(str(admins)).startswith("Erased again: 1 keys")
    with pytest.raises(CommandError, match="There is no elsewhere"):
        replay("elsewhere")


def test_replay_needs_the_ledger_and_says_what_it_cannot_read(written):
    with pytest.raises(CommandError, match=r"There is no .*erasures\.log"):
        call_command("replay_erasures")
    ledger.path().write_text("nonsense\n")
    with pytest.raises(CommandError, match=r"1 lines of the ledger cannot be read"):
        call_command("replay_erasures", stdout=io.StringIO())


def test_replay_says_plainly_that_a_database_is_away(written):
    ledger.path().touch()

    def away(*args):
        raise OperationalError("gone for tea")

    with connections["keys"].execute_wrapper(away), pytest.raises(CommandError, match="gone for tea"):
        call_command("replay_erasures", stdout=io.StringIO())


def test_after_deletion_neither_keys_nor_an_older_copy_of_the_words_opens(written):
    yesterday = copy(Entry.objects.owned_by(written))
    erasure.delete_account(written)
    rotation.rewrap()
    for entry in yesterday:
        for ring in (Keyring(written), *[Keyring(someone_with(owner)) for owner in owners()]):
            with pytest.raises(CannotOpen):
                ring.open(entry.kept or entry.draft, **entry._bound_to("kept" if entry.kept else "draft", 1))


def owners():
    return DataKey.objects.values_list("owner", flat=True)


def test_deleting_a_user_elsewhere_leaves_no_words(written):
    """Only ``delete_account`` shreds the key; this much holds even without it."""
    entry = write(written)
    User.objects.get(pk=written.pk).delete()
    assert not Entry.objects.filter(pk=entry.pk).exists()


def test_the_process_for_admin_can_delete_an_account_without_a_key_file(written, settings):
    settings.ROLE = "admin"
    erasure.delete_account(written)
    assert not DataKey.objects.filter(owner=written.uuid).exists()
