"""Grad-CAM and its kin: what does the network answer, where did it look, and is that so?"""

from cnnviz.ui.grad_cam.augmentation import show_augmentations
from cnnviz.ui.grad_cam.crops import show_crops
from cnnviz.ui.grad_cam.history import show_history
from cnnviz.ui.grad_cam.occlusion import show_occlusion
from cnnviz.ui.grad_cam.sections import (
    show_belief,
    show_classes,
    show_methods,
    show_one_map,
    show_stages,
)
from cnnviz.ui.photo.overlay import choose_opacity
from cnnviz.ui.photo.views import View, show_page

show_page(
    "Grad-CAM",
    {
        "one map": View("Where does the network look?", show_one_map),
        "methods": View("Do all methods say the same?", show_methods),
        "networks": View("One photo through history", show_history),
        "classes": View("Where is the one class, where the other?", show_classes),
        "stages": View("From edges to objects: where does each stage look?", show_stages),
        "believe it?": View("Is the map to be believed?", show_belief),
        "occlusion": View(
            "What happens where it cannot look?",
            lambda subject: show_occlusion(subject, choose_opacity()),
        ),
        "crops": View("Does it answer the same for every crop?", show_crops),
        "augmentation": View("What does each augmentation do to the answer?", show_augmentations),
    },
)
