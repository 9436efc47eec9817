# SPDX-License-Identifier: MIT
"""Writes Fixtures/cyclegan*.npz: five steps of CycleGAN as PyTorch makes them.

Run with torch 2 and numpy 2 (PyPI):  python torch_cyclegan_cases.py
The networks and the step are written from their definition [Zhu et al. 2017]: least-squares
adversaries, L1 cycle (10) and identity (5), both updates by Adam(2e-4, 0.5, 0.999), discriminators
halved and shown fakes from a pool. cyclegan.npz holds the first weights, NETWORK.PLACE in the order
in which the layers run; cyclegan-1.npz and cyclegan-2.npz, of batches of 1 and 2:

  NETWORK.PLACE          weights after the fifth step
  a, b                   u8 [steps, batch, 3, H, W], x / 127.5 - 1 is what the networks are given
  losses                 f64 [steps, 8]: g_ab g_ba cycle_a cycle_b identity_a identity_b d_a d_b
  pool_a, pool_b         i64 [steps, batch]: the place that a fake takes in a full pool, or -1

cyclegan-64-1.npz and cyclegan-64-2.npz are of 64x64 pictures, 16 maps and 6 blocks. First weights,
pictures and places in pools are formulas of twin_numbers.py; of each weight there are, after the fifth
step, its sketch (NETWORK.PLACE) and its length (NETWORK.PLACE.length).

These are worked out in double precision, so that what is measured is the rounding of one side; and
first weights are even over +-6 / sqrt(fan_in) (biases +-0.346), not of deviation 0.02. From there
PyTorch's own single and double precision part by 2e-3 to 1.5e-2 of a weight's length in five steps at
this size: Adam's first steps are as large for a gradient of rounding as for any other. From here they
part by 2e-4.
"""
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import twin_numbers

OUT = pathlib.Path(__file__).parent / "Fixtures"
STEPS, POOL, HEIGHT, WIDTH = 5, 2, 16, 20


def conv(*sizes, **options):
    return nn.Conv2d(*sizes, **options)


def normed(layer, channels, activation):
    return [layer, nn.InstanceNorm2d(channels)] + ([activation] if activation else [])


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1), *normed(conv(channels, channels, 3), channels, nn.ReLU()),
            nn.ReflectionPad2d(1), *normed(conv(channels, channels, 3), channels, None))

    def forward(self, x):
        return x + self.body(x)


def generator(base, blocks, channels=3, out=3):
    layers = [nn.ReflectionPad2d(3), *normed(conv(channels, base, 7), base, nn.ReLU())]
    for width in (base, 2 * base):
        layers += normed(
            conv(width, 2 * width, 3, stride=2, padding=1), 2 * width, nn.ReLU())
    layers += [Block(4 * base) for _ in range(blocks)]
    for width in (4 * base, 2 * base):
        up = nn.ConvTranspose2d(
            width, width // 2, 3, stride=2, padding=1, output_padding=1)
        layers += normed(up, width // 2, nn.ReLU())
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), conv(base, out, 7), nn.Tanh())


def discriminator(base, strided, channels=3):
    layers = [conv(channels, base, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    width = base
    for index in range(1, strided + 1):
        wider = base * min(2 ** index, 8)
        layer = conv(width, wider, 4, stride=2 if index < strided else 1, padding=1)
        layers += normed(layer, wider, nn.LeakyReLU(0.2))
        width = wider
    return nn.Sequential(*layers, conv(width, 1, 4, padding=1))


def count(network):
    return sum(weight.numel() for weight in network.parameters())


assert count(generator(64, 9)) == 11_378_179
assert count(generator(64, 6)) == 7_837_699
assert count(discriminator(64, 3)) == 2_764_737
assert count(generator(64, 9, 4, 4)) == 11_384_452
assert count(generator(64, 9, 4, 3)) == 11_381_315
assert count(discriminator(64, 3, 4)) == 2_765_761


class Pool:
    def __init__(self):
        self.images = []

    def show(self, fakes, places):
        shown = []
        for fake, place in zip(fakes, places):
            if len(self.images) < POOL:
                self.images.append(fake)
                shown.append(fake)
            elif place >= 0:
                shown.append(self.images[place])
                self.images[place] = fake
            else:
                shown.append(fake)
        return torch.stack(shown)


def real(scores):
    return ((scores - 1) ** 2).mean()


def fake(scores):
    return (scores ** 2).mean()


NAMES = ["g_ab", "g_ba", "d_a", "d_b"]


def train(networks, pixels, places):
    """Five steps; gives each one's losses. `pixels` is u8 [2, steps, batch, 3, H, W]."""
    g_ab, g_ba, d_a, d_b = (networks[name] for name in NAMES)
    optimizers = [
        torch.optim.Adam(
            [*first.parameters(), *second.parameters()], lr=2e-4, betas=(0.5, 0.999))
        for first, second in ((g_ab, g_ba), (d_a, d_b))]
    pools = {side: Pool() for side in "ab"}
    dtype = next(g_ab.parameters()).dtype
    losses = []
    for step in range(STEPS):
        a, b = (torch.tensor(pixels[side, step]).to(dtype) / 127.5 - 1 for side in (0, 1))
        fake_b, fake_a = g_ab(a), g_ba(b)
        parts = [
            real(d_b(fake_b)), real(d_a(fake_a)),
            10 * F.l1_loss(g_ba(fake_b), a), 10 * F.l1_loss(g_ab(fake_a), b),
            5 * F.l1_loss(g_ba(a), a), 5 * F.l1_loss(g_ab(b), b)]
        optimizers[0].zero_grad()
        sum(parts).backward()
        optimizers[0].step()
        optimizers[1].zero_grad()
        for side, critic, truth, made in (("a", d_a, a, fake_a), ("b", d_b, b, fake_b)):
            shown = pools[side].show(made.detach(), places[side][step])
            parts.append((real(critic(truth)) + fake(critic(shown))) / 2)
            parts[-1].backward()
        optimizers[1].step()
        losses.append([part.item() for part in parts])
    return np.array(losses)


def small(batch):
    torch.manual_seed(3)
    draws = np.random.default_rng(batch)
    networks = {
        name: generator(4, 1) if name[0] == "g" else discriminator(4, 2) for name in NAMES}
    arrays = {}
    for name, network in networks.items():
        for place, weight in enumerate(network.parameters()):
            nn.init.normal_(weight, 0, 0.02) if weight.dim() > 1 else nn.init.zeros_(weight)
            arrays[f"{name}.{place}"] = weight.detach().numpy().copy()
    if batch == 1:
        np.savez_compressed(OUT / "cyclegan.npz", **arrays)
    # Smooth pictures, as photographs are, with some noise.
    coarse = draws.random((2, STEPS * batch, 3, 3, 4))
    smooth = F.interpolate(
        torch.tensor(coarse.reshape(-1, 3, 3, 4)), (HEIGHT, WIDTH), mode="bilinear").numpy()
    noisy = smooth + 0.1 * draws.random(smooth.shape)
    pixels = np.clip(noisy * 230, 0, 255).astype(np.uint8)
    pixels = pixels.reshape(2, STEPS, batch, 3, HEIGHT, WIDTH)
    places = {side: np.where(
        draws.random((STEPS, batch)) > 0.3, draws.integers(0, POOL, (STEPS, batch)), -1)
        for side in "ab"}
    losses = train(networks, pixels, places)
    for name, network in networks.items():
        for place, weight in enumerate(network.parameters()):
            arrays[f"{name}.{place}"] = weight.detach().numpy()
    np.savez_compressed(
        OUT / f"cyclegan-{batch}.npz", a=pixels[0], b=pixels[1], losses=losses,
        pool_a=places["a"], pool_b=places["b"], **arrays)
    print(batch, losses[0], losses[-1], places, sep="\n")


def large(batch):
    size = 64
    networks = {}
    arrays = {}
    for index, name in enumerate(NAMES):
        networks[name] = generator(16, 6) if name[0] == "g" else discriminator(16, 3)
        for place, weight in enumerate(networks[name].parameters()):
            seed = 1000 * (index + 1) + place
            bound = 6 / np.sqrt(weight[0].numel()) if weight.dim() > 1 else 0.346
            first = twin_numbers.weights(seed, tuple(weight.shape), bound)
            weight.data = torch.tensor(first).double()
    pictures = [
        twin_numbers.pixels(100_000 + 2 * index, size, size) for index in range(2 * STEPS * batch)]
    pixels = np.stack(pictures).reshape(2, STEPS, batch, 3, size, size)
    places = {
        side: twin_numbers.places(200_000 + index, STEPS * batch, POOL).reshape(STEPS, batch)
        for index, side in enumerate("ab")}
    losses = train(networks, pixels, places)
    for name, network in networks.items():
        for place, weight in enumerate(network.parameters()):
            final = weight.detach().numpy()
            arrays[f"{name}.{place}"] = twin_numbers.sketch(final)
            arrays[f"{name}.{place}.length"] = np.linalg.norm(final.astype(np.float64))
    np.savez_compressed(OUT / f"cyclegan-64-{batch}.npz", losses=losses, **arrays)
    print(batch, losses[0], losses[-1], places, sep="\n")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for batch in (1, 2):
        small(batch)
        large(batch)
