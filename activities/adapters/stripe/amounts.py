"""Amounts as Stripe counts them: mostly ISO 4217's minor units, with exceptions. Exact or refused, never rounded.

Source: Stripe's documentation of supported currencies, "zero-decimal", "three-decimal" and "special cases".
"""

from activities.shared.failures import CallRefused
from models.shared.money import exponent

# Digits where Stripe differs from ISO 4217: króna and shilling are still counted in hundredths, ariary in whole ones.
_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}


def to_stripe(amount_minor: int, currency: str) -> int:
    """ISO minor units → Stripe's. Raises `CallRefused` for what Stripe cannot express: unknown currency, a tenth of a fils."""
    iso, digits = _digits(currency)
    if digits >= iso:
        amount, rest = amount_minor * int(10 ** (digits - iso)), 0
    else:
        amount, rest = divmod(amount_minor, int(10 ** (iso - digits)))
    if rest or (digits == 3 and amount % 10):
        raise CallRefused(f"Stripe cannot express {amount_minor} minor units of {currency}")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's units → ISO minor units."""
    iso, digits = _digits(currency)
    return amount * int(10 ** (iso - digits)) if iso >= digits else amount // int(10 ** (digits - iso))


def _digits(currency: str) -> tuple[int, int]:
    iso = exponent(currency)
    if iso is None:
        raise CallRefused(f"{currency} is no currency that can be charged")
    return iso, _DIGITS.get(currency, iso)
