# SPDX-License-Identifier: MIT
"""Ctrl-C at random moments of long work, typed on a pseudo-terminal: milliseconds until the next
prompt, one line for each kind of work, against the bars of 50 ms (median) and 200 ms (p99), and the
processor time that it took meanwhile, which a busy machine does not lengthen.

    interrupts.py [ROUNDS [WORD]]   30 rounds of each by default; only the kinds with WORD in them
"""

import os
import random
import re
import select
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy
from PIL import Image

from alternate import machine, program, root
from terminal import Terminal

MEDIAN, LATE = 50, 200
KERAS = root / "Tests" / "ForeignWeights" / "Golden" / "k-no-scale-shuffled.keras"
FACES = root.parent / "shared" / "data" / "faces"

SETUP = [
    "fn f(n) { if n == 0 { return 0 }; return f(n - 1) }",
    'A = faces("anime", 60, size=32x32); B = faces("photo", 60, size=32x32);',
    "t = difference_vector(A, B, batch=50, keep=100)",
    's = "ab," * 2000000; l = list(0..2000000); words = split("ab," * 1000000, ",");',
    "x = zeros(shape(100000000)); p = randn(shape(1, 6000, 6000)); a = randn(shape(3000, 3000));",
    'save(x, "x.npy"); save((a=a, p=p), "a.npz");',
    "m = conv(256, 256, padding=1); z = rand(1x256x256x256); o = adam(m, lr=1e-3);",
    "g = cyclegan(A, B, base=4, blocks=1);",
    "F = faces(\"anime\", 1000000, size=64x64); G = F.map(x => x * 0.5);",
    "n = resnet_generator(base=64, blocks=9); save(n, \"n.safetensors\");",
    "h = cyclegan(A, B, base=64, blocks=6); h.step(1); save(h, \"h.safetensors\");",
    "b = rand(8x3x256x256); c = rand(3x256x256);",
    "v = zeros(shape(1000000000), dtype=\"u8\"); w = randn(shape(3000, 10000));",
    "d = conv(1, 1); repeat 39 { d = sequential(d, conv(8, 8)) };",
]

CASES = {
    "loop": "while true { }",
    "calls": "while true { f(200) }",
    "comprehension": "[i * i for i in 0..1000000000]",
    "steps": "while true { t.step(1000) }",
    "one long step": "t.step(100000000)",
    "list of a range": "list(0..100000000)",
    "split": 'while true { split(s, ",") }',
    "replace": 'while true { replace(s, ",", ";") }',
    "join": 'while true { join(words, ",") }',
    "f-string of a list": 'while true { f"{l}" }',
    "text of a list": "while true { str(l) }",
    "sort of words": "while true { sorted(words) }",
    "print of a list": "while true { print(l) }",
    "print in a loop": 'while true { print("a line of output") }',
    "print of a gigabyte": 'print("x" * 1000000000)',
    "wide f-strings": 'while true { f"{1:30000000}" }',
    "text of a long text": "while true { str([s]) }",
    "repeated text": 'while true { "ab" * 200000000 }',
    "a part of a text": 'while true { "zz" in s }',
    "search of the help": 'while true { apropos("x" * 1000000) }',
    "sort of numbers": "while true { sorted(l) }",
    "pairs of lists": "while true { zip(l, l) }",
    "numbered lists": "while true { enumerate(l) }",
    "sum of lists": "while true { l + l }",
    "an element of a list": "while true { -1 in l }",
    "equal lists": "while true { l == l + [] }",
    "tensor of a list": "while true { tensor(l) }",
    "a long script": 'while true { run("long.henge") }',
    "read a csv": 'while true { table("big.csv") }',
    "write a csv": 'q = table("big.csv"); while true { save(q, "out.csv") }',
    "read a npy": 'while true { load("x.npy") }',
    "read a npz": 'while true { load("a.npz") }',
    "save 400 MB": 'while true { save(x, "out.npy") }',
    "save a npz": 'while true { save((x=x, p=p), "out.npz") }',
    "save a model": 'while true { save(n, "out.safetensors") }',
    "load a model": 'while true { load("n.safetensors") }',
    "save a trainer": 'while true { save(h, "out.safetensors") }',
    "steps that save": 'while true { g.step(10, save="run.safetensors", save_every=5) }',
    "load a keras file": 'while true { load("net.keras") }',
    "resume a trainer": 'while true { resume("h.safetensors", A, B) }',
    "make a model": "while true { resnet_generator(base=64, blocks=9) }",
    "copy a model": "while true { copy(n) }",
    "copy a deep model": "while true { copy(d) }",
    "snapshots": "while true { s1 = snapshot(h) }",
    "decode a folder": 'while true { mean(images("pictures", size=64x64)) }',
    "draw faces": "F.mean()",
    "map a dataset": "G.mean()",
    "augment a dataset":
        "F.augment(flip=true, resize=72x72, crop=64x64, rotate=10, jitter=0.2).mean()",
    "a folder of arrays": 'while true { dataset("arrays").mean() }',
    "a file of arrays": 'while true { dataset("arrays.npz").mean() }',
    "decode a huge png": 'while true { load("huge.png") }',
    "decode a huge jpeg": 'while true { load("huge.jpg") }',
    "decode a huge webp": 'while true { load("huge.webp") }',
    "decode a huge tiff": 'while true { load("huge.tif") }',
    "decode a huge bmp": 'while true { load("huge.bmp") }',
    "decode and resize": 'while true { images("huge", size=500x500, fit="cover")[0] }',
    "filter a dataset": "F.filter(x => x.mean() > 2)",
    "batches": "for y in F.batches(16) { }",
    "duplicates": "duplicates(F.take(20000))",
    "fingerprint": "fingerprint(F)",
    "sliced Wasserstein": "while true { swd(F.take(2000), F.take(2000)) }",
    "kernel distance": "while true { kid(rand(2000x512), rand(2000x512)) }",
    "Frechet distance": "while true { fid(rand(2000x512), rand(2000x512)) }",
    "structural similarity": "while true { ssim(b, b) }",
    "show a huge plane": "while true { show(p) }",
    "echo of a huge tensor": "v",
    "resize a huge plane": "while true { p.resize(5000x5000) }",
    "rotate a huge plane": "while true { rotate(p, 30) }",
    "encode a huge picture": 'while true { save_png(p, "out.png") }',
    "a sheet of tiles": "while true { tiles(z[0], zoom=4) }",
    "a row of pictures": "while true { row(p, zoom=3) }",
    "a grid of pictures": "while true { grid(F.take(20000), cols=100) }",
    "a sheet with labels": 'while true { sheet([F.take(5000), F.take(5000)], left=["a", "b"]) }',
    "heat of a plane": "while true { heat(p) }",
    "signed of a plane": "while true { signed(p) }",
    "overlay of a plane": "while true { overlay(p, c[0]) }",
    "plot": "while true { show(plot(l)) }",
    "histogram": "while true { hist(x) }",
    "plot as svg": 'q = plot(l, points=true); while true { save_svg(q, "plot.svg") }',
    "plot as png": 'q = plot(l, points=true); while true { save_png(q, "plot.png") }',
    "element by element": "while true { (p * 2 + 1).tanh() }",
    "reductions": "while true { x.std() }",
    "product of matrices": "while true { a.matmul(a) }",
    "sort of a tensor": "while true { x.sort() }",
    "cumulative sum": "while true { x.cumsum(axis=0) }",
    "cumulative product": "while true { x.cumprod(axis=0) }",
    "median": "while true { x.median() }",
    "quantiles": "while true { w.quantile([0.1, 0.9], axis=1) }",
    "largest elements": "while true { topk(x, 100) }",
    "softmax": "while true { softmax(w) }",
    "einsum": 'while true { einsum("ij,kj->ik", a, a) }',
    "deep product": "while true { w.matmul(w.T) }",
    "joined tensors": "while true { cat([x, x]) }",
    "permuted axes": "while true { z.permute([0, 2, 3, 1]) + 0 }",
    "convolution": "while true { m(z) }",
    "a generator": "while true { n(b) }",
    "minimize a layer": "while true { o.minimize(() => (m(z) ** 2).mean()) }",
    "gradients": "while true { grad(() => (m(z) ** 2).mean(), m) }",
    "steps of a cyclegan": "while true { g.step(10) }",
    "steps of a large cyclegan": "while true { h.step(10) }",
    "feature maps": "while true { tap(n, c) }",
    "random numbers": "while true { randn(shape(30000000)) }",
}


def until(terminal, pattern):
    """Reads until a match of `pattern`, and gives what was read."""
    seen = b""
    deadline = time.monotonic() + 120
    while not re.search(pattern, seen[-4096:]):
        if time.monotonic() > deadline or not select.select([terminal.descriptor], [], [], 60)[0]:
            sys.exit(f"waited for {pattern!r}; the last bytes: {seen[-400:]!r}")
        seen += terminal.read()
    return seen


def measure(terminal, number, entry, rounds):
    """Milliseconds from Ctrl-C to the prompt; the number of the next prompt."""
    delays, spent = [], []
    while len(delays) < rounds:
        terminal.write(entry.encode() + b"\r")
        end = time.monotonic() + random.uniform(0.05, 0.6)
        while (left := end - time.monotonic()) > 0:
            if select.select([terminal.descriptor], [], [], left)[0]:
                terminal.read()
        begin, work = time.perf_counter(), processor_time(terminal.pid)
        terminal.write(b"\x03")
        seen = until(terminal, rb"henge\[%d\]> " % (number + 1))
        delays.append((time.perf_counter() - begin) * 1e3)
        spent.append((processor_time(terminal.pid) - work) * 1e3)
        number += 1
        if b"E-interrupt" not in seen:
            print(f"{entry}: was over before it was stopped: {seen[-400:]!r}")
            return [float("inf")], [0], number
    return delays, spent, number


def processor_time(process):
    """Seconds of processor time that a process has used, all threads together."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_pictures(folder):
    """One large picture in each format, a folder with one of them, and arrays in files."""
    noise = numpy.random.default_rng(1).integers(0, 64, (5000, 5000, 3), dtype=numpy.uint8)
    noise += numpy.linspace(0, 190, 5000).astype(numpy.uint8)[:, None, None]
    picture = Image.fromarray(noise)
    for ending, options in (("png", {"compress_level": 1}), ("jpg", {}), ("webp", {"method": 0}),
                            ("tif", {"compression": "tiff_lzw"}), ("bmp", {})):
        picture.save(folder / f"huge.{ending}", **options)
    (folder / "huge").mkdir()
    (folder / "huge" / "1.bmp").symlink_to(folder / "huge.bmp")
    (folder / "arrays").mkdir()
    for index in range(2000):
        numpy.save(folder / "arrays" / f"{index}.npy", numpy.zeros((3, 64, 64), numpy.float32))
    numpy.savez(folder / "arrays.npz", numpy.zeros((5000, 3, 64, 64), numpy.float32))


def main():
    """Measures, prints, and says whether the bars are kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    random.seed(1)
    folder = Path(tempfile.mkdtemp(prefix="henge-interrupts-"))
    missed, every = 0, []
    try:
        rows = "".join(f"{i},name {i},{i / 7}\n" for i in range(700_000))
        (folder / "big.csv").write_text("number,name,value\n" + rows, encoding="utf-8")
        (folder / "long.henge").write_text("x = 1\n" * 1_000_000, encoding="utf-8")
        write_pictures(folder)
        shutil.copy(KERAS, folder / "net.keras")
        if FACES.is_dir():
            (folder / "pictures").symlink_to(FACES / "anime")
        terminal = Terminal([program, "--threads", "2"], folder, b"henge[1]> ")
        number = 1
        for entry in SETUP:
            terminal.write(entry.encode() + b"\r")
            number += 1
            until(terminal, rb"henge\[%d\]> " % number)
        print(f"Ctrl-C to prompt in ms; {rounds} rounds; {machine()}")
        print(f"{'':26} median    p99  worst  processor")
        for name, entry in CASES.items():
            if word not in name:
                continue
            if "pictures" in entry and not FACES.is_dir():
                print(f"{name:26} skipped: {FACES} is missing")
                continue
            delays, spent, number = measure(terminal, number, entry, rounds)
            delays.sort()
            middle, late = statistics.median(delays), delays[int(0.99 * (len(delays) - 1))]
            kept = middle <= MEDIAN and late <= LATE
            missed += not kept
            every += delays
            print(f"{name:26} {middle:6.1f} {late:6.1f} {delays[-1]:6.1f} {max(spent):6.0f}",
                  "" if kept else f"MISSED (bars {MEDIAN} and {LATE})", flush=True)
        every.sort()
        print(f"all {len(every)}: median {statistics.median(every):.1f}, "
              f"p99 {every[int(0.99 * (len(every) - 1))]:.1f}, worst {every[-1]:.1f} ms")
        terminal.end()
    finally:
        shutil.rmtree(folder)
    return 1 if missed else 0


sys.exit(main())
