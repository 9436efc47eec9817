# SPDX-License-Identifier: MIT
"""A prompt on terminals that are not as usual: of a huge size, or gone while it runs.

Usage: terminals.py HENGE
"""
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time

HENGE = sys.argv[1]


class Terminal:
    """A henge on a pseudo-terminal."""

    def __init__(self, term="xterm-256color", size=None, ignores_hangup=False):
        self.home = tempfile.mkdtemp(prefix="henge-terminals-")
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGHUP, signal.SIG_IGN if ignores_hangup else signal.SIG_DFL)
            time.sleep(0.2 if size else 0)
            os.execve(HENGE, [HENGE], {
                "PATH": os.environ["PATH"], "HOME": self.home, "TERM": term, "LC_ALL": "C.UTF-8",
                "COLORTERM": "truecolor", "SWIFT_BACKTRACE": "enable=no", "HENGE_THREADS": "1"})
        if size:
            fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.until(b"henge[1]> ")

    def until(self, mark):
        """What is written before and with `mark`."""
        seen, end = b"", time.monotonic() + 120
        while mark not in seen:
            if time.monotonic() > end:
                raise RuntimeError(f"waited for {mark!r}: {seen[-300:]!r}")
            if select.select([self.descriptor], [], [], 1)[0]:
                seen += os.read(self.descriptor, 1 << 16)
        return seen

    def type(self, text):
        os.write(self.descriptor, text.encode() + b"\r")

    def hang_up(self):
        """Takes the terminal away; how the process ends, or None."""
        os.close(self.descriptor)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            process, status = os.waitpid(self.pid, os.WNOHANG)
            if process:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        return None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def journals(self):
        return [name for name in os.listdir(self.home + "/.local/state/henge")
                if name.startswith("journal-")]

    def forget(self):
        shutil.rmtree(self.home)


def check(name, good, why=""):
    print(f"ok {name}" if good else f"FAIL {name}: {why}")


def huge():
    """Everything that is shown fits a terminal of 20,000 x 20,000, in memory and in time."""
    terminal = Terminal(size=(20_000, 20_000))
    entries = ["1 + 1", "rand(3x64x64) * 2 - 1", "plot(list(0..1000))", "list(0..100000)",
               '"a" * 3000000', "rand(1000x1000)", "table(a=list(0..1000))", "nope",
               'faces("anime", 9, size=64x64)[0]', 'fail("word " * 10000)', "'a wide one' * 9000"]
    begin = time.monotonic()
    for number, entry in enumerate(entries, 2):
        terminal.type(entry)
        terminal.until(b"henge[%d]> " % number)
    took = time.monotonic() - begin
    with open(f"/proc/{terminal.pid}/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) // 1000 for line in status if line.startswith("VmHWM"))
    check("a terminal of 20,000 x 20,000 needs no memory of its size", peak < 400, f"{peak} MB")
    check("and is answered soon", took < 60, f"{took:.0f} s")
    terminal.kill()
    terminal.forget()


def gone():
    """A terminal that goes away ends the prompt, and its session can be had back."""
    for term in ("xterm-256color", "dumb"):
        for ignores_hangup in (False, True):
            for work in (None, "while true { print(1) }"):
                terminal = Terminal(term, ignores_hangup=ignores_hangup)
                terminal.type("x = 1")
                terminal.until(b"henge[2]> ")
                if work:
                    terminal.type(work)
                    terminal.until(b"1\r\n1\r\n")
                ending = terminal.hang_up()
                name = (f"a {term} that goes away while {work or 'nobody types'}, hang-ups "
                        f"{'ignored' if ignores_hangup else 'heard'}")
                check(f"{name}: the process ends", ending not in (None, 0, 70), ending)
                check(f"{name}: the journal stays", len(terminal.journals()) == 1,
                      terminal.journals())
                if ending is None:
                    terminal.kill()
                terminal.forget()


huge()
gone()
