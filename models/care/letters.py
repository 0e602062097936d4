"""What we write to customers and colleagues. Pure: kind and data in, subject and text out."""

from collections.abc import Mapping

from models.order.records import NoticeKind

_K = NoticeKind

_EN: dict[NoticeKind, tuple[str, str]] = {
    _K.RECEIVED: (
        "We received your order {order}",
        "Hello {name},\n\nthank you for your order {order} over {total}. We check it now.",
    ),
    _K.REVIEWED: (
        "Your order {order} is confirmed",
        "Hello {name},\n\nyour order {order} is confirmed. We expect it to reach you by {promised_by}.",
    ),
    _K.DELAYED: (
        "Your order {order} takes longer",
        "Hello {name},\n\nsomething in your order {order} has to be restocked. We now expect it to reach you by {promised_by}."
        " You can cancel it until it leaves our warehouse.",
    ),
    _K.PREORDERED: (
        "Your preorder {order} is confirmed",
        "Hello {name},\n\nsomething in your order {order} is not out yet. It ships from {ships_from}; we expect it to reach you by"
        " {promised_by}. You can cancel it until it leaves our warehouse.",
    ),
    _K.PREORDER_MOVED: (
        "The date of your preorder {order} changed",
        "Hello {name},\n\nthe date of your preorder {order} changed. It now ships from {ships_from}; we expect it to reach you by"
        " {promised_by}. You can cancel it until it leaves our warehouse.",
    ),
    _K.PAYMENT_DUE: (
        "Please pay your order {order}",
        "Hello {name},\n\nwe go on with order {order} once your payment arrives.",
    ),
    _K.DEPOSIT_DUE: (
        "A deposit for your order {order}",
        "Hello {name},\n\nbefore we send order {order} we ask you for a deposit of {amount}. It counts towards the price, and you get it"
        " back if the order is cancelled.",
    ),
    _K.PAYMENT_FAILED: (
        "The payment of order {order} failed",
        "Hello {name},\n\nyour payment was declined ({reason}). Please choose another payment method; nothing was charged.",
    ),
    _K.PAYMENT_REMINDER: (
        "Your order {order} still waits for your payment",
        "Hello {name},\n\nwe have kept order {order} for you, but your payment has not arrived. Please pay it, or choose another"
        " payment method; otherwise we have to cancel it.",
    ),
    _K.AMOUNT_DIFFERS: (
        "The payment of order {order} does not match",
        "Hello {name},\n\nthe amount of your payment differs from your order {order}. We paused it and get in touch.",
    ),
    _K.SHIPPED: (
        "Your order {order} is on its way",
        "Hello {name},\n\n{carrier} has your parcel. Follow it by its number {tracking}.",
    ),
    _K.DELIVERED: (
        "Your order {order} was delivered",
        "Hello {name},\n\n{carrier} delivered your parcel {tracking}. If anything is wrong, answer this letter.",
    ),
    _K.PARCEL_LOST: (
        "Your parcel of order {order} is late",
        "Hello {name},\n\n{carrier} reports a problem with parcel {tracking}. We send it again or give the money back.",
    ),
    _K.CANCELLED: (
        "Your order {order} is cancelled",
        "Hello {name},\n\nyour order {order} is cancelled ({why}). Nothing is charged.",
    ),
    _K.REJECTED: (
        "We cannot accept your order {order}",
        "Hello {name},\n\nwe cannot accept your order {order}. Nothing is charged.",
    ),
    _K.REFUNDED: (
        "Your money for order {order}",
        "Hello {name},\n\nwe gave {amount} back to your payment method.",
    ),
    _K.QUESTION: (
        "A question about your order {order}",
        "Hello {name},\n\nbefore we can go on with your order {order} we need to know:\n\n{question}",
    ),
    _K.PURCHASING: ("Short of stock for {order}", "Order {order} lacks: {missing}."),
    _K.ESCALATION: (
        "Order {order} is overdue",
        "{what}: {why}. Look at the order with: orderloom order show {order}",
    ),
    _K.DISPUTE_OPENED: (
        "Your bank asks about your order {order}",
        "Hello {name},\n\nyour bank tells us that you dispute {amount} of order {order}. If that is a mistake, tell your bank."
        " If something is wrong with the order, answer this letter.",
    ),
    _K.DISPUTE_WON: (
        "Your bank decided about your order {order}",
        "Hello {name},\n\nyour bank decided that your payment of {amount} for order {order} stands.",
    ),
    _K.DISPUTE_LOST: (
        "Your money for order {order}",
        "Hello {name},\n\n{amount} of your payment for order {order} go back to you; your bank sees to it.",
    ),
    _K.DISPUTE_TASK: (
        "Answer the dispute about {order} by {until}",
        "The bank disputes {amount} of order {order} ({reason}). The evidence is packed: orderloom disputes show {dispute}."
        " Nobody answers until {until}: then {default}.",
    ),
    _K.DISPUTE_STUCK: (
        "The dispute about {order} is stuck",
        "{what}: {why}. Look at it with: orderloom disputes show {dispute}",
    ),
    _K.DISPUTE_CLAWBACK: (
        "A dispute about {order} is lost",
        "{amount} of order {order} are lost to dispute {dispute}, borne by the {bearer}. The merchants' shares: {shares}.",
    ),
    # Of these two, {order} is the task's id.
    _K.INTAKE_TASK: (
        "An order of {channel} has faults: {order}",
        "The order {source} of {channel} cannot be taken as it is:\n\n{faults}\n\n"
        "Mend it with the customer: orderloom intake show {order}",
    ),
    _K.INTAKE_QUESTION: (
        "A question about your order",
        "Hello {name},\n\nthank you for your order {source}. Before we can take it, please tell us:\n\n{faults}\n\n"
        "Answer this letter, and we do the rest. Nothing is charged until then.",
    ),
}

_PT: dict[NoticeKind, tuple[str, str]] = {
    _K.RECEIVED: (
        "Recebemos seu pedido {order}",
        "Olá {name},\n\nobrigado pelo pedido {order} de {total}. Vamos conferi-lo agora.",
    ),
    _K.REVIEWED: (
        "Seu pedido {order} foi confirmado",
        "Olá {name},\n\nseu pedido {order} foi confirmado. Previsão de entrega: {promised_by}.",
    ),
    _K.PREORDERED: (
        "Sua pré-venda {order} foi confirmada",
        "Olá {name},\n\nparte do pedido {order} ainda não foi lançada. Envio a partir de {ships_from}; previsão de entrega:"
        " {promised_by}. Você pode cancelar até a saída do nosso armazém.",
    ),
    _K.PREORDER_MOVED: (
        "A data da sua pré-venda {order} mudou",
        "Olá {name},\n\na data da sua pré-venda {order} mudou. Envio a partir de {ships_from}; previsão de entrega:"
        " {promised_by}. Você pode cancelar até a saída do nosso armazém.",
    ),
    _K.SHIPPED: (
        "Seu pedido {order} está a caminho",
        "Olá {name},\n\n{carrier} está com o seu pacote. Rastreio: {tracking}.",
    ),
    _K.DELIVERED: (
        "Seu pedido {order} foi entregue",
        "Olá {name},\n\n{carrier} entregou o pacote {tracking}.",
    ),
}

LETTERS = {"en": _EN, "pt": _PT}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def compose(
    kind: NoticeKind, locale: str, order_number: str, name: str, data: Mapping[str, str]
) -> tuple[str, str]:
    """Subject and text in the customer's language, English where there is none; a missing detail shows as a dash."""
    letters = LETTERS.get(locale.split("-", maxsplit=1)[0].lower(), _EN)
    subject, text = letters.get(kind, _EN[kind])
    values = _Blank(data, order=order_number, name=name)
    return subject.format_map(values), text.format_map(values) + "\n"


def message_id(order_number: str, kind: str, about: str) -> str:
    """The same notice always has the same Message-ID, so that a repeat can be told from a new one."""
    safe = "".join(
        char if char.isalnum() or char in "-." else "_" for char in f"{order_number}.{kind}.{about}"
    )
    return f"<{safe}@orderloom.invalid>"
