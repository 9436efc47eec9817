# SPDX-License-Identifier: MIT
"""Terminals of other kinds, sizes and languages."""

import re

from shell import Home, Shell, program


def test_terminals_that_cannot_move_their_cursor_get_plain_lines():
    for name in ["dumb", "no-such-terminal", "", None]:
        with Shell(environment={"TERM": name}) as shell:
            shell.enter("fn f() {")
            shell.wait_until(lambda: shell.column == 10 and shell.row == 1, "the second line")
            shell.enter("7")
            shell.wait_until(lambda: shell.column == 10 and shell.row == 2, "the third line")
            shell.enter("}")
            shell.wait_for_prompt(2)
            assert shell.output("f()", 2) == ["7"], (name, shell.picture())
            assert b"\x1b" not in shell.bytes, (name, bytes(shell.bytes))


def test_every_terminal_that_moves_its_cursor_has_an_editor():
    for name in ["screen-256color", "tmux-256color", "screen", "linux", "xterm-kitty"]:
        with Shell(environment={"TERM": name}) as shell:
            shell.type("1 + 3")
            shell.press("left", "backspace")
            shell.type("2 * ")
            shell.expect_lines(["henge[1]> 1 +2 * 3"], cursor=(0, 17))
            assert shell.answer("") == ["7"]


def test_vt100_edits_without_colours():
    with Shell(environment={"TERM": "vt100"}) as shell:
        shell.type("abc")
        shell.press("home", "delete")
        shell.expect_lines(["henge[1]> bc"], cursor=(0, 10))
        shell.press("ctrl-c")
        shell.enter("1 / 0")
        shell.wait_for_prompt(2)
        assert b"m" not in [bytes([part[-1]]) for part in sequences(shell.bytes)]


def sequences(data):
    return re.findall(rb"\x1b\[[0-9;?]*[a-zA-Z]", bytes(data))


def test_notes_end_their_lines_between_words():
    with Shell(columns=50) as shell:
        shell.enter('A = faces("anime", 2, size=24x24); B = faces("photo", 2, size=24x24);')
        shell.enter("t = cyclegan(A, B, base=2, blocks=1)")
        shell.wait_for_prompt(3)
        lines = shell.output("t.step(1, every=1)", 3)
        assert lines[0].startswith("note: step 1 of "), shell.picture()
        assert len(lines) > 2 and all(line.startswith("  ") for line in lines[1:]), lines
        words = " ".join(line.strip() for line in lines)
        names = ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "d_a", "d_b"]
        assert re.findall(r"([a-z_]+) [0-9.e-]+(?:,|$)", words) == names, words


def test_no_color_is_honoured():
    with Shell(environment={"NO_COLOR": "1"}) as shell:
        shell.enter("1 / 0")
        shell.wait_for_prompt(2)
        assert not [part for part in sequences(shell.bytes) if part.endswith(b"m")]


def test_the_prompt_is_coloured_where_colours_are():
    with Shell() as shell:
        assert shell.cell(0, 0).fg == "green" and shell.cell(0, 10).fg == "default"


def test_unicode_survives_the_c_locale():
    for locale in [{"LC_ALL": "C"}, {"LC_ALL": None, "LANG": None}, {"LC_ALL": "xx_YY.KOI8"}]:
        with Shell(environment=locale) as shell:
            shell.type('"dé漢"')
            shell.press("left")
            shell.expect_lines(['henge[1]> "dé漢"'], cursor=(0, 15))
            shell.press("enter")
            shell.wait_for_prompt(2)
            shell.expect_last(['"dé漢"', "henge[2]>"])


def test_a_terminal_of_10_x_3():
    with Shell(columns=10, rows=3, is_awaited=False) as shell:
        shell.wait_until(lambda: shell.lines() == ["henge[1]>"], "the prompt")
        shell.type("[1,")
        shell.expect_lines(["henge[1]>", "[1,"], cursor=(1, 3))
        shell.press("enter")
        shell.type("22222222222]")
        shell.expect_lines(["       …>", "2222222222", "2]"], cursor=(2, 2))
        shell.press("ctrl-a")
        shell.expect_lines(["       …>", "2222222222", "2]"], cursor=(1, 0))
        shell.press("up")
        shell.expect_lines(["[1,", "       …>", "2222222222"], cursor=(0, 0))
        shell.press("enter")
        shell.wait_until(lambda: shell.lines()[-1].startswith("henge[2]>"), "the next prompt")


def test_a_pipe_has_no_prompt():
    with Shell(command=["/bin/sh", "-c", 'echo "1 + 1" | "$0"; echo 2 | "$0" | cat', program],
               is_awaited=False) as shell:
        assert shell.wait_for_end() == 0
        assert shell.lines() == ["2", "2"], shell.picture()


def test_ctrl_x_ctrl_e_edits_in_the_users_editor():
    with Home() as home:
        editor = home.write("editor", '#!/bin/sh\nsed -i "s/1/20/" "$2"\nprintf "b\\n\\n" >>"$2"\n')
        with Shell(home=home, environment={"EDITOR": f"sh {editor} -x"}) as shell:
            shell.type("1 +")
            shell.press("ctrl-x", "ctrl-e")
            shell.expect_lines(
                ["henge[1]> 1 +", "henge[1]> 20 +", "       …> b"], cursor=(2, 11))


def test_ctrl_l_clears_the_screen():
    with Shell() as shell:
        shell.output("1", 1)
        shell.type("ab")
        shell.press("ctrl-l")
        shell.expect_lines(["henge[2]> ab"], cursor=(0, 12))
