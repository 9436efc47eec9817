# SPDX-License-Identifier: MIT
"""The transcripts of Tests/Sessions/prompt by pipe and on a terminal of 80x24, with one expected
text; Tests/HengeShellTests/SessionFileTests.swift runs them in process.

    test_sessions.py --update   rewrites what is expected to what the terminal shows
"""

import subprocess
import sys
from pathlib import Path

from shell import Home, Shell, program

files = sorted((Path(__file__).resolve().parents[1] / "Sessions" / "prompt").glob("*.txt"))


def entries(file):
    """The entries of a transcript: [typed text, lines expected]."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("henge> "):
            found.append([line.removeprefix("henge> "), []])
        elif line.lstrip().startswith("…> "):
            found[-1][0] += "\n" + line.lstrip().removeprefix("…> ")
        else:
            found[-1][1].append(line)
    return found


def shown_on_terminal(file):
    """What a terminal shows for each entry."""
    with Shell() as shell:
        return [shell.answer(typed) for typed, _ in entries(file)]


def test_a_terminal_shows_what_the_transcripts_say():
    assert files
    for file in files:
        for (typed, expected), shown in zip(entries(file), shown_on_terminal(file)):
            assert shown == expected, f"{file.name}: {typed}\n" + "\n".join(shown)


def test_a_pipe_shows_what_the_transcripts_say():
    assert files
    for file in files:
        session = entries(file)
        with Home() as home:
            run = subprocess.run(
                [program, "-i"], input="".join(typed + "\n" for typed, _ in session), text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=home.path,
                env={"HOME": home.path, "SWIFT_BACKTRACE": "enable=no"})
        assert run.returncode == 0
        expected = [line for _, lines in session for line in lines]
        assert run.stdout.splitlines() == expected, f"{file.name}:\n{run.stdout}"


if __name__ == "__main__" and sys.argv[1:] == ["--update"]:
    for transcript in files:
        text = ""
        for (entered, _), now in zip(entries(transcript), shown_on_terminal(transcript)):
            text += "henge> " + entered.replace("\n", "\n     …> ") + "\n"
            text += "".join(line + "\n" for line in now)
        transcript.write_text(text, encoding="utf-8")
