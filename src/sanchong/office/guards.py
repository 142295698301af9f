"""What the database itself refuses: rows that are inserted and read, never changed and never deleted.

PostgreSQL has two lines. The server's role gets no more rights than it needs, so that neither a mistake in the code nor
a stolen connection changes what was paid or recorded. Triggers on the same tables stop the owner too, who would
otherwise need only one careless statement. SQLite knows no roles: there the triggers are the one line, against mistakes,
not against who holds the file.

Who must change such rows after all (a restored backup, a key that leaks, the damage that a test plants) does it as the owner
within :func:`lifted`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from sanchong.office.dated import Dated
from sanchong.settlement.refusal import Refusal

INSERT_ONLY: Final = (
    "trail.Entry",
    "trail.Seal",
    "trail.Sealed",
    "lawbook.Bundle",
    "lawbook.Activation",
    "lawbook.Acceptance",
    "people.FormerData",
    "catalogue.Edition",
    "catalogue.Item",
    "imports.Applied",
    "claims.LaterFact",
    "claims.LaterYear",
    "claims.Settlement",
    "claims.Posting",
    "claims.Command",
    "claims.Confirmation",
    "claims.ReversalReason",
    "claims.Payment",
    "claims.ManualCase",
)
"""Models whose rows are inserted and read; every dated model (``dated.Dated``) is one besides."""

READ_ONLY: Final = ("django_migrations",)
"""Tables that only the owner writes, by migrating."""

READ_AND_INSERT: Final = ("SELECT", "INSERT")
ALL_ROWS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
NEVER: Final = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
"""Rights on an insert-only table that would let its rows be changed."""

ROLE: Final = "role"
"""The place of what is wrong with who is connected, not with a table."""

LOCK: Final = 5_300_001
"""PostgreSQL's advisory lock of who installs."""


def insert_only() -> list[type[Model]]:
    """Every model whose rows are never changed."""
    named = [apps.get_model(label) for label in INSERT_ONLY]
    return named + [model for model in apps.get_models() if issubclass(model, Dated)]


def install(connection: BaseDatabaseWrapper, role: str = "") -> None:
    """Set up all guards, as the tables' owner, after every migration; once more changes nothing.

    ``role`` is the user as whom the server connects to PostgreSQL: made if there is none, without a password, then given exactly
    the rights that it needs. "" sets up the triggers alone. SQLite has no roles. Refusal ``guards`` if the role would not be bound.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _make_sqlite_triggers(cursor)
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _make_postgresql_triggers(cursor)
        if role:
            _make_role(connection, role)
            _grant(connection, cursor, role)


def verify(connection: BaseDatabaseWrapper) -> list[Refusal]:
    """What is missing for the user who is connected; [] if the guards stand and the server has the rights it needs.

    Each is a Refusal ``guards`` whose place is the table, or :data:`ROLE`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _missing_sqlite_triggers(cursor)
        return [*_missing_postgresql_triggers(cursor), *_missing_rights(connection, cursor)]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within this block the owner may change what is otherwise insert-only: one transaction, after which the guards stand.

    Refusal ``guards`` for anybody but the owner.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite_triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            yield
            _make_sqlite_triggers(cursor)
            return
        if not _owned(cursor):
            raise _wrong(
                ROLE,
                "只有表的所有者可以解除保护；请以所有者连接（SANCHONG_OWNER_DATABASE）",
                "only the tables' owner lifts the guards: connect as the owner (SANCHONG_OWNER_DATABASE)",
            )
        cursor.execute("SELECT set_config('sanchong.guards', 'lifted', true)")
        yield
        cursor.execute("SELECT set_config('sanchong.guards', '', true)")


def _wrong(where: str, zh: str, en: str) -> Refusal:
    return Refusal("guards", where, zh, en)


def _tables() -> list[str]:
    return [model._meta.db_table for model in insert_only()]


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────


def _sqlite_triggers() -> dict[str, str]:
    """By name, each trigger as SQLite keeps it.

    A row that INSERT OR REPLACE would take away is deleted by a trigger's measure only where ``recursive_triggers`` is on:
    environment.py turns it on.
    """
    return {
        f"{table}_no_{act.lower()}": (
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table}: 只可新增，不可更改或删除 (rows are never changed or deleted)'); END"
        )
        for table in _tables()
        for act in ("UPDATE", "DELETE")
    }


def _kept_sqlite_triggers(cursor: CursorWrapper) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def _make_sqlite_triggers(cursor: CursorWrapper) -> None:
    kept = _kept_sqlite_triggers(cursor)
    for name, sql in _sqlite_triggers().items():
        if kept.get(name) != sql:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(sql)


def _missing_sqlite_triggers(cursor: CursorWrapper) -> list[Refusal]:
    kept = _kept_sqlite_triggers(cursor)
    return [
        _no_trigger(table)
        for table in _tables()
        if any(
            kept.get(name) != sql
            for name, sql in _sqlite_triggers().items()
            if name.startswith(f"{table}_no_")
        )
    ]


# ── PostgreSQL: triggers ─────────────────────────────────────────────────────────────────────

REFUSE: Final = """
BEGIN
    IF current_setting('sanchong.guards', true) = 'lifted'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '%: 只可新增，不可更改或删除 (rows are never changed or deleted)', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
"""
TRIGGER: Final = "sanchong_guard"
"""The trigger's name and its function's. It fires once a statement, so that it costs the same for any number of rows."""

STANDING: Final = """
SELECT c.relname FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
    AND t.tgname = %s AND t.tgtype = %s AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
    AND p.proname = t.tgname AND p.pronamespace = c.relnamespace AND p.prosrc = %s
"""
TRIGGER_TYPE: Final = 2 | 8 | 16 | 32
"""As pg_trigger writes it: before DELETE, UPDATE or TRUNCATE, once a statement."""


def _standing_triggers(cursor: CursorWrapper) -> set[str]:
    """The tables whose trigger is as it was made."""
    cursor.execute(STANDING, [_tables(), TRIGGER, TRIGGER_TYPE, REFUSE])
    return {table for (table,) in cursor.fetchall()}


def _make_postgresql_triggers(cursor: CursorWrapper) -> None:
    standing = _standing_triggers(cursor)
    missing = [table for table in _tables() if table not in standing]
    if missing:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $body${REFUSE}$body$"
        )
    for table in missing:
        cursor.execute(f"DROP TRIGGER IF EXISTS {TRIGGER} ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {TRIGGER}()"
        )


def _missing_postgresql_triggers(cursor: CursorWrapper) -> list[Refusal]:
    standing = _standing_triggers(cursor)
    return [_no_trigger(table) for table in _tables() if table not in standing]


def _no_trigger(table: str) -> Refusal:
    return _wrong(
        table,
        f"{table}：没有防止更改的触发器；请运行 sanchong office migrate",
        f"{table}: no trigger refuses changes: run sanchong office migrate",
    )


# ── PostgreSQL: the server's role ────────────────────────────────────────────────────────────

OWNED: Final = """
SELECT count(*) FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
    AND pg_has_role({role}, c.relowner, 'USAGE')
"""


def _owned(cursor: CursorWrapper, role: str | None = None) -> bool:
    """Whether a role (None: who is connected) may act as the owner of an insert-only table, as a superuser may."""
    if role is None:
        cursor.execute(OWNED.format(role="current_user"), [_tables()])
    else:
        cursor.execute(OWNED.format(role="%s"), [_tables(), role])
    return bool(cursor.fetchone()[0])


def _make_role(connection: BaseDatabaseWrapper, role: str) -> None:
    """The role, if there is none yet; Refusal for one whom no grant binds, or who cannot be made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            try:
                with transaction.atomic(using=connection.alias):
                    cursor.execute(f"CREATE ROLE {connection.ops.quote_name(role)} LOGIN")
            except DatabaseError as problem:
                said = " ".join(str(problem).split())
                raise _wrong(
                    role,
                    f"{role}：不能建立此数据库用户（{said}）；请管理员先建立",
                    f"{role}: cannot make this role ({said}); have an administrator make it first",
                ) from None
        elif _owned(cursor, role):
            raise _wrong(
                role,
                f"{role}：此用户拥有这些表或为超级用户，授权约束不了它；服务请用另一用户",
                f"{role}: owns the tables or is a superuser, so no grant binds it: let the server connect as another",
            )


def _rights(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, ...]]:
    """By table, what the server may do with its rows.

    Identity columns need no right on their sequences, and foreign keys are looked up in the owner's name. Rows are locked
    (SELECT … FOR UPDATE) in tables alone that may be updated.
    """
    rights = {table: ALL_ROWS for table in connection.introspection.django_table_names(only_existing=True)}
    return rights | dict.fromkeys(_tables(), READ_AND_INSERT) | {table: ("SELECT",) for table in READ_ONLY}


def _grant(connection: BaseDatabaseWrapper, cursor: CursorWrapper, role: str) -> None:
    name = connection.ops.quote_name(role)
    rights = _rights(connection)
    cursor.execute("SELECT current_database(), current_schema()")
    database, schema = map(connection.ops.quote_name, cursor.fetchone())
    cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
    cursor.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {name}")
    cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
    cursor.execute(f"REVOKE ALL ON TABLE {', '.join(rights)} FROM {name}")
    for kind in set(rights.values()):
        tables = ", ".join(table for table, given in rights.items() if given == kind)
        cursor.execute(f"GRANT {', '.join(kind)} ON TABLE {tables} TO {name}")


HELD: Final = """
SELECT c.relname, {given} FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
"""


def _missing_rights(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> list[Refusal]:
    """What the user who is connected may do and should not, or needs and may not."""
    if _owned(cursor):
        cursor.execute("SELECT current_user")
        user = cursor.fetchone()[0]
        return [
            _wrong(
                ROLE,
                f"数据库用户 {user} 拥有这些表或为超级用户，授权约束不了它；服务请用 sanchong office migrate 所授权的用户",
                f"the user {user} owns the tables or is a superuser, so no grant binds it: let the server"
                " connect as the role that sanchong office migrate grants to",
            )
        ]
    rights = _rights(connection)
    known = tuple(dict.fromkeys((*ALL_ROWS, *NEVER)))
    cursor.execute(HELD.format(given=", ".join(map(_has, known))), [list(rights)])
    found = []
    for table, *flags in cursor.fetchall():
        held = {right for right, flag in zip(known, flags, strict=True) if flag}
        for right in sorted(set(rights[table]) - held):
            found.append(
                _wrong(
                    table,
                    f"{table}：服务的数据库用户缺少权限 {right}；请运行 sanchong office migrate",
                    f"{table}: the server's role lacks {right}: run sanchong office migrate",
                )
            )
        for right in sorted(held - set(rights[table])):
            found.append(
                _wrong(
                    table,
                    f"{table}：服务的数据库用户不应有权限 {right}；请运行 sanchong office migrate",
                    f"{table}: the server's role should not have {right}: run sanchong office migrate",
                )
            )
    return found


def _has(right: str) -> str:
    """Whether who is connected has a right on the table, or on a column of it."""
    if right == "UPDATE":
        return "has_any_column_privilege(c.oid, 'UPDATE')"
    return f"has_table_privilege(c.oid, '{right}')"
