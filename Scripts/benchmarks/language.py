# SPDX-License-Identifier: MIT
"""The language beside CPython: the same functions, each timed by its own side, in turn.

henge times a call by `bench { }`, Python by the same rule: half a second or a thousand runs, and
the median of them. The bars are held against the least, to which a busy machine adds nothing if a
run is as short as a process is left alone; so those with a bar in nanoseconds are.
Operations are what one reads in the loop: comparisons, sums, products,
remainders; not the jumps and the stores behind them.
"""

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from alternate import alternate, at_least, bar, machine, program


@dataclass
class Case:
    """`count` operations, done by a function of no arguments in either language."""

    name: str
    count: int
    henge: str
    python: str


cases = [
    Case("counting loop", 2 * 1_000_000,
         "i = 0\n while i < 1_000_000 { i += 1 }\n return i",
         "i = 0\n while i < 1_000_000: i += 1\n return i"),
    Case("mixed loop", 5 * 300_000,
         "s = 0\n for i in 0..300_000 { if i % 3 == 0 { s += 2 * i - 1 } else { s -= i // 2 * 3 } }"
         "\n return s",
         "s = 0\n for i in range(300_000):\n  if i % 3 == 0: s += 2 * i - 1\n"
         "  else: s -= i // 2 * 3\n return s"),
    Case("loop of fractions", 3 * 300_000,
         "x = 0.5\n repeat 300_000 { x = 3.9 * x * (1 - x) }\n return x",
         "x = 0.5\n for _ in range(300_000): x = 3.9 * x * (1 - x)\n return x"),
    Case("empty loop", 10_000,
         "for i in 0..10_000 { }",
         "for i in range(10_000): pass"),
    Case("built-in call", 10_000,
         "xs = [1, 2]\n for i in 0..10_000 { len(xs) }",
         "xs = [1, 2]\n for i in range(10_000): len(xs)"),
    Case("built-in call, two numbers", 10_000,
         "for i in 0..10_000 { max(i, 7) }",
         "for i in range(10_000): max(i, 7)"),
    Case("built-in call as a member", 10_000,
         "xs = [1, 2]\n for i in 0..10_000 { xs.len() }",
         "xs = [1, 2]\n for i in range(10_000): xs.__len__()"),
    Case("function call", 300_000,
         "f = x => x + 1\n s = 0\n for i in 0..300_000 { s = f(s) }\n return s",
         "f = lambda x: x + 1\n s = 0\n for i in range(300_000): s = f(s)\n return s"),
    Case("list append", 300_000,
         "xs = []\n for i in 0..300_000 { xs += [i] }\n return len(xs)",
         "xs = []\n for i in range(300_000): xs += [i]\n return len(xs)"),
    Case("list index", 300_000,
         "xs = list(0..1000)\n s = 0\n for i in 0..300_000 { s += xs[i % 1000] }\n return s",
         "xs = list(range(1000))\n s = 0\n for i in range(300_000): s += xs[i % 1000]\n return s"),
    Case("comprehension", 300_000,
         "xs = [i * i for i in 0..300_000]\n return len(xs)",
         "xs = [i * i for i in range(300_000)]\n return len(xs)"),
    Case("string build", 100_000,
         's = ""\n for i in 0..100_000 { s += "ab" }\n return len(s)',
         's = ""\n for i in range(100_000): s += "ab"\n return len(s)'),
    Case("f-string of two values", 10_000,
         'for i in 0..10_000 { f"{i:6} {0.25:.3f}" }',
         'for i in range(10_000): f"{i:6} {0.25:.3f}"'),
]


def of_henge():
    """Runs all cases in one henge; name -> median and least seconds of a call."""
    text = "".join(
        f"fn case{number}() {{\n {case.henge}\n}}\n"
        f"case{number}();\nb = bench {{ case{number}() }}\nprint(b.median); print(b.min)\n"
        for number, case in enumerate(cases))
    run = subprocess.run(
        [program], input=text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    seconds = list(map(float, run.stdout.split()))
    return dict(zip((case.name for case in cases), zip(seconds[::2], seconds[1::2])))


def of_python():
    """The same by this Python."""
    seconds = {}
    for case in cases:
        names = {}
        exec(f"def run():\n {case.python}", names)
        run = names["run"]
        run()
        times = []
        while sum(times) < 0.5 and len(times) < 1000:
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
        seconds[case.name] = statistics.median(times), min(times)
    return seconds


rounds = alternate({"henge": of_henge, "python": of_python}, rounds=3, warm_up=0)
median = {
    side: {case.name: statistics.median(values[case.name][0] for values in rounds[side])
           for case in cases}
    for side in rounds
}
print(f"medians of {len(rounds['henge'])} times half a second; {machine()}")
print(f"{'':27} {'henge':>9} {'python':>9}   {'henge':>7} {'python':>7}   times as fast")
print(f"{'':27} {'ns each':>9} {'ns each':>9}   {'M/s':>7} {'M/s':>7}   as python")
for case in cases:
    henge, python = (median[side][case.name] / case.count for side in ("henge", "python"))
    print(f"{case.name:27} {henge * 1e9:9.1f} {python * 1e9:9.1f}"
          f"   {1e-6 / henge:7.1f} {1e-6 / python:7.1f}   {python / henge:8.2f}")

each = {case.name: min(values[case.name][1] for values in rounds["henge"]) / case.count
        for case in cases}
kept = [
    at_least("counting loop", 1e-6 / each["counting loop"], 30, "million operations a second"),
    at_least("mixed loop", 1e-6 / each["mixed loop"], 30, "million operations a second"),
    bar("built-in call, without its loop",
        (each["built-in call"] - each["empty loop"]) * 1e9, 120, "ns"),
    bar("max(i, 7)", each["built-in call, two numbers"] * 1e9, 300, "ns"),
    bar("f-string of two values", each["f-string of two values"] * 1e9, 500, "ns"),
]
sys.exit(0 if all(kept) else 1)
