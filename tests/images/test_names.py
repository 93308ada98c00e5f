"""Names of files: their encodings, and what may be shown of them."""

import pytest

from cnnviz.images.names import decoded, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A\u0308pfel", "Äpfel"),
        ("柴\u3000犬", "柴\u3000犬"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\x1b[0m", "a\N{REPLACEMENT CHARACTER}[0m"),
        ("a\u202eb", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud800", "a\N{REPLACEMENT CHARACTER}"),
        ("x" * 300, "…" + "x" * 199),
    ],
)
def test_a_name_keeps_its_letters_and_loses_its_commands(name, shown):
    assert printable(name) == shown


def test_utf_8_comes_first():
    assert decoded(["Äpfel".encode(), "고양이".encode()]) == ["Äpfel", "고양이"]


def test_one_name_in_another_encoding_does_not_spoil_the_others():
    names = [*(name.encode("cp949") for name in ("고양이", "강아지")), b"plain"]
    assert decoded(names) == ["고양이", "강아지", "plain"]


def test_bytes_that_are_no_text_are_still_names():
    assert len(set(decoded([bytes([255, number]) for number in range(128, 160)]))) == 32
