"""Ways to damage a law file: a field changed in what it says, YAML that is odd, bytes that are wrong."""

from __future__ import annotations

import codecs
import copy
import datetime as dt
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml
from tests.properties.test_no_traceback import places, retyped

from sanchong.law.values import STATUSES
from sanchong.shapes import ADDRESS, ADDRESSES, CONDITIONS

DAY: Final = dt.date(2025, 4, 1)
EXTREMES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 1.5, 0.7, float("nan"), float("inf"), 1001, 10**10, 10**10 + 1, 10**30, -(10**30),
    "", " ", "0", "1", "-0", "-0.01", "0.001", "1e5", "NaN", "10000000000.00", "10000000000.01", "9" * 5000, "1,000",
    ".5", "１２", "70%", "100.1%", "7/0", "3/2", "1/1000001", "999999999/999999999", "pool", "2025-02-30", "2025-01-01",
    DAY, dt.date.max, dt.date.min, dt.date(2024, 2, 29), dt.datetime(2025, 4, 1, 5), 2025, "140300", "1403", 140300,
    "１４０３００", "x" * 100_000, "\x00", "a\nb", "\x1b[31m", "💊", "{}", "*", "[", "shanxi", "shanxi.a51", "yangquan.b1",
    [], [[]], [None], [0], ["a"], ["a", "a"], {}, {"zh": "某"}, {"zh": "某", "en": "some"}, {"from": None, "to": None},
    {"from": DAY, "to": dt.date.max}, {"from": DAY, "to": dt.date(2020, 1, 1)}, [{"above": "0", "rate": "70%"}] * 9,
    [{"above": "0", "rate": "70%"}, {"above": "0", "rate": "80%"}], [{"above": "0", "rate": 0.7}], [{"above": "0"}],
    [{"above": "0", "rate": "1/999983"}, {"above": "1", "rate": "1/999979"}], "computable", "stated", "certain",
)  # fmt: skip
_BANDS: Final = ({"above": "0", "rate": "60%"}, {"above": "50000", "rate": "70%"})
FIGURES: Final[dict[str, tuple[Any, ...]]] = {
    "yuan": ("0", 600, "10000000000.00", "10000000000.01", -1, 0.5, None, "600元", "1.234"),
    "yuan_or_none": (None, "600", "-1", "none", False),
    "rate": ("0", "1", "70%", "7/10", "101%", "3/2", "1/0", "1/1000001", 0.7, 1),
    "count": (0, 1000, 1001, -1, 2.0, "2", True),
    "flag": (True, False, 1, "yes", None),
    "mode": ("pool", "per_disease", "both", None, 1, []),
    "date": (DAY, "2025-01-01", "2025-02-30", dt.datetime(2025, 4, 1, 5), dt.date.max, 2025, None),
    "bands": (
        [], list(_BANDS), list(_BANDS[::-1]), [*_BANDS] * 5, [{**_BANDS[0], "to": "5"}], {},
        [{"above": "0", "rate": "1/999983"}, {"above": "1", "rate": "1/999979"}], [{"above": -1, "rate": "1"}],
    ),
    "matter": (None, True, "regulated"),
}  # fmt: skip
"""Figures by unit: some that can be, some that almost can."""
STRANGE: Final = (
    b"\x00", b"\x07", b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\t", b"\r", b"\n", b"\n\t",
    b"{", b"}", b"[", b"]", b"\"", b"'", b":", b": ", b"- ", b"? ", b"#", b" #", b"&a ", b"*a", b"!", b"!!", b"|", b">", b"%", b"@",
    b"`", b"<<: ", b"---\n", b"...\n", b"=", b"~", b"0x", b"\\", b"\"\\ud800\"", b"\"\\x0\"", "九".encode(), "九".encode("gbk"),
)  # fmt: skip
TAGS: Final = (
    "!!python/object/apply:os.system", "!!python/name:os.system", "!!python/tuple", "!!set", "!!omap", "!!pairs",
    "!!binary", "!!timestamp", "!!int", "!!float", "!!bool", "!!null", "!!str", "!!seq", "!!map", "!!merge", "!odd", "!<x>", "!",
)  # fmt: skip
ODD: Final = (
    "0600", "1_000", "1:30", "0x1F", "0b11", "+5", "1e3", ".inf", ".nan", "yes", "off", "~", "=", "<<", "*a", "*none", "@x", "`x`",
    "2025-1-5", "2025-02-30", "0000-01-01", "2025-01-01 05:00:00", "2025-01-01T05:00:00+99:99", "9999-12-31", "[", "{", "]",
    "[[[[]]]]", "{? [a] : 1}", "{1: x, 0x1: y}", "{yes: 1, true: 2}", "{a: 1, a: 2}", "{<<: 5}", "{<<: {a: 1}}", "|\n x", "'",
    "9" * 5000, "0x" + "f" * 5000, "\"\\ud800\"", "\"\\0\"", "!!int 0x" + "f" * 6000, "%x", "'a' b", "[a b: c: d]",
)  # fmt: skip


def dumped(data: Any) -> bytes:
    """Data as YAML."""
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


# ── a field changed ──────────────────────────────────────────────────────────────────────────


def changed(data: Any, kind: str, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """A copy of a file's data with one place changed, and its path; () if that is the whole."""
    data = copy.deepcopy(data)
    if kind in MISTAKES and rng.random() < 0.4:
        return MISTAKES[kind](data, rng)
    path = rng.choice(list(places(data)))
    if not path:
        return rng.choice(EXTREMES), ()
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    key, value = path[-1], holder[path[-1]]
    match rng.choice(
        ["drop", "rename", "extra", "retype", "extreme", "extreme", "extreme", "double", "empty"]
    ):
        case "drop":
            del holder[key]
        case "rename" if isinstance(holder, dict):
            holder[rng.choice([f"{key}s", key.upper(), "", "on", "value", 5, True])] = holder.pop(key)
        case "extra" if isinstance(value, dict):
            value[rng.choice(["note", "value", "to", "zh", "0"])] = rng.choice(EXTREMES)
        case "retype" if not isinstance(value, dt.date):
            holder[key] = retyped(value, rng)
        case "double" if isinstance(holder, list):
            holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(value))
            return data, path[:-1]
        case "empty":
            holder[key] = rng.choice([[], {}, "", None])
        case _:
            holder[key] = rng.choice(EXTREMES)
    return data, path[:-1] if isinstance(holder, list) and len(path) == 1 else path


def _row(data: Any, rng: random.Random) -> tuple[dict[str, Any], int]:
    at = rng.randrange(len(data))
    return data[at], at


def _date(rng: random.Random) -> Any:
    return rng.choice(
        [None, dt.date(rng.randrange(2019, 2032), rng.randrange(1, 13), 1), dt.date.max, dt.date.min]
    )


def _value_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """What could stand in values.yaml, but is another."""
    row, at = _row(data, rng)
    match rng.randrange(8):
        case 0:
            row["address"] = rng.choice(ADDRESSES).name
        case 1:
            row["status"] = rng.choice(tuple(STATUSES))
        case 2:
            row["area"] = rng.choice(["000000", "140000", "140300", "140700", "110000", "140321"])
        case 3:
            row |= {"from": _date(rng), "to": _date(rng)}
        case 4:
            data.insert(rng.randrange(len(data) + 1), {**row, "value": rng.choice(["600", "50%", 2, True])})
            return data, ()
        case 5:
            row["known_from"] = _date(rng)
        case _:
            row["address"] = rng.choice(ADDRESSES).name
            row["value"] = rng.choice(FIGURES[ADDRESS[row["address"]].unit])
    return data, (at,)


def _document_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """What could stand in document.yaml, but is another."""
    match rng.randrange(6):
        case 0:
            data["area"] = rng.choice(["000000", "140000", "140300", "140700", "110000"])
        case 1:
            data["in_force"] = {"from": _date(rng), "to": _date(rng)}
        case 2:
            data["known_from"] = _date(rng)
        case 3:
            key = rng.choice(["governs", "leaves_open"])
            data[key] = [rng.choice(["assistance.*", "*", "outpatient.*", "[", "x.*"])]
        case 4:
            data["schemes"] = rng.choice([[], ["outpatient"], ["assistance"], ["outpatient", "outpatient"]])
        case _:
            old, new = data["id"], rng.choice(["shanxi", "yangquan", "readings"])
            data["id"] = new
            for clause in data["clauses"]:
                clause["id"] = new + clause["id"].removeprefix(old)
    return data, ()


def _disease_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """Diseases in another order, of another kind, with other sub-types, or none."""
    row, at = _row(data, rng)
    match rng.randrange(5):
        case 0:
            data[at], data[at - 1] = data[at - 1], data[at]
            return data, ()
        case 1:
            row["kind"] = rng.choice(["special", "chronic"])
        case 2:
            row["subtypes"] = [{"code": rng.choice("xy"), "name": "某", "en": "some"} for _ in range(3)]
        case 3:
            for disease in data:
                disease.pop("subtypes_named", None)
            return data, ()
        case _:
            return [], ()
    return data, (at,)


def _exclusion_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """Pairs of other conditions, of one with itself, or too many of them."""
    row, at = _row(data, rng)
    if rng.random() < 0.2:
        return [row] * 25, ()
    row[rng.choice("ab")] = rng.choice([*CONDITIONS, "transplant:heart", "flu", row["a"], row["b"]])
    return data, (at,)


def _days_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """Another year, or days of another; a time of day."""
    row, at = _row(data, rng)
    match rng.randrange(3):
        case 0:
            row["year"] = rng.choice([1899, 1900, 2999, 3000, -(10**12), 10**12, row["year"] + 1])
            return data, (at,)
        case 1:
            row[rng.choice(["off", "working"])] = []
        case _:
            key = rng.choice(["off", "working"])
            row[key] = [*row[key], rng.choice([DAY, dt.datetime(row["year"], 4, 1), str(DAY)])]
    return data, (at,)


def _case_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """A waived pair of one disease; an expectation that is none."""
    row, at = _row(data, rng)
    if isinstance(row["case"], dict) and isinstance(row["case"].get("person"), dict) and rng.random() < 0.5:
        row["case"]["person"]["waived_exclusions"] = [rng.choice([["ckd"], ["ckd"] * 3, ["ckd", "flu"], []])]
    else:
        row["expect"] = rng.choice([{"ok": False}, {"ok": True, "error": {}}, {"ok": 1}, {}, []])
    return data, (at,)


def _legacy_code_mistake(data: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """A code twice; a disease that is none."""
    row, at = _row(data, rng)
    if rng.random() < 0.5:
        row["disease"] = rng.choice(["flu", "cancer", ""])
    else:
        row["code"] = data[at - 1]["code"]
    return data, (at,)


MISTAKES: Final[dict[str, Callable[[Any, random.Random], tuple[Any, tuple[Any, ...]]]]] = {
    "values": _value_mistake,
    "document": _document_mistake,
    "diseases": _disease_mistake,
    "exclusions": _exclusion_mistake,
    "days": _days_mistake,
    "cases": _case_mistake,
    "questions": _case_mistake,
    "legacy_codes": _legacy_code_mistake,
}

# ── odd YAML ─────────────────────────────────────────────────────────────────────────────────

_SCALAR: Final = re.compile(r"(?m)(: |^ *- )([^\s\[{&*!|>#][^\n]*)$")


def odd(text: str, rng: random.Random) -> bytes:
    """A file with something that YAML allows, or almost."""
    spots = list(_SCALAR.finditer(text)) or list(re.finditer(r"(.*)(.*)", text))
    spot = rng.choice(spots)
    before, after, value = text[: spot.start(2)], text[spot.end(2) :], spot[2]
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines)) if lines else 0
    match rng.randrange(16):
        case 0:
            return (before + rng.choice(ODD) + after).encode()
        case 1:
            return (
                before + rng.choice(TAGS) + " " + rng.choice([value, "x", "[x]", "{x: y}", ""]) + after
            ).encode()
        case 2:
            return (
                f"{before}&a {value}{after}".replace(value, "*a").replace("&a *a", f"&a {value}", 1).encode()
            )
        case 3:
            return (
                before + rng.choice(["&a [*a]", "&a {<<: *a}", "&a {x: *a}", "&a [[*a], *a]"]) + after
            ).encode()
        case 4:
            bomb = [f"&b0 [{value!r}]"] + [f"&b{n} [{', '.join([f'*b{n - 1}'] * 9)}]" for n in range(1, 9)]
            return (before + f"[{', '.join(bomb)}]" + after).encode()
        case 5:
            depth = rng.choice([20, 40, 900, 3000, 100_000])
            opened, closed = rng.choice([("[", "]"), ("{a: ", "}"), ("[", ""), ("[{a: ", "}]")])
            return (before + opened * depth + closed * depth + after).encode()
        case 6:
            return (text + rng.choice(["- ", "? ", "-\t"]) * rng.choice([30, 3000, 50_000]) + "x\n").encode()
        case 7:
            lines.insert(at, lines[at])
            return "".join(lines).encode()
        case 8:
            lines[at] = lines[at].replace("  ", "\t", 1)
            return "".join(lines).encode()
        case 9:
            return codecs.BOM_UTF8 + text.encode()
        case 10:
            return text.encode(rng.choice(["utf-16", "utf-16-be", "utf-32", "gbk", "utf-7"]), "replace")
        case 11:
            return (before + "x" * rng.choice([1000, 300_000]) + after).encode()
        case 12:
            return (
                rng.choice(
                    ["---\n", "%YAML 1.2\n---\n", "%YAML 3.0\n---\n", "%TAG ! x:\n---\n", "--- !odd\n"]
                )
                + text
            ).encode()
        case 13:
            return (
                text
                + rng.choice(
                    ["---\n", "...\n", "--- {}\n", "<<: {a: b}\n", "on: x\n", "1: x\n", "? [a]\n: b\n"]
                )
            ).encode()
        case 14:
            lines.insert(
                at,
                f"{lines[at][: len(lines[at]) - len(lines[at].lstrip())]}<<: {rng.choice(['{}', '*a', '5', '[]'])}\n",
            )
            return "".join(lines).encode()
        case _:
            return text.replace("\n", rng.choice(["\r\n", "\r", "\u2028", "\x85"])).encode()


# ── bytes, links ─────────────────────────────────────────────────────────────────────────────


def garbled(data: bytes, rng: random.Random) -> bytes:
    """A file cut off, doubled in part, with something strange in it, or with a bit turned."""
    at = rng.randrange(len(data) + 1)
    end = min(len(data), at + rng.randrange(1, 40))
    match rng.randrange(6):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[end:]
        case 2:
            return data[:end] + data[at:]
        case 3 if data:
            at = min(at, len(data) - 1)
            return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        case _:
            return data[:at] + rng.choice(STRANGE) + data[at:]


def linked(file: Path, rng: random.Random) -> None:
    """A link in a file's place: to another law file, to nothing, to itself; or a folder."""
    others = sorted(file.parent.glob("*.yaml"))
    file.unlink()
    match rng.randrange(4):
        case 0:
            file.symlink_to(rng.choice(others))
        case 1:
            file.symlink_to(file.parent / "nowhere")
        case 2:
            file.symlink_to(file)
        case _:
            file.mkdir()
