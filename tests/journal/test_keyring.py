"""A learner's keyring: it opens what it sealed for the same place, and fails loudly and without a trace otherwise."""

import uuid

import pytest
from django.db import connections

from journal.keys import aead, rotation
from journal.keys.errors import CannotOpen, KeyUnavailable, SealError
from journal.keys.keyring import ID_BYTES, Keyring
from journal.keys.models import DataKey, MasterKey, check_value
from tests.journal.test_aead import HOSTILE
from tests.keys import place, someone, write_key

pytestmark = pytest.mark.usefixtures("master_key")

HEAD = 1 + ID_BYTES
TEXT = "This evening was a hard one, and I stayed."


def rows():
    """Return every row of the keys' database."""
    return sorted((key.pk, key.owner, key.master_id, bytes(key.wrapped)) for key in DataKey.objects.all())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_comes_back_exactly(text):
    owner = someone()
    sealed = Keyring(owner).seal(text, **place())
    assert (len(sealed) - HEAD - 28) % 256 == 0
    assert Keyring(owner).open(sealed, **place()) == text


def test_half_a_surrogate_pair_is_refused_and_not_changed():
    with pytest.raises(UnicodeEncodeError):
        Keyring(someone()).seal("\ud83e", **place())


def test_what_a_database_hands_out_as_a_memoryview_opens_too():
    ring = Keyring(someone())
    assert ring.open(memoryview(ring.seal(TEXT, **place())), **place()) == TEXT


def test_a_learner_has_one_key_made_at_the_first_word():
    owner = someone()
    assert not DataKey.objects.exists()
    Keyring(owner).seal(TEXT, **place())
    Keyring(owner).seal(TEXT, **place())
    assert DataKey.objects.of(owner).count() == 1


def test_two_first_words_at_once_both_stay_readable():
    owner = someone()
    one, other = Keyring(owner), Keyring(owner)
    assert one._all() == other._all() == {}
    sealed = [ring.seal(TEXT, **place()) for ring in (one, other)]
    assert DataKey.objects.of(owner).count() == 2
    assert [Keyring(owner).open(words, **place()) for words in sealed] == [TEXT, TEXT]


@pytest.mark.parametrize(
    "changed",
    [{"row": uuid.UUID(int=8)}, {"field": "draft"}, {"table": "accounts.user"}, {"revision": 2}, {"revision": 0}],
    ids=str,
)
def test_words_moved_to_another_place_do_not_open(changed):
    ring = Keyring(someone())
    sealed = ring.seal(TEXT, **place())
    with pytest.raises(CannotOpen):
        ring.open(sealed, **place() | changed)


def test_words_given_to_another_learner_do_not_open():
    one, other = Keyring(someone()), Keyring(someone())
    sealed, theirs = one.seal(TEXT, **place()), other.seal(TEXT, **place())
    with pytest.raises(CannotOpen):
        other.open(sealed, **place())
    with pytest.raises(CannotOpen):
        other.open(theirs[:HEAD] + sealed[HEAD:], **place())


def test_words_know_their_owner_even_if_two_learners_had_one_key():
    one, other = Keyring(someone()), Keyring(someone())
    sealed = one.seal(TEXT, **place())
    other._keys = one._all()
    with pytest.raises(CannotOpen):
        other.open(sealed, **place())


def test_a_key_given_to_another_learner_does_not_open():
    one, other = someone(), someone()
    sealed = Keyring(one).seal(TEXT, **place())
    DataKey.objects.of(one).update(owner=other.uuid)
    with pytest.raises(KeyUnavailable):
        Keyring(other).open(sealed, **place())


def test_wrapped_bytes_copied_to_another_learners_key_do_not_open():
    one, other = someone(), someone()
    Keyring(one).seal(TEXT, **place())
    sealed = Keyring(other).seal(TEXT, **place())
    DataKey.objects.of(other).update(wrapped=DataKey.objects.of(one).get().wrapped)
    with pytest.raises(KeyUnavailable):
        Keyring(other).open(sealed, **place())


def test_a_key_under_another_id_does_not_open():
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    other_id = uuid.uuid4()
    DataKey.objects.of(owner).update(id=other_id)
    with pytest.raises(KeyUnavailable):
        Keyring(owner).open(sealed[:1] + other_id.bytes + sealed[HEAD:], **place())


def test_a_key_said_to_be_under_another_master_key_does_not_open():
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    rotation.change("k2")
    DataKey.objects.of(owner).update(master="k2")
    with pytest.raises(KeyUnavailable):
        Keyring(owner).open(sealed, **place())


def test_a_key_knows_the_name_of_its_master_key(key_dir, master_key):
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    write_key(key_dir / "copy.key", master_key.read())
    MasterKey.objects.create(name="copy", check_value=master_key.check_value)
    DataKey.objects.of(owner).update(master="copy")
    with pytest.raises(KeyUnavailable):
        Keyring(owner).open(sealed, **place())


@pytest.mark.parametrize("length", [0, 1, 12, 13, 16, 17, 28, 29, 45, 46])
def test_words_cut_short_do_not_open(length):
    ring = Keyring(someone())
    sealed = ring.seal(TEXT, **place())
    for part in (sealed[:length], sealed[: -1 - length], sealed[: HEAD + length]):
        with pytest.raises(CannotOpen):
            ring.open(part, **place())


def test_words_with_any_bit_flipped_do_not_open():
    ring = Keyring(someone())
    sealed = ring.seal(TEXT, **place())
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            ring.open(bytes(changed), **place())


def test_a_wrapped_key_with_any_bit_flipped_does_not_open(master_key):
    Keyring(someone()).seal(TEXT, **place())
    data_key, master = DataKey.objects.get(), master_key.read()
    wrapped = bytes(data_key.wrapped)
    assert len(data_key.unwrap(master)) == 32
    for bit in range(len(wrapped) * 8):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        data_key.wrapped = bytes(changed)
        with pytest.raises(KeyUnavailable):
            data_key.unwrap(master)


def test_a_missing_master_key_closes_and_writes_nothing(key_dir):
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    before = rows()
    (key_dir / "k1.key").rename(key_dir / "away")
    with pytest.raises(KeyUnavailable, match=r"k1\.key cannot be read"):
        Keyring(owner).open(sealed, **place())
    for writer in (owner, someone()):
        with pytest.raises(KeyUnavailable):
            Keyring(writer).seal(TEXT, **place())
    assert rows() == before
    (key_dir / "away").rename(key_dir / "k1.key")
    assert Keyring(owner).open(sealed, **place()) == TEXT


def test_a_wrong_master_key_of_the_same_name_closes_and_writes_nothing(key_dir):
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    before = rows()
    write_key(key_dir / "k1.key")
    for deed in (
        lambda: Keyring(owner).open(sealed, **place()),
        lambda: Keyring(owner).seal(TEXT, **place()),
        lambda: Keyring(someone()).seal(TEXT, **place()),
    ):
        with pytest.raises(KeyUnavailable, match="another key than the one"):
            deed()
    assert rows() == before


def test_a_wrong_master_key_with_a_forged_check_value_still_opens_nothing(key_dir):
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    key = bytes(32)
    write_key(key_dir / "k1.key", key)
    MasterKey.objects.update(check_value=check_value(key))
    with pytest.raises(KeyUnavailable, match="does not open"):
        Keyring(owner).open(sealed, **place())


def test_an_old_master_key_removed_too_early_closes_and_comes_back(key_dir):
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    rotation.change("k2")
    (key_dir / "k1.key").rename(key_dir / "away")
    with pytest.raises(KeyUnavailable):
        Keyring(owner).open(sealed, **place())
    (key_dir / "away").rename(key_dir / "k1.key")
    assert Keyring(owner).open(sealed, **place()) == TEXT


def test_a_deleted_key_opens_nothing_ever_again():
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    DataKey.objects.of(owner).delete()
    with pytest.raises(CannotOpen, match="not there any more"):
        Keyring(owner).open(sealed, **place())
    Keyring(owner).seal(TEXT, **place())
    with pytest.raises(CannotOpen):
        Keyring(owner).open(sealed, **place())


def test_a_site_without_a_master_key_seals_nothing():
    MasterKey.objects.all().delete()
    with pytest.raises(KeyUnavailable, match="no master key yet"):
        Keyring(someone()).seal(TEXT, **place())
    assert not DataKey.objects.exists()


def test_the_process_for_admin_neither_seals_nor_opens(settings):
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    settings.ROLE = "admin"
    with pytest.raises(KeyUnavailable):
        Keyring(owner).open(sealed, **place())
    with pytest.raises(KeyUnavailable):
        Keyring(owner).seal(TEXT, **place())


def test_failing_to_open_never_writes():
    owner = someone()
    sealed = Keyring(owner).seal(TEXT, **place())
    with connections["keys"].execute_wrapper(refuse_writing):
        for broken in (b"", b"\x02" + sealed[1:], sealed[:-1], sealed[:1] + bytes(16) + sealed[HEAD:]):
            with pytest.raises(SealError):
                Keyring(owner).open(broken, **place())


def refuse_writing(execute, sql, params, many, context):
    assert sql.lstrip().upper().startswith("SELECT"), sql
    return execute(sql, params, many, context)


def test_opening_many_texts_asks_once_for_the_keys(django_assert_num_queries):
    owner = someone()
    sealed = [Keyring(owner).seal(TEXT, **place()) for _ in range(5)]
    ring = Keyring(owner)
    with django_assert_num_queries(1, using="keys"):
        assert {ring.open(words, **place()) for words in sealed} == {TEXT}


def test_a_replaced_master_key_is_looked_for_again(monkeypatch):
    """On PostgreSQL a look that waited for a change of the active key finds no row; the second look finds the new."""
    rotation.change("k2")
    looks = iter([None])
    first = type(MasterKey.objects.all()).first
    monkeypatch.setattr(type(MasterKey.objects.all()), "first", lambda rows: next(looks, first(rows)))
    Keyring(someone()).seal(TEXT, **place())
    assert DataKey.objects.get().master_id == "k2"


def test_no_key_shows_in_what_a_log_would_print(master_key):
    ring = Keyring(someone())
    ring.seal(TEXT, **place())
    secret = next(iter(ring._all().values()))
    shown = f"{ring!r} {DataKey.objects.get()!r} {master_key!r} {vars(DataKey.objects.get())!r}"
    assert secret.hex() not in shown
    assert repr(secret) not in shown
    assert len(secret) == aead.KEY_BYTES
