# SPDX-License-Identifier: MIT
"""A short run of the random user; `random_user.py` by itself takes longer."""

from random_user import run


def test_a_random_user_does_not_end_the_session():
    for seed in range(3):
        early, late = run(300, seed)
        if early and late:
            assert late - early < 20, (seed, early, late)
