#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/numpy_cases.txt: small tensor operations with numpy's answers.

Run it anywhere with numpy 2: `python3 numpy_cases.py`. The output depends on nothing but this file.

A case is one line of fields between bars: name | program | inputs between `;` | expected | tolerance.
A tensor is `type shape values [views…]`, such as `f32 2x3 1,2,3,4,5,6 T`; `-` is the shape of a scalar.
Views are applied in order: `T` reverses the axes, `F1` flips axis 1, `S0:1:none:2` slices axis 0,
`B3x4` broadcasts. A scalar without a type is `s int 3`. An expected error is `error E-shape`.
Where henge's types differ from numpy's (u8 in arithmetic is f32, i64 / i64 is f32, ...) the operands are
converted by henge's rules, in `arithmetic` and `chosen` below, before numpy computes.
"""

import itertools
import math
import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")
rng = np.random.default_rng(20251123)
NAMES = {np.dtype(np.float32): "f32", np.dtype(np.float64): "f64", np.dtype(np.uint8): "u8",
         np.dtype(np.int64): "i64", np.dtype(np.bool_): "bool"}
TYPES = {name: dtype.type for dtype, name in NAMES.items()}
lines = []


def number(x):
    if isinstance(x, (bool, np.bool_)):
        return "1" if x else "0"
    if isinstance(x, (int, np.integer)):
        return str(int(x))
    if np.isnan(x):
        return "nan"
    if np.isinf(x):
        return "inf" if x > 0 else "-inf"
    text = str(x) if isinstance(x, np.float32) else repr(float(x))
    return text[:-2] if text.endswith(".0") else text


def text(a):
    a = np.asarray(a)
    shape = "x".join(map(str, a.shape)) if a.ndim else "-"
    return f"{NAMES[a.dtype]} {shape} {','.join(number(x) for x in a.ravel())}"


class T:
    """A tensor as written and, after its views, as numpy sees it."""

    def __init__(self, base, *views):
        self.base, self.views, self.a = np.asarray(base), views, np.asarray(base)
        for v in views:
            if v == "T":
                self.a = self.a.T
            elif v[0] == "F":
                self.a = np.flip(self.a, int(v[1:]))
            elif v[0] == "S":
                axis, *parts = v[1:].split(":")
                cut = slice(*(None if p == "none" else int(p) for p in parts))
                self.a = self.a[(slice(None),) * int(axis) + (cut,)]
            elif v[0] == "B":
                self.a = np.broadcast_to(self.a, tuple(map(int, v[1:].split("x"))))

    def __str__(self):
        return " ".join([text(self.base), *self.views])


class S:
    """A number without a type."""

    def __init__(self, value):
        self.value = value

    def __str__(self):
        kind = {bool: "bool", int: "int", float: "num"}[type(self.value)]
        return f"s {kind} {number(self.value)}"


def case(name, program, inputs, expected, tolerance=0.0):
    expected = expected if isinstance(expected, str) else text(expected)
    lines.append(f"{name} | {program} | {' ; '.join(map(str, inputs))} | {expected} | {tolerance:g}")


def make(kind, shape, low=-4.0, high=4.0):
    """Numbers with few digits, so that the file stays small."""
    if kind == "bool":
        return rng.random(shape) < 0.5
    if kind == "u8":
        return rng.integers(0, 256, shape).astype(np.uint8)
    if kind == "i64":
        return rng.integers(-9, 10, shape)
    return (np.round(rng.uniform(low, high, shape) * 16) / 16).astype(TYPES[kind])


def own_arithmetic(kind):
    return {"u8": "f32", "bool": "i64"}.get(kind, kind)


def join(x, y):
    for kind in ("f64", "f32", "i64", "u8", "bool"):
        if kind in (x, y):
            return kind


def kinds(a, b):
    """(type or None, weak kind or None) of two operands, by henge's rule for scalars."""
    weak = {"f32": "num", "f64": "num", "u8": "int", "i64": "int", "bool": "bool"}
    out = []
    for x, y in ((a, b), (b, a)):
        if isinstance(x, S):
            out.append((None, {bool: "bool", int: "int", float: "num"}[type(x.value)]))
        elif isinstance(y, T) and x.a.ndim == 0 and y.a.ndim > 0:
            out.append((None, weak[NAMES[x.a.dtype]]))
        else:
            out.append((NAMES[x.a.dtype], None))
    return out


def arithmetic(a, b):
    (x, p), (y, q) = kinds(a, b)
    if x and y:
        return join(own_arithmetic(x), own_arithmetic(y))
    kind, weak = (x or y), (p or q)
    return "f32" if weak == "num" and kind[0] != "f" else own_arithmetic(kind)


def values(x, kind):
    raw = x.value if isinstance(x, S) else x.a
    return np.asarray(raw).astype(TYPES[kind])


VIEWS = {
    "plain": lambda a: T(a),
    "transposed": lambda a: T(np.ascontiguousarray(a.T), "T"),
    "flipped": lambda a: T(np.ascontiguousarray(np.flip(a, a.ndim - 1)), f"F{a.ndim - 1}"),
    "stepped": lambda a: T(np.repeat(a, 2, axis=0), "S0:none:none:2"),
}

# ---- elements
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "floorDivide": np.floor_divide, "modulo": np.remainder, "power": np.power,
    "arcTangent": np.arctan2,
}
PAIRS = [("f32", "f32"), ("f32", "f64"), ("f64", "f64"), ("i64", "i64"), ("u8", "u8"),
         ("i64", "f32"), ("bool", "bool"), ("u8", "i64"), ("bool", "f32"), ("i64", "bool")]
SHAPES = [((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((2, 3, 1), (3, 5)), ((1,), (7,)),
          ((0, 3), (3,)), ((5, 0), (1, 1)), ((), ())]


def binary(op, a, b, label):
    kind = arithmetic(a, b)
    if op in ("divide", "arcTangent") and kind == "i64":
        kind = "f32"
    x, y = values(a, kind), values(b, kind)
    if kind == "i64":
        if op in ("floorDivide", "modulo") and np.any(np.broadcast_arrays(x, y)[1] == 0):
            return case(label, op, [a, b], "error E-range")
        if op == "power" and x.size and y.size and np.any(y < 0):
            return case(label, op, [a, b], "error E-range")
    tolerance = 0.0
    if op in ("power", "arcTangent"):
        tolerance = 1e-6 if kind == "f32" else 1e-14
    case(label, op, [a, b], BINARY[op](x, y), tolerance)


for op, (k, l) in itertools.product(BINARY, PAIRS):
    s, t = SHAPES[(len(lines)) % len(SHAPES)]
    a, b = make(k, s), make(l, t)
    if op == "power":
        a = np.abs(a) if k[0] == "f" else a
        b = np.abs(b) % 4 if l in ("i64", "u8") else b
    view = list(VIEWS)[len(lines) % 4]
    x = VIEWS[view](a) if a.ndim > 0 else T(a)
    binary(op, x, T(b), f"{op} {k} {view} with {l}")

specials = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.5], np.float32)
for op in BINARY:
    binary(op, T(specials[:, None]), T(specials[None, :]), f"{op} of special numbers")
for op, k, s in itertools.product(("add", "divide", "modulo", "power"),
                                  ("f32", "f64", "i64", "u8", "bool"), (2, 0.5, True)):
    binary(op, T(make(k, (2, 3), 0, 4) if k != "i64" else np.abs(make(k, (2, 3)))), S(s),
           f"{op} {k} with the scalar {s}")
    if op != "power":
        a = make(k, (4,))
        a = np.where(a == 0, 1, a).astype(a.dtype)
        binary(op, S(s), T(a), f"{op} the scalar {s} with {k}")
for k in ("f32", "i64", "u8"):
    binary("multiply", T(make(k, (2, 2))), T(np.float64(2.5)), f"{k} times a tensor without axes")
binary("add", T(np.array([2**63 - 1, 1])), T(np.array([0, 5])), "integers up to the last")
case("integers beyond the last", "add", [T(np.array([2**63 - 1])), S(1)], "error E-range")
case("integer product beyond the last", "multiply", [T(np.array([2**40])), T(np.array([2**40]))],
     "error E-range")
for s, t in (((3, 4), (3, 5)), ((2, 3), (2,)), ((0,), (2,)), ((4, 3, 2), (3, 3))):
    case(f"{s} with {t}", "add", [T(make("f32", s)), T(make("f32", t))], "error E-shape")

COMPARE = {"equal": np.equal, "notEqual": np.not_equal, "less": np.less,
           "lessOrEqual": np.less_equal, "greater": np.greater, "greaterOrEqual": np.greater_equal}
for op, (k, l) in itertools.product(COMPARE, [("f32", "f32"), ("u8", "u8"), ("i64", "f32"), ("bool", "i64")]):
    a, b = make(k, (3, 4)), make(l, (4,))
    case(f"{k} {op} {l}", op, [VIEWS["transposed"](a), T(b)], COMPARE[op](a.astype(float), b.astype(float)))
for op in COMPARE:
    case(f"{op} of special numbers", op, [T(specials[:, None]), T(specials)],
         COMPARE[op](specials[:, None], specials))
case("bytes below a scalar outside them", "less", [T(np.array([0, 255], np.uint8)), S(300)],
     np.array([True, True]))
case("large integers beside floats", "less", [T(np.array([2**24])), T(np.array([2.0**24 + 2], np.float32))],
     np.array([True]))

BITS = {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}
for op, k in itertools.product(BITS, ("bool", "u8", "i64")):
    a, b = make(k, (3, 4)), make(k, (3, 1))
    case(f"{k} {op}", op, [VIEWS["flipped"](a), T(b)], BITS[op](a, b))
case("bits of floats", "and", [T(specials), T(specials)], "error E-type")
for op, f in (("maximum", np.maximum), ("minimum", np.minimum)):
    case(f"{op} of special numbers", op, [T(specials[:, None]), T(specials)], f(specials[:, None], specials))
    for k in ("f64", "i64", "u8", "bool"):
        a, b = make(k, (2, 5)), make(k, (5,))
        case(f"{op} {k}", op, [T(a), T(b)], f(a, b))

UNARY = {"negate": np.negative, "abs": np.abs, "exp": np.exp, "log": np.log, "sqrt": np.sqrt,
         "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
         "relu": lambda x: np.maximum(x, 0), "floor": np.floor, "ceil": np.ceil, "round": np.round}
EXACT = ("negate", "abs", "sqrt", "relu", "floor", "ceil", "round")
for op, k in itertools.product(UNARY, ("f32", "f64", "i64", "u8")):
    a = make(k, (3, 5))
    kind = k
    if op == "negate":
        kind = own_arithmetic(k)
    elif op not in ("abs", "relu", "floor", "ceil", "round") and k[0] != "f":
        kind = "f32"
    # Single precision is compared with the double one, rounded: the truth, not numpy's own rounding.
    x = a.astype(TYPES[kind])
    f = UNARY[op](x.astype(np.float64)).astype(TYPES[kind]) if kind[0] == "f" else UNARY[op](x).astype(TYPES[kind])
    tolerance = 0.0 if op in EXACT else (5e-7 if kind == "f32" else 1e-14)
    view = list(VIEWS)[len(lines) % 4]
    case(f"{op} {k} {view}", op, [VIEWS[view](a)], f, tolerance)
for op in UNARY:
    x = specials.astype(np.float64)
    with np.errstate(all="ignore"):
        case(f"{op} of special numbers", op, [T(specials)], UNARY[op](x).astype(np.float32), 5e-7)
big = np.array([-1000, -104, -90, -20, 20, 88, 90, 1000], np.float32)
for op in ("exp", "tanh", "sigmoid"):
    case(f"{op} far out", op, [T(big)], UNARY[op](big.astype(np.float64)).astype(np.float32), 5e-7)
half = np.array([0.5, 1.5, 2.5, -0.5, -1.5], np.float32)
case("round of halves", "round", [T(half)], np.round(half))
case("not of truth", "not", [T(np.array([True, False]))], np.array([False, True]))
case("not of bytes", "not", [T(np.array([0, 5], np.uint8))], np.array([255, 250], np.uint8))
case("not of integers", "not", [T(np.array([0, 5]))], np.array([-1, -6]))

# ---- casts
for k, l in itertools.product(TYPES, TYPES):
    a = make(k, (2, 5), -300, 300) if k[0] == "f" else make(k, (2, 5)) * (1 if k == "bool" else 40) if k == "i64" else make(k, (2, 5))
    if l == "u8" and k != "bool":
        want = np.clip(np.rint(a.astype(np.float64)), 0, 255).astype(np.uint8)
    elif l == "bool":
        want = a != 0
    else:
        want = a.astype(TYPES[l])
    case(f"{k} as {l}", f"cast type={l}", [VIEWS["transposed"](a)], want)
case("bytes of special numbers", "cast type=u8", [T(np.array([np.nan, np.inf, -np.inf, 2.5, 3.5, 254.6, 255.4], np.float32))],
     np.array([0, 255, 0, 2, 4, 255, 255], np.uint8))
case("bytes rounded down", "cast type=u8 down=1", [T(np.array([np.nan, -0.5, 2.9, 255.9, 300], np.float64))],
     np.array([0, 0, 2, 255, 255], np.uint8))
case("integer of nan", "cast type=i64", [T(np.array([1, np.nan], np.float32))], "error E-range")
case("integer beyond 64 bits", "cast type=i64", [T(np.array([2.0**63]))], "error E-range")
case("the least integer", "cast type=i64", [T(np.array([-2.0**63]))], np.array([-2**63]))

# ---- reductions
REDUCE = {"sum": np.sum, "mean": np.mean, "variance": np.var, "deviation": np.std,
          "norm": None, "minimum": np.min, "maximum": np.max, "any": np.any, "all": np.all}


def norm(a, axis=None, keepdims=False):
    return np.sqrt(np.sum(a * a, axis=axis, keepdims=keepdims))


REDUCE["norm"] = norm
AXES = [None, 0, 1, -1, (0, 2), (1, 2), (2, 0, 1), ()]
turn = 0
for op, k, axis in itertools.product(REDUCE, ("f32", "f64", "i64", "u8", "bool"), AXES):
    turn += 1
    if turn % 2:
        continue
    a = make(k, (3, 4, 5))
    view = list(VIEWS)[turn // 2 % 4]
    keep = turn % 3 == 0
    wide = a.astype(np.float64) if op in ("mean", "variance", "deviation", "norm") or k[0] == "f" else a
    if op == "sum" and k[0] != "f":
        wide = a.astype(np.int64)
    want = REDUCE[op](wide, axis=axis, keepdims=keep)
    kind = {"sum": k if k[0] == "f" else "i64", "minimum": k, "maximum": k, "any": "bool",
            "all": "bool"}.get(op, "f64" if k == "f64" else "f32")
    names = "all" if axis is None else ",".join(map(str, axis if isinstance(axis, tuple) else (axis,)))
    tolerance = 0 if kind in ("i64", "u8", "bool") else 2e-7 if kind == "f32" else 1e-14
    case(f"{op} {k} {view} over {names}", f"{op} axes={names or 'none'} keep={int(keep)}",
         [VIEWS[view](a)], np.asarray(want).astype(TYPES[kind]), tolerance)
for op, k, axis in itertools.product(("argMinimum", "argMaximum"), ("f32", "i64", "u8"), (None, 0, 1, -1)):
    a = make(k, (3, 4, 5))
    f = np.argmin if op == "argMinimum" else np.argmax
    case(f"{op} {k} over {axis}", f"{op} axis={'none' if axis is None else axis} keep=0",
         [VIEWS["transposed"](a)], f(a, axis=axis))
nans = np.array([[1, np.nan, 3], [np.nan, 5, np.nan], [7, 8, 9]], np.float32)
for op in ("minimum", "maximum", "sum", "mean", "deviation"):
    case(f"{op} with nan", f"{op} axes=1 keep=0", [T(nans)], REDUCE[op](nans, axis=1), 2e-7)
for op, f in (("argMinimum", np.argmin), ("argMaximum", np.argmax)):
    case(f"{op} with nan", f"{op} axis=1 keep=0", [T(nans)], f(nans, axis=1))
empty = np.zeros((0, 3), np.float32)
case("sum of nothing", "sum axes=0 keep=0", [T(empty)], np.zeros(3, np.float32))
case("mean of nothing", "mean axes=0 keep=0", [T(empty)], np.full(3, np.nan, np.float32))
case("deviation of nothing", "deviation axes=all keep=0", [T(empty)], np.float32(np.nan))
case("any of nothing", "any axes=all keep=0", [T(empty)], np.bool_(False))
case("all of nothing", "all axes=0 keep=1", [T(empty)], np.ones((1, 3), bool))
case("minimum of nothing", "minimum axes=0 keep=0", [T(empty)], "error E-shape")
case("minimum of no rows of nothing", "minimum axes=1 keep=0", [T(empty)], np.zeros(0, np.float32))
case("argmax of nothing", "argMaximum axis=none keep=0", [T(empty)], "error E-shape")
case("an axis that is not there", "sum axes=2 keep=0", [T(empty)], "error E-index")
case("an axis twice", "sum axes=0,-2 keep=0", [T(empty)], "error E-index")
case("integers summed beyond the last", "sum axes=all keep=0", [T(np.array([2**62, 2**62]))], "error E-range")
case("integers summed past the last and back", "sum axes=all keep=0",
     [T(np.array([2**62, 2**62, -2**62]))], np.int64(2**62))

# ---- shapes
a = make("f32", (2, 3, 4))
for sizes in ((4, 6), (24,), (-1, 2), (2, -1, 1), (1, 24)):
    case(f"reshape to {sizes}", f"reshape sizes={','.join(map(str, sizes))}", [VIEWS["transposed"](a)], a.reshape(sizes))
case("reshape to another count", "reshape sizes=5,5", [T(a)], "error E-shape")
case("reshape with two unknowns", "reshape sizes=-1,-1", [T(a)], "error E-shape")
case("reshape of nothing", "reshape sizes=3,0,7", [T(empty)], empty.reshape(3, 0, 7))
for order in ((2, 0, 1), (0, 2, 1), (-1, 0, 1)):
    case(f"permute {order}", f"permute order={','.join(map(str, order))}", [VIEWS["stepped"](a)], a.transpose(order))
case("permute too few", "permute order=0,1", [T(a)], "error E-shape")
for axes in ((0,), (1, 2), (-1,)):
    case(f"flip {axes}", f"flip axes={','.join(map(str, axes))}", [VIEWS["flipped"](a)], np.flip(a, axes))
PAD = {"constant": dict(mode="constant", constant_values=7), "reflect": dict(mode="reflect"), "edge": dict(mode="edge")}
for mode, k in itertools.product(PAD, ("f32", "u8", "i64")):
    b = make(k, (3, 4))
    case(f"pad {k} {mode}", f"pad widths=1.2/3.0 mode={mode}", [VIEWS["transposed"](b)], np.pad(b, ((1, 2), (3, 0)), **PAD[mode]))
case("pad the last axis", "pad widths=1.1 mode=reflect", [T(a)], np.pad(a, ((0, 0), (0, 0), (1, 1)), mode="reflect"))
case("reflection too wide", "pad widths=4.0 mode=reflect", [T(a)], "error E-range")
case("negative padding", "pad widths=-1.0 mode=edge", [T(a)], "error E-range")
case("crop at a place", "crop sizes=2,3 at=1,0", [T(a)], a[:, 1:3, 0:3])
case("crop in the middle", "crop sizes=1,2", [T(a)], a[:, 1:2, 1:3])
case("crop too large", "crop sizes=4,4", [T(a)], "error E-shape")
case("crop outside", "crop sizes=2,2 at=2,0", [T(a)], "error E-index")
b, c = make("f32", (2, 3)), make("f32", (2, 1))
case("cat", "cat axis=1", [VIEWS["transposed"](b), T(c), T(b)], np.concatenate([b, c, b], 1))
case("cat from the end", "cat axis=-1", [T(b), T(c)], np.concatenate([b, c], -1))
case("cat with nothing", "cat axis=0", [T(b), T(empty)], np.concatenate([b, empty]))
case("cat of types", "cat axis=1", [T(make("u8", (2, 2)) * 0 + np.uint8(9)), T(c)], np.concatenate([np.full((2, 2), 9, np.float32), c], 1))
case("cat of other sizes", "cat axis=0", [T(b), T(c)], "error E-shape")
for axis in (0, 1, -1):
    case(f"stack {axis}", f"stack axis={axis}", [T(b), VIEWS["flipped"](b)], np.stack([b, b], axis))
case("stack of other shapes", "stack axis=0", [T(b), T(c)], "error E-shape")
m = make("bool", (2, 1))
case("where", "where", [T(m), T(b), T(c)], np.where(m, b, c))
case("where with scalars", "where", [T(m), S(1), S(0)], np.where(m, 1, 0))
case("where with a number", "where", [T(m), T(b), S(0.5)], np.where(m, b, np.float32(0.5)))
case("where by numbers", "where", [T(b), T(b), T(b)], "error E-type")
case("clip", "clip", [T(b), S(-1), S(1.5)], np.clip(b, -1, 1.5))
case("clip bytes", "clip", [T(np.array([0, 90, 255], np.uint8)), S(10), S(100)], np.array([10, 90, 100], np.uint8))

# ---- order
for k, axis in itertools.product(("f32", "i64", "u8", "bool"), (0, -1)):
    b = make(k, (4, 5))
    case(f"sort {k} {axis}", f"sort axis={axis}", [VIEWS["transposed"](b)], np.sort(b, axis, kind="stable"))
    case(f"argsort {k} {axis}", f"argsort axis={axis}", [VIEWS["stepped"](b)], np.argsort(b, axis, kind="stable"))
b = rng.integers(0, 9, 50)
case("sort of many ties", "argsort axis=0", [T(b)], np.argsort(b, kind="stable"))
case("sort down", "argsort axis=0 down=1", [T(b)], np.argsort(-b, kind="stable"))
case("sort with nan", "sort axis=-1", [T(nans)], np.sort(nans, -1))
for k, axis in itertools.product(("f32", "i64", "u8"), (None, 0, 1)):
    b = make(k, (3, 4))
    want = np.cumsum(b.astype(np.float64 if k == "f32" else np.int64), axis).astype(np.float32 if k == "f32" else np.int64)
    case(f"cumsum {k} {axis}", f"cumsum axis={'none' if axis is None else axis}", [VIEWS["flipped"](b)], want)

# ---- picking
b = make("f32", (3, 4))
i = np.array([[0, -1, 2, 1], [2, 2, -3, 0]])
case("gather", "gather axis=0", [VIEWS["transposed"](b), T(i)], np.take_along_axis(b, i, 0))
case("gather the last axis", "gather axis=-1", [T(b), T(i[:, :3].T.copy(), )], np.take_along_axis(b, i[:, :3].T, 1))
case("gather outside", "gather axis=0", [T(b), T(i + 2)], "error E-index")
case("gather other sizes", "gather axis=1", [T(b), T(i)], "error E-shape")
case("pick", "pick lists=0.2.-1/1.0.3", [VIEWS["stepped"](b)], b[[0, 2, -1], [1, 0, 3]])
case("pick rows", "pick lists=2.0", [T(b)], b[[2, 0]])
case("pick outside", "pick lists=3.0/0.0", [T(b)], "error E-index")

# ---- products
for k in ("f32", "f64", "i64"):
    for s, t in (((3, 4), (4, 5)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 2)),
                 ((2, 1, 3, 4), (5, 4, 2)), ((3, 0), (0, 2)), ((0, 4), (4, 2))):
        x, y = make(k, s), make(k, t)
        left = VIEWS["transposed"](x) if len(lines) % 2 and x.ndim else T(x)
        right = VIEWS["flipped"](y) if len(lines) % 3 == 0 else T(y)
        case(f"matmul {k} {s} {t}", "matmul", [left, right], np.matmul(x, y), 1e-6 if k == "f32" else 1e-14)
case("matmul of bytes", "matmul", [T(np.full((2, 2), 200, np.uint8)), T(np.full((2, 2), 200, np.uint8))],
     np.full((2, 2), 80000, np.float32))
case("matmul of other sizes", "matmul", [T(make("f32", (2, 3))), T(make("f32", (2, 3)))], "error E-shape")
case("matmul of other batches", "matmul", [T(make("f32", (2, 2, 3))), T(make("f32", (3, 3, 1)))], "error E-shape")
case("matmul of a number", "matmul", [T(np.float32(2)), T(make("f32", (2,)))], "error E-shape")

# ---- indexing: i3 a position, s1:none:2 a slice, e the ellipsis, n a new axis, l1.2.0 a list
a = make("f32", (4, 3, 5))


def bracket(spec):
    out = []
    for part in spec.split(","):
        if part[0] == "i":
            out.append(int(part[1:]))
        elif part[0] == "s":
            out.append(slice(*(None if p == "none" else int(p) for p in part[1:].split(":"))))
        elif part[0] == "l":
            out.append([int(p) for p in part[1:].split(".")] if len(part) > 1 else [])
        else:
            out.append(Ellipsis if part == "e" else None)
    return tuple(out)


def indexed(a, key):
    """As numpy, but a list stays on its axis when ints stand beside it."""
    for place, k in enumerate(key):
        if isinstance(k, list):
            whole = a[key[:place] + (slice(None),) + key[place + 1:]]
            before = key[:place]
            axis = sum(1 for x in before if isinstance(x, slice) or x is None)
            if Ellipsis in before:
                used = sum(1 for x in key if x is not None and x is not Ellipsis)
                axis += a.ndim - used
            return np.take(whole, np.array(k, int), axis=axis)
    return a[key]


SPECS = ["i1", "i-1", "i0,i2,i4", "s1:3", "s::2".replace("::", "none:none:"), "snone:none:-1",
         "s-2:none:none", "s10:20:none", "s3:1:none", "s3:none:-2", "e,i0", "i2,e", "e,s1:3:none,i-1",
         "n,i0", "i0,n", "e,n", "snone:none:none,i1", "s1:2:none,n,s0:3:2,i3", "l2.0.0.-1",
         "snone:none:none,l1.1", "i1,l2.0", "i1,snone:none:none,l4.0", "e,l0.3", "n,l1.2", "l",
         "s-100:100:3", "snone:-9223372036854775808:-1", "snone:none:9223372036854775807",
         "snone:none:-9223372036854775808", "e"]
for spec in SPECS:
    spec = ",".join(p + ":none" if p[0] == "s" and p.count(":") == 1 else p for p in spec.split(","))
    for view in ("plain", "transposed"):
        case(f"[{spec}] {view}", f"index at={spec}", [VIEWS[view](a)], indexed(a, bracket(spec)))
for spec, code in (("i4", "E-index"), ("i-5", "E-index"), ("i0,i0,i0,i0", "E-index"), ("e,e", "E-index"),
                   ("snone:none:0", "E-range"), ("l0,l1", "E-index"), ("l4", "E-index"), ("i0,i0,i0,n,i0", "E-index")):
    case(f"[{spec}] fails", f"index at={spec}", [T(a)], f"error {code}")
m = make("bool", (4, 3, 5))
case("mask", "mask", [VIEWS["transposed"](a), T(m)], a[m])
case("mask in another order", "mask", [T(a), VIEWS["transposed"](m)], a[m])
case("mask of nothing", "mask", [T(empty), T(empty > 0)], empty[empty > 0])
case("mask of another shape", "mask", [T(a), T(m[0])], "error E-shape")
for spec, shape in (("i1", (3, 5)), ("i1", (5,)), ("s0:none:2", (2, 1, 5)), ("snone:none:-1,i0", (4, 5)),
                    ("l2.0", (2, 3, 5)), ("l2.0", (3, 1)), ("e,l4.1", (2,)), ("e,n,i2", (4, 3, 1)), ("s2:2:none", (1,)),
                    ("i0,i0,i0", ()), ("snone:none:none,s1:none:none,s0:4:3", (2, 2))):
    value = make("f32", shape)
    want = a.copy()
    key = bracket(spec)
    want[key] = value
    case(f"[{spec}] = {shape}", f"assign at={spec}", [VIEWS["flipped"](a), T(value)], want)
case("[i1] = larger", "assign at=i1", [T(a), T(make("f32", (2, 3, 5)))], "error E-shape")
case("[i1] = (1, 3, 5)", "assign at=i1", [T(a), T(a[:1])], np.concatenate([a[:1], a[:1], a[2:]]))
want = a.copy(); want[m] = 2.5
case("mask = number", "assign at=m", [VIEWS["transposed"](a), S(2.5), T(m)], want)
v = make("f32", (int(m.sum()),)); want = a.copy(); want[m] = v
case("mask = list", "assign at=m", [T(a), T(v), T(m)], want)
case("mask = another count", "assign at=m", [T(a), T(v[:-1]), T(m)], "error E-shape")
case("bytes take numbers rounded", "assign at=s0:2:none", [T(np.zeros(4, np.uint8)), S(2.6)], np.array([3, 3, 0, 0], np.uint8))
case("integers take no fraction", "assign at=i0", [T(np.zeros(4, np.int64)), S(2.5)], "error E-type")
case("truth takes no number", "assign at=i0", [T(np.zeros(4, bool)), S(1)], "error E-type")

# ---- creation
for first, end, step, k in ((0, 5, 1, "f32"), (2, 11, 3, "i64"), (5, 0, -2, "i64"), (0, 1, 0.1, "f64"), (3, 3, 1, "f32"),
                            (0, -1, 1, "f32"), (0.5, 3, 0.5, "f32"), (0, 300, 50, "u8")):
    want = first + np.arange(len(np.arange(first, end, step)), dtype=np.float64) * step
    want = np.clip(want, 0, 255) if k == "u8" else want
    case(f"arange {first} {end} {step} {k}", f"arange type={k}", [S(first), S(end), S(step)], want.astype(TYPES[k]))
case("arange without a step", "arange type=f32", [S(0), S(1), S(0)], "error E-range")
case("arange to infinity", "arange type=f32", [S(0), S(float("inf")), S(1)], "error E-range")
for first, last, n in ((0.0, 1.0, 5), (-1.0, 1.0, 7), (2.0, 2.0, 3), (3.0, 1.0, 1), (0.0, 1.0, 0)):
    case(f"linspace {first} {last} {n}", "linspace type=f64", [S(first), S(last), S(n)], np.linspace(first, last, n), 1e-15)
case("linspace of a negative count", "linspace type=f64", [S(0.0), S(1.0), S(-1)], "error E-shape")
case("eye", "eye", [S(3), S(4)], np.eye(3, 4, dtype=np.float32))

# ---- more functions of one element, softmax, running products, quantiles, products
MORE = {"expm1": np.expm1, "log1p": np.log1p, "erf": np.vectorize(math.erf, otypes=[np.float64]),
        "softplus": lambda x: np.logaddexp(0, x)}
for op, k in itertools.product(MORE, ("f32", "f64", "i64", "u8")):
    a = make(k, (3, 5))
    kind = k if k[0] == "f" else "f32"
    t = VIEWS["flipped"](a)
    y = MORE[op](t.a.astype(TYPES[kind]).astype(np.float64)).astype(TYPES[kind])
    case(f"{op} {k}", op, [t], y, 5e-7 if kind == "f32" else 1e-14)
for op in MORE:
    x = specials.astype(np.float64)
    case(f"{op} of special numbers", op, [T(specials)], MORE[op](x).astype(np.float32), 5e-7)
small = np.array([-1e-7, 1e-10, 3e-5, -0.0], np.float32)
for op in ("expm1", "log1p"):
    case(f"{op} of small numbers", op, [T(small)], MORE[op](small.astype(np.float64)).astype(np.float32), 5e-7)
case("softplus far out", "softplus", [T(big)], MORE["softplus"](big.astype(np.float64)).astype(np.float32), 5e-7)


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


for k, axis in itertools.product(("f32", "f64", "i64"), (0, 1, -1)):
    a = T(make(k, (3, 4)), "T")
    kind = k if k[0] == "f" else "f32"
    y = softmax(a.a.astype(TYPES[kind]).astype(np.float64), axis)
    tolerance = 1e-6 if kind == "f32" else 1e-14
    case(f"softmax {k} {axis}", f"softmax axis={axis}", [a], y.astype(TYPES[kind]), tolerance)
    case(f"log softmax {k} {axis}", f"logSoftmax axis={axis}", [a], np.log(y).astype(TYPES[kind]), tolerance)
far = np.array([[1000, 0, -1000], [-np.inf, 0, 1], [np.nan, 0, 1]], np.float32)
case("softmax far out", "softmax", [T(far)], softmax(far.astype(np.float64), -1).astype(np.float32), 1e-6)
case("log softmax far out", "logSoftmax", [T(far[:1])], np.array([[0, -1000, -2000]], np.float32))
for k, axis in itertools.product(("f32", "f64", "i64", "u8"), (None, 0, 1)):
    b = make(k, (3, 4))
    b = b if k[0] == "f" else b % 5
    whole = np.cumprod(b.astype(np.float64 if k[0] == "f" else np.int64), axis)
    case(f"cumprod {k} {axis}", f"cumprod axis={'none' if axis is None else axis}", [T(b)],
         whole.astype(TYPES[k] if k[0] == "f" else np.int64), 1e-6 if k == "f32" else 1e-14)
case("cumprod beyond 64 bits", "cumprod axis=0", [T(np.array([2**40, 2**40]))], "error E-range")
for k, axis, q in itertools.product(("f32", "f64", "i64", "u8"), (None, 0, 1), (0.0, 0.3, 0.5, 0.875, 1.0)):
    b = make(k, (3, 4))
    want = np.asarray(np.quantile(b.astype(np.float64), q, axis=axis)).astype(np.float64 if k == "f64" else np.float32)
    place = "" if axis is None else f" axis={axis}"
    case(f"quantile {q} {k} {axis}", f"quantile q={q}{place}", [T(b)], want[None], 1e-6 if k != "f64" else 1e-14)
for sizes in ((5,), (4,), (1,)):
    b = make("f32", sizes)
    case(f"median of {sizes}", "median", [T(b)], np.float32(np.median(b)))
case("median with nan", "median axis=0", [T(np.array([[1, 2], [np.nan, 3], [5, 7]], np.float32))],
     np.array([np.nan, 3], np.float32))
case("median of nothing", "median", [T(np.zeros((0,), np.float32))], "error E-shape")
case("quantile beyond 1", "quantile q=1.5", [T(make("f32", (3,)))], "error E-range")
b = make("f32", (3, 5))
case("topk", "topk k=2", [T(b)], -np.sort(-b, axis=1)[:, :2])
case("topk smallest along 0", "topk k=2 axis=0 down=0", [T(b)], np.sort(b, axis=0)[:2])
case("topk of too few", "topk k=6", [T(b)], "error E-range")
for by, axes in ((1, None), (-2, None), (7, 0), (-1, 1), ((1, 2), (0, 1)), (0, 1)):
    place = "" if axes is None else " axes=" + ",".join(map(str, np.atleast_1d(axes)))
    case(f"roll {by} {axes}", f"roll by={','.join(map(str, np.atleast_1d(by)))}{place}", [VIEWS["flipped"](b)],
         np.roll(VIEWS["flipped"](b).a, by, axes))
case("outer", "outer", [T(b[0]), T(b[:, 1])], np.outer(b[0], b[:, 1]))
for sum_text, s, t in (("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij,ij->", (2, 3), (2, 3)),
                   ("i,j->ij", (2,), (3,)), ("ij,j->i", (2, 3), (3,)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)),
                   ("nchw,kc->nkhw", (2, 3, 2, 2), (4, 3)), ("ij,kl->jl", (2, 3), (4, 2)), ("i,i->i", (3,), (3,)),
                   ("ij,ik->kj", (3, 2), (3, 4)), (",i->i", (), (3,))):
    a, b = make("f32", s), make("f32", t)
    case(f"einsum {sum_text}", f"einsum sum={sum_text}", [T(a), T(b)],
         np.einsum(sum_text, a.astype(np.float64), b.astype(np.float64)).astype(np.float32), 2e-6)
for sum_text in ("ij", "ii,ij->j", "ij,jk->iz", "i1,jk->ik", "ij,jk->ik->i"):
    case(f"einsum {sum_text}", f"einsum sum={sum_text}", [T(b), T(b)], "error E-arg")
case("einsum of other sizes", "einsum sum=ij,jk->ik", [T(make("f32", (2, 3))), T(make("f32", (4, 2)))], "error E-shape")
case("einsum of other axes", "einsum sum=ij,jk->ik", [T(make("f32", (2, 3))), T(make("f32", (4,)))], "error E-shape")

# ---- covariance and counts
for k in ("f32", "i64", "f64"):
    a, b = make(k, (3, 7)), make(k, (3, 7))
    case(f"cov {k}", "cov", [T(a), VIEWS["transposed"](b)], np.cov(a.ravel(), b.ravel())[0, 1], 1e-14)
    case(f"corr {k}", "corr", [VIEWS["flipped"](a), T(b)], np.corrcoef(a.ravel(), b.ravel())[0, 1], 1e-14)
    case(f"cov of rows {k}", "cov", [VIEWS["stepped"](a)], np.cov(a), 1e-14)
    case(f"corr of rows {k}", "corr", [VIEWS["transposed"](a)], np.corrcoef(a), 1e-14)
constant = np.array([[0.1, 0.1, 0.1], [1, 2, 4]])
case("corr of a constant", "corr", [T(constant)], np.array([[np.nan, np.nan], [np.nan, 1]]), 1e-14)
case("cov with nan", "cov", [T(nans)], np.cov(nans.astype(np.float64)), 1e-14)
case("cov of infinite numbers", "cov", [T(np.full(3, np.inf)), T(constant[1])], np.float64(np.nan))
case("cov of one observation", "cov", [T(np.ones(1)), T(np.ones(1))], "error E-shape")
case("corr of nothing", "corr", [T(np.ones((2, 0)))], "error E-shape")
case("corr of one variable", "corr", [T(np.ones(4))], "error E-shape")
case("corr of other shapes", "corr", [T(np.ones(4)), T(np.ones((2, 2)))], "error E-shape")
b = rng.integers(0, 6, (3, 4))
case("bincount", "bincount", [VIEWS["transposed"](b)], np.bincount(b.ravel()))
case("bincount of floats", "bincount length=9", [T(b.astype(np.float32))], np.bincount(b.ravel(), minlength=9))
case("bincount of bytes", "bincount", [T(np.array([255, 0, 255], np.uint8))], np.bincount([255, 0, 255]))
case("bincount of truth", "bincount", [T(np.array([True, False, True]))], np.bincount([1, 0, 1]))
case("bincount of nothing", "bincount", [T(np.zeros(0, np.int64))], np.zeros(0, np.int64))
for name, x in (("a fraction", 0.5), ("a negative number", -1.0), ("nan", np.nan)):
    case(f"bincount of {name}", "bincount", [T(np.array([1, x]))], "error E-range")
case("bincount of the last integer", "bincount", [T(np.array([2**63 - 1]))], "error E-range")

path = pathlib.Path(__file__).parent / "Golden" / "numpy_cases.txt"
path.write_text("\n".join(lines) + "\n")
print(len(lines), "cases,", path.stat().st_size, "bytes")
