"""The documents agree with the code. Each check is also tried on a page that is wrong in one place."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from models.intake.rules import classify
from models.order.messages import CustomerHistory
from models.order.policy import ReviewPolicy
from models.order.states import RiskVerdict
from models.order.waits import WaitingFor
from models.review.rules import judge
from tests.docs import checks, sayings
from tests.docs.pages import ROOT, documents, page

REFERENCES: dict[str, Callable[[str], list[str]]] = {
    "waits.md": checks.waits,
    "messages.md": checks.message_reference,
    "errors.md": checks.error_reference,
    "policy.md": checks.policy_reference,
    "http.md": checks.http_reference,
    "address-rules.md": checks.address_reference,
}
# One wrong place or more for each reference: file, what stands there, what stands there instead, what is found.
WRONG = [
    ("waits.md", "| [`stock`]", "| [`stok`]", "wait stock has no row, or another one than the code"),
    ("waits.md", "| a reviewer's decision |", "| a decision |", "wait review has no row, or another one than the code"),
    ("waits.md", "`receipt_s`", "`recipe_s`", "wait receipt has another deadline in the code"),
    ("messages.md", "## `hold`", "## `halt`", "message hold is missing"),
    ("messages.md", "Signal and update, carries `Release`", "Update, carries `Release`", "release is a signal, too"),
    ("messages.md", "| `resolution` |", "| `solution` |", "resolve.resolution is missing"),
    ("messages.md", "## `snapshot`", "## `picture`", "message snapshot is missing"),
    ("errors.md", "| `outcome_unknown` |", "| `unknown` |", "code outcome_unknown is missing"),
    ("errors.md", "| `sku_unknown` |", "| `sku` |", "code sku_unknown is missing"),
    ("errors.md", "| `bad_signature` |", "| `bad` |", "code bad_signature is missing"),
    ("policy.md", "| `review.many_pieces` |", "| `many_pieces` |", "policy field review.many_pieces is missing"),
    ("policy.md", "| `2592000` | how long [`return", "| `7` | how long [`return", "policy field deadlines.return_window_s ships as 2592000"),
    ("policy.md", "| `max_weight_g` |", "| `weight` |", "carrier field max_weight_g is missing"),
    ("http.md", "| `GET /counts` |", "| `GET /count` |", "GET /counts is missing"),
    ("address-rules.md", "| `ambiguous` |", "| `doubtful` |", "verdict ambiguous is missing"),
    ("address-rules.md", "| town not required | AE ", "| town not required | ", "town not required: other countries in the code"),
]  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_page_agrees_with_the_code(name: str) -> None:
    assert REFERENCES[name](page(f"docs/reference/{name}")) == []


@pytest.mark.parametrize(("name", "right", "wrong", "found"), WRONG)
def test_a_wrong_place_in_a_reference_page_is_found(name: str, right: str, wrong: str, found: str) -> None:
    text = page(f"docs/reference/{name}")
    assert right in text
    assert REFERENCES[name](text.replace(right, wrong, 1)) == [found]


def test_every_reference_check_is_tried_on_a_wrong_page() -> None:
    assert {name for name, *_ in WRONG} == set(REFERENCES)


@pytest.mark.parametrize("name", WaitingFor)
def test_every_wait_has_a_runbook(name: WaitingFor) -> None:
    assert checks.runbook(name, page(f"docs/runbooks/{name.value}.md")) == []


def test_a_runbook_that_lacks_something_is_found() -> None:
    text = (
        page("docs/runbooks/stock.md")
        .replace("## What to check", "## Look")
        .replace("stock_arrived", "it_came")
    )
    assert (
        checks.runbook(WaitingFor.STOCK, text)
        == ["stock: What to check is missing"] + ["stock: stock_arrived is missing"] * 2
    )


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/adr/[0-9]*.md")), ids=lambda path: path.stem[:4])
def test_a_decision_record_is_short_and_complete(path: object) -> None:
    name = str(path).rpartition("/")[2]
    assert checks.decision_record(name, page(f"docs/adr/{name}")) == []


def test_decision_records_are_numbered_without_a_gap() -> None:
    numbers = [path.name[:4] for path in sorted(ROOT.glob("docs/adr/[0-9]*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_a_long_or_incomplete_decision_record_is_found() -> None:
    text = "# 0001 A\n\n## Context\n\n## Decision\n\n## Consequences\n" + "\n" * 40
    assert checks.decision_record("0002-a.md", text) == [
        "0002-a.md: 47 lines, 40 at most",
        "0002-a.md: the title has another number",
        "0002-a.md: Rejected is missing",
    ]


@pytest.mark.parametrize("path", documents())
def test_links_and_named_files_are_there(path: str) -> None:
    text = documents()[path]
    assert checks.dead_links(path, text) + checks.lost_paths(path, text) == []


def test_a_dead_link_and_a_lost_file_are_found() -> None:
    text = "[a](glossary.md) [b](nowhere.md) [c](glossary.md#money) [d](glossary.md#gold) `models/order/` `models/gone.py`"
    assert checks.dead_links("docs/a.md", text) == [
        "docs/a.md: nowhere.md leads nowhere",
        "docs/a.md: glossary.md#gold leads nowhere",
    ]
    assert checks.lost_paths("docs/a.md", text) == ["docs/a.md: there is no models/gone.py"]


@pytest.mark.parametrize("path", documents())
def test_every_command_in_a_document_is_understood(path: str) -> None:
    assert sayings.misunderstood(path, documents()[path]) == []


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("orderloom fly", "orderloom knows no fly"),
        ("orderloom order", "orderloom order is no whole command"),
        ("temporal workflow signal -w order-A --name attend --input '{}'", "there is no signal attend"),
        (
            'temporal workflow signal -w order-A \\\n  --name hold --input \'{"bye": "ana"}\'',
            "signal hold: ('bye',) Extra inputs are not permitted",
        ),
        ('curl "$DOOR/order/A"', "the door knows no GET /order/A"),
        (
            'curl -X POST "$DOOR/orders/A/resolve" -d \'{"resolution": 1}\'',
            "POST /orders/A/resolve: ('resolution',) Input should be a valid string",
        ),
    ],
)
def test_a_command_that_nobody_understands_is_found(command: str, found: str) -> None:
    assert sayings.misunderstood("a.md", f"```sh\n{command}\n```\n") == [f"a.md: {found}"]


def test_a_wrong_option_and_an_unknown_command_in_the_text_are_found() -> None:
    text = "```sh\norderloom order hold A\n```\nsee `orderloom orders shred`"
    missing, unknown = sayings.misunderstood("a.md", text)
    assert missing.startswith("a.md: orderloom order hold A: Missing option")
    assert unknown == "a.md: orderloom knows no orders shred"


def test_the_order_in_the_readme_is_taken_and_needs_no_reviewer() -> None:
    text = page("README.md")
    (body,) = sayings.order_bodies(text)
    order, faults = sayings.accepted(orjson.loads(body), sayings.catalogue(text))
    assert faults == []
    assert order is not None
    assert f"NUMBER={order.order_number}\n" in text
    policy = ReviewPolicy()
    decision = judge(order, classify(order, policy), CustomerHistory(), "", policy, 1)
    assert decision.verdict is RiskVerdict.ACCEPT


def test_a_fault_in_the_readmes_order_is_found() -> None:
    text = (
        page("README.md").replace('"total_minor": 3290', '"total_minor": 3291').replace("MUG-1", "MUG-2", 1)
    )
    (body,) = sayings.order_bodies(text)
    assert sayings.accepted(orjson.loads(body), sayings.catalogue(text)) == (
        None,
        ["/total_minor total_mismatch", "/lines/0/sku sku_unknown"],
    )
