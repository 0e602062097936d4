"""Ways to read a postcode that was not written as its country writes it."""

import unicodedata
from collections.abc import Iterator
from itertools import takewhile

from activities.adapters.address_rules.country_rules import CountryRules

# The longest a storefront may send; nothing longer is a postcode anywhere.
LONGEST = 20
# What people copy from a letterhead together with the number.
_LABELS = ("〒", "CEP", "PLZ", "NPA", "CAP", "PSČ", "PSC", "ZIP", "PIN", "C.P.", "CP")


def spellings(written: str, country: str, rules: CountryRules) -> Iterator[str]:
    """Readings of a postcode, the nearest to what was written first. None of them adds or drops a digit."""
    if len(written) > LONGEST:
        return
    plain = _plain(written)
    upper = plain.upper()
    bare = _bare(upper)
    yield from (plain, upper, upper.replace(" ", ""), bare)
    # D-10115, CH 8000: the country's sign before the postcode is an old custom.
    for sign in dict.fromkeys((rules.prefix.strip("- "), country, country[0], *_LABELS)):
        if sign and upper.startswith(sign.upper()):
            rest = upper[len(sign) :].lstrip(" -.:")
            yield from (rest, _bare(rest))
    for example in rules.examples:
        yield from _as_in(example, bare, _head(example, rules))


def _plain(text: str) -> str:
    """Full-width letters as usual ones, every dash a hyphen, every blank one space, nothing invisible."""
    kept = []
    for sign in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(sign)
        if kind != "Cf":
            kept.append("-" if kind == "Pd" or sign == "\N{MINUS SIGN}" else sign)
    return " ".join("".join(kept).split())


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _as_in(example: str, bare: str, head: str) -> Iterator[str]:
    """The same letters and digits with the example's hyphens and blanks, and with the letters that all begin with."""
    wanted = _bare(example)
    for filled in dict.fromkeys((bare, head + bare)):
        if len(filled) == len(wanted):
            signs = iter(filled)
            yield "".join(sign if sign in " -" else next(signs) for sign in example)


def _head(example: str, rules: CountryRules) -> str:
    """The letters that every postcode of the country begins with, as in LV-1050; empty when they differ, as in GB."""
    head = "".join(takewhile(str.isalpha, example))
    pattern = rules.postcode.pattern if rules.postcode else ""
    return head if pattern.startswith(f"^{head}") and "|" not in pattern else ""
