"""Where segments stand with the tags of a layer: made once for each version of it, kept on disk."""

from functools import lru_cache

from embeddings.models import Layer
from embeddings.similarity.words.ranks import Ranks, layer_ranks
from explorer.disk_cache import DiskCache

CACHE = DiskCache("words", max_bytes=512 << 20)
LAYERS_KEPT = 2  # in memory: 90 MB for a million segments


def ranks_for(layer: Layer, version: str) -> Ranks:
    """Those of a taggram layer as it was in a version. Shared: not to be written to."""
    return _ranks(layer.pk, version)


@lru_cache(maxsize=LAYERS_KEPT)
def _ranks(layer_id: int, version: str) -> Ranks:
    def make() -> bytes:
        return layer_ranks(Layer.objects.get(pk=layer_id)).dump()

    with CACHE.get_or_make(f"ranks-{version}.npz", make) as file:
        return Ranks.load(file)
