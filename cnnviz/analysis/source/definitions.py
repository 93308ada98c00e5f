"""The definitions that a network's class needs, cut out of this package's own sources.

Names are followed from the class, module by module, and every definition is taken once, in its own
words and with the comment above it. Three things change on the way: configurations become plain
dataclasses that hold one network's values, a ``Layer`` becomes an ``nn.Module`` without what the
layer table reads, and a ``Network`` knows no spec.
"""

import ast
import inspect
import json
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import groupby
from typing import NamedTuple

from cnnviz.architectures import Layer, Network
from cnnviz.hyperparameters import Config

OURS = "cnnviz."
LINE = 100  # columns


@dataclass(frozen=True, order=True)
class Import:
    """``from module import name``, or ``import module`` where there is no name."""

    module: str
    name: str
    alias: str = ""

    @property
    def target(self) -> str:
        """The text behind the word ``import``."""
        return (self.name or self.module) + (f" as {self.alias}" if self.alias else "")


class Definition(NamedTuple):
    """A statement of a module that gives names a meaning: where it begins, and its source.

    It begins at the comment above it, if there is one.
    """

    line: int
    text: str


class Cut:
    """The definitions that a class needs, directly or not, for one configuration.

    Attributes:
        imports: What all of it imports from outside this package.
    """

    def __init__(self, config: Config) -> None:
        self.imports: set[Import] = set()
        self._configs = list(_configs(config))
        self._taken: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self._homes: dict[str, str] = {}

    def follow(self, name: str, module: str) -> None:
        """Take what a name means in a module, and all that it needs; built-in names need nothing.

        Raises:
            NameError: The name already means something else.
        """
        meaning = _meanings(module).get(name)
        if isinstance(meaning, Import) and meaning.module.startswith(OURS):
            self.follow(meaning.name, meaning.module)
        elif isinstance(meaning, Import):
            self.imports.add(meaning)
        elif meaning is not None and meaning.line not in self._taken[module]:
            if self._homes.setdefault(name, module) != module:
                raise NameError(f"{name} is defined in {self._homes[name]} and in {module}.")
            text = self._rewritten(meaning.text, getattr(import_module(module), name))
            self._taken[module][meaning.line] = text
            for used in sorted({n.id for n in _nodes(text) if isinstance(n, ast.Name)}):
                self.follow(used, module)

    def taken(self, last: str) -> Iterator[tuple[str, str]]:
        """Modules up to the last one, after all that they import, each definition of theirs."""
        for module in _with_imported(last):
            for _, text in sorted(self._taken[module].items()):
                yield module, text

    def _rewritten(self, text: str, meaning: object) -> str:
        if not isinstance(meaning, type):
            return text
        if issubclass(meaning, Config):
            return _plain_config(text, meaning, self._configs)
        if meaning is Network:
            return _without(text, {"spec", "remarks"})
        if issubclass(meaning, Layer):
            own = {name for name in vars(Layer) if not name.startswith("_")}
            return _without(text, own - _read(text)).replace("(Layer):", "(nn.Module):", 1)
        return text


def import_lines(imports: Iterable[Import]) -> str:
    """Import statements as a formatter sorts them: the standard library, then others."""
    sections: dict[bool, list[str]] = {True: [], False: []}
    ordered = sorted(imports, key=lambda each: (each.name != "", each))
    for (start, module), group in groupby(ordered, key=lambda each: (each.name != "", each.module)):
        targets = ", ".join(each.target for each in group)
        line = f"from {module} import {targets}" if start else f"import {targets}"
        sections[module.partition(".")[0] in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(lines) for lines in sections.values() if lines)


def comment(text: str, indent: str = "") -> str:
    """A text as a comment."""
    start = f"{indent}# "
    return textwrap.fill(
        text, LINE, initial_indent=start, subsequent_indent=start, break_on_hyphens=False
    )


def _configs(config: Config) -> Iterator[Config]:
    """A configuration and those that its properties make of it."""
    yield config
    for name, member in vars(type(config)).items():
        if isinstance(member, property) and isinstance(made := getattr(config, name), Config):
            yield from _configs(made)


@cache
def _with_imported(module: str) -> tuple[str, ...]:
    """A module of ours behind all modules of ours that it imports."""
    before: dict[str, None] = {}
    for meaning in _meanings(module).values():
        if isinstance(meaning, Import) and meaning.module.startswith(OURS):
            before |= dict.fromkeys(_with_imported(meaning.module))
    return (*before, module)


@cache
def _meanings(module: str) -> dict[str, Import | Definition]:
    """What each name means that a module imports or defines."""
    text = inspect.getsource(import_module(module))
    lines = text.splitlines()
    meanings: dict[str, Import | Definition] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            home = getattr(node, "module", "")
            for a in node.names:
                name = a.name if home else ""
                meanings[a.asname or a.name] = Import(home or a.name, name, a.asname or "")
        else:
            meanings |= dict.fromkeys(_bound(node), _definition(node, lines))
    return meanings


def _definition(node: ast.stmt, lines: list[str]) -> Definition:
    line = _first_line(node)
    while lines[line - 2].startswith("#"):
        line -= 1
    return Definition(line, "\n".join(lines[line - 1 : node.end_lineno]))


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement gives a meaning."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return {node.name}
    targets: list[ast.AST] = getattr(node, "targets", [getattr(node, "target", ast.Pass())])
    parts = (part for target in targets for part in ast.walk(target))
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _first_line(node: ast.stmt) -> int:
    """Where a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _nodes(text: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(text))


def _plain_config(text: str, meaning: type[Config], configs: list[Config]) -> str:
    """A configuration as a dataclass with the values of the first of ``configs`` that is one.

    Each field stands below the sentence that explains it; ``check`` is left out.
    """
    values = next((c for c in configs if isinstance(c, meaning)), None) or meaning()
    lines, fields, methods = text.splitlines(), [], []
    docstring, *members = _body(text)
    for node in members:
        if isinstance(node, ast.AnnAssign):
            name = ast.unparse(node.target)
            fields.append(_field(meaning, name, ast.unparse(node.annotation), values))
        elif "check" not in _bound(node):
            methods.append("\n".join(lines[_first_line(node) - 1 : node.end_lineno]))
    head = "\n".join(lines[: docstring.end_lineno]).replace("(Config):", ":", 1)
    return "\n\n".join([head, *(["\n".join(fields)] if fields else []), *methods])


def _field(meaning: type[Config], name: str, annotation: str, values: Config) -> str:
    """A field with its value, below what it is and, if they are words, its options."""
    declared = meaning.hyperparameter(name)
    words = [json.dumps(option) for option in declared.options if isinstance(option, str)]
    options = f" One of {', '.join(words)}." if words else ""
    value = getattr(values, name)
    literal = json.dumps(value) if isinstance(value, str) else repr(value)
    return f"{comment(declared.help + options, '    ')}\n    {name}: {annotation} = {literal}"


def _without(text: str, names: set[str]) -> str:
    """A class without the statements that give these members a value, and their documentation."""
    lines = text.splitlines()
    given = [node for node in _body(text) if names & _bound(node)]
    assigned = (node for node in _nodes(text) if isinstance(node, ast.Assign))
    given += [node for node in assigned if getattr(node.targets[0], "attr", None) in names]
    for node in sorted(given, key=_first_line, reverse=True):
        del lines[_first_line(node) - 1 : node.end_lineno]
    rest = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    entries = "|".join(names)
    rest = re.sub(rf"\n {{8}}(?:{entries}): .*(?:\n {{12}}.*)*", "", rest)
    return re.sub(r"\n\n {4}Attributes:(?=\n {4}\"\"\")", "", rest).rstrip()


def _read(text: str) -> set[str]:
    """The attributes, of anything, that a class reads."""
    attributes = (node for node in _nodes(text) if isinstance(node, ast.Attribute))
    return {node.attr for node in attributes if isinstance(node.ctx, ast.Load)}


def _body(text: str) -> list[ast.stmt]:
    """The statements of a class."""
    return next(node.body for node in _nodes(text) if isinstance(node, ast.ClassDef))
