# SPDX-License-Identifier: MIT
"""Completion, hints and help on a screen."""

from shell import Shell


def test_tab_completes_a_name_a_member_and_an_argument():
    with Shell() as shell:
        shell.enter("zeta = zeros(3x4)")
        shell.wait_for_prompt(2)
        shell.type("zet")
        shell.press("tab")
        shell.type(".resh")
        shell.press("tab")
        shell.type("4x3).me")
        shell.press("tab")
        shell.type("ax")
        shell.press("tab")
        shell.wait_for("henge[2]> zeta.reshape(4x3).mean(axis=")


def test_tab_lists_what_there_is_to_choose():
    with Shell() as shell:
        shell.type("x = ze")
        shell.press("tab")
        shell.wait_for("henge[1]> x = zeros(")
        shell.press("ctrl-u")
        shell.type("zeros(3, dtype=\"f")
        shell.press("tab", "tab")
        shell.wait_for("f32  f64")


def test_the_signature_stands_at_the_right_edge():
    with Shell() as shell:
        shell.type("round(2.5, ")
        shell.wait_for("round(x: num, <digits: int = 0>) -> num")
        shell.type("1)")
        shell.press("enter")
        shell.wait_for_prompt(2)
        shell.expect_lines(["henge[1]> round(2.5, 1)", "2.5", "henge[2]>"])


def test_a_question_is_answered_and_takes_no_number():
    with Shell() as shell:
        shell.enter("?keys")
        shell.wait_for("searches the history while you type")
        shell.enter("abs?")
        shell.wait_for("Gives a number without its sign.")
        shell.enter("1 + 1")
        shell.wait_for_prompt(2)
