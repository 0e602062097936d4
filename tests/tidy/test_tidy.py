"""The style, as a test. Every check is itself tested on a bad sample, so that it can fail."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.tidy.checks import CHECKS, FILE_LINES, FUNCTION_LINES, PACKAGES

ROOT = Path(__file__).parents[2]
# (check, path) pairs that are known to fail. This list may only shrink, and so may the limit.
RATCHET: frozenset[tuple[str, str]] = frozenset()
RATCHET_LIMIT = 0

LONG = "\n" * (FILE_LINES + 1)
LONG_FUNCTION = "def f():\n" + "    x = 1\n" * FUNCTION_LINES
# One bad sample or more for each check: path, text.
BAD = [
    ("file_size", "models/care/rules.py", LONG),
    ("file_size", "tests/care/test_care.py", LONG),
    ("function_size", "workers/main.py", LONG_FUNCTION),
    (
        "function_size",
        "workers/main.py",
        "class A:\n    async " + LONG_FUNCTION.replace("\n    ", "\n        "),
    ),
    ("purity", "models/care/rules.py", "from datetime import datetime\nx = datetime.now()\n"),
    ("purity", "models/care/rules/late.py", "import datetime as d\nx = d.datetime.utcnow()\n"),
    ("purity", "models/order/messages.py", "from uuid import uuid4 as new\nx = new()\n"),
    ("purity", "models/order/states.py", "import random\nx = random.choice([1])\n"),
    ("purity", "workflows/order.py", "import time\nx = time.time()\n"),
    ("purity", "workflows/care/open_case.py", "import uuid\nx = uuid.uuid4()\n"),
    ("no_print", "workflows/order.py", "print(1)\n"),
    ("no_print", "starter/http/door.py", "print(1)\n"),
    ("ignore_with_code", "workers/main.py", "x = 1  # type: ignore\n"),
    ("telling_name", "workers/utils.py", ""),
    ("telling_name", "tests/helpers/orders.py", ""),
    ("rooms", "models/orders/rules.py", ""),
    ("rooms", "workflows/adapters/psp.py", ""),
    ("rooms", "activities/payments.py", ""),
    ("nothing_private", "docs/a.md", "see /ho" + "me/someone/notes"),
    ("nothing_private", "docs/a.md", "cd /wo" + "rk/main"),
    ("nothing_private", "docs/a.md", "cat /ro" + "ot/.bashrc"),
    ("nothing_private", "requirements.lock", "--index" + "-url https://packages.example/simple"),
    ("nothing_private", "uv.lock", 'url = "https://files.python' + 'hosted.org/packages/a.whl"'),
    ("nothing_private", "README.md", "https://artifact" + "ory.example.com/simple"),
]
GOOD = [
    ("file_size", "models/care/rules.py", LONG[1:]),
    ("function_size", "workers/main.py", LONG_FUNCTION.rsplit("    x", 1)[0]),
    (
        "purity",
        "workflows/order.py",
        "from temporalio import workflow\nx = workflow.uuid4(), workflow.now()\n",
    ),
    ("purity", "activities/order/store.py", "import uuid\nx = uuid.uuid4()\n"),
    ("purity", "models/care/rules.py", "import datetime\nx = datetime.datetime(2026, 1, 1)\n"),
    ("no_print", "starter/cli/show.py", "print(1)\n"),
    ("ignore_with_code", "workers/main.py", 'x = 1  # type: ignore[misc]\ny = "# type: ignore"\n'),
    ("telling_name", "workers/engine/folder.py", ""),
    ("rooms", "activities/adapters/psp/port.py", ""),
    ("rooms", "workflows/order.py", ""),
    ("nothing_private", "README.md", "https://docs.temporal.io/home/ and ./work/ and ~/" + "work/x"),
]


def tracked_files() -> Iterator[tuple[PurePosixPath, str]]:
    """Every text file that is tracked or would be: what a clone will hold."""
    # Command-line scope, because a checkout may belong to another user than the one that runs the tests.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(filter(None, listed.split("\0"))):
        file = ROOT / name
        if file.is_file():
            try:
                yield PurePosixPath(name), file.read_text("utf-8")
            except UnicodeDecodeError:
                continue  # a picture or an archive


def is_ours(path: PurePosixPath) -> bool:
    return path.suffix == ".py" and path.parts[0] in (*PACKAGES, "tests", "benchmarks")


def findings(name: str) -> dict[str, list[str]]:
    """What the check `name` finds, by path."""
    judged = ((path, text) for path, text in tracked_files() if name == "nothing_private" or is_ours(path))
    return {str(path): found for path, text in judged if (found := CHECKS[name](path, text))}


@pytest.mark.parametrize("name", CHECKS)
def test_the_tree_is_tidy(name: str) -> None:
    known = {path for check, path in RATCHET if check == name}
    assert [line for path, found in findings(name).items() if path not in known for line in found] == []


def test_the_ratchet_list_holds_only_what_still_fails_and_does_not_grow() -> None:
    assert {(check, path) for check, path in RATCHET if path not in findings(check)} == set()
    assert len(RATCHET) == RATCHET_LIMIT


@pytest.mark.parametrize(("name", "path", "text"), BAD)
def test_a_check_sees_a_bad_sample(name: str, path: str, text: str) -> None:
    assert len(CHECKS[name](PurePosixPath(path), text)) == 1


@pytest.mark.parametrize(("name", "path", "text"), GOOD)
def test_a_check_lets_a_good_sample_pass(name: str, path: str, text: str) -> None:
    assert CHECKS[name](PurePosixPath(path), text) == []


def test_every_check_has_a_bad_and_a_good_sample() -> None:
    assert {name for name, _, _ in BAD} == set(CHECKS)
    assert {name for name, _, _ in GOOD} == set(CHECKS)
