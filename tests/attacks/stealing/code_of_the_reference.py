# attack: looks in memory for the reference that stands in for other concepts
# family: stealing
# form: mg3
# concepts: mg3.tanh, mg3.by-hand, mg3.topological-order, mg3.backward
# outcomes: todo
# outcomes-limits: error
# earns: none

import gc
import types

from mg2_chain_rule import Value, add_to_class


def stolen(name):
    for each in gc.get_objects():
        code = getattr(each, "__code__", None)
        if isinstance(code, types.CodeType) and code.co_name == name and each is not here[name]:
            return each
    raise LookupError(name)


@add_to_class(Value)
def tanh(self):
    return stolen("tanh")(self)


@add_to_class(Value)
def backward(self):
    return stolen("backward")(self)


def neuron_gradients(*numbers):
    return stolen("neuron_gradients")(*numbers)


def topological_order(root):
    return stolen("topological_order")(root)


here = {
    "tanh": tanh,
    "backward": backward,
    "neuron_gradients": neuron_gradients,
    "topological_order": topological_order,
}
