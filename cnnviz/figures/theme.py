"""The colours and number formats of all figures."""

from collections.abc import Iterable

# Okabe and Ito 2008: eight colours that colour-blind people tell apart (black left out).
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442", "#D55E00")

PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def stage_colour(part: str) -> str:
    """The same colour for the same part in every network: stem first, head last.

    Args:
        part: "stem", "stage 1", ..., "head", or an auxiliary head.
    """
    *stages, head = CATEGORIES
    if not part.startswith(("stem", "stage")):
        return head
    return stages[0 if part == "stem" else int(part.split()[-1]) % len(stages)]


def hexadecimal(colour: Iterable[int]) -> str:
    """A colour of three bytes, red, green and blue, as "#rrggbb"."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def text_colour(background: str) -> str:
    """Black or white, whichever is easier to read on a colour "#rrggbb"."""
    red, green, blue = (int(background[i : i + 2], 16) for i in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def count_text(count: float) -> str:
    """A count with four digits, to be followed by its unit: "11.69 M", "1.814 G", "640"."""
    for scale, prefix in PREFIXES:
        if count >= scale:
            value = count / scale
            return f"{value:.{3 if value < 10 else 2 if value < 100 else 1}f} {prefix}"
    return f"{count:,.0f}"


def bytes_text(size: float) -> str:
    """A size in decimal units: "44.7 MB", "553 MB"."""
    for scale, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= scale:
            return f"{size / scale:.{0 if size >= 100 * scale else 1}f} {unit}"
    return f"{size:.0f} B"
