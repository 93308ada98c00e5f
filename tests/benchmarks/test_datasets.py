"""How long data sets take until they can be trained on."""

import tarfile
import time
import zipfile

import pytest

from cnnviz.training.datasets import load

pytestmark = pytest.mark.benchmark
LIMIT = 60  # seconds that a zip of 60,000 pictures may take


@pytest.fixture(scope="module", params=["stored", "deflated"])
def cifar_zip(request, test_data, tmp_path_factory):
    """A zip of the 60,000 pictures in train/ and test/, made from the packed JPEG files."""
    path = tmp_path_factory.mktemp("zip") / f"cifar10-{request.param}.zip"
    kind = zipfile.ZIP_STORED if request.param == "stored" else zipfile.ZIP_DEFLATED
    packed = test_data / "cifar10-jpeg.tar.xz"
    with tarfile.open(packed) as tar, zipfile.ZipFile(path, "w", kind) as archive:
        for member in tar:
            if member.isfile():
                archive.writestr(member.name, tar.extractfile(member).read())
    return path


def seconds(name):
    """The data, and the seconds that it took, and those of them that it had a core."""
    started, worked = time.perf_counter(), time.process_time()
    data = load(str(name))
    return data, time.perf_counter() - started, time.process_time() - worked


def test_a_zip_of_60000_pictures(cifar_zip, report):
    data, taken, worked = seconds(cifar_zip)
    assert (len(data.train), len(data.test), data.side) == (50_000, 10_000, 32)
    report(
        f"{cifar_zip.name}: 60,000 pictures in {taken:.1f} s (at most {LIMIT} on an idle machine), "
        f"of which {worked:.1f} s on a core"
    )


def test_a_packed_tar_of_60000_pictures(test_data, report):
    data, taken, worked = seconds(test_data / "cifar10-jpeg.tar.xz")
    assert (len(data.train), len(data.test)) == (50_000, 10_000)
    report(f"cifar10-jpeg.tar.xz: 60,000 pictures in {taken:.1f} s, {worked:.1f} s on a core")


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_what_is_built_in(name, report):
    load(name)
    _, taken, _ = seconds(name)
    report(f"{name}: {taken * 1000:.0f} ms")
