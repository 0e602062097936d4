"""Joins the routes of the HTTP door."""

from fastapi import FastAPI

from starter.http.checking import checking_routes
from starter.http.customers import customer_routes
from starter.http.disputes import dispute_routes
from starter.http.drafts import draft_routes
from starter.http.floor import floor_routes
from starter.http.orders import order_routes
from starter.http.pages import add_pages
from starter.http.parts import DoorParts
from starter.http.problems import install
from starter.http.reviews import review_routes
from starter.http.storefronts import storefront_routes
from starter.http.tasks import task_routes
from starter.http.webhooks import webhook_routes

_ABOUT = """Hand orders in, follow them, decide about them.

Money is whole minor units with an ISO 4217 code, times are ISO 8601 with a zone. Refusals are RFC 9457 problem details
with a stable `code`; 422 lists every fault of the body with a JSON pointer. 503 carries `Retry-After`, and repeating any
request is safe: orders by their source id or `Idempotency-Key`, decisions by `request_id` or `Idempotency-Key`."""


def create_app(door: DoorParts) -> FastAPI:
    """The HTTP door over its parts. It opens and closes nothing itself."""
    app = FastAPI(title="Orderloom", version="1", description=_ABOUT, docs_url=None, redoc_url=None)
    install(app)
    app.include_router(checking_routes(door))
    app.include_router(order_routes(door))
    app.include_router(review_routes(door))
    app.include_router(dispute_routes(door))
    app.include_router(task_routes(door))
    app.include_router(draft_routes(door))
    app.include_router(floor_routes(door))
    app.include_router(customer_routes(door))
    app.include_router(webhook_routes(door))
    app.include_router(storefront_routes(door))
    add_pages(app, door)
    return app
