# SPDX-License-Identifier: MIT
"""A henge on a pseudo-terminal, seen through a screen emulator.

A test types, waits for a prompt or for what the screen must show, and compares cells; it never
sleeps and never looks at escape sequences:

    with Shell() as shell:
        shell.enter("1 + 1")
        shell.wait_for_prompt(2)
        shell.expect_lines(["henge[1]> 1 + 1", "2", "henge[2]>"])
"""

import os
import re
import shutil
import signal
import tempfile
import time

import pexpect
import pyte

program = os.environ["HENGE"]

# Ten times what a busy machine needs.
PATIENCE = float(os.environ.get("HENGE_PATIENCE", 30))

KEYS = {
    "enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "delete": "\x1b[3~",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "alt-enter": "\x1b\r", "shift-tab": "\x1b[Z",
    "ctrl-left": "\x1b[1;5D", "ctrl-right": "\x1b[1;5C", "ctrl-_": "\x1f", "ctrl-space": "\0",
    "page-up": "\x1b[5~", "page-down": "\x1b[6~", "insert": "\x1b[2~", "f5": "\x1b[15~",
}


def key(name):
    """The bytes of a key: `up`, `ctrl-a`, `alt-d`, …"""
    if name in KEYS:
        return KEYS[name]
    modifier, _, letter = name.partition("-")
    if modifier == "ctrl" and len(letter) == 1:
        return chr(ord(letter.upper()) & 0x1f)
    if modifier == "alt" and letter:
        return "\x1b" + KEYS.get(letter, letter)
    raise KeyError(name)


class Home:
    """An empty home folder, in which nothing of the user's is found; removed at the end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="henge-terminal-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for folder, _, _ in os.walk(self.path):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, text):
        """Writes a file below the folder; its path."""
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def read(self, name):
        """The text of a file below the folder."""
        with open(os.path.join(self.path, name), encoding="utf-8", newline="") as file:
            return file.read()


class Shell:
    """A process on a pseudo-terminal of `columns` x `rows`.

    `environment` adds to the little that the process is given; `None` takes a variable away.
    `home` is shared with other shells if it is given, and else the shell's own. The first screen's
    greeting is only kept where `is_greeted`.
    """

    def __init__(self, *arguments, columns=80, rows=24, environment=None, home=None, command=None,
                 is_awaited=True, is_greeted=False):
        self.own_home = None if home else Home()
        self.home = home or self.own_home
        variables = {
            "PATH": os.environ["PATH"], "HOME": self.home.path, "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no", "HENGE_THREADS": "1",
            **(environment or {})}
        words = command or [program, *arguments]
        self.process = pexpect.spawn(
            words[0], list(words[1:]), dimensions=(rows, columns), cwd=self.home.path,
            env={name: value for name, value in variables.items() if value is not None})
        self.process.delaybeforesend = None
        self.process.delayafterread = None
        self.process.ptyproc.delayafterclose = 0.02
        self.process.ptyproc.delayafterterminate = 0.02
        self.screen = pyte.HistoryScreen(columns, rows, history=20_000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = bytearray()
        self.has_ended = False
        if is_awaited:
            self.wait_for_prompt(1)
            if not is_greeted:
                self.drop_greeting()

    def drop_greeting(self):
        """Takes the two lines of the first screen away, so that the prompt is in the first row."""
        if self.lines()[0].startswith("henge 0."):
            self.stream.feed(b"\x1b7\x1b[H\x1b[2M\x1b8\x1b[2A")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the process, whatever it does."""
        self.process.close(force=True)
        if self.own_home:
            self.own_home.__exit__()

    # What is sent.

    def type(self, text):
        """Sends characters as they are."""
        data = text if isinstance(text, bytes) else text.encode()
        while data:
            # The other side may have to be read before it takes more.
            sent = os.write(self.process.child_fd, data[:512])
            data = data[sent:]
            self.take()

    def press(self, *names):
        """Sends keys by name."""
        for name in names:
            self.type(key(name))

    def enter(self, text):
        """Types text and Enter, in one."""
        self.type(text + "\r")

    def paste(self, text):
        """Sends what a terminal sends for a paste: brackets around it, newlines as they are."""
        self.type("\x1b[200~" + text + "\x1b[201~")

    def resize(self, columns, rows=None):
        """Gives the terminal another size, as one that cuts long lines and keeps its cursor in
        view; pyte itself would lose it."""
        rows = rows or self.screen.lines
        self.take()
        screen = self.screen
        above = max(0, screen.cursor.y + 1 - rows)
        for y in range(above):
            screen.history.top.append(screen.buffer[y])
        kept = {y: screen.buffer[y + above] for y in range(rows) if y + above in screen.buffer}
        for line in kept.values():
            for x in [x for x in line if x >= columns]:
                del line[x]
        screen.buffer.clear()
        screen.buffer.update(kept)
        screen.lines, screen.columns = rows, columns
        screen.set_margins()
        screen.cursor.y -= above
        screen.cursor.x = min(screen.cursor.x, columns - 1)
        self.process.setwinsize(rows, columns)

    def send_signal(self, number):
        """Sends a signal to the process."""
        os.kill(self.process.pid, number)

    # What is seen.

    def take(self, seconds=0.0):
        """Feeds the screen with what the process wrote; whether there was something."""
        try:
            data = self.process.read_nonblocking(65_536, seconds)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self.has_ended = True
            return False
        self.bytes += data
        self.stream.feed(data)
        return True

    def wait_until(self, condition, what, patience=PATIENCE):
        """Reads until `condition()` holds; an error with the screen if it does not in time."""
        deadline = time.monotonic() + patience
        while True:
            # A process that goes on writing is looked at between its outputs.
            for _ in range(20):
                if not self.take():
                    break
            if condition():
                return
            if self.has_ended or time.monotonic() > deadline:
                why = "the process ended" if self.has_ended else f"waited {patience} s"
                raise AssertionError(f"{why} for {what}; the screen:\n{self.picture()}")
            self.take(0.05)

    def wait_for_prompt(self, number, patience=PATIENCE):
        """Waits for the prompt `henge[number]> ` with the cursor behind it."""
        mark = f"henge[{number}]> "

        def is_there():
            return self.screen.cursor.x >= len(mark) and any(
                line.startswith(mark.rstrip()) for line in self.lines()[:self.row + 1])

        self.wait_until(is_there, f"prompt {number}", patience)

    def wait_for(self, text):
        """Waits until the screen shows `text` in one line."""
        self.wait_until(lambda: any(text in line for line in self.lines()), repr(text))

    def wait_for_end(self, patience=PATIENCE):
        """Waits until the process has ended; its exit code, or minus the signal that killed it."""
        deadline = time.monotonic() + patience
        while not self.has_ended and time.monotonic() < deadline:
            self.take(0.05)
        self.process.close(force=not self.has_ended)
        code, number = self.process.exitstatus, self.process.signalstatus
        return code if code is not None else -number

    def lines(self):
        """The lines on the screen, without the blanks at their ends and empty lines at the end."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def current_line(self):
        """The cursor's line."""
        return self.screen.display[self.row].rstrip()

    def transcript(self):
        """All lines since the start, those that scrolled away too."""
        above = [
            "".join(line[column].data for column in range(self.screen.columns)).rstrip()
            for line in self.screen.history.top]
        return above + self.lines()

    @property
    def row(self):
        """The cursor's row, from 0."""
        return self.screen.cursor.y

    @property
    def column(self):
        """The cursor's column, from 0."""
        return self.screen.cursor.x

    def cell(self, row, column):
        """A cell: `.data`, `.fg`, `.bg`, `.bold`, …"""
        return self.screen.buffer[row][column]

    def picture(self):
        """The screen for a message, with its cursor."""
        shown = "\n".join(f"  |{line}" for line in self.lines())
        return f"{shown}\n  cursor: row {self.row}, column {self.column}"

    def expect_lines(self, lines, cursor=None):
        """Waits until the screen shows exactly `lines`, with the cursor at (row, column)."""
        lines = [line.rstrip() for line in lines]
        self.wait_until(
            lambda: self.lines() == lines and cursor in (None, (self.row, self.column)),
            "\n".join(["the lines", *("  |" + line for line in lines), f"  cursor: {cursor}"]))

    def expect_last(self, lines, cursor=None):
        """Waits until `lines` are the last on the screen; the cursor's row counts from the first."""
        lines = [line.rstrip() for line in lines]

        def is_shown():
            shown = self.lines()
            first = len(shown) - len(lines)
            return shown[-len(lines):] == lines and cursor in (
                None, (self.row - first, self.column))

        self.wait_until(
            is_shown,
            "\n".join(["the last lines", *("  |" + line for line in lines), f"  cursor: {cursor}"]))

    def output(self, text, number):
        """Enters `text` at prompt `number`, waits for the next; the lines between the two."""
        self.enter(text)
        self.wait_for_prompt(number + 1)
        lines = self.transcript()
        first = max(i for i, line in enumerate(lines) if line.startswith(f"henge[{number}]>"))
        last = max(i for i, line in enumerate(lines) if line.startswith(f"henge[{number + 1}]>"))
        rows = 1 + text.count("\n")
        return lines[first + rows:last]

    def answer(self, text):
        """Pastes and enters `text`, waits for a prompt, whatever its number; the lines between.

        Every line of `text` must fit one row.
        """
        first = len(self.transcript()) + text.count("\n")
        self.paste(text)
        self.press("enter")

        def is_answered():
            lines = self.transcript()
            return len(lines) > first and re.fullmatch(r"henge\[\d+\]>", lines[-1])

        self.wait_until(is_answered, f"the answer to {text!r}")
        return self.transcript()[first:-1]

    def leave(self):
        """Ends the session at an empty prompt; the exit code."""
        self.press("ctrl-d")
        return self.wait_for_end()

    def memory(self):
        """The bytes that the process holds in memory; 0 after its end."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            held = re.search(r"VmRSS:\s+(\d+)", status.read())
        return 1024 * int(held[1]) if held else 0

    def is_alive(self):
        """Whether the process runs."""
        return self.process.isalive()


def suspend_and_continue(shell):
    """Stops the process as a debugger does, and lets it go on."""
    shell.send_signal(signal.SIGSTOP)
    shell.send_signal(signal.SIGCONT)
