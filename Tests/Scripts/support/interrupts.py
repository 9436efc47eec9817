# SPDX-License-Identifier: MIT
"""Interrupts the training of a difference vector at random moments.

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


def setup(shell):
    shell.send('A = faces("anime", 60, size=32x32); B = faces("photo", 60, size=32x32)',
               "t = difference_vector(A, B, batch=50, keep=100)", 't.step(1); print("ready")')
    shell.until("ready")


def main():
    henge, count = sys.argv[1], int(sys.argv[2])
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(henge, folder)
        setup(shell)
        delays, stopped = [], 0
        for turn in range(count):
            shell.send(f"for i in 0..1000000 {{ t.step({random.randint(1, 40)}) }}")
            time.sleep(random.uniform(0.001, 0.08))
            start = time.monotonic()
            os.kill(shell.process.pid, signal.SIGINT)
            shell.send(f'print("turn {turn}")')
            lines = "".join(shell.until(f"turn {turn}"))
            delays.append((time.monotonic() - start) * 1000)
            stopped += "E-interrupt: stopped by Ctrl-C" in lines
        shell.send("n = t.count; print(f\"count {n}\"); print(\"counted\")")
        total = int(shell.until("counted")[-1].split()[1])
        shell.send(':save replay.henge', 'save(t, "a.safetensors"); print("saved")')
        shell.until("saved")
        shell.send(":quit")
        shell.process.wait(60)

        whole = Shell(henge, folder)
        setup(whole)
        whole.send(f't.step({total - 1}); save(t, "b.safetensors"); print("saved")')
        whole.until("saved")
        whole.send(":quit")
        whole.process.wait(60)
        replayed = subprocess.run(
            [henge, "-i", "replay.henge"], cwd=folder, input=b'save(t, "c.safetensors")\n',
            capture_output=True, env=dict(os.environ, XDG_STATE_HOME=folder + "/state"))

        def content(name):
            with open(f"{folder}/{name}.safetensors", "rb") as file:
                return file.read()

        def check(name, good, why=""):
            print(f"ok {name}" if good else f"FAIL {name}: {why}")

        delays.sort()
        middle, late = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
        print(f"interrupts: {count}, {stopped} stopped an entry, {total} updates; back after "
              f"{middle:.1f} ms (median), {late:.1f} ms (p99), {delays[-1]:.1f} ms (worst)")
        check("every interrupt stopped an entry", stopped == count, f"{stopped} of {count}")
        check("training that was interrupted equals training that was not",
              content("a") == content("b"), "the files differ")
        check("the saved session replays to the same bytes",
              replayed.returncode == 0 and content("a") == content("c"),
              replayed.stderr.decode()[-300:])


main()
