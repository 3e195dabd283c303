"""Nothing private is in admin, or within reach of it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone

from journal.keys.keyring import Keyring
from journal.models import Entry
from journal.words import Words
from tests.house.test_everywhere import addresses
from tests.support import sign_in

CONTENT = {"lessons", "safety"}
SECRET = "Xylophones in the rain"


def may_be_seen(model):
    return model._meta.app_label in CONTENT or model._meta.label in {
        "journal.Prompt",
        "practices.Practice",
        "practices.Step",
        "practices.WeeklyPractice",
        "practices.DailyQuestion",
        "accounts.User",
    }


def with_inlines():
    """Yield every admin class of the site, inlines included."""
    for model_admin in admin.site._registry.values():
        yield model_admin
        yield from [inline(model_admin.model, admin.site) for inline in model_admin.inlines]


def names_of(model_admin):
    """Return the name of every field or method that an admin class mentions anywhere."""
    options = ["list_display", "list_filter", "search_fields", "fields", "readonly_fields", "ordering"]
    options += ["autocomplete_fields", "raw_id_fields", "list_select_related", "filter_horizontal", "filter_vertical"]
    names = [name for option in options for name in (getattr(model_admin, option, None) or []) if name is not True]
    names += [name for _, options in model_admin.fieldsets or [] for name in options["fields"]]
    return {str(name).lstrip("-=^@") for name in [*names, getattr(model_admin, "date_hierarchy", None) or "pk"]}


def related(model, name):
    """Yield the models that a name such as ``country__name`` passes through."""
    for part in name.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return
        if not field.is_relation:
            return
        model = field.related_model
        yield model


def fields_of(model_admin):
    return [field for field in model_admin.model._meta.get_fields() if not field.auto_created or field.concrete]


def test_no_private_model_is_registered_or_inline():
    shown = {each.model for each in with_inlines()}
    assert all(may_be_seen(model) for model in shown)
    private = {"account", "auth", "mfa", "usersessions", "sessions", "journal_keys", "admin", "contenttypes"}
    assert not {model._meta.app_label for model in shown} & private
    assert Entry not in shown


def test_no_relation_of_what_is_registered_leads_to_anything_private():
    for each in with_inlines():
        for name in names_of(each):
            assert all(may_be_seen(model) for model in related(each.model, name)), f"{each}: {name}"
        if each.model._meta.label != "accounts.User":
            forward = [field.related_model for field in fields_of(each) if field.is_relation]
            assert all(may_be_seen(model) and model._meta.label != "accounts.User" for model in forward), each


def test_the_learners_admin_names_only_what_it_shows():
    learners = admin.site._registry[apps.get_model("accounts.User")]
    assert names_of(learners) <= {"email", "is_active", "created", "last_sign_in", "pk"}
    assert not learners.inlines
    assert not learners.get_list_filter(None)


@pytest.fixture
def written(lea, master_key, module):
    """A name and an entry that Lea has sealed."""
    keyring = Keyring(lea)
    lea.sealed_name = keyring.seal(SECRET, table="accounts.user", row=lea.pk, field="sealed_name", revision=1)
    lea.time_zone = "Pacific/Chatham"
    lea.save()
    now = timezone.now()
    entry = Entry(owner=lea, module=module, day=now.date(), created=now, changed=now)
    entry.draft = entry.seal(keyring, "draft", Words.of(SECRET, SECRET), 1)
    entry.save()
    return entry


@pytest.fixture
def root(client, superuser, course):
    """A test client signed in as the superuser."""
    return sign_in(client, superuser)


def test_a_superuser_meets_no_private_text_on_any_admin_page(root, written, lea):
    hidden = [
        SECRET,
        str(written),
        "Chatham",
        str(written.pk),
        str(lea.uuid),
        lea.password,
        "sealed_name",
        "shows_words",
    ]
    seen = 0
    for address in admin_addresses(lea.pk, written.pk, written.module_id):
        response = root.get(f"/{address}", follow=True)
        page = response.content.decode()
        assert not [words for words in hidden if words in page and words not in address], address
        seen += "lea@example.org" in page
    assert seen >= 4


def admin_addresses(*keys):
    """Yield every admin address with each of these keys."""
    for address in addresses():
        if address.startswith("admin/") and "logout" not in address:
            yield address
            yield from (address.replace("/1/", f"/{key}/") for key in keys)


def test_a_learners_page_tells_no_more_than_the_address_and_three_facts(root, written, lea):
    page = root.get(f"/admin/accounts/user/{lea.pk}/change/").content.decode()
    main = page[page.index('id="content"') :]
    assert main.count('class="readonly"') == 4
    for word in ("Entr", "note", "Draft", "zone", "my day", "name"):
        assert f">{word}" not in main


@pytest.mark.parametrize(
    "query",
    [
        "password__startswith=md5",
        "uuid__isnull=False",
        "sealed_name__isnull=False",
        "time_zone=Pacific/Chatham",
        "usersession__ip=127.0.0.1",
        "emailaddress__verified=1",
        "entry__day__isnull=False",
        "%2B__isnull=False",
        "_to_field=uuid",
        "o=99",
    ],
)
def test_the_list_cannot_be_asked_about_what_it_does_not_show(root, written, query):
    response = root.get(f"/admin/accounts/user/?{query}")
    if response.status_code == 200:
        assert query == "o=99"
    else:
        assert response.status_code in (302, 400)


def test_no_other_list_can_be_asked_about_entries(root, written):
    for path in ("lessons/module", "lessons/course", "journal/prompt", "safety/country", "safety/helpline"):
        for query in ("%2B__isnull=False", "%2B=" + str(written.pk), "entry__isnull=False", "entry=" + str(written.pk)):
            response = root.get(f"/admin/{path}/?{query}")
            assert response.status_code in (302, 400), f"{path}?{query}"


def test_no_entry_can_be_looked_for(root, written):
    kind = ContentType.objects.get_for_model(Entry).pk
    assert root.get(f"/admin/r/{kind}/{written.pk}/").status_code == 404
    query = {"term": "", "app_label": "journal", "model_name": "entry"}
    assert root.get("/admin/autocomplete/", query | {"field_name": "module"}).status_code in (200, 403)
    assert root.get("/admin/autocomplete/", query | {"field_name": "id"}).status_code == 403
    found = root.get("/admin/autocomplete/", query | {"field_name": "owner"}).json()["results"]
    assert found == [{"id": str(written.owner_id), "text": "lea@example.org"}]
