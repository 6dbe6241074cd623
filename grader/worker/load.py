"""Load a submission's modules, and lend it the reference's code where that is asked for."""

import base64
import importlib.abc
import importlib.machinery
import marshal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from types import CodeType, ModuleType
from typing import Any

from . import displays, faults
from .ordered import BUILTINS

Transform = Callable[[str], str]


class Submission:
    """The modules of one submission, and where a program's names are looked up in them."""

    def __init__(self, transform: Transform = str) -> None:
        """`transform` makes Python of a notebook's cell."""
        self._transform = transform
        self._modules: list[ModuleType] = []
        self._finder = _Finder({}, transform)
        self._graft: _Graft | None = None

    def load(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Load `modules` in order, each `{"name", "cells": [[filename, code], ...],
        "keep_going", "ours"}`, and perhaps `compiled`, for each cell its code object as `marshal`
        writes it; names are then looked up in the last module first. Of `ours`, no line is quoted.

        With `graft`, the last module is a lesson in which all but one concept's definitions are
        the reference's: `cells` of the reference, and the names to `replace`.
        For each module the answer tells `name`, `ok` and the `errors` met.
        """
        names = self.begin(request)
        if names:
            self._finder.load(names[-1])
        return self._finish()

    def extend(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Load one more module behind those that are there: a lesson after the lessons before it.
        The answer is as of `load`."""
        [module] = request["modules"]
        self._finder.add(module)
        self._finder.load(module["name"])
        return self._finish()

    def begin(self, request: Mapping[str, Any]) -> list[str]:
        """Load all modules but the last one, and tell their names: a kernel runs the last one's
        cells itself."""
        self._finder.forget()  # another engine of our own in the same worker
        self._finder = _Finder(
            {module["name"]: module for module in request["modules"]}, self._transform
        )
        names = self._finder.names
        for name in names[:-1]:
            self._finder.load(name)
        graft, self._graft = request.get("graft"), None
        if graft:
            # Before the student's own lesson runs, so that theirs is what remains.
            donor = _execute_reference(names[-1], graft)
            lent = {each: _definition(donor, each) for each in graft["replace"]}
            self._graft = _Graft(donor, lent)
        return names

    def adopt(
        self, module: ModuleType, errors: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Take what a kernel has made of the last module's cells, and what they raised; then as
        `load`."""
        name = self._finder.names[-1]
        self._finder.errors[name] = [dict(error) for error in errors]
        if not errors or self._finder.keeps_going(name):
            sys.modules[name] = module
        return self._finish()

    def _finish(self) -> list[dict[str, Any]]:
        names, errors = self._finder.names, self._finder.errors
        self._modules = [sys.modules[name] for name in names if name in sys.modules][::-1]
        if self._graft and names[-1] in sys.modules:
            _lend(self._modules[0], self._graft.donor, self._graft.lent)
        return [
            {"name": name, "ok": name in sys.modules, "errors": errors.get(name, [])}
            for name in names
        ]

    def lookup(self, name: str) -> Any:
        """What the submission defines under this name. Raises NameError."""
        for module in self._modules:
            if name in module.__dict__:
                return module.__dict__[name]
        raise NameError(f"{name} is not defined")

    def has(self, name: str) -> bool:
        """Whether `function`, `Class`, `Class.method` or `Class.attribute` (of an instance made
        from one number) is there."""
        head, _, attribute = name.partition(".")
        try:
            thing = self.lookup(head)
            if not callable(thing):
                return False
            if not attribute:
                return True
            if attribute.startswith("__"):
                # object itself has __init__ and __repr__
                return any(attribute in base.__dict__ for base in thing.__mro__[:-1])
            return hasattr(thing, attribute) or hasattr(thing(1.0), attribute)
        except BaseException:  # the student's class may do anything
            return False


@dataclass(frozen=True)
class _Graft:
    donor: ModuleType
    lent: Mapping[str, Any]


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the submission's own modules by name, in whatever order they import each other."""

    def __init__(self, sources: Mapping[str, Mapping[str, Any]], transform: Transform) -> None:
        self._sources = dict(sources)
        self._transform = transform
        self.names = list(sources)
        self.errors: dict[str, list[dict[str, Any]]] = {}
        sys.meta_path.insert(0, self)

    def add(self, module: Mapping[str, Any]) -> None:
        """One more to be found."""
        self._sources[module["name"]] = module
        self.names.append(module["name"])

    def load(self, name: str) -> None:
        """Import a module unless it is there already, or has failed already."""
        if name not in sys.modules and name not in self.errors:
            try:
                __import__(name)
            except BaseException as error:  # sys.exit() at import is an error too
                self.errors.setdefault(name, [faults.describe(error)])

    def keeps_going(self, name: str) -> bool:
        """Whether a module is of use although some of it raised."""
        return bool(self._sources[name]["keep_going"])

    def forget(self) -> None:
        """Take the modules out again, and be asked no more."""
        sys.meta_path.remove(self)
        for name in self._sources:
            sys.modules.pop(name, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package = any(name.startswith(f"{fullname}.") for name in self._sources)
        if fullname in self._sources or package:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=package)
        return None

    def exec_module(self, module: ModuleType) -> None:
        source = self._sources.get(module.__name__)
        if source is None:  # a folder without __init__.py
            return
        module.__dict__["__builtins__"] = BUILTINS
        module.__file__ = source["cells"][0][0] if source["cells"] else module.__name__
        made = source.get("compiled") or repeat(None)
        for (filename, code), compiled in zip(source["cells"], made, strict=False):
            try:
                if not source["ours"]:
                    faults.register(filename, code)
                python = self._transform(code) if source["keep_going"] else code
                exec(_code(python, filename, compiled), module.__dict__)
            except BaseException as error:
                self.errors.setdefault(module.__name__, []).append(faults.describe(error))
                if not source["keep_going"]:
                    raise


def compiled(filename: str, code: str) -> str | None:
    """A code object as text, for `load` in another worker; None where it can't be compiled."""
    try:
        # Later versions of the format tell what is shared by counting references: what else was
        # compiled before would make a difference.
        made = marshal.dumps(displays.compiled(code, filename), 2)
        return base64.b64encode(made).decode("ascii")
    except BaseException:  # whoever loads it says why
        return None


def _code(code: str, filename: str, made: bytes | None) -> CodeType:
    if made is None:
        return displays.compiled(code, filename)
    found = marshal.loads(made)
    assert isinstance(found, CodeType)
    return found


def _execute_reference(name: str, graft: Mapping[str, Any]) -> ModuleType:
    donor = ModuleType(name)
    donor.__dict__["__builtins__"] = BUILTINS
    made = graft.get("compiled") or repeat(None)
    for (filename, code), compiled in zip(graft["cells"], made, strict=False):
        exec(_code(code, f"reference {filename}", compiled), donor.__dict__)
    return donor


def _definition(module: ModuleType, name: str) -> Any:
    """`function`, `Class` or `Class.method`; None where there is none."""
    head, _, attribute = name.partition(".")
    thing = module.__dict__.get(head)
    return getattr(thing, "__dict__", {}).get(attribute) if attribute else thing


def _lend(module: ModuleType, donor: ModuleType, lent: Mapping[str, Any]) -> None:
    """Put the reference's definitions in place, and let both sides see the same classes."""
    for name, definition in lent.items():
        head, _, attribute = name.partition(".")
        if definition is None:
            continue
        if not attribute or not isinstance(module.__dict__.get(head), type):
            module.__dict__[head] = donor.__dict__[head]
        if attribute:
            setattr(module.__dict__[head], attribute, definition)
    for name, thing in list(donor.__dict__.items()):
        if isinstance(thing, type) and isinstance(module.__dict__.get(name), type):
            donor.__dict__[name] = module.__dict__[name]
