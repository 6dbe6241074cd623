"""Certain facts about a training loop: what it leaves out, and what it does in the wrong order."""

import ast
import builtins
from collections.abc import Iterator

from grader.diagnosis.finding import Finding
from grader.source_tree import Definition, Function, own_scope

TRAINING = frozenset({"train", "train_classifier"})
# What a loop may call without it being a step of the training that is not seen here.
HARMLESS = frozenset({"model", "squared_error", "hinge_loss", "accuracy", "parameters", "append"})
WORDS = {
    "zero": "sets the gradients back",
    "back": "goes backwards",
    "step": "takes a step downhill",
}


def of_loops(target: Definition) -> Iterator[Finding]:
    """The facts about a training function; nothing where something in it can't be told apart."""
    function = target.function
    if function is None or target.name not in TRAINING or _is_unclear(function):
        return
    loops = [node for node in function.body if isinstance(node, ast.For | ast.While)]
    inside = [(act, line) for loop in loops for act, line in _acts(loop)]
    everywhere = {act for act, _ in _acts(function)}
    if len(loops) != 1 or not inside:
        return
    for act in WORDS:
        if act not in everywhere:
            yield _missing(act, loops[0].lineno)
    acts = [act for act, _ in inside]
    line = dict(inside)
    if "zero" in everywhere and "zero" not in acts:
        yield Finding(
            "zeroes-outside-the-loop",
            "The gradients are set back outside the loop ({line}), so only once.",
            next(number for act, number in _acts(function) if act == "zero"),
        )
    if acts == ["back", "zero", "step"]:
        yield Finding(
            "zeroes-after-backward",
            "{line} sets the gradients back after backward and before the step.",
            line["zero"],
        )
    if acts == ["zero", "step", "back"]:
        yield Finding(
            "descends-before-backward",
            "The step in {line} comes before backward has found a gradient.",
            line["step"],
        )


def _missing(act: str, line: int) -> Finding:
    kinds = {"zero": "never-zeroes", "back": "never-goes-backwards", "step": "never-descends"}
    return Finding(kinds[act], f"Nothing in the loop ({{line}}) {WORDS[act]}.", line)


def _acts(node: ast.AST) -> list[tuple[str, int]]:
    """What is done, in the order of the lines."""
    found = [
        (act, each.lineno)
        for each in own_scope(node)
        if isinstance(each, ast.stmt | ast.expr) and (act := _act(each))
    ]
    return sorted(found, key=lambda pair: pair[1])


def _act(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id="zero_grad") | ast.Attribute(attr="zero_grad")):
            return "zero"
        case ast.Call(func=ast.Attribute(attr="backward")):
            return "back"
        case ast.Call(func=ast.Name(id="descend")):
            return "step"
        case ast.Assign(targets=[ast.Attribute(attr="grad")], value=ast.Constant()):
            return "zero"
        case ast.Assign(targets=[ast.Attribute(attr="data")]):
            return "step"
        case ast.AugAssign(target=ast.Attribute(attr="data")):
            return "step"
    return ""


def _is_unclear(function: Function) -> bool:
    """Whether something depends on a condition, or happens in a function of the student's own."""
    for node in own_scope(function):
        if isinstance(node, ast.If | ast.Try | ast.Match) and any(
            _act(each) for each in ast.walk(node)
        ):
            return True
        match node:
            case ast.Call(func=ast.Name(id=name)):
                known = name in HARMLESS or hasattr(builtins, name) or bool(_act(node))
                if not known:
                    return True
    return False
