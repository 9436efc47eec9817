# SPDX-License-Identifier: MIT
"""The prompt itself: entries in, results out."""

from shell import Shell


def test_an_entry_is_echoed_and_the_next_prompt_counts():
    with Shell() as shell:
        assert shell.output("1 + 1", 1) == ["2"]
        shell.expect_lines(["henge[1]> 1 + 1", "2", "henge[2]>"], cursor=(2, 10))
