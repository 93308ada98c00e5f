"""Hyperparameters declared once: validation, widgets, URL and command line follow.

    @dataclass(frozen=True)
    class ResNetConfig(NetworkConfig):
        block: str = choice("basic", "bottleneck", default="basic", help="Kind of block.")
        width: int = steps(16, 128, 16, default=64, unit="channels", help="Channels of the stem.")

Every domain is a finite list, so every value can be checked, offered in a menu and tested.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Integral
from typing import Any, Self, TypeVar

Value = str | int | float | bool
T = TypeVar("T", str, int, float)
V = TypeVar("V")
LISTED = 12  # options that a sentence lists in full


@dataclass(frozen=True)
class Hyperparameter:
    """One declared field of a Config.

    Attributes:
        name: Field name, also the name in URLs and on the command line.
        options: Every allowed value, in the order in which a menu shows them.
        default: The value used where none is given; one of ``options``.
        help: One sentence for the person who chooses.
        unit: Unit of the value, or an empty string.
        label: The label, where it is not made of the name.
    """

    name: str
    options: tuple[Value, ...]
    default: Value
    help: str
    unit: str = ""
    label: str = ""

    @property
    def title(self) -> str:
        """The label, by default of the name: "Stage 1 blocks" for stage1_blocks."""
        if self.label:
            return self.label
        words = self.name.replace("_", " ").replace("stage", "stage ").replace("  ", " ")
        return words[0].upper() + words[1:]

    @property
    def is_flag(self) -> bool:
        """Whether the only values are False and True."""
        return self.options == (False, True)

    def check(self, value: object) -> None:
        """Check that a value is in the domain.

        Raises:
            ValueError: The value is not one of the options (True is not 1, and 1.0 is not 1).
        """
        if not any(value == o and type(value) is type(o) for o in self.options):
            raise self._refusal(value)

    def parse(self, written: str) -> Value:
        """Parse an option from its text; a number may be written in any way: 0, 0.0, 1e-4.

        Raises:
            ValueError: The text is none of the options.
        """
        number = _number(written)
        for option in self.options:
            is_number = not isinstance(option, str | bool)
            if written.strip() == text(option) or (is_number and option == number):
                return option
        raise self._refusal(written)

    def _refusal(self, received: object) -> ValueError:
        """The error message for an invalid value; names the options, or the nearest of many."""
        shown, nearest = [text(option) for option in self.options], ""
        if len(shown) > LISTED:
            shown = [*shown[:3], "...", shown[-1]]
            nearest = " or ".join(map(text, self._nearest(received)))
        listed = ", ".join(shown) + (f" (the nearest: {nearest})" if nearest else "")
        return ValueError(f"{self.name} must be one of {listed}; received {received!r}.")

    def _nearest(self, received: object) -> list[Value]:
        """The options next below and above a number; empty if either is not a number."""
        wanted = _number(received)
        numbers = [option for option in self.options if not isinstance(option, str)]
        below = [max((n for n in numbers if n < wanted), default=None)]
        above = [min((n for n in numbers if n > wanted), default=None)]
        return [each for each in below + above if each is not None]


def named(name: str, known: Mapping[str, V], what: str) -> V:
    """Look up an entry by name.

    Args:
        name: The requested name.
        known: The entries by name.
        what: What an entry is, such as "recipe", for the error message.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    if name not in known:
        raise KeyError(f"{name} is no {what}; known are {', '.join(known)}.")
    return known[name]


def require_whole(name: str, value: object, most: int, unit: str = "", what: str = "") -> None:
    """Refuse what is no whole number from 1 to ``most``.

    Args:
        name: What the value is called.
        value: The value, of any type.
        most: The largest.
        unit: Behind the largest, with a space: " px".
        what: What the number is, for who gives another type.

    Raises:
        ValueError: It is another number, or of another type.
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        rule = f"a whole number{f', {what}' if what else ''}"
        raise ValueError(f"{name} must be {rule}; received {value!r}.")
    if not 1 <= int(value) <= most:
        raise ValueError(f"{name} must be between 1 and {most}{unit}; received {value}.")


def _number(written: object) -> float:
    """The number that a text denotes, or not-a-number, which equals no option."""
    try:
        return float(str(written))
    except ValueError:
        return math.nan


def text(value: Value) -> str:
    """The text of a value in URLs and on the command line ("true", "0.5", "bottleneck")."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def choice(*options: T, default: T | None = None, help: str, unit: str = "", label: str = "") -> T:
    """A field whose value is one of the options, by default the first."""
    field: T = _field(options, options[0] if default is None else default, help, unit, label)
    return field


def steps(start: int, stop: int, step: int, *, default: int, help: str, unit: str = "") -> int:
    """A field whose value is start, start + step, ..., stop (inclusive)."""
    field: int = _field(tuple(range(start, stop + 1, step)), default, help, unit)
    return field


def tenths(start: int, stop: int, *, default: float, help: str) -> float:
    """A field whose value is start / 10, ..., stop / 10: probabilities and shares."""
    field: float = _field(tuple(n / 10 for n in range(start, stop + 1)), default, help, "")
    return field


def flag(*, default: bool, help: str, label: str = "") -> bool:
    """A field that is on or off."""
    field: bool = _field((False, True), default, help, "", label)
    return field


@cache
def _declared(config: type[Config]) -> tuple[Hyperparameter, ...]:
    # What all classes of a kind inherit is keyword-only and comes last, as in the constructor.
    fields = sorted(dataclasses.fields(config), key=lambda field: field.kw_only is True)
    return tuple(
        dataclasses.replace(field.metadata["hyperparameter"], name=field.name) for field in fields
    )


def _field(
    options: tuple[Value, ...], default: Value, help: str, unit: str, label: str = ""
) -> Any:
    declared = Hyperparameter("", options, default, help, unit, label)
    declared.check(default)
    return dataclasses.field(default=default, metadata={"hyperparameter": declared})


@dataclass(frozen=True)
class Config:
    """Base class of configurations; every instance is valid.

    Raises:
        ValueError: At creation, if a field is outside its domain or ``check`` objects.
    """

    def __post_init__(self) -> None:
        for hyperparameter in self.hyperparameters():
            hyperparameter.check(getattr(self, hyperparameter.name))
        self.check()

    def check(self) -> None:
        """Check relations between fields; overrides raise ValueError with one sentence."""

    @classmethod
    def hyperparameters(cls) -> tuple[Hyperparameter, ...]:
        """The declared fields, in the order of their declaration."""
        return _declared(cls)  # type: ignore[arg-type]  # a class is hashable, whatever a Config is

    def to_text(self) -> dict[str, str]:
        """The text of every field in URLs and on the command line."""
        return {h.name: text(getattr(self, h.name)) for h in self.hyperparameters()}

    def with_values(self, values: Mapping[str, Value]) -> Self:
        """A copy with some fields replaced.

        Raises:
            KeyError: A name is not a field; the message lists the known names.
            ValueError: A value is outside its domain, or the result breaks a relation.
        """
        for name in values:
            self.hyperparameter(name)
        return dataclasses.replace(self, **values)

    def with_text(self, written: Mapping[str, str]) -> Self:
        """A copy with some fields replaced by values in the form of ``to_text``.

        Raises:
            KeyError: A name is not a field; the message lists the known names.
            ValueError: A text is not a value of its field, or the result breaks a relation.
        """
        return self.with_values(
            {name: self.hyperparameter(name).parse(value) for name, value in written.items()}
        )

    @classmethod
    def hyperparameter(cls, name: str) -> Hyperparameter:
        """The declared field of that name.

        Raises:
            KeyError: There is no such field; the message lists the known names.
        """
        return named(name, {h.name: h for h in cls.hyperparameters()}, "hyperparameter")
