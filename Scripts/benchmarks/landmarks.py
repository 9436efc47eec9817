# SPDX-License-Identifier: MIT
"""Milliseconds an image: faces found by cascades beside OpenCV, and landmarks by shape predictors
beside dlib, each on one thread, with images that are in memory already.

    landmarks.py [ROUNDS]   7 rounds by default

It takes the faces and models in ../shared/data, and says so where they are missing. The predictor
of 68 points is measured if it is among the models. Both sides turn colors to gray themselves; henge
also turns its numbers of -1..1 into bytes, which OpenCV and dlib get as they are.
"""

import statistics
import subprocess
import sys
from pathlib import Path

from alternate import alternate, at_least, machine, program, root

DATA = root.parent / "shared" / "data"
# What is measured: a name, the model, the images, and how many of them.
CASCADES = [
    ("LBP, drawn faces 256x256", "lbpcascade_animeface.xml", "anime/danbooru256_", 120),
    ("LBP, photographs 200x200", "lbpcascade_frontalface.xml", "human/utkface200_", 120),
    ("Haar, photographs 200x200", "haarcascade_frontalface_default.xml", "human/utkface200_", 120),
]
PREDICTORS = [
    ("5 points, photographs 200x200", "shape_predictor_5_face_landmarks.dat", "human/utkface200_",
     120),
    ("68 points, photographs 200x200", "shape_predictor_68_face_landmarks.dat",
     "human/utkface200_", 120),
]

HENGE = """
model = {model}
images = [load(name) for name in {files}]
for x in images[0:3] {{ {call} }}
t = time {{ for x in images {{ {call} }} }}
print(t.seconds)
"""

OPENCV = """
import sys, time
import cv2
cv2.setNumThreads(1)
model = cv2.CascadeClassifier(sys.argv[1])
images = [cv2.imread(name) for name in sys.argv[2:]]
for image in images[:3]: model.detectMultiScale(image)
begin = time.perf_counter()
for image in images: model.detectMultiScale(image)
print(time.perf_counter() - begin)
"""

DLIB = """
import sys, time
import cv2, dlib
model = dlib.shape_predictor(sys.argv[1])
images = [cv2.cvtColor(cv2.imread(name), cv2.COLOR_BGR2RGB) for name in sys.argv[2:]]
def run(image):
    height, width = image.shape[:2]
    return model(image, dlib.rectangle(0, 0, width - 1, height - 1))
for image in images[:3]: run(image)
begin = time.perf_counter()
for image in images: run(image)
print(time.perf_counter() - begin)
"""


def seconds(*words, text):
    run = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return float(run.stdout.split()[-1])


def measure(rounds, name, model, images, count, call, make, peer, script):
    """Alternates henge and a peer; whether henge is at least as fast."""
    path = DATA / "models" / model
    files = sorted(str(file) for file in (DATA / "faces").glob(f"{images}*"))[:count]
    if not path.exists() or not files:
        print(f"{name}: skipped, {path.name} or its images are not in {DATA}")
        return True
    text = HENGE.format(
        model=f'{make}("{path}")', call=call,
        files="[" + ", ".join(f'"{file}"' for file in files) + "]")
    measured = alternate({
        "henge": lambda: seconds(program, "--threads", "1", text=text),
        peer: lambda: seconds(sys.executable, "-", str(path), *files, text=script),
    }, rounds)
    medians = {key: statistics.median(values) / len(files) for key, values in measured.items()}
    print(f"{name}, {len(files)} images: henge {medians['henge'] * 1e3:.3f} ms,",
          f"{peer} {medians[peer] * 1e3:.3f} ms an image")
    return at_least(name, medians[peer] / medians["henge"], 1, f"times as fast as {peer}")


def main():
    print(machine())
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    kept = [measure(rounds, *row, "detect(x, model)", "cascade", "OpenCV", OPENCV)
            for row in CASCADES]
    kept += [measure(rounds, *row, "points(model, x)", "predictor", "dlib", DLIB)
             for row in PREDICTORS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
