# SPDX-License-Identifier: MIT
"""Runs the functions test_* of the files test_*.py in a folder, each printed as ok or FAIL.

    run_tests.py FOLDER [WORD]   only the tests whose file or name has WORD in it
"""

import importlib
import signal
import sys
import time
import traceback
from pathlib import Path

here = Path(sys.argv[1]).resolve()
sys.path.insert(0, str(here))
# henge leaves signals ignored that it finds ignored, as under nohup: the tests are of what it does
# with them.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

word = sys.argv[2].replace(" ", "_") if len(sys.argv) > 2 else ""
failed = 0
for file in sorted(here.glob("test_*.py")):
    module = importlib.import_module(file.stem)
    for name, test in list(vars(module).items()):
        if not name.startswith("test_") or word not in f"{file.stem}.{name}":
            continue
        sentence = name.removeprefix("test_").replace("_", " ")
        begin = time.monotonic()
        try:
            skipped = test()
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            print(f"FAIL {file.stem}: {sentence}")
            where = traceback.extract_tb(error.__traceback__)
            line = next(frame for frame in reversed(where) if frame.filename == str(file))
            print(f"  {file.name}:{line.lineno}: {type(error).__name__}: {error}")
        else:
            seconds = time.monotonic() - begin
            print(f"ok {file.stem}: {sentence}", f"({seconds:.1f} s)" if seconds > 2 else "",
                  f"(skipped: {skipped})" if skipped else "")
        sys.stdout.flush()
sys.exit(1 if failed else 0)
