"""The papers' training recipes, scaled to a short budget."""

from dataclasses import dataclass

from cnnviz.hyperparameters import named
from cnnviz.training.options import TrainingOptions

EPOCHS = 10


@dataclass(frozen=True)
class Recipe:
    """Training options from a paper.

    Attributes:
        name: In URLs and on the command line.
        title: Title in menus.
        source: Paper and section.
        options: Its options, except budget, seed and number of images.
        scaled: Differences from the paper, in one sentence.
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
        "Loshchilov and Hutter 2019, with a warm-up; not from a course paper",
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
        "20 epochs as in the paper. One learning rate replaces rates of 0.0005 to 0.00001 with "
        "curvature scaling (stochastic diagonal Levenberg-Marquardt). Batch size 16 instead of 1.",
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
        "10 epochs instead of 90, and crops with 4 px padding instead of 224 of 256 px. "
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
        "10 epochs instead of 74, and Glorot and Bengio's initialisation (an alternative in the "
        "paper) with a warm-up instead of starting from network A.",
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
        "The paper gives momentum 0.9, 4 % decay every 8 epochs and Polyak averaging. Batch size, "
        "learning rate and weight decay are those of Caffe's replication. One device replaces "
        "asynchronous training on many machines.",
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
        "10 epochs instead of 100. Learning rate 0.0005 with torch's epsilon instead of 0.045 with "
        "epsilon 1.0 and 50 replicas. A cosine replaces 0.94 every second epoch.",
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
        "10 epochs instead of 164. The learning rate drops after 50 % and 75 %, as in the paper "
        "(32,000 and 48,000 of 64,000 steps).",
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
        "10 epochs instead of 300. The paper's dropout of 0.2 without augmentation is a "
        "hyperparameter of the network.",
    ),
)


def recipe(name: str) -> Recipe:
    """Look up a recipe by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, {each.name: each for each in RECIPES}, "recipe")
