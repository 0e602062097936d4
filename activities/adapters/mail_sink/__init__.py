"""A mail server in this process that keeps every letter."""

from activities.adapters.mail_sink.server import MailSink

__all__ = ["MailSink"]
