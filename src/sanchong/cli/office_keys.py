"""``sanchong office keys`` and ``sanchong office token``."""

from __future__ import annotations

from typing import Annotated

import typer

from sanchong.cli.common import Lang, date_option, language
from sanchong.cli.office_common import in_words, office, steps


def new(lang: Lang = None) -> None:
    """Make the keys of a new office, outside its database and backups. 生成新密钥文件

    Keep a copy in a safe place: without it nothing personal in the database can be read again.
    请另存一份：密钥一失，库中个人信息再也读不出。
    """
    said = language(lang)
    with office(said, database=False):
        from django.conf import settings

        from sanchong.office.operations import keyring

        file = settings.ENVIRONMENT.keys
        keyring.make(file)
        print(
            in_words(
                said,
                f"已写入 {file}；请另存一份到安全之处，它不在备份之内",
                f"written to {file}; keep a copy in a safe place: backups do not hold it",
            )
        )


def rotate(
    reencrypt: Annotated[
        bool,
        typer.Option(
            "--reencrypt", help="Write old data anew, too; can be stopped and run again. 同时重新加密旧数据"
        ),
    ] = False,
    only: Annotated[
        bool,
        typer.Option("--continue", help="No new key: go on re-encrypting. 不换密钥，只继续重新加密"),
    ] = False,
    lang: Lang = None,
) -> None:
    """A new key to write with; older ones stay for reading. 更换加密密钥，旧密钥保留供读取

    sanchong office keys rotate --reencrypt
    """
    said = language(lang)
    with office(said, database=reencrypt or only, owner=reencrypt or only):
        from django.conf import settings

        from sanchong.office.operations import keyring

        if not only:
            keys = keyring.rotate(settings.ENVIRONMENT.keys)
            name = keys.current
            print(
                in_words(
                    said, f"现用密钥编号 {name}；请更新所存的副本", f"key {name} is current; renew your copy"
                )
            )
        if not (reencrypt or only):
            return
        with steps(said) as begin:
            done = keyring.reencrypt(begin("重新加密", "Encrypting anew", keyring.rows_to_see()))
        print(in_words(said, f"重新加密 {done.written:,} 行", f"{done.written:,} rows written anew"))
        for place in done.misfits:
            print(
                in_words(
                    said, f"索引原与内容不符，已改正：{place}", f"the index did not fit, put right: {place}"
                )
            )


def issue(
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Which program. 程序名称")],
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help="What it may do (repeatable). 权限，可重复")
    ],
    provider: Annotated[
        str, typer.Option("--provider", metavar="CODE", help="Whose; none: the agency's. 医药机构编码")
    ] = "",
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="In the provider's sandbox. 用于该机构的沙箱")
    ] = False,
    per_minute: Annotated[
        int, typer.Option("--per-minute", metavar="N", help="Calls a minute. 每分钟次数")
    ] = 600,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="DATE", help="The last day. 有效期至")
    ] = None,
    lang: Lang = None,
) -> None:
    """A token for a program; its secret is printed once. 签发接口令牌，密文只显示一次

    sanchong office token issue --name HIS --provider H14030200001 --scope visits:write --scope settlements:write
    """
    said = language(lang)
    last = date_option(expires, "--expires", said)
    with office(said):
        from sanchong.office.operations import programs

        issued = programs.issue(
            name, scope, provider, sandbox=sandbox, per_minute=per_minute, expires_on=last
        )
        print(issued.secret)


def revoke(
    token: Annotated[int, typer.Argument(metavar="ID", help="As `token list` shows it. 令牌编号")],
    lang: Lang = None,
) -> None:
    """The token opens nothing from now on. 吊销令牌"""
    said = language(lang)
    with office(said):
        from sanchong.office.operations import programs

        shown = programs.revoke(token)
        print(in_words(said, f"已吊销 {shown}", f"revoked {shown}"))


def show_tokens(lang: Lang = None) -> None:
    """Every token: whose, where, what it may do, until when. 列出令牌"""
    said = language(lang)
    with office(said):
        from rich.console import Console
        from rich.table import Table

        from sanchong.office.operations import programs

        table = Table(box=None)
        for zh, en in (
            ("编号", "id"), ("程序", "program"), ("开头", "begins"), ("机构", "provider"),
            ("环境", "realm"), ("权限", "scopes"), ("有效期至", "until"), ("吊销", "revoked"),
        ):  # fmt: skip
            table.add_column(in_words(said, zh, en))
        for token in programs.tokens():
            table.add_row(
                str(token.pk),
                token.name,
                token.shown,
                token.provider_code,
                token.realm.name,
                " ".join(token.scopes),
                str(token.expires_on or ""),
                f"{token.revoked_at:%Y-%m-%d}" if token.revoked_at else "",
            )
        Console().print(table)
