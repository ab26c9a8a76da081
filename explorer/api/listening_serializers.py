"""What the API takes and says of the listening test."""

from typing import Any

from rest_framework import serializers

from embeddings.models import Layer
from explorer.api.parameters import NameField
from explorer.api.serializers import Named
from explorer.api.similar_serializers import Rounded, SimilarTrackNameSerializer, WhySerializer
from explorer.listening.asking import CANDIDATE_NUMBERS
from explorer.listening.models import MOST_REPEATED, Question, QuestionSet, Strategy

LONGEST = 86_400.0  # s: a page left open over night
SHARE_DIGITS = 3


def any_layer(**options: Any) -> NameField:
    return NameField(slug_field="name", queryset=Layer.objects.select_related("model"), **options)


class ComparedSerializer(serializers.Serializer[Any]):
    """What questions are about."""

    layer = any_layer(help_text="full name")
    other_layer = any_layer(
        required=False, allow_null=True, help_text="the second one, of the strategy `models`"
    )
    strategy = serializers.ChoiceField(Strategy.choices, default=Strategy.NEAREST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        other = attrs.get("other_layer")
        if attrs["strategy"] != Strategy.MODELS:
            attrs["other_layer"] = None
        elif other is None or other == attrs["layer"]:
            message = "This strategy compares two layers: name another one."
            raise serializers.ValidationError({"other_layer": [message]})
        return attrs


class NewSetSerializer(ComparedSerializer):
    """A set to be made."""

    name = serializers.CharField(max_length=200)
    slug = serializers.SlugField(
        max_length=80, required=False, help_text="its address; made of the name where it is missing"
    )
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    size = serializers.IntegerField(min_value=1, max_value=200, default=20)
    repeats = serializers.FloatField(
        min_value=0, max_value=MOST_REPEATED, default=0.2, help_text="share that is asked twice"
    )
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)

    def validate_slug(self, slug: str) -> str:
        if QuestionSet.objects.filter(slug=slug).exists():
            raise serializers.ValidationError(f"There is a set “{slug}” already.")
        return slug

    def create(self, validated_data: dict[str, Any]) -> QuestionSet:
        """The set, not saved yet."""
        layers = {
            name: layer.name if (layer := validated_data.pop(name)) else ""
            for name in ("layer", "other_layer")
        }
        return QuestionSet(**validated_data, **layers)


class SetSerializer(Named, serializers.ModelSerializer[QuestionSet]):
    """A set, for those who run it."""

    made = serializers.SerializerMethodField(help_text="its questions are there")
    raters = serializers.IntegerField(read_only=True)
    answers = serializers.IntegerField(read_only=True, help_text="repeats included")

    class Meta:
        model = QuestionSet
        fields = [
            "slug", "name", "description", "layer", "other_layer", "strategy", "size", "repeats",
            "seed", "open", "made", "raters", "answers", "created_at",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name not in ("name", "description", "open")]

    def get_made(self, question_set: QuestionSet) -> bool:
        return question_set.made_at is not None


class SoundSerializer(serializers.Serializer[Any]):
    """Something to hear."""

    number = serializers.IntegerField(help_text="0 is the reference")
    clip = serializers.CharField(help_text="address of its sound")
    seconds = serializers.FloatField()
    gain_db = serializers.FloatField(help_text="levels it with the others")


class QuestionSerializer(serializers.Serializer[Any]):
    """A question, with nothing that tells its answer."""

    id = serializers.UUIDField()
    reference = SoundSerializer()
    candidates = SoundSerializer(many=True, help_text="in the order to be shown")
    apart = serializers.ChoiceField(Question.Apart.choices, help_text="what no two have in common")


class NextSerializer(serializers.Serializer[Any]):
    """Where a rater stands in a set, and what is asked next."""

    name = serializers.CharField()
    description = serializers.CharField()
    open = serializers.BooleanField()
    made = serializers.BooleanField()
    of = serializers.IntegerField(help_text="so many are asked, repeats included")
    answered = serializers.IntegerField()
    place = serializers.IntegerField(allow_null=True, help_text="of the question, from 1")
    question = QuestionSerializer(allow_null=True, help_text="null: nothing is left to be asked")


class NextParameters(serializers.Serializer[Any]):
    rater = serializers.UUIDField(help_text="a number of the browser's own, drawn once")


class AnswerSerializer(serializers.Serializer[Any]):
    """What a rater answered."""

    rater = serializers.UUIDField(help_text="a number of the browser's own, drawn once")
    choice = serializers.ChoiceField(
        CANDIDATE_NUMBERS, allow_null=True, help_text="number of a candidate; null: none of them"
    )
    seconds = serializers.FloatField(
        min_value=0, max_value=LONGEST, help_text="from the question's appearance to the answer"
    )


class SetAnswerSerializer(AnswerSerializer):
    place = serializers.IntegerField(min_value=1, max_value=1000, help_text="as in `next/`")


class StandingSerializer(serializers.Serializer[Any]):
    """Where a rater stands after an answer."""

    answered = serializers.IntegerField()
    of = serializers.IntegerField()


class RevealedSerializer(serializers.Serializer[Any]):
    """What was heard under a number."""

    number = serializers.IntegerField(help_text="0 is the reference")
    track = SimilarTrackNameSerializer(allow_null=True, help_text="null: no longer in the library")
    start = serializers.FloatField(help_text="seconds")
    end = serializers.FloatField(help_text="seconds")


class RevealedCandidateSerializer(RevealedSerializer):
    role = serializers.CharField()
    distance = Rounded(6, help_text="cosine distance from the reference, by the layer")
    other_distance = Rounded(6, allow_null=True, help_text="by the second layer")
    why = WhySerializer(allow_null=True, help_text="tags shared with the reference; null: no tags")


class FeedbackSerializer(Named):
    """Whether the network agrees, and what was heard."""

    choice = serializers.IntegerField(allow_null=True)
    agrees = serializers.BooleanField()
    nearest = serializers.IntegerField(help_text="the candidate that the layer finds nearest")
    agrees_other = serializers.BooleanField(allow_null=True)
    nearest_other = serializers.IntegerField(allow_null=True)
    layer = serializers.CharField()
    other_layer = serializers.CharField()
    strategy = serializers.ChoiceField(Strategy.choices)
    reference = RevealedSerializer()
    candidates = RevealedCandidateSerializer(many=True)


class EstimateSerializer(serializers.Serializer[Any]):
    """A number with its 95% interval; null where there is too little to tell."""

    value = Rounded(SHARE_DIGITS, allow_null=True)
    low = Rounded(SHARE_DIGITS, allow_null=True)
    high = Rounded(SHARE_DIGITS, allow_null=True)


class ResultsSerializer(serializers.Serializer[Any]):
    """Intervals are of the bootstrap over questions. Repeats count for `repeats` alone."""

    alpha = EstimateSerializer(help_text="Krippendorff's, between raters, on roles")
    agreement = EstimateSerializer(help_text="of named candidates, those that the layer names")
    agreement_other = EstimateSerializer(allow_null=True, help_text="that the second layer names")
    lead = EstimateSerializer(allow_null=True, help_text="of the first layer over the second")
    chance = Rounded(SHARE_DIGITS, help_text="of agreement")
    none = EstimateSerializer(help_text="share of “none of them”")
    roles = serializers.DictField(child=EstimateSerializer(), help_text="shares of all answers")
    roles_by_chance = serializers.DictField(child=Rounded(SHARE_DIGITS))
    repeats = EstimateSerializer(help_text="of repeats, those answered as before")
    repeats_by_chance = Rounded(SHARE_DIGITS)


class SummarySerializer(serializers.Serializer[Any]):
    """How many answered a set, and what their answers tell."""

    raters = serializers.IntegerField()
    finished = serializers.IntegerField(help_text="raters who answered everything")
    answers = serializers.IntegerField(help_text="without repeats")
    repeats = serializers.IntegerField()
    median_seconds = Rounded(1, allow_null=True)
    results = ResultsSerializer()


class CsvParameters(serializers.Serializer[Any]):
    set = serializers.SlugRelatedField[Any](
        slug_field="slug",
        queryset=QuestionSet.objects.all(),
        required=False,
        help_text="address of a set; practice where it is missing",
    )
