# SPDX-License-Identifier: MIT
"""What a session keeps, on a screen: results, states to go back to, scripts, and a lost session."""

import os
import signal

from shell import Home, Shell

DATA = 'A = faces("anime", 20, size=16x16); B = faces("photo", 20, size=16x16);'


def test_results_and_entries_have_numbers():
    with Shell() as shell:
        assert shell.answer("6 * 7") == ["42"]
        assert shell.answer("ans + 1") == ["43"]
        assert shell.answer("Out[1] + Out[2]") == ["85"]
        assert shell.answer("In[2]") == ['"ans + 1"']
        shell.expect_last(["henge[5]>"])


def test_an_entry_that_fails_keeps_the_statements_that_ended():
    with Shell() as shell:
        shell.answer("x = 1")
        assert shell.answer("x = 2; y = 3; nope") == [
            "E-name: `nope` is not defined",
            "  2 | x = 2; y = 3; nope",
            "    |               ^^^^",
            "  kept: the 2 statements before it"]
        assert shell.answer("x") == ["2"]
        assert shell.answer("y") == ["3"]


def test_back_undoes_entries():
    with Shell() as shell:
        shell.answer("x = 1")
        shell.answer("x = 2")
        assert shell.answer(":back") == ["undone to the state before [2]:", "  [2] x = 2"]
        assert shell.answer("x") == ["1"]


def test_a_saved_script_replays_to_the_same_state():
    with Home() as home:
        with Shell(home=home) as shell:
            shell.answer(DATA)
            shell.answer("t = difference_vector(A, B); t.step(7)")
            shell.answer("nope")
            shell.answer("x = rand(3)")
            assert shell.answer(":save s.henge") == ["3 entries saved in s.henge"]
            here = shell.answer("[t.count, x.sum(), t.vector.sum()]")
            assert shell.leave() == 0
        with Shell("-i", "s.henge", home=home, is_awaited=False) as shell:
            shell.wait_for_prompt(2)
            assert shell.answer("[t.count, x.sum(), t.vector.sum()]") == here


def test_ctrl_c_while_training_keeps_whole_steps_and_the_journal_of_them():
    with Home() as home:
        with Shell(home=home) as shell:
            shell.answer(DATA)
            shell.answer("t = difference_vector(A, B)")
            shell.enter("while true { t.step(3000000) }")
            shell.wait_for(" left")
            shell.press("ctrl-c")
            shell.wait_for_prompt(4)
            shell.wait_for("(consistent)")
            state = shell.answer("[t.count, t.vector.sum()]")
            shell.send_signal(signal.SIGKILL)
            assert shell.wait_for_end() == -signal.SIGKILL
        with Shell("--recover", home=home, is_awaited=False) as shell:
            shell.wait_for("note: 4 entries recovered")
            shell.wait_for_prompt(5)
            assert shell.answer("[t.count, t.vector.sum()]") == state


def test_long_work_is_one_line_that_is_redrawn_and_taken_away():
    with Shell() as shell:
        shell.answer(DATA)
        shell.answer("t = difference_vector(A, B)")
        shell.enter("while true { t.step(2000000) }")
        shell.wait_for("of 2000000 updates  ")
        shell.wait_for(" left")
        lines = shell.lines()
        assert len([line for line in lines if line.startswith("step ")]) == 1, shell.picture()
        assert not any("\\x1b" in line for line in lines), shell.picture()
        shell.press("ctrl-c")
        shell.wait_for_prompt(4)
        lines = shell.lines()
        assert not any(line.startswith("step ") for line in lines), shell.picture()
        assert "" not in lines, shell.picture()


def test_a_killed_session_is_brought_back():
    with Home() as home:
        with Shell(home=home) as shell:
            shell.answer("x = rand(3)")
            shell.answer("nope")
            total = shell.answer("x.sum()")
            shell.send_signal(signal.SIGKILL)
            assert shell.wait_for_end() == -signal.SIGKILL
        with Shell(home=home, is_awaited=False) as shell:
            shell.wait_for("was killed:")
            shell.wait_for_prompt(1)
            assert shell.leave() == 0
        with Shell("--recover", home=home, is_awaited=False) as shell:
            shell.wait_for("note: 2 entries recovered")
            shell.wait_for_prompt(4)
            assert shell.answer("x.sum()") == total
            assert shell.leave() == 0
        with Shell(home=home) as shell:
            assert shell.lines() == ["henge[1]>"]
        assert os.path.isdir(home.path)


def test_an_echo_of_a_picture_is_drawn_in_half_blocks():
    with Shell(environment={"COLORTERM": "truecolor"}) as shell:
        shell.enter("x = zeros(3x4x4); x[0] = 1.0; show(x)")
        shell.wait_for_prompt(2)
        rows = [
            row for row in range(shell.row)
            if shell.cell(row, 0).bg not in ("default", "") or shell.cell(row, 0).data == "▀"]
        assert rows, shell.picture()
        for row in rows:
            cell = shell.cell(row, 0)
            assert "ff8080" in (cell.fg, cell.bg), (row, cell)
        shell.enter('faces("anime", 4)[0]')
        shell.wait_for_prompt(3)
        assert any(line.count("▀") > 8 for line in shell.lines()), shell.picture()
