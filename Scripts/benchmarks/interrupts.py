# SPDX-License-Identifier: MIT
"""Ctrl-C at random moments of long work, typed on a pseudo-terminal: milliseconds until the next
prompt, one line for each kind of work, against the bars of 50 ms (median) and 200 ms (p99).

    interrupts.py [ROUNDS [WORD]]   30 rounds of each by default; only the kinds with WORD in them
"""

import random
import re
import select
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from alternate import machine, program, root
from terminal import Terminal

MEDIAN, LATE = 50, 200
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
    "read a csv": 'while true { table("big.csv") }',
    "read a npy": 'while true { load("x.npy") }',
    "read a npz": 'while true { load("a.npz") }',
    "save 400 MB": 'while true { save(x, "out.npy") }',
    "save a npz": 'while true { save((x=x, p=p), "out.npz") }',
    "decode a folder": 'while true { mean(images("pictures", size=64x64)) }',
    "show a huge plane": "while true { show(p) }",
    "resize a huge plane": "while true { p.resize(5000x5000) }",
    "encode a huge picture": 'while true { save_png(p, "out.png") }',
    "element by element": "while true { (p * 2 + 1).tanh() }",
    "product of matrices": "while true { a.matmul(a) }",
    "sort of a tensor": "while true { x.sort() }",
    "convolution": "while true { m(z) }",
    "minimize a layer": "while true { o.minimize(() => (m(z) ** 2).mean()) }",
    "steps of a cyclegan": "while true { g.step(10) }",
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
    delays = []
    while len(delays) < rounds:
        terminal.write(entry.encode() + b"\r")
        end = time.monotonic() + random.uniform(0.05, 0.6)
        while (left := end - time.monotonic()) > 0:
            if select.select([terminal.descriptor], [], [], left)[0]:
                terminal.read()
        begin = time.perf_counter()
        terminal.write(b"\x03")
        seen = until(terminal, rb"henge\[%d\]> " % (number + 1))
        delays.append((time.perf_counter() - begin) * 1e3)
        number += 1
        if b"E-interrupt" not in seen:
            sys.exit(f"{entry}: was over before it was stopped: {seen[-400:]!r}")
    return delays, number


def main():
    """Measures, prints, and says whether the bars are kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    random.seed(1)
    folder = Path(tempfile.mkdtemp(prefix="henge-interrupts-"))
    missed = 0
    try:
        rows = "".join(f"{i},name {i},{i / 7}\n" for i in range(700_000))
        (folder / "big.csv").write_text("number,name,value\n" + rows, encoding="utf-8")
        if FACES.is_dir():
            (folder / "pictures").symlink_to(FACES / "anime")
        terminal = Terminal([program, "--threads", "2"], folder, b"henge[1]> ")
        number = 1
        for entry in SETUP:
            terminal.write(entry.encode() + b"\r")
            number += 1
            until(terminal, rb"henge\[%d\]> " % number)
        print(f"Ctrl-C to prompt in ms; {rounds} rounds; {machine()}")
        print(f"{'':22} median    p99  worst")
        for name, entry in CASES.items():
            if word not in name:
                continue
            if "pictures" in entry and not FACES.is_dir():
                print(f"{name:22} skipped: {FACES} is missing")
                continue
            delays, number = measure(terminal, number, entry, rounds)
            delays.sort()
            middle, late = statistics.median(delays), delays[int(0.99 * (len(delays) - 1))]
            kept = middle <= MEDIAN and late <= LATE
            missed += not kept
            print(f"{name:22} {middle:6.1f} {late:6.1f} {delays[-1]:6.1f}",
                  "" if kept else f"MISSED (bars {MEDIAN} and {LATE})", flush=True)
        terminal.end()
    finally:
        shutil.rmtree(folder)
    return 1 if missed else 0


sys.exit(main())
