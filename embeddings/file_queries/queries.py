"""What is known of a file that somebody searches by, while it lives."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from embeddings.jobs import as_shown
from embeddings.models import EmbeddingModel, FileQuery, FileQueryVectors, Job, Layer


@dataclass(frozen=True)
class Heard:
    """What a layer heard in a file: each time from so many seconds on, the first from 0."""

    offsets: list[float]  # seconds
    hearings: list[NDArray[np.float32]]  # (segments, size) each

    @property
    def vectors(self) -> NDArray[np.float32]:
        """From the beginning: one for each segment of the file."""
        return self.hearings[0]


def living() -> QuerySet[FileQuery]:
    """Files that have not expired, whether they are swept yet or not."""
    return FileQuery.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def heard(query: FileQuery, layer: Layer) -> Heard:
    """Raises `FileQueryVectors.DoesNotExist` where the layer's network has not heard it."""
    rows = list(
        FileQueryVectors.objects.filter(query=query, layer=layer)
        .order_by("offset")
        .values_list("offset", "vectors")
    )
    if not rows:
        raise FileQueryVectors.DoesNotExist
    return Heard(
        offsets=[offset for offset, _ in rows],
        hearings=[
            np.frombuffer(vectors, "<f2").reshape(-1, layer.size).astype(np.float32)
            for _, vectors in rows
        ],
    )


def levels(query: FileQuery) -> NDArray[np.float32]:
    """(2, cells): peak and root mean square over time; no cells until it was heard."""
    return np.frombuffer(query.levels, "<f4").reshape(2, -1)


def models_that_heard(query: FileQuery) -> list[EmbeddingModel]:
    vectors = FileQueryVectors.objects.filter(query=query)
    return list(EmbeddingModel.objects.filter(pk__in=vectors.values("layer__model")))


def jobs_of(query: FileQuery) -> list[Job]:
    """As `jobs.as_shown`, the newest of each network, ended or not."""
    found = as_shown(Job.objects.filter(kind=Job.Kind.FILE_QUERY, parameters__query=query.pk))
    newest: dict[str, Job] = {}
    for job in found.order_by("-pk"):
        newest.setdefault(job.parameters["model"], job)
    return list(newest.values())
