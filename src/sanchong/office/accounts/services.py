"""Realms, and the tokens of programs: issued, checked, counted, rotated, revoked.

A token's secret is returned once, by the command that makes it; what is kept is a keyed hash.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.db import connection, transaction
from django.utils import timezone

from sanchong.dates import today
from sanchong.office.accounts.models import Realm, Scope, Token, TokenUse
from sanchong.office.accounts.roles import ROLES
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns, refused
from sanchong.office.trail.services import record
from sanchong.settlement.refusal import Refusal

LEDGER: Final = "正式"
MOST_PER_MINUTE: Final = 60_000
LONGEST_OVERLAP: Final = dt.timedelta(days=7)
"""How long a rotated token may serve beside its successor."""

OF_SECRET: Final = f"SELECT * FROM {Token._meta.db_table} WHERE digest = %s"
COUNT: Final = f"""
INSERT INTO {TokenUse._meta.db_table} AS u (token_id, minute, calls) VALUES (%s, %s, 1)
ON CONFLICT (token_id) DO UPDATE SET
    calls = CASE WHEN excluded.minute > u.minute THEN 1 ELSE u.calls + 1 END,
    minute = CASE WHEN excluded.minute > u.minute THEN excluded.minute ELSE u.minute END
RETURNING calls
"""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token with its secret, which nobody can read again."""

    token: Token
    secret: str


# ── realms ───────────────────────────────────────────────────────────────────────────────────


def ledger() -> Realm:
    """The real ledger; Refusal ``no_ledger`` before :func:`open_ledger`."""
    found = Realm.objects.filter(sandbox=False).order_by("pk").first()
    if found is None:
        raise Refusal("no_ledger", "realm", "尚未建立正式账", "there is no ledger yet")
    return found


def open_ledger(name: str = LEDGER) -> Realm:
    """The real ledger, made if there is none: an office has one."""
    with transaction.atomic():
        found = Realm.objects.filter(sandbox=False).order_by("pk").first()
        return found or Realm.objects.create(name=name, sandbox=False)


def sandbox_of(provider_code: str) -> Realm:
    """A provider's sandbox, made at first use: a ledger of its own with people who do not exist."""
    if not provider_code:
        raise refused("provider_code", "沙箱属于一家医药机构", "a sandbox is a provider's")
    found, _ = Realm.objects.get_or_create(
        provider_code=provider_code, defaults={"name": f"沙箱 {provider_code}", "sandbox": True}
    )
    return found


# ── who may write what ───────────────────────────────────────────────────────────────────────


def agency_only(actor: Actor) -> None:
    """Refuse whoever does not handle people's matters: departments, citizens, a provider outside its own sandbox."""
    if (actor.provider_code and not _in_sandbox(actor)) or not _signed_in_as(actor, "serves"):
        raise Refusal("agency_only", "actor", "只有医保经办机构可以办理", "only the agency may do this")


def real_agency_only(actor: Actor) -> None:
    """Refuse a provider, everybody in a sandbox, and accounts that do not keep what all share: it is written in the real realm."""
    if actor.provider_code or _in_sandbox(actor) or not _signed_in_as(actor, "keeps"):
        raise Refusal(
            "agency_only",
            "actor",
            "只有医保经办机构可以在正式环境办理",
            "only the agency may do this, and not in a sandbox",
        )


def _signed_in_as(actor: Actor, right: Literal["serves", "keeps"]) -> bool:
    """Whether an account acts in a role with this right. Programs and the office itself have no role: their scopes decide."""
    if actor.account is None:
        return True
    role = ROLES.get(actor.role)
    return role is not None and getattr(role, right)


def _in_sandbox(actor: Actor) -> bool:
    return Realm.objects.filter(pk=actor.realm, sandbox=True).exists()


# ── tokens ───────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def issue(
    actor: Actor,
    name: str,
    realm: Realm,
    scopes: Sequence[str],
    *,
    provider_code: str = "",
    per_minute: int = 600,
    expires_on: dt.date | None = None,
) -> Issued:
    """A token for a program of a provider ("" : of the agency) in a realm, within scopes, until a day or without end."""
    real_agency_only(actor)
    _check_terms(realm, scopes, provider_code, per_minute, expires_on)
    issued = _new(
        actor,
        Token(
            name=name,
            realm=realm,
            provider_code=provider_code,
            scopes=sorted(set(scopes)),
            per_minute=per_minute,
            expires_on=expires_on,
        ),
    )
    record(
        actor,
        "token.issue",
        "token",
        str(issued.token.pk),
        provider=provider_code,
        realm=realm.pk,
        scopes=issued.token.scopes,
    )
    return issued


@transaction.atomic
def revoke(actor: Actor, token: int) -> Token:
    """From now on the token opens nothing. Revoking it once more changes nothing."""
    real_agency_only(actor)
    found = _locked(token)
    now = timezone.now()
    if found.revoked_at is None or found.revoked_at > now:
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
        record(actor, "token.revoke", "token", str(token))
    return found


@transaction.atomic
def rotate(actor: Actor, token: int, overlap: dt.timedelta = dt.timedelta(0)) -> Issued:
    """A new secret on the same terms. The old one serves for ``overlap`` more, so that a program can change over."""
    real_agency_only(actor)
    if not dt.timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise refused("overlap", "至多并用 7 天", "at most seven days")
    old = _locked(token)
    _refuse_dead(old)
    if old.revoked_at is not None:
        raise Refusal("token_revoked", "token", "令牌已轮换", "the token was rotated before")
    old.revoked_at = timezone.now() + overlap
    old.save(update_fields=["revoked_at"])
    issued = _new(
        actor,
        Token(
            name=old.name,
            realm=old.realm,
            provider_code=old.provider_code,
            scopes=old.scopes,
            per_minute=old.per_minute,
            expires_on=old.expires_on,
        ),
    )
    record(actor, "token.rotate", "token", str(issued.token.pk), replaces=token)
    return issued


def check(secret: str) -> Token:
    """The token that a secret opens, counted; Refusal if it is none, revoked, expired, or used too often this minute.

    Call it outside a transaction: the count is to stand whatever becomes of the request, and to lock nobody out.
    """
    token = next(iter(Token.objects.raw(OF_SECRET, [Token.digest_of(secret)])), None)
    if token is None:
        raise Refusal("token_unknown", "Authorization", "令牌无效", "no such token")
    _refuse_dead(token)
    calls = count(token)
    if calls > token.per_minute:
        raise Refusal(
            "too_many",
            "Authorization",
            f"本分钟已超过 {token.per_minute} 次；请稍后再试",
            f"more than {token.per_minute} calls in this minute; try again later",
        )
    return token


def actor_for(token: Token, scope: str, address: str = "") -> Actor:
    """Who acts by a checked token; Refusal ``scope`` if it was not given this scope."""
    if scope not in token.scopes:
        raise Refusal("scope", "Authorization", f"令牌没有权限 {scope}", f"the token lacks the scope {scope}")
    return Actor(token.realm_id, token=token.pk, provider_code=token.provider_code, address=address)


def count(token: Token) -> int:
    """Count a call, and say how many there were in this minute.

    One statement on one row a token, so that processes and machines count together. The minutes are fixed: around the
    turn of a minute twice the number may pass.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [token.pk, _minute()])
        return int(cursor.fetchone()[0])


def _minute() -> int:
    return int(time.time()) // 60


def _new(actor: Actor, token: Token) -> Issued:
    secret = Token.new_secret()
    token.digest = Token.digest_of(secret)
    token.shown = secret[: Token._meta.get_field("shown").max_length]
    token.created_by_id = actor.account
    if not token.name.strip():
        raise refused("name", "请写明程序名称", "name the program")
    check_columns(token)
    token.save()
    return Issued(token, secret)


def _check_terms(
    realm: Realm, scopes: Sequence[str], provider_code: str, per_minute: int, expires_on: dt.date | None
) -> None:
    if not scopes:
        raise refused("scopes", "至少给一项权限", "at least one scope")
    for scope in scopes:
        if scope not in Scope.values:
            choices = ", ".join(Scope.values)
            raise refused(
                "scopes", f"{scope}：应为下列之一：{choices}", f"{scope}: expected one of {choices}"
            )
    if realm.sandbox and realm.provider_code and realm.provider_code != provider_code:
        raise refused("provider_code", "这是另一家机构的沙箱", "this sandbox is another provider's")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise refused("per_minute", f"应为 1 至 {MOST_PER_MINUTE}", f"expected 1 to {MOST_PER_MINUTE}")
    if expires_on is not None and expires_on < today():
        raise refused("expires_on", "有效期已过", "this day has passed")


def _locked(token: int) -> Token:
    found = Token.objects.select_for_update(no_key=True).filter(pk=token).first()
    if found is None:
        raise Refusal("not_found", "token", "没有这个令牌", "no such token")
    return found


def _refuse_dead(token: Token) -> None:
    if token.revoked_at is not None and token.revoked_at <= timezone.now():
        raise Refusal("token_revoked", "Authorization", "令牌已吊销", "the token was revoked")
    if token.expires_on is not None and token.expires_on < today():
        raise Refusal(
            "token_expired", "Authorization", f"令牌已于 {token.expires_on} 到期", "the token has expired"
        )
