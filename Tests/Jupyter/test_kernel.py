# SPDX-License-Identifier: MIT
"""jupyter_kernel_test, whole: each of its tests is one here, and none may be skipped."""

import unittest

import jupyter_kernel_test

import kernels


class Tests(jupyter_kernel_test.KernelTests):
    """What jupyter_kernel_test needs to know of henge."""

    kernel_name = "henge"
    language_name = "henge"
    file_extension = ".henge"
    code_hello_world = 'print("hello, world")'
    code_stderr = "!echo test >&2"
    completion_samples = [
        {"text": "zer", "matches": {"zeros", "zero_pad"}},
        {"text": "ran", "matches": {"rand", "randn", "ranks"}},
    ]
    complete_code_samples = ["1", "x = 3", "fn f(x) { x }", ":who", "?zeros", "zeros?", "!ls"]
    incomplete_code_samples = ["fn f(x) {", "zeros(", "[1, 2", "x = 1 +", 'x = """a']
    invalid_code_samples = ["1 2", "x = )", "fn 3", "for {"]
    code_page_something = "?zeros"
    code_generate_error = "1 + nothing"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "[1, 2]", "result": "[1, 2]"},
    ]
    code_display_data = [
        {"code": "show(zeros(3x8x8))", "mime": "image/png"},
        {"code": "show(zeros(3x8x8))", "mime": "text/plain"},
        {"code": "show(plot([1, 2]))", "mime": "image/svg+xml"},
    ]
    code_history_pattern = "1*2"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zeros"
    code_clear_output = ":clear"


def add(name):
    """Makes a function of a test."""
    def run():
        outcome = unittest.TestResult()
        # Classes are prepared once for all tests by unittest; here for each.
        unittest.TestSuite([Tests(name)]).run(outcome)
        assert outcome.testsRun == 1
        assert not outcome.skipped, outcome.skipped
        problems = outcome.errors + outcome.failures
        assert not problems, problems[0][1]
    globals()[name] = run


assert kernels.PREFIX
for test in unittest.defaultTestLoader.getTestCaseNames(Tests):
    add(test)
