# SPDX-License-Identifier: MIT
"""Writes Golden/*.h5: files as h5py writes them, laid out as Keras does, and keras.csv.

Run with h5py 3 and numpy 2 (PyPI):  python keras_files.py
keras.csv names each array: file, name in it, the element type henge gives it, its shape and its
values (whole numbers, or Python's repr of floats; a space between).
"""
import csv
import pathlib

import h5py
import numpy as np

OUT = pathlib.Path(__file__).parent / "Golden"
rng = np.random.default_rng(7)
rows = []
HENGE = {"f2": "f32", "f4": "f32", "f8": "f64", "u1": "u8", "b1": "bool"}


def note(file, name, array):
    kind = HENGE.get(array.dtype.str[1:], "i64")
    values = array.astype("f4") if kind == "f32" else array
    text = " ".join(
        repr(float(v)) if kind in ("f32", "f64") else str(int(v)) for v in values.ravel())
    rows.append([file, name, kind, "x".join(map(str, array.shape)), text])


def layers(file, group, names, chunked=False):
    if chunked:
        group.attrs["layer_names0"] = [n.encode() for n in names[:1]]
        group.attrs["layer_names1"] = [n.encode() for n in names[1:]]
    else:
        group.attrs["layer_names"] = [n.encode() for n in names]
    for layer in names:
        inner = group.create_group(layer)
        weights = {} if layer.startswith("dropout") else {
            f"{layer}/kernel:0": rng.standard_normal((2, 2, 1, 2)).astype("f4"),
            f"{layer}/bias:0": rng.standard_normal(2).astype("f4")}
        inner.attrs["weight_names"] = [n.encode() for n in weights]
        for name, array in weights.items():
            inner[name] = array
            note(file, f"{layer}/{name}", array)


# A file of weights: the layers in the order of the model, which is not the order of their names.
with h5py.File(OUT / "weights.h5", "w", libver="earliest") as f:
    f.attrs["backend"] = b"tensorflow"
    f.attrs["keras_version"] = b"2.5.0"
    layers("weights.h5", f, ["zeta", "dropout", "conv2d", "conv2d_1"])

# A whole model, texts of variable length, and an optimizer beside the weights.
with h5py.File(OUT / "model.h5", "w") as f:
    f.attrs["keras_version"] = "2.1.6-é"
    f.attrs["model_config"] = '{"class_name": "Sequential"}'
    f.attrs["epochs"] = 3
    weights = f.create_group("model_weights")
    weights.attrs["backend"] = "tensorflow"
    layers("model.h5", weights, ["b", "a"], chunked=True)
    f["optimizer_weights/Adam/iterations:0"] = np.array(12, "i8")
    note("model.h5", "optimizer_weights/Adam/iterations:0", np.array(12, "i8"))

# Every type, a packed array, one without elements; groups in one another.
with h5py.File(OUT / "types.h5", "w", libver="earliest") as f:
    for dtype in ["<f2", "<f4", "<f8", ">f4", "|i1", "<i2", ">i4", "<i8", "|u1", "<u2", "<u4", "|b1"]:
        if dtype[1] == "f":
            array = np.array([0.0, -0.0, np.inf, 2.0**-24, 65504.0]).astype(dtype)
        elif dtype[1] == "b":
            array = np.array([True, False, True])
        else:
            info = np.iinfo(dtype)
            array = np.array([info.min, info.max, 7], dtype)
        name = dtype.replace("<", "little_").replace(">", "big_").replace("|", "")
        f[name] = array
        note("types.h5", name, array)
    packed = np.tile(np.arange(8, dtype="f4"), 16).reshape(16, 8)
    f.create_dataset("group/inner/packed", data=packed, compression="gzip", shuffle=True, chunks=(8, 8))
    note("types.h5", "group/inner/packed", packed)
    f["none"] = np.zeros((0, 3), "f4")
    note("types.h5", "none", np.zeros((0, 3), "f4"))
    f["scalar"] = np.array(2.5, "f4")
    note("types.h5", "scalar", np.array(2.5, "f4"))

# What is refused: texts, a link out of the file, a group in itself, a huge array, a missing weight.
with h5py.File(OUT / "texts.h5", "w", libver="earliest") as f:
    f["a"] = b"text"
with h5py.File(OUT / "link.h5", "w", libver="earliest") as f:
    f["a"] = h5py.ExternalLink("weights.h5", "/conv2d")
with h5py.File(OUT / "circle.h5", "w", libver="earliest") as f:
    f["a"] = f
with h5py.File(OUT / "huge.h5", "w", libver="earliest") as f:
    f.create_dataset("a", (1 << 20, 1 << 20), "f4", chunks=(64, 64))
with h5py.File(OUT / "missing.h5", "w", libver="earliest") as f:
    f.attrs["layer_names"] = [b"a"]
    f.create_group("a").attrs["weight_names"] = [b"a/kernel:0"]
with h5py.File(OUT / "outside.h5", "w", libver="earliest") as f:
    f.create_dataset("a", (4,), "u1", external=[("/etc/hostname", 0, 4)])
with h5py.File(OUT / "virtual.h5", "w") as f:
    layout = h5py.VirtualLayout((2, 3), "f8")
    layout[:] = h5py.VirtualSource("weights.h5", "conv2d/conv2d/kernel:0", (2, 3))
    f.create_virtual_dataset("group/a", layout)

# Whole numbers of 64 bits without a sign, where they fit and where they do not.
with h5py.File(OUT / "unsigned.h5", "w", libver="earliest") as f:
    f["a"] = np.array([0, 2**63 - 1], "<u8")
with h5py.File(OUT / "unsigned_large.h5", "w", libver="earliest") as f:
    f["a"] = np.array([0, 2**63], "<u8")

with open(OUT / "keras.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows([["file", "name", "type", "shape", "values"], *rows])
