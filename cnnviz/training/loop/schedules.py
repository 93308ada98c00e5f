"""Learning-rate schedules."""

import math

from cnnviz.training.options import TrainingOptions

# One-cycle schedule: Smith 2018, with the values of torch's OneCycleLR.
RISE = 0.3
START = 1 / 25
END = 1e-4 / 25

PATIENCE = 3  # tests without a lower loss before a plateau divides the rate


def learning_rate(options: TrainingOptions, share: float, epoch: int, drops: int = 0) -> float:
    """The learning rate of the next step.

    Args:
        options: Peak learning rate, schedule and warm-up.
        share: Completed share of the run, in [0, 1].
        epoch: Completed epochs.
        drops: Number of plateaus so far.
    """
    rise = min(1.0, share / options.warm_up) if options.warm_up else 1.0
    # The first step of a warm-up has a small rate instead of 0.
    return options.learning_rate * max(rise, 0.01) * _factor(options, share, epoch, drops)


def _factor(options: TrainingOptions, share: float, epoch: int, drops: int) -> float:
    match options.schedule:
        case "step":  # Huang et al. 2017, section 4.2: at 50 % and 75 %
            return 0.1 ** ((share >= 0.5) + (share >= 0.75))
        case "plateau":  # He et al. 2016, section 3.4: "divided by 10 when the error plateaus"
            return 0.1**drops
        case "cosine":  # Loshchilov and Hutter 2017, equation 5, without restarts
            return _cosine(1.0, 0.0, share)
        case "one-cycle":
            if share < RISE:
                return _cosine(START, 1.0, share / RISE)
            return _cosine(1.0, END, (share - RISE) / (1 - RISE))
        case "googlenet":  # Szegedy et al. 2015, section 6: "4 % every 8 epochs"
            return 0.96 ** (epoch // 8)
    return 1.0


def _cosine(first: float, last: float, share: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * min(share, 1.0))) / 2


class Plateau:
    """Counts how often the test loss has stopped falling.

    Attributes:
        lowest: Lowest test loss so far; None before the first test.
        since: Tests since then.
        drops: Number of plateaus so far.
    """

    def __init__(self) -> None:
        self.lowest: float | None = None
        self.since = self.drops = 0

    def update(self, loss: float) -> None:
        """Record the loss of a test."""
        if self.lowest is None or loss < self.lowest:
            self.lowest, self.since = loss, 0
            return
        self.since += 1
        if self.since >= PATIENCE:
            self.drops, self.since = self.drops + 1, 0
