# SPDX-License-Identifier: MIT
"""Keys in one line."""

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
