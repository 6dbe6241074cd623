# mistake: relu passes the gradient on for negative inputs too.
# loses: mg4.relu
import math, random
class Value:
    def __init__(s, d, p=(), f=()): s.data, s.grad, s.p, s.f = d, 0., p, f
    def __repr__(s): return f'Value(data={s.data}, grad={s.grad})'
    def __add__(s, o): o = V(o); return Value(s.data+o.data, (s, o), (1, 1))
    def __mul__(s, o): o = V(o); return Value(s.data*o.data, (s, o), (o.data, s.data))
    def __pow__(s, n):
        if not isinstance(n, (int, float)): raise TypeError('exponent must be int or float')
        return Value(s.data**n, (s,), (n*s.data**(n-1),))
    def tanh(s): t = math.tanh(s.data); return Value(t, (s,), (1-t*t,))
    def exp(s): e = math.exp(s.data); return Value(e, (s,), (e,))
    def relu(s): return Value(max(s.data, 0), (s,), (1,))
    __radd__, __rmul__ = __add__, __mul__
    __neg__ = lambda s: s*-1
    __sub__ = lambda s, o: s+-V(o)
    __rsub__ = lambda s, o: -s+o
    __truediv__ = lambda s, o: s*V(o)**-1
    __rtruediv__ = lambda s, o: s**-1*o
    def backward(s):
        L, seen = [], set()
        def go(v):
            if v in seen: return
            seen.add(v); [go(c) for c in v.p]; L.append(v)
        go(s); s.grad = 1.
        for v in L[::-1]:
            for c, d in zip(v.p, v.f): c.grad += d*v.grad
V = lambda x: x if isinstance(x, Value) else Value(x)
U = lambda: Value(random.uniform(-1, 1))
class Neuron:
    def __init__(s, n): s.w, s.b = [U() for _ in range(n)], U()
    def __call__(s, x): return sum((a*b for a, b in zip(s.w, x)), s.b).tanh()
    def parameters(s): return [*s.w, s.b]
class Layer:
    def __init__(s, i, o): s.neurons = [Neuron(i) for _ in range(o)]
    def __call__(s, x): o = [n(x) for n in s.neurons]; return o if o[1:] else o[0]
    def parameters(s): return sum((n.parameters() for n in s.neurons), [])
class MLP:
    def __init__(s, i, o): s.layers = [Layer(a, b) for a, b in zip([i, *o], o)]
    def __call__(s, x):
        for l in s.layers: x = l(x)
        return x
    def parameters(s): return sum((l.parameters() for l in s.layers), [])
