#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/conditional_norm.npz: instance normalization whose scale and shift are linear in a
condition, by PyTorch's instance_norm and Linear, and its gradients.

Run with torch 2: python3 torch_condition_cases.py. The gradients are those of sum(y · dy).
"""
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).parent / "Golden"

arrays = {}
for name, samples, channels, condition in [("one", 1, 3, 2), ("each", 3, 4, 5)]:
    torch.manual_seed(samples)
    linear = torch.nn.Linear(condition, 2 * channels)
    x = torch.randn(samples, channels, 5, 6, requires_grad=True)
    c = torch.randn(samples, condition, requires_grad=True)
    gamma, beta = linear(c).split(channels, dim=1)
    normal = torch.nn.functional.instance_norm(x, eps=1e-5)
    y = (1 + gamma)[:, :, None, None] * normal + beta[:, :, None, None]
    dy = torch.randn_like(y)
    (y * dy).sum().backward()
    parts = {"weight": linear.weight, "bias": linear.bias, "x": x, "c": c, "y": y, "dy": dy}
    parts |= {"dx": x.grad, "dc": c.grad, "dw": linear.weight.grad, "db": linear.bias.grad}
    for part, value in parts.items():
        arrays[f"{name}.{part}"] = value.detach().numpy()
np.savez_compressed(OUT / "conditional_norm.npz", **arrays)
