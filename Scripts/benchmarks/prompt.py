# SPDX-License-Identifier: MIT
"""The prompt on a pseudo-terminal, beside IPython's where that is installed.

Times are taken by the typist: from a key written to the terminal until what it changes has been
read from it. Each part alternates between the two shells.
"""

import fcntl
import os
import pty
import select
import shutil
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from alternate import bar, machine, program

PATIENCE = 60


class Terminal:
    """A process on a pseudo-terminal of 80x24; what it writes is only looked through for marks."""

    def __init__(self, words, home, prompt):
        self.begin = time.perf_counter()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(home)
            os.execve(words[0], list(map(str, words)), {
                "PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color",
                "LC_ALL": "C.UTF-8", "IPYTHONDIR": str(home / "ipython")})
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.read_until(prompt)
        self.start_seconds = time.perf_counter() - self.begin

    def read_until(self, mark):
        """Reads until `mark` was written; seconds that took."""
        begin = time.perf_counter()
        seen = b""
        while mark not in seen:
            left = PATIENCE - (time.perf_counter() - begin)
            if left < 0 or not select.select([self.descriptor], [], [], left)[0]:
                sys.exit(f"waited for {mark!r}; the last bytes: {seen[-400:]!r}")
            seen = seen[-len(mark):] + self.answered(os.read(self.descriptor, 65_536))
        return time.perf_counter() - begin

    def answered(self, data):
        """Answers the question where the cursor is, which IPython asks at its start."""
        for _ in range(data.count(b"\x1b[6n")):
            os.write(self.descriptor, b"\x1b[1;1R")
        return data

    def drain(self, seconds=0.15):
        """Reads until nothing comes for a while."""
        while select.select([self.descriptor], [], [], seconds)[0]:
            self.answered(os.read(self.descriptor, 65_536))

    def type(self, data, mark):
        """Writes keys; the seconds until `mark` was read."""
        begin = time.perf_counter()
        self.write(data)
        self.read_until(mark)
        return time.perf_counter() - begin

    def write(self, data):
        """Writes all of it, reading meanwhile what the other side writes."""
        while data:
            _, writable, _ = select.select([], [self.descriptor], [], 1)
            if writable:
                data = data[os.write(self.descriptor, data[:1024]):]

    def echoes(self, count):
        """Seconds from a key to its echo, for keys that come as a typist's would."""
        seconds = []
        for index in range(count):
            letter = b"wxzj"[index % 4:index % 4 + 1]
            seconds.append(self.type(letter, letter))
            time.sleep(0.01)
        return seconds

    def memory(self):
        """Megabytes that the process holds."""
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000

    def end(self):
        """Ends the process."""
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


def paste(text):
    """What a terminal sends for a paste."""
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


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
    """Seconds of Tab in a folder of 15,000 files, of which one begins as what was typed."""
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
    terminal.end()
    return seconds


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
        tab = completion(folder)
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
        bar("first prompt, median", statistics.median(own["first prompt"]) * 1e3, 40),
        bar("key echo, 10,000 entries of history, median",
            statistics.median(own["echo"]) * 1e3, 1),
        bar("key echo in an entry of 200 lines, median",
            statistics.median(own["echo in a block"]) * 1e3, 1),
        bar("key echo in an entry of 200 lines, 95th percentile",
            late(own["echo in a block"]) * 1e3, 5),
        bar("a paste of 1,000 lines", statistics.median(own["paste"]) * 1e3, 500),
        bar("Tab among 15,000 files, 95th percentile", late(tab) * 1e3, 30),
        bar("memory of an idle session", statistics.median(own["memory"]), 40, "MB"),
    ]
    return 0 if all(kept) else 1


sys.exit(main())
