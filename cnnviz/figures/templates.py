"""Pieces of HTML from the Jinja2 templates in ``templates/``; ``STYLESHEET`` says how they look.

Every text is escaped, whoever wrote it. ``open_page`` loads the stylesheet, once a page.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cnnviz.figures.theme import bytes_text, count_text, text_colour

FOLDER = Path(__file__).with_name("templates")
STYLESHEET = FOLDER / "style.css"


def render(name: str, /, **values: Any) -> str:
    """The HTML of a template.

    Args:
        name: Of the file in ``templates/``, without its ending.
        values: What the template names.
    """
    return _templates.get_template(f"{name}.html").render(values).strip()


def _percent(share: float) -> str:
    """A share as a length in CSS: "37.5%"."""
    return f"{100 * share:.4g}%"


_templates = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "percent": _percent,
    "count_text": count_text,
    "bytes_text": bytes_text,
    "text_colour": text_colour,
}
