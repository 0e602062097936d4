"""Which payment provider the settings name, and whether everything that it needs is there."""

import importlib.util
from typing import TYPE_CHECKING

from models.shared.errors import Problem, Refused
from starter.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    import stripe

# Who needs which secret, by field of the settings.
API_KEY, WEBHOOK_SECRET = "stripe_api_key", "stripe_webhook_secret"


def expect_payments(settings: Settings, *needed: str) -> None:
    """Raise `Refused`, naming every setting in question, when Stripe is chosen and something is missing."""
    if settings.payments != "stripe":
        return
    problems = [
        Problem(
            pointer=f"ORDERLOOM_{name.upper()}",
            code="missing",
            detail="is empty, but ORDERLOOM_PAYMENTS is stripe",
            fix="docs/guides/stripe.md tells where it comes from",
        )
        for name in needed
        if not getattr(settings, name)
    ]
    if importlib.util.find_spec("stripe") is None:
        problems.append(
            Problem(
                pointer="ORDERLOOM_PAYMENTS",
                code="missing",
                detail="is stripe, but the package is not installed",
                fix="pip install 'orderloom[stripe]'",
            )
        )
    if problems:
        raise Refused(problems)


def stripe_of(settings: Settings) -> "AbstractAsyncContextManager[stripe.StripeClient]":
    """Stripe's client from the settings. Raises `Refused`."""
    expect_payments(settings, API_KEY)
    from activities.adapters.stripe import stripe_client

    return stripe_client(settings.stripe_api_key, settings.stripe_api_base)
