"""Generated orders that look like real ones: the same seed and number make the same orders."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.shared.money import exponent, minor_per_major
from workers.simulation.breaking import broken
from workers.simulation.catalogue import GOODS, Good
from workers.simulation.places import COUNTRIES, Country
from workers.simulation.scenarios import Scenario, deal

_CHANNELS = ("web", "app", "marketplace")
_TOKENS = {
    Scenario.DECLINED: "tok_declined",
    Scenario.EXPIRED: "tok_expired",
    Scenario.PENDING: "tok_pending",
}
_PLAIN = tuple(good for good in GOODS if not good.special and not good.short and good.euro_cents < 20_000)
_SPECIAL = tuple(good for good in GOODS if good.special)
_SHORT = tuple(good for good in GOODS if good.short)
_DEAR = tuple(good for good in GOODS if good.euro_cents >= 20_000)
# Right postcode and right region, of different places: a person has to look.
_CONTRADICTIONS = {
    "US": ("350 5th Ave", "New York", "TX", "10118"),
    "BR": ("Avenida Paulista 1578", "São Paulo", "RJ", "01310-200"),
    "AU": ("1 Macquarie St", "Sydney", "VIC", "2000"),
}


@dataclass(frozen=True)
class Sent:
    """One body to send. `refused_with`: the code that its refusal must carry, empty when it must be taken."""

    nth: int
    scenario: Scenario
    body: dict[str, Any]
    refused_with: str = ""


def make_orders(count: int, seed: int, now: datetime | None = None) -> list[Sent]:
    """`count` orders of every kind. `now`: about when they were placed."""
    return _Maker(seed, now or datetime.now(UTC)).make(deal(count, seed))


class _Maker:
    def __init__(self, seed: int, now: datetime) -> None:
        self._seed = seed
        self._now = now
        self._dice = random.Random(f"{seed}:orders")
        self._broken = 0

    def make(self, scenarios: list[Scenario]) -> list[Sent]:
        made: list[Sent] = []
        for nth, scenario in enumerate(scenarios, start=1):
            one = self._one(nth, scenario)
            if scenario is Scenario.SAME_GOODS:
                one = self._again(one, made)
            made.append(one)
        return made

    def _one(self, nth: int, scenario: Scenario) -> Sent:
        country = self._country(scenario)
        lines = [self._line(good, pieces, country) for good, pieces in self._basket(scenario)]
        if scenario is Scenario.OTHER_PRICE:
            lines[0]["unit_price_minor"] = lines[0]["unit_price_minor"] // 10 + 1
        total = sum(line["quantity"] * line["unit_price_minor"] + line["freight_minor"] for line in lines)
        body: dict[str, Any] = {
            "channel": self._dice.choice(_CHANNELS),
            "source_id": f"D{self._seed}-{nth:05d}",
            "placed_at": (self._now - timedelta(seconds=self._dice.randint(5, 600))).isoformat(),
            "currency": country.currency,
            "exponent": exponent(country.currency),
            "customer": self._customer(country),
            "ship_to": self._ship_to(country, scenario),
            "lines": lines,
            "total_minor": total,
            "payment": self._payment(scenario, nth, total),
            "service": "express" if scenario is Scenario.URGENT else "standard",
            "locale": country.locale,
        }
        if scenario is Scenario.GROUP_BUY:
            body["group_buy"] = f"group-{self._dice.randint(1, 3)}"
        if scenario is Scenario.BROKEN:
            body, code = broken(body, self._broken)
            self._broken += 1
            return Sent(nth, scenario, body, code)
        return Sent(nth, scenario, body)

    def _country(self, scenario: Scenario) -> Country:
        if scenario is Scenario.OTHER_PRICE:
            return COUNTRIES[0]  # list prices are in euro
        if scenario is Scenario.ODD_ADDRESS:
            return self._dice.choice([country for country in COUNTRIES if country.code in _CONTRADICTIONS])
        return self._dice.choice(COUNTRIES)

    def _basket(self, scenario: Scenario) -> list[tuple[Good, int]]:
        dice = self._dice
        if scenario is Scenario.LARGE:
            return [(dice.choice(_DEAR), dice.randint(4, 6)), (dice.choice(_PLAIN), 2)]
        if scenario is Scenario.SHORT:
            return [(dice.choice(_SHORT), dice.choice((1, 2)))]
        plain = dice.sample(_PLAIN, dice.choice((1, 1, 1, 2, 2, 3)))
        basket = [(good, dice.choice((1, 1, 1, 2))) for good in plain]
        if scenario is Scenario.SPECIAL:
            basket[0] = (dice.choice(_SPECIAL), 1)
        return basket

    def _line(self, good: Good, pieces: int, country: Country) -> dict[str, Any]:
        freight = round(3.9 * country.per_euro * minor_per_major(country.currency))
        return {
            "sku": good.sku,
            "quantity": pieces,
            "unit_price_minor": good.price_minor(country),
            "freight_minor": freight if good.weight_g > 500 else 0,
        }

    def _customer(self, country: Country) -> dict[str, Any]:
        name = self._dice.choice(country.people)
        nth = self._dice.randint(1, 10_000)
        customer = {
            "customer_id": f"c-{country.code.lower()}-{nth}",
            "name": name,
            "email": f"c{nth}@customer.example",
        }
        return customer | ({"phone": country.phone} if country.phone else {})

    def _ship_to(self, country: Country, scenario: Scenario) -> dict[str, str]:
        if scenario is Scenario.ODD_ADDRESS:
            line1, city, region, postcode = _CONTRADICTIONS[country.code]
            return {
                "line1": line1,
                "city": city,
                "region": region,
                "postcode": postcode,
                "country": country.code,
            }
        address = country.address(self._dice.randint(0, 99))
        return {name: value for name, value in address.model_dump().items() if value}

    def _payment(self, scenario: Scenario, nth: int, total: int) -> dict[str, Any]:
        token = _TOKENS.get(scenario, "tok_ok")
        shown = total - max(1, total // 20) if scenario is Scenario.OTHER_AMOUNT else total
        method = "bank_slip" if scenario is Scenario.PENDING else "card"
        return {"method": method, "token": f"{token}_{nth}", "amount_minor": shown}

    def _again(self, one: Sent, before: list[Sent]) -> Sent:
        """The same customer, the same goods, within minutes, as another order."""
        for other in reversed(before):
            if other.scenario in (Scenario.ORDINARY, Scenario.URGENT):
                return replace(one, body=other.body | {"source_id": one.body["source_id"]})
        return one
