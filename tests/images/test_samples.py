"""The bundled photographs open, are small, and say where they come from."""

from cnnviz.images.opening import open_image
from cnnviz.images.samples import SAMPLE_FOLDER, sample_images


def test_sample_images_open_and_say_where_they_come_from() -> None:
    samples = sample_images()
    assert len(samples) >= 8
    for sample in samples:
        assert open_image(sample.path).size >= (224, 224), sample.file
        assert sample.title
        assert sample.source
        assert sample.licence.startswith(("CC0 1.0", "CC BY 2.0", "Public domain"))


def test_no_sample_image_is_unlisted_or_heavy() -> None:
    files = {path.name for path in SAMPLE_FOLDER.iterdir()}
    assert files == {sample.file for sample in sample_images()} | {"sample_images.csv"}
    assert sum(path.stat().st_size for path in SAMPLE_FOLDER.iterdir()) < 3_000_000
