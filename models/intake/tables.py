"""The catalogue that intake checks an order against."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel


class Product(SQLModel, table=True):
    """What can be ordered. `list_price_minor` in `list_currency` is None where no list price is known."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("weight_g >= 0", name="ck_product_weight"),)

    sku: str = Field(primary_key=True)
    title: str
    merchant_id: str
    category: str = ""
    weight_g: int = 0
    special_goods: bool = False
    list_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    list_currency: str = ""
