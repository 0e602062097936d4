"""Changes to a JSON document as a JSON merge patch (RFC 7396). Pure."""

from typing import Any


def merge(target: Any, patch: Any) -> Any:
    """The document after the patch: objects are merged, null takes a member away, anything else takes its place.

    Neither of the two is changed. The caller bounds how deep a patch may be.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def places(patch: Any, at: str = "") -> list[str]:
    """JSON pointers (RFC 6901) of what a patch sets or takes away; a list is one place."""
    if not isinstance(patch, dict) or not patch:
        return [at] if at else []
    found: list[str] = []
    for name, value in patch.items():
        found += places(value, f"{at}/{name.replace('~', '~0').replace('/', '~1')}")
    return found
