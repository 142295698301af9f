"""``sanchong office law``: bundles added and activated, illustrations accepted, documents that reach back applied."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sanchong.cli.common import Lang, Language, fail, language
from sanchong.cli.office_common import CANCELLED, in_words, office, steps, towards

if TYPE_CHECKING:
    from sanchong.office.operations.lawkeeping import Compared

Document = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="Its id in the active law, such as yangquan. 文件代号")
]
Year = Annotated[
    int | None, typer.Option("--year", metavar="YYYY", min=2000, max=2100, help="One year only. 只办某一年度")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept with it. 理由")]

PAYERS = {
    "pooled": ("统筹基金", "pooled fund"),
    "catastrophic": ("大病保险", "catastrophic"),
    "other": ("其他赔付", "other payers"),
    "assistance": ("医疗救助", "assistance"),
    "hospital": ("机构承担", "provider"),
    "patient": ("个人", "patient"),
}


def add(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", exists=True, file_okay=False, help="All policies. 全部政策文件的目录"
        ),
    ],
    lang: Lang = None,
) -> None:
    """Check and keep a whole folder of policies; it is not settled by yet. 收录政策目录（尚不启用）

    sanchong office law add policies
    """
    said = language(lang)
    with office(said), _readable(said):
        from sanchong.office.operations import lawkeeping

        compared = lawkeeping.add(folder)
        name = compared.bundle.hash[:12]
        print(in_words(said, f"已收录 {name}，尚未启用", f"kept as {name}; not settled by yet"))
        _differences(compared, said)


def activate(
    name: Annotated[str, typer.Argument(metavar="HASH", help="The beginning of it. 政策包哈希的开头")],
    reason: Reason,
    lang: Lang = None,
) -> None:
    """Settle by a bundle from the next transaction on. 启用政策包

    sanchong office law activate 1a2b3c4d --reason "市局批准"
    """
    said = language(lang)
    with office(said):
        from sanchong.office.operations import lawkeeping

        compared = lawkeeping.activate(name, reason)
        shown = compared.bundle.hash[:12]
        print(
            in_words(said, f"自下一笔起按 {shown} 结算", f"settling by {shown} from the next transaction on")
        )
        _differences(compared, said)
        for document in (*compared.new, *compared.changed):
            print(
                in_words(
                    said,
                    f"已结算的年度有无变化：sanchong office law preview {document}",
                    f"what it changes in settled years: sanchong office law preview {document}",
                )
            )


def accept(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Or a prefix. 参数地址或其前缀")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided. 决定人或机关")],
    reason: Reason,
    lang: Lang = None,
) -> None:
    """Accept the illustrations at an address or below it. 采用示例数据

    sanchong office law accept outpatient.chronic --by "市医保局" --reason "局务会议定"
    """
    said = language(lang)
    with office(said):
        from sanchong.office.operations import lawkeeping

        kept = lawkeeping.accept(address, by, reason)
        print(in_words(said, f"已采用 {kept.address}", f"accepted {kept.address}"))


def preview(document: Document, year: Year = None, lang: Lang = None) -> None:
    """Which settled years a document of the active law changes, and by how much; nothing is changed. 政策追溯预览

    sanchong office law preview yangquan --year 2026
    """
    said = language(lang)
    with office(said):
        from sanchong.office.operations import lawkeeping

        with steps(said) as begin:
            shown = lawkeeping.preview(document, year, towards(begin, "逐年核算", "Settling again"))
        for one in shown["years"]:
            print(f"{one['person']}  {one['year']}  {_amounts(one['net'], said)}".rstrip())
            for stuck in one["refused"]:
                message = stuck["message" if said == "zh" else "message_en"]
                print(f"sanchong: {stuck['code']}: {stuck['visit']}: {message}", file=sys.stderr)
        print(
            in_words(
                said,
                f"变化 {shown['count']:,} 个年度，不变 {shown['unchanged']:,} 个，无法重算 {shown['refused']:,} 个；"
                f"合计 {_amounts(shown['net'], said) or '无差额'}",
                f"{shown['count']:,} years change, {shown['unchanged']:,} do not, {shown['refused']:,} cannot be settled again;"
                f" in all {_amounts(shown['net'], said) or 'no difference'}",
            )
        )
        if shown["digest"]:
            asked = f"sanchong office law confirm {document} --digest {shown['digest']} --reason …"
            asked += f" --year {year}" if year else ""
            print(in_words(said, f"确认：{asked}", f"to confirm: {asked}"))


def confirm(
    document: Document,
    digest: Annotated[str, typer.Option("--digest", metavar="HASH", help="As `preview` gave it. 预览所示")],
    reason: Reason,
    year: Year = None,
    lang: Lang = None,
) -> None:
    """Post what `preview` showed, in chunks; if stopped, run it again and it goes on. 确认政策追溯，可中断续办

    sanchong office law confirm yangquan --digest … --reason "市局文件"

    Exit status 1: refused, or some years are left; 130: stopped. 退出状态：1 被拒或有年度未办，130 已中断。
    """
    said = language(lang)
    with office(said):
        from sanchong.office.operations import lawkeeping

        try:
            with steps(said) as begin:
                progress = towards(begin, "补差", "Adjusting")
                done = lawkeeping.confirm(document, year, digest, reason, progress)
        except KeyboardInterrupt:
            told = in_words(
                said,
                "已中断；已办的年度有效，再次运行同一命令即可续办",
                "stopped; the years done stand, and the same command goes on with the others",
            )
            print(f"sanchong: {told}", file=sys.stderr)
            raise typer.Exit(CANCELLED) from None
        print(
            in_words(
                said,
                f"{done['fact']}：{done['count']:,} 个年度已办 {done['done']:,} 个；合计 {_amounts(done['net'], said)}",
                f"{done['fact']}: {done['done']:,} of {done['count']:,} years; in all {_amounts(done['net'], said)}",
            )
        )
        for left in done["left"]:
            print(
                in_words(
                    said,
                    f"sanchong: {left['code']}: {left['person']} {left['year']}：预览之后另有结算，未办；请重新预览",
                    f"sanchong: {left['code']}: {left['person']} {left['year']}: something else happened since: preview again",
                ),
                file=sys.stderr,
            )
        if done["left"]:
            raise typer.Exit(1)


@contextmanager
def _readable(lang: Language) -> Iterator[None]:
    """A mistake in a law file ends the command, with its place."""
    from sanchong.law.yamlfile import LawError

    try:
        yield
    except LawError as error:
        fail(f"政策文件有误：{error.placed('zh')}", f"mistake in the law: {error.placed('en')}", lang)


def _differences(compared: Compared, lang: Language) -> None:
    for zh, en, names in (
        ("新增文件", "new documents", compared.new),
        ("内容有变的文件", "documents that say otherwise", compared.changed),
        ("不再包含的文件", "documents that are gone", compared.gone),
    ):
        if names:
            print(f"{in_words(lang, zh, en)}: {', '.join(names)}")


def _amounts(net: Mapping[str, Any], lang: Language) -> str:
    """Who bears more or less, in yuan."""
    return ", ".join(f"{in_words(lang, *PAYERS[payer])} {amount}" for payer, amount in net.items())
