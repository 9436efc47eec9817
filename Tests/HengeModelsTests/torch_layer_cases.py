#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/prelu.npz: PyTorch's PReLU and its gradients.

Run with torch 2: python3 torch_layer_cases.py. The gradients are those of sum(y · dy). Some elements
of x are 0, where the slope of the layer is that of negative elements.
"""
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).parent / "Golden"

arrays = {}
for name, slopes in [("one", 1), ("each", 3)]:
    torch.manual_seed(slopes)
    layer = torch.nn.PReLU(slopes)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(slopes))
    x = torch.randn(2, 3, 4, 5)
    x[:, :, 0, 0] = 0
    x.requires_grad_()
    y, dy = layer(x), torch.randn(2, 3, 4, 5)
    (y * dy).sum().backward()
    parts = {"weight": layer.weight, "x": x, "y": y, "dy": dy, "dx": x.grad, "dw": layer.weight.grad}
    for part, value in parts.items():
        arrays[f"{name}.{part}"] = value.detach().numpy()
np.savez_compressed(OUT / "prelu.npz", **arrays)
