"""The vector in the last hidden layer, distances between such vectors, and their map."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA

import cnnviz
from cnnviz.architectures import variant
from cnnviz.images import Collection, DataError, Picture, sample_collection
from cnnviz.images.opening import ImageError
from cnnviz.vision.forward_pass import forward_pass
from cnnviz.vision.neighbours.nearest import (
    THUMBNAIL,
    cosine,
    embedding,
    hidden_vector,
    hidden_vectors,
    majority,
    nearest,
)
from cnnviz.vision.neighbours.planar_map import METHODS, planar_map
from cnnviz.vision.prediction import network_input


def built(name, **settings):
    torch.manual_seed(0)
    return cnnviz.build(name, **settings).requires_grad_(False)


def images(name, count=1):
    published = variant(name)
    shape = (count, published.in_channels, published.resolution, published.resolution)
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def network():
    return built("resnet20_cifar")


@pytest.mark.parametrize(
    ("name", "layer", "shape"),
    [
        ("resnet20_cifar", "head.linear", (64,)),
        ("squeezenet1_1", "head.conv", (512, 13, 13)),
        ("nin_cifar", "stages.2.mlp2", (192, 8, 8)),
        ("lenet5", "head.output", (84,)),
        ("mlp", "head.linear", (512,)),
    ],
)
def test_the_hidden_vector_is_the_input_of_the_last_layer_with_weights(name, layer, shape):
    network, image = built(name), images(name)
    hidden = hidden_vector(network, forward_pass(network, image))
    assert (hidden.layer, hidden.shape) == (layer, shape)
    assert (hidden.values.shape, hidden.values.dtype) == (shape[:1], np.float32)


@pytest.mark.parametrize("name", ["alexnet", "vgg11"])
def test_alexnet_and_vgg_give_the_second_linear_layer_after_relu(name):
    settings = {"hidden_units": 256} if name == "vgg11" else {}
    network, image = built(name, **settings), images(name)
    hidden = hidden_vector(network, forward_pass(network, image)).values
    head = network.head
    read = head.flatten(head.resize(head.pool(network.stages(network.stem(image)))))
    expected = head.linear2(head.linear1(read).relu()).relu()[0]
    np.testing.assert_allclose(hidden, expected, rtol=1e-5)
    assert len(hidden) == (4096 if name == "alexnet" else 256)


def test_the_logits_follow_from_the_vector(network):
    image = images("resnet20_cifar")
    hidden = torch.from_numpy(hidden_vector(network, forward_pass(network, image)).values)
    torch.testing.assert_close(network.head.linear(hidden), network(image)[0])


def test_averaged_maps_give_the_mean_of_the_logits_maps():
    """SqueezeNet's logits are means of maps that a 1x1 convolution makes, but for their ReLU."""
    network, image = built("squeezenet1_1"), images("squeezenet1_1")
    hidden = torch.from_numpy(hidden_vector(network, forward_pass(network, image)).values)
    maps = network.head.conv(network.stages(network.stem(image)))
    mean = network.head.conv(hidden[None, :, None, None])[0, :, 0, 0]
    torch.testing.assert_close(mean, maps.mean(dim=(2, 3))[0], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["resnet20_cifar", "nin_cifar", "mlp", "lenet5"])
def test_a_batch_gives_each_image_its_own_vector(name):
    network, several = built(name), images(name, 3)
    alone = [hidden_vector(network, forward_pass(network, image[None])).values for image in several]
    np.testing.assert_allclose(hidden_vectors(network, several), alone, rtol=1e-3, atol=1e-5)


def test_a_network_without_hidden_layers_gives_the_image():
    network, image = built("mlp", hidden_layers=0), images("mlp")
    hidden = hidden_vector(network, forward_pass(network, image))
    np.testing.assert_array_equal(hidden.values, image.flatten())


def test_threads_share_a_network_and_nothing_stays_on_it(network):
    several = images("resnet20_cifar", 8)
    alone = hidden_vectors(network, several)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda i: hidden_vectors(network, several[i : i + 1]), range(8)))
    np.testing.assert_allclose(np.concatenate(together), alone, rtol=1e-3, atol=1e-5)
    assert not any(m._forward_pre_hooks or m._forward_hooks for m in network.modules())


def test_numbers_that_are_too_large_are_one_sentence(network):
    with pytest.raises(ValueError, match="too large to compare; choose other weights"):
        hidden_vectors(network, torch.full((1, 3, 32, 32), float("inf")))


def coloured(shades, broken=()):
    """A collection of grey pictures, some of which cannot be opened."""

    def opened(position):
        if position in broken:
            raise ImageError(f"Picture {position} is damaged.")
        return Image.new("RGB", (40 + position, 60), 3 * (shades[position],))

    pictures = tuple(Picture(str(shade)) for shade in shades)
    return Collection("shades", "shades", pictures, opened)


def test_an_embedding_has_a_row_for_each_image_that_opens(network):
    shades = list(range(0, 220, 10))
    collection = coloured(shades, broken={0, 20})
    shares = []
    ours = embedding(network, collection, range(22), shares.append)
    assert ours.positions.tolist() == [i for i in range(22) if i not in (0, 20)]
    assert (ours.vectors.shape, ours.vectors.dtype) == ((20, 64), np.float32)
    assert ours.thumbnails.shape == (20, THUMBNAIL, THUMBNAIL, 3)
    assert [int(tile[0, 0, 0]) for tile in ours.thumbnails] == [shades[i] for i in ours.positions]
    assert ours.unreadable == ((0, "Picture 0 is damaged."), (20, "Picture 20 is damaged."))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 22
    for row, position in ((0, 1), (19, 21)):
        image = network_input(network.spec, collection.open(position))
        expected = hidden_vector(network, forward_pass(network, image)).values
        np.testing.assert_allclose(ours.vectors[row], expected, rtol=1e-3, atol=1e-4)


def test_an_embedding_can_be_stopped_before_a_batch_is_full(network):
    class Stopped(BaseException):
        pass

    def stop(share):
        if share > 0.1:
            raise Stopped

    opened = []
    collection = coloured(list(range(100)))
    counting = Collection("k", "t", collection.images, lambda i: opened.append(i) or image_of(i))

    def image_of(position):
        return collection.open(position)

    with pytest.raises(Stopped):
        embedding(network, counting, range(100), stop)
    assert len(opened) == 11


@pytest.mark.parametrize(
    ("positions", "words"),
    [((0, 1), "None of the 2 images can be opened. The first: Picture 0"), ((), "no images")],
)
def test_without_any_image_there_is_one_sentence(network, positions, words):
    with pytest.raises(DataError, match=words):
        embedding(network, coloured([1, 2], broken={0, 1}), positions)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_distances_equal_scipys(metric):
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((50, 20)).astype(np.float32)
    query = generator.standard_normal(20).astype(np.float32)
    expected = cdist(query[None], vectors, metric)[0]
    rows, distances = nearest(vectors, query, metric, 7)
    assert rows.tolist() == np.argsort(expected)[:7].tolist()
    np.testing.assert_allclose(distances, np.sort(expected)[:7], rtol=1e-5)


def test_the_metrics_can_disagree():
    """Cosine ignores length: twice the query is nearest by it alone."""
    vectors = np.array([[2, 0], [1, 0.5], [-1, 0]], np.float32)
    query = np.array([1, 0], np.float32)
    assert nearest(vectors, query, "euclidean", 1)[0].tolist() == [1]
    rows, distances = nearest(vectors, query, "cosine", 3)
    assert rows.tolist() == [0, 1, 2]
    np.testing.assert_allclose(distances[[0, 2]], [0, 2])


def test_a_vector_of_zeros_has_no_direction():
    zeros, ones = np.zeros((2, 3), np.float32), np.ones(3, np.float32)
    np.testing.assert_array_equal(cosine(zeros, ones), [1, 1])
    np.testing.assert_array_equal(cosine(zeros, zeros[0]), [1, 1])


def test_bad_settings_are_one_sentence():
    vectors = np.ones((2, 3), np.float32)
    with pytest.raises(KeyError, match="manhattan is no metric; known are euclidean, cosine"):
        nearest(vectors, vectors[0], "manhattan", 1)
    with pytest.raises(ValueError, match="count must be at least 1; received 0"):
        nearest(vectors, vectors[0], "cosine", 0)
    with pytest.raises(KeyError, match="umap is not a method; known are pca, t-sne"):
        planar_map(vectors, "umap")


def test_the_majority():
    assert majority(["cat", "dog", "cat"]) == (("cat",), 2)
    assert majority(["dog", "cat", "", "cat", "dog"]) == (("dog", "cat"), 2)
    assert majority(["", ""]) == ((), 0)


def test_pca_equals_scikit_learns():
    vectors = np.random.default_rng(0).standard_normal((40, 9)).astype(np.float32)
    expected = PCA(2).fit_transform(vectors)
    np.testing.assert_allclose(planar_map(vectors, "pca"), expected, atol=1e-4)


def groups(each, seed=0):
    """Three groups of vectors far from each other."""
    generator = np.random.default_rng(seed)
    centres = 30 * np.eye(3, 80)[np.repeat(range(3), each)]
    return (centres + generator.standard_normal((3 * each, 80))).astype(np.float32)


def test_t_sne_keeps_groups_together_whatever_chance_does_elsewhere():
    vectors, shares, shown = groups(20), [], []
    state = np.random.get_state()[1].copy()
    points = planar_map(vectors, "t-sne", 0, shares.append, shown.append)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    distances = cdist(points, points)
    np.fill_diagonal(distances, np.inf)
    assert (distances.argmin(axis=1) // 20 == np.arange(60) // 20).all()
    np.testing.assert_array_equal(points, planar_map(vectors, "t-sne"))
    assert shares == sorted(shares)
    assert (len(shown), shares[-1]) == (4, 1)


def test_t_sne_can_be_stopped_between_its_stages():
    class Stopped(BaseException):
        pass

    def stop(share):
        if share >= 0.25:
            raise Stopped

    shown = []
    with pytest.raises(Stopped):
        planar_map(groups(5), "t-sne", progress=stop, show=shown.append)
    assert shown == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 12])
@pytest.mark.filterwarnings("error")
def test_a_map_of_few_or_equal_vectors_is_finite(method, count):
    for vectors in (groups(4)[:count], np.ones((count, 7), np.float32), groups(4)[:count, :1]):
        points = planar_map(vectors, method)
        assert points.shape == (count, 2)
        assert np.isfinite(points).all()


def test_the_photo_itself_is_its_own_nearest():
    network, samples = built("resnet20_cifar"), sample_collection()
    embedded = embedding(network, samples, range(len(samples)))
    for metric in ("euclidean", "cosine"):
        rows, distances = nearest(embedded.vectors, embedded.vectors[3], metric, 2)
        assert rows[0] == 3
        np.testing.assert_allclose(distances[0], 0, atol=1e-6)
        assert distances[1] > 0
