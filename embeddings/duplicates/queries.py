"""Reads proposals: for the admin, the API and a track's page."""

from django.db.models import Count, Prefetch, Q, QuerySet

from embeddings.duplicates.models import DuplicateGroup, DuplicatePair
from tracks.models import Track, TrackArtist

Decision = DuplicatePair.Decision
OPEN = (Decision.PENDING, Decision.LATER)


def described_pairs() -> QuerySet[DuplicatePair]:
    """Pairs with their tracks and artists, in two more queries; those of a group together."""
    credits = TrackArtist.objects.select_related("artist")
    return (
        DuplicatePair.objects.select_related("first", "second", "decided_by")
        .prefetch_related(Prefetch("first__credits", credits), Prefetch("second__credits", credits))
        .order_by("group", "pk")
    )


def groups_to_review() -> QuerySet[DuplicateGroup]:
    """Groups with the number of their pairs and of those that are open, and their pairs."""
    return DuplicateGroup.objects.annotate(
        pair_count=Count("pairs"),
        open_count=Count("pairs", filter=Q(pairs__decision__in=OPEN)),
    ).prefetch_related(Prefetch("pairs", described_pairs()))


def same_recordings(track: Track) -> list[tuple[Track, DuplicatePair]]:
    """The tracks that are the same recording as one, or look so, those decided first."""
    pairs = (
        DuplicatePair.objects.filter(Q(first=track) | Q(second=track))
        .exclude(decision=Decision.DIFFERENT)
        .select_related("first", "second")
    )
    return sorted(
        ((pair.second if pair.first_id == track.pk else pair.first, pair) for pair in pairs),
        key=lambda found: (found[1].decision != Decision.SAME, found[1].pk),
    )
