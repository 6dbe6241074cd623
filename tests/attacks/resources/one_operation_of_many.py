# attack: crashes in one method of a lesson; the others are still graded
# family: resources
# form: mg3
# concepts: mg3.tanh, mg3.by-hand
# outcomes: crashed
# earns: mg3.by-hand

import math
import os

from mg2_chain_rule import Value, add_to_class


@add_to_class(Value)
def tanh(self):
    os._exit(0)


def neuron_gradients(x1, x2, w1, w2, b):
    out = math.tanh(x1 * w1 + x2 * w2 + b)
    g = 1 - out * out
    return {"x1": w1 * g, "x2": w2 * g, "w1": x1 * g, "w2": x2 * g, "b": g}
