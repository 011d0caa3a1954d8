"""A worksheet filled in in a real browser: saved as a sheet that is marked, kept over a reload, loaded again."""

# ruff: noqa: F811
import time

import numpy as np
import pytest

pytest.importorskip("selenium.webdriver")
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from test_html_browser import CONTRASTS, browser, cut_off, folder, nameless, pytestmark, requests, visit  # noqa: F401

from gradcalc.check.answers.blank import blank_sheet, filled_sheet
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.commands.check import worksheet_report
from gradcalc.commands.request import Request
from gradcalc.problem.load import load
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page

HW3 = solve(load("hw3"), check=False)


def worksheet(name: str) -> str:
    return render(worksheet_report(Request(name)), lookup_format("html"), Page())


def field(browser, label: str):
    return browser.find_element(By.CSS_SELECTOR, f"[aria-label='{label}']")


def soon(found) -> str:
    """What is found as soon as it is there: the browser works beside, and the machine may have much to do."""
    for _ in range(600):
        if text := found():
            return text
        time.sleep(0.05)
    raise AssertionError("nothing was saved, or loaded")


def saved(browser, folder) -> str:
    """What the page's own button gives, as the file that the browser wrote."""
    file = folder / "answers.yaml"
    file.unlink(missing_ok=True)
    behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    browser.find_element(By.CSS_SELECTOR, ".save").click()
    return soon(lambda: file.exists() and file.read_text(encoding="utf-8"))


def load_file(browser, folder, text: str) -> str:
    file = folder / "loaded.yaml"
    file.write_text(text, encoding="utf-8")
    told = browser.find_element(By.CSS_SELECTOR, ".told")
    browser.execute_script("arguments[0].textContent = ''", told)
    browser.find_element(By.CSS_SELECTOR, ".load input").send_keys(str(file))
    return soon(lambda: told.text)


def test_what_is_typed_is_saved_as_a_sheet_that_is_marked(browser, visit, folder):
    address = visit(worksheet("hw3"))
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    typed = {
        "Your name": 'Ada "L"',
        "H, row 1, column 1": "0.9820",
        "loss, number or formula": "0.39",
        "∇W², or a formula": "h1 @ da2.T",
        "∇W¹, row 1, column 1": "-0.0052",
        "∇W¹, row 1, column 2": "1/2",
    }
    for label, text in typed.items():
        field(browser, label).send_keys(text)
    text = saved(browser, folder)
    assert text == (
        'name: "Ada \\"L\\""\n'
        "forward:\n  h1: [0.9820, null]\n"
        "loss: 0.39\n"
        'gradients:\n  W2: "h1 @ da2.T"\n  W1: [[-0.0052, "1/2"], [null, null]]\n'
    )
    marks = mark(HW3, sheet_from_document(read_text(text), HW3))
    verdicts = {each.quantity: each.verdict for each in marks.verdicts}
    assert verdicts == {
        "forward.h1": "correct",
        "loss": "imprecise",
        "gradients.W2": "correct",
        "gradients.W1": "wrong",
    }
    browser.refresh()
    assert {label: field(browser, label).get_attribute("value") for label in typed} == typed
    assert {url for url in requests(browser) if not url.startswith(("data:", "blob:"))} == {address}
    assert [each for each in browser.get_log("browser") if each["level"] == "SEVERE"] == []


def test_what_one_problem_keeps_is_not_shown_by_another(browser, visit):
    visit(worksheet("hw3"))
    field(browser, "loss, number or formula").send_keys("5")
    visit(worksheet("hw3-case2"))
    assert field(browser, "loss, number or formula").get_attribute("value") == ""


@pytest.mark.parametrize("name", ["hw3", "schiendorfer-batch", "ttic-graph-mixed", "aio-adam", "ng-logistic"])
def test_a_filled_sheet_fills_the_page_and_is_saved_again(browser, visit, folder, name):
    solution = solve(load(name), check=False)
    visit(worksheet(name))
    assert load_file(browser, folder, filled_sheet(solution)) == "Loaded."
    cut = "return [...document.querySelectorAll('input')].filter(each => each.scrollWidth > each.clientWidth).length"
    assert browser.execute_script(cut) == 0, "every number is seen as a whole"
    text = saved(browser, folder)
    answers = sheet_from_document(read_text(text), solution)
    marks = mark(solution, answers, complete=True)
    assert marks.score == marks.points
    assert {verdict.verdict for verdict in marks.verdicts} == {"correct"}


def test_an_empty_sheet_empties_the_page(browser, visit, folder):
    visit(worksheet("hw3"))
    load_file(browser, folder, filled_sheet(HW3))
    assert load_file(browser, folder, blank_sheet(HW3)) == "Loaded."
    assert saved(browser, folder) == "{}\n"


def test_a_sheet_as_people_write_it(browser, visit, folder):
    visit(worksheet("hw3"))
    text = (
        "# mine\nname: Ada # really\nforward:   {h1: [0.982, null], yhat: 'softmax(a2) # so'}\nloss: 0.3927  # about\n"
        "gradients:\n    W1: [[1,\n       2], [3, 4]]\n    a2: [[5], [6]]\n    h1: [1, 2, 3]\n    W9: 7\n"
    )
    told = load_file(browser, folder, text)
    assert "Not of the right shape: gradients.h1." in told
    assert "left out: gradients.W9." in told
    assert saved(browser, folder).splitlines() == [
        'name: "Ada"',
        "forward:",
        "  h1: [0.982, null]",
        '  yhat: "softmax(a2) # so"',
        "loss: 0.3927",
        "gradients:",
        "  a2: [5, 6]",
        '  h1: "[1,2,3]"',
        "  W1: [[1, 2], [3, 4]]",
    ]


def test_what_is_no_sheet_changes_nothing(browser, visit, folder):
    visit(worksheet("hw3"))
    load_file(browser, folder, "loss: 0.3927\n")
    assert load_file(browser, folder, "loss: 1\n- what is this\n").startswith("Not loaded")
    assert load_file(browser, folder, "gradients: [1, 2\n").startswith("Not loaded")
    assert saved(browser, folder) == "loss: 0.3927\n"


def test_keys_go_through_a_matrix(browser, visit):
    visit(worksheet("hw3"))
    field(browser, "∇W¹, row 1, column 2").click()
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.switch_to.active_element.get_attribute("aria-label") == "∇W¹, row 2, column 2"
    ActionChains(browser).send_keys(Keys.ARROW_UP, Keys.TAB).perform()
    assert browser.switch_to.active_element.get_attribute("aria-label") == "∇W¹, row 2, column 1"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["hw3", "schiendorfer-batch"])
def test_a_worksheet_can_be_read_at_every_width(browser, visit, name, dark):
    text = worksheet(name)
    for width in (375, 1280):
        visit(text, width, dark=dark)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        assert browser.execute_script(CONTRASTS) == []
    assert cut_off(browser, visit, text) == {}


def test_every_field_has_a_name_of_its_own(browser, visit):
    visit(worksheet("schiendorfer-batch"))
    assert nameless(browser) == []
    named = browser.execute_script(
        "return [...document.querySelectorAll('input')].map(each => each.getAttribute('aria-label'))"
    )
    assert all(named)
    assert len({*named}) == len(named) > np.prod((2, 3))


def test_on_paper_there_are_the_fields_and_no_buttons(browser, visit):
    visit(worksheet("hw3"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not browser.find_element(By.CSS_SELECTOR, ".save").is_displayed()
    assert field(browser, "Your name").is_displayed()
    assert field(browser, "∇W¹, row 1, column 2").is_displayed()
    assert not field(browser, "∇W¹, or a formula").is_displayed(), "an empty one is no use there"
