"""A run's card: what it says, and that a visitor's words stay words."""

from cnnviz.figures.training.run_card import BigNumber, Card, run_card
from tests.figures.markup import elements, shares, words

CARD = Card("#0072B2", "<b>LeNet-5</b>", "training", "#009E73", "Epoch 3 of 20.")


def test_a_small_card_has_a_name_a_state_and_a_sentence():
    html = run_card(CARD)
    said = ["&lt;b&gt;LeNet-5&lt;/b&gt;", "training", "Epoch", "3", "of", "20."]
    assert words(html) == said
    (card,) = elements(html, "run-card")
    assert (card["colour"], card["tone"]) == ("#0072B2", "#009E73")
    assert 'role="status"' in html
    assert not elements(html, "track")
    assert not elements(html, "big-numbers")
    assert "<a " not in html


def test_numbers_a_bar_and_a_link_are_there_when_given():
    html = run_card(
        Card(
            **vars(CARD)
            | {
                "numbers": [BigNumber("Loss", "0.1 <nats>", "cross-entropy")],
                "share": 0.25,
                "link": ("evaluate?run=1&view=classes", "Evaluate"),
                "is_alarm": True,
            }
        )
    )
    assert "0.1 &lt;nats&gt;" in html
    assert 'title="cross-entropy"' in html
    assert shares(html, "piece") == [25]
    assert 'href="evaluate?run=1&amp;view=classes"' in html
    assert 'role="alert"' in html


def test_a_share_stays_on_its_track():
    drawn = [run_card(Card(**vars(CARD) | {"share": share})) for share in (-0.5, 1.5)]
    assert [shares(html, "piece") for html in drawn] == [[0], [100]]
