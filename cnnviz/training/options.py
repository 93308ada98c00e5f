"""The options of a training run, declared once like hyperparameters."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.hyperparameters import Config, choice, flag, steps

# 0 is no limit. Each second of the first minute, then coarser, to twelve hours.
SECONDS = (*range(61), *range(65, 601, 5), *range(660, 3601, 60), *range(3900, 43201, 300))
# A round number three times a decade, and what papers print.
LEARNING_RATES = (
    *(1e-05, 2e-05, 5e-05, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005),
    *(0.01, 0.02, 0.03, 0.045, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
)
BATCH_SIZES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
# Where a choice of names includes the network's own way.
NETWORK = "network"


@dataclass(frozen=True)
class TrainingOptions(Config):
    """How a network is trained; ``recipes`` has the papers' ways.

    The defaults are no paper's: every network of the catalogue learns with them within minutes.
    """

    epochs: int = steps(0, 400, 1, default=5, help="Passes over the training images; 0: by time.")
    seconds: int = choice(
        *SECONDS, default=0, unit="s", help="Train as long as this instead; 0: by epochs."
    )
    batch_size: int = choice(*BATCH_SIZES, default=64, unit="images", help="Images of one step.")
    optimiser: str = choice(
        *("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"),
        default="adamw",
        help="How a gradient becomes a step.",
    )
    learning_rate: float = choice(
        *LEARNING_RATES, default=0.002, help="The largest length of a step, times the gradient."
    )
    momentum: float = choice(
        *(0.5, 0.8, 0.9, 0.95, 0.99),
        default=0.9,
        help="Share of the last step in the next: momentum, Nesterov, RMSprop; beta 1 of Adam.",
    )
    schedule: str = choice(
        *("constant", "step", "plateau", "cosine", "one-cycle", "googlenet"),
        default="cosine",
        help="Divided by 10 after 50 % and 75 % (step), when the test loss stays (plateau), "
        "4 % less every 8 epochs (googlenet), or smooth.",
    )
    warm_up: float = choice(
        *(0.0, 0.01, 0.02, 0.05, 0.1, 0.2),
        default=0.05,
        help="Share of the run in which the learning rate rises from 0.",
    )
    weight_decay: float = choice(
        *(0.0, 1e-05, 4e-05, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1),
        default=0.01,
        help="How strongly weights are drawn to 0.",
    )
    label_smoothing: float = choice(
        *(0.0, 0.05, 0.1, 0.2),
        default=0.0,
        help="Share of the target that all classes get alike (Szegedy et al. 2016, section 7).",
    )
    dropout: str = choice(
        *(NETWORK, "0", "0.1", "0.2", "0.3", "0.4", "0.5"),
        default=NETWORK,
        help="Probability of the network's dropout layers, or as the network has it.",
    )
    averaging: float = choice(
        *(0.0, 0.9, 0.99, 0.999, 0.9999),
        default=0.0,
        help="Polyak averaging: the tested weights are a running mean that keeps this share.",
    )
    initialisation: str = choice(
        *(NETWORK, "gaussian", "xavier", "he"),
        default=NETWORK,
        help="How weights are drawn: as the network's paper says, or by one of three rules.",
    )
    precision: str = choice(
        *("auto", "float32", "bfloat16"),
        default="auto",
        help="bfloat16 where the device is fast at it (auto), or one of the two.",
    )
    compiled: bool = flag(
        default=False,
        help="Compile the network (torch.compile): faster steps after minutes of waiting. On a "
        "CPU it needs a C++ compiler.",
    )
    test_every: int = choice(
        *(1, 2, 5, 10),
        default=1,
        unit="epochs",
        help="Test the network after so many epochs, and after the last one.",
    )
    progressive_resizing: bool = flag(
        default=False,
        help="Train on images of half the side for the first 30 % of the run, then of three "
        "quarters up to 60 %, then whole (Howard 2018).",
    )
    seed: int = steps(0, 99, 1, default=0, help="Decides weights, order and augmentation.")
    train_images: int = choice(
        *(0, 500, 1000, 2000, 5000, 10000, 20000),
        default=0,
        unit="images",
        help="Train on so many, of each class alike; 0: on all.",
    )
    crop: int = choice(
        *(0, 1, 2, 4, 8, 16),
        default=0,
        unit="px",
        help="Cut the picture at random from one that is so much wider on each side.",
    )
    flip: bool = flag(default=False, help="Exchange left and right of half of the pictures.")
    rotation: int = choice(
        *(0, 5, 10, 15, 30), default=0, unit="degrees", help="Turn by at most so much."
    )
    noise: float = choice(
        *(0.0, 0.02, 0.05, 0.1), default=0.0, help="Add Gaussian noise of this share of the range."
    )
    erasing: float = choice(
        *(0.0, 0.25, 0.5, 1.0),
        default=0.0,
        help="Probability that a rectangle is filled with noise (Zhong et al. 2020).",
    )
    jitter: float = choice(
        *(0.0, 0.1, 0.2, 0.4),
        default=0.0,
        help="Change brightness, contrast and saturation by at most this share.",
    )
    pca_colour: float = choice(
        *(0.0, 0.1, 0.3, 1.0),
        default=0.0,
        help="Add a colour along the data's principal colours, times N(0, this) (AlexNet: 0.1).",
    )

    def check(self) -> None:
        """A run ends by epochs or by time, one of the two.

        Raises:
            ValueError: Neither or both are given.
        """
        if (self.epochs > 0) == (self.seconds > 0):
            raise ValueError(
                "epochs or seconds must be above 0, and the other 0; "
                f"received epochs {self.epochs} and seconds {self.seconds}."
            )
