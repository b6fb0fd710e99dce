"""
One JupyterLab and one Chromium, with a copy of the course's notebooks.

Waiting is for conditions, never for a time: JupyterLab says itself when a kernel is ready.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A first start asks about news and saves by itself; both would come in between.
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
# Promises in the page have no time limit of their own, and a dead one would hang the tests.
LIMITED = """async (argument) => {
  const late = new Promise((_, no) => setTimeout(() => no(new Error("took too long")), %d));
  return Promise.race([late, (%s)(argument)]);
}"""
OPEN = """async (path) => {
  const nap = () => new Promise((go) => setTimeout(go, 50));
  while (!window.jupyterapp?.shell) await nap();
  await window.jupyterapp.restored;
  await window.jupyterapp.commands.execute("docmanager:open", { path });
  let panel;
  while ((panel = window.jupyterapp.shell.currentWidget)?.context?.path !== path) await nap();
  await panel.revealed; await panel.context.ready; await panel.sessionContext.ready;
  while (panel.sessionContext.session?.kernel?.status !== "idle") await nap();
}"""
RUN = '() => window.jupyterapp.commands.execute("notebook:run-all-cells")'
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
  .map((cell) => cell.toJSON())"""
THEME = """(theme) => window.jupyterapp.commands.execute("apputils:change-theme", { theme })"""
CLOSE = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.sessionContext.shutdown();
  panel.context.model.dirty = false;
  panel.close();
}"""


class LabPage:
    """JupyterLab in a browser tab, driven by its own commands."""

    def __init__(self, page, lab):
        self.page, self.lab = page, lab
        self.crashes, self.said = [], []
        page.on("pageerror", lambda error: self.crashes.append(str(error)))
        page.on("console", self._note)

    def _note(self, message):
        if message.type == "error":
            self.said.append(message.text)

    def forget(self):
        """What the page said to another module's tests is none of the next one's concern."""
        self.crashes.clear()
        self.said.clear()

    def write(self, path, sources):
        """Put a notebook with these code cells on the server."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in sources],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        body = json.dumps({"type": "notebook", "format": "json", "content": notebook})
        headers = {"Authorization": f"token {self.lab.token}"}
        put = Request(f"{self.lab.url}/api/contents/{path}", body.encode(), headers, method="PUT")
        build_opener(ProxyHandler({})).open(put, timeout=30).close()

    def ask(self, script, argument=None, seconds=60):
        return self.page.evaluate(LIMITED % (seconds * 1000, script), argument)

    def open(self, path):
        """Open a notebook and wait until its kernel can run something."""
        self.ask(OPEN, path, seconds=90)

    def run_all(self):
        self.ask(RUN, seconds=240)

    def close(self):
        """Close the notebook and stop its kernel, which would keep its state otherwise."""
        self.ask(CLOSE)

    @contextmanager
    def in_theme(self, name):
        """Show everything in the theme "Light" or "Dark", and in Light again afterwards."""
        from playwright.sync_api import expect

        try:
            self.ask(THEME, f"JupyterLab {name}")
            is_light = str(name == "Light").lower()
            body = expect(self.page.locator("body"))
            body.to_have_attribute("data-jp-theme-light", is_light, timeout=30_000)
            yield
        finally:
            self.ask(THEME, "JupyterLab Light")

    def cells(self):
        return self.ask(CELLS)

    @property
    def notebook(self):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def find_chromium():
    named = os.environ.get("CACHELAB_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="session")
def chromium_path():
    found = find_chromium()
    if found is None:
        told = f"no browser: none of {', '.join(CHROMIUM_NAMES)}, nor CACHELAB_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return found


@pytest.fixture(scope="session")
def artifacts():
    """Where pictures are kept for people to look at."""
    folder = ROOT / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def lab(chromium_path, tmp_path_factory):
    """A JupyterLab server on a copy of the notebooks, without anybody's own settings."""
    base = tmp_path_factory.mktemp("lab")
    root = base / "notebooks"
    root.mkdir()
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shutil.copy(path, root)
    settings = base / "config" / "labconfig"
    settings.mkdir(parents=True)
    (settings / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
    token, log = secrets.token_hex(16), base / "lab.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            lab_command(root, token), env=lab_environment(base), cwd=root, stdout=out, stderr=out
        )
        try:
            url = wait_for_server(server, base / "runtime", token, log)
            yield SimpleNamespace(url=url, token=token)
        finally:
            server.terminate()
            server.wait(30)


def lab_command(root, token):
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={root}"),
        *(f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"),
        *("--LabApp.news_url=None", "--LabApp.extension_manager=readonly"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if os.name == "posix" and os.geteuid() == 0 else []),
    ]


def lab_environment(base):
    return os.environ | {
        "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTER_RUNTIME_DIR": str(base / "runtime"),
        "JUPYTER_DATA_DIR": str(base / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
        "IPYTHONDIR": str(base / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "CACHELAB_HOME": str(base / "answers"),
    }


def wait_for_server(server, runtime, token, log):
    """The address of the server once it answers; it has chosen its port itself."""
    opener = build_opener(ProxyHandler({}))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                url = f"http://127.0.0.1:{json.loads(file.read_text())['port']}"
                opener.open(f"{url}/api/status?token={token}", timeout=10).close()
            except (URLError, OSError, ValueError):
                continue
            return url
        time.sleep(0.05)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture(scope="package")
def chromium(chromium_path):
    # Not for the session: Playwright keeps an event loop running, and later tests start their own.
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a busy machine is no reason to fail
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab_tab(lab, chromium):
    """One tab with JupyterLab; opening a notebook in it takes a second, a new tab six."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(30_000)
    page.goto(f"{lab.url}/lab?reset&token={lab.token}", wait_until="domcontentloaded")
    yield LabPage(page, lab)
    page.close()


@pytest.fixture(scope="module")
def lab_page(lab_tab):
    """The tab, which has nothing to say yet."""
    lab_tab.forget()
    return lab_tab
