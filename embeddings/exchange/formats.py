"""Files of vectors: `.parquet`, written and read in blocks, and `.npz`, held in memory.

Both have one row a segment and the same columns; neither needs pickles. What is true of the
whole layer stands beside the rows as JSON: Parquet's own metadata, key by key, or the npz member
`metadata`.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

REQUIRED = ("path", "position", "start", "end", "vector")
SUFFIXES = (".npz", ".parquet")

Columns = Mapping[str, NDArray[Any]]


class ExchangeError(ValueError):
    """Why a file cannot be written or read; the message is one line for a person."""


class Reader(Protocol):
    """A file of vectors opened for reading."""

    metadata: dict[str, Any]

    def column(self, name: str) -> NDArray[Any]:
        """All values (n,) of a column other than `vector`."""

    def vectors(self) -> Iterator[NDArray[Any]]:
        """The vectors, in blocks (rows, size) of their order in the file."""


def check_suffix(path: Path) -> str:
    if path.suffix not in SUFFIXES:
        raise ExchangeError(f"{path.name} ends in neither of {' and '.join(SUFFIXES)}.")
    return path.suffix


def write(path: Path, blocks: Iterable[Columns], metadata: Mapping[str, Any]) -> None:
    """Write blocks of columns in the format that the file's name asks for."""
    writer = {".npz": _write_npz, ".parquet": _write_parquet}[check_suffix(path)]
    writer(path, blocks, metadata)


def open_reader(path: Path) -> Reader:
    """Open a file of vectors. Raises `ExchangeError` for one that is not, or lacks a column."""
    suffix = check_suffix(path)
    try:
        reader: Any = {".npz": NpzReader, ".parquet": ParquetReader}[suffix](path)
    except FileNotFoundError as error:
        raise ExchangeError(f"There is no file {path}.") from error
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ExchangeError(f"{path.name} cannot be read as {suffix}: {error}") from error
    if missing := [name for name in REQUIRED if name not in reader.names]:
        raise ExchangeError(
            f"{path.name} has no column {', '.join(missing)}; needed are {', '.join(REQUIRED)}."
        )
    return reader  # type: ignore[no-any-return]


def _write_parquet(path: Path, blocks: Iterable[Columns], metadata: Mapping[str, Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    try:
        for block in blocks:
            table = pa.table({name: _arrow(values) for name, values in block.items()})
            if writer is None:
                # Strings repeat for a whole track or layer; dictionaries cost nothing for them.
                schema = table.schema.with_metadata(
                    {key: _text(value) for key, value in metadata.items()}
                )
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _arrow(values: NDArray[Any]) -> Any:
    import pyarrow as pa

    if values.ndim == 2:
        return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
    return pa.array(values.tolist() if values.dtype.kind == "U" else values)


def _write_npz(path: Path, blocks: Iterable[Columns], metadata: Mapping[str, Any]) -> None:
    parts = list(blocks)
    with zipfile.ZipFile(path, "w") as archive:
        for name in parts[0]:
            values = np.concatenate([part[name] for part in parts])
            # Text is fixed-width and repeats: it packs to nothing. Numbers hardly pack.
            packing = zipfile.ZIP_DEFLATED if values.dtype.kind == "U" else zipfile.ZIP_STORED
            member = zipfile.ZipInfo(f"{name}.npy")
            member.compress_type = packing
            with archive.open(member, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, values, allow_pickle=False)
        with archive.open("metadata.npy", "w") as file:
            np.lib.format.write_array(file, np.array(json.dumps(dict(metadata))))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class NpzReader:
    def __init__(self, path: Path) -> None:
        self._file = np.load(path, allow_pickle=False)
        if not isinstance(self._file, np.lib.npyio.NpzFile):
            raise ValueError("it is a single array")
        self.names = set(self._file.files)
        self.metadata: dict[str, Any] = (
            json.loads(str(self._file["metadata"])) if "metadata" in self.names else {}
        )

    def column(self, name: str) -> NDArray[Any]:
        values: NDArray[Any] = self._member(name)
        if values.ndim != 1:
            raise ExchangeError(f"{name} has {values.ndim} dimensions, not one value a segment.")
        return values

    def vectors(self) -> Iterator[NDArray[Any]]:
        values = self._member("vector")
        if values.ndim != 2 or values.dtype.kind not in "fiu":
            raise ExchangeError("vector is not an array of numbers (segments, size).")
        yield values

    def _member(self, name: str) -> Any:
        try:
            return self._file[name]
        except ValueError as error:  # an array of objects, which only a pickle could hold
            raise ExchangeError(f"{name} is not an array of plain values.") from error


class ParquetReader:
    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(path)
        schema = self._file.schema_arrow
        self.names = set(schema.names)
        texts = {k.decode(): v.decode() for k, v in (schema.metadata or {}).items()}
        self.metadata: dict[str, Any] = {key: _value(text) for key, text in texts.items()}

    def column(self, name: str) -> NDArray[Any]:
        values = self._file.read(columns=[name]).column(0)
        if values.null_count:
            raise ExchangeError(f"{name} has empty cells.")
        found: NDArray[Any] = values.to_numpy()
        return found

    def vectors(self) -> Iterator[NDArray[Any]]:
        import pyarrow as pa

        for batch in self._file.iter_batches(columns=["vector"]):
            lists = batch.column(0)
            if not hasattr(lists.type, "value_type") or lists.null_count:
                raise ExchangeError("vector is not a list of numbers in every row.")
            flat, rows = lists.flatten(), len(lists)
            uneven = isinstance(lists, pa.ListArray | pa.LargeListArray) and (
                len(lists.value_lengths().unique()) > 1
            )
            if uneven or flat.null_count:
                raise ExchangeError("vector has lists of different lengths, or with empty cells.")
            if rows:
                yield flat.to_numpy(zero_copy_only=False).reshape(rows, -1)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
