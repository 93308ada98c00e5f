"""Curves of weights with an image marked."""

import pandas as pd

from cnnviz.figures.images.weight_curves import weight_curves


def test_an_image_is_marked_on_each_curve():
    rows = [
        (pixels, idea, weights * pixels)
        for idea, weights in (("all", 30), ("window", 9))
        for pixels in (64, 256, 1024)
    ]
    table = pd.DataFrame(rows, columns=["pixels", "idea", "weights"])
    image = pd.DataFrame([(300, "all", 9000), (300, "window", 2700)], columns=table.columns)
    curves, rule, word, points = weight_curves(table, image, "photo, 20 x 15")["layer"]
    assert curves["encoding"]["x"]["axis"]["values"] == [64, 256, 1024]
    assert curves["encoding"]["color"]["scale"]["domain"] == ["all", "window"]
    assert rule["data"]["values"][0] == {"pixels": 300, "label": "photo, 20 x 15"}
    assert word["mark"]["align"] == "right"
    assert [each["weights"] for each in points["data"]["values"]] == [9000, 2700]
    small = image.assign(pixels=70)
    assert weight_curves(table, small, "")["layer"][2]["mark"]["align"] == "left"
