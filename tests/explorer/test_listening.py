"""The listening test over HTTP: practice, sets, answers and results."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.core.cache import cache

from embeddings import tasks
from embeddings.models import Extraction, Job
from embeddings.storage import replace_vectors
from explorer.api.views.listening import ListeningThrottle
from explorer.listening.asking import order_for, repeat_count
from explorer.listening.models import Answer, Question, QuestionSet
from explorer.listening.results import COLUMNS, summary
from tests.explorer.conftest import Library, add_model
from tests.tracks.sounds import write_wav
from tracks.models import Track

LAYER = "toy-net-embeddings"
QUESTIONS = "/api/v1/listening/questions/"
SETS = "/api/v1/listening/sets/"
CSV = "/api/v1/listening/answers/"
TELLING = re.compile(r"role|distance|nearest|random|track|title|artist [0-9]", re.IGNORECASE)


@pytest.fixture(autouse=True)
def patience():
    """Each test begins with nothing asked."""
    cache.clear()


@pytest.fixture
def tracks(library: Library, settings) -> list[Track]:
    """Eight tracks of as many artists, 24 s of tone each."""
    tone = write_wav(Path(settings.AUDIO_DIR) / "tone.wav", seconds=24)
    tracks = [library.add_track(number, segments=8) for number in range(8)]
    for track in tracks:
        (Path(settings.AUDIO_DIR) / track.path).symlink_to(tone)
    return tracks


@pytest.fixture
def post(client):
    def send(address: str, status: int = 201, **body):
        response = client.post(address, json.dumps(body), "application/json")
        assert response.status_code == status, response.content
        return response.json()

    return send


@pytest.fixture
def make_set(tracks, django_capture_on_commit_callbacks):
    """A set whose job has run."""

    def make(**fields) -> QuestionSet:
        values = {"name": "Pilot", "slug": "pilot", "layer": LAYER, "size": 10} | fields
        question_set = QuestionSet.objects.create(**values)
        job = Job.objects.create(kind=Job.Kind.QUESTIONS, parameters={"set": question_set.slug})
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.message
        question_set.refresh_from_db()
        return question_set

    return make


def answer_all(get, post, question_set: QuestionSet, rater: UUID, choose) -> list[dict]:
    """Answers as long as there is something to answer; returns what was asked."""
    asked = []
    while True:
        step = get(f"listening/sets/{question_set.slug}/next/", rater=rater).json()
        if step["question"] is None:
            return asked
        asked.append(step)
        post(
            f"{SETS}{question_set.slug}/answers/",
            rater=str(rater), place=step["place"], choice=choose(step), seconds=5,
        )  # fmt: skip


def nearest(step) -> int:
    return Question.objects.get(public_id=step["question"]["id"]).nearest()


def test_practice_tells_nothing_before_and_everything_after(client, post, tracks):
    asked = post(QUESTIONS, layer=LAYER)
    assert not TELLING.search(json.dumps(asked).replace('"apart": "artist"', ""))
    assert [sound["number"] for sound in asked["candidates"]] == [1, 2, 3]
    for sound in (asked["reference"], *asked["candidates"]):
        response = client.get(sound["clip"])
        assert response.status_code == 200
        assert response["Content-Type"] == "audio/flac"
        assert b"".join(response)[:4] == b"fLaC"
        assert not re.search(r"track|\.wav", str(response.headers))
    question = Question.objects.get(public_id=asked["id"])
    body = {"rater": str(uuid4()), "choice": question.nearest(), "seconds": 12.5}
    told = post(f"{QUESTIONS}{asked['id']}/answers/", **body)
    assert told["agrees"] and told["nearest"] == body["choice"]
    assert (told["layer"], told["agrees_other"]) == (LAYER, None)
    assert sorted(each["role"] for each in told["candidates"]) == ["nearest", "random", "random"]
    by_number = {each["number"]: each for each in told["candidates"]}
    assert by_number[told["nearest"]]["role"] == "nearest"
    assert told["reference"]["track"]["id"] == question.reference["track"]
    assert {"shared", "differ"} == set(by_number[1]["why"])
    kept = Answer.objects.get()
    assert (kept.seconds, kept.feedback, kept.shown) == (12.5, True, [1, 2, 3])


def test_none_of_them_and_other_choices(post, tracks):
    asked = post(QUESTIONS, layer=LAYER, strategy="distances")
    question = Question.objects.get(public_id=asked["id"])
    address = f"{QUESTIONS}{asked['id']}/answers/"
    told = post(address, rater=str(uuid4()), choice=None, seconds=1)
    assert (told["choice"], told["agrees"]) == (None, False)
    far = next(n for n, each in enumerate(question.candidates, 1) if each["role"] == "far")
    assert not post(address, rater=str(uuid4()), choice=far, seconds=1)["agrees"]
    assert question.candidates[question.nearest() - 1]["role"] == "near"


def test_an_answer_that_is_sent_twice_stands_as_it_was(post, tracks):
    asked = post(QUESTIONS, layer=LAYER)
    address, rater = f"{QUESTIONS}{asked['id']}/answers/", str(uuid4())
    first = post(address, rater=rater, choice=1, seconds=1)
    assert post(address, rater=rater, choice=2, seconds=9) == first
    assert Answer.objects.get().choice == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"choice": 4}, "choice"),
        ({"choice": 0}, "choice"),
        ({"rater": "me"}, "rater"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": 1e9}, "seconds"),
        ({"seconds": None}, "seconds"),
    ],
)
def test_answers_that_make_no_sense(post, tracks, change, name):
    asked = post(QUESTIONS, layer=LAYER)
    body = {"rater": str(uuid4()), "choice": 1, "seconds": 1} | change
    refused = post(f"{QUESTIONS}{asked['id']}/answers/", 400, **body)
    assert list(refused["errors"]) == [name]
    assert not Answer.objects.exists()


def test_questions_that_are_not_there(client, get, post, make_set):
    body = {"rater": str(uuid4()), "choice": 1, "seconds": 1}
    post(f"{QUESTIONS}{uuid4()}/answers/", 404, **body)
    assert client.get(f"/similarity/{uuid4()}/0").status_code == 404
    make_set()
    of_set = Question.objects.first()
    assert client.get(f"/similarity/{of_set.public_id}/4").status_code == 404
    # A set's question tells nothing by being answered as one of practice.
    post(f"{QUESTIONS}{of_set.public_id}/answers/", 404, **body)
    get("listening/sets/none/next/", 404, rater=uuid4())


def test_what_cannot_be_asked(post, library, tracks, settings):
    assert "layer" in post(QUESTIONS, 400, layer="nobody")["errors"]
    for other in ({}, {"other_layer": LAYER}, {"other_layer": None}):
        refused = post(QUESTIONS, 400, layer=LAYER, strategy="models", **other)
        assert list(refused["errors"]) == ["other_layer"]
    settings.AUDIO_DIR = ""
    assert "can be heard" in post(QUESTIONS, 409, layer=LAYER)["detail"]
    Track.objects.update(state=Track.State.MISSING)
    assert "there are 0" in post(QUESTIONS, 409, layer=LAYER)["detail"]


def test_silence_is_never_asked_about(post, tracks, settings):
    for track in tracks[:3]:
        file = Path(settings.AUDIO_DIR) / track.path
        file.unlink()
        write_wav(file, seconds=24, tone=0)
    silent = {track.pk for track in tracks[:3]}
    for _ in range(5):
        post(QUESTIONS, layer=LAYER, strategy="random")
    for question in Question.objects.all():
        assert not silent & {place["track"] for place in question.places}


def test_two_layers(post, tracks):
    numbers = np.random.default_rng(1)
    model = add_model("b-net", taggrams=False)
    for track in tracks:
        replace_vectors({model.layers.get(): numbers.standard_normal((8, 4))}, track.pk)
        Extraction.objects.create(track=track, model=model, state="done", segments=8)
    asked = post(QUESTIONS, layer=LAYER, strategy="models", other_layer="b-net-embeddings")
    told = post(f"{QUESTIONS}{asked['id']}/answers/", rater=str(uuid4()), choice=1, seconds=1)
    roles = {each["role"]: each for each in told["candidates"]}
    assert set(roles) == {"nearest", "nearest-other", "random"}
    assert told["nearest"] == roles["nearest"]["number"]
    assert told["nearest_other"] == roles["nearest-other"]["number"]
    assert all(each["other_distance"] is not None for each in told["candidates"])


def test_unanswered_practice_is_forgotten(post, tracks):
    for _ in range(2):
        post(QUESTIONS, layer=LAYER)
    old, answered = Question.objects.order_by("pk")
    post(f"{QUESTIONS}{answered.public_id}/answers/", rater=str(uuid4()), choice=1, seconds=1)
    Question.objects.update(created_at="2020-01-01T00:00Z")
    post(QUESTIONS, layer=LAYER)
    assert not Question.objects.filter(pk=old.pk).exists()
    assert Question.objects.filter(pk=answered.pk).exists()


def test_a_flood_is_stopped(post, tracks, monkeypatch):
    monkeypatch.setattr(ListeningThrottle, "rate", "2/min")
    for _ in range(2):
        post(QUESTIONS, layer=LAYER)
    assert post(QUESTIONS, 429, layer=LAYER)["code"] == "throttled"


def test_a_flood_of_questions_of_a_set_is_stopped(get, tracks, monkeypatch):
    monkeypatch.setattr(ListeningThrottle, "rate", "2/min")
    question_set = QuestionSet.objects.create(name="Pilot", slug="pilot")
    address = f"listening/sets/{question_set.slug}/next/"
    for _ in range(2):
        get(address, rater=uuid4())
    assert get(address, 429, rater=uuid4()).json()["code"] == "throttled"


def test_forms_of_other_sites_are_refused(client, tracks):
    response = client.post(QUESTIONS, "layer=x", "application/x-www-form-urlencoded")
    assert response.status_code == 415


# Sets


def test_each_rater_has_an_order_and_repeats_of_their_own():
    question_set = QuestionSet(pk=1, size=20, repeats=0.25, seed=3)
    raters = [UUID(int=number) for number in range(200)]
    orders = [order_for(question_set, rater) for rater in raters]
    assert repeat_count(question_set) == 5
    for order in orders:
        assert [asked.place for asked in order] == list(range(1, 26))
        times = Counter(asked.number for asked in order)
        assert set(times) == set(range(1, 21)) and sorted(times.values())[-5:] == [2] * 5
        seen: dict[int, object] = {}
        for asked in order:
            assert asked.repeated == (asked.number in seen)
            if asked.repeated:
                before = seen[asked.number]
                assert asked.place > before.place + 1 and asked.shown != before.shown
            seen[asked.number] = asked
    assert len({tuple(asked.number for asked in order) for order in orders}) == 200
    first = Counter(order[0].number for order in orders)
    assert len(first) == 20
    assert order_for(question_set, raters[0]) == orders[0]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_small_sets(size):
    question_set = QuestionSet(pk=1, size=size, repeats=0.5)
    order = order_for(question_set, UUID(int=1))
    assert len(order) == size + repeat_count(question_set)


def test_a_set_from_its_making_to_its_end(get, post, make_set):
    question_set = make_set()
    assert question_set.questions.count() == 10
    rater = uuid4()
    asked = answer_all(get, post, question_set, rater, nearest)
    assert [step["place"] for step in asked] == list(range(1, 13))  # two repeats
    assert not any(TELLING.search(json.dumps(s).replace("artist", "", 1)) for s in asked)
    assert {step["of"] for step in asked} == {12}
    shown = [tuple(c["number"] for c in step["question"]["candidates"]) for step in asked]
    assert len(set(shown)) > 1
    end = get("listening/sets/pilot/next/", rater=rater).json()
    assert (end["answered"], end["place"], end["question"]) == (12, None, None)
    assert Answer.objects.filter(repeated=True).count() == 2
    assert not Answer.objects.filter(feedback=True).exists()
    found = summary(question_set)
    assert (found.raters, found.finished, found.answers, found.repeats) == (1, 1, 10, 2)
    assert found.results.agreement.value == 1 and found.results.repeats.value == 1


def test_a_set_gives_no_feedback_and_goes_on_where_it_was_left(get, post, make_set):
    make_set()
    rater = uuid4()
    step = get("listening/sets/pilot/next/", rater=rater).json()
    body = {"rater": str(rater), "place": 1, "choice": 2, "seconds": 3}
    assert post(f"{SETS}pilot/answers/", **body) == {"answered": 1, "of": 12}
    assert post(f"{SETS}pilot/answers/", **body | {"choice": 3}) == {"answered": 1, "of": 12}
    assert Answer.objects.get().choice == 2
    after = get("listening/sets/pilot/next/", rater=rater).json()
    assert after["place"] == 2 and after["question"]["id"] != step["question"]["id"]
    assert get("listening/sets/pilot/next/", rater=rater).json() == after
    refused = post(f"{SETS}pilot/answers/", 409, **body | {"place": 5})
    assert "question 2 comes next" in refused["detail"]
    post(f"{SETS}pilot/answers/", 409, **body | {"place": 999})


def test_a_closed_set_takes_no_answers(get, post, client, make_set, settings):
    make_set()
    settings.WORK_WITHOUT_LOGIN = True
    change = json.dumps({"open": False, "layer": "other", "seed": 9})
    assert client.patch(f"{SETS}pilot/", change, "application/json").status_code == 200
    assert QuestionSet.objects.values_list("layer", "seed", "open").get() == (LAYER, 0, False)
    step = get("listening/sets/pilot/next/", rater=uuid4()).json()
    assert (step["open"], step["question"]) == (False, None)
    body = {"rater": str(uuid4()), "place": 1, "choice": 1, "seconds": 1}
    assert "closed" in post(f"{SETS}pilot/answers/", 409, **body)["detail"]


def test_sets_are_made_by_those_who_may(post, client, tracks, settings):
    post(SETS, 403, name="Pilot", layer=LAYER)
    settings.WORK_WITHOUT_LOGIN = True
    made = post(SETS, 202, name="Pilot study", layer=LAYER, size=3)
    assert (made["slug"], made["made"], made["answers"]) == ("pilot-study", False, 0)
    assert post(SETS, 202, name="Pilot study", layer=LAYER)["slug"] == "pilot-study-2"
    refused = post(SETS, 400, name="Again", slug="pilot-study", layer=LAYER)
    assert list(refused["errors"]) == ["slug"]
    post(SETS, 400, name="Big", layer=LAYER, size=201)
    post(SETS, 400, name="All", layer=LAYER, repeats=0.6)
    assert len(client.get(SETS).json()["results"]) == 2
    job = Job.objects.order_by("pk").first()
    assert (job.kind, job.parameters) == ("questions", {"set": "pilot-study"})
    tasks.run_job(job.pk)
    assert client.get(f"{SETS}pilot-study/").json()["made"]
    assert client.delete(f"{SETS}pilot-study/").status_code == 204


def test_a_set_that_cannot_be_made_says_why(tracks):
    Track.objects.update(state=Track.State.MISSING)
    QuestionSet.objects.create(name="P", slug="p", layer=LAYER)
    job = Job.objects.create(kind=Job.Kind.QUESTIONS, parameters={"set": "p"})
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and "there are 0" in job.message
    assert not Question.objects.exists()


def test_the_same_seed_draws_the_same_set(make_set):
    one, other = make_set(slug="one", seed=4), make_set(slug="other", seed=4)
    values = ("number", "reference", "candidates")
    assert list(one.questions.values(*values)) == list(other.questions.values(*values))


# Results


def test_results_are_not_for_raters(client, make_set):
    make_set()
    for address in (SETS, f"{SETS}pilot/", f"{SETS}pilot/results/", CSV, f"{CSV}?set=pilot"):
        assert client.get(address).status_code == 403


def test_csv(get, post, admin_client, make_set):
    question_set = make_set()
    rater = uuid4()
    asked = answer_all(get, post, question_set, rater, lambda step: None)
    response = admin_client.get(CSV, {"set": "pilot"})
    assert response["Content-Type"].startswith("text/csv") and response.streaming
    assert "listening-pilot.csv" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode())))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 12
    for row, step in zip(rows, asked, strict=True):
        question = Question.objects.get(public_id=step["question"]["id"])
        shown = [candidate["number"] for candidate in step["question"]["candidates"]]
        assert row["shown"] == " ".join(map(str, shown))
        assert (row["set"], row["question"]) == ("pilot", str(question.number))
        assert (row["rater"], row["place"]) == (str(rater), str(step["place"]))
        assert (row["choice"], row["role"], row["agrees"]) == ("", "none", "False")
        assert row["layer"] == LAYER
        for number, candidate in enumerate(question.candidates, 1):
            assert row[f"candidate_{number}_role"] == candidate["role"]
            assert float(row[f"candidate_{number}_distance"]) == candidate["distance"]
            assert int(row[f"candidate_{number}_track"]) == candidate["track"]
    practice = post(QUESTIONS, layer=LAYER)
    post(f"{QUESTIONS}{practice['id']}/answers/", rater=str(rater), choice=1, seconds=2)
    (row,) = csv.DictReader(io.StringIO(b"".join(admin_client.get(CSV)).decode()))
    assert (row["set"], row["question"], row["feedback"]) == ("", practice["id"], "True")


def test_results_over_the_api(get, post, admin_client, make_set):
    question_set = make_set()
    raters = [uuid4() for _ in range(3)]
    for rater in raters:
        answer_all(get, post, question_set, rater, nearest)
    found = admin_client.get(f"{SETS}pilot/results/").json()
    assert (found["raters"], found["answers"], found["repeats"]) == (3, 30, 6)
    told = found["results"]
    assert told["agreement"] == {"value": 1, "low": 1, "high": 1}
    assert (told["chance"], told["none"]["value"]) == (0.333, 0)
    assert told["alpha"]["value"] is None  # all the same: nothing was told apart
    assert told["agreement_other"] is told["lead"] is None
    assert told["roles"]["nearest"]["value"] == 1 and told["roles_by_chance"]["random"] == 0.667
    (row,) = admin_client.get(SETS).json()["results"]
    assert (row["raters"], row["answers"]) == (3, 36)


def test_results_of_a_set_that_nobody_answered(admin_client, make_set):
    make_set()
    found = admin_client.get(f"{SETS}pilot/results/").json()
    assert found["raters"] == 0 and found["median_seconds"] is None
    assert found["results"]["agreement"]["value"] is None


# The admin


def test_a_set_is_made_in_the_admin(admin_client, client, tracks):
    add_model("deaf-net")  # has heard nothing
    page = admin_client.get("/admin/explorer/questionset/add/").content.decode()
    assert "deaf-net" not in page
    assert f'<option value="{LAYER}">' in page
    values = {
        "name": "Pilot", "slug": "pilot", "description": "Listen.", "layer": LAYER,
        "other_layer": "", "strategy": "models", "size": 4, "repeats": 0.5, "seed": 1, "open": "on",
    }  # fmt: skip
    refused = admin_client.post("/admin/explorer/questionset/add/", values)
    assert "compares two layers" in refused.content.decode()
    admin_client.post("/admin/explorer/questionset/add/", values | {"strategy": "random"})
    question_set = QuestionSet.objects.get()
    tasks.run_job(Job.objects.get(kind=Job.Kind.QUESTIONS).pk)
    assert question_set.questions.count() == 4
    address = f"/admin/explorer/questionset/{question_set.pk}/change/"
    page = admin_client.get(address).content.decode()
    assert "/similarity?set=pilot" in page and "answers/?set=pilot" in page
    admin_client.post(address, {"name": "Renamed", "description": "", "seed": 7, "layer": "x"})
    question_set.refresh_from_db()
    assert (question_set.name, question_set.open) == ("Renamed", False)
    assert (question_set.seed, question_set.layer) == (1, LAYER)


def test_results_and_answers_in_the_admin(
    get, post, admin_client, make_set, django_assert_max_num_queries
):
    question_set = make_set(size=6)
    results = f"/admin/explorer/questionset/{question_set.pk}/results/"
    assert "Nobody has answered yet" in admin_client.get(results).content.decode()
    raters = [uuid4(), uuid4()]
    for number, rater in enumerate(raters):
        choose = nearest if number else lambda step: 1 if step["place"] % 2 else None
        answer_all(get, post, question_set, rater, choose)
    page = admin_client.get(results).content.decode()
    assert "Krippendorff" in page and "33%" in page and "answers/?set=pilot" in page
    assert f"Agreement with {LAYER}" in page
    with django_assert_max_num_queries(12):
        listed = admin_client.get("/admin/explorer/answer/").content.decode()
    assert listed.count(str(raters[0])) >= 7
    with django_assert_max_num_queries(12):
        assert "Pilot" in admin_client.get("/admin/explorer/questionset/").content.decode()
    answer = Answer.objects.first()
    assert admin_client.get(f"/admin/explorer/answer/{answer.pk}/change/").status_code == 200
    assert admin_client.get("/admin/explorer/answer/add/").status_code == 403
    # What one rater gave is found by their number, and deleted.
    found = admin_client.get("/admin/explorer/answer/", {"q": str(raters[0])}).content.decode()
    assert str(raters[1]) not in found
    chosen = list(Answer.objects.filter(rater=raters[0]).values_list("pk", flat=True))
    body = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    admin_client.post("/admin/explorer/answer/", body)
    assert set(Answer.objects.values_list("rater", flat=True)) == {raters[1]}


def test_results_in_the_admin_are_for_staff(client, django_user_model, make_set):
    question_set = make_set(size=2)
    results = f"/admin/explorer/questionset/{question_set.pk}/results/"
    assert client.get(results).status_code == 302
    client.force_login(django_user_model.objects.create_user("s", password="s", is_staff=True))
    assert client.get(results).status_code == 403
