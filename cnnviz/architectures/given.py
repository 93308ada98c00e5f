"""What a network that was given is: the specification that it has, and a copy without numbers.

A network can be changed after it was built: another head for other classes, another stem. What
reads a network therefore reads its layers; ``network.spec`` says what it was built from.
"""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from cnnviz.architectures import Network, NetworkSpec, build, variant

# Where wrappers keep the network: DataParallel and its kin, torch.compile.
WRAPPED = ("module", "_orig_mod")
PLAIN = (bool, int, float, str, tuple, list)  # what a module's settings are


def given_network(network: object) -> Network:
    """The network itself, also of one in ``DataParallel`` or compiled.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
    """
    inner = network
    while isinstance(inner, nn.Module) and not isinstance(inner, Network):
        inner = next((inner._modules[key] for key in WRAPPED if key in inner._modules), None)
    if not isinstance(inner, Network) or not hasattr(inner, "spec"):
        raise TypeError(
            f"network must be made by cnnviz.build; received a {type(network).__name__}."
        )
    return inner


def made_for(network: Network | NetworkSpec) -> int:
    """The side in pixels of the images that a network was published for."""
    spec = network if isinstance(network, NetworkSpec) else given_network(network).spec
    return spec.fixed_resolution or variant(spec.variant).resolution


def specification_of(network: Network | NetworkSpec) -> NetworkSpec:
    """The specification that builds a network as it is now, with its own classes and channels.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
        ValueError: Its layers were changed so that no specification builds it; they are named.
    """
    if isinstance(network, NetworkSpec):
        return network
    spec, changed = described(network)
    require_unchanged(spec, changed)
    return spec


def require_unchanged(spec: NetworkSpec, changed: tuple[str, ...]) -> None:
    """Refuse what ``described`` says of a network that no specification builds.

    Raises:
        ValueError: There are changed layers; they are named.
    """
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise ValueError(
            f"network must be as cnnviz.build makes {spec.variant}; received one with changed "
            f"layers: {', '.join(changed[:3])}{more}."
        )


def described(network: Network) -> tuple[NetworkSpec, tuple[str, ...]]:
    """The specification that is nearest to a network as it is now, and what differs from it.

    Returns:
        The specification, and the paths of the modules that it would make otherwise.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
    """
    network = given_network(network)
    if not (changed := _differences(network, network.spec)):
        return network.spec, ()
    spec = _with_own_ends(network)
    return spec, changed if spec == network.spec else _differences(network, spec)


def without_weights(network: Network) -> Network:
    """A copy of a network on the meta device, in eval mode: its layers without numbers and hooks.

    Tensors are float32 where the network's are floating. The network itself is not touched, so that
    other threads may use it meanwhile (``copy.deepcopy`` would copy the hooks they register).
    """
    twin: Network = _twin(given_network(network), {})
    return twin.eval()


def with_weights(network: Network) -> Network:
    """A copy in eval mode that shares the network's tensors but none of its modules.

    What patches its modules disturbs nobody else; do not change its weights.
    """
    twin = without_weights(network)
    twin.load_state_dict(given_network(network).state_dict(), assign=True)
    return twin


def at_rest(network: object) -> Network:
    """A network as explanations need it: in eval mode, in float32 or float64, with its weights.

    It is the network itself where that is so, and otherwise a copy, so that a caller's network
    stays as it was: its modes, buffers and precision. In half precision small gradients become 0.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
        ValueError: It is on the meta device, on several devices, or its numbers are no floats.
    """
    network = given_network(network)
    precision, device = precision_of(network), device_of(network)
    state = network.state_dict()
    numbers = [tensor for name, tensor in state.items() if tensor.is_floating_point()]
    is_ready = all(x.dtype == precision and not x.is_inference() for x in numbers)
    if is_ready and not any(module.training for module in network.modules()):
        return network
    twin = without_weights(network)
    for name, tensor in state.items():
        state[name] = tensor.to(precision) if tensor.is_floating_point() else tensor
        state[name] = state[name].clone() if state[name].is_inference() else state[name]
    twin.load_state_dict(state, assign=True)
    return twin.to(device)


def device_of(network: Network) -> torch.device:
    """The device that a network is on.

    Raises:
        ValueError: It is on the meta device, where there are no numbers, or on several.
    """
    require_weights(network)
    devices: set[torch.device] = {tensor.device for tensor in network.state_dict().values()}
    if len(devices) != 1:
        names = " and ".join(sorted(map(str, devices))) or "none"
        raise ValueError(f"network must be on one device; received one on {names}.")
    return devices.pop()


def require_weights(network: Network) -> None:
    """Refuse a network without numbers.

    Raises:
        ValueError: It is on the meta device.
    """
    if any(tensor.is_meta for tensor in network.state_dict().values()):
        raise ValueError(
            "network must have weights; received one on the meta device: give it some with "
            "cnnviz.load_weights, or build it on another device."
        )


def precision_of(network: Network) -> torch.dtype:
    """The type to compute in: float64 where a network has such numbers, else float32.

    Raises:
        ValueError: It has complex numbers, or integers in place of weights.
    """
    types = {parameter.dtype for parameter in network.parameters()}
    if wrong := [str(each) for each in types if not each.is_floating_point]:
        raise ValueError(f"network must have real weights; received {', '.join(wrong)}.")
    return torch.float64 if torch.float64 in types else torch.float32


def _with_own_ends(network: Network) -> NetworkSpec:
    """The specification with the channels that the first layer reads, the outputs of the last."""
    spec = network.spec
    channels = next(_numbers(network, "in_channels"), spec.in_channels)
    path = nn.ModuleList([network.stem, network.stages, network.head])
    *_, outputs = [spec.num_classes, *_numbers(path, "out_features", "out_channels")]
    if (channels, outputs) == (spec.in_channels, spec.num_classes):
        return spec
    return replace(spec, in_channels=channels, num_classes=outputs, trained_on=None)


def _numbers(network: nn.Module, *names: str) -> Iterator[int]:
    """What layers say of themselves under these names, in the order of their registration."""
    for module in network.modules():
        yield from (getattr(module, name) for name in names if hasattr(module, name))


def _differences(network: Network, spec: NetworkSpec) -> tuple[str, ...]:
    with torch.device("meta"):
        expected = dict(build(spec).named_modules())
    modules = dict(network.named_modules())
    names = [*modules, *(name for name in expected if name not in modules)]
    return tuple(name for name in names if not _agree(modules.get(name), expected.get(name)))


def _agree(module: nn.Module | None, expected: nn.Module | None) -> bool:
    """Whether two modules compute the same with the same numbers."""
    if module is None or expected is None or type(module) is not type(expected):
        return False
    settings = {name for name, value in vars(expected).items() if isinstance(value, PLAIN)}
    return _shapes(module) == _shapes(expected) and all(
        vars(module).get(name) == vars(expected)[name] for name in settings - {"training"}
    )


def _shapes(module: nn.Module) -> dict[str, Any]:
    tensors = [*module._parameters.items(), *module._buffers.items()]
    return {name: None if tensor is None else tensor.shape for name, tensor in tensors}


def _twin(module: Any, made: dict[int, Any]) -> Any:
    """The copy of a module; ``made`` holds those of its parts, which it may have twice."""
    if id(module) not in made:
        twin = made[id(module)] = copy.copy(module)
        hooks = {name: type(value)() for name, value in vars(module).items() if "_hooks" in name}
        vars(twin).update(hooks)
        twin._modules = {
            name: None if part is None else _twin(part, made)
            for name, part in module._modules.items()
        }
        for kind in ("_parameters", "_buffers"):
            tensors = {name: _empty(x, made) for name, x in getattr(module, kind).items()}
            setattr(twin, kind, tensors)
    return made[id(module)]


def _empty(tensor: torch.Tensor | None, made: dict[int, Any]) -> torch.Tensor | None:
    if tensor is not None and id(tensor) not in made:
        dtype = torch.float32 if tensor.is_floating_point() else tensor.dtype
        empty: torch.Tensor = torch.empty(tensor.shape, dtype=dtype, device="meta")
        if isinstance(tensor, nn.Parameter):
            empty = nn.Parameter(empty, tensor.requires_grad)
        made[id(tensor)] = empty
    return made.get(id(tensor))
