"""What a library holds: tracks, and the artists, albums and tags they belong to."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class KnownByJamendo(models.Model):
    """What Jamendo has a number for, and what its API said when it was asked."""

    jamendo_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    jamendo_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The database's own default, for rows that are copied in (see `bulk.insert_rows`).
    jamendo_deleted = models.BooleanField(db_default=False, help_text=_("gone from Jamendo"))

    class Meta:
        abstract = True


class Artist(KnownByJamendo):
    name = models.CharField(max_length=500)
    musicbrainz_id = models.CharField(max_length=36, blank=True)
    # What makes two mentions the same artist: a MusicBrainz or Jamendo id, else the folded name.
    key = models.CharField(max_length=600, unique=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("artist", args=[self.pk])


class Album(KnownByJamendo):
    title = models.CharField(max_length=500)
    artist = models.ForeignKey(
        Artist, on_delete=models.SET_NULL, null=True, blank=True, related_name="albums"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    compilation = models.BooleanField(default=False)
    musicbrainz_id = models.CharField(max_length=36, blank=True)
    # What makes two mentions the same album: its release id, else (album artist or folder, title).
    key = models.CharField(max_length=1200, unique=True, editable=False)
    # File name of the thumbnail below MUSICEXPLORE_HOME/covers; empty where there is none.
    cover = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("album", args=[self.pk])


class Tag(models.Model):
    """A tag of MTG-Jamendo's form, `category---name`: `mood/theme---calm`."""

    category = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=300)

    class Meta:
        ordering = ["category", "name"]
        constraints = [models.UniqueConstraint(fields=["category", "name"], name="unique_tag")]

    def __str__(self) -> str:
        return f"{self.category}---{self.name}" if self.category else self.name

    def get_absolute_url(self) -> str:
        return reverse("tag", args=[self.pk])


class Track(KnownByJamendo):
    """One audio file of the library, or a catalogue entry played from elsewhere."""

    class State(models.TextChoices):
        PRESENT = "present", _("present")
        MISSING = "missing", _("missing")
        UNREADABLE = "unreadable", _("unreadable")
        CATALOGUE = "catalogue", _("in the catalogue only")

    # `path_bytes` is the file's name below AUDIO_DIR exactly as the file system has it;
    # `path` is the same for people: bytes that are not UTF-8 appear as \xNN.
    path = models.CharField(max_length=4096, db_index=True)
    path_bytes = models.BinaryField(unique=True, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PRESENT)
    state_reason = models.CharField(max_length=500, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)

    title = models.CharField(max_length=500, blank=True)
    artists = models.ManyToManyField(Artist, through="TrackArtist", related_name="tracks")
    album = models.ForeignKey(
        Album, on_delete=models.SET_NULL, null=True, blank=True, related_name="tracks"
    )
    tags = models.ManyToManyField(Tag, related_name="tracks", blank=True)
    disc = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    musicbrainz_id = models.CharField(max_length=36, blank=True)
    licence_url = models.URLField(max_length=300, blank=True, db_default="")

    size = models.PositiveBigIntegerField(null=True, blank=True, help_text=_("bytes"))
    mtime_ns = models.BigIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text=_("seconds"))
    sample_rate = models.PositiveIntegerField(null=True, blank=True, help_text=_("Hz"))
    channels = models.PositiveSmallIntegerField(null=True, blank=True)
    codec = models.CharField(max_length=40, blank=True)

    # Taken while the track is decoded for extraction.
    audio_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    loudness = models.FloatField(null=True, blank=True, help_text=_("LUFS, integrated"))

    metadata_mtime_ns = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["path"]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return self.title or self.path

    def get_absolute_url(self) -> str:
        return reverse("track", args=[self.pk])


class TrackArtist(models.Model):
    """An artist's place in a track's credit; place 0 is the one shown and coloured by."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="credits")
    artist = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="credits")
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["track", "artist"], name="unique_credit"),
            models.UniqueConstraint(fields=["track", "place"], name="unique_credit_place"),
        ]

    def __str__(self) -> str:
        return str(self.artist)
