"""How questions of the listening test are drawn, on a real server."""

import itertools

import numpy as np
import pytest

from embeddings.models import Extraction
from embeddings.similarity.questions import ROLES, Place, TooFewError, questions
from tests.embeddings.factories import make_layer, store
from tracks.models import Album, Artist, Track, TrackArtist

SEGMENTS = 8


def heard(track: int, start: float, end: float) -> bool:
    return True


def credit(tracks, *, artists: int) -> None:
    """Tracks of so many artists, each with an album of two tracks or more."""
    for number, track in enumerate(tracks):
        name = f"a{number % artists}"
        artist, _ = Artist.objects.get_or_create(name=name, key=name)
        TrackArtist.objects.get_or_create(track=track, artist=artist, place=0)
        track.album = Album.objects.get_or_create(title=name, key=name)[0]
        track.save()


@pytest.fixture
def layers(db):
    """Two layers of one library: 12 tracks of 6 artists, two a corner of the first's space."""
    numbers = np.random.default_rng(0)
    first, second = make_layer(8, model="a-net"), make_layer(8, model="b-net")
    tracks = store(
        first, {n: numbers.normal(np.eye(8)[n % 4] * 5, 1, (SEGMENTS, 8)) for n in range(12)}
    )
    store(second, {n: numbers.standard_normal((SEGMENTS, 8)) for n in range(12)})
    for layer, track in itertools.product((first, second), tracks):
        Extraction.objects.create(
            track=track, model=layer.model, state=Extraction.State.DONE, segments=SEGMENTS
        )
    credit(tracks, artists=6)
    return first, second


def draw(layers, strategy, number=8, audible=heard, seed=1):
    return list(itertools.islice(questions(*layers, strategy, audible, seed=seed), number))


def test_every_strategy_keeps_artists_albums_and_tracks_apart(layers):
    artist_of = dict(TrackArtist.objects.values_list("track", "artist"))
    for strategy, roles in ROLES.items():
        found = draw(layers, strategy)
        assert len({question.reference.track for question in found}) == 8
        for question in found:
            places = [question.reference, *(each.place for each in question.candidates)]
            assert len({artist_of[place.track] for place in places}) == 4
            assert sorted(each.role for each in question.candidates) == sorted(roles)
            assert question.apart == "artist"
            assert all(place.end - place.start == 9 for place in places)


def distance(layer, one: Place, other: Place) -> float:
    """The mean cosine distance, taken by numpy from the stored vectors."""
    from embeddings.storage import read_layer

    rows = [
        read_layer(layer, [place.track]).vectors[int(place.start / 3) : int(place.end / 3)]
        for place in (one, other)
    ]
    a, b = (row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows)
    return float((1 - (a * b).sum(axis=1)).mean())


def test_the_nearest_is_the_nearest_of_all_by_others(layers, monkeypatch):
    # However many moments by the same artist are nearer still.
    monkeypatch.setattr("embeddings.similarity.questions.NEAREST", 1)
    first, _ = layers
    artist_of = dict(TrackArtist.objects.values_list("track", "artist"))
    found = draw(layers, "nearest", 12)
    assert len({question.reference.track for question in found}) == 12  # none is passed over
    for question in found[:5]:
        nearest = next(each for each in question.candidates if each.role == "nearest")
        every = [
            distance(first, question.reference, Place(track, 3.0 * at, 3.0 * at + 9))
            for track in artist_of
            if artist_of[track] != artist_of[question.reference.track]
            for at in range(SEGMENTS - 2)
        ]
        assert nearest.distance == pytest.approx(min(every), abs=1e-3)
        assert nearest.other_distance is None


def test_two_layers_each_name_their_nearest(layers):
    for question in draw(layers, "models"):
        by_role = {each.role: each for each in question.candidates}
        assert by_role["nearest"].distance <= by_role["nearest-other"].distance
        ours, theirs = by_role["nearest"].other_distance, by_role["nearest-other"].other_distance
        assert theirs <= ours
        measured = distance(layers[1], question.reference, by_role["random"].place)
        assert by_role["random"].other_distance == pytest.approx(measured, abs=1e-3)


def test_near_middle_and_far(layers):
    found = draw(layers, "distances")
    for question in found:
        by_role = {each.role: each.distance for each in question.candidates}
        assert by_role["near"] < by_role["middle"] < by_role["far"]


def test_the_order_tells_nothing_and_the_seed_tells_all(layers):
    found = draw(layers, "nearest", 30)
    places = [[each.role for each in question.candidates].index("nearest") for question in found]
    assert set(places) == {0, 1, 2}
    assert draw(layers, "nearest", 30) == found
    assert draw(layers, "nearest", 30, seed=2) != found


def test_what_cannot_be_heard_is_not_asked(layers):
    gone = set(Track.objects.values_list("pk", flat=True)[:3])

    def audible(track, start, end):
        return track not in gone and start >= 3

    for strategy in ROLES:
        for question in draw(layers, strategy, 4, audible):
            for place in (question.reference, *(each.place for each in question.candidates)):
                assert place.track not in gone and place.start >= 3
    with pytest.raises(TooFewError, match="can be heard"):
        draw(layers, "random", 1, lambda *_: False)


def test_networks_that_agree_leave_nothing_to_compare(layers):
    with pytest.raises(TooFewError, match="name the same"):
        draw((layers[0], layers[0]), "models", 1)


def test_with_few_artists_tracks_are_kept_apart(layers):
    TrackArtist.objects.all().delete()
    credit(Track.objects.all(), artists=1)
    for question in draw(layers, "nearest", 3):
        tracks = {question.reference.track, *(each.place.track for each in question.candidates)}
        assert len(tracks) == 4
        assert question.apart == "track"


def test_a_library_that_is_too_small(layers):
    Track.objects.exclude(pk__in=Track.objects.all()[:3]).update(state=Track.State.MISSING)
    with pytest.raises(TooFewError, match="there are 3"):
        draw(layers, "nearest", 1)
    Extraction.objects.update(segments=2)
    with pytest.raises(TooFewError, match="there are 0"):
        draw(layers, "nearest", 1)
