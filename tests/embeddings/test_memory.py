"""The memory of a worker does not grow with the length of a file."""

from pathlib import Path

from embeddings.benchmarks.memory import measure


def test_a_long_file_takes_no_more_memory_than_a_short_one(
    weights: dict[str, Path], demo_music: Path
) -> None:
    """Held in memory, two and a half minutes more would take 26 MB as samples alone."""
    result = measure(demo_music / "calm", minutes=(0.5, 3))
    assert result["growth_mb"] < 15
