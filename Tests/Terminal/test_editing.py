# SPDX-License-Identifier: MIT
"""Keys in one line, and how it looks."""

from shell import Home, Shell


def check(keys, line, cursor, typed=""):
    """Types text, presses keys, and compares the line and the cursor's column behind the prompt."""
    with Shell() as shell:
        shell.type(typed)
        shell.press(*keys)
        shell.expect_lines([f"henge[1]> {line}"], cursor=(0, 10 + cursor))


def test_text_is_inserted_where_the_cursor_is():
    with Shell() as shell:
        shell.type("ad")
        shell.press("left")
        shell.type("bc")
        shell.expect_lines(["henge[1]> abcd"], cursor=(0, 13))


def test_home_and_end_go_to_the_ends():
    check(["home"], "abcd", 0, "abcd")
    check(["ctrl-a"], "abcd", 0, "abcd")
    check(["ctrl-a", "end"], "abcd", 4, "abcd")
    check(["ctrl-a", "ctrl-e"], "abcd", 4, "abcd")


def test_keys_of_emacs_move_by_character_and_word():
    check(["ctrl-b", "ctrl-b", "ctrl-f"], "ab cd", 4, "ab cd")
    check(["alt-b"], "ab cd", 3, "ab cd")
    check(["ctrl-left", "ctrl-left"], "ab cd", 0, "ab cd")
    check(["ctrl-a", "alt-f"], "ab cd", 2, "ab cd")


def test_keys_of_emacs_delete():
    check(["backspace"], "abc", 3, "abcd")
    check(["ctrl-h"], "abc", 3, "abcd")
    check(["ctrl-a", "ctrl-d"], "bcd", 0, "abcd")
    check(["ctrl-a", "delete"], "bcd", 0, "abcd")
    check(["ctrl-w"], "ab ", 3, "ab cd")
    check(["ctrl-a", "alt-d"], " cd", 0, "ab cd")
    check(["ctrl-b", "ctrl-k"], "abc", 3, "abcd")
    check(["ctrl-b", "ctrl-u"], "", 0, "abcd")


def test_what_was_cut_is_yanked():
    check(["ctrl-w", "ctrl-a", "ctrl-y"], "cdab ", 2, "ab cd")
    check(["ctrl-w", "ctrl-w", "ctrl-y"], "ab cd", 5, "ab cd")
    check(["ctrl-w", "ctrl-a", "ctrl-k", "ctrl-y", "alt-y"], "cd", 2, "ab cd")


def test_undo_goes_back_word_by_word():
    with Shell() as shell:
        shell.type("one two")
        shell.press("ctrl-w", "ctrl-_")
        shell.expect_lines(["henge[1]> one two"], cursor=(0, 17))
        shell.press("ctrl-_")
        shell.expect_lines(["henge[1]> one"], cursor=(0, 14))


def test_letters_are_transposed_and_raised():
    check(["ctrl-t"], "abdc", 4, "abcd")
    check(["ctrl-a", "alt-u"], "AB cd", 2, "ab cd")


def test_wide_and_combining_characters_keep_the_cursor_right():
    check(["left"], "漢字x", 4, "漢字x")
    check(["left", "left"], "漢字x", 2, "漢字x")
    check([], "\u00e9x", 2, "e\u0301x")
    check(["left", "backspace"], "b", 0, "\U0001f600b")
    check([], "\U0001f600é", 3, "\U0001f600é")


def test_a_wide_character_that_does_not_fit_goes_to_the_next_row():
    with Shell(columns=21) as shell:
        shell.type("abcdefghij漢x")
        shell.expect_lines(["henge[1]> abcdefghij", "漢x"], cursor=(1, 3))
        shell.press("left", "left")
        shell.expect_lines(["henge[1]> abcdefghij", "漢x"], cursor=(1, 0))
        shell.press("left")
        shell.expect_lines(["henge[1]> abcdefghij", "漢x"], cursor=(0, 19))


def test_a_line_of_300_columns_wraps_and_is_edited():
    text = "x = " + "1 + " * 74 + "1"
    with Shell() as shell:
        shell.type(text)
        whole = "henge[1]> " + text
        rows = [whole[i:i + 80] for i in range(0, len(whole), 80)]
        shell.expect_lines(rows, cursor=(3, len(whole) % 80))
        shell.press("ctrl-a")
        shell.expect_lines(rows, cursor=(0, 10))
        shell.type("y")
        whole = "henge[1]> y" + text
        shell.expect_lines([whole[i:i + 80] for i in range(0, len(whole), 80)], cursor=(0, 11))
        shell.press("end", "enter")
        shell.wait_for_prompt(2)


def test_a_row_that_is_just_full_puts_the_cursor_below():
    with Shell(columns=20) as shell:
        shell.type("1234567890")
        shell.expect_lines(["henge[1]> 1234567890"], cursor=(1, 0))
        shell.press("backspace")
        shell.expect_lines(["henge[1]> 123456789"], cursor=(0, 19))


def test_control_characters_are_shown_and_do_nothing():
    with Shell() as shell:
        shell.press("ctrl-v", "ctrl-g")
        shell.type("a\u202eb\u009b2J")
        shell.expect_lines(["henge[1]> ^Ga\\u202eb2J"], cursor=(0, 22))


def test_unknown_keys_do_nothing():
    check(["f5", "insert", "shift-tab"], "ab", 2, "ab")


def test_tab_indents_where_there_is_nothing_to_complete():
    check(["tab"], "", 2)


def test_keys_of_vi_by_editrc():
    with Home() as home:
        home.write(".editrc", "bind -v\n")
        with Shell(home=home) as shell:
            shell.type("one two")
            shell.press("escape")
            shell.expect_lines(["henge[1]> one two"], cursor=(0, 16))
            shell.type("0")
            shell.expect_lines(["henge[1]> one two"], cursor=(0, 10))
            shell.type("x")
            shell.expect_lines(["henge[1]> ne two"], cursor=(0, 10))
            shell.type("A + 1")
            shell.expect_lines(["henge[1]> ne two + 1"], cursor=(0, 20))
            shell.press("left")
            shell.expect_lines(["henge[1]> ne two + 1"], cursor=(0, 19))
            shell.press("ctrl-c")
            shell.type("1 + 1\r")
            shell.wait_for_prompt(2)


def test_a_key_bound_in_editrc_does_what_it_says():
    with Home() as home:
        home.write(".editrc", "bind ^T ed-move-to-beg\nbind ^M ed-insert\n")
        with Shell(home=home) as shell:
            shell.type("ab")
            shell.press("ctrl-t")
            shell.expect_lines(["henge[1]> ab"], cursor=(0, 10))
            shell.press("ctrl-c")
            assert shell.output("1 + 1", 1) == ["2"]


def test_keys_for_which_libedit_crashes_do_nothing():
    check(["alt-x", "left"], "ab", 1, "ab")
    with Home() as home:
        home.write(".editrc", "bind -v\n")
        with Shell(home=home) as shell:
            shell.type("ab")
            shell.press("escape")
            shell.expect_lines(["henge[1]> ab"], cursor=(0, 11))
            shell.type("_:G?n")
            shell.type("i")
            shell.press("ctrl-c")
            assert shell.output("1 + 1", 1) == ["2"]


def colours(shell, row=0, start=10):
    """The colors of the characters behind the prompt, blanks left out."""
    line = shell.screen.buffer[row]
    return [
        line[column].fg for column in range(start, shell.screen.columns)
        if line[column].data.strip()]


def test_the_parts_of_a_program_have_colors_while_they_are_typed():
    with Shell() as shell:
        shell.type('a = "x" + 12; b')
        shell.expect_lines(['henge[1]> a = "x" + 12; b'])
        shell.wait_until(lambda: colours(shell) == [
            "default", "default", "green", "green", "green", "default", "cyan", "cyan", "default",
            "default"], "colors")
        # A name that nothing has, once it can be none that is known.
        shell.press("ctrl-u")
        shell.type("fa")
        shell.wait_until(lambda: colours(shell) == ["default"] * 2, "a beginning of faces")
        shell.type("q")
        shell.wait_until(lambda: colours(shell) == ["red"] * 3, "no name")
        shell.press("ctrl-u")
        shell.type("for x in 0..3 { y = x }")
        shell.wait_until(
            lambda: colours(shell)[:4] == ["magenta"] * 3 + ["default"], "names that it binds")
        assert "red" not in colours(shell)


def test_colors_are_off_where_that_is_asked_for():
    with Shell(environment={"NO_COLOR": "1"}) as shell:
        shell.enter('"x"')
        shell.wait_for_prompt(2)
        assert set(colours(shell)) == {"default"}
        shell.type('"')
        shell.expect_lines(['henge[1]> "x"', '"x"', 'henge[2]> "'])
    with Shell() as shell:
        shell.enter(":set highlight off")
        shell.enter('"x"')
        shell.wait_for_prompt(2)
        assert set(colours(shell, 1)) == {"default"}
        shell.enter(":set highlight maybe")
        shell.wait_for("on or off, not maybe")


def test_the_history_suggests_how_a_line_goes_on():
    with Shell() as shell:
        shell.enter("one = [1, 2]")
        shell.wait_for_prompt(2)
        shell.enter("two = 2")
        shell.wait_for_prompt(3)
        shell.type("o")
        shell.expect_lines(
            ["henge[1]> one = [1, 2]", "henge[2]> two = 2", "henge[3]> one = [1, 2]"],
            cursor=(2, 11))
        shell.press("ctrl-right")
        shell.expect_lines(
            ["henge[1]> one = [1, 2]", "henge[2]> two = 2",
             "henge[3]> one = [1, 2]" + "one: list of 2".rjust(57)], cursor=(2, 13))
        shell.press("right")
        shell.expect_lines(
            ["henge[1]> one = [1, 2]", "henge[2]> two = 2", "henge[3]> one = [1, 2]"],
            cursor=(2, 22))
        # What is suggested and not taken is not there.
        shell.press("ctrl-u")
        shell.type("t")
        shell.wait_for("henge[3]> two = 2")
        shell.press("backspace")
        shell.enter("3")
        shell.expect_lines(
            ["henge[1]> one = [1, 2]", "henge[2]> two = 2", "henge[3]> 3", "3", "henge[4]>"])
        shell.enter(":set suggestions off")
        shell.type("o")
        shell.wait_until(lambda: shell.current_line() == "henge[4]> o", "no suggestion")


def test_a_suggestion_of_many_lines_shows_its_first():
    with Shell() as shell:
        shell.type("if true {")
        shell.press("enter")
        shell.type("1 }")
        shell.press("enter")
        shell.wait_for_prompt(2)
        shell.type("if")
        shell.wait_until(lambda: shell.current_line() == "henge[2]> if true {…", "its first line")
        shell.press("end")
        shell.press("enter")
        shell.wait_for_prompt(3)
