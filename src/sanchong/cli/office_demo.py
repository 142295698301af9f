"""``sanchong office demo`` and ``sandbox``: people who do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sanchong.cli.common import Lang, Language, fail, language
from sanchong.cli.office_common import all_or_nothing, batch_installed, in_words, office, steps, towards

if TYPE_CHECKING:
    from sanchong.office.operations.demo.build import Made


PAGES = ("生成政策网页", "Writing the policy pages")
PAGE = "http://127.0.0.1:8000/api/v1/"
"""The interface's page, where `serve` listens if nothing else is said."""


def demo(
    people: Annotated[int, typer.Option("--people", metavar="N", min=1, help="How many people. 人数")] = 2000,
    providers: Annotated[
        int, typer.Option("--providers", metavar="N", min=6, max=500, help="Hospitals, pharmacies. 机构数")
    ] = 20,
    year: Annotated[
        int, typer.Option("--year", metavar="YYYY", min=2025, max=2999, help="Which year. 年度")
    ] = 2026,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="随机种子")] = 1,
    lang: Lang = None,
) -> None:
    """A synthetic city with its year, settled through the services, into an empty database. 演示：合成城市一年

    sanchong office demo --people 2000

    Nobody in it exists: identity numbers begin with 00. Every illustration is accepted, in the demonstration's name.
    其中无一真人：证件号码均以 00 开头。
    """
    said = language(lang)
    with office(said), all_or_nothing(said), batch_installed(said):
        from sanchong.office.operations.demo import build
        from sanchong.office.web import policy

        if people > build.MOST_PEOPLE:
            most = build.MOST_PEOPLE
            fail(
                f"--people 最多 {most:,}；更多请用 sanchong office bulk-load",
                f"--people is at most {most:,}; for more, use sanchong office bulk-load",
                said,
            )
        with steps(said) as begin:
            made = build.build(build.Wanted(people, providers, year, seed), begin)
            policy.build(towards(begin, *PAGES))
        show_made(made, said)
        page = f"{PAGE}#token={made.token}"
        print(
            in_words(
                said,
                f"启动服务（sanchong office serve）后可在此试用接口，令牌为 {made.hospital} 的沙箱：{page}",
                f"once served (sanchong office serve), try the interface in the sandbox of {made.hospital}: {page}",
            )
        )
        show_accounts(said)


def sandbox(
    provider: Annotated[str, typer.Argument(metavar="CODE", help="Whose. 医药机构编码")],
    people: Annotated[
        int, typer.Option("--people", metavar="N", min=1, max=1000, help="How many. 人数")
    ] = 20,
    year: Annotated[
        int, typer.Option("--year", metavar="YYYY", min=2025, max=2999, help="Insured in. 参保年度")
    ] = 2026,
    lang: Lang = None,
) -> None:
    """Fill a provider's sandbox with test people, who do not exist. 为机构沙箱登记测试人员

    sanchong office sandbox H14030010001
    """
    said = language(lang)
    with office(said), batch_installed(said):
        from sanchong.office.operations.demo import build

        many = build.sandbox_for(provider, people, year)
        print(
            in_words(said, f"沙箱中已登记 {many} 名测试人员", f"{many} test people registered in the sandbox")
        )


def show_accounts(lang: Language) -> None:
    """Who may sign in to a demonstration, and how."""
    from rich.console import Console
    from rich.table import Table

    from sanchong.office.accounts import demonstration

    table = Table(box=None)
    for zh, en in (("角色", "role"), ("账号", "account"), ("单位", "for")):
        table.add_column(in_words(lang, zh, en))
    for account in demonstration.shown():
        table.add_row(account.role, account.username, account.unit)
    Console().print(table)
    print(
        in_words(
            lang,
            f"以上演示账号的密码都是 {demonstration.PASSWORD}；登录第二步的验证码显示在该页下方。服务只在本机开放。",
            f"the password of each is {demonstration.PASSWORD}; the code of the second step is shown on that page."
            " An office with such accounts is served on this machine only.",
        )
    )


def show_made(made: Made, lang: Language) -> None:
    told = made.visits
    rows = [
        ("参保人", "people", made.people),
        ("医药机构", "providers", made.providers),
        ("已结算就诊", "visits settled", told.settled),
        ("待结算", "open", told.open),
        ("已撤销", "reversed", told.reversed),
        ("年终结算", "years closed", told.closed),
        *((f"被拒 {code}", f"refused {code}", n) for code, n in sorted(told.refused.items())),
    ]
    for zh, en, number in rows:
        print(f"{in_words(lang, zh, en)}: {number:,}")
