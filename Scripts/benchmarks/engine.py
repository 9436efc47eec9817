# SPDX-License-Identifier: MIT
"""Whole networks of henge and of PyTorch: CycleGAN's generator forward, and forward with all
gradients, and the paper's encoder-decoder, its training step (batch 100, 64x64) and inference.

Both begin with the same weights, which PyTorch draws, and what they give is compared first. They
then take turns call by call with the same number of threads. PyTorch runs as it is and compiled
(HENGE_BENCH_COMPILE=0 leaves that out); the faster of the two counts. Peak memory is that of a
process of its own which makes three training steps.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

from alternate import machine, program  # noqa: E402
from calls import Henge, against, both, infer, rounds, variants  # noqa: E402
from torch_twin import generator  # noqa: E402


def encoder_decoder(dropout):
    layers = []
    for inputs, outputs in [(3, 16), (16, 128), (128, 256)]:
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(True)]
    layers.append(nn.Dropout(dropout))
    for inputs, outputs in [(256, 128), (128, 16), (16, 3)]:
        layers += [nn.ConvTranspose2d(inputs, outputs, 3, padding=1), nn.ReLU(True)]
    return nn.Sequential(*layers)


def export(network, folder, name):
    """The weights in order, under the names of order that henge maps."""
    arrays = {key: value.detach().numpy() for key, value in network.state_dict().items()}
    numpy.savez(Path(folder) / f"{name}.npz", **arrays)


def generators(henge, folder, size, base, blocks):
    torch.manual_seed(1)
    network = generator(base, blocks)
    for weight in network.parameters():
        nn.init.normal_(weight, 0, 0.02) if weight.dim() > 1 else nn.init.zeros_(weight)
    export(network, folder, "g")
    x = torch.rand(1, 3, size, size) * 2 - 1
    numpy.save(Path(folder) / "x.npy", x.numpy())
    henge.tell(f'g = resnet_generator(base={base}, blocks={blocks}); g.load("g.npz");'
               ' x = load("x.npy")')
    with torch.inference_mode():
        expected = float((network(x) ** 2).mean())
    got = henge.ask("(g(x) ** 2).mean().item()")
    assert abs(got - expected) < 1e-4 * expected, (got, expected)

    models = variants(network)
    kept = [against(f"generator {size} px, forward", lambda: henge.seconds("g(x)"),
                    {who: infer(model, x) for who, model in models.items()}, 2.5)]
    kept.append(against(
        f"generator {size} px, forward + backward",
        lambda: henge.seconds("grad(() => (g(x) ** 2).mean(), g)"),
        {who: both(model, x) for who, model in models.items()}, 1.8))
    return all(kept)


def paper(henge, folder):
    torch.manual_seed(2)
    network = encoder_decoder(0.5)
    export(network, folder, "e")
    a, b = (torch.randint(0, 256, (100, 3, 64, 64)).float() for _ in range(2))
    numpy.save(Path(folder) / "a.npy", a.numpy())
    numpy.save(Path(folder) / "b.npy", b.numpy())
    henge.tell('e = encoder_decoder(pixels="0..255"); e.load("e.npz"); a = load("a.npy");'
               ' b = load("b.npy"); opt = adam(e, lr=1e-3, eps=1e-7, form="keras")')
    network.eval()
    with torch.inference_mode():
        expected = float(((network(a) - b) ** 2).mean())
    got = henge.ask("mse(e(a), b)")
    assert abs(got - expected) < 1e-4 * expected, (got, expected)

    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, eps=1e-7, fused=True)

    def train(model):
        def call():
            optimizer.zero_grad(set_to_none=True)
            ((model(a) - b) ** 2).mean().backward()
            optimizer.step()
        return call

    models = variants(network)
    kept = [against("encoder-decoder, training step, batch 100",
                    lambda: henge.seconds("opt.minimize(() => mse(e(a), b))"),
                    {who: train(model) for who, model in models.items()}, 2.0)]
    network.eval()
    kept.append(against("encoder-decoder, inference, batch 100", lambda: henge.seconds("e(a)"),
                        {who: infer(model, a) for who, model in models.items()}, 1.0))
    return all(kept)


# A child begins with its parent's memory in its record, so a small one starts what is measured.
LAUNCH = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss / 1024)
sys.exit(status != 0)
"""


def peak(words):
    """The most memory, in MiB, that a process held."""
    run = subprocess.run([sys.executable, "-c", LAUNCH, *map(str, words)], check=True,
                         capture_output=True, text=True)
    return float(run.stdout)


def memory(folder, threads):
    """Peak memory of three training steps of the encoder-decoder in fresh processes."""
    entries = ('e = encoder_decoder(pixels="0..255"); a = load("a.npy"); b = load("b.npy")\n'
               'opt = adam(e, lr=1e-3)\nrepeat 3 { opt.minimize(() => mse(e(a), b)) }\n')
    (Path(folder) / "steps.henge").write_text(entries, encoding="utf-8")
    own = peak([program, "-q", "--threads", str(threads), Path(folder) / "steps.henge"])
    peer = peak([sys.executable, __file__, "--steps", folder, str(threads)])
    kept = own <= 0.6 * peer
    print(f"encoder-decoder, peak memory of training   henge {own:8.0f}  torch {peer:8.0f} MiB "
          f" {own / peer:.2f} of it, at most 0.6: {'kept' if kept else 'MISSED'}")
    return kept


def steps(folder, threads):
    """PyTorch's side of `memory`."""
    torch.set_num_threads(threads)
    network = encoder_decoder(0.5)
    a, b = (torch.from_numpy(numpy.load(Path(folder) / f"{name}.npy")) for name in "ab")
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    for _ in range(3):
        optimizer.zero_grad(set_to_none=True)
        ((network(a) - b) ** 2).mean().backward()
        optimizer.step()


def main():
    if sys.argv[1:2] == ["--steps"]:
        steps(sys.argv[2], int(sys.argv[3]))
        return 0
    threads = int(os.environ.get("HENGE_BENCH_THREADS", "2"))
    torch.set_num_threads(threads)
    print(machine(), "· PyTorch", torch.__version__, f"· {threads} threads, medians of {rounds}")
    with tempfile.TemporaryDirectory() as folder:
        henge = Henge(threads, folder)
        kept = [generators(henge, folder, 64, 32, 6), generators(henge, folder, 128, 64, 6),
                paper(henge, folder), memory(folder, threads)]
        henge.process.stdin.close()
        henge.process.wait()
    return 0 if all(kept) else 1


sys.exit(main())
