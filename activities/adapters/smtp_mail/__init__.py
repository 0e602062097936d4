"""Any mail server, by SMTP."""

from activities.adapters.smtp_mail.mailer import SmtpMailer

__all__ = ["SmtpMailer"]
