"""What is wrong with the data or the use of a scorecard: every fault with its place and its fix."""

from models.shared.errors import Problem, Refused


class Unfit(Refused):
    """The input cannot be scored; one line for each fault."""

    def __str__(self) -> str:
        return "\n".join(f"{one.pointer}: {one.detail}; {one.fix}" for one in self.problems)


def fault(where: str, code: str, detail: str, fix: str) -> Problem:
    """One fault; `where` is a file, and the column and row in it."""
    return Problem(pointer=where, code=code, detail=detail, fix=fix)


def lacks_extra(extra: str, package: str, error: ImportError) -> Unfit:
    """A package of an optional extra is not installed."""
    return Unfit(
        [
            fault(
                package,
                "extra_missing",
                f"is not installed ({error})",
                f"install the extra `{extra}`, as in pip install 'orderloom[{extra}]'",
            )
        ]
    )
