# SPDX-License-Identifier: MIT
"""A session of henge and a model of PyTorch that take turns call by call, for what takes less time
than a process.

PyTorch runs as it is and compiled (HENGE_BENCH_COMPILE=0 leaves that out); the faster of the two
counts. HENGE_BENCH_ROUNDS says how often.
"""

import os
import statistics
import subprocess
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402

from alternate import program, spin  # noqa: E402

rounds = int(os.environ.get("HENGE_BENCH_ROUNDS", "7"))
compiles = os.environ.get("HENGE_BENCH_COMPILE", "1") != "0"


class Henge:
    """A session that is told entry by entry, and answers each with one line."""

    def __init__(self, threads, folder):
        self.process = subprocess.Popen(
            [program, "-i", "-q", "--threads", str(threads), "--out", folder], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
            env={**os.environ, "XDG_STATE_HOME": folder})

    def tell(self, entry):
        self.process.stdin.write(entry + "\n")
        self.process.stdin.flush()

    def ask(self, expression):
        self.tell(f"print('= ', {expression})")
        # What an entry binds is said on a line of its own.
        for line in self.process.stdout:
            if line.startswith("= "):
                return float(line[2:])
        raise RuntimeError(f"henge ended before {expression}")

    def seconds(self, expression):
        return self.ask("time { " + expression + " }.seconds")


def against(name, own, peers, least):
    """Measures `own` against the faster of `peers`, in turns; returns whether the bar is kept."""
    times = {"henge": [], **{peer: [] for peer in peers}}
    probe = []
    for turn in range(rounds + 2):
        for who, call in {"henge": own, **peers}.items():
            begin = time.perf_counter()
            taken = call()
            taken = time.perf_counter() - begin if who != "henge" else taken
            if turn > 1:
                times[who].append(taken)
        if turn > 1:
            probe.append(spin())
    medians = {who: statistics.median(values) for who, values in times.items()}
    best = min((value, who) for who, value in medians.items() if who != "henge")
    ratio = best[0] / medians["henge"]
    kept = ratio >= least
    others = "  ".join(f"{who} {medians[who] * 1e3:8.1f}" for who in peers)
    print(f"{name:44} henge {medians['henge'] * 1e3:8.1f} (least {min(times['henge']) * 1e3:.1f})"
          f"  {others} ms  ratio {ratio:5.2f}, at least {least:g}:"
          f" {'kept' if kept else 'MISSED'}  probe {statistics.median(probe) * 1e3:.0f} ms",
          flush=True)
    return kept


def variants(network):
    """The network as it is, and compiled."""
    found = {"torch": network}
    if compiles:
        found["compiled"] = torch.compile(network)
    return found


def infer(model, x):
    """A call that runs a model alone."""
    def call():
        with torch.inference_mode():
            model(x)
    return call


def both(model, x):
    """A call that runs a model, and backward from the mean square of what it returns."""
    def call():
        model.zero_grad(set_to_none=True)
        (model(x) ** 2).mean().backward()
    return call
