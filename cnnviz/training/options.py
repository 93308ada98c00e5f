"""Training options, declared like hyperparameters."""

from dataclasses import dataclass

from cnnviz.architectures.initialisation import INITIALISERS
from cnnviz.hyperparameters import Config, choice, flag, steps

# 0 means no limit. Each second of the first minute, then coarser, to twelve hours.
SECONDS = (*range(61), *range(65, 601, 5), *range(660, 3601, 60), *range(3900, 43201, 300))
# Three round numbers per decade, and values from papers.
LEARNING_RATES = (
    *(1e-05, 2e-05, 5e-05, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005),
    *(0.01, 0.02, 0.03, 0.045, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
)
BATCH_SIZES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
# The option that keeps the network's own setting.
NETWORK = "network"


@dataclass(frozen=True)
class TrainingOptions(Config):
    """Options of a training run; ``recipes`` has those of the papers.

    The defaults are from no paper: with them every network of the catalogue learns within minutes.
    """

    epochs: int = steps(0, 400, 1, default=5, help="Passes over the training images; 0: by time.")
    seconds: int = choice(
        *SECONDS, default=0, unit="s", help="Training time instead of epochs; 0: by epochs."
    )
    batch_size: int = choice(*BATCH_SIZES, default=64, unit="images", help="Images per step.")
    optimiser: str = choice(
        *("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"),
        default="adamw",
        help="Rule that turns gradients into steps.",
    )
    learning_rate: float = choice(
        *LEARNING_RATES, default=0.002, help="Peak learning rate: step size per unit of gradient."
    )
    momentum: float = choice(
        *(0.5, 0.8, 0.9, 0.95, 0.99),
        default=0.9,
        help="Share of the last step in the next (momentum, Nesterov, RMSprop), or beta 1 of Adam.",
    )
    schedule: str = choice(
        *("constant", "step", "plateau", "cosine", "one-cycle", "googlenet"),
        default="cosine",
        help="Divided by 10 after 50 % and 75 % (step) or when the test loss stagnates (plateau), "
        "reduced by 4 % every 8 epochs (googlenet), or smooth (cosine, one-cycle).",
    )
    warm_up: float = choice(
        *(0.0, 0.01, 0.02, 0.05, 0.1, 0.2),
        default=0.05,
        help="Share of the run during which the learning rate rises from 0.",
    )
    weight_decay: float = choice(
        *(0.0, 1e-05, 4e-05, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1),
        default=0.01,
        help="Strength of the pull of weights towards 0.",
    )
    label_smoothing: float = choice(
        *(0.0, 0.05, 0.1, 0.2),
        default=0.0,
        help="Share of the target spread over all classes (Szegedy et al. 2016, section 7).",
    )
    dropout: str = choice(
        *(NETWORK, "0", "0.1", "0.2", "0.3", "0.4", "0.5"),
        default=NETWORK,
        help="Dropout probability, or the network's own.",
    )
    averaging: float = choice(
        *(0.0, 0.9, 0.99, 0.999, 0.9999),
        default=0.0,
        help="Polyak averaging: decay of the running mean of the weights, which is tested.",
    )
    initialisation: str = choice(
        *(NETWORK, *INITIALISERS),
        default=NETWORK,
        help="Weight initialisation: the network's own, or one of four rules.",
    )
    precision: str = choice(
        *("auto", "float32", "bfloat16"),
        default="auto",
        help="Number format; auto: bfloat16 if the device is fast with it.",
    )
    compiled: bool = flag(
        default=False,
        help="Compile the network (torch.compile): faster steps after minutes of compilation. "
        "Needs a C++ compiler on a CPU.",
    )
    test_every: int = choice(
        *(1, 2, 5, 10),
        default=1,
        unit="epochs",
        help="Epochs between tests; the last epoch is always followed by one.",
    )
    progressive_resizing: bool = flag(
        default=False,
        help="Train on images of half the side for the first 30 % of the run, of three "
        "quarters up to 60 %, then of full size (Howard 2018).",
    )
    seed: int = steps(0, 99, 1, default=0, help="Determines weights, order and augmentation.")
    train_images: int = choice(
        *(0, 500, 1000, 2000, 5000, 10000, 20000),
        default=0,
        unit="images",
        help="Number of training images, equal in all classes; 0: all.",
    )
    crop: int = choice(
        *(0, 1, 2, 4, 8, 16),
        default=0,
        unit="px",
        help="Random crop after padding each side by this much.",
    )
    flip: bool = flag(default=False, help="Mirror half of the images horizontally.")
    rotation: int = choice(
        *(0, 5, 10, 15, 30), default=0, unit="degrees", help="Largest random rotation."
    )
    noise: float = choice(
        *(0.0, 0.02, 0.05, 0.1),
        default=0.0,
        help="Gaussian noise, relative to the range.",
    )
    erasing: float = choice(
        *(0.0, 0.25, 0.5, 1.0),
        default=0.0,
        help="Probability of filling a rectangle with noise (Zhong et al. 2020).",
    )
    jitter: float = choice(
        *(0.0, 0.1, 0.2, 0.4),
        default=0.0,
        help="Largest relative change of brightness, contrast and saturation.",
    )
    pca_colour: float = choice(
        *(0.0, 0.1, 0.3, 1.0),
        default=0.0,
        help="Shift along the principal colours, times N(0, this) (AlexNet: 0.1).",
        label="PCA colour",
    )

    def check(self) -> None:
        """Check that the budget is either epochs or seconds.

        Raises:
            ValueError: Neither or both are set.
        """
        if (self.epochs > 0) == (self.seconds > 0):
            raise ValueError(
                "epochs or seconds must be above 0, and the other 0; "
                f"received epochs {self.epochs} and seconds {self.seconds}."
            )
