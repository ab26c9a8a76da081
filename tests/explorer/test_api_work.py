"""Work over the API: what jobs tell of themselves, and who may start, stop and switch what."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from embeddings import locks
from embeddings.models import EmbeddingModel, Job, Layer
from embeddings.tasks import run_job
from explorer.groups import CURATOR
from tests.explorer.conftest import add_model


class TestJobs:
    def test_progress(self, get, db):
        now = timezone.now()
        Job.objects.create(kind=Job.Kind.INDEX, state=Job.State.DONE)
        running = Job.objects.create(
            kind=Job.Kind.EXTRACTION,
            state=Job.State.RUNNING,
            total=100,
            done=25,
            started_at=now - timedelta(seconds=10),
        )
        locks.take(locks.Kind.JOB, running.pk)  # its process is alive
        (job,) = get("jobs/", active="true").json()["results"]
        assert (job["id"], job["fraction"]) == (running.pk, 0.25)
        assert job["seconds_left"] == pytest.approx(30, abs=3)
        assert get("jobs/", active="false").json()["results"][0]["fraction"] == 1.0
        get("jobs/", 400, kind="nonsense")
        get("jobs/", 400, active="perhaps")

    def test_a_job_without_a_process_is_told_as_failed(self, get, db):
        dead = Job.objects.create(
            kind=Job.Kind.EXTRACTION,
            state=Job.State.RUNNING,
            total=2,
            done=1,
            started_at=timezone.now(),
        )
        assert get("jobs/", active="true").json()["results"] == []
        assert get("library/").json()["jobs_active"] == 0
        assert [job["id"] for job in get("jobs/", state="failed").json()["results"]] == [dead.pk]
        told = get(f"jobs/{dead.pk}/").json()
        assert (told["state"], told["seconds_left"]) == ("failed", None)
        assert "Try again" in told["message"]
        dead.refresh_from_db()
        assert dead.state == "running"  # reading writes nothing

    def test_cancelling_needs_an_account(self, client, db):
        job = Job.objects.create(kind=Job.Kind.EXTRACTION, state=Job.State.RUNNING)
        locks.take(locks.Kind.JOB, job.pk)  # its process is alive
        address = f"/api/v1/jobs/{job.pk}/cancel/"
        response = client.post(address)
        assert response.status_code == 403
        assert response.json()["code"] == "not_authenticated"
        job.refresh_from_db()
        assert not job.cancel_requested
        client.force_login(get_user_model().objects.create_user("someone"))
        assert client.post(address).json()["cancel_requested"] is True
        job.refresh_from_db()
        assert job.cancel_requested


class TestStarting:
    """What stands for everybody is started by curators alone, also on one's own machine."""

    @pytest.fixture
    def post(self, client, db):
        curator = get_user_model().objects.create_user("curator")
        curator.groups.add(Group.objects.get(name=CURATOR))

        def post(address: str, status: int, **sent: object) -> dict[str, Any]:
            client.force_login(curator)
            response = client.post(f"/api/v1/{address}", sent, "application/json")
            assert response.status_code == status, response.content
            return response.json()

        return post

    def test_maps_and_indexes(self, post, library):
        layer = library.embeddings.name
        job = post("jobs/", 202, kind="reduction", layers=[layer, layer])
        assert (job["kind"], job["state"], job["parameters"]["layers"]) == (
            "reduction", "queued", [layer],
        )  # fmt: skip
        assert post("jobs/", 202, kind="reduction", layers=[layer])["id"] == job["id"]
        assert post("jobs/", 202, kind="reduction", layers=[layer], force=True)["id"] != job["id"]
        assert post("jobs/", 202, kind="vector-index")["parameters"] == {}
        run_job(job["id"])
        assert Job.objects.get(pk=job["id"]).state == Job.State.DONE

    def test_extraction(self, post, library, monkeypatch):
        track = library.add_track(1)
        for name in ("msd-musicnn", "msd-vgg"):
            add_model(name)
        monkeypatch.setattr("embeddings.extraction.plan.weights_present", lambda: {"msd-musicnn"})
        job = post("jobs/", 202, kind="extraction", models=["msd-musicnn"], tracks=[track.pk])
        assert job["parameters"] == {"models": ["msd-musicnn"], "tracks": [track.pk]}
        refused = post("jobs/", 400, kind="extraction", models=["msd-vgg"])
        assert "run fetch_models msd-vgg" in " ".join(refused["errors"]["models"])
        assert "imported" in post("jobs/", 400, kind="extraction", models=["toy-net"])["detail"]

    @pytest.mark.parametrize(
        ("sent", "at_fault"),
        [
            ({}, "kind"),
            ({"kind": "index"}, "kind"),
            ({"kind": "reduction", "layers": ["unheard-of"]}, "layers"),
            ({"kind": "extraction", "layers": ["toy-net-embeddings"]}, "layers"),
        ],
    )
    def test_what_makes_no_sense_is_refused_by_name(self, post, library, sent, at_fault):
        library.add_track(1)
        assert list(post("jobs/", 400, **sent)["errors"]) == [at_fault]
        assert not Job.objects.exists()

    def test_maps_are_of_all_tracks(self, post, library):
        tracks = [library.add_track(1).pk]
        refused = post("jobs/", 400, kind="reduction", tracks=tracks)
        assert refused["errors"] == {"tracks": ["Jobs of the kind reduction take none."]}

    def test_trying_again(self, post, db):
        job = Job.objects.create(kind=Job.Kind.REDUCTION, state=Job.State.CANCELLED)
        dead = Job.objects.create(kind=Job.Kind.REDUCTION, state=Job.State.RUNNING)
        for failed in (job, dead):
            assert post(f"jobs/{failed.pk}/retry/", 202)["state"] == "queued"
        assert post(f"jobs/{job.pk}/retry/", 409)["code"] == "conflict"
        command = Job.objects.create(kind=Job.Kind.INDEX, state=Job.State.FAILED)
        assert "by their command" in post(f"jobs/{command.pk}/retry/", 409)["detail"]

    @pytest.mark.parametrize("account", [False, True])
    def test_it_takes_the_permission(self, client, db, settings, account):
        settings.WORK_WITHOUT_LOGIN = True
        if account:
            client.force_login(get_user_model().objects.create_user("person"))
        job = Job.objects.create(kind=Job.Kind.REDUCTION, state=Job.State.FAILED)
        for address, sent in (("jobs/", {"kind": "reduction"}), (f"jobs/{job.pk}/retry/", {})):
            response = client.post(f"/api/v1/{address}", sent, "application/json")
            assert response.status_code == 403
        assert Job.objects.filter(state=Job.State.QUEUED).count() == 0


class TestWorkWithoutLogin:
    """`manage.py serve` on this machine alone: nobody has to log in to start and stop work."""

    @pytest.fixture(autouse=True)
    def without_login(self, settings):
        settings.WORK_WITHOUT_LOGIN = True

    def test_anybody_starts_and_stops_work(self, client, get, library):
        library.add_track(1, segments=8)
        assert get("library/").json()["may_work"] is True
        wanted = {"layer": "toy-net-embeddings", "method": "pca"}
        response = client.post("/api/v1/projections/", wanted, "application/json; charset=utf-8")
        assert response.status_code == 202
        job = Job.objects.get(pk=response.json()["id"])
        assert job.created_by is None
        response = client.post(f"/api/v1/jobs/{job.pk}/cancel/", content_type="application/json")
        assert response.json()["state"] == "cancelled"

    @pytest.mark.parametrize(
        "sent", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; b=c", ""]
    )
    def test_what_a_form_of_another_site_can_send_is_refused(self, client, db, sent):
        """Also without a body, which no parser would look at."""
        job = Job.objects.create(kind=Job.Kind.EXTRACTION)
        for address in ("projections/", f"jobs/{job.pk}/cancel/"):
            response = client.post(f"/api/v1/{address}", b"", content_type=sent)
            assert response.status_code == 415
            assert response.json()["code"] == "unsupported_media_type"
        job.refresh_from_db()
        assert job.state == "queued"

    def test_json_from_another_site_is_never_allowed(self, client, library):
        response = client.options(
            "/api/v1/projections/",
            headers={
                "Origin": "https://elsewhere.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )
        assert not [name for name in response.headers if name.startswith("Access-Control")]

    def test_a_session_is_still_asked_for_its_token(self, library):
        client = Client(enforce_csrf_checks=True)
        client.force_login(get_user_model().objects.create_user("person"))
        wanted = {"layer": "toy-net-embeddings", "method": "pca"}
        assert client.post("/api/v1/projections/", wanted, "application/json").status_code == 403

    def test_what_is_for_staff_stays_so(self, client, library):
        response = client.patch("/api/v1/models/toy-net/", {"enabled": False}, "application/json")
        assert response.status_code == 403


class TestWriting:
    @pytest.fixture
    def person(self, db):
        return get_user_model().objects.create_user("person")

    @pytest.fixture
    def curator(self, db):
        curator = get_user_model().objects.create_user("curator")
        curator.groups.add(Group.objects.get(name=CURATOR))
        return curator

    @pytest.mark.parametrize("address", ["layers/toy-net-embeddings/", "models/toy-net/"])
    def test_curators_switch_things_off(self, client, library, person, curator, address):
        def patch(**fields):
            return client.patch(f"/api/v1/{address}", fields, "application/json")

        assert patch(enabled=False).status_code == 403
        client.force_login(person)
        assert patch(enabled=False).status_code == 403
        client.force_login(curator)
        assert patch(enabled=False, name="other").json()["enabled"] is False
        assert patch(enabled="perhaps").json()["errors"].keys() == {"enabled"}
        assert not Layer.objects.filter(name="other").exists()
        assert not EmbeddingModel.objects.filter(name="other").exists()
        assert client.delete(f"/api/v1/{address}").status_code == 405

    def test_a_map_can_be_asked_for(self, client, library, person):
        def post(**fields):
            return client.post("/api/v1/projections/", fields, "application/json")

        library.add_track(1, segments=8)
        parameters = {"pca_dims": 3}
        wanted = {"layer": "toy-net-embeddings", "method": "pca", "parameters": parameters}
        assert post(**wanted).status_code == 403
        client.force_login(person)
        response = post(**wanted)
        assert response.status_code == 202
        job = Job.objects.get(pk=response.json()["id"])
        assert (job.kind, job.state, job.created_by) == ("projection", "queued", person)
        run_job(job.pk)  # as the worker does
        (row,) = client.get("/api/v1/projections/").json()
        assert (row["layer"], row["method"]) == ("toy-net-embeddings", "pca")
        assert row["parameters"] == {"pca_dims": 3}
        errors = post(layer="none", method="magic").json()["errors"]
        assert errors.keys() == {"layer", "method"}

    @pytest.mark.parametrize("parameters", [{"magic": 1}, {"pca_dims": 0}, {"pca_dims": "many"}])
    def test_impossible_parameters_of_a_map(self, client, library, person, parameters):
        client.force_login(person)
        wanted = {"layer": "toy-net-embeddings", "method": "pca", "parameters": parameters}
        response = client.post("/api/v1/projections/", wanted, "application/json")
        assert response.status_code == 400
        assert next(iter(parameters)) in response.json()["errors"]["parameters"][0]

    def test_cross_site_requests_are_refused(self, library, person):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        response = client.post(
            "/api/v1/projections/",
            {"layer": "toy-net-embeddings", "method": "pca"},
            "application/json",
        )
        assert response.status_code == 403
        assert "CSRF" in response.json()["detail"]
