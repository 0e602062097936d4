"""The commands of people: orders, disputes, benches, stock, preorders. The process that mounts them turns errors into exit codes:

0 fine, 1 not found or it could not be obeyed, 2 wrong use or refused, 3 a service cannot be reached.
"""

import typer

from starter.cli.disputes import disputes
from starter.cli.floor import bench, stock
from starter.cli.preorders import preorders
from starter.cli.reviewing import order, orders

app = typer.Typer(no_args_is_help=True)
app.add_typer(order, name="order")
app.add_typer(orders, name="orders")
app.add_typer(disputes, name="disputes")
app.add_typer(bench, name="bench")
app.add_typer(stock, name="stock")
app.add_typer(preorders, name="preorders")
