"""What was proposed, and what people say of it. Django finds these through `embeddings.models`."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracks.models import Track


class DuplicateGroup(models.Model):
    """Tracks that hang together by pairs which nobody has called different: what is reviewed."""

    def __str__(self) -> str:
        return f"group {self.pk}"


class DuplicatePair(models.Model):
    """Two tracks that may be the same recording: the evidence, and what a person says of it.

    A decision changes nothing else. It outlives further searches, which propose the pair no more.
    """

    class Kind(models.TextChoices):
        IDENTICAL = "identical", _("bit-identical audio")
        RECORDING = "recording", _("same recording")
        NEAR = "near", _("near-identical")

    class Decision(models.TextChoices):
        PENDING = "pending", _("to be reviewed")
        SAME = "same", _("same")
        DIFFERENT = "different", _("different")
        LATER = "later", _("later")

    # The lower number first, so that there is one row for two tracks.
    first = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(
        DuplicateGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="pairs"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    offset = models.FloatField(help_text=_("seconds into the first at which the second begins"))
    overlap = models.FloatField(help_text=_("seconds that both have"))
    distance = models.FloatField(
        null=True, blank=True, help_text=_("mean cosine distance of segments beside each other")
    )
    correlation = models.FloatField(
        null=True, blank=True, help_text=_("of the waveforms; none where they were not heard")
    )
    decision = models.CharField(
        max_length=9, choices=Decision.choices, default=Decision.PENDING, db_index=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="unique_duplicate_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"tracks {self.first_id} and {self.second_id}: {self.get_kind_display()}"


class DuplicateSearch(models.Model):
    """What a track was like when its duplicates were last looked for; unchanged, it is left out."""

    track = models.OneToOneField(Track, on_delete=models.CASCADE, related_name="+")
    version = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"track {self.track_id}"
