"""What folder and file names say: split, masks, images, a year, a camera; how tools name things."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SPLITS = {
    "train": (
        *("train", "training", "trn", "trainset", "traindata", "trainingsdaten"),
        *("entrenamiento", "treino", "entrainement", "학습", "훈련", "訓練", "訓練用", "学習"),
        *("训练", "训练集", "訓練集"),
    ),
    "validation": (
        *("val", "valid", "validation", "dev", "valset", "validset", "검증", "検証"),
        *("验证", "验证集", "驗證集"),
    ),
    "test": (
        *("test", "testing", "tests", "tst", "testset", "testdata", "holdout", "eval"),
        *("evaluation", "prueba", "teste", "시험", "테스트", "テスト", "测试", "测试集", "測試集"),
    ),
    "unlabelled": ("unlabelled", "unlabeled", "pred", "predict", "prediction", "submission"),
}
SPLIT_OF = {word: split for split, words in SPLITS.items() for word in words}
IMAGES = frozenset(
    (
        *("image", "images", "img", "imgs", "jpegimages", "jpgs", "jpg", "png", "pngs", "jpeg"),
        *("picture", "pictures", "photo", "photos", "data", "dataset", "raw", "color", "rgb"),
    )
)
FILLERS = IMAGES | {"set", "split", "samples", "folder"}
MASKS = frozenset(
    (
        *("mask", "masks", "label", "labels", "annotation", "annotations", "trimap", "trimaps"),
        *("gt", "groundtruth", "segmentation", "segmentations", "segmentationclass"),
        *("segmentationobject", "bbox", "bboxes", "boxes"),
    )
)
MAX_NAMES = 10_000  # whose answers are kept: images share their folders
PARTS = frozenset(
    ("part", "batch", "fold", "chunk", "shard", "session", "volume", "vol", "archive")
)
DATE = re.compile(r"(19|20)\d\d(([-_. ]\d\d?){0,2}|(0[1-9]|1[0-2])[0-3]\d)")
DOWNLOAD = re.compile(
    r"(drive-download|takeout|onedrive|new folder|neuer ordner|새 폴더)\b.*", re.I
)
CAMERA_FOLDER = re.compile(
    r"DCIM|\d{3}(APPLE|CANON|NIKON|OLYMP|_PANA|MSDCF|MEDIA|ANDRO|_FUJI|GOPRO|CLOUD|CASIO|PENTX)"
)
# What phones, cameras and programs call every file.
NOT_CLASSES = IMAGES | frozenset(
    (
        *("dsc", "dscn", "dscf", "dcim", "p", "pxl", "mvimg", "vid", "scan", "screenshot", "wp"),
        *("whatsapp image", "signal", "frame", "capture", "bild", "foto", "file", "test", "train"),
        *("val", "untitled", "unnamed", "download", "gopr", "dji", "img edited", "burst", "sam"),
    )
)
NUMBERED = re.compile(r"(?P<name>.*?[^\W\d_].*?)[\s._-]*\(?\d+\)?")
NUMBER_FIRST = re.compile(r"\d+[\s._-]+(?P<name>\D*[^\W\d_]\D*)")
DATE_BEHIND = re.compile(r"[\s._-]+\d+([\s._-]+\d+)*[\s._-]*$")


def words_of(name: str) -> list[str]:
    """The words and numbers of a name in lower case: TrainSet_2 is train, set, 2."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return re.findall(r"[^\W\d_]+|\d+", apart.casefold())


@lru_cache(MAX_NAMES)
def split_of(name: str) -> tuple[str, str] | None:
    """The split that a folder's name says, and what else the name says; None if it says none."""
    words = [word for word in words_of(name) if word not in FILLERS and not word.isdigit()]
    splits = [word for word in words if _plain(word) in SPLIT_OF]
    if len(splits) != 1:
        return None
    words.remove(splits[0])
    return SPLIT_OF[_plain(splits[0])], " ".join(words)


def _plain(word: str) -> str:
    """A word without its accents."""
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(p for p in parts if not "\u0300" <= p <= "\u036f"))


@lru_cache(MAX_NAMES)
def is_images(name: str) -> bool:
    """Whether a folder's name says no more than that images are in it."""
    words = [word for word in words_of(name) if not word.isdigit()]
    return bool(words) and IMAGES.issuperset(words)


@lru_cache(MAX_NAMES)
def is_masks(name: str) -> bool:
    """Whether a folder's name says that masks or annotations are in it."""
    words = words_of(name)
    return "".join(words) in MASKS or (bool(words) and words[0] in MASKS and len(words) < 3)


@lru_cache(MAX_NAMES)
def sorts(name: str) -> bool:
    """Whether a folder's name only sorts images: by year, part, camera or download."""
    words = words_of(name)
    is_part = bool(PARTS.intersection(words)) and words[-1].isdigit()
    patterns = (DATE, DOWNLOAD, CAMERA_FOLDER)
    return is_part or is_images(name) or any(each.fullmatch(name) for each in patterns)


def name_class(file: str) -> str:
    """The class that a file's name begins with (cat.0.png, 12_frog.png), or an empty text."""
    stem = file.rpartition(".")[0] or file
    match = NUMBER_FIRST.fullmatch(stem) or NUMBERED.fullmatch(stem)
    name = DATE_BEHIND.sub("", match["name"]).strip(" ._-") if match else ""
    return "" if name.casefold() in NOT_CLASSES else name


@lru_cache(MAX_NAMES)
def spelling(name: str) -> str:
    """What two spellings of a name share: case, spaces, hyphens and underscores do not count."""
    return re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFKC", name)).strip().casefold()


def named(names: Iterable[str], most: int = 3) -> str:
    """The first names of a list in quotation marks."""
    known = sorted(names)
    more = f" and {len(known) - most:,} more" if len(known) > most else ""
    return ", ".join(repr(name) for name in known[:most]) + more
