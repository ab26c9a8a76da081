import pytest

from embeddings.models import EmbeddingModel, Extraction
from tests.tracks.sounds import write_wav
from tracks.indexing import index_audio
from tracks.models import Artist, Tag, Track, TrackArtist
from tracks.moves import adopt_moved, find_moved

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    settings.AUDIO_DIR = str(tmp_path)
    return tmp_path


def index(root, **options):
    index_audio(root, folder=root, **options)


def by_path(path: str) -> Track:
    return Track.objects.get(path=path)


def test_a_moved_file_keeps_everything_known_of_it(root):
    write_wav(root / "old" / "song.wav")
    index(root)
    old = by_path("old/song.wav")
    old.audio_hash = "same"
    old.title = "My song"
    old.metadata_mtime_ns = old.mtime_ns
    old.save()
    old.tags.add(Tag.objects.create(category="genre", name="rock"))
    TrackArtist.objects.create(track=old, artist=Artist.objects.create(name="A", key="a"))
    model = EmbeddingModel.objects.first()
    Extraction.objects.create(track=old, model=model, state="done", segments=7)

    (root / "old" / "song.wav").rename(root / "moved.wav")
    index(root, accept_missing=True)
    new = by_path("moved.wav")
    Extraction.objects.create(track=new, model=model, state="running")

    found = find_moved(new, "same")
    assert found == old
    kept = adopt_moved(found, new)

    kept.refresh_from_db()
    assert Track.objects.get() == kept == old
    assert (kept.path, bytes(kept.path_bytes), kept.state) == ("moved.wav", b"moved.wav", "present")
    assert kept.missing_since is None
    assert kept.mtime_ns == new.mtime_ns
    assert (kept.title, kept.audio_hash) == ("My song", "same")
    assert kept.metadata_mtime_ns is None  # it is read again
    assert [str(tag) for tag in kept.tags.all()] == ["genre---rock"]
    assert [artist.name for artist in kept.artists.all()] == ["A"]
    assert kept.extractions.get().segments == 7


def test_a_copy_is_no_move(root):
    write_wav(root / "a.wav")
    write_wav(root / "b.wav")
    index(root)
    Track.objects.filter(path="a.wav").update(audio_hash="same")
    assert find_moved(by_path("b.wav"), "same") is None


def test_a_move_is_seen_where_too_many_files_are_gone_to_mark_them(root):
    write_wav(root / "a.wav")
    index(root)
    Track.objects.update(audio_hash="same")
    (root / "a.wav").rename(root / "b.wav")
    index(root)
    assert by_path("a.wav").state == "present"
    assert find_moved(by_path("b.wav"), "same") == by_path("a.wav")


def test_of_several_the_one_with_the_same_name_is_taken(root):
    for name in ("one", "two"):
        write_wav(root / name / f"{name}.wav")
    index(root)
    Track.objects.update(audio_hash="same")
    for name in ("one", "two"):
        (root / name / f"{name}.wav").unlink()
    write_wav(root / "new" / "two.wav")
    index(root)
    assert find_moved(by_path("new/two.wav"), "same") == by_path("two/two.wav")


def test_other_music_is_never_taken(root):
    write_wav(root / "a.wav")
    index(root)
    Track.objects.update(audio_hash="other")
    (root / "a.wav").rename(root / "b.wav")
    index(root)
    assert find_moved(by_path("b.wav"), "same") is None
