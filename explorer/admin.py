"""Playlists, for curators; the listening test, duplicates and history have modules of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from explorer import duplicates_admin, history_admin
from explorer.listening import admin as listening
from explorer.models import Playlist, PlaylistItem
from explorer.playlists.saved import renumber

__all__ = [
    "PlaylistAdmin",
    "PlaylistItemAdmin",
    "duplicates_admin",
    "history_admin",
    "listening",
]

INLINE_ITEMS = 150  # a form of more fields is refused (DATA_UPLOAD_MAX_NUMBER_FIELDS)


class ItemInline(admin.TabularInline):
    """Moves and removes items; a field to choose a track would ask the database for each row."""

    model = PlaylistItem
    fields = ["place", "track", "start", "end"]
    readonly_fields = ["track"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlaylistItem]:
        return super().get_queryset(request).select_related("track")


@admin.register(Playlist)
class PlaylistAdmin(admin.ModelAdmin):
    """Items are moved by giving them another place; they are then numbered anew."""

    list_display = ["name", "item_count", "updated_at"]
    list_per_page = 50
    search_fields = ["name", "description"]
    fields = ["name", "description", "all_items", "created_at", "updated_at"]
    readonly_fields = ["all_items", "created_at", "updated_at"]
    inlines = [ItemInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Playlist]:
        return super().get_queryset(request).annotate(count=Count("items")).order_by("name", "pk")

    def get_inlines(self, request: HttpRequest, obj: Playlist | None) -> list[Any]:
        small = obj is None or obj.items.count() <= INLINE_ITEMS
        return self.inlines if small else []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if formsets:
            renumber(form.instance)

    @admin.display(description=_("items"), ordering="count")
    def item_count(self, playlist: Any) -> int:
        return playlist.count

    @admin.display(description=_("items"))
    def all_items(self, playlist: Any) -> str:
        if playlist.pk is None:
            return "–"
        address = reverse("admin:explorer_playlistitem_changelist")
        return format_html(
            '<a href="{}?playlist__id__exact={}">{}</a>', address, playlist.pk, playlist.count
        )


@admin.register(PlaylistItem)
class PlaylistItemAdmin(admin.ModelAdmin):
    """Where items are added, and those of long playlists looked at, a page at a time."""

    list_display = ["track", "playlist", "place", "start", "end"]
    list_editable = ["place", "start", "end"]
    list_filter = ["playlist"]
    list_select_related = ["track", "playlist"]
    list_per_page = 100
    show_full_result_count = False  # a search would count the whole table besides
    search_fields = ["track__title", "track__path", "playlist__name"]
    autocomplete_fields = ["track", "playlist"]
    ordering = ["playlist__name", "playlist", "place", "pk"]
    fields = ["playlist", "track", "place", "start", "end"]

    def save_model(self, request: HttpRequest, obj: PlaylistItem, form: Any, change: bool) -> None:
        if not obj.place:
            last = obj.playlist.items.aggregate(last=Max("place"))["last"]
            obj.place = (last or 0) + 1
        super().save_model(request, obj, form, change)
