# SPDX-License-Identifier: MIT
"""Pictures a second: JPEG decoded and resized to 64x64, beside Pillow; kept pictures; drawn faces.

Pillow makes JPEGs of 178x218 at quality 90; where there are faces in ../shared/data/faces, their
JPEGs, of 64 to 256 pixels, are measured too. Both sides read the same files, warm, and leave
numbers: henge f32 tensors, Pillow a uint8 array of all pictures.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from alternate import alternate, at_least, machine, program, root, second_processor

SIZE = 64
MOST = 1000
DRAWN = 2000

# Own lines for each time, in the order of `names` below.
SCRIPT = """
photos = images({folder!r}, size={size}x{size}, limit={most});
for turn in 0..2 {{ t = time {{ for x in photos {{ }} }}; print(t.seconds) }}
t = time {{ photos.tensor() }}; print(t.seconds)
for style in ["anime", "photo"] {{
  drawn = faces(style, {drawn})
  t = time {{ for x in drawn {{ }} }}; print(t.seconds)
}}
"""
names = ["decode and resize", "second pass", ".tensor() of kept", "anime faces", "photo faces"]

PILLOW = """
import sys, time
from pathlib import Path
import numpy
from PIL import Image
size = {size}
files = sorted(Path({folder!r}).iterdir(), key=lambda path: bytes(path))[:{most}]
begin = time.perf_counter()
pictures = numpy.empty((len(files), size, size, 3), numpy.uint8)
for place, file in enumerate(files):
    with Image.open(file) as image:
        pictures[place] = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
print(time.perf_counter() - begin)
"""


def make(folder, count=600):
    """Photographs of nothing: smooth noise and grain, which compress about as faces do."""
    import numpy
    from PIL import Image
    random = numpy.random.default_rng(0)
    for number in range(count):
        smooth = Image.fromarray(random.integers(0, 256, (14, 11, 3), numpy.uint8)).resize(
            (178, 218), Image.Resampling.BICUBIC)
        grain = random.normal(0, 4, (218, 178, 3))
        pixels = numpy.clip(numpy.asarray(smooth) + grain, 0, 255).astype(numpy.uint8)
        Image.fromarray(pixels).save(Path(folder) / f"{number:05}.jpg", quality=90)


def lines(*words, text):
    """The numbers that a program prints, given `text` on standard input."""
    run = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return list(map(float, run.stdout.split()))


def measure(folder):
    """Alternates the subjects over the pictures of `folder`; the exit code."""
    of = {"folder": str(folder), "size": SIZE, "most": MOST, "drawn": DRAWN}
    count = min(MOST, len(list(folder.iterdir())))

    def henge(threads):
        return lambda: lines(program, "--threads", str(threads), text=SCRIPT.format(**of))

    def pillow():
        return lines(sys.executable, "-", text=PILLOW.format(**of))

    # A busy machine may have no second processor to give, and then shows nothing of the thread.
    rounds = alternate(
        {"henge, 1 thread": henge(1), "Pillow, 1 thread": pillow, "henge, 2 threads": henge(2),
         "probe": second_processor},
        rounds=5)
    gain = statistics.median(rounds.pop("probe"))
    counts = [count, count, count, DRAWN, DRAWN]
    rates = {
        side: [counts[place] / statistics.median(values)
               for place, values in enumerate(zip(*measured))]
        for side, measured in rounds.items()
    }
    print(f"{count} pictures of {folder.name}, to {SIZE}x{SIZE}; medians of 5; {machine()}")
    print(f"{'pictures a second':20}" + "".join(f"{side:>18}" for side in rates))
    for place, name in enumerate(names):
        print(f"{name:20}" + "".join(
            f"{values[place]:18,.0f}" if place < len(values) else f"{'-':>18}"
            for values in rates.values()))
    one, two, peer = (rates[side][0] for side in
                      ("henge, 1 thread", "henge, 2 threads", "Pillow, 1 thread"))
    kept = [at_least("decode and resize on one thread", one / peer, 2, "times Pillow")]
    print(f"two processes get {gain:.2f} times as much done here as one")
    if gain < 1.5:
        print(f"the second thread: {two / one:.2f} times one, NOT JUDGED for want of a processor")
    else:
        kept.append(at_least("the second thread", two / one, 1.5, "times one"))
    return 0 if all(kept) else 1


def main():
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made JPEGs of 178x218"
        made.mkdir()
        make(made)
        exits = [measure(made)]
        shared = root.parent / "shared" / "data" / "faces"
        real = sorted(shared.glob("*/*.jpg"))
        if real:
            links = Path(folder) / "JPEGs of real faces"
            links.mkdir()
            for file in real:
                (links / file.name).symlink_to(file)
            exits.append(measure(links))
    return max(exits)


sys.exit(main())
