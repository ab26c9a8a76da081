"""One embedded cluster: make it, start it, ask it, stop it.

Callers hold the start lock of `sharing`; nothing here guards against two processes at once.
"""

import os
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from psycopg import pq

from .place import DatabaseUnavailable, Place

ROLE = "postgres"
DATABASE = "postgres"
PORT = "5432"  # part of the socket's name only: no network address is listened on
START_SECONDS = 60
REMAINS_SECONDS = 15
NO_PROCESS = 2**31 - 1  # more than any process's number

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Cluster:
    place: Place

    def is_running(self) -> bool:
        """Whether a server answers at the socket; one that is still starting is waited for."""
        where = f"host='{_quoted(self.place.sockets)}' port={PORT} connect_timeout=5"
        deadline = time.monotonic() + START_SECONDS
        while (status := pq.PGconn.ping(os.fsencode(where))) == pq.Ping.REJECT:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return status == pq.Ping.OK

    def start(self) -> None:
        """Start the server, on a new cluster where there is none. Raises `DatabaseUnavailable`."""
        if not (self.place.data / "PG_VERSION").exists():
            self._initialise()
        self._clear_remains()
        self._configure()
        log = self.place.log
        if log.exists():
            log.replace(log.with_name("server.log.1"))
        options = f"-c config_file={shlex.quote(str(self.place.base / 'postgresql.conf'))}"
        deadline = time.monotonic() + REMAINS_SECONDS
        while True:
            try:
                self._control(
                    "start", "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", options
                )
                return
            except DatabaseUnavailable as error:
                # Processes of a killed server notice its end, and free its memory, a little later.
                if "still in use" not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server; sessions that are still open are ended, their transactions undone."""
        self._control("stop", "-w", "-m", "fast")

    def _initialise(self) -> None:
        """Make the cluster aside and rename it, so that an interrupted one is never used."""
        place = self.place
        aside = place.base / "data.part"
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir(mode=0o700)
        if place.account is not None:
            os.chown(aside, place.account.pw_uid, place.account.pw_gid)
        # The server's own collation: the same order on every machine, whatever its locales.
        self._run(
            "initdb", "--pgdata", str(aside), "--username", ROLE, "--auth", "peer",
            "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
            "--locale", "C", "--no-instructions",
        )  # fmt: skip
        aside.rename(place.data)

    def _configure(self) -> None:
        """Write the server's configuration anew: it follows the machine and this version of ours.

        Who wants to tune it uses ALTER SYSTEM, which the server reads after these files.
        """
        base = self.place.base
        settings = "".join(f"{name} = '{_quoted(value)}'\n" for name, value in self._settings())
        # Peer: the operating system says who is at the other end of the socket, and only the
        # owner of the home is mapped to a role.
        hba = "local all all peer map=owner\n"
        ident = f'owner "{self.place.owner}" {ROLE}\n'
        files = {"postgresql.conf": settings, "pg_hba.conf": hba, "pg_ident.conf": ident}
        for name, text in files.items():
            (base / name).write_text(text)
            (base / name).chmod(0o644)

    def _settings(self) -> list[tuple[str, object]]:
        memory = psutil.virtual_memory().total // MEBIBYTE
        # An HNSW build is several times slower when its graph (1.1 kB a segment) does not fit.
        build_memory = max(64, min(2048, memory // 16))
        free = shutil.disk_usage("/dev/shm").free // MEBIBYTE if Path("/dev/shm").is_dir() else 0
        return [
            ("listen_addresses", ""),
            ("port", PORT),
            ("unix_socket_directories", f'"{self.place.sockets}"'),
            ("unix_socket_permissions", "0700"),
            ("data_directory", self.place.data),
            ("hba_file", self.place.base / "pg_hba.conf"),
            ("ident_file", self.place.base / "pg_ident.conf"),
            ("max_connections", 100),
            ("shared_buffers", f"{max(64, min(512, memory // 32))}MB"),
            ("effective_cache_size", f"{memory // 2}MB"),
            ("maintenance_work_mem", f"{build_memory}MB"),
            ("work_mem", "16MB"),
            # Containers often have 64 MB of shared memory; parallel index builds need all of it.
            ("dynamic_shared_memory_type", "posix" if free > 2 * build_memory else "mmap"),
            ("wal_level", "minimal"),  # no replicas here: index builds write no log
            ("max_wal_senders", 0),
            ("max_wal_size", "2GB"),
            ("random_page_cost", 1.1),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
        ]

    def _clear_remains(self) -> None:
        """Deal with what a crash left: lock files, or a server that lost its socket."""
        for file in (self.place.data / "postmaster.pid", self._socket_lock):
            try:
                number, *others = file.read_text().splitlines()
                pid = int(number)
            except FileNotFoundError:
                continue
            except ValueError:  # the machine stopped while it was written
                file.unlink()
                continue
            if self._is_our_server(pid):
                self.stop()
            else:
                # The number may be another process's by now, which would keep the server from
                # starting. The rest is kept: by it the server finds out whether processes of its
                # predecessor are still at work.
                file.write_text("\n".join([str(NO_PROCESS), *others]) + "\n")

    @property
    def _socket_lock(self) -> Path:
        return self.place.sockets / f".s.PGSQL.{PORT}.lock"

    def _is_our_server(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.name() == "postgres" and Path(process.cwd()) == self.place.data
        except psutil.Error:
            return False

    def _control(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, "--pgdata", str(self.place.data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        account = self.place.account
        # A person's PG* variables are meant for servers of their own.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environment |= {"LC_ALL": "C"}
        result = subprocess.run(
            [str(self.place.binaries / program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=self.place.base,
            env=environment,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=None if account is None else [],
        )
        if result.returncode != 0:
            raise DatabaseUnavailable(
                f"The embedded database does not work: {program} says: "
                f"{self._reason(result.stderr or result.stdout)} "
                f"(log: {self.place.log}). DATABASE_URL selects another server."
            )

    def _reason(self, output: str) -> str:
        """The telling line: the server's last fatal message, else the program's first error."""
        try:
            lines = self.place.log.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        told = [line for line in output.splitlines() if re.search("FATAL|PANIC|error:", line)]
        fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        return (fatal[-1:] or told[:1] or output.strip().splitlines()[:1] or ["nothing"])[0]


def _quoted(value: object) -> str:
    """A value between single quotes, in the server's configuration and in connection strings."""
    return str(value).replace("\\", "\\\\").replace("'", "\\'")
