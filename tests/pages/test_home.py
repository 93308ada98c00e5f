from tests.apps import open_in_app


def test_home_says_what_to_try_first():
    app = open_in_app("home")
    assert app.title[0].value == "Convolutional networks, layer by layer"
    assert [link.value for link in app.get("page_link")] == [
        "Open VGG-16",
        "Open the lab",
        "Open Compare",
        "Open DenseNet-121",
        "Open question set 1",
        "Open Plain-34",
        "Open Grad-CAM",
        "Open Feature maps",
        "Open the history",
        "Open Train",
        "Open Experiments",
        "Open Neighbours",
        "Open Feature reuse",
        "Open Gradient flow",
    ]
