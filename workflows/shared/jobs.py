"""Work that a bench tells: a job that the main coroutine does and answers."""

from models.preparation.messages import BenchAnswer, BenchWork


class BenchJob:
    """What a bench asked for, and the answer once the main coroutine gave it. `begun`: it is being done."""

    def __init__(self, work: BenchWork) -> None:
        self.work = work
        self.begun = False
        self.answer: BenchAnswer | None = None
