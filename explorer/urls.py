"""Pages, media and the REST API."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from explorer import health, library_pages, media, pages
from explorer.listening import sound

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.explore, name="explore"),
    path("tracks/<int:pk>", pages.track, name="track"),
    path("artists", library_pages.artists, name="artists"),
    path("artists/<int:pk>", library_pages.artist, name="artist"),
    path("albums", library_pages.albums, name="albums"),
    path("albums/<int:pk>", library_pages.album, name="album"),
    path("tags", library_pages.tags, name="tags"),
    path("tags/<int:pk>", library_pages.tag, name="tag"),
    path("compare", pages.compare, name="compare"),
    path("search", pages.search, name="search"),
    path("search/words", pages.search_words, name="search-words"),
    path("search/path", pages.search_path, name="search-path"),
    path("search/file", pages.search_file, name="search-file"),
    path("similarity", pages.similarity, name="similarity"),
    path("similarity/<uuid:question>/<int:number>", sound.clip, name="listening-clip"),
    path("tracks/<int:pk>/audio", media.audio, name="audio"),
    path("tracks/<int:pk>/clip", media.clip, name="clip"),
    path("queries/<slug:token>/audio", media.query_audio, name="query-audio"),
    path("queries/<slug:token>/clip", media.query_clip, name="query-clip"),
    re_path(r"^covers/(?P<name>[\w-]+\.\w+)$", media.cover, name="cover"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("api/", include("explorer.api.urls")),
]
