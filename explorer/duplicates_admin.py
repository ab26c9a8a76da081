"""Where curators review what may be duplicates: by group, with both to be heard at the same moment.

Here rather than with the other tables of embeddings, for it leads to pages and sounds.
"""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from embeddings.admin import ServiceRowsAdmin, acting_user, start
from embeddings.duplicates.models import DuplicateGroup, DuplicatePair
from embeddings.duplicates.queries import OPEN, described_pairs, groups_to_review
from embeddings.duplicates.review import CHANGE_PAIRS, decide
from embeddings.models import Job
from explorer.facts import clock, title
from tracks.models import Track

Decision = DuplicatePair.Decision
LINE = SafeString("<br>")  # between lines of a cell
NAMED = 4  # tracks of a group in the list
INLINE_PAIRS = 150  # a form of more fields is refused (DATA_UPLOAD_MAX_NUMBER_FIELDS)
HEARD_SECONDS = 20.0  # of each track


def record(request: HttpRequest, pairs: QuerySet[DuplicatePair], decision: str) -> None:
    """Take down what the curator says, with an entry in each pair's history."""
    changed = decide(pairs, decision, acting_user(request))
    label = Decision(decision).label
    if changed:
        LogEntry.objects.log_actions(
            user_id=cast(int, request.user.pk),
            queryset=changed,
            action_flag=CHANGE,
            change_message=f"Decided: {label}.",
        )
    text = _("{} pairs are now “{}”. No track was changed.")
    messages.success(request, str(text).format(len(changed), label))


class Decides(ServiceRowsAdmin):
    """Has the actions by which chosen rows are decided."""

    actions = ["same", "different", "later"]

    def pairs_of(self, chosen: QuerySet[Any]) -> QuerySet[DuplicatePair]:
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(CHANGE_PAIRS)

    @admin.action(description=_("The same recording"), permissions=["change"])
    def same(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        record(request, self.pairs_of(chosen), Decision.SAME)

    @admin.action(description=_("Different recordings"), permissions=["change"])
    def different(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        record(request, self.pairs_of(chosen), Decision.DIFFERENT)

    @admin.action(description=_("Decide later"), permissions=["change"])
    def later(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        record(request, self.pairs_of(chosen), Decision.LATER)


class PairColumns:
    """What a pair says of itself, in lists and forms."""

    @admin.display(description=_("tracks"))
    def both(self, pair: DuplicatePair) -> SafeString:
        return format_html("{}<br>{}", _about(pair.first), _about(pair.second))

    @admin.display(description=_("evidence"), ordering="correlation")
    def evidence(self, pair: DuplicatePair) -> SafeString:
        return format_html_join(LINE, "{}", ((line,) for line in _reasons(pair)))

    @admin.display(description=_("the same moment of both"))
    def sounds(self, pair: DuplicatePair) -> SafeString:
        later = max(pair.offset, 0.0) + pair.overlap / 4
        parts = [_sound(pair.first, later, pair), _sound(pair.second, later - pair.offset, pair)]
        return format_html('<div class="duplicate-sounds">{}{}</div>', *parts)


class PairInline(PairColumns, admin.TabularInline):
    model = DuplicatePair
    fields = ["both", "evidence", "sounds", "decision"]
    readonly_fields = ["both", "evidence", "sounds"]
    extra = 0
    can_delete = False
    verbose_name_plural = _("pairs")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[DuplicatePair]:
        return described_pairs()


class DecisionFilter(admin.SimpleListFilter):
    """Groups with a pair of this decision."""

    title = _("decision")
    parameter_name = field = "decision"
    choices_of: Any = DuplicatePair.Decision

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (value, str(label)) for value, label in self.choices_of.choices if value != "different"
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        pairs = DuplicatePair.objects.filter(group=OuterRef("pk"), **{self.field: self.value()})
        return queryset.filter(Exists(pairs))


class KindFilter(DecisionFilter):
    title = _("kind")
    parameter_name = field = "kind"
    choices_of = DuplicatePair.Kind


@admin.register(DuplicateGroup)
class DuplicateGroupAdmin(Decides):
    """What is open comes first. An action decides a group's open pairs, its page single ones."""

    list_display = ["__str__", "tracks", "kinds", "pairs", "still_open"]
    list_filter = [DecisionFilter, KindFilter]
    list_per_page = 50
    search_fields = [
        "pairs__first__title", "pairs__first__path", "pairs__second__title", "pairs__second__path",
    ]  # fmt: skip
    inlines = [PairInline]
    fields = ["all_pairs"]
    change_list_template = "admin/duplicate_groups.html"

    class Media:
        css = {"all": ["css/duplicates.css"]}
        js = [Script("js/duplicates.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DuplicateGroup]:
        still_open = DuplicatePair.objects.filter(group=OuterRef("pk"), decision__in=OPEN)
        return groups_to_review().annotate(is_open=Exists(still_open)).order_by("-is_open", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["all_pairs"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        small = obj is None or obj.pairs.count() <= INLINE_PAIRS
        return self.inlines if small else []

    def get_urls(self) -> list[Any]:
        search = self.admin_site.admin_view(require_POST(self.search))
        return [path("search/", search, name="embeddings_duplicates_search"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_start = {"has_start_permission": self.has_start_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **may_start})

    def search(self, request: HttpRequest) -> HttpResponse:
        """Start looking for duplicates."""
        if not self.has_start_permission(request):
            raise PermissionDenied
        start(request, Job.Kind.DUPLICATES, {})
        return HttpResponseRedirect(reverse("admin:embeddings_duplicategroup_changelist"))

    def pairs_of(self, chosen: QuerySet[Any]) -> QuerySet[DuplicatePair]:
        numbers = list(chosen.values_list("pk", flat=True))
        return DuplicatePair.objects.filter(group__in=numbers, decision__in=OPEN)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # so that the group's history names what was changed
        for pair, _fields in formset.changed_objects:
            record(request, DuplicatePair.objects.filter(pk=pair.pk), pair.decision)

    @admin.display(description=_("tracks"))
    def tracks(self, group: DuplicateGroup) -> SafeString:
        found = {each.pk: each for pair in group.pairs.all() for each in (pair.first, pair.second)}
        rows = [(_about(track),) for track in list(found.values())[:NAMED]]
        if len(found) > NAMED:
            rows.append((format_html("and {} more", len(found) - NAMED),))
        return format_html_join(LINE, "{}", rows)

    @admin.display(description=_("pairs"))
    def all_pairs(self, group: DuplicateGroup) -> SafeString:
        address = reverse("admin:embeddings_duplicatepair_changelist")
        return format_html(
            '<a href="{}?group__id__exact={}">{}</a>', address, group.pk, self.pairs(group)
        )

    @admin.display(description=_("kind"))
    def kinds(self, group: DuplicateGroup) -> str:
        return ", ".join(sorted({pair.get_kind_display() for pair in group.pairs.all()}))

    @admin.display(description=_("pairs"))
    def pairs(self, group: DuplicateGroup) -> int:
        return len(group.pairs.all())

    @admin.display(description=_("open"))
    def still_open(self, group: DuplicateGroup) -> int:
        return sum(pair.decision in OPEN for pair in group.pairs.all())


@admin.register(DuplicatePair)
class DuplicatePairAdmin(PairColumns, Decides):
    """All pairs, also those called different, which belong to no group."""

    list_display = ["__str__", "both", "evidence", "decision", "decided_by", "decided_at"]
    list_filter = ["decision", "kind"]
    list_per_page = 50
    search_fields = ["first__title", "first__path", "second__title", "second__path"]
    fields = ["both", "evidence", "sounds", "decision", "group", "decided_by", "decided_at"]
    readonly_fields = ["both", "evidence", "sounds"]
    switches = ("decision",)
    actions = [*Decides.actions, "pending"]

    class Media:
        css = {"all": ["css/duplicates.css"]}
        js = [Script("js/duplicates.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DuplicatePair]:
        return described_pairs()

    def pairs_of(self, chosen: QuerySet[Any]) -> QuerySet[DuplicatePair]:
        return chosen

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        decide(DuplicatePair.objects.filter(pk=obj.pk), obj.decision, acting_user(request))

    @admin.action(description=_("Review again"), permissions=["change"])
    def pending(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        record(request, chosen, Decision.PENDING)


def _about(track: Track) -> SafeString:
    """A track's name, leading to its page, with its artists, length and file."""
    artists = ", ".join(credit.artist.name for credit in track.credits.all())
    about = [artists, clock(track.duration or 0), track.path]
    return format_html(
        '<a href="{}">{}</a> <span class="duplicate-about">{}</span>',
        reverse("track", args=[track.pk]),
        title(track),
        " · ".join(filter(None, about)),
    )


def _reasons(pair: DuplicatePair) -> list[str]:
    lines = [str(pair.get_kind_display())]
    if pair.kind != DuplicatePair.Kind.IDENTICAL and pair.correlation is None:
        lines[0] += ": not heard, by the network's vectors alone"
    if pair.correlation is not None:
        lines.append(f"waveforms correlate by {pair.correlation:.2f}")
    if pair.distance is not None:
        lines.append(f"segments at a distance of {pair.distance:.3f}")
    late = "first" if pair.offset < 0 else "second"
    apart = f", the {late} begins {abs(pair.offset):.2f} s into the other" if pair.offset else ""
    lines.append(f"{clock(pair.overlap)} in common{apart}")
    return lines


def _sound(track: Track, begin: float, pair: DuplicatePair) -> SafeString:
    if not settings.AUDIO_DIR or track.state != Track.State.PRESENT:
        return format_html("<p>{} has no file here.</p>", title(track))
    begin = max(begin, 0.0)
    end = begin + max(min(HEARD_SECONDS, pair.overlap / 2), 0.1)
    return format_html(
        '<audio controls preload="none" src="{}?{}" aria-label="{}"></audio>',
        reverse("clip", args=[track.pk]),
        urlencode({"start": f"{begin:.3f}", "end": f"{end:.3f}"}),
        f"{title(track)} from {clock(begin)}",
    )
