"""The benchmark of loading a catalogue, on a small one."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HEADER = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS"
ROW = "track_0000948\tartist_000087\talbum_000149\t48/948.mp3\t212.7\tgenre---rock\tgenre---pop"


@pytest.mark.django_db(transaction=True)
def test_a_file_is_repeated_and_loaded_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.tsv"
    file.write_text(f"{HEADER}\n{ROW}\n")
    call_command("benchmark", "catalogue", "--file", str(file), "--rows", "300", "--json")
    measured = json.loads(capsys.readouterr().out)
    assert (measured["rows"], measured["created"], measured["unchanged_again"]) == (300, 300, 300)
    assert measured["first_queries"] < 40
    with pytest.raises(CommandError, match="first line should be"):
        file.write_text("something else")
        call_command("benchmark", "catalogue", "--file", str(file))
