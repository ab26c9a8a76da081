"""The sound of a question's parts, under addresses that do not tell which tracks they are of."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from explorer.api.errors import ApiError, answers_api_errors
from explorer.listening.models import Question
from explorer.media import clip_response


@answers_api_errors
@require_safe
def clip(request: HttpRequest, question: UUID, number: int) -> HttpResponseBase:
    """The reference (0) or a candidate (1 to 3), as FLAC."""
    found = Question.objects.filter(public_id=question).first()
    if found is None or number >= len(found.places):
        raise ApiError(HTTPStatus.NOT_FOUND, "not_found", "There is no such question.")
    place = found.places[number]
    return clip_response(
        request, place["track"], place["start"], place["end"], etag=f"{question}-{number}"
    )
