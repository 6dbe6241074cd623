from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Union

Number = Union[int, float]
Operand = Union["Value", int, float]
BackwardFn = Callable[[float], tuple[float, ...]]


@dataclass(eq=False)
class Value:
    data: float
    grad: float = field(default=0.0, init=False)
    parents: tuple[Value, ...] = field(default=(), repr=False)
    grad_fn: BackwardFn | None = field(default=None, repr=False)

    def __add__(self, other: Operand) -> Value:
        rhs: Value = as_value(other)
        return Value(self.data + rhs.data, (self, rhs), lambda g: (g, g))

    def __sub__(self, other: Operand) -> Value:
        rhs: Value = as_value(other)
        return Value(self.data - rhs.data, (self, rhs), lambda g: (g, -g))

    def __mul__(self, other: Operand) -> Value:
        rhs: Value = as_value(other)
        x, y = self.data, rhs.data
        return Value(x * y, (self, rhs), lambda g: (g * y, g * x))

    def __truediv__(self, other: Operand) -> Value:
        rhs: Value = as_value(other)
        x, y = self.data, rhs.data
        return Value(x / y, (self, rhs), lambda g: (g / y, -g * x / y**2))

    def __pow__(self, exponent: Number) -> Value:
        if not isinstance(exponent, (int, float)):
            raise TypeError(f"exponent must be int or float, got {type(exponent).__name__}")
        x: float = self.data
        return Value(x**exponent, (self,), lambda g: (g * exponent * x ** (exponent - 1),))

    def __neg__(self) -> Value:
        return Value(-self.data, (self,), lambda g: (-g,))

    def __radd__(self, other: Number) -> Value:
        return as_value(other) + self

    def __rsub__(self, other: Number) -> Value:
        return as_value(other) - self

    def __rmul__(self, other: Number) -> Value:
        return as_value(other) * self

    def __rtruediv__(self, other: Number) -> Value:
        return as_value(other) / self

    def tanh(self) -> Value:
        t: float = math.tanh(self.data)
        return Value(t, (self,), lambda g: (g * (1.0 - t * t),))

    def exp(self) -> Value:
        e: float = math.exp(self.data)
        return Value(e, (self,), lambda g: (g * e,))

    def log(self) -> Value:
        x: float = self.data
        return Value(math.log(x), (self,), lambda g: (g / x,))

    def relu(self) -> Value:
        positive: bool = self.data > 0
        return Value(self.data if positive else 0.0, (self,), lambda g: (g if positive else 0.0,))

    def backward(self) -> None:
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            if node.grad_fn is None:
                continue
            for parent, gradient in zip(node.parents, node.grad_fn(node.grad), strict=True):
                parent.grad += gradient


def as_value(x: Operand) -> Value:
    return x if isinstance(x, Value) else Value(float(x))


def topological_order(root: Value) -> list[Value]:
    order: list[Value] = []
    seen: set[int] = set()
    stack: list[tuple[Value, bool]] = [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


class Neuron:
    w: list[Value]
    b: Value

    def __init__(self, nin: int) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x: Sequence[Operand]) -> Value:
        total: Value = self.b
        for weight, signal in zip(self.w, x, strict=True):
            total = total + weight * signal
        return total.tanh()

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]


class Layer:
    neurons: list[Neuron]

    def __init__(self, nin: int, nout: int) -> None:
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x: Sequence[Operand]) -> Value | list[Value]:
        outputs: list[Value] = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    layers: list[Layer]

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes: list[int] = [nin, *nouts]
        self.layers = [Layer(a, b) for a, b in zip(sizes, sizes[1:])]

    def __call__(self, x: Sequence[Operand]) -> Value | list[Value]:
        for layer in self.layers:
            x = layer(x)  # type: ignore[assignment]
        return x  # type: ignore[return-value]

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]


def squared_error(targets: Sequence[Number], predictions: Sequence[Value]) -> Value:
    total: Value = Value(0.0)
    for target, prediction in zip(targets, predictions, strict=True):
        total = total + (prediction - target) ** 2
    return total


def zero_grad(parameters: Sequence[Value]) -> None:
    for p in parameters:
        p.grad = 0.0


def descend(parameters: Sequence[Value], learning_rate: float) -> None:
    for p in parameters:
        p.data -= learning_rate * p.grad


def train(
    model: MLP,
    inputs: Sequence[Sequence[Number]],
    targets: Sequence[Number],
    steps: int,
    learning_rate: float,
) -> list[float]:
    losses: list[float] = []
    for _ in range(steps):
        loss: Value = squared_error(targets, [model(x) for x in inputs])  # type: ignore[misc]
        losses.append(loss.data)
        zero_grad(model.parameters())
        loss.backward()
        descend(model.parameters(), learning_rate)
    return losses
