"""The paper's four observations: chance decides none of them, weights made for it decide each."""

import pytest
import torch

from cnnviz.analysis.reuse.matrices import block_readers
from cnnviz.analysis.reuse.observations import is_beyond_chance, observations
from cnnviz.architectures import specify
from cnnviz.training.bundled import bundled_for
from cnnviz.weights.loading import random_network

PLAIN = specify(
    "densenet40_k12_cifar",
    growth_rate=4,
    stage1_layers=6,
    stage2_layers=6,
    stage3_layers=6,
)


def observed(network):
    return observations(list(block_readers(network)))


def verdicts(factor, spec=PLAIN):
    """Of weights drawn by chance whose slices are multiplied by factor(source, target, layers)."""
    network = random_network(spec, 0)
    for readers in block_readers(network):
        for target, reader in enumerate(readers):
            for source, part in enumerate(reader.slices()):
                part.mul_(factor(source, target, len(readers) - 1))
    return [each.verdict for each in observed(network)]


@pytest.mark.parametrize(
    "variant", ["simple_densenet", "densenet40_k12_cifar", "densenet_bc100_k12_cifar"]
)
@pytest.mark.parametrize("seed", range(3))
def test_untrained_networks_decide_nothing(variant, seed):
    answers = observed(random_network(specify(variant), seed))
    assert {each.verdict for each in answers} == {"undecided"}
    assert not any(each.is_beyond_chance for each in answers)
    assert all(each.why for each in answers)


def test_weights_as_in_the_paper():
    assert verdicts(lambda s, t, n: 0.6 if s == 0 else 1 + s / n) == ["true"] * 4


def test_weights_against_the_paper():
    answers = verdicts(lambda s, t, n: 3.0 if s == 0 else 0.1 if s < t else 1.0)
    assert answers[1:] == ["false"] * 3


def test_layers_that_read_only_the_last_few():
    assert verdicts(lambda s, t, n: 0.05 if s <= t // 2 else 1.0)[0] == "false"


def test_the_numbers_are_those_of_plain_loops():
    network = bundled_for("densenet40_k12_cifar")[0].network()
    blocks = list(block_readers(network))
    rows = [
        [[float(part.abs().double().mean()) for part in reader.slices()] for reader in readers]
        for readers in blocks
    ]
    behind = [column for block in rows[1:] for column in block[:-1] if len(column) > 1]
    least = sum(column[0] <= min(column) for column in behind) / len(behind)
    classifier = rows[-1][-1]
    last, others = classifier[-4:], classifier[:-4]
    answers = observed(network)
    assert answers[2].number == pytest.approx(least)
    assert answers[3].number == pytest.approx((sum(last) / 4) / (sum(others) / len(others)))
    spread = min(sum(m) ** 2 / (len(m) * sum(v * v for v in m)) for m in (r[-1] for r in rows[:-1]))
    assert answers[1].number == pytest.approx(spread)


def test_one_block_has_nothing_behind_a_transition():
    spec = specify("simple_densenet")
    blocks = list(block_readers(random_network(spec, 0)))[1:]
    second, third = observations(blocks)[1:3]
    assert second.number is third.number is None
    assert second.verdict == third.verdict == "undecided"
    assert "nothing to measure" in second.why


def test_beyond_chance_is_beyond_freshly_drawn_weights():
    network = random_network(PLAIN, 0)
    readers = [reader for block in block_readers(network) for reader in block]
    assert not is_beyond_chance(readers)
    for reader in readers:
        next(reader.slices()).mul_(2.0)
    assert is_beyond_chance(readers)
    zeros = [reader for reader in readers if torch.is_tensor(reader.weight.zero_())]
    assert not is_beyond_chance(zeros)
