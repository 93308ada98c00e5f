"""The edges of what hyperparameters and options may be."""

import dataclasses
from collections.abc import Iterator

from cnnviz.hyperparameters import Config


def edge_cases(config: type[Config]) -> Iterator[Config]:
    """The default, then each field at both ends of its domain if ``check`` permits it."""
    default = config()
    yield default
    for hyperparameter in config.hyperparameters():
        for value in (hyperparameter.options[0], hyperparameter.options[-1]):
            if value == hyperparameter.default:
                continue
            try:
                yield dataclasses.replace(default, **{hyperparameter.name: value})
            except ValueError:  # check() forbids this pair: not a case
                continue
