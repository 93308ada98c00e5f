"""Escape visitors' text for Markdown."""

from __future__ import annotations


def plain(words: str) -> str:
    """Text with all Markdown signs escaped."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|$~:&" else sign for sign in words)
