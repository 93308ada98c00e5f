"""list: what it prints, how it ends; fetch downloads in tests/weights/test_loading.py."""

import json

from cnnviz.architectures import variants


def test_list(run):
    code, out, _ = run("list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["variant"] for row in rows] == list(variants())
    by_name = {row["variant"]: row for row in rows}
    assert by_name["vgg11"] == {
        "architecture": "vgg",
        "variant": "vgg11",
        "year": 2014,
        "params": 132_863_336,
        "torchvision": "vgg11",
        "printed_counts": True,
        "origin": "",
    }
    assert by_name["resnet50"]["torchvision"] is None
    lines = run("list")[1].splitlines()
    assert len(lines) == len(variants())
    assert sum("No paper prints its counts." in line for line in lines) == 74 - 39 - 7
    assert sum("In no paper: " in line for line in lines) == 7
