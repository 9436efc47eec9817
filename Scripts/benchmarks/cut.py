# SPDX-License-Identifier: MIT
"""A step of CUT and of FastCUT by henge and by PyTorch, from the same weights.

twins.py says how. Places of patches are drawn by each program, so that its contrast is compared
only roughly; FastCUT mirrors the images in half of the steps, by a coin that each throws too, for
which reason the discriminator's losses are compared roughly there.
"""

import sys
import tempfile

from alternate import machine
from twins import Method

networks = ["g", "f", "d"]
methods = [
    Method("cut", "torch_cut.py", networks, ["g", "nce", "nce_identity", "d"],
           loose={"nce": 0.05, "nce_identity": 0.05}),
    Method("cut", "torch_cut.py", networks, ["g", "nce", "d"], options=", fast=true",
           words=["fast"], loose={"g": 0.02, "nce": 0.05, "d": 0.02})]

print(machine())
with tempfile.TemporaryDirectory() as place:
    missed = [method.measure(place, (128, 64, 9), {"train": 4}, {"train": 2.0}, None)
              for method in methods]
sys.exit(1 if sum(missed) else 0)
