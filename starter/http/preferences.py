"""What a client would like (RFC 7240)."""

from fastapi import Request

APPLIED = {"Preference-Applied": "handling=lenient"}


def prefers_lenient(request: Request) -> bool:
    """Whether a body with faults shall wait for a person. Of a preference that is said twice the first counts."""
    for text in request.headers.getlist("prefer"):
        for one in text.split(","):
            name, _, value = one.partition(";")[0].partition("=")
            if name.strip().lower() == "handling":
                return value.strip().strip('"').lower() == "lenient"
    return False
