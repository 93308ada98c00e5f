from functools import partial

import pytest

from cnnviz.architectures import ARCHITECTURES
from cnnviz.architectures.results import result_tables
from tests.apps import open_in_app
from tests.networks import summary_of

open_timeline = partial(open_in_app, "timeline")


@pytest.fixture(autouse=True)
def counted_once(monkeypatch):
    """Networks that other tests have counted are not counted again."""
    monkeypatch.setattr("cnnviz.ui.timeline.summary", summary_of)


def test_every_architecture_has_a_card_with_a_link():
    app = open_timeline()
    text = " ".join(markdown.value for markdown in app.markdown)
    for family in ARCHITECTURES:
        assert f"**{family.title}** :gray-badge[{family.year}]" in text
        assert family.idea in text
    assert len(app.get("page_link")) == len(ARCHITECTURES)


@pytest.mark.parametrize("cost", ["params", "macs"])
def test_errors_over_cost(cost):
    app = open_timeline(cost=cost)
    assert len(app.get("plotly_chart")) == 2
    app.selectbox(key="error").select("c10plus_error").run()
    assert not app.exception


@pytest.mark.parametrize("title", result_tables())
def test_every_table_of_the_papers_opens(title):
    app = open_timeline(table=title)
    table = result_tables()[title]
    assert len(app.dataframe[0].value) == len(table.rows)
    assert any(table.source in caption.value for caption in app.caption)


def test_a_bad_url_falls_back():
    open_timeline(table="Table 99", error="accuracy", cost="money")
