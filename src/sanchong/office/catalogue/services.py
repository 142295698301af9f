"""The one command on the catalogue: a new edition. Editions and their items are inserted and read, never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, transaction

from sanchong.dates import today
from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.catalogue.models import Edition, Item
from sanchong.office.catalogue.terms import Terms, hash_of, mistakes, repeated
from sanchong.office.checking import check_columns, refused
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

BATCH: Final = 2000


@transaction.atomic
def make_edition(
    actor: Actor, title: str, in_force_from: dt.date, rows: Sequence[Terms], known_from: dt.date | None = None
) -> Edition:
    """An edition of the whole catalogue, known from today unless it was published before.

    Refusal ``same_edition`` names the edition that has this very content; ``invalid_input`` the first row that cannot stand.
    """
    real_agency_only(actor)
    known = known_from or today()
    if known > today():
        raise refused("known_from", "不能晚于今天", "not later than today")
    if not rows:
        raise refused("rows", "目录没有任何项目", "the catalogue has no rows")
    for row in rows:
        for mistake in mistakes(row):
            raise Refusal(
                mistake.code,
                f"{row.code}.{mistake.where}",
                f"{row.code} {mistake.messages['zh']}",
                f"{row.code} {mistake.messages['en']}",
            )
    for code, insurance in repeated(rows):
        raise Refusal(
            "invalid_input",
            f"{code}.code",
            f"{code} {insurance}：同一险种内重复",
            f"{code} {insurance}: stands twice for one insurance",
        )
    name = hash_of(rows)
    refuse_same(name)
    edition = Edition(
        hash=name,
        title=title,
        in_force_from=in_force_from,
        known_from=known,
        added_by_id=actor.account,
        rows=len(rows),
    )
    check_columns(edition)
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError:
        refuse_same(name)
        raise
    Item.objects.bulk_create((_item(edition, row) for row in rows), batch_size=BATCH)
    record(actor, "catalogue.edition", "edition", name, rows=len(rows))
    return edition


def refuse_same(name: str) -> None:
    """Refuse a content that an edition has already, naming it."""
    found = Edition.objects.filter(hash=name).first()
    if found is not None:
        raise Refusal(
            "same_edition",
            "rows",
            f"内容与“{found.title}”（{found.in_force_from} 起生效）完全相同",
            f"the same content as “{found.title}”, in force from {found.in_force_from}",
        )


def _item(edition: Edition, row: Terms) -> Item:
    return Item(
        edition=edition,
        code=row.code,
        insurance=row.insurance,
        name=row.name,
        kind=row.kind,
        line_class=row.line_class,
        advance_num=row.advance and row.advance.num,
        advance_den=row.advance and row.advance.den,
        price_cap=row.price_cap,
        dual_channel=row.dual_channel,
        special_drug=row.special_drug,
        diseases=list(row.diseases),
    )
