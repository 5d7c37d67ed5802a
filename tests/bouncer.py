"""A real PgBouncer in transaction mode, for T07."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from core.launch.cluster import Postgres
from core.owner import dsn

INI = """[databases]
* = host={socket} port={pg_port} dbname={database}
[pgbouncer]
listen_addr =
unix_socket_dir = {home}
listen_port = 6432
auth_type = plain
auth_file = {home}/users
pool_mode = transaction
default_pool_size = 5
max_client_conn = 500
ignore_startup_parameters = extra_float_digits,options
logfile = {home}/log
"""


class Bouncer:
    """One PgBouncer before one Postgres; five server connections, so that clients really share them."""

    def __init__(self, home: Path, postgres: Postgres) -> None:
        self.home = home
        self.postgres = postgres
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Return whether Debian's pgbouncer is here."""
        return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None

    @property
    def app_url(self) -> str:
        """Return the address for the login role through this bouncer."""
        return (f"postgresql+psycopg://platform_app:{self.postgres.app_password}@/{self.postgres.database}"
                f"?host={self.home}&port=6432")  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.home.mkdir(mode=0o755, exist_ok=True)
        ini = self.home / "pgbouncer.ini"
        ini.write_text(INI.format(home=self.home, socket=self.postgres.socket_dir, pg_port=self.postgres.port,
                                  database=self.postgres.database))  # fmt: skip
        (self.home / "users").write_text(f'"platform_app" "{self.postgres.app_password}"\n')
        user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self.home, *self.home.iterdir()):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
        binary = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert binary is not None
        self.process = subprocess.Popen([binary, "-q", str(ini)], **user)  # type: ignore[call-overload]
        self._wait()

    def _wait(self) -> None:
        for _ in range(100):
            try:
                psycopg.connect(dsn(self.app_url)).close()
                return
            except psycopg.OperationalError as error:
                last = error
                time.sleep(0.05)
        raise RuntimeError(f"PgBouncer does not answer: {last}")

    def stop(self) -> None:
        """Stop it at once."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
