#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Images in WebP, TIFF, BMP and PNM of every variant, and what Pillow makes of them.

    python3 format_cases.py fixtures              writes Fixtures/Formats (needs Pillow 13, tifffile)
    python3 format_cases.py campaign HENGE [DIR]  reads 100 files of each format with the program
                                                  HENGE and compares; also the files in DIR, such
                                                  as Tests/images of Pillow's source archive
`campaign` with its own environment: Scripts/formats.
"""
import glob
import io
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import tifffile
from PIL import Image, ImageSequence

HERE = pathlib.Path(__file__).parent / "Fixtures" / "Formats"
SIZES = [(9, 13), (16, 16), (1, 1), (5, 32), (33, 7), (40, 24)]
warnings.simplefilter("ignore")


def image(h, w, c, seed):
    """Smooth color with an edge and some noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:h, 0:w].astype(float)
    planes = [128 + 100 * np.sin(x / (3 + i) + seed) * np.cos(y / (4 + i)) for i in range(c)]
    planes[0] = np.where(x > w / 2, 230, planes[0])
    noisy = np.stack(planes, 2) + rng.integers(-9, 10, (h, w, c))
    return noisy.clip(0, 255).astype(np.uint8)


def pil(h, w, mode, seed):
    c = {"1": 1, "L": 1, "P": 3, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "YCbCr": 3}[mode]
    a = image(h, w, c, seed)
    if mode == "1":
        return Image.fromarray(a[:, :, 0], "L").point(lambda v: 255 * (v > 128)).convert("1")
    if mode == "P":
        return Image.fromarray(a, "RGB").quantize(2 + seed % 200)
    return Image.fromarray(a[:, :, 0] if c == 1 else a, mode)


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def webp():
    for i in range(92):
        h, w = SIZES[i % len(SIZES)]
        mode = ("RGB", "RGBA", "L")[i % 3]
        options = [{"quality": 5 * (i % 21)}, {"lossless": True},
                   {"lossless": True, "exact": True, "quality": 100},
                   {"quality": 80, "method": i % 7, "alpha_quality": 30}][i // 3 % 4]
        yield f"{mode}-{i}.webp", saved(pil(h, w, mode, i), "WEBP", **options)
    for i in range(8):
        h, w = SIZES[i % len(SIZES)]
        frames = [pil(h, w, ("RGB", "RGBA")[i % 2], 7 * i + k) for k in range(3)]
        yield f"frames-{i}.webp", saved(frames[0], "WEBP", save_all=True, append_images=frames[1:],
                                        lossless=i % 3 == 0)


def tiff_by_pillow():
    for i, (mode, compression) in enumerate(
            [(m, c) for m in ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr")
             for c in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma")
             if not (c == "jpeg" and m in ("1", "P", "LA", "RGBA"))
             and not (m == "YCbCr" and c not in (None, "jpeg"))]):
        h, w = SIZES[i % len(SIZES)]
        yield f"{mode}-{compression}-{i}.tif", saved(
            pil(h, w, mode, i), "TIFF", compression=compression)
    for compression in ("group3", "group4", "tiff_ccitt"):
        yield f"1-{compression}.tif", saved(pil(20, 40, "1", 3), "TIFF", compression=compression)
    for orientation in range(2, 9):
        yield f"turned-{orientation}.tif", saved(
            pil(9, 13, "RGB", orientation), "TIFF", tiffinfo={274: orientation})


def written(array, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, array, metadata=None, **options)
    return out.getvalue()


def tiff_by_tifffile():
    h, w = 40, 52
    tile = (16, 32)
    rgb, gray, rgba = image(h, w, 3, 1), image(h, w, 1, 2)[:, :, 0], image(h, w, 4, 3)
    packed = {"lzw": {}, "deflate": {"predictor": True}, None: {}}
    for compression, more in packed.items():
        o = {"compression": compression, **more}
        yield f"tiles-{compression}.tif", written(rgb, photometric="rgb", tile=tile, **o)
        yield f"strips-{compression}.tif", written(rgb, photometric="rgb", rowsperstrip=7, **o)
        yield f"gray-tiles-{compression}.tif", written(gray, photometric="minisblack", tile=tile, **o)
        yield f"white-{compression}.tif", written(gray, photometric="miniswhite", **o)
        yield f"big-endian-{compression}.tif", written(rgb, photometric="rgb", byteorder=">", **o)
        planes = np.moveaxis(rgb, 2, 0).copy()
        yield f"planes-{compression}.tif", written(
            planes, photometric="rgb", planarconfig="separate", **o)
        yield f"plane-tiles-{compression}.tif", written(
            planes, photometric="rgb", planarconfig="separate", tile=tile, **o)
        yield f"alpha-{compression}.tif", written(
            rgba, photometric="rgb", extrasamples=["unassalpha"], **o)
        yield f"premultiplied-{compression}.tif", written(
            rgba, photometric="rgb", extrasamples=["assocalpha"], **o)
        yield f"spare-{compression}.tif", written(
            rgba, photometric="rgb", extrasamples=["unspecified"], **o)
        yield f"cmyk-{compression}.tif", written(rgba, photometric="separated", **o)
        colors = np.arange(768, dtype=np.uint16).reshape(3, 256) * 85
        yield f"palette-{compression}.tif", written(
            gray, photometric="palette", colormap=colors, **o)
        wide = (rgb.astype(np.uint16) * 257 - 3 * (rgb > 0)).astype(np.uint16)
        yield f"rgb16-{compression}.tif", written(wide, photometric="rgb", **o)
        yield f"rgb16-big-endian-{compression}.tif", written(
            wide, photometric="rgb", byteorder=">", **o)
    yield "bigtiff.tif", written(rgb, photometric="rgb", bigtiff=True)
    yield "cmyk16.tif", written(rgba.astype(np.uint16) * 257, photometric="separated")
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        for page in (rgb, gray, rgb[::2]):
            writer.write(page, metadata=None)
    yield "pages.tif", out.getvalue()


def tiff():
    yield from tiff_by_pillow()
    yield from tiff_by_tifffile()


def bmp_file(h, w, bits, rows, header=40, compression=0, palette=b"", masks=(), top_down=False):
    """A BMP of `rows`, bytes each row from the bottom up (or down, with `top_down`)."""
    if header == 12:
        dib = struct.pack("<IHHHH", 12, w, h, 1, bits)
    else:
        dib = struct.pack("<IiiHHIIiiII", header, w, -h if top_down else h, 1, bits, compression,
                          len(rows), 2835, 2835, len(palette) // 4, 0)
        inner = struct.pack(f"<{len(masks)}I", *masks)
        dib += (inner + bytes(header))[:header - 40] if header > 40 else b""
        if header == 40:
            dib += inner
    start = 14 + len(dib) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + dib + palette + rows


def padded(row):
    return row + bytes(-len(row) % 4)


def runs(indices, half, rng):
    """Run-length coding with runs, literal stretches, and skips where there are zeros."""
    out = bytearray()
    for row in indices:
        x = 0
        while x < len(row):
            n = int(rng.integers(1, 9))
            part = [int(v) for v in row[x:x + n]]
            if len(set(part)) == 1:
                out += bytes([len(part), part[0] * 17 if half else part[0]])
            elif len(part) >= 3:
                body = bytes(part) if not half else bytes(
                    a << 4 | b for a, b in zip(part[::2], part[1::2] + [0]))
                out += bytes([0, len(part)]) + body + bytes(len(body) % 2)
            else:
                for value in part:
                    out += bytes([1, value * 16 if half else value])
            x += len(part)
        out += b"\0\0"
    return bytes(out) + b"\0\1"


def bmp():
    for i in range(30):
        h, w = SIZES[i % len(SIZES)]
        mode = ("1", "L", "P", "RGB", "RGBA")[i % 5]
        yield f"{mode}-{i}.bmp", saved(pil(h, w, mode, i), "BMP")
    for i in range(70):
        rng = np.random.default_rng(i)
        h, w = SIZES[i % len(SIZES)]
        kind = i % 14
        values = rng.integers(0, 2**32, (h, w), dtype=np.uint64)
        if kind < 6:
            bits = (1, 4, 8)[kind % 3]
            index = (values % 2**bits).astype(np.uint8)
            palette = rng.integers(0, 256, (2**bits, 4), dtype=np.uint8)
            palette[:, 3] = 0
            shifts = np.arange(7, -1, -1)[8 - bits:]
            rows = b"".join(padded(np.packbits(
                ((r[:, None] >> shifts) & 1).astype(np.uint8).reshape(-1)).tobytes()) for r in index)
            if kind < 3:
                yield f"palette{bits}-{i}.bmp", bmp_file(
                    h, w, bits, rows, header=(40, 108, 124)[i % 3], palette=palette.tobytes(),
                    top_down=i % 2 == 1)
            else:
                yield f"os2-{bits}-{i}.bmp", bmp_file(
                    h, w, bits, rows, header=12, palette=palette[:, :3].tobytes())
        elif kind < 8:
            bits = (4, 8)[kind % 2]
            index = (values % 2**bits * (values % 3 > 0)).astype(np.uint8)
            palette = rng.integers(0, 256, (2**bits, 4), dtype=np.uint8)
            yield f"rle{bits}-{i}.bmp", bmp_file(
                h, w, bits, runs(index, bits == 4, rng), compression=(2, 1)[kind % 2],
                palette=palette.tobytes())
        elif kind < 11:
            masks = {8: (), 9: (0x7C00, 0x3E0, 0x1F), 10: (0xF800, 0x7E0, 0x1F)}[kind]
            rows = b"".join(padded(r.astype("<u2").tobytes()) for r in values)
            yield f"bits16-{kind}-{i}.bmp", bmp_file(
                h, w, 16, rows, header=40, compression=3 if masks else 0, masks=masks,
                top_down=i % 2 == 0)
        else:
            masks = [(), (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
                     (0xFF000000, 0xFF0000, 0xFF00, 0xFF)][kind - 11]
            rows = b"".join(r.astype("<u4").tobytes() for r in values)
            yield f"bits32-{kind}-{i}.bmp", bmp_file(
                h, w, 32, rows, header=124 if masks else 40, compression=3 if masks else 0,
                masks=masks)


def pnm():
    for i in range(100):
        rng = np.random.default_rng(i)
        h, w = SIZES[i % len(SIZES)]
        kind = "124356"[i % 6]
        top = (1, 255, 3, 100, 254, 65535, 1000, 256)[i // 6 % 8]
        if kind in "25" and top > 255:
            top = 200  # 16-bit gray is among the numbers.
        c = 3 if kind in "36" else 1
        values = rng.integers(0, top + 1 if kind not in "14" else 2, (h, w, c))
        head = f"P{kind}\n# a comment\n{w} {h}" + ("" if kind in "14" else f"\n{top}") + "\n"
        if kind in "123":
            separator = "" if kind == "1" and i % 4 == 0 else " "
            body = "\n".join(separator.join(map(str, r.reshape(-1))) for r in values) + "\n"
            data = head.encode() + body.encode()
        elif kind == "4":
            data = head.encode() + b"".join(
                np.packbits(r.reshape(-1).astype(np.uint8)).tobytes() for r in values)
        else:
            data = head.encode() + values.astype("u1" if top < 256 else ">u2").tobytes()
        yield f"p{kind}-{top}-{i}.{ {1: 'pgm', 3: 'ppm'}[c] if kind not in '14' else 'pbm' }", data


def numbers():
    """Files whose samples are no bytes, with what `load` is to return, [H, W, C]."""
    h, w = 40, 52
    rng = np.random.default_rng(1)
    for compression in (None, "lzw", "deflate"):
        o = {"compression": compression}
        for dtype in ("f2", "f4", "f8", "i1", "i2", "i4", "u4"):
            a = (rng.standard_normal((h, w)) * 100).astype(dtype)
            yield f"{dtype}-{compression}.tif", written(a, photometric="minisblack", **o), a
        for dtype, bands in (("u1", 5), ("u2", 7), ("f4", 4)):
            a = (rng.random((h, w, bands)) * 250).astype(dtype)
            yield f"bands{bands}-{dtype}-{compression}.tif", written(
                a, photometric="minisblack", planarconfig="contig", **o), a
            yield f"planes{bands}-{dtype}-{compression}.tif", written(
                np.moveaxis(a, 2, 0).copy(), photometric="minisblack", planarconfig="separate",
                **o), a
        a = rng.integers(0, 65536, (h, w), dtype=np.uint16)
        yield f"gray16-{compression}.tif", written(a, photometric="minisblack", **o), a
        yield f"gray16-big-{compression}.tif", written(
            a, photometric="minisblack", byteorder=">", **o), a
        yield f"rgb16-{compression}.tif", written(
            np.stack([a, 65535 - a, a // 2], 2), photometric="rgb", **o), np.stack(
                [a, 65535 - a, a // 2], 2)
    a = rng.integers(0, 65536, (h, w), dtype=np.uint16)
    yield "gray16.pgm", f"P5\n{w} {h}\n65535\n".encode() + a.astype(">u2").tobytes(), a
    f = rng.standard_normal((h, w)).astype("f4")
    yield "floats.pfm", f"Pf\n{w} {h}\n-1.0\n".encode() + f[::-1].astype("<f4").tobytes(), f
    yield "floats-big.pfm", f"Pf\n{w} {h}\n1.0\n".encode() + f[::-1].astype(">f4").tobytes(), f


FORMATS = {"webp": webp, "tiff": tiff, "bmp": bmp, "pnm": pnm}


def pillows(data):
    """The first image as Pillow's RGB."""
    picture = Image.open(io.BytesIO(data))
    return np.asarray(next(ImageSequence.Iterator(picture)).convert("RGB"))


def fixtures():
    HERE.mkdir(parents=True, exist_ok=True)
    for old in HERE.iterdir():
        old.unlink()
    manifest, expected = [], bytearray()
    for name, kind in FORMATS.items():
        files = [(f, d) for f, d in kind() if len(d) < 9000]
        for file, data in sorted(random.Random(4).sample(files, 28 if name == "tiff" else 14)):
            rgb = pillows(data)
            (HERE / file).write_bytes(data)
            manifest.append(f"decode {file} {rgb.shape[0]} {rgb.shape[1]} 3 8 "
                            f"{len(expected)} {rgb.size}")
            expected += rgb.tobytes()
    (HERE / "manifest.txt").write_text("\n".join(manifest) + "\n")
    (HERE / "expected.bin").write_bytes(expected)
    size = sum(f.stat().st_size for f in HERE.iterdir())
    print(f"{len(manifest)} files, {size} bytes")


# A script for henge: what `images` makes of each file as bytes, and what `load` makes, as .npy.
SCRIPT = """param list = "list.txt"
param whole = false
for line in list.split("\\n") {
  try {
    x = if whole { load(line) } else { images(line + ".d")[0] }
    save(x, line + ".npy")
  } catch e { print(line + "\\t" + e.message) }
}
"""


def henge(program, folder, files, whole):
    """The arrays that henge makes of `files`, and its words on those that it refuses."""
    out, refused = {}, {}
    for start in range(0, len(files), 200):
        part = files[start:start + 200]
        for file in part:
            inner = folder / f"{file}.d"
            inner.mkdir(exist_ok=True)
            link = inner / ("x" + pathlib.Path(file).suffix)
            if not link.exists():
                link.symlink_to(folder / file)
        script = folder / "all.henge"
        script.write_text(SCRIPT)
        done = subprocess.run(
            [program, "run", str(script), "list=" + "\n".join(part), f"whole={str(whole).lower()}",
             "--out", str(folder)], cwd=folder, capture_output=True, text=True, errors="replace")
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
            raise SystemExit(f"henge ended with {done.returncode}")
        for line in done.stdout.splitlines():
            file, _, words = line.partition("\t")
            refused[file] = words
        for file in part:
            if (folder / f"{file}.npy").exists():
                out[file] = np.load(folder / f"{file}.npy")
    return out, refused


def compared(title, program, files, whole=False):
    """Prints how many of `files`, (name, bytes, expected), are as expected."""
    same, wrong, refused = 0, [], []
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        for name, data, _ in files:
            (folder / name).write_bytes(data)
        got, words = henge(program, folder, [f[0] for f in files], whole)
    for name, _, expected in files:
        if name not in got:
            (refused if expected is not None else wrong).append((name, words.get(name)))
            continue
        ours = np.moveaxis(got[name], 0, 2)
        if expected is None:
            wrong.append((name, "is read, and Pillow refuses it"))
            continue
        if not whole:
            ours = np.round((ours.astype(float) + 1) * 127.5).astype(np.uint8)
        elif expected.dtype in (np.uint8, np.uint16):
            ours = np.round((ours.astype(float) + 1) / 2 * np.iinfo(expected.dtype).max)
        expected = expected.reshape(expected.shape[0], expected.shape[1], -1)
        if ours.shape == expected.shape and np.array_equal(ours.astype(expected.dtype), expected):
            same += 1
        else:
            wrong.append((name, f"{ours.shape} against {expected.shape}"))
    print(f"{title}: {same} of {len(files)} the same, {len(refused)} refused, {len(wrong)} other")
    for name, text in refused + wrong:
        print(f"  {name}: {text}")
    return len(refused) + len(wrong)


def campaign(program, folder=None):
    program = os.path.abspath(program)
    faults = 0
    for name, kind in FORMATS.items():
        faults += compared(name, program, [(f, d, pillows(d)) for f, d in kind()])
    faults += compared("numbers", program, list(numbers()), whole=True)
    if folder:
        Image.MAX_IMAGE_PIXELS = 90_000_000
        for ending in ("png", "jpg", "webp", "tif", "tiff", "bmp", "ppm", "pgm", "pbm"):
            files = []
            for i, path in enumerate(sorted(
                    glob.glob(f"{folder}/**/*.{ending}", recursive=True))):
                data = pathlib.Path(path).read_bytes()
                try:
                    expected = pillows(data)
                except Exception:
                    expected = None
                files.append((f"{i}-{os.path.basename(path)}", data, expected))
            compared(f"{folder}: {ending}", program, files)
    return faults


if __name__ == "__main__":
    if sys.argv[1:2] == ["campaign"]:
        sys.exit(1 if campaign(*sys.argv[2:]) else 0)
    fixtures()
