#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""FID by henge on the architecture of Inception, compared with clean-fid's formula on PyTorch's features.

  loaded_fid.py HENGE FOLDER   the program, and where the files go

The architecture is pytorch-fid's, with random weights; henge reads it from an ONNX file. The images are the same
for both, at 299x299, where nothing is resized. Exit: 0 if the two values are within 1e-3 of each other (or of
their size), 1 if not.
"""
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import torch
import torchvision
from cleanfid.fid import frechet_distance
from PIL import Image
from pytorch_fid import inception

warnings.filterwarnings("ignore")
COUNT = 24


def network():
    """Inception as FID uses it: 2048 features of an image with values -1..1."""
    # The trained weights would be downloaded; random ones take their place.
    torch.manual_seed(0)
    inception.load_state_dict_from_url = lambda *_, **__: {}
    torchvision.models.Inception3.load_state_dict = lambda *_, **__: None
    made = inception.InceptionV3([3], resize_input=False, normalize_input=False)
    for module in made.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return made.eval()


class Features(torch.nn.Module):
    """The features alone, [N, 2048]."""

    def __init__(self):
        super().__init__()
        self.network = network()

    def forward(self, x):
        return self.network(x)[0].flatten(1)


def pictures(folder, name, seed):
    """Smooth random images as PNG files."""
    rng = np.random.default_rng(seed)
    (folder / name).mkdir(exist_ok=True)
    for index in range(COUNT):
        small = rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        if name == "B":
            small[..., 0] //= 2
        image = Image.fromarray(small).resize((299, 299), Image.BICUBIC)
        image.save(folder / name / f"{index:02}.png")


def features(model, folder):
    files = sorted(folder.glob("*.png"))
    batch = np.stack([np.asarray(Image.open(file), dtype=np.float32) for file in files])
    x = torch.from_numpy(batch.transpose(0, 3, 1, 2)) / 127.5 - 1
    with torch.no_grad():
        return torch.cat([model(part) for part in x.split(8)]).double().numpy()


henge, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
folder.mkdir(parents=True, exist_ok=True)
model = Features().eval()
for name, seed in [("A", 1), ("B", 2)]:
    pictures(folder, name, seed)
torch.onnx.export(model, torch.randn(1, 3, 299, 299), folder / "inception.onnx", dynamo=False, opset_version=17,
                  input_names=["image"], output_names=["features"],
                  dynamic_axes={"image": {0: "N"}, "features": {0: "N"}})
a, b = features(model, folder / "A"), features(model, folder / "B")
theirs = frechet_distance(a.mean(0), np.cov(a, rowvar=False), b.mean(0), np.cov(b, rowvar=False))
script = 'm = load("inception.onnx"); print(fid(images("A"), images("B"), m, few=true))'
run = subprocess.run([henge, "-q", "-e", script], cwd=folder, capture_output=True, text=True)
if run.returncode != 0:
    sys.exit(run.stderr)
own = float(run.stdout.split()[-1])
print(f"fid of {COUNT} and {COUNT} images: henge {own:.6f}, clean-fid {theirs:.6f}")
sys.exit(0 if abs(own - theirs) <= 1e-3 * max(1, abs(theirs)) else 1)
