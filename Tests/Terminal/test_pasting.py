# SPDX-License-Identifier: MIT
"""Pastes: each is one edit, and none runs by itself."""

import time

from shell import Shell


def test_a_paste_of_one_line_waits_for_enter():
    with Shell() as shell:
        shell.paste("1 + 1\n")
        shell.expect_lines(["henge[1]> 1 + 1"], cursor=(0, 15))
        shell.press("enter")
        shell.expect_lines(["henge[1]> 1 + 1", "2", "henge[2]>"])


def test_a_paste_of_two_lines_is_one_entry_and_one_undo():
    with Shell() as shell:
        shell.type("c = 3 ")
        shell.paste("a = 1\r\nb = 2\r\n")
        shell.expect_lines(["henge[1]> c = 3 a = 1", "       …> b = 2"], cursor=(1, 15))
        shell.press("ctrl-_")
        shell.expect_lines(["henge[1]> c = 3"], cursor=(0, 16))


def test_carriage_returns_are_newlines():
    with Shell() as shell:
        shell.paste("a = 1\rb = a + 1\rb")
        shell.press("enter")
        shell.expect_lines(
            ["henge[1]> a = 1", "       …> b = a + 1", "       …> b", "2", "henge[2]>"])


def test_pasted_tabs_stay_and_do_not_complete():
    with Shell() as shell:
        shell.paste("if true {\n\tprint(1)\n}")
        shell.press("enter")
        shell.wait_for_prompt(2)
        shell.expect_last(["1", "henge[2]>"])


def test_a_mark_inside_a_paste_does_not_end_it():
    with Shell() as shell:
        shell.paste("a = 1\x1b[201~\rprint(\"run\")\r")
        shell.expect_lines(["henge[1]> a = 1", '       …> print("run")'], cursor=(1, 22))


def test_control_characters_in_a_paste_are_left_out():
    with Shell() as shell:
        shell.paste("1 \x03+\x04 \x1a1\x1b[2J\x07")
        shell.expect_lines(["henge[1]> 1 + 1[2J"])


def test_prompts_are_taken_off():
    for text in [
            "henge[12]> a = [1,\n        …> 2]\nhenge[13]> len(a)\n2\nhenge[14]> ",
            ">>> a = [1,\n... 2]\n>>> len(a)\n2\n",
            "In [3]: a = [1,\n   ...: 2]\nIn [4]: len(a)\n2\n"]:
        with Shell() as shell:
            shell.paste(text)
            shell.press("enter")
            shell.expect_lines([
                "henge[1]> a = [1,", "       …> 2]", "       …> len(a)", "2", "henge[2]>"])


def test_a_paste_of_1000_lines_is_shown_within_half_a_second():
    lines = [f"a{i} = {i} + 1  # a comment of some length" for i in range(1000)]
    with Shell() as shell:
        begin = time.monotonic()
        shell.paste("\n".join(lines))
        shell.wait_for("a999")
        seconds = time.monotonic() - begin
        shown = ["       …> " + line for line in lines[-24:]]
        shell.expect_lines(shown, cursor=(23, len(shown[-1])))
        shell.press("enter")
        shell.wait_for_prompt(2)
        assert shell.output("a999", 2) == ["1000"]
        # The bar of half a second is held by Scripts/bench; a busy machine has its time here.
        assert seconds < 5, seconds


def test_260_lines_are_pasted_into_16_rows():
    lines = [f"  {i}," for i in range(258)]
    with Shell(rows=16) as shell:
        shell.paste("x = [\n" + "\n".join(lines) + "\n]")
        shell.press("enter")
        shell.wait_for_prompt(2)
        assert shell.output("sum(x)", 2) == [str(258 * 257 // 2)]


def test_a_paste_during_a_search_goes_to_the_line():
    with Shell() as shell:
        shell.output("old = 1", 1)
        shell.type("new ")
        shell.press("ctrl-r")
        shell.type("ol")
        shell.wait_for("old")
        shell.paste("= 2\n")
        shell.expect_last(["henge[1]> old = 1", "henge[2]> new = 2"], cursor=(1, 17))


def test_a_paste_of_many_bytes_of_unicode_is_whole():
    text = 's = "' + "漢é\U0001f600" * 3000 + '"'
    with Shell() as shell:
        shell.paste(text)
        shell.press("enter")
        shell.wait_for_prompt(2)
        assert shell.output("len(s)", 2) == ["9000"]
