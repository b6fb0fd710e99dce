"""
Guard rails around a submission: limits of the machine, and calls that it has no business making.

Rails, not walls: they turn an accident (a fork in a loop, a list that never ends) into an ordinary
exception with a name. What must hold against malice is held by the judge and the sandbox.
"""

import sys
from collections.abc import Callable
from typing import Any

try:  # here and not where it is used: a fork server imports it once for all its players
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

REFUSED = {
    "os.fork": "starting a process",
    "os.forkpty": "starting a process",
    "os.exec": "starting a process",
    "os.posix_spawn": "starting a process",
    "os.spawn": "starting a process",
    "os.system": "starting a process",
    "subprocess.Popen": "starting a process",
    "sys.settrace": "switching off the tracing",
    "sys.setprofile": "switching off the tracing",
    "sys.monitoring.register_callback": "switching off the tracing",
    "sys.monitoring.use_tool_id": "switching off the tracing",
    "sys.addaudithook": "watching the judge",
    "gc.get_objects": "looking into the judge",
    "gc.get_referrers": "looking into the judge",
}


def limit_resources(memory: int, cpu_seconds: int, processes: int | None) -> None:
    """Lower this process's limits for good, as far as the platform has them."""
    if resource is None:
        return
    wanted = {"RLIMIT_AS": memory, "RLIMIT_CPU": cpu_seconds, "RLIMIT_FSIZE": 1 << 20}
    wanted["RLIMIT_CORE"] = 0
    if processes is not None:
        wanted["RLIMIT_NPROC"] = processes
    for name, value in wanted.items():
        limit = getattr(resource, name, None)
        if limit is None:
            continue
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # macOS knows RLIMIT_AS and refuses to set it
            continue


def refuse_dangerous_calls() -> Callable[[bool], None]:
    """Install the hook that refuses; return the switch with which the harness lets itself pass."""
    passing = [False]

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if event in REFUSED and not passing[0]:
            raise PermissionError(f"{REFUSED[event]} is not part of the exercise ({event})")

    def let_pass(now: bool) -> None:
        passing[0] = now

    sys.addaudithook(hook)
    return let_pass
