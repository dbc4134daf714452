"""A guard at the console in headless Chromium, the whole compound running behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sim.demo import Demo

pytestmark = pytest.mark.e2e

FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIRST_ALERT_MS = 90_000


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, compound: Demo) -> Iterator[Page]:
    """A page of the console in Chinese; any error in its script fails the test."""
    context = browser.new_context(
        base_url=compound.address, locale="zh-CN", viewport={"width": 1440, "height": 900}
    )
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def sign_in(page: Page, compound: Demo) -> None:
    assert compound.login is not None
    username, password = compound.login
    page.goto("/")
    page.get_by_test_id("sign-in-username").fill(username)
    page.get_by_test_id("sign-in-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_test_id("nav-alerts")).to_be_visible()


def test_a_wrong_password_is_refused(page: Page) -> None:
    page.goto("/")
    page.get_by_test_id("sign-in-username").fill("admin")
    page.get_by_test_id("sign-in-password").fill("not the password")

    page.get_by_test_id("sign-in-submit").click()

    expect(page.get_by_text("密码").first).to_be_visible()
    expect(page.get_by_test_id("nav-alerts")).to_have_count(0)


def test_an_alert_appears_live_and_is_acknowledged(page: Page, compound: Demo) -> None:
    sign_in(page, compound)
    page.get_by_test_id("nav-alerts").click()
    raised = page.locator("[data-testid=alert-row][data-state=raised]").first

    expect(raised).to_be_visible(timeout=FIRST_ALERT_MS)
    alert_id = raised.get_attribute("data-alert-id")
    expect(raised).to_contain_text("尾随")
    raised.click()
    page.get_by_test_id("alert-acknowledge").first.click()

    row = page.locator(f"[data-testid=alert-row][data-alert-id='{alert_id}']")
    expect(row).to_have_attribute("data-state", "acknowledged")
    expect(row).to_contain_text("已确认")


def test_the_evidence_of_an_alert_is_a_picture(page: Page, compound: Demo) -> None:
    sign_in(page, compound)
    page.get_by_test_id("nav-alerts").click()
    page.get_by_test_id("alert-row").first.click(timeout=FIRST_ALERT_MS)

    page.get_by_test_id("alert-evidence").first.click()

    picture = page.locator("img[src^='blob:']").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 768


def test_the_gates_show_what_was_counted(page: Page, compound: Demo) -> None:
    sign_in(page, compound)

    page.get_by_test_id("nav-gates").click()

    card = page.get_by_test_id("gate-card").first
    expect(card).to_contain_text("东门")


def test_the_trend_draws_flow_and_occupancy(page: Page, compound: Demo) -> None:
    sign_in(page, compound)

    page.get_by_test_id("nav-trends").click()

    expect(page.get_by_test_id("trend-flow").locator("canvas")).to_be_visible()
    expect(page.get_by_test_id("trend-occupancy").locator("canvas")).to_be_visible()


def test_english_is_one_click_away(page: Page, compound: Demo) -> None:
    sign_in(page, compound)

    page.get_by_test_id("lang-switch").click()
    english = page.get_by_text("English", exact=True)
    if english.count():
        english.first.click()

    expect(page.get_by_test_id("nav-alerts")).to_contain_text("Alerts")


@pytest.mark.parametrize("path", ["nav-alerts", "nav-gates", "nav-trends"])
def test_no_page_scrolls_sideways_on_a_phone(page: Page, compound: Demo, path: str) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    sign_in(page, compound)

    page.get_by_test_id(path).click()
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= 375
