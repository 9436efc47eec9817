#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/tables: what pandas, numpy and scipy make of tables and samples.

Run with numpy 2.2, pandas 2.2 and scipy 1.15: python3 pandas_cases.py. Numbers have the shortest
digits that read back as the same double.
"""
import pathlib

import numpy as np
import pandas as pd
from scipy import stats

HERE = pathlib.Path(__file__).parent / "Golden" / "tables"
HERE.mkdir(exist_ok=True)
rng = np.random.default_rng(7)


def write(frame, name):
    texts = frame.select_dtypes("object").columns
    frame = frame.assign(**{text: frame[text].fillna("") for text in texts})
    frame.to_csv(
        HERE / f"{name}.csv", index=False, na_rep="nan", float_format=lambda x: repr(float(x)))


n = 120
left = pd.DataFrame({
    "lr": rng.choice([1e-3, 2e-4, 1e-4, -0.0, 0.0], n),
    "method": rng.choice(["cut", "cyclegan", "ä", ""], n),
    "seed": rng.integers(0, 4, n),
    "loss": rng.normal(size=n),
    "swd": np.where(rng.random(n) < 0.2, np.nan, rng.lognormal(size=n)),
})
right = pd.DataFrame({
    "method": rng.choice(["cut", "cyclegan", "ugatit"], 9),
    "seed": rng.integers(0, 5, 9),
    "loss": rng.normal(size=9),
    "note": [f"n{i}" for i in range(9)],
})
write(left, "left")
write(right, "right")


def grouped(keys, name):
    groups = left.groupby(keys, dropna=False)
    out = groups.size().rename("count").reset_index()
    for column in ["loss", "swd"]:
        for label, f in [("mean", "mean"), ("sd", "std"), ("se", "sem"), ("min", "min"),
                         ("max", "max"), ("median", "median"), ("sum", "sum")]:
            out[f"{column}_{label}"] = groups[column].agg(f).to_numpy()
    write(out, name)


grouped(["lr"], "by-lr")
grouped(["method", "seed"], "by-method-seed")
for how in ["inner", "left"]:
    joined = left.merge(right, on=["method", "seed"], how=how, suffixes=("", "_2"))
    write(joined, f"join-{how}")

numbers = left[["lr", "seed", "loss", "swd"]]
d = numbers.describe().T
write(pd.DataFrame({
    "column": d.index, "count": d["count"].astype(int), "missing": numbers.isna().sum().to_numpy(),
    "mean": d["mean"], "sd": d["std"], "min": d["min"], "q25": d["25%"], "median": d["50%"],
    "q75": d["75%"], "max": d["max"]}), "describe")

values = left["swd"].dropna().to_numpy()
rows = []
for bins, limits in [(1, None), (7, None), (10, (0.25, 1.75)), (30, (-1.0, 0.5))]:
    counts, edges = np.histogram(values, bins=bins, range=limits)
    rows.append({"bins": bins, "low": edges[0], "high": edges[-1],
                 "counts": " ".join(map(str, counts)), "edges": " ".join(map(repr, edges.tolist()))})
write(pd.DataFrame(rows), "histograms")

levels = [(d, p) for d in [1, 2, 3, 7, 49, 1000] for p in [0.5, 0.75, 0.9, 0.95, 0.975, 0.995]]
write(pd.DataFrame({"degrees": [d for d, _ in levels], "level": [p for _, p in levels],
                    "t": [float(stats.t.ppf(p, d)) for d, p in levels]}), "student")
