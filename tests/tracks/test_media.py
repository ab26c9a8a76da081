"""Opening audio files: what is let in, what is refused and in which words."""

import os
import pickle
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from tracks.media import AUDIO_EXTENSIONS, MediaError, open_audio, probe

RATE = 44100


def encode(path: Path | str, *, codec: str, container: str, rate: int = RATE) -> None:
    """Half a second of a 440 Hz tone in stereo."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate // 2) / rate)
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="stereo")
        stream.bit_rate = 128_000
        stream.codec_context.options = {"strict": "experimental"}  # for Vorbis
        output.start_encoding()
        frame = av.AudioFrame.from_ndarray(
            np.tile(tone, (2, 1)).astype(np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(
            format=stream.codec_context.format, rate=rate, frame_size=stream.frame_size or 1024
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))


def write_wave(path: Path) -> None:
    with wave.open(str(path), "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(8000)
        output.writeframes(np.zeros(4000, np.int16).tobytes())


FORMATS = [
    (".mp3", "libmp3lame", "mp3", "mp3"),
    (".flac", "flac", "flac", "flac"),
    (".ogg", "vorbis", "ogg", "vorbis"),
    (".oga", "flac", "ogg", "flac"),
    (".opus", "libopus", "ogg", "opus"),
    (".m4a", "aac", "ipod", "aac"),
    (".m4a", "alac", "ipod", "alac"),
    (".aac", "aac", "adts", "aac"),
    (".wav", "pcm_s16le", "wav", "pcm_s16le"),
    (".aiff", "pcm_s16be", "aiff", "pcm_s16be"),
    (".aif", "pcm_s16be", "aiff", "pcm_s16be"),
    (".wma", "wmav2", "asf", "wmav2"),
]


def test_every_extension_is_tried() -> None:
    assert {extension for extension, *_ in FORMATS} == AUDIO_EXTENSIONS


@pytest.mark.parametrize(("extension", "codec", "container", "name"), FORMATS)
def test_probe_reads_each_format(
    tmp_path: Path, extension: str, codec: str, container: str, name: str
) -> None:
    rate = 48000 if codec == "libopus" else RATE
    path = tmp_path / f"tone{extension}"
    encode(path, codec=codec, container=container, rate=rate)
    info = probe(str(path))
    assert (info.sample_rate, info.channels) == (rate, 2)
    assert info.codec.removesuffix("float") == name
    assert info.duration == pytest.approx(0.5, abs=0.1)


def test_names_that_are_not_utf8_open(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9: \xff.wav"
    plain = tmp_path / "plain.wav"
    write_wave(plain)
    os.rename(plain, path)  # noqa: PTH104 - the new name is bytes
    assert probe(path).sample_rate == 8000


def test_tags_in_an_unknown_encoding_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "tagged.wav"
    write_wave(path)
    title = b"Caf\xe9 \xff\x81\0"
    info = b"INFOINAM" + len(title).to_bytes(4, "little") + title
    content = bytearray(path.read_bytes() + b"LIST" + len(info).to_bytes(4, "little") + info)
    content[4:8] = (len(content) - 8).to_bytes(4, "little")
    path.write_bytes(content)
    with open_audio(str(path)) as container:
        assert container.metadata["title"].startswith("Caf")


def refusal(path: bytes | str) -> MediaError:
    with pytest.raises(MediaError) as caught:
        open_audio(path)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return caught.value


def test_refusals_name_their_cause(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp3"
    empty.touch()
    text = tmp_path / "text.mp3"
    text.write_text("Not music at all.\n" * 500)
    folder = tmp_path / "folder.mp3"
    folder.mkdir()
    pipe = tmp_path / "pipe.mp3"
    os.mkfifo(pipe)
    assert refusal(str(tmp_path / "gone.mp3")).code == "missing"
    assert refusal(str(empty)).code == "empty"
    assert refusal(str(text)).code == "not-audio"
    assert refusal(str(folder)).code == "not-audio"
    assert refusal(str(pipe)).code == "not-audio"


def test_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.wav"
    write_wave(path)
    path.chmod(0)
    if os.geteuid() == 0:  # root reads everything: let the system say what others would hear
        monkeypatch.setattr(os, "access", lambda *_: False)
    assert refusal(str(path)).code == "no-permission"


def playlist(kind: str, target: Path) -> str:
    if kind == "hls":
        head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n"
        return f"{head}#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n"
    if kind == "concat":
        return f"ffconcat version 1.0\nfile '{target}'\n"
    return f"<MPD><BaseURL>{target}</BaseURL></MPD>"


@pytest.mark.parametrize("kind", ["hls", "concat", "dash"])
@pytest.mark.parametrize("extension", [".mp3", ".m3u8", ".wav"])
def test_a_playlist_opens_nothing_else(tmp_path: Path, kind: str, extension: str) -> None:
    target = tmp_path / "private.mp3"
    encode(target, codec="libmp3lame", container="mp3")
    path = tmp_path / f"innocent{extension}"
    path.write_text(playlist(kind, target))
    assert refusal(str(path)).code == "not-audio"


def test_other_containers_and_protocols_are_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.mp3"
    encode(film, codec="libopus", container="matroska", rate=48000)
    assert refusal(str(film)).code == "not-audio"
    assert refusal("http://127.0.0.1:9/music.mp3").code == "missing"


def test_pictures_are_no_audio(tmp_path: Path) -> None:
    path = tmp_path / "picture.m4a"
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=1)
        stream.width = stream.height = 16
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    error = refusal(str(path))
    assert (error.code, str(error)) == ("not-audio", "The file holds no audio.")


def test_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(MediaError("empty", "The file is empty.")))
    assert (error.code, str(error)) == ("empty", "The file is empty.")
