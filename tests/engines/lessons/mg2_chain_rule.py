"""Lessons of someone who writes everything in a way of their own; all of them pass."""
# %% [markdown]
# # Lesson 2
# This text is the course's, and not mine.
# %%
import math as m
from collections.abc import Iterable


class Value:
  """Two spaces suffice."""
  made = 0  # how many there are

  def __init__(self, data, _children: Iterable = (), _op='', label=''):
    self.data = data; self.grad = 0.0
    self.label = label
    self._prev, self._op = set(_children), _op
    self._backward = lambda: None
    # nothing more to keep

  # shown at the prompt
  def __repr__(self):
    text = """Value(\
data="""
    return text + f"{self.data})"

def attached(cls):  # not called add_to_class
  def attach(function):
    setattr(cls, function.__name__, function)
    return function
  return attach

add_to_class = attached

def wrap(thing):
  """Lesson 2's own, which raises."""
  if not isinstance(thing, Value): raise TypeError(thing)
  return thing

@attached(Value)
def __add__(self, other):
  return Value(self.data + wrap(other).data, (self, other), '+')

@attached(Value)
def __mul__(self, other):
  return Value(self.data * wrap(other).data, (self, other), '*')

nodes_seen = 0

# every Value behind a root, and who was made of whom
def trace(root):
  global nodes_seen
  nodes, edges = set(), set()
  def build(v: Value):
    global nodes_seen
    if v not in nodes:
      nodes_seen += 1
      nodes.add(wrap(v))
      for child in v._prev:
        edges.add((child, v)); build(child)
  build(root)
  return nodes, edges

def manual_gradients(a, b, c, f):
  d = a * b + c
  return dict(a=b * f, b=a * f, c=f, d=f, e=f, f=d, L=1.0)

def nudge(data, grads, step):
  return [d + step * g for d, g in zip(data, grads)]
