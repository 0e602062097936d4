"""How messages become payloads: pydantic's JSON."""

from dataclasses import replace

from temporalio.contrib.pydantic import PydanticPayloadConverter, pydantic_data_converter


class OnePayloadConverter(PydanticPayloadConverter):
    """One for the whole process. The SDK makes a converter for every workflow, with a cache of types that is empty each time."""

    _one: "OnePayloadConverter | None" = None

    def __new__(cls) -> "OnePayloadConverter":
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __init__(self) -> None:
        if "converters" not in self.__dict__:
            super().__init__()


DATA_CONVERTER = replace(pydantic_data_converter, payload_converter_class=OnePayloadConverter)
