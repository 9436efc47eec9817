#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/: small cascades and a small shape predictor, and what OpenCV and dlib find with
them in an image that is drawn here.

Needs opencv-python-headless 4.14, dlib 20 (dlib-bin), Pillow and numpy. The cascades' features and thresholds
are drawn at random until OpenCV finds a few boxes, so that every kind of tree and feature is asked.
"""

import hashlib
import json
import pathlib

import cv2
import dlib
import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent / "Golden"
cv2.setNumThreads(1)


def scene(seed, height=96, width=120):
    random = np.random.default_rng(seed)
    image = np.zeros((height, width, 3))
    for size, weight in ((6, 0.55), (15, 0.3), (40, 0.15)):
        coarse = random.uniform(0, 255, (size, size * width // height, 3)).astype(np.float32)
        image += weight * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image * 1.6 - 80, 0, 255).astype(np.uint8)


def numbers(values):
    return " ".join(f"{v:.9g}" if isinstance(v, float) else str(int(v)) for v in values)


def cascade(seed, kind, depth, window=(20, 16)):
    """A cascade of random trees with 1 or 3 nodes, as XML."""
    random = np.random.default_rng(seed)
    width, height = window
    features = []
    for _ in range(24):
        if kind == "LBP":
            w, h = random.integers(1, width // 3 + 1), random.integers(1, height // 3 + 1)
            x, y = random.integers(0, width - 3 * w + 1), random.integers(0, height - 3 * h + 1)
            features.append(f"<_><rect>{numbers((x, y, w, h))}</rect></_>")
            continue
        tilted = bool(random.integers(0, 2))
        while True:
            w, h = random.integers(2, 8, 2) * 2
            x, y = random.integers(0, width), random.integers(0, height)
            if (tilted and x >= h and x + w <= width and y + w + h <= height) or (
                    not tilted and x + w <= width and y + h <= height):
                break
        third = f"<_>{numbers((x, y, w // 2, h // 2))} 1.5</_>" if random.integers(0, 2) else ""
        features.append(
            f"<_><rects><_>{numbers((x, y, w, h))} -1.</_><_>{numbers((x, y, w // 2, h))} 2.</_>"
            f"{third}</rects><tilted>{int(tilted)}</tilted></_>")
    stages = []
    for stage in range(3):
        trees = []
        for _ in range(4):
            nodes = ((0, -1),) if depth == 1 else ((1, 2), (0, -1), (-2, -3))
            words = []
            for left, right in nodes:
                words += [left, right, random.integers(0, len(features))]
                words += (list(random.integers(-2**31, 2**31, 8)) if kind == "LBP"
                          else [float(random.normal(0, 0.02))])
            leaves = [float(v) for v in random.uniform(-1, 1, len(nodes) + 1)]
            trees.append(
                f"<_><internalNodes>{numbers(words)}</internalNodes>"
                f"<leafValues>{numbers(leaves)}</leafValues></_>")
        threshold = float(random.uniform(-0.6, 0.9))
        stages.append(
            f"<_><maxWeakCount>4</maxWeakCount><stageThreshold>{threshold:.9g}</stageThreshold>"
            f"<weakClassifiers>{''.join(trees)}</weakClassifiers></_>")
    categories = 256 if kind == "LBP" else 0
    return (
        '<?xml version="1.0"?>\n<opencv_storage>\n<cascade type_id="opencv-cascade-classifier">'
        f"<stageType>BOOST</stageType><featureType>{kind}</featureType>"
        f"<height>{height}</height><width>{width}</width>"
        f"<stageParams><maxDepth>{depth}</maxDepth><maxWeakCount>4</maxWeakCount></stageParams>"
        f"<featureParams><maxCatCount>{categories}</maxCatCount></featureParams>"
        f"<stageNum>3</stageNum>\n<stages>{chr(10).join(stages)}</stages>\n"
        f"<features>{chr(10).join(features)}</features></cascade>\n</opencv_storage>\n")


def detections():
    image = scene(1)
    cv2.imwrite(str(HERE / "scene.png"), image)
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    cases = []
    for kind in ("LBP", "HAAR"):
        for depth in (1, 2):
            found = 0
            for seed in range(10000):
                text = cascade(seed, kind, depth)
                path = HERE / f"{kind.lower()}_depth{depth}.xml"
                path.write_text(text)
                detector = cv2.CascadeClassifier(str(path))
                boxes = detector.detectMultiScale(gray, 1.1, 1)
                raw = detector.detectMultiScale(gray, 1.1, 0)
                if 3 <= len(boxes) <= 12 and len(raw) < 200:
                    break
            for padding, scale, neighbors, smallest in (
                    (0, 1.1, 3, None), (0, 1.1, 1, None), (0, 1.3, 0, None), (24, 1.2, 2, None),
                    (0, 1.1, 1, (30, 24))):
                padded = cv2.copyMakeBorder(gray, *[padding] * 4, cv2.BORDER_REPLICATE)
                boxes = detector.detectMultiScale(
                    padded, scale, neighbors, 0, smallest or (0, 0))
                boxes = [[int(v) for v in box] for box in boxes]
                cases.append({
                    "file": path.name, "pad": padding, "scale": scale, "neighbors": neighbors,
                    "smallest": smallest,
                    "boxes": [[x - padding, y - padding, w, h] for x, y, w, h in boxes]})
    return cases


def face(random):
    """An image with two dark discs and a bright one, and the middles of all three."""
    image = scene(int(random.integers(1 << 30)), 60, 60) // 2
    turn = random.uniform(-0.5, 0.5)
    center = np.array([30, 30]) + random.uniform(-4, 4, 2)
    points = []
    for (x, y), color in (((-10, -6), 0), ((10, -6), 0), ((0, 8), 255)):
        at = center + [x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]
        points.append(at)
        cv2.circle(image, [int(v) for v in at], 5, (color, color, color), -1)
    return image, points


def predictor():
    random = np.random.default_rng(5)
    faces = [face(random) for _ in range(40)]
    box = dlib.rectangle(8, 8, 51, 51)
    options = dlib.shape_predictor_training_options()
    options.tree_depth, options.cascade_depth = 3, 4
    options.num_trees_per_cascade_level, options.feature_pool_size = 12, 60
    options.num_test_splits, options.oversampling_amount = 20, 10
    options.random_seed, options.num_threads = "1", 1
    labels = [[dlib.full_object_detection(box, [dlib.point(int(x), int(y)) for x, y in points])]
              for _, points in faces]
    model = dlib.train_shape_predictor([image for image, _ in faces], labels, options)
    model.save(str(HERE / "three_points.dat"))
    image = cv2.cvtColor(cv2.imread(str(HERE / "scene.png")), cv2.COLOR_BGR2RGB)
    cases = []
    for x, y, w, h in ((0, 0, 120, 96), (8, 8, 44, 44), (30, 20, 51, 40), (-20, -10, 60, 60),
                       (90, 70, 64, 64), (5, 5, 1, 1)):
        shape = model(image, dlib.rectangle(x, y, x + w - 1, y + h - 1))
        cases.append({"box": [x, y, w, h], "points": [[p.x, p.y] for p in shape.parts()]})
    return cases


def crops():
    """What the landmark network is given of a face, and where maps of a formula have their peaks."""
    image = Image.open(HERE / "scene.png").convert("RGB")
    width, height = image.size
    maps = [np.array([((i * i * 3700 + i * 1171 + k * 101) % 9973) / 9973 for i in range(64)],
                     dtype=np.float32).reshape(8, 8) for k in range(24)]
    cases = []
    for x, y, w, h in ((30, 20, 51, 40), (0, 0, 120, 96), (3, 7, 33, 45), (80, 60, 50, 60)):
        left, right = max(x - w / 8, 0), min(x + w * 9 / 8, width)
        top, bottom = max(y - h / 4, 0), y + h
        crop = image.crop((left, top, right, bottom)).resize((128, 128), Image.BICUBIC)
        points = []
        for plane in maps:
            large = cv2.resize(plane, (128, 128), interpolation=cv2.INTER_CUBIC)
            row, column = np.unravel_index(np.argmax(large), large.shape)
            points.append([left + column * (right - left) / 128, top + row * (bottom - top) / 128])
        cases.append({"box": [x, y, w, h], "points": points,
                      "sha256": hashlib.sha256(np.array(crop).tobytes()).hexdigest()})
    return cases


HERE.mkdir(exist_ok=True)
(HERE / "cases.json").write_text(json.dumps(
    {"detections": detections(), "points": predictor(), "crops": crops()}
).replace("}, {", "},\n{") + "\n")
