"""What carriers say, in our words."""

import pytest

from models.delivery.rules import DAMAGED, LOST
from models.delivery.states import Tracking
from models.delivery.vocabulary import VOCABULARIES, code_for, translate

RESPONSIBLE = ("carrier_", "consignee_", "customs_", "weather_")


@pytest.mark.parametrize(
    ("carrier", "code", "meaning"),
    [
        ("northpost", "EMI", (Tracking.DELIVERED, "")),
        ("northpost", "EXL", (Tracking.DELIVERY_FAILED, "carrier_parcel_lost")),
        ("northpost", "EME", (Tracking.ON_HOLD, "customs_delay")),
        ("swiftline", "P1", (Tracking.PICKED_UP, "")),
        ("swiftline", "X10", (Tracking.DELIVERY_DELAYED, "weather_delay")),
        ("haulmark", "POD", (Tracking.DELIVERED, "")),
        ("haulmark", "REFUSED", (Tracking.DELIVERY_FAILED, "consignee_refused")),
    ],
)
def test_a_known_code_has_one_meaning(carrier: str, code: str, meaning: tuple[Tracking, str]) -> None:
    assert translate(carrier, code) == meaning


@pytest.mark.parametrize(
    ("carrier", "code"), [("northpost", "D1"), ("swiftline", "emi"), ("haulmark", ""), ("unheard_of", "EMI")]
)
def test_what_nobody_knows_is_unknown_and_not_dropped(carrier: str, code: str) -> None:
    assert translate(carrier, code) == (Tracking.UNKNOWN, "")


@pytest.mark.parametrize("carrier", VOCABULARIES)
def test_every_carrier_can_say_every_status(carrier: str) -> None:
    said = {status for status, _ in VOCABULARIES[carrier].values()}
    assert said == set(Tracking) - {Tracking.UNKNOWN}


@pytest.mark.parametrize("carrier", VOCABULARIES)
def test_every_carrier_can_lose_and_damage_a_parcel_in_the_words_of_the_rules(carrier: str) -> None:
    incidents = {incident for _, incident in VOCABULARIES[carrier].values()}
    assert {LOST, DAMAGED} - incidents == set()


@pytest.mark.parametrize("carrier", VOCABULARIES)
def test_every_incident_names_who_is_responsible(carrier: str) -> None:
    incidents = {incident for _, incident in VOCABULARIES[carrier].values() if incident}
    assert {incident for incident in incidents if not incident.startswith(RESPONSIBLE)} == set()


@pytest.mark.parametrize("carrier", VOCABULARIES)
def test_a_meaning_is_said_by_a_code_that_means_it(carrier: str) -> None:
    for status, incident in VOCABULARIES[carrier].values():
        assert translate(carrier, code_for(carrier, status, incident)) == (status, incident)


def test_a_carrier_without_a_word_for_it_says_so() -> None:
    with pytest.raises(KeyError, match="haulmark has no code for delivery_delayed weather_delay"):
        code_for("haulmark", Tracking.DELIVERY_DELAYED, "weather_delay")
