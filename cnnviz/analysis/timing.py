"""Measures the seconds that a forward pass takes on this machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

import torch

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import MAX_TO_RUN
from cnnviz.analysis.memory import footprint
from cnnviz.architectures import NetworkSpec, build
from cnnviz.machine import processor_name

FEWEST_RUNS = 3
# The first passes choose algorithms and ask the system for memory.
WARM_UP_RUNS = 3


@dataclass(frozen=True)
class ForwardTime:
    """Seconds that a network with random weights takes for one batch.

    Attributes:
        device: Name of the graphics card or of the processor.
        torch_version: What ran it.
        threads: Of the processor that share the work; 1 on a graphics card.
        batch: Images at once.
        runs: Passes that were measured.
        median: Half of the runs were faster,
        low: a quarter of them faster than this,
        high: a quarter of them slower than this.
    """

    device: str
    torch_version: str
    threads: int
    batch: int
    runs: int
    median: float
    low: float
    high: float

    @property
    def images_per_second(self) -> float:
        """Images per second at the median time."""
        return self.batch / self.median

    def __str__(self) -> str:
        """One sentence with the spread."""
        images = f"a batch of {self.batch} images" if self.batch > 1 else "one image"
        return (
            f"{seconds_text(self.median)} for {images} ({seconds_text(self.low)} to "
            f"{seconds_text(self.high)} in the middle half of {self.runs} runs), "
            f"{_three_digits(self.images_per_second)} images a second, on {self.device} with "
            f"PyTorch {self.torch_version}, random weights."
        )


def forward_time(
    spec: NetworkSpec, resolution: int, batch: int = 1, seconds: float = 5.0
) -> ForwardTime:
    """How long a network of random weights takes for a batch of random images.

    It runs on the graphics card where there is one, in float32 and inference mode. Warm-up runs
    are left out; at least 3 runs are measured, then as many as fit into ``seconds``.

    Raises:
        ValueError: ``batch`` or ``seconds`` is not positive, or the pass needs more than 8 GB.
        GraphError: The images are too small for one of the layers.
    """
    if seconds <= 0:
        raise ValueError(f"seconds must be positive; received {seconds}.")
    needed = footprint(network_graph(spec, resolution)).memory(batch).total
    if needed > MAX_TO_RUN:
        raise ValueError(
            f"A forward pass must need at most {MAX_TO_RUN / 1e9:.0f} GB to be measured; "
            f"{spec.variant} needs {needed / 1e9:.1f} GB for {batch} images of {resolution} px."
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = build(spec).to(device)
    images = torch.randn(batch, spec.in_channels, resolution, resolution, device=device)

    def run() -> None:
        network(images)
        if device.type == "cuda":
            torch.cuda.synchronize()

    with torch.inference_mode():
        times = _measured(run, seconds)
    low, _, high = quantiles(times, n=4, method="inclusive")
    on_card = device.type == "cuda"
    return ForwardTime(
        device=torch.cuda.get_device_name(device) if on_card else processor_name(),
        torch_version=torch.__version__,
        threads=1 if on_card else torch.get_num_threads(),
        batch=batch,
        runs=len(times),
        median=median(times),
        low=low,
        high=high,
    )


def seconds_text(seconds: float) -> str:
    """A duration in the unit that suits it, with three digits: "12.3 ms"."""
    for scale, unit in ((1, "s"), (1e-3, "ms")):
        if seconds >= scale:
            return f"{_three_digits(seconds / scale)} {unit}"
    return f"{_three_digits(seconds / 1e-6)} µs"


def _measured(run: Callable[[], None], seconds: float) -> list[float]:
    """Seconds of each run after the warm-up, which ends early where a run takes long."""
    _repeated(run, seconds / 2, fewest=1, most=WARM_UP_RUNS)
    return _repeated(run, seconds, fewest=FEWEST_RUNS)


def _repeated(
    run: Callable[[], None], seconds: float, fewest: int, most: int | None = None
) -> list[float]:
    """Seconds of each of at least ``fewest`` runs, until ``seconds`` are over."""
    times: list[float] = []
    while len(times) < fewest or (sum(times) < seconds and (most is None or len(times) < most)):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return times


def _three_digits(value: float) -> str:
    return f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f}"
