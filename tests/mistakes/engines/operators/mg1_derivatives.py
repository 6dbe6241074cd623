"""Derivatives, with every rise and every run under a name of its own."""


def parabola(x):
    return 3 * x**2 - 4 * x + 5


def parabola_slope(x):
    of_the_square = 3 * 2 * x
    of_the_line = -4
    return of_the_square + of_the_line


def difference_quotient(f, x, h=1e-6):
    here = f(x)
    there = f(x + h)
    rise = there - here
    return rise / h


def central_difference(f, x, h=1e-6):
    right = f(x + h)
    left = f(x - h)
    run = h + h
    return (right - left) / run


def partial_derivative(f, args, index, h=1e-6):
    point = list(args)
    point[index] = args[index] + h
    right = f(*point)
    point[index] = args[index] - h
    left = f(*point)
    return (right - left) / (h + h)


def gradient(f, args, h=1e-6):
    slopes = []
    for place in range(len(args)):
        slopes.append(partial_derivative(f, args, place, h))
    return slopes
