# SPDX-License-Identifier: MIT
"""Matrix products of henge and of numpy with its own OpenBLAS, of f32 and f64, square and skinny.

The two take turns with the same number of threads, each in a process of its own, and change places
in every round. A turn is calls for 40 ms and then the median of five. What chooses another kernel
for OpenBLAS is not handed on to numpy, so that it runs the one that it chooses itself.
"""

import os
import statistics
import subprocess
import sys

from alternate import machine, root, spin

# M, K, N, and which of the two matrices has its columns adjacent (a capital letter).
shapes = [
    (256, 256, 256, "ab"), (512, 512, 512, "ab"), (1024, 1024, 1024, "ab"),
    (2048, 2048, 2048, "ab"), (1024, 1024, 1024, "aB"), (1024, 1024, 1024, "Ab"),
    (64, 2048, 2048, "ab"), (4096, 256, 64, "ab"), (2048, 64, 2048, "ab"), (64, 4096, 64, "ab"),
    (32, 512, 4096, "aB"),
]
least = 0.95
rounds = int(os.environ.get("HENGE_BENCH_ROUNDS", "11"))

peer = """
import statistics, sys, time
import numpy
operands = {}
for line in sys.stdin:
    key = line.split()
    if line not in operands:
        m, k, n = map(int, key[1:4])
        random = numpy.random.default_rng(1)
        def matrix(rows, columns, turned):
            x = random.standard_normal((columns, rows) if turned else (rows, columns))
            x = x.astype(key[4].replace("f", "float"))
            return x.T if turned else x
        operands[line] = matrix(m, k, "A" in key[5]), matrix(k, n, "B" in key[5])
        print(numpy.__version__, flush=True)
        continue
    a, b = operands[line]
    begin = time.perf_counter()
    while time.perf_counter() - begin < 0.04:
        a @ b
    taken = []
    for _ in range(5):
        begin = time.perf_counter_ns()
        a @ b
        taken.append(time.perf_counter_ns() - begin)
    print(statistics.median(taken), flush=True)
"""


class Process:
    """A process that is asked line by line."""

    def __init__(self, words, environment):
        self.process = subprocess.Popen(
            words, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


def measure(threads):
    """All shapes with `threads` threads; returns how many bars were missed."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    own |= {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    numpy = Process([sys.executable, "-c", peer], own)
    henge = Process([os.environ.get("HENGE_BENCH", root / ".build" / "release" / "henge-bench"),
                     str(threads)], dict(os.environ))
    print(f"\n{threads} thread{'s' if threads > 1 else ''}, medians of {rounds}; "
          "probe: a fixed piece of arithmetic")
    print(f"{'product':28} {'type':4} {'henge ms':>9} {'error':>8} {'numpy ms':>9} {'ratio':>6}"
          f" {'probe ms':>9}")
    missed = 0
    for m, k, n, order in shapes:
        for kind in ("f32", "f64"):
            line = f"product {m} {k} {n} {kind} {order}"
            error = float(henge.ask(line))
            numpy.ask(line)
            mine, theirs, probe = [], [], []
            for turn in range(rounds + 1):
                pair = [(henge, mine), (numpy, theirs)]
                for process, times in pair if turn % 2 else reversed(pair):
                    taken = float(process.ask(line)) / 1e6
                    if turn > 0:
                        times.append(taken)
                probe.append(spin() * 1e3)
            ratio = statistics.median(b / a for a, b in zip(mine, theirs))
            missed += ratio < least
            name = (f"[{m}, {k}]{'ᵀ' if 'A' in order else ''} @ "
                    f"[{k}, {n}]{'ᵀ' if 'B' in order else ''}")
            print(f"{name:28} {kind:4} {statistics.median(mine):9.3f} {error:8.1e}"
                  f" {statistics.median(theirs):9.3f} {ratio:6.2f} {statistics.median(probe):9.1f}"
                  f"  at least {least:g}: {'kept' if ratio >= least else 'MISSED'}", flush=True)
    return missed


if "HENGE_BENCH" not in os.environ:
    subprocess.run(
        ["swift", "build", "-c", "release", "--product", "henge-bench"], cwd=root, check=True,
        stdout=sys.stderr)
print(machine())
sys.exit(1 if sum(measure(threads) for threads in (2, 1)) else 0)
