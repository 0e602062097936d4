"""Stripe: money by PaymentIntents, news by signed events. Needs the extra `stripe`."""

from activities.adapters.stripe.asked import StepRecall
from activities.adapters.stripe.disputes import StripeDisputes
from activities.adapters.stripe.events import StripeEvents
from activities.adapters.stripe.gateway import StripeGateway
from activities.adapters.stripe.transport import stripe_client

__all__ = ["StepRecall", "StripeDisputes", "StripeEvents", "StripeGateway", "stripe_client"]
