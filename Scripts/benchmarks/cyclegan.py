# SPDX-License-Identifier: MIT
"""A step of CycleGAN, and a generator's picture, by henge and by PyTorch, from the same weights.

twins.py says how. --full adds 256 pixels.
"""

import sys
import tempfile

from alternate import machine
from twins import Method

method = Method(
    "cyclegan", "torch_twin.py", ["g_ab", "g_ba", "d_a", "d_b"],
    ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "d_a", "d_b"])
# Size, base and blocks; steps and pictures of a process.
cases = [((64, 32, 6), {"train": 6, "infer": 30}), ((128, 64, 6), {"train": 3, "infer": 12})]
if "--full" in sys.argv[1:]:
    cases.append(((256, 64, 9), {"train": 1, "infer": 4}))

print(machine())
with tempfile.TemporaryDirectory() as place:
    missed = [method.measure(place, shape, counts, {"train": 2.0, "infer": 2.5}, 0.6)
              for shape, counts in cases]
sys.exit(1 if sum(missed) else 0)
