# SPDX-License-Identifier: MIT
"""One epoch of the paper's encoder-decoder in henge and in PyTorch, from the same weights, pairs
and order, without dropout: all losses, and that of pairs held out, must follow each other to 1 %.

    follow.py [ANIME HUMAN]   folders of pictures; without them, faces that henge draws
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch
from torch import nn

from alternate import program

COUNT, HELD, BATCH = 1350, 150, 100

SCRIPT = """
fn pictures(folder, style) {{
  if folder == "" {{ (faces(style, {all}).tensor() + 1) * 127.5 }} else {{
    images(folder, size=64x64, range=(0, 255), limit={all}).tensor() }}
}}
param anime = ""
param human = ""
A = pictures(anime, "anime")
B = pictures(human, "photo")
save(A, "a.npy")
save(B, "b.npy")
m = encoder_decoder(pixels="0..255", dropout=0)
save((**m.params), "weights.npz")
opt = adam(m, lr=1e-3, eps=1e-7, form="keras")
for k in 0..{steps} {{
  first = k * {batch}
  last = min([first + {batch}, {count}])
  print(item(opt.minimize(() => mse(m(A[first:last]), B[first:last]))))
}}
sums = [mse(m(A[k:k + 50]), B[k:k + 50]).item() for k in {count}..{all} by 50]
print(mean(tensor(sums)).item())
"""


def henge(folder, words):
    script = Path(folder) / "follow.henge"
    steps = (COUNT + BATCH - 1) // BATCH
    script.write_text(SCRIPT.format(
        all=COUNT + HELD, count=COUNT, batch=BATCH, steps=steps), encoding="utf-8")
    run = subprocess.run([program, "-q", script, *words, "--out", folder], text=True, check=False,
                         stdout=subprocess.PIPE)
    if run.returncode != 0:
        sys.exit(1)
    return [float(word) for word in run.stdout.split()]


def peer(folder):
    layers = []
    for inputs, outputs in [(3, 16), (16, 128), (128, 256)]:
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(True)]
    for inputs, outputs in [(256, 128), (128, 16), (16, 3)]:
        layers += [nn.ConvTranspose2d(inputs, outputs, 3, padding=1), nn.ReLU(True)]
    network = nn.Sequential(*layers)
    weights = list(numpy.load(Path(folder) / "weights.npz").values())
    for parameter, value in zip(network.parameters(), weights):
        parameter.data.copy_(torch.from_numpy(value))
    a, b = (torch.from_numpy(numpy.load(Path(folder) / f"{side}.npy")) for side in "ab")
    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in network.parameters()]
    losses = []
    for step, first in enumerate(range(0, COUNT, BATCH), 1):
        last = min(first + BATCH, COUNT)
        loss = ((network(a[first:last]) - b[first:last]) ** 2).mean()
        network.zero_grad()
        loss.backward()
        losses.append(float(loss.detach()))
        # Adam as Keras has it: epsilon beside the root of the biased square.
        rate = 1e-3 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
        with torch.no_grad():
            for parameter, (m, v) in zip(network.parameters(), moments):
                m.mul_(0.9).add_(parameter.grad, alpha=0.1)
                v.mul_(0.999).addcmul_(parameter.grad, parameter.grad, value=0.001)
                parameter -= rate * m / (v.sqrt() + 1e-7)
    with torch.no_grad():
        held = [float(((network(a[k:k + 50]) - b[k:k + 50]) ** 2).mean())
                for k in range(COUNT, COUNT + HELD, 50)]
    return losses + [sum(held) / len(held)]


def main():
    torch.set_num_threads(os.cpu_count())
    folders = [Path(word).resolve() for word in sys.argv[1:3]]
    words = [f"anime={folders[0]}", f"human={folders[1]}"] if folders else []
    with tempfile.TemporaryDirectory() as folder:
        own = henge(folder, words)
        theirs = peer(folder)
    furthest = max(abs(x - y) / y for x, y in zip(own, theirs))
    for step, (x, y) in enumerate(zip(own, theirs), 1):
        name = f"step {step:3}" if step < len(own) else "held out"
        print(f"{name}  henge {x:10.3f}  torch {y:10.3f}")
    print(f"furthest apart {furthest:.2e}, at most 1e-2:", "kept" if furthest <= 1e-2 else "MISSED")
    return 0 if furthest <= 1e-2 else 1


sys.exit(main())
