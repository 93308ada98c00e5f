"""A training run as one piece of HTML: its name, its state, big numbers, a bar, a sentence.

One piece, and not a row of widgets: sixty pages replace it each second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

CARD = (
    '<div style="border:1px solid rgba(128,128,128,0.35);border-radius:8px;padding:12px 16px;'
    'margin-bottom:10px">'
    '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px">'
    '<span style="width:14px;height:14px;border-radius:7px;background:{colour}"></span>'
    "<b>{label}</b>"
    '<span style="border:1.5px solid {tone};border-radius:10px;padding:0 10px;font-size:0.9em">'
    "{state}</span>{link}</div>{numbers}{bar}"
    '<div style="font-size:0.9em;margin-top:6px" role="{role}">{words}</div></div>'
)
NUMBERS = (
    '<div style="display:grid;grid-template-columns:repeat(auto-fit,minmax(108px,1fr));'
    'gap:6px 12px;margin-top:8px">{cells}</div>'
)
NUMBER = (
    '<div title="{help}"><div style="font-size:0.85em;opacity:0.75">{label}</div>'
    '<div style="font-size:1.75em;line-height:1.25;white-space:nowrap;'
    'font-variant-numeric:tabular-nums">{value}</div></div>'
)
BAR = (
    '<div style="height:8px;border-radius:4px;background:rgba(128,128,128,0.25);margin-top:8px">'
    '<div style="height:8px;border-radius:4px;background:{colour};width:{share:.1f}%"></div></div>'
)
LINK = '<a href="{address}" target="_blank">{text}</a>'


@dataclass(frozen=True)
class BigNumber:
    """A number of a card.

    Attributes:
        label: What it is.
        value: With its unit.
        help: What pointing at it says.
    """

    label: str
    value: str
    help: str = ""


@dataclass(frozen=True)
class Card:
    """What a card says.

    Attributes:
        colour: Of the run's curves, "#rrggbb".
        label: The run's name.
        state: In a word or two.
        tone: Colour of the state's outline.
        words: Sentences.
        numbers: Shown big; none makes a small card.
        share: How much is done, in [0, 1]; None draws no bar.
        link: (address, text) of what to do next.
        is_alarm: Whether the sentences are read out at once by a screen reader.
    """

    colour: str
    label: str
    state: str
    tone: str
    words: str
    numbers: Sequence[BigNumber] = field(default_factory=tuple)
    share: float | None = None
    link: tuple[str, str] | None = None
    is_alarm: bool = False


def run_card(card: Card) -> str:
    """HTML of a card, in the page's own text colour; it wraps on a phone."""
    cells = "".join(
        NUMBER.format(help=escape(n.help), label=escape(n.label), value=escape(n.value))
        for n in card.numbers
    )
    share = None if card.share is None else 100 * min(max(card.share, 0.0), 1.0)
    address, text = card.link or ("", "")
    return CARD.format(
        colour=card.colour,
        label=escape(card.label),
        tone=card.tone,
        state=escape(card.state),
        link=LINK.format(address=escape(address), text=escape(text)) if card.link else "",
        numbers=NUMBERS.format(cells=cells) if cells else "",
        bar="" if share is None else BAR.format(colour=card.colour, share=share),
        role="alert" if card.is_alarm else "status",
        words=escape(card.words),
    )
