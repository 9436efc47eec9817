# SPDX-License-Identifier: MIT
"""Writes Golden/reference-*.pth and .npz: networks under the names of CycleGAN's reference program.

Run with torch 2 and numpy 2 (PyPI):  python torch_reference_cases.py
The networks are written from their definition [Zhu et al. 2017]; what counts here is where a layer
stands in its list. A .npz holds a picture `x` and `y`, what the network of its name makes of it.
"""
import pathlib

import numpy as np
import torch
import torch.nn as nn

OUT = pathlib.Path(__file__).parent / "Golden"


def norm(kind, maps):
    return {"instance": nn.InstanceNorm2d, "batch": nn.BatchNorm2d,
            "none": lambda _: nn.Identity()}[kind](maps)


class Block(nn.Module):
    def __init__(self, maps, kind, dropout):
        super().__init__()
        bias = kind == "instance"
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(maps, maps, 3, bias=bias), norm(kind, maps),
            nn.ReLU(), *([nn.Dropout(0.5)] if dropout else []), nn.ReflectionPad2d(1),
            nn.Conv2d(maps, maps, 3, bias=bias), norm(kind, maps))

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    def __init__(self, channels, out, base, blocks, kind, dropout=False):
        super().__init__()
        bias = kind == "instance"
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, base, 7, bias=bias),
                  norm(kind, base), nn.ReLU()]
        for maps in (base, 2 * base):
            layers += [nn.Conv2d(maps, 2 * maps, 3, 2, 1, bias=bias), norm(kind, 2 * maps),
                       nn.ReLU()]
        layers += [Block(4 * base, kind, dropout) for _ in range(blocks)]
        for maps in (4 * base, 2 * base):
            layers += [nn.ConvTranspose2d(maps, maps // 2, 3, 2, 1, 1, bias=bias),
                       norm(kind, maps // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(base, out, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    def __init__(self, channels, base, strided, kind):
        super().__init__()
        layers, maps = [nn.Conv2d(channels, base, 4, 2, 1), nn.LeakyReLU(0.2)], base
        for index in range(1, strided + 1):
            wider = base * min(2 ** index, 8)
            layers += [
                nn.Conv2d(maps, wider, 4, 2 if index < strided else 1, 1,
                          bias=kind == "instance"), norm(kind, wider), nn.LeakyReLU(0.2)]
            maps = wider
        self.model = nn.Sequential(*layers, nn.Conv2d(maps, 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


cases = {
    "generator": (Generator(3, 3, 3, 2, "instance"), 3, {}),
    "generator-batch": (Generator(4, 3, 2, 1, "batch", dropout=True), 4, {}),
    "generator-none": (Generator(3, 3, 2, 1, "none"), 3, {}),
    "generator-old": (
        Generator(3, 3, 2, 1, "instance"), 3, {"_use_new_zipfile_serialization": False}),
    "discriminator": (Discriminator(3, 2, 2, "instance"), 3, {}),
    "discriminator-batch": (Discriminator(3, 2, 1, "batch"), 3, {}),
}
torch.manual_seed(5)
for name, (network, channels, options) in cases.items():
    for weight in network.parameters():
        nn.init.normal_(weight, 0, 0.2)
    state = network.state_dict()
    for key, value in state.items():
        if key.endswith("running_var"):
            value += torch.rand_like(value)
    if name == "generator-old":
        # Before PyTorch 0.4 instance normalisation kept statistics; several devices add a prefix.
        state = {f"module.{key}": value for key, value in state.items()}
        state["module.model.2.running_mean"] = torch.zeros(2)
        state["module.model.2.running_var"] = torch.ones(2)
    torch.save(state, OUT / f"reference-{name}.pth", **options)
    x = torch.rand(1, channels, 16, 24) * 2 - 1
    with torch.no_grad():
        y = network.eval()(x)
    np.savez_compressed(OUT / f"reference-{name}.npz", x=x.numpy(), y=y.numpy())
