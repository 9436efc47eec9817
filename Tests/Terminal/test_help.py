# SPDX-License-Identifier: MIT
"""Completion, hints and help on a screen."""

import os
from pathlib import Path

from shell import Home, Shell, program


def test_tab_completes_a_name_a_member_and_an_argument():
    with Shell() as shell:
        shell.enter("zeta = zeros(3x4)")
        shell.wait_for_prompt(2)
        shell.type("zet")
        shell.press("tab")
        shell.type(".resh")
        shell.press("tab")
        shell.type("4x3).mea")
        shell.press("tab")
        shell.type("ax")
        shell.press("tab")
        shell.wait_for("henge[2]> zeta.reshape(4x3).mean(axis=")


def test_tab_lists_what_there_is_to_choose():
    with Shell() as shell:
        shell.type("x = arang")
        shell.press("tab")
        shell.wait_for("henge[1]> x = arange(")
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
    with Shell(rows=100) as shell:
        shell.enter("?keys")
        shell.wait_for("search the history while you type")
        shell.enter("abs?")
        shell.wait_for("Returns the absolute value of a number.")
        shell.enter("1 + 1")
        shell.wait_for_prompt(2)


def test_tab_completes_the_names_of_files():
    with Home() as home:
        for name in ["data/pictures/one.png", "data/pictures/with space.png", "data/other.csv"]:
            home.write(name, "")
        with Shell(home=home) as shell:
            shell.type('load("da')
            shell.press("tab")
            shell.wait_for('henge[1]> load("data/')
            shell.type("p")
            shell.press("tab")
            shell.wait_for('henge[1]> load("data/pictures/')
            shell.type("w")
            shell.press("tab")
            shell.wait_for('henge[1]> load("data/pictures/with space.png"')


def test_a_list_stands_in_columns_and_a_long_one_asks():
    hint = "load(<path: str>, part=…, range=…, upright=…)"
    with Home() as home:
        for index in range(150):
            home.write(f"file-{index:03}.txt", "")
        with Shell(home=home) as shell:
            shell.type('load("file-00')
            shell.press("tab")
            shell.expect_lines([
                'henge[1]> load("file-00',
                "file-000.txt  file-002.txt  file-004.txt  file-006.txt  file-008.txt",
                "file-001.txt  file-003.txt  file-005.txt  file-007.txt  file-009.txt",
                'henge[1]> load("file-00' + hint.rjust(56)])
            shell.press("backspace", "backspace", "tab")
            shell.wait_for("show all 150? (y/n)")
            shell.type("n")
            shell.wait_until(
                lambda: shell.current_line().startswith('henge[1]> load("file-'), "the entry again")
            assert not any("file-149.txt" in line for line in shell.lines())
            shell.press("tab")
            shell.wait_for("show all 150? (y/n)")
            shell.type("y")
            shell.wait_for("file-149.txt")
            shell.press("ctrl-c")
            shell.press("ctrl-c")
            shell.enter("1 + 1")
            shell.wait_for_prompt(2)


def test_the_first_screen_says_how_to_go_on():
    with Shell(is_greeted=True) as shell:
        lines = shell.lines()
        assert lines[0].startswith("henge 0.") and len(lines) == 3, shell.picture()
        assert "? for help" in lines[1] and "lesson" in lines[1]
    for arguments, columns in [(["-q"], 80), ([], 39)]:
        with Shell(*arguments, columns=columns, is_greeted=True) as shell:
            shell.expect_lines(["henge[1]>"])


def test_help_longer_than_the_screen_is_shown_a_screen_at_a_time():
    with Shell() as shell:
        shell.enter("?cyclegan")
        shell.wait_for("more lines: Space, Enter, q)")
        assert shell.lines()[0] == "henge[1]> ?cyclegan"
        before = shell.lines()[1]
        shell.press("enter")
        shell.wait_until(lambda: shell.lines()[0] == before, "one line more")
        shell.type(" ")
        shell.wait_until(lambda: before not in shell.lines(), "a screen more")
        shell.wait_for("more lines: Space, Enter, q)")
        # What is typed after the answer is for the prompt.
        shell.type("q1 + 1\r")
        shell.wait_for_prompt(2)
        assert not any("more lines" in line for line in shell.lines()), shell.picture()
        shell.enter("?cyclegan")
        shell.wait_for("more lines: Space, Enter, q)")
        shell.press("ctrl-c")
        shell.wait_until(lambda: shell.current_line() == "henge[2]>", "the prompt")


def test_lessons_are_listed_and_begun_at_the_prompt():
    folders = Path(os.path.realpath(program)).parents
    if not any((folder / "Docs/lessons").is_dir() for folder in folders):
        return f"{program} has no lessons beside it"
    with Shell(rows=60) as shell:
        shell.enter("lesson")
        shell.wait_for("8  Which method")
        shell.enter("lesson = 3")
        shell.wait_for_prompt(2)
        shell.enter("lesson")
        shell.wait_for_prompt(3)
        shell.enter(":lesson 1")
        shell.wait_for("Enter runs it)")
        shell.type("q\r")
        shell.wait_until(lambda: shell.current_line() == "henge[3]>", "the session's prompt")
        shell.enter("1 + 1")
        shell.wait_for_prompt(4)


def test_a_page_of_help_fits_the_window():
    with Shell(rows=100) as shell:
        for question in ["?", "?mean", "?faces", ":help", "?keys"]:
            lines = shell.answer(question)
            assert lines and all(len(line) < 80 for line in lines), question
        assert any(line.startswith(":back [n]") for line in shell.answer(":help"))
