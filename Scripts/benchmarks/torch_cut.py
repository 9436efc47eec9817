# SPDX-License-Identifier: MIT
"""CUT and FastCUT in PyTorch, written from their definition [Park et al. 2020], to be timed.

    python torch_cut.py weights FOLDER SIZE BASE BLOCKS
        writes g.pth, f.pth and d.pth: first weights, Xavier with gain 0.02
    python torch_cut.py train FOLDER SIZE BASE BLOCKS THREADS ROUNDS plain|last|compiled [fast]
        reads them with a.npy and b.npy, makes a step and half a second of more to warm up and
        ROUNDS others, and prints a line of JSON: the seconds of each of those, and the losses of
        the first step of all

`last` keeps maps channel by channel at each pixel; `compiled` goes through torch.compile, in the
first step. Adam is the fused one, PyTorch's fastest. Features of the images, by which nothing is
learned, are computed without a tape. Maps are enlarged as by the published program; where compiled,
by the bilinear operation, which computes the same: torch.compile cannot run the other backwards.
"""

import json
import os
import random
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn as nn  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from torch_twin import Residual  # noqa: E402

NAMES = ("g", "f", "d")
LAYERS = (0, 4, 8, 12, 16)


def kernel(taps, channels):
    row = torch.tensor(taps) / sum(taps)
    return torch.outer(row, row)[None, None].repeat(channels, 1, 1, 1)


class Half(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.register_buffer("filt", kernel([1.0, 2.0, 1.0], channels))

    def forward(self, x):
        return F.conv2d(
            F.pad(x, (1, 1, 1, 1), mode="reflect"), self.filt, stride=2, groups=x.shape[1])


class Double(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.register_buffer("filt", 4 * kernel([1.0, 3.0, 3.0, 1.0], channels))

    def forward(self, x):
        if torch.compiler.is_compiling():
            return F.interpolate(x, scale_factor=2, mode="bilinear")
        return F.conv_transpose2d(
            F.pad(x, (1, 1, 1, 1), mode="replicate"), self.filt, stride=2, padding=2,
            groups=x.shape[1])[:, :, 1:-1, 1:-1]


class Generator(nn.Module):
    def __init__(self, base, blocks):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, base, 7), nn.InstanceNorm2d(base),
                  nn.ReLU(True)]
        for maps in (base, 2 * base):
            layers += [nn.Conv2d(maps, 2 * maps, 3, 1, 1), nn.InstanceNorm2d(2 * maps),
                       nn.ReLU(True), Half(2 * maps)]
        layers += [Residual(4 * base) for _ in range(blocks)]
        for maps in (4 * base, 2 * base):
            layers += [Double(maps), nn.Conv2d(maps, maps // 2, 3, 1, 1),
                       nn.InstanceNorm2d(maps // 2), nn.ReLU(True)]
        self.model = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(base, 3, 7), nn.Tanh())

    def forward(self, x, encodes=False):
        if not encodes:
            return self.model(x)
        found = []
        for index in range(LAYERS[-1] + 1):
            x = self.model[index](x)
            if index in LAYERS:
                found.append(x)
        return found


class Discriminator(nn.Module):
    def __init__(self, base):
        super().__init__()
        layers = [nn.Conv2d(3, base, 4, 1, 1), nn.LeakyReLU(0.2, True), Half(base)]
        for maps in (base, 2 * base):
            layers += [nn.Conv2d(maps, 2 * maps, 4, 1, 1), nn.InstanceNorm2d(2 * maps),
                       nn.LeakyReLU(0.2, True), Half(2 * maps)]
        layers += [nn.Conv2d(4 * base, 8 * base, 4, 1, 1), nn.InstanceNorm2d(8 * base),
                   nn.LeakyReLU(0.2, True), nn.Conv2d(8 * base, 1, 4, 1, 1)]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Heads(nn.Module):
    def __init__(self, base):
        super().__init__()
        for index, width in enumerate((3, 2 * base, 4 * base, 4 * base, 4 * base)):
            setattr(self, f"mlp_{index}", nn.Sequential(
                nn.Linear(width, 256), nn.ReLU(True), nn.Linear(256, 256)))

    def forward(self, maps, places):
        rows = []
        for index, (x, at) in enumerate(zip(maps, places)):
            y = getattr(self, f"mlp_{index}")(x.permute(0, 2, 3, 1).flatten(1, 2)[:, at])
            rows.append(y / (y.pow(2).sum(2, keepdim=True).sqrt() + 1e-7))
        return rows


def networks(base, blocks):
    return dict(zip(NAMES, (Generator(base, blocks), Heads(base), Discriminator(base))))


def write_weights(folder, base, blocks):
    torch.manual_seed(1)
    for name, network in networks(base, blocks).items():
        for weight in network.parameters():
            if weight.dim() > 1:
                nn.init.xavier_normal_(weight, gain=0.02)
            else:
                nn.init.zeros_(weight)
        torch.save(network.state_dict(), folder / f"{name}.pth")


def patch_nce(q, k):
    """The cross-entropy of each place of q with the places of k of the same image."""
    similar = q @ k.transpose(1, 2)
    own = torch.arange(q.shape[1]).repeat(q.shape[0])
    return F.cross_entropy((similar / 0.07).flatten(0, 1), own)


class Training:
    def __init__(self, folder, base, blocks, layout, is_compiled, is_fast):
        self.layout, self.is_fast = layout, is_fast
        parts = networks(base, blocks)
        for name, network in parts.items():
            network.load_state_dict(torch.load(folder / f"{name}.pth", weights_only=True))
            network.to(memory_format=layout)
            if is_compiled:
                network.compile()
        self.g, self.f, self.d = (parts[name] for name in NAMES)
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=True)
            for name, network in parts.items()}

    def contrast(self, made, source, mirrored=False):
        maps = self.g(made, encodes=True)
        if mirrored:
            maps = [x.flip(3) for x in maps]
        places = [torch.randperm(x.shape[2] * x.shape[3])[:256] for x in maps]
        with torch.no_grad():
            keys = self.f(self.g(source, encodes=True), places)
        pairs = list(zip(self.f(maps, places), keys))
        return sum(patch_nce(q, k) for q, k in pairs) / len(pairs)

    def step(self, a, b):
        a, b = (x.to(memory_format=self.layout) for x in (a, b))
        mirrored = self.is_fast and random.random() < 0.5
        given = a.flip(3) if mirrored else a
        made = self.g(given if self.is_fast else torch.cat([given, b]))
        fake, same = made[:len(a)], made[len(a):]
        self.optimizers["d"].zero_grad()
        loss_d = (((self.d(b) - 1) ** 2).mean() + (self.d(fake.detach()) ** 2).mean()) / 2
        loss_d.backward()
        self.optimizers["d"].step()
        for weight in self.d.parameters():
            weight.requires_grad_(False)
        losses = {"g": ((self.d(fake) - 1) ** 2).mean()}
        if self.is_fast:
            losses["nce"] = 10 * self.contrast(fake, a, mirrored)
        else:
            losses["nce"] = self.contrast(fake, a) / 2
            losses["nce_identity"] = self.contrast(same, b) / 2
        for name in ("g", "f"):
            self.optimizers[name].zero_grad()
        sum(losses.values()).backward()
        for name in ("g", "f"):
            self.optimizers[name].step()
        for weight in self.d.parameters():
            weight.requires_grad_(True)
        return {name: loss.item() for name, loss in {**losses, "d": loss_d}.items()}


def main(mode, folder, size, base, blocks, threads="1", rounds="1", layout="plain", kind="cut"):
    folder, base, blocks = Path(folder), int(base), int(blocks)
    if mode == "weights":
        return write_weights(folder, base, blocks)
    torch.set_num_threads(int(threads))
    memory = torch.channels_last if layout == "last" else torch.contiguous_format
    training = Training(folder, base, blocks, memory, layout == "compiled", kind == "fast")
    a, b = (torch.from_numpy(np.load(folder / f"{side}.npy")) for side in "ab")
    random.seed(1)
    torch.manual_seed(2)
    seconds, losses = [], []

    def work(turn):
        begin = time.perf_counter()
        i, j = turn % len(a), turn % len(b)
        losses.append(training.step(a[i:i + 1], b[j:j + 1]))
        return time.perf_counter() - begin

    work(0)
    turn, warm = 0, 0
    while warm < 0.5:
        turn += 1
        warm += work(turn)
    for turn in range(turn + 1, turn + int(rounds) + 1):
        seconds.append(work(turn))
    print(json.dumps({"seconds": seconds, "losses": losses[0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
