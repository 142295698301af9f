"""Commands on citizens' accounts: opened at a counter or with a printed code; agents authorised, and no longer."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final

from django.db import models, transaction
from django.utils import timezone

from sanchong.dates import today
from sanchong.office import keeping
from sanchong.office.accounts import locks, staff
from sanchong.office.accounts.backend import TELEPHONE
from sanchong.office.accounts.models import Account
from sanchong.office.accounts.passwords import set_password
from sanchong.office.accounts.services import agency_only, ledger
from sanchong.office.accounts.staff import Opened
from sanchong.office.actor import Actor
from sanchong.office.checking import refused
from sanchong.office.citizens.models import MATTERS, RELATIONS, Activation, Authorisation, Holder
from sanchong.office.keeping import Kind, When
from sanchong.office.numbers import ALPHABET
from sanchong.office.people.identity import plain_number
from sanchong.office.people.models import Person
from sanchong.office.trail.services import record
from sanchong.office.visibility import visible_people
from sanchong.settlement.refusal import Refusal

CODE_CHARACTERS: Final = 12
CODE_DAYS: Final = 30
MOST_TRIES: Final = 5


# ── accounts ─────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_at_counter(actor: Actor, person: Person, phone: str) -> Opened:
    """An account for a person who stands at the counter, with a first password on paper."""
    _refuse_stranger(actor, person)
    opened = _open(person, phone, staff.first_password(), by_another=True)
    record(actor, "citizen.open", "person", person.number, person.pk, account=opened.account.pk)
    return opened


@transaction.atomic
def reset_at_counter(actor: Actor, person: Person) -> Opened:
    """Another first password for a person who forgot theirs and stands at the counter; a lock is released."""
    _refuse_stranger(actor, person)
    holder = Holder.objects.select_related("account").filter(person=person).first()
    if holder is None:
        raise Refusal("no_account", "person", "此人还没有账号，请先开通", "this person has no account yet")
    password = staff.first_password()
    set_password(holder.account, password, by_another=True)
    holder.account.save(update_fields=["password", "password_set_on", "must_change"])
    locks.release(holder.account.username)
    record(actor, "citizen.reset_password", "person", person.number, person.pk, account=holder.account_id)
    return Opened(holder.account, password)


@transaction.atomic
def print_code(actor: Actor, person: Person) -> str:
    """A code with which the person opens an account within 30 days. It takes the place of earlier ones."""
    _refuse_stranger(actor, person)
    _refuse_second(person)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
    Activation.objects.filter(person=person, used_at=None).delete()
    Activation.objects.create(
        person=person, code_index=Activation.index_of(code), last_day=today() + dt.timedelta(days=CODE_DAYS)
    )
    record(actor, "citizen.code", "person", person.number, person.pk)
    return "-".join(code[i : i + 4] for i in range(0, CODE_CHARACTERS, 4))


def activate(code: str, identity_number: str, phone: str, password: str, address: str = "") -> Account:
    """Open the account of whoever holds a printed code and the document it was printed for.

    Refusal ``code_unknown`` if the two do not belong together, the code was used, is too old, or five wrong numbers were tried
    with it: which of them is not told.
    """
    with transaction.atomic():
        found = (
            Activation.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(code_index=Activation.index_of(code), used_at=None, last_day__gte=today())
            .first()
        )
        if found is None or found.tries >= MOST_TRIES:
            pass
        elif found.person.identity_number != plain_number(identity_number):
            found.tries += 1
            found.save(update_fields=["tries"])
        else:
            account = _open(found.person, phone, password, by_another=False).account
            found.used_at = timezone.now()
            found.save(update_fields=["used_at"])
            actor = Actor(found.person.realm_id, account=account.pk, address=address, person=found.person_id)
            record(actor, "citizen.activate", "person", found.person.number, found.person_id)
            return account
    raise Refusal(
        "code_unknown",
        "code",
        "开通码与证件号码不符，或已使用、已过期；请核对，或到经办窗口重新打印",
        "code and document do not belong together, or the code was used or is too old; ask for another at a counter",
    )


def _open(person: Person, phone: str, password: str, *, by_another: bool) -> Opened:
    _refuse_second(person)
    if TELEPHONE.fullmatch(phone) is None:
        raise refused("phone", "应为 11 位手机号码", "expected a mobile number of 11 digits")
    account = staff.new_account(Account.name_of_phone(phone), person.name, password, by_another=by_another)
    account.phone = phone
    account.save(update_fields=["phone"])
    Holder.objects.create(account=account, person=person)
    return Opened(account, password)


def _refuse_second(person: Person) -> None:
    if Holder.objects.filter(person=person).exists():
        raise Refusal(
            "account_taken",
            "person",
            "此人已有账号；忘记密码请在窗口重置",
            "this person has an account; a forgotten password is reset at a counter",
        )


def _refuse_stranger(actor: Actor, person: Person) -> None:
    agency_only(actor)
    if not visible_people(actor, Person.objects.filter(pk=person.pk)).exists():
        raise Refusal("not_found", "person", "没有这个人员", "no such person")


# ── agents ───────────────────────────────────────────────────────────────────────────────────


def _guard(actor: Actor, owners: Sequence[models.Model]) -> None:
    for owner in owners:
        assert isinstance(owner, Person)
        _refuse_stranger(actor, owner)


def _check(row: Authorisation) -> None:
    if not row.source.strip():
        raise refused("source", "请写明授权文书", "name the authorisation on file")
    if row.relation not in RELATIONS:
        among = ", ".join(RELATIONS)
        raise refused("relation", f"应为下列之一：{among}", f"expected one of {among}")
    unknown = [matter for matter in row.matters if matter not in MATTERS]
    if unknown or not row.matters:
        among = ", ".join(MATTERS)
        raise refused("matters", f"至少一项，且应为下列之一：{among}", f"at least one, each of {among}")
    row.matters = sorted(set(row.matters))
    if Holder.objects.filter(account=row.agent_id, person=row.person_id).exists():
        raise refused("agent", "本人办理无需授权", "nobody is one's own agent")


AUTHORISATION: Final = Kind(
    "authorisation",
    "代办授权",
    Authorisation,
    ("person",),
    _guard,
    ("agent_id",),
    lambda r: "、".join(MATTERS[m] for m in r.matters),
    _check,
)


def agent_named(phone: str, name: str) -> Account:
    """The citizen's account that signs in with this telephone and has this name.

    Refusal ``no_agent`` if there is none: telephone and name guard each other against a slip of the pen.
    """
    found = Account.objects.filter(username=Account.name_of_phone(phone.strip()), is_active=True).first()
    if found is None or found.name != name.strip():
        raise Refusal(
            "no_agent",
            "agent",
            "没有手机号码和姓名都相符的账号；请核对，或先为代办人开通本人账号",
            "no account has both this telephone and this name; open one for the agent first",
        )
    return found


def authorise(
    actor: Actor, agent: Account, person: Person, relation: str, matters: Sequence[str], when: When
) -> Authorisation:
    """Let an account act for a person in named matters, on the ground in ``when.source``."""
    row = Authorisation(agent=agent, person=person, relation=relation, matters=list(matters), **when.columns)
    return keeping.keep(AUTHORISATION, actor, [row])[0]


def revoke(actor: Actor, row: Authorisation, reason: str) -> Authorisation:
    """The agent acts for the person no longer, from this moment on."""
    return staff.stop_now(AUTHORISATION, actor, row, reason)


# ── as whom ──────────────────────────────────────────────────────────────────────────────────


def actor_for_self(holder: Holder, address: str = "") -> Actor:
    """A person who acts for themselves."""
    return Actor(holder.person.realm_id, account=holder.account_id, address=address, person=holder.person_id)


def actor_for(row: Authorisation, address: str = "") -> Actor:
    """An agent who acts for a person: every act is recorded with whom it was done for."""
    return Actor(
        row.person.realm_id,
        account=row.agent_id,
        address=address,
        person=row.person_id,
        on_behalf_of=row.person.number,
    )


def require_matter(actor: Actor, matter: str) -> None:
    """Refuse an agent whose authorisation does not name the matter, or no longer holds; anybody else passes."""
    if not actor.on_behalf_of:
        return
    now = today()
    held = Authorisation.objects.at(now, now).filter(agent=actor.account, person=actor.person)
    if not any(matter in row.matters for row in held):
        raise Refusal(
            "not_authorised",
            "matter",
            f"授权不含“{MATTERS[matter]}”；如需办理，请到经办窗口补充授权",
            f"the authorisation does not name this matter ({matter}); extend it at a counter",
        )


def holder_of(account: Account) -> Holder | None:
    """Whose own account this is, with the person; None of staff and of those who only act for others."""
    return Holder.objects.select_related("person").filter(account=account).first()


def authorisations_of(account: Account) -> list[Authorisation]:
    """For whom an account may act today, with the people."""
    now = today()
    held = Authorisation.objects.at(now, now).filter(agent=account, person__realm=ledger())
    return list(held.select_related("person").order_by("start", "pk"))
