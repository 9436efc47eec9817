# SPDX-License-Identifier: MIT
"""Writes Fixtures/cut-*.npz: five steps of CUT and of FastCUT as PyTorch makes them.

Run with torch 2 and numpy 2 (PyPI):  python torch_cut_cases.py
The step is written from its definition [Park et al. 2020]. One run of the generator makes images of
A, and of B for the identity; the discriminator is changed first; then the generator and the heads,
which pay the new discriminator and the contrast of patches: features of what was made against
features of what it was made of, at the same places, as cross-entropy of similarities / 0.07 with the
own place masked by -10 among the negatives. CUT weighs each contrast by a half. FastCUT has one,
weighed by 10, and mirrors the images in steps 1, 3 and 4, the features back. Adam(2e-4, 0.5, 0.999).
First weights, pictures and places are formulas of twin_numbers.py. All is worked out in double
precision, and once more in single: what the two differ by is printed, the most for a weight being
7e-5 of its length.

  losses                   f64 [steps, 3 or 4]: g nce (nce_identity) d
  fake, score              sketches of g's images of A, and of d's scores of B, in the first step
  NETWORK.PLACE            the sketch of a weight after the fifth step
  NETWORK.PLACE.length     its length
  NETWORK.PLACE.gradient   the sketch of its gradient in the first step
  NETWORK.PLACE.slope      the length of that
"""
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import twin_numbers

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "HengeModelsTests"))
from torch_reference_cases import Discriminator, Generator, Heads  # noqa: E402

STEPS, HEIGHT, WIDTH, BASE, OUT, COUNT = 5, 32, 48, 8, 32, 256
LAYERS = [0, 4, 8, 12, 16]
MIRRORED = [False, True, False, True, True]


def features(g, x):
    found = []
    for index, layer in enumerate(g.model[:LAYERS[-1] + 1]):
        x = layer(x)
        if index in LAYERS:
            found.append(x)
    return found


def places(step, index, pixels):
    """COUNT different places of a layer's maps, in a random order; fewer where there are no more."""
    draws = twin_numbers.mix(twin_numbers.indices(500_000 + 10 * step + index, pixels))
    return np.argsort(draws, kind="stable")[:COUNT].copy()


def projected(f, maps, step):
    rows = []
    for index, x in enumerate(maps):
        at = places(step, index, x.shape[2] * x.shape[3])
        v = getattr(f, f"mlp_{index}")(x.flatten(2)[:, :, at].transpose(1, 2))
        rows.append(v / (v.pow(2).sum(-1, keepdim=True).sqrt() + 1e-7))
    return rows


def contrast(g, f, made, source, step, mirrored=False):
    maps = features(g, made)
    if mirrored:
        maps = [x.flip(3) for x in maps]
    parts = []
    for q, k in zip(projected(f, maps, step), projected(f, features(g, source), step)):
        k = k.detach()
        count = q.shape[1]
        similar = q @ k.transpose(1, 2)
        own = similar.diagonal(dim1=1, dim2=2)[..., None]
        others = similar.masked_fill(torch.eye(count, dtype=torch.bool), -10)
        logits = (torch.cat([own, others], 2) / 0.07).flatten(0, 1)
        parts.append(F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long)))
    return sum(parts) / len(parts)


def real(scores):
    return ((scores - 1) ** 2).mean()


def fake(scores):
    return (scores ** 2).mean()


def networks(dtype):
    widths = [3, 2 * BASE, 4 * BASE, 4 * BASE, 4 * BASE]
    parts = {
        "g": Generator(3, 3, BASE, 5, "instance", up="blur", down="blur"),
        "f": Heads(widths, OUT), "d": Discriminator(3, BASE, 3, "instance", down="blur")}
    for index, network in enumerate(parts.values()):
        for place, weight in enumerate(network.parameters()):
            bound = 6 / np.sqrt(weight[0].numel()) if weight.dim() > 1 else 0.346
            first = twin_numbers.weights(1000 * (index + 1) + place, tuple(weight.shape), bound)
            weight.data = torch.tensor(first)
        network.to(dtype)
    return parts


def train(batch, fast, dtype):
    parts = networks(dtype)
    g, f, d = parts.values()
    optimizers = {
        name: torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for name, network in parts.items()}
    pictures = [
        twin_numbers.pixels(400_000 + 2 * index, HEIGHT, WIDTH)
        for index in range(2 * STEPS * batch)]
    pixels = np.stack(pictures).reshape(2, STEPS, batch, 3, HEIGHT, WIDTH)
    losses, first = [], {}
    for step in range(STEPS):
        a, b = (torch.tensor(pixels[side, step]).to(dtype) / 127.5 - 1 for side in (0, 1))
        mirrored = fast and MIRRORED[step]
        given = a.flip(3) if mirrored else a
        made = g(given if fast else torch.cat([given, b]))
        scores = d(b)
        loss_d = (real(scores) + fake(d(made[:batch].detach()))) / 2
        optimizers["d"].zero_grad()
        loss_d.backward()
        slopes = [weight.grad.clone() for weight in d.parameters()]
        optimizers["d"].step()
        told = [real(d(made[:batch]))]
        if fast:
            told.append(10 * contrast(g, f, made, a, step, mirrored))
        else:
            told.append(contrast(g, f, made[:batch], a, step) / 2)
            told.append(contrast(g, f, made[batch:], b, step) / 2)
        optimizers["g"].zero_grad()
        optimizers["f"].zero_grad()
        sum(told).backward()
        if step == 0:
            first = {"fake": made[:batch].detach(), "score": scores.detach()}
            for name, network in parts.items():
                for place, weight in enumerate(network.parameters()):
                    slope = slopes[place] if name == "d" else weight.grad
                    first[f"{name}.{place}"] = slope.clone()
        optimizers["g"].step()
        optimizers["f"].step()
        losses.append([loss.item() for loss in [*told, loss_d]])
    return parts, np.array(losses), first


def is_noise(name, path):
    """A bias before a normalization changes nothing: its gradient is rounding."""
    if name == "f" or not path.endswith("bias"):
        return False
    index = int(path.split(".")[1])
    last = 26 if name == "g" else 14
    return index != last and (name == "g" or index != 0)


def write(name, batch, fast):
    parts, losses, first = train(batch, fast, torch.float64)
    single, rough, _ = train(batch, fast, torch.float32)
    arrays = {"losses": losses}
    rounding = 0
    for part, network in parts.items():
        others = single[part].named_parameters()
        for place, ((path, weight), (_, other)) in enumerate(zip(network.named_parameters(), others)):
            final, slope = weight.detach().numpy(), first[f"{part}.{place}"].numpy()
            length = np.linalg.norm(final)
            if not is_noise(part, path):
                distance = np.linalg.norm(other.detach().double().numpy() - final)
                rounding = max(rounding, distance / length)
            arrays[f"{part}.{place}"] = twin_numbers.sketch(final)
            arrays[f"{part}.{place}.length"] = length
            arrays[f"{part}.{place}.gradient"] = twin_numbers.sketch(slope)
            arrays[f"{part}.{place}.slope"] = np.linalg.norm(slope)
    for part in ("fake", "score"):
        arrays[part] = twin_numbers.sketch(first[part].numpy())
    np.savez_compressed(HERE / "Fixtures" / f"{name}.npz", **arrays)
    print(name, losses, np.abs(rough / losses - 1).max(), rounding, sep="\n")


if __name__ == "__main__":
    write("cut-1", 1, False)
    write("cut-2", 2, False)
    write("cut-fast-1", 1, True)
    write("cut-fast-2", 2, True)
