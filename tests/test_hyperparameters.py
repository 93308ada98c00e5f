import re
from dataclasses import dataclass

import pytest

from cnnviz.hyperparameters import Config, choice, flag, steps, tenths
from tests.edge_cases import edge_cases


@dataclass(frozen=True)
class Example(Config):
    block: str = choice("basic", "bottleneck", default="basic", help="A block.")
    width: int = steps(16, 64, 16, default=32, unit="channels", help="A width.")
    rate: float = choice(0.0, 0.5, default=0.5, help="A rate.")
    norm: bool = flag(default=False, help="A flag.")

    def check(self) -> None:
        if self.block == "bottleneck" and self.width == 16:
            raise ValueError("width must be at least 32 for bottleneck blocks; received 16.")


@pytest.mark.parametrize(
    ("field", "value"),
    [("block", "wide"), ("width", 17), ("width", 32.0), ("width", True), ("norm", 1), ("rate", 0)],
)
def test_a_value_outside_its_domain_is_refused_with_one_sentence(field, value):
    with pytest.raises(ValueError, match=rf"^{field} must be one of .*; received {value!r}\.$"):
        Example(**{field: value})


@pytest.mark.parametrize(
    ("value", "nearest"),
    [(6200, "6000 or 6300"), (-1, "0"), (50_000, "43200"), (0.5, "0 or 1"), ("long", None)],
)
def test_of_many_values_the_nearest_are_named(value, nearest):
    @dataclass(frozen=True)
    class Timed(Config):
        seconds: int = choice(*range(61), *range(3900, 43201, 300), default=0, help="A time.")

    listed = "0, 1, 2, ..., 43200" + (f" (the nearest: {nearest})" if nearest else "")
    sentence = f"seconds must be one of {listed}; received {str(value)!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Timed().with_text({"seconds": str(value)})


def test_a_relation_between_fields_is_checked_at_creation():
    with pytest.raises(ValueError, match="at least 32 for bottleneck"):
        Example(block="bottleneck", width=16)


def test_text_and_back_is_the_same_configuration():
    for config in edge_cases(Example):
        assert Example().with_text(config.to_text()) == config


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [("rate", "0", 0.0), ("rate", "5e-1", 0.5), ("rate", " .5 ", 0.5), ("width", "32.0", 32)],
)
def test_numbers_are_compared_as_numbers(field, written, value):
    parsed = getattr(Example().with_text({field: written}), field)
    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize("written", ["0.25", "nan", "", "half"])
def test_other_numbers_and_words_are_refused(written):
    with pytest.raises(ValueError, match=r"rate must be one of 0\.0, 0\.5; received"):
        Example().with_text({"rate": written})


@pytest.mark.parametrize("written", ["True", "1", "", "yes"])
def test_only_true_and_false_are_flags(written):
    with pytest.raises(ValueError, match="norm must be one of false, true"):
        Example().with_text({"norm": written})


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(KeyError, match="depth is no hyperparameter; known are block, width"):
        Example().with_text({"depth": "3"})


def test_edge_cases_visit_both_ends_of_every_domain_and_are_distinct():
    cases = list(edge_cases(Example))
    assert len(cases) == len(set(cases))
    assert {case.width for case in cases} == {16, 32, 64}
    assert {case.block for case in cases} == {"basic", "bottleneck"}
    assert {case.norm for case in cases} == {False, True}


def test_edge_cases_leave_out_what_check_forbids():
    @dataclass(frozen=True)
    class Narrow(Example):
        def check(self) -> None:
            if self.width == 64:
                raise ValueError("width must be below 64; received 64.")

    assert {case.width for case in edge_cases(Narrow)} == {16, 32}


def test_a_default_outside_its_domain_is_a_mistake_of_the_declaration():
    with pytest.raises(ValueError, match="must be one of 1, 2; received 3"):
        choice(1, 2, default=3, help="")


def test_labels():
    titles = {h.name: h.title for h in Example.hyperparameters()}
    assert titles["width"] == "Width"


def test_a_flag_may_have_a_label_of_its_own():
    @dataclass(frozen=True)
    class Window(Config):
        is_global: bool = flag(default=False, help="One window.", label="Global pooling")
        is_square: bool = flag(default=True, help="As high as wide.")

    assert [each.title for each in Window.hyperparameters()] == ["Global pooling", "Is square"]


def test_without_a_default_it_is_the_first_option_and_tenths_are_exact():
    @dataclass(frozen=True)
    class Drop(Config):
        where: str = choice("before", "after", help="Of the convolution.")
        share: float = tenths(1, 7, default=0.3, help="Of the numbers.")

    where, share = Drop.hyperparameters()
    assert (where.default, share.default) == ("before", 0.3)
    assert share.options == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def test_what_all_of_a_kind_inherit_stands_last_and_is_given_by_name():
    @dataclass(frozen=True, kw_only=True)
    class Shared(Config):
        seed: int = choice(0, 1, help="Of the draw.")

    @dataclass(frozen=True)
    class Own(Shared):
        depth: int = choice(2, 3, help="Layers.")

    assert [h.name for h in Own.hyperparameters()] == ["depth", "seed"]
    assert Own(3) == Own(depth=3, seed=0)
