"""The papers' ways to train, scaled to a short budget; each says what was scaled."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.hyperparameters import named
from cnnviz.training.options import TrainingOptions

EPOCHS = 10


@dataclass(frozen=True)
class Recipe:
    """A way to train.

    Attributes:
        name: In addresses and on the command line.
        title: What a menu shows.
        source: The paper, with the place.
        options: What it sets; the budget, the seed and the number of images are the visitor's.
        scaled: In one sentence, what differs from the paper.
    """

    name: str
    title: str
    source: str
    options: TrainingOptions
    scaled: str


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "short",
        "Short run (AdamW)",
        "Loshchilov and Hutter 2019, with a warm-up; no paper of the course",
        TrainingOptions(),
        "Chosen so that every network here learns within minutes.",
    ),
    Recipe(
        "lenet",
        "LeNet-5, 1998",
        "LeCun et al. 1998, section III.B",
        TrainingOptions(
            epochs=20,
            batch_size=16,
            optimiser="sgd",
            learning_rate=0.005,
            schedule="step",
            warm_up=0.0,
            weight_decay=0.0,
        ),
        "20 passes as printed; the rates of 0.0005 falling to 0.00001, each divided by a "
        "curvature of its own (stochastic diagonal Levenberg-Marquardt), are one rate here, and a "
        "step takes 16 images instead of 1.",
    ),
    Recipe(
        "alexnet",
        "AlexNet, 2012",
        "Krizhevsky et al. 2012, section 5",
        TrainingOptions(
            epochs=EPOCHS,
            batch_size=128,
            optimiser="momentum",
            learning_rate=0.01,
            schedule="plateau",
            warm_up=0.0,
            weight_decay=0.0005,
            dropout="network",
            flip=True,
            crop=4,
            pca_colour=0.1,
        ),
        "90 epochs are 10, and the crop is 4 px around the picture instead of 224 of 256 px; "
        "N(0, 0.01) is the network's own initialisation.",
    ),
    Recipe(
        "vgg",
        "VGG, 2014",
        "Simonyan and Zisserman 2015, section 3.1",
        TrainingOptions(
            epochs=EPOCHS,
            batch_size=256,
            optimiser="momentum",
            learning_rate=0.01,
            schedule="plateau",
            warm_up=0.05,
            weight_decay=0.0005,
            initialisation="xavier",
            flip=True,
            crop=4,
            pca_colour=0.1,
        ),
        "74 epochs are 10; instead of starting from network A it starts with Glorot and Bengio's "
        "rule, which the paper found enough, and a warm-up.",
    ),
    Recipe(
        "googlenet",
        "GoogLeNet, 2014",
        "Szegedy et al. 2015, section 6",
        TrainingOptions(
            epochs=EPOCHS,
            batch_size=128,
            optimiser="momentum",
            learning_rate=0.01,
            schedule="googlenet",
            warm_up=0.0,
            weight_decay=0.0002,
            averaging=0.999,
            flip=True,
            crop=4,
            jitter=0.4,
        ),
        "The paper prints momentum 0.9, 4 % less every 8 epochs and Polyak averaging; batch size, "
        "learning rate and weight decay are not in it (here those of Caffe's replication), and "
        "asynchronous training on many machines is one device.",
    ),
    Recipe(
        "inception",
        "Inception-v3, 2015",
        "Szegedy et al. 2016, sections 7 and 8",
        TrainingOptions(
            epochs=EPOCHS,
            batch_size=32,
            optimiser="rmsprop",
            learning_rate=0.0005,
            schedule="cosine",
            warm_up=0.05,
            weight_decay=4e-05,
            label_smoothing=0.1,
            averaging=0.999,
            flip=True,
            crop=4,
        ),
        "100 epochs are 10; the rate of 0.045 belongs to an epsilon of 1.0 and 50 replicas, so it "
        "is 0.0005 with torch's epsilon; 0.94 every second epoch is a cosine.",
    ),
    Recipe(
        "resnet",
        "ResNet, 2015",
        "He et al. 2016, section 4.2",
        TrainingOptions(
            epochs=EPOCHS,
            batch_size=128,
            optimiser="momentum",
            learning_rate=0.1,
            schedule="step",
            warm_up=0.0,
            weight_decay=0.0001,
            crop=4,
            flip=True,
        ),
        "164 epochs are 10, and the rate falls after 50 % and 75 % of them (the paper: after "
        "32,000 and 48,000 of 64,000 steps, the same shares).",
    ),
    Recipe(
        "densenet",
        "DenseNet, 2016",
        "Huang et al. 2017, section 4.2",
        TrainingOptions(
            epochs=EPOCHS,
            batch_size=64,
            optimiser="nesterov",
            learning_rate=0.1,
            schedule="step",
            warm_up=0.0,
            weight_decay=0.0001,
            crop=4,
            flip=True,
        ),
        "300 epochs are 10; dropout of 0.2, which the paper adds where it does not augment, is a "
        "hyperparameter of the network.",
    ),
)


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        KeyError: There is none; the message lists the known names.
    """
    return named(name, {each.name: each for each in RECIPES}, "recipe")
