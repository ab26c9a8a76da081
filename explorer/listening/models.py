"""Questions of the listening test, sets of them, and answers.

Layers are kept by name, places by track and seconds, distances as they were: what was answered
stays what it was when networks are removed or tracks are extracted anew.
"""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_QUESTIONS = 200  # of a set: an hour and a half of listening
MOST_REPEATED = 0.5  # of a set's questions


class Strategy(models.TextChoices):
    NEAREST = "nearest", _("the nearest and two at random")
    MODELS = "models", _("the nearest by each of two layers, and one at random")
    DISTANCES = "distances", _("one near, one of middle distance, one far")
    RANDOM = "random", _("three at random")


class QuestionSet(models.Model):
    """Questions that every rater answers, each in an order of their own, some of them twice.

    Its questions are drawn once, by a job, and never change.
    """

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True, help_text=_("its address for raters"))
    description = models.TextField(
        max_length=2000, blank=True, help_text=_("what raters read before they begin")
    )
    layer = models.CharField(max_length=160)
    other_layer = models.CharField(max_length=160, blank=True)
    strategy = models.CharField(max_length=10, choices=Strategy.choices, default=Strategy.NEAREST)
    size = models.PositiveSmallIntegerField(
        _("questions"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_QUESTIONS)],
    )
    repeats = models.FloatField(
        default=0.2,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_REPEATED)],
        help_text=_("share of the questions that each rater is asked twice, 0 to 0.5"),
    )
    seed = models.PositiveIntegerField(default=0)
    open = models.BooleanField(default=True, help_text=_("takes answers"))
    made_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A reference and three candidates; of a set, or drawn for practice.

    `reference` is {"track", "start", "end"} in seconds; `candidates` are the same with "role",
    "distance" and "other_distance". Raters know them by their numbers: 0 is the reference.
    """

    class Apart(models.TextChoices):
        ARTIST = "artist", _("by different artists")
        TRACK = "track", _("of different tracks")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    set = models.ForeignKey(
        QuestionSet, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    number = models.PositiveSmallIntegerField(default=0)  # within the set, from 1
    layer = models.CharField(max_length=160)
    other_layer = models.CharField(max_length=160, blank=True)
    strategy = models.CharField(max_length=10, choices=Strategy.choices)
    apart = models.CharField(max_length=6, choices=Apart.choices)
    reference = models.JSONField()
    candidates = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["set", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["set", "number"],
                condition=models.Q(set__isnull=False),
                name="unique_question_number",
            )
        ]

    def __str__(self) -> str:
        return f"question {self.number}" if self.set_id else f"practice {self.pk}"

    @property
    def places(self) -> list[dict[str, Any]]:
        """The reference and the candidates, by their numbers."""
        return [self.reference, *self.candidates]

    def nearest(self, distance: str = "distance") -> int:
        """The number of the candidate that a layer finds nearest: what it would answer."""
        distances = [candidate[distance] for candidate in self.candidates]
        return distances.index(min(distances)) + 1

    @property
    def nearest_other(self) -> int | None:
        """What the second layer would answer, where there is one."""
        return self.nearest("other_distance") if self.other_layer else None


class Answer(models.Model):
    """What a rater answered. Raters are numbers of their browsers' own; nothing else is known."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    rater = models.UUIDField(db_index=True)
    choice = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("number of the candidate; empty for none of them")
    )
    seconds = models.FloatField(help_text=_("from the question's appearance to the answer"))
    # In a set: the place among all that this rater was asked, from 1, and whether it was asked
    # for the second time.
    place = models.PositiveSmallIntegerField(default=1)
    repeated = models.BooleanField(default=False)
    shown = ArrayField(models.PositiveSmallIntegerField(), help_text=_("numbers in order"))
    feedback = models.BooleanField(help_text=_("whether the rater was told what the network finds"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "rater", "repeated"], name="unique_listening_answer"
            )
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def role(self) -> str:
        """The part that was played by what was chosen."""
        return "none" if self.choice is None else self.question.candidates[self.choice - 1]["role"]

    @property
    def agrees(self) -> bool:
        """Whether the layer would have answered the same."""
        return self.choice == self.question.nearest()

    @property
    def agrees_other(self) -> bool | None:
        """Whether the second layer would have; None where there is none."""
        other = self.question.nearest_other
        return None if other is None else self.choice == other
