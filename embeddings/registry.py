"""The networks Music Explore knows: their inputs, outputs, and what they are called for people.

A new network is one entry here (and a source of its weights in `weights/`). Database rows are
made of these entries by `sync.py`.
"""

from dataclasses import dataclass
from typing import Literal

from embeddings.tag_lists import MSD_TAGS, MTT_TAGS

SAMPLE_RATE = 16_000  # Hz, of every front end

LayerKind = Literal["taggram", "embedding"]
FrontEndName = Literal["musicnn", "vggish"]


@dataclass(frozen=True)
class FrontEndSpec:
    """How audio is cut into frames, and frames into the patches that a network takes."""

    frame: int  # samples
    hop: int  # samples
    bands: int  # mel bands
    patch_frames: int

    @property
    def patch_seconds(self) -> float:
        """Exact duration of a patch; patches do not overlap."""
        return self.patch_frames * self.hop / SAMPLE_RATE


FRONT_ENDS: dict[FrontEndName, FrontEndSpec] = {
    "musicnn": FrontEndSpec(frame=512, hop=256, bands=96, patch_frames=187),  # 2.992 s
    "vggish": FrontEndSpec(frame=400, hop=160, bands=64, patch_frames=96),  # 0.96 s
}


@dataclass(frozen=True)
class LayerSpec:
    """An output of a network: one vector of `size` numbers for each segment."""

    key: str
    node: str
    size: int
    kind: LayerKind
    display_name: str
    description: str


@dataclass(frozen=True)
class ModelSpec:
    """An architecture trained on a dataset."""

    dataset: str
    architecture: str
    display_name: str
    description: str
    licence: str
    front_end: FrontEndName
    input_node: str
    layers: tuple[LayerSpec, ...]
    tags: tuple[str, ...] = ()  # names of the taggram's numbers, in order

    @property
    def name(self) -> str:
        return f"{self.dataset}-{self.architecture}"

    @property
    def patch_frames(self) -> int:
        return FRONT_ENDS[self.front_end].patch_frames

    @property
    def bands(self) -> int:
        return FRONT_ENDS[self.front_end].bands

    @property
    def hop(self) -> int:
        """Samples at 16 kHz between two frames."""
        return FRONT_ENDS[self.front_end].hop

    @property
    def segment_seconds(self) -> float:
        return FRONT_ENDS[self.front_end].patch_seconds

    def layer_name(self, layer: LayerSpec) -> str:
        return f"{self.name}-{layer.key}"


TAGGRAMS = LayerSpec(
    key="taggrams",
    node="model/Sigmoid",
    size=50,
    kind="taggram",
    display_name="Tags",
    description="How strongly each of 50 tags applies, from 0 to 1.",
)
MUSICNN_LAYERS = (
    TAGGRAMS,
    LayerSpec(
        key="embeddings",
        node="model/batch_normalization_10/batchnorm/add_1",
        size=200,
        kind="embedding",
        display_name="Embeddings",
        description="What the network heard, just before it decides on tags.",
    ),
    LayerSpec(
        key="penultimate",
        node="model/dense/BiasAdd",
        size=200,
        kind="embedding",
        display_name="Penultimate dense layer",
        description="The same layer before it is rectified and normalised.",
    ),
)
VGG_LAYERS = (
    TAGGRAMS,
    LayerSpec(
        key="embeddings",
        node="model/flatten/Reshape",
        size=256,
        kind="embedding",
        display_name="Embeddings",
        description="Output of the last convolution, just before the tags.",
    ),
)
VGGISH_LAYERS = (
    LayerSpec(
        key="embeddings",
        node="model/vggish/fc2/BiasAdd",
        size=128,
        kind="embedding",
        display_name="Embeddings",
        description="What the network heard, as 128 numbers.",
    ),
)

# What people call the parts of a network's name.
ARCHITECTURE_NAMES = {"musicnn": "MusiCNN", "vgg": "VGG", "vggish": "VGGish"}
DATASET_NAMES = {"msd": "Million Song Dataset", "mtt": "MagnaTagATune", "audioset": "AudioSet"}

_MSD = "tags that listeners of Last.fm gave to the Million Song Dataset"
_MTT = "tags from MagnaTagATune, where players of a game described short clips"
_MUSICNN = "Convolutions shaped after timbre and rhythm"
_VGG = "Small square convolutions, as for pictures"
_TWO_LICENCES = "ISC (weights of the musicnn package) or CC BY-NC-SA 4.0 (Essentia's files)"


def _display_name(dataset: str, architecture: str) -> str:
    return f"{ARCHITECTURE_NAMES[architecture]} · {DATASET_NAMES[dataset]}"


def _tagger(dataset: str, architecture: str, description: str) -> tuple[str, ModelSpec]:
    spec = ModelSpec(
        dataset=dataset,
        architecture=architecture,
        display_name=_display_name(dataset, architecture),
        description=description,
        licence=_TWO_LICENCES,
        front_end="musicnn",
        input_node="model/Placeholder",
        layers=MUSICNN_LAYERS if architecture == "musicnn" else VGG_LAYERS,
        tags=MSD_TAGS if dataset == "msd" else MTT_TAGS,
    )
    return spec.name, spec


MODELS: dict[str, ModelSpec] = dict(
    [
        _tagger("msd", "musicnn", f"{_MUSICNN}, taught {_MSD}."),
        _tagger("mtt", "musicnn", f"{_MUSICNN}, taught {_MTT}."),
        _tagger("msd", "vgg", f"{_VGG}, taught {_MSD}."),
        _tagger("mtt", "vgg", f"{_VGG}, taught {_MTT}."),
    ]
)
MODELS["audioset-vggish"] = ModelSpec(
    dataset="audioset",
    architecture="vggish",
    display_name=_display_name("audioset", "vggish"),
    description="Taught to tell all kinds of sounds apart on millions of videos; hears one second.",
    licence="CC BY-NC-SA 4.0",
    front_end="vggish",
    input_node="model/Placeholder",
    layers=VGGISH_LAYERS,
)
