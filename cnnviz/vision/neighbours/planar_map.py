"""Projects vectors to a plane, for maps of images."""

import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from cnnviz.progress import Progress, ignore_progress

STAGES = 4  # runs of t-SNE
ITERATIONS = 250  # per run, the minimum of scikit-learn
EXAGGERATION = 12.0  # in the first run; scikit-learn's default
PERPLEXITY = 30.0  # at most; scikit-learn's default
COMPONENTS = 50  # principal components read by t-SNE
SPREAD = 1e-4  # standard deviation of the initial points

Show = Callable[[np.ndarray], None]
METHODS = ("pca", "t-sne")


def planar_map(
    vectors: np.ndarray,
    method: str,
    seed: int = 0,
    progress: Progress = ignore_progress,
    show: Show | None = None,
) -> np.ndarray:
    """Project vectors to points, float32 (N, 2).

    "pca" uses the two directions of largest variance. "t-sne" (van der Maaten and Hinton 2008,
    Visualizing Data using t-SNE) preserves neighbourhoods; distances between groups and their sizes
    are meaningless. It starts from PCA's map and reads the first 50 principal components. The
    perplexity is 30, or less for few vectors.

    scikit-learn's t-SNE cannot report progress or be stopped, so its 1,000 iterations are four
    consecutive runs of 250, the first with early exaggeration. A single run would have more
    momentum (0.8 instead of 0.5); on 1,000 images of digits the divergence ended at 0.58 instead
    of 0.57.

    Args:
        vectors: float32 (N, D), finite.
        method: "pca" or "t-sne".
        seed: Seed of the random generator.
        progress: Called with the share done; an exception cancels the work.
        show: Called with the current points.

    Raises:
        KeyError: Unknown method; the message lists the known ones.
    """
    if method not in METHODS:
        raise KeyError(f"{method} is not a method; known are {', '.join(METHODS)}.")
    reduced = principal_components(vectors, COMPONENTS if method == "t-sne" else 2, seed)
    points = _two_columns(reduced)
    if method == "pca" or len(points) < 4 or not points.any():
        progress(1.0)
        return points
    progress(0.02)
    for stage, reached in enumerate(_t_sne_stages(reduced, points, seed)):
        points = reached
        progress((stage + 1) / STAGES)
        if show is not None:
            show(points)
    return points


def principal_components(vectors: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Compute the first principal components, float32 (N, min(count, N, D))."""
    from sklearn.decomposition import PCA

    count = min(count, *vectors.shape)
    with warnings.catch_warnings():
        # Vectors that are all the same have no variance to divide by.
        warnings.simplefilter("ignore", RuntimeWarning)
        projected = PCA(count, svd_solver="auto", random_state=seed).fit_transform(vectors)
    components: np.ndarray = np.nan_to_num(projected).astype(np.float32)
    return components


def _t_sne_stages(vectors: np.ndarray, points: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    run = partial(
        TSNE,
        perplexity=min(PERPLEXITY, (len(points) - 1) / 3),
        learning_rate=max(len(points) / EXAGGERATION / 4, 50),
        max_iter=ITERATIONS,
        random_state=seed,
    )
    points = points / points[:, 0].std() * SPREAD
    for stage in range(STAGES):
        exaggeration = EXAGGERATION if stage == 0 else 1.0
        with threadpool_limits(1):  # threads on shared cores wait for each other
            points = run(init=points, early_exaggeration=exaggeration).fit_transform(vectors)
        yield points


def _two_columns(components: np.ndarray) -> np.ndarray:
    """The first two components, padded with zeros."""
    points = np.zeros((len(components), 2), np.float32)
    points[:, : components.shape[1]] = components[:, :2]
    return points
