"""A worked case in words: its facts, and what was worked out by hand beside what the program says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sanchong.bill.build import masked
from sanchong.bill.words import ERROR, LINE_CLASS, Lang
from sanchong.bill.words import say as say_bill
from sanchong.dates import Period
from sanchong.law.asking import show_figure
from sanchong.law.documents import Disease
from sanchong.law.labels import (
    ADMINISTRATIVE_LEVEL,
    CATEGORY,
    GATE,
    INSURANCE,
    KIND,
    address_label,
)
from sanchong.law.library import Law
from sanchong.money import NO_LIMIT, parse_yuan, percent, yuan
from sanchong.settlement.asked import Asked
from sanchong.settlement.case import ADMINISTRATIVE_LEVELS, OTHER_PAYERS, Case, CaseVisit, Line, Provider
from sanchong.shapes import ADDRESS, ADDRESSES, CLASS_B, DISEASES, INPATIENT, INSURANCES, KINDS, LINE_CLASSES
from sanchong.site.words import FIELD, area_name

_PAYER = {
    "supplementary": ("补充医保", "supplementary insurance"),
    "commercial": ("商业保险", "commercial insurance"),
    "mutual_aid": ("职工互助", "mutual aid"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a case: what it is and what it says, an address where it sets that value."""

    label: str
    texts: tuple[str, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure worked by hand and what the program says; ``path`` is where it stands in the result."""

    label: str
    path: str
    hand: str
    program: str
    agrees: bool


class Telling:
    """Tells a case by one law in one language."""

    def __init__(self, law: Law, lang: Lang) -> None:
        self.law = law
        self.lang = lang
        self.en = lang == "en"

    def _w(self, zh: str, en: str) -> str:
        return en if self.en else zh

    # ── facts ────────────────────────────────────────────────────────────────────────────────

    def facts(self, case: Case) -> list[Fact]:
        """The person, the visits in their order, the values that the case itself sets."""
        return [*self._person(case), *self._visits(case)]

    def question(self, asked: Asked) -> list[Fact]:
        """What is asked, where and when, and what is given."""
        w, setting = self._w, asked.setting
        found = [
            Fact(w("所问", "Asked"), (asked.name,)),
            Fact(w("统筹区", "Area"), (self._area(setting.area),)),
            Fact(w("日期", "Date"), (setting.on.isoformat(),)),
        ]
        if setting.known_on:
            found.append(Fact(w("按何日所知", "Law as known on"), (setting.known_on.isoformat(),)))
        return found + [Fact(name, tuple(self._given(value))) for name, value in asked.inputs.items()]

    def answer(self, data: dict[str, Any]) -> Iterator[str]:
        """An answer's figures, by name."""
        for name, value in data.items():
            yield f"{self._field(name)} {'; '.join(self._given(value))}"

    def _given(self, value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield ", ".join(f"{name} {'; '.join(self._given(item))}" for name, item in value.items())
        elif isinstance(value, list) and value:
            for item in value:
                yield from self._given(item)
        else:
            yield self._plain(value)

    def own_values(self, case: Case) -> list[Fact]:
        """The policy values that the case sets."""
        found = []
        for slot, dated in sorted(case.overlay.items()):
            address = ADDRESSES[slot]
            texts = []
            for start, figure in dated:
                said = show_figure(address, figure, self.lang)
                texts.append(
                    said if len(dated) == 1 else self._w(f"{start} 起 {said}", f"from {start}: {said}")
                )
            label = address_label(address.name, self.law.diseases, self.lang)
            found.append(Fact(label, tuple(texts), address.name))
        return found

    def _person(self, case: Case) -> Iterator[Fact]:
        w, person = self._w, case.person
        insured = [f"{INSURANCE[INSURANCES[kind]][self.en]}{self._span(p)}" for kind, p in person.insurance]
        yield Fact(
            w("参保人", "Insured"),
            (
                masked(person.id),
                *insured,
                w(f"参保地 {self._area(case.region)}", f"insured in {self._area(case.region)}"),
            ),
        )
        homes = [f"{self._area(area)}{self._span(p)}" for area, p in person.household_region]
        yield Fact(w("户籍地", "Household's area"), tuple(homes))
        named = zip(person.category_names, person.categories, strict=True)
        held = [f"{CATEGORY[name][self.en]}{self._span(period)}" for name, (_, period) in named]
        yield Fact(w("救助对象类别", "Assistance category"), tuple(held) or (w("无", "none"),))
        if person.recognitions:
            texts = []
            for r in person.recognitions:
                legacy = w("（老患者）", " (earlier recognition)") if r.legacy else ""
                texts.append(f"{self._disease(r.disease, r.subtype)}{self._span(r.period)}{legacy}")
            yield Fact(w("已认定病种", "Recognised diseases"), tuple(texts))
        if person.waived:
            pairs = tuple(" × ".join(self._code(side) for side in pair) for pair in person.waived)
            yield Fact(w("已豁免互斥", "Exclusions waived"), pairs)
        yield Fact(w("结算年度", "Year"), (str(case.year),))
        if case.known_on:
            yield Fact(w("按何日所知", "Law as known on"), (case.known_on.isoformat(),))
        if case.close_year:
            yield Fact(
                w("年底", "Year's end"), (w("办理年底一次性救助", "assistance at the year's end is settled"),)
            )
        if case.withhold_unmodelled:
            yield Fact(
                w("未收录部分", "What is not modelled"),
                (w("暂不支付，先结算其余", "withheld; the rest is settled"),),
            )

    def _visits(self, case: Case) -> Iterator[Fact]:
        for visit in case.visits:
            kind = KIND[KINDS[visit.kind]][self.en]
            yield Fact(f"{visit.date} {kind}", tuple(self._visit(visit)))

    def _visit(self, visit: CaseVisit) -> Iterator[str]:
        w = self._w
        if visit.disease >= 0:
            yield self._disease(visit.disease, visit.subtype)
        if visit.kind == INPATIENT and visit.admitted != visit.date:
            yield w(f"{visit.admitted} 入院", f"admitted {visit.admitted}")
        if visit.provider:
            yield self._provider(visit.provider)
        if visit.kind == INPATIENT:
            yield w("按规定转诊", "referred") if visit.referred else w("未转诊", "not referred")
        if visit.in_scope:
            yield w(f"范围内费用 {yuan(visit.in_scope)}", f"in scope {yuan(visit.in_scope)}")
        for line in visit.lines:
            yield self._line(line)
        if visit.pooled is not None:
            yield w(f"基本医保已付 {yuan(visit.pooled)}", f"pooled fund given as {yuan(visit.pooled)}")
        if visit.catastrophic is not None:
            yield w(
                f"大病保险已付 {yuan(visit.catastrophic)}",
                f"catastrophic given as {yuan(visit.catastrophic)}",
            )
        for payer, paid in zip(OTHER_PAYERS, visit.other, strict=True):
            if paid:
                yield f"{_PAYER[payer][self.en]} {yuan(paid)}"
        if visit.known_on:
            yield w(f"按 {visit.known_on} 所知", f"law as known on {visit.known_on}")

    def _provider(self, provider: Provider) -> str:
        level = ADMINISTRATIVE_LEVEL[ADMINISTRATIVE_LEVELS[provider.administrative_level]][self.en]
        parts = [
            level,
            self._w(
                f"{provider.level} 级" if provider.level else "未定级",
                f"grade {provider.level}" if provider.level else "unrated",
            ),
            self._w(f"收费 {provider.fee_class} 类", f"fee class {provider.fee_class}"),
        ]
        if not provider.designated:
            parts.append(say_bill("undesignated", self.lang))
        if provider.level_exception:
            parts.append(self._w("级别例外", "exempt from the level"))
        return f"{self._w('医疗机构', 'provider')} {provider.id}{self._in_brackets(parts)}"

    def _line(self, line: Line) -> str:
        w = self._w
        named = LINE_CLASS[LINE_CLASSES[line.line_class]][self.en]
        notes = []
        if line.line_class == CLASS_B:
            notes.append(w(f"先行自付 {percent(line.advance_rate)}", f"advance {percent(line.advance_rate)}"))
        if line.price_cap != NO_LIMIT:
            notes.append(w(f"限价 {yuan(line.price_cap)}", f"price cap {yuan(line.price_cap)}"))
        if not line.related:
            notes.append(w("与病种无关", "unrelated"))
        if not line.conforming:
            notes.append(w("不合规范", "not conforming"))
        if line.dual_channel:
            notes.append(w("双通道", "dual channel"))
        said = w(f"{named}类 {yuan(line.amount)}", f"class {named} {yuan(line.amount)}")
        return said + (self._in_brackets(notes) if notes else "")

    def _in_brackets(self, parts: list[str]) -> str:
        return f" ({', '.join(parts)})" if self.en else f"（{'，'.join(parts)}）"

    def _span(self, period: Period) -> str:
        if period.start is None and period.end is None:
            return ""
        start, end = period.start or "…", period.end or self._w("今后", "…")
        return self._in_brackets([f"{start} – {end}"])

    def _area(self, code: str) -> str:
        return area_name(code, self.lang)

    def _disease(self, place: int, subtype: str) -> str:
        return self._code(f"{DISEASES[place]}:{subtype}" if subtype else DISEASES[place])

    def _code(self, code: str) -> str:
        code, _, subtype = code.partition(":")
        disease = next((d for d in self.law.diseases if d.code == code), None)
        if disease is None:
            return code
        return self._named(disease, subtype)

    def _named(self, disease: Disease, subtype: str) -> str:
        name = disease.en if self.en else disease.short
        if not subtype:
            return name
        return name + self._in_brackets([subtype if self.en else disease.subtype_names.get(subtype, subtype)])

    # ── figures ──────────────────────────────────────────────────────────────────────────────

    def figures(self, expect: dict[str, Any], result: dict[str, Any]) -> list[Figure]:
        """What was worked by hand, figure by figure, beside the program's."""
        return list(self._figures(expect, result, [], []))

    def _figures(self, hand: Any, got: Any, path: list[str], labels: list[str]) -> Iterator[Figure]:
        if isinstance(hand, dict) and hand:
            for key, value in hand.items():
                there = got.get(key) if isinstance(got, dict) else None
                yield from self._figures(value, there, [*path, str(key)], [*labels, self._field(str(key))])
        elif isinstance(hand, list) and hand and isinstance(hand[0], dict):
            for at, value in enumerate(hand):
                there = got[at] if isinstance(got, list) and at < len(got) else None
                name = str(there.get("id", "")) if isinstance(there, dict) else ""
                label = [*labels[:-1], f"{labels[-1]} {at + 1} {name}".strip()]
                yield from self._figures(value, there, [*path[:-1], f"{path[-1]}[{at}]"], label)
        else:
            same = (
                sorted(map(str, hand)) == sorted(map(str, got or []))
                if isinstance(hand, list)
                else hand == got
            )
            yield Figure(" · ".join(labels), ".".join(path), self._plain(hand), self._plain(got), same)

    def _field(self, key: str) -> str:
        if key in FIELD:
            return FIELD[key][self.en]
        return CATEGORY[key][self.en] if key in CATEGORY else key

    def _plain(self, value: Any) -> str:
        if value is None:
            return self._w("无", "none")
        if isinstance(value, bool):
            return say_bill("yes" if value else "no", self.lang)
        if isinstance(value, list):
            return self._w("、", ", ").join(map(self._plain, value)) or self._w("无", "none")
        text = str(value)
        if text in GATE:
            return GATE[text][self.en]
        if text in CATEGORY:
            return CATEGORY[text][self.en]
        if text in ERROR:
            return ERROR[text][self.en * 2]
        if text in ADDRESS:
            return address_label(text, self.law.diseases, self.lang)
        try:
            return yuan(parse_yuan(text)) if "." in text else text
        except ValueError:
            return text
