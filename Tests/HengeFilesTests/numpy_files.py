# SPDX-License-Identifier: MIT
"""Writes Golden/: files as numpy and safetensors themselves write them, and what is in them.

Run with numpy 2 and safetensors (PyPI):  python numpy_files.py
Golden/index.csv names each array: file, name in it, the element type henge gives it, its shape and
its values (whole numbers, or Python's repr of floats; a space between).
"""
import csv
import io
import pathlib
import zipfile

import numpy as np
from numpy.lib import format as npy
from safetensors.numpy import save_file

OUT = pathlib.Path(__file__).parent / "Golden"
OUT.mkdir(exist_ok=True)
rng = np.random.default_rng(7)
rows = []

HENGE = {"f2": "f32", "f4": "f32", "f8": "f64", "u1": "u8", "b1": "bool"}


def note(file, name, array):
    kind = HENGE.get(array.dtype.str[1:], "i64")
    values = array.astype("f4") if kind == "f32" else array
    text = " ".join(
        repr(float(v)) if kind in ("f32", "f64") else str(int(v)) for v in values.ravel())
    rows.append([file, name, kind, "x".join(map(str, array.shape)), text])


def sample(dtype, shape):
    if dtype[1:] == "b1":
        return rng.integers(0, 2, shape).astype(dtype)
    if dtype[1] == "f":
        array = (rng.standard_normal(shape) * 100).astype(dtype)
        flat = array.reshape(-1)
        special = [0.0, -0.0, np.inf, -np.inf, 2.0**-24, 65504.0]
        flat[: len(special)] = np.array(special)[: flat.size]
        return array
    info = np.iinfo(dtype)
    array = rng.integers(info.min, info.max, shape, endpoint=True, dtype=dtype[1:]).astype(dtype)
    array.reshape(-1)[:2] = np.array([info.min, info.max])[: array.size]
    return array


def save_npy(file, array, version=None):
    with open(OUT / file, "wb") as f:
        npy.write_array(f, array, version=version, allow_pickle=False)
    note(file, "", array)


for dtype in ["<f2", "<f4", "<f8", "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4"]:
    save_npy(f"c_{dtype[1:]}.npy", sample(dtype, (2, 3, 4)))
    if dtype[0] == "<":
        save_npy(f"big_{dtype[1:]}.npy", sample(">" + dtype[1:], (5, 3)))
    save_npy(f"fortran_{dtype[1:]}.npy", np.asfortranarray(sample(dtype, (2, 3, 4))))
save_npy("fortran_big.npy", np.asfortranarray(sample(">f8", (3, 1, 5))))
save_npy("fortran_empty.npy", np.asfortranarray(sample("<f4", (3, 0, 5))))
save_npy("scalar.npy", np.array(2.5, "<f4"))
save_npy("vector.npy", np.arange(7, dtype="<i8"))
save_npy("empty.npy", np.zeros((0,), "<f8"))
save_npy("long.npy", np.zeros((1234567890, 0), "|u1"))
save_npy("version2.npy", sample("<f4", (3,)), version=(2, 0))
save_npy("version3.npy", sample("<f4", (3,)), version=(3, 0))

with open(OUT / "objects.npy", "wb") as f:
    npy.write_array(f, np.array([{}, None], object), allow_pickle=True)
with open(OUT / "records.npy", "wb") as f:
    npy.write_array(f, np.zeros(2, [("x", "<f4"), ("y", "<i4")]))
with open(OUT / "complex.npy", "wb") as f:
    npy.write_array(f, np.zeros(2, "<c8"))

members = {"a": sample("<f4", (4, 4)), "b/c": sample("<i4", (3,)), "ü": np.asfortranarray(sample("<f8", (2, 3)))}
np.savez(OUT / "stored.npz", **members)
np.savez_compressed(OUT / "deflated.npz", **members)
np.savez(OUT / "none.npz")
for file in ["stored.npz", "deflated.npz"]:
    for name, array in members.items():
        note(file, name, array)


def raw_zip(file, names, method=zipfile.ZIP_STORED):
    body = io.BytesIO()
    npy.write_array(body, np.zeros(3, "<f4"))
    with zipfile.ZipFile(OUT / file, "w", method) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), body.getvalue(), method)


raw_zip("duplicate.npz", ["a.npy", "a.npy"])
raw_zip("other.npz", ["a.npy", "readme.txt"])
raw_zip("torch.npz", ["archive/data.pkl", "archive/data/0"])
raw_zip("bzip2.npz", ["a.npy"], zipfile.ZIP_BZIP2)

weights = {
    "conv.weight": sample("<f4", (2, 3, 1, 1)), "bias": sample("<f8", (3,)), "half": sample("<f2", (5,)),
    "pixels": sample("|u1", (3, 3)), "step": np.array(41, "<i8"), "ids": sample("<i4", (4,)),
    "mask": sample("|b1", (6,)), "none": np.zeros((0, 4), "<f4"), 'quote"\nü': sample("|i1", (2,)),
}
save_file(weights, OUT / "weights.safetensors", metadata={"format": "np", })
for name, array in weights.items():
    note("weights.safetensors", name, array)
# Only henge's own types, which henge must write to the same bytes.
own = {k: v for k, v in weights.items() if v.dtype.str[1:] in ("f4", "f8", "u1", "i8", "b1")}
save_file(own, OUT / "own.safetensors", metadata={"architecture": 'resnet "6"\n\x01/é'})
for name, array in own.items():
    note("own.safetensors", name, array)
save_file({}, OUT / "nothing.safetensors")

# Whole numbers of 64 bits without a sign, where they fit and where they do not.
fitting = np.array([[0, 7, 2**63 - 1], [1, 2**53 + 1, 5]], "<u8")
save_npy("c_u8.npy", fitting)
save_npy("big_u8.npy", fitting.astype(">u8"))
save_npy("fortran_u8.npy", np.asfortranarray(fitting))
with open(OUT / "large_u8.npy", "wb") as f:
    npy.write_array(f, np.array([1, 2**63], "<u8"))
mixed = {
    "x": np.arange(3, dtype="<i2"), "names": np.array(["a", "bcd"]),
    "objects": np.array([{}, None], object), "waves": np.array([1j]),
    "counts": fitting[0], "large": np.array([1, 2**63], "<u8"),
    "days": np.array(["2020-01-02"], "<M8[D]"),
}
np.savez(OUT / "mixed.npz", **mixed)
with zipfile.ZipFile(OUT / "mixed.npz", "a") as archive:
    archive.writestr(zipfile.ZipInfo("readme.txt"), "hello")
note("mixed.npz", "counts", fitting[0])

with open(OUT / "index.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows([["file", "name", "type", "shape", "values"], *rows])
