"""A training run as one piece of HTML: its name, its state, big numbers, a bar, a sentence.

One piece, and not a row of widgets: sixty pages replace it each second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cnnviz.figures.templates import render


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
    """The content of a card.

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
    return render("run_card", card=card)
