"""All tables in one metadata, for migrations."""

from sqlmodel import SQLModel

from models.allocation import tables as allocation
from models.delivery import tables as delivery
from models.intake import tables as intake
from models.order import tables as order
from models.preparation import tables as preparation
from models.review import tables as review
from models.settlement import tables as settlement

TABLE_MODULES = (order, intake, review, allocation, preparation, delivery, settlement)
METADATA = SQLModel.metadata
