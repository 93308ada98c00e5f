"""The cards of Home lead to pages that there are, with choices that their addresses can hold."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from cnnviz.ui.home import CARDS
from cnnviz.ui.parts.address import KEYS

PAGES = {path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py")}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["label"])
def test_a_card_leads_to_a_page_with_choices_of_its_address(card):
    assert card["question"] and card["hint"]
    page, _, query = card["link"].partition("?")
    assert page in PAGES
    known = {key for key in KEYS if page in key.pages}
    assert dict(parse_qsl(query, strict_parsing=bool(query))).keys() <= known
