# SPDX-License-Identifier: MIT
"""Entries of many lines."""

from shell import Shell

BLOCK = "fn f(x) {\ny = x + 1\nz = y * 2\nz\n}"
SHOWN = [
    "henge[1]> fn f(x) {", "       …>   y = x + 1", "       …>   z = y * 2", "       …>   z",
    "       …> }"]


def with_number(lines, number):
    return [lines[0].replace("[1]", f"[{number}]"), *lines[1:]]


def test_enter_submits_only_what_is_complete():
    with Shell() as shell:
        shell.type(BLOCK[:-2].replace("\n", "\r") + "\r")
        shell.expect_lines([*SHOWN[:4], "       …>"], cursor=(4, 12))
        shell.type("}")
        shell.expect_lines(SHOWN, cursor=(4, 11))
        shell.press("enter")
        shell.wait_for_prompt(2)
        assert shell.output("f(3)", 2) == ["8"]


def test_an_operator_at_the_end_asks_for_more():
    with Shell() as shell:
        shell.type("1 +\r")
        shell.expect_lines(["henge[1]> 1 +", "       …>"], cursor=(1, 10))
        shell.enter("2")
        shell.expect_lines(["henge[1]> 1 +", "       …> 2", "3", "henge[2]>"], cursor=(3, 10))


def test_a_string_of_many_lines_is_not_indented():
    with Shell() as shell:
        shell.type('s = """\r  a\rb"""\r')
        shell.wait_for_prompt(2)
        assert shell.output("s", 2) == ['"\\n  a\\nb"'], shell.picture()


def test_what_is_wrong_is_submitted_at_once():
    with Shell() as shell:
        shell.enter("1 )")
        shell.wait_for_prompt(2)
        assert shell.lines()[1].startswith("E-syntax"), shell.picture()


def test_alt_enter_begins_a_line():
    with Shell() as shell:
        shell.type("a = 1")
        shell.press("alt-enter")
        shell.type("a + 1")
        shell.expect_lines(["henge[1]> a = 1", "       …> a + 1"], cursor=(1, 15))
        shell.press("enter")
        shell.wait_for_prompt(2)
        shell.expect_last(["2", "henge[2]>"])


def test_up_and_down_move_inside_a_block_first():
    with Shell() as shell:
        assert shell.output("1", 1) == ["1"]
        shell.type(BLOCK.replace("\n", "\r"))
        shown = ["henge[1]> 1", "1", *with_number(SHOWN, 2)]
        shell.expect_lines(shown, cursor=(6, 11))
        shell.press("up")
        shell.expect_lines(shown, cursor=(5, 11))
        shell.press("end", "up", "up", "up")
        shell.expect_lines(shown, cursor=(2, 13))
        shell.press("up")
        # No entry begins as what stands before the cursor.
        shell.expect_lines(shown, cursor=(2, 13))
        shell.press("down", "down")
        shell.expect_lines(shown, cursor=(4, 13))


def test_a_block_is_recalled_whole_edited_in_its_middle_and_submitted():
    with Shell() as shell:
        shell.type(BLOCK.replace("\n", "\r") + "\r")
        shell.wait_for_prompt(2)
        shell.press("up")
        shell.expect_last(with_number(SHOWN, 2), cursor=(4, 11))
        shell.press("up", "up", "end", "backspace")
        shell.type("10")
        edited = with_number([line.replace("* 2", "* 10") for line in SHOWN], 2)
        shell.expect_last(edited, cursor=(2, 22))
        shell.press("enter")
        shell.expect_last([*edited, "henge[3]>"])
        assert shell.output("f(3)", 3) == ["40"]


def test_keys_for_lines_work_on_the_cursors_line():
    with Shell() as shell:
        shell.type("[\r1,\r2\r]")
        shell.press("up")
        shell.expect_lines(
            ["henge[1]> [", "       …>   1,", "       …>   2", "       …>   ]"], cursor=(2, 13))
        shell.press("ctrl-a")
        shell.expect_lines(
            ["henge[1]> [", "       …>   1,", "       …>   2", "       …>   ]"], cursor=(2, 10))
        shell.press("ctrl-e")
        shell.expect_lines(
            ["henge[1]> [", "       …>   1,", "       …>   2", "       …>   ]"], cursor=(2, 13))
        shell.press("ctrl-a", "ctrl-k")
        shell.expect_lines(
            ["henge[1]> [", "       …>   1,", "       …>", "       …>   ]"], cursor=(2, 10))
        shell.press("ctrl-k")
        shell.expect_lines(["henge[1]> [", "       …>   1,", "       …>   ]"], cursor=(2, 10))
        shell.press("ctrl-y")
        shell.expect_lines(
            ["henge[1]> [", "       …>   1,", "       …>   2", "       …>   ]"], cursor=(3, 10))


def test_a_block_taller_than_the_window_is_edited_at_both_ends():
    lines = ["x = ["] + [f"  {i}," for i in range(40)] + ["]"]
    with Shell(rows=10) as shell:
        shell.paste("\n".join(lines))
        shown = ["henge[1]> x = ["] + ["       …> " + line for line in lines[1:]]
        shell.expect_lines(shown[-10:], cursor=(9, 11))
        shell.press(*["up"] * 41)
        shell.expect_lines(shown[:10], cursor=(0, 11))
        shell.press("end")
        shell.expect_lines(shown[:10], cursor=(0, 15))
        shell.type("7,")
        shown[0] += "7,"
        shell.expect_lines(shown[:10], cursor=(0, 17))
        shell.press("enter")
        shell.wait_for_prompt(2)
        assert shell.transcript()[-len(shown) - 1:] == [*shown, "henge[2]>"], shell.picture()
        assert shell.output("len(x)", 2) == ["41"]


def test_a_closing_brace_stands_where_its_block_began():
    with Shell() as shell:
        shell.type("if true {\rif true {\r1\r}\r}")
        shell.expect_lines([
            "henge[1]> if true {", "       …>   if true {", "       …>     1", "       …>   }",
            "       …> }"], cursor=(4, 11))
