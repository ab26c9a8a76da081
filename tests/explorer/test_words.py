"""Search by tags over the API."""

import numpy as np
import pytest

from embeddings.storage import replace_vectors
from explorer import word_ranks
from tests.explorer.test_labels import table

LAYER = "toy-net-taggrams"  # calm, loud, odd
MOMENTS, TRACKS = "segments/by-words/", "tracks/by-words/"


@pytest.fixture
def tracks(library):
    """Two tracks of six segments: the first grows calmer, the second is loud but in its middle."""
    found = [library.add_track(number, segments=6) for number in range(2)]
    steps = np.linspace(0, 1, 6)
    loud = [0.9, 0.8, 0.05, 0.01, 0.85, 0.95]
    for track, calm, strength in zip(found, (steps, steps * 0), (steps * 0.3, loud), strict=True):
        replace_vectors({library.taggrams: np.stack([calm, strength, steps], axis=1)}, track.pk)
    return found


def ask(get, address: str, q: str, status: int = 200, **query):
    return get(address, status, q=q, layer=LAYER, **query).json()


def test_moments(get, tracks):
    first, _ = tracks
    answer = ask(get, MOMENTS, "Calm^3 and not ODD^0, not loud", limit=2)
    assert answer["query"] == "calm^3 and not odd^0 and not loud"
    assert answer["layer"] == LAYER
    assert [(term["tag"], term["negated"], term["weight"]) for term in answer["terms"]] == [
        ("calm", False, 3),
        ("odd", True, 0),
        ("loud", True, 1),
    ]
    assert (answer["terms"][1]["start"], answer["terms"][1]["end"]) == (11, 20)
    best = answer["results"][0]
    assert (best["track"]["id"], best["position"], best["start"]) == (first.pk, 5, 15)
    calm, _, loud = best["tags"]
    assert (calm["share"], calm["activation"]) == (pytest.approx(11.5 / 12, abs=1e-3), 1)
    assert loud["share"] == pytest.approx(1 - 7.5 / 12, abs=1e-3)
    assert best["score"] == pytest.approx((calm["share"] ** 3 * loud["share"]) ** 0.25, abs=1e-3)


def test_tracks_by_passages_and_as_a_whole(get, tracks):
    first, second = tracks
    for by, segments in (("passages", 4), ("mean", 6)):
        answer = ask(get, TRACKS, "loud", by=by)
        assert [row["track"]["id"] for row in answer["results"]] == [second.pk, first.pk]
        assert answer["by"] == by
        assert answer["results"][0]["segments"] == segments
    assert ask(get, TRACKS, "calm")["results"][0]["position"] == 2


def test_filters_and_caps(get, tracks):
    first, second = tracks
    only = ask(get, MOMENTS, "calm", tags=second.tags.get().pk)
    assert {row["track"]["id"] for row in only["results"]} == {second.pk}
    assert ask(get, MOMENTS, "calm", tags=9999)["unknown"] == {"tags": [9999]}
    capped = ask(get, MOMENTS, "loud", per_artist=1, spread=0.2)["results"]
    assert [row["track"]["id"] for row in capped] == [second.pk, first.pk]


def test_scores_of_each_segment(client, get, tracks, django_assert_max_num_queries):
    address = f"layers/{LAYER}/words/"
    scores = table(get(address, q="calm"))
    assert [str(field.type) for field in scores.schema] == ["int32", "int32", "uint8"]
    assert scores["track"].to_pylist() == [tracks[0].pk] * 6 + [tracks[1].pk] * 6
    assert scores["position"].to_pylist() == [*range(6)] * 2
    ranks = [3.5 / 12, *(np.arange(7, 12) + 0.5) / 12, *[3.5 / 12] * 6]
    assert scores["score"].to_pylist() == np.rint(np.array(ranks) * 255).tolist()
    assert scores.schema.metadata[b"query"] == b"calm"
    with django_assert_max_num_queries(4):  # from disk: no vector is read
        etag = get(address, q="CALM")["ETag"]
    again = client.get(f"/api/v1/{address}", {"q": "calm"}, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert get(address, q="loud")["ETag"] != etag
    assert list(word_ranks.CACHE.folder.glob("ranks-*.npz"))
    get("layers/toy-net-embeddings/words/", 404, q="calm")


def test_mistakes_are_pointed_at(get, tracks):
    for address in (MOMENTS, TRACKS, f"layers/{LAYER}/words/"):
        error = ask(get, address, "loud, clam", 400)
        assert error["code"] == "query"
        assert error["detail"] == "Unknown tag “clam” at character 7: did you mean calm?"
        assert error["errors"] == {
            "q": [error["detail"]],
            "position": ["6"],
            "length": ["4"],
            "suggestion": ["calm"],
        }
    assert ask(get, MOMENTS, "", 400)["detail"].startswith("Which tags?")
    assert "layer" in get(MOMENTS, 400, q="calm").json()["errors"]
    assert "q" in get(MOMENTS, 400, layer=LAYER).json()["errors"]
    get(MOMENTS, 400, q="calm", layer="toy-net-embeddings")


def test_words_there_are(get, library):
    answer = get("words/tags/", layer=LAYER).json()
    assert answer["layer"] == LAYER
    own = [row["name"] for row in answer["tags"] if row["own"]]
    assert own == ["calm", "loud", "odd"]
    quiet = next(row for row in answer["tags"] if row["name"] == "quiet")
    assert quiet == {"name": "quiet", "meaning": "loud", "present": False, "own": False}


def test_new_tracks_make_new_ranks(get, library, tracks, monkeypatch):
    from explorer.api import points

    now = 1000.0
    monkeypatch.setattr(points, "monotonic", lambda: now)
    assert table(get(f"layers/{LAYER}/words/", q="calm")).num_rows == 12
    library.add_track(7, segments=2)
    now += points.SETTLED_SECONDS
    assert table(get(f"layers/{LAYER}/words/", q="calm")).num_rows == 14
