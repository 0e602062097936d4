"""The door's own pages: what this is, the API description without any script, and the sign of life."""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

import orjson
from fastapi import FastAPI, Response

from models.shared.errors import OrderloomError
from starter.http.parts import DoorParts

PING_TIMEOUT_S = 3.0
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{background:#8882;padding:.1em .3em;border-radius:4px}pre{padding:.6em;overflow:auto}"
)


def add_pages(app: FastAPI, door: DoorParts) -> None:
    """Add `/`, `/docs` and `/health`."""

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        ui = door.settings.temporal_ui
        links = [("/docs", "API description"), ("/openapi.json", "OpenAPI document"), ("/health", "Health")]
        links += [
            ("/orders", "Orders"),
            ("/reviews", "Review queue"),
            ("/intake/tasks?state=open", "Orders to be mended"),
            ("/bench/tasks", "Bench tasks"),
        ]
        links += [(ui, "Temporal UI: where an order stands and why")] if ui else []
        listed = "".join(f'<li><a href="{escape(to)}">{escape(text)}</a></li>' for to, text in links)
        return _page("Orderloom", f"<p>Runs the whole life of a B2C order.</p><ul>{listed}</ul>")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return _page("Orderloom API", "".join(_described(app.openapi())))

    @app.get("/health", tags=["operation"], summary="Whether database and workflow engine answer")
    async def health() -> Response:
        """200 when both do, else 503; `database` and `temporal` say `ok` or `away`."""
        database, temporal = await asyncio.gather(_answers(door.ping_database), _answers(door.desk.ping))
        fine = database and temporal
        said = {
            "status": "ok" if fine else "away",
            "database": "ok" if database else "away",
            "temporal": "ok" if temporal else "away",
        }
        return Response(orjson.dumps(said), status_code=200 if fine else 503, media_type="application/json")


async def _answers(ping: Callable[[], Awaitable[None]]) -> bool:
    try:
        await asyncio.wait_for(ping(), PING_TIMEOUT_S)
    except (OrderloomError, TimeoutError):
        return False
    return True


def _described(api: dict[str, Any]) -> list[str]:
    """Every route with its parameters, an example and its answers."""
    parts = []
    for path, methods in api["paths"].items():
        for method, route in methods.items():
            parts.append(
                f"<h3><code>{method.upper()} {escape(path)}</code> {escape(route.get('summary', ''))}</h3>"
            )
            parts.append(f"<p>{escape(route.get('description', ''))}</p>")
            names = ", ".join(f"{one['name']} ({one['in']})" for one in route.get("parameters", ()))
            parts.append(f"<p>Parameters: {escape(names)}</p>" if names else "")
            content = route.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" in content:
                example = orjson.dumps(content["example"], option=orjson.OPT_INDENT_2).decode()
                parts.append(f"<pre>{escape(example)}</pre>")
            answers = ", ".join(
                f"{status} {told.get('description', '')}" for status, told in route["responses"].items()
            )
            parts.append(f"<p>Answers: {escape(answers)}</p>")
    return parts


def _page(title: str, body: str) -> Response:
    head = f"<title>{escape(title)}</title><meta name=viewport content='width=device-width'><style>{_STYLE}</style>"
    html = f"<!doctype html><html lang=en><meta charset=utf-8>{head}<h1>{escape(title)}</h1>{body}</html>"
    return Response(html, media_type="text/html; charset=utf-8")
