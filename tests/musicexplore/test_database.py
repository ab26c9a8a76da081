"""The embedded server, on clusters in temporary homes: real processes, really killed."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from musicexplore.database import cluster, place, sharing
from musicexplore.database.place import Place

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")

USE = """
import sys, time
from pathlib import Path
from musicexplore.database import sharing
sharing.join(Path(sys.argv[1]))
print("joined", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose cluster is made once; its server runs during each test that uses it."""
    home = tmp_path_factory.mktemp("made") / "home"
    yield home
    shutil.rmtree(place.place_for(home).base)


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Path]:
    """A home in which nothing is yet."""
    home = tmp_path / "private" / "home"
    yield from stopped_afterwards(home)
    shutil.rmtree(place.place_for(home).base)


@pytest.fixture
def home(made: Path) -> Iterator[Path]:
    yield from stopped_afterwards(made)


def stopped_afterwards(home: Path) -> Iterator[Path]:
    yield home
    if home in sharing._memberships:
        sharing.leave(home)
    pid = server_pid(home)
    if pid is not None:
        wait_for_end(pid)


def server_pid(home: Path) -> int | None:
    try:
        return int((place.place_for(home).data / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None


def wait_for_end(pid: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the server is still running"
        time.sleep(0.05)


def connect(where: Place, **options: object) -> psycopg.Connection:
    return psycopg.connect(
        host=str(where.sockets), port=cluster.PORT, user=cluster.ROLE, dbname=cluster.DATABASE,
        **options,
    )  # fmt: skip


def answer(where: Place) -> int:
    with connect(where) as connection:
        return connection.execute("SELECT 42").fetchone()[0]


def start_user(home: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE, str(home)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == "joined\n"
    return process


def keepers(home: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if {"musicexplore.database.keeper", str(home)} <= set(process.info["cmdline"] or [])
    ]


def test_it_starts_with_pgvector_and_stops_after_its_last_user(home: Path) -> None:
    where = sharing.join(home)
    with connect(where) as connection:
        connection.execute("CREATE EXTENSION vector")
        version = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        assert version.fetchone()[0] >= "0.8"
    other = start_user(home)
    pid = server_pid(home)

    sharing.leave(home)
    time.sleep(0.5)
    assert answer(where) == 42, "another process still uses it"

    other.communicate("")
    wait_for_end(pid)


def test_it_survives_the_killing_of_who_started_it(home: Path) -> None:
    first, second = start_user(home), start_user(home)
    pid = server_pid(home)

    first.kill()
    first.wait()
    time.sleep(0.5)

    assert answer(place.place_for(home)) == 42
    assert server_pid(home) == pid
    second.kill()
    second.wait()
    wait_for_end(pid)


def test_two_processes_may_start_it_at_once(home: Path) -> None:
    command = [sys.executable, "-c", USE, str(home)]
    users = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [user.stdout.readline() for user in users] == [b"joined\n"] * 3
    assert answer(place.place_for(home)) == 42
    assert len(keepers(home)) == 1
    pid = server_pid(home)
    for user in users:
        user.communicate()
    wait_for_end(pid)


def test_a_killed_keeper_is_replaced_by_the_next_user(home: Path) -> None:
    first = start_user(home)
    pid = server_pid(home)
    for keeper in keepers(home):
        keeper.kill()
    first.communicate("")

    second = start_user(home)
    assert server_pid(home) == pid, "the server went on without its keeper"
    second.communicate("")
    wait_for_end(pid)


def test_a_crashed_server_is_started_again(home: Path) -> None:
    where = sharing.join(home)
    with connect(where) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    pid = server_pid(home)
    os.kill(pid, signal.SIGKILL)  # leaves postmaster.pid and the socket behind

    sharing.revive(home)

    with connect(where) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone()[0] == 7


def test_a_pid_file_naming_another_process_is_no_obstacle(home: Path) -> None:
    where = sharing.join(home)
    cluster.Cluster(where).stop()
    sleeper = subprocess.Popen(["sleep", "60"], user=where.account and where.account.pw_uid)
    lines = [str(sleeper.pid), str(where.data), "0", "5432", str(where.sockets), "", "0 0", "ready"]
    file = where.data / "postmaster.pid"
    file.write_text("\n".join(lines) + "\n")

    sharing.revive(home)

    assert answer(where) == 42
    assert sleeper.poll() is None, "a process that is not ours was hurt"
    sleeper.kill()
    sleeper.wait()


def test_an_interrupted_initialisation_starts_anew(new: Path) -> None:
    where = place.place_for(new)
    remains = where.base / "data.part"
    remains.mkdir()
    (remains / "PG_VERSION").write_text("18\n")

    sharing.join(new)

    assert answer(where) == 42


@pytest.mark.parametrize("name", ["deep" * 30, "rock, pop", 'the "best"'])
def test_a_home_that_no_socket_can_lie_in_gets_a_directory_for_it(
    name: str, tmp_path: Path
) -> None:
    deep = tmp_path / name / "run"

    short = place._socket_directory(deep)

    assert len(str(short)) <= place.LONGEST_SOCKET_DIRECTORY
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    short.chmod(0o755)
    with pytest.raises(place.DatabaseUnavailable, match="open to others"):
        place._socket_directory(deep)
    short.rmdir()


@AS_ROOT
def test_other_users_are_refused_even_where_the_socket_is_open(home: Path) -> None:
    where = sharing.join(home)
    connect_as_nobody = [
        sys.executable, "-c",
        "import os, psycopg\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"psycopg.connect(host={str(where.sockets)!r}, user='postgres', dbname='postgres')",
    ]  # fmt: skip
    closed = subprocess.run(connect_as_nobody, capture_output=True, text=True, check=False)
    assert "Permission denied" in closed.stderr

    where.base.chmod(0o755)
    where.sockets.chmod(0o755)
    (where.sockets / ".s.PGSQL.5432").chmod(0o777)
    opened = subprocess.run(connect_as_nobody, capture_output=True, text=True, check=False)
    where.sockets.chmod(0o700)
    where.base.chmod(0o750)
    assert "Peer authentication failed" in opened.stderr


@AS_ROOT
def test_private_directories_above_the_home_stay_private(new: Path) -> None:
    new.parent.mkdir(mode=0o700)
    carrier = place._carrier()
    watched = [*new.parents, carrier, *carrier.parents, place.SYSTEM_PLACE.parent]
    before = {path: path.stat().st_mode for path in watched}

    where = sharing.join(new)

    assert answer(where) == 42
    assert {path: path.stat().st_mode for path in watched} == before
    assert stat.S_IMODE((new / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE(where.data.stat().st_mode) == 0o700
    assert psutil.Process(server_pid(new)).username() == place.ACCOUNT


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that other users can reach: pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@AS_ROOT
def test_an_ordinary_user_keeps_all_in_the_home(open_path: Path) -> None:
    """Run as `nobody`, who may be unable to read this virtual environment's binaries."""
    place._make_directory(place.SYSTEM_PLACE, 0o755)
    binaries = place._copied_binaries()
    home = open_path / "nobody's home"
    nobody = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    script = (
        "import os, subprocess, sys\n"
        "from pathlib import Path\n"
        "from musicexplore.database import cluster, place\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"place._carried_binaries = lambda: Path({str(binaries)!r})\n"
        f"where = place.place_for(Path({str(home)!r}))\n"
        "server = cluster.Cluster(where)\n"
        "server.start()\n"
        "print(server.is_running(), where.base)\n"
        "server.stop()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout == f"True {home / 'postgres'}\n", result.stderr


def test_a_command_before_migrate_says_so_in_a_line(home: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "fetch_models"], cwd=ROOT, capture_output=True, text=True,
        check=False, env=os.environ | {"MUSICEXPLORE_HOME": str(home), "DATABASE_URL": ""},
    )  # fmt: skip
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "run manage.py migrate first" in line
