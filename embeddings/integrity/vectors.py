"""Status rows, vectors, averages and search indexes against each other; weights against records.

Vectors are replaced while a library is used: whatever is read first here is what, were it replaced
in between, would look whole and not broken.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Length

from embeddings.deletion import forget_tracks_without_vectors
from embeddings.extraction.records import record_found, set_back
from embeddings.integrity.findings import Finding, findings
from embeddings.models import EmbeddingModel, Extraction, Layer
from embeddings.queries import chosen_layers
from embeddings.reduction.sources import has_vectors
from embeddings.storage import (
    ensure_partition,
    fill_averages,
    partitions,
    segment_counts,
    table_name,
)
from embeddings.vector_index import LARGEST_SIZE, index_layer, is_indexed
from embeddings.weights.store import weights_path, weights_sha256
from tracks.models import Track


def weights() -> Iterator[Finding]:
    for model in EmbeddingModel.objects.filter(imported=False).exclude(weights_sha256=""):
        there = weights_sha256(model.name)
        if there == model.weights_sha256:
            continue
        source = model.weights_source
        chosen = "--source DIR " if source == "directory" else f"--source {source} "
        yield from findings(
            "weights of another SHA-256 than was recorded" if there else "weights that are gone",
            [weights_path(model.name)],
            f"Run fetch_models {chosen}{model.name}.",
        )


def tables() -> Iterator[Finding]:
    there = {layer.pk for layer in _layers()}
    missing = [layer for layer in Layer.objects.all() if layer.pk not in there]
    yield from findings(
        "layers without a table for vectors",
        missing,
        "An empty one is made.",
        partial(_make_tables, missing),
    )


def broken_vectors() -> Iterator[Finding]:
    """Vectors of another size, which nothing can read, or with positions left out."""
    for layer in _layers():
        broken = _broken_tracks(layer)
        present = set(
            Track.objects.filter(pk__in=broken, state=Track.State.PRESENT).values_list(
                "pk", flat=True
            )
        )
        again = [pk for pk in broken if pk in present and not layer.model.imported]
        yield from findings(
            f"tracks with broken vectors in {layer.name}",
            _paths(again),
            "The vectors are deleted and the tracks set back: extract_all makes them again.",
            partial(_drop_vectors, layer, again),
        )
        yield from findings(
            f"tracks with broken vectors in {layer.name} that cannot be made again here",
            _paths([pk for pk in broken if pk not in again]),
            "Run import_embeddings with a whole file."
            if layer.model.imported
            else "Bring their files back, run index_all_audio, then check_library --repair.",
        )


def done_without_vectors() -> Iterator[Finding]:
    """Networks run here give every layer as many segments as the status row says."""
    for model in EmbeddingModel.objects.filter(imported=False):
        done = dict(_done(model).values_list("track", "segments"))
        for layer in _layers(model):
            counts = segment_counts(layer)
            without = [pk for pk in done if pk not in counts]
            other = [pk for pk, count in done.items() if counts.get(pk, count) != count]
            for problem, tracks in (
                (f"tracks that are done, without vectors in {layer.name}", without),
                (f"tracks with another number of segments in {layer.name} than noted", other),
            ):
                yield from findings(
                    problem,
                    _paths(tracks),
                    "They are set back: extract_all makes the vectors.",
                    partial(set_back, model, tracks),
                )


def imports_without_vectors() -> Iterator[Finding]:
    """A file that is imported need not have each track in each layer, but in one of them."""
    for model in EmbeddingModel.objects.filter(imported=True):
        done = list(_done(model).values_list("track", flat=True))
        known = {track for layer in _layers(model) for track in segment_counts(layer)}
        yield from findings(
            f"tracks said to be imported for {model.name}, without vectors",
            _paths([pk for pk in done if pk not in known]),
            "That is forgotten; import_embeddings brings vectors.",
            partial(forget_tracks_without_vectors, model),
        )


def vectors_without_row() -> Iterator[Finding]:
    for model in EmbeddingModel.objects.all():
        counts: dict[int, int] = {}
        for layer in _layers(model):
            for track, count in segment_counts(layer).items():
                counts[track] = max(count, counts.get(track, 0))
        noted = set(Extraction.objects.filter(model=model).values_list("track", flat=True))
        unnoted = {track: count for track, count in counts.items() if track not in noted}
        yield from findings(
            f"tracks with vectors by {model.name}, though nothing says where they are from",
            _paths(list(unnoted)),
            "They are noted"
            + ("." if model.imported else ", of unknown origin: extract_all makes them anew."),
            partial(record_found, model, unnoted),
        )


def averages() -> Iterator[Finding]:
    for layer in _layers():
        rows = layer.averages.annotate(bytes=Length("mean"))
        kept = {
            row[0]: row[1:] for row in rows.values_list("track", "segments", "bytes", "typical")
        }
        counts = segment_counts(layer)
        wrong = [
            track
            for track, (segments, length, _) in kept.items()
            if segments != counts.get(track) or length != 4 * layer.size
        ]
        lacking = [pk for pk in counts if pk not in kept or kept[pk][2] is None]
        yield from findings(
            f"tracks with no average or preview, or a wrong one, in {layer.name}",
            _paths(sorted({*wrong, *lacking})),
            "It is taken from the vectors.",
            partial(_take_averages, layer, wrong),
        )


def search_indexes() -> Iterator[Finding]:
    there = partitions()
    lacking = [
        layer
        for layer in chosen_layers()
        if layer.size <= LARGEST_SIZE
        and table_name(layer.pk) in there
        and not is_indexed(layer)
        and has_vectors(layer)
    ]
    yield from findings(
        "layers without a valid search index",
        lacking,
        "It is built; until then, search compares all segments.",
        partial(_index, lacking),
    )


def _layers(model: EmbeddingModel | None = None) -> list[Layer]:
    """Those that have a table, or those of a model."""
    layers = Layer.objects.select_related("model")
    tables = partitions()
    chosen = layers if model is None else layers.filter(model=model)
    return [layer for layer in chosen if table_name(layer.pk) in tables]


def _make_tables(layers: Sequence[Layer]) -> None:
    for layer in layers:
        ensure_partition(layer.pk)


def _index(layers: Sequence[Layer]) -> None:
    for layer in layers:
        index_layer(layer, force=True)


def _broken_tracks(layer: Layer) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT track_id FROM {table_name(layer.pk)} GROUP BY track_id "
            "HAVING count(*) <> max(position) + 1 OR bool_or(vector_dims(vector) <> %s) "
            "ORDER BY track_id",
            [layer.size],
        )
        return [row[0] for row in cursor.fetchall()]


def _drop_vectors(layer: Layer, tracks: Sequence[int]) -> None:
    with transaction.atomic():
        set_back(layer.model, tracks)
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table_name(layer.pk)} WHERE track_id = ANY(%s)", [list(tracks)]
            )
        layer.averages.filter(track__in=tracks).delete()


def _take_averages(layer: Layer, wrong: Sequence[int]) -> None:
    layer.averages.filter(track__in=wrong).delete()
    fill_averages(layer)


def _done(model: EmbeddingModel) -> QuerySet[Extraction]:
    return Extraction.objects.filter(model=model, state=Extraction.State.DONE).order_by("track")


def _paths(tracks: Sequence[int]) -> list[str]:
    """What to call tracks; a library's worth of numbers is asked for in one question."""
    names = dict(Track.objects.filter(pk__in=tracks).values_list("pk", "path")) if tracks else {}
    return [names.get(pk, f"track {pk}") for pk in tracks]
