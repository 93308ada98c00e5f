"""Every choice that the address of a page can hold, and how it is read and written there.

A page's address is its shareable state: what a visitor has chosen is in it, and a link, a reload
and the Back button bring it back. The widgets that write it are in ``choices.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

NETWORK_PAGES = "explore train convolution_lab feature_maps grad_cam neighbours feature_reuse"
PHOTO_PAGES = "explore convolution_lab feature_maps grad_cam neighbours feature_reuse"


class Key(str):
    """The name of a choice in the address, or of a family of them, with braces to be filled in.

    Attributes:
        pages: Whose addresses can hold it, as their files are called.
        meaning: What it says there, in a line.
    """

    pages: tuple[str, ...]
    meaning: str

    def __new__(cls, name: str, pages: str, meaning: str) -> Key:
        """Declare a key on pages that are separated by spaces."""
        key = super().__new__(cls, name)
        key.pages, key.meaning = tuple(pages.split()), meaning
        return key

    def of(self, *names: object) -> Key:
        """One of a family, such as a network's hyperparameters, that is declared elsewhere."""
        return Key(self.format(*names), " ".join(self.pages), self.meaning)

    def __reduce__(self) -> tuple[type[Key], tuple[str, str, str]]:
        return Key, (str(self), " ".join(self.pages), self.meaning)


VIEW = Key(
    "view",
    "explore evaluate experiments feature_maps grad_cam gradient_flow train",
    "Which view of the page, or of its section, is shown.",
)
SECTION = Key("section", "convolution_lab explore", "Which section of the page is open.")

# The network and its weights
ARCHITECTURE = Key("architecture", NETWORK_PAGES, "The family of networks.")
VARIANT = Key("variant", NETWORK_PAGES, "The published network that the settings start from.")
HYPERPARAMETER = Key("{}_{}", "explore train", "A family's hyperparameter: resnet_width=32.")
RESOLUTION = Key("resolution", "explore", "Side of the input image in pixels.")
IN_CHANNELS = Key("in_channels", "explore", "Channels of the input image.")
NUM_CLASSES = Key("num_classes", "explore", "Outputs of the last layer.")
RUN = Key("run", f"{PHOTO_PAGES} evaluate gradient_flow", "The id of a run.")
OTHER_RUN = Key("other", "evaluate", "The id of the run that is compared.")
WEIGHTS = Key("weights", PHOTO_PAGES, "Which weights of the variant, where not the first.")
CLASS_NAMES = Key("class_names", PHOTO_PAGES, "Names of the classes of a file, by commas.")

# The photo and other images
PHOTO = Key("photo", PHOTO_PAGES, "Where the photo comes from.")
SAMPLE = Key("sample", PHOTO_PAGES, "Which of the sample photos.")
AMONG = Key("among", "feature_maps neighbours", "Where the collection of images comes from.")
DATA_SET = Key("data_set", "feature_maps neighbours", "A collection on the server's disk.")
MOST_IMAGES = Key("most", "feature_maps neighbours", "How many images are looked at, at most.")
OPACITY = Key("opacity", "feature_maps grad_cam", "Opacity of the map over the photo in per cent.")
UNTRAINED = Key("untrained", "feature_maps grad_cam", "Whether random weights stand beside.")
DRAW = Key("draw", "convolution_lab grad_cam", "Number of the random draw of augmentations.")
ONE_SCALE = Key("one_scale", "convolution_lab feature_maps", "Whether filters share one scale.")
CLASSIC_FILTER = Key("classic", "convolution_lab feature_maps", "A filter older than learning.")

# Explore
COUNT = Key("count", "explore", "What counts as one operation.")
PICTURE = Key("show", "explore", "Volumes, the graph, or one block.")
ALL_CONNECTIONS = Key("full", "explore", "Whether the graph shows repeated blocks one by one.")
BLOCK = Key("block", "explore", "Which block is drawn.")
OPEN_BLOCKS = Key("open", "explore", "Module paths of blocks that were opened or closed.")
CARD = Key("card", "explore feature_maps", "The layer that is looked at.")
FIND = Key("find", "explore", "Words that the layer table is searched for.")
HIDE = Key("hide", "explore", "What a teacher hides, by commas.")
SHEET = Key("seed", "explore", "Number of the exercise sheet.")
UNIT = Key("unit", "explore", "Which unit's receptive field is drawn.")
EFFECTIVE = Key("effective", "explore", "Whether the effective receptive field is measured.")
MEMORY_BATCH = Key("memory_batch", "explore", "Images at once, for the memory.")
GPU = Key("gpu", "explore", "The graphics card that the memory is compared with.")

# Published errors
PROTOCOL = Key("protocol", "timeline compare", "How the errors were measured.")

# Compare
COMPARED = tuple(Key(slot, "compare", f"Network {slot.upper()}, as written.") for slot in "abcd")
BATCH = Key("batch", "compare", "Images at once, for the times.")
ALL_LAYERS = Key("all_layers", "compare", "Whether layers without weights are listed too.")
DIFFERING = Key("differing", "compare", "Whether only layers that differ are listed.")

# Timeline
ERROR = Key("error", "timeline", "The printed error.")
COST = Key("cost", "timeline", "What the error is drawn over.")
TABLE = Key("table", "timeline", "Which result table of the papers.")

# Convolution lab
OVER = Key("over", "convolution_lab", "A grid of numbers or a photo, first numbers.")
ON = Key("on", "convolution_lab", "A grid of numbers or a photo, first a photo.")
PART = Key("part", "convolution_lab", "Part of the section on what follows a convolution.")
EXAMPLE = Key("example", "convolution_lab", "Example of a convolution.")
POOLED = Key("pooled", "convolution_lab", "Example of pooling.")
MERGED = Key("merged", "convolution_lab", "Example of adding or concatenating.")
DESIGN = Key("design", "convolution_lab", "Comparison of two designs.")
SETTING = Key("{}_{}", "convolution_lab", "A section's setting: slide_stride=2.")
GRID = Key("grid", "convolution_lab", "Numbers that the kernel slides over.")
POOL_GRID = Key("pool_grid", "convolution_lab", "Numbers that are pooled.")
KERNEL = Key("kernel", "convolution_lab", "Numbers of the kernel that slides.")
GROUPS = Key("groups", "convolution_lab", "Groups of the convolution.")
BIAS = Key("bias", "convolution_lab", "Bias, a number for each filter.")
RESTING_PLACE = Key("at", "convolution_lab", "Number of the place at which the window rests.")
FIRST_PICTURE = Key("first_picture", "convolution_lab", "Numbers that a first layer reads.")
FIRST_UNIT = Key("first_unit", "convolution_lab", "Weights of a fully connected unit.")
FIRST_WINDOW = Key("first_window", "convolution_lab", "Weights of a window.")
PIXELS = Key("pixels", "convolution_lab", "Numbers that are augmented.")
STRENGTH_ALONE = Key("alone_{}", "convolution_lab", "Strength of one augmentation.")
X = Key("x", "convolution_lab", "One x on the curves of activations.")
ACTIVATED = Key("activate_x", "convolution_lab", "Numbers that go through activations.")
ADD_FIRST = Key("add_first", "convolution_lab", "First tensor of an addition.")
ADD_SECOND = Key("add_second", "convolution_lab", "Second tensor of an addition.")
BATCH_TRAINED = Key("batch_trained", "convolution_lab", "The batch that normalisation saw.")
BATCH_ASKED = Key("batch_asked", "convolution_lab", "Numbers that are normalised at test.")
RESPONSE_READ = Key("response_a", "convolution_lab", "Numbers of response normalisation.")
DROPOUT_READ = Key("dropout_x", "convolution_lab", "Numbers that dropout reads.")
FILTER_KIND = Key("whose", "convolution_lab", "A classic filter or one's own.")
FILTER_GRID = Key("filter_grid", "convolution_lab", "Numbers that are filtered.")
OWN_KERNEL = Key("own_kernel", "convolution_lab", "Numbers of one's own filter.")
MAPS_OF = Key("maps_of", "convolution_lab", "Whose maps are merged: two filters', a network's.")
JOIN = Key("join", "convolution_lab", "Where the network brings maps together.")
FIRST_FILTER = Key("add_kernel", "convolution_lab", "The first filter whose map is merged.")
SECOND_FILTER = Key("concat_kernel", "convolution_lab", "The second filter whose map is merged.")

# Feature maps
MAP = Key("map", "feature_maps", "Number of the map that is shown large.")
ORDER = Key("order", "feature_maps", "Order of the maps.")
AT_ONCE = Key("at_once", "feature_maps", "Maps on one page of them.")
SCALE = Key("scale", "feature_maps", "Whose largest value ends the colour scale.")
VALUES = Key("values", "feature_maps", "All values, or those above 0.")
MAPS_PAGE = Key("maps_page", "feature_maps", "Which page of maps, from 1.")
STEPS = Key("steps", "feature_maps", "Steps of gradient ascent.")
SEED = Key("seed", "feature_maps", "Seed of the noise that an image is made from.")

# Grad-CAM
CLASS = Key("class", "grad_cam", "The class to explain.")
CLASSES = Key("classes", "grad_cam", "Classes to explain side by side.")
LABEL = Key("label", "grad_cam", "A class by its name, for all networks.")
METHOD = Key("method", "grad_cam", "How the map is made.")
LAYER = Key("layer", "grad_cam", "The target layer.")
NETWORKS = Key("networks", "grad_cam", "Variants that look at the photo.")
STRENGTH = Key("strength", "grad_cam", "How much the photo is augmented.")
PATCH = Key("patch", "grad_cam", "Side of the occluding patch in per cent.")
PATCH_PLACE = Key("patch_at", "grad_cam", "Row and column of the patch in per cent.")

# Neighbours
METRIC = Key("metric", "neighbours", "The distance.")
NEIGHBOURS = Key("neighbours", "neighbours", "How many neighbours.")
PLANE = Key("map", "neighbours", "How the images are put into a plane.")

# Feature reuse
DEFINITION = Key("definition", "feature_reuse", "How much of a layer is read.")
REUSE_SCALE = Key("scale", "feature_reuse", "What the colours are scaled by.")
BESIDE = Key("beside", "feature_reuse", "What stands beside the trained network.")
CELL = Key("cell", "feature_reuse", "The cell of the matrix that is open.")
EPOCH = Key("epoch", "feature_reuse", "The epoch that is shown.")
DRAWN_STEPS = Key("drawn_steps", "feature_reuse", "Steps of stochastic depth that are drawn.")

# Gradient flow
TWIN_LAYERS = Key("twin_layers", "gradient_flow", "Depth of the networks.")
TWINS = Key("twins", "gradient_flow", "Which networks are drawn.")
NETWORK = Key("network", "gradient_flow", "The network whose activations are drawn.")
INITIALISATION = Key("drawn", "gradient_flow", "How weights are drawn.")
ACTIVATION = Key("activation", "gradient_flow", "The fully connected network's non-linearity.")
UNITS = Key("units", "gradient_flow", "The one network's non-linearity.")
CHAIN_ACTIVATION = Key("chain", "gradient_flow", "The chain's non-linearity.")
NEURONS = Key("neurons", "gradient_flow", "Neurons in the chain.")
NEURON = Key("{}{}", "gradient_flow", "z or w of a neuron, the last one first: w1=0.25.")
IMAGES = Key("pictures", "gradient_flow", "Digits in the batch.")
FLOW_SEED = Key("flow_seed", "gradient_flow", "Seed of weights and digits.")
TWIN_WEIGHTS = Key("{}_weights", "gradient_flow", "Weights of one of the networks.")

# Train, Evaluate, Experiments
DATA = Key("data", "train experiments", "The data set to train on.")
RECIPE = Key("recipe", "train", "The recipe that sets the options.")
OPTION = Key("train_{}", "train", "A training option: train_epochs=5.")
TRAIN_RESOLUTION = Key("train_resolution", "train", "Side of the training images in pixels.")
READING = Key("reading", "train experiments", "How a folder of images is understood.")
DATA_DRAW = Key("data_draw", "train", "Which samples of the data are shown.")
RUNS = Key("runs", "train", "Ids of the runs whose curves are shown, by commas.")
WHOSE_RUNS = Key("whose", "train experiments", "One's own runs or everybody's.")
CURVES = Key("curves", "train", "Curves beside loss and accuracy.")
ACROSS = Key("across", "train experiments", "What the curves go over.")
BUNDLED_VIEW = Key("box_view", "evaluate", "Which view of a bundled network is shown.")
EXPERIMENT = Key("experiment", "experiments", "Which experiment.")
GROUP = Key("group", "experiments", "The id of a group of runs.")
WITHOUT = Key("without", "experiments", "Numbers of the settings that are left out, by commas.")
MEASURE = Key("measure", "experiments", "What the curves are of.")
BUDGET = Key("budget", "experiments", "Whether runs end by epochs or by time.")
BUDGET_EPOCHS = Key("each_epochs", "experiments", "Epochs of each run.")
BUDGET_SECONDS = Key("each_seconds", "experiments", "Seconds of each run.")
TRAIN_IMAGES = Key("images", "experiments", "Training images of each run; 0: all.")
SEEDS = Key("seeds", "experiments", "Runs of each setting.")

KEYS = tuple(
    key
    for value in tuple(globals().values())
    for key in (value if isinstance(value, tuple) else (value,))
    if isinstance(key, Key) and "{" not in key
)


def query(chosen: Mapping[Key, str]) -> dict[str, str]:
    """Choices as Streamlit's links take them."""
    return {str(key): value for key, value in chosen.items()}


def link(page: str, chosen: Mapping[Key, str]) -> str:
    """The address of a page with choices, as a link in a text has it."""
    return f"{page}?{urlencode(query(chosen), safe=',')}"


def requested(key: Key) -> str:
    """What the address says, "" if nothing."""
    return st.query_params.get(key, "")


def newly_requested(key: Key) -> str | None:
    """What the address says where it is not what was written there last, else None."""
    now = requested(key)
    is_new = now != st.session_state.get(f"written_{key}", "")
    return now if is_new or st.session_state.get("arrived") else None


def write(chosen: Mapping[Key, str]) -> None:
    """Write choices into the address, all at once; an empty one is taken out."""
    # Without a value a name is not written; a deletion of its own would be a step more to go Back.
    changed: dict[str, str | list[str]] = {
        key: value or [] for key, value in chosen.items() if requested(key) != value
    }
    if changed:
        st.query_params.update(changed)
    for key, value in chosen.items():
        st.session_state[f"written_{key}"] = value
