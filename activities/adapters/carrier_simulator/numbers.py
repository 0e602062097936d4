"""Tracking numbers with check digits, and the label that carries one.

northpost   RA473124829ZZ      two letters, eight digits, check digit (UPU S10), country
swiftline   SWL4222222222222   twelve digits and a Luhn check digit
haulmark    HM47391265806      ten digits and their remainder by seven, as on air waybills
"""

import hashlib

from activities.delivery.ports import Consignment

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def tracking_number(carrier: str, key: str, salt: int) -> str:
    """The number that a booking gets: the same key and salt give the same one. Raises KeyError."""
    seed = int.from_bytes(hashlib.blake2b(f"{carrier}:{key}:{salt}".encode(), digest_size=8).digest())
    if carrier == "northpost":
        digits = f"{seed % 10**8:08d}"
        letter = _LETTERS[seed // 10**8 % len(_LETTERS)]
        return f"{'CR'[seed // 10**10 % 2]}{letter}{digits}{_s10(digits)}ZZ"
    if carrier == "swiftline":
        digits = f"{seed % 10**12:012d}"
        return f"SWL{digits}{_luhn(digits)}"
    if carrier == "haulmark":
        digits = f"{seed % 10**10:010d}"
        return f"HM{digits}{int(digits) % 7}"
    raise KeyError(carrier)


def carrier_of(number: str) -> str:
    """Whose number it is; empty when it is nobody's or its check digit is wrong."""
    if number[:3] == "SWL" and len(number) == 16 and number[3:].isdigit():
        return "swiftline" if _luhn(number[3:15]) == number[15] else ""
    if number[:2] == "HM" and len(number) == 13 and number[2:].isdigit():
        return "haulmark" if str(int(number[2:12]) % 7) == number[12] else ""
    if len(number) == 13 and number[2:11].isdigit() and number[11:] == "ZZ":
        return "northpost" if _s10(number[2:10]) == number[10] else ""
    return ""


def label_text(carrier: str, consignment: Consignment, number: str) -> str:
    """A label in ZPL, the language of label printers, for 203 dots an inch."""
    to = consignment.ship_to
    rows = [consignment.recipient, to.line1, to.line2, f"{to.postcode} {to.city} {to.region}", to.country]
    lines = [" ".join(row.split()) for row in rows if row.strip()]
    fields = [f"{carrier.upper()} {consignment.service.upper()}", *lines, f"{consignment.weight_g} g"]
    text = "".join(f"^FO30,{30 + 36 * i}^A0N,30^FD{_printable(f)}^FS" for i, f in enumerate(fields))
    return f"^XA^CI28{text}^FO30,{60 + 36 * len(fields)}^BY2^BCN,100,Y^FD{number}^FS^XZ"


def _printable(text: str) -> str:
    """Caret and tilde begin a command in ZPL."""
    return text.replace("^", " ").replace("~", " ")


def _s10(digits: str) -> str:
    """UPU S10: 11 minus the weighted sum by 11; 10 is written 0 and 11 is written 5."""
    rest = 11 - sum(int(d) * w for d, w in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def _luhn(digits: str) -> str:
    """Every second digit from the right doubled, the sum filled up to a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
