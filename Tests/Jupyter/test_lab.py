# SPDX-License-Identifier: MIT
"""A notebook in JupyterLab, in Chromium: a cell trains, its display changes, Interrupt stops it.

    HENGE_SCREENSHOT=f.png   where to write what the browser shows
"""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import nbformat
from playwright.sync_api import sync_playwright

import kernels

CELLS = [
    'A = faces("anime", 12, size=32x32)\nB = faces("photo", 12, size=32x32)\n'
    "t = cyclegan(A, B, base=4, blocks=1)",
    "t.step(100000)",
    "show(A[0:4])",
]
PORT = 8931


def chromium():
    """The path of the browser, if there is one."""
    return next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])),
                None)


def test_a_notebook_in_jupyterlab():
    if not chromium():
        return "there is no Chromium"
    with tempfile.TemporaryDirectory() as folder:
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
        notebook.metadata["kernelspec"] = {
            "name": "henge", "language": "henge", "display_name": "henge"}
        nbformat.write(notebook, f"{folder}/faces.ipynb")
        server = subprocess.Popen(
            ["jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={PORT}",
             "--IdentityProvider.token=", "--ServerApp.password="], cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            kernels.wait_for(is_served, "JupyterLab does not start")
            with sync_playwright() as play:
                browser = play.chromium.launch(
                    executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
                page = browser.new_page(viewport={"width": 1100, "height": 1100})
                try:
                    use(page)
                finally:
                    if os.environ.get("HENGE_SCREENSHOT"):
                        page.screenshot(
                            path=os.environ["HENGE_SCREENSHOT"],
                            clip={"x": 0, "y": 28, "width": 1072, "height": 868})
                browser.close()
        finally:
            server.terminate()
            server.wait(30)
    return None


def is_served():
    """Whether the server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def use(page):
    """Runs the cells of the notebook that the page shows."""
    page.set_default_timeout(30_000)
    page.goto(f"http://127.0.0.1:{PORT}/lab/tree/faces.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    # Cells that are run before the kernel has answered are forgotten.
    page.wait_for_selector('.jp-StatusBar-TextItem:has-text("henge | Idle")')
    page.keyboard.press("Control+b")
    time.sleep(1)
    page.click(".jp-CodeCell >> nth=0 >> .cm-content")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    live = page.locator(".jp-CodeCell >> nth=1 >> .jp-OutputArea-output img")
    live.wait_for()
    before = live.get_attribute("src")
    kernels.wait_for(lambda: live.get_attribute("src") != before, "the display does not change")
    time.sleep(4)
    page.click('[data-command="notebook:interrupt-kernel"], [title^="Interrupt"]')
    error = page.locator(".jp-CodeCell >> nth=1 >> .jp-OutputArea-output[data-mime-type*=stderr]")
    error.wait_for()
    assert "E-interrupt" in error.inner_text() and "consistent" in error.inner_text()
    assert live.count() == 1
    page.keyboard.press("Shift+Enter")
    picture = page.locator(".jp-CodeCell >> nth=2 >> .jp-OutputArea-output img")
    picture.wait_for()
    width = picture.evaluate("image => image.naturalWidth")
    assert width >= 128, width
