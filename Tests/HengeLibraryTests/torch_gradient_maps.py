#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Fixtures/gradient-maps.npz: saliency maps and Grad-CAM of a small network in PyTorch.

Run with PyTorch 2: python3 torch_gradient_maps.py. `x` is a batch of 2 images, `conv1.weight` and so on
are the network's weights, `saliency` and `cam` the maps of class 2, and `cam_first` those of the first
convolution for the mean of the outputs.
"""
import pathlib

import numpy as np
import torch

torch.manual_seed(6)
net = torch.nn.Sequential(
    torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.ReLU(),
    torch.nn.Conv2d(4, 6, 3, stride=2, padding=1), torch.nn.ReLU(),
    torch.nn.Flatten(), torch.nn.Linear(6 * 6 * 6, 3))
x = torch.randn(2, 3, 12, 12, requires_grad=True)


def run(score, layer):
    kept = {}
    hook = net[layer].register_forward_hook(lambda _, __, y: kept.update(y=y))
    s = score(net(x))
    hook.remove()
    at_x, at_maps = torch.autograd.grad(s, [x, kept["y"]])
    weights = at_maps.mean(dim=(2, 3), keepdim=True)
    cam = torch.relu((weights * kept["y"]).sum(dim=1, keepdim=True))
    return at_x.abs().amax(dim=1, keepdim=True), cam


saliency, cam = run(lambda y: y[:, 2].sum(), 3)
_, cam_first = run(lambda y: y.mean(), 0)
names = {0: "conv1", 2: "conv2", 5: "linear1"}
arrays = {f"{names[int(k[0])]}.{k[2:]}": v.detach().numpy() for k, v in net.state_dict().items()}
np.savez(
    pathlib.Path(__file__).parent / "Fixtures" / "gradient-maps.npz", x=x.detach().numpy(),
    saliency=saliency.numpy(), cam=cam.detach().numpy(), cam_first=cam_first.detach().numpy(), **arrays)
