# SPDX-License-Identifier: MIT
"""U-GAT-IT in PyTorch, written from its definition [Kim et al. 2020], to be timed and compared.

    python torch_ugatit.py weights FOLDER SIZE BASE BLOCKS 1 0 plain light|full
        writes first.pt, a checkpoint of the six networks, first weights as PyTorch draws them
    python torch_ugatit.py train|infer FOLDER SIZE BASE BLOCKS THREADS ROUNDS LAYOUT light|full
        reads FOLDER/first.pt with a.npy and b.npy, makes a step (or picture) and half a second of
        more to warm up and ROUNDS others, and prints a line of JSON: the seconds of each of those,
        and the losses of the first step of all

Weights have the names of published checkpoints. Where discriminators learn, what was generated is
detached, and where generators learn, discriminators are frozen: the same numbers in less time.
The layout is plain, last or compiled: `last` keeps maps channel by channel at each pixel,
`compiled` sends the generators through torch.compile, which refuses discriminators that run twice
before they learn: each run moves the vectors of spectral normalization in place. Adam is the fused
one, PyTorch's fastest.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn as nn  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch.nn.utils import spectral_norm  # noqa: E402

NAMES = ("genA2B", "genB2A", "disGA", "disGB", "disLA", "disLB")


def padded(border, *sizes, **options):
    return [nn.ReflectionPad2d(border), nn.Conv2d(*sizes, **options)]


class Residual(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.conv_block = nn.Sequential(
            *padded(1, maps, maps, 3, bias=False), nn.InstanceNorm2d(maps), nn.ReLU(),
            *padded(1, maps, maps, 3, bias=False), nn.InstanceNorm2d(maps))

    def forward(self, x):
        return x + self.conv_block(x)


def blended(x, rho):
    def normal(axes):
        variance = x.var(axes, keepdim=True)
        return (x - x.mean(axes, keepdim=True)) / torch.sqrt(variance + 1e-5)
    return rho * normal([2, 3]) + (1 - rho) * normal([1, 2, 3])


class AdaptiveNorm(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.rho = nn.Parameter(torch.full((1, maps, 1, 1), 0.9))

    def forward(self, x, gamma, beta):
        return blended(x, self.rho) * gamma[:, :, None, None] + beta[:, :, None, None]


class LayerInstanceNorm(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.rho, self.gamma, self.beta = (
            nn.Parameter(torch.full((1, maps, 1, 1), value)) for value in (0.0, 1.0, 0.0))

    def forward(self, x):
        return blended(x, self.rho) * self.gamma + self.beta


class AdaptiveResidual(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.pad = nn.ReflectionPad2d(1)
        self.conv1, self.norm1 = nn.Conv2d(maps, maps, 3, bias=False), AdaptiveNorm(maps)
        self.conv2, self.norm2 = nn.Conv2d(maps, maps, 3, bias=False), AdaptiveNorm(maps)

    def forward(self, x, gamma, beta):
        y = F.relu(self.norm1(self.conv1(self.pad(x)), gamma, beta))
        return x + self.norm2(self.conv2(self.pad(y)), gamma, beta)


def attended(network, x, activation):
    """Logits, weighted maps, and the heat map. Maps are multiplied by the raw weights."""
    logits, products = [], []
    for layer, pool in ((network.gap_fc, F.adaptive_avg_pool2d),
                        (network.gmp_fc, F.adaptive_max_pool2d)):
        logits.append(layer(pool(x, 1).flatten(1)))
        weight = layer.weight_orig if hasattr(layer, "weight_orig") else layer.weight
        products.append(x * weight[:, :, None, None])
    x = activation(network.conv1x1(torch.cat(products, 1)))
    return torch.cat(logits, 1), x, x.sum(1, keepdim=True)


class Generator(nn.Module):
    def __init__(self, base, blocks, size, is_light):
        super().__init__()
        maps, self.blocks, self.is_light = 4 * base, blocks, is_light
        down = []
        for before, after, border, kernel, stride in (
                (3, base, 3, 7, 1), (base, 2 * base, 1, 3, 2), (2 * base, maps, 1, 3, 2)):
            down += padded(border, before, after, kernel, stride, bias=False)
            down += [nn.InstanceNorm2d(after), nn.ReLU()]
        self.DownBlock = nn.Sequential(*down, *(Residual(maps) for _ in range(blocks)))
        self.gap_fc, self.gmp_fc = (nn.Linear(maps, 1, bias=False) for _ in range(2))
        self.conv1x1 = nn.Conv2d(2 * maps, maps, 1)
        features = maps if is_light else maps * (size // 4) ** 2
        self.FC = nn.Sequential(
            nn.Linear(features, maps, bias=False), nn.ReLU(),
            nn.Linear(maps, maps, bias=False), nn.ReLU())
        self.gamma, self.beta = (nn.Linear(maps, maps, bias=False) for _ in range(2))
        for index in range(blocks):
            setattr(self, f"UpBlock1_{index + 1}", AdaptiveResidual(maps))
        up = []
        for before in (maps, maps // 2):
            up += [nn.Upsample(scale_factor=2), *padded(1, before, before // 2, 3, bias=False),
                   LayerInstanceNorm(before // 2), nn.ReLU()]
        self.UpBlock2 = nn.Sequential(*up, *padded(3, base, 3, 7, bias=False), nn.Tanh())

    def forward(self, x):
        logits, x, heat = attended(self, self.DownBlock(x), F.relu)
        style = self.FC((x.mean([2, 3]) if self.is_light else x.flatten(1)))
        gamma, beta = self.gamma(style), self.beta(style)
        for index in range(self.blocks):
            x = getattr(self, f"UpBlock1_{index + 1}")(x, gamma, beta)
        return self.UpBlock2(x), logits, heat


class Discriminator(nn.Module):
    def __init__(self, base, layers):
        super().__init__()
        model, maps = [], 3
        for index in range(layers - 1):
            wider, stride = base * 2 ** index, 1 if index == layers - 2 else 2
            model += [nn.ReflectionPad2d(1), spectral_norm(nn.Conv2d(maps, wider, 4, stride)),
                      nn.LeakyReLU(0.2)]
            maps = wider
        self.model = nn.Sequential(*model)
        self.gap_fc, self.gmp_fc = (
            spectral_norm(nn.Linear(maps, 1, bias=False)) for _ in range(2))
        self.conv1x1 = nn.Conv2d(2 * maps, maps, 1)
        self.pad = nn.ReflectionPad2d(1)
        self.conv = spectral_norm(nn.Conv2d(maps, 1, 4, bias=False))

    def forward(self, x):
        logits, x, heat = attended(self, self.model(x), lambda y: F.leaky_relu(y, 0.2))
        return self.conv(self.pad(x)), logits, heat


def networks(size, base, blocks, is_light):
    """By the names of checkpoints. The global discriminators have 7 layers, 6 at 64 px."""
    layers = 7 if size >= 96 else 6
    return {name: Generator(base, blocks, size, is_light) if name[0] == "g"
            else Discriminator(base, layers if name[3] == "G" else 5) for name in NAMES}


def real(scores):
    return ((scores - 1) ** 2).mean()


def fake(scores):
    return (scores ** 2).mean()


def critics_losses(nets, a, b, fake_a, fake_b):
    """d_a and d_b. Each discriminator sees the real images first."""
    losses = {}
    for side, truth, made in (("b", b, fake_b), ("a", a, fake_a)):
        losses[f"d_{side}"] = 0
        for place in "GL":
            critic = nets[f"dis{place}{side.upper()}"]
            for measure, images in ((real, truth), (fake, made.detach())):
                scores, logits, _ = critic(images)
                losses[f"d_{side}"] = losses[f"d_{side}"] + measure(scores) + measure(logits)
    return losses


def generators_losses(nets, a, b, cycle=10, identity=10, cam=1000):
    losses = {}
    ways = ((nets["genA2B"], nets["genB2A"], a, b, "a", "b"),
            (nets["genB2A"], nets["genA2B"], b, a, "b", "a"))
    for there, back, x, y, source, target in ways:
        made, yes, _ = there(x)
        same, no, _ = there(y)
        losses[f"g_{source}{target}"] = sum(
            real(part) for place in "GL"
            for part in nets[f"dis{place}{target.upper()}"](made)[:2])
        losses[f"cycle_{source}"] = cycle * F.l1_loss(back(made)[0], x)
        losses[f"identity_{target}"] = identity * F.l1_loss(same, y)
        losses[f"cam_{target}"] = cam * (
            F.binary_cross_entropy_with_logits(yes, torch.ones_like(yes))
            + F.binary_cross_entropy_with_logits(no, torch.zeros_like(no)))
    return losses


class Training:
    def __init__(self, nets, fused=True):
        self.nets = nets
        parts = [[weight for name in NAMES if (name[0] == "g") == is_generator
                  for weight in nets[name].parameters()] for is_generator in (True, False)]
        self.critics = parts[1]
        self.optimizers = [
            torch.optim.Adam(
                weights, lr=1e-4, betas=(0.5, 0.999), weight_decay=1e-4, fused=fused)
            for weights in parts]

    def step(self, a, b):
        with torch.no_grad():
            fake_b, fake_a = self.nets["genA2B"](a)[0], self.nets["genB2A"](b)[0]
        losses = critics_losses(self.nets, a, b, fake_a, fake_b)
        self.optimizers[1].zero_grad()
        sum(losses.values()).backward()
        self.optimizers[1].step()
        for weight in self.critics:
            weight.requires_grad_(False)
        made = generators_losses(self.nets, a, b)
        self.optimizers[0].zero_grad()
        sum(made.values()).backward()
        self.optimizers[0].step()
        for weight in self.critics:
            weight.requires_grad_(True)
        for name in NAMES[:2]:
            for place, weight in self.nets[name].named_parameters():
                if place.endswith("rho"):
                    weight.data.clamp_(0, 1)
        return {name: loss.item() for name, loss in {**losses, **made}.items()}


def main(mode, folder, size, base, blocks, threads="1", rounds="1", layout="plain", kind="light"):
    folder = Path(folder)
    nets = networks(int(size), int(base), int(blocks), kind == "light")
    if mode == "weights":
        torch.save({name: network.state_dict() for name, network in nets.items()},
                   folder / "first.pt")
        return
    torch.set_num_threads(int(threads))
    memory = torch.channels_last if layout == "last" else torch.contiguous_format
    first = torch.load(folder / "first.pt", weights_only=True)
    for name, network in nets.items():
        network.load_state_dict(first[name])
        network.to(memory_format=memory)
        if layout == "compiled" and name[0] == "g":
            network.compile()
    del first
    training = Training(nets)
    a, b = (torch.from_numpy(np.load(folder / f"{side}.npy")) for side in "ab")
    losses = []

    def work(turn):
        begin = time.perf_counter()
        x = a[turn % len(a)][None].to(memory_format=memory)
        if mode == "train":
            y = b[turn % len(b)][None].to(memory_format=memory)
            losses.append(training.step(x, y))
        else:
            with torch.inference_mode():
                nets["genA2B"](x)
        return time.perf_counter() - begin

    work(0)
    turn, warm = 0, 0.0
    while warm < 0.5:
        turn += 1
        warm += work(turn)
    seconds = [work(turn + 1 + index) for index in range(int(rounds))]
    print(json.dumps({"seconds": seconds, "losses": losses[0] if losses else None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
