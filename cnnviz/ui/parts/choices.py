"""The widgets of choices that are kept in the address, each with its default for a wrong link."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import streamlit as st

from cnnviz.hyperparameters import Hyperparameter, Value, text
from cnnviz.ui.parts.address import Key, newly_requested, write

T = TypeVar("T", str, int)
N = TypeVar("N", int, float)


def bound(key: Key) -> dict[str, Any]:
    """The arguments with which a widget of Streamlit's keeps its value in the address."""
    return {"key": str(key), "bind": "query-params"}


def choose_labelled(
    label: str,
    texts: Mapping[str, str] | Sequence[str],
    key: Key,
    default: str | None = None,
    help: str | None = None,
    is_labelled: bool = True,
) -> str:
    """A row of buttons with labels; the URL has the option, not its label.

    A bound widget would write the text into the URL.

    Args:
        label: Above the buttons.
        texts: Labels by option, from left to right; or options, which capitalised are the labels.
        key: In the URL and in the session.
        default: The option of a URL without the key or with another value; else the first.
        help: Tooltip of the label.
        is_labelled: Whether the label is visible, and not only for screen readers.
    """
    if not isinstance(texts, Mapping):
        texts = {option: option[:1].upper() + option[1:] for option in texts}
    default, requested = default or next(iter(texts)), newly_requested(key)
    requested = st.session_state.get(key) if requested is None else requested
    st.session_state[key] = requested if requested in texts else default
    clicked = st.segmented_control(
        label,
        list(texts),
        format_func=lambda option: texts.get(option, option),
        required=True,
        key=str(key),
        help=help,
        label_visibility="visible" if is_labelled else "collapsed",
    )
    chosen = clicked if clicked is not None and clicked in texts else default
    write({key: "" if chosen == default else chosen})
    return chosen


def choose_segment(
    label: str,
    options: Sequence[T],
    key: Key,
    default: T | None = None,
    help: str | None = None,
    is_labelled: bool = True,
) -> T:
    """A row of buttons that show the options themselves; for the rest see ``choose_labelled``."""
    default = options[0] if default is None else default
    chosen = st.segmented_control(
        label,
        options,
        default=default,
        required=True,
        help=help,
        label_visibility="visible" if is_labelled else "collapsed",
        **bound(key),
    )
    return chosen if chosen in options else default


def show_chosen_view(
    views: Mapping[str, tuple[str, Callable[..., object]]],
    key: Key,
    *subject: Any,
    label: str = "View",
    **more: Any,
) -> None:
    """Draw the buttons of views, and what the chosen one shows.

    Args:
        views: Label of the button and drawing function, by the option in the address.
        key: In the URL and in the session.
        *subject: What the function draws.
        label: Above the buttons.
        **more: What else ``choose_labelled`` takes.
    """
    labels = {name: named for name, (named, _) in views.items()}
    _, show = views[choose_labelled(label, labels, key, **more)]
    show(*subject)


def choose_option(
    label: str, options: Sequence[T], key: Key, default: T | None = None, **more: Any
) -> T:
    """A menu; ``more`` are what else Streamlit's takes; for the rest see ``choose_labelled``."""
    default = options[0] if default is None else default
    chosen = st.selectbox(label, options, options.index(default), **bound(key), **more)
    return chosen if chosen in options else default


def choose_option_or_none(label: str, options: Sequence[T], key: Key, **more: Any) -> T | None:
    """A menu in which nothing is chosen at first."""
    chosen = st.selectbox(label, options, index=None, **bound(key), **more)
    return chosen if chosen in set(options) else None


def choose_step(label: str, options: Sequence[T], key: Key, default: T, **more: Any) -> T:
    """A slider over a list of values."""
    chosen = st.select_slider(label, options, default, **bound(key), **more)
    return chosen if chosen in options else default


def choose_number(
    label: str, low: N, high: N, key: Key, default: N, step: N | None = None, **more: Any
) -> N:
    """A field for a number from ``low`` to ``high``."""
    chosen = st.number_input(label, low, high, default, step, **bound(key), **more)
    return chosen if isinstance(chosen, type(default)) and low <= chosen <= high else default


def choose_several(
    label: str, options: Sequence[T], key: Key, default: Sequence[T] = (), **more: Any
) -> list[T]:
    """A menu of which several may be chosen, in the order of the options."""
    chosen = st.multiselect(label, options, default=default or None, **bound(key), **more)
    return [option for option in options if option in chosen]


def choose_flag(label: str, key: Key, help: str | None = None) -> bool:
    """A switch that is off by default."""
    return st.toggle(label, help=help, **bound(key))


def choose_named(label: str, key: Key, titles: Mapping[str, str], default: str) -> str:
    """A menu that stands alone: what is chosen is written into the address at once."""
    chosen = addressed_menu(label, key, titles, default=default)
    write({key: chosen})
    return chosen


def addressed_menu(
    label: str, key: Key, titles: Mapping[str, str], help: str = "", default: str = ""
) -> str:
    """A menu of titles whose choice stands in the address by an id.

    A bound widget would write the title. An address that has changed since it was written (a link,
    the Back button) is followed; one that names nothing known is the default. ``address.write``
    writes what several menus say at once, so that Back undoes it at once.

    Args:
        label: Above the menu.
        key: In the address.
        titles: By id, at least one.
        help: What pointing at the label says.
        default: One of the ids; else the first is.
    """
    name, requested = f"chosen_{key}", newly_requested(key)
    default = default or next(iter(titles))
    if requested in titles:
        st.session_state[name] = requested
    elif st.session_state.get(name) not in titles:
        st.session_state[name] = default
    else:  # or else a page that was left and comes back forgets it
        st.session_state[name] = st.session_state[name]
    chosen = st.selectbox(
        label, list(titles), key=name, format_func=lambda each: titles.get(each, each), help=help
    )
    return chosen if chosen in titles else default


def choose(key: Key, chosen: str) -> None:
    """Let a button choose for the menu of titles of that key, before it is drawn."""
    st.session_state[f"chosen_{key}"] = chosen
    st.session_state[f"written_{key}"] = st.query_params.get(key, "")


def write_text(label: str, key: Key, default: str) -> str:
    """A field for a text; cleared it is the default again."""
    if not st.session_state.get(key, st.query_params.get(key)):
        st.session_state[key] = default
    return st.text_input(label, **bound(key)) or default


def hyperparameter_widget(hyperparameter: Hyperparameter, default: Value, **options: Any) -> Any:
    """The widget of one hyperparameter: a switch, a menu of names, or a slider over numbers.

    Args:
        hyperparameter: The declaration.
        default: The value without a choice.
        **options: The widget's key and what else Streamlit's widgets take.
    """
    h = hyperparameter
    says_unit = not h.unit or h.unit in h.title.lower()
    label = h.title if says_unit else f"{h.title} ({h.unit})"
    _follow_number(h, options["key"])
    if h.is_flag:
        return st.toggle(label, bool(default), help=h.help, **options)
    if isinstance(default, str):
        return st.selectbox(label, h.options, h.options.index(default), help=h.help, **options)
    return st.select_slider(label, h.options, default, help=h.help, **options)


def _follow_number(hyperparameter: Hyperparameter, key: str) -> None:
    """Read a number that an address writes in another way than the widget: 0 for 0.0."""
    written = st.query_params.get(key)
    known = map(text, hyperparameter.options)
    if written and key not in st.session_state and written not in known:
        with suppress(ValueError):  # an unknown value: the widget takes its default
            st.session_state[key] = hyperparameter.parse(written)
