#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Exports ten networks by both of PyTorch's exporters, and compares what henge and onnxruntime return for them.

  loaded_networks.py HENGE FOLDER [NAME ...]   the program, and where the files go

Every weight and every statistic is random. Each network is exported once with an open batch, and runs on one and
on three images. Exit: 0 if all are within 1e-4 of the largest number (or of 1), 1 if not.
"""
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import onnxruntime as ort
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")


class UNet(nn.Module):
    """Halves twice, doubles twice, and joins what is of one size."""

    def __init__(self):
        super().__init__()
        self.a = self.block(3, 16)
        self.b = self.block(16, 32, stride=2)
        self.c = self.block(32, 64, stride=2)
        self.up1 = nn.ConvTranspose2d(64, 32, 3, 2, 1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(64, 16, 4, 2, 1)
        self.end = nn.Conv2d(32, 3, 3, padding=1)

    @staticmethod
    def block(i, o, stride=1):
        return nn.Sequential(nn.Conv2d(i, o, 3, stride, 1), nn.BatchNorm2d(o), nn.LeakyReLU(0.2))

    def forward(self, x):
        a = self.a(x)
        b = self.b(a)
        c = self.c(b)
        d = torch.cat([F.relu(self.up1(c)), b], 1)
        e = torch.cat([F.relu(self.up2(d)), a], 1)
        return torch.tanh(self.end(e))


class Landmarks(nn.Module):
    """Five points of a face, [N, 5, 2]."""

    def __init__(self):
        super().__init__()
        sizes = [(3, 16), (16, 32), (32, 64)]
        self.body = nn.Sequential(
            *[layer for i, o in sizes for layer in (nn.Conv2d(i, o, 3, 2, 1), nn.PReLU(o), nn.BatchNorm2d(o))])
        self.head = nn.Linear(64 * 8 * 8, 10)

    def forward(self, x):
        return self.head(torch.flatten(self.body(x), 1)).reshape(-1, 5, 2) * 8 + 32


class ViT(nn.Module):
    """Patches, a class token, positions and one block of a vision transformer."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 48, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, 48))
        self.positions = nn.Parameter(torch.randn(1, 65, 48))
        self.norm1, self.norm2 = nn.LayerNorm(48), nn.LayerNorm(48)
        self.qkv, self.out = nn.Linear(48, 144), nn.Linear(48, 48)
        self.mlp = nn.Sequential(nn.Linear(48, 96), nn.GELU(), nn.Linear(96, 48))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        n, t, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, t, 3, 4, 12).permute(2, 0, 3, 1, 4).unbind(0)
        a = F.scaled_dot_product_attention(q, k, v)
        x = x + self.out(a.transpose(1, 2).reshape(n, t, c))
        return x + self.mlp(self.norm2(x))


class Upsampler(nn.Module):
    """Enlarges in four ways."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 12, 3, padding=1)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, x):
        y = F.interpolate(F.relu(self.a(x)), scale_factor=2, mode="nearest")
        y = F.interpolate(F.hardswish(self.b(y)), scale_factor=2, mode="bilinear", align_corners=False)
        return F.interpolate(self.shuffle(y), size=(192, 160), mode="bicubic", align_corners=True)


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c), nn.ReLU(True),
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c))

    def forward(self, x):
        return x + self.body(x)


def cyclegan(c=16, blocks=3):
    """CycleGAN's generator."""
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, c, 7), nn.InstanceNorm2d(c), nn.ReLU(True)]
    for i in (c, 2 * c):
        layers += [nn.Conv2d(i, 2 * i, 3, 2, 1), nn.InstanceNorm2d(2 * i), nn.ReLU(True)]
    layers += [Residual(4 * c) for _ in range(blocks)]
    for i in (4 * c, 2 * c):
        layers += [nn.ConvTranspose2d(i, i // 2, 3, 2, 1, output_padding=1), nn.InstanceNorm2d(i // 2), nn.ReLU(True)]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(c, 3, 7), nn.Tanh())


def inception():
    """A stem and two blocks of Inception v3."""
    from torchvision.models.inception import BasicConv2d, InceptionA, InceptionB
    return nn.Sequential(
        BasicConv2d(3, 32, kernel_size=3, stride=2), nn.MaxPool2d(3, 2), InceptionA(32, 16), InceptionB(240),
        nn.AdaptiveAvgPool2d(1), nn.Flatten())


NETWORKS = {
    "resnet18": (torchvision.models.resnet18, 224),
    "vgg16": (lambda: torchvision.models.vgg16().features, 224),
    "mobilenet": (torchvision.models.mobilenet_v2, 160),
    "unet": (UNet, 64),
    "landmarks": (Landmarks, 64),
    "vit": (ViT, 64),
    "upsampler": (Upsampler, 32),
    "squeezenet": (torchvision.models.squeezenet1_1, 128),
    "inception": (inception, 96),
    "cyclegan": (cyclegan, 64),
}


def random_weights(network):
    """Statistics of normalizations as after a training, so that they matter."""
    torch.manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)


def export(name, folder):
    """The files of a network, an input of three images, and what onnxruntime returns."""
    make, size = NETWORKS[name]
    torch.manual_seed(0)
    network = make().eval()
    random_weights(network)
    x = torch.randn(3, 3, size, size)
    files = []
    for exporter in ["older", "dynamo"]:
        path = folder / f"{name}-{exporter}.onnx"
        if exporter == "dynamo":
            batch = torch.export.Dim("batch", min=1, max=64)
            torch.onnx.export(network, (x,), path, dynamo=True, dynamic_shapes=({0: batch},), verbose=False)
        else:
            torch.onnx.export(network, (x,), path, dynamo=False, opset_version=17, input_names=["x"],
                              output_names=["y"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})
        session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
        y = session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]
        np.save(folder / f"{path.stem}.x.npy", x.numpy())
        np.save(folder / f"{path.stem}.y.npy", y)
        files.append(path.stem)
    return files


def main():
    henge, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    names = sys.argv[3:] or list(NETWORKS)
    files = [file for name in names for file in export(name, folder)]
    lines = []
    for file in files:
        lines += [
            f'm = load("{file}.onnx")', f'x = load("{file}.x.npy")', f'y = load("{file}.y.npy")',
            "z = m(x)", "one = m(x[1])",
            f'print("{file}", max(abs(z - y)) / max(1, max(abs(y))), max(abs(one - y[1])) / max(1, max(abs(y))), len(m.layers))']
    script = folder / "networks.henge"
    script.write_text("\n".join(lines) + "\n")
    run = subprocess.run([henge, "run", str(script)], cwd=folder, capture_output=True, text=True)
    print(run.stderr, end="", file=sys.stderr)
    worst, seen = 0.0, 0
    for line in run.stdout.splitlines():
        print(line)
        file, three, one, _ = line.split()
        worst, seen = max(worst, float(three), float(one)), seen + 1
    print(f"{seen} of {len(files)} files, at most {worst:.2g} apart")
    sys.exit(0 if run.returncode == 0 and seen == len(files) and worst <= 1e-4 else 1)


main()
