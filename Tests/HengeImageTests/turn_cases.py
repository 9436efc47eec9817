# SPDX-License-Identifier: MIT
"""Writes TurnCases.swift: planes turned by Pillow, to be compared with turnPlanes.

Pillow counts angles against the clock, henge with it. Needs numpy and Pillow.
"""

import pathlib

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 6, 7
ANGLES = [0, 12.5, 30, -45, 77, 90, 135, 180, 250, -300]


def plane():
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return ((rows * 13 + columns * 7 + rows * columns * 3) % 17 / 8.5 - 1).astype(np.float32)


def main():
    # An even width and an odd height have different middles; a square shows exact quarter turns.
    image = Image.fromarray(plane(), "F")
    lines = [
        "// SPDX-License-Identifier: MIT",
        "// Written by turn_cases.py; do not edit.",
        "",
        "/// Planes of 6 x 7 that Pillow turned, with -1 around them.",
        "enum TurnCases {",
        "  static let cases: [(degrees: Double, expected: [Float])] = [",
    ]
    for angle in ANGLES:
        turned = image.rotate(-angle, resample=Image.BILINEAR, fillcolor=-1)
        values = ", ".join(f"{value:.6g}" for value in np.asarray(turned).ravel())
        lines.append(f"    ({angle}, [{values}]),")
    lines += ["  ]", "}", ""]
    pathlib.Path(__file__).with_name("TurnCases.swift").write_text("\n".join(lines))


main()
