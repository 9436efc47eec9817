#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/angles.txt: what numpy makes of the encodings of an angle.

Run with numpy 2: python3 angle_channels.py. A line is

    encoding | height width degrees x y … | the channels' values, row by row, in single precision

with the points of heat maps after the angle.
"""
import pathlib

import numpy as np

lines = []


def case(encoding, height, width, degrees, points, planes):
    numbers = [height, width, degrees] + [n for point in points for n in point]
    values = " ".join(repr(float(v)) for v in np.asarray(planes).astype(np.float32).ravel())
    lines.append(f"{encoding} | {' '.join(map(repr, numbers))} | {values}")


def ramp(height, width, degrees):
    t = np.deg2rad(degrees)
    x = np.linspace(-1, 1, width) if width > 1 else np.zeros(1)
    y = np.linspace(-1, 1, height) if height > 1 else np.zeros(1)
    return x[None, :] * np.cos(t) + y[:, None] * np.sin(t)


def heatmap(height, width, points):
    sigma = width / 32
    y, x = np.mgrid[0:height, 0:width]
    return [
        2 * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * sigma**2)) - 1 for px, py in points
    ]


for height, width in [(5, 7), (8, 8), (1, 4), (3, 1), (1, 1)]:
    for degrees in [0.0, 12.5, -37.0, 90.0, -90.0, 180.0]:
        case("ramp", height, width, degrees, [], ramp(height, width, degrees))
        t = np.deg2rad(degrees)
        case(
            "film",
            height,
            width,
            degrees,
            [],
            [np.full((height, width), np.cos(t)), np.full((height, width), np.sin(t))],
        )
        case(
            "constant", height, width, degrees, [], np.full((height, width), degrees / 180)
        )
for height, width, points in [
    (6, 8, [(3.0, 2.0)]),
    (5, 9, [(4.25, 1.5), (8.0, 4.0), (-3.0, 2.0)]),
    (9, 64, [(30.5, 4.0), (0.0, 0.0)]),
]:
    case("heatmap", height, width, 0.0, points, heatmap(height, width, points))

folder = pathlib.Path(__file__).parent / "Golden"
folder.mkdir(exist_ok=True)
(folder / "angles.txt").write_text("\n".join(lines) + "\n")
