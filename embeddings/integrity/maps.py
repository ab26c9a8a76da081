"""Maps against themselves, and against the vectors that there are."""

from collections.abc import Iterable, Iterator
from functools import partial

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Length, Mod

from embeddings.integrity.findings import Finding, findings
from embeddings.models import Projection, ProjectionTrack
from embeddings.queries import current_projections
from embeddings.reduction.service import reduce_layer, up_to_date
from embeddings.reduction.sources import Source, Subset


def broken_maps() -> Iterator[Finding]:
    """Maps with rows that are no whole number of places, or without a row at all."""
    broken = [
        projection
        for projection in _current()
        if not projection.tracks.exists() or _broken_rows(projection).exists()
    ]
    yield from findings(
        "maps with broken coordinates",
        broken,
        "They are made anew, which takes its time.",
        partial(_make_anew, broken),
    )


def map_totals() -> Iterator[Finding]:
    """A track that is deleted takes its places with it."""
    for projection in _current():
        lengths = projection.tracks.aggregate(total=Sum(Length("coordinates")))
        segments = (lengths["total"] or 0) // (4 * projection.dimensions)
        if segments and segments != projection.segments:
            yield from findings(
                "map that says another number of segments than it has",
                [f"{projection}: {projection.segments} said, {segments} there"],
                "The number is corrected.",
                partial(Projection.objects.filter(pk=projection.pk).update, segments=segments),
            )


def stale_maps() -> Iterator[Finding]:
    """Maps of other segments than there are; those of nothing that is left are kept as they are."""
    stale = []
    for projection in _current():
        subset = Subset.from_dict(projection.subset)
        source = Source(projection.layer, subset)
        if subset.selection.unknown or not source.counts:
            continue
        if up_to_date(projection, source) is None:
            stale.append(projection)
    yield from findings(
        "maps of other segments than there are now", stale, "Run reduce_all, which makes them anew."
    )


def _current() -> QuerySet[Projection]:
    return current_projections().select_related("layer__model")


def _broken_rows(projection: Projection) -> QuerySet[ProjectionTrack]:
    place = 4 * projection.dimensions
    rows = projection.tracks.annotate(places=Length("coordinates"), trusts=Length("trust"))
    uneven = rows.annotate(rest=Mod(F("places"), place))
    return uneven.filter(
        Q(places=0) | ~Q(rest=0) | (Q(trusts__gt=0) & ~Q(places=F("trusts") * place))
    )


def _make_anew(projections: Iterable[Projection]) -> None:
    for projection in projections:
        reduce_layer(
            projection.layer,
            projection.method,
            projection.parameters,
            subset=Subset.from_dict(projection.subset),
            seed=projection.seed or 0,
            force=True,
            on_demand=projection.on_demand,
        )
