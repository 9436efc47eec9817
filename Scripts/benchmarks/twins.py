# SPDX-License-Identifier: MIT
"""Training steps and pictures by henge and by a twin in PyTorch, from the same weights.

Processes take turns, each with the same number of threads; each warms up by a step and half a
second of more, so that a processor that slept is awake, and times a few others, its own start left
out.
PyTorch runs with its maps in both orders, and compiled (which it has done once before, for its
cache), and the fastest counts. The losses of the first step are checked equal before anything is
timed. Peak memory is that of the whole process, against the least of PyTorch's; there is a bar for
that of a step. Steps are timed with checkpoint=true, too: what it costs and saves is printed.
HENGE_BENCH_ROUNDS and HENGE_BENCH_THREADS say how often and with how many.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from alternate import at_least, bar, program, spin

here = Path(__file__).resolve().parent
rounds = int(os.environ.get("HENGE_BENCH_ROUNDS", "5"))
threads = os.environ.get("HENGE_BENCH_THREADS", "2")
layouts = {"PyTorch": "plain", "PyTorch, channels last": "last", "PyTorch, compiled": "compiled"}
checkpointed = "henge, checkpoint=true"


def henge(folder, text):
    """Runs a script in `folder`: what it printed, and its peak memory in MiB."""
    script = Path(folder) / "bench.henge"
    script.write_text(text)
    return run(folder, program, "-q", "--threads", threads, "--out", folder, "bench.henge")


def run(folder, *words):
    """Runs a command in `folder`: what it printed, and its peak memory in MiB."""
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} ended with {process.returncode}\n{output}")
    return output, usage.ru_maxrss / 1024


class Method:
    """A method of henge, and a program that trains the same networks in PyTorch.

    `options` follow the datasets, base and blocks where the trainer is made, `words` what the twin
    is given. `networks` are files of weights, the first a generator; `losses` are compared in the
    first step to 1e-4 of each, or to what `loose` says of those whose draws differ. Where the twin
    writes a `checkpoint` of all networks, the trainer loads that.
    """

    def __init__(self, name, twin, networks, losses, options="", words=(), loose=None,
                 checkpoint=None):
        self.name, self.twin, self.networks, self.checkpoint = name, twin, networks, checkpoint
        self.losses, self.options, self.words, self.loose = losses, options, words, loose or {}

    def script(self, mode, size, base, blocks, count, more=""):
        """What henge runs: the twin's weights, steps or pictures to warm up, and `count` more."""
        loads = (f't.load("{self.checkpoint}")' if self.checkpoint else
                 "\n".join(f't.{name}.load("{name}.pth")' for name in self.networks))
        work = "t.step()" if mode == "train" else f"y = t.{self.networks[0]}(x)"
        told = ", ".join(f"t.losses.{name}" for name in self.losses) if mode == "train" else ""
        return f"""
A = faces("anime", {count + 1}, size={size}x{size})
B = faces("photo", {count + 1}, size={size}x{size})
t = {self.name}(A, B, base={base}, blocks={blocks}, order="sequential"{self.options}{more})
{loads}
x = A[0]

{work}
print([{told}])
warm = 0.0
while warm < 0.5 {{
  spent = time {{ {work} }}
  warm += spent.seconds
}}
for turn in 0..{count} {{
  spent = time {{ {work} }}
  print(spent.seconds)
}}
"""

    def own(self, folder, mode, size, base, blocks, count, more=""):
        """Seconds, losses and memory of henge; `more` are options of the trainer."""
        output, memory = henge(folder, self.script(mode, size, base, blocks, count, more))
        losses, *seconds = output.strip().splitlines()
        return {"seconds": [float(line) for line in seconds],
                "losses": dict(zip(self.losses, json.loads(losses))), "memory": memory}

    def peer(self, folder, mode, size, base, blocks, count, layout):
        """The same of PyTorch."""
        output, memory = run(
            folder, sys.executable, here / self.twin, mode, folder, str(size), str(base),
            str(blocks), threads, str(count), layout, *self.words)
        return {**json.loads(output), "memory": memory}

    def are_equal(self, mine, theirs):
        """Prints the losses of the first step that differ."""
        wrong = [name for name in self.losses if abs(mine[name] - theirs[name])
                 > self.loose.get(name, 1e-4) * abs(theirs[name])]
        for name in wrong:
            print(f"{name}: {mine[name]} and {theirs[name]} DIFFER")
        return not wrong

    def measure(self, folder, shape, counts, least, most_memory):
        """One shape: size, base and blocks. Returns how many bars were missed.

        `counts` are how many of each mode a process makes, `least` the least ratio of each mode;
        there is no bar for the memory of a step where `most_memory` is none.
        """
        size, base, blocks = shape
        print(f"\n{self.name}{self.options}, {size}x{size}, base {base}, {blocks} blocks,"
              f" {threads} threads", flush=True)
        most = max(counts.values())
        henge(folder, f"""
for part in [["a", faces("anime", {most + 1}, size={size}x{size})],
             ["b", faces("photo", {most + 1}, size={size}x{size})]] {{
  save(part[1].tensor(), part[0] + ".npy")
}}
""")
        run(folder, sys.executable, here / self.twin, "weights", folder, str(size), str(base),
            str(blocks), "1", "0", "plain", *self.words)
        first = self.own(folder, "train", *shape, 1)["losses"]
        for layout in layouts.values():
            if not self.are_equal(first, self.peer(folder, "train", *shape, 1, layout)["losses"]):
                return 1
        print("losses of the first step agree to 1e-4",
              *(f"({name} to {part:g})" for name, part in self.loose.items()))
        return sum(self.compare(folder, mode, shape, count, least[mode], most_memory)
                   for mode, count in counts.items())

    def compare(self, folder, mode, shape, count, least, most_memory):
        """Alternates the programs; returns how many bars were missed."""
        own = {"henge": ""} | ({checkpointed: ", checkpoint=true"} if mode == "train" else {})
        found = {name: [] for name in (*own, *layouts)}
        probes = []
        for _ in range(rounds):
            for name, runs in found.items():
                runs.append(self.peer(folder, mode, *shape, count, layouts[name])
                            if name in layouts
                            else self.own(folder, mode, *shape, count, own[name]))
                probes.append(spin())
        seconds = {name: sorted(s for one in all_of for s in one["seconds"])
                   for name, all_of in found.items()}
        memory = {name: max(one["memory"] for one in all_of) for name, all_of in found.items()}
        what = "step" if mode == "train" else "picture"
        print(f"{what:24} median ms  least ms  peak MiB   probe"
              f" {1e3 * min(probes):.0f}..{1e3 * max(probes):.0f} ms")
        for name, values in seconds.items():
            print(f"  {name:22} {1e3 * statistics.median(values):9.1f} {1e3 * values[0]:9.1f}"
                  f" {memory[name]:9.0f}")
        fastest = min(layouts, key=lambda name: statistics.median(seconds[name]))
        missed = not at_least(
            f"{what}: times as fast as {fastest}, medians",
            statistics.median(seconds[fastest]) / statistics.median(seconds["henge"]), least, "x")
        smallest = min(layouts, key=memory.get)
        share = memory["henge"] / memory[smallest]
        if mode == "train":
            longer = (statistics.median(seconds[checkpointed])
                      / statistics.median(seconds["henge"]))
            print(f"{what}: with checkpoint=true {longer:.2f} times as long, peak memory against"
                  f" {smallest} {memory[checkpointed] / memory[smallest]:.2f} x")
        if mode == "train" and most_memory is not None:
            return missed + (not bar(f"{what}: peak memory against {smallest}", share, most_memory,
                                     "x"))
        print(f"{what}: peak memory against {smallest}: {share:.2f} x")
        return int(missed)
