"""An explorer of convolutional network architectures, usable without its pages.

    import cnnviz

    network = cnnviz.build("resnet18", num_classes=10, width=32)
    print(cnnviz.summary(network))

    network = cnnviz.load_weights(cnnviz.build("squeezenet1_1"), "squeezenet1_1.pth")
    photo = cnnviz.open_image("cat.jpg")
    cat = cnnviz.class_activation_map(network, photo)  # float32 (224, 224) in [0, 1]

Names are looked up on first use, so that a machine without Pillow's plugins can still build and
train networks. Nothing here imports streamlit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.analysis.summary import Summary, summary
    from cnnviz.architectures import Network, build, variants
    from cnnviz.images.opening import open_image
    from cnnviz.vision.cam.class_activation import class_activation_map
    from cnnviz.weights.loading import load_weights

_HOMES = {
    "Network": "cnnviz.architectures",
    "Summary": "cnnviz.analysis.summary",
    "build": "cnnviz.architectures",
    "class_activation_map": "cnnviz.vision.cam.class_activation",
    "load_weights": "cnnviz.weights.loading",
    "open_image": "cnnviz.images.opening",
    "summary": "cnnviz.analysis.summary",
    "variants": "cnnviz.architectures",
}

__all__ = [
    "Network",
    "Summary",
    "build",
    "class_activation_map",
    "load_weights",
    "open_image",
    "summary",
    "variants",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cnnviz' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
