# SPDX-License-Identifier: MIT
"""A process on a pseudo-terminal, as a typist meets it."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

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
            seen = seen[-len(mark):] + self.read()
        return time.perf_counter() - begin

    def read(self):
        """What the process wrote; answers the question where the cursor is, which IPython asks at
        its start."""
        data = os.read(self.descriptor, 65_536)
        for _ in range(data.count(b"\x1b[6n")):
            os.write(self.descriptor, b"\x1b[1;1R")
        return data

    def drain(self, seconds=0.15):
        """Reads until nothing comes for a while."""
        while select.select([self.descriptor], [], [], seconds)[0]:
            self.read()

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
