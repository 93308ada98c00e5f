"""Read the state dicts in a file safely, by whatever tool they were saved."""

import json
import os
import re
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import torch

from cnnviz.weights.class_names import class_names_in
from cnnviz.weights.formats import DAMAGED, file_format, folder_format, is_intact, pickled

StateDict = dict[str, torch.Tensor]

# What training scripts put beside the weights: each is read as an empty stand-in, without its code.
BESIDE = re.compile(
    r"(argparse\.Namespace|functools\.partial|builtins\.(list|dict)|collections\.deque"
    r"|(numpy|pathlib|datetime|decimal|enum|omegaconf|pytorch_lightning|lightning"
    r"|lightning_fabric|torch\.optim|torch\.torch_version|torch\.cuda\.amp|torch\.amp)\..*)$"
)
# Of these, what is filled like a dictionary.
DICTIONARIES = re.compile(r"collections\.defaultdict$|.*\.AttributeDict$")
SAVE_ALONE = "save the network's state_dict() alone"
DEEPEST = 6  # mappings inside mappings


class WeightsError(ValueError):
    """One sentence for the visitor: what is wrong with the weights, and what to do about it."""


@dataclass(frozen=True)
class SavedWeights:
    """What a file holds of a network's weights.

    Attributes:
        origin: What messages call the file.
        state_dicts: Tensors by name, by where in the file they stand: "" or "checkpoint.model".
        ordered: Whether the tensors are in the order of their registration.
        class_names: Names of the classes by index, where the file tells them.
    """

    origin: str
    state_dicts: dict[str, StateDict]
    ordered: bool = True
    class_names: tuple[str, ...] = ()


def read_weights(path: str | os.PathLike[str], device: str = "cpu") -> SavedWeights:
    """All state dicts in a file; nothing that the file contains is run.

    Its content decides how it is read. Dictionaries inside dictionaries are looked through, and
    what stands beside the tensors (epochs, options, the optimizer's numbers) is left out.

    Args:
        path: A file of safetensors, or one that ``torch.save`` wrote in any of its formats.
        device: "cpu", or "meta" for shapes without numbers, which is quick.

    Raises:
        WeightsError: The file is missing, damaged, wants to run code or holds other things.
    """
    path = Path(path)
    form = _required_format(path)
    try:
        read = _read_safetensors if form == "safetensors" else _read_pytorch
        content, facts = read(path, device)
    except Exception as error:  # damaged bytes end in nearly every exception that there is
        why = DAMAGED if form == "safetensors" else _refusal(path, error)
        raise WeightsError(f"{path.name} {why}") from error
    named = dict(_named(content, "", DEEPEST, set()))
    if any(_is_quantised(*item) for values in named.values() for item in values.items()):
        raise WeightsError(
            f"{path.name} holds a quantised network; save the state_dict() of the network before "
            "its conversion."
        )
    state_dicts = {
        place: tensors
        for place, values in named.items()
        if (tensors := {name: each for name, each in values.items() if _is_plain(each, device)})
    }
    if not state_dicts:
        raise WeightsError(_other_content(content, path.name))
    names = next(class_names_in(facts), ())
    return SavedWeights(path.name, state_dicts, form == "pytorch", names)


def _required_format(path: Path) -> str:
    """The format of a file that can be read."""
    try:
        words = folder_format(path) if path.is_dir() else file_format(path)
        if not words:
            path.open("rb").close()  # the system says what is wrong with a folder
    except OSError as error:
        raise WeightsError(f"{path.name} cannot be read ({error.strerror}).") from error
    if words not in ("pytorch", "safetensors"):
        raise WeightsError(f"{path.name} {words}")
    return words


def _read_safetensors(path: Path, device: str) -> tuple[object, object]:
    """The tensors of a file, and the facts that are written beside them."""
    with safetensors.safe_open(path, framework="pt", device="cpu") as file:
        make = _shape if device == "meta" else _tensor
        tensors = {name: make(file, name) for name in file.keys()}  # noqa: SIM118
        return tensors, {key: _parsed(text) for key, text in (file.metadata() or {}).items()}


def _tensor(file: Any, name: str) -> torch.Tensor:
    # A copy: tensors are views of the mapped file, and whoever shortens the file later would end
    # the process.
    tensor: torch.Tensor = file.get_tensor(name).clone()
    return tensor


def _shape(file: Any, name: str) -> torch.Tensor:
    """A tensor without its numbers: whether they are floating-point is all that matters of them."""
    part = file.get_slice(name)
    dtype = torch.float32 if "F" in part.get_dtype() else torch.int64
    return torch.empty(part.get_shape(), dtype=dtype, device="meta")


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


# torch keeps what it may import in a set of the whole process: one reader changes it at a time.
_allowing = threading.Lock()


class _Ignored:
    """Stands in for an object beside the weights; whatever it is given is forgotten."""

    def __new__(cls, *args: object) -> "_Ignored":
        return super().__new__(cls)

    def __init__(self, *args: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Dictionary:
    """Stands in for a dictionary of another kind beside the weights."""

    def __new__(cls, *args: object) -> Any:
        return OrderedDict[Any, Any]()


def _read_pytorch(path: Path, device: str) -> tuple[object, object]:
    """The content of a file of ``torch.save``, twice, as it is both tensors and facts."""
    content = _loaded(path, device)
    return content, content


def _loaded(path: Path, device: str) -> object:
    """The content of a file of ``torch.save``, with stand-ins for what is beside the weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other protocols and of formats that will change
        try:
            return _read_tensors(path, device)
        except Exception:
            content = pickled(path)
            stand_ins = list(map(_stand_in, filter(_is_beside, content.names)))
            if not stand_ins or content.is_module:
                raise
        with _allowing, torch.serialization.safe_globals(stand_ins):
            return _read_tensors(path, device)


def _read_tensors(path: Path, device: str) -> object:
    # Not mapped into memory either. Not by its path: torch would judge that by its suffix.
    with path.open("rb") as file:
        return torch.load(file, map_location=device, weights_only=True)


def _is_beside(name: str) -> bool:
    return bool(BESIDE.match(name) or DICTIONARIES.match(name))


def _stand_in(name: str) -> Any:
    return (_Dictionary if DICTIONARIES.match(name) else _Ignored), name


def _refusal(path: Path, error: Exception) -> str:
    """Why a file was not read: code that it wants to run, a format within, or damage."""
    try:
        content = pickled(path)
    except Exception:  # so do they in the scanner
        return DAMAGED
    wanted = re.search(r"GLOBAL (\S+)", str(error))
    if content.is_module:
        module = wanted[1] if wanted else "its own classes"
        return (
            f"holds a whole pickled network, and opening it would use {module}, "
            f"which runs its code; {SAVE_ALONE}: torch.save(network.state_dict(), 'weights.pth')."
        )
    if wanted:
        return (
            f"was not opened because it wants to use {wanted[1]}, which tensors never need; "
            f"{SAVE_ALONE}."
        )
    if not content.is_of_torch:
        return f"is a pickle that torch.save has not written; {SAVE_ALONE} with torch.save."
    if content.protocol > 2:
        return (
            f"was saved with protocol {content.protocol} of pickle, of which only 2 is read; "
            f"{SAVE_ALONE} with torch.save, without a pickle_protocol."
        )
    if "torch.distributed" in str(error):
        return "holds tensors spread over several machines (DTensor); save their full_tensor()."
    return f"holds more than tensors; {SAVE_ALONE}." if is_intact(path) else DAMAGED


def _named(
    content: object, place: str, depth: int, seen: set[int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What dictionaries hold by name, in the order of the file, by their place in it."""
    if not isinstance(content, Mapping) or id(content) in seen or not depth:
        return
    seen.add(id(content))
    values = {name: each for name, each in content.items() if isinstance(name, str)}
    yield place, values
    for name, each in values.items():
        yield from _named(each, f"{place}.{name}" if place else name, depth - 1, seen)


def _is_quantised(name: str, value: object) -> bool:
    is_quantised = isinstance(value, torch.Tensor) and value.is_quantized
    return is_quantised or name.endswith("_packed_params")


def _is_plain(tensor: object, device: str = "cpu") -> bool:
    """Whether it is a tensor of real numbers that are all there: dense, and not on meta."""
    return (
        isinstance(tensor, torch.Tensor)
        and tensor.layout == torch.strided
        and not tensor.is_complex()
        and (device == "meta" or not tensor.is_meta)
    )


def _other_content(content: object, origin: str) -> str:
    """What a file without any state dict holds instead."""
    if not isinstance(content, Mapping) or not content:
        held = "an empty one" if content == {} else _kind(content)
        return f"{origin} must hold a dictionary of tensors; received {held}."
    name, value = next(iter(content.items()))
    return f"{origin} must hold tensors by name alone; received {_kind(value)} under {name!r}."


def _kind(value: object) -> str:
    if not isinstance(value, torch.Tensor):
        return type(value).__name__
    layout = str(value.layout).removeprefix("torch.")
    dtype = str(value.dtype).removeprefix("torch.")
    return f"{layout} tensor of {dtype} on {value.device}"
