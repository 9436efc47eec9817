#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Fixtures/: picture files, and the bytes Pillow makes of them and of resizings.

Run with Pillow 13 and numpy: python3 pillow_cases.py. PNG files are encoded here, sample by sample,
because Pillow writes neither 2-bit grey nor 16-bit RGB nor interlaced ones; what a file must decode
to is known from its samples and, where Pillow's decoding keeps them all, compared with it.
"""
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent / "Fixtures"
FILTERS = {"nearest": 0, "box": 4, "bilinear": 2, "bicubic": 3}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
manifest, expected = [], bytearray()


def case(*words, result):
    """A line of the manifest: what is done, then where its expected bytes are."""
    data = result.tobytes()
    manifest.append(" ".join(map(str, (*words, len(expected), len(data)))))
    expected.extend(data)


def noise(count, seed):
    """Bytes of a linear congruential generator, which the Swift tests have too."""
    out, state = np.empty(count, np.uint8), seed
    for i in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        out[i] = state >> 16 & 255
    return out


def source(h, w, c, seed=1):
    return noise(h * w * c, seed).reshape(h, w, c)


def picture(array):
    c = array.shape[2]
    return Image.fromarray(array[:, :, 0] if c == 1 else array, MODES[c])


# PNG

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_row(row, depth):
    """Samples of one row, most significant bit first."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = (row.reshape(-1, 1) >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.astype(np.uint8).reshape(-1)).tobytes()


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, bpp):
    """Every filter type in turn."""
    out, above = bytearray(), bytes(len(rows[0]) if rows else 0)
    for y, row in enumerate(rows):
        kind = y % 5
        out.append(kind)
        for i, value in enumerate(row):
            a = row[i - bpp] if i >= bpp else 0
            b = above[i]
            c = above[i - bpp] if i >= bpp else 0
            out.append((value - (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]) % 256)
        above = row
    return bytes(out)


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
         (1, 0, 2, 1)]


def png(samples, colour, depth, interlaced, extra=b""):
    h, w, c = samples.shape
    bpp = max(1, c * depth // 8)
    data = b""
    for y0, x0, dy, dx in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size:
            data += filtered([packed_row(r.reshape(-1), depth) for r in part], bpp)
    header = struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def spread(samples, depth):
    return (samples.astype(np.uint32) * 255 // (2**depth - 1)).astype(np.uint8)


def png_kinds():
    """(name, samples, colour type, depth, chunks before IDAT, decoded samples)."""
    h, w = 11, 13
    rng = np.random.default_rng(5)
    for depth in (1, 2, 4, 8, 16):
        grey = rng.integers(0, 2**depth, (h, w, 1), dtype=np.uint16)
        full = grey if depth == 16 else spread(grey, depth)
        yield f"grey{depth}", grey, 0, depth, b"", full
        top = 65535 if depth == 16 else 255
        key = int(grey[0, 0, 0])
        alpha = np.where(grey == key, 0, top).astype(full.dtype)
        yield (f"grey{depth}-trns", grey, 0, depth, chunk(b"tRNS", struct.pack(">H", key)),
               np.concatenate([full, alpha], 2))
    for depth in (1, 2, 4, 8):
        colours = rng.integers(0, 256, (2**depth, 3), dtype=np.uint8)
        index = rng.integers(0, 2**depth, (h, w, 1), dtype=np.uint16)
        plte = chunk(b"PLTE", colours.tobytes())
        yield f"palette{depth}", index, 3, depth, plte, colours[index[:, :, 0]]
        alphas = rng.integers(0, 256, 2**depth - 1, dtype=np.uint8)
        whole = np.append(alphas, np.uint8(255))
        yield (f"palette{depth}-trns", index, 3, depth, plte + chunk(b"tRNS", alphas.tobytes()),
               np.concatenate([colours, whole[:, None]], 1)[index[:, :, 0]])
    # gAMA and an unreal profile: neither may change a sample.
    profile = b"x\0\0" + zlib.compress(b"no profile")
    ignored = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"iCCP", profile)
    for depth, top in ((8, 255), (16, 65535)):
        for name, colour, c in (("rgb", 2, 3), ("greyalpha", 4, 2), ("rgba", 6, 4)):
            samples = rng.integers(0, top + 1, (h, w, c), dtype=np.uint16)
            yield name + str(depth), samples, colour, depth, ignored, samples.astype(
                np.uint8 if depth == 8 else np.uint16)
        samples = rng.integers(0, 2, (h, w, 3), dtype=np.uint16) * top
        key = samples[0, 0]
        alpha = np.where((samples == key).all(2, keepdims=True), 0, top).astype(np.uint16)
        trns = chunk(b"tRNS", struct.pack(">HHH", *map(int, key)))
        decoded = np.concatenate([samples, alpha], 2)
        yield (f"rgb{depth}-trns", samples, 2, depth, trns,
               decoded.astype(np.uint8 if depth == 8 else np.uint16))


def write_pngs():
    compared = 0
    for name, samples, colour, depth, extra, decoded in png_kinds():
        for interlaced in (False, True):
            file = f"{name}{'-interlaced' if interlaced else ''}.png"
            data = png(samples, colour, depth, interlaced, extra)
            (HERE / file).write_bytes(data)
            h, w, c = decoded.shape
            case("decode", file, h, w, c, 16 if decoded.dtype == np.uint16 else 8, result=decoded)
            # Pillow compares the transparent sample of 2- and 4-bit grey with spread-out samples.
            if decoded.dtype == np.uint8 and name not in ("grey2-trns", "grey4-trns"):
                ours = Image.open(io.BytesIO(data)).convert(MODES[c])
                assert np.array_equal(np.asarray(ours).reshape(h, w, c), decoded), file
                compared += 1
    one = np.array([[[200, 100, 50]]], np.uint16)
    (HERE / "one-pixel.png").write_bytes(png(one, 2, 8, True))
    case("decode", "one-pixel.png", 1, 1, 3, 8, result=one.astype(np.uint8))
    print(f"{compared} PNG files decode alike in Pillow")


# JPEG

def face(h, w):
    """Something smooth with edges and colour, which JPEG is made for."""
    y, x = np.mgrid[0:h, 0:w].astype(float)
    red = 128 + 100 * np.sin(x / 5) * np.cos(y / 7)
    green = np.where((x - w / 2) ** 2 + (y - h / 2) ** 2 < (h / 3) ** 2, 220, 60)
    blue = 255 * x / max(1, w - 1)
    return np.stack([red, green, blue], 2).clip(0, 255).astype(np.uint8)


def write_jpegs():
    rgb = Image.fromarray(face(29, 37), "RGB")
    kinds = {
        "grey": (rgb.convert("L"), {}),
        "rgb444": (rgb, {"subsampling": 0}),
        "rgb422": (rgb, {"subsampling": 1}),
        "rgb420": (rgb, {"subsampling": 2}),
        "progressive": (rgb, {"progressive": True}),
        "restarts": (rgb, {"restart_marker_blocks": 2}),
        "direct-rgb": (rgb, {"keep_rgb": True}),
        "one-pixel": (Image.new("RGB", (1, 1), (250, 10, 90)), {}),
    }
    for name, (image, options) in kinds.items():
        image.save(HERE / f"{name}.jpg", quality=85, **options)
    # Written by libjpeg itself with three luma samples to one of chroma, which Pillow cannot set.
    for name in [*kinds, "rgb-3to1"]:
        decoded = np.asarray(Image.open(HERE / f"{name}.jpg"))
        h, w = decoded.shape[:2]
        case("decode", f"{name}.jpg", h, w, decoded.size // (h * w), 8, result=decoded)
    # Inks as Adobe writes them, inverted; the file is written once, by Pillow.
    if not (HERE / "cmyk.jpg").exists():
        rgb.convert("CMYK").save(HERE / "cmyk.jpg")
    decoded = np.asarray(Image.open(HERE / "cmyk.jpg").convert("RGB"))
    case("decode", "cmyk.jpg", *decoded.shape, 8, result=decoded)


# Resizing

SIZES = [
    ((23, 31), (9, 13)), ((23, 31), (50, 64)), ((23, 31), (23, 9)), ((23, 31), (40, 31)),
    ((1, 1), (5, 7)), ((7, 5), (1, 1)), ((3, 100), (100, 3)), ((16, 16), (16, 16)),
    ((5, 40), (4, 39)), ((2, 2), (3, 3)), ((97, 3), (2, 4)),
]


def write_resizes():
    for name, code in FILTERS.items():
        for (h, w), (oh, ow) in SIZES:
            for c in MODES if name in ("bicubic", "bilinear") else (3,):
                result = picture(source(h, w, c)).resize((ow, oh), code)
                case("stretch", name, h, w, c, oh, ow, result=np.asarray(result))
    for name in ("bicubic", "bilinear"):
        result = picture(source(218, 178, 3)).resize((64, 64), FILTERS[name])
        case("stretch", name, 218, 178, 3, 64, 64, result=np.asarray(result))
    for (h, w), (oh, ow) in [((218, 178), (16, 16)), ((20, 50), (16, 16)), ((50, 20), (16, 9)),
                             ((9, 16), (9, 16)), ((30, 7), (5, 20)), ((13, 17), (21, 20)),
                             ((1, 3), (8, 8))]:
        for c in (1, 3, 4):
            image = picture(source(h, w, c))
            cover = ImageOps.fit(image, (ow, oh), Image.Resampling.BICUBIC)
            case("cover", "bicubic", h, w, c, oh, ow, result=np.asarray(cover))
            contain = ImageOps.pad(image, (ow, oh), Image.Resampling.BICUBIC)
            case("contain", "bicubic", h, w, c, oh, ow, result=np.asarray(contain))
    grey = np.asarray(picture(source(40, 50, 3)).convert("L"))
    case("gray", "bicubic", 40, 50, 3, 40, 50, result=grey)
    for name, code in FILTERS.items():
        for (h, w), (oh, ow) in SIZES:
            values = (noise(h * w, 3).astype(np.float32) / 127.5 - 1).reshape(h, w)
            result = Image.fromarray(values, "F").resize((ow, oh), code)
            case("float", name, h, w, 1, oh, ow, result=np.asarray(result).astype("<f4"))


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    write_pngs()
    write_jpegs()
    write_resizes()
    (HERE / "manifest.txt").write_text("\n".join(manifest) + "\n")
    (HERE / "expected.bin").write_bytes(expected)
    print(f"{len(manifest)} cases, {len(expected)} expected bytes")
