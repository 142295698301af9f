"""``sanchong office administrator`` and ``areas``: how a real office begins."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from sanchong.cli.common import Lang, fail, language
from sanchong.cli.office_common import in_words, office

COLUMNS = ["code", "name"]


def administrator(
    username: Annotated[str, typer.Argument(metavar="NAME", help="To sign in with. 账号")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Whose it is. 姓名")],
    lang: Lang = None,
) -> None:
    """The account of an administrator, who opens all others on the pages. 开通系统管理员账号

    sanchong office administrator wang --name 王敏

    The first password is printed once; it is changed, and a second factor bound, at the first sign-in.
    初始密码只显示一次；首次登录须改密码并绑定验证器。
    """
    said = language(lang)
    with office(said):
        from sanchong.office.operations import beginning

        opened = beginning.administrator(username, name)
        print(
            in_words(
                said,
                f"已开通 {username}（系统管理）；初始密码：{opened.password}",
                f"{username} is an administrator; first password: {opened.password}",
            )
        )


def areas(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with the columns code,name. 区划代码与名称")
    ],
    lang: Lang = None,
) -> None:
    """Register the areas that the office serves, from the province down. 登记行政区划

    sanchong office areas areas.csv

    Codes have 6 digits to the county, 9 to the township, 12 to the village; an area stands after the one above it.
    """
    said = language(lang)
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text)
            rows = [
                (row["code"].strip(), row["name"].strip()) for row in table if table.fieldnames == COLUMNS
            ]
            named = table.fieldnames
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"无法读取 {file}：{problem}", f"cannot read {file}: {problem}", said)
    if named != COLUMNS:
        fail(
            f"{file}：第一行应为 code,name，其后每行一个区划代码和名称",
            f"{file}: the first row must be code,name, then a code and a name a row",
            said,
        )
    with office(said):
        from sanchong.office.operations import beginning

        count = beginning.areas(rows)
        print(in_words(said, f"区划 {count:,} 个已登记", f"{count:,} areas registered"))
