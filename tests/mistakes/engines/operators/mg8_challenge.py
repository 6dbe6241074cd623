"""The challenges, with loops and a local derivative of its own for log."""

import math

from mg7_final import MLP, Value, add_to_class, descend, zero_grad  # noqa: F401


def challenge_value(a, b, c):
    return -(a**3) + math.sin(3 * b) - 1 / c + b**2.5 - a**0.5


def challenge_gradient(a, b, c):
    by_a = -3.0 * a * a - 1.0 / (2.0 * math.sqrt(a))
    by_b = 3.0 * math.cos(3.0 * b) + 2.5 * b * math.sqrt(b)
    by_c = 1.0 / (c * c)
    return [by_a, by_b, by_c]


def challenge_gradient_numerical(a, b, c, h=1e-6):
    point = [a, b, c]
    slopes = []
    for place in range(3):
        right, left = list(point), list(point)
        right[place] += h
        left[place] -= h
        slopes.append((challenge_value(*right) - challenge_value(*left)) / (h + h))
    return slopes


def log_slope(x):
    return 1.0 / x


@add_to_class(Value)
def log(self):
    result = Value(math.log(self.data), (self,), "log")

    def step():
        self.grad = self.grad + log_slope(self.data) * result.grad

    result._backward = step
    return result


def softmax(logits):
    top = logits[0].data
    for logit in logits:
        top = max(top, logit.data)
    weights = []
    total = Value(0.0)
    for logit in logits:
        weight = (logit + (-top)).exp()
        weights.append(weight)
        total = total + weight
    probabilities = []
    for weight in weights:
        probabilities.append(weight / total)
    return probabilities


def negative_log_likelihood(logits, target):
    probability = softmax(logits)[target]
    return probability.log() * -1.0


def hinge_loss(scores, labels, parameters=(), alpha=1e-4):
    total = Value(0.0)
    for place in range(len(scores)):
        margin = scores[place] * labels[place]
        total = total + (1.0 - margin).relu()
    loss = total / len(scores)
    penalty = Value(0.0)
    for parameter in parameters:
        penalty = penalty + parameter * parameter
    return loss + penalty * alpha


def accuracy(scores, labels):
    right = 0
    for place in range(len(scores)):
        if scores[place].data * labels[place] > 0:
            right += 1
    return right / len(scores)


def train_classifier(model, points, labels, steps, learning_rate, alpha=1e-4):
    history = []
    while len(history) < steps:
        scores = []
        for point in points:
            scores.append(model(point))
        parameters = model.parameters()
        loss = hinge_loss(scores, labels, parameters, alpha)
        history.append(loss.data)
        zero_grad(parameters)
        loss.backward()
        descend(parameters, learning_rate)
    return history
