"""Studies on pages: their list, the forms that start one, how far it is, what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.urls import reverse

from sanchong.dates import today
from sanchong.money import yuan
from sanchong.office.api.problems import STATUS
from sanchong.office.imports.cells import choice, whole
from sanchong.office.studies import folders, offered
from sanchong.office.studies.models import Kind, State, Study
from sanchong.office.studies.services import (
    FIRST_YEAR,
    LAST_YEAR,
    LEAST_PEOPLE,
    MOST_PEOPLE,
    folder_of,
)
from sanchong.office.visibility import visible_studies
from sanchong.office.web.forms import Field
from sanchong.office.web.lists import Column, Empty, Filter, Listed, Tag
from sanchong.office.web.timeline import signed

REPORT: Final = "report.html"
DOWNLOADS: Final = {
    "tables.xlsx": "全部表格（Excel）",
    "statements.parquet": "结算单",
    "years.parquet": "年度合计",
    "rejects.parquet": "未能结算的行",
    "run.json": "运行记录",
}
"""Results that may be taken away, by file."""
TONES: Final[Mapping[str, Any]] = {State.FAILED: "bad", State.CANCELLED: "off", State.INTERRUPTED: "bad"}

STUDIES: Final = Listed(
    name="studies",
    title="测算与仿真",
    rows=lambda actor: visible_studies(actor, Study.objects.select_related("by")),
    columns=(
        Column(
            "title",
            "名称",
            lambda study: study.title,
            link=lambda study: reverse("web:study", args=[study.pk]),
            by=("title",),
        ),
        Column("kind", "种类", lambda study: Kind(study.kind).label, by=("kind",)),
        Column(
            "state", "状态", lambda study: [Tag(State(study.state).label, TONES.get(study.state, ""))], "tags"
        ),
        Column("started", "开始", lambda study: study.started_at, "moment", by=("started_at",)),
        Column("ended", "结束", lambda study: study.ended_at, "moment", by=("ended_at",)),
        Column("by", "发起人", lambda study: study.by.name),
        Column("key", "编号", lambda study: study.pk, by=("id",)),
    ),
    filters=(
        Filter("kind", "种类", lambda f, kind: f.filter(kind=kind), choices=lambda: Kind.choices),
        Filter("state", "状态", lambda f, state: f.filter(state=state), choices=lambda: State.choices),
    ),
    order="-started",
    empty=Empty(
        "还没有测算",
        "可以先做一次小规模的政策模拟：几千人，一两分钟，看一项改革落在谁身上。",
        "开始模拟",
        "web:study_simulation",
    ),
    unit="项",
)


# ── forms ────────────────────────────────────────────────────────────────────────────────────

ASSUMED: Final = {"all": "按示例数值计算，报告中注明", "office": "只用本机构已采用的，其余不计算"}
WITHHOLD: Final = {"refuse": "列为无法结算", "withhold": "暂按不救助计算"}


def simulation_fields() -> tuple[Field, ...]:
    """What a simulation asks besides its reforms."""
    places = offered.areas()
    return (
        Field("area", "地区", choice(dict(places)), "choice", lambda: places),
        Field(
            "people",
            "人数",
            whole(LEAST_PEOPLE, MOST_PEOPLE),
            "number",
            hint=f"{LEAST_PEOPLE:,} 至 {MOST_PEOPLE:,}；越多越准，也越慢",
        ),
        Field("seed", "随机种子", whole(0, 10**8), "number", hint="同一个种子生成同样的人口"),
        Field("year", "年度", whole(FIRST_YEAR, LAST_YEAR), "number"),
        *_common(),
    )


def batch_fields() -> tuple[Field, ...]:
    """What a batch asks besides its tables."""
    year = Field(
        "year",
        "年度",
        whole(FIRST_YEAR, LAST_YEAR),
        "number",
        required=False,
        hint="不填则各按就诊日期所属年度",
    )
    return (year, *_common())


def _common() -> tuple[Field, ...]:
    return (
        Field("assumed", "没有文件依据的数值", choice(ASSUMED), "choice", lambda: [*ASSUMED.items()]),
        Field("withhold", "救助标准未收录的人", choice(WITHHOLD), "choice", lambda: [*WITHHOLD.items()]),
    )


def simulation_known() -> dict[str, str]:
    """What stands in the form at first."""
    places = offered.areas()
    return {
        "area": places[0][0] if places else "",
        "people": "5000",
        "seed": "1",
        "year": str(max(FIRST_YEAR + 1, today().year)),
        "assumed": "all",
        "withhold": "refuse",
    }


# ── one of them ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a running study is, in words and for a bar."""

    title: str
    said: str
    fill: str
    """Of 100 units; "" while nothing is known."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A scenario's main figures: of the law as it stands, and what a reform changes."""

    title: str
    tiers: str
    patient: str
    newly: int
    moved: int | None = None
    """How many people pay less or more by a reform; None of the law as it stands, and where an earlier run did not say."""

    @property
    def nothing(self) -> bool:
        """Whether a reform changes nothing for anybody."""
        return self.moved == 0 and not self.newly


@dataclass(frozen=True, slots=True)
class Page:
    """A study as its template draws it."""

    study: Study
    kind: str
    state: str
    tone: str
    asked: Sequence[tuple[str, str]]
    stage: Stage | None
    wrong: str
    counts: Sequence[tuple[str, int]]
    figures: Sequence[Figure]
    refused: Sequence[tuple[str, int]]
    report: bool
    files: Sequence[tuple[str, str, str]]
    """Name, what it is, how large."""


def page_of(study: Study) -> Page:
    """A study as it stands."""
    folder = folder_of(study)
    done = study.state == State.DONE
    said = study.said
    counts = [
        (title, said[name])
        for name, title in (
            ("people", "人数"), ("visits", "就诊"), ("settled", "已结算"), ("years", "人年"),
            ("rejects", "未能结算的行"), ("refused", "未能结算的人"),
        )
        if done and name in said
    ]  # fmt: skip
    return Page(
        study,
        Kind(study.kind).label,
        State(study.state).label,
        TONES.get(study.state, ""),
        _asked(study),
        _stage(folder) if study.state == State.RUNNING else None,
        said.get("wrong", ""),
        counts,
        [_figure(scenario) for scenario in said.get("scenarios", ())],
        [
            (STATUS.get(code, (0, "其他原因", ""))[1], n)
            for code, n in sorted(said.get("by_code", {}).items())
        ],
        done and (folder / folders.RESULT / REPORT).is_file(),
        [
            (name, title, _size(file))
            for name, title in DOWNLOADS.items()
            if done and (file := folder / folders.RESULT / name).is_file()
        ],
    )


def result_of(study: Study, name: str) -> Path | None:
    """A result's file; None if there is none such, or it may not be taken away."""
    file = folder_of(study) / folders.RESULT / name
    allowed = name == REPORT or name in DOWNLOADS
    return file if study.state == State.DONE and allowed and file.is_file() else None


def _asked(study: Study) -> list[tuple[str, str]]:
    asked = study.asked
    said = [("年度", str(asked["year"]) if asked["year"] else "各按就诊日期")]
    if study.kind == Kind.SIMULATION:
        said = [
            ("人数", f"{asked['people']:,}"),
            ("随机种子", str(asked["seed"])),
            *said,
            ("改革方案", "；".join(asked["called"]) or "无，只看现行政策"),
        ]
    else:
        said.append(("表", str(len(asked["files"])) + " 张"))
    said.append(("没有文件依据的数值", ASSUMED["all" if asked["accepted"] is True else "office"]))
    said.append(("救助标准未收录的人", WITHHOLD["withhold" if asked["withhold"] else "refuse"]))
    return said


def _stage(folder: Path) -> Stage:
    progress = folders.progress_in(folder)
    if progress is None:
        return Stage("准备", "正在启动计算程序，首次运行要先编译规则，约半分钟", "")
    if not progress.total:
        return Stage(progress.stage, "请稍候", "")
    share = 100 * min(progress.done, progress.total) // progress.total
    said = f"{progress.done:,} / {progress.total:,}"
    if progress.rate:
        said += f"，每秒 {progress.rate:,.0f}"
    if progress.left:
        said += f"，约剩 {lasting(progress.left)}"
    return Stage(progress.stage, said, str(share))


def lasting(seconds: float) -> str:
    """A while, as people say it."""
    whole_seconds = round(seconds)
    if whole_seconds < 60:
        return f"{max(1, whole_seconds)} 秒"
    minutes, rest = divmod(whole_seconds, 60)
    return f"{minutes} 分 {rest} 秒" if minutes < 10 else f"{round(seconds / 60)} 分"


def _figure(scenario: Mapping[str, Any]) -> Figure:
    if scenario["change"]:
        tiers, patient = signed(scenario["tiers"]), signed(scenario["patient"])
        return Figure(scenario["title"], tiers, patient, scenario["newly"], scenario.get("moved"))
    return Figure(scenario["title"], yuan(scenario["tiers"]), yuan(scenario["patient"]), 0)


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, size // 1024)} KB"
