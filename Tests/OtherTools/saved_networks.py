#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has henge save every kind of layer and network as ONNX, and runs the files with ONNX Runtime.

saved_networks.py HENGE FOLDER [--whole]
"""
import os
import re
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# By the kind of layer: how it is made, `size=`, and the inputs, of which some have other sizes.
LAYERS = {
    "conv": [
        ("conv(3, 5, padding=1)", "9x8", ["2x3x9x8", "1x3x6x7"]),
        ("conv(3, 4, kernel=(4, 2), stride=(2, 1), padding=(2, 1), dilation=(1, 2), bias=false)",
         "11x12", ["1x3x11x12", "3x3x20x9"]),
        ('conv(3, 4, kernel=(2, 4), padding="same")', "7x7", ["1x3x7x7", "1x3x10x5"]),
    ],
    "conv_transpose": [
        ("conv_transpose(4, 3, stride=2, padding=1, extra=1)", "4x5", ["2x4x4x5", "1x4x7x6"]),
        ("conv_transpose(4, 3, kernel=(4, 3), stride=(2, 3), padding=(1, 0), extra=(0, 2))", "4x5",
         ["1x4x4x5", "1x4x3x8"]),
        ('conv_transpose(4, 3, kernel=4, padding="same", bias=false)', "6x6",
         ["1x4x6x6", "1x4x9x5"]),
    ],
    "linear": [
        ("linear(4, 2)", "4", ["3x4", "1x4"]),
        ("linear(5, 2, bias=false)", "3x4x5", ["2x3x4x5"]),
        ("linear(5, 2)", "3x4x5", ["2x3x4x5"]),
    ],
    "relu": [("relu()", "3x4", ["1x3x3x4", "2x3x6x5"])],
    "leaky_relu": [("leaky_relu(0.1)", "3x4", ["1x3x3x4", "2x3x6x5"])],
    "prelu": [
        ("prelu(3)", "3x4x5", ["1x3x4x5", "2x3x6x6"]), ("prelu()", "4x5", ["1x3x4x5"]),
        ("prelu(4)", "4", ["2x4"]),
    ],
    "tanh": [("tanh()", "3x4", ["1x3x3x4", "2x3x6x5"])],
    "sigmoid": [("sigmoid()", "3x4", ["1x3x3x4", "2x3x6x5"])],
    "dropout": [("dropout(0.5)", "3x4", ["1x3x3x4", "2x3x6x5"])],
    "instance_norm": [
        ("instance_norm(4)", "5x5", ["2x4x5x5", "1x4x8x3"]),
        ("instance_norm(4, affine=true, eps=0.01)", "5x5", ["2x4x5x5", "1x4x8x3"]),
    ],
    "batch_norm": [
        ("batch_norm(4)", "5x5", ["2x4x5x5", "1x4x8x3"]),
        ("batch_norm(4, affine=false)", "5x5", ["2x4x5x5"]),
    ],
    "conditional_norm": [("conditional_norm(4)", "5x5", ["2x6x5x5", "1x6x8x3"])],
    "layer_instance_norm": [
        ("layer_instance_norm(4, rho=0.3)", "5x5", ["2x4x5x5", "1x4x8x3"]),
        ("layer_instance_norm(4, affine=false, rho=0.5)", "4x5x5", ["2x4x5x5"]),
    ],
    "adaptive_layer_instance_norm": [
        ("adaptive_layer_instance_norm(4)", "5x5", ["2x12x5x5", "1x12x8x3"])],
    "reflect_pad": [("reflect_pad((2, 1))", "4x5", ["1x3x4x5", "1x3x3x9"])],
    "zero_pad": [("zero_pad((2, 1))", "4x5", ["1x3x4x5", "1x3x3x9"])],
    "max_pool": [
        ("max_pool()", "5x8", ["1x3x5x8", "1x3x9x4"]),
        ("max_pool(3, stride=2, padding=1)", "5x8", ["1x3x5x8", "1x3x9x4"]),
    ],
    "avg_pool": [
        ("avg_pool()", "5x8", ["1x3x5x8", "1x3x9x4"]),
        ("avg_pool(3, stride=2, padding=1)", "5x8", ["1x3x5x8", "1x3x9x4"]),
    ],
    "blur_pool": [("blur_pool()", "5x8", ["1x3x5x8", "1x3x9x4"])],
    "upsample": [
        ("upsample(3)", "3x4", ["1x3x3x4", "1x3x5x2"]),
        ('upsample(3, mode="bilinear")', "3x4", ["1x3x3x4", "1x3x5x2"]),
        ('upsample(2, mode="blur")', "3x4", ["1x3x3x4", "1x3x5x2"]),
    ],
    "l2_normalize": [("l2_normalize(0.1)", "5", ["3x5"])],
    "flatten": [
        ("flatten()", "4x5", ["2x3x4x5", "1x3x6x6"]),
        ("sequential(conv(3, 2), flatten(), linear(24, 3))", "4x8", ["2x3x4x8"]),
    ],
    "attention": [
        ("attention(4)", "12x12", ["2x4x12x12", "1x4x4x5"]),
        ("attention(4, slope=0.2, spectral=true)", "12x12", ["1x4x12x12", "1x4x9x10"]),
    ],
    "sequential": [
        ("sequential(conv(3, 4), batch_norm(4), relu(), dropout(), conv(4, 2), tanh())", "8x9",
         ["1x3x8x9", "2x3x12x7"]),
        ("sequential()", "4x5", ["1x3x4x5"]),
    ],
    "residual": [
        ("residual(conv(4, 4, padding=1), relu())", "5x6", ["1x4x5x6", "1x4x8x8"])],
    "skip": [
        ('skip(max_pool(), conv(3, 2, padding=1), upsample(), first="output")', "4x6",
         ["1x3x4x6", "1x3x8x2"])],
    "conditioned": [
        ("conditioned(conv(3, 4), conditional_norm(4), relu())", "5x6", ["1x5x5x6", "2x5x8x8"])],
    "spectral": [
        ("spectral(conv(3, 4, kernel=4, stride=2))", "8x8", ["1x3x8x8", "1x3x9x12"]),
        ("spectral(conv_transpose(3, 4, kernel=4, stride=2))", "8x8", ["1x3x8x8"]),
        ("spectral(linear(4, 3))", "4", ["2x4"]),
    ],
    "encoder_decoder": [
        ("encoder_decoder()", "16x16", ["1x3x16x16", "1x3x20x12"]),
        ('encoder_decoder(pixels="0..255")', "16x16", ["1x3x16x16"]),
    ],
    "strided_encoder_decoder": [
        ("strided_encoder_decoder()", "32x32", ["1x3x32x32", "2x3x40x24"])],
    "resnet_generator": [
        ("resnet_generator(base=16, blocks=3)", "64x64", ["1x3x64x64", "2x3x48x80"]),
        ("resnet_generator(base=8, blocks=1)", "30x41", ["1x3x30x41"]),
        ('resnet_generator(base=8, blocks=1, norm="batch", padding="zero", up="nearest")', "32x32",
         ["1x3x32x32", "1x3x36x24"]),
        ('resnet_generator(base=8, blocks=1, up="bilinear", norm="none", dropout=0.5)', "32x32",
         ["1x3x32x32", "1x3x36x24"]),
        # The generator of CUT.
        ('resnet_generator(base=8, blocks=2, up="blur", down="blur", init="xavier")', "32x32",
         ["1x3x32x32", "1x3x36x24"]),
    ],
    "film_generator": [
        ("film_generator(base=8, blocks=2)", "32x32", ["1x5x32x32", "2x5x36x24"])],
    "unet_generator": [
        ('unet_generator(downs=4, base=8, norm="batch", dropout=0.5)', "32x32",
         ["1x3x32x32", "2x3x48x64"]),
        ('unet_generator(downs=4, base=8, up="bilinear")', "33x47", ["1x3x33x47"]),
    ],
    "patchgan": [
        ("patchgan(base=8)", "32x32", ["1x3x32x32", "2x3x40x50"]),
        ('patchgan(base=8, norm="batch", down="blur")', "32x32", ["1x3x32x32", "1x3x40x50"]),
    ],
    "pixelgan": [("pixelgan(base=8)", "16x16", ["1x3x16x16", "2x3x7x9"])],
    "projection_heads": [("projection_heads([3, 4], out=5)", "7", ["3x7"])],
    "ugatit_generator": [
        ("ugatit_generator(base=8, blocks=2)", "32x32", ["1x3x32x32", "2x3x40x24"]),
        ("ugatit_generator(base=8, blocks=2)", "30x30", ["1x3x30x30"]),
        ("ugatit_generator(base=8, blocks=2, light=false, size=32x24)", "32x24",
         ["1x3x32x24", "2x3x32x24"]),
        ("ugatit_generator(base=4, blocks=1, condition=2)", "32x32", ["1x5x32x32", "1x5x40x24"]),
    ],
    "ugatit_discriminator": [
        ("ugatit_discriminator(base=8, layers=5)", "32x32", ["1x3x32x32", "2x3x48x40"])],
    "cfa": [("cfa(maps=4)", "32x32", ["1x3x32x32", "1x3x24x40"])],
    "landmark_regressor": [
        ("landmark_regressor(base=2, size=32)", "24x40", ["2x3x24x40"]),
        ("landmark_regressor(base=2, size=32)", "32x32", ["1x3x32x32"]),
        ("landmark_regressor(base=2, size=32)", "100x90", ["1x3x100x90"]),
    ],
}

# As their papers have them, at the size of their images, and at another one.
WHOLE = [
    ("resnet_generator()", "256x256", ["1x3x256x256", "1x3x128x192"]),
    ('unet_generator(norm="batch")', "256x256", ["1x3x256x256", "1x3x512x256"]),
    ("encoder_decoder()", "256x256", ["1x3x256x256", "1x3x64x64"]),
    ("ugatit_generator()", "256x256", ["1x3x256x256", "1x3x128x192"]),
    ("ugatit_generator(light=false)", "256x256", ["1x3x256x256"]),
    ('resnet_generator(up="blur", down="blur", init="xavier")', "256x256",
     ["1x3x256x256", "1x3x128x192"]),
    ("patchgan()", "256x256", ["1x3x256x256", "1x3x128x192"]),
    ("ugatit_discriminator(layers=7)", "256x256", ["1x3x192x128", "1x3x256x256"]),
]

# Running statistics, scales and shares that are not those of a new network. The vectors of spectral
# normalization are those of a trained one: each pass that learns improves them.
SHAKE = """
fn shake(m, x) {
  is_spectral = false
  for name in m.weights {
    if "weight_u" in name { is_spectral = true }
    w = m.weights[name]
    m[name] = w + (rand(w.shape) * 2 - 1) * 0.02
  }
  if is_spectral {
    learner = sgd(m, lr=1e-9)
    for i in 0..20 { learner.minimize(() => m(x).mean()); }
  }
}
"""


def case(number, make, size, inputs, shakes):
    name = f"n{number}"
    shake = f"shake(m, rand({inputs[0]}) * 2 - 1)" if shakes else ""
    lines = [f"m = {make}", shake, f'save(m, "{name}.onnx", size={size})']
    for place, shape in enumerate(inputs):
        lines += [
            f"x = rand({shape}) * 2 - 1",
            f'save(x, "{name}.{place}.x.npy")', f'save(m(x), "{name}.{place}.y.npy")',
            f'save(m(x, precise=true), "{name}.{place}.p.npy")',
        ]
    return name, "\n".join(lines)


def shape_of(size):
    """`size=` as henge reads it: one number is written as a shape."""
    return size if "x" in size else f"shape({size})"


def compare(folder, name, count):
    """The largest difference and what is allowed, over all inputs."""
    path = os.path.join(folder, f"{name}.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    worst = (0.0, 1e-4)
    for place in range(count):
        x, y, p = (np.load(os.path.join(folder, f"{name}.{place}.{end}.npy")) for end in "xyp")
        results = session.run(None, {session.get_inputs()[0].name: x})
        for info, result in zip(session.get_outputs(), results):
            for stated, size in zip(info.shape, result.shape):
                if isinstance(stated, int) and stated != size:
                    raise ValueError(f"{info.name} is {result.shape}, not {info.shape}")
        if results[0].shape != y.shape:
            raise ValueError(f"the shape is {results[0].shape}, not {y.shape}")
        if not np.isfinite(y).all():
            raise ValueError("henge's result is not finite")
        distance = float(np.abs(results[0].astype(np.float64) - y).max())
        allowed = max(1e-4, 3 * float(np.abs(y.astype(np.float64) - p).max()))
        if distance / allowed >= worst[0] / worst[1]:
            worst = (distance, allowed)
    return worst


TRAINED = """
A = faces("anime", 6, size=24x24)
B = faces("photo", 6, size=24x24)
t = cyclegan(A, B, base=2, blocks=1)
t.step(2)
save(t.g_ab, "trained.onnx", size=24x24)
save(copy(t.g_ab), "copied.onnx", size=24x24)
print(fingerprint(A))
"""


def metadata_problem(henge, folder):
    """What is wrong with the metadata of a trainer's network, or none."""
    script = os.path.join(folder, "trained.henge")
    with open(script, "w", encoding="utf-8") as file:
        file.write(TRAINED)
    run = subprocess.run(
        [henge, "run", script, "--out", folder], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return run.stderr
    found = []
    for name in ["trained", "copied"]:
        model = onnx.load(os.path.join(folder, f"{name}.onnx"))
        found.append({entry.key: entry.value for entry in model.metadata_props})
    expected = {
        "image.range": "-1..1", "image.channels": "RGB", "image.layout": "NCHW",
        "image.step": "4", "training": "cyclegan", "training.steps": "2", "training.seed": "0",
        "training.data.A": run.stdout.strip(),
    }
    for key, text in expected.items():
        if found[0].get(key) != text:
            return f"{key} is {found[0].get(key)}, not {text}"
    if found[0]["weights.sha256"] != found[1]["weights.sha256"] or "training" in found[1]:
        return f"a copy has {found[1]}"
    return None


def main():
    henge, folder = sys.argv[1], sys.argv[2]
    with open(os.path.join(ROOT, "Docs", "Reference.md"), encoding="utf-8") as page:
        line = next(line for line in page if line.startswith("- **networks**:"))
    kinds = set(re.findall(r"\[`(\w+)`\]", line))
    failed = 0
    for kind in sorted(kinds ^ set(LAYERS)):
        print(f"WRONG  {kind}: is in the reference or in this table, not in both")
        failed += 1
    problem = metadata_problem(henge, folder)
    if problem:
        print(f"WRONG  metadata: {problem}")
        failed += 1
    cases = [(make, size, inputs, True) for kind in LAYERS.values() for make, size, inputs in kind]
    if "--whole" in sys.argv:
        # New vectors of spectral normalization would be far from those of a trained network.
        cases += [(make, size, inputs, "ugatit_discriminator" in make)
                  for make, size, inputs in WHOLE]
    for number, (make, size, inputs, shakes) in enumerate(cases):
        name, text = case(number, make, shape_of(size), inputs, shakes)
        script = os.path.join(folder, f"{name}.henge")
        with open(script, "w", encoding="utf-8") as file:
            file.write(SHAKE + text + "\n")
        run = subprocess.run(
            [henge, "run", script, "--out", folder], capture_output=True, text=True, check=False)
        try:
            if run.returncode != 0:
                raise ValueError(run.stderr.strip() or f"henge ended with {run.returncode}")
            distance, allowed = compare(folder, name, len(inputs))
            same = distance <= allowed
            word = "same  " if same else "WRONG "
            print(f"{word} {make}: {distance:.1e} of {allowed:.1e}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            same = False
            print(f"WRONG  {make}: {type(error).__name__}: {error}", flush=True)
        failed += not same
    print(f"onnx: {len(cases)} compared, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
