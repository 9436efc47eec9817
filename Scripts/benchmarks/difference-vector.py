# SPDX-License-Identifier: MIT
"""The difference vector: 10,000 updates of 100 + 100 of 15,000 + 15,000 pictures of 64x64 that are
in memory, ten vectors kept, beside numpy making the same updates one by one from the same draws.

The pictures are noise around two patterns, made once as PNG files for henge and as one array for
numpy. henge's time is that of `t.train()` once the pictures are in its cache; numpy's is the loop
alone, its draws made before.
Both vectors are compared. numpy is slow, so it runs twice, and henge three times around it.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image

from alternate import at_least, machine, program

COUNT, UPDATES, BATCH, KEEP, RATE = 15_000, 10_000, 100, 1_000, 0.1
TRAININGS = 3  # by each henge

SCRIPT = f"""
A = images("a")
B = images("b")
first = time {{ A.mean(); B.mean() }}
print(first.seconds)
again = time {{ A.mean(); B.mean() }}
print(again.seconds)
for turn in 0..{TRAININGS} {{
  t = difference_vector(A, B, rule="corrected", batch={BATCH}, lr={RATE}, keep={KEEP})
  run = time {{ t.train() }}
  print(run.seconds)
}}
save(stack(t.snapshots), "snapshots.npy")
"""


def make(folder, side, seed):
    """The pictures of one side, as files and, [N, C, H, W], as an array."""
    random = numpy.random.default_rng(seed)
    pattern = random.integers(60, 196, (1, 8, 8, 3)).repeat(8, axis=1).repeat(8, axis=2)
    noise = random.integers(-60, 60, (COUNT, 64, 64, 3), numpy.int16)
    pictures = (pattern + noise).astype(numpy.uint8)
    (Path(folder) / side).mkdir()
    for number, picture in enumerate(pictures):
        file = Path(folder) / side / f"{number:05}.png"
        Image.fromarray(picture).save(file, compress_level=1)
    numpy.save(Path(folder) / f"{side}.npy", pictures.transpose(0, 3, 1, 2))


def henge(script, folder, *options):
    """First pass, second pass, and training seconds of one henge."""
    words = [program, *options, "--out", folder, "run", script]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return list(map(float, run.stdout.split()))


def draws(side):
    """What every update draws, [updates, batch]: Philox4x32-10 as henge counts it, seed 0.

    Half of a block of the counter is one draw, and its place below COUNT is the high half of
    their product.
    """
    name = 0xCBF29CE484222325
    for byte in f"difference_vector.{side}".encode():
        name = (name ^ byte) * 0x100000001B3 % 2**64
    low, high = numpy.uint64(0xFFFFFFFF), numpy.uint64(32)
    block = numpy.arange(UPDATES * BATCH // 2, dtype=numpy.uint64)
    c = [block & low, block >> high,
         numpy.full_like(block, name & 0xFFFFFFFF), numpy.full_like(block, name >> 32)]
    k = [0, 0]
    for _ in range(10):
        a, b = c[0] * numpy.uint64(0xD2511F53), c[2] * numpy.uint64(0xCD9E8D57)
        c = [(b >> high) ^ c[1] ^ numpy.uint64(k[0]), b & low,
             (a >> high) ^ c[3] ^ numpy.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    count = numpy.uint64(COUNT)
    both = [(c[i + 1] * count + (c[i] * count >> high)) >> high for i in (0, 2)]
    return numpy.stack(both, axis=-1).reshape(UPDATES, BATCH).astype(numpy.int64)


LOOP = f"""
import time, numpy
a, b = (numpy.load(side + ".npy").reshape({COUNT}, -1) for side in "ab")
of_a, of_b = numpy.load("draws_a.npy"), numpy.load("draws_b.npy")
begin = time.perf_counter()
v, kept = numpy.zeros(a.shape[1]), []
for count in range({UPDATES}):
    step = b[of_b[count]].mean(axis=0) - a[of_a[count]].mean(axis=0)
    v += {RATE} * (step - v)
    if (count + 1) % {KEEP} == 0:
        kept.append(v.copy())
print(time.perf_counter() - begin)
numpy.save("plain.npy", numpy.stack(kept) * (2 / 255))
"""


def of_numpy(folder):
    """The loop's seconds."""
    run = subprocess.run([sys.executable, "-c", LOOP], cwd=folder, capture_output=True,
                         text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return float(run.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "train.henge"
        script.write_text(SCRIPT, encoding="utf-8")
        for seed, side in enumerate("ab"):
            make(folder, side, seed)
            numpy.save(Path(folder) / f"draws_{side}.npy", draws(side))
        runs, plain = [henge(script, folder)], []
        for _ in range(2):
            plain.append(of_numpy(folder))
            runs.append(henge(script, folder))
        alone = henge(script, folder, "--threads", "1")
        ours = numpy.load(Path(folder) / "snapshots.npy")
        theirs = numpy.load(Path(folder) / "plain.npy").reshape(ours.shape)

    trainings = [seconds for run in runs for seconds in run[2:]]
    median, peer = statistics.median(trainings), statistics.median(plain)
    print(f"{UPDATES:,} updates of {BATCH} + {BATCH} of {COUNT:,} + {COUNT:,} pictures 3x64x64,",
          f"{len(ours)} vectors kept; {machine()}")
    print(f"henge   train()      {median:8.3f} s   median of {len(trainings)} (least",
          f"{min(trainings):.3f}, most {max(trainings):.3f})")
    print(f"        one thread   {statistics.median(alone[2:]):8.3f} s")
    first, again = (statistics.median(run[place] for run in runs) for place in (0, 1))
    print(f"        first pass   {first:8.3f} s   decoding all; the mean again {again:.3f} s")
    print(f"numpy   its loop     {peer:8.3f} s   " + ", ".join(f"{s:.3f}" for s in plain))
    print(f"the vectors differ by at most {abs(ours - theirs).max():.2e},",
          f"their largest entry is {abs(theirs).max():.3f}")
    kept = [
        at_least("difference vector", peer / median, 2, "times as fast as numpy"),
        bool(abs(ours - theirs).max() < 1e-12),
    ]
    return 0 if all(kept) else 1


sys.exit(main())
