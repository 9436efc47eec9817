# SPDX-License-Identifier: MIT
"""Start-up: the program and the wrapper with `-e 1`, beside Python with and without numpy."""

import statistics
import sys

from alternate import alternate, bar, command, program, report, root

wrapper = root / "Scripts" / "henge"
seconds = alternate(
    {
        "henge -e 1": command(program, "-e", "1"),
        "Scripts/henge -e 1": command(wrapper, "-e", "1"),
        "python -c 1": command(sys.executable, "-c", "1"),
        "python -c 'import numpy'": command(sys.executable, "-c", "import numpy"),
    },
    rounds=30, warm_up=3)

report(seconds, against="python -c 'import numpy'")
direct, wrapped = (statistics.median(seconds[name]) * 1e3
                   for name in ("henge -e 1", "Scripts/henge -e 1"))
kept = [bar("henge -e 1", direct, 30), bar("the wrapper adds", wrapped - direct, 50)]
sys.exit(0 if all(kept) else 1)
