"""Derivatives, each from one function that measures a rise between two points."""

from functools import partial


def parabola(x):
    return 3 * x**2 - 4 * x + 5


def parabola_slope(x):
    return 2 * (3 * x - 2)


def rise(f, start, end):
    return f(end) - f(start)


def difference_quotient(f, x, h=1e-6):
    return rise(f, x, x + h) / h


def central_difference(f, x, h=1e-6):
    return rise(f, x - h, x + h) / (2.0 * h)


def moved(args, index, by):
    return [number + by if place == index else number for place, number in enumerate(args)]


def partial_derivative(f, args, index, h=1e-6):
    after = f(*moved(args, index, h))
    before = f(*moved(args, index, -h))
    return (after - before) / (2.0 * h)


def gradient(f, args, h=1e-6):
    return list(map(partial(partial_derivative, f, args, h=h), range(len(args))))
