"""Every page of the admin asks the database little, whatever is in it."""

from itertools import pairwise

import numpy as np
import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from embeddings.duplicates.models import DuplicateGroup, DuplicatePair
from embeddings.models import Comparison, ComparisonTrack, Job
from explorer.benchmarks.admin import TARGETS, admin_pages
from explorer.models import Playlist, PlaylistItem

ROWS = 12


@pytest.mark.django_db
def test_no_page_asks_more_than_fifteen_questions(admin_client, library):
    tracks = [library.add_track(number) for number in range(ROWS)]
    for number, track in enumerate(tracks):
        playlist = Playlist.objects.create(name=f"P {number}")
        for place in range(1, 4):
            PlaylistItem.objects.create(playlist=playlist, track=track, place=place)
        library.add_projection({track.pk: np.zeros((3, 2))}, recipe=str(number))
        comparison = Comparison.objects.create(
            layer=library.embeddings, other=library.taggrams, segments=3, measured=3, seconds=1
        )
        ComparisonTrack.objects.create(
            comparison=comparison, track=track, disagreements=b"", mean=0.5, measured=3
        )
        Job.objects.create(kind=Job.Kind.REDUCTION, finished_at=timezone.now())
    for first, second in pairwise(tracks):
        DuplicatePair.objects.create(
            first=first,
            second=second,
            group=DuplicateGroup.objects.create(),
            kind=DuplicatePair.Kind.NEAR,
            offset=0,
            overlap=3,
        )
    busy = {}
    for address in admin_pages():
        admin_client.get(address)  # what is asked once in a process is asked now
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address).status_code == 200, address
        if len(queries) > TARGETS["queries"]:
            busy[address] = len(queries)
    assert busy == {}
    looked_at = {address.partition("?")[0] for address in admin_pages()}
    assert len([address for address in looked_at if address.count("/") == 4]) == len(
        admin.site._registry
    )
