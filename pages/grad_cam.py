"""Grad-CAM and other class activation maps: prediction, heatmap, and tests of the heatmap."""

from cnnviz.ui.grad_cam.augmentation import show_augmentations
from cnnviz.ui.grad_cam.crops import show_crops
from cnnviz.ui.grad_cam.history import show_history
from cnnviz.ui.grad_cam.occlusion import show_occlusion
from cnnviz.ui.grad_cam.sections import (
    show_classes,
    show_methods,
    show_one_map,
    show_stages,
    show_trust,
)
from cnnviz.ui.photo.chosen import View, show_page
from cnnviz.ui.photo.overlay import choose_opacity

show_page(
    "Grad-CAM",
    {
        "one map": View("Where does the network look?", show_one_map),
        "methods": View("Do all methods agree?", show_methods),
        "networks": View("One photo through history", show_history),
        "classes": View("Compare heatmaps for two classes", show_classes),
        "stages": View("From edges to objects: where does each stage look?", show_stages),
        "believe it?": View("Can you trust the heatmap?", show_trust, label="Trust"),
        "occlusion": View(
            "What if part of the image is hidden?",
            lambda subject: show_occlusion(subject, choose_opacity()),
        ),
        "crops": View("Is the prediction the same for every crop?", show_crops),
        "augmentation": View("How does augmentation change the prediction?", show_augmentations),
    },
)
