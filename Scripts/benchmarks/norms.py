# SPDX-License-Identifier: MIT
"""Layer-instance normalization of U-GAT-IT by henge and by PyTorch, on the maps that its generator
has at 128 px: forward, and forward and backward with the gradients at rho, gamma and beta.

Two run one after the other, so that the second's gradient at its input is needed, too. calls.py
says how they take turns; what they return is compared first. The bar is three times PyTorch's speed
as the program runs it; compiled, where all of it becomes two passes over memory, it must not be
faster.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

from alternate import machine  # noqa: E402
from calls import Henge, against, both, infer, variants  # noqa: E402
from torch_ugatit import LayerInstanceNorm  # noqa: E402


def measure(henge, folder, channels, size):
    """Two in a row over `channels` maps of `size` pixels square; whether both bars are kept."""
    x = torch.randn(1, channels, size, size)
    numpy.save(Path(folder) / "x.npy", x.numpy())
    network = nn.Sequential(LayerInstanceNorm(channels), LayerInstanceNorm(channels))
    with torch.no_grad():
        for layer in network:
            layer.rho.fill_(0.5)
    one = f"layer_instance_norm({channels}, rho=0.5)"
    henge.tell(f'm = sequential({one}, {one}); x = load("x.npy")')
    with torch.inference_mode():
        expected = float((network(x) ** 3).mean())
    got = henge.ask("(m(x) ** 3).mean().item()")
    assert abs(got - expected) < 1e-4 * abs(expected) + 1e-6, (got, expected)

    name = f"{channels} maps of {size}x{size}"
    return [
        against(f"{name}, {what}", lambda code=code: henge.seconds(code), {who: call(model, x)},
                3 if who == "torch" else 1)
        for what, code, call in (
            ("forward", "m(x)", infer),
            ("forward + backward", "grad(() => (m(x) ** 2).mean(), m)", both))
        for who, model in variants(network).items()]


threads = int(os.environ.get("HENGE_BENCH_THREADS", "2"))
torch.set_num_threads(threads)
torch.manual_seed(1)
print(machine(), f"; {threads} threads", sep="")
with tempfile.TemporaryDirectory() as place:
    session = Henge(threads, place)
    kept = [part for shape in ((256, 32), (128, 64), (64, 128))
            for part in measure(session, place, *shape)]
sys.exit(0 if all(kept) else 1)
