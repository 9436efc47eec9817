# SPDX-License-Identifier: MIT
"""A step of CycleGAN, and a generator's picture, by henge and by PyTorch, from the same weights.

Processes take turns, each with the same number of threads; each warms up by a step and half a
second of more, so that a processor that slept is awake, and times a few others, its own start left
out.
PyTorch runs with its maps in both orders, and compiled (which it has done once before, for its
cache), and the fastest counts. The losses of the first step are checked equal before anything is
timed. Peak memory is that of the whole process, against the least of PyTorch's; there is a bar for
that of a step. HENGE_BENCH_ROUNDS and HENGE_BENCH_THREADS say how often and with how many; --full
adds 256 pixels.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from alternate import at_least, bar, machine, program, spin

here = Path(__file__).resolve().parent
rounds = int(os.environ.get("HENGE_BENCH_ROUNDS", "5"))
threads = os.environ.get("HENGE_BENCH_THREADS", "2")
# Size, base, blocks, steps and pictures of a process, least ratios of a step and of a picture.
cases = [(64, 32, 6, 6, 30, 2.0, 2.5), (128, 64, 6, 3, 12, 2.0, 2.5)]
if "--full" in sys.argv[1:]:
    cases.append((256, 64, 9, 1, 4, 2.0, 2.5))
most_memory = 0.6
layouts = {"PyTorch": "plain", "PyTorch, channels last": "last", "PyTorch, compiled": "compiled"}
names = ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "d_a", "d_b"]


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


def script(mode, size, base, blocks, count):
    """What henge runs: the twin's weights, steps or pictures to warm up, and `count` more."""
    loads = "\n".join(f't.{name}.load("{name}.pth")' for name in ("g_ab", "g_ba", "d_a", "d_b"))
    lines = f"""
A = faces("anime", {count + 1}, size={size}x{size})
B = faces("photo", {count + 1}, size={size}x{size})
t = cyclegan(A, B, base={base}, blocks={blocks}, order="sequential")
{loads}
x = A[0]
"""
    work = "t.step()" if mode == "train" else "y = t.g_ab(x)"
    told = ", ".join(f"t.losses.{name}" for name in names) if mode == "train" else ""
    return lines + f"""
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


def own(folder, mode, size, base, blocks, count):
    output, memory = henge(folder, script(mode, size, base, blocks, count))
    losses, *seconds = output.strip().splitlines()
    return {"seconds": [float(line) for line in seconds],
            "losses": dict(zip(names, json.loads(losses))), "memory": memory}


def peer(folder, mode, size, base, blocks, count, layout):
    output, memory = run(
        folder, sys.executable, here / "torch_twin.py", mode, folder, str(size), str(base),
        str(blocks), threads, str(count), layout)
    return {**json.loads(output), "memory": memory}


def are_equal(mine, theirs):
    """Prints the losses of the first step that differ by more than 1e-4."""
    wrong = [name for name in names
             if abs(mine[name] - theirs[name]) > 1e-4 * abs(theirs[name])]
    for name in wrong:
        print(f"{name}: {mine[name]} and {theirs[name]} DIFFER")
    return not wrong


def measure(folder, size, base, blocks, steps, pictures, least_step, least_picture):
    """One size; returns how many bars were missed."""
    print(f"\n{size}x{size}, base {base}, {blocks} blocks, {threads} threads", flush=True)
    most = max(steps, pictures)
    henge(folder, f"""
for part in [["a", faces("anime", {most + 1}, size={size}x{size})],
             ["b", faces("photo", {most + 1}, size={size}x{size})]] {{
  save(part[1].tensor(), part[0] + ".npy")
}}
""")
    run(folder, sys.executable, here / "torch_twin.py", "weights", folder, str(size), str(base),
        str(blocks))
    shape = size, base, blocks
    first = own(folder, "train", *shape, 1)["losses"]
    for layout in layouts.values():
        if not are_equal(first, peer(folder, "train", *shape, 1, layout)["losses"]):
            return 1
    print("losses of the first step agree to 1e-4")
    missed = 0
    for mode, count, least in (("train", steps, least_step), ("infer", pictures, least_picture)):
        found = {name: [] for name in ("henge", *layouts)}
        probes = []
        for _ in range(rounds):
            for name, runs in found.items():
                runs.append(peer(folder, mode, *shape, count, layouts[name])
                            if name in layouts else own(folder, mode, *shape, count))
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
        missed += not at_least(
            f"{what}: times as fast as {fastest}, medians",
            statistics.median(seconds[fastest]) / statistics.median(seconds["henge"]), least, "x")
        smallest = min(layouts, key=memory.get)
        share = memory["henge"] / memory[smallest]
        if mode == "train":
            missed += not bar(f"{what}: peak memory against {smallest}", share, most_memory, "x")
        else:
            print(f"{what}: peak memory against {smallest}: {share:.2f} x")
    return missed


print(machine())
with tempfile.TemporaryDirectory() as place:
    sys.exit(1 if sum(measure(place, *case) for case in cases) else 0)
