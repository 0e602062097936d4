"""JSON merge patches: the examples of RFC 7396, and which places one touches."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from models.shared.merge_patch import merge, places

# RFC 7396, appendix A: the original, the patch, the result.
EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("original", "patch", "result"), EXAMPLES)
def test_a_patch_does_what_the_rfc_says_and_changes_neither_side(
    original: Any, patch: Any, result: Any
) -> None:
    before = copy.deepcopy((original, patch))
    assert merge(original, patch) == result
    assert (original, patch) == before


def test_the_places_of_a_patch_are_pointers() -> None:
    patch = {"a": {"b/c": 1, "d~": None}, "lines": [{"sku": "X"}], "empty": {}}
    assert places(patch) == ["/a/b~1c", "/a/d~0", "/lines", "/empty"]
    assert places({}) == []
