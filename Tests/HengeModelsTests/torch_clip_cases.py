#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/clipping.npz: three steps of Adam with PyTorch's clip_grad_norm_ before each.

Run with torch 2: python3 torch_clip_cases.py. The loss is sum(y · dy) of a convolution; dy grows from step
to step, so that the first norm is below the largest and the others are above it.
"""
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).parent / "Golden"

torch.manual_seed(1)
layer = torch.nn.Conv2d(2, 3, 3)
adam = torch.optim.Adam(layer.parameters(), lr=0.01)
fixed = {"x": torch.randn(2, 2, 5, 6), "dy": torch.randn(2, 3, 3, 4)}
arrays = dict(fixed)
parts = {"weight": layer.weight, "bias": layer.bias}
for name, value in parts.items():
    arrays[f"{name}.0"] = value.detach().clone()
for step, factor in enumerate([0.01, 1.0, 30.0], 1):
    adam.zero_grad()
    (layer(fixed["x"]) * fixed["dy"] * factor).sum().backward()
    arrays[f"norm.{step}"] = torch.nn.utils.clip_grad_norm_(layer.parameters(), 5.0)
    adam.step()
    for name, value in parts.items():
        arrays[f"{name}.{step}"] = value.detach().clone()
np.savez_compressed(
    OUT / "clipping.npz", **{name: value.numpy() for name, value in arrays.items()}
)
