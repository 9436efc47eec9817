# SPDX-License-Identifier: MIT
"""What a training shows while it runs, and what becomes of keys meanwhile."""

from shell import Shell

DATA = ('A = faces("anime", 12, size=24x24); B = faces("photo", 12, size=24x24); '
        "t = cyclegan(A, B, base=4, blocks=1)")
LONG = "t.step(100000)"


def prepared(shell):
    """Makes a trainer."""
    shell.enter(DATA)
    shell.wait_for_prompt(2)


def test_a_training_shows_curves_and_samples_in_place():
    with Shell(columns=100, rows=30) as shell:
        prepared(shell)
        shell.enter(LONG)
        shell.wait_for("step ")
        shell.wait_for("g_ab ")
        shell.wait_until(lambda: any("▀" in line for line in shell.lines()), "samples")
        first = next(line for line in shell.lines() if line.startswith("step "))
        assert " left" in first and "MB" in first, first
        shell.wait_until(lambda: first not in shell.lines(), "another state")
        shell.press("ctrl-c")
        shell.wait_for(":go, which continues with t.step(")
        shell.wait_for_prompt(3)
        # The last state stays, once.
        lines = shell.lines()
        assert sum(line.startswith("d_a ") for line in lines) == 1, shell.picture()


def test_keys_typed_meanwhile_are_for_the_next_entry():
    with Shell(columns=100, rows=30) as shell:
        prepared(shell)
        shell.enter("t.step(300)")
        shell.wait_for("g_ab ")
        shell.type("1 + 41")
        shell.wait_for_prompt(3)
        shell.wait_until(lambda: shell.current_line().startswith("henge[3]> 1 + 41"), "the keys")
        assert sum("1 + 41" in line for line in shell.lines()) == 1, shell.picture()
        shell.press("enter")
        shell.wait_until(lambda: "42" in shell.lines(), "the answer")


def test_a_resized_window_has_one_view():
    with Shell(columns=100, rows=30) as shell:
        prepared(shell)
        shell.enter(LONG)
        shell.wait_for("g_ab ")
        shell.resize(60, 20)
        shell.wait_until(lambda: any(line.startswith("d_b ") for line in shell.lines()), "a column")
        shell.press("ctrl-c")
        shell.wait_for_prompt(3)


def test_without_colors_the_samples_are_characters():
    with Shell(columns=100, rows=30, environment={"NO_COLOR": "1"}) as shell:
        prepared(shell)
        shell.enter(LONG)
        shell.wait_for("g_ab ")
        shell.wait_until(lambda: any("%%" in line for line in shell.lines()), "samples")
        assert any("▁" in line for line in shell.lines()), shell.picture()
        assert not any("▀" in line for line in shell.lines()), shell.picture()
        shell.press("ctrl-c")
        shell.wait_for_prompt(3)


def test_without_room_there_is_a_line():
    with Shell(columns=100, rows=7) as shell:
        prepared(shell)
        shell.enter(LONG)
        shell.wait_for("step ")
        assert not any("▁" in line or "▀" in line for line in shell.lines()), shell.picture()
        shell.press("ctrl-c")
        shell.wait_for_prompt(3)
    with Shell(columns=100, rows=30) as shell:
        prepared(shell)
        shell.enter("t.step(100000, live=false)")
        shell.wait_for("g_ab ")
        assert not any("▁" in line for line in shell.lines()), shell.picture()
