# SPDX-License-Identifier: MIT
"""Writes Fixtures/ugatit-light.npz and ugatit-full.npz: five steps of U-GAT-IT as PyTorch makes them.

Run with torch 2 and numpy 2 (PyPI):  python torch_ugatit_cases.py
The networks and the step are those of Scripts/benchmarks/torch_ugatit.py, at 64x64 with base 4 and two
blocks. First weights and pictures are formulas of twin_numbers.py: weights even over
±1 / sqrt(fan_in), biases over ±0.1, rho 0.5, gamma 1 and beta 0 with ±0.1, and the vectors of spectral
normalization over ±1, then of length 1. All is worked out in double precision:

  losses                     f64 [steps, 10]: g_ab g_ba cycle_a cycle_b identity_a identity_b
                             cam_a cam_b d_a d_b
  NETWORK.result             of the first weights for the first picture of A: image or scores
  NETWORK.logits, .heat      of the same pass
  gradient.NETWORK.NAME      sketch of the gradient in the first step, .length its length
  vectors.NETWORK.NAME       u and v of spectral normalization after the third step

and for five steps of light, from each of PICTURES:

  PICTURES.NETWORK           sketch of all weights, in the order of their names
  PICTURES.NETWORK.spread    how far those of single precision are from them
"""
import copy
import pathlib
import sys

import numpy as np
import torch

import twin_numbers

HERE = pathlib.Path(__file__).parent
OUT = HERE / "Fixtures"
sys.path.insert(0, str(HERE.parents[1] / "Scripts" / "benchmarks"))
import torch_ugatit  # noqa: E402

SIZE, BASE, BLOCKS, STEPS = 64, 4, 2, 5
# Where pictures begin. The first is chosen so that no activation of the first step is within 1e-7 of
# where its slope jumps: rounding would decide about a thousandth of a gradient there.
PICTURES = 402_000, 410_000, 420_000, 430_000, 440_000
LOSSES = ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "cam_a", "cam_b",
          "d_a", "d_b"]


def first(name, shape, seed):
    leaf = name.split(".")[-1]
    if leaf in ("weight_u", "weight_v"):
        vector = twin_numbers.weights(seed, shape, 1).astype(np.float64)
        return vector / np.linalg.norm(vector)
    if leaf in ("weight", "weight_orig"):
        return twin_numbers.weights(seed, shape, 1 / np.sqrt(np.prod(shape[1:])))
    centers = {"rho": 0.5, "gamma": 1, "beta": 0, "bias": 0}
    return centers[leaf] + twin_numbers.weights(seed, shape, 0.1).astype(np.float64)


def make(is_light):
    nets = torch_ugatit.networks(SIZE, BASE, BLOCKS, is_light)
    for index, (name, network) in enumerate(nets.items()):
        network.double()
        state = network.state_dict()
        for place, key in enumerate(sorted(state)):
            value = first(key, tuple(state[key].shape), 1000 * (index + 1) + place)
            # Both sides start from single precision.
            state[key] = torch.tensor(value.astype(np.float32)).double()
        network.load_state_dict(state)
    return nets


def pictures(side, step, begin=PICTURES[0]):
    pixels = twin_numbers.pixels(begin + 2 * (STEPS * side + step), SIZE, SIZE)
    return torch.tensor(pixels)[None].double() / 127.5 - 1


def states(nets):
    return {f"{name}.{key}": value.detach().clone().double()
            for name, network in nets.items() for key, value in network.state_dict().items()}


def run(kind):
    nets = make(kind == "light")
    arrays, losses = {}, []
    with torch.no_grad():
        for name, network in copy.deepcopy(nets).items():
            # As it is used after training: the vectors stay.
            result, logits, heat = network.eval()(pictures(0, 0))
            for part, value in (("result", result), ("logits", logits), ("heat", heat)):
                arrays[f"{name}.{part}"] = value.numpy().astype(np.float32)
    training = torch_ugatit.Training(nets, fused=False)
    for step in range(STEPS):
        a, b = (pictures(side, step) for side in (0, 1))
        made = training.step(a, b)
        losses.append([made[name] for name in LOSSES])
        if step == 0:
            for name, network in nets.items():
                for key, weight in network.named_parameters():
                    gradient = weight.grad.numpy()
                    arrays[f"gradient.{name}.{key}"] = twin_numbers.sketch(gradient)
                    arrays[f"gradient.{name}.{key}.length"] = np.linalg.norm(gradient)
        if step == 2:
            for key, value in states(nets).items():
                if key.endswith(("weight_u", "weight_v")):
                    arrays[f"vectors.{key}"] = value.numpy().astype(np.float32)
    np.savez_compressed(OUT / f"ugatit-{kind}.npz", losses=np.array(losses), **arrays)
    print(kind, np.array(losses)[[0, -1]])


def weights(network):
    state = network.state_dict()
    return np.concatenate([state[key].double().numpy().ravel() for key in sorted(state)])


def steps():
    arrays = {}
    for begin in PICTURES:
        nets = make(True)
        single = copy.deepcopy(nets)
        for network in single.values():
            network.float()
        training, other = (torch_ugatit.Training(one, fused=False) for one in (nets, single))
        for step in range(STEPS):
            a, b = (pictures(side, step, begin) for side in (0, 1))
            training.step(a, b)
            other.step(a.float(), b.float())
        for name in nets:
            exact, rounded = weights(nets[name]), weights(single[name])
            spread = np.linalg.norm(rounded - exact)
            arrays |= {f"{begin}.{name}": twin_numbers.sketch(exact),
                       f"{begin}.{name}.spread": spread}
            print(begin, name, "single precision is within", spread / np.linalg.norm(exact))
    np.savez_compressed(OUT / "ugatit-steps.npz", **arrays)


if __name__ == "__main__":
    for kind in ("light", "full"):
        run(kind)
    steps()
