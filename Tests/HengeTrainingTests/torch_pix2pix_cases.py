# SPDX-License-Identifier: MIT
"""Writes Fixtures/pix2pix-*.npz: five steps of pix2pix as PyTorch makes them.

Run with torch 2 and numpy 2 (PyPI):  python torch_pix2pix_cases.py
The step is written from its definition [Isola et al. 2017]: a discriminator of both pictures of a
pair, changed first, halved, generated pairs before real ones; then the generator, which pays the new
discriminator and 100 times the L1 distance; both by Adam(2e-4, 0.5, 0.999). Batch normalisation, no
dropout, no pool. First weights and pictures are formulas of twin_numbers.py. Of each case there are:

  losses                 f64 [steps, 3]: g l1 d
  NETWORK.PLACE          the sketch of a weight, or of a running statistic, after the fifth step
  NETWORK.PLACE.length   its length
"""
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import twin_numbers

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "HengeModelsTests"))
from torch_reference_cases import Discriminator, UNet  # noqa: E402

STEPS, SIZE = 5, 32
COSTS = {
    "vanilla": lambda scores, real: F.binary_cross_entropy_with_logits(
        scores, torch.full_like(scores, float(real))),
    "lsgan": lambda scores, real: ((scores - float(real)) ** 2).mean(),
    "wgan": lambda scores, real: -scores.mean() if real else scores.mean(),
}


def state(network):
    return [(name, value) for name, value in network.state_dict().items()
            if not name.endswith("num_batches_tracked")]


def run(gan, batch):
    cost = COSTS[gan]
    networks = {"g": UNet(3, 3, 5, 4, "batch"), "d": Discriminator(6, 4, 2, "batch")}
    for index, network in enumerate(networks.values()):
        for place, (name, value) in enumerate(state(network)):
            if "running" in name:
                continue
            first = twin_numbers.weights(1000 * (index + 1) + place, tuple(value.shape))
            # A normalisation begins with scales around 1.
            is_scale = value.dim() == 1 and name.endswith("weight")
            value.copy_(torch.tensor(first + np.float32(1) if is_scale else first))
    g, d = networks["g"], networks["d"]
    of_g, of_d = (
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for network in (g, d))
    pictures = [
        twin_numbers.pixels(300_000 + 2 * index, SIZE, SIZE) for index in range(2 * STEPS * batch)]
    pixels = np.stack(pictures).reshape(2, STEPS, batch, 3, SIZE, SIZE)
    losses = []
    for step in range(STEPS):
        a, b = (torch.tensor(pixels[side, step]).float() / 127.5 - 1 for side in (0, 1))
        made = g(a)
        of_d.zero_grad()
        loss_d = (
            cost(d(torch.cat([a, made.detach()], 1)), False)
            + cost(d(torch.cat([a, b], 1)), True)) / 2
        loss_d.backward()
        of_d.step()
        # The reference's program moves the discriminator's running statistics here once more;
        # nothing in a training step reads them.
        kept = {name: value.clone() for name, value in state(d) if "running" in name}
        of_g.zero_grad()
        loss_g = cost(d(torch.cat([a, made], 1)), True)
        loss_l1 = 100 * F.l1_loss(made, b)
        (loss_g + loss_l1).backward()
        of_g.step()
        for name, value in state(d):
            if name in kept:
                value.copy_(kept[name])
        losses.append([loss_g.item(), loss_l1.item(), loss_d.item()])
    arrays = {}
    for name, network in networks.items():
        for place, (_, value) in enumerate(state(network)):
            final = value.detach().numpy()
            arrays[f"{name}.{place}"] = twin_numbers.sketch(final)
            arrays[f"{name}.{place}.length"] = np.linalg.norm(final.astype(np.float64))
    np.savez_compressed(
        HERE / "Fixtures" / f"pix2pix-{gan}-{batch}.npz", losses=np.array(losses), **arrays)
    print(gan, batch, *losses, sep="\n")


for gan, batch in (("vanilla", 1), ("lsgan", 2), ("wgan", 2)):
    run(gan, batch)
