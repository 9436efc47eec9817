# SPDX-License-Identifier: MIT
"""CycleGAN in PyTorch, written from its definition [Zhu et al. 2017], to be timed beside henge.

    python torch_twin.py weights FOLDER SIZE BASE BLOCKS
        writes g_ab.pth, g_ba.pth, d_a.pth and d_b.pth: first weights, normal of deviation 0.02
    python torch_twin.py train|infer FOLDER SIZE BASE BLOCKS THREADS ROUNDS plain|last|compiled
        reads them with a.npy and b.npy, makes a step (or picture) and half a second of more to warm
        up and ROUNDS others, and prints a line of JSON: the seconds of each of those, and the
        losses of the first step of all
    python torch_twin.py learn FOLDER SIZE BASE BLOCKS THREADS STEPS plain|last
        trains on them in a random order, STEPS steps, and writes the generators' weights as
        learned_g_ab.pth and learned_g_ba.pth; prints the same line

`last` keeps maps channel by channel at each pixel; `compiled` goes through torch.compile, in the
first step. Adam is the fused one, PyTorch's fastest.
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

NAMES = ("g_ab", "g_ba", "d_a", "d_b")


class Residual(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(maps, maps, 3), nn.InstanceNorm2d(maps),
            nn.ReLU(True), nn.ReflectionPad2d(1), nn.Conv2d(maps, maps, 3),
            nn.InstanceNorm2d(maps))

    def forward(self, x):
        return x + self.conv_block(x)


def generator(base, blocks):
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, base, 7), nn.InstanceNorm2d(base),
              nn.ReLU(True)]
    for maps in (base, 2 * base):
        layers += [nn.Conv2d(maps, 2 * maps, 3, 2, 1), nn.InstanceNorm2d(2 * maps),
                   nn.ReLU(True)]
    layers += [Residual(4 * base) for _ in range(blocks)]
    for maps in (4 * base, 2 * base):
        layers += [nn.ConvTranspose2d(maps, maps // 2, 3, 2, 1, output_padding=1),
                   nn.InstanceNorm2d(maps // 2), nn.ReLU(True)]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(base, 3, 7), nn.Tanh())


def discriminator(base):
    layers = [nn.Conv2d(3, base, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for before, after, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
        layers += [nn.Conv2d(base * before, base * after, 4, stride, 1),
                   nn.InstanceNorm2d(base * after), nn.LeakyReLU(0.2, True)]
    return nn.Sequential(*layers, nn.Conv2d(8 * base, 1, 4, 1, 1))


def networks(base, blocks):
    return {name: generator(base, blocks) if name[0] == "g" else discriminator(base)
            for name in NAMES}


def write_weights(folder, base, blocks):
    torch.manual_seed(1)
    for name, network in networks(base, blocks).items():
        for weight in network.parameters():
            nn.init.normal_(weight, 0, 0.02) if weight.dim() > 1 else nn.init.zeros_(weight)
        torch.save(network.state_dict(), folder / f"{name}.pth")


class Pool:
    """The last 50 fakes, one to a batch: while there is room each is stored and given back; then
    one in two is given back as it is, and the other changes places with one of the pool."""

    def __init__(self):
        self.images = []

    def show(self, fakes):
        if len(self.images) < 50:
            self.images.append(fakes)
            return fakes
        if random.random() < 0.5:
            return fakes
        place = random.randrange(50)
        shown, self.images[place] = self.images[place], fakes
        return shown


class Training:
    def __init__(self, folder, base, blocks, layout, is_compiled):
        self.layout = layout
        parts = networks(base, blocks)
        for name, network in parts.items():
            network.load_state_dict(torch.load(folder / f"{name}.pth", weights_only=True))
            network.to(memory_format=layout)
            if is_compiled:
                network.compile()
        self.g_ab, self.g_ba, self.d_a, self.d_b = (parts[name] for name in NAMES)
        self.critics = [*self.d_a.parameters(), *self.d_b.parameters()]
        self.optimizers = [
            torch.optim.Adam(weights, lr=2e-4, betas=(0.5, 0.999), fused=True)
            for weights in ([*self.g_ab.parameters(), *self.g_ba.parameters()], self.critics)]
        self.pools = Pool(), Pool()

    def step(self, a, b):
        a, b = (x.to(memory_format=self.layout) for x in (a, b))
        fake_b, fake_a = self.g_ab(a), self.g_ba(b)
        restored_a, restored_b = self.g_ba(fake_b), self.g_ab(fake_a)
        for weight in self.critics:
            weight.requires_grad_(False)
        losses = {
            "g_ab": ((self.d_b(fake_b) - 1) ** 2).mean(),
            "g_ba": ((self.d_a(fake_a) - 1) ** 2).mean(),
            "cycle_a": 10 * F.l1_loss(restored_a, a), "cycle_b": 10 * F.l1_loss(restored_b, b),
            "identity_a": 5 * F.l1_loss(self.g_ba(a), a),
            "identity_b": 5 * F.l1_loss(self.g_ab(b), b)}
        self.optimizers[0].zero_grad()
        sum(losses.values()).backward()
        self.optimizers[0].step()
        for weight in self.critics:
            weight.requires_grad_(True)
        self.optimizers[1].zero_grad()
        for name, critic, real, fake, pool in (
                ("d_a", self.d_a, a, fake_a, self.pools[0]),
                ("d_b", self.d_b, b, fake_b, self.pools[1])):
            shown = pool.show(fake.detach())
            losses[name] = (((critic(real) - 1) ** 2).mean() + (critic(shown) ** 2).mean()) / 2
            losses[name].backward()
        self.optimizers[1].step()
        return {name: loss.item() for name, loss in losses.items()}


def main(mode, folder, size, base, blocks, threads="1", rounds="1", layout="plain"):
    folder, base, blocks = Path(folder), int(base), int(blocks)
    if mode == "weights":
        return write_weights(folder, base, blocks)
    torch.set_num_threads(int(threads))
    memory = torch.channels_last if layout == "last" else torch.contiguous_format
    training = Training(folder, base, blocks, memory, layout == "compiled")
    a, b = (torch.from_numpy(np.load(folder / f"{side}.npy")) for side in "ab")
    random.seed(1)
    seconds, losses = [], []
    orders = [[], []]

    def train(i, j):
        losses.append(training.step(a[i:i + 1], b[j:j + 1]))

    def picture(i, _):
        with torch.inference_mode():
            training.g_ab(a[i:i + 1].to(memory_format=memory))

    def work(turn):
        begin = time.perf_counter()
        if mode == "learn":
            for order, x in zip(orders, (a, b)):
                if not order:
                    order.extend(random.sample(range(len(x)), len(x)))
            train(*(order.pop() for order in orders))
        else:
            (train if mode == "train" else picture)(turn % len(a), turn % len(b))
        return time.perf_counter() - begin

    turn = 0
    if mode != "learn":
        work(turn)
        warm = 0
        while warm < 0.5:
            turn += 1
            warm += work(turn)
    for turn in range(turn + 1, turn + int(rounds) + 1):
        seconds.append(work(turn))
    if mode == "learn":
        for name in NAMES[:2]:
            torch.save(getattr(training, name).state_dict(), folder / f"learned_{name}.pth")
    print(json.dumps({"seconds": seconds, "losses": losses[0] if losses else None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
