"""Words that a visitor has written, on a page whose text is Markdown."""

from __future__ import annotations


def plain(words: str) -> str:
    """Words of a visitor's file as Markdown that means nothing but them."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|$~:&" else sign for sign in words)
