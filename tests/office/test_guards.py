"""The database refuses to change what was paid or recorded, whoever asks; and the server's role can do its work."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from tests.office.guarded.roles import ROLE, as_server, execute, postgresql, sqlite
from tests.office.master import agency, day, register, since
from tests.office.world import build

from sanchong.dates import today
from sanchong.office import guards
from sanchong.office.accounts import services as accounts
from sanchong.office.accounts.models import Realm
from sanchong.office.catalogue.services import make_edition
from sanchong.office.catalogue.terms import Terms
from sanchong.office.claims import services as claims
from sanchong.office.claims.models import Posting, Settlement
from sanchong.office.dated import Dated
from sanchong.office.people import services as people
from sanchong.office.people.models import Enrolment, FormerData, Grant
from sanchong.office.trail.models import Entry
from sanchong.settlement.refusal import Refusal

pytestmark = pytest.mark.django_db

MAY_CHANGE = {
    "accounts.Account", "accounts.Realm", "accounts.Token", "accounts.TokenUse",
    "accounts.SecondFactor", "accounts.Session", "accounts.Knocks",
    "citizens.Holder", "citizens.Activation", "citizens.Correction",
    "people.Area", "people.Person", "people.Household",
    "providers.Provider", "providers.Practitioner",
    "claims.Visit", "claims.Diagnosis", "claims.FeeLine", "claims.Payout", "claims.PersonYear", "claims.Outbox",
    "studies.Study",
}  # fmt: skip

each_table = pytest.mark.parametrize("model", guards.insert_only(), ids=lambda model: model._meta.label)


def refuses(sql: str) -> None:
    """The database refuses a statement, for the sake of the guards and not by a slip in the statement."""
    with (
        pytest.raises(DatabaseError, match=r"never changed or deleted|permission denied"),
        transaction.atomic(),
    ):
        execute(sql)


def any_row(model: type[models.Model]) -> models.Model:
    """A row that means nothing."""
    row: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.null or isinstance(field, models.BigAutoField):
            continue
        match field.get_internal_type():
            case "CharField" | "TextField":
                row[field.attname] = "1"
            case "DateField":
                row[field.attname] = dt.date(2026, 1, 1)
            case "DateTimeField":
                row[field.attname] = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
            case "BinaryField":
                row[field.attname] = b"1"
            case "JSONField":
                row[field.attname] = []
            case _:
                row[field.attname] = 1
    return model(**row)


# ── every table ──────────────────────────────────────────────────────────────────────────────


def test_every_table_of_the_office_either_may_be_changed_or_is_guarded() -> None:
    """A new model is put into one of the two lists by somebody who thought about it."""
    office = {m._meta.label for m in apps.get_models() if m.__module__.startswith("sanchong.office")}
    guarded = {model._meta.label for model in guards.insert_only()}
    assert guarded | MAY_CHANGE == office and not guarded & MAY_CHANGE
    assert guarded > {m._meta.label for m in apps.get_models() if issubclass(m, Dated)} > {"people.Grant"}


@sqlite
@each_table
def test_sqlite_refuses_to_change_delete_or_replace_a_row(model: type[models.Model]) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    with transaction.atomic():
        execute("PRAGMA ignore_check_constraints = ON")
        model._base_manager.bulk_create([any_row(model)])
        refuses(f"UPDATE {table} SET {key} = {key}")
        refuses(f"DELETE FROM {table}")
        refuses(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        assert model._base_manager.count() == 1
        execute("PRAGMA ignore_check_constraints = OFF")
        transaction.set_rollback(True)  # what it refers to does not exist


@postgresql
@each_table
def test_postgresql_refuses_the_server_and_the_owner_alike(model: type[models.Model]) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    changes = [
        *(f'UPDATE {table} SET "{field.column}" = "{field.column}"' for field in model._meta.concrete_fields),
        f"DELETE FROM {table} WHERE {key} IS NULL",
        f"TRUNCATE {table} CASCADE",
    ]
    for sql in changes:
        refuses(sql)
    with as_server():
        for sql in (*changes, f"SELECT 1 FROM {table} FOR UPDATE"):
            refuses(sql)
        with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic():
            execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


def test_what_is_refused_changes_nothing() -> None:
    city = build()
    claims.settle(
        city.visit(city.person(), "inpatient", "2026-03-10", ("A1", "12000")).number,
        "key-00000001",
        city.actor,
    )
    kept = [list(m.objects.order_by("pk").values()) for m in (Settlement, Posting, Entry, Enrolment)]
    refuses("UPDATE claims_settlement SET assistance = assistance + 1")
    refuses("UPDATE claims_posting SET amount = 0")
    refuses("DELETE FROM trail_entry")
    refuses("UPDATE people_enrolment SET contribution = 0")
    assert kept == [list(m.objects.order_by("pk").values()) for m in (Settlement, Posting, Entry, Enrolment)]


# ── the server's role ────────────────────────────────────────────────────────────────────────


@postgresql
def test_the_server_settles_reverses_and_closes_a_year_with_its_rights() -> None:
    city = build()
    person = city.person("subsistence_allowance", "diabetes")
    one = city.visit(person, "inpatient", "2026-03-10", ("A1", "30000"))
    two = city.visit(person, "outpatient", "2026-05-10", ("A1", "290"), disease="diabetes")
    with as_server():
        claims.quote(one.number, city.actor)
        claims.settle(one.number, "key-00000001", city.actor)
        claims.settle(two.number, "key-00000002", city.actor)
        claims.close_year(city.actor, "key-00000003", person.number, 2026)
        claims.preview_reversal(one.number, city.actor)
        claims.reverse(one.number, "key-00000004", city.actor, "重复结算")
    kinds = Settlement.objects.order_by("turn").values_list("kind", flat=True)
    assert list(kinds)[:4] == ["settle", "settle", "close", "reverse"]


@postgresql
def test_the_server_keeps_its_master_data_with_its_rights() -> None:
    actor = agency()
    with as_server():
        person = register(actor)
        people.correct_person(actor, person.number, "笔误", name="李四")
        household = people.form_household(actor, "140302001001", [person], since("2025-01-01"))
        row = people.grant(actor, household, "subsistence_allowance", "民政局", since("2025-01-01"))
        corrected = people.correct(actor, "grant", row.pk, "笔误", start=day("2025-02-01"))
        people.end(actor, "grant", corrected.pk, day("2026-01-31"), "退出")
        issued = accounts.issue(actor, "医院系统", Realm.objects.get(), ["people:read"], provider_code="H1")
        accounts.check(issued.secret)
        accounts.revoke(actor, issued.token.pk)
        make_edition(actor, "目录", today(), [Terms("A1", "阿莫西林", "drug", "A")])
    assert Grant.objects.count() == 3 and FormerData.objects.count() == 1


@postgresql
@pytest.mark.django_db(transaction=True)
def test_the_server_as_it_connects_reads_and_inserts_but_does_not_change() -> None:
    """No SET ROLE here: another connection, by another user, with what the owner committed."""
    agency()
    guards.install(connection, ROLE)
    at = connection.settings_dict
    try:
        with psycopg.connect(
            host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user=ROLE, autocommit=True
        ) as server:
            assert server.execute("SELECT count(*) FROM trail_entry").fetchone() == (Entry.objects.count(),)
            before = Entry.objects.count()
            server.execute(
                "INSERT INTO trail_entry (at, on_behalf_of, act, kind, object_id, details)"
                " VALUES (now(), '', 'person.read', 'person', '1', '{}')"
            )
            for sql in (
                "UPDATE trail_entry SET act = 'x'",
                "DELETE FROM trail_entry",
                "TRUNCATE trail_entry",
                "SELECT set_config('sanchong.guards', 'lifted', false); DELETE FROM trail_entry",
                "DROP TABLE trail_entry",
                "DROP TRIGGER sanchong_guard ON trail_entry",
                "CREATE OR REPLACE FUNCTION sanchong_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TABLE mine (id int)",
                "INSERT INTO django_migrations (app, name, applied) VALUES ('claims', 'x', now())",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    server.execute(sql)
            assert Entry.objects.count() == before + 1
    finally:
        execute(f"DROP OWNED BY {ROLE}")
        execute(f"DROP ROLE {ROLE}")


@postgresql
def test_no_guards_are_set_up_for_a_role_that_they_would_not_bind() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    execute(f"CREATE ROLE {ROLE}_2 LOGIN IN ROLE {owner}")
    for role in (owner, f"{ROLE}_2"):
        with pytest.raises(Refusal, match="owns the tables"):
            guards.install(connection, role)


# ── setting up, and what is missing ──────────────────────────────────────────────────────────


def state() -> Any:
    """The guards as the database keeps them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            return cursor.fetchall()
        cursor.execute(
            "SELECT c.oid, c.relacl::text, t.oid FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid"
            " WHERE c.relnamespace = current_schema()::regnamespace ORDER BY 1, 3"
        )
        return cursor.fetchall()


def test_setting_up_once_more_changes_nothing() -> None:
    guards.install(connection, ROLE)
    first = state()
    guards.install(connection, ROLE)
    assert state() == first != []


@sqlite
def test_sqlite_says_which_trigger_is_gone_or_was_weakened_and_sets_it_up_again() -> None:
    assert guards.verify(connection) == []
    execute("DROP TRIGGER claims_posting_no_delete")
    execute("DROP TRIGGER trail_entry_no_update")
    execute("CREATE TRIGGER trail_entry_no_update BEFORE UPDATE ON trail_entry WHEN 0 BEGIN SELECT 1; END")
    missing = guards.verify(connection)
    assert sorted(m.where for m in missing) == ["claims_posting", "trail_entry"]
    assert all("sanchong office migrate" in text for m in missing for text in m.messages.values())
    guards.install(connection)
    assert guards.verify(connection) == []


@postgresql
@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        ("DROP TRIGGER sanchong_guard ON claims_posting", "claims_posting"),
        ("ALTER TABLE claims_posting DISABLE TRIGGER sanchong_guard", "claims_posting"),
        (
            "DROP TRIGGER sanchong_guard ON claims_posting; CREATE TRIGGER sanchong_guard"
            " BEFORE UPDATE ON claims_posting FOR EACH STATEMENT EXECUTE FUNCTION sanchong_guard()",
            "claims_posting",
        ),
        (f"GRANT UPDATE ON claims_posting TO {ROLE}", "claims_posting"),
        (f"GRANT UPDATE (amount) ON claims_posting TO {ROLE}", "claims_posting"),
        (f"GRANT DELETE ON claims_posting TO {ROLE}", "claims_posting"),
        ("GRANT TRUNCATE ON claims_posting TO PUBLIC", "claims_posting"),
        (f"REVOKE INSERT ON claims_posting FROM {ROLE}", "claims_posting"),
        (f"REVOKE UPDATE ON claims_visit FROM {ROLE}", "claims_visit"),
        (f"GRANT INSERT ON django_migrations TO {ROLE}", "django_migrations"),
    ],
)
def test_postgresql_says_what_is_missing_or_too_much(spoil: str, where: str) -> None:
    with as_server():
        assert guards.verify(connection) == []
    execute(spoil)
    execute(f"SET ROLE {ROLE}")
    missing = guards.verify(connection)
    execute("RESET ROLE")
    assert [m.where for m in missing] == [where]
    assert all("sanchong office migrate" in text for text in missing[0].messages.values())


@postgresql
def test_setting_up_takes_back_what_the_role_was_given_besides() -> None:
    guards.install(connection, ROLE)
    execute(f"GRANT ALL ON claims_posting, claims_visit TO {ROLE}")
    execute(f"GRANT UPDATE (amount) ON claims_posting TO {ROLE}")
    with as_server():
        assert guards.verify(connection) == []


@postgresql
def test_a_function_that_lets_all_through_is_found_at_every_table() -> None:
    execute(
        "CREATE OR REPLACE FUNCTION sanchong_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    tables = {model._meta.db_table for model in guards.insert_only()}
    assert {m.where for m in guards.verify(connection)} == tables | {"role"}


@postgresql
def test_a_server_that_connects_as_the_owner_is_told_so() -> None:
    (missing,) = guards.verify(connection)
    assert missing.where == "role" and "owns the tables" in missing.messages["en"]


# ── the owner ────────────────────────────────────────────────────────────────────────────────


def test_the_owner_may_lift_the_guards_for_one_transaction() -> None:
    agency()
    with guards.lifted(connection):
        execute("UPDATE trail_entry SET act = 'spoilt'")
    assert set(Entry.objects.values_list("act", flat=True)) == {"spoilt"}
    refuses("UPDATE trail_entry SET act = 'again'")
    with pytest.raises(ZeroDivisionError), guards.lifted(connection):
        execute("UPDATE trail_entry SET act = 'rolled back'")
        raise ZeroDivisionError
    assert set(Entry.objects.values_list("act", flat=True)) == {"spoilt"}
    refuses("UPDATE trail_entry SET act = 'again'")


@postgresql
def test_the_server_cannot_lift_them() -> None:
    agency()
    with as_server():
        with pytest.raises(Refusal, match="owner"), guards.lifted(connection):
            pass
        execute("SELECT set_config('sanchong.guards', 'lifted', true)")
        refuses("DELETE FROM trail_entry")
