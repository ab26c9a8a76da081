from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from embeddings.jobs import JobProgress
    from embeddings.models import Job


class ExplorerConfig(AppConfig):
    name = "explorer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from embeddings import tasks
        from embeddings.models import Job
        from explorer.groups import after_migrate

        post_migrate.connect(after_migrate, sender=self)
        tasks.WORK[Job.Kind.QUESTIONS] = _make_questions


def _make_questions(job: "Job", progress: "JobProgress") -> None:
    from explorer.listening.drawing import make_set

    make_set(job, progress)
