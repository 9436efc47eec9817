# SPDX-License-Identifier: MIT
"""nbclient, nbconvert and jupyter console with henge."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import nbclient
import nbformat
import pexpect

import kernels
from kernels import HENGE

ROOT = Path(__file__).resolve().parents[2]
STEPS = "2"

# Lessons make few steps, as in lessons.sh.
kernels.install("henge-short", "--limit-steps", STEPS)


def jupyter(*words, **options):
    """Runs a program of Jupyter."""
    return subprocess.run(["jupyter", *words], capture_output=True, text=True, check=True,
                          timeout=600, **options)


def said(notebook):
    """What the outputs of a notebook say in words: what `henge run` prints.

    Texts between which there are cells whose outputs differ from run to run.
    """
    text, texts = "", []
    for cell in notebook.cells:
        if cell.cell_type == "code" and "#| volatile: true" in cell.source:
            texts.append(text)
            text = ""
            continue
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                text += output.text if output.name == "stdout" else ""
            elif output.output_type == "error":
                continue
            # Captions, thumbnails, remarks and progress are for people who look.
            elif "henge" not in output.metadata:
                text += output.data["text/plain"] + "\n"
    return [*texts, text]


def lesson(path):
    """Makes a test: the lesson as a notebook has the outputs that it has as a script."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            if (path.parent / "support").is_dir():
                os.symlink(path.parent / "support", f"{folder}/support")
            subprocess.run([HENGE, "-q", "convert", path, f"{folder}/lesson.ipynb"], check=True)
            run = subprocess.run(
                [HENGE, "-q", "run", path, "--limit-steps", STEPS, "--out", f"{folder}/out"],
                capture_output=True, text=True, cwd=folder)
            notebook = nbformat.read(f"{folder}/lesson.ipynb", 4)
            client = nbclient.NotebookClient(
                notebook, timeout=600, kernel_name="henge-short",
                resources={"metadata": {"path": folder}})
            client.execute()
            nbformat.validate(notebook)
            texts, rest = said(notebook), run.stdout
            assert len("".join(texts).split("\n")) > 10
            for number, (one, other) in enumerate(
                    zip(texts[0].split("\n")[:-1], rest.split("\n")), 1):
                assert one == other, f"line {number}: {one!r}, not {other!r}"
            if len(texts) == 1:
                assert texts[0] == rest, (len(texts[0]), len(rest))
            for text in texts[:-1]:
                assert text in rest, text
                rest = rest[rest.index(text) + len(text):]
            assert rest.endswith(texts[-1]), (texts[-1], rest)
    return test


for file in sorted((ROOT / "Docs/lessons").glob("*.henge.md")):
    name = file.name.removesuffix(".henge.md").replace("-", "_")
    globals()[f"test_lesson_{name}_has_the_same_outputs"] = lesson(file)


def notebook_of(*cells):
    """A notebook of these cells."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(code) for code in cells]
    made.metadata["kernelspec"] = {
        "name": "henge", "language": "henge", "display_name": "henge"}
    return made


def test_an_error_of_a_cell_is_that_of_nbclient():
    notebook = notebook_of("x = zeros(2x3)", "x + zeros(4x5)")
    try:
        nbclient.NotebookClient(notebook, timeout=60, kernel_name="henge").execute()
    except nbclient.exceptions.CellExecutionError as error:
        assert "E-shape" in str(error) and "2x3" in str(error), error
    else:
        raise AssertionError("no error")


def test_a_cell_that_takes_too_long_is_interrupted_and_the_next_one_runs():
    notebook = notebook_of("while true { 1 }", "1 + 1")
    nbclient.NotebookClient(
        notebook, timeout=2, kernel_name="henge", interrupt_on_timeout=True, allow_errors=True,
    ).execute()
    assert notebook.cells[0].outputs[0].ename == "E-interrupt"
    assert notebook.cells[1].outputs[0].data["text/plain"] == "2"


def test_the_last_state_of_a_training_is_in_the_notebook():
    notebook = notebook_of(
        'A = faces("anime", 12, size=24x24); B = faces("photo", 12, size=24x24); '
        "t = cyclegan(A, B, base=4, blocks=1)", "t.step(150)")
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="henge").execute()
    shown = [o for o in notebook.cells[1].outputs if o.get("metadata", {}).get("henge") == "progress"]
    assert len(shown) == 1, notebook.cells[1].outputs
    assert "step 150 of 150" in shown[0].data["text/plain"], shown[0].data["text/plain"]


def test_nbconvert_makes_a_page():
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(
            notebook_of("show(zeros(3x8x8))", "plot([1, 2, 4])", "table((a=[1, 2]))",
                        'print("<é>")'), f"{folder}/a.ipynb")
        jupyter("nbconvert", "--to", "html", "--execute", "a.ipynb", cwd=folder)
        page = Path(f"{folder}/a.html").read_text(encoding="utf-8")
        for part in ["data:image/png;base64,", "svg", "<table>", "&lt;é&gt;"]:
            assert part in page, part


def test_jupyter_lists_the_kernel():
    listed = json.loads(jupyter("kernelspec", "list", "--json").stdout)["kernelspecs"]
    spec = listed["henge"]
    assert spec["spec"]["interrupt_mode"] == "message"
    for side in [32, 64]:
        png = Path(spec["resource_dir"], f"logo-{side}x{side}.png").read_bytes()
        assert png[16:24] == side.to_bytes(4, "big") * 2


def test_jupyter_console_on_a_terminal():
    with tempfile.TemporaryDirectory() as folder:
        console = pexpect.spawn(
            "jupyter", ["console", "--kernel", "henge", "--simple-prompt"], cwd=folder,
            encoding="utf-8", timeout=60, dimensions=(40, 100))
        console.expect("henge .*, image-to-image translation")
        console.expect(r"In \[1\]: ")
        console.sendline("6 * 7")
        console.expect(r"Out\[1\]: 42")
        console.expect(r"In \[2\]: ")
        console.sendline("!echo a-shell-command")
        console.expect("\na-shell-command")
        console.expect(r"In \[2\]: ")
        console.sendline("1 + nothing")
        console.expect("E-name")
        console.expect(r"In \[3\]: ")
        console.sendline("while true { 1 }")
        console.expect("while true")
        import time
        time.sleep(1)
        console.sendintr()
        console.expect("E-interrupt")
        console.expect(r"In \[4\]: ")
        console.sendline(":quit")
        console.expect(pexpect.EOF)
