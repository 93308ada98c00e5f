"""Which colour stands for what."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def legend(colours: Mapping[str, str]) -> str:
    """HTML with a square of each colour before its name.

    Args:
        colours: Name -> colour.
    """
    keys = "".join(_key(name, colour) for name, colour in colours.items())
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:12px">{keys}</div>'


def _key(name: str, colour: str) -> str:
    square = f"width:12px;height:12px;margin-right:6px;background:{colour}"
    return (
        f'<span style="white-space:nowrap"><span style="display:inline-block;{square}"></span>'
        f"{escape(name)}</span>"
    )
