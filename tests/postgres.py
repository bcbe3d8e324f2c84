"""A real PostgreSQL for tests, in a folder of its own: `python -m tests.postgres COMMAND` runs a command beside one."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SETTING = "ATTENTION_TEST_POSTGRES"  # the address of a server that is there already
MISSING = "There is no PostgreSQL here (no initdb). Install Debian's postgresql, or leave these tests out: -m 'not postgres'."


def programs() -> Path:
    """The folder of PostgreSQL's programs. Raises FileNotFoundError for none."""
    found = [Path(name) for name in [shutil.which("initdb")] if name]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not found:
        raise FileNotFoundError(MISSING)
    return found[0].resolve().parent


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A server that lasts as long as this; yields the address of its first database."""
    if there := os.environ.get(SETTING):
        yield there
        return
    folder = Path(tempfile.mkdtemp(prefix="attention-postgres-"))
    user = _user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(program: str, *arguments: str) -> None:
        command = [programs() / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user and user.pw_uid, timeout=60)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = str(folder / "data"), str(folder / "log")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={folder}"
    try:
        run("initdb", "--pgdata", data, "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run("pg_ctl", "--pgdata", data, "--log", log, "--wait", "--options", options, "start")
        try:
            yield f"postgresql://tests@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "--pgdata", data, "--mode=immediate", "--wait", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> pwd.struct_passwd | None:
    """Who runs the server: PostgreSQL refuses to be run by root."""
    return pwd.getpwnam("postgres") if os.getuid() == 0 else None


if __name__ == "__main__":
    with postgresql() as address:
        done = subprocess.run(sys.argv[1:], env=os.environ | {SETTING: address})
    sys.exit(done.returncode)
