"""The pages people see. Each is a shell; most of its data comes from the REST API."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from explorer.facts import facts, recordings_like, title
from explorer.playlists.paths import usual_kind
from tracks.models import Track
from tracks.provider import Provider, jamendo_page, licence_of, provider_of
from tracks.queries import with_names


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon unasked, as for an answer of the API."""
    return redirect(static("favicon.svg"))


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The map of the collection."""
    return render(request, "explore.html", {"paths": _usual_paths()})


@require_safe
def track(request: HttpRequest, pk: int) -> HttpResponse:
    """One track: what is known of it, how it sounds, and where it lies on the map."""
    track = get_object_or_404(with_names(Track.objects.all()), pk=pk)
    context = {
        "track": track,
        "title": title(track),
        "facts": facts(track),
        "streamed": provider_of(track) == Provider.JAMENDO,
        "jamendo_page": jamendo_page(track),
        "licence": licence_of(track),
        "recordings": recordings_like(track),
    }
    return render(request, "track.html", context)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two maps side by side."""
    return render(request, "compare.html", {"paths": _usual_paths()})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The moments and tracks that sound like one."""
    return render(request, "search.html")


@require_safe
def search_words(request: HttpRequest) -> HttpResponse:
    """The moments and tracks of which a query by tags is truest."""
    return render(request, "search-words.html")


@require_safe
def search_path(request: HttpRequest) -> HttpResponse:
    """A path from one track or moment to another."""
    return render(request, "search-path.html", {"paths": _usual_paths()})


@require_safe
def similarity(request: HttpRequest) -> HttpResponse:
    """The listening test: practice, or the questions of a set."""
    return render(request, "similarity.html", {"in_set": "set" in request.GET})


@require_safe
def search_file(request: HttpRequest) -> HttpResponse:
    """The moments and tracks that sound like a file of one's own."""
    return render(request, "search-file.html")


def _usual_paths() -> dict[str, str | bool]:
    """What the dialogue of playlists begins with."""
    return {
        "kind": usual_kind(),
        "root": settings.PLAYLIST_ROOT,
        "windows": settings.PLAYLIST_WINDOWS_PATHS,
    }
