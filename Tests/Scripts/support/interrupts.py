# SPDX-License-Identifier: MIT
"""Interrupts training at random moments, and work of one large layer.

Usage: interrupts.py HENGE COUNT

The shell must live, come back soon, and go on to the same bytes as a run that nobody interrupts.
"""
import os
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time


class Shell:
    """A henge without a terminal, entry by entry."""

    def __init__(self, henge, folder):
        environment = dict(os.environ, XDG_STATE_HOME=folder + "/state")
        self.process = subprocess.Popen(
            [henge, "-i"], cwd=folder, env=environment, bufsize=0, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode())
        self.lines.put(None)

    def send(self, *entries):
        self.process.stdin.write(("\n".join(entries) + "\n").encode())

    def until(self, text):
        """The lines before the one that is `text`; fails when the shell is gone or silent."""
        found = []
        while True:
            line = self.lines.get(timeout=120)
            if line is None:
                raise RuntimeError("the shell ended: " + "".join(found[-20:]))
            if line.strip() == text:
                return found
            found.append(line)

    def ask(self, expression):
        """What `expression` prints as."""
        self.send(f'print({expression}); print("answered")')
        return self.until("answered")[-1].strip()

    def interrupt(self, mark):
        """Stops what runs; milliseconds until the next entry has run, and what was said."""
        start = time.monotonic()
        os.kill(self.process.pid, signal.SIGINT)
        self.send(f'print("{mark}")')
        said = "".join(self.until(mark))
        return (time.monotonic() - start) * 1000, said

    def quit(self):
        self.send(":quit")
        self.process.wait(60)


class DifferenceVector:
    """The paper's first method: thousands of short updates a second."""

    name = "a difference vector"
    setup = ['A = faces("anime", 60, size=32x32); B = faces("photo", 60, size=32x32)',
             "t = difference_vector(A, B, batch=50, keep=100)", "t.step(1)"]
    most, pause = 40, (0.001, 0.08)


class CycleGAN:
    """Four tiny networks: a step of some tens of milliseconds, in parts."""

    name = "a CycleGAN"
    setup = ['A = faces("anime", 8, size=32x32); B = faces("photo", 8, size=32x32)',
             "t = cyclegan(A, B, base=4, blocks=1, pool=4)", "t.step(1)"]
    most, pause = 4, (0.001, 0.25)


class Convolution:
    """One layer, forward and in a step that makes its loss smaller."""

    work = {"forward": "while true { m(x) }",
            "minimize": "while true { o.minimize(() => (m(x) ** 2).mean()) }"}

    def __init__(self, channels, size):
        self.name = f"{channels} channels at {size}x{size}"
        self.setup = [
            f"seed(1); m = conv({channels}, {channels}, padding=1);",
            f"x = rand(1x{channels}x{size}x{size});", "o = adam(m, lr=1e-3);"]


def check(name, good, why=""):
    print(f"ok {name}" if good else f"FAIL {name}: {why}")


def report(what, delays, rest):
    delays.sort()
    middle, late = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    print(f"{what}: {len(delays)} interrupts, {rest}; back after {middle:.1f} ms (median), "
          f"{late:.1f} ms (p99), {delays[-1]:.1f} ms (worst)", flush=True)


def content(folder, name):
    with open(f"{folder}/{name}.safetensors", "rb") as file:
        return file.read()


def begin(henge, folder, kind):
    shell = Shell(henge, folder)
    shell.send(*kind.setup, 'print("ready")')
    said = "".join(shell.until("ready"))
    if "E-" in said:
        raise RuntimeError(said)
    return shell


def train(henge, kind, count):
    """Training that is stopped `count` times goes on to the bytes of one that is not."""
    with tempfile.TemporaryDirectory() as folder:
        shell = begin(henge, folder, kind)
        delays, stopped = [], 0
        for turn in range(count):
            shell.send(f"for i in 0..1000000 {{ t.step({random.randint(1, kind.most)}) }}")
            time.sleep(random.uniform(*kind.pause))
            delay, said = shell.interrupt(f"turn {turn}")
            delays.append(delay)
            stopped += "E-interrupt: stopped by Ctrl-C" in said
        total = int(shell.ask("t.count"))
        shell.send(":save replay.henge", 'save(t, "a.safetensors"); print("saved")')
        shell.until("saved")
        shell.quit()

        whole = begin(henge, folder, kind)
        whole.send(f't.step({total - 1}); save(t, "b.safetensors"); print("saved")')
        whole.until("saved")
        whole.quit()
        replayed = subprocess.run(
            [henge, "-i", "replay.henge"], cwd=folder, input=b'save(t, "c.safetensors")\n',
            capture_output=True, env=dict(os.environ, XDG_STATE_HOME=folder + "/state"))

        report(kind.name, delays, f"{stopped} stopped an entry, {total} steps")
        check(f"every interrupt of {kind.name} stopped an entry", stopped == count,
              f"{stopped} of {count}")
        check(f"training of {kind.name} that was interrupted equals training that was not",
              content(folder, "a") == content(folder, "b"), "the files differ")
        check(f"the saved session of {kind.name} replays to the same bytes",
              replayed.returncode == 0 and content(folder, "a") == content(folder, "c"),
              replayed.stderr.decode()[-300:])


def convolve(henge, kind, count, limit):
    """A layer that is stopped is back soon, and has made whole steps."""
    with tempfile.TemporaryDirectory() as folder:
        shell = begin(henge, folder, kind)
        for name, entry in kind.work.items():
            delays, stopped = [], 0
            for turn in range(count):
                shell.send(entry)
                time.sleep(random.uniform(0.01, 1.5))
                delay, said = shell.interrupt(f"{name} {turn}")
                delays.append(delay)
                stopped += "E-interrupt: stopped by Ctrl-C" in said
            report(f"{name} of {kind.name}", delays, f"{stopped} stopped an entry")
            check(f"every interrupt of {name} stopped an entry", stopped == count,
                  f"{stopped} of {count}")
            check(f"each interrupt of {name} was answered within {limit} ms", delays[-1] <= limit,
                  f"the worst took {delays[-1]:.0f} ms")
        steps = int(shell.ask("o.count"))
        shell.send('save(m, "a.safetensors"); print("saved")')
        shell.until("saved")
        shell.quit()
        whole = begin(henge, folder, kind)
        whole.send(f"repeat {steps} {{ o.minimize(() => (m(x) ** 2).mean()) }}",
                   'save(m, "b.safetensors"); print("saved")')
        whole.until("saved")
        whole.quit()
        check(f"a layer that was stopped equals one of {steps} whole steps",
              content(folder, "a") == content(folder, "b"), "the parameters differ")


def main():
    henge, count = sys.argv[1], int(sys.argv[2])
    random.seed(1)
    is_short = count < 1000
    train(henge, DifferenceVector, count)
    train(henge, CycleGAN, max(1, count // 4) if is_short else count)
    if is_short:
        # A debug build is slow, and so are machines that do other things beside.
        convolve(henge, Convolution(32, 48), max(1, count // 20), limit=2000)
    else:
        convolve(henge, Convolution(256, 256), 10, limit=200)


main()
