# SPDX-License-Identifier: MIT
"""`henge step`: a document as a lesson, with the keys that it tells."""

import glob
import json
import os

from shell import Home, PATIENCE, Shell

LESSON = """# A small lesson

Some *text*, and `code`.

```henge
x = [1, 2, 3]
sum(x)  #=> 6
```

More text.

```henge
#| ask: How many elements has x?
#| hint: Count them.
len(x)
```

```henge
#| ask: What is 2 + 2?
#| choices: three | four
#| answer: four
y = 2 + 2
y
```

```henge
print("the last")
```
"""


def start(home):
    """The lesson, begun in `home`."""
    path = home.write("lesson.henge.md", LESSON)
    return Shell("step", path, home=home, rows=60, columns=90, is_awaited=False)


def wait(shell, words):
    """Waits until `words` are on the screen."""
    shell.wait_until(lambda: words in text(shell), words)


def text(shell):
    """The screen as a text."""
    return "\n".join(line.rstrip() for line in shell.lines())


def test_a_lesson_is_gone_through_with_its_keys():
    with Home() as home, start(home) as shell:
        wait(shell, "cell 1 of 4")
        assert "A small lesson" in text(shell)
        assert "x = [1, 2, 3]" in text(shell)
        shell.enter("")
        wait(shell, "cell 2 of 4")
        assert "\n6\n" in text(shell)
        shell.enter("4")
        wait(shell, "Not right. Count them. Try again")
        shell.enter("3")
        wait(shell, "cell 3 of 4")
        assert "Right." in text(shell)
        assert "1. three" in text(shell)
        shell.enter("2")
        wait(shell, "cell 4 of 4")
        shell.enter("y + 1")
        wait(shell, "\n5\n")
        shell.enter("")
        wait(shell, "4 of 4 cells run")
        assert "Questions: 2 of 2 answered right, 1 at the first try." in text(shell)
        assert "Checks: 1 passed, 0 failed." in text(shell)
        assert shell.wait_for_end() == 0


def test_back_brings_the_state_back():
    with Home() as home, start(home) as shell:
        wait(shell, "cell 1 of 4")
        shell.enter("")
        wait(shell, "cell 2 of 4")
        shell.enter("x = [9]")
        shell.enter("b")
        wait(shell, "Back, with the state before the cell.")
        shell.enter("x")
        wait(shell, "E-name: `x` is not defined")


def test_a_lesson_that_was_left_goes_on():
    with Home() as home:
        with start(home) as shell:
            wait(shell, "cell 1 of 4")
            shell.enter("")
            wait(shell, "cell 2 of 4")
            shell.enter("3")
            wait(shell, "cell 3 of 4")
            shell.enter("q")
            assert shell.wait_for_end() == 0
        with start(home) as shell:
            wait(shell, "You left this lesson after cell 2")
            shell.enter("")
            wait(shell, "cell 3 of 4")
            shell.enter("x[0] + 10")
            wait(shell, "\n11\n")


def hashes(home, name):
    """The hashes of a record's outputs that must not differ."""
    rows = [json.loads(line) for line in home.read(name).splitlines()]
    return [row["hash"] for row in rows if "hash" in row and not row.get("volatile")]


ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def expect_same_outputs(document, *options, patience):
    """The document has the same outputs as a script, by steps, and pasted cell by cell."""
    with Home() as home:
        support = os.path.join(os.path.dirname(document), "support")
        if os.path.isdir(support):
            os.symlink(support, os.path.join(home.path, "support"))
        with Shell("run", document, *options, "--record", "run.log", home=home,
                   is_awaited=False) as shell:
            assert shell.wait_for_end(patience) == 0
        with Shell("convert", document, "cells.ipynb", home=home, is_awaited=False) as shell:
            assert shell.wait_for_end() == 0
        cells = [
            "".join(cell["source"]) for cell in json.loads(home.read("cells.ipynb"))["cells"]
            if cell["cell_type"] == "code"]
        with Shell("step", document, *options, "--record", "step.log", home=home, rows=60,
                   columns=100, is_awaited=False) as shell:
            for number in range(1, len(cells) + 1):
                words = f"(cell {number} of {len(cells)}:"
                shell.wait_until(lambda: words in text(shell), words, patience)
                shell.enter("")
            shell.wait_until(lambda: "The end." in text(shell), "The end.", patience)
            assert shell.wait_for_end() == 0
        with Shell(*options, "--record", "paste.log", home=home, rows=60, columns=100) as shell:
            for number, cell in enumerate(cells, 1):
                shell.paste(cell)
                shell.press("enter")
                shell.wait_for_prompt(number + 1, patience)
            shell.enter(":quit")
            assert shell.wait_for_end() == 0
        expected = hashes(home, "run.log")
        assert expected
        assert hashes(home, "step.log") == expected, "by steps"
        assert hashes(home, "paste.log") == expected, "pasted"


def test_the_first_lesson_has_the_same_outputs_by_steps_and_by_pastes():
    lesson = os.path.join(ROOT, "Docs", "lessons", "1-shell-and-tensors.henge.md")
    expect_same_outputs(lesson, patience=PATIENCE)


def test_every_document_has_the_same_outputs_by_steps_and_by_pastes():
    if not os.environ.get("HENGE_FULL"):
        return "HENGE_FULL=1 runs it, for a quarter of an hour"
    documents = sorted(glob.glob(os.path.join(ROOT, "Docs", "lessons", "*.henge.md")))
    documents += sorted(glob.glob(os.path.join(ROOT, "Scripts", "paper", "[1-3]-*.henge")))
    failures = []
    for document in documents:
        try:
            expect_same_outputs(document, patience=600)
            print(f"ok {os.path.basename(document)}", flush=True)
        except AssertionError as error:
            failures.append(f"{os.path.basename(document)}: {error}")
    assert not failures, "; ".join(failures)
    return None
