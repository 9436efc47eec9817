# SPDX-License-Identifier: MIT
"""Networks of PyTorch and Keras, in four orders of their keys, loaded by henge.

    python campaign.py HENGE FOLDER
    python campaign.py golden

The second writes a few of them to Golden, for the tests in Swift. The first writes each network, an input and its output to FOLDER, has HENGE load it into the model of the same
layers, and prints what became of each file: loaded (the largest difference), refused (why), or
WRONG. Exit: 0 where nothing is wrong and at most one file in sixteen is refused.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "torch")
import numpy as np  # noqa: E402
import torch  # noqa: E402

import files  # noqa: E402
import keras_networks  # noqa: E402
import torch_networks  # noqa: E402

BOUND = 1e-4
# The networks that the tests keep, and the order of the keys in their file.
GOLDEN = {
    "resnet": "shuffled", "twelve-equal": "sorted", "several": "reversed", "counted": "shuffled",
    "positions": "sorted", "words": "written", "k-norms": "shuffled", "k-separable": "reversed",
    "k-dense": "sorted", "k-no-scale": "shuffled", "k-dense-keras2": "shuffled",
}


def randomized(module, generator):
    """Draws every weight and statistic anew, so that no two are alike."""
    state = {}
    for name, value in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(7)
        elif value.dim() > 1:
            size = value[0].numel()
            state[name] = torch.randn(value.shape, generator=generator) * (1.5 / size) ** 0.5
        elif name.endswith("running_var") or name.endswith("weight"):
            state[name] = torch.rand(value.shape, generator=generator) + 0.5
        else:
            state[name] = torch.randn(value.shape, generator=generator) * 0.3
    module.load_state_dict(state)
    return module.eval()


def write_torch(folder):
    for number, (name, module, henge, shape, kind) in enumerate(torch_networks.networks()):
        generator = torch.Generator().manual_seed(number)
        randomized(module, generator)
        if kind == "half.pth":
            module = module.half().float()
        x = torch.randn(shape, generator=generator)
        with torch.no_grad():
            y = module(x)
        np.save(folder / f"{name}-x.npy", x.numpy())
        np.save(folder / f"{name}-y.npy", y.numpy())
        for order in files.ORDERS:
            file = f"{name}-{order}.{kind.split('.')[-1]}"
            files.torch_file(folder / file, module, kind, order)
            yield name, file, henge


def write_keras(folder):
    rng = np.random.default_rng(5)
    for name, model, henge, shape, kind in keras_networks.networks():
        def drawn(weight):
            if len(weight.shape) > 1:
                return rng.standard_normal(weight.shape) * (1.5 / np.prod(weight.shape[:-1])) ** 0.5
            if "variance" in weight.name or "gamma" in weight.name:
                return rng.random(weight.shape) + 0.5
            return rng.standard_normal(weight.shape) * 0.3
        for weight in model.weights:
            weight.assign(drawn(weight))
        x = rng.standard_normal((2, *shape)).astype("f4")
        y = np.array(model.predict(x, verbose=0))
        np.save(folder / f"{name}-x.npy", x.transpose(0, 3, 1, 2))
        np.save(folder / f"{name}-y.npy", y.transpose(0, 3, 1, 2) if y.ndim == 4 else y)
        for order in files.ORDERS:
            file = f"{name}-{order}.{kind}"
            files.keras_file(str(folder / file), model, kind, order)
            yield name, file, henge


def write_golden():
    """Writes the files of `GOLDEN`, and cases.tsv: the file, whose input and output, the model."""
    folder = pathlib.Path(__file__).parent / "Golden"
    with tempfile.TemporaryDirectory() as all_files:
        source = pathlib.Path(all_files)
        rows = []
        for name, file, model in [*write_torch(source), *write_keras(source)]:
            if name in GOLDEN and file.startswith(f"{name}-{GOLDEN[name]}"):
                rows.append((file, name, " ".join(model.split())))
                for one in (file, f"{name}-x.npy", f"{name}-y.npy"):
                    shutil.copy(source / one, folder / one)
    (folder / "cases.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


def main():
    if sys.argv[1:] == ["golden"]:
        return write_golden()
    henge, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    script, wanted = [], []
    for name, file, model in [*write_torch(folder), *write_keras(folder)]:
        wanted.append(file)
        script.append(f"""m = {model}
try {{
  m.load("{file}")
  y = load("{name}-y.npy")
  print("{file}\\tloaded\\t" + str(((m(load("{name}-x.npy")) - y).abs().max() / max(1.0, y.abs().max())).item()))
}} catch e {{ print("{file}\\trefused\\t" + e.message) }}
""")
    (folder / "load.henge").write_text("\n".join(script))
    run = subprocess.run([henge, "run", "load.henge"], cwd=folder, capture_output=True, text=True)
    results = dict(
        (line.split("\t")[0], line.split("\t")[1:]) for line in run.stdout.splitlines() if "\t" in line)
    counts = {"loaded": 0, "refused": 0, "WRONG": 0}
    for file in wanted:
        outcome, detail = results.get(file, ("WRONG", "henge ended before it: " + run.stderr[-2000:]))
        if outcome == "loaded" and not float(detail) <= BOUND:
            outcome = "WRONG"
        counts[outcome] += 1
        print(f"{outcome:8} {file}: {detail}")
    print(f"{len(wanted)} files of {len(wanted) // 4} networks: {counts['loaded']} loaded, "
          f"{counts['refused']} refused, {counts['WRONG']} wrong")
    sys.exit(counts["WRONG"] > 0 or counts["refused"] * 16 > len(wanted))


main()
