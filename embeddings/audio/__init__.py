"""From an audio file to mel spectrograms, as streams: memory does not grow with length."""
