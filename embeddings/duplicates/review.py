"""What a person says of proposals. It is recorded, and no track is merged or hidden."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from embeddings.duplicates.groups import regroup
from embeddings.duplicates.models import DuplicatePair

Decision = DuplicatePair.Decision
CHANGE_PAIRS = "embeddings.change_duplicatepair"  # the permission that deciding takes


@transaction.atomic
def decide(pairs: QuerySet[DuplicatePair], decision: str, user: User | None) -> list[DuplicatePair]:
    """Record the decision of those that had another; returns these, as they are now."""
    numbers = list(pairs.exclude(decision=decision).values_list("pk", flat=True))
    chosen = DuplicatePair.objects.filter(pk__in=numbers)
    reviewed = decision != Decision.PENDING
    chosen.update(
        decision=decision,
        decided_by=user if reviewed else None,
        decided_at=timezone.now() if reviewed else None,
    )
    regroup()  # what is different holds a group together no more
    return list(chosen.select_related("first", "second", "group").order_by("pk"))
