"""Training speed: our pipeline against the usual loop and against a bare one."""

import itertools
import statistics
import time

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional
from torchvision import transforms

from cnnviz.architectures import build
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.loop.engine import default_device, train
from cnnviz.training.loop.step import autocast, precision
from cnnviz.training.options import TrainingOptions

MEAN, STD = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)
ON_CARD = default_device() == "cuda"
BATCH, STEPS = (512, 200) if ON_CARD else (128, 8)
IMAGES = 50_000 if ON_CARD else 5_000

pytestmark = pytest.mark.benchmark


def cifar_sized():
    """Random images, as many bytes as CIFAR-10's (a tenth of them on a CPU)."""
    rng = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (IMAGES, 32, 32, 3), generator=rng).to(torch.uint8)
    labels = torch.randint(0, 10, (IMAGES,), generator=rng)
    train_split, test_split = Split(images, labels), Split(images[:1000], labels[:1000])
    classes = tuple("0123456789")
    return Data("random", "random images", classes, train_split, test_split, MEAN, STD)


class Pictures(torch.utils.data.Dataset):
    """Pictures as torchvision's CIFAR-10 gives them."""

    def __init__(self, split):
        self.images, self.labels = split.images.numpy(), split.labels.tolist()
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(MEAN, STD),
            ]
        )

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def usual_loop(data, device):
    """The loop of most tutorials; a step each time it is asked."""
    network = build("resnet20_cifar").to(device).train()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    workers = 8 if ON_CARD else 2
    loader = torch.utils.data.DataLoader(
        Pictures(data.train), BATCH, shuffle=True, num_workers=workers, drop_last=True
    )
    loss_sum = right = 0.0
    while True:
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            logits = network(images)
            loss = functional.cross_entropy(logits, labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss_sum += loss.item()
            right += (logits.argmax(1) == labels).sum().item()
            yield


def bare_loop(data, device):
    """The same network and optimiser as ours on tensors that are ready; nothing is measured."""
    network = build("resnet20_cifar").to(device).to(memory_format=torch.channels_last).train()
    optimiser = torch.optim.SGD(
        network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, fused=True
    )
    kind = precision(TrainingOptions(), torch.device(device))
    images = torch.randn(4 * BATCH, 3, 32, 32, device=device)
    images = images.to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (4 * BATCH,), device=device)
    for number in itertools.count():
        start = number % 4 * BATCH
        optimiser.zero_grad(set_to_none=True)
        with autocast(torch.device(device), kind):
            logits = network(images[start : start + BATCH])
        loss = functional.cross_entropy(logits.float(), labels[start : start + BATCH])
        loss.backward()
        optimiser.step()
        yield


def our_steps(data, device):
    """Our engine with crop, flip and all live measurements but tests; a measurement each time."""
    options = TrainingOptions(
        epochs=400, batch_size=BATCH, optimiser="momentum", learning_rate=0.1, crop=4, flip=True
    )
    for measurement in train(build("resnet20_cifar"), data, options, device):
        if measurement.train_loss is not None:
            yield measurement.step


def seconds_a_step(loop, steps):
    """Seconds of a step, over so many; a measurement may stand for several steps."""
    started, first = time.perf_counter(), next(loop)
    last = first
    for _ in range(steps):
        last = next(loop)
    if ON_CARD:
        torch.cuda.synchronize()
    done = steps + 1 if first is None else last - first + 1
    return (time.perf_counter() - started) / done


def test_a_step_against_the_usual_loop_and_a_bare_one(report):
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    data, device = cifar_sized(), default_device()
    loops = {
        "ours": our_steps(data, device),
        "usual": usual_loop(data, device),
        "bare": bare_loop(data, device),
    }
    seconds = {name: [] for name in loops}
    for loop in loops.values():
        seconds_a_step(loop, 2)
    for _ in range(7):
        for name, loop in loops.items():
            seconds[name].append(seconds_a_step(loop, STEPS))
    torch.set_num_threads(threads)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    speed = {name: BATCH / value for name, value in medians.items()}
    report(
        f"ResNet-20, batch {BATCH}, {device}, {precision(TrainingOptions(), torch.device(device))}:"
        f" ours {speed['ours']:,.0f} images/s, the usual loop {speed['usual']:,.0f}, a bare loop "
        f"{speed['bare']:,.0f}"
    )
    report(
        f"the usual loop takes {medians['usual'] / medians['ours']:.2f} x as long as ours; ours "
        f"{medians['ours'] / medians['bare']:.3f} x as long as the bare loop"
    )
    assert np.isfinite(list(medians.values())).all()
