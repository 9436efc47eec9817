# SPDX-License-Identifier: MIT
"""Ends long runs in every way that they end by accident.

Usage: longruns.py HENGE COUNT FOLDER QUOTA [KIND...]

COUNT is how often of each kind; FOLDER is empty and on a disk; QUOTA is a library to preload that
refuses to write (quota.c), or "". What must hold, whatever happens and when: the file of the last
save is there and goes on to the bytes of a run that nobody ended; a folder has one temporary file
at most, and the next save removes it; a session brings back the steps that it had.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

SETS = 'A = faces("anime", 9, size=16x16); B = faces("photo", 9, size=16x16)'
MAKE = SETS + "; t = fit(conv(3, 3, padding=1), pairs(A, B), batch=4)"
RESUME = SETS + '; t = resume("run.safetensors", pairs(A, B))'
LENGTH = 60


class Place:
    """A folder with a script that trains and saves there, and what came of it."""

    def __init__(self, henge, folder, name):
        self.henge = henge
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        self.started = []
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(folder, "state"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, *words, stdin=None, **environment):
        process = subprocess.Popen(
            [self.henge, "-q", *words], cwd=self.folder, stdin=stdin, text=True,
            env=dict(self.environment, **environment), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.started.append(process)
        return process

    def end(self):
        """Ends what still runs."""
        for process in self.started:
            if process.poll() is None:
                process.kill()

    def run(self, *words, stdin=None, **environment):
        """The exit code, the output and the errors of a run to its end."""
        process = self.start(*words, stdin=subprocess.PIPE, **environment)
        output, errors = process.communicate(stdin, timeout=300)
        return process.returncode, output.strip(), errors.strip()

    def temporaries(self):
        return [name for name in os.listdir(self.folder) if name.endswith(".tmp")]

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def wait_for(self, name, process, patience=60):
        end = time.monotonic() + patience
        while not os.path.exists(self.path(name)) and process.poll() is None:
            if time.monotonic() > end:
                raise RuntimeError(f"no {name} after {patience} s")
            time.sleep(0.002)


class Failed(Exception):
    pass


def insist(condition, what):
    if not condition:
        raise Failed(what)


def whole(henge, folder):
    """The bytes of a run that nobody ended."""
    place = Place(henge, folder, "whole")
    code, _, errors = place.run("-e", f'{MAKE}; t.step({LENGTH}); save(t, "run.safetensors")')
    insist(code == 0, errors)
    return place.content("run.safetensors")


def finish(place, expected):
    """Resumes the last save and goes on to the end: the same bytes, and nothing left over."""
    code, steps, errors = place.run(
        "-e", f'{RESUME}; print(t.count); t.step({LENGTH} - t.count); save(t, "run.safetensors")')
    insist(code == 0, f"not resumed: {errors}")
    insist(place.content("run.safetensors") == expected, f"other bytes, resumed at {steps}")
    insist(place.temporaries() == [], f"left over: {place.temporaries()}")
    return int(steps)


def pause(most):
    time.sleep(random.random() * most)


def ended_script(number, code):
    """A script that saves every step is ended by a signal while it steps or saves."""

    def kind(place, expected):
        place.write("run.henge", f'{MAKE}\nt.step(3, save="run.safetensors", save_every=1)\n'
                    f'save(zeros(1), "begun.npy")\n'
                    f't.step({LENGTH - 10}, save="run.safetensors", save_every=1)\n'
                    'repeat 100000 { t.step(0, save="run.safetensors") }\n')
        process = place.start("run", "run.henge")
        place.wait_for("begun.npy", process)
        pause(0.2)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        insist(process.returncode == code, f"ended with {process.returncode}: {errors}")
        insist(len(place.temporaries()) <= 1, f"{place.temporaries()}")
        # The next start of the script says what there is.
        place.write("run.henge", "1;")
        told = subprocess.run(
            [place.henge, "run", "run.henge"], cwd=place.folder, env=place.environment,
            capture_output=True, text=True, timeout=60, check=True).stderr
        insist('resume("run.safetensors", P)' in told, f"nothing is said: {told}")
        finish(place, expected)

    return kind


def ended_session(number, code):
    """An entry of a session is ended by a signal; its steps are brought back."""

    def kind(place, expected):
        process = place.start("-i", stdin=subprocess.PIPE)
        for line in MAKE.split("; "):
            process.stdin.write(line + "\n")
        process.stdin.write('save(zeros(1), "begun.npy")\nt.step(100000)\n')
        process.stdin.flush()
        place.wait_for("begun.npy", process)
        pause(0.2)
        process.send_signal(number)
        process.wait(60)
        errors = process.stderr.read()
        insist(process.returncode == code, f"ended with {process.returncode}: {errors}")
        steps = [word for word in errors.replace(";", " ").split() if word.isdigit()]
        code_now, output, errors = place.run("--recover", stdin="print(t.count)\n")
        insist(code_now == 0, errors)
        if code > 0:
            insist(output.split()[-1] in steps or output.split()[-1] == "0",
                   f"{output} steps are back, said were {steps}")
        else:
            insist(output.split()[-1] == "0", output)

    return kind


def full_disk(place, expected):
    """Saves on a disk that becomes full: it is said, the file stays, training goes on."""
    disk = place.path("disk")
    os.makedirs(disk)
    size = 40
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], check=True)
    try:
        fill = random.randrange(0, size * 1024)
        refused(place, disk, expected, f'save(zeros({fill // 8}), "disk/fill.npy")', {})
    finally:
        subprocess.run(["umount", disk], check=True)


def over_quota(place, expected, library):
    """Saves that a quota refuses at some call of write or fsync."""
    disk = place.path("disk")
    os.makedirs(disk)
    refused(place, disk, expected, "1;", {
        "LD_PRELOAD": library, "QUOTA_FOLDER": disk,
        "QUOTA_AFTER": str(random.randrange(0, 40))})


def refused(place, disk, expected, fill, environment):
    """Trains with a save in each step, the disk being full from some step on."""
    step = random.randrange(1, 20)
    place.write("run.henge", f"""{MAKE}
fn full(t) {{ if t.count == {step} {{ try {{ {fill} }} catch e {{ }} }} }}
try {{
  t.step({LENGTH - 20}, every=1, watch=full, save="disk/run.safetensors", save_every=1)
}} catch e {{ print(e.code) }}
print(t.count)
save(t, "run.safetensors")
""")
    code, output, errors = place.run("run", "run.henge", **environment)
    insist(code == 0, errors)
    insist(output.split()[-1] == str(LENGTH - 20), f"training stopped: {output} {errors}")
    left = [name for name in os.listdir(disk) if name.endswith(".tmp")]
    insist(left == [], f"left over: {left}")
    saved = os.path.join(disk, "run.safetensors")
    if os.path.exists(saved):
        code, _, errors = place.run(
            "-e", RESUME.replace("run.safetensors", saved) + "; t.count")
        insist(code == 0, f"the former file is damaged: {errors}")
    finish(place, expected)


def pulled_file(place, expected):
    """A picture vanishes or changes while it is trained on, and comes back."""
    code, _, errors = place.run("-e", """
for i in 0..9 { save_png(faces("anime", 9, size=16x16)[i], f"a/{i}.png") }
for i in 0..9 { save_png(faces("photo", 9, size=16x16)[i], f"b/{i}.png") }""")
    insist(code == 0, errors)
    victim = f"{random.choice('ab')}/{random.randrange(9)}.png"
    change = random.choice([
        f"os.rename({victim!r}, 'away.png')", f"shutil.copy('{victim[0]}/other.png', {victim!r})"])
    shutil.copy(place.path(victim), place.path("kept.png"))
    other = next(n for n in range(9) if f"{victim[0]}/{n}.png" != victim)
    shutil.copy(place.path(f"{victim[0]}/{other}.png"), place.path(f"{victim[0]}/other.png"))
    os.rename(place.path(f"{victim[0]}/other.png"), place.path("other.png"))
    make = 'A = images("a"); B = images("b"); t = fit(conv(3, 3, padding=1), pairs(A, B), batch=4)'
    process = place.start("-i", stdin=subprocess.PIPE)
    process.stdin.write(make.replace("; ", "\n") + "\n")
    process.stdin.write(f't.step({random.randrange(0, 2)})\nsave(zeros(1), "begun.npy")\n')
    process.stdin.flush()
    place.wait_for("begun.npy", process)
    if change.startswith("os.rename"):
        os.rename(place.path(victim), place.path("away.png"))
    else:
        shutil.copy(place.path("other.png"), place.path(victim))
    process.stdin.write('t.step(4)\nsave(t, "pulled.safetensors")\nsave(zeros(1), "saved.npy")\n')
    process.stdin.flush()
    place.wait_for("saved.npy", process)
    insist(os.path.exists(place.path("pulled.safetensors")), "it was not saved")
    shutil.copy(place.path("kept.png"), place.path(victim))
    process.stdin.write('t.step(9 - t.count)\nsave(t, "end.safetensors")\n')
    process.stdin.close()
    process.wait(60)
    errors = process.stderr.read()
    if "E-" in errors:
        insist(victim in errors and "was not applied" in errors, f"no file or no step: {errors}")
    code, _, errors = place.run("-e", make + '; t.step(9); save(t, "straight.safetensors")')
    insist(code == 0, errors)
    insist(place.content("end.safetensors") == place.content("straight.safetensors"),
           "other bytes once the file was back")


def main(henge, count, folder, quota, *chosen):
    random.seed(int.from_bytes(os.urandom(4), "little"))
    # Under nohup it is ignored, and would be in all that is started here.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    expected = whole(henge, folder)
    kinds = {
        "kill -9 of a script": ended_script(signal.SIGKILL, -9),
        "SIGTERM to a script": ended_script(signal.SIGTERM, 143),
        "SIGHUP to a script": ended_script(signal.SIGHUP, 129),
        "kill -9 of a session": ended_session(signal.SIGKILL, -9),
        "SIGTERM to a session": ended_session(signal.SIGTERM, 143),
        "SIGHUP to a session": ended_session(signal.SIGHUP, 129),
        "a pulled file": pulled_file,
    }
    if os.geteuid() == 0:
        kinds["a full disk"] = full_disk
    else:
        print("skipped a full disk: only root can mount one")
    if quota:
        kinds["a quota"] = lambda place, expected: over_quota(place, expected, quota)
    for name, kind in kinds.items():
        if chosen and not any(word in name for word in chosen):
            continue
        failures = []
        for number in range(int(count)):
            work = os.path.join(folder, f"work-{number}")
            os.makedirs(work)
            place = Place(henge, work, "run")
            try:
                kind(place, expected)
            except (Failed, RuntimeError, subprocess.SubprocessError) as error:
                failures.append(f"{number}: {error}")
                place.end()
            shutil.rmtree(work, ignore_errors=True)
        if failures:
            print(f"FAIL {name}: {len(failures)} of {count}: " + " | ".join(failures[:3]))
        else:
            print(f"ok {name}: {count} times")
        sys.stdout.flush()


main(*sys.argv[1:])
