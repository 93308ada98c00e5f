"""The lectures' examples and well-known kernels; each reproduces the slide's numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SlidingPreset:
    """A grid and a kernel of a slide.

    Attributes:
        title: Title in the menu.
        grid: In the format of ``cnnviz.lab.grid.grid``.
        kernel: In the same format, with filters separated by "/".
        settings: Changes to ``cnnviz.lab.sliding.Settings``, as text.
        says: Statement of the slide, in one sentence.
        groups: Number of groups of channels.
        bias: A number per filter.
        over: Applied to "numbers" or to a "photo" of 32 x 32 px.
    """

    title: str
    grid: str
    kernel: str
    says: str
    settings: Mapping[str, str] = field(default_factory=dict)
    groups: int = 1
    bias: str = "0"
    over: str = "numbers"


EDGE = "1 0 -1; 1 0 -1; 1 0 -1"
SEVEN = (
    "6 3 4 4 5 0 3; 4 7 4 0 4 0 4; 7 0 2 3 4 5 2; 3 7 5 0 3 0 7; 5 8 1 2 5 4 2; 8 0 1 0 6 0 0; "
    "6 4 1 3 0 4 5"
)
CHANNELS = "1 2 0 1; 0 1 3 1; 2 1 0 2; 1 0 1 1 | 0 1 1 0; 2 0 1 1; 1 3 0 0; 0 1 2 1 | "
CHANNELS += "2 0 1 1; 1 1 0 2; 0 1 1 0; 3 0 1 1"
COLOURS = " | ".join(
    (
        "6 3 4 4 5 0 3; 4 7 4 0 4 0 4; 7 0 2 3 4 5 2; 3 7 5 0 3 0 7; 5 8 1 2 5 4 2; "
        "8 0 1 0 6 0 0; 6 4 1 3 0 4 5",
        "1 0 2 5 7 7 8; 0 1 2 6 7 8 8; 1 1 3 5 8 7 9; 0 2 2 6 7 9 8; 1 0 3 5 6 8 9; "
        "2 1 2 6 8 8 7; 0 1 3 5 7 9 8",
        "9 8 9 8 9 9 8; 8 9 8 9 8 9 9; 7 7 8 7 7 8 7; 5 6 5 5 6 5 6; 3 3 2 3 3 2 3; "
        "1 0 1 1 2 1 0; 0 1 0 0 1 0 1",
    )
)
EDGE5 = "; ".join(["1 1 0 -1 -1"] * 5)
FLAT5 = "; ".join(["0.013 0.013 0.013 0.013 0.013"] * 5)
ONES5, ZEROS5, MINUS5 = ("; ".join([f"{n} {n} {n} {n} {n}"] * 5) for n in ("0.04", "0", "-0.04"))

SLIDING: tuple[SlidingPreset, ...] = (
    SlidingPreset(
        "Edges by numbers",
        "7 2 3 3 8; 4 5 3 8 4; 3 3 2 8 4; 2 8 7 2 7; 5 4 4 5 4",
        EDGE,
        "The first sum is 7x1 + 4x1 + 3x1 + 2x0 + 5x0 + 3x0 + 3x-1 + 3x-1 + 2x-1 = 6.",
    ),
    SlidingPreset(
        "Ones and zeros",
        "1 1 1 0 0; 0 1 1 1 0; 0 0 1 1 1; 0 0 1 1 0; 0 1 1 0 0",
        "1 0 1; 0 1 0; 1 0 1",
        "The first sum is 4. The kernel is that of the small x0 and x1 in the slide's image; the "
        "slide's table repeats the kernel of the previous example.",
    ),
    SlidingPreset(
        "Padding 2",
        SEVEN,
        EDGE,
        "Two rows and columns of zeros around a 7 x 7 input make it 11 x 11.",
        {"padding": "2"},
    ),
    SlidingPreset(
        "Padding that keeps the size",
        SEVEN,
        "0.111 0.111 0.111; 0.111 0.111 0.111; 0.111 0.111 0.111",
        "Padding is usually chosen to preserve the size at stride 1.",
        {"padding": "same"},
    ),
    SlidingPreset(
        "Stride 2",
        SEVEN,
        EDGE,
        "The stride is the step of the sliding window: it skips positions.",
        {"stride": "2"},
    ),
    SlidingPreset(
        "Stride 3 does not fit",
        "7 2 3 3 8; 4 5 3 8 4; 3 3 2 8 4; 2 8 7 2 7; 5 4 4 5 4",
        EDGE,
        "(5 - 3) / 3 + 1 is not a whole number: the remaining pixels are never read.",
        {"stride": "3"},
    ),
    SlidingPreset(
        "Dilation 2",
        SEVEN,
        EDGE,
        "Nine weights cover an area of 5 x 5.",
        {"dilation": "2"},
    ),
    SlidingPreset(
        "Three channels, two filters",
        CHANNELS,
        "1 0; 0 1 | 0 1; 1 0 | 1 1; 0 0 / 0 0; 1 1 | 1 0; 0 1 | 0 -1; 1 0",
        "A filter has as many channels as the input; each filter gives one map, and the maps are "
        "stacked.",
    ),
    SlidingPreset(
        "32 x 32 x 3 and 5 x 5 x 3",
        COLOURS,
        f"{EDGE5} | {EDGE5} | {EDGE5}",
        "At each position a 75-dimensional dot product plus a bias gives one of 28 x 28 numbers.",
        bias="1",
        over="photo",
    ),
    SlidingPreset(
        "Three filters make a volume",
        COLOURS,
        " / ".join(
            " | ".join(colours) for colours in ([FLAT5] * 3, [EDGE5] * 3, [ONES5, ZEROS5, MINUS5])
        ),
        "Each filter reads all three colours and gives one 28 x 28 map: brightness, vertical "
        "edges, and red against blue. Stacked they are a volume of 3 x 28 x 28.",
        bias="0 0 0",
        over="photo",
    ),
    SlidingPreset(
        "Depthwise",
        CHANNELS,
        "1 0; 0 1 / 0 1; 1 0 / 1 1; 0 0",
        "With as many groups as channels, each filter reads one channel.",
        groups=3,
    ),
    SlidingPreset(
        "Transposed",
        "1 2; 3 4",
        "1 2 1; 2 4 2; 1 2 1",
        "The input is spread out, so the output is larger.",
        {"stride": "2", "transposed": "true", "padding": "1"},
    ),
)

KERNELS: Mapping[str, str] = {
    "vertical edges (the slide's)": EDGE,
    "horizontal edges": "1 1 1; 0 0 0; -1 -1 -1",
    "Sobel, vertical edges": "-1 0 1; -2 0 2; -1 0 1",
    "Laplace": "0 1 0; 1 -4 1; 0 1 0",
    "sharpen": "0 -1 0; -1 5 -1; 0 -1 0",
    "mean": "0.111 0.111 0.111; 0.111 0.111 0.111; 0.111 0.111 0.111",
    "identity": "0 0 0; 0 1 0; 0 0 0",
}


@dataclass(frozen=True)
class PoolingPreset:
    """A grid and pooling of a slide.

    Attributes:
        title: Title in the menu.
        grid: In the format of ``cnnviz.lab.grid.grid``.
        settings: Changes to ``cnnviz.lab.pooling.Settings``, as text.
        says: Statement of the slide.
    """

    title: str
    grid: str
    settings: Mapping[str, str]
    says: str


POOLED = "1 0 5 4; 2 3 1 6; 0 4 2 5; 2 3 4 1"
AVERAGED = "1 0 5 4; 2 3 1 6; 0 4 2 2; 2 3 1 5"
POOLING: tuple[PoolingPreset, ...] = (
    PoolingPreset(
        "Max pooling of the slide",
        POOLED,
        {"kind": "max", "size": "3", "stride": "1"},
        "The largest number of 3 x 3, stride 1: 5 6; 4 6.",
    ),
    PoolingPreset(
        "Average pooling of the slide",
        AVERAGED,
        {"kind": "average", "size": "3", "stride": "1"},
        "The mean of 3 x 3, stride 1.",
    ),
    PoolingPreset(
        "Halving",
        POOLED,
        {"kind": "max", "size": "2", "stride": "2"},
        "2 x 2 with stride 2 halves each side, as in LeNet-5 and VGG.",
    ),
    PoolingPreset(
        "Overlapping",
        SEVEN,
        {"kind": "max", "size": "3", "stride": "2"},
        "3 x 3 with stride 2 overlaps, as in AlexNet (Krizhevsky et al. 2012, section 3.4).",
    ),
    PoolingPreset(
        "Global max pooling",
        POOLED,
        {"kind": "max", "is_global": "true"},
        "The largest number of the whole map.",
    ),
    PoolingPreset(
        "Global average pooling",
        AVERAGED,
        {"kind": "average", "is_global": "true"},
        "One number per map: its mean (Lin et al. 2014, section 3.2).",
    ),
)
