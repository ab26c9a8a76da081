"""Which pairs are reviewed together: all that hang together by pairs not called different."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction

from embeddings.duplicates.models import DuplicateGroup, DuplicatePair

Decision = DuplicatePair.Decision


@transaction.atomic
def regroup() -> None:
    """Put each pair into the group that it belongs to by now. A group keeps its number."""
    with connection.cursor() as cursor:  # two who do it at once come one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('duplicate groups'))")
    pairs = DuplicatePair.objects.exclude(decision=Decision.DIFFERENT)
    rows = {row.pk: row for row in pairs.only("first", "second", "group").order_by("pk")}
    by_track = components((row.first_id, row.second_id) for row in rows.values())
    members: dict[int, list[DuplicatePair]] = defaultdict(list)
    for row in rows.values():
        members[by_track[row.first_id]].append(row)
    taken: set[int] = set()
    moved = []
    for together in members.values():
        known = sorted({row.group_id for row in together if row.group_id} - taken)
        number = known[0] if known else DuplicateGroup.objects.create().pk
        taken.add(number)
        for row in together:
            if row.group_id != number:
                row.group_id = number
                moved.append(row)
    DuplicatePair.objects.bulk_update(moved, ["group"], batch_size=1000)
    DuplicatePair.objects.filter(decision=Decision.DIFFERENT, group__isnull=False).update(
        group=None
    )
    DuplicateGroup.objects.exclude(pk__in=taken).delete()


def components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of each node of a graph, the least node that it is connected with (union-find)."""
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return {node: root(node) for node in parents}
