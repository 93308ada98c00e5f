"""The layer that a class activation map is of, unless one is named."""

from cnnviz.vision.forward_pass import ForwardPass

# Rows and columns; fewer could hardly tell more than "left or right". A rule of ours.
MIN_PLACES = 4


def default_layer(passed: ForwardPass) -> str:
    """Path of the deepest stage that has at least 4 x 4 places for the image of a pass.

    The deeper a stage, the more its maps are about classes, but for a small image the last ones
    are of 1 x 1. Where no stage has 4 x 4 it is the one with most places, the deepest of equals.
    """
    places = stage_places(passed)
    wide = [name for name, size in places.items() if min(size) >= MIN_PLACES]
    return wide[-1] if wide else max(reversed(places), key=lambda name: min(places[name]))


def default_layer_text(passed: ForwardPass) -> str:
    """Why the last stage is not the default, in a sentence; empty where it is."""
    places = stage_places(passed)
    chosen, last = default_layer(passed), list(places)[-1]
    if chosen == last:
        return ""
    height, width = passed.image.shape[2:]
    least = f"the deepest stage with at least {MIN_PLACES} x {MIN_PLACES}"
    return (
        f"At {height} x {width} px the maps of {last} are {size_text(places[last])}, too few to "
        f"point at a region; the default is {chosen} ({size_text(places[chosen])}), "
        f"{least if min(places[chosen]) >= MIN_PLACES else 'the stage with most places'}."
    )


def stage_places(passed: ForwardPass) -> dict[str, tuple[int, int]]:
    """Rows and columns of each stage's maps, by its path; 0 x 0 where it has none."""
    stages = {name: x for name, x in passed.outputs.items() if name.startswith("stages.")}
    return {name: (*x.shape[2:],) if x.dim() == 4 else (0, 0) for name, x in stages.items()}


def size_text(size: tuple[int, int]) -> str:
    """Rows and columns in words."""
    return f"{size[0]} x {size[1]}"
