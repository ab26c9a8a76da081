"""What sounds like an artist, an album or a tag: by hand and against brute force."""

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.models import Layer, TrackAverage
from embeddings.similarity import means
from embeddings.similarity.centroids import Space, centroids
from embeddings.similarity.choosing import Wish
from embeddings.similarity.groups import (
    groups_like_group,
    heard_of,
    mean_tags,
    tracks_like_group,
)
from embeddings.similarity.means import all_means, means_within
from embeddings.similarity.scope import Scope
from tests.embeddings.factories import make_layer, make_track, store
from tests.embeddings.test_similarity import cosine, credit, noise
from tracks.models import Album, Artist, Track

SIZE = 16


class TestCentroids:
    def test_a_space_where_dimensions_count_alike(self) -> None:
        vectors = np.array([[0, 100, 5], [2, 300, 5]], np.float32)
        space = Space.of(vectors)
        assert space.standardised(vectors).tolist() == [[-1, -1, 0], [1, 1, 0]]

    def test_what_never_differs_says_nothing_for_all_its_rounding(self) -> None:
        vectors = np.full((1000, 1), 0.1, np.float32)
        assert not Space.of(vectors).standardised(vectors).any()

    def test_groups_by_their_means_and_a_vector_in_two_of_them(self) -> None:
        vectors = np.array([[0, 0], [2, 4], [4, 8]], np.float32)
        distances = np.array([0.3, 0.1, 0.2], np.float32)
        found = centroids(vectors, distances, np.array([2, 0, 1, 1]), np.array([9, 5, 5, 9]))
        assert found.group.tolist() == [5, 9]
        assert found.means.tolist() == [[1, 2], [3, 6]]
        assert found.members.tolist() == [2, 2]
        assert found.nearest.tolist() == [1, 1]

    def test_no_groups(self) -> None:
        nothing = np.empty(0, np.int64)
        found = centroids(np.ones((2, 3), np.float32), np.zeros(2, np.float32), nothing, nothing)
        assert found.group.tolist() == []
        assert found.means.shape == (0, 3)


@pytest.mark.django_db
class TestGroups:
    @pytest.fixture
    def layer(self) -> Layer:
        return make_layer(SIZE)

    @pytest.fixture
    def tracks(self, layer) -> list[Track]:
        """Twelve of 2 to 13 segments, by four artists of three each."""
        vectors = {n: noise(n + 2, seed=n % 4, centre=5) + noise(1, seed=n) for n in range(12)}
        tracks = store(layer, vectors)
        for number, track in enumerate(tracks):
            credit(f"A{number % 4}", track)
        return tracks

    def brute(self, layer: Layer, members: list[Track]) -> dict[int, float]:
        """The distances of every other track, by another route."""
        table: dict[int, NDArray[np.float64]] = {
            row.track_id: np.frombuffer(row.mean, "<f4").astype(np.float64)
            for row in TrackAverage.objects.filter(layer=layer)
        }
        every = np.array(list(table.values()))
        deviations = {pk: (mean - every.mean(0)) / every.std(0) for pk, mean in table.items()}
        asked = np.mean([deviations.pop(track.pk) for track in members], axis=0)
        return {pk: cosine(asked, mean) for pk, mean in deviations.items()}

    def test_tracks_nearest_first_without_its_own(self, layer, tracks) -> None:
        members = tracks[0::4]
        true = self.brute(layer, members)
        found = tracks_like_group(layer, [track.pk for track in members], Scope(), Wish(limit=50))
        assert [each.track_id for each in found] == sorted(true, key=true.__getitem__)
        assert [each.distance for each in found] == pytest.approx(sorted(true.values()), abs=1e-4)

    def test_a_long_track_counts_once(self, layer) -> None:
        """The mean of two tracks lies between them, though one has a hundred times the segments."""
        far = np.eye(SIZE, dtype=np.float32) * 4
        one, other, between, near_one, *_ = store(
            layer,
            {0: far[:1].repeat(300, 0), 1: far[1:2].repeat(3, 0), 2: far[:2].mean(0)[None],
             3: far[:1], **{n: far[n : n + 1] for n in range(4, SIZE)}},
        )  # fmt: skip
        found = tracks_like_group(layer, [one.pk, other.pk], Scope(), Wish(limit=2))
        assert [each.track_id for each in found] == [between.pk, near_one.pk]

    def test_artists_by_the_means_of_their_tracks(self, layer, tracks) -> None:
        members = [track.pk for track in tracks[0::4]]
        found = groups_like_group(layer, members, "artists", Scope(), Wish())
        others = {Artist.objects.get(name=f"A{n}").pk: tracks[n::4] for n in (1, 2, 3)}
        assert {each.group_id for each in found} == others.keys()
        assert [each.distance for each in found] == sorted(each.distance for each in found)
        true = self.brute(layer, tracks[0::4])
        for each in found:
            theirs = [track.pk for track in others[each.group_id]]
            assert each.tracks == 3
            assert each.track_id == min(theirs, key=true.__getitem__)

    def test_what_two_share_makes_neither_like_the_other(self, layer, tracks) -> None:
        guest = Artist.objects.create(name="Guest", key="guest")
        tracks[0].credits.create(artist=guest, place=1)
        members = [track.pk for track in tracks[0::4]]
        found = groups_like_group(layer, members, "artists", Scope(), Wish())
        assert guest.pk not in {each.group_id for each in found}

    def test_albums_at_most_one_by_an_artist_within_a_filter(self, layer, tracks) -> None:
        for number in range(6):
            album = Album.objects.create(title=str(number), key=str(number))
            for track in tracks[2 * number : 2 * number + 2]:
                track.album = album
                track.save()
        members = [tracks[0].pk, tracks[1].pk]
        wish = Wish(per_artist=1)
        every = groups_like_group(layer, members, "albums", Scope(), Wish())
        assert len(every) == 5
        one_each = groups_like_group(layer, members, "albums", Scope(), wish)
        first_artists = [
            Track.objects.get(pk=each.track_id).credits.get().artist_id for each in one_each
        ]
        assert len(first_artists) == len(set(first_artists)) > 1
        assert one_each[0] == every[0]
        (only,) = groups_like_group(layer, members, "albums", Scope([tracks[4].pk]), Wish())
        assert (only.track_id, only.tracks) == (tracks[4].pk, 1)

    def test_nothing_heard_is_said(self, layer, tracks) -> None:
        unheard = make_track(50)
        for search in (
            lambda: tracks_like_group(layer, [unheard.pk], Scope(), Wish()),
            lambda: groups_like_group(layer, [], "albums", Scope(), Wish()),
        ):
            with pytest.raises(TrackAverage.DoesNotExist):
                search()
        assert heard_of(layer, [unheard.pk, tracks[0].pk]) == 1
        assert groups_like_group(layer, [tracks[0].pk], "artists", Scope([]), Wish()) == []
        everything = [track.pk for track in tracks]
        assert tracks_like_group(layer, everything, Scope(), Wish()) == []

    def test_mean_tags(self, layer) -> None:
        taggrams = make_layer(2, key="taggrams", tags=("calm", "loud"))
        one, _, third = store(taggrams, {n: np.full((n + 1, 2), n, np.float32) for n in range(3)})
        assert mean_tags(taggrams, [one.pk, third.pk]).tolist() == [1, 1]
        assert np.isnan(mean_tags(taggrams, [make_track(9).pk])).all()

    def test_means_are_read_once_until_the_layer_has_others(
        self, layer, tracks, monkeypatch
    ) -> None:
        assert len(all_means(layer).track) == 12
        read = []
        real = means.read_averages
        monkeypatch.setattr(means, "read_averages", lambda layer: read.append(1) or real(layer))
        assert means_within(layer, Scope(without=[tracks[0].pk])).track.tolist() == [
            track.pk for track in tracks[1:]
        ]
        assert read == []
        store(layer, {30: noise(2, seed=1)})
        assert len(all_means(layer).track) == 13
        assert read == [1]
