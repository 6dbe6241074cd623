"""What student code may import: preloaded modules, and stand-ins for what must not sink it.

Of real micrograds, a third imports numpy or a plotting package at the top although nothing that
is graded needs it. So drawing and plotting import as harmless stand-ins, and what a lesson does
not allow imports as a stand-in whose *use* raises one clear sentence.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

# Silent: graph drawing and plotting, and what notebooks import for display.
HARMLESS = frozenset({"graphviz", "matplotlib", "seaborn", "tqdm", "IPython", "ipywidgets"})
# Speaking: packages that would do the exercise's work.
REFUSED = {
    **dict.fromkeys(
        ("torch", "tensorflow", "jax", "autograd", "tinygrad", "micrograd", "sympy", "theano"),
        "{name} is not available in this lesson: the point is to build it yourself",
    ),
    **dict.fromkeys(
        ("numpy", "scipy", "pandas", "sklearn"),
        "{name} is not installed here; plain Python is enough for this lesson",
    ),
    **dict.fromkeys(
        ("grader", "solutions", "pytest"),
        "{name} can't be used from an exercise",
    ),
}


def prepare(preload: Sequence[str], site: Sequence[str]) -> None:
    """Import `preload` (found in the folders `site` where not in the standard library), and let
    everything else that is not of the standard library become a stand-in or an ImportError."""
    sys.path = [folder for folder in sys.path if folder.endswith((".zip", "lib-dynload"))] + [
        folder for folder in sys.path if folder.rstrip("/").endswith(f"python{_VERSION}")
    ]
    sys.path += site
    if any(name.startswith("ipykernel") for name in preload):
        sys.modules["debugpy"] = None  # type: ignore[assignment]  # big, and debugging is not graded
    for name in preload:
        __import__(name)
    if "matplotlib.backends" in sys.modules:
        # It looks for backends among the installed packages, and would do so when it is too late.
        sys.modules["matplotlib.backends"].backend_registry.list_all()
    allowed = {name.partition(".")[0] for name in (*preload, *sys.modules)}
    if "torch" in allowed:
        allowed |= {"sympy", "networkx"}  # torch's own, imported late
    sys.meta_path.insert(0, _StandInFinder(frozenset(allowed)))


class StandIn(ModuleType):
    """A module that gives a stand-in for anything; a refused one raises when it is used."""

    def __init__(self, name: str, refusal: str | None) -> None:
        super().__init__(name)
        self.__dict__.update(_refusal=refusal, __path__=[], __all__=[])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__.partition(".")[0] == "tqdm" and name in _LOOPS:
            return _LOOPS[name]
        return _Thing(self.__dict__["_refusal"])


class _Thing:
    """Whatever is found in a stand-in: callable, with any attribute; does nothing, or refuses."""

    def __init__(self, refusal: str | None) -> None:
        self.__dict__["_refusal"] = refusal

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if self.__dict__["_refusal"]:
            raise ImportError(self.__dict__["_refusal"])
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __getitem__(self, index: object) -> Any:
        return self()  # axes[0]

    def __setitem__(self, index: object, value: object) -> None:
        self()  # plt.rcParams["figure.dpi"] = 100

    def __iter__(self) -> Any:
        return iter((self, self))  # fig, ax = plt.subplots()

    def __enter__(self) -> Any:
        return self()

    def __exit__(self, *exception: object) -> None:
        return None

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        self()  # class Net(torch.nn.Module): a use
        return ()


class _Loop(_Thing):
    """`tqdm(steps)`: the loop over them, without a bar."""

    write = staticmethod(print)

    def __init__(self, steps: Iterable[Any] = (), *arguments: Any, **options: Any) -> None:
        super().__init__(None)
        self.__dict__["_steps"] = steps

    def __iter__(self) -> Any:
        return iter(self.__dict__["_steps"])


_LOOPS = {"tqdm": _Loop, "trange": lambda *bounds, **options: _Loop(range(*bounds))}


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top in self._allowed or (top not in HARMLESS and top not in REFUSED):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        top = spec.name.partition(".")[0]
        refusal = REFUSED.get(top)
        return StandIn(spec.name, refusal and refusal.format(name=top))

    def exec_module(self, module: ModuleType) -> None:
        pass


_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
