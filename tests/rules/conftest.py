"""How properties are tried: the same examples every time, without a clock."""

from hypothesis import settings

settings.register_profile("orderloom", deadline=None, derandomize=True, database=None, max_examples=40)
settings.load_profile("orderloom")
