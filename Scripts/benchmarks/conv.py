# SPDX-License-Identifier: MIT
"""Convolutions of henge and of PyTorch, layer by layer, forward and both gradients.

The two take turns with the same number of threads, and a fixed piece of arithmetic in between tells
how busy the machine is. A turn is what a layer meets in a network, where the processors are at work
already: calls for 40 ms, then the median of five. (After less, some systems have not yet given a
program its second processor, and both take as long as with one thread.) Errors are against double
precision, of each against itself.
"""

import os
import statistics
import subprocess
import sys
import time

# OpenMP's threads would otherwise spin into henge's turns.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from alternate import machine, root, spin  # noqa: E402

# Name, N, C, H, W, K, R, S, stride, padding, border, least ratio forward and backward (0: none).
layers = [
    ("residual 256 @ 64", 1, 256, 64, 64, 256, 3, 3, 1, 1, "reflection", 2.3, 2.2),
    ("residual 256 @ 32", 1, 256, 32, 32, 256, 3, 3, 1, 1, "reflection", 2.3, 2.2),
    ("residual 128 @ 16", 1, 128, 16, 16, 128, 3, 3, 1, 1, "reflection", 2.3, 2.2),
    ("7x7 3 > 64 @ 128", 1, 3, 128, 128, 64, 7, 7, 1, 3, "reflection", 0, 0),
    ("3x3 / 2 64 > 128 @ 128", 1, 64, 128, 128, 128, 3, 3, 2, 1, "zero", 1.0, 1.0),
    ("3x3 / 2 128 > 256 @ 64", 1, 128, 64, 64, 256, 3, 3, 2, 1, "zero", 1.0, 1.0),
    ("transposed 256 > 128 @ 32", 1, 256, 32, 32, 128, 3, 3, 2, 1, "transposed", 1.0, 1.0),
    ("transposed 128 > 64 @ 64", 1, 128, 64, 64, 64, 3, 3, 2, 1, "transposed", 1.0, 1.0),
    ("7x7 64 > 3 @ 128", 1, 64, 128, 128, 3, 7, 7, 1, 3, "reflection", 0, 0),
    ("4x4 / 2 3 > 64 @ 128", 1, 3, 128, 128, 64, 4, 4, 2, 1, "zero", 1.0, 1.0),
    ("4x4 / 2 64 > 128 @ 64", 1, 64, 64, 64, 128, 4, 4, 2, 1, "zero", 1.0, 1.0),
    ("4x4 / 2 128 > 256 @ 32", 1, 128, 32, 32, 256, 4, 4, 2, 1, "zero", 1.0, 1.0),
    ("4x4 256 > 512 @ 16", 1, 256, 16, 16, 512, 4, 4, 1, 1, "zero", 1.0, 1.0),
]
rounds = int(os.environ.get("HENGE_BENCH_ROUNDS", "9"))


class Henge:
    """A process of henge-bench that is asked line by line."""

    def __init__(self, threads):
        self.process = subprocess.Popen(
            [root / ".build" / "release" / "henge-bench", str(threads)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


class Torch:
    """The same layer in PyTorch: contiguous, as users have it."""

    def __init__(self, n, c, h, w, k, r, s, stride, padding, border):
        generator = torch.Generator().manual_seed(1)
        self.stride, self.padding, self.border = stride, padding, border
        sizes = (c, k, r, s) if border == "transposed" else (k, c, r, s)
        self.x = torch.randn(n, c, h, w, generator=generator)
        self.weight = torch.randn(*sizes, generator=generator) * 0.02

    def run(self, x, weight):
        if self.border == "transposed":
            return F.conv_transpose2d(
                x, weight, stride=self.stride, padding=self.padding, output_padding=1)
        if self.border == "reflection":
            x = F.pad(x, (self.padding,) * 4, "reflect")
            return F.conv2d(x, weight, stride=self.stride)
        return F.conv2d(x, weight, stride=self.stride, padding=self.padding)

    def call(self, is_backward, dtype=torch.float32):
        """What a call gives, and its nanoseconds."""
        x, weight = self.x.to(dtype), self.weight.to(dtype)
        if not is_backward:
            with torch.no_grad():
                begin = time.perf_counter_ns()
                y = self.run(x, weight)
                return [y], time.perf_counter_ns() - begin
        x.requires_grad_(True)
        weight.requires_grad_(True)
        y = self.run(x, weight)
        seed = y.detach()
        begin = time.perf_counter_ns()
        gradients = torch.autograd.grad(y, (x, weight), seed)
        return gradients, time.perf_counter_ns() - begin

    def time(self, is_backward):
        """The median nanoseconds of five calls, once others have kept the processors busy."""
        begin = time.perf_counter()
        while time.perf_counter() - begin < 0.04:
            self.call(is_backward)
        return statistics.median(self.call(is_backward)[1] for _ in range(5))

    def error(self, is_backward):
        """The largest relative error against double precision."""
        single, _ = self.call(is_backward)
        double, _ = self.call(is_backward, torch.float64)
        return max(
            float((a.double() - b).norm() / b.norm()) for a, b in zip(single, double))


def measure(threads):
    """All layers with `threads` threads; returns how many bars were missed."""
    torch.set_num_threads(threads)
    henge = Henge(threads)
    print(f"\n{threads} thread{'s' if threads > 1 else ''}, medians of {rounds}; "
          "probe: a fixed piece of arithmetic")
    print(f"{'layer':28} {'':8} {'henge ms':>9} {'error':>8} {'torch ms':>9} {'error':>8}"
          f" {'ratio':>6} {'probe ms':>9}")
    missed = 0
    for name, *shape, forward, backward in layers:
        layer = Torch(*shape)
        for kind, least in [("forward", forward), ("backward", backward)]:
            is_backward = kind == "backward"
            line = " ".join([kind] + [str(part) for part in shape])
            own_error, peer_error = henge.ask(line), layer.error(is_backward)
            own, peer, probe = [], [], []
            for turn in range(rounds + 1):
                # They change places, for whoever comes first finds the processors asleep.
                if turn % 2:
                    mine, theirs = henge.ask(line), layer.time(is_backward)
                else:
                    theirs, mine = layer.time(is_backward), henge.ask(line)
                if turn > 0:
                    own.append(mine / 1e6)
                    peer.append(theirs / 1e6)
                    probe.append(spin() * 1e3)
            ratio = statistics.median(peer) / statistics.median(own)
            is_kept = ratio >= least
            missed += not is_kept
            bar = f"at least {least:g}: {'kept' if is_kept else 'MISSED'}" if least else ""
            print(f"{name:28} {kind:8} {statistics.median(own):9.2f} {own_error:8.1e}"
                  f" {statistics.median(peer):9.2f} {peer_error:8.1e} {ratio:6.2f}"
                  f" {statistics.median(probe):9.1f}  {bar}", flush=True)
    return missed


subprocess.run(
    ["swift", "build", "-c", "release", "--product", "henge-bench"], cwd=root, check=True,
    stdout=sys.stderr)
print(machine(), "· PyTorch", torch.__version__)
sys.exit(1 if sum(measure(threads) for threads in (2, 1)) else 0)
