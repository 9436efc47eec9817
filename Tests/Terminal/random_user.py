# SPDX-License-Identifier: MIT
"""A user who presses anything: the shell must live, answer, and hold no more than before.

    random_user.py [ACTIONS [SEED]]   10,000 actions by default
"""

import random
import re
import sys

from shell import Home, Shell

SNIPPETS = [
    "1 + 1", "x = [1, 2, 3]", "sum(x)", "x[0]", '"é漢😀"', "fn f(a) {\r", "if true {\r", "}", "(", ")",
    "[", "]", '"""', "# a comment", "for i in 0..3 {", "f(1)", "mean", "zer", "rand(3x4)",
    "print(x)", "1 / 0", "nothing", "?mean", "mean?", ":who", "who()", "henge[3]> 1 + 1",
    "a = rand(100x100)", "try { 1 / 0 } catch e { }", "\x1b[5;5~", "\x1b[<0;3;4M", "\x1b[?1;2c",
]
PASTES = [
    "a = 1\nb = 2\n", ">>> 1 +\n... 2\n", "x" * 300, "\n" * 30, "if true {\r\n\tprint(1)\r\n}",
    "1\x1b[201~\r2", "\n".join(f"  line {i}" for i in range(60)), "e\u0301\u202e\x00\x9b",
]
KEYS = {
    "enter": 12, "backspace": 8, "left": 8, "right": 6, "up": 10, "down": 8, "home": 3, "end": 3,
    "tab": 5, "delete": 3, "alt-enter": 3, "ctrl-a": 2, "ctrl-e": 2, "ctrl-k": 3, "ctrl-u": 2,
    "ctrl-w": 3, "ctrl-y": 3, "alt-y": 2, "alt-b": 2, "alt-f": 2, "alt-d": 2, "ctrl-t": 1,
    "ctrl-_": 4, "ctrl-r": 4, "ctrl-s": 2, "ctrl-g": 2, "ctrl-l": 1, "ctrl-p": 3, "ctrl-n": 3,
    "ctrl-c": 6, "ctrl-d": 2, "ctrl-v": 1, "ctrl-z": 1, "escape": 2, "f5": 1, "page-up": 1,
    "ctrl-left": 2, "ctrl-right": 2, "ctrl-space": 1, "alt-u": 1, "alt-<": 1, "alt->": 1,
    "ctrl-x": 1, "alt-x": 1,
}


def act(shell, chance):
    """One thing that a user may do."""
    kind = chance.choices(["key", "snippet", "text", "paste", "resize"], [60, 22, 12, 5, 1])[0]
    if kind == "key":
        shell.press(chance.choices(list(KEYS), list(KEYS.values()))[0])
    elif kind == "snippet":
        shell.type(chance.choice(SNIPPETS))
    elif kind == "text":
        # No `!`: the system's shell runs what stands behind it.
        letters = "abcxyz_0123456789 .,+-*/=<>()[]{}\"'#:?éß漢"
        shell.type("".join(chance.choices(letters, k=chance.randint(1, 12))))
    elif kind == "paste":
        shell.paste(chance.choice(PASTES))
    else:
        shell.resize(chance.randint(2, 130), chance.randint(2, 40))


def settle(shell):
    """Gives up whatever goes on and waits for an answer; raises if none comes.

    Whether the shell was left instead: a Ctrl-D may still have been on its way.
    """
    shell.resize(80, 24)
    for attempt in range(20):
        try:
            # What was typed before may still be read, or run, and take the Ctrl-C for itself.
            shell.press("ctrl-c")
            shell.enter(f'"alive " + "and well {attempt}"')
            shell.wait_until(
                lambda: shell.has_ended or f'"alive and well {attempt}"' in shell.lines(),
                "an answer", patience=3)
            return shell.has_ended
        except OSError:
            return True
        except AssertionError as error:
            unanswered = error
    raise unanswered


def run(actions, seed):
    """Does `actions` things; the megabytes held after a tenth of them, and at the end."""
    chance = random.Random(seed)
    done = 0
    early = None
    with Home() as home:
        while done < actions:
            with Shell(home=home, environment={"EDITOR": "true"}) as shell:
                early = None
                begun = done
                while done < actions and not shell.has_ended:
                    try:
                        act(shell, chance)
                    except OSError:
                        break
                    done += 1
                    if (done - begun) % 100 == 0 and not shell.has_ended:
                        if settle(shell):
                            break
                        if early is None and done - begun >= min(1000, actions // 10):
                            early = shell.memory() / 1e6 or None
                if done >= actions and not shell.has_ended and not settle(shell):
                    return early, shell.memory() / 1e6
                code = shell.wait_for_end()
                assert code == 0, f"seed {seed}: ended with {code}:\n{shell.picture()}"
    return early, None


def main():
    """Runs as the command line says."""
    actions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    early, late = run(actions, seed)
    print(f"{actions} actions of seed {seed}: alive; memory {early} MB early, {late} MB at the end")


if __name__ == "__main__":
    main()
