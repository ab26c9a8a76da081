"""Messages for people, as rows keep them."""

LENGTH = 500  # of `Job.message`, `Extraction.reason` and `Projection.reason`


def one_line(message: str) -> str:
    """A message on one line, cut to what a row holds; PostgreSQL's text takes no NUL."""
    line = " ".join(message.replace("\0", "").split())
    return line if len(line) <= LENGTH else line[: LENGTH - 1] + "…"
