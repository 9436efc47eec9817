# SPDX-License-Identifier: MIT
"""How near to the limits of this processor henge works: its stages, and a step of CycleGAN.

    Scripts/bench roofline [--steps] [--symbols] [SIZE ...]
        sizes of the step in pixels, 128 where none is given; --steps leaves the stages out,
        --symbols shows the functions of each kind

First what the processor can do, by a program that does nothing else: fused multiplications and
additions a second, and bytes a second read and written in buffers of several sizes, with one
thread and with all. Then each stage of Winograd's convolution, alone on one thread: its time, the
operations that it makes and the bytes that it moves if it moves each once, and the share of the
nearer of two limits: the time of the operations at the measured rate, or of the bytes at the rate
of a copy in a buffer of that size. Last a step of CycleGAN with all threads: its floor (the time of
its least operations at the measured rate), its time, and what that is spent on, by samples of the
function that runs (linux-perf; left out where it is not installed).
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from alternate import machine, program, root

kernels = root / "Scripts" / "benchmarks" / "kernels"
sources = root / "Sources" / "CHengeKernels"
threads = int(os.environ.get("HENGE_BENCH_THREADS", str(os.cpu_count() or 1)))
levels = ["portable", "AVX2", "AVX-512"]

# Images, channels, filters, size, tiles of a chunk, taps: as a step at 64, 128 and 256 pixels has.
layers = [(1, 128, 128, 16, 16, 3), (1, 256, 256, 32, 64, 3), (1, 256, 256, 64, 64, 3),
          (1, 256, 512, 16, 25, 4), (1, 256, 512, 32, 45, 4)]
named = {"filter": "filter's transform", "input": "input's transform", "product": "product",
         "output": "output's transform", "dy": "output gradient's transform",
         "dw-gemm": "weight gradient's product", "dw": "weight gradient's transform",
         "dx-gemm": "input gradient's product", "add": "input gradient's transform"}

# What a function's name says of what it does, the first that fits.
kinds = [
    ("weight gradients' products", r"transposed_product|few_transposed|weights"),
    ("products", r"^product$|^few$|direct"),
    ("Winograd's transforms", r"^winograd_|transpose_packed"),
    ("normalization", r"normali[sz]|moments|gradient_sums|^backward$|^blend"),
    ("optimizer", r"^adam|momentum"),
    ("waiting", r"sched_yield|futex|[sS]pin|4PoolC|4wait"),
    ("elements and sums", r"hk_combine|hk_sum|hk_map|hk_unary|hk_mean|hk_total"),
    ("copies and conversions", r"mem(cpy|move|set)|convert|copy|pack|fill|clear_page|page_fault"),
]


def compiled(name, folder, *words):
    """The path of a C program, compiled into `folder`."""
    path = Path(folder) / name
    subprocess.run(["clang", *words, kernels / f"{name}.c", "-o", path, "-lm"], check=True)
    return path


def lines_of(*words):
    return subprocess.run(list(map(str, words)), check=True, capture_output=True,
                          text=True).stdout.splitlines()


class Limits:
    """What the processor can do, in 1e9 a second."""

    def __init__(self, folder):
        self.rates, self.bandwidths = {}, {}
        for line in lines_of(compiled("roofline", folder, "-O2", "-pthread"), threads):
            what, count, size, rate = line.split()
            if what in levels:
                self.rates[what, int(count)] = float(rate)
            else:
                self.bandwidths[what, int(count), int(size)] = float(rate)
        self.level = [name for name in levels if (name, 1) in self.rates][-1]

    def show(self):
        counts = sorted({count for _, count in self.rates})
        print("\n1e9 operations a second   " + "".join(f"{n:>3} thread{'s' * (n > 1)}"
                                                       for n in counts))
        for level in levels:
            if (level, 1) in self.rates:
                print(f"{level:24}", "".join(f"{self.rates[level, n]:10.1f}" for n in counts))
        print("\n1e9 bytes a second        " + "".join(
            f"{n:>3} thread{'s' * (n > 1)}: read  write   copy" for n in counts))
        for size in sorted({size for _, _, size in self.bandwidths}):
            print(f"buffer of {size >> 10:8} KiB    ", "".join(
                "         " + "".join(f"{self.bandwidths[what, n, size]:7.1f}"
                                     for what in ("read", "write", "copy")) for n in counts))

    def seconds(self, operations, size, count=1):
        """The least time of `operations` and of `size` bytes, each in 1e9."""
        sizes = sorted(s for what, n, s in self.bandwidths if what == "copy" and n == count)
        fitting = next((s for s in sizes if s >= 1e9 * size), sizes[-1])
        return (operations / self.rates[self.level, count],
                size / self.bandwidths["copy", count, fitting])


def stages(limits, folder):
    """Prints each stage of each layer."""
    bench = compiled("winograd", folder, "-O3", f"-I{sources}/include",
                     *sorted(sources.glob("convolution/*.c")),
                     *sorted(sources.glob("normalization/*.c")))
    for layer in layers:
        title, *rows = lines_of(bench, levels.index(limits.level), *layer)
        print(f"\n{title + ', one thread':48}   ms   Gop/s   GB/s   nearer limit   share of it")
        for row in rows:
            name, *numbers = row.split()
            if name not in named:
                continue
            ms, operations, mega = map(float, numbers)
            of_sums, of_bytes = limits.seconds(operations, mega / 1e3)
            nearer = "operations" if of_sums > of_bytes else "bytes"
            print(f"{named[name]:46}{ms:7.2f}{1e3 * operations / ms:8.0f}{mega / ms:7.1f}"
                  f"   {nearer:12} {100e3 * max(of_sums, of_bytes) / ms:11.0f} %", flush=True)


def least_operations(size, base, blocks):
    """1e9 operations of a step of CycleGAN with identity losses, each layer by the method that
    needs the fewest: F(4, 3), F(3, 4) and phases of a stride, else plain sums."""

    def plain(c, k, taps, out):
        return 2 * c * k * taps * taps * out * out

    half, quarter = size // 2, size // 4
    # Forward or to the input, and to the weight, whose strided form has no phases.
    generator = [(plain(3, base, 7, size), 1), (plain(base, 3, 7, size), 1),
                 (plain(base, 2 * base, 3, half), 81 / 144),
                 (plain(2 * base, 4 * base, 3, quarter), 81 / 144)]
    generator += [(plain(4 * base, 2 * base, 3, quarter), 81 / 144),
                  (plain(2 * base, base, 3, half), 81 / 144)]
    winograd = 2 * blocks * plain(4 * base, 4 * base, 3, quarter) / 4
    one_way = winograd + sum(cost * part for cost, part in generator)
    weights = winograd + sum(cost for cost, _ in generator)
    # Six passes of a generator, each with both gradients, but none to the images at the first.
    total = 6 * (2 * one_way + weights) - 4 * generator[0][0]
    maps = [3, base, 2 * base, 4 * base]
    strided = [plain(c, k, 4, size >> place) for place, (c, k) in enumerate(zip(maps, maps[1:]), 1)]
    side = size // 8
    last = plain(4 * base, 8 * base, 4, side - 1) / 4 + plain(8 * base, 1, 4, side - 2)
    forward = last + sum(cost * 100 / 256 for cost in strided)
    # Two passes with a gradient to the images, four with gradients to the weights.
    first = strided[0] * 100 / 256
    total += 2 * 2 * forward + 4 * (2 * forward - first + last + sum(strided))
    return total * 1e-9


def script(size, base, blocks, steps):
    return f"""
A = faces("anime", 8, size={size}x{size})
B = faces("photo", 8, size={size}x{size})
t = cyclegan(A, B, base={base}, blocks={blocks}, order="sequential")
t.step(2)
spent = []
for turn in 0..{steps} {{
  some = time {{ t.step() }}
  spent += [some.seconds]
}}
print(f"{{sorted(spent)[{steps // 2}]}} {{sum(spent)}}")
"""


def shares(samples):
    """Name of a kind -> its share of `samples`, lines of perf report."""
    found = Counter()
    for line in samples:
        match = re.match(r"\s*([\d.]+)%\s+(?:\[.\]\s+)?(.*)", line)
        if match:
            share, symbol = float(match[1]), match[2].strip()
            kind = next((kind for kind, names in kinds if re.search(names, symbol)), "others")
            found[kind] += share
            if "--symbols" in sys.argv and share >= 0.3:
                print(f"    {share:6.2f} % {kind:28} {symbol[:90]}")
    return found


def whole_step(limits, folder, size):
    base, blocks = (32, 6) if size <= 64 else (64, 6) if size <= 128 else (64, 9)
    steps = max(3, 60 * 64 * 64 // (size * size) // 4)
    (Path(folder) / "step.henge").write_text(script(size, base, blocks, steps))
    words = [str(program), "-q", "--threads", str(threads), "run", "step.henge"]
    begin = time.monotonic()
    run = subprocess.run(words, check=True, capture_output=True, text=True, cwd=folder)
    before = time.monotonic() - begin
    seconds, spent = map(float, run.stdout.split())
    # What comes before the first timed step is left out of the samples.
    before = int(1e3 * (before - spent)) + 100
    operations = least_operations(size, base, blocks)
    floor = operations / limits.rates[limits.level, threads]
    print(f"\na step of CycleGAN, {size}x{size}, base {base}, {blocks} blocks, {threads} threads,"
          f" {limits.level}:")
    print(f"  at least {operations:.1f}e9 operations, a floor of {1e3 * floor:.0f} ms;"
          f" {1e3 * seconds:.0f} ms: {100 * floor / seconds:.0f} % of what the processor can do")
    record = Path(folder) / "perf.data"
    try:
        subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000",
                        "-D", str(before), "-o", record, "--", *words],
                       check=True, capture_output=True, cwd=folder)
    except (OSError, subprocess.CalledProcessError):
        print("  what it is spent on: perf is not installed or may not run (Debian: linux-perf)")
        return
    report = lines_of("perf", "report", "-i", record, "--stdio", "--no-children", "-F",
                      "overhead,symbol", "-q")
    for kind, share in shares(report).most_common():
        print(f"  {kind:28} {share:5.1f} %")


print(machine())
with tempfile.TemporaryDirectory() as place:
    rates = Limits(place)
    rates.show()
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or [128]
    if "--steps" not in sys.argv:
        stages(rates, place)
    for pixels in sizes:
        whole_step(rates, place, pixels)
