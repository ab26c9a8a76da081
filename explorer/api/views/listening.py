"""The listening test: questions to practise on, sets of them, and what raters answer."""

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from embeddings.similarity.questions import TooFewError
from explorer.api import listening_examples as examples
from explorer.api.answers import person
from explorer.api.error_schema import refused
from explorer.api.errors import Conflict
from explorer.api.listening_examples import sent, told
from explorer.api.listening_serializers import (
    AnswerSerializer,
    ComparedSerializer,
    CsvParameters,
    FeedbackSerializer,
    NewSetSerializer,
    NextParameters,
    NextSerializer,
    QuestionSerializer,
    SetAnswerSerializer,
    SetSerializer,
    StandingSerializer,
    SummarySerializer,
)
from explorer.api.parameters import checked
from explorer.api.permissions import MayAsk, OnlyWorkers
from explorer.api.views.playlists import AnyAnswer, chunks
from explorer.listening.asking import OutOfTurnError, answer_in_set, answer_practice
from explorer.listening.drawing import practice_question
from explorer.listening.models import Question, QuestionSet, Strategy
from explorer.listening.results import csv_lines, summary
from explorer.listening.sets import create_set
from explorer.listening.showing import feedback, shown_question, standing

CSV = {(200, "text/csv"): OpenApiTypes.STR}


class ListeningThrottle(SimpleRateThrottle):
    """So many questions and answers from one address: a whole class behind it can listen."""

    scope = "listening"
    rate = "300/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        values = {"scope": self.scope, "ident": self.get_ident(request)}
        return self.cache_format % values


class PracticeView(APIView):
    """A question to practise on. Whoever may look may listen and answer."""

    permission_classes = [MayAsk]
    throttle_classes = [ListeningThrottle]

    @extend_schema(
        request=ComparedSerializer,
        responses={201: QuestionSerializer, 409: refused("None can be made: the reason.")},
        examples=[sent(examples.COMPARED), told(examples.ASKED, 201)],
    )
    def post(self, request: Request) -> Response:
        """A new question; 409 where none can be made, with the reason."""
        wanted = ComparedSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        chosen = wanted.validated_data
        strategy = Strategy(chosen["strategy"])
        try:
            question = practice_question(chosen["layer"], chosen["other_layer"], strategy)
        except TooFewError as error:
            raise Conflict(str(error)) from error
        answer = QuestionSerializer(shown_question(question)).data
        return Response(answer, status=status.HTTP_201_CREATED)


class PracticeAnswersView(APIView):
    """Answers to a practice question."""

    permission_classes = [MayAsk]
    throttle_classes = [ListeningThrottle]

    @extend_schema(
        request=AnswerSerializer,
        responses={201: FeedbackSerializer},
        examples=[sent(examples.ANSWER), told(examples.FEEDBACK, 201)],
    )
    def post(self, request: Request, question: UUID) -> Response:
        """Keeps an answer, and says what the network finds. Sent twice, the first one stands."""
        found = get_object_or_404(Question, public_id=question, set=None)
        wanted = AnswerSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        answer = answer_practice(found, **_answered(wanted.validated_data))
        verdict = FeedbackSerializer(feedback(answer)).data
        return Response(verdict, status=status.HTTP_201_CREATED)


@extend_schema_view(
    list=extend_schema(
        description="Sets of questions, newest first.", examples=[told(examples.SET)]
    ),
    retrieve=extend_schema(description="One set.", examples=[told(examples.SET)]),
    partial_update=extend_schema(
        description="Changes the name, the text, or whether it takes answers.",
        examples=[sent({"open": False}), told({**examples.SET, "open": False})],
    ),
    destroy=extend_schema(description="Deletes a set with its questions and answers."),
)
class SetViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[QuestionSet],
):
    """Fixed sets of questions, for those who run them: newest first."""

    permission_classes = [OnlyWorkers]
    serializer_class = SetSerializer
    filter_backends: list[Any] = []
    lookup_field = "slug"
    lookup_value_converter = "slug"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[QuestionSet]:
        return QuestionSet.objects.annotate(
            raters=Count("questions__answers__rater", distinct=True),
            answers=Count("questions__answers"),
        ).order_by("-created_at", "-pk")

    @extend_schema(
        request=NewSetSerializer,
        responses={202: SetSerializer},
        examples=[sent(examples.NEW_SET), told({**examples.SET, "made": False}, 202)],
    )
    def create(self, request: Request) -> Response:
        """Makes a set, whose questions a job then draws: `made` says when they are there."""
        wanted = NewSetSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        question_set = wanted.create(dict(wanted.validated_data))
        create_set(question_set, person(request))
        shown = self.get_queryset().get(pk=question_set.pk)
        return Response(self.get_serializer(shown).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        parameters=[NextParameters],
        responses=NextSerializer,
        examples=[told(examples.NEXT)],
    )
    @action(
        detail=True,
        permission_classes=[MayAsk],
        throttle_classes=[ListeningThrottle],
        pagination_class=None,
    )
    def next(self, request: Request, slug: str) -> Response:
        """What a rater is asked next, for whoever has the link."""
        wanted = checked(NextParameters, request.query_params)
        found = get_object_or_404(QuestionSet, slug=slug)
        return Response(NextSerializer(standing(found, wanted["rater"])).data)

    @extend_schema(
        request=SetAnswerSerializer,
        responses={
            201: StandingSerializer,
            409: refused("It is not its turn, or the set is closed."),
        },
        examples=[sent({**examples.ANSWER, "place": 5}), told(examples.STANDING, 201)],
    )
    @action(
        detail=True,
        methods=["post"],
        permission_classes=[MayAsk],
        throttle_classes=[ListeningThrottle],
    )
    def answers(self, request: Request, slug: str) -> Response:
        """Keeps an answer, and tells nothing of it. Sent twice, the first one stands; 409 for
        one that is not its turn, and where the set is closed.
        """
        found = get_object_or_404(QuestionSet, slug=slug, made_at__isnull=False)
        wanted = SetAnswerSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        try:
            answer_in_set(found, given["rater"], given["place"], **_given(given))
        except OutOfTurnError as error:
            raise Conflict(str(error)) from error
        progress = StandingSerializer(standing(found, given["rater"])).data
        return Response(progress, status=status.HTTP_201_CREATED)

    @extend_schema(responses=SummarySerializer, examples=[told(examples.SUMMARY)])
    @action(detail=True, pagination_class=None)
    def results(self, request: Request, slug: str) -> Response:
        """How many answered, and what it tells."""
        found = get_object_or_404(QuestionSet, slug=slug)
        return Response(SummarySerializer(summary(found)).data)

    def get_serializer_class(self) -> type[BaseSerializer[QuestionSet]]:
        return SetSerializer


class AnswersView(APIView):
    """Every answer to a set, or to practice questions, for those who run the test."""

    permission_classes = [OnlyWorkers]
    content_negotiation_class = AnyAnswer

    @extend_schema(parameters=[CsvParameters], responses=CSV)
    def get(self, request: Request) -> HttpResponseBase:
        """As CSV, oldest first."""
        question_set = checked(CsvParameters, request.query_params).get("set")
        name = question_set.slug if question_set else "practice"
        response = StreamingHttpResponse(
            chunks(csv_lines(question_set)), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="listening-{name}.csv"'
        response["Cache-Control"] = "private, no-cache"
        return response


def _given(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("choice", "seconds")}


def _answered(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("rater", "choice", "seconds")}
