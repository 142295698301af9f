"""``sanchong quota``, ``subsidy``, ``deadline`` and ``warn``: worked cases C06–C10, C27, C28, C39, and refusals."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from tests.cli.running import Done, run

LIMIT = "outpatient.chronic.quarterly_limit"
LIMITS = {"diabetes": "600", "hypertension": "450", "chd": "500", "stroke": "500", "ra": "405.55"}
STATED = [*chain.from_iterable(("--set", f"{LIMIT}.{name}={yuan}") for name, yuan in LIMITS.items())]


def clauses(explanation: list[dict[str, Any]]) -> set[str]:
    """Every clause that an explanation names."""
    found = {node["clause"] for node in explanation}
    return found.union(*(clauses(node["children"]) for node in explanation))


def quota(*diseases: str) -> Any:
    """The answer as JSON, under the limits of the worked cases."""
    return run("quota", *diseases, *STATED, "--on", "2025-06-01", "--format", "json", status=0).json


@pytest.mark.parametrize(
    ("diseases", "limit", "shares"),
    [
        (["diabetes"], "600.00", ["600.00"]),  # C06
        (["dialysis"], None, []),
        (["diabetes", "diabetes"], "600.00", ["600.00"]),
        (["hypertension", "diabetes"], "825.00", ["225.00", "600.00"]),  # C07
        (["hypertension", "diabetes", "chd"], "1075.00", ["225.00", "600.00", "250.00"]),
        (
            ["hypertension", "stroke", "chd", "diabetes"],
            "1100.00",
            ["0.00", "250.00", "250.00", "600.00"],
        ),  # C08
        (["stroke", "chd"], "750.00", ["500.00", "250.00"]),
        (["chd", "stroke"], "750.00", ["500.00", "250.00"]),
        (["dialysis", "hypertension"], "450.00", ["450.00"]),  # C09
        (["dialysis", "hypertension", "diabetes"], "825.00", ["225.00", "600.00"]),
        (["diabetes", "ra"], "802.78", ["600.00", "202.78"]),  # C10
    ],
)
def test_quota(diseases: list[str], limit: str | None, shares: list[str]) -> None:
    answer = quota(*diseases)
    assert answer["limit"] == limit
    chronic = [d for d in dict.fromkeys(diseases) if d != "dialysis"]
    assert answer["shares"] == dict(zip(chronic, shares, strict=True))
    assert answer["assumed"] == []


def test_quota_names_its_clauses() -> None:
    assert {"shanxi.a43", "shanxi.a44"} <= clauses(quota("hypertension", "diabetes")["explanation"])
    said = run("quota", "hypertension", "diabetes", *STATED, "--on", "2025-06-01", status=0).out
    assert "季度限额 825.00" in said and "叠加 450.00 × 50% = 225.00" in said and "叠加规则" in said


def test_quota_leaning_on_assumed_limits() -> None:
    done = run("quota", "diabetes", status=1)
    assert done.err.startswith(f"sanchong: assumed_value: {LIMIT}.diabetes ") and done.err.count("\n") == 1
    answer = run("quota", "diabetes", "--accept-assumed", "--format", "json", status=0).json
    assert answer["assumed"] == [f"{LIMIT}.diabetes"]
    assert run("quota", "diabetes", f"--accept-assumed={LIMIT}", "--format", "json", status=0).json == answer
    assert f"  {LIMIT}.diabetes\n" in run("quota", "diabetes", "--accept-assumed", env={"COLUMNS": "20"}).out


def test_set_reads_counts_flags_and_modes() -> None:
    both = ["quota", "hypertension", "diabetes", *STATED, "--format", "json"]
    stacking = "outpatient.chronic.stacking"
    assert run(*both, "--set", f"{stacking}.max_others=0").json["limit"] == "600.00"
    assert run(*both, "--set", f"{stacking}.rate=1").json["limit"] == "1050.00"
    assert run(*both, "--set", f"{stacking}.rate=1/3").json["limit"] == "750.00"
    assert run(*both, "--set", "outpatient.chronic.excess_stays_in_policy=false", status=0).out
    assert run(*both, "--set", "outpatient.chronic.quota_mode=per_disease").json["limit"] == "825.00"
    dated = '{"dated": [{"from": "2025-01-01", "value": "0"}, {"from": "2025-06-01", "value": "1"}]}'
    dated_rate = ["--set", f"{stacking}.rate={dated}"]
    assert run(*both, *dated_rate, "--on", "2025-05-31").json["limit"] == "600.00"
    assert run(*both, *dated_rate, "--on", "2025-06-01").json["limit"] == "1050.00"


@pytest.mark.parametrize("options", [["--on", "2025-03-31"], ["--area", "110000"], ["--on", "2030-04-01"]])
def test_quota_where_no_scheme_is_in_force(options: list[str]) -> None:
    assert run("quota", "diabetes", *options, status=1).err.startswith("sanchong: not_in_force: ")


def test_quota_of_excluded_diseases() -> None:
    done = run("quota", "dialysis", "transplant:kidney", status=1)
    assert (
        done.err.startswith("sanchong: mutually_exclusive: ") and "dialysis and transplant:kidney" in done.err
    )
    assert "肾" in run("quota", "dialysis", "transplant:kidney", "--lang", "zh", status=1).err


SUBSIDY = "enrolment.subsidy.amount.monitored"


def subsidy(contribution: str, *arguments: str) -> tuple[str, str, str | None]:
    """Subsidy, own payment and category."""
    setting = ["--set", f"enrolment.contribution={contribution}", "--format", "json"]
    answer = run("subsidy", *arguments, *setting, status=0).json
    assert answer["assumed"] == []
    return answer["subsidy"], answer["self_pay"], answer["category"]


@pytest.mark.parametrize(
    ("contribution", "paid", "own"),
    [
        ("400", "320.00", "80.00"), ("351", "280.80", "70.20"), ("350.01", "280.01", "70.00"),
        ("350", "280.00", "70.00"), ("349.99", "280.00", "69.99"), ("300", "280.00", "20.00"),
        ("280", "280.00", "0.00"), ("279.99", "279.99", "0.00"), ("250", "250.00", "0.00"), ("0", "0.00", "0.00"),
    ],
)  # fmt: skip
def test_subsidy_by_rate(contribution: str, paid: str, own: str) -> None:  # C27
    category = "subsistence_allowance"
    assert subsidy(contribution, category) == (paid, own, category)
    full = f"{float(contribution):.2f}"
    assert subsidy(contribution, "extreme_poverty") == (full, "0.00", "extreme_poverty")
    assert subsidy(contribution, "orphan") == (full, "0.00", "extreme_poverty")


@pytest.mark.parametrize(
    ("arguments", "paid", "own"),
    [
        (["subsistence_allowance", "extreme_poverty"], "400.00", "0.00"),
        (["subsistence_allowance", "monitored", "--set", f"{SUBSIDY}=200"], "320.00", "80.00"),
        (["subsistence_allowance", "monitored", "--set", f"{SUBSIDY}=350"], "350.00", "50.00"),
        (["near_subsistence"], "0.00", "400.00"),
        ([], "0.00", "400.00"),
    ],
)
def test_subsidy_of_several_categories(arguments: list[str], paid: str, own: str) -> None:  # C28
    assert subsidy("400", *arguments)[:2] == (paid, own)


def test_subsidy_names_its_clauses_and_refuses_what_is_left_to_others() -> None:
    answer = run("subsidy", "subsistence_allowance", "--on", "2025-05-01", "--format", "json", status=0).json
    assert {"yangquan.b38", "yangquan.b39", "yangquan.b41"} <= clauses(answer["explanation"])
    assert "阳泉细则" in run("subsidy", "subsistence_allowance", "--on", "2025-05-01", status=0).out
    done = run("subsidy", "monitored", "--on", "2025-05-01", status=1)
    assert done.err.startswith(f"sanchong: unmodelled: {SUBSIDY} ")


@pytest.mark.parametrize(
    ("accepted", "last"),
    [
        ("2025-05-12", "2025-06-10"),  # C39: Monday 06-02 is off
        ("2025-05-17", "2025-06-16"),  # a Saturday: the first day is the Monday after
        ("2025-09-22", "2025-10-24"),  # the October holiday with its two shift days
        ("2024-12-30", None),
        ("2025-04-01", "2025-04-29"),
        ("2025-12-20", "2026-01-19"),  # into the next year, over its Sunday 01-04 that is worked
    ],
)
def test_deadline(accepted: str, last: str | None) -> None:
    if last is None:  # the arrangements did not yet hold
        assert run("deadline", accepted, status=1).err.startswith("sanchong: missing_value: ")
        return
    answer = run("deadline", accepted, "--format", "json", status=0).json
    assert (answer["accepted"], answer["last_day"], answer["working_days"]) == (accepted, last, 20)
    assert answer["fast_track"] is None and "jinzhong.a80" in clauses(answer["explanation"])
    said = run("deadline", accepted, status=0).out
    assert f"最迟 {last}" in said and "办理时限" in said


@pytest.mark.parametrize("disease", ["cancer", "transplant", "dialysis"])
def test_fast_track(disease: str) -> None:
    """No text prints its number of working days, so only an accepted one gives a day."""
    asked = ["deadline", "2025-05-12", "--disease", disease, "--format", "json"]
    assert run(*asked, status=0).json["fast_track"] is None
    answer = run(*asked, "--accept-assumed", status=0).json
    assert (answer["fast_track"], answer["last_day"]) == ("2025-05-19", "2025-06-10")
    assert answer["assumed"] == ["recognition.fast_track.working_days"]


@pytest.mark.parametrize("disease", ["hemophilia", "diabetes"])
def test_no_fast_track(disease: str) -> None:
    asked = ["deadline", "2025-05-12", "--disease", disease, "--accept-assumed", "--format", "json"]
    answer = run(*asked, status=0).json
    assert (answer["fast_track"], answer["assumed"]) == (None, [])
    assert not run(*asked[:-2], status=0).out.startswith("随到随办")


def test_deadline_into_a_year_without_notice() -> None:
    done = run("deadline", "2027-05-12", status=1)
    assert done.err.startswith("sanchong: missing_value: no notice of working days is known for 2027")
    assert run("deadline", "2025-12-20", "--known-on", "2025-11-03", status=1).err.startswith(
        "sanchong: missing_v"
    )


THRESHOLDS = ["--set", "early_warning.threshold.falling_into=20000"]
THRESHOLDS += ["--set", "early_warning.threshold.falling_back=20000"]


@pytest.mark.parametrize(
    ("category", "burden", "watched", "passes"),
    [
        ("near_subsistence", "20000.00", True, False),
        ("near_subsistence", "20000.01", True, True),
        ("monitored", "20000.01", True, True),
        ("monitored", "20000", True, False),
        ("subsistence_allowance", "90000", False, False),
        ("orphan", "90000", False, False),
    ],
)
def test_warning(category: str, burden: str, watched: bool, passes: bool) -> None:  # C39
    answer = run("warn", category, burden, *THRESHOLDS, "--format", "json", status=0).json
    assert (answer["watched"], answer["passes"], answer["assumed"]) == (watched, passes, [])
    assert answer["threshold"] == ("20000.00" if watched else None)
    if watched:
        assert any(clause.startswith("yangquan.") for clause in clauses(answer["explanation"]))
        said = run("warn", category, burden, *THRESHOLDS, status=0).out
        assert ("未超过" in said) != passes and "阳泉细则 五（一）" in said


def test_warning_leaning_on_an_assumed_threshold() -> None:
    assert run("warn", "monitored", "5", status=1).err.startswith(
        "sanchong: assumed_value: early_warning.threshold."
    )
    assert "示例数据" in run("warn", "monitored", "5", "--accept-assumed", status=0).out


# ── arguments that cannot be used: exit status 2 ─────────────────────────────────────────────


def one_line(done: Done) -> str:
    """Standard error, checked to be one line about an unusable argument."""
    assert (
        done.status == 2
        and done.out == ""
        and done.err.startswith("sanchong: ")
        and done.err.count("\n") == 1
    )
    return done.err


@pytest.mark.parametrize(
    "command", ["quota diabetes", "subsidy orphan", "warn monitored 5", "deadline 2025-05-12"]
)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--area", "1403"], "--area: expected six digits, not '1403'"),
        (["--area", "１４０３００"], "--area: expected six digits"),
        (["--area", ""], "--area: expected six digits"),
        (["--format", "xml"], "--format is text or json"),
        (["--lang", "fr"], "--lang is zh or en"),
        (["--known-on", "x"], "--known-on: expected YYYY-MM-DD"),
    ],
)
def test_unusable_options(command: str, options: list[str], said: str) -> None:
    assert said in one_line(run(*command.split(), *options))


@pytest.mark.parametrize("command", ["quota diabetes", "subsidy orphan", "warn monitored 5"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--on", "2025-02-29"], "DATE: expected YYYY-MM-DD"),
        (["--set", "x"], "--set: expected ADDRESS=VALUE, not 'x'"),
        (["--set", "x=1"], "terms.x: unknown address"),
        (["--set", "=1"], "unknown address"),
        (["--set", f"{LIMIT}.diabetes"], "--set: expected ADDRESS=VALUE"),
        (
            ["--set", f"{LIMIT}.diabetes="],
            "expected an amount in yuan",
        ),
        (["--set", f"{LIMIT}.diabetes=-1"], "expected an amount in yuan"),
        (["--set", f"{LIMIT}.diabetes=1.005"], "expected an amount in yuan"),
        (["--set", f"{LIMIT}.diabetes=NaN"], "expected an amount in yuan"),
        (["--set", f"{LIMIT}.diabetes={'9' * 5000}"], "expected an amount in yuan"),
        (["--set", f"{LIMIT}.diabetes={'[' * 5000}"], "expected an amount in yuan"),
        (["--set", f"{LIMIT}.diabetes=[]"], "expected an amount in yuan"),
        (["--set", f"{LIMIT}.diabetes={{}}"], "dated: a required field is missing"),
        (["--set", "outpatient.chronic.stacking.rate=1.5"], "expected a rate from 0 to 1"),
        (["--set", "outpatient.chronic.stacking.max_others=1.5"], "expected a whole number from 0 to 1000"),
        (["--set", "recognition.time_limit.working_days=5"], "not one that terms may set"),
        (["--set", f"{LIMIT}.diabetes=1", "--set", f"{LIMIT}.diabetes=2"], "--set states"),
    ],
)
def test_unusable_values(command: str, options: list[str], said: str) -> None:
    assert said in one_line(run(*command.split(), *options))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quota", "plague"], "not among the 46 diseases"),
        (["quota", "diabetes", "diabetes:x"], "this disease has no subtype"),
        (["quota", "psychosis:x"], "no such subtype"),
        (["quota", ""], "not among the 46 diseases"),
        (["quota", "\udcff"], "not among the 46 diseases"),
        (["subsidy", "rich"], "expected one of extreme_poverty"),
        (["subsidy", "orphan", "rich"], "categories[1]"),
        (["warn", "rich", "5"], "expected one of extreme_poverty"),
        (["warn", "monitored", "much"], "expected an amount in yuan"),
        (["warn", "monitored", "10000000000.01"], "at most 10,000,000,000.00"),
        (["deadline", "12.5.2025"], "DATE: expected YYYY-MM-DD"),
        (["deadline", "2025-05-12", "--disease", "plague"], "not among the 46 diseases"),
    ],
)
def test_unusable_arguments(arguments: list[str], said: str) -> None:
    assert said in one_line(run(*arguments))


@pytest.mark.parametrize(
    "arguments", [["quota"], ["warn"], ["warn", "monitored"], ["deadline"], ["subsidy", "--x"]]
)
def test_missing_arguments(arguments: list[str]) -> None:
    assert run(*arguments, status=2).out == ""


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("command", ["quota diabetes", "subsidy orphan", "warn monitored 5"])
def test_the_ends_of_the_calendar(command: str, day: str) -> None:
    assert run(*command.split(), "--on", day, "--accept-assumed").status in (0, 1)
    run(*command.split(), "--known-on", day, "--accept-assumed")
    assert run("deadline", day, status=1).out == ""


# ── any question, any rule ───────────────────────────────────────────────────────────────────


def test_ask_a_question_and_a_rule() -> None:
    """A88: one claim of two is not reviewed. C39: 28 days are a long prescription by the law's own weeks."""
    due = ["first_review", 'due=["c-1", "c-2"]', 'reviewed=["c-1"]']
    answer = run("ask", *due, "--format", "json", status=0).json
    assert (answer["coverage"], answer["whole"], answer["missing"]) == ("1/2", False, ["c-2"])
    assert clauses(answer["explanation"]) == {"shanxi.a88"}
    weeks = [f"{name}=@prescription.long.{name}" for name in ("min_weeks", "max_weeks")]
    said = run("ask", "long_prescription_allowed", "days=28", *weeks, "--on", "2025-05-01", status=0).out
    assert "28 天在其内" in said and "长期处方最短周数：4" in said
    area = ["household_area=140300", "treatment_area=140100", "referred=true"]
    assert run("ask", "standard_area", *area, "--format", "json", status=0).json["result"] == "140300"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["nonsense"], 2, "rule: expected one of "),
        (["must_apply"], 2, "inputs.category: a required field is missing"),
        (["must_apply", "category"], 2, "expected KEY=VALUE, each once"),
        (["must_apply", "category=monitored", "category=orphan"], 2, "expected KEY=VALUE, each once"),
        (["disease_of_legacy_code", "code=4", "--area", "140700"], 1, "unmodelled: the earlier code 4"),
    ],
)
def test_ask_refused(arguments: list[str], status: int, said: str) -> None:
    done = run("ask", *arguments, "--on", "2025-05-01", "--lang", "en", status=status)
    assert said in done.err and done.err.count("\n") == 1
