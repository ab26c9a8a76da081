"""Every answer is as the OpenAPI document says: schemathesis asks the served site for everything.

No end point is left out. There is no worker: what is asked of one is queued. CONTRIBUTING.md says
how to ask more.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.auth import get_user_model

from embeddings.models import Comparison, ComparisonTrack, FileQuery, Job, Projection
from explorer.models import Playlist, Question, QuestionSet
from explorer.playlists import saved
from tests.explorer.conftest import Library
from tests.explorer.server import Server
from tests.explorer.test_anonymity import add_file_query, answered_set
from tests.tracks.sounds import write_wav
from tracks.models import Album, Artist, Tag, Track

CONFIG = Path(__file__).with_name("schemathesis.toml")
PHASES = os.environ.get("SCHEMATHESIS_PHASES", "examples,fuzzing")
CASES = os.environ.get("SCHEMATHESIS_CASES", "8")  # of an end point, made up in each phase
CSRF = "t" * 32


@pytest.fixture
def something_of_everything(library: Library, settings) -> Library:
    for number in range(6):
        write_wav(Path(settings.AUDIO_DIR) / f"{number}.wav", seconds=9)
        library.add_track(number)
    first = Track.objects.order_by("pk")[0]
    points = {pk: np.ones((3, 2)) for pk in Track.objects.values_list("pk", flat=True)}
    for version in range(3):
        library.add_projection(points, recipe=str(version))
    comparison = Comparison.objects.create(
        layer=library.embeddings, other=library.taggrams, segments=3, measured=3, seconds=1
    )
    ComparisonTrack.objects.create(
        comparison=comparison,
        track=first,
        disagreements=np.ones(3, "<f4").tobytes(),
        mean=1,
        measured=3,
    )
    for number in range(6):
        saved.save(Playlist(name=f"List {number}"), [saved.Item(first.pk)])
    add_file_query(library)
    asked = answered_set(library, first.pk).questions.get()
    asked.pk, asked.public_id, asked.set = None, uuid4(), None  # a question to practise on
    asked.save()
    return library


@pytest.fixture
def dictionaries(something_of_everything: Library) -> dict[str, list[int | str]]:
    """What there is, for addresses and parameters."""
    library = something_of_everything
    rows = {
        "track": Track, "artist": Artist, "album": Album, "tag": Tag, "comparison": Comparison,
        "job": Job, "playlist": Playlist, "projection": Projection,
    }  # fmt: skip
    ids = {name: list(model.objects.values_list("pk", flat=True)) for name, model in rows.items()}
    first, second = ids["track"][:2]
    return {
        **ids,
        "layer": [library.embeddings.name, library.taggrams.name],
        "taggrams": [library.taggrams.name],
        "model": [library.model.name],
        "token": [query.token for query in FileQuery.objects.all()],
        "slug": [each.slug for each in QuestionSet.objects.all()],
        "question": [str(each.public_id) for each in Question.objects.all()],
        "start": [str(first), f"{first}:0", f"{second}:1"],
        "words": ["calm", "calm and not loud"],
        "small": [0, 1, 2],
    }


@pytest.fixture
def session(client, db) -> dict[str, str]:
    """The headers of an administrator's requests."""
    client.force_login(get_user_model().objects.create_superuser("staff"))
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"
    return {"Cookie": cookies, "X-CSRFToken": CSRF}


def run(server: Server, config: Path, headers: Mapping[str, str]) -> tuple[str, set[int]]:
    """Asks every end point: what schemathesis prints of it, and the statuses that it met."""
    sent = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    report = config.with_suffix(".har")
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "--config-file", config, "run", *sent,
         "--phases", PHASES, "--max-examples", CASES, "--report-har-path", report, "--no-color",
         f"http://127.0.0.1:{server.port}/api/schema/"],
        cwd=config.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    entries = json.loads(report.read_text())["log"]["entries"]
    return done.stdout, {entry["response"]["status"] for entry in entries}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("logged_in", "met"),
    [(False, {200, 400, 403, 404}), (True, {200, 201, 202, 204, 400, 404, 409, 415})],
    ids=["anybody", "administrator"],
)
def test_answers_are_as_described(server, dictionaries, session, tmp_path, logged_in, met):
    config = tmp_path / "schemathesis.toml"
    lists = [
        f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n"
        for name, values in dictionaries.items()
    ]
    config.write_text("\n".join([CONFIG.read_text(), *lists]))
    summary, statuses = run(server, config, session if logged_in else {})
    print(summary)
    selected, every = re.search(r"Selected: (\d+)/(\d+)", summary).groups()
    assert selected == every == re.search(r"Tested: (\d+)", summary)[1]
    assert int(re.search(r"(\d+) generated", summary)[1]) >= 500  # 1,000 by both
    assert statuses >= met
