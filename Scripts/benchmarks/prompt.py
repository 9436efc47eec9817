# SPDX-License-Identifier: MIT
"""The prompt on a pseudo-terminal, beside IPython's where that is installed.

Times are taken by the typist: from a key written to the terminal until what it changes has been
read from it. Each part alternates between the two shells.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from alternate import bar, machine, program
from terminal import Terminal, paste


class Henge:
    """Our side."""

    words = [program]
    prompt = b"henge[1]> "
    block = "x = [\n" + "".join(f"  {i},  # a line of the entry\n" for i in range(198)) + "]"
    many = "\n".join(f"a{i} = {i} + 1  # a comment of some length" for i in range(999)) + "\nlast"

    @staticmethod
    def fill(home):
        """A history of 10,000 entries."""
        file = home / ".local/state/henge/history"
        file.parent.mkdir(parents=True)
        file.write_text("".join(f"x{i} = {i} * 2\n" for i in range(10_000)), encoding="utf-8")


class IPython:
    """The peer."""

    words = [sys.executable, "-m", "IPython", "--no-banner", "--no-confirm-exit"]
    prompt = b"In ["
    block = Henge.block
    many = Henge.many

    @staticmethod
    def fill(home):
        """Its history is a data base that it fills itself; it stays empty."""


def start(side, home):
    """A shell at its first prompt, when all is quiet."""
    terminal = Terminal(side.words, home, side.prompt)
    seconds = terminal.start_seconds
    terminal.drain()
    return terminal, seconds


def measure(side, folder, rounds):
    """All figures of one shell: name -> list of values."""
    figures = {"first prompt": [], "echo": [], "echo in a block": [], "paste": [], "memory": []}
    home = folder / side.__name__
    home.mkdir()
    side.fill(home)
    for _ in range(rounds):
        terminal, seconds = start(side, home)
        figures["first prompt"].append(seconds)
        figures["memory"].append(terminal.memory())
        figures["echo"] += terminal.echoes(60)
        terminal.end()
    terminal, _ = start(side, home)
    terminal.write(paste(side.block))
    terminal.drain(1)
    figures["echo in a block"] += terminal.echoes(200)
    terminal.end()
    for _ in range(rounds):
        terminal, _ = start(side, home)
        figures["paste"].append(terminal.type(paste(side.many), b"last"))
        terminal.end()
    return figures


def completion(folder):
    """Seconds of Tab in a folder of 15,000 files: where one begins as was typed, and 10,000 do."""
    home = folder / "files"
    home.mkdir()
    for index in range(15_000):
        (home / f"picture-{index:05}.png").touch()
    terminal, _ = start(Henge, home)
    seconds = []
    for index in range(0, 15_000, 150):
        name = f"picture-{index:05}"
        terminal.type(f'load("{name}.'.encode(), b".")
        terminal.drain(0.02)
        seconds.append(terminal.type(b"\t", b"png"))
        terminal.type(b"\x15", b"\x1b[K")
        terminal.drain(0.02)
    many = []
    for _ in range(50):
        terminal.type(b'load("picture-0', b"0")
        terminal.drain(0.02)
        many.append(terminal.type(b"\t", b"show all"))
        terminal.type(b"n", b"henge")
        terminal.drain(0.02)
        terminal.type(b"\x15", b"\x1b[K")
        terminal.drain(0.02)
    terminal.end()
    return seconds, many


def late(values):
    """The 95th percentile."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


def main():
    """Measures, prints, and says whether the bars are kept."""
    sides = [Henge]
    try:
        import IPython as _  # pylint: disable=import-outside-toplevel
        sides.append(IPython)
    except ImportError:
        print("IPython is not installed here; henge alone")
    folder = Path(tempfile.mkdtemp(prefix="henge-bench-"))
    try:
        figures = {side.__name__: measure(side, folder, rounds=10) for side in sides}
        tab, tab_of_many = completion(folder)
    finally:
        shutil.rmtree(folder)
    print(f"medians and 95th percentiles; {machine()}")
    for name, unit, scale in [
            ("first prompt", "ms", 1e3), ("echo", "ms", 1e3), ("echo in a block", "ms", 1e3),
            ("paste", "ms", 1e3), ("memory", "MB", 1)]:
        for side, values in figures.items():
            measured = values[name]
            print(f"{name:16} {side:8} {statistics.median(measured) * scale:9.2f}"
                  f" {late(measured) * scale:9.2f} {unit}")
    own = figures["Henge"]
    kept = [
        bar("first prompt, median", statistics.median(own["first prompt"]) * 1e3, 15),
        bar("key echo, 10,000 entries of history, median",
            statistics.median(own["echo"]) * 1e3, 1),
        bar("key echo, 95th percentile", late(own["echo"]) * 1e3, 1),
        bar("key echo in an entry of 200 lines, median",
            statistics.median(own["echo in a block"]) * 1e3, 1),
        bar("key echo in an entry of 200 lines, 95th percentile",
            late(own["echo in a block"]) * 1e3, 5),
        bar("a paste of 1,000 lines", statistics.median(own["paste"]) * 1e3, 50),
        bar("Tab among 15,000 files, 95th percentile", late(tab) * 1e3, 30),
        bar("Tab where 10,000 of them fit, 95th percentile", late(tab_of_many) * 1e3, 30),
        bar("memory of an idle session", statistics.median(own["memory"]), 30, "MB"),
    ]
    return 0 if all(kept) else 1


sys.exit(main())
