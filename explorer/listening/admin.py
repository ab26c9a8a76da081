"""The listening test for those who run it: sets with their results, and answers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from embeddings.admin import acting_user
from embeddings.models import Extraction, Layer
from embeddings.similarity.agreement import Estimate
from explorer.listening.asking import repeat_count
from explorer.listening.models import Answer, Question, QuestionSet, Strategy
from explorer.listening.results import Summary, summary
from explorer.listening.sets import create_set

AFTERWARDS = ("name", "description", "open")  # all that can be changed once a set is made


class QuestionSetForm(forms.ModelForm):
    """Offers the layers by which tracks were heard."""

    class Meta:
        model = QuestionSet
        fields = "__all__"  # noqa: DJ007 (the admin names them)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heard = Extraction.objects.filter(state=Extraction.State.DONE)
        layers = Layer.objects.filter(model__in=heard.values("model")).order_by("name")
        names = layers.values_list("name", "name")
        for name in ("layer", "other_layer"):
            if name in self.fields:
                empty = [("", "---------")]
                self.fields[name].widget = forms.Select(choices=[*empty, *names])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "strategy" not in values:  # of a set that is made: nothing of it is in the form
            return values
        if values["strategy"] != Strategy.MODELS:
            values["other_layer"] = ""
        elif values.get("other_layer") in ("", values.get("layer")):
            raise ValidationError({"other_layer": _("This strategy compares two layers.")})
        return values


@admin.register(QuestionSet)
class QuestionSetAdmin(admin.ModelAdmin):
    """Sets are made once; then their name, their text and whether they are open can change."""

    form = QuestionSetForm
    list_display = ["name", "strategy", "layer", "size", "made", "open", "raters", "to_results"]
    list_filter = ["open", "strategy", "layer"]
    search_fields = ["name", "slug", "description"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionSet]:
        raters = Count("questions__answers__rater", distinct=True)
        return super().get_queryset(request).annotate(rater_count=raters)

    def get_fields(self, request: HttpRequest, obj: QuestionSet | None = None) -> list[Any]:
        chosen = [
            "name", "slug", "description", "layer", "other_layer", "strategy", "size", "repeats",
            "seed", "open",
        ]  # fmt: skip
        return [*chosen, "made", "link", "to_results", "to_csv"] if obj else chosen

    def get_readonly_fields(
        self, request: HttpRequest, obj: QuestionSet | None = None
    ) -> list[str]:
        fields = self.get_fields(request, obj)
        return [name for name in fields if name not in AFTERWARDS] if obj else []

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: QuestionSet | None = None
    ) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def save_model(
        self, request: HttpRequest, obj: QuestionSet, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        create_set(obj, acting_user(request))
        link = reverse("admin:embeddings_job_changelist")
        text = _('Its questions are being drawn; <a href="{}">progress is among the jobs</a>.')
        messages.info(request, format_html(str(text), link))

    def get_urls(self) -> list[URLPattern]:
        results = path(
            "<int:pk>/results/",
            self.admin_site.admin_view(self.results),
            name="explorer_questionset_results",
        )
        return [results, *super().get_urls()]

    def results(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many answered, and what it tells."""
        question_set = get_object_or_404(QuestionSet, pk=pk)
        if not self.has_view_permission(request, question_set):
            raise PermissionDenied
        found = summary(question_set)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Results"),
            "subtitle": str(question_set),
            "opts": self.opts,
            "set": question_set,
            "found": found,
            "in_all": question_set.size + repeat_count(question_set),
            "rows": rows(question_set, found),
            "csv": csv_address(question_set),
        }
        return TemplateResponse(request, "admin/explorer/questionset/results.html", context)

    @admin.display(description=_("made"), boolean=True)
    def made(self, question_set: QuestionSet) -> bool:
        return question_set.made_at is not None

    @admin.display(description=_("raters"), ordering="rater_count")
    def raters(self, question_set: Any) -> int:
        return question_set.rater_count

    @admin.display(description=_("link for raters"))
    def link(self, question_set: QuestionSet) -> str:
        address = f"{reverse('similarity')}?set={question_set.slug}"
        return format_html('<a href="{0}">{0}</a>', address)

    @admin.display(description=_("results"))
    def to_results(self, question_set: QuestionSet) -> str:
        address = reverse("admin:explorer_questionset_results", args=[question_set.pk])
        return format_html('<a href="{}">{}</a>', address, _("Results"))

    @admin.display(description=_("answers"))
    def to_csv(self, question_set: QuestionSet) -> str:
        return format_html('<a href="{}">{}</a>', csv_address(question_set), _("as CSV"))


@admin.register(Answer)
class AnswerAdmin(admin.ModelAdmin):
    """Looked at and deleted, never changed: search by a rater's number to delete what they gave."""

    list_display = [
        "rater", "in_set", "place", "repeated", "choice", "role", "agrees", "seconds", "layer",
        "created_at",
    ]  # fmt: skip
    list_filter = ["question__set", "repeated", "feedback", "question__strategy", "question__layer"]
    list_select_related = ["question__set"]
    list_per_page = 100
    search_fields = ["rater"]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("set"), ordering="question__set")
    def in_set(self, answer: Answer) -> str:
        question: Question = answer.question
        return str(question.set) if question.set else str(_("practice"))

    @admin.display(description=_("chose"))
    def role(self, answer: Answer) -> str:
        return answer.role

    @admin.display(description=_("agrees"), boolean=True)
    def agrees(self, answer: Answer) -> bool:
        return answer.agrees

    @admin.display(description=_("layer"), ordering="question__layer")
    def layer(self, answer: Answer) -> str:
        return answer.question.layer


def rows(question_set: QuestionSet, found: Summary) -> list[tuple[str, str, str, str]]:
    """What is measured, its value, its interval and what chance would bring."""
    told = found.results
    one = question_set.layer
    table = [
        _row(_("Krippendorff's alpha between raters, on roles"), told.alpha, "0", share=False),
        _row(_("Agreement with {}").format(one), told.agreement, _percent(told.chance)),
    ]
    if told.agreement_other and told.lead:
        other = question_set.other_layer
        table += [
            _row(_("Agreement with {}").format(other), told.agreement_other, _percent(told.chance)),
            _row(_("Lead of {} over {}").format(one, other), told.lead, "0%"),
        ]
    table += [
        _row(_("Chose: {}").format(role), estimate, _percent(told.roles_by_chance[role]))
        for role, estimate in told.roles.items()
    ]
    return [
        *table,
        _row(_("Chose: none of them"), told.none, ""),
        _row(_("Repeats answered as before"), told.repeats, _percent(told.repeats_by_chance)),
    ]


def csv_address(question_set: QuestionSet) -> str:
    return f"{reverse('listening-answers')}?set={question_set.slug}"


def _row(
    name: Any, estimate: Estimate, chance: str, *, share: bool = True
) -> tuple[str, str, str, str]:
    def written(value: float) -> str:
        return _percent(value) if share else f"{value:.2f}"

    if estimate.value is None:
        return str(name), "–", "", chance
    known = estimate.low is not None and estimate.high is not None
    interval = f"{written(estimate.low)} to {written(estimate.high)}" if known else ""  # type: ignore[arg-type]
    return str(name), written(estimate.value), interval, chance


def _percent(value: float) -> str:
    return f"{100 * value:.0f}%"
