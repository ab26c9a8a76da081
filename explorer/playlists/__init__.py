"""Playlists: kept ones, and files of them for other programs."""
