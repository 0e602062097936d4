"""What a house does about disputes: when it acts by itself, and who bears a loss."""

from typing import Literal

from pydantic import Field

from models.shared.messages import Message

DAY = 86_400


class DisputePolicy(Message):
    """Times in seconds.

    `answer_margin_s`: how long before the bank's last day a dispute that nobody answered is answered by itself;
    `answer_s`: the time to answer where the bank names no day. `unanswered`: what is done then. `borne_by`: who pays for a
    dispute that is lost.
    """

    answer_margin_s: int = Field(2 * DAY, ge=0)
    answer_s: int = Field(7 * DAY, gt=0)
    remind_s: int = Field(3 * DAY, gt=0)
    verdict_s: int = Field(90 * DAY, gt=0)
    attention_s: int = Field(DAY // 24, gt=0)
    unanswered: Literal["submit_if_delivered", "submit", "accept"] = "submit_if_delivered"
    borne_by: Literal["merchant", "platform"] = "merchant"
