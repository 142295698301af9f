"""Parts settled on a Dask cluster: one here, or one that listens at an address. Needs the extra ``cluster``.

Parts travel to the workers and results back, both as Arrow; the workers need no folder in common. A part is
part of its task and the law a task's result, so that another worker makes up for one that is lost: data that are
merely scattered would be lost with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import fields
from typing import Any, Final

import dask
import dask.distributed
import pyarrow as pa
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.registry import get_backend

from sanchong.batch import cache
from sanchong.batch.law_rows import LawRows
from sanchong.batch.part import Setting, SettledPart, settle_part
from sanchong.batch.records import Part
from sanchong.batch.unusable import Unusable, WorkersLost

_distributed: Any = dask.distributed  # its classes carry no types
_LARGE: Final = {"distributed.admin.large-graph-warning-threshold": "1 GiB"}
"""A part has some ten megabytes and few are under way: Dask need not warn of that."""


class Cluster:
    """Parts settled by the workers of a Dask cluster."""

    def __init__(self, count: int, address: str | None, law: LawRows, setting: Setting) -> None:
        """``count`` processes on this machine, or the workers of the scheduler at ``address``; Unusable if none."""
        self._own: Any = None
        self._client: Any = None
        if address is None:
            self._own = _distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
            )
        try:
            self._client = _client(self._own or address)
            self._check(address)
            self.count = sum(worker["nthreads"] for worker in self._workers().values())
            self._law = self._client.submit(_same, law, pure=False)
            self._setting = setting
        except BaseException:
            self.__exit__()
            raise

    def _workers(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _check(self, address: str | None) -> None:
        if not self._workers():
            raise Unusable(
                f"{address} 的调度器没有工作进程；请先启动 dask worker",
                f"the scheduler at {address} has no worker; start one by: dask worker {address}",
            )
        mine = cache.digest()
        for worker, other in self._client.run(cache.digest, on_error="return").items():
            if isinstance(other, Exception):
                raise Unusable(
                    f"工作进程 {worker} 用不了 sanchong：{other!r}；请在那里装同一版本",
                    f"the worker {worker} cannot use sanchong: {other!r}; install the same version there",
                )
            if other != mine:
                raise Unusable(
                    f"工作进程 {worker} 装的 sanchong 或 numba 与这里不同；请装同一版本",
                    f"the worker {worker} has another sanchong or numba than this machine; install the same",
                )

    def submit(self, part: Part) -> Callable[[], SettledPart]:
        """Have a part settled by the next free worker. The result is WorkersLost where the cluster is gone."""
        tables = {field.name: _packed(getattr(part, field.name)) for field in fields(part)}
        with dask.config.set(_LARGE):
            future = self._client.submit(_settle, tables, self._law, self._setting, pure=False)

        def result() -> SettledPart:
            try:
                found: SettledPart = future.result()
            except (_distributed.KilledWorker, CancelledError, OSError) as error:
                raise WorkersLost(
                    f"与 Dask 集群的联系中断：{error}；集群恢复后以同样的参数重新运行即接着算",
                    f"the Dask cluster is lost: {error}; once it is back, run the same again to go on",
                ) from error
            return found

        return result

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, TimeoutError):
            if self._client is not None:
                self._client.close()
            if self._own is not None:
                self._own.close()


def _client(where: Any) -> Any:
    """A client of a cluster or of the scheduler at an address."""
    try:
        if isinstance(where, str):
            scheme, place = parse_address(where)
            get_backend(scheme)
            parse_host_port(place)
        return _distributed.Client(where, set_as_default=False, timeout="20s")
    except (OSError, ValueError) as error:
        raise Unusable(
            f"连不上 {where} 的 Dask 调度器：{error}；请核对地址，形如 tcp://127.0.0.1:8786",
            f"no Dask scheduler answers at {where}: {error}; check the address, such as tcp://127.0.0.1:8786",
        ) from error


def _same(law: LawRows) -> LawRows:
    return law


def _packed(table: pa.Table | None) -> pa.Buffer | None:
    """A table as bytes. Pickled, a slice of a table would take all of that table along."""
    if table is None:
        return None
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _settle(tables: Mapping[str, pa.Buffer | None], law: LawRows, setting: Setting) -> SettledPart:
    part = {name: data and pa.ipc.open_stream(data).read_all() for name, data in tables.items()}
    return settle_part(Part(**part), law, setting)
