"""The experiments of the course, each a declaration."""

from cnnviz.architectures.preact_resnet import ORDERS
from cnnviz.hyperparameters import named
from cnnviz.training.experiments.declaration import Arm, Experiment, Printed
from cnnviz.training.plan import Start

SHALLOW = "stage1_blocks=3,stage2_blocks=3,stage3_blocks=3"
UNIT = f"preact_resnet110_cifar,{SHALLOW}"
ORIGINAL = f"{UNIT},order=original"
SIX = "stage1_layers=6,stage2_layers=6,stage3_layers=6"
EIGHT = "stage1_layers=8,stage2_layers=8,stage3_layers=8"
TEN = "A 10-epoch schedule replaces the paper's"
SMALL = f"The network has 20 layers instead of 110. {TEN}."
TINY = "width=16,hidden_units=256"
NIN = "nin_cifar,width=0.25"
# With the paper's N(0, 0.05), NIN of a quarter of the width does not learn within 600 steps.
LEARNS = {"initialisation": "he", "learning_rate": "0.0005"}
# Neither does VGG with N(0, 0.01) in its linear layers and dropout.
VGG_LEARNS = {"initialisation": "he", "learning_rate": "0.001", "dropout": "0"}
# Section 3.1: the first four convolutions and the three linear layers of the trained network A.
FROM_A = Start(
    "vgg11_cifar",
    (
        *("stages.0.conv1", "stages.1.conv1", "stages.2.conv1", "stages.2.conv2"),
        *("head.linear1", "head.linear2", "head.linear3"),
    ),
)


def _shortcut(row: int) -> Printed:
    return Printed("Pre-activation Table 1", row, "error (%)")


def _order(row: int) -> Printed:
    return Printed("Pre-activation Table 2", row, "ResNet-110")


def _depth(row: int) -> Printed:
    return Printed("DenseNet Table 2", row, "C10+")


def _gap(title: str, augmented: bool, dropout: str, decay: str, paper: Printed | None) -> Arm:
    changes = {"crop": "4", "flip": "true"} if augmented else {"crop": "0", "flip": "false"}
    return Arm(title, NIN, {**changes, "dropout": dropout, "weight_decay": decay}, paper)


def _optimiser(title: str, name: str, rate: str, schedule: str = "step") -> Arm:
    changes = {"optimiser": name, "learning_rate": rate, "schedule": schedule}
    return Arm(title, "resnet20_cifar", changes)


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        "degradation",
        "Degradation",
        "Deeper plain networks have higher training error; deeper residual networks do not.",
        "He et al. 2016, Figure 6",
        f"{TEN}.",
        "64,000 iterations, 1 run (5 of ResNet-110)",
        (
            Arm("plain-20", "plain20_cifar"),
            Arm("plain-56", "plain56_cifar"),
            Arm("ResNet-20", "resnet20_cifar", paper=Printed("ResNet Table 6", 7, "error (%)")),
            Arm("ResNet-56", "resnet56_cifar", paper=Printed("ResNet Table 6", 10, "error (%)")),
        ),
        "training error",
        (("plain-20", "plain-56"), ("ResNet-56", "ResNet-20"), ("ResNet-56", "plain-56")),
    ),
    Experiment(
        "activation",
        "ReLU vs tanh and sigmoid",
        "A network with ReLU reaches 25 % training error six times faster than with tanh.",
        "Krizhevsky et al. 2012, Figure 1",
        "LeNet-5 with max pooling replaces the paper's four-layer network, which is not described. "
        "All networks share one learning rate. Sigmoid is not in the paper.",
        "about 36 epochs with tanh and 6 with ReLU, read from the figure",
        tuple(
            Arm(title, f"lenet5_full,activation={title.lower()}")
            for title in ("ReLU", "tanh", "sigmoid")
        ),
        "steps to 25 % training error",
        (("ReLU", "tanh"), ("ReLU", "sigmoid")),
        5,
        "alexnet",
        {
            **{"schedule": "constant", "weight_decay": "0.0"},
            **{"crop": "0", "flip": "false", "pca_colour": "0.0"},
        },
    ),
    Experiment(
        "shortcuts",
        "Shortcut types",
        "Any shortcut other than the identity trains worse.",
        "He et al. 2016b, Table 1",
        SMALL,
        "64,000 iterations, median of 5 runs",
        (
            Arm("identity", ORIGINAL, paper=_shortcut(1)),
            Arm("none (plain)", f"{ORIGINAL},shortcut=none", paper=_shortcut(2)),
            Arm("scaled 0.5", f"{ORIGINAL},shortcut=constant-scaling", paper=_shortcut(3)),
            Arm("frozen gating", f"{ORIGINAL},shortcut=frozen-gating", paper=_shortcut(4)),
            *(
                Arm(
                    f"{kind} gating, b = {bias}",
                    f"{ORIGINAL},shortcut={kind}-gating,gate_bias={bias}",
                    paper=_shortcut(row),
                )
                for kind, bias, row in (
                    ("exclusive", 0, 5),
                    ("exclusive", -6, 6),
                    ("shortcut-only", 0, 8),
                    ("shortcut-only", -6, 9),
                )
            ),
            Arm("1x1 convolution", f"{ORIGINAL},shortcut=1x1-convolution", paper=_shortcut(10)),
            Arm("dropout", f"{ORIGINAL},shortcut=dropout", paper=_shortcut(11)),
        ),
        "test error",
        tuple(
            ("identity", other)
            for other in ("none (plain)", "scaled 0.5", "frozen gating", "1x1 convolution")
        ),
    ),
    Experiment(
        "orders",
        "Order of normalisation and ReLU",
        "Full pre-activation has the lowest test error.",
        "He et al. 2016b, Table 2",
        SMALL,
        "64,000 iterations, median of 5 runs",
        tuple(
            Arm(order, f"{UNIT},order={order}", paper=_order(row))
            for row, order in enumerate(ORDERS, 1)
        ),
        "test error",
        (("full-pre-activation", "original"), ("original", "bn-after-addition")),
    ),
    Experiment(
        "options",
        "Shortcut options A, B and C",
        "C is slightly better than B, and B slightly better than A; projections are not essential.",
        "He et al. 2016, Table 3",
        "ResNet-20 instead of ResNet-34 on ImageNet; the errors are not comparable.",
        "600,000 iterations of 256 images, 1 run",
        tuple(Arm(option, f"resnet20_cifar,shortcut={option}") for option in "ABC"),
        "test error",
        (("C", "B"), ("B", "A")),
    ),
    Experiment(
        "parameters",
        "Error vs parameters",
        "A DenseNet needs fewer parameters than a ResNet for the same error.",
        "Huang et al. 2017, Table 2 and Figure 4",
        "Networks of at most about 0.27 million parameters instead of 1 to 27 million.",
        "300 epochs, 1 run",
        (
            Arm("ResNet-20", "resnet20_cifar"),
            Arm("DenseNet, k = 12", f"densenet40_k12_cifar,{SIX}"),
            Arm("DenseNet, k = 8", f"densenet40_k12_cifar,{SIX},growth_rate=8"),
            Arm("DenseNet-B, k = 12", f"densenet40_k12_cifar,{SIX},bottleneck=true"),
            Arm("DenseNet-C, k = 12", f"densenet40_k12_cifar,{SIX},compression=0.5"),
            Arm("DenseNet-BC, k = 12", f"densenet_bc100_k12_cifar,{EIGHT}"),
        ),
        "test error",
        (("DenseNet, k = 12", "ResNet-20"), ("DenseNet-BC, k = 12", "ResNet-20")),
        recipe="densenet",
    ),
    Experiment(
        "survival",
        "Stochastic depth",
        "Skipping blocks at random during training lowers the test error.",
        "Huang et al. 2016, section 4; errors from Huang et al. 2017, Table 2",
        SMALL,
        "500 epochs, 1 run",
        tuple(
            Arm(title, f"stochastic_depth110_cifar,blocks=3,final_survival={survival}", paper=paper)
            for title, survival, paper in (
                ("all blocks", "1.0", _depth(8)),
                ("p = 0.8", "0.8", None),
                ("p = 0.5", "0.5", _depth(9)),
            )
        ),
        "test error",
        (("p = 0.5", "all blocks"),),
        100,
    ),
    Experiment(
        "width",
        "Width vs depth",
        "Wide, shallow residual networks match thin, deep ones.",
        "Zagoruyko and Komodakis 2016, section 3",
        "Networks of 0.6 to 1.2 million parameters instead of up to 36.5 million.",
        "200 epochs, median of 5 runs",
        (
            Arm("WRN-40-1", "wide_resnet16_4_cifar,depth=40,widening_factor=1"),
            Arm("WRN-16-2", "wide_resnet16_4_cifar,depth=16,widening_factor=2"),
            Arm("WRN-10-4", "wide_resnet16_4_cifar,depth=10,widening_factor=4"),
        ),
        "test error",
        (("WRN-16-2", "WRN-40-1"),),
    ),
    Experiment(
        "regularisation",
        "Augmentation, dropout, weight decay",
        "Each reduces the gap between training and test error.",
        "Krizhevsky et al. 2012, section 4; errors of NIN: Huang et al. 2017, Table 2",
        "NIN of a quarter of the width with He initialisation, trained with AdamW. Training errors "
        "are measured with dropout and augmentation enabled.",
        "about 90 epochs of ImageNet, 1 run",
        (
            _gap("none", False, "0", "0.0", None),
            _gap("augmentation", True, "0", "0.0", None),
            _gap("dropout", False, "0.5", "0.0", None),
            _gap("weight decay", False, "0", "0.05", None),
            _gap("dropout and decay", False, "0.5", "0.05", Printed("DenseNet Table 2", 1, "C10")),
            _gap("all", True, "0.5", "0.05", Printed("DenseNet Table 2", 1, "C10+")),
        ),
        "gap",
        (("augmentation", "none"), ("dropout", "none"), ("weight decay", "none")),
        recipe="short",
        options=LEARNS,
    ),
    Experiment(
        "optimisers",
        "Optimisers and schedules",
        "Momentum beats plain SGD, and a decaying learning rate beats a constant one.",
        "He et al. 2016, section 4.2; the others are not from course papers",
        "Common learning rates without a search: 0.1, and 0.001 for adaptive optimisers.",
        "64,000 iterations, 1 run",
        (
            _optimiser("momentum", "momentum", "0.1"),
            _optimiser("SGD", "sgd", "0.1"),
            _optimiser("Nesterov", "nesterov", "0.1"),
            _optimiser("RMSprop", "rmsprop", "0.001"),
            _optimiser("Adam", "adam", "0.001"),
            _optimiser("AdamW", "adamw", "0.001"),
            _optimiser("momentum, constant", "momentum", "0.1", "constant"),
            _optimiser("momentum, cosine", "momentum", "0.1", "cosine"),
            _optimiser("momentum, one cycle", "momentum", "0.1", "one-cycle"),
        ),
        "test error",
        (("momentum", "SGD"), ("momentum", "momentum, constant")),
    ),
    Experiment(
        "initialisation",
        "Initialisation of a deep VGG",
        "A deep network with N(0, 0.01) does not learn; with Xavier or He initialisation it does.",
        "Simonyan and Zisserman 2015, section 3.1; He et al. 2015, section 2.2",
        "VGG-19 of a quarter of the width and 256 hidden units on small images. Network A is "
        "the bundled one, trained on CIFAR-10; on other data only matching layers are copied.",
        "370,000 iterations (74 epochs), 1 run",
        (
            *(
                Arm(title, f"vgg19,{TINY}", {"initialisation": title.lower()})
                for title in ("Gaussian", "Xavier", "He")
            ),
            Arm("from A", f"vgg19,{TINY}", {"initialisation": "gaussian"}, start=FROM_A),
        ),
        "training error",
        (("Xavier", "Gaussian"), ("He", "Gaussian"), ("from A", "Gaussian")),
        recipe="vgg",
        options={"schedule": "step"},
        shares_weights=False,
    ),
    Experiment(
        "kernels",
        "Kernels and heads",
        "Two 3x3 convolutions beat one 5x5; global average pooling beats a linear head.",
        "Simonyan and Zisserman 2015, section 4.1; Lin et al. 2014, section 4.6",
        "VGG A with 5x5 vs B with 3x3, at a quarter of the width and without dropout; the last "
        "three stages of A have two 5x5. Heads are compared on NIN of a quarter of the "
        "width. All use He initialisation, batch size 64 and AdamW.",
        "74 epochs (VGG), not given (NIN), 1 run",
        (
            Arm("5x5", f"vgg11_bn,{TINY},kernel_size=5", VGG_LEARNS, group="kernels"),
            Arm("two 3x3", f"vgg13_bn,{TINY}", VGG_LEARNS, group="kernels"),
            Arm("linear head", f"{NIN},head=linear", LEARNS, group="heads"),
            Arm("average pooling", f"{NIN},head=average", LEARNS, group="heads"),
        ),
        "test error",
        (("two 3x3", "5x5"), ("average pooling", "linear head")),
        recipe="short",
    ),
)


def experiment(name: str) -> Experiment:
    """Look up an experiment by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, {each.name: each for each in EXPERIMENTS}, "experiment")
