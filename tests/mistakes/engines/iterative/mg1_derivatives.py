"""Derivatives, as short as they can be."""


def parabola(x):
    return 3 * x**2 - 4 * x + 5


def parabola_slope(at):
    return -4 + 6 * at


def difference_quotient(f, x, h=1e-6):
    return (f(x + h) - f(x)) * (1 / h)


def central_difference(f, x, h=1e-6):
    up, down = (f(x + step) for step in (h, -h))
    return (up - down) / h / 2


def partial_derivative(f, args, index, h=1e-6):
    def along(number):
        return f(*args[:index], number, *args[index + 1 :])

    return (along(args[index] + h) - along(args[index] - h)) / (2 * h)


def gradient(f, args, h=1e-6):
    return [partial_derivative(f, args, n, h) for n, _ in enumerate(args)]
