import pytest

from tracks.text import clean, fold, key, readable_title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ïðèâåò, ìèð", "Привет, мир"),  # Windows-1251 taken for Latin-1
        ("Ãðàæäàíñêàÿ îáîðîíà", "Гражданская оборона"),
        ("BjÃ¶rk", "Björk"),  # UTF-8 taken for Latin-1
        ("Sigur Rós", "Sigur Rós"),
        ("Ágætis byrjun", "Ágætis byrjun"),
        ("Motörhead", "Motörhead"),
        ("Привет", "Привет"),
        ("久石譲", "久石譲"),
        ("Don’t “stop” & <b>", "Don’t “stop” & <b>"),
        ("a\0b\nc\u2028d", "a b c d"),
        ("  a   b ", "a b"),
        ("\ud800", "?"),
        ("\0", ""),
    ],
)
def test_clean(text, expected):
    assert clean(text) == expected


def test_clean_cuts():
    assert clean("x" * 600) == "x" * 500
    assert clean("ab cd", 3) == "ab"


def test_fold_ignores_case_width_and_spacing():
    assert fold(" ＡＢＢＡ  Gold") == fold("abba gold")
    assert fold("Björk") != fold("Bjork")


def test_key_stays_within_an_index_entry():
    assert key("name", "a") != key("name", "b")
    long = key("name", "名" * 400)
    assert len(long.encode()) < 100
    assert long != key("name", "名" * 401)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (b"a/01 - my_song.mp3", "my song"),
        (b"48/948.low.mp3", "948"),
        (b"1999.flac", "1999"),
        (b"07. Title.ogg", "Title"),
        (b"99 Luftballons.mp3", "99 Luftballons"),
        (b"03 Song.mp3", "Song"),
        (b"calm_acoustic_1.opus", "calm acoustic 1"),
        (b"caf\xe9.mp3", "caf\ufffd"),
        (b".mp3", ".mp3"),
    ],
)
def test_readable_title(path, title):
    assert readable_title(path) == title
