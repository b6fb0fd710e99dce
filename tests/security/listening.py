"""
Where a process listens, asked of the kernel and not of the process.

Linux lists every socket with its number; a process holds its sockets by number. Elsewhere each of
the machine's other addresses is tried instead.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

LISTENS = "0A"


def addresses(pid: int) -> dict[int, set[str]]:
    """Return by port the addresses on which process `pid` accepts connections over IP."""
    own = {_target(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    found: dict[int, set[str]] = {}
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/{pid}/net/{table}")
        for line in path.read_text("ascii").splitlines()[1:] if path.exists() else ():
            words = line.split()
            if words[3] == LISTENS and f"socket:[{words[9]}]" in own:
                address, port = words[1].split(":")
                found.setdefault(int(port, 16), set()).add(str(_address(address)))
    return found


def is_loopback(address: str) -> bool:
    return ip_address(address).is_loopback


def other_addresses() -> list[str]:
    """Return this machine's own addresses that others could reach it by; none without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; the kernel picks the way out
        except OSError:
            return []
        (address, _) = probe.getsockname()
    return [] if ip_address(address).is_loopback else [address]


def answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=2):
            return True
    except OSError:
        return False


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed since it was listed
        return ""


def _address(digits: str) -> IPv4Address | IPv6Address:
    # The kernel writes words of four bytes as numbers, so their bytes stand backwards.
    words = [bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8)]
    return ip_address(b"".join(words))
