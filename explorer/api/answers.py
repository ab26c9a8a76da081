"""What several views answer alike: who asks, and the job that was begun."""

from django.contrib.auth.models import User
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from embeddings import jobs
from embeddings.models import Job
from explorer.api.work_serializers import JobSerializer


def person(request: Request) -> User | None:
    """Whose account asks; None where it is done without one."""
    return request.user if isinstance(request.user, User) else None


def accepted(job: Job) -> Response:
    """202 and the job, as it is shown."""
    shown = jobs.as_shown(Job.objects.filter(pk=job.pk)).get()
    return Response(JobSerializer(shown).data, status=status.HTTP_202_ACCEPTED)
