"""The curators' pages: every model, constant query counts, and actions that start jobs."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from embeddings import locks
from embeddings.models import (
    EmbeddingModel,
    Extraction,
    Job,
    Layer,
    Projection,
    ProjectionTrack,
    SegmentEmbedding,
)
from embeddings.storage import partitions, read_layer, table_name
from embeddings.sync import sync_registry
from embeddings.weights.store import weights_path
from tests.embeddings.factories import make_layer, make_track, store
from tests.embeddings.processes import alive_elsewhere
from tracks.models import Track

pytestmark = pytest.mark.django_db

NETWORK = "mtt-vgg"
MODELS = [EmbeddingModel, Layer, Extraction, Projection, ProjectionTrack, Job]


@pytest.fixture
def layer() -> Layer:
    made = make_layer(4)
    fill(made, range(3))
    return made


def fill(layer: Layer, numbers: range) -> None:
    """Tracks with vectors, a failed one each, a map and a job that runs."""
    for number in numbers:
        [track] = store(layer, {number: np.ones((2, 4), np.float32)})
        Extraction.objects.create(
            track=track, model=layer.model, state=Extraction.State.FAILED, reason="It is damaged.",
            segments=2, attempts=3,
        )  # fmt: skip
        projection = Projection.objects.create(
            layer=layer, method="pca", recipe=str(number), state=Projection.State.DONE
        )
        ProjectionTrack.objects.create(projection=projection, track=track, coordinates=b"")
        Job.objects.create(kind=Job.Kind.REDUCTION, total=10, done=5)


@pytest.fixture
def curator(admin_client: Client) -> Client:
    return admin_client


def page(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def act(client: Client, model: type[Model], action: str, *keys: int) -> str:
    answer = client.post(page(model), {"action": action, "_selected_action": [*keys]}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_the_same_number_of_questions_whatever_their_length(
    model: type[Model], layer: Layer, curator: Client
) -> None:
    curator.get(page(model))
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert curator.get(page(model)).status_code == 200
    fill(layer, range(3, 15))
    for number in range(12):
        make_layer(3, model=f"x-net{number}")
    with CaptureQueriesContext(connection) as many:
        assert curator.get(page(model)).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_be_searched_filtered_and_looked_at(
    model: type[Model], layer: Layer, curator: Client
) -> None:
    registered = admin.site.get_model_admin(model)
    assert registered.list_filter
    assert curator.get(page(model), {"q": "nothing like it"}).status_code == 200
    row = model._default_manager.first()
    assert curator.get(f"{page(model)}{row.pk}/change/").status_code == 200
    assert curator.get(f"{page(model)}add/").status_code == 403


def test_a_layer_shows_what_it_holds_and_can_be_switched_off(layer: Layer, curator: Client) -> None:
    shown = curator.get(page(Layer), {"q": layer.name}).content.decode()
    assert '<td class="field-segments">6</td>' in shown
    assert "KB" in shown
    form = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": layer.pk, "_save": "Save",
    }  # fmt: skip
    curator.post(f"{page(Layer)}?q={layer.name}", form)
    layer.refresh_from_db()
    assert not layer.enabled


def test_chosen_layers_start_a_job_that_makes_maps(layer: Layer, curator: Client) -> None:
    shown = act(curator, Layer, "make_maps", layer.pk)
    job = Job.objects.latest("pk")
    assert (job.kind, job.parameters) == (Job.Kind.REDUCTION, {"layers": [layer.name]})
    assert job.created_by is not None
    assert f"Make maps #{job.pk} was queued" in shown


@pytest.fixture
def network(settings: LazySettings, tmp_path: Path) -> EmbeddingModel:
    """One of the registry's models, the only one whose weights are there."""
    settings.MUSICEXPLORE_HOME = tmp_path
    sync_registry()
    weights_path(NETWORK).parent.mkdir()
    weights_path(NETWORK).touch()
    return EmbeddingModel.objects.get(name=NETWORK)


def test_chosen_networks_start_a_job_that_extracts(
    network: EmbeddingModel, curator: Client
) -> None:
    act(curator, EmbeddingModel, "extract", network.pk)
    assert Job.objects.latest("pk").parameters == {"models": [NETWORK]}


def test_chosen_layers_start_a_job_that_extracts_with_their_network(
    network: EmbeddingModel, curator: Client
) -> None:
    act(curator, Layer, "extract", *network.layers.values_list("pk", flat=True))
    assert Job.objects.latest("pk").parameters == {"models": [NETWORK]}


def test_what_cannot_be_run_starts_nothing(
    network: EmbeddingModel, layer: Layer, curator: Client
) -> None:
    """An empty list of models once meant all of them."""
    jobs_before = Job.objects.count()
    EmbeddingModel.objects.filter(pk=layer.model.pk).update(imported=True)
    shown = act(curator, EmbeddingModel, "extract", layer.model.pk)
    assert "None of these is a network that can be run here." in shown
    without_weights = EmbeddingModel.objects.get(name="msd-vgg")
    shown = act(curator, EmbeddingModel, "extract", layer.model.pk, without_weights.pk)
    assert "run fetch_models msd-vgg" in shown
    assert Job.objects.count() == jobs_before


def test_chosen_tracks_start_a_job_that_extracts(layer: Layer, curator: Client) -> None:
    track = make_track(0)
    act(curator, Track, "extract", track.pk)
    job = Job.objects.latest("pk")
    assert (job.kind, job.parameters) == (Job.Kind.EXTRACTION, {"tracks": [track.pk]})


def test_what_failed_is_tried_again(layer: Layer, curator: Client) -> None:
    row = Extraction.objects.earliest("pk")
    act(curator, Extraction, "try_again", row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Extraction.State.PENDING, 0)
    assert Job.objects.latest("pk").parameters == {
        "tracks": [row.track_id], "models": [layer.model.name],
    }  # fmt: skip
    assert Extraction.objects.filter(state=Extraction.State.FAILED).count() == 2


def test_what_cannot_be_played_is_named_and_not_tried(layer: Layer, curator: Client) -> None:
    bad, gone, playable = Extraction.objects.order_by("pk")
    Track.objects.filter(pk=bad.track_id).update(path="bad.mp3", state=Track.State.UNREADABLE)
    Track.objects.filter(pk=gone.track_id).update(path="gone.mp3", state=Track.State.MISSING)
    before = Job.objects.count()
    shown = act(curator, Extraction, "try_again", bad.pk, gone.pk, playable.pk)
    assert "not there: bad.mp3, gone.mp3. Repair them, then index." in shown
    assert Job.objects.count() == before + 1
    assert Job.objects.latest("pk").parameters["tracks"] == [playable.track_id]
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == (Extraction.State.FAILED, 3)
    act(curator, Extraction, "try_again", bad.pk)
    assert Job.objects.count() == before + 1


def test_only_the_failed_pairs_are_tried_again(layer: Layer, curator: Client) -> None:
    first, second, _ = Extraction.objects.order_by("pk")
    second.model = make_layer(4, model="other-net").model
    second.save()
    before = Job.objects.latest("pk").pk
    act(curator, Extraction, "try_again", first.pk, second.pk)
    asked = Job.objects.filter(pk__gt=before).order_by("pk").values_list("parameters", flat=True)
    assert list(asked) == [
        {"tracks": [second.track_id], "models": ["other-net"]},
        {"tracks": [first.track_id], "models": ["test-net"]},
    ]


@pytest.mark.django_db(transaction=True)
def test_jobs_show_progress_and_the_dead_are_told_from_the_living(curator: Client) -> None:
    now = timezone.now()
    alive, dead = (
        Job.objects.create(
            kind=Job.Kind.EXTRACTION, state=Job.State.RUNNING, total=10, done=5,
            started_at=now - timezone.timedelta(minutes=10),
        )
        for _ in range(2)
    )  # fmt: skip
    with alive_elsewhere(locks.Kind.JOB, alive.pk):
        shown = curator.get(page(Job)).content.decode()
    assert '<progress value="0.500" max="1"></progress> 50%' in shown
    assert "10 min" in shown
    dead.refresh_from_db()
    assert dead.state == Job.State.FAILED
    act(curator, Job, "try_again", dead.pk)
    dead.refresh_from_db()
    assert dead.state == Job.State.QUEUED
    assert OrmQ.objects.count() == 1
    assert dead.created_by is not None  # who asked last
    assert dead.for_worker  # a worker started again goes on with it
    assert "run their command again" in act(curator, Job, "try_again", dead.pk)
    act(curator, Job, "cancel", dead.pk)
    dead.refresh_from_db()
    assert dead.state == Job.State.CANCELLED


def test_actions_are_for_those_who_may_start_work(layer: Layer, client: Client) -> None:
    looker = User.objects.create_user("looker", password="x", is_staff=True)
    looker.user_permissions.set(
        Permission.objects.filter(codename__startswith="view_")
        | Permission.objects.filter(codename="change_track")
    )
    client.force_login(looker)
    assert client.get(page(Layer)).status_code == 200
    before = Job.objects.count()
    act(client, Layer, "make_maps", layer.pk)
    act(client, Track, "extract", make_track(0).pk)
    assert Job.objects.count() == before


def test_what_the_registry_would_make_again_cannot_be_deleted(
    layer: Layer, curator: Client
) -> None:
    assert curator.post(f"{page(Layer)}{layer.pk}/delete/").status_code == 403
    shown = act(curator, Layer, "delete_selected", layer.pk)
    assert "protected" in shown
    EmbeddingModel.objects.filter(pk=layer.model.pk).update(imported=True)
    assert curator.get(f"{page(Layer)}{layer.pk}/delete/").status_code == 200


def questions(client: Client, model: type[Model], key: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"{page(model)}{key}/delete/").status_code == 200
    assert not [query for query in asked if 'FROM "embeddings_segmentembedding' in query["sql"]]
    return len(asked)


def test_asking_before_deletion_does_not_look_at_every_row(layer: Layer, curator: Client) -> None:
    EmbeddingModel.objects.update(imported=True)
    chosen = [(Layer, layer.pk), (EmbeddingModel, layer.model.pk), (Track, make_track(0).pk)]
    curator.get(page(Layer))
    few = [questions(curator, *each) for each in chosen]
    fill(layer, range(3, 15))
    for projection in Projection.objects.all():
        ProjectionTrack.objects.get_or_create(projection=projection, track=make_track(0))
    assert [questions(curator, *each) for each in chosen] == few


@pytest.mark.parametrize("way", ["page", "action"])
@pytest.mark.parametrize("model", [Layer, EmbeddingModel])
def test_deleting_takes_the_vectors_along(
    layer: Layer, curator: Client, model: type[Model], way: str
) -> None:
    kept = make_layer(4, model="other-net")
    store(kept, {0: np.ones((2, 4), np.float32)})
    EmbeddingModel.objects.filter(pk=layer.model.pk).update(imported=True)
    tables = partitions()
    gone, key = layer.pk, layer.pk if model is Layer else layer.model.pk
    if way == "page":
        curator.post(f"{page(model)}{key}/delete/", {"post": "yes"})
    else:
        sure = {"action": "delete_selected", "_selected_action": [key], "post": "yes"}
        curator.post(page(model), sure)
    assert not model._default_manager.filter(pk=key).exists()
    assert tables - partitions() == {table_name(gone)}
    assert not SegmentEmbedding.objects.filter(layer_id=gone).exists()
    assert len(read_layer(kept)) == 2


def test_a_deleted_track_takes_its_vectors_along(layer: Layer, curator: Client) -> None:
    track = make_track(0)
    curator.post(f"{page(Track)}{track.pk}/delete/", {"post": "yes"})
    assert set(read_layer(layer).track_ids) == {make_track(1).pk, make_track(2).pk}
