"""Waveforms over the API: measured once, never stopping the site, failing like clips."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from explorer import waveforms
from explorer.serving import THREADS
from tests.tracks.sounds import write_wav
from tracks.models import Track


@pytest.fixture
def track(db, settings) -> Track:
    write_wav(Path(settings.AUDIO_DIR) / "a.wav", seconds=4)
    return Track.objects.create(path="a.wav", path_bytes=b"a.wav", codec="pcm_s16le", duration=4)


def test_levels_and_length(get, track):
    answer = get(f"tracks/{track.pk}/waveform/", bins=40).json()
    assert answer["seconds"] == 4
    assert answer["peaks"] == pytest.approx([20000 / 32768] * 40, abs=2e-3)
    assert answer["rms"] == pytest.approx([20000 / 32768 / np.sqrt(2)] * 40, abs=2e-3)


def test_measured_once_for_any_number_of_bins(get, track, monkeypatch):
    get(f"tracks/{track.pk}/waveform/", bins=40)
    monkeypatch.setattr(waveforms, "measure", None)
    assert len(get(f"tracks/{track.pk}/waveform/").json()["rms"]) == 800


def test_a_changed_file_is_measured_anew(get, settings, track):
    get(f"tracks/{track.pk}/waveform/")
    write_wav(Path(settings.AUDIO_DIR) / "a.wav", seconds=2)
    assert get(f"tracks/{track.pk}/waveform/").json()["seconds"] == 2


@pytest.mark.parametrize("bins", ["0", "4097", "many", "1.5"])
def test_impossible_numbers_of_bins(get, track, bins):
    answer = get(f"tracks/{track.pk}/waveform/", status=400, bins=bins).json()
    assert "bins" in answer["errors"]


def test_errors_are_those_of_clips(get, db, settings, track):
    def refusal(status: int, pk: int = track.pk) -> str:
        error = get(f"tracks/{pk}/waveform/", status=status).json()
        assert error["status"] == status
        assert error["detail"]
        return error["code"]

    assert refusal(404, 10**12) == "not_found"
    file = Path(settings.AUDIO_DIR) / "a.wav"
    file.write_bytes(b"no music\n" * 100)
    assert refusal(422) == "not-audio"
    file.unlink()
    assert refusal(404) == "missing"
    Track.objects.update(state="catalogue")
    assert refusal(404) == "catalogue"
    Track.objects.update(state="present")
    settings.AUDIO_DIR = ""
    assert refusal(503) == "no-audio-dir"


@pytest.fixture
def stuck(monkeypatch):
    """Measuring that takes until it is let go."""
    let_go = threading.Event()
    measure = waveforms.measure

    def slowly(path):
        let_go.wait(20)
        return measure(path)

    monkeypatch.setattr(waveforms, "measure", slowly)
    monkeypatch.setattr(waveforms, "WAIT_SECONDS", 0.3)
    yield let_go
    let_go.set()


def test_a_request_waits_only_so_long_and_may_ask_again(get, track, stuck):
    for _ in range(2):
        refused = get(f"tracks/{track.pk}/waveform/", status=503)
        assert refused.json()["code"] == "busy"
        assert 0 < int(refused["Retry-After"]) < 10
    assert len(waveforms._queued) == 1
    stuck.set()
    waveforms._MEASURER.submit(lambda: None).result(20)  # it is measured by now
    assert get(f"tracks/{track.pk}/waveform/").json()["seconds"] == 4
    assert not waveforms._queued


def test_many_tracks_at_once_hold_few_threads(settings, tmp_path, home, stuck):
    file = str(write_wav(tmp_path / "a.wav", seconds=1))
    begin = time.monotonic()
    seconds = []

    def ask(number: int) -> None:
        with pytest.raises(waveforms.Busy):
            waveforms.waveform(file, name=f"many-{number}", bins=4)
        seconds.append(time.monotonic() - begin)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))
    assert sum(each >= waveforms.WAIT_SECONDS for each in seconds) <= 4
    assert max(seconds) < 15
