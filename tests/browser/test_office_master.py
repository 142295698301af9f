"""What all share, in a browser: a list sorted, filtered and exported; a provider changed; an import from file to applied."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from tests.browser.office import enter, look, picture
from tests.office.master import document
from tests.office.staffed import Staffed

from sanchong.dates import today
from sanchong.office.catalogue.services import make_edition
from sanchong.office.catalogue.terms import Terms
from sanchong.office.imports import held
from sanchong.office.keeping import When
from sanchong.office.people.models import Person
from sanchong.office.providers import services as providers
from sanchong.office.studies import services

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(office: Staffed) -> Staffed:
    """Thirty providers of all kinds, and a second edition of the catalogue."""
    actor, since = office.city.actor, When(dt.date(2025, 1, 1), source="阳医保发〔2024〕12 号")
    regions, levels = ("140302", "140303"), ((3, 3, "city"), (2, 2, "county"), (1, 3, "township"))
    for number in range(30):
        kind = "pharmacy" if number % 3 == 2 else "hospital"
        code = f"{'P' if kind == 'pharmacy' else 'H'}1403021{number:04d}"
        name = f"{('城区', '矿区')[number % 2]}{('人民医院', '卫生院', '大药房')[number % 3]}{number + 1}"
        one = providers.register(actor, code, name, kind)
        level, fee_class, of = levels[number % 3]
        providers.stand(actor, one, regions[number % 2], level, fee_class, of, since)
        ends = today() + dt.timedelta(days=20) if number == 4 else None
        if number % 7:
            providers.agree(
                actor, one, "designated", When(since.start, ends, source=since.source), f"{number + 1} 号"
            )
            providers.agree(actor, one, "one_stop", since)
        providers.give_role(actor, one, "chronic", since)
        if kind == "hospital":
            who = providers.register_practitioner(
                actor, f"D1403{number:06d}", ("陈静", "王敏", "刘洋")[number % 3]
            )
            providers.post(actor, who, one, "physician", since)
    suspended = providers.register(actor, "H14030399999", "矿区康复医院", "hospital")
    providers.stand(actor, suspended, "140303", 2, 2, "county", since)
    providers.agree(actor, suspended, "designated", since, "99 号")
    providers.suspend(actor, suspended, When(today(), source="涉嫌重复收费，正在核查"))
    make_edition(
        actor,
        "2026 年医保目录",
        today(),
        [
            Terms("A1", "A1", "drug", "A", price_cap=28_50),
            Terms("B1", "B1", "drug", "A"),
            Terms("XA10BA", "盐酸二甲双胍片", "drug", "A", dual_channel=True, diseases=("diabetes",)),
        ],
    )
    return office


def test_a_list_is_sorted_filtered_and_exported(
    page: Page, live_server: LiveServer, town: Staffed, quiet: None, tmp_path: Path
) -> None:
    enter(page, live_server, town, "agency_county")
    look(page, "home-county")
    page.goto(f"{live_server.url}/recognitions/")
    look(page, "recognitions")
    page.goto(f"{live_server.url}/providers/")
    look(page, "providers")
    page.get_by_role("link", name="等级", exact=True).click()
    expect(page.locator("[aria-sort=ascending]")).to_contain_text("等级")
    page.get_by_label("今日状态").select_option("暂停结算")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("矿区康复医院")
    expect(page.locator("[aria-sort=ascending]")).to_have_count(1)  # the order stays
    with page.expect_download() as loaded:
        page.get_by_role("button", name="导出 Excel").click()
    file = tmp_path / loaded.value.suggested_filename
    loaded.value.save_as(file)
    rows = [[cell.value for cell in row] for row in load_workbook(file)["医药机构"]]
    assert len(rows) == 2 and rows[1][:2] == ["矿区康复医院", "H14030399999"]
    page.get_by_label("名称或编码").fill("没有这家")
    page.get_by_role("button", name="筛选").click()
    look(page, "providers-none")
    page.goto(f"{live_server.url}/practitioners/")
    page.get_by_label("姓名").fill("陈")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("tbody tr")).to_have_count(10)
    assert "陈" not in page.url
    look(page, "practitioners")


def test_a_provider_is_suspended_and_the_catalogue_looked_at(
    page: Page, live_server: LiveServer, town: Staffed, quiet: None
) -> None:
    enter(page, live_server, town, "agency_city")
    page.goto(f"{live_server.url}/providers/{town.city.hospital.code}/")
    page.get_by_role("link", name="暂停结算").click()
    page.get_by_role("textbox", name="起始日期").fill(today().isoformat())
    page.get_by_label("依据").fill("举报核查")
    look(page, "provider-form")
    page.get_by_role("button", name="预览变化").click()
    look(page, "provider-preview")
    page.get_by_role("button", name="确认办理").click()
    page.wait_for_url(f"**/providers/{town.city.hospital.code}/")
    assert "举报核查" in page.locator(".warnings").inner_text()
    look(page, "provider")
    page.goto(f"{live_server.url}/catalogue/")
    page.get_by_role("link", name="2026 年医保目录").click()
    look(page, "catalogue-edition")
    page.get_by_role("button", name="比较").click()
    page.wait_for_url("**/difference/**")
    look(page, "catalogue-difference")


def test_an_import_from_file_to_applied(
    page: Page,
    live_server: LiveServer,
    office: Staffed,
    quiet: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held, "folder_of_uploads", lambda: tmp_path / "uploads")
    header = "证件号码,姓名,险种,参保地,年度,个人缴费,资助,起始日期,户编号,户籍地\n"
    insured = "城乡居民,140300,2026,400,0,2026-01-01"
    good = "".join(f"{document(n)},赵{n},{insured},H{n},140302\n" for n in range(1, 30))
    bad = f"{document(31)},,城乡,1403,2026,四百,0,2026-13-01,H31,140302\n"
    enter(page, live_server, office, "agency_county")
    page.goto(f"{live_server.url}/imports/")
    look(page, "imports-none")
    page.get_by_role("link", name="参保人员").first.click()
    look(page, "import")
    (tmp_path / "一月新增.csv").write_text(header + good + bad, encoding="utf-8")
    page.get_by_label("文件").set_input_files(tmp_path / "一月新增.csv")
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/preview/**")
    look(page, "import-bad")
    page.get_by_role("link", name="重新上传").click()
    (tmp_path / "一月新增.csv").write_text(header + good, encoding="utf-8")
    page.get_by_label("文件").set_input_files(tmp_path / "一月新增.csv")
    page.get_by_label("依据").fill("城区报送名册")
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/preview/**")
    look(page, "import-preview")
    before = Person.objects.count()
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_url("**/imports/")
    assert "新增 29" in page.locator(".note").inner_text() and Person.objects.count() == before + 29
    look(page, "imports")


@pytest.mark.batch
def test_a_small_simulation_is_started_and_its_report_read(
    page: Page,
    live_server: LiveServer,
    office: Staffed,
    quiet: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(services, "_home", lambda: tmp_path / "studies")
    enter(page, live_server, office, "analyst")
    page.goto(f"{live_server.url}/studies/")
    look(page, "studies-none")
    page.get_by_role("link", name="开始模拟").click()
    page.get_by_label("人数").fill("400")
    page.get_by_label("大病保险起付标准降低五分之一").check()
    look(page, "study-form")
    page.get_by_role("button", name="开始模拟").click()
    page.wait_for_url("**/studies/*/")
    picture(page, "study-running")
    page.get_by_role("link", name="打开报告").wait_for(timeout=240_000)
    look(page, "study")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="打开报告").click()
    report = opened.value
    report.wait_for_load_state()
    expect(report.locator("main[lang=zh-CN]")).to_be_visible()
    picture(report, "study-report", whole=False)
