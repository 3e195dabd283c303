"""Published pages: the same bytes for everyone, few queries, and there without the database."""

import gzip
import time

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cft_course.safety import current
from lessons import versions
from lessons.models import Course, Module
from lessons.publishing import CACHE_CONTROL, Pages, pages, public_page, public_paths
from tests.support import assert_carries_help

MODULE = "/modules/what-compassion-really-is/"


def away(*args):
    """Stand in for a database that does not answer."""
    raise OperationalError("the database is away")


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_every_page_takes_at_most_four_queries_cold_and_none_warm(client, course):
    for path in public_paths():
        pages.forget()
        pages._remove(path)
        versions.share_new(pages.folder)
        assert queries(client, path) <= 4, path
        assert queries(client, path) == 0, path


def test_the_walk_knows_every_public_page(course):
    paths = set(public_paths())
    assert {"/", MODULE, "/help/gb/", "/questions/", "/feed.xml", "/sitemap.xml", "/robots.txt"} <= paths
    assert "/search/" not in paths
    assert "/modules/the-three-systems/" not in paths


def test_everyone_gets_the_same_bytes(course, alice):
    stranger, signed_in = Client(), Client(headers={"cookie": "theme=dark; session=stolen"})
    signed_in.force_login(alice)
    for path in public_paths():
        answers = {visitor.get(path).content for visitor in (stranger, signed_in, stranger)}
        assert len(answers) == 1, path


def test_no_page_sets_a_cookie_or_differs_by_one(course, editor):
    visitor = Client(headers={"cookie": "theme=dark; csrf=x; session=stolen"})
    for path in public_paths():
        for response in (editor.get(path), visitor.get(path)):
            assert not response.cookies, path
            assert response["Vary"] == "Accept-Encoding", path
            assert response["Cache-Control"] == CACHE_CONTROL, path
            assert response["ETag"].startswith('W/"'), path


def test_a_query_string_changes_nothing(client, course):
    for path in public_paths():
        assert client.get(f"{path}?name=<script>&q=x&format=json").content == client.get(path).content, path
    assert len(pages._pages) == len(list(pages.folder.glob("*.page"))) == len(public_paths())


def test_pages_can_only_be_read(client, course):
    for path in public_paths():
        response = client.post(path, {"title": "Mine"})
        assert response.status_code == 405, path
        assert response["Allow"] == "GET, HEAD", path


def test_a_public_view_cannot_learn_who_asks(rf, own_folder):
    seen = []

    @public_page
    def view(request):
        seen.append(request)
        return HttpResponse("page")

    asked = rf.get("/somewhere/?secret=1", headers={"cookie": "session=x", "host": "localhost"})
    asked.user = asked.session = "someone"
    view(asked)
    request = seen[0]
    assert not hasattr(request, "user")
    assert not hasattr(request, "session")
    assert request.COOKIES == {}
    assert request.GET == {}
    assert request.get_host() == "127.0.0.1:8000"


def test_an_unchanged_page_is_answered_in_short(client, course):
    etag = client.get("/about/")["ETag"]
    for sent in (etag, f'"other", {etag}', "*", etag.removeprefix("W/")):
        response = client.get("/about/", headers={"if-none-match": sent})
        assert response.status_code == 304
        assert response.content == b""
        assert response["ETag"] == etag
    assert client.get("/about/", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepts", "zipped"), [("gzip, br", True), ("gzip;q=0.5", True), ("gzip;q=0", False), ("", False), ("br", False)]
)
def test_the_page_is_zipped_for_those_who_accept_it(client, course, accepts, zipped):
    response = client.get("/about/", headers={"accept-encoding": accepts})
    assert (response.get("Content-Encoding") == "gzip") is zipped
    assert int(response["Content-Length"]) == len(response.content)
    plain = gzip.decompress(response.content) if zipped else response.content
    assert plain == client.get("/about/").content


def test_head_answers_without_a_body(client, course):
    for _ in range(2):
        response = client.head("/about/")
        assert response.status_code == 200
        assert response.content == b""
        assert int(response["Content-Length"]) == len(client.get("/about/").content)


def test_an_edit_reaches_another_process_within_two_seconds(transactional_db, client):
    make_course()
    elsewhere = Pages()
    assert b"Before" in elsewhere.fetch("/about/", public_paths()["/about/"]).body
    Course.objects.get().save()
    Course.objects.update(about="After")
    course = Course.objects.get()
    course.save()
    time.sleep(1.1)
    assert elsewhere.warm("/about/") is None
    assert b"After" in elsewhere.fetch("/about/", lambda: pytest.fail("It is in the folder already.")).body


def test_many_changes_in_one_transaction_publish_once(transactional_db, monkeypatch):
    make_course()
    published = []
    monkeypatch.setattr(Pages, "publish", lambda self: published.append(1))
    with transaction.atomic():
        for module in Module.objects.all():
            module.save()
        Course.objects.get().save()
    assert published == [1]


def test_a_change_counts_when_a_later_one_is_rolled_back(transactional_db):
    make_course()
    before = pages.version
    with transaction.atomic():
        Course.objects.get().save()
        point = transaction.savepoint()
        Course.objects.get().save()
        transaction.savepoint_rollback(point)
    assert versions.shared(pages.folder) != before


def test_a_rolled_back_change_publishes_nothing(transactional_db):
    make_course()
    before = versions.shared(pages.folder)
    with transaction.atomic():
        Course.objects.get().save()
        transaction.set_rollback(True)
    assert versions.shared(pages.folder) == before


def test_an_unpublished_module_is_gone_for_good(transactional_db, client):
    module = make_course()
    assert client.get(module.get_absolute_url()).status_code == 200
    kept = pages._file(module.get_absolute_url())
    assert kept.exists()
    module.status = Module.Status.DRAFT
    module.save()
    assert not kept.exists()
    pages.forget()
    with connection.execute_wrapper(away):
        response = Client(raise_request_exception=False).get(module.get_absolute_url())
    assert response.status_code == 503


def test_a_deleted_module_is_gone_for_good(transactional_db, client):
    module = make_course()
    address = module.get_absolute_url()
    assert client.get(address).status_code == 200
    module.delete()
    assert client.get(address).status_code == 404
    assert not pages._file(address).exists()


def test_pages_survive_the_database_in_memory_and_in_the_folder(client, course):
    before = client.get(MODULE).content
    with connection.execute_wrapper(away):
        assert client.get(MODULE).content == before
        pages.forget()
        assert client.get(MODULE).content == before
        pages.forget()
        versions.share_new(pages.folder)
        assert client.get(MODULE).content == before


def test_another_process_shows_what_the_folder_keeps_while_the_database_is_away(course):
    pages.publish()
    versions.share_new(pages.folder)
    paths = public_paths()
    with connection.execute_wrapper(away):
        for path, make in paths.items():
            assert Pages().fetch(path, make).body == pages._pages[path].body, path


@pytest.mark.parametrize("path", ["/modules/never-was/", "/help/zz/", "/never/was/", "/modules/9/"])
def test_while_the_database_is_away_a_page_that_never_was_is_a_page_of_words(course, path):
    pages.publish()
    with connection.execute_wrapper(away):
        response = Client(raise_request_exception=False).get(path)
    assert response.status_code in (404, 503)
    assert response["Cache-Control"] == "no-store"
    assert_carries_help(response.content.decode())


def test_an_outdated_page_is_replaced_soon_after_the_database_is_back(client, course, monkeypatch):
    client.get("/about/")
    Course.objects.update(about="Written since.")
    versions.share_new(pages.folder)
    pages.forget()
    with connection.execute_wrapper(away):
        assert "Written since." not in client.get("/about/").content.decode()
    held = pages._pages["/about/"].held_until
    monkeypatch.setattr("lessons.publishing.time.monotonic", lambda: held + 1)
    assert "Written since." in client.get("/about/").content.decode()


def test_without_database_and_folder_the_answer_is_a_page_of_words(db, own_folder):
    with connection.execute_wrapper(away):
        response = Client(raise_request_exception=False).get(MODULE)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert b"resting for a moment" in response.content


def test_a_damaged_page_in_the_folder_is_made_anew(client, course):
    before = client.get("/about/").content
    for damage in (b"", b"no json\nbody", b'{"version": 1}\nbody', b"{}"):
        pages._file("/about/").write_bytes(damage)
        pages.forget()
        assert client.get("/about/").content == before


def test_the_version_goes_round_through_redis_when_there_is_one(settings, own_folder):
    if not settings.REDIS_URL:
        pytest.skip("REDIS_URL is not set, so there is no Redis to ask")
    version = versions.share_new(own_folder)
    (own_folder / "version").unlink()
    everywhere = version.partition(".")[2]
    assert everywhere
    assert versions.shared(own_folder) == f".{everywhere}"


def test_without_redis_the_file_goes_on_telling(settings, own_folder, monkeypatch):
    from redis.exceptions import ConnectionError as RedisAway  # noqa: PLC0415 -- a slow import, used here only

    class Away:
        def get(self, *args, **kwargs):
            raise RedisAway

        set = get

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(versions, "cache", Away())
    version = versions.share_new(own_folder)
    assert versions.shared(own_folder) == version


def test_the_safety_texts_outlive_the_database(course, client):
    assert current.texts().pk == 1 or current.texts().pk is None
    known = current.texts()
    versions.share_new(pages.folder)
    pages.forget()
    with connection.execute_wrapper(away):
        assert current.texts() == known


def make_course():
    """Make a small course and publish nothing by hand."""
    course = Course.objects.create(slug="c", title="C", publisher="P", headline="H", summary="S", about="Before")
    fields = {"title": "T", "summary": "S", "body": "Words.", "published_on": "2026-05-28"}
    return Module.objects.create(course=course, number=1, slug="m", status=Module.Status.PUBLISHED, **fields)


def test_accounts_are_no_part_of_the_content(transactional_db):
    before = versions.share_new(pages.folder)
    get_user_model().objects.create_user("lea@example.org", "a long quiet evening")
    assert versions.shared(pages.folder) == before
