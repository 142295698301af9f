"""What other payers pay, known before the visit is settled: recorded, and withdrawn where it was recorded wrongly."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from sanchong.money import MAX_AMOUNT, Fen
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.claims.known import Head
from sanchong.office.claims.models import Payout
from sanchong.office.claims.services.commands import Data
from sanchong.office.claims.services.visits.changing import change
from sanchong.settlement.refusal import Refusal


def record_payout(actor: Actor, key: str, number: str, payer: str, amount: Fen, paid_on: dt.date) -> Data:
    """Another payer's part of an unsettled visit, in fen; settling takes it off before assistance.

    On a settled visit it is a fact known later, which changes what was paid: refused with ``settled``.
    """
    row = Payout(payer=payer, amount=amount, paid_on=paid_on)
    check_columns(row)
    if not 0 < amount <= MAX_AMOUNT:
        raise refused("amount", "应大于零", "expected more than 0")

    def write(head: Head) -> Data:
        row.visit_id = head.id
        row.save(force_insert=True)
        return {"payout": row.pk, **said}

    said = {"payer": payer, "amount": amount, "paid_on": paid_on.isoformat()}
    late = Refusal(
        "settled",
        "visit",
        "就诊已结算；此后得知的赔付会改变已付金额，请作为事后获知的事实登记并预览差额",
        "the visit is settled; a payout known afterwards changes what was paid: record it as a fact known later",
    )
    return change(actor, key, number, "payouts", "record_payout", said, write, if_settled=late)


def withdraw_payout(actor: Actor, key: str, number: str, payout: int) -> Data:
    """Take back a payout that was recorded wrongly, before the visit is settled; its row stays, marked.

    ``payout`` is its number, as recording it gave and the visit shows. Refusal ``no_payout`` if none of that number stands
    on this visit. Of a settled visit it is not taken back: the settlement is reversed first.
    """

    def write(head: Head) -> Data:
        standing = Payout.objects.filter(visit=head.id, pk=payout, withdrawn_at=None)
        if not standing.update(withdrawn_at=timezone.now()):
            raise Refusal(
                "no_payout",
                "payout",
                f"本次就诊没有未撤回的赔付 {payout}；请查看就诊详情中的编号",
                f"this visit has no payout {payout} that stands; see the numbers that the visit shows",
            )
        return {"payout": payout}

    return change(actor, key, number, "payouts", "withdraw_payout", {"payout": payout}, write)
