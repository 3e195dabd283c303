"""What editors write of a practice, and where everyone finds it: the lesson, the worksheet, admin."""

from django.core.management import call_command
from django.urls import reverse

from cft_course.accounts import erasure
from cft_course.management.commands.create_editor import editors
from journal.models import Entry
from lessons.publishing import pages
from practices.models import DailyQuestion, Practice, Run, Step, WeeklyPractice
from tests.practices.doing import SLUG, answer, let_go, practice
from tests.support import assert_carries_help

WORKSHEET = reverse("practices:worksheet", args=[SLUG])


def test_module_4s_practice_is_as_its_facts_say(course):
    found = practice()
    assert found.title == "The Two Halves of Compassion"
    assert (found.minutes_from, found.minutes_to, found.module.number) == (3, 5, 4)
    assert [step.kind for step in found.steps_in_order] == ["sentence", "sentence", "choice", "sentence", "sentence"]
    assert found.steps_in_order[2].offered_choices == [
        "I avoid it", "I judge it", "I attack myself", "I rush to fix it",
    ]  # fmt: skip
    assert all(step.example and step.guidance for step in found.steps_in_order)
    assert found.closing.stem.endswith("because")
    for step in found.steps_in_order:
        step.full_clean()
    found.full_clean()


def test_the_lesson_invites_and_the_worksheet_is_blank(client, module):
    page = client.get(module.get_absolute_url()).content.decode()
    card = page.split('class="card"')[1]
    assert f'href="/practices/{SLUG}/"' in card
    assert f'href="{WORKSHEET}"' in card
    response = client.get(WORKSHEET)
    sheet = response.content.decode()
    assert response["Cache-Control"].startswith("public")
    assert all(step.question in sheet for step in practice().questions)
    assert_carries_help(sheet)


def test_a_reworded_practice_is_published_at_once(client, module, django_capture_on_commit_callbacks):
    client.get(WORKSHEET)
    client.get(module.get_absolute_url())
    with django_capture_on_commit_callbacks(execute=True):
        step = Step.objects.get(key="moment")
        step.question = "What was it, in one sentence?"
        step.save()
    assert "What was it, in one sentence?" in client.get(WORKSHEET).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        found = practice()
        found.is_offered = False
        found.save()
    assert f"/practices/{SLUG}/" not in client.get(module.get_absolute_url()).content.decode()
    assert client.get(WORKSHEET).status_code == 404
    assert pages.warm(WORKSHEET) is None


def test_a_site_from_before_gets_its_practices_and_its_editors_their_rights(course, alice):
    from cft_course.management.commands.prepare import Command  # noqa: PLC0415 -- beside its one use

    Practice.objects.all().delete()
    WeeklyPractice.objects.all().delete()
    group = editors()
    group.permissions.clear()
    Command()._add_practices(["practices", "weeks"])
    assert (Step.objects.count(), DailyQuestion.objects.count()) == (5, 2)
    assert set(group.permissions.values_list("content_type__model", flat=True)) >= {
        "practice",
        "weeklypractice",
        "module",
    }


def test_editors_change_practices_and_see_no_runs(editor, course, learner, master_key):
    answer(learner, 1, "a heron")
    index = editor.get("/admin/").content.decode()
    assert "/admin/practices/practice/" in index
    assert "/admin/practices/run/" not in index
    page = editor.get(reverse("admin:practices_practice_change", args=[practice().pk])).content.decode()
    assert "heron" not in page
    assert 'name="slug"' not in page, "kept answers remember the slug"
    assert f'href="/practices/{SLUG}/">Try it' in page
    for path in ("/admin/practices/run/", f"/admin/practices/run/{Run.objects.get().pk}/change/"):
        assert editor.get(path).status_code == 404
    assert editor.get("/admin/practices/practice/?run__owner=1", follow=True).status_code in (200, 400, 403)
    assert not editors().permissions.filter(content_type__model="run").exists()


def test_what_editors_get_wrong_is_said_at_the_field(editor, course):
    found = practice()
    address = reverse("admin:practices_practice_change", args=[found.pk])
    page = editor.get(address).context["adminform"].form
    data = {name: page[name].value() for name in page.fields} | {"minutes_from": 9, "minutes_to": 2}
    formset = editor.get(address).context["inline_admin_formsets"][0].formset
    for form in [formset.management_form, *formset.forms]:
        data |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    response = editor.post(address, data)
    assert "The shorter time comes first." in response.content.decode()
    data |= {"minutes_to": 10, "steps-2-choices": "only one"}
    assert "Please write two choices or more" in editor.post(address, data).content.decode()
    data |= {"steps-2-choices": "one\ntwo", "steps-0-key": "engagement"}
    assert "Please correct the duplicate" in editor.post(address, data).content.decode()
    data |= {"steps-0-key": "moment", "steps-0-question": "What was it?"}
    assert editor.post(address, data).status_code == 302
    assert Step.objects.get(key="moment").question == "What was it?"


def test_fixtures_go_both_ways(course, tmp_path):
    file = tmp_path / "practices.yaml"
    with open(file, "w") as out:
        call_command("dumpdata", "practices.practice", "practices.step", "--natural-foreign", "--natural-primary",
                     format="yaml", stdout=out)  # fmt: skip
    before = list(Step.objects.values_list("key", "question", "example"))
    Step.objects.update(question="changed")
    call_command("loaddata", str(file), verbosity=0)
    assert list(Step.objects.values_list("key", "question", "example")) == before
    assert Practice.objects.count() == 1


def test_erasing_all_words_erases_what_was_practised(learner, lea, course, master_key):
    answer(learner, 1, "a heron")
    let_go(learner)
    answer(learner, 1, "another")
    erasure.erase_writing(lea)
    assert not Entry.objects.exists()
    assert not Run.objects.exists()
