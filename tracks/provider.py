"""Where the sound of a track comes from: a file on this machine, or a stream of Jamendo's."""

import re
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q

from tracks.models import Track


class Provider(StrEnum):
    LOCAL = "local"
    JAMENDO = "jamendo"


def provider_of(track: Track) -> Provider | None:
    """Who plays a track, track by track; None where nobody can.

    AUDIO_PROVIDER says who is asked first; where that one has no audio, the other is.
    """
    can = {
        Provider.LOCAL: bool(settings.AUDIO_DIR) and track.state == Track.State.PRESENT,
        Provider.JAMENDO: _streams() and track.jamendo_id is not None and not track.jamendo_deleted,
    }
    first = Provider(settings.AUDIO_PROVIDER)
    return next((each for each in sorted(can, key=lambda each: each != first) if can[each]), None)


def playable() -> Q:
    """The tracks that anybody can play."""
    local = Q(state=Track.State.PRESENT) if settings.AUDIO_DIR else Q(pk__in=[])
    streamed = Q(jamendo_id__isnull=False, jamendo_deleted=False)
    return local | streamed if _streams() else local


def stream_address(track: Track) -> str:
    """Where Jamendo streams a track. It holds the client id: to be followed, never to be shown."""
    asked = {
        "trackid": track.jamendo_id,
        "format": "mp31",
        "from": f"app-{settings.JAMENDO_CLIENT_ID}",
    }
    return f"{settings.JAMENDO_STREAM_URL}?{urlencode(asked)}"


def jamendo_page(track: Track) -> str | None:
    """A track's page at Jamendo."""
    if track.jamendo_id is None or track.jamendo_deleted:
        return None
    return f"https://www.jamendo.com/track/{track.jamendo_id}"


def licence_of(track: Track) -> dict[str, str] | None:
    """A licence's `url`, and the `name` that people know: "CC BY-SA 3.0" of Creative Commons."""
    url = track.licence_url
    found = re.search(r"creativecommons\.org/licenses/([a-z+-]+)/([\d.]+)", url)
    name = f"CC {found[1].upper()} {found[2]}" if found else "its licence"
    return {"name": name, "url": url} if url else None


def _streams() -> bool:
    return bool(settings.JAMENDO_CLIENT_ID)
