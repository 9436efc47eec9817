# SPDX-License-Identifier: MIT
"""A step of U-GAT-IT by henge and by PyTorch, from the same weights: light at 128, full at 64 px.

twins.py says how. Weights are those of one checkpoint of the authors' names, which both load.
"""

import sys
import tempfile

from alternate import machine
from twins import Method

losses = ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "cam_a", "cam_b", "d_a",
          "d_b"]
light, full = (
    Method("ugatit", "torch_ugatit.py", ["g_ab"], losses, options=f", light={value}", words=[kind],
           checkpoint="first.pt")
    for kind, value in (("light", "true"), ("full", "false")))

print(machine())
with tempfile.TemporaryDirectory() as place:
    missed = [
        light.measure(place, (128, 64, 4), {"train": 3}, {"train": 2.5}, 0.5),
        full.measure(place, (64, 64, 4), {"train": 3}, {"train": 2.5}, 0.5)]
sys.exit(1 if sum(missed) else 0)
