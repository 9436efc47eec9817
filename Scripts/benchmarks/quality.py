# SPDX-License-Identifier: MIT
"""CycleGAN trained by henge and by PyTorch from the same first weights, for as many steps, and how
far what the generators then make is from pictures that neither has seen: the sliced Wasserstein
distance.

    quality.py ANIME HUMAN HELD_ANIME HELD_HUMAN [OUT]
        folders of pictures to train on and of others to measure with; a last part with a `*`
        chooses among a folder's files: faces/anime/anime64png_*. OUT, if given, is where a sheet of
        both is written.

HENGE_BENCH_STEPS says how many steps, 3,000 by itself; HENGE_BENCH_THREADS with how many threads.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from alternate import bar, machine, program

here = Path(__file__).resolve().parent
steps = int(os.environ.get("HENGE_BENCH_STEPS", "3000"))
threads = os.environ.get("HENGE_BENCH_THREADS", "2")
SIZE, BASE, BLOCKS = 64, 32, 6
names = ("g_ab", "g_ba", "d_a", "d_b")

SETS = f"""
A = images("a", size={SIZE}x{SIZE})
B = images("b", size={SIZE}x{SIZE})
VA = images("va", size={SIZE}x{SIZE})
VB = images("vb", size={SIZE}x{SIZE})
"""
PREPARE = SETS + """
save(A.tensor(), "a.npy")
save(B.tensor(), "b.npy")
"""
TRAIN = SETS + f"""
t = cyclegan(A, B, base={BASE}, blocks={BLOCKS})
""" + "\n".join(f't.{name}.load("{name}.pth")' for name in names) + f"""
t.step({steps}, every={max(1, steps // 10)})
save(t, "henge.safetensors")
"""
MEASURE = SETS + f"""
t = resume("henge.safetensors", A, B)
fn peer(path) {{
  m = resnet_generator(base={BASE}, blocks={BLOCKS})
  m.load(path)
  return m
}}
ab = peer("learned_g_ab.pth")
ba = peer("learned_g_ba.pth")
a = VA.tensor()
b = VB.tensor()
print([swd(VA, VB), swd(t.g_ab(a), VB), swd(ab(a), VB), swd(t.g_ba(b), VA), swd(ba(b), VA)])
n = min([8, len(VA), len(VB)])
sheet([a[:n], t.g_ab(a[:n]), ab(a[:n]), b[:n], t.g_ba(b[:n]), ba(b[:n])],
  left=["drawings", "henge", "PyTorch", "photographs", "henge", "PyTorch"]) |> save_png("sheet.png")
"""


def henge(folder, text):
    """Runs a script in `folder` and gives what it printed."""
    (folder / "quality.henge").write_text(text)
    run = subprocess.run(
        [program, "-q", "--threads", threads, "--out", folder, "quality.henge"], cwd=folder,
        text=True, check=False, stdout=subprocess.PIPE)
    if run.returncode != 0:
        sys.exit(run.returncode)
    return run.stdout


def twin(folder, *words):
    command = [sys.executable, here / "torch_twin.py", words[0], folder, str(SIZE), str(BASE),
               str(BLOCKS), *words[1:]]
    return subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout


def chosen(text, folder):
    """Links the pictures that an argument names into `folder`."""
    path = Path(text).resolve()
    files = sorted(path.parent.glob(path.name) if "*" in path.name else path.iterdir())
    folder.mkdir()
    for file in files:
        (folder / file.name).symlink_to(file)
    return len(files)


def main():
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        counts = [chosen(text, folder / name)
                  for text, name in zip(sys.argv[1:5], ("a", "b", "va", "vb"))]
        print(f"{counts[0]} + {counts[1]} pictures, {counts[2]} + {counts[3]} held out;"
              f" {steps} steps at {SIZE}x{SIZE}, base {BASE}, {BLOCKS} blocks, {threads} threads",
              flush=True)
        henge(folder, PREPARE)
        twin(folder, "weights")
        begin = time.perf_counter()
        henge(folder, TRAIN)
        own = time.perf_counter() - begin
        print(f"henge   {own / 60:6.1f} min", flush=True)
        seconds = json.loads(twin(folder, "learn", threads, str(steps), "last"))["seconds"]
        print(f"PyTorch {sum(seconds) / 60:6.1f} min", flush=True)
        plain, mine, theirs, back, their_back = json.loads(henge(folder, MEASURE))
        print(f"SWD x 1000 to held-out photographs: drawings as they are {plain:.1f},"
              f" henge's {mine:.1f}, PyTorch's {theirs:.1f}")
        print(f"SWD x 1000 to held-out drawings: photographs as they are {plain:.1f},"
              f" henge's {back:.1f}, PyTorch's {their_back:.1f}")
        if len(sys.argv) == 6:
            shutil.copy(folder / "sheet.png", sys.argv[5])
        kept = [
            bar("henge's time", own / 60, 60, "min"),
            bar("henge's distance against PyTorch's", mine / theirs, 1.1, "x"),
            bar("henge's distance against the drawings'", mine / plain, 1, "x")]
        return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
