"""Folders served on the loopback interface, pages that may ask nobody else, and axe-core."""

import functools
import os
import shutil
import subprocess
import tarfile
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CHECK = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@contextmanager
def served(folder):
    """The address of `folder`; nothing but loopback reaches it."""
    handler = functools.partial(_Silent, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def closed_page(browser, address, theme="light"):
    """A page that reaches `address` only; `outside` and `errors` note what it tried and said."""
    context = browser.new_context(color_scheme=theme, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.outside, page.errors = [], []

    def decide(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
            return
        page.outside.append(route.request.url)
        route.abort()

    page.route("**/*", decide)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "console",
        lambda said: page.errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    yield page
    context.close()


def fetch_axe(folder):
    """
    The script of axe-core: the file that CACHELAB_AXE names, or the npm registry's.

    Where neither is, the test is skipped; not so in CI, which must not pass without it.
    """
    if named := os.environ.get("CACHELAB_AXE"):
        return Path(named).read_text("utf-8")
    npm = shutil.which("npm")
    if npm is None:
        _do_without("no npm to fetch axe-core with, and no CACHELAB_AXE")
    command = [npm, "pack", "axe-core@4", "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        _do_without("the npm registry does not answer")
    if done.returncode:
        _do_without("the npm registry gives no axe-core")
    (archive,) = folder.glob("axe-core-*.tgz")
    with tarfile.open(archive) as packed:
        return packed.extractfile("package/axe.min.js").read().decode()


def _do_without(why):
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


def violations(page, axe):
    """What axe-core finds serious or critical, as lines to read."""
    page.evaluate(axe)
    return page.evaluate(CHECK)
