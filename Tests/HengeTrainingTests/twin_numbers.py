# SPDX-License-Identifier: MIT
"""Numbers that both sides of a comparison with PyTorch work out for themselves: TwinNumbers.swift has
the same formulas, so that a fixture holds neither first weights nor pictures.

All follow from one function of 64-bit numbers [Steele et al. 2014, SplitMix64].
"""
import numpy as np

BUCKETS = 256


def mix(x):
    """SplitMix64's output for state x."""
    with np.errstate(over="ignore"):
        z = x.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def indices(seed, count):
    return np.arange(count, dtype=np.uint64) + np.uint64(seed << 32)


def weights(seed, shape, bound=0.0346):
    """Even over -bound...bound; by itself a deviation of 0.02."""
    top = (mix(indices(seed, int(np.prod(shape)))) >> np.uint64(40)).astype(np.float64)
    return ((top - 2 ** 23) / 2 ** 23 * bound).astype(np.float32).reshape(shape)


def pixels(seed, height, width):
    """u8 [3, height, width]: slanted waves with some noise."""
    noise = (mix(indices(seed, 3 * height * width)) % np.uint64(56)).astype(np.int64)
    draws = mix(indices(seed + 1, 9)).reshape(3, 3)
    y, x = np.mgrid[:height, :width]
    planes = []
    for a, b, c in draws:
        phase = (3 + int(a % np.uint64(16))) * x + (3 + int(b % np.uint64(16))) * y
        wave = np.abs((phase + int(c % np.uint64(512))) % 512 - 256)
        planes.append(wave * 200 // 256)
    return (np.stack(planes) + noise.reshape(3, height, width)).astype(np.uint8)


def places(seed, count, size):
    """For each picture the place that it takes in a full pool of `size`, or -1."""
    draws = mix(indices(seed, 2 * count)).reshape(count, 2)
    return np.array(
        [int(b % np.uint64(size)) if a % np.uint64(10) < 7 else -1 for a, b in draws])


def sketch(weight):
    """Sums of the elements with signs over 256 buckets, both drawn for each place.

    The length of the difference of two sketches is that of what they are of, to one part in 20:
    its square is right in the mean with a deviation of sqrt(2 / 256). [Charikar et al. 2002]
    Up to 256 elements are their own sketch.
    """
    flat = weight.astype(np.float64).reshape(-1)
    if flat.size <= BUCKETS:
        return flat.astype(np.float32)
    draws = mix(indices(7, flat.size))
    signs = np.where(draws >> np.uint64(8) & np.uint64(1), 1.0, -1.0)
    sums = np.bincount(
        (draws & np.uint64(BUCKETS - 1)).astype(np.int64), signs * flat, BUCKETS)
    return sums.astype(np.float32)
