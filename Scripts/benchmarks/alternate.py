# SPDX-License-Identifier: MIT
"""Timing of several subjects in turn, so that a noisy machine is noisy for all of them."""

import multiprocessing
import os
import statistics
import subprocess
import time
from pathlib import Path

root = Path(__file__).resolve().parents[2]
program = root / ".build" / "henge"


def alternate(subjects, rounds, warm_up=1):
    """Calls each of `subjects` (name -> function) once per round.

    A function that returns something gives what it measured; otherwise the call is timed.
    Returns name -> list of measurements, one per round; warm-up rounds are left out.
    """
    seconds = {name: [] for name in subjects}
    for turn in range(warm_up + rounds):
        for name, run in subjects.items():
            begin = time.perf_counter()
            own = run()
            taken = time.perf_counter() - begin if own is None else own
            if turn >= warm_up:
                seconds[name].append(taken)
    return seconds


def command(*words):
    """A subject that runs a command to its end, its output thrown away."""

    def run():
        subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

    return run


def report(seconds, against, unit=1e-3, unit_name="ms"):
    """Prints median, least, and the ratio of `against`'s median to each median."""
    base = statistics.median(seconds[against])
    width = max(len(name) for name in seconds)
    print(f"{'':{width}}  median {unit_name:>4}   least {unit_name:>4}   times as fast as", against)
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"{name:{width}}  {median / unit:11.3f}  {min(values) / unit:11.3f}",
              f" {base / median:8.2f}")


def bar(what, value, limit, unit_name="ms"):
    """Prints a measured value beside the limit it must keep; returns whether it does."""
    kept = value <= limit
    digits = 2 if value < 10 else 1
    print(f"{what}: {value:.{digits}f} {unit_name}, must be under {limit:g} {unit_name}:",
          "kept" if kept else "MISSED")
    return kept


def at_least(what, value, limit, unit_name):
    """Prints a measured value beside the least it must reach; returns whether it does."""
    kept = value >= limit
    print(f"{what}: {value:.2f} {unit_name}, must be at least {limit:g}:",
          "kept" if kept else "MISSED")
    return kept


def spin(_=None):
    """Seconds of a fixed amount of arithmetic."""
    begin = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number
    return time.perf_counter() - begin


def second_processor():
    """How much more two processes get done here at this moment than one: 2 on an idle machine with
    two processors, 1 where all are taken."""
    gains = []
    with multiprocessing.Pool(2) as pool:
        for _ in range(5):
            alone = spin()
            gains.append(2 * alone / max(pool.map(spin, [0, 1], chunksize=1)))
    return statistics.median(gains)


def machine():
    """What these numbers were measured on, in one line."""
    model = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
         if line.startswith("model name")), "an unknown processor")
    return f"{os.cpu_count()} x {model}; load {os.getloadavg()[0]:.1f}"
