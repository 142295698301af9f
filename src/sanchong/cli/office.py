"""``sanchong office``: serve, migrate, check, tick, verify-audit, audit."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from sanchong.cli.common import Lang, Language, language
from sanchong.cli.office_common import CANCELLED, in_words, office, steps, towards

MOST_SHOWN = 50
"""So many problems or findings are printed."""


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="监听地址")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="N", min=0, max=65535, help="Port; 0: a free one. 端口，0 为任一空闲端口"
        ),
    ] = 8000,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            metavar="N",
            min=1,
            max=64,
            help="Processes, on PostgreSQL; else as cores. 进程数（PostgreSQL），默认按核数",
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option("--threads", metavar="N", min=1, max=16, help="Threads a process. 每进程线程数")
    ] = 8,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate",
            metavar="FILE",
            help="Serve by TLS with this certificate (PEM, with its chain). 用此证书提供 TLS",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Its private key (PEM). 证书的私钥"),
    ] = None,
    lang: Lang = None,
) -> None:
    """Serve the office, if `check` finds nothing wrong. 启动服务；检查不通过则不启动

    sanchong office serve --port 8000

    Exit status 1: not ready; 2: unusable surroundings. 退出状态：1 尚不能启动，2 环境不可用。
    """  # fmt: skip
    said = language(lang)
    with office(said, database=False):
        from sanchong.office.operations import readiness, serving
        from sanchong.office.operations.certificate import read_certificate

        tls = read_certificate(certificate, key)
        processes = serving.check_workers(workers)
        found = readiness.problems()
        if found:
            show(found, said)
            raise typer.Exit(1)
        serving.check_host(host)
        listening = serving.free_port(host, port)
        shown = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{listening}/"
        print(
            in_words(
                said,
                f"服务地址 {shown} ；进程 {processes}，Ctrl-C 停止",
                f"serving on {shown} with {processes} process(es); Ctrl-C stops it",
            ),
            flush=True,
        )
        serving.serve(host, listening, processes, threads, tls)


def migrate(
    role: Annotated[
        str,
        typer.Option(
            "--role",
            metavar="NAME",
            help="The application's role on PostgreSQL, which gets its rights. 应用程序的数据库角色",
        ),
    ] = "",
    lang: Lang = None,
) -> None:
    """Bring the database to this version, guard its tables, open the ledger. 建库或升级数据库

    sanchong office migrate --role sanchong_app
    """  # fmt: skip
    said = language(lang)
    with office(said, database=False, owner=True):
        from sanchong.office.operations.migrating import migrate as bring

        done = bring(role, lambda name: print(f"  {name}"))
        many = len(done.applied)
        print(
            in_words(said, f"数据库已就绪，执行变更 {many} 项", f"database ready; {many} migrations applied")
        )
        if done.activated is not None:
            name = done.activated[:12]
            print(
                in_words(
                    said,
                    f"已启用随附政策 {name}；其中的示例数据一项也未采用",
                    f"settling by the law that ships ({name}); none of its illustrations is accepted",
                )
            )


def check(lang: Lang = None) -> None:
    """Whether the office can open: secret, keys, database, migrations, guards, law. 检查能否启动

    Exit status 0: it can; 1: it cannot, with a line for each reason. 退出状态：0 可以，1 不可以并逐条说明。
    """
    said = language(lang)
    with office(said, database=False):
        from sanchong.office.operations.readiness import problems

        found = problems()
        if found:
            show(found, said)
            raise typer.Exit(1)
        print(in_words(said, "检查通过", "ready"))


def tick(
    every: Annotated[
        float | None,
        typer.Option("--every", metavar="SECONDS", min=0.5, help="Again and again. 每隔若干秒执行一次"),
    ] = None,
    lang: Lang = None,
) -> None:
    """Do what is due: seal the trail, export its head, work the outbox. 执行到期事项：封存审计、处理待办

    sanchong office tick --every 5

    Exit status 1: something failed, and will be tried again. 退出状态：1 有未成之事，下次再试。
    """
    said = language(lang)
    with office(said):
        from django.utils import timezone

        from sanchong.office.ticking import tick as once

        try:
            while True:
                done = once(timezone.now())
                counts = {name: count for name, count in done.done.items() if count}
                if counts:
                    print(" ".join(f"{name}={count}" for name, count in counts.items()), flush=True)
                for trouble in done.troubles:
                    print(f"sanchong: {trouble.where}: {trouble.error}", file=sys.stderr, flush=True)
                if every is None:
                    raise typer.Exit(1 if done.troubles else 0)
                time.sleep(every)
        except KeyboardInterrupt:
            raise typer.Exit(CANCELLED) from None


def verify_audit(lang: Lang = None) -> None:
    """Check the trail's chain of seals against its exported heads; name the unsealed tail. 校验审计链

    Exit status 0: nothing was changed; 1: something was. 退出状态：0 未被改动，1 有改动。
    """
    said = language(lang)
    with office(said):
        from sanchong.office.trail.sealing import verify

        with steps(said) as begin:
            report = verify(towards(begin, "校验审计链", "Verifying the trail"))
        show(report.findings, said)
        print(
            in_words(
                said,
                f"审计记录 {report.entries:,} 条、封存 {report.seals:,} 次、外存链头 {report.heads:,} 个；"
                f"未封存 {report.unsealed:,} 条" + (f"，最早 {report.oldest}" if report.oldest else ""),
                f"{report.entries:,} entries, {report.seals:,} seals, {report.heads:,} exported heads;"
                f" {report.unsealed:,} unsealed"
                + (f", the oldest of {report.oldest}" if report.oldest else ""),
            )
        )
        raise typer.Exit(1 if report.findings else 0)


def audit(
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes. 进程数")
    ] = 1,
    lang: Lang = None,
) -> None:
    """Prove over the whole database that every settlement comes out again and adds up. 全库核对

    Exit status 0: nothing found; 1: findings, a line each. 退出状态：0 无误，1 有问题并逐条列出。
    """
    said = language(lang)
    with office(said):
        from sanchong.office.integrity import audit as prove

        with steps(said) as begin:
            report = prove(towards(begin, "核对", "Auditing"), workers=workers)
        show(report.findings, said)
        for what, count in sorted(report.counts.items()):
            print(f"{what}: {count:,}")
        if report.findings:
            raise typer.Exit(1)
        print(in_words(said, "核对无误", "nothing wrong"))


def show(found: Iterable[Any], lang: Language) -> None:
    """A line for each refusal or finding on standard error, the first :data:`MOST_SHOWN` of them."""
    found = list(found)
    for one in found[:MOST_SHOWN]:
        words = one.messages if hasattr(one, "messages") else {"zh": one.zh, "en": one.en}
        print(f"sanchong: {one.code}: {one.where}: {words[lang]}", file=sys.stderr)
    if len(found) > MOST_SHOWN:
        more = len(found) - MOST_SHOWN
        print(in_words(lang, f"……另有 {more:,} 条", f"… and {more:,} more"), file=sys.stderr)
