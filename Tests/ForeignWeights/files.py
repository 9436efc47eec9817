# SPDX-License-Identifier: MIT
"""Writes arrays by name to files, in a given order of their keys."""
import json
import os
import random
import struct
import zipfile

import h5py
import numpy as np
import torch

ORDERS = ("written", "sorted", "reversed", "shuffled")


def ordered(names, order):
    names = list(names)
    if order == "sorted":
        return sorted(names)
    if order == "reversed":
        return names[::-1]
    if order == "shuffled":
        random.Random(len(names)).shuffle(names)
    return names


def safetensors(path, arrays):
    """As the library writes them, but in the order of `arrays`."""
    kinds = {"float32": "F32", "float64": "F64", "int64": "I64", "float16": "F16"}
    header, at = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": kinds[str(array.dtype)], "shape": list(array.shape),
                        "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).tobytes())


def torch_file(path, module, kind, order):
    """Writes the weights of `module` as `kind` says, the keys in `order`."""
    state = module.state_dict()
    state = {name: state[name] for name in ordered(state, order)}
    arrays = {name: value.numpy() for name, value in state.items()}
    if kind == "pth":
        torch.save(state, path)
    elif kind == "half.pth":
        torch.save({name: value.half() for name, value in state.items()}, path)
    elif kind == "training.pth":
        optimizer = torch.optim.Adam(module.parameters())
        sum(p.sum() for p in module.parameters()).backward()
        optimizer.param_groups[0]["lr"] = 0
        optimizer.step()
        torch.save({"epoch": 7, "optimizer": optimizer.state_dict(), "state_dict": {
            f"module.{name}": value for name, value in state.items()}}, path)
    elif kind == "several.pth":
        other = torch.nn.Sequential(torch.nn.Conv2d(3, 9, 3), torch.nn.Conv2d(9, 1, 3))
        torch.save({"netD": other.state_dict(), "netG": state, "step": torch.tensor(3)}, path)
    elif kind == "thop.pth":
        counts = {f"{name.rsplit('.', 1)[0]}.{word}": torch.zeros(1, dtype=torch.float64)
                  for name in state for word in ("total_ops", "total_params")}
        torch.save({"gen": state | counts | {"total_ops": torch.zeros(1, dtype=torch.float64)}}, path)
    elif kind == "safetensors":
        safetensors(path, arrays)
    elif kind == "npz":
        np.savez(path, **arrays)
    elif kind == "positions.npz":
        # Numbers are names here: an order of keys changes where an array stands, not its number.
        numbered = {f"arr_{i}": v.numpy() for i, v in enumerate(module.state_dict().values())}
        np.savez(path, **{name: numbered[name] for name in ordered(numbered, order)})
    elif kind == "underscores.npz":
        np.savez(path, **{f"layer{name.replace('.', '_')}": a for name, a in arrays.items()})


def _sorted_copy(source, target, order):
    """Copies groups and arrays, those of each group made in `order`."""
    for key, value in source.attrs.items():
        target.attrs[key] = value
    for name in ordered(source, order):
        if isinstance(source[name], h5py.Dataset):
            target.create_dataset(name, data=source[name][()])
        else:
            _sorted_copy(source[name], target.create_group(name, track_order=True), order)


def _reordered(path, order):
    with h5py.File(path) as source, h5py.File(f"{path}.new", "w", track_order=True) as target:
        _sorted_copy(source, target, order)


def keras_file(path, model, kind, order):
    """Writes `model` as `kind` says, groups and arrays made in `order`."""
    if kind == "keras2.h5":
        _keras2(path, model, order)
    elif kind == "weights.h5":
        model.save_weights(f"{path}.weights.h5")
        _reordered(f"{path}.weights.h5", order)
        _move(f"{path}.weights.h5.new", path, f"{path}.weights.h5")
    elif kind == "h5":
        model.save(f"{path}.h5")
        _reordered(f"{path}.h5", order)
        _move(f"{path}.h5.new", path, f"{path}.h5")
    else:
        model.save(f"{path}.keras")
        with zipfile.ZipFile(f"{path}.keras") as old:
            members = {name: old.read(name) for name in old.namelist()}
        weights = f"{path}.h5"
        with open(weights, "wb") as file:
            file.write(members["model.weights.h5"])
        _reordered(weights, order)
        with open(f"{weights}.new", "rb") as file:
            members["model.weights.h5"] = file.read()
        with zipfile.ZipFile(path, "w") as new:
            for name in ordered(members, order):
                new.writestr(name, members[name])
        _remove(f"{path}.keras", weights, f"{weights}.new")


def _keras2(path, model, order):
    """Keras 2's file of weights: layers and weights listed in attributes, `conv2d/kernel:0`."""
    weighted = {layer.name: layer for layer in model.layers}
    with h5py.File(path, "w", track_order=True) as file:
        file.attrs["backend"], file.attrs["keras_version"] = "tensorflow", "2.5.0"
        # The list of layers is the network's order, whatever the order of the groups.
        file.attrs["layer_names"] = [name.encode() for name in weighted]
        for name in ordered(weighted, order):
            group = file.create_group(name, track_order=True)
            own = {f"{name}/{w.name}:0": np.array(w) for w in weighted[name].weights}
            group.attrs["weight_names"] = [key.encode() for key in own]
            for key in ordered(own, order):
                group[key] = own[key]


def _move(new, path, *old):
    os.replace(new, path)
    _remove(*old)


def _remove(*paths):
    for path in paths:
        os.remove(path)
