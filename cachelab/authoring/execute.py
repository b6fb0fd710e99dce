"""
Running a notebook, cell by cell, in a kernel of this very Python.
"""

import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from .course import BuildError

CELL_SECONDS = 60
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# The files of the package that the notebook has imported, asked of the kernel itself.
IMPORTED = (
    "'\\n'.join(m.__file__ for n, m in list(__import__('sys').modules.items())"
    " if n.split('.')[0] == 'cachelab' and getattr(m, '__file__', None))"
)


class CellError(BuildError):
    """
    A cell that stopped the notebook: its position, the line within it when known, and the reason.
    """

    def __init__(self, position: int, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.line = line


async def execute(notebook: NotebookNode, folder: Path, log: Path) -> list[Path]:
    """
    Run every code cell in `folder` and keep the outputs in `notebook`.

    The kernel's own terminal output goes to the file `log`.

    Returns the files of cachelab that the notebook imported.
    Raises: CellError when a cell without the tag raises-exception fails or takes too long.
    """
    from nbclient import NotebookClient

    async with _kernel(folder, log) as manager:
        client = NotebookClient(
            notebook, km=manager, timeout=CELL_SECONDS, record_timing=False, coalesce_streams=True
        )
        await client.async_start_new_kernel_client()
        assert client.kc is not None
        try:
            for position in range(len(notebook.cells)):
                await _run(client, position)
            client.set_widgets_metadata()
            return await _imported(client)
        finally:
            client.kc.stop_channels()


@asynccontextmanager
async def _kernel(folder: Path, log: Path) -> AsyncIterator[Any]:
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(KernelSpecManager):
        # A python3 kernel installed for the user may belong to another environment.
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002
            return KernelSpec(**get_kernel_dict())

    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisPython())
    log.parent.mkdir(parents=True, exist_ok=True)
    # Empty folders: the author's start-up files, predictions and attempts are not the course's.
    with tempfile.TemporaryDirectory(prefix="cachelab-") as empty, log.open("wb") as out:
        env = os.environ | {"IPYTHONDIR": f"{empty}/ipython", "CACHELAB_HOME": f"{empty}/home"}
        await manager.start_kernel(cwd=str(folder), env=env, stdout=out, stderr=out)
        try:
            yield manager
        finally:
            await manager.shutdown_kernel(now=True)


async def _run(client: Any, position: int) -> None:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    cell = client.nb.cells[position]
    try:
        await client.async_execute_cell(cell, position)
    except CellTimeoutError as error:
        raise CellError(position, None, f"it ran for more than {CELL_SECONDS} s") from error
    except DeadKernelError as error:
        raise CellError(position, None, "the kernel died") from error
    except CellExecutionError as error:
        line = _failing_line(cell)
        raise CellError(position, line, f"{error.ename}: {error.evalue}") from error


def _failing_line(cell: NotebookNode) -> int | None:
    """
    The line of the cell on which its error arose, read from the traceback's first frame.
    """
    for output in cell.outputs:
        plain = ANSI.sub("", "\n".join(output.get("traceback", [])))
        frame = re.search(r"Cell In\[\d+\], line (\d+)", plain)
        if frame:
            return int(frame.group(1))
    return None


async def _imported(client: Any) -> list[Path]:
    reply = await client.kc.execute_interactive(
        "", silent=True, user_expressions={"files": IMPORTED}, timeout=CELL_SECONDS
    )
    value = reply["content"]["user_expressions"]["files"]
    if value["status"] != "ok":
        raise BuildError("the notebook's kernel no longer answers questions about its modules")
    text: str = value["data"]["text/plain"]
    return [Path(file) for file in text.strip("'\"").split("\\n") if file]
