"""Search by a file: heard, placed on maps and compared, without becoming a track."""
