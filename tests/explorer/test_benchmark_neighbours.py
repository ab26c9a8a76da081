"""`benchmark neighbours`: labels of the nearest moments of the library at hand."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from embeddings.storage import replace_vectors
from tracks.models import Tag, Track


@pytest.fixture
def labelled(library):
    """Six tracks in two directions, whose mood says which; the genre says nothing of them."""
    moods = [Tag.objects.create(category="mood", name=name) for name in ("calm", "loud")]
    numbers = np.random.default_rng(0)
    for number in range(6):
        track = library.add_track(number, segments=0)
        track.tags.set([moods[number % 2], Tag.objects.get_or_create(category="all", name="x")[0]])
        heard = np.eye(4)[number % 2] + 0.1 * numbers.random((5, 4))
        replace_vectors({library.embeddings: heard}, track.pk)
    return library


def measured(capsys, *options: str) -> dict:
    call_command("benchmark", "neighbours", "--json", *options)
    return json.loads(capsys.readouterr().out)


def test_moments_that_sound_alike_have_the_same_label(labelled, capsys):
    result = measured(capsys)
    assert result["neighbours"] == 10
    assert list(result["categories"]) == ["mood"]  # the other is the same everywhere
    mood = result["categories"]["mood"]
    assert (mood["tracks"], mood["labels"]) == (6, 2)
    (layer,) = mood["layers"].values()  # no vectors in the other
    assert layer == {"precision": 1, "low": 1, "high": 1, "chance": 0.4, "moments": 30}


def test_silence_and_tracks_without_a_label_do_not_count(labelled, capsys):
    silent, unlabelled = Track.objects.order_by("pk")[:2]
    replace_vectors({labelled.embeddings: np.zeros((5, 4))}, silent.pk)
    unlabelled.tags.clear()
    (layer,) = measured(capsys)["categories"]["mood"]["layers"].values()
    assert layer["moments"] == 20
    assert layer["chance"] == pytest.approx(1 / 3, abs=0.001)


def test_the_category_can_be_chosen(labelled, capsys):
    odd = Tag.objects.create(category="odd", name="odd")
    Track.objects.order_by("pk").first().tags.add(odd)
    assert list(measured(capsys, "--category", "mood")["categories"]) == ["mood"]
    with pytest.raises(CommandError, match=r"category odd tell tracks apart; those of mood do"):
        measured(capsys, "--category", "odd")


def test_without_labels_or_vectors_it_says_what_to_do(library):
    with pytest.raises(CommandError, match=r"metadata that has tags.*make demo"):
        call_command("benchmark", "neighbours")
    for number in range(2):
        library.add_track(number, segments=0)
    with pytest.raises(CommandError, match=r"run extract_all first"):
        call_command("benchmark", "neighbours")
