"""Input files, Parquet or CSV, as a stream of tables in the contract's form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from sanchong.batch.tables import CODE, OUTPUTS, Table
from sanchong.batch.unusable import Unusable

SUFFIXES: Final = (".parquet", ".csv")
_PRODUCED: Final = frozenset(name for table in OUTPUTS for name in table.columns)
_BYTES_A_ROW: Final = 120
"""How long a row of CSV is taken to be where rows are only estimated."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table of the contract that lies in some files, all with the same further columns."""

    table: Table
    files: tuple[Path, ...]
    extra: tuple[Any, ...]
    """The fields (Arrow) that are carried through."""

    @property
    def schema(self) -> pa.Schema:
        """The table's columns, then those carried through."""
        return pa.schema([*self.table.schema, *self.extra])

    def rows(self) -> int:
        """The number of rows; of CSV files an estimate."""
        return sum(_rows(file) for file in self.files)

    def tables(self, size: int) -> Iterator[pa.Table]:
        """The rows in the order of the files, some ``size`` at a time; Unusable where a file cannot be read."""
        for file in self.files:
            try:
                for batch in _batches(file, self.table, size):
                    yield _conformed(batch, self, file)
            except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
                raise _unreadable(file, error) from error


def open_source(table: Table, paths: Sequence[Path]) -> Source:
    """The files of a table, a folder standing for those in it; Unusable where a column is missing or cannot be."""
    files = tuple(file for path in paths for file in _files(path))
    extras = []
    for file in files:
        schema = _schema(file, table)
        missing = [n for n in table.columns if n not in schema.names and n not in table.optional]
        if missing:
            raise Unusable(
                f"{file}：缺少列 {'、'.join(missing)}；{table.name} 表的列见 docs/batch.md",
                f"{file}: the columns {', '.join(missing)} are missing; docs/batch.md lists those of {table.name}",
            )
        twice = [n for n in set(schema.names) if schema.names.count(n) > 1]
        if twice:
            raise Unusable(
                f"{file}：列名 {twice[0]} 出现两次；请改名",
                f"{file}: two columns are named {twice[0]}; rename one",
            )
        further = tuple(field for field in schema if field.name not in table.columns)
        if not table.carries and further:
            further = ()
        clash = [field.name for field in further if field.name in _PRODUCED]
        if clash:
            raise Unusable(
                f"{file}：附加列 {clash[0]} 与结果中的列同名；请改名",
                f"{file}: the further column {clash[0]} is named like a column of the results; rename it",
            )
        extras.append(further)
    for file, further in zip(files[1:], extras[1:], strict=True):
        if further != extras[0]:
            raise Unusable(
                f"{file}：附加列与 {files[0]} 的不一致；各文件的附加列须名称、类型、次序相同",
                f"{file}: its further columns are not those of {files[0]}; names, types and order must agree",
            )
    return Source(table, files, extras[0] if extras else ())


def nothing(table: Table) -> Source:
    """A table that is not given: no rows."""
    return Source(table, (), ())


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        if not found:
            raise Unusable(
                f"目录 {path} 里没有 .parquet 或 .csv 文件",
                f"the folder {path} holds no .parquet or .csv file",
            )
        return found
    if path.suffix.lower() not in SUFFIXES:
        raise Unusable(
            f"{path}：只读 .parquet 和 .csv 文件", f"{path}: only .parquet and .csv files are read"
        )
    return [path]


def _is_csv(file: Path) -> bool:
    return file.suffix.lower() == ".csv"


def _schema(file: Path, table: Table) -> pa.Schema:
    try:
        if _is_csv(file):
            with _open_csv(file, table, 1 << 20) as reader:
                return reader.schema
        return pq.read_schema(file)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error


def _rows(file: Path) -> int:
    if _is_csv(file):
        return file.stat().st_size // _BYTES_A_ROW
    rows: int = pq.read_metadata(file).num_rows
    return rows


def _open_csv(file: Path, table: Table, block: int) -> Any:
    types = {field.name: pa.string() if field.type == CODE else field.type for field in table.schema}
    return csv.open_csv(
        file,
        csv.ReadOptions(block_size=block),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""]),
    )


def _batches(file: Path, table: Table, size: int) -> Iterator[pa.RecordBatch]:
    if _is_csv(file):
        with _open_csv(file, table, max(1 << 20, size * _BYTES_A_ROW)) as reader:
            yield from reader
        return
    there = {*_schema(file, table).names}
    codes = [field.name for field in table.schema if field.type == CODE and field.name in there]
    with pq.ParquetFile(file, read_dictionary=codes, pre_buffer=False) as parquet:
        known = {*table.columns} if not table.carries else {*parquet.schema_arrow.names}
        columns = [name for name in parquet.schema_arrow.names if name in known]
        yield from parquet.iter_batches(size, columns=columns)


def _conformed(batch: pa.RecordBatch, source: Source, file: Path) -> pa.Table:
    """A batch with the source's columns in their order and types."""
    columns = []
    there = set(batch.schema.names)
    for field in source.schema:
        if field.name not in there:
            columns.append(pa.nulls(len(batch), field.type))
            continue
        column = batch.column(field.name)
        try:
            columns.append(_cast(column, field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise Unusable(
                f"{file}：列 {field.name} 应为 {field.type}，而不是 {column.type}：{_first_line(error)}",
                f"{file}: the column {field.name} is to be {field.type}, not {column.type}: {_first_line(error)}",
            ) from error
    columns[0] = pc.fill_null(columns[0], "")
    return pa.table(columns, source.schema)


def _cast(column: Any, kind: Any) -> Any:
    if column.type == kind:
        return column
    if kind == CODE:
        if pa.types.is_dictionary(column.type):
            return column.cast(CODE)
        return column.cast(pa.string()).dictionary_encode()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(kind)


def _unreadable(file: Path, error: Exception) -> Unusable:
    why = error.strerror if isinstance(error, OSError) and error.strerror else _first_line(error)
    return Unusable(
        f"读不到文件 {file}：{why}；请核对路径，CSV 须为 UTF-8、首行为列名、金额以分计、日期 YYYY-MM-DD",
        f"cannot read {file}: {why}; check the path; a CSV file is UTF-8, its first row names the columns,"
        " amounts are whole fen and dates YYYY-MM-DD",
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
