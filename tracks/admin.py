"""Tracks, artists, albums and tags, for curators.

What files and scans say is shown, what people know better can be changed.
"""

import base64
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tracks.catalogue import album_key, artist_key
from tracks.metadata.covers import covers_folder
from tracks.models import Album, Artist, Tag, Track, TrackArtist
from tracks.queries import search_named, search_tracks, with_track_counts


class KeyForm(forms.ModelForm):
    """A form for rows with a `key`: it is made once, and a second row of the same is refused.

    A new name keeps the key, so that what files call by the old name stays the same.
    """

    def make_key(self) -> str:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance.key and not self.errors:
            self.instance.key = self.make_key()
            if type(self.instance)._default_manager.filter(key=self.instance.key).exists():
                raise ValidationError(_("There is one of this name already."))
        return cleaned


class ArtistForm(KeyForm):
    def make_key(self) -> str:
        return artist_key(self.cleaned_data["name"], self.cleaned_data["musicbrainz_id"])


class AlbumForm(KeyForm):
    def make_key(self) -> str:
        artist = self.cleaned_data["artist"]
        return album_key(
            self.cleaned_data["title"],
            release_id=self.cleaned_data["musicbrainz_id"],
            artist=artist.name if artist else "",
        )


class CountedAdmin(admin.ModelAdmin):
    """Rows with the number of their tracks, found without regard to case and accents."""

    name_field = "name"
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = with_track_counts(super().get_queryset(request))
        return rows.order_by(*(self.opts.ordering or []))  # grouping drops the model's order

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_named(queryset, self.name_field, search_term), False

    @admin.display(description=_("tracks"), ordering="track_count")
    def track_count(self, row: Any) -> int:
        return row.track_count


@admin.register(Artist)
class ArtistAdmin(CountedAdmin):
    form = ArtistForm
    list_display = ["name", "track_count", "musicbrainz_id", "jamendo_id"]
    search_fields = ["name"]
    readonly_fields = ["jamendo_id"]


@admin.register(Album)
class AlbumAdmin(CountedAdmin):
    form = AlbumForm
    name_field = "title"
    list_display = ["thumbnail", "title", "artist", "year", "compilation", "track_count"]
    list_display_links = ["title"]
    list_filter = ["compilation", "year"]
    list_select_related = ["artist"]
    search_fields = ["title"]
    autocomplete_fields = ["artist"]
    fields = ["title", "artist", "year", "compilation", "musicbrainz_id", "jamendo_id", "thumbnail"]
    readonly_fields = ["jamendo_id", "thumbnail"]

    @admin.display(description=_("cover"))
    def thumbnail(self, album: Album) -> str:
        try:
            data = (covers_folder() / album.cover).read_bytes() if album.cover else b""
        except OSError:
            data = b""
        if not data:
            return "–"
        return format_html(
            '<img src="data:image/webp;base64,{}" alt="" style="max-width: 5em; max-height: 5em">',
            base64.b64encode(data).decode(),
        )


@admin.register(Tag)
class TagAdmin(CountedAdmin):
    list_display = ["name", "category", "track_count"]
    list_filter = ["category"]
    search_fields = ["name"]


class CreditInline(admin.TabularInline):
    model = TrackArtist
    fields = ["place", "artist"]
    autocomplete_fields = ["artist"]
    extra = 0


@admin.register(Track)
class TrackAdmin(admin.ModelAdmin):
    list_display = ["__str__", "artist_names", "album", "length", "codec", "state"]
    list_filter = ["state", "codec", "sample_rate", "channels", "tags__category"]
    list_select_related = ["album"]
    list_per_page = 50
    search_fields = ["title"]
    search_help_text = _("words in title, path, album, artist or tag")
    autocomplete_fields = ["album", "tags"]
    inlines = [CreditInline]
    readonly_fields = [
        "path",
        "state",
        "state_reason",
        "missing_since",
        "size",
        "duration",
        "sample_rate",
        "channels",
        "codec",
        "loudness",
        "jamendo_id",
        "created_at",
        "updated_at",
    ]
    fieldsets = [
        (None, {"fields": ["title", "album", "disc", "number", "year", "tags", "musicbrainz_id"]}),
        (_("File"), {"fields": (*readonly_fields,)}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # tracks come from the music folder and from catalogues

    def get_queryset(self, request: HttpRequest) -> QuerySet[Track]:
        return super().get_queryset(request).prefetch_related("credits__artist")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_tracks(queryset, search_term), False

    @admin.display(description=_("artists"))
    def artist_names(self, track: Track) -> str:
        return ", ".join(credit.artist.name for credit in track.credits.all())

    @admin.display(description=_("length"), ordering="duration")
    def length(self, track: Track) -> str:
        if track.duration is None:
            return "–"
        minutes, seconds = divmod(round(track.duration), 60)
        return f"{minutes}:{seconds:02}"
