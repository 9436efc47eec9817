# SPDX-License-Identifier: MIT
"""Writes Golden/*.pth: files as PyTorch itself writes them, and pytorch.csv with what is in them.

Run with torch 2 and numpy 2 (PyPI):  python pytorch_files.py
pytorch.csv names each array: file, name in it, the element type henge gives it, its shape and its
values (whole numbers, or Python's repr of floats; a space between).
"""
import collections
import csv
import pathlib

import torch

OUT = pathlib.Path(__file__).parent / "Golden"
torch.manual_seed(7)
rows = []
HENGE = {torch.float32: "f32", torch.float16: "f32", torch.bfloat16: "f32", torch.float64: "f64",
         torch.uint8: "u8", torch.bool: "bool"}


def note(file, name, tensor):
    kind = HENGE.get(tensor.dtype, "i64")
    if kind == "f32":
        tensor = tensor.float()
    values = tensor.detach().contiguous().reshape(-1).tolist()
    text = " ".join(repr(float(v)) if kind in ("f32", "f64") else str(int(v)) for v in values)
    rows.append([file, name, kind, "x".join(map(str, tensor.shape)), text])


def save(file, value, names, **options):
    torch.save(value, OUT / file, **options)
    for name, tensor in names.items():
        note(file, name, tensor)


special = torch.tensor([0.0, -0.0, float("inf"), float("-inf"), 2.0**-24, 65504.0])
types = collections.OrderedDict(
    f32=torch.randn(2, 3), f64=torch.randn(3, dtype=torch.float64), half=special.half(),
    brain=special.bfloat16(), i64=torch.tensor([-(2**63), 2**63 - 1]),
    i32=torch.tensor([-(2**31), 7], dtype=torch.int32),
    i16=torch.tensor([-32768, 5], dtype=torch.int16), i8=torch.tensor([-128, 127], dtype=torch.int8),
    u8=torch.tensor([0, 255], dtype=torch.uint8), bool=torch.tensor([True, False, True]),
    scalar=torch.tensor(2.5), none=torch.zeros(0, 4), ü=torch.ones(1))
whole = torch.arange(24.0)
views = {
    "whole": whole, "row": whole[6:12], "matrix": whole.view(4, 6), "transposed": whole.view(4, 6).t(),
    "steps": whole.view(2, 3, 4)[:, 1:, ::2], "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
    "last": torch.nn.Parameter(whole.view(2, 3, 4).permute(2, 0, 1)),
}
net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.BatchNorm2d(2))
for file, options in [("zip", {}), ("legacy", {"_use_new_zipfile_serialization": False}),
                      ("protocol4", {"pickle_protocol": 4}),
                      ("legacy4", {"pickle_protocol": 4, "_use_new_zipfile_serialization": False})]:
    save(f"types_{file}.pth", types, types, **options)
    save(f"views_{file}.pth", views, views, **options)
    # A state_dict carries `_metadata`; DataParallel puts `module.` before every name.
    state = torch.nn.DataParallel(net).state_dict()
    save(f"module_{file}.pth", state, net.state_dict(), **options)
    nested = {"genA2B": net.state_dict(), "epoch": 3, "best": 0.25, "name": "run é", "done": True,
              "nothing": None, "list": [torch.ones(2), {"deep": torch.zeros(1)}], "size": whole.shape,
              7: torch.tensor([7])}
    names = {f"genA2B.{k}": v for k, v in net.state_dict().items()}
    names |= {"list.0": torch.ones(2), "list.1.deep": torch.zeros(1), "7": torch.tensor([7])}
    save(f"nested_{file}.pth", nested, names, **options)
torch.save(torch.arange(3), OUT / "tensor.pth")
note("tensor.pth", "tensor", torch.arange(3))
torch.save(net, OUT / "whole.pth")
torch.save({"weights": torch.ones(1), "loss": whole.numpy().mean()}, OUT / "numpy.pth")
torch.save({"epoch": 3}, OUT / "nothing.pth")
torch.jit.script(torch.nn.Linear(1, 1)).save(OUT / "script.pth")

with open(OUT / "pytorch.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows([["file", "name", "type", "shape", "values"], *rows])
