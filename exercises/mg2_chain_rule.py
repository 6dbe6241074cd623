# %% [markdown]
# # Lesson 2: The chain rule
#
# In lesson 1 you measured slopes from outside, by nudging. Now we open the box. A long expression
# is only a handful of tiny steps, a sum here, a product there, and the slope of a tiny step is
# easy. The **chain rule** glues those easy slopes together into the slope of the whole.
#
# To apply it, a program must remember how each number came to be. So at the end of this lesson you
# will own a class `Value`: a number that knows what it was made from. You will also have sent a
# gradient backwards through an expression once with your own pencil, which is the best way to
# understand what lesson 3 then does by itself.
#
# To check your work:
#
#     mggrade check --lesson mg2

# %% [markdown]
# ## A number in a box (`mg2.value`, 2 points)
#
# A bare `2.0` cannot remember anything, so we wrap it. A `Value` carries
#
# | attribute | meaning |
# |---|---|
# | `data` | the number itself |
# | `grad` | how much the final output responds to this number; `0.0` until we know better |
# | `label` | a name for pictures and for you |
#
# Why does `grad` start at zero? Zero means *no influence*, and until somebody has worked out
# otherwise, that is the safe thing to say.
#
# **Your task:** fill in the beginning of `__init__` (store the data, the gradient, the label) and
# write `__repr__`, which tells Python how to print the object. The other lines of `__init__` are
# given; leave the branch marked `mg2.graph` alone until you reach its section below.
#
# **Check yourself:** typing `Value(2.0)` at a prompt shows `Value(data=2.0)`, character for
# character.
#
# **People often** print inside `__repr__`; it should *return* a string. And do keep both
# underscores on both sides of `__init__`: with one of each, Python takes it for an ordinary method
# and never calls it.


# %%
class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, _children=(), _op="", label=""):
        """Wrap a number.

        data: the number.  label: a name, for pictures.
        _children: the Values that this one was made from.  _op: the operator that made it.
        """
        raise NotImplementedError("mg2.value")
        self._backward = lambda: None  # a leaf has nothing to pass on
        self._prev = set()
        self._op = ""
        if _children:
            raise NotImplementedError("mg2.graph")

    def __repr__(self):
        """Return the text that shows this Value, such as "Value(data=2.0)"."""
        raise NotImplementedError("mg2.value")


# %%
if __name__ == "__main__":
    print(Value(2.0))

# %% [markdown]
# One tool before we go on. Our class will grow from lesson to lesson, and we don't want to repeat
# it each time; so new methods are written as ordinary functions and *attached*. With
# `@add_to_class(Value)` above it, `def shout(self): ...` behaves exactly as if it stood inside the
# class. A method attached later under the same name replaces the earlier one.


# %%
def add_to_class(cls):
    """Return a decorator that attaches a function to cls, as a method of the same name."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


# %% [markdown]
# ## Plus (`mg2.add`, 2 points)
#
# Python translates `a + b` into `a.__add__(b)`. Give our class that method, and Values can be
# added like numbers.
#
# **Your task:** return a *new* Value that holds the sum of the two numbers. Nothing more is
# required at this point; when you come to `mg2.graph`, you will return here for a moment.
#
# **Check yourself:** `Value(2.0) + Value(-3.0)` shows `Value(data=-1.0)`.
#
# **People often** return the bare sum. It prints fine, and then the chain breaks at the next step:
# a plain number has no memory. Others change `self` in place; but `a` must still be `a` after we
# have used it.


# %%
@add_to_class(Value)
def __add__(self, other):
    """Return the sum of two Values, a new Value."""
    raise NotImplementedError("mg2.add")


# %% [markdown]
# ## Times (`mg2.mul`, 2 points)
#
# The same for `*`, which Python translates into `__mul__`. With sums and products alone we can
# already write every polynomial, and most of a neuron.
#
# **Your task:** return a new Value that holds the product.
#
# **Check yourself:** with `a`, `b`, `c` holding 2, -3, 10, the expression `a*b + c` shows
# `Value(data=4.0)`. Python knows by itself that times comes before plus.
#
# **People often** copy `__add__`, change its name, and forget to change the sign inside.


# %%
@add_to_class(Value)
def __mul__(self, other):
    """Return the product of two Values, a new Value."""
    raise NotImplementedError("mg2.mul")


# %%
if __name__ == "__main__":
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    print(a * b + c)

# %% [markdown]
# ## Remembering (`mg2.graph`, 2 points)
#
# Here is the expression that will be with us for the rest of the lesson:
#
#     e = a · b
#     d = e + c
#     L = d · f
#
# To send a gradient back through it, one must know what was made from what. Here it is
# as a tree: the result is on top, and below each result stands what it was made from. You will see
# many of these; `mggrade explain` shows your mistakes in the same way.
#
#                       data
#     L = d * f           -8
#     ├─ d = e + c         4
#     │  ├─ e = a * b     -6
#     │  │  ├─ a           2
#     │  │  └─ b          -3
#     │  └─ c             10
#     └─ f                -2
#
# It is a **graph**: the Values are its nodes, and each result points to what it was made from. At
# the ends of the branches are those that nobody made, the **leaves**.
#
# Two attributes record all this. `_prev` is the *set* of Values it came from (its children, in
# the family tree that has the result at the top), and `_op` is the operator, as a short string:
# `"+"` or `"*"`. A Value that you typed in yourself has an empty set and an empty string.
#
# **Your task:** two small steps. In `__init__`, fill in the branch for a Value that has children.
# Then go back to `+` and `*`, and let each of them hand over its operands and its sign to the
# Value that it creates.
#
# **Check yourself:** for `e = a * b`, the set `e._prev` holds `a` and `b` themselves, and `e._op`
# is `"*"`. And `(a + a)._prev` has one member: in a set, nothing is there twice.
#
# **People often** store the children under one name and read them under another, such as `prev`
# here and `_prev` there; or they hand over the bare numbers where the Values are wanted. The graph
# is made of the objects.

# %%
if __name__ == "__main__":
    e = a * b
    print(e, "was made by", e._op, "from", e._prev)

# %% [markdown]
# ## Walking the graph (`mg2.trace`, 2 points)
#
# From the last result we can find everything behind it: look at its children, at *their* children,
# and so on until nobody has any. Whoever wants to draw the graph or send something through it
# begins with such a walk.
#
# **Your task:** return a pair `(nodes, edges)`. `nodes` is the set of all Values from which `root`
# was made, itself included. `edges` is the set of pairs `(child, parent)`, where the child is what
# was used and the parent is what came out.
#
# **Check yourself:** for `L` above there are 7 nodes and 6 edges; one of the edges is
# `(d, L)`.
#
# **People often** walk into a node as many times as it is used. That still gives the right sets,
# but takes twice as long with every layer of sharing; a node that is already in the set needs no
# second visit. The other classic is to turn the pair around.


# %%
def trace(root):
    """Collect the graph behind a Value.

    Returns (nodes, edges): a set of Values, and a set of (child, parent) pairs of Values.
    """
    raise NotImplementedError("mg2.trace")


# %% [markdown]
# With `trace` you can draw. The function below is given and not graded; it needs the Python
# package `graphviz` and the program `dot`, and says so if one of them is missing. Every Value
# becomes a box, and every operator a small circle before its result.


# %%
def draw_dot(root):
    """Draw the graph behind a Value; returns a graphviz picture, or None if it cannot be drawn.

    A notebook shows the picture; elsewhere, `draw_dot(L).render("L", format="svg")` writes a file.
    """
    from shutil import which

    try:
        from graphviz import Digraph
    except ImportError:
        print("To draw graphs, install the Python package graphviz:  pip install graphviz")
        return None
    if which("dot") is None:
        print("To draw graphs, install the program Graphviz (it brings `dot`): graphviz.org")
        return None

    picture = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, edges = trace(root)
    for node in nodes:
        text = f"{{ {node.label} | data {node.data:.4f} | grad {node.grad:.4f} }}"
        picture.node(str(id(node)), text, shape="record")
        if node._op:
            picture.node(f"{id(node)}{node._op}", node._op)
            picture.edge(f"{id(node)}{node._op}", str(id(node)))
    for child, parent in edges:
        picture.edge(str(id(child)), f"{id(parent)}{parent._op}")
    return picture


# %%
if __name__ == "__main__":
    a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
    f = Value(-2.0, label="f")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    L = d * f
    L.label = "L"
    nodes, edges = trace(L)
    print(L, "with", len(nodes), "nodes and", len(edges), "edges")
    picture = draw_dot(L)
    if picture is not None and "get_ipython" in globals():  # we are in a notebook: show it
        from IPython.display import display

        display(picture)

# %% [markdown]
# ## The chain rule, by hand (`mg2.chain-rule`, 3 points)
#
# Now the heart of the matter. We want to know how `L` responds to every number in the graph. Start
# at the end and walk backwards.
#
# **At the end.** How does `L` respond to `L`? One for one: dL/dL = 1. It sounds silly, and it is
# the seed from which everything grows.
#
# **One step back.** For a product such as L = d · f, the slope with respect to one factor is
# *the other factor*. Nudge `d` by `h`, and (d + h) f - d f = h f. This is a **local
# derivative**: it concerns one operation and knows nothing of the rest.
#
# **Two steps back.** How does `L` respond to `c`? All that `c` can do is move `d`, and in a sum,
# d = e + c, each term moves the result one for one: the local derivative is 1. Then `d` moves
# `L`. If a car is twice as fast as a bicycle, and the bicycle four times as fast as a pedestrian,
# then the car is 2 · 4 = 8 times as fast as the pedestrian: rates *multiply*.
#
#     dL/dc = dL/dd · dd/dc
#
# In words, and these are the words of the whole course: **the gradient of a node is the upstream
# gradient, times the local derivative.** The upstream gradient is what has already arrived at the
# node's result, from the side of `L`. A plus hands it on unchanged to both terms; a times hands it
# on multiplied by the other factor.
#
# In the tree, backwards means from the top downwards. The first gradient is there already, the
# seed; each of the others is found from the one above it.
#
#                       data   grad
#     L = d * f           -8      1
#     ├─ d = e + c         4      ?
#     │  ├─ e = a * b     -6      ?
#     │  │  ├─ a           2      ?
#     │  │  └─ b          -3      ?
#     │  └─ c             10      ?
#     └─ f                -2      ?
#
# **Your task:** given the four numbers, work out how `L` responds to each of the seven nodes, and
# return the answers in a dict with the keys `"a"`, `"b"`, `"c"`, `"d"`, `"e"`, `"f"`, `"L"`. Plain
# numbers and formulas; no `Value` is needed. Fill in the picture above with a pencil first.
#
# **Check yourself:** at a = 2, b = -3, c = 10, f = -2 you get dL/df = 4 and dL/da = 6.
#
# **People often** stop too early: `b` is how *e* responds to `a`; how *L* responds to `a` still
# needs the upstream gradient as a factor. The other common slip is to give each factor of a
# product its own value instead of its partner's.


# %%
def manual_gradients(a, b, c, f):
    """Return how L = (a·b + c)·f responds to each of its parts, with e = a·b and d = e + c.

    Takes numbers; returns a dict with the keys "a", "b", "c", "d", "e", "f", "L".
    """
    raise NotImplementedError("mg2.chain-rule")


# %% [markdown]
# In doubt, ask the measuring tape: your `gradient` from lesson 1, given the function `loss` below,
# must agree on the four inputs to many digits.

# %%
if __name__ == "__main__":

    def loss(a, b, c, f):
        return (a * b + c) * f

    here = [2.0, -3.0, 10.0, -2.0]
    by_hand = manual_gradients(*here)
    for name, grad in by_hand.items():
        print(f"dL/d{name} = {grad:4}")

# %% [markdown]
# ## One step uphill (`mg2.nudge`, 1 point)
#
# What is a gradient good for? It tells you how to change the inputs so that `L` goes *up*: move
# each one a little in the direction of its own gradient. Where the gradient is positive, more is
# more; where it is negative, less is more.
#
#     new = old + step · gradient
#
# **Your task:** take a list of numbers, the list of their gradients, and a step size; return a
# *new* list with every number moved along its gradient.
#
# **Check yourself:** the first input, 2, with gradient 6 and step 0.01, becomes 2.06. Move
# `a`, `b`, `c` and `f` together like this, and `L` rises from -8 to about -7.29.
#
# **People often** subtract, having seen training code before. There, one goes *down*, because
# there `L` is a loss; that comes in lesson 6. Here we climb.


# %%
def nudge(data, grads, step):
    """Move every number one step along its gradient.

    data, grads: two lists of numbers of the same length.  Returns a new list.
    """
    raise NotImplementedError("mg2.nudge")


# %%
if __name__ == "__main__":
    moved = nudge(here, [by_hand[name] for name in "abcf"], 0.01)
    print(f"L goes from {loss(*here)} to {loss(*moved):.4f}")

# %% [markdown]
# ## Where we are
#
# You have a number that remembers how it was made, and you have sent gradients back through an
# expression with nothing but two local rules and multiplication. In lesson 3 each operator learns
# its own rule, and `L.backward()` does in one call what you have just done by hand.
