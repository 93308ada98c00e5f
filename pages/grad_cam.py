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
from cnnviz.ui.parts.layout import Section
from cnnviz.ui.photo.chosen import show_page
from cnnviz.ui.photo.overlay import choose_opacity

show_page(
    "Grad-CAM",
    {
        "one map": Section(show_one_map, "Where does the network look?"),
        "methods": Section(show_methods, "Do all methods agree?"),
        "networks": Section(show_history, "One photo through history"),
        "classes": Section(show_classes, "Compare heatmaps for two classes"),
        "stages": Section(show_stages, "From edges to objects: where does each stage look?"),
        "believe it?": Section(show_trust, "Can you trust the heatmap?", label="Trust"),
        "occlusion": Section(
            lambda subject: show_occlusion(subject, choose_opacity()),
            "What if part of the image is hidden?",
        ),
        "crops": Section(show_crops, "Is the prediction the same for every crop?"),
        "augmentation": Section(show_augmentations, "How does augmentation change the prediction?"),
    },
)
