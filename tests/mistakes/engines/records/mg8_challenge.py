"""The challenges, from records."""

import math
from operator import attrgetter

from mg7_final import MLP, Value, add_to_class, descend, zero_grad  # noqa: F401


def challenge_value(a, b, c):
    return -(a**3) + math.sin(3 * b) - 1 / c + b**2.5 - a**0.5


def challenge_gradient(a, b, c):
    return [
        -(3 * a**2 + 0.5 / a**0.5),
        math.cos(3 * b) * 3 + 2.5 * b**1.5,
        c**-2,
    ]


def challenge_gradient_numerical(a, b, c, h=1e-6):
    def slope(of):
        return (of(h) - of(-h)) / (2 * h)

    return [
        slope(lambda by: challenge_value(a + by, b, c)),
        slope(lambda by: challenge_value(a, b + by, c)),
        slope(lambda by: challenge_value(a, b, c + by)),
    ]


@add_to_class(Value)
def log(self):
    made = Value(math.log(self.data), [self], "log")
    made._parents = [(self, 1 / self.data)]

    def pass_on():
        for operand, local in made._parents:
            operand.grad += local * made.grad

    made._backward = pass_on
    return made


def softmax(logits):
    highest = max(map(attrgetter("data"), logits))
    powers = [(logit - highest).exp() for logit in logits]
    scale = sum(powers[1:], powers[0]) ** -1
    return [power * scale for power in powers]


def negative_log_likelihood(logits, target):
    return 0.0 - softmax(logits)[target].log()


def mean(values):
    return sum(values[1:], values[0]) * (1 / len(values))


def hinge_loss(scores, labels, parameters=(), alpha=1e-4):
    missing = [(score * -label + 1).relu() for score, label in zip(scores, labels, strict=True)]
    penalties = [parameter**2 for parameter in parameters]
    return sum(penalties, Value(0.0)) * alpha + mean(missing)


def accuracy(scores, labels):
    agreeing = [
        score for score, label in zip(scores, labels, strict=True) if score.data * label > 0
    ]
    return len(agreeing) / len(scores)


def train_classifier(model, points, labels, steps, learning_rate, alpha=1e-4):
    def one_step():
        loss = hinge_loss(list(map(model, points)), labels, model.parameters(), alpha)
        zero_grad(model.parameters())
        loss.backward()
        descend(model.parameters(), learning_rate)
        return loss.data

    return [one_step() for _ in range(steps)]
