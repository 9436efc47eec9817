# SPDX-License-Identifier: MIT
"""The history: in memory, in its file, in search."""

import os
import stat

from shell import Home, Shell

FILE = ".local/state/henge/history"


def test_up_and_down_go_through_the_entries_and_back():
    with Shell() as shell:
        shell.output("11", 1)
        shell.output("22", 2)
        shell.type("3")
        shell.press("ctrl-p")
        shell.press("ctrl-u")
        shell.press("up")
        shell.expect_last(["henge[3]> 22"], cursor=(0, 12))
        shell.press("up")
        shell.expect_last(["henge[3]> 11"], cursor=(0, 12))
        shell.press("down", "down")
        shell.expect_last(["22", "henge[3]>"], cursor=(1, 10))


def test_up_goes_to_entries_that_begin_as_what_was_typed():
    with Shell() as shell:
        for number, entry in enumerate(["abc = 1", "x = 2", "abd = 3", "y = 4"]):
            shell.enter(entry)
            shell.wait_for_prompt(number + 2)
        shell.type("ab")
        shell.press("up")
        shell.expect_last(["henge[5]> abd = 3"])
        shell.press("up")
        shell.expect_last(["henge[5]> abc = 1"])
        shell.press("down", "down")
        # As it was typed; the rest is a suggestion.
        shell.expect_last(["henge[5]> abd = 3"], cursor=(0, 12))


def test_entries_are_one_line_each_in_a_file_for_the_user_alone():
    with Home() as home:
        with Shell(home=home) as shell:
            shell.enter('s = "\\\\"')
            shell.wait_for_prompt(2)
            shell.type("if true {\r1\r}\r")
            shell.wait_for_prompt(3)
            for number, entry in enumerate(["1", "1", " 2", "3"]):
                shell.enter(entry)
                shell.wait_for_prompt(number + 4)
            assert shell.leave() == 0
        assert home.read(FILE) == 's = "\\\\\\\\"\nif true {\\n  1\\n}\n1\n3\n', home.read(FILE)
        mode = stat.S_IMODE(os.stat(os.path.join(home.path, FILE)).st_mode)
        assert mode == 0o600, oct(mode)
        with Shell(home=home) as shell:
            shell.press("up")
            shell.expect_lines(["henge[1]> 3"])
            shell.press("up", "up")
            shell.expect_lines(["henge[1]> if true {", "       …>   1", "       …> }"])


def test_two_shells_share_one_history():
    with Home() as home, Shell(home=home) as one, Shell(home=home) as two:
        one.output("11", 1)
        two.output("22", 1)
        one.output("33", 2)
        assert home.read(FILE) == "11\n22\n33\n"
        two.press("up")
        two.expect_last(["henge[2]> 22"])
        with Shell(home=home) as three:
            three.press("up", "up")
            three.expect_lines(["henge[1]> 22"])


def test_the_state_folder_of_xdg_is_used():
    with Home() as home:
        with Shell(home=home, environment={"XDG_STATE_HOME": home.path + "/state"}) as shell:
            shell.output("1", 1)
        assert home.read("state/henge/history") == "1\n"


def test_a_history_that_cannot_be_written_is_kept_in_memory_with_one_note():
    with Home() as home:
        home.write(FILE + "/folder/file", "")
        with Shell(home=home) as shell:
            shell.enter("11")
            shell.wait_for_prompt(2)
            shell.output("22", 2)
            shell.press("up", "up")
            shell.expect_last(["henge[3]> 11"])
            notes = [line for line in shell.transcript() if line.startswith("note: ")]
            assert len(notes) == 1 and "the history is not saved" in notes[0], shell.picture()


def test_a_corrupt_history_is_left_alone():
    with Home() as home:
        home.write(FILE, "1\n\0\0\n")
        with Shell(home=home) as shell:
            shell.enter("11")
            shell.wait_for_prompt(2)
            shell.wait_for("the history is not saved")
        assert home.read(FILE) == "1\n\0\0\n"


def test_half_a_line_of_a_killed_shell_stays_one():
    with Home() as home:
        home.write(FILE, "1\n2 + ")
        with Shell(home=home) as shell:
            shell.output("11", 1)
        assert home.read(FILE) == "1\n2 + \n11\n"


def test_a_search_goes_backward_and_forward():
    with Shell() as shell:
        for number, entry in enumerate(["a = 1", "bb = 2", "ab = 3"]):
            shell.enter(entry)
            shell.wait_for_prompt(number + 2)
        shell.type("xyz")
        shell.press("ctrl-r")
        shell.expect_last(["(search ``) xyz"])
        shell.type("b =")
        shell.expect_last(["(search `b =`) ab = 3"], cursor=(0, 16))
        shell.press("ctrl-r")
        shell.expect_last(["(search `b =`) bb = 2"])
        shell.press("ctrl-s")
        shell.expect_last(["(search `b =`) ab = 3"])
        shell.type("q")
        shell.expect_last(["(search `b =q`: nothing) ab = 3"])
        shell.press("backspace")
        shell.expect_last(["(search `b =`) ab = 3"])
        shell.press("ctrl-g")
        shell.expect_last(["henge[4]> xyz"], cursor=(0, 13))


def test_a_found_entry_is_submitted_or_edited():
    with Shell() as shell:
        shell.output("10 + 1", 1)
        shell.output("2", 2)
        shell.press("ctrl-r")
        shell.type("10")
        shell.expect_last(["(search `10`) 10 + 1"])
        shell.press("enter")
        shell.expect_last(["henge[3]> 10 + 1", "11", "henge[4]>"])
        shell.press("ctrl-r")
        shell.type("0 +")
        shell.press("end")
        shell.expect_last(["henge[4]> 10 + 1"], cursor=(0, 16))
        shell.type("0")
        shell.expect_last(["henge[4]> 10 + 10"])


def test_10000_entries_are_read_and_searched():
    with Home() as home:
        home.write(FILE, "".join(f"x{i} = {i}\n" for i in range(12_000)))
        with Shell(home=home) as shell:
            shell.press("ctrl-r")
            shell.type("x2000 =")
            shell.expect_last(["(search `x2000 =`) x2000 = 2000"])
            shell.press("ctrl-u")
            shell.type("x1999")
