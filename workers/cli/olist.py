"""`orderloom import …` and `orderloom replay olist`."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console

from models.shared.errors import Conflict, NotFound
from starter.settings import Settings
from workers.cli.addresses import database_url, found
from workers.cli.answers import FINE, FOUND, WRONG_USE, complain, say
from workers.cli.orders_import import import_orders

if TYPE_CHECKING:
    from starter.olist.goods import Goods
    from starter.olist.records import Olist

app = typer.Typer()
importing = typer.Typer(no_args_is_help=True, help="Read orders and other systems' data.")
replaying = typer.Typer(no_args_is_help=True, help="Live recorded orders through the HTTP door.")
app.add_typer(importing, name="import")
app.add_typer(replaying, name="replay")
importing.command(name="orders")(import_orders)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder with Olist's parquet files.")]
AsJson = Annotated[bool, typer.Option("--json", help="End with one JSON object.")]
T = TypeVar("T")


@importing.command(name="olist")
def import_olist(
    folder: Folder,
    seed: Annotated[int, typer.Option(help="Which stock is made up.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Write catalogue and places from the record, and warehouses and stock that are made up. Again: nothing changes."""
    from activities.shared.database import Database
    from starter.olist.goods import goods
    from starter.olist.importing import Imported, put

    wanted = goods(_read(folder), seed)

    async def write() -> Imported:
        async with Database(database_url(Settings()), size=2, name="orderloom-import") as database:
            return await put(wanted, database)

    changed = vars(asyncio.run(write()))
    held = {
        "products": len(wanted.products),
        "places": len(wanted.places),
        "warehouses": len(wanted.warehouses),
        "pieces": sum(one.pieces for one in wanted.stock),
    }
    lines = [f"  {name:11} {held[name]:>7,}, {changed[name]:,} new or changed" for name in held]
    text = "\n".join(["Imported; warehouses and stock are made up:", *lines])
    say(as_json, {"held": held, "changed": changed}, text)


@replaying.command(name="olist")
def replay_olist(
    folder: Folder,
    orders: Annotated[str, typer.Option(help="How many, evenly spread over the record, or all.")] = "all",
    factor: Annotated[
        str, typer.Option(help="How much faster than recorded, or max: as fast as it goes.")
    ] = "max",
    rate: Annotated[
        float | None,
        typer.Option(min=0.001, help="Instead: orders a second, on average.", show_default=False),
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, max=500, help="How many things happen at once.")] = 48,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier replay stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Live the recorded orders and account for each: 0 all as expected, 1 some not, 2 wrong use, 3 a service is away.

    The house must not let carriers and persons act by themselves: `orderloom up --no-courier`.
    """
    from starter.olist.goods import goods
    from starter.olist.lives import lives
    from starter.replay.driver import factor_for
    from starter.replay.plan import spread
    from workers.cli.replay_shown import Shown, show
    from workers.replay import Conduct, replay

    count = _number(orders, "--orders", "all", int)
    pace = _number(factor, "--factor", "max", float)
    olist = _read(folder)
    chosen = spread(lives(olist), count)
    pace = factor_for(chosen, rate) if rate else pace
    settings = found(Settings(), with_door=True)
    wanted = goods(olist)

    async def live() -> int:
        await _expect_catalogue(settings, wanted)
        with Shown(Console(stderr=True), len(chosen)) as shown:
            accounting = await replay(
                chosen, settings, Conduct(factor=pace, at_once=at_once, resume=resume), shown.told()
            )
        if as_json:
            say(True, accounting.document())
        else:
            show(accounting, Console())
        return FOUND if accounting.differences else FINE

    try:
        code = asyncio.run(live())
    except (NotFound, Conflict) as error:
        complain(error)
        code = WRONG_USE
    raise typer.Exit(code)


async def _expect_catalogue(settings: Settings, wanted: "Goods") -> None:
    from activities.shared.database import Database
    from starter.olist.importing import lacking

    async with Database(settings.database_url, size=1, name="orderloom-replay") as database:
        if missing := await lacking(wanted, database):
            raise NotFound(f"{missing} products are not in the catalogue: run `orderloom import olist` first")


def _read(folder: Path) -> "Olist":
    from starter.olist.files import OlistError, read_olist

    try:
        return read_olist(folder)
    except OlistError as error:
        Console(stderr=True).print(f"[red]cannot read:[/red] {error}", highlight=False)
        raise typer.Exit(WRONG_USE) from None


def _number(text: str, option: str, word: str, kind: Callable[[str], T]) -> T | None:
    """A positive number, or None for the word that means no limit."""
    if text == word:
        return None
    try:
        read = kind(text)
    except ValueError:
        read = kind("0")
    if not read > kind("0"):  # type: ignore[operator]
        raise typer.BadParameter(f"{option} is a positive number or {word!r}, not {text!r}")
    return read
