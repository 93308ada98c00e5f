"""How long a class waits until a network has learned something."""

import re
import time

import pytest
import torch

from cnnviz.architectures import specify
from cnnviz.training.datasets import dataset
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.running import fitted, run_plan

pytestmark = pytest.mark.benchmark


def test_digits_from_the_button_to_95_percent(server, page, report):
    page.goto(f"{server}/train")
    button = page.get_by_role("button", name="Train", exact=True)
    button.wait_for()
    page.wait_for_timeout(2000)  # so long does nobody need to press it
    started, shown = time.perf_counter(), 0.0
    button.click()
    while shown <= 95 and time.perf_counter() - started < 120:
        accuracy = re.search(r"Test accuracy\s*([\d.]+) %", page.inner_text("body"))
        shown = float(accuracy[1]) if accuracy else 0.0
        page.wait_for_timeout(100)
    seconds = time.perf_counter() - started
    report(f"LeNet on digits, from pressing Train to {shown} % on the screen: {seconds:.1f} s")


FASHION = TrainingOptions(
    epochs=10, batch_size=128, optimiser="adamw", learning_rate=0.003, schedule="one-cycle"
)


def test_fashion_mnist_to_90_percent(test_data, tmp_path, monkeypatch, report):
    monkeypatch.setenv("CNNVIZ_DATA", str(test_data / "torchvision"))
    data = dataset("fashion_mnist")
    network = fitted(specify("lenet5_full"), data.side, data.channels, 10)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    started, best, reached = time.perf_counter(), 0.0, None
    for each in run_plan(Plan(network, data.name, FASHION), tmp_path):
        best = max(best, each.test_accuracy or 0.0)
        if best >= 0.9 and reached is None:
            reached = time.perf_counter() - started
    torch.set_num_threads(threads)
    when = "not reached" if reached is None else f"after {reached:.0f} s"
    report(
        f"Fashion-MNIST on LeNet-5 with all connections, data loading included: 90 % {when}, "
        f"best {best:.2%}, whole run {time.perf_counter() - started:.0f} s"
    )
