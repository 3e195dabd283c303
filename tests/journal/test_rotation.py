"""Changing the master key: every data key stays the same and opens, whatever happens on the way."""

import threading
import uuid

import pytest
from django.db import connection, connections

from journal.keys import files, rotation
from journal.keys.errors import KeyUnavailable
from journal.keys.keyring import Keyring
from journal.keys.models import DataKey, MasterKey
from tests.keys import place, someone, write_key

TEXT = "A heron stood in the rain."


def write_for(owners):
    return [(owner, Keyring(owner).seal(TEXT, **place())) for owner in owners]


def assert_all_open(written):
    for owner, sealed in written:
        assert Keyring(owner).open(sealed, **place()) == TEXT


def data_keys():
    """Return each data key's bytes by its id."""
    return {key.pk: key.unwrap(key.master.read()) for key in DataKey.objects.select_related("master")}


@pytest.fixture
def written(master_key):
    """Words of five learners under the first master key."""
    return write_for(someone() for _ in range(5))


def test_every_data_key_moves_and_stays_the_same(written, key_dir):
    before = data_keys()
    rotation.change("k2")
    assert rotation.rewrap() == (5, [])
    assert data_keys() == before
    assert set(DataKey.objects.values_list("master", flat=True)) == {"k2"}
    (key_dir / "k1.key").unlink()
    assert_all_open(written)


def test_sealed_words_are_not_touched(written):
    rotation.change("k2")
    rotation.rewrap()
    assert rotation.rewrap() == (0, [])
    assert_all_open(written)


def test_many_batches(written, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    rotation.change("k2")
    assert rotation.rewrap() == (5, [])
    assert not DataKey.objects.behind().exists()


def test_words_can_be_written_at_every_stage(written):
    owner = someone()
    rotation.change("k2")
    written += write_for([owner])
    assert DataKey.objects.of(owner).get().master_id == "k2"
    rotation.rewrap()
    written += write_for([owner, someone()])
    assert_all_open(written)


def test_a_key_that_changed_meanwhile_is_left_as_it_is(written):
    rotation.change("k2")
    active = MasterKey.objects.active().get()
    read_before = DataKey.objects.select_related("master").order_by("pk").first()
    rotation.rewrap()
    as_moved = bytes(DataKey.objects.get(pk=read_before.pk).wrapped)
    key = read_before.unwrap(read_before.master.read())
    assert rotation._move_one(read_before, key, active, active.read()) == 0
    assert bytes(DataKey.objects.get(pk=read_before.pk).wrapped) == as_moved


def test_a_key_erased_meanwhile_stays_erased(written):
    rotation.change("k2")
    active = MasterKey.objects.active().get()
    erased = DataKey.objects.select_related("master").order_by("pk").first()
    key = erased.unwrap(erased.master.read())
    DataKey.objects.filter(pk=erased.pk).delete()
    assert rotation._move_one(erased, key, active, active.read()) == 0
    assert DataKey.objects.count() == 4


def test_a_batch_whose_key_came_out_wrong_is_put_back(written, monkeypatch):
    rotation.change("k2")
    before = data_keys()
    honest = DataKey.wrap

    def forgetful(data_key, key, master, master_key):
        honest(data_key, bytes(32), master, master_key)

    monkeypatch.setattr(DataKey, "wrap", forgetful)
    with pytest.raises(KeyUnavailable, match="Nothing was changed"):
        rotation.rewrap()
    assert set(DataKey.objects.values_list("master", flat=True)) == {"k1"}
    assert data_keys() == before


def test_one_broken_key_does_not_hold_up_the_others(written):
    broken = DataKey.objects.order_by("pk")[2]
    DataKey.objects.filter(pk=broken.pk).update(wrapped=bytes(60))
    rotation.change("k2")
    assert rotation.rewrap() == (4, [broken.pk])
    assert DataKey.objects.behind().get() == broken
    assert bytes(DataKey.objects.get(pk=broken.pk).wrapped) == bytes(60)
    assert [str(broken.pk) in sentence for sentence in rotation.unopened()] == [True]


def test_without_the_old_file_nothing_moves_and_nothing_is_lost(written, key_dir):
    rotation.change("k2")
    (key_dir / "k1.key").rename(key_dir / "away")
    moved, unopened = rotation.rewrap()
    assert (moved, len(unopened)) == (0, 5)
    (key_dir / "away").rename(key_dir / "k1.key")
    assert rotation.rewrap() == (5, [])
    assert_all_open(written)


def test_without_the_new_file_nothing_moves(written, key_dir):
    rotation.change("k2")
    (key_dir / "k2.key").unlink()
    with pytest.raises(KeyUnavailable):
        rotation.rewrap()
    assert set(DataKey.objects.values_list("master", flat=True)) == {"k1"}


def test_a_later_rotation_wins_over_an_earlier_one_in_the_middle(written, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    rotation.change("k2")
    batches = iter([None, lambda: rotation.change("k3")])
    honest = rotation._batch

    def interrupted(after, active):
        deed = next(batches, None)
        if deed:
            deed()
        return honest(after, active)

    monkeypatch.setattr(rotation, "_batch", interrupted)
    rotation.rewrap()
    assert MasterKey.objects.active().get().name == "k3"
    assert set(DataKey.objects.values_list("master", flat=True)) == {"k3"}
    assert_all_open(written)


def test_a_first_key_is_made_once(master_key):
    with pytest.raises(rotation.Refused, match="journal_keys rotate"):
        rotation.create()
    rotation.create_first()
    assert files.names() == ["k1"]


def test_a_new_site_takes_the_newest_file_that_its_operator_brought(db, key_dir):
    write_key(key_dir / "mine-1.key")
    write_key(key_dir / "mine-2.key")
    rotation.create_first()
    assert MasterKey.objects.get().name == "mine-2"
    assert files.names() == ["mine-1", "mine-2"]


def test_a_new_site_takes_no_damaged_file(db, key_dir):
    (key_dir / "k1.key").write_text("half a k")
    with pytest.raises(KeyUnavailable):
        rotation.create_first()
    assert not MasterKey.objects.exists()


def test_a_site_without_a_key_has_none_to_change(db, key_dir):
    with pytest.raises(rotation.Refused, match="journal_keys create"):
        rotation.change()


@pytest.mark.parametrize("name", ["k1", "copy"])
def test_a_key_used_before_is_not_taken_again(master_key, key_dir, name):
    write_key(key_dir / "copy.key", files.read("k1"))
    with pytest.raises(rotation.Refused, match="used before"):
        rotation.change(name)
    assert MasterKey.objects.get().is_active


@pytest.mark.parametrize("name", ["../k2", "K2", "k 2", "k" * 41])
def test_a_name_that_is_none_makes_nothing(master_key, key_dir, name):
    with pytest.raises(KeyUnavailable, match="no name"):
        rotation.change(name)
    assert [path.name for path in key_dir.iterdir()] == ["k1.key"]


def test_a_file_that_was_made_but_not_yet_known_is_taken(master_key):
    files.make("k2")
    before = files.read("k2")
    assert rotation.change("k2").read() == before


def test_one_master_key_is_active_at_a_time(master_key):
    for name in ("k2", "k3", "k4"):
        rotation.change(name)
        assert MasterKey.objects.active().get().name == name
    assert [master.name for master in MasterKey.objects.idle()] == ["k1", "k2", "k3"]
    assert [master.name for master in MasterKey.objects.needed()] == ["k4"]


def test_the_same_key_activated_by_another_process_just_now_is_taken(master_key):
    files.make("k2")
    late = MasterKey(name="k2", check_value=b"", is_active=True)
    first = rotation.change("k2")
    assert rotation._activate(late) == first
    assert MasterKey.objects.active().get().name == "k2"


def test_two_rotations_at_once_on_a_server(transactional_db, key_dir):
    """On SQLite the same is tried with processes and files; in memory threads share one lock."""
    if connection.vendor == "sqlite":
        pytest.skip("see tests/faults/test_rotation_kills.py")
    rotation.create("k1")
    written = write_for(someone() for _ in range(30))
    owners, failures = [someone() for _ in range(30)], []
    start = threading.Barrier(3)

    def run(deed):
        start.wait()
        try:
            deed()
        except Exception as error:  # noqa: BLE001 -- told to the test, which fails
            failures.append(error)
        finally:
            connections.close_all()

    deeds = [
        lambda: change_and_rewrap("k2"),
        lambda: change_and_rewrap("k3"),
        lambda: written.extend(write_for(owners)),
    ]
    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    rotation.rewrap()
    assert not DataKey.objects.behind().exists()
    assert DataKey.objects.count() == len(written) == 60
    assert_all_open(written)


def test_no_rotation_ends_between_choosing_a_master_key_and_saving_under_it(transactional_db, key_dir, monkeypatch):
    """Else the old file would be put away with a data key under it. SQLite locks out writers by itself."""
    if connection.vendor == "sqlite":
        pytest.skip("in memory threads share one lock")
    rotation.create("k1")
    owner, written = someone(), []
    is_saving, may_save = threading.Event(), threading.Event()
    honest = DataKey.save

    def slow_save(*args, **kwargs):
        is_saving.set()
        may_save.wait(10)
        honest(*args, **kwargs)

    monkeypatch.setattr(DataKey, "save", slow_save)
    writer = in_thread(lambda: written.extend(write_for([owner])))
    assert is_saving.wait(10)
    rotator = in_thread(lambda: change_and_rewrap("k2"))
    rotator.join(0.5)
    assert rotator.is_alive(), "the rotation did not wait"
    may_save.set()
    for thread in (writer, rotator):
        thread.join(10)
    assert DataKey.objects.of(owner).get().master_id == "k2"
    assert_all_open(written)


def in_thread(deed):
    def run():
        try:
            deed()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def change_and_rewrap(name):
    rotation.change(name)
    rotation.rewrap()


def test_data_keys_belong_to_no_one_by_chance(written):
    assert Keyring(someone())._all() == {}
    assert DataKey.objects.filter(owner=uuid.UUID(int=0)).count() == 0
