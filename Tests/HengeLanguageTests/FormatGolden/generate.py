# SPDX-License-Identifier: MIT
"""Writes cases.txt: what Python's format() and repr() give, one case a line, tab-separated.

Run it in this folder: python3 generate.py
"""
import random
import struct

random.seed(1)
INTS = [0, 1, -1, 7, 42, -42, 999, 1000, -1234567, 2**31, 2**63 - 1, -(2**63), 65, 0x1F600]
NUMS = [0.0, -0.0, 1.0, -1.5, 0.1, 2.5, 3.5, 0.125, 1e-5, 1.5e-7, 123456.789, 999999.5, 1e15, 1e16,
        1.2e16, 1e21, 1e300, 5e-324, 1.7976931348623157e308, 1 / 3, -2 / 3, 100.0, 9.995, 0.00012345,
        float("inf"), float("-inf"), float("nan"), 2.675, 1e22, 123456789012345680.0]
TEXTS = ["", "a", "abc", "héllo", "日本", "x y"]


def specification(types):
    spec = ""
    if random.random() < 0.4:
        spec += random.choice(["", "*", "·", "0", " "]) + random.choice("<>^=")
        if spec[0] in "<>^=" and len(spec) == 1:
            pass
    if random.random() < 0.3:
        spec += random.choice("+- ")
    if random.random() < 0.15:
        spec += "#"
    if random.random() < 0.25:
        spec += "0"
    if random.random() < 0.6:
        spec += str(random.randint(1, 24))
    if random.random() < 0.2:
        spec += random.choice(",_")
    if random.random() < 0.5:
        spec += "." + str(random.randint(0, 20))
    return spec + random.choice(types)


def spelled(value):
    if isinstance(value, float):
        return "num", str(struct.unpack("<Q", struct.pack("<d", value))[0])
    return ("int", str(value)) if isinstance(value, int) else ("str", value)


def main():
    lines, seen = [], set()
    while len(lines) < 900:
        group = random.choice("iinnnns")
        if group == "i":
            value, spec = random.choice(INTS), specification(["", "d", "b", "o", "x", "X", "c", "e", "f", "g", "n", "%"])
        elif group == "n":
            value, spec = random.choice(NUMS), specification(["", "e", "E", "f", "F", "g", "G", "%", "n"])
        else:
            value, spec = random.choice(TEXTS), specification(["", "s"])
        try:
            result = format(value, spec)
        except (ValueError, OverflowError):
            continue
        key = (repr(value), spec)
        if key in seen or "\t" in result:
            continue
        seen.add(key)
        lines.append("\t".join([*spelled(value), spec, result]))
    for value in NUMS + [random.uniform(-1, 1) * 10 ** random.randint(-320, 308) for _ in range(300)]:
        lines.append("\t".join([*spelled(value), "repr", repr(value)]))
    with open("cases.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
