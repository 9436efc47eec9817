# SPDX-License-Identifier: MIT
"""Milliseconds an image of networks from PyTorch: henge beside onnxruntime, on as many threads.

    onnx-networks.py [ROUNDS]   15 rounds by default; the two take turns, image by image

Networks with random weights run on one image of 224x224. Bar: henge is at least as fast for
ResNet-18 and the features of VGG-16, on one thread and on two. Exit: 0 if it is, 1 if not.
"""
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torchvision

from alternate import alternate, at_least, machine, program

warnings.filterwarnings("ignore")
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
NETWORKS = {
    "ResNet-18": torchvision.models.resnet18,
    "VGG-16, features": lambda: torchvision.models.vgg16().features,
    "SqueezeNet 1.1": torchvision.models.squeezenet1_1,
    "MobileNet v2": torchvision.models.mobilenet_v2,
}
# Networks of which henge must be at least as fast.
BARS = ["ResNet-18", "VGG-16, features"]


class Henge:
    """A session that runs a network when it is asked to, and says how long it took."""

    def __init__(self, threads, folder):
        self.process = subprocess.Popen(
            [program, "-i", "-q", "--threads", str(threads), "--out", folder], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def seconds(self, line):
        self.ask(line)
        while True:
            answer = self.process.stdout.readline()
            if not answer:
                sys.exit("henge ended")
            if answer.startswith("seconds "):
                return float(answer.split()[1])

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def export(folder):
    for name, make in NETWORKS.items():
        torch.manual_seed(0)
        torch.onnx.export(make().eval(), torch.randn(1, 3, 224, 224), f"{folder}/{name}.onnx",
                          dynamo=False, opset_version=17)
    image = np.random.default_rng(0).standard_normal((1, 3, 224, 224), np.float32)
    np.save(f"{folder}/x.npy", image)


def measure(folder, threads):
    """Whether the bars hold on so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Its threads would spin into henge's turns.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    x = np.load(f"{folder}/x.npy")
    kept = True
    for name in NETWORKS:
        peer = onnxruntime.InferenceSession(
            f"{folder}/{name}.onnx", options, providers=["CPUExecutionProvider"])
        given = peer.get_inputs()[0].name
        henge = Henge(threads, folder)
        henge.ask(f'm = load("{folder}/{name}.onnx"); x = load("{folder}/x.npy");')

        def own(henge=henge):
            return henge.seconds('t = time { m(x); }; print("seconds", t.seconds)')

        def other(peer=peer, given=given):
            begin = time.perf_counter()
            peer.run(None, {given: x})
            return time.perf_counter() - begin

        taken = alternate({"henge": own, "onnxruntime": other}, rounds, warm_up=3)
        henge.end()
        ms = {side: 1000 * statistics.median(values) for side, values in taken.items()}
        ratio = ms["onnxruntime"] / ms["henge"]
        words = f"{name}, {threads} thread{'s' if threads > 1 else ''}"
        print(f"{words}: henge {ms['henge']:.1f} ms, onnxruntime {ms['onnxruntime']:.1f} ms")
        if name in BARS:
            kept = at_least(f"  {words}", ratio, 1, "times as fast") and kept
    return kept


print(machine())
with tempfile.TemporaryDirectory() as folder:
    export(folder)
    results = [measure(folder, threads) for threads in (1, 2)]
sys.exit(0 if all(results) else 1)
