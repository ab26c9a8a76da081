"""Networks, what they said of each track, the maps made of it, and the work in between."""

import math

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from embeddings.duplicates.models import (  # noqa: F401 (so that Django finds them)
    DuplicateGroup,
    DuplicatePair,
    DuplicateSearch,
)
from embeddings.file_queries.models import (  # noqa: F401 (so that Django finds them)
    FileQuery,
    FileQueryVectors,
    Upload,
)
from tracks.models import Track


class EmbeddingModel(models.Model):
    """An architecture trained on a dataset. Rows come from `registry.py` or an import."""

    name = models.SlugField(max_length=120, unique=True)  # <dataset>-<architecture>
    dataset = models.CharField(max_length=60)
    architecture = models.CharField(max_length=60)
    display_name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    imported = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    # What `fetch_models` put in place; whether the file is there now is asked of the disk.
    weights_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    weights_source = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.display_name


class Layer(models.Model):
    """An output of a network, kept for each segment of each track."""

    class Kind(models.TextChoices):
        TAGGRAM = "taggram", _("tag activations")
        EMBEDDING = "embedding", _("embedding")

    model = models.ForeignKey(EmbeddingModel, on_delete=models.CASCADE, related_name="layers")
    name = models.SlugField(max_length=160, unique=True)  # <dataset>-<architecture>-<key>
    key = models.CharField(max_length=60)  # taggrams, embeddings, penultimate
    kind = models.CharField(max_length=10, choices=Kind.choices)
    node = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(help_text=_("numbers per segment"))
    tags = models.JSONField(default=list, blank=True)  # names in output order, for taggrams
    # Segment i of a track lasts from i * hop_seconds to i * hop_seconds + segment_seconds.
    segment_seconds = models.FloatField()
    hop_seconds = models.FloatField()
    display_name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["model__name", "key"]
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="unique_layer_key")]

    def __str__(self) -> str:
        return self.name

    def span(self, position: int) -> tuple[float, float]:
        """Start and end of a segment in its track, in seconds."""
        start = position * self.hop_seconds
        return round(start, 6), round(start + self.segment_seconds, 6)

    def covering(self, start: float, end: float, segments: int) -> tuple[int, int]:
        """Positions of the first and the last of a track's segments that cover seconds best.

        The edges nearest to both; of seconds shorter than a segment, the one about their middle.
        A track may last a little longer than its segments: the last stands for that too. Where
        there are none, the last comes before the first.
        """
        last = _nearest((end - self.segment_seconds) / self.hop_seconds)
        first = _nearest(start / self.hop_seconds)
        if last < first:
            middle = (start + end - self.segment_seconds) / 2
            first = last = _nearest(middle / self.hop_seconds)
        end_of_all = (segments - 1) * self.hop_seconds + self.segment_seconds
        if start < end_of_all:
            first = min(first, segments - 1)
        return max(first, 0), min(max(last, 0), segments - 1)


def _nearest(place: float) -> int:
    """Halves up, as the pages round."""
    return math.floor(place + 0.5)


class SegmentEmbedding(models.Model):
    """One segment's vector. The table is partitioned by layer, see `storage.py`."""

    pk = models.CompositePrimaryKey("layer_id", "track_id", "position")
    # The table's own ON DELETE CASCADE does it: Django would load every row first.
    layer = models.ForeignKey(Layer, on_delete=models.DO_NOTHING, related_name="+")
    track = models.ForeignKey(Track, on_delete=models.DO_NOTHING, related_name="+")
    position = models.PositiveIntegerField()
    vector = HalfVectorField()

    class Meta:
        # Created in SQL by a migration: Django has no partitioned tables.
        db_table = "embeddings_segmentembedding"

    def __str__(self) -> str:
        return f"layer {self.layer_id}, track {self.track_id}, position {self.position}"


class TrackAverage(models.Model):
    """The mean of a track's vectors in a layer: float32, little endian. Written with them."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="averages")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    mean = models.BinaryField()
    spread = models.FloatField(help_text=_("root mean square distance of the segments to the mean"))
    segments = models.PositiveIntegerField()
    # Positions, see `passages.py`; null in averages of earlier releases until they are filled in.
    typical = models.PositiveIntegerField(null=True, help_text=_("nearest to all others"))
    unusual = models.PositiveIntegerField(null=True, help_text=_("farthest from all others"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["layer", "track"], name="unique_track_average")
        ]

    def __str__(self) -> str:
        return f"layer {self.layer_id}, track {self.track_id}"


class Extraction(models.Model):
    """Where the work on a (track, model) stands."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("skipped")

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="extractions")
    model = models.ForeignKey(EmbeddingModel, on_delete=models.CASCADE, related_name="extractions")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Which run works on it (see `locks.py`): claims of runs that died are taken back.
    claim = models.CharField(max_length=80, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True, help_text=_("time the work took"))

    segments = models.PositiveIntegerField(default=0)
    padded = models.BooleanField(default=False, help_text=_("repeated to the length of a segment"))
    backend = models.CharField(max_length=20, blank=True)
    precision = models.CharField(max_length=8, blank=True)
    pipeline_version = models.PositiveSmallIntegerField(default=0)
    weights_sha256 = models.CharField(max_length=64, blank=True)
    # The file as it was: where size or time differ from the track's, it is looked at again.
    source_size = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    source_mtime_ns = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["track", "model"], name="unique_extraction")]
        indexes = [models.Index(fields=["model", "state"])]

    def __str__(self) -> str:
        # Numbers alone, as of all rows that there are many of: names would be a question each.
        return f"track {self.track_id}, model {self.model_id}: {self.get_state_display()}"


class Projection(models.Model):
    """A layer laid out in a few dimensions. A finished version never changes.

    Of versions that newer ones replaced, the row alone is kept: its number, in addresses that
    people kept, leads to the newest (see `queries.projection_named`).
    """

    class Method(models.TextChoices):
        PCA = "pca", "PCA"
        STD_PCA = "std-pca", _("standardised PCA")
        TSNE = "tsne", "t-SNE"
        UMAP = "umap", "UMAP"

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REPLACED = "replaced", _("replaced")

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="projections")
    method = models.CharField(max_length=10, choices=Method.choices)
    parameters = models.JSONField(default=dict, blank=True)
    seed = models.PositiveIntegerField(null=True, blank=True)
    repeatable = models.BooleanField(default=True)
    # {} is the whole collection, else {"filter": as of a `TrackSelection`, "every": k}.
    subset = models.JSONField(default=dict, blank=True)
    on_demand = models.BooleanField(default=False, help_text=_("somebody asked for it"))
    # Digest of method, parameters, subset and seed: what makes two requests the same map.
    recipe = models.CharField(max_length=64, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    reason = models.CharField(max_length=500, blank=True)

    dimensions = models.PositiveSmallIntegerField(default=2)
    segments = models.PositiveIntegerField(default=0)
    explained_variance = ArrayField(models.FloatField(), default=list, blank=True)
    # k = 12 neighbours, metric of the search, full dimension; null below 24 segments.
    trustworthiness = models.FloatField(null=True, blank=True)
    neighbours_kept = models.FloatField(null=True, blank=True)
    # The same, leaving out neighbours from the anchor's own track.
    trustworthiness_other_tracks = models.FloatField(null=True, blank=True)
    neighbours_kept_other_tracks = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["layer", "method", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["layer", "recipe", "version"], name="unique_projection_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.layer} · {self.get_method_display()} · v{self.version}"

    @property
    def every(self) -> int:
        """It shows every k-th segment of its tracks: those at positions 0, k, 2k …"""
        return int(self.subset.get("every", 1))


class ProjectionTrack(models.Model):
    """A track's coordinates: float32, little endian, (segments, dimensions) in C order.

    One row a track rather than one a segment: a map is always read as a whole.
    """

    projection = models.ForeignKey(Projection, on_delete=models.CASCADE, related_name="tracks")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    coordinates = models.BinaryField()
    # uint8, (segments,): how far each place can be trusted, 255 where it was not measured. Empty
    # for maps made before it was measured at all.
    trust = models.BinaryField(default=b"")
    # Where the track's average lies, (dimensions,) float32; null until it is placed.
    average = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["projection", "track"], name="unique_projection_track")
        ]

    def __str__(self) -> str:
        return f"projection {self.projection_id}, track {self.track_id}"


class Comparison(models.Model):
    """Where two layers disagree on what is near what, on the segments of the coarser one."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="comparisons")
    other = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="+")
    # What the vectors were like (see `queries.layer_version`): others make a new comparison.
    layer_version = models.CharField(max_length=16, editable=False)
    other_version = models.CharField(max_length=16, editable=False)
    segments = models.PositiveIntegerField(help_text=_("of the coarser layer, heard by both"))
    measured = models.PositiveIntegerField(help_text=_("segments that were compared"))
    mean = models.FloatField(
        null=True, blank=True, help_text=_("disagreement: 0 same neighbours, 1 none in common")
    )
    seconds = models.FloatField(help_text=_("time the work took"))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.layer} and {self.other}"


class ComparisonTrack(models.Model):
    """How much two layers disagree on a track's segments: float32, little endian, (segments,).

    NaN for segments that were not compared; tracks without any that were have no row.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="tracks")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    disagreements = models.BinaryField()
    mean = models.FloatField()
    measured = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "track"], name="unique_comparison_track")
        ]
        indexes = [models.Index(fields=["comparison", "-mean"], name="comparison_track_mean")]

    def __str__(self) -> str:
        return f"comparison {self.comparison_id}, track {self.track_id}"


class Job(models.Model):
    """Long work that a person waits for: what it does, how far it is, whether to stop it."""

    class Kind(models.TextChoices):
        INDEX = "index", _("index audio")
        METADATA = "metadata", _("read metadata")
        JAMENDO = "jamendo", _("ask Jamendo for names")
        EXTRACTION = "extraction", _("extract embeddings")
        REDUCTION = "reduction", _("make maps")
        PROJECTION = "projection", _("make a map")
        VECTOR_INDEX = "vector-index", _("index embeddings")
        COMPARISON = "comparison", _("compare two networks")
        FILE_QUERY = "file-query", _("listen to a file")
        QUESTIONS = "questions", _("make a listening test")
        DUPLICATES = "duplicates", _("find duplicates")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(max_length=14, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    parameters = models.JSONField(default=dict, blank=True)
    total = models.FloatField(default=0, help_text=_("work in all, in units"))
    done = models.FloatField(default=0)
    unit = models.CharField(max_length=40, blank=True)
    failures = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    projection = models.ForeignKey(
        Projection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("the map that it made"),
    )
    comparison = models.ForeignKey(
        Comparison,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("the comparison that it made"),
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    # Queued for the worker, which goes on with it once it is started again.
    for_worker = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
