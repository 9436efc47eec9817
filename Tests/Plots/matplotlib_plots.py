#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the plots of plots.henge with matplotlib as well, and puts each pair next to each other.

    matplotlib_plots.py HENGE FOLDER

Needs numpy, pandas, matplotlib and Pillow. FOLDER gets the tables, the plots of both and
sheet-*.png, henge's at the left: to be looked at.
"""
import pathlib
import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

henge, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
data, theirs, ours = folder / "data", folder / "matplotlib", folder / "henge"
for each in (data, theirs, ours):
    each.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(3)

x = np.linspace(-6, 6, 200)
curves = pd.DataFrame({
    "x": x, "sin": np.sin(x), "cos": np.cos(x), "noise": rng.normal(0, 0.3, 200)})
eight = pd.DataFrame({f"c{i}": np.exp(-np.arange(100) / (10 + 8 * i)) + 0.1 * i for i in range(8)})
lr = np.array([1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3])
bands = pd.DataFrame({
    "lr": lr, "a": [3, 2.2, 1.4, 1.0, 1.6, 3.1], "b": [2.8, 2.5, 2.0, 1.8, 2.2, 2.4],
    "a_sd": [0.3, 0.25, 0.2, 0.15, 0.3, 0.6], "b_sd": [0.2] * 6})
steps = np.arange(3000)
long = pd.DataFrame({"loss": 2 * np.exp(-steps / 600) + 0.5 + rng.normal(0, 0.25, 3000),
                     "wide": 10.0 ** np.linspace(-12, 12, 3000)})
group = rng.integers(0, 3, 150)
points = pd.DataFrame({"x": rng.normal(size=150) + 3 * group, "y": rng.normal(size=150) - group,
                       "group": group})
million = pd.DataFrame({"x": rng.normal(size=100_000), "y": rng.normal(size=100_000)})
for name in ("curves", "eight", "bands", "long", "points", "million"):
    globals()[name].to_csv(data / f"{name}.csv", index=False)

subprocess.run(
    [henge, "run", pathlib.Path(__file__).parent / "plots.henge", f"data={data}", "--out", ours],
    check=True)


def figure(name, title="", xlabel="", ylabel="", legend=False):
    axes = plt.gca()
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if legend:
        axes.legend()
    plt.gcf().set_size_inches(6.4, 4)
    plt.tight_layout()
    plt.savefig(theirs / f"{name}.png", dpi=200)
    plt.close("all")


for name in ("sin", "cos", "noise"):
    plt.plot(x, curves[name], label=name)
figure("curves", "Curves", "x", "y", True)
for name in eight:
    plt.plot(eight[name], label=name)
figure("eight", "Eight curves", "step", "loss", True)
for name in ("a", "b"):
    plt.plot(lr, bands[name], label=name)
    sd = bands[name + "_sd"]
    plt.fill_between(lr, bands[name] - sd, bands[name] + sd, alpha=0.2)
plt.xscale("log")
figure("bands", "Mean and sd", "lr", "loss", True)
for name in ("a", "b"):
    plt.errorbar(lr, bands[name], bands[name + "_sd"], label=name, capsize=3)
plt.xscale("log")
figure("errors", "Error bars", "lr", "loss", True)
plt.plot(long["loss"], alpha=0.3, color="C0")
plt.plot(long["loss"].ewm(alpha=0.03).mean(), color="C0")
figure("smooth", "Smoothed", "step", "loss")
plt.semilogy(long["wide"])
figure("wide", "1e-12 to 1e12", "step")
plt.bar(["fid", "kid", "swd", "lpips"], [41.5, 63.2, 17, 30.1], yerr=[4, 3, 2, 5], capsize=3)
figure("bars", "Bars", "", "distance")
for value in range(3):
    some = points[points["group"] == value]
    plt.plot(some["x"], some["y"], "o", ms=4, label=str(value))
figure("points", "Points", "PC 1", "PC 2", True)
plt.hist([points["x"], points["y"]], bins=20, label=["a", "b"])
figure("hist", "Histograms", "value", "", True)
plt.plot(million["x"], million["y"], ".", ms=1, alpha=0.3)
figure("million", "100,000 points")
_, (left, right) = plt.subplots(1, 2)
left.plot(curves["sin"])
left.set_title("left")
right.plot(curves["cos"])
figure("panels", "right")

pairs = sorted(path.name for path in ours.glob("*.png"))
for number, start in enumerate(range(0, len(pairs), 3)):
    rows = pairs[start:start + 3]
    sheet = Image.new("RGB", (1300, 410 * len(rows)), "white")
    for row, name in enumerate(rows):
        for column, source in enumerate((ours, theirs)):
            picture = Image.open(source / name).convert("RGB")
            picture.thumbnail((640, 400))
            sheet.paste(picture, (650 * column, 410 * row))
    sheet.save(folder / f"sheet-{number}.png")
    print(folder / f"sheet-{number}.png")
