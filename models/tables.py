"""All tables in one metadata, for migrations."""

import models.allocation.tables
import models.delivery.tables
import models.intake.tables
import models.order.tables
import models.preparation.tables
import models.review.tables
import models.settlement.tables
from sqlmodel import SQLModel

METADATA = SQLModel.metadata
