# SPDX-License-Identifier: MIT
"""Ctrl-C, Ctrl-D, Ctrl-Z, other windows sizes, other signals."""

import os
import signal
import termios

from shell import PATIENCE, Shell, suspend_and_continue


def test_ctrl_c_gives_a_line_up():
    with Shell() as shell:
        shell.type("1 + 1")
        shell.press("left", "ctrl-c")
        shell.expect_lines(["henge[1]> 1 + 1^C", "henge[1]>"], cursor=(1, 10))
        assert shell.output("2", 1) == ["2"]


def test_ctrl_c_gives_a_block_up():
    with Shell() as shell:
        shell.type("fn f() {\r1\r")
        shell.press("up", "ctrl-c")
        shell.expect_lines(
            ["henge[1]> fn f() {", "       …>   1", "       …>   ^C", "henge[1]>"],
            cursor=(3, 10))


def test_ctrl_c_gives_a_search_up():
    with Shell() as shell:
        shell.output("abc = 1", 1)
        shell.press("ctrl-r")
        shell.type("ab")
        shell.wait_for("search `ab`")
        shell.press("ctrl-c")
        shell.expect_lines(
            ["henge[1]> abc = 1", "henge[2]> abc = 1^C", "henge[2]>"], cursor=(2, 10))


def test_an_interrupt_from_outside_does_the_same():
    with Shell() as shell:
        shell.type("1 + 1")
        shell.expect_lines(["henge[1]> 1 + 1"])
        shell.send_signal(signal.SIGINT)
        shell.expect_lines(["henge[1]> 1 + 1^C", "henge[1]>"])


def test_ctrl_c_stops_what_runs_and_the_session_goes_on():
    with Shell() as shell:
        shell.enter("while true { }")
        shell.expect_lines(["henge[1]> while true { }"], cursor=(1, 0))
        shell.press("ctrl-c")
        shell.wait_for_prompt(2)
        assert any(line.startswith("E-interrupt") for line in shell.lines()), shell.picture()
        assert shell.output("1", 2) == ["1"]


def test_ctrl_c_typed_right_behind_an_entry_stops_it():
    with Shell() as shell:
        shell.type("while true { }\r\x03")
        shell.wait_for_prompt(2)
        assert any(line.startswith("E-interrupt") for line in shell.lines()), shell.picture()


def test_ctrl_c_stops_printing():
    with Shell() as shell:
        shell.enter('while true { print("a line of output") }')
        shell.wait_for("a line of output")
        shell.press("ctrl-c")
        shell.wait_for_prompt(2)
        assert shell.output("1", 2) == ["1"]


def test_ctrl_d_deletes_and_leaves_only_an_empty_line():
    with Shell() as shell:
        shell.type("ab")
        shell.press("ctrl-a", "ctrl-d")
        shell.expect_lines(["henge[1]> b"], cursor=(0, 10))
        shell.press("end", "ctrl-d")
        shell.press("backspace", "ctrl-d")
        assert shell.wait_for_end() == 0


def test_a_closed_terminal_ends_the_session():
    shell = Shell()
    try:
        os.close(shell.process.child_fd)
        shell.process.ptyproc.fd = shell.process.child_fd = -1
        shell.process.closed = True
        _, status = os.waitpid(shell.process.pid, 0)
        assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGHUP, status
    finally:
        shell.own_home.__exit__()


def test_a_terminated_shell_leaves_the_terminal_as_it_was():
    with Shell(command=["/bin/sh", "-c", '"$0"; echo ended $?; cat', os.environ["HENGE"]]) as shell:
        before = termios.tcgetattr(shell.process.child_fd)
        assert not before[3] & termios.ECHO
        os.kill(child_of(shell.process.pid), signal.SIGTERM)
        shell.wait_for("ended 143")
        after = termios.tcgetattr(shell.process.child_fd)
        assert after[3] & termios.ECHO and after[3] & termios.ICANON and after[3] & termios.ISIG


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as children:
        return int(children.read().split()[0])


def test_a_stopped_shell_goes_on_where_it_was():
    with Shell() as shell:
        shell.type("1 + 1")
        shell.expect_lines(["henge[1]> 1 + 1"])
        suspend_and_continue(shell)
        shell.wait_until(lambda: shell.lines()[-1:] == ["henge[1]> 1 + 1"], "the line again")
        shell.press("enter")
        shell.wait_for_prompt(2)
        shell.expect_last(["2", "henge[2]>"])


def test_ctrl_z_and_fg():
    with Shell(command=["/bin/bash", "--norc", "-i"], is_awaited=False,
               environment={"PS1": "bash: "}) as shell:
        shell.wait_for("bash:")
        shell.enter(os.environ["HENGE"])
        shell.wait_for_prompt(1)
        shell.type("1 + 1")
        shell.wait_for("henge[1]> 1 + 1")
        shell.press("ctrl-z")
        shell.wait_for("Stopped")
        shell.wait_until(lambda: shell.lines()[-1].startswith("bash:"), "bash's prompt")
        shell.enter("fg")
        shell.wait_until(lambda: shell.lines()[-1] == "henge[1]> 1 + 1", "the line again")
        shell.type(" + 1\r")
        shell.wait_for_prompt(2)
        shell.expect_last(["3", "henge[2]>"])


def test_a_window_that_changes_its_size_while_one_types():
    text = "x = " + "1 + " * 20 + "1"
    whole = "henge[1]> " + text
    with Shell() as shell:
        shell.type(text)
        shell.expect_lines([whole[:80], whole[80:]], cursor=(1, len(whole) - 80))
        shell.resize(40)
        shell.expect_last([whole[:40], whole[40:80], whole[80:]], cursor=(2, len(whole) - 80))
        shell.resize(120)
        shell.expect_last([whole], cursor=(0, len(whole)))
        shell.press("enter")
        shell.wait_for_prompt(2)


def test_what_is_typed_while_something_runs_is_kept():
    with Shell() as shell:
        shell.enter("i = 0; while i < 3000000 { i += 1 }")
        shell.expect_lines(["henge[1]> i = 0; while i < 3000000 { i += 1 }"], cursor=(1, 0))
        shell.type("1 + 1\r2 + 2")
        shell.wait_for_prompt(3)
        shell.expect_last(["henge[2]> 1 + 1", "2", "henge[3]> 2 + 2"])


def test_what_has_no_newline_leaves_the_prompt_a_row():
    with Shell() as shell:
        shell.enter('print("abc", end="")')
        shell.wait_for_prompt(2)
        shell.expect_lines(['henge[1]> print("abc", end="")', "abc", "henge[2]>"], cursor=(2, 10))


TRAINING = ['A = faces("anime", 6, size=16x16)', "t = fit(conv(3, 3, padding=1), A)"]


def test_a_signal_that_ends_the_process_stops_training_at_a_whole_step_and_saves_there():
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        command = ["/bin/sh", "-c", '"$0"; echo ended $?; cat', os.environ["HENGE"]]
        with Shell(command=command) as shell:
            for place, entry in enumerate(TRAINING, 1):
                shell.output(entry, place)
            shell.enter('t.step(10000000, save="t.safetensors")')
            shell.wait_for("step ")
            os.kill(child_of(shell.process.pid), number)
            shell.wait_for(f"ended {code}")
            assert os.path.exists(os.path.join(shell.home.path, "t.safetensors"))
