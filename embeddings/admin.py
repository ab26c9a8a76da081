"""Networks, layers, what was extracted, maps and jobs, for curators.

Rows are made by services, never by hand: here they are looked at and switched, and work is started.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import F, IntegerField, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from embeddings import jobs
from embeddings.deletion import delete_layer, delete_model
from embeddings.extraction.plan import choose_models
from embeddings.models import (
    Comparison,
    ComparisonTrack,
    EmbeddingModel,
    Extraction,
    Job,
    Layer,
    Projection,
    ProjectionTrack,
)
from embeddings.registry import MODELS
from embeddings.storage import disk_bytes
from embeddings.times import duration
from embeddings.weights.store import weights_present
from tracks.admin import TrackAdmin
from tracks.models import Track

NAMED = 5  # files that a warning names


def acting_user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def start(request: HttpRequest, kind: Job.Kind, parameters: Mapping[str, Any]) -> None:
    """Queue a job, and say where to watch it."""
    job = jobs.enqueue(kind, parameters, acting_user(request))
    link = reverse("admin:embeddings_job_changelist")
    text = _('{} was queued; <a href="{}">its progress is among the jobs</a>.')
    messages.success(request, format_html(str(text), job, link))


def start_extraction(request: HttpRequest, models: Iterable[str]) -> None:
    """Queue the extraction of what these models lack, or say why none of them can be run."""
    runnable, left_out = choose_models([name for name in set(models) if name in MODELS])
    if runnable:
        start(request, Job.Kind.EXTRACTION, {"models": list(runnable)})
        return
    reasons = [f"{name}: {reason}." for name, reason in left_out.items()]
    text = _("None of these is a network that can be run here.")
    messages.warning(request, " ".join([str(text), *reasons]))


class StartsWork(admin.ModelAdmin):
    """Has actions that start work, marked by `permissions=["start"]`."""

    def has_start_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(jobs.START_WORK)


class ServiceRowsAdmin(StartsWork):
    """Rows that services make: nobody adds one here, and fields are for reading."""

    switches: tuple[str, ...] = ()  # fields that curators may change all the same
    show_full_result_count = False  # counting a large table twice takes long

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.switches) and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        names = [field.name for field in self.opts.fields if field.name not in self.switches]
        return [*names, *super().get_readonly_fields(request, obj)]


class ImportedOnlyDeletion(ServiceRowsAdmin):
    """The registry's rows would be made again at the next migration: they are switched off."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.is_imported(obj))

    def is_imported(self, row: Model) -> bool:
        raise NotImplementedError

    def delete_row(self, row: Any) -> None:
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_row(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_row(row)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[Any], list[str]]:
        """The rows themselves, and not each of the hundred thousands that go with them."""
        rows = list(objs)
        kept = [str(row) for row in rows if not self.is_imported(row)]
        return [str(row) for row in rows], {self.opts.verbose_name_plural: len(rows)}, set(), kept


@admin.register(EmbeddingModel)
class EmbeddingModelAdmin(ImportedOnlyDeletion):
    list_display = ["name", "display_name", "weights", "licence", "imported", "enabled"]
    list_editable = ["enabled"]
    list_filter = ["enabled", "imported", "dataset", "architecture"]
    search_fields = ["name", "display_name", "description"]
    switches = ("enabled",)
    actions = ["extract"]

    def is_imported(self, row: Model) -> bool:
        return isinstance(row, EmbeddingModel) and row.imported

    def delete_row(self, row: EmbeddingModel) -> None:
        delete_model(row)

    @admin.display(description=_("weights"), boolean=True)
    def weights(self, model: EmbeddingModel) -> bool | None:
        return None if model.imported else model.name in weights_present()

    @admin.action(description=_("Extract what is missing"), permissions=["start"])
    def extract(self, request: HttpRequest, models: QuerySet[EmbeddingModel]) -> None:
        start_extraction(request, models.values_list("name", flat=True))


@admin.register(Layer)
class LayerAdmin(ImportedOnlyDeletion):
    list_display = ["name", "display_name", "kind", "size", "segments", "on_disk", "enabled"]
    list_editable = ["enabled"]
    list_filter = ["enabled", "kind", "model"]
    list_select_related = ["model"]
    search_fields = ["name", "display_name", "description"]
    readonly_fields = ["segments", "on_disk"]
    switches = ("enabled",)
    actions = ["extract", "make_maps", "index"]

    def is_imported(self, row: Model) -> bool:
        return isinstance(row, Layer) and row.model.imported

    def delete_row(self, row: Layer) -> None:
        delete_layer(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Layer]:
        counts = (
            Extraction.objects.filter(model=OuterRef("model"))
            .order_by()
            .values("model")
            .annotate(count=Sum("segments"))
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                segment_count=Coalesce(
                    Subquery(counts.values("count"), output_field=IntegerField()), 0
                ),
                bytes_on_disk=disk_bytes(F("pk")),
            )
        )

    @admin.display(description=_("segments"), ordering="segment_count")
    def segments(self, layer: Any) -> str:
        return f"{layer.segment_count:,}"

    @admin.display(description=_("size on disk"), ordering="bytes_on_disk")
    def on_disk(self, layer: Any) -> str:
        return filesizeformat(layer.bytes_on_disk)

    @admin.action(description=_("Extract what is missing"), permissions=["start"])
    def extract(self, request: HttpRequest, layers: QuerySet[Layer]) -> None:
        start_extraction(request, layers.values_list("model__name", flat=True))

    @admin.action(description=_("Make maps that are missing"), permissions=["start"])
    def make_maps(self, request: HttpRequest, layers: QuerySet[Layer]) -> None:
        start(request, Job.Kind.REDUCTION, {"layers": list(layers.values_list("name", flat=True))})

    @admin.action(description=_("Index for search"), permissions=["start"])
    def index(self, request: HttpRequest, layers: QuerySet[Layer]) -> None:
        names = list(layers.values_list("name", flat=True))
        start(request, Job.Kind.VECTOR_INDEX, {"layers": names})


@admin.register(Extraction)
class ExtractionAdmin(ServiceRowsAdmin):
    list_display = [
        "track", "model", "state", "reason", "attempts", "segments", "padded", "precision",
        "seconds", "finished_at",
    ]  # fmt: skip
    list_filter = ["state", "model", "padded", "backend", "precision"]
    list_select_related = ["track", "model"]
    search_fields = ["track__title", "track__path", "reason"]
    ordering = ["-finished_at", "-pk"]
    actions = ["try_again"]

    @admin.action(description=_("Try again"), permissions=["start"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Extraction]) -> None:
        rows = rows.filter(state__in=[Extraction.State.FAILED, Extraction.State.SKIPPED])
        # Extraction passes over what cannot be played: only indexing looks at such files again.
        bad = rows.exclude(track__state=Track.State.PRESENT).order_by("track__path")
        unplayable = list(bad.values_list("track__path", flat=True).distinct())
        rows = rows.filter(track__state=Track.State.PRESENT)
        # A job for each model, lest a track be tried with models that failed for another alone.
        tracks: dict[str, list[int]] = {}
        for track, model in rows.order_by("track").values_list("track", "model__name"):
            tracks.setdefault(model, []).append(track)
        if unplayable:
            text = _("These files cannot be read or are not there: {}. Repair them, then index.")
            named = ", ".join(unplayable[:NAMED]) + (", …" if len(unplayable) > NAMED else "")
            messages.warning(request, str(text).format(named))
        elif not tracks:
            messages.warning(request, _("None of these has failed or was skipped."))
        rows.update(state=Extraction.State.PENDING, attempts=0)
        for model, chosen in sorted(tracks.items()):
            start(request, Job.Kind.EXTRACTION, {"tracks": chosen, "models": [model]})


@admin.register(Projection)
class ProjectionAdmin(ServiceRowsAdmin):
    list_display = [
        "layer", "method", "version", "state", "segments", "trustworthiness", "neighbours_kept",
        "repeatable", "seconds", "finished_at",
    ]  # fmt: skip
    list_filter = ["state", "method", "on_demand", "repeatable", "layer"]
    list_select_related = ["layer"]
    search_fields = ["layer__name", "reason"]


@admin.register(ProjectionTrack)
class ProjectionTrackAdmin(ServiceRowsAdmin):
    list_display = ["track", "projection"]
    fields = ["track", "projection"]  # the arrays themselves say nothing to a reader
    list_filter = ["projection__method", "projection__layer"]
    list_select_related = ["track", "projection__layer"]
    search_fields = ["track__title", "track__path"]
    ordering = ["pk"]


@admin.register(Comparison)
class ComparisonAdmin(ServiceRowsAdmin):
    list_display = ["layer", "other", "mean", "segments", "measured", "seconds", "created_at"]
    list_filter = ["layer", "other"]
    list_select_related = ["layer", "other"]
    search_fields = ["layer__name", "other__name"]


@admin.register(ComparisonTrack)
class ComparisonTrackAdmin(ServiceRowsAdmin):
    list_display = ["track", "comparison", "mean", "measured"]
    fields = ["track", "comparison", "mean", "measured"]  # the arrays say nothing to a reader
    list_filter = ["comparison__layer", "comparison__other"]
    list_select_related = ["track", "comparison__layer", "comparison__other"]
    search_fields = ["track__title", "track__path"]
    ordering = ["-mean", "pk"]


@admin.register(Job)
class JobAdmin(ServiceRowsAdmin):
    list_display = [
        "__str__", "state", "progress", "time_left", "failures", "message", "created_by",
        "created_at",
    ]  # fmt: skip
    list_filter = ["state", "kind"]
    list_select_related = ["created_by"]
    search_fields = ["message", "kind"]
    readonly_fields = ["progress", "time_left"]
    actions = ["cancel", "try_again"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        jobs.mark_interrupted()  # so that no dead job looks alive
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("progress"))
    def progress(self, job: Job) -> str:
        done = jobs.fraction(job)
        if done is None:
            return "–"
        return format_html(
            '<progress value="{}" max="1"></progress> {}%', f"{done:.3f}", round(100 * done)
        )

    @admin.display(description=_("time left"))
    def time_left(self, job: Job) -> str:
        seconds = jobs.seconds_left(job)
        return "–" if seconds is None else duration(seconds)

    @admin.action(description=_("Cancel"), permissions=["start"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        for job in chosen:
            jobs.request_cancel(job)
        messages.success(request, _("They stop as soon as their work looks up."))

    @admin.action(description=_("Try again"), permissions=["start"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        queued = sum(jobs.retry(job, acting_user(request)) for job in chosen)
        if queued:
            messages.success(request, _("{} queued again.").format(queued))
        if queued < len(chosen):
            text = _(
                "Jobs that have not ended badly are left alone; so are those that index audio or "
                "read metadata: run their command again."
            )
            messages.warning(request, text)


# Tracks know nothing of extraction, so that their page gets its action here.
admin.site.unregister(Track)


@admin.register(Track)
class TrackWithWorkAdmin(StartsWork, TrackAdmin):
    actions = ["extract"]

    @admin.action(description=_("Extract what is missing"), permissions=["start"])
    def extract(self, request: HttpRequest, tracks: QuerySet[Track]) -> None:
        start(request, Job.Kind.EXTRACTION, {"tracks": list(tracks.values_list("pk", flat=True))})
