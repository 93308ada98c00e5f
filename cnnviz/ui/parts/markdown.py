"""Escape visitors' text for Markdown."""


def plain(words: str) -> str:
    """Text with all Markdown signs escaped."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|$~:&" else sign for sign in words)
