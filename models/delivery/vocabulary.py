"""What each carrier calls things, in our words. Pure.

An incident is named by who is responsible: `carrier_…`, `consignee_…`, `customs_…`, `weather_…`.
"""

from models.delivery.states import Tracking

_T = Tracking

# Codes of the kind that postal operators exchange (UPU EMSEVT).
NORTHPOST: dict[str, tuple[Tracking, str]] = {
    "PRE": (_T.PENDING, ""),
    "EMA": (_T.PICKED_UP, ""),
    "EMB": (_T.IN_TRANSIT, ""),
    "EMC": (_T.IN_TRANSIT, ""),
    "EMD": (_T.IN_TRANSIT, ""),
    "EME": (_T.ON_HOLD, "customs_delay"),
    "EMF": (_T.IN_TRANSIT, ""),
    "EMG": (_T.IN_TRANSIT, ""),
    "EDG": (_T.OUT_FOR_DELIVERY, ""),
    "EDH": (_T.READY_FOR_PICKUP, ""),
    "EDX": (_T.ON_HOLD, "customs_documentation"),
    "EMH": (_T.DELIVERY_FAILED, "consignee_not_home"),
    "EMR": (_T.DELIVERY_FAILED, "consignee_refused"),
    "EMQ": (_T.DELIVERY_FAILED, "consignee_incorrect_address"),
    "EMW": (_T.DELIVERY_DELAYED, "weather_delay"),
    "EMS": (_T.DELIVERY_DELAYED, "carrier_sorting_error"),
    "EMI": (_T.DELIVERED, ""),
    "EXL": (_T.DELIVERY_FAILED, "carrier_parcel_lost"),
    "EXD": (_T.DELIVERY_FAILED, "carrier_damaged_parcel"),
    "EXR": (_T.RETURN_TO_SENDER, ""),
    "EXV": (_T.CANCELLED, ""),
}

# A letter for the kind, digits for the detail.
SWIFTLINE: dict[str, tuple[Tracking, str]] = {
    "M0": (_T.PENDING, ""),
    "P1": (_T.PICKED_UP, ""),
    "I1": (_T.IN_TRANSIT, ""),
    "I2": (_T.IN_TRANSIT, ""),
    "O1": (_T.OUT_FOR_DELIVERY, ""),
    "A1": (_T.READY_FOR_PICKUP, ""),
    "D1": (_T.DELIVERED, ""),
    "X10": (_T.DELIVERY_DELAYED, "weather_delay"),
    "X11": (_T.DELIVERY_DELAYED, "carrier_vehicle_issue"),
    "X20": (_T.DELIVERY_FAILED, "consignee_not_home"),
    "X21": (_T.DELIVERY_FAILED, "consignee_refused"),
    "X22": (_T.DELIVERY_FAILED, "consignee_incorrect_address"),
    "X30": (_T.ON_HOLD, "customs_delay"),
    "X31": (_T.ON_HOLD, "customs_duties_unpaid"),
    "X90": (_T.DELIVERY_FAILED, "carrier_parcel_lost"),
    "X91": (_T.DELIVERY_FAILED, "carrier_damaged_parcel"),
    "R1": (_T.RETURN_TO_SENDER, ""),
    "V0": (_T.CANCELLED, ""),
}

# Words of a haulier's terminal.
HAULMARK: dict[str, tuple[Tracking, str]] = {
    "PRE-ADVICE": (_T.PENDING, ""),
    "COLLECTED": (_T.PICKED_UP, ""),
    "DEPOT-IN": (_T.IN_TRANSIT, ""),
    "LINEHAUL": (_T.IN_TRANSIT, ""),
    "LOADED": (_T.OUT_FOR_DELIVERY, ""),
    "AT-COUNTER": (_T.READY_FOR_PICKUP, ""),
    "POD": (_T.DELIVERED, ""),
    "LATE": (_T.DELIVERY_DELAYED, "carrier_not_enough_time"),
    "NOT-IN": (_T.DELIVERY_FAILED, "consignee_not_available"),
    "REFUSED": (_T.DELIVERY_FAILED, "consignee_refused"),
    "NO-ACCESS": (_T.DELIVERY_FAILED, "consignee_access_restricted"),
    "CUSTOMS": (_T.ON_HOLD, "customs_delay"),
    "LOSS": (_T.DELIVERY_FAILED, "carrier_parcel_lost"),
    "DAMAGE": (_T.DELIVERY_FAILED, "carrier_damaged_parcel"),
    "RTS": (_T.RETURN_TO_SENDER, ""),
    "VOID": (_T.CANCELLED, ""),
}

VOCABULARIES: dict[str, dict[str, tuple[Tracking, str]]] = {
    "northpost": NORTHPOST,
    "swiftline": SWIFTLINE,
    "haulmark": HAULMARK,
}


def translate(carrier: str, code: str) -> tuple[Tracking, str]:
    """A carrier's raw code as (status, incident); what nobody knows is (`unknown`, "")."""
    return VOCABULARIES.get(carrier, {}).get(code, (Tracking.UNKNOWN, ""))


def code_for(carrier: str, status: Tracking, incident: str = "") -> str:
    """The first raw code by which a carrier says this. Raises KeyError when it has no word for it."""
    for code, meaning in VOCABULARIES[carrier].items():
        if meaning == (status, incident):
            return code
    raise KeyError(f"{carrier} has no code for {status.value} {incident}".rstrip())
