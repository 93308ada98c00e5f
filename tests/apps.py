"""Opens a page, or a part of one, as the script run of a visitor sees it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

# A server looks once for packages with components, AppTest at every script run: half of its time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

ROOT = Path(__file__).parents[1]
SECONDS = 120  # until a script run counts as hung: two tests share two cores with others


def checked(app: AppTest) -> AppTest:
    """Run a script that must not raise."""
    app.run()
    assert not app.exception
    return app


def _opened(app: AppTest, query: dict[str, str]) -> AppTest:
    for key, value in query.items():
        app.query_params[key] = value
    return checked(app)


def open_page(name: str, /, **query: str) -> AppTest:
    """Open one file of ``pages`` alone, by its query parameters."""
    path = ROOT / "pages" / f"{name}.py"
    return _opened(AppTest.from_file(str(path), default_timeout=SECONDS), query)


def open_in_app(name: str = "", /, **query: str) -> AppTest:
    """Open a page inside the program, where links to others can be followed; or its first page."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    if name:
        app.switch_page(f"pages/{name}.py")
    return _opened(app, query)


def open_function(function: Callable[..., None], /, *args: Any, **query: str) -> AppTest:
    """Open what a function draws, called with these arguments."""
    return _opened(AppTest.from_function(function, default_timeout=SECONDS, args=args), query)
