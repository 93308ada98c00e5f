"""Numbers rounded to significant digits, as JSON records keep them."""

from collections.abc import Mapping
from typing import Any

DIGITS = 5


def rounded(value: Any, digits: int = DIGITS) -> Any:
    """What JSON can keep, with its fractions to so many digits, as a record keeps them."""
    if isinstance(value, Mapping):
        return {name: rounded(each, digits) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each, digits) for each in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
