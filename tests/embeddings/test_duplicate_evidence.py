"""Votes, alignments and waveforms against answers that can be worked out, and what they prove."""

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.benchmarks.pieces import RATE as PIECE_RATE
from embeddings.benchmarks.pieces import plucked_piece
from embeddings.duplicates import sound
from embeddings.duplicates.alignment import Alignment, align
from embeddings.duplicates.evidence import judged
from embeddings.duplicates.groups import components
from embeddings.duplicates.models import DuplicatePair
from embeddings.duplicates.sound import Match, Sound, best_lag, listen, match, same_waveform
from embeddings.duplicates.voting import elect, probe_positions
from embeddings.neighbours import Neighbour
from embeddings.registry import SAMPLE_RATE
from tests.embeddings.music import write_wave

Kind = DuplicatePair.Kind


class TestVotes:
    def test_what_runs_alongside_is_elected_and_scattered_likeness_is_not(self) -> None:
        def near(position: int) -> list[Neighbour]:
            return [
                Neighbour(7, position - 4, 0.2),  # always four segments before
                Neighbour(8, position * position % 31, 0.1),  # nearer, but anywhere
            ]

        (found,) = elect([(position, near(position)) for position in (5, 11, 17, 23)])
        assert (found.track_id, found.votes) == (7, 4)
        assert abs(found.shift - 4) <= 1

    def test_a_shift_between_two_segments_is_one(self) -> None:
        votes = [(10, [Neighbour(7, 6, 0.1)]), (20, [Neighbour(7, 15, 0.1)])]
        (found,) = elect([*votes, (30, [Neighbour(7, 26, 0.1)])])
        assert found.votes == 3

    def test_two_segments_of_a_short_track_both_have_to_agree(self) -> None:
        agreeing = [(0, [Neighbour(7, 0, 0.1)]), (1, [Neighbour(7, 1, 0.1)])]
        assert [each.track_id for each in elect(agreeing)] == [7]
        assert elect([agreeing[0], (1, [Neighbour(7, 9, 0.1)])]) == []

    def test_a_probe_votes_once(self) -> None:
        crowd = [Neighbour(7, position, 0.1) for position in range(9, 12)]
        assert elect([(10, crowd), (20, []), (30, [])]) == []

    def test_probes_are_spread(self) -> None:
        assert probe_positions(3) == [0, 1, 2]
        assert probe_positions(1000)[:2] == [0, 90]
        assert probe_positions(1000)[-1] == 999


class TestAlignment:
    def test_where_one_begins_in_the_other(self) -> None:
        one = np.random.default_rng(0).standard_normal((30, 16)).astype(np.float32)
        found = align(one, one[7:20])
        assert (found.shift, found.segments) == (7, 13)
        assert found.distance == pytest.approx(0, abs=1e-6)
        assert align(one[7:20], one).shift == -7

    def test_by_hand(self) -> None:
        one = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
        other = np.array([[1, 0], [1, 1]], np.float32)
        found = align(one, other, least=2)
        apart = 1 - np.sqrt(0.5)
        assert found.shift == 0
        assert found.distance == pytest.approx(apart / 2)
        assert found.ratio == pytest.approx(0.5)  # the other's own step is `apart`, the nearer
        assert align(one, other, shift=1).distance == pytest.approx((1 + apart) / 2)
        assert align(one, other, least=3) is None

    def test_silence_is_nowhere(self) -> None:
        one = np.array([[1, 0], [0, 0], [0, 1]], np.float32)
        assert align(one, one, shift=0).segments == 2
        assert align(np.zeros((3, 2), np.float32), one) is None


class TestLag:
    def test_of_a_part_in_the_whole(self) -> None:
        whole = np.random.default_rng(0).standard_normal((500, 4)).astype(np.float32)
        lag, correlation = best_lag(whole, whole[120:300], least=60)
        assert lag == 120
        assert correlation == pytest.approx(1)
        assert best_lag(whole[120:300], whole, least=60)[0] == -120

    def test_is_the_best_by_definition(self) -> None:
        numbers = np.random.default_rng(1)
        one, other = (numbers.standard_normal((n, 3)).astype(np.float32) for n in (40, 25))
        expected = {}
        for lag in range(-24, 40):
            ours = one[max(lag, 0) : min(25 + lag, 40)]
            theirs = other[max(-lag, 0) : max(-lag, 0) + len(ours)]
            if len(ours) >= 10:
                length = np.linalg.norm(ours) * np.linalg.norm(theirs)
                expected[lag] = float((ours * theirs).sum() / length)
        lag, correlation = best_lag(one, other, least=10)
        assert lag == max(expected, key=expected.__getitem__)
        assert correlation == pytest.approx(expected[lag], abs=1e-5)

    def test_too_short(self) -> None:
        frames = np.ones((10, 3), np.float32)
        assert best_lag(frames, frames, least=11) is None


def noise(seconds: float, *, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 3000, round(seconds * SAMPLE_RATE))


def halves(samples: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.clip(samples, -32768, 32767).astype(np.int16)


class TestWaveforms:
    @pytest.mark.parametrize("polarity", [1, -1])
    def test_a_delay_and_a_polarity(self, polarity: int) -> None:
        one = halves(noise(20, seed=1))
        other = polarity * one[5000:]
        correlation, shift = same_waveform(one, other, 5000 - 300)
        assert correlation == pytest.approx(1, abs=1e-3)
        assert shift == pytest.approx(300, abs=1)

    def test_with_noise_of_an_encoder(self) -> None:
        """Of independent noise at a quarter of the energy: 1 / sqrt(1.25)."""
        one, codec = noise(30, seed=1), 0.5 * noise(30, seed=2)
        correlation, _ = same_waveform(halves(one), halves(one + codec), 0)
        assert correlation == pytest.approx(1 / np.sqrt(1.25), abs=0.02)

    def test_others(self) -> None:
        assert same_waveform(halves(noise(20, seed=1)), halves(noise(20, seed=2)), 0)[0] < 0.1

    def test_silence(self) -> None:
        silence = np.zeros(5 * SAMPLE_RATE, np.int16)
        assert same_waveform(silence, silence, 0) == (0.0, 0)

    def test_a_pause_proves_nothing_against_it(self) -> None:
        one = halves(noise(40, seed=1))
        one[10 * SAMPLE_RATE : 32 * SAMPLE_RATE] = 0
        other = one.copy()
        other[10 * SAMPLE_RATE : 32 * SAMPLE_RATE] = np.random.default_rng(2).integers(-2, 3)
        assert same_waveform(one, other, 0)[0] > 0.99


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Sound]:
    """Two pieces on one instrument, in the same time and scale, and the second half of one."""
    folder = tmp_path_factory.mktemp("pieces")
    one, other = (plucked_piece(seed, 24)[0] for seed in (1, 2))
    half = one[len(one) // 2 :]
    return [
        listen(str(write_wave(folder / f"{number}.wav", samples, rate=PIECE_RATE)))
        for number, samples in enumerate((one, other, half, one[: len(one) // 2]))
    ]


class TestPieces:
    def test_a_part_is_found_in_its_whole(self, pieces: list[Sound]) -> None:
        found = match(pieces[0], pieces[2], least=5)
        assert found.offset == pytest.approx(12, abs=0.002)
        assert found.overlap == pytest.approx(12, abs=0.01)
        assert found.correlation > 0.99

    def test_other_pieces_and_halves_beside_each_other_are_far_from_it(
        self, pieces: list[Sound]
    ) -> None:
        for one, other in ((0, 1), (2, 3), (1, 2)):
            found = match(pieces[one], pieces[other], least=4)
            assert found.correlation < 0.7
            assert found.likeness < 0.7

    def test_a_long_file_is_heard_in_part(self, pieces: list[Sound], tmp_path, monkeypatch) -> None:
        monkeypatch.setattr(sound, "LONGEST", 3.0)
        path = write_wave(tmp_path / "long.wav", plucked_piece(1, 8)[0], rate=PIECE_RATE)
        assert listen(str(path)).seconds == 3.0


class TestJudgement:
    def heard(self, **numbers: float) -> Match:
        return Match(
            **{"offset": 1.0, "overlap": 50, "likeness": 0.9, "correlation": 0.95} | numbers
        )

    def seen(self, **numbers: float) -> Alignment:
        return Alignment(**{"shift": 0, "segments": 20, "distance": 0.1, "ratio": 0.2} | numbers)

    def test_the_same_recording(self) -> None:
        found = judged(self.heard(), self.seen(), longer=60, hop=3)
        assert (found.kind, found.offset, found.distance) == (Kind.RECORDING, 1.0, 0.1)

    def test_an_excerpt_is_none(self) -> None:
        """Nor is a track within a mix: else a mix would make one group of all its tracks."""
        assert judged(self.heard(overlap=50), None, longer=200, hop=3) is None

    def test_another_master_is_nearly_the_same(self) -> None:
        heard = self.heard(correlation=0.5, overlap=58)
        found = judged(heard, None, longer=60, hop=3)
        assert (found.kind, found.correlation) == (Kind.NEAR, 0.5)
        assert judged(self.heard(correlation=0.5, overlap=48), None, longer=60, hop=3) is None
        assert judged(self.heard(correlation=0.5, likeness=0.8), None, longer=50, hop=3) is None

    def test_without_audio_by_vectors_alone(self) -> None:
        found = judged(None, self.seen(), longer=60, hop=3)
        assert (found.kind, found.correlation) == (Kind.NEAR, None)
        assert judged(None, self.seen(ratio=0.6), longer=60, hop=3) is None
        assert judged(None, self.seen(segments=15), longer=60, hop=3) is None
        assert judged(None, self.seen(segments=3), longer=9, hop=3) is None
        assert judged(None, None, longer=9, hop=3) is None


def test_components() -> None:
    assert components([(5, 6), (1, 2), (6, 2), (9, 8)]) == {
        1: 1, 2: 1, 5: 1, 6: 1, 8: 8, 9: 8,
    }  # fmt: skip
