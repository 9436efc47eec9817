#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/pca.txt: principal components by numpy's singular value decomposition.

Run with numpy 2: python3 pca_cases.py. A case is a line of fields between bars: n | x | scores |
components | variance | ratio | mean; an array is its shape and its values, `2x3 1,2,3,4,5,6`.
"""
import pathlib

import numpy as np

rng = np.random.default_rng(11)


def text(a):
    a = np.asarray(a)
    return "x".join(map(str, a.shape)) + " " + ",".join(repr(float(x)) for x in a.ravel())


def case(x, n):
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    components = vt[:n]
    signs = np.sign(components[np.arange(n), np.abs(components).argmax(axis=1)])
    components = components * signs[:, None]
    variance = s**2 / (len(x) - 1)
    return " | ".join([
        str(n), text(x), text((x - mean) @ components.T), text(components), text(variance[:n]),
        text(variance[:n] / variance.sum()), text(mean)])


constant = rng.normal(size=(12, 4))
constant[:, 2] = 7
cases = [
    case(rng.normal(size=(6, 3)), 2),
    case(rng.normal(size=(40, 5)) * [10, 1, 0.1, 3, 1e-3] + 100, 5),
    case(rng.normal(size=(5, 12)), 3),
    case(rng.normal(size=(8, 30)) @ rng.normal(size=(30, 30)), 7),
    case(rng.normal(size=(2, 4)), 1),
    case(constant, 3),
    case(rng.normal(size=(9, 1)) * 1e6, 1),
]
(pathlib.Path(__file__).parent / "Golden" / "pca.txt").write_text("\n".join(cases) + "\n")
