"""Compares what belongs together in a library, and repairs it on request.

Nothing is deleted that cannot be made again from what is there. Each check is a function that
yields findings; whether a repair worked is what the same check says afterwards.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import DatabaseError

from embeddings.integrity import files, leftovers, maps, vectors, work
from embeddings.integrity.findings import Finding
from embeddings.reduction.service import ReductionError
from musicexplore.progress import Progress

Check = Callable[[], Iterable[Finding]]

# In this order: a repair changes only what later checks look at.
CHECKS: dict[str, Check] = {
    "jobs": work.dead_jobs,
    "claims": work.dead_claims,
    "interrupted maps": work.dead_maps,
    "music folder": files.music_folder,
    "files": files.track_files,
    "credits": files.credits,
    "weights": vectors.weights,
    "tables": vectors.tables,
    "broken vectors": vectors.broken_vectors,
    "extractions": vectors.done_without_vectors,
    "imports": vectors.imports_without_vectors,
    "vectors": vectors.vectors_without_row,
    "averages": vectors.averages,
    "search indexes": vectors.search_indexes,
    "coordinates": maps.broken_maps,
    "totals of maps": maps.map_totals,
    "maps": maps.stale_maps,
    "covers": leftovers.missing_covers,
    "stray covers": leftovers.stray_covers,
    "file queries": leftovers.stray_query_files,
    "unfinished files": leftovers.unfinished_files,
}


@dataclass
class Report:
    """What was found, and what of it is left."""

    found: list[tuple[str, Finding]] = field(default_factory=list)  # with its check's name
    left: list[tuple[str, Finding]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # of repairs, a sentence each

    def is_left(self, check: str, finding: Finding) -> bool:
        return any((check, finding.problem) == (name, left.problem) for name, left in self.left)


def check_library(
    *,
    repair: bool = False,
    checks: Iterable[str] = CHECKS,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> Report:
    """Run the checks of these names; with `repair`, repair what can be, and look again."""
    report = Report()
    chosen = list(checks)
    progress.start(len(chosen), "checks")
    for name in chosen:
        progress.advance(0, message=name)
        found = list(CHECKS[name]())
        report.found += [(name, finding) for finding in found]
        if repair and _repair(found, report):
            found = list(CHECKS[name]())
        report.left += [(name, finding) for finding in found]
        progress.advance()
    progress.finish()
    return report


def _repair(found: list[Finding], report: Report) -> bool:
    """Whether anything could be tried."""
    repairs = [finding for finding in found if finding.repair]
    for finding in repairs:
        assert finding.repair is not None
        try:
            finding.repair()
        except (OSError, DatabaseError, ValueError, ReductionError) as error:
            report.errors.append(f"The repair of {finding.count} {finding.problem} failed: {error}")
    return bool(repairs)
