"""Puts weights in place: fetched, checked, written whole or not at all."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embeddings.models import EmbeddingModel
from embeddings.registry import MODELS
from embeddings.weights.graphs import WeightsError, check_graph
from embeddings.weights.pypi import PypiSource
from embeddings.weights.sources import Source, source_for
from embeddings.weights.store import install, models_dir
from musicexplore.progress import Progress
from musicexplore.wheels import sha256_of

# What everything works without: it lies on one site only, which not every machine reaches.
OPTIONAL = {"audioset-vggish"}


@dataclass(frozen=True)
class Fetched:
    """What became of one model."""

    name: str
    state: Literal["installed", "present", "unavailable"]
    source: str
    sha256: str = ""
    reason: str = ""  # for "unavailable": one line

    @property
    def failed(self) -> bool:
        return self.state == "unavailable" and self.name not in OPTIONAL


def default_source(name: str) -> str:
    return "pypi" if name in PypiSource.pinned else "essentia"


def fetch_models(
    names: Iterable[str] = (),
    *,
    source: str | None = None,
    directory: Path,
    downloads: Path,
    recorded: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    report: Callable[[Fetched], None] = lambda result: None,
) -> list[Fetched]:
    """Fetches the weights of `names` into `directory`; what is there already is left alone.

    Without names: all models that the source has (the four MusiCNN and VGG models by default).
    Without a source, each model comes from its own. `recorded` has hashes of what was fetched
    from this source before. `report` hears of each model as it is dealt with. Raises
    `WeightsError` for an unknown name or source only.
    """
    chosen = list(names) or [name for name in MODELS if source or default_source(name) == "pypi"]
    unknown = [name for name in chosen if name not in MODELS]
    if unknown:
        raise WeightsError(
            f"There is no model {', '.join(unknown)}; there are {', '.join(MODELS)}."
        )
    results = []
    for name in chosen:
        origin = source_for(
            source or default_source(name), downloads=downloads, progress=progress or Progress()
        )
        result = _fetch_one(name, origin, directory, (recorded or {}).get(name))
        report(result)
        results.append(result)
    return results


def fetch_into_home(
    names: Iterable[str] = (),
    *,
    source: str | None = None,
    progress: Progress | None = None,
    report: Callable[[Fetched], None] = lambda result: None,
) -> list[Fetched]:
    """`fetch_models` into MUSICEXPLORE_HOME, recorded with the models' rows."""
    rows = EmbeddingModel.objects.filter(imported=False).exclude(weights_sha256="")
    recorded = {
        row.name: row.weights_sha256
        for row in rows
        if row.weights_source == (source or default_source(row.name))
    }

    def record(result: Fetched) -> None:
        if result.state != "unavailable":
            EmbeddingModel.objects.filter(name=result.name).update(
                weights_sha256=result.sha256, weights_source=result.source
            )
        report(result)

    return fetch_models(
        names,
        source=source,
        directory=models_dir(),
        downloads=models_dir().parent / "downloads",
        recorded=recorded,
        progress=progress,
        report=record,
    )


def _fetch_one(name: str, source: Source, directory: Path, recorded: str | None) -> Fetched:
    path = directory / f"{name}.pb"
    expected = source.pinned.get(name) or recorded
    if expected and path.is_file() and sha256_of(path) == expected:
        return Fetched(name, "present", source.label, expected)
    try:
        content = source.obtain(name)
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != source.pinned.get(name, sha256):
            raise WeightsError(
                f"{name}: the graph made from the {source.label} source has another SHA-256 than "
                "the pinned one, so it was not used. Install the versions in requirements.txt."
            )
        if path.is_file() and sha256_of(path) == sha256:
            return Fetched(name, "present", source.label, sha256)
        install(path, content, check=lambda aside: check_graph(aside, MODELS[name]))
    except WeightsError as error:
        return Fetched(name, "unavailable", source.label, reason=str(error))
    except OSError as error:
        reason = f"{name}: {path} could not be written: {error.strerror}."
        return Fetched(name, "unavailable", source.label, reason=reason)
    return Fetched(name, "installed", source.label, sha256)
