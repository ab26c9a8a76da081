"""Search by tags: ranks by a second route, truths by hand, libraries whose answer is known."""

import numpy as np
import pytest

from embeddings.similarity.choosing import Wish
from embeddings.similarity.scope import Scope
from embeddings.similarity.words import finding
from embeddings.similarity.words.finding import best_moments, best_tracks, heard
from embeddings.similarity.words.language import parse
from embeddings.similarity.words.ranks import (
    FULL,
    Ranks,
    half_codes,
    layer_ranks,
    shares_of,
    standing,
)
from embeddings.similarity.words.truth import truths
from embeddings.similarity.words.vocabulary import Vocabulary
from tests.embeddings.factories import make_layer, store
from tests.embeddings.test_similarity import at, credit

TAGS = ("piano", "vocals", "no vocals", "slow", "fast")
WORDS = Vocabulary(TAGS)


def halves(rows: int, seed: int = 0, size: int = len(TAGS)):
    values = np.random.default_rng(seed).beta(0.5, 2, (rows, size)).astype(np.float16)
    return values.astype(np.float32)


def test_standing_is_the_rank_that_scipy_finds():
    from scipy.stats import rankdata

    values = np.round(np.random.default_rng(1).normal(size=3000), 2).astype(np.float16)
    ours = standing(half_codes(values.astype(np.float32)))
    assert ours == pytest.approx((rankdata(values) - 0.5) / 3000, abs=1e-6)


def test_codes_are_in_the_order_of_values():
    values = np.array([-np.inf, -2, -1e-4, -0.0, 0.0, 6e-8, 0.5, 1, np.inf], np.float32)
    codes = half_codes(values)
    assert codes[3] == codes[4]
    assert (np.diff(np.delete(codes, 3).astype(int)) > 0).all()


def test_shares_of_meanings():
    from scipy.stats import rankdata

    values = halves(2000)
    shares = shares_of(half_codes(values), list(TAGS)) / FULL
    rank = [(rankdata(column) - 0.5) / 2000 for column in values.T]
    assert WORDS.meanings == ["piano", "vocals", "fast"]
    assert shares[0] == pytest.approx(rank[0], abs=1e-4)
    for row, (present, absent) in ((1, (1, 2)), (2, (4, 3))):
        mean = (rank[present] + 1 - rank[absent]) / 2
        assert shares[row] == pytest.approx((rankdata(mean) - 0.5) / 2000, abs=1e-3)


@pytest.mark.parametrize(
    ("query", "truth"),
    [
        ("piano", 0.9),
        ("no vocals", 0.6),
        ("not no vocals", 0.4),
        ("piano and slow", (0.9 * 0.8) ** 0.5),
        ("piano^3 and slow", (0.9**3 * 0.8) ** 0.25),
        ("piano^0 and slow", 0.8),
        ("(piano and slow)^0, vocals", 0.4),
        ("vocals or slow", 0.8),
        ("vocals or slow^0.25", 0.4),
        ("not (vocals or slow)", 0.2),
        ("piano, vocals or slow", (0.9 * 0.8) ** 0.5),
        ("not (piano^0 or slow)", 0.2),
    ],
)
def test_truths(query, truth):
    shares = np.rint(np.array([[0.9], [0.4], [0.2]]) * FULL).astype(np.uint16)
    assert truths(parse(query, WORDS), shares) == pytest.approx([truth], abs=1e-4)


def test_and_needs_both():
    shares = np.rint(np.array([[0.999, 0.7], [0, 0], [0.01, 0.7]]) * FULL).astype(np.uint16)
    neither_alone, both = truths(parse("piano, fast", WORDS), shares)
    assert both > 2 * neither_alone


def brute(scores, counts, length):
    """Each track's best passage, by trying each."""
    best, start = [], 0
    for count in counts:
        own = scores[start : start + count]
        size = min(length, count)
        means = [own[place : place + size].mean() for place in range(count - size + 1)]
        best.append((int(np.argmax(means)), max(means)))
        start += count
    return best


def test_passages_means_and_peaks_against_brute_force():
    draw = np.random.default_rng(3)
    counts = np.array([1, 3, 4, 5, 40, 2, 100])
    scores = draw.random(counts.sum()).astype(np.float32)
    ranks = Ranks(np.arange(7) + 10, counts, np.empty((0, counts.sum()), np.uint16))
    places, fits = finding.best_passages(scores, ranks, 4)
    expected = brute(scores.astype(float), counts, 4)
    assert places.tolist() == [place for place, _ in expected]
    assert fits == pytest.approx([fit for _, fit in expected], abs=1e-6)
    starts = np.cumsum(counts) - counts
    tracks = [scores[start : start + count] for start, count in zip(starts, counts, strict=True)]
    assert finding.track_means(scores, ranks) == pytest.approx([t.mean() for t in tracks], abs=1e-6)
    peaks = np.concatenate(
        [[own[max(i - 3, 0) : i + 4].max() == own[i] for i in range(len(own))] for own in tracks]
    )
    assert (finding.peaks(scores, ranks, 4) == peaks).all()


@pytest.fixture
def library(db):
    """Six tracks of twelve segments: noise, but for what is told of in the tests."""
    layer = make_layer(5, key="taggrams", tags=TAGS)
    vectors = {number: halves(12, seed=number) * 0.5 for number in range(6)}
    vectors[2][7] = (0.95, 0.0, 0.9, 0.0, 0.9)  # piano, not sung, fast
    vectors[4][3] = (0.98, 0.9, 0.0, 0.0, 0.95)  # more piano, but sung
    vectors[5][:, 0] = 0.6  # some piano all along
    return layer, store(layer, vectors)


def test_the_moment_that_fits_is_found(library):
    layer, tracks = library
    ranks = layer_ranks(layer)
    assert ranks.tracks.tolist() == sorted(track.pk for track in tracks)
    query = parse("piano and not vocals, fast", WORDS)
    best = best_moments(layer, query, ranks, Scope(), Wish(3))
    assert at(best)[0] == (tracks[2].pk, 7)
    assert best[0].distance < best[1].distance
    standing = heard(layer, query, ranks, best)[0]
    assert [each.term.word.name for each in standing] == ["piano", "vocals", "fast"]
    assert [each.share > 0.9 for each in standing] == [True, True, True]
    assert standing[0].activation == pytest.approx(0.95, abs=1e-3)
    sung = best_moments(layer, parse("piano, vocals, fast", WORDS), ranks, Scope(), Wish(1))
    assert at(sung) == [(tracks[4].pk, 3)]


def test_tracks_as_a_whole_and_by_passages(library):
    layer, tracks = library
    ranks = layer_ranks(layer)
    query = parse("piano", WORDS)
    for by, segments in (("mean", 12), ("passages", 4)):
        best = best_tracks(layer, query, ranks, Scope(), Wish(2), by=by)
        assert (best[0].track_id, best[0].segments) == (tracks[5].pk, segments)


def test_filters_artists_and_variety(library):
    layer, tracks = library
    ranks = layer_ranks(layer)
    query = parse("piano", WORDS)
    only = best_moments(layer, query, ranks, Scope(tracks=[tracks[0].pk]), Wish(9))
    assert {moment.track_id for moment in only} == {tracks[0].pk}
    without = best_moments(layer, query, ranks, Scope(without=[tracks[4].pk]), Wish(9))
    assert without and tracks[4].pk not in {moment.track_id for moment in without}
    credit("one", *tracks[:5])
    capped = best_moments(layer, query, ranks, Scope(), Wish(9, per_artist=1))
    assert sorted(moment.track_id == tracks[5].pk for moment in capped) == [False, True]
    varied = best_moments(layer, query, ranks, Scope(), Wish(4, spread=0.9))
    assert at(varied)[0] == at(best_moments(layer, query, ranks, Scope(), Wish(1)))[0]


def test_an_empty_layer_has_no_answer(db):
    layer = make_layer(5, key="taggrams", tags=TAGS)
    ranks = layer_ranks(layer)
    query = parse("piano", WORDS)
    assert best_moments(layer, query, ranks, Scope(), Wish()) == []
    assert best_tracks(layer, query, ranks, Scope(), Wish(), by="mean") == []
    assert best_tracks(layer, query, ranks, Scope(), Wish()) == []


def test_ranks_survive_the_disk(library):
    import io

    ranks = layer_ranks(library[0])
    again = Ranks.load(io.BytesIO(ranks.dump()))
    for name in ("tracks", "counts", "shares"):
        assert np.array_equal(getattr(ranks, name), getattr(again, name))
