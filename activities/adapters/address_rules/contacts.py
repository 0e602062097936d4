"""The contact book: e-mail by email-validator, phone numbers by phonenumbers."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from models.intake.checks import ContactFinding
from models.shared.errors import Problem


class RuleContactBook:
    """Checks how contacts are written, without network: whether a mailbox exists only a letter tells."""

    def check(self, email: str, phone: str, country: str) -> ContactFinding:
        """E-mail with its domain normalised, phone in E.164; an empty one is not checked."""
        written, email_fault = _email(email) if email else ("", None)
        number, phone_fault = _phone(phone, country) if phone else ("", None)
        faults = tuple(fault for fault in (email_fault, phone_fault) if fault)
        return ContactFinding(email=written, phone=number, faults=faults)


def _email(email: str) -> tuple[str, Problem | None]:
    try:
        # Strict: a mailbox name of more than 64 signs is refused by the servers that it would pass.
        return validate_email(email, check_deliverability=False, strict=True).normalized, None
    except EmailNotValidError as error:
        detail = str(error).rstrip(".")
        return "", Problem(
            pointer="/email", code="email_invalid", detail=detail[:1].lower() + detail[1:],
            fix="ask the customer for another address",
        )  # fmt: skip


def _phone(phone: str, country: str) -> tuple[str, Problem | None]:
    try:
        number = phonenumbers.parse(phone, country or None)
        # Number ranges open faster than metadata is released, so a possible length is enough.
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None
    except phonenumbers.NumberParseException:
        pass
    return "", Problem(
        pointer="/phone", code="phone_invalid", detail="cannot be a phone number of the destination",
        fix=f"send it with + and the country code{_example(country)}, or leave it out",
    )  # fmt: skip


def _example(country: str) -> str:
    number = phonenumbers.example_number(country) if country else None
    if number is None:
        return ""
    return f", for example {phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)}"
