#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has henge write events, and reads them with TensorBoard's EventAccumulator.

boards.py HENGE FOLDER
"""
import glob
import io
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing import plugin_event_accumulator

HENGE, FOLDER = sys.argv[1], sys.argv[2]
RUNS = os.path.join(FOLDER, "runs")
SETS = 'A = faces("anime", 12, size=16x16)\nB = faces("photo", 12, size=16x16)\n'
MAKE = SETS + "t = cyclegan(A, B, base=2, blocks=1, layers=1)\n"
# Everything is read; by default TensorBoard keeps a sample of the steps.
ALL = {"scalars": 0, "images": 0, "histograms": 0, "tensors": 0}
passed = failed = 0


def check(name, is_right, found=""):
    global passed, failed
    if is_right:
        passed += 1
    else:
        failed += 1
        print(f"WRONG  {name}: {found}")


def henge(name, text):
    script = os.path.join(FOLDER, f"{name}.henge")
    with open(script, "w", encoding="utf-8") as file:
        file.write(text)
    return [HENGE, "run", script, "--out", FOLDER]


def run(name, text):
    return subprocess.run(henge(name, text), capture_output=True, text=True, check=False)


def read(name):
    events = event_accumulator.EventAccumulator(os.path.join(RUNS, name), ALL)
    events.Reload()
    return events


def steps(events, tag):
    return [event.step for event in events.Scalars(tag)]


def a_run_is_read():
    result = run("first", MAKE + """
t.step(10, every=5, board="runs/a", save="t.safetensors", log=t => (twice=2 * t.count))
t.step(4, every=3, board="runs/a")
save((first=t.log[[name for name in t.losses][0]]), "log.npz")
save((weight=t.g_ab["stem.conv.weight"]), "weight.npz")
""")
    check("a run with board=", result.returncode == 0, result.stderr)
    files = os.listdir(os.path.join(RUNS, "a"))
    check("one file of a right name",
          len(files) == 1 and files[0].startswith("events.out.tfevents."), files)
    events = read("a")
    tags = events.Tags()
    losses = [tag for tag in tags["scalars"] if tag.startswith("loss/")]
    check("losses", len(losses) > 3, tags["scalars"])
    check("figures", any(tag.startswith("figure/") for tag in tags["scalars"]), tags["scalars"])
    rates = [tag for tag in tags["scalars"] if tag.startswith("lr/")]
    check("learning rates", rates and all(
        abs(event.value - 2e-4) < 1e-9 for tag in rates for event in events.Scalars(tag)), rates)
    check("every step, once", steps(events, losses[0]) == list(range(1, 15)),
          steps(events, losses[0]))
    log = np.load(os.path.join(FOLDER, "log.npz"))
    values = np.array([event.value for event in events.Scalars(losses[0])])
    check("the values of t.log", np.array_equal(values, log["first"].astype(np.float32)), values)
    measured = [(event.step, event.value) for event in events.Scalars("measure/twice")]
    check("measures", measured == [(5, 10), (10, 20)], measured)
    images = events.Images("samples")
    check("samples", [image.step for image in images] == [5, 10, 13, 14],
          [image.step for image in images])
    for image in images:
        size = Image.open(io.BytesIO(image.encoded_image_string)).size
        check("the size of samples", size == (image.width, image.height), size)
    weight = np.load(os.path.join(FOLDER, "weight.npz"))["weight"]
    histogram = events.Histograms("g_ab/stem.conv.weight")[-1]
    value = histogram.histogram_value
    check("histograms", histogram.step == 14 and value.num == weight.size
          and abs(value.sum - weight.astype(np.float64).sum()) < 1e-6
          and value.min == weight.min() and value.max == weight.max(), value)
    counts, _ = np.histogram(weight, bins=64)
    check("counts", np.abs(np.array(value.bucket) - counts).sum() <= 2, value.bucket)
    # The reader behind the page, which turns all into tensors.
    page = plugin_event_accumulator.EventAccumulator(os.path.join(RUNS, "a"), ALL)
    page.Reload()
    plugins = {page.SummaryMetadata(tag).plugin_data.plugin_name
               for tag in page.Tags()["tensors"]}
    check("all kinds on the page", {"scalars", "images", "histograms"} <= plugins, plugins)


def a_resumed_run_replaces_its_steps():
    time.sleep(1.1)
    result = run("second", SETS + """
t = resume("t.safetensors", A, B)
t.step(6, every=6, board="runs/a")
save((first=t.log[[name for name in t.losses][0]]), "log2.npz")
""")
    check("a resumed run", result.returncode == 0, result.stderr)
    events = read("a")
    tag = next(tag for tag in events.Tags()["scalars"] if tag.startswith("loss/"))
    check("no step twice", steps(events, tag) == list(range(1, 17)), steps(events, tag))
    values = np.array([event.value for event in events.Scalars(tag)])
    log = np.load(os.path.join(FOLDER, "log2.npz"))["first"]
    check("the values of the resumed log", np.array_equal(values, log.astype(np.float32)), values)
    images = [image.step for image in events.Images("samples")]
    check("no samples twice", images == [5, 10, 16], images)


def a_restored_trainer_replaces_its_steps():
    result = run("restored", MAKE + """
s = snapshot(t)
t.step(5, board="runs/r")
restore(t, s)
t.step(3, board="runs/r")
""")
    check("a restored run", result.returncode == 0, result.stderr)
    events = read("r")
    tag = next(tag for tag in events.Tags()["scalars"] if tag.startswith("loss/"))
    check("restored steps", steps(events, tag) == [1, 2, 3], steps(events, tag))


def events_are_there_while_it_runs():
    process = subprocess.Popen(
        henge("long", MAKE + 't.step(1000000, every=50, board="runs/long")'),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen = []
    end = time.time() + 120
    while time.time() < end and (not seen or seen[-1] < 30):
        time.sleep(1)
        if glob.glob(os.path.join(RUNS, "long", "*")):
            events = read("long")
            tags = [tag for tag in events.Tags()["scalars"] if tag.startswith("loss/")]
            seen += [steps(events, tags[0])[-1]] if tags else []
    process.kill()
    process.wait()
    check("events while it runs", len(seen) > 0 and seen[-1] >= 30, seen)
    events = read("long")
    tag = next(tag for tag in events.Tags()["scalars"] if tag.startswith("loss/"))
    last = steps(events, tag)
    check("a killed run is whole", last == list(range(1, len(last) + 1)), last[-3:])


def a_table_is_read():
    result = run("table", """
rows = [(step=10 * i, loss=1.0 / i, name="a") for i in 1..5]
board(table(rows), "runs/table")
board(table([(x=1.5, y=2), (x=2.5, y=3)]), "runs/rows")
""")
    check("board(table)", result.returncode == 0, result.stderr)
    check("texts are left out", "name" in result.stderr, result.stderr)
    events = read("table")
    values = [(event.step, event.value) for event in events.Scalars("loss")]
    expected = [(10 * i, np.float32(1 / i)) for i in range(1, len(values) + 1)]
    check("a table", values == expected and len(values) >= 4, values)
    events = read("rows")
    check("rows without steps", steps(events, "x") == [0, 1], steps(events, "x"))


def wrong_folders_are_refused():
    with open(os.path.join(FOLDER, "file"), "w", encoding="utf-8") as file:
        file.write("x")
    for folder in ["/nowhere/at/all", "file", "file/below", "", "/proc/runs"]:
        result = run("wrong", MAKE + f"""
t.step(1000000, board="{folder}")
""")
        check(f"board={folder!r}", result.returncode != 0 and "E-file" in result.stderr,
              result.stderr)


def nothing_else_changes():
    """A run's bytes do not depend on its board."""
    files = []
    for board in ["", ', board="runs/same"']:
        name = f"plain{len(files)}"
        result = run(name, MAKE + f'seed(3)\nt.step(4, every=2{board})\nsave(t, "{name}.safetensors")')
        check("a run", result.returncode == 0, result.stderr)
        with open(os.path.join(FOLDER, f"{name}.safetensors"), "rb") as file:
            files.append(file.read())
    check("the same bytes with a board", files[0] == files[1])


shutil.rmtree(RUNS, ignore_errors=True)
a_run_is_read()
a_resumed_run_replaces_its_steps()
a_restored_trainer_replaces_its_steps()
events_are_there_while_it_runs()
a_table_is_read()
wrong_folders_are_refused()
nothing_else_changes()
print(f"tensorboard: {passed} right, {failed} wrong")
sys.exit(1 if failed else 0)
