"""What audio files say of themselves: titles, artists, albums, genres, covers."""
