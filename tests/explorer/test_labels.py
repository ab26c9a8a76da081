"""Labels of segments over the API."""

import json

import numpy as np
import pyarrow as pa

from embeddings.models import Extraction
from explorer.api import points
from tests.explorer.conftest import add_model

ADDRESS = "layers/toy-net-embeddings/labels/"


def table(response) -> pa.Table:
    return pa.ipc.open_stream(response.content).read_all()


def test_a_label_for_each_segment(client, get, library, django_assert_max_num_queries):
    first = library.add_track(1, segments=4)
    labels = table(get(ADDRESS))
    assert [str(field.type) for field in labels.schema] == ["int32", "int32", "uint8"]
    assert labels["track"].to_pylist() == [first.pk] * 4
    assert labels["position"].to_pylist() == [0, 1, 2, 3]
    values = np.random.default_rng(first.pk).random((4, 3)).astype(np.float16).astype(float)
    scores = (values - values.mean(axis=0)) / values.std(axis=0)
    names = np.where(
        scores.max(axis=1) > 0, np.array(["calm", "loud", "odd"])[scores.argmax(1)], ""
    )
    tags = dict(enumerate(json.loads(labels.schema.metadata[b"tags"])))
    assert [tags.get(tag, "") for tag in labels["tag"].to_pylist()] == names.tolist()
    assert labels.schema.metadata[b"layer"] == b"toy-net-taggrams"
    with django_assert_max_num_queries(5):  # from disk: no vector is read
        etag = get(ADDRESS)["ETag"]
    assert client.get(f"/api/v1/{ADDRESS}", headers={"If-None-Match": etag}).status_code == 304


def test_they_are_made_anew_every_few_minutes_while_tracks_come(get, library, monkeypatch):
    made = []
    make = points.labels_stream

    def counted(*layers) -> bytes:
        made.append(layers)
        return make(*layers)

    monkeypatch.setattr(points, "labels_stream", counted)
    now = 1000.0
    monkeypatch.setattr(points, "monotonic", lambda: now)
    library.add_track(1, segments=4)
    assert table(get(ADDRESS)).num_rows == 4
    for number in (2, 3):
        library.add_track(number, segments=1)
        now += points.SETTLED_SECONDS / 3
        assert table(get(ADDRESS)).num_rows == 4
    assert len(made) == 1
    now += points.SETTLED_SECONDS / 3
    assert table(get(ADDRESS)).num_rows == 6
    assert table(get(ADDRESS)).num_rows == 6
    assert len(made) == 2


def test_nothing_tagged(get, library):
    Extraction.objects.all().delete()
    add_model("lone-net", taggrams=False)
    labels = table(get("layers/lone-net-embeddings/labels/"))
    assert labels.num_rows == 0
    assert labels.schema.metadata == {b"tags": b"[]", b"layer": b""}
    get("layers/none/labels/", 404)
