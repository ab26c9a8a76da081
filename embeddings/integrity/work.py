"""Work that says it goes on though its process died."""

from collections.abc import Iterator

from embeddings import jobs, locks
from embeddings.extraction.plan import live_claims
from embeddings.extraction.records import take_back_stale_claims
from embeddings.integrity.findings import Finding, findings
from embeddings.models import Extraction, Job, Projection
from embeddings.reduction.service import mark_interrupted


def dead_jobs() -> Iterator[Finding]:
    dead = Job.objects.filter(state=Job.State.RUNNING).exclude(pk__in=jobs.live_jobs())
    yield from findings(
        "jobs whose process died",
        list(dead),
        "They are marked as failed; try them again in the admin, or run their command again.",
        jobs.mark_interrupted,
    )


def dead_claims() -> Iterator[Finding]:
    running = Extraction.objects.filter(state=Extraction.State.RUNNING)
    dead = running.exclude(claim__in=live_claims()).select_related("track", "model")
    yield from findings(
        "extractions whose process died",
        [f"{row.track.path} by {row.model.name}" for row in dead],
        "They are given back; extract_all does them.",
        take_back_stale_claims,
    )


def dead_maps() -> Iterator[Finding]:
    running = Projection.objects.filter(state=Projection.State.RUNNING)
    dead = running.exclude(layer__in=locks.held(locks.Kind.REDUCTION)).select_related("layer")
    yield from findings(
        "maps whose process died",
        list(dead),
        "They are marked as failed; reduce_all makes them.",
        mark_interrupted,
    )
