"""What people keep of what they found: playlists. Those of the listening test are its own."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from explorer.listening.models import Answer, Question, QuestionSet
from tracks.models import Track

__all__ = ["Answer", "Playlist", "PlaylistItem", "Question", "QuestionSet"]


class Playlist(models.Model):
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class PlaylistItem(models.Model):
    """A track's place in a playlist, or that of a stretch of it."""

    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="items")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    # From 1. Not unique, so that a curator can move an item by its number alone.
    place = models.PositiveIntegerField(default=0, help_text=_("0 for the end"))
    start = models.FloatField(
        null=True, blank=True, help_text=_("seconds; empty for the track's beginning")
    )
    end = models.FloatField(
        null=True, blank=True, help_text=_("seconds; empty for the track's end")
    )

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(start__gte=0), name="playlist_item_start"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True)
                | Q(start__isnull=True, end__gt=0)
                | Q(start__isnull=False, end__gt=F("start")),
                name="playlist_item_end",
                violation_error_message=_("The end must lie after the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: track {self.track_id}"
