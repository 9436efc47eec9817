#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/measures.txt: what numpy, scipy and scikit-image make of measures of pictures.

Run with numpy 2, scipy 1.17 and scikit-image 0.26: python3 measure_cases.py. A line is

    name | numbers of the case | the expected numbers

Pictures are noise of a linear congruential generator, which the Swift tests have too. The sliced
Wasserstein distance is written here from its definition, with henge's counted draws: Philox4x32-10
keyed by the seed and the FNV-1a hash of the stream's name.
"""
import pathlib

import numpy as np
from scipy.linalg import sqrtm
from scipy.ndimage import convolve
from scipy.stats import wasserstein_distance
from skimage.exposure import match_histograms
from skimage.metrics import structural_similarity

HERE = pathlib.Path(__file__).parent / "Golden"
lines = []


def case(name, numbers, *expected):
    values = " ".join(repr(float(value)) for value in expected)
    lines.append(f"{name} | {' '.join(map(str, numbers))} | {values}")


def noise(count, seed):
    """Bytes of a linear congruential generator as numbers from -1 to 1."""
    out, state = np.empty(count, np.float32), seed
    for i in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        out[i] = np.float32(state >> 16 & 255) / np.float32(127.5) - np.float32(1)
    return out


def pictures(n, c, h, w, seed):
    """Noise; for even seeds each number is averaged with the one before it."""
    values = noise(n * c * h * w, seed)
    if seed % 2 == 0:
        values = (values + np.concatenate([values[:1], values[:-1]])) / np.float32(2)
    return values.reshape(n, c, h, w)


# Counted draws

class Stream:
    def __init__(self, seed, name):
        self.seed, self.name = seed, 0xCBF29CE484222325
        for byte in name.encode():
            self.name = (self.name ^ byte) * 0x100000001B3 % 2**64

    def draws(self, begin, count):
        index = np.arange(begin, begin + count, dtype=np.uint64)
        block = index >> np.uint64(1)
        low = np.uint64(0xFFFFFFFF)
        c = [block & low, block >> np.uint64(32)]
        c += [np.full_like(block, self.name & 0xFFFFFFFF), np.full_like(block, self.name >> 32)]
        k0, k1 = self.seed & 0xFFFFFFFF, self.seed >> 32
        for _ in range(10):
            a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
            c = [
                (b >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), b & low,
                (a >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), a & low,
            ]
            k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
        first, second = c[0] | c[1] << np.uint64(32), c[2] | c[3] << np.uint64(32)
        return np.where(index & np.uint64(1) == 0, first, second)

    def below(self, begin, count, bound):
        return np.array([int(draw) * bound >> 64 for draw in self.draws(begin, count)])

    def normal(self, begin, count):
        draws = (self.draws(begin, count + count % 2) >> np.uint64(11)).astype(float) * 2.0**-53
        u, v = draws[0::2], draws[1::2]
        radius, angle = np.sqrt(-2 * np.log(1 - u)), 2 * np.pi * v
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()[:count]


# The sliced Wasserstein distance

KERNEL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def blurred(batch, gain=1):
    return convolve(batch, KERNEL[None, None] * gain, mode="mirror")


def pyramid(batch, smallest):
    levels = []
    while (min(batch.shape[2:]) + 1) // 2 >= smallest:
        small = blurred(batch)[:, :, ::2, ::2]
        large = np.zeros_like(batch)
        large[:, :, ::2, ::2] = small
        levels.append(batch - blurred(large, 4))
        batch = small
    return levels + [batch]


def descriptors(level, index, patches, seed):
    n, c, h, w = level.shape
    stream = Stream(seed, f"swd.patches.{index}")
    rows = stream.below(0, 2 * n * patches, h - 6)[0::2]
    columns = stream.below(0, 2 * n * patches, w - 6)[1::2]
    found = np.stack([
        level[i // patches, :, y:y + 7, x:x + 7] for i, (y, x) in enumerate(zip(rows, columns))
    ])
    found -= found.mean((0, 2, 3), keepdims=True)
    found /= found.std((0, 2, 3), keepdims=True)
    return found.reshape(len(found), -1)


def swd(a, b, patches, directions, repeats, smallest, seed):
    distances = []
    for index, (x, y) in enumerate(
            zip(pyramid(a.astype(float), smallest), pyramid(b.astype(float), smallest))):
        x, y = descriptors(x, index, patches, seed), descriptors(y, index, patches, seed)
        stream, position, found = Stream(seed, "swd.directions"), 0, []
        for _ in range(repeats):
            vectors = stream.normal(position, directions * x.shape[1]).reshape(directions, -1)
            position += vectors.size + vectors.size % 2
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            found += [wasserstein_distance(x @ v, y @ v) for v in vectors]
        distances.append(1000 * np.mean(found))
    return distances


for numbers in [
    # channels, height, width, pictures of A and B, seeds of their noise, and the settings.
    (3, 32, 32, 6, 6, 1, 2, 16, 12, 2, 16, 0),
    (3, 64, 64, 3, 3, 2, 3, 8, 16, 1, 16, 5),
    (1, 21, 34, 5, 5, 1, 4, 9, 7, 3, 7, 1),
    (2, 16, 17, 4, 7, 3, 2, 5, 8, 2, 8, 2**40 + 3),
    (3, 12, 9, 3, 8, 2, 5, 11, 5, 1, 16, 0),
]:
    c, h, w, n, m, first, second, *settings = numbers
    case(
        "swd", numbers,
        *swd(pictures(n, c, h, w, first), pictures(m, c, h, w, second), *settings))

# Structural similarity

for numbers in [(1, 11, 11, 1, 2), (3, 24, 31, 1, 3), (2, 40, 17, 4, 6), (3, 64, 64, 2, 2)]:
    c, h, w, first, second = numbers
    a = pictures(1, c, h, w, first)[0].astype(float)
    b = a * 0.8 + 0.1 * pictures(1, c, h, w, second)[0].astype(float)
    value = structural_similarity(
        a, b, data_range=2.0, channel_axis=0, gaussian_weights=True, sigma=1.5,
        use_sample_covariance=False)
    case("ssim", numbers, value)

# Histogram matching: numbers with many repetitions, and with few

for numbers in [(1, 5, 7, 4, 6, 1, 3), (3, 12, 9, 20, 7, 2, 5), (2, 8, 8, 8, 8, 3, 4)]:
    c, h, w, height, width, first, second = numbers
    a = pictures(1, c, h, w, first)[0].astype(float)
    b = 0.5 * pictures(1, c, height, width, second)[0].astype(float) + 0.2
    if second % 2 == 1:
        a, b = np.round(4 * a) / 4, np.round(8 * b) / 8
    matched = match_histograms(a, b, channel_axis=0)
    weights = np.cos(np.arange(matched.size)).reshape(matched.shape)
    case("histogram_match", numbers, matched.sum(), (matched * weights).sum(), matched[0, 0, 0])

# Distances of features


def features(n, d, seed):
    """Correlated numbers: noise, each added to the one before it in its row."""
    values = noise(n * d, seed).reshape(n, d).astype(float)
    return values + 0.5 * np.roll(values, 1, axis=1) + 0.1 * (seed % 5)


def fid(x, y):
    s, t = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = sqrtm(s @ t)
    return np.sum((x.mean(0) - y.mean(0))**2) + np.trace(s + t - 2 * root.real)


def mmd(x, y):
    d, n, m = x.shape[1], len(x), len(y)
    xx, yy, xy = ((u @ v.T / d + 1)**3 for u, v in ((x, x), (y, y), (x, y)))
    return ((xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1))
            - 2 * xy.mean())


for n, m, d, first, second in [(40, 40, 7, 1, 2), (30, 50, 16, 3, 7), (90, 64, 33, 2, 9)]:
    x, y = features(n, d, first), features(m, d, second)
    case("fid", (n, m, d, first, second), fid(x, y))
    case("kid", (n, m, d, first, second), mmd(x, y))

(HERE / "measures.txt").write_text("\n".join(lines) + "\n")
