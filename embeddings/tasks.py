"""What the django-q2 worker runs: a job's number comes in, its kind says what to do.

Nothing is raised here: the broker would deliver a failed task again and again. What went wrong
and how often is in the job's row.
"""

import logging
from collections.abc import Callable
from typing import Any

from embeddings import jobs
from embeddings.models import Job
from embeddings.queries import chosen_layers
from musicexplore.progress import Cancelled

logger = logging.getLogger(__name__)

BATCH_SECONDS = 600  # then other queued jobs have their turn


def run_job(job_id: int) -> None:
    """Run a queued job, or one batch of it; does nothing for one deleted, ended or running."""
    if not jobs.claim(job_id):
        return
    job = Job.objects.get(pk=job_id)
    try:
        with jobs.followed(job_id, done=job.done, failures=job.failures) as progress:
            if job.attempts > jobs.MAX_ATTEMPTS:
                raise RuntimeError(f"Its process ended {jobs.MAX_ATTEMPTS} times; given up.")
            WORK[Job.Kind(job.kind)](job, progress)
    except Cancelled:
        logger.info("%s was cancelled", job)
    except Exception:
        logger.exception("%s failed", job)


def _extract(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.extraction.service import extract

    known = ("models", "tracks", "n_tracks", "workers", "precision", "backend", "force")
    request = _chosen(job, *known)
    # Batches each do what is still missing. What would be chosen anew each time goes in one.
    one_go = bool(request.get("force") or request.get("n_tracks"))
    summary = extract(**request, stop_after=None if one_go else BATCH_SECONDS, progress=progress)
    progress.unfinished = summary.remaining > 0 and not one_go


def _reduce(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.reduction.service import reduce_all

    known = ("layers", "methods", "parameters", "n_tracks", "seed", "force")
    summary = reduce_all(**_chosen(job, *known), progress=progress)
    if summary.failed:
        raise RuntimeError(" ".join(summary.failed))


def _project(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.reduction.on_demand import make

    projection = make(job.parameters, progress)
    Job.objects.filter(pk=job.pk).update(projection=projection)


def _index_vectors(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.vector_index import index_all

    index_all(**_chosen(job, "layers", "force"), progress=progress)


def _compare(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.comparison.service import compare

    layers = chosen_layers(job.parameters["layers"])
    comparison = compare(layers[0], layers[-1], progress=progress)
    Job.objects.filter(pk=job.pk).update(comparison=comparison)


def _listen(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.file_queries.service import listen

    listen(job.parameters["query"], job.parameters["model"], progress)


def sweep_file_queries() -> None:
    """What the worker does every few minutes (see `file_queries.sweeping`)."""
    from embeddings.file_queries.sweeping import sweep

    sweep()


def _find_duplicates(job: Job, progress: jobs.JobProgress) -> None:
    from embeddings.duplicates.service import find_duplicates

    request = _chosen(job, "layer", "force")
    # Looking at all of them again, each batch would begin anew: so it goes in one.
    stop_after = None if request.get("force") else BATCH_SECONDS
    summary = find_duplicates(**request, stop_after=stop_after, progress=progress)
    progress.unfinished = summary.remaining > 0


def _chosen(job: Job, *known: str) -> dict[str, Any]:
    """What was asked for, on the web or as a command's options."""
    return {name: job.parameters[name] for name in known if name in job.parameters}


# What other rooms do in the background they add when they are ready: `Job.Kind.QUESTIONS` is the
# explorer's.
WORK: dict[Job.Kind, Callable[[Job, jobs.JobProgress], None]] = {
    Job.Kind.EXTRACTION: _extract,
    Job.Kind.REDUCTION: _reduce,
    Job.Kind.PROJECTION: _project,
    Job.Kind.VECTOR_INDEX: _index_vectors,
    Job.Kind.COMPARISON: _compare,
    Job.Kind.FILE_QUERY: _listen,
    Job.Kind.DUPLICATES: _find_duplicates,
}
