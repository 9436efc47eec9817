# SPDX-License-Identifier: MIT
"""Writes Golden/reference-*.pth and .npz: networks under the names of CycleGAN's reference program.

Run with torch 2 and numpy 2 (PyPI):  python torch_reference_cases.py
The networks are written from their definition [Zhu et al. 2017; Isola et al. 2017; Park et al. 2020];
what counts here is where a layer stands in its list. A .npz holds a picture `x` and `y`, what the
network of its name makes of it.

With a folder, python torch_reference_cases.py FOLDER, nothing is written: each FOLDER/NAME.pth is
loaded, strictly, into the network of its name, which must make y of x as in Golden.
"""
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

OUT = pathlib.Path(__file__).parent / "Golden"


def norm(kind, maps):
    return {"instance": nn.InstanceNorm2d, "batch": nn.BatchNorm2d,
            "none": lambda _: nn.Identity()}[kind](maps)


class Block(nn.Module):
    def __init__(self, maps, kind, dropout, padding):
        super().__init__()
        bias = kind == "instance"
        # Mirrored maps are a layer of the list, zeros the convolution's own.
        pad = [nn.ReflectionPad2d(1)] if padding == "reflect" else []
        own = 0 if pad else 1
        self.conv_block = nn.Sequential(
            *pad, nn.Conv2d(maps, maps, 3, padding=own, bias=bias), norm(kind, maps),
            nn.ReLU(), *([nn.Dropout(0.5)] if dropout else []), *pad,
            nn.Conv2d(maps, maps, 3, padding=own, bias=bias), norm(kind, maps))

    def forward(self, x):
        return x + self.conv_block(x)


class Blur(nn.Module):
    """Twice as large: zeros between the pixels, then [1, 3, 3, 1] / 4 in both directions."""

    def __init__(self, maps):
        super().__init__()
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
        self.register_buffer("filt", torch.outer(taps, taps)[None, None].repeat(maps, 1, 1, 1))

    def forward(self, x):
        y = F.conv_transpose2d(
            F.pad(x, (1, 1, 1, 1), mode="replicate"), self.filt, stride=2, padding=2,
            groups=x.shape[1])
        return y[:, :, 1:-1, 1:-1]


class Half(nn.Module):
    """Blurred by [1, 2, 1] / 4 in both directions, mirrored; every second pixel."""

    def __init__(self, maps):
        super().__init__()
        taps = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("filt", torch.outer(taps, taps)[None, None].repeat(maps, 1, 1, 1))

    def forward(self, x):
        return F.conv2d(
            F.pad(x, (1, 1, 1, 1), mode="reflect"), self.filt, stride=2, groups=x.shape[1])


class Generator(nn.Module):
    def __init__(
            self, channels, out, base, blocks, kind, dropout=False, padding="reflect",
            up="deconv", down="conv"):
        super().__init__()
        bias = kind == "instance"
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, base, 7, bias=bias),
                  norm(kind, base), nn.ReLU()]
        for maps in (base, 2 * base):
            stride = 1 if down == "blur" else 2
            layers += [nn.Conv2d(maps, 2 * maps, 3, stride, 1, bias=bias), norm(kind, 2 * maps),
                       nn.ReLU()]
            layers += [Half(2 * maps)] if down == "blur" else []
        layers += [Block(4 * base, kind, dropout, padding) for _ in range(blocks)]
        for maps in (4 * base, 2 * base):
            half = maps // 2
            layers += {
                "deconv": lambda: [nn.ConvTranspose2d(maps, half, 3, 2, 1, 1, bias=bias)],
                "bilinear": lambda: [
                    nn.Upsample(scale_factor=2, mode="bilinear"), nn.ReflectionPad2d(1),
                    nn.Conv2d(maps, half, 3, bias=bias)],
                "blur": lambda: [Blur(maps), nn.Conv2d(maps, half, 3, padding=1, bias=bias)],
            }[up]()
            layers += [norm(kind, half), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(base, out, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    def __init__(self, channels, base, strided, kind, down="conv"):
        super().__init__()
        is_blurred = down == "blur"
        layers = [nn.Conv2d(channels, base, 4, 1 if is_blurred else 2, 1), nn.LeakyReLU(0.2)]
        layers += [Half(base)] if is_blurred else []
        maps = base
        for index in range(1, strided + 1):
            wider = base * min(2 ** index, 8)
            is_last = index == strided
            layers += [
                nn.Conv2d(maps, wider, 4, 1 if is_last or is_blurred else 2, 1,
                          bias=kind == "instance"), norm(kind, wider), nn.LeakyReLU(0.2)]
            layers += [Half(wider)] if is_blurred and not is_last else []
            maps = wider
        self.model = nn.Sequential(*layers, nn.Conv2d(maps, 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


class Level(nn.Module):
    """A level of a U-Net: half as large, the next level, twice as large, beside what came in."""

    def __init__(self, outer, inner, kind, below=None, channels=None, dropout=False):
        super().__init__()
        bias = kind == "instance"
        self.is_first = channels is not None
        down = nn.Conv2d(channels or outer, inner, 4, 2, 1, bias=bias)
        above = nn.ConvTranspose2d(
            2 * inner if below else inner, outer, 4, 2, 1, bias=bias or self.is_first)
        if self.is_first:
            layers = [down, below, nn.ReLU(True), above, nn.Tanh()]
        elif below:
            layers = [
                nn.LeakyReLU(0.2, True), down, norm(kind, inner), below, nn.ReLU(True), above,
                norm(kind, outer), *([nn.Dropout(0.5)] if dropout else [])]
        else:
            layers = [
                nn.LeakyReLU(0.2, True), down, nn.ReLU(True), above, norm(kind, outer)]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        # The rectifier is in place: what goes along is rectified already.
        return self.model(x) if self.is_first else torch.cat([x, self.model(x)], 1)


class UNet(nn.Module):
    def __init__(self, channels, out, levels, base, kind, dropout=False):
        super().__init__()
        widths = [base * min(2 ** level, 8) for level in range(levels)]
        below = Level(widths[-2], widths[-1], kind)
        for level in range(levels - 2, 0, -1):
            below = Level(
                widths[level - 1], widths[level], kind, below, dropout=dropout and level > 3)
        self.model = Level(out, widths[0], kind, below, channels)

    def forward(self, x):
        return self.model(x)


class Pixels(nn.Module):
    def __init__(self, channels, base, kind):
        super().__init__()
        bias = kind == "instance"
        self.net = nn.Sequential(
            nn.Conv2d(channels, base, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(base, 2 * base, 1, bias=bias), norm(kind, 2 * base), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * base, 1, 1, bias=bias))

    def forward(self, x):
        return self.net(x)


class Heads(nn.Module):
    """For each layer a perceptron with one hidden layer, to unit length (1e-7 added to it)."""

    def __init__(self, widths, out):
        super().__init__()
        self.widths = widths
        for index, width in enumerate(widths):
            mlp = nn.Sequential(nn.Linear(width, out), nn.ReLU(), nn.Linear(out, out))
            setattr(self, f"mlp_{index}", mlp)

    def forward(self, x):
        rows = []
        for index, part in enumerate(x.split(self.widths, dim=-1)):
            y = getattr(self, f"mlp_{index}")(part)
            rows.append(y / (y.pow(2).sum(-1, keepdim=True).sqrt() + 1e-7))
        return torch.cat(rows, -1)


def count(network):
    return sum(weight.numel() for weight in network.parameters())


assert count(Generator(3, 3, 64, 9, "instance")) == 11_378_179
assert count(Generator(3, 3, 64, 6, "instance")) == 7_837_699
assert count(UNet(3, 3, 8, 64, "batch")) == 54_413_955
assert count(UNet(3, 3, 7, 64, "batch")) == 41_828_995
assert count(Discriminator(3, 64, 3, "instance")) == 2_764_737
assert count(Heads([3, 128, 256, 256, 256], 256)) == 560_384

cases = {
    "generator": (Generator(3, 3, 3, 2, "instance"), 3, {}),
    "generator-batch": (Generator(4, 3, 2, 1, "batch", dropout=True), 4, {}),
    "generator-none": (Generator(3, 3, 2, 1, "none"), 3, {}),
    "generator-zero": (Generator(3, 3, 2, 2, "instance", padding="zero"), 3, {}),
    "generator-zero-dropout": (
        Generator(3, 3, 2, 1, "batch", dropout=True, padding="zero"), 3, {}),
    "generator-bilinear": (Generator(3, 3, 2, 1, "instance", up="bilinear"), 3, {}),
    "generator-blur": (Generator(3, 3, 2, 1, "instance", up="blur"), 3, {}),
    "generator-old": (
        Generator(3, 3, 2, 1, "instance"), 3, {"_use_new_zipfile_serialization": False}),
    "discriminator": (Discriminator(3, 2, 2, "instance"), 3, {}),
    "discriminator-batch": (Discriminator(3, 2, 1, "batch"), 3, {}),
    "unet": (UNet(3, 3, 3, 2, "instance"), 3, {}),
    "unet-batch": (UNet(4, 3, 6, 1, "batch", dropout=True), 4, {}),
    "unet-none": (UNet(3, 2, 2, 2, "none"), 3, {}),
    "pixels": (Pixels(3, 3, "instance"), 3, {}),
    "pixels-batch": (Pixels(6, 2, "batch"), 6, {}),
    "pixels-none": (Pixels(3, 2, "none"), 3, {}),
    "generator-cut": (Generator(3, 3, 2, 1, "instance", up="blur", down="blur"), 3, {}),
    "generator-cut-none": (Generator(3, 3, 2, 1, "none", up="blur", down="blur"), 3, {}),
    "discriminator-cut": (Discriminator(3, 2, 2, "instance", down="blur"), 3, {}),
    "discriminator-cut-batch": (Discriminator(3, 2, 1, "batch", down="blur"), 3, {}),
    "heads": (Heads([3, 4, 2], 5), 9, {}),
}


def check(folder):
    for name, (network, _, _) in cases.items():
        file = pathlib.Path(folder) / f"{name}.pth"
        network.load_state_dict(torch.load(file, weights_only=True), strict=True)
        golden = np.load(OUT / f"reference-{name}.npz")
        with torch.no_grad():
            y = network.eval()(torch.tensor(golden["x"])).numpy()
        assert np.abs(y - golden["y"]).max() < 1e-5, name
    print(f"{len(cases)} networks loaded")


def write():
    for index, (name, (network, channels, options)) in enumerate(cases.items()):
        torch.manual_seed(5 + index)
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
        size = (64, 64) if name == "unet-batch" else (16, 24)
        shape = (7, channels) if name == "heads" else (1, channels, *size)
        x = torch.rand(shape) * 2 - 1
        with torch.no_grad():
            y = network.eval()(x)
        np.savez_compressed(OUT / f"reference-{name}.npz", x=x.numpy(), y=y.numpy())


if __name__ == "__main__":
    check(sys.argv[1]) if len(sys.argv) > 1 else write()
