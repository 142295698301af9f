"""Importing hospitals and pharmacies with their standing and their designation: one row a provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sanchong.law.labels import ADMINISTRATIVE_LEVEL
from sanchong.office.accounts.services import real_agency_only
from sanchong.office.actor import Actor
from sanchong.office.checking import check_columns
from sanchong.office.imports.cells import area, choice, date, flag, text, whole
from sanchong.office.imports.columns import Column, Record
from sanchong.office.imports.holders import standing
from sanchong.office.imports.plan import (
    CHANGED,
    NEW,
    UNCHANGED,
    Change,
    Importer,
    Ledger,
    Options,
    Plan,
    by_row,
    outcome_of,
)
from sanchong.office.keeping import When, follow, in_chunks
from sanchong.office.providers import kinds, services
from sanchong.office.providers.models import Agreement, Provider, Standing
from sanchong.settlement.refusal import Refusal

COLUMNS: Final = (
    Column("code", "机构编码", text(12), "H14030200001"),
    Column("name", "名称", text(200), "市第一人民医院"),
    Column("kind", "类型", choice({"hospital": "医疗机构", "pharmacy": "零售药店"}), "医疗机构"),
    Column("region", "所在地", area, "140302"),
    Column("level", "等级", whole(0, 3), "3", note="0 为未定级 (0: unrated)"),
    Column("fee_class", "收费类别", whole(1, 3), "3"),
    Column(
        "administrative_level",
        "隶属级别",
        choice({code: zh for code, (zh, _) in ADMINISTRATIVE_LEVEL.items()}),
        "市级",
    ),
    Column("level_exception", "级别例外", flag, "否", False, "空为否 (empty: no)"),
    Column("start", "属性起始日期", date, "2026-01-01"),
    Column("agreement", "协议编号", text(60), "", False, "空为无编号 (empty: none)"),
    Column(
        "designated_from", "定点起始日期", date, "2026-01-01", False, "空为不登记协议 (empty: no agreement)"
    ),
    Column("designated_to", "定点终止日期", date, "2026-12-31", False, "空为未终止 (empty: open)"),
)

_STANDING: Final = ("region", "level", "fee_class", "administrative_level", "level_exception")


class _Making:
    """The plan in the making: what stands, looked up at once, and what is to be done."""

    def __init__(self, records: Sequence[Record], options: Options) -> None:
        self.options = options
        codes = {record["code"] for record in records}
        self.providers = {
            p.code: p for chunk in in_chunks(codes) for p in Provider.objects.filter(code__in=chunk)
        }
        ids = [provider.pk for provider in self.providers.values()]
        self.standings: list[Any] = standing(kinds.STANDING, "provider", ids)
        self.agreements: Ledger[Any] = Ledger(
            kinds.AGREEMENT,
            (row for row in standing(kinds.AGREEMENT, "provider", ids)),
        )
        self.rows: dict[str, int] = {}
        self.new: list[Provider] = []
        self.renamed: list[tuple[str, str]] = []
        self.following: list[Standing] = []

    def take(self, record: Record) -> Change:
        """What one record comes to; nothing of it is kept if it is refused."""
        code = record["code"]
        if code in self.rows:
            row = self.rows[code]
            raise Refusal("repeated", "code", f"与第 {row} 行重复", f"the same as in row {row}")
        provider = self.providers.get(code)
        is_new = provider is None
        if provider is None:
            provider = Provider(code=code, name=record["name"], kind=record["kind"])
            check_columns(provider)
        elif provider.kind != record["kind"]:
            raise Refusal(
                "invalid_input", "kind", f"已登记为{provider.get_kind_display()}", f"it is a {provider.kind}"
            )
        row_of = self._standing_of(record, provider)
        differs = self._differs(row_of)
        outcome, agreed = self._agreement(record, provider)
        self.rows[code] = record.row
        if differs:
            self.following.append(row_of)
        if is_new:
            self.new.append(provider)
            return Change(record.row, NEW, code)
        renamed = provider.name != record["name"]
        if renamed:
            self.renamed.append((code, record["name"]))
        done = outcome_of((UNCHANGED, *[CHANGED] * (renamed + bool(differs)), outcome))
        more = ["agreement"] if outcome == NEW else agreed
        return Change(record.row, done, code, [*["name"] * renamed, *differs, *more])

    def _standing_of(self, record: Record, provider: Provider) -> Standing:
        when = When(record["start"], None, self.options.known_from, self.options.source)
        said = {name: record[name] for name in _STANDING} | {
            "level_exception": bool(record["level_exception"])
        }
        row = Standing(provider=provider, **said, **when.columns)
        kinds.STANDING.check(row)
        return row

    def _differs(self, row: Standing) -> list[str]:
        """The fields in which the standing on the row's first day is another; Refusal if it cannot simply follow."""
        if row.provider_id is None:
            return list(_STANDING)
        own = [other for other in self.standings if other.provider_id == row.provider_id]
        there = next((o for o in own if o.start <= row.start and (o.end is None or o.end >= row.start)), None)
        fields = [name for name in _STANDING if there is None or getattr(there, name) != getattr(row, name)]
        if not fields:
            return []
        late = next((o for o in own if o.start >= row.start), None)
        if late is not None:
            raise Refusal(
                "overlap",
                "start",
                f"自 {late.start} 起已有属性；请个别更正",
                f"a standing stands since {late.start}: correct it by hand",
            )
        return fields

    def _agreement(self, record: Record, provider: Provider) -> tuple[str, list[str]]:
        if record["designated_from"] is None:
            if record["designated_to"] is not None:
                raise Refusal("required", "designated_from", "缺少定点起始日期", "the first day is missing")
            return UNCHANGED, []
        when = When(
            record["designated_from"], record["designated_to"], self.options.known_from, self.options.source
        )
        row = Agreement(
            provider=provider, kind="designated", number=record["agreement"] or "", **when.columns
        )
        group = ("new", provider.code) if provider.pk is None else None
        return self.agreements.take(row, ("number",), group)

    def basis(self) -> list[Any]:
        """All that is to be written, and what it follows."""
        return [
            [[p.code, p.name, p.kind] for p in self.new],
            self.renamed,
            [
                [r.provider.code, str(r.start), *[str(getattr(r, n)) for n in _STANDING]]
                for r in self.following
            ],
            [row.pk for row in self.standings],
            self.agreements.basis(),
        ]

    def do(self, actor: Actor) -> None:
        """Write it: the providers, then what they are."""
        services.register_all(actor, self.new)
        for code, name in self.renamed:
            services.rename(actor, code, name)
        for row in self.following:
            row.provider = row.provider  # registered meanwhile: takes over the key
            follow(kinds.STANDING, actor, row)
        for agreement in self.agreements.new:
            agreement.provider = agreement.provider
        self.agreements.write(actor, self.options)


def _plan(actor: Actor, records: Sequence[Record], options: Options, plan: Plan) -> None:
    real_agency_only(actor)
    making = _Making(records, options)
    by_row(records, COLUMNS, plan, making.take)
    plan.basis += making.basis()
    plan.work.append(making.do)


PROVIDERS: Final = Importer("providers", "医药机构", COLUMNS, _plan)
