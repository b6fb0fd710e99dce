"""
JupyterLab as a process of our own: started quietly, known to be ours, ended with its kernels.

It listens on 127.0.0.1, asks for a token, and never asks the network for news or updates. A user's
own settings stay in force except where they would undo that.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cachelab.ports import CachelabError, ThreadRuntime

FIRST_PORT = 8888
PATIENCE = 90.0
"""Seconds that JupyterLab has to start. It takes three on a quiet machine with a warm disk."""

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
"""
Defaults that a user's own choice still overrides: nobody is asked about news on day one, and a
stepper or a prediction is still there when a notebook is opened again.
"""


@dataclass(frozen=True)
class JupyterLab:
    """
    A JupyterLab that answers: its process, its address and the token it asks for.
    """

    process: "subprocess.Popen[bytes]"
    url: str
    token: str

    def page(self, notebook: str) -> str:
        """Return the address that opens `notebook` in a browser."""
        path = urllib.parse.quote(notebook)
        return f"{self.url}lab/tree/{path}?{urllib.parse.urlencode({'token': self.token})}"

    def ask(self, path: str, method: str = "GET") -> int:
        """Send a request and return the status of its answer, 0 when there is none."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        # A proxy that the environment names must not be asked for 127.0.0.1.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0


@contextmanager
def jupyterlab(folder: Path, port: int | None, verbose: bool = False) -> Iterator[JupyterLab]:
    """
    Run JupyterLab on `folder` for as long as the `with` block lasts.

    Without a `port` it takes the first free one from 8888 up. It says nothing but errors, unless
    it is to be `verbose`.

    Raises:
        CachelabError: it did not start, or did not answer in time.
    """
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="cachelab-") as settings:
        _write_settings(Path(settings), token)
        process = subprocess.Popen(
            _command_line(folder, port, "INFO" if verbose else "ERROR"),
            env=_environment(settings),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we then stop it in an orderly way
        )
        lab = None
        try:
            lab = _wait_for(process, token)
            yield lab
        finally:
            _stop(process, lab)


def _command_line(folder: Path, port: int | None, level: str) -> list[str]:
    options: dict[str, Any] = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port or FIRST_PORT,
        "ServerApp.port_retries": 50 if port is None else 0,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.log_level": level,
        "LabApp.log_level": level,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    if _can_encrypt():
        options["KernelManager.transport_encryption"] = "auto"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options["ServerApp.allow_root"] = True
    words = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", *words]


def _can_encrypt() -> bool:
    """Tell whether kernels can be spoken to in private; where they are not, each one warns."""
    import zmq
    from jupyter_client.manager import KernelManager

    return zmq.has("curve") and "transport_encryption" in KernelManager.class_traits()


def _environment(settings: str) -> dict[str, str]:
    def first(path: str, name: str) -> str:
        return os.pathsep.join([path, *filter(None, [os.environ.get(name)])])

    return os.environ | {
        "JUPYTER_CONFIG_PATH": first(settings, "JUPYTER_CONFIG_PATH"),
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel, not one of the user's
        "PATH": first(str(Path(sys.executable).parent), "PATH"),  # for !cachelab in a cell
    }


def _write_settings(folder: Path, token: str) -> None:
    # In a file that only we can read: anybody can read a command line.
    config = {"IdentityProvider": {"token": token}}
    (folder / "jupyter_server_config.json").write_text(json.dumps(config), "utf-8")
    (folder / "labconfig").mkdir()
    overrides = folder / "labconfig" / "default_setting_overrides.json"
    overrides.write_text(json.dumps(SETTINGS), "utf-8")


def _wait_for(process: "subprocess.Popen[bytes]", token: str) -> JupyterLab:
    runtime = ThreadRuntime()
    give_up = runtime.now() + PATIENCE
    while runtime.now() < give_up and process.poll() is None:
        url = _address(token)
        if url is not None and (lab := JupyterLab(process, url, token)).ask("api/status") == 200:
            return lab
        runtime.sleep(0.05)
    state = "did not start" if process.poll() is not None else "did not answer in time"
    raise CachelabError(f"JupyterLab {state}: `cachelab lab --verbose` shows what it says")


def _address(token: str) -> str | None:
    """Return the address of the server whose token is ours: it writes both to a file."""
    from jupyter_core.paths import jupyter_runtime_dir

    for path in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
        try:
            server = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # being written, or gone
        if server.get("token") == token:
            return str(server["url"])
    return None


def _stop(process: "subprocess.Popen[bytes]", lab: JupyterLab | None) -> None:
    """End JupyterLab and its kernels: by asking, then by a signal, then for good."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C changes nothing
    asked = lab is not None and process.poll() is None and lab.ask("api/shutdown", "POST") == 200
    if not asked:
        process.terminate()
    for last_resort in (process.terminate, process.kill):
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            last_resort()
    process.wait()
