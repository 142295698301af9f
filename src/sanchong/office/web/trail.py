"""The trail as an auditor reads it: when, who, what, on which object, and whose data, under half a name; never the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from sanchong.office.accounts.models import TELEPHONE_NAME, Account, Token
from sanchong.office.actor import Actor
from sanchong.office.people.identity import plain_number
from sanchong.office.people.models import Person
from sanchong.office.trail.models import Entry
from sanchong.office.visibility import visible_entries
from sanchong.office.web import trail_words as words
from sanchong.office.web.lists import Column, Empty, Filter, Listed

OFFICE: Final = "系统"
UNKNOWN: Final = "未登录者"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with the names that it has ids for."""

    entry: Entry
    who: str
    whom: str
    """Half a name, and the person's number."""


def half(name: str) -> str:
    """A person's name as an auditor sees it: the first character."""
    return name[:1] + "*" * (len(name) - 1)


def _named(entries: Sequence[Entry]) -> list[Line]:
    """The entries with their names, in as many statements however many they are."""
    accounts = {a.pk: a for a in Account.objects.filter(pk__in={e.account for e in entries})}
    tokens = dict(Token.objects.filter(pk__in={e.token for e in entries}).values_list("pk", "name"))
    people = {p.pk: p for p in Person.objects.filter(pk__in={e.person_id for e in entries})}
    return [Line(e, _who(e, accounts, tokens), _whom(e, people)) for e in entries]


def _who(entry: Entry, accounts: dict[int, Account], tokens: dict[int, str]) -> str:
    if entry.token is not None:
        return f"程序 {tokens.get(entry.token, entry.token)}"
    if entry.account is None:
        return UNKNOWN if entry.act in words.BEFORE_SIGNING_IN or entry.act == "api.refused" else OFFICE
    account = accounts.get(entry.account)
    if account is None:
        return f"账号 {entry.account}"
    if account.username.startswith(TELEPHONE_NAME):
        return f"参保人账号 {account.pk}"
    return f"{account.name}（{account.username}）"


def _whom(entry: Entry, people: dict[int, Person]) -> str:
    person = people.get(entry.person_id or 0)
    return f"{half(person.name)} {person.number}" if person is not None else ""


def _when(line: Line) -> str:
    return str(timezone.localtime(line.entry.at).strftime("%Y-%m-%d %H:%M:%S"))


# ── conditions ───────────────────────────────────────────────────────────────────────────────


def _on(found: QuerySet[Entry], day: dt.date) -> QuerySet[Entry]:
    start = dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())
    return found.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))


def _by(found: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """By whom: somebody who works, by name or by the account's; a program by its name."""
    staff = Account.objects.exclude(username__startswith=TELEPHONE_NAME)
    accounts = list(staff.filter(Q(username=text) | Q(name=text)).values_list("pk", flat=True))
    tokens = list(Token.objects.filter(name=text).values_list("pk", flat=True))
    return found.filter(Q(account__in=accounts) | Q(token__in=tokens))


def _about(found: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """About whom: a person by their number or their document's."""
    number = plain_number(text)
    people = Person.objects.filter(
        Q(number=number) | Q(identity_index=Person.index_of("identity", number))
    ).values_list("pk", flat=True)
    return found.filter(person_id__in=list(people))


def _of_kind(found: QuerySet[Entry], what: str) -> QuerySet[Entry]:
    acts = words.GROUPS.get(what)
    if acts is not None:
        return found.filter(act__in=acts)
    return found.filter(act__startswith=f"{what}.")


def _rows(actor: Actor) -> QuerySet[Entry]:
    return visible_entries(actor, Entry.objects.all())


def _of(read: Callable[[Entry], Any]) -> Callable[[Line], Any]:
    return lambda line: read(line.entry)


TRAIL: Final = Listed(
    name="trail",
    title="审计记录",
    rows=_rows,
    complete=_named,
    columns=(
        Column("at", "时间", _when, by=("pk",)),
        Column("who", "谁", lambda line: line.who),
        Column("for", "代办", _of(lambda entry: entry.on_behalf_of)),
        Column("act", "做了什么", _of(lambda entry: words.act(entry.act))),
        Column("object", "对象", _of(words.thing)),
        Column("whom", "涉及的参保人", lambda line: line.whom),
        Column("address", "来源地址", _of(lambda entry: entry.address)),
    ),
    filters=(
        Filter("day", "日期", _on, day=True),
        Filter("who", "谁", _by, hint="账号、姓名或程序名称", most=100),
        Filter("act", "做了什么", _of_kind, choices=words.choices),
        Filter("whom", "参保人", _about, personal=True, hint="人员编号或证件号码", most=50),
    ),
    order="-at",
    empty=Empty("没有这样的记录", "换一个日期，或按人查：工作人员写账号或姓名，参保人写人员编号或证件号码。"),
)
