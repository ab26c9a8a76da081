"""What was given for an hour is gone after an hour, whichever process died meanwhile.

An expired row is not answered from its second on. Rows and files are removed whenever a file
arrives, when the site starts, and by the worker every few minutes; files without a row, as a
process leaves them that is killed while one arrives, by their age.
"""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from embeddings import jobs
from embeddings.file_queries import place
from embeddings.models import FileQuery, Job, Upload

logger = logging.getLogger(__name__)

LIFETIME = timedelta(hours=1)
EVERY_MINUTES = 5
SCHEDULE = "file queries"
TASK = "embeddings.tasks.sweep_file_queries"


def sweep() -> int:
    """Remove what has expired; returns how many files somebody had given."""
    now = timezone.now()
    Upload.objects.filter(at__lte=now - LIFETIME).delete()
    expired = list(FileQuery.objects.filter(expires_at__lte=now))
    for query in expired:
        remove(query)
    _remove_strays()
    return len(expired)


def remove(query: FileQuery) -> None:
    """Forget a file with all that was heard in it; a job that listens to it is stopped."""
    for job in Job.objects.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING),
        kind=Job.Kind.FILE_QUERY,
        parameters__query=query.pk,
    ):
        jobs.request_cancel(job)
    # Files first: a row without files is removed by the next sweep, files without a row later.
    for path in (place.original(query), place.copy(query)):
        path.unlink(missing_ok=True)
    query.delete()


def schedule() -> None:
    """Have the worker sweep from time to time; once, however often it is asked."""
    from django_q.models import Schedule

    Schedule.objects.update_or_create(
        name=SCHEDULE,
        defaults={
            "func": TASK,
            "schedule_type": Schedule.MINUTES,
            "minutes": EVERY_MINUTES,
            "repeats": -1,
            "next_run": timezone.now(),
            "cluster": None,
        },
    )


def strays() -> list[Path]:
    """Files without a row, old enough to be nobody's: a younger one's row may be written now."""
    known = set(FileQuery.objects.values_list("stem", flat=True))
    youngest = time.time() - LIFETIME.total_seconds()
    found = []
    for path in place.folder().iterdir():
        if path.name.partition(".")[0] in known:
            continue
        with suppress(FileNotFoundError):  # another process sweeps as well
            if path.stat().st_mtime <= youngest:
                found.append(path)
    return found


def _remove_strays() -> None:
    for path in strays():
        path.unlink(missing_ok=True)
        logger.info("Removed a file that nobody asks about any more")
