"""Sections of long recordings, their cue sheets, and passages that introduce tracks."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from embeddings.models import Extraction, TrackAverage
from embeddings.storage import replace_vectors
from explorer import track_sections
from explorer.playlists.cue import timestamp
from tracks.models import Track

pytestmark = pytest.mark.django_db
HOP = 3.0
LENGTHS = (30, 12, 40)


@pytest.fixture
def recording(library) -> Track:
    """82 segments in three sections, of which the tags differ as well."""
    track = library.add_track(1, segments=0)
    numbers = np.random.default_rng(0)
    embeddings = np.repeat(np.eye(4)[:3], LENGTHS, axis=0) + numbers.normal(size=(82, 4)) * 0.05
    taggrams = np.repeat(np.eye(3) * 0.8 + 0.1, LENGTHS, axis=0)
    library.add_vectors(track, 82)
    with transaction.atomic():
        replace_vectors({library.embeddings: embeddings, library.taggrams: taggrams}, track.pk)
    Track.objects.filter(pk=track.pk).update(
        duration=82 * HOP + 1.5,
        title='Live at "Harbour"\n2',
        path="sets/live.mp3",
        path_bytes=b"sets/live.mp3",
    )
    track.refresh_from_db()
    return track


@dataclass
class CueTrack:
    number: int
    title: str = ""
    performer: str = ""
    seconds: float = -1.0


def parse_cue(content: bytes) -> tuple[dict[str, str], list[CueTrack]]:
    """A cue sheet as a strict player reads it: one command a line, quoted or plain arguments."""
    head: dict[str, str] = {}
    tracks: list[CueTrack] = []
    text = content.decode()
    assert not text.startswith("\ufeff")
    assert text.endswith("\r\n")
    for line in text.removesuffix("\r\n").split("\r\n"):
        found = re.fullmatch(r' *(\w+) (?:"([^"]*)"(?: (\w+))?|(\S+) ?(\S+)?)', line)
        assert found, line
        command, quoted, kind, plain, second = found.groups()
        if command == "TRACK":
            assert second == "AUDIO"
            tracks.append(CueTrack(int(plain)))
        elif command == "INDEX":
            assert plain == "01"
            minutes, seconds, frames = map(
                int, re.fullmatch(r"(\d{2,}):(\d\d):(\d\d)", second).groups()
            )
            assert seconds < 60
            assert frames < 75
            tracks[-1].seconds = minutes * 60 + seconds + frames / 75
        elif tracks:
            setattr(tracks[-1], command.lower(), quoted)
        else:
            head[command] = quoted if kind is None else f"{quoted} {kind}"
    return head, tracks


def test_a_recording_is_cut_where_it_turns(get, library, recording) -> None:
    answer = get(f"tracks/{recording.pk}/sections/", layer=library.embeddings.name).json()
    assert answer["layer"] == library.embeddings.name
    assert answer["shortest"] == 15
    sections = answer["sections"]
    assert [each["position"] for each in sections] == [0, 30, 42]
    assert [each["segments"] for each in sections] == list(LENGTHS)
    assert [each["start"] for each in sections] == [0, 90, 126]
    assert [each["end"] for each in sections] == [90, 126, 247.5]
    assert [each["tags"][0] for each in sections] == [
        {"name": name, "value": pytest.approx(0.9, abs=1e-3)} for name in ("calm", "loud", "odd")
    ]
    for each in sections:
        place = each["typical"]
        assert each["position"] <= place["position"] < each["position"] + each["segments"]
        assert place["start"] == place["position"] * HOP


def test_options_of_the_cut(get, recording) -> None:
    """The layer may be left out: it is the one that introduces tracks."""
    address = f"tracks/{recording.pk}/sections/"
    assert len(get(address).json()["sections"]) == 3
    longer = get(address, shortest=60).json()
    assert longer["shortest"] == 60
    assert min(each["end"] - each["start"] for each in longer["sections"]) >= 60
    for wrong in ({"shortest": 0}, {"sensitivity": 0}, {"sensitivity": "nan"}, {"layer": "none"}):
        get(address, 400, **wrong)
    get("tracks/999999/sections/", 404)


def test_a_track_that_was_not_heard_has_no_sections(get, library) -> None:
    track = library.add_track(2, segments=0)
    get(f"tracks/{track.pk}/sections/", 404)
    library.add_track(3)
    error = get(f"tracks/{track.pk}/sections.cue", 404).json()
    assert "has nothing of track" in str(error)


def test_cue_sheet(get, recording) -> None:
    response = get(f"tracks/{recording.pk}/sections.cue")
    assert response["Content-Type"] == "application/x-cue; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="live.cue"'
    head, tracks = parse_cue(response.content)
    assert head == {
        "PERFORMER": "Artist 1",
        "TITLE": "Live at 'Harbour' 2",
        "FILE": "live.mp3 MP3",
    }
    assert [each.number for each in tracks] == [1, 2, 3]
    assert [each.seconds for each in tracks] == [0, 90, 126]
    assert tracks[1].title.startswith("Section 2: loud, ")
    assert {each.performer for each in tracks} == {"Artist 1"}


def test_a_cut_is_made_once_until_the_track_is_heard_anew(get, recording, monkeypatch) -> None:
    made = []
    cut = track_sections.sections_of

    def counted(*arguments, **options):
        made.append(options)
        return cut(*arguments, **options)

    monkeypatch.setattr(track_sections, "sections_of", counted)
    address = f"tracks/{recording.pk}/sections"
    first = get(f"{address}/").json()
    assert get(f"{address}/").json() == first
    _, tracks = parse_cue(get(f"{address}.cue").content)
    assert [each.seconds for each in tracks] == [each["start"] for each in first["sections"]]
    assert len(made) == 1
    get(f"{address}/", shortest=60)
    get(f"{address}/", sensitivity=2)
    assert len(made) == 3
    Extraction.objects.update(finished_at=timezone.now())
    get(f"{address}.cue")
    Track.objects.update(duration=300)
    assert get(f"{address}/").json()["sections"][-1]["end"] == 300
    assert len(made) == 5


@pytest.mark.parametrize(
    ("name", "status", "file"),
    [
        ("a.AIFF", 200, "a.AIFF AIFF"),
        ("sets/#1 ü.flac", 200, "#1 ü.flac WAVE"),
        ('so "called".mp3', 409, ""),
        ("two\nlines.mp3", 409, ""),
        ("\udcff.mp3", 409, ""),
    ],
)
def test_cue_sheets_of_odd_files(get, recording, name, status, file) -> None:
    Track.objects.update(path_bytes=name.encode(errors="surrogateescape"))
    response = get(f"tracks/{recording.pk}/sections.cue", status)
    if status == 200:
        assert parse_cue(response.content)[0]["FILE"] == file
    else:
        assert "its name" in response.json()["detail"]


def test_no_cue_sheet_without_a_file(get, recording) -> None:
    Track.objects.update(state=Track.State.CATALOGUE)
    get(f"tracks/{recording.pk}/sections.cue", 404)


def test_timestamps_count_frames() -> None:
    assert timestamp(0) == "00:00:00"
    assert timestamp(59.999) == "01:00:00"  # the nearest frame
    assert timestamp(61 + 37 / 75) == "01:01:37"
    assert timestamp(3 * 3600) == "180:00:00"


def test_previews_come_with_tracks_and_by_layer(get, library, recording) -> None:
    own = TrackAverage.objects.get(layer=library.embeddings, track=recording)
    listed = get("tracks/").json()["results"][0]["previews"]
    answer = get(f"tracks/{recording.pk}/previews/", layer=library.embeddings.name).json()
    assert answer == {"layer": library.embeddings.name, **listed}
    for kind in ("typical", "unusual"):
        position = getattr(own, kind)
        middle = (listed[kind]["start"] + listed[kind]["end"]) / 2
        assert listed[kind]["position"] == position
        assert listed[kind]["end"] - listed[kind]["start"] == 10
        assert middle == pytest.approx(position * HOP + 1.5)
    tags = get(f"tracks/{recording.pk}/previews/", layer=library.taggrams.name).json()
    assert tags["layer"] == library.taggrams.name


def test_tracks_without_previews_say_so(get, library, recording) -> None:
    TrackAverage.objects.update(typical=None, unusual=None)
    assert get("tracks/").json()["results"][0]["previews"] is None
    error = get(f"tracks/{recording.pk}/previews/", 404, layer=library.embeddings.name).json()
    assert error["code"] == "no_previews"
