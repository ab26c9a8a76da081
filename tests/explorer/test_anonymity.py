"""Anonymous mode: no answer tells which network, layer or method it is about."""

import re
from contextlib import suppress
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from embeddings.duplicates.models import DuplicatePair
from embeddings.models import (
    EmbeddingModel,
    Extraction,
    FileQuery,
    FileQueryVectors,
    Job,
    Layer,
    Projection,
)
from embeddings.registry import MODELS
from embeddings.storage import ensure_partition
from embeddings.sync import sync_registry
from explorer.anonymity import HIDDEN, DrawnNames, names
from explorer.models import Answer, Playlist, Question, QuestionSet
from explorer.playlists import saved
from explorer.urls import urlpatterns
from tests.explorer.conftest import Library
from tracks.models import Album, Artist, Tag, Track

SECRETS = re.compile(
    r"msd|mtt|audioset|musicnn|vgg|million song|magnatagatune"
    r'|-(?:embeddings|taggrams|penultimate)|"key": ?"(?:embeddings|taggrams|penultimate)'
    r"|\bpca\b|std-pca|t-?sne|umap|perplexity|timbre and rhythm|essentia|CC BY|toy|secret",
    re.IGNORECASE,
)


@pytest.fixture
def anonymous(settings, db) -> Library:
    """The registry's networks and one from elsewhere, with a map by each method of a layer."""
    sync_registry()
    settings.ANONYMOUS_MODELS = True
    model = EmbeddingModel.objects.get(name="msd-musicnn")
    layers = {layer.key: layer for layer in model.layers.all()}
    library = Library(model, layers["taggrams"], layers["embeddings"])
    tracks = [library.add_track(number, segments=6) for number in range(3)]
    coordinates = {
        track.pk: np.random.default_rng(0).random((6, 10), np.float32) for track in tracks
    }
    for method in Projection.Method.values:
        library.add_projection(
            coordinates,
            method=method,
            recipe=method,
            parameters={"perplexity": 30, "pca_dims": 10},
            seed=0,
            explained_variance=[0.5, 0.25],
        )
    Extraction.objects.update(reason="msd-musicnn cannot read it")
    Job.objects.create(
        kind=Job.Kind.REDUCTION,
        state=Job.State.DONE,
        parameters={
            "layers": ["msd-musicnn-embeddings"],
            "methods": ["umap"],
            "parameters": {"perplexity": 5},
        },
        message="msd-musicnn-embeddings UMAP: reading vectors; next MusiCNN · Million Song Dataset",
    )
    add_file_query(library)
    saved.save(Playlist(name="List"), [saved.Item(tracks[0].pk)])
    answered_set(library, tracks[0].pk)
    DuplicatePair.objects.create(
        first=tracks[0], second=tracks[1], kind=DuplicatePair.Kind.NEAR, offset=0, overlap=9
    )
    return library


def add_file_query(library: Library) -> None:
    """A file that a network has heard; and failed to, for a reason that names it."""
    query = FileQuery.objects.create(name="Mine.mp3", format="mp3", levels=bytes(16))
    for layer in (library.embeddings, library.taggrams):
        vectors = np.ones((3, layer.size), "<f2").tobytes()
        FileQueryVectors.objects.create(query=query, layer=layer, offset=0, vectors=vectors)
    Job.objects.create(
        kind=Job.Kind.FILE_QUERY,
        state=Job.State.FAILED,
        parameters={"query": query.pk, "model": "mtt-vgg"},
        message="mtt-vgg cannot hear it",
    )


def answered_set(library: Library, track: int) -> QuestionSet:
    """A set of the listening test, of one question that somebody has answered."""
    about = {"layer": library.embeddings.name, "other_layer": library.taggrams.name}
    place = {"track": track, "start": 0.0, "end": 9.0}
    roles = ("nearest", "nearest-other", "random")
    candidates = [
        {**place, "role": role, "distance": number / 10, "other_distance": 0.1}
        for number, role in enumerate(roles)
    ]
    question_set = QuestionSet.objects.create(
        name="Pilot", slug="pilot", strategy="models", size=1, made_at=timezone.now(), **about
    )
    question = Question.objects.create(
        set=question_set, number=1, strategy="models", apart="artist", reference=place,
        candidates=candidates, **about,
    )  # fmt: skip
    Answer.objects.create(
        question=question, rater=UUID(int=2), choice=1, seconds=1, shown=[1, 2, 3], feedback=False
    )
    return question_set


@pytest.fixture
def layer(anonymous) -> str:
    return DrawnNames().shown("layer", "msd-musicnn-embeddings")


# Of each address with parameters that it cannot do without.
QUERIES = {
    "/api/v1/tracks/{id}/segments/": {"layer": "layer"},
    "/api/v1/tracks/{id}/taggrams/": {"layer": "taggrams"},
    "/api/v1/tracks/{id}/tags/": {"model": "model"},
    "/api/v1/tracks/classes/": {"by": "artist"},
    "/api/v1/tracks/{id}/similar/": {"layer": "layer", "why": "true"},
    "/api/v1/artists/{id}/similar/": {"layer": "layer", "why": "true"},
    "/api/v1/albums/{id}/similar/": {"layer": "layer", "of": "albums"},
    "/api/v1/tags/{id}/similar/": {"layer": "layer"},
    "/api/v1/segments/similar/": {
        "layer": "layer",
        "track": "track",
        "position": "0",
        "why": "true",
    },
    "/api/v1/tracks/blend/": {"layer": "layer", "starts": "start", "why": "true"},
    "/api/v1/segments/blend/": {"layer": "layer", "starts": "start", "why": "true"},
    "/api/v1/paths/": {"layer": "layer", "from": "start", "to": "end", "steps": "3"},
    "/api/v1/listening/sets/{slug}/next/": {"rater": "rater"},
    "/api/v1/layers/{name}/neighbours/": {"track": "track", "position": "0"},
    "/api/v1/layers/{name}/words/": {"q": "guitar"},
    "/api/v1/segments/by-words/": {"layer": "taggrams", "q": "guitar"},
    "/api/v1/tracks/by-words/": {"layer": "taggrams", "q": "guitar"},
    "/api/v1/words/tags/": {"layer": "taggrams"},
    "/api/v1/queries/{token}/similar/": {"layer": "layer", "why": "true"},
    "/api/v1/queries/{token}/segments/similar/": {"layer": "layer", "position": "0"},
}


def addresses(library: Library) -> list[tuple[str, dict]]:
    """Every address that answers GET, of something that is there, and what to ask it."""
    shown = DrawnNames().shown
    first = {
        kind: rows.objects.values_list("pk", flat=True)[0]
        for kind, rows in {
            "tracks": Track, "artists": Artist, "albums": Album, "tags": Tag,
            "projections": Projection, "jobs": Job, "playlists": Playlist,
            "duplicates": DuplicatePair,
        }.items()
    }  # fmt: skip
    given = {
        "layer": shown("layer", library.embeddings.name),
        "taggrams": shown("layer", library.taggrams.name),
        "model": shown("model", library.model.name),
        "track": first["tracks"],
        "rater": str(UUID(int=1)),
        "start": f"{first['tracks']}:0",
        "end": f"{Track.objects.values_list('pk', flat=True)[1]}:0",
    }
    found = []
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        if "get" not in methods:
            continue
        kind = path.partition("/{id}")[0].rsplit("/", 1)[-1]
        name = given["model"] if "/models/" in path else given["layer"]
        name = given["taggrams"] if path.endswith("/words/") else name
        query = {field: given.get(value, value) for field, value in QUERIES.get(path, {}).items()}
        token = FileQuery.objects.get().token
        path = path.format(id=first.get(kind), name=name, token=token, slug="pilot")
        found.append((path, query))
        found.append((path.format(id=first.get(kind), name=name, slug="pilot"), query))
    return found


def text_of(response) -> str:
    content = b"".join(response) if response.streaming else response.content
    if response["Content-Type"].startswith("application/vnd.apache.arrow"):
        schema = pa.ipc.open_stream(content).schema
        return repr(schema) + repr(schema.metadata)
    return content.decode(errors="replace")


def assert_tells_nothing(response) -> None:
    text = text_of(response)
    found = SECRETS.search(text)
    assert not found, text[max(0, found.start() - 200) : found.end() + 200]


def test_no_answer_of_the_api_tells(client, anonymous):
    every = addresses(anonymous)
    assert len(every) > 20
    for address, query in every:
        response = client.get(address, query)
        if response.status_code != 200 and "comparisons" not in address:
            # There is nothing of it (a file, an average), but the address and its names lead there.
            assert response.json()["code"] not in ("not_found", "invalid"), address
        assert_tells_nothing(response)


def test_no_page_tells(client, anonymous):
    track = Extraction.objects.values_list("track", flat=True)[0]
    pages = {"/login/"}
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern):
            with suppress(NoReverseMatch):  # of a file
                pages.add(reverse(pattern.name, args=[track] if pattern.pattern.converters else []))
    told = [client.get(page) for page in pages]
    html = [page for page in told if page["Content-Type"].startswith("text/html")]
    assert len(html) >= 2
    for page in html:
        assert_tells_nothing(page)


def test_names_lead_where_they_are_shown(client, get, anonymous, layer):
    (model,) = [row for row in get("models/").json() if any(r["segments"] for r in row["layers"])]
    assert re.fullmatch(r"dataset-\d-network-[a-z]", model["name"])
    assert model["name"] == f"{model['dataset']}-{model['architecture']}"
    assert model["display_name"] == f"{model['architecture_name']} · {model['dataset_name']}"
    assert re.fullmatch(r"Network [A-Z] · Dataset \d", model["display_name"])
    assert (model["description"], model["licence"]) == ("", "")
    assert get(f"models/{model['name']}/").json() == model
    (shown,) = [row for row in model["layers"] if row["name"] == layer]
    assert re.fullmatch(r"Layer [A-Z]", shown["display_name"])
    assert get(f"layers/{layer}/").json() == shown
    assert client.get(shown["points"]).status_code == 200
    maps = get("projections/", layer=layer).json()
    assert len(maps) == 4
    for row in maps:
        assert (row["dimensions"], row["parameters"], row["explained_variance"]) == (2, {}, [])
        assert get("projections/", method=row["method"]).json() == [row]
        stream = client.get(row["points"])
        schema = pa.ipc.open_stream(stream.content).schema
        assert schema.metadata[b"layer"].decode() == layer
        get(f"projections/{row['id']}/points/", 400, x=2)  # components are many, and would tell


def test_true_names_lead_nowhere(get, anonymous):
    track = Extraction.objects.values_list("track", flat=True)[0]
    for address in [
        "models/msd-musicnn/",
        "layers/msd-musicnn-embeddings/",
        "layers/msd-musicnn-embeddings/points/",
        "layers/msd-musicnn-embeddings/neighbours/",
    ]:
        assert get(address, 404).json()["code"] == "not_found"
    assert get("projections/", layer="msd-musicnn-embeddings").json() == []
    for address, query in [
        (f"tracks/{track}/segments/", {"layer": "msd-musicnn-embeddings"}),
        (f"tracks/{track}/taggrams/", {"layer": "msd-musicnn-taggrams"}),
        (f"tracks/{track}/tags/", {"model": "msd-musicnn"}),
        (f"tracks/{track}/similar/", {"layer": "msd-musicnn-embeddings"}),
        ("segments/similar/", {"layer": "msd-musicnn-embeddings", "track": track, "position": 0}),
        ("segments/blend/", {"layer": "msd-musicnn-embeddings", "starts": track}),
        ("paths/", {"layer": "msd-musicnn-embeddings", "from": track, "to": track}),
        ("projections/", {"method": "umap"}),
    ]:
        assert_tells_nothing(get(address, 400, **query))


def test_nobody_learns_a_name_by_asking_for_another(client, get, anonymous, layer):
    """What repeats a true name that was asked for must not put the shown one in its place."""
    for response in [
        get("tracks/", 400, tags="msd-musicnn-embeddings"),
        client.post(
            "/api/v1/playlists/export/",
            {"selection": {"layer": "msd-musicnn-embeddings"}},
            "application/json",
        ),
    ]:
        assert response.status_code in (400, 404)
        assert "network-" not in response.content.decode()
        assert_tells_nothing(response)


def test_work_is_asked_for_by_shown_names(admin_client, anonymous, layer):
    method = DrawnNames().shown("method", "umap")

    def post(**fields):
        return admin_client.post("/api/v1/projections/", fields, "application/json")

    response = post(layer=layer, method=method)
    assert response.status_code in (200, 202)
    assert_tells_nothing(response)
    if response.status_code == 202:
        job = Job.objects.get(pk=response.json()["id"])
        assert "msd-musicnn-embeddings" in str(job.parameters)
    for fields in ({"layer": layer, "method": "umap"}, {"layer": "msd-musicnn-embeddings"}):
        response = post(**{"method": method, **fields})
        assert response.status_code == 400
        assert_tells_nothing(response)
    response = admin_client.patch(
        f"/api/v1/layers/{layer}/", {"enabled": False}, "application/json"
    )
    assert response.json()["name"] == layer
    assert not Layer.objects.get(name="msd-musicnn-embeddings").enabled


@pytest.mark.parametrize("parameters", [{"foo": 1}, {"perplexity": 30}, {"pca_dims": "many"}])
def test_parameters_of_layouts_are_refused_alike(admin_client, anonymous, layer, parameters):
    messages = set()
    for method in Projection.Method.values:
        body = {"layer": layer, "method": names().shown("method", method), "parameters": parameters}
        response = admin_client.post("/api/v1/projections/", body, "application/json")
        assert response.status_code == 400
        assert_tells_nothing(response)
        messages.add(response.json()["detail"])
    assert messages == {"parameters: Layouts without names take no parameters."}
    assert not Job.objects.filter(kind=Job.Kind.PROJECTION).exists()


@pytest.mark.parametrize(
    "address", ["sets/", "sets/pilot/", "sets/pilot/results/", "answers/?set=pilot"]
)
def test_listening_tests_are_told_of_by_shown_names(admin_client, anonymous, layer, address):
    response = admin_client.get(f"/api/v1/listening/{address}")
    assert response.status_code == 200
    assert_tells_nothing(response)
    assert "results" in address or layer in text_of(
        admin_client.get(f"/api/v1/listening/{address}")
    )


def test_the_verdict_on_an_answer_tells_nothing(client, anonymous, layer):
    question = Question.objects.get()
    question.set, question.number = None, 0
    question.save()
    body = {"rater": str(UUID(int=3)), "choice": 2, "seconds": 1}
    address = f"/api/v1/listening/questions/{question.public_id}/answers/"
    response = client.post(address, body, "application/json")
    assert response.status_code == 201 and response.json()["layer"] == layer
    assert_tells_nothing(response)


def test_selections_are_of_shown_names(client, anonymous, layer):
    track = Extraction.objects.values_list("track", flat=True)[0]
    body = {"selection": {"layer": layer, "segments": {str(track): "0"}}}
    response = client.post("/api/v1/playlists/export/?kind=parquet", body, "application/json")
    assert response.status_code == 200
    content = b"".join(response)
    assert layer.encode() in content
    assert not SECRETS.search(content.decode("latin-1"))


def test_jobs_say_what_they_do(get, anonymous, layer):
    (job,) = get("jobs/", kind="reduction").json()["results"]
    assert job["parameters"]["layers"] == [layer]
    assert job["message"].startswith(f"{layer} layout-")


def test_names_stay_when_networks_are_added(anonymous):
    before = DrawnNames()
    model = EmbeddingModel.objects.create(
        name="secret-toy", dataset="secret", architecture="toy", display_name="Secret"
    )
    layer = Layer.objects.create(
        model=model, name="secret-toy-embeddings", key="embeddings", kind="embedding", size=4,
        segment_seconds=1, hop_seconds=1, display_name="Embeddings",
    )  # fmt: skip
    ensure_partition(layer.pk)
    after = DrawnNames()
    for name in MODELS:
        assert after.shown("model", name) == before.shown("model", name)
    shown = {after.shown("model", name) for name in [*MODELS, "secret-toy"]}
    assert len(shown) == len(MODELS) + 1
    assert after.true("layer", after.shown("layer", layer.name)) == layer.name
    assert after.tag != before.tag
    assert before.shown("model", "secret-toy") == HIDDEN  # not known yet: nothing slips through


def test_letters_are_the_librarys_own(anonymous, settings):
    names_by_key = set()
    for key in "abcdefgh":
        settings.SECRET_KEY = key
        drawn = DrawnNames()
        names_by_key.add(tuple(drawn.shown("architecture", name) for name in ("musicnn", "vgg")))
    assert len(names_by_key) > 4


def test_more_names_than_letters(anonymous):
    EmbeddingModel.objects.bulk_create(
        EmbeddingModel(name=f"d{i}-a{i}", dataset=f"d{i}", architecture=f"a{i}", display_name="x")
        for i in range(60)
    )
    drawn = DrawnNames()
    shown = {
        drawn.shown("model", name) for name in EmbeddingModel.objects.values_list("name", flat=True)
    }
    assert len(shown) == EmbeddingModel.objects.count()


def test_the_order_of_lists_tells_nothing(get, anonymous):
    for address in ("models/", "layers/"):
        shown = [row["name"] for row in get(address).json()]
        assert shown == sorted(shown)
    maps = [(row["layer"], row["method"]) for row in get("projections/").json()]
    assert maps == sorted(maps)


def test_the_admin_has_the_true_names(admin_client, anonymous):
    page = admin_client.get("/admin/embeddings/layer/").content.decode()
    assert "msd-musicnn-embeddings" in page and "network-" not in page


def test_kept_points_are_kept_apart(client, get, anonymous, settings):
    hidden = get("projections/").json()[0]
    settings.ANONYMOUS_MODELS = False
    plain = get(f"projections/{hidden['id']}/").json()
    assert plain["points"] != hidden["points"]
    for row, expected in ((hidden, None), (plain, "msd-musicnn-embeddings")):
        schema = pa.ipc.open_stream(client.get(row["points"]).content).schema
        assert expected is None or schema.metadata[b"layer"].decode() == expected
    assert names().tag == ""


def test_two_queries_more(get, anonymous, settings, django_assert_num_queries):
    settings.ANONYMOUS_MODELS = False
    with django_assert_num_queries(3):
        get("models/")
    settings.ANONYMOUS_MODELS = True
    with django_assert_num_queries(5):
        get("models/")
