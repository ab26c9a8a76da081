"""The curators' pages: every model, constant query counts, and actions that start jobs."""

import numpy as np
import pytest
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
from embeddings.models import EmbeddingModel, Extraction, Job, Layer, Projection, ProjectionTrack
from tests.embeddings.factories import make_layer, make_track, store
from tests.embeddings.processes import alive_elsewhere
from tracks.models import Track

pytestmark = pytest.mark.django_db

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


def test_chosen_networks_start_a_job_that_extracts(layer: Layer, curator: Client) -> None:
    act(curator, EmbeddingModel, "extract", layer.model.pk)
    assert Job.objects.latest("pk").parameters == {"models": [layer.model.name]}


def test_chosen_tracks_start_a_job_that_extracts(layer: Layer, curator: Client) -> None:
    track = make_track(0)
    act(curator, Track, "extract_tracks", track.pk)
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
    act(curator, Job, "cancel", dead.pk)
    dead.refresh_from_db()
    assert dead.state == Job.State.CANCELLED


def test_actions_are_for_those_who_may_start_work(layer: Layer, client: Client) -> None:
    looker = User.objects.create_user("looker", password="x", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)
    assert client.get(page(Layer)).status_code == 200
    before = Job.objects.count()
    act(client, Layer, "make_maps", layer.pk)
    assert Job.objects.count() == before


def test_what_the_registry_would_make_again_cannot_be_deleted(
    layer: Layer, curator: Client
) -> None:
    assert curator.post(f"{page(Layer)}{layer.pk}/delete/").status_code == 403
    EmbeddingModel.objects.filter(pk=layer.model.pk).update(imported=True)
    assert curator.get(f"{page(Layer)}{layer.pk}/delete/").status_code == 200
