"""A library made up for a measurement: tracks, artists, albums, tags, and a map of clusters.

Its sizes are those of a real one: tracks of some minutes, a few of them hours long; few artists
with many tracks, and many with few; tags of MTG-Jamendo's form; vectors of one layer. There is no
audio.
"""

from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from embeddings.benchmarks.common import BenchmarkError
from embeddings.models import Extraction, Layer, Projection, ProjectionTrack
from embeddings.reduction.methods import complete
from embeddings.storage import add_vectors
from tracks.models import Album, Artist, Tag, Track, TrackArtist

MAP_LAYER = "msd-musicnn-taggrams"  # the smallest that its regions can be named by
METHOD = Projection.Method.UMAP
# Half of the segments have either, so that the filter by one halves the map.
HALVES = ("voice", ("instrumental", "vocal"))
TAGS = {
    "genre": (
        "electronic", "rock", "pop", "ambient", "classical", "jazz", "folk", "hiphop", "metal",
        "soundtrack", "house", "techno", "blues", "reggae", "punk", "country", "funk", "latin",
    ),
    "mood/theme": (
        "calm", "happy", "energetic", "dark", "dream", "epic", "melancholic", "romantic",
        "relaxing", "uplifting", "film", "nostalgic",
    ),
    "instrument": (
        "synthesizer", "piano", "guitar", "drums", "bass", "strings", "violin", "computer",
        "electricguitar", "acousticguitar",
    ),
}  # fmt: skip
TAGS_A_TRACK = {"genre": 2, "mood/theme": 2, "instrument": 3}  # at most
CLUSTERS = 60
MEDIAN_SEGMENTS, SPREAD, LONGEST = 75, 0.5, 3600  # of a track: 3:44, and three hours
TRACKS_AN_ARTIST, TRACKS_AN_ALBUM = 8, 10
ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class MadeLibrary:
    segments: int
    tracks: int


def make_library(segments: int, *, seed: int = 0) -> MadeLibrary:
    """Fill the database, which must hold no tracks, with a library of exactly `segments`.

    The same numbers give the same library. Raises `BenchmarkError`.
    """
    if Track.objects.exists():
        raise BenchmarkError("There are tracks in the database: none are made up beside them.")
    numbers = np.random.default_rng(seed)
    lengths = track_lengths(segments, numbers)
    homes = skewed(CLUSTERS, len(lengths), numbers)
    layer = Layer.objects.select_related("model").get(name=MAP_LAYER)
    with transaction.atomic():
        tracks = make_tracks(lengths, layer, numbers)
        make_tags(tracks, lengths, homes, numbers)
        make_extractions(tracks, lengths, layer)
        _make_vectors(tracks, lengths, homes, layer, numbers)
        _make_projection(tracks, lengths, cluster_places(lengths, homes, numbers), layer)
    return MadeLibrary(segments=segments, tracks=len(tracks))


def track_lengths(segments: int, numbers: np.random.Generator) -> NDArray[np.int64]:
    """Segments of each track, (tracks,), which sum up to `segments`."""
    enough = segments // 20 + 10
    drawn = numbers.lognormal(np.log(MEDIAN_SEGMENTS), SPREAD, enough)
    long = numbers.random(enough) < 0.001  # mixes and recorded concerts
    drawn[long] *= 16
    lengths = np.clip(drawn.round(), 1, LONGEST).astype(np.int64)
    ends = np.cumsum(lengths)
    last = int(np.searchsorted(ends, segments))
    lengths = lengths[: last + 1]
    lengths[-1] -= ends[last] - segments
    return lengths


def cluster_places(
    lengths: NDArray[np.int64], homes: NDArray[np.int64], numbers: np.random.Generator
) -> NDArray[np.float32]:
    """Coordinates (segments, 2), sorted by track, as UMAP leaves them: clusters within clusters.

    A track stays around a place of its own in the cluster of its index in `homes`, (tracks,), and
    every sixth of its segments lies in another.
    """
    centres = numbers.standard_normal((CLUSTERS, 2)) * 6
    sizes = numbers.lognormal(-0.2, 0.5, (CLUSTERS, 1))
    stretch = numbers.standard_normal((CLUSTERS, 2, 2)) * 0.5 + np.eye(2)
    track = np.repeat(np.arange(len(lengths)), lengths)
    cluster = homes[track]
    away = numbers.random(len(track)) < 1 / 6
    cluster[away] = numbers.integers(0, CLUSTERS, len(lengths))[track[away]]
    own = numbers.standard_normal((len(lengths), 2))
    place = own[track] + 0.4 * numbers.standard_normal((len(track), 2))
    place = np.einsum("nij,nj->ni", stretch[cluster], place) * sizes[cluster] + centres[cluster]
    return place.astype(np.float32)


def skewed(kinds: int, count: int, numbers: np.random.Generator) -> NDArray[np.int64]:
    """(count,) draws from `kinds`, the first of them most often: a few have much, most little."""
    weights = 1 / (np.arange(kinds) + 4)
    return numbers.choice(kinds, count, p=weights / weights.sum())


def make_tracks(
    lengths: NDArray[np.int64], layer: Layer, numbers: np.random.Generator
) -> list[Track]:
    count = len(lengths)
    artists = Artist.objects.bulk_create(
        Artist(name=f"Artist {i:05}", key=f"artist {i:05}")
        for i in range(count // TRACKS_AN_ARTIST + 1)
    )
    by = np.sort(skewed(len(artists), count, numbers))
    place = np.arange(count) - np.searchsorted(by, by)  # among the artist's tracks
    disc = place // TRACKS_AN_ALBUM
    index = np.cumsum((np.diff(by, prepend=-1) != 0) | (np.diff(disc, prepend=-1) != 0)) - 1
    firsts = np.searchsorted(index, np.arange(index[-1] + 1))
    albums = Album.objects.bulk_create(
        Album(title=f"Album {i:05}", key=f"album {i:05}", artist=artists[by[first]])
        for i, first in enumerate(firsts.tolist())
    )
    tracks = Track.objects.bulk_create(
        (_track(i, albums[index[i]], int(lengths[i]) * layer.hop_seconds) for i in range(count)),
        batch_size=ROWS_AT_ONCE,
    )
    TrackArtist.objects.bulk_create(
        (TrackArtist(track=track, artist=artists[by[i]]) for i, track in enumerate(tracks)),
        batch_size=ROWS_AT_ONCE,
    )
    return tracks


def _track(number: int, album: Album, seconds: float) -> Track:
    path = f"{album.artist}/{album.title}/{number:06}.mp3"
    return Track(
        path=path,
        path_bytes=path.encode(),
        title=f"Title {number:06}",
        album=album,
        duration=seconds,
        codec="mp3",
        sample_rate=44_100,
        channels=2,
        loudness=-14.0,
    )


def make_tags(
    tracks: list[Track],
    lengths: NDArray[np.int64],
    homes: NDArray[np.int64],
    numbers: np.random.Generator,
) -> None:
    """Tags of each category; a track's first genre is that of its cluster."""
    halves = Tag.objects.bulk_create(Tag(category=HALVES[0], name=name) for name in HALVES[1])
    later = np.cumsum(lengths[numbers.permutation(len(tracks))]) > lengths.sum() / 2
    pairs = {(track.pk, halves[int(half)].pk) for track, half in zip(tracks, later, strict=True)}
    for category, names in TAGS.items():
        tags = Tag.objects.bulk_create(Tag(category=category, name=name) for name in names)
        for turn in range(TAGS_A_TRACK[category]):
            chosen = skewed(len(tags), len(tracks), numbers)
            has = numbers.random(len(tracks)) < 1 / (turn + 1)
            if category == "genre" and turn == 0:
                chosen = homes % len(tags)
            pairs |= {(tracks[i].pk, tags[chosen[i]].pk) for i in np.flatnonzero(has).tolist()}
    through = Track.tags.through
    through.objects.bulk_create(
        (through(track_id=track, tag_id=tag) for track, tag in sorted(pairs)),
        batch_size=ROWS_AT_ONCE,
    )


def make_extractions(tracks: list[Track], lengths: NDArray[np.int64], layer: Layer) -> None:
    Extraction.objects.bulk_create(
        (
            Extraction(
                track=track,
                model=layer.model,
                state=Extraction.State.DONE,
                segments=count,
                finished_at=timezone.now(),
            )
            for track, count in zip(tracks, lengths.tolist(), strict=True)
        ),
        batch_size=ROWS_AT_ONCE,
    )


def _make_vectors(
    tracks: list[Track],
    lengths: NDArray[np.int64],
    homes: NDArray[np.int64],
    layer: Layer,
    numbers: np.random.Generator,
) -> None:
    """Tags of segments as a network hears them: each cluster has a few that stand out."""
    usual = numbers.beta(0.3, 4, (CLUSTERS, layer.size)).astype(np.float32)

    def heard(count: int, home: int) -> NDArray[np.float32]:
        return 0.8 * usual[home] + 0.2 * numbers.random((count, layer.size), np.float32) ** 4

    parts = zip(tracks, lengths.tolist(), homes.tolist(), strict=True)
    add_vectors(layer, ((track.pk, heard(count, home)) for track, count, home in parts))


def _make_projection(
    tracks: list[Track], lengths: NDArray[np.int64], places: NDArray[np.float32], layer: Layer
) -> None:
    projection = Projection.objects.create(
        layer=layer,
        method=METHOD,
        parameters=complete(METHOD, {}),
        seed=0,
        recipe="benchmark",
        state=Projection.State.DONE,
        segments=len(places),
        finished_at=timezone.now(),
    )
    ends = np.cumsum(lengths)
    rows = (
        ProjectionTrack(
            projection=projection,
            track=track,
            coordinates=places[end - count : end].astype("<f4").tobytes(),
        )
        for track, count, end in zip(tracks, lengths.tolist(), ends.tolist(), strict=True)
    )
    ProjectionTrack.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
