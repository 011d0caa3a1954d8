"""The web page in a real browser: mathematics laid out, quantities lit up, steps by keys, and nothing loaded.

Needs chromium and chromedriver (Debian's packages chromium and chromium-driver); skipped where they are missing.
"""

import base64
import json
import re
import shutil
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from bundled import WORKED
from documents import network, others, worked_out
from latex_check import check_latex
from slow import mostly_slow

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.commands.check import check_report
from gradcalc.commands.explain import explain_report
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.commands.steps import Way, step_report
from gradcalc.formula.names import Names, name_table
from gradcalc.formula.tex.read import read as read_tex
from gradcalc.problem.load import load
from gradcalc.program.shown import shown_names
from gradcalc.program.solve import solve
from gradcalc.report.document import Bar, Bars, Document, Heading, Table, Value
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.html import page
from gradcalc.report.page import Page
from gradcalc.report.story.marks import marks_document

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver aren't installed")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
)
POINTER_AWAY = {"type": "mouseMoved", "x": 0, "y": 0}
"""Where one test points, another has something that lights up when it has been laid out."""
OTHERS = others()
HW3_NAMES = shown_names(load("hw3"), solve(load("hw3"), check=False).shapes)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def visit(browser, folder):
    def go(text: str, width: int = 1280, height: int = 900, dark: bool = False) -> str:
        file = folder / "page.html"
        file.write_text(text, encoding="utf-8")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": [scheme]})
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", POINTER_AWAY)
        for kind in ("browser", "performance"):
            browser.get_log(kind)
        browser.get(file.as_uri())
        return file.as_uri()

    return go


def html_of(name: str) -> str:
    return render(solution_report(Request(name)), lookup_format("html"), Page())


def requests(browser) -> set[str]:
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"}


def names_with(browser, mark: str, within: str = "") -> set[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map(each => each.dataset.name)"
    return {name for names in browser.execute_script(script, f"{within} .{mark}") for name in names.split()}


def press(browser, key) -> None:
    ActionChains(browser).send_keys(key).perform()


def current(browser) -> str:
    return browser.execute_script("return document.activeElement.dataset.name")


@pytest.mark.parametrize(
    "name", mostly_slow([*WORKED, *OTHERS], "hw3", "ttic-graph-mixed", "marks", "step", "jacobian")
)
def test_mathematics_is_laid_out_and_nothing_is_loaded(browser, visit, name):
    address = visit(html_of(name) if name in WORKED else page.render((OTHERS[name](), None), Page()))
    flat = browser.execute_script(
        "return [...document.querySelectorAll('math')].filter(each => each.getBoundingClientRect().height <= 0"
        " || each.getBoundingClientRect().width <= 0).map(each => each.outerHTML)"
    )
    assert flat == []
    assert browser.get_log("browser") == []
    assert {url for url in requests(browser) if not url.startswith("data:")} == {address}


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("name", ["hw3", "han-kamber", "schiendorfer-batch", "ttic-graph-mixed", "cs231n-circuit"])
def test_no_page_is_wider_than_its_window(browser, visit, name, width):
    visit(html_of(name), width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("name", "width", "beside"), [("hw3", 1280, True), ("hw3", 400, False), ("ng-logistic", 1280, False)]
)
def test_the_diagram_is_large_enough_to_read(browser, visit, name, width, beside):
    visit(html_of(name), width)
    box = "return document.querySelector(arguments[0]).getBoundingClientRect()"
    text, figure, given, steps = (
        browser.execute_script(box, each) for each in ("svg .title", "figure", ".given", ".sections section")
    )
    assert text["height"] >= 9
    assert given["bottom"] <= figure["top"], "what is given comes first, then the picture"
    assert (figure["right"] <= steps["left"]) == beside
    assert (figure["bottom"] <= steps["top"]) != beside


def test_focus_lights_up_sources_and_uses_in_equations_and_in_the_diagram(browser, visit):
    visit(html_of("hw3"))
    browser.execute_script("document.querySelector('.quantity[data-name=a2]').focus()")
    assert names_with(browser, "is-now", "main") >= {"a2"}
    assert names_with(browser, "is-source", ".sections") == {"W2", "h1", "b2"}
    assert names_with(browser, "is-use", ".sections") == {"yhat"}
    assert names_with(browser, "is-now", ".diagram") == {"yhat", "a2"}, "a unit shows its activation energy too"
    assert names_with(browser, "is-source", ".diagram") >= {"W2", "h1", "b2"}


def test_what_sources_come_from_is_lit_too_but_fainter(browser, visit):
    visit(html_of("hw3"))
    browser.execute_script("document.querySelector('.quantity[data-name=h1]').focus()")
    assert names_with(browser, "is-source", ".sections") == {"a1"}
    assert names_with(browser, "is-origin", ".sections") == {"W1", "x", "b1"}
    assert names_with(browser, "is-origin", ".diagram") == {"W1", "x", "b1"}
    assert names_with(browser, "is-now", ".diagram") == {"h1", "a1"}


def test_pointing_lights_up_and_leaving_puts_back(browser, visit):
    visit(html_of("hw3"))
    name = browser.find_element(By.CSS_SELECTOR, ".quantity[data-name=W1]")
    ActionChains(browser).move_to_element(name).perform()
    assert names_with(browser, "is-now") == {"W1"}
    assert names_with(browser, "is-use", ".sections") == {"a1", "W1_new", "dx"}
    edges = browser.find_elements(By.CSS_SELECTOR, ".diagram g.is-now path")
    assert len(edges) == 4
    ActionChains(browser).move_to_element(browser.find_element(By.TAG_NAME, "h1")).perform()
    assert names_with(browser, "is-now") == set()


def test_pointing_at_a_unit_lights_up_the_equations(browser, visit):
    visit(html_of("hw3"))
    unit = browser.find_element(By.CSS_SELECTOR, ".diagram g[aria-label^='H[2]'] .title")
    ActionChains(browser).move_to_element(unit).perform()
    assert "h1" in names_with(browser, "is-now", ".workings")
    assert names_with(browser, "is-source", ".workings .quantity") >= {"a1"}


def test_arrow_keys_step_through_the_computation(browser, visit):
    visit(html_of("hw3"))
    order = browser.execute_script("return [...document.querySelectorAll('.quantity')].map(each => each.dataset.name)")
    assert order[:3] == ["x", "y", "W1"]
    seen = []
    for _ in order:
        press(browser, Keys.ARROW_RIGHT)
        seen.append(current(browser))
    assert seen == order
    press(browser, Keys.ARROW_RIGHT)
    assert current(browser) == order[-1], "the last is the last"
    press(browser, Keys.ARROW_LEFT)
    assert current(browser) == order[-2]
    assert names_with(browser, "is-now") >= {order[-2]}


def test_an_explanation_is_stepped_through_too(browser, visit):
    visit(page.render((OTHERS["explain-hw3-dW1[1,2]"](), None), Page()))
    press(browser, Keys.ARROW_RIGHT)
    press(browser, Keys.ARROW_RIGHT)
    assert current(browser) == "da1"


def test_a_step_is_said_and_seen(browser, visit):
    visit(html_of("hw3"), height=500)
    for _ in range(8):
        press(browser, Keys.ARROW_RIGHT)
    said = browser.find_element(By.CSS_SELECTOR, "[aria-live=polite]").text
    name = current(browser)
    assert "8 of" in said
    assert f": {HW3_NAMES.unicode(name)} = " in said
    top, bottom, bar = browser.execute_script(
        "const box = document.activeElement.getBoundingClientRect();"
        "return [box.top, box.bottom, document.querySelector('.steps').getBoundingClientRect().bottom]"
    )
    assert bar <= top
    assert bottom <= 500


def test_tab_comes_to_the_quantities_in_their_order(browser, visit):
    visit(html_of("cs231n-circuit"))
    seen = []
    for _ in range(30):
        press(browser, Keys.TAB)
        seen.append(
            browser.execute_script(
                "return document.activeElement.closest('.quantity') && document.activeElement.dataset.name"
            )
        )
    named = [name for name in seen if name]
    order = browser.execute_script("return [...document.querySelectorAll('.quantity')].map(each => each.dataset.name)")
    assert named[: len(order)] == order
    outline = browser.execute_script(
        "document.querySelector('.quantity').focus(); return getComputedStyle(document.activeElement).outlineStyle"
    )
    assert outline == "solid"


def test_buttons_step_too(browser, visit):
    visit(html_of("hw3"))
    browser.find_element(By.CSS_SELECTOR, "[data-step='1']").click()
    assert current(browser) == "x"


def test_dark_and_light_have_enough_contrast(browser, visit):
    for dark in (False, True):
        visit(html_of("hw3"), dark=dark)
        ink, paper = browser.execute_script(
            "const style = getComputedStyle(document.body); return [style.color, style.backgroundColor]"
        )
        assert contrast(ink, paper) >= 7
        assert (luminance(ink) > luminance(paper)) == dark


WIDTHS = (375, 1000, 1280, 1600)
CUT_OFF = Path(__file__).with_name("cut_off.js").read_text()


def cut_off(browser, visit, text) -> dict[int, list]:
    """By the width of the window, the numbers that aren't to be seen as a whole."""
    found = {}
    for width in WIDTHS:
        visit(text, width)
        found[width] = browser.execute_script(CUT_OFF)
    return {width: numbers for width, numbers in found.items() if numbers}


def large_marks() -> Document:
    """A sheet for a network with matrices of 6 by 8, some of them wrong, with all that a verdict may say."""
    solution = solve(network(5, 6, 3, 8), check=False)
    right = {name: np.round(value, 4) for name, value in solution.values.items()}
    wrong = right["a1"].copy()
    wrong[1, 2] += 0.5
    forward = {"a1": wrong.tolist(), "h1": np.round(right["h1"], 2).tolist(), "a2": right["a2"].tolist()}
    gradients = {"W2": (-right["dW2"]).tolist(), "W1": right["dW1"].tolist(), "h1": "W2 * da2", "b1": "x @"}
    return marks_document(mark(solution, sheet_from_data({"forward": forward, "gradients": gradients}, solution)))


@pytest.mark.parametrize("name", mostly_slow(WORKED, "hw3", "schiendorfer-batch", "cs231n-softmax"))
def test_no_number_of_a_solution_is_cut(browser, visit, name):
    assert cut_off(browser, visit, html_of(name)) == {}


@pytest.mark.parametrize("name", mostly_slow(OTHERS, "marks", "jacobian"))
def test_no_number_of_another_report_is_cut(browser, visit, name):
    assert cut_off(browser, visit, page.render((OTHERS[name](), None), Page())) == {}


def test_no_number_of_large_marks_is_cut(browser, visit):
    assert cut_off(browser, visit, page.render((large_marks(), None), Page())) == {}


def test_a_matrix_in_a_table_is_not_cut(browser, visit):
    cell = (Value(np.full((4, 12), -0.1282)),)
    table = Table(("a", "b", "imprecise"), ((cell, cell, ("imprecise " * 9,)),) * 3)
    document = Document((Heading("Wide", 1), Heading("Table"), table), name_table([]))
    assert cut_off(browser, visit, page.render((document, None), Page())) == {}


def test_what_goes_on_beyond_an_edge_fades_out(browser, visit):
    visit(page.render((large_marks(), None), Page()), 375)
    state = (
        "return [...document.querySelectorAll('.way, .forms > *')].filter(each => each.offsetParent)"
        ".map(each => [each.scrollWidth > each.clientWidth + 2, each.classList.contains('goes-on')])"
    )
    states = browser.execute_script(state)
    assert [True, True] in states
    assert all(wide == faded for wide, faded in states)
    browser.execute_script(
        "const way = document.querySelector('.goes-on'); way.scrollLeft = 1e5; return way.scrollLeft"
    )
    browser.execute_async_script("const done = arguments[0]; setTimeout(() => requestAnimationFrame(() => done()), 60)")
    assert browser.execute_script("return document.querySelector('.way').classList.contains('goes-on')") is False


def test_a_curve_that_goes_on_beyond_the_edge_fades_out(browser, visit, plots):
    for width, fades in ((375, True), (1280, False)):
        visit(plots, width)
        found = browser.execute_script(
            "return [...document.querySelectorAll('.plot')].map(each => each.classList.contains('goes-on'))"
        )
        assert set(found) == {fades}


def test_a_verdict_in_a_table_stands_on_one_line(browser, visit):
    solution = solve(load("hw3"), check=False)
    chain = {"gradients": {"W1": "= x @ da1 = x @ da1.T"}}
    visit(page.render((marks_document(mark(solution, sheet_from_data(chain, solution))), None), Page()), 375)
    heights = browser.execute_script(
        "return [...document.querySelectorAll('td .mark')].map(each => each.getClientRects().length)"
    )
    assert heights == [1, 1]


def test_on_a_phone_the_deepest_explanation_has_room(browser, visit):
    report = explain_report(Request("hw3"), "dW1[1,2]")
    visit(render(report, lookup_format("html"), Page()), 375)
    widths = "return [...document.querySelectorAll('.derivation .quantity')].map(each => each.clientWidth)"
    assert min(browser.execute_script(widths)) > 0.75 * 375


def test_the_first_error_has_both_ways_beside_each_other_where_there_is_room(browser, visit):
    solution = solve(load("hw3"), check=False)
    sheet = sheet_from_data({"gradients": {"a2": [0.2932, -0.2932], "h1": [-0.5865, 0]}}, solution)
    text = page.render((marks_document(mark(solution, sheet)), None), Page())
    boxes = (
        "return [...document.querySelectorAll('.contrast > div')].map(each => each.getBoundingClientRect().toJSON())"
    )
    visit(text, 1280)
    taken, due = browser.execute_script(boxes)
    assert taken["right"] < due["left"]
    assert abs(taken["top"] - due["top"]) < 1
    visit(text, 375)
    taken, due = browser.execute_script(boxes)
    assert taken["bottom"] <= due["top"]


SCROLLED = (
    "return [...document.querySelectorAll('.forms > *, .way')].filter(each => each.scrollWidth > each.clientWidth + 1)"
    ".map(each => each.textContent)"
)
SIZES = "return [...document.querySelectorAll('.forms math')].map(each => parseFloat(getComputedStyle(each).fontSize))"


@pytest.mark.parametrize("name", mostly_slow([*WORKED], "xor-online", "schiendorfer"))
def test_equations_are_set_smaller_before_they_are_cut(browser, visit, name):
    """Beside a diagram an equation has half of the window; type of 12 pixels is the smallest that can be read."""
    text = html_of(name)
    for width in (1000, 1280, 1600):
        visit(text, width)
        sizes = browser.execute_script(SIZES)
        assert min(sizes) >= 12
        scrolled = browser.execute_script(SCROLLED)
        assert not (scrolled and min(sizes) > 12.5), "it could have been smaller"
        assert not (scrolled and name in ("xor-online", "schiendorfer", "mazur", "brownlee")), "these fit"
    visit(text, 375)
    assert min(browser.execute_script(SIZES)) >= 12


def test_an_equation_is_large_again_where_there_is_room(browser, visit):
    visit(html_of("schiendorfer"), 375)
    assert min(browser.execute_script(SIZES)) < 16
    size = {"width": 2400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 50))")
    assert min(browser.execute_script(SIZES)) > 17


def test_a_line_ends_before_a_factor_where_there_is_but_one_term(browser, visit):
    visit(html_of("hw3"), 375)
    lines = (
        "return [...document.querySelectorAll('.workings .quantity[data-name=da2] .forms > *')].map(form =>"
        " new Set([...form.querySelectorAll('math')].map(each => each.getBoundingClientRect().left)).size)"
    )
    tops = browser.execute_script(lines.replace(".left", ".top"))
    assert max(tops) == 2, "= [0.6267; 0.3733] and below it the rest of the product"


POINTS = """
const points = [];
for (const table of document.querySelectorAll("mtable")) {
  const rows = [...table.querySelectorAll(":scope > mtr")].map((row) => [...row.children]);
  for (const column of rows[0].map((_, j) => rows.map((row) => row[j]))) {
    const numbers = column.map((cell) => cell.querySelector("mn")).filter((number) => number);
    if (numbers.length < column.length || column.some((cell) => cell.querySelector("msup"))) continue;
    points.push(numbers.map((number) => {
      const text = number.firstChild, at = text.data.indexOf(".");
      const range = document.createRange();
      range.setStart(text, 0);
      range.setEnd(text, at < 0 ? text.length : at);
      return [text.data, range.getBoundingClientRect().right];
    }));
  }
}
return points;
"""


@pytest.mark.parametrize("name", ["hw3", "schiendorfer-batch", "ng-logistic", "keras-masked-softmax"])
def test_decimal_points_stand_under_each_other(browser, visit, name):
    visit(html_of(name))
    columns = browser.execute_script(POINTS)
    assert len(columns) > 10
    for column in columns:
        places = [place for _, place in column]
        assert max(places) - min(places) < 1.5, column


def test_decimal_points_of_tables_stand_under_each_other(browser, visit):
    """The Jacobian has `0` beside `0.13703`."""
    visit(page.render((OTHERS["jacobian"](), None), Page()))
    columns = browser.execute_script(
        POINTS.replace('"mtable"', '"tbody"')
        .replace('":scope > mtr"', '":scope > tr"')
        .replace("[...row.children]", "[...row.children].slice(1)")
    )
    assert len(columns) > 5
    assert any(len({len(text) for text, _ in column}) > 1 for column in columns)
    for column in columns:
        places = [place for _, place in column]
        assert max(places) - min(places) < 1.5, column


def test_equations_stand_on_one_line_where_they_fit(browser, visit):
    lines = (
        "return [...document.querySelectorAll('.workings .forms')].map(forms => [...forms.children].map(form =>"
        " form.getBoundingClientRect()).filter((box, i, all) => !i || box.left <= all[i - 1].left).length)"
    )
    visit(html_of("hw3"), 1800)
    assert set(browser.execute_script(lines)) == {1}
    visit(html_of("hw3"), 375)
    broken = browser.execute_script(lines)
    assert max(broken) == 3
    lefts = (
        "return [...document.querySelectorAll('.workings .forms')].map(forms => Math.round("
        "forms.firstElementChild.getBoundingClientRect().left - forms.lastElementChild.getBoundingClientRect().left))"
    )
    signs = browser.execute_script(lefts)
    assert all(sign == 0 for sign, count in zip(signs, broken, strict=True) if count == 3), "= under ="


def test_a_page_is_three_sheets_of_paper(browser, visit):
    visit(html_of("hw3"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    paper = {"printBackground": False, "paperWidth": 8.27, "paperHeight": 11.69}
    printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", paper)["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3


def test_the_page_of_the_example_is_small():
    """60 kB are allowed; what comes next finds room of 2 kB and more."""
    assert len(html_of("hw3").encode()) < 58_000


def test_contents_lead_to_the_sections(browser, visit):
    visit(html_of("hw3"), height=600)
    links = browser.find_elements(By.CSS_SELECTOR, ".contents a")
    titles = browser.execute_script("return [...document.querySelectorAll('h2')].map(each => each.textContent)")
    assert [link.text for link in links] == titles
    links[3].click()
    top, bar = browser.execute_script(
        "return [document.querySelectorAll('h2')[3].getBoundingClientRect().top,"
        "document.querySelector('.bar').getBoundingClientRect().bottom]"
    )
    assert bar <= top < 400, "below what stays at the top"


def test_on_a_phone_what_stays_at_the_top_leaves_room(browser, visit):
    visit(html_of("hw3"), 375, height=667)
    press(browser, Keys.ARROW_RIGHT)
    bar = browser.execute_script("return document.querySelector('.bar').getBoundingClientRect().height")
    assert bar < 667 / 4


def test_on_a_phone_what_is_given_comes_first_then_the_picture(browser, visit):
    tops = (
        "return ['h1', 'h2', '.diagram', '.sections h2'].map(each =>"
        " document.querySelector(each).getBoundingClientRect().top)"
    )
    visit(html_of("hw3"), 375, height=667)
    found = browser.execute_script(tops)
    assert found == sorted(found), "title, Given, the picture, Forward pass"
    assert found[1] < 667 / 2, "on the first screen"
    visit(html_of("hw3"), 1280)
    title, heading, picture, steps = browser.execute_script(tops)
    assert title < heading < picture
    assert abs(steps - heading) < 20, "beside both where there is room"


@pytest.mark.parametrize("height", [720, 900])
def test_what_is_given_and_the_picture_stay_beside_the_steps(browser, visit, height):
    visit(html_of("hw3"), 1280, height)
    browser.execute_script("scrollTo(0, document.documentElement.scrollHeight / 2)")
    box = "return document.querySelector(arguments[0]).getBoundingClientRect()"
    bar, given, picture = (browser.execute_script(box, each) for each in (".bar", ".given", ".diagram svg"))
    assert bar["bottom"] <= given["top"] < given["bottom"] <= picture["top"] < picture["bottom"] <= height


@pytest.mark.parametrize("width", [375, 1000, 1280, 1600])
@pytest.mark.parametrize("name", ["hw3", "ttic-graph-mixed", "cs231n-circuit"])
def test_the_order_of_tabs_is_the_order_of_reading(browser, visit, name, width):
    """Down the page, or from left to right; within what stands beside the steps as well."""
    visit(html_of(name), width)
    boxes = browser.execute_script(
        "return [...document.querySelectorAll('.side, .sections')].map(part => [...part.querySelectorAll('.quantity,"
        " summary, .diagram')].map(each => { const box = each.getBoundingClientRect(); return [box.top, box.left]; }))"
    )
    for part in boxes:
        assert all(after[0] > before[0] or after[1] > before[1] for before, after in pairwise(part))


def test_steps_stand_in_two_columns_where_there_is_room(browser, visit):
    tops = "return [...document.querySelectorAll('.workings .quantity')].map(each => each.getBoundingClientRect().top)"
    for name, width, columns in (("ttic-graph-mixed", 1280, 2), ("ttic-graph-mixed", 375, 1), ("hw3", 1280, 1)):
        visit(html_of(name), width)
        found = browser.execute_script(tops)
        assert max(Counter(found).values()) == columns


def test_a_step_that_is_too_wide_for_a_column_takes_the_whole_line(browser, visit):
    visit(html_of("cs231n-three-images"), 1280)
    found = browser.execute_script(
        "return [...document.querySelectorAll('.workings .quantity')].map(each => [each.dataset.name, each.clientWidth"
        " > 0.6 * each.parentElement.clientWidth, parseFloat(getComputedStyle(each.querySelector('math')).fontSize)])"
    )
    widths = {name: whole for name, whole, _ in found}
    assert (widths["loss"], widths["ds"]) == (False, True)
    assert len({size for *_, size in found}) == 1, "none is set smaller for want of room"


def test_a_slider_goes_through_the_steps(browser, visit):
    visit(html_of("hw3"))
    slider = browser.find_element(By.CSS_SELECTOR, ".slider")
    order = browser.execute_script("return [...document.querySelectorAll('.quantity')].map(each => each.dataset.name)")
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("1", str(len(order)))
    assert slider.get_attribute("aria-label")
    browser.execute_script("arguments[0].focus()", slider)
    for _ in range(8):
        press(browser, Keys.ARROW_RIGHT)
    assert browser.execute_script("return document.activeElement === arguments[0]", slider), "it keeps the focus"
    assert names_with(browser, "is-now", "main") >= {order[8]}
    assert slider.get_attribute("aria-valuetext").startswith(f"{HW3_NAMES.unicode(order[8])} = ")


def test_the_step_that_is_shown_is_mathematics(browser, visit):
    visit(html_of("hw3"))
    browser.execute_script("document.querySelector('.quantity[data-name=da2]').focus()")
    press(browser, Keys.ARROW_RIGHT)
    press(browser, Keys.ARROW_LEFT)
    seen = browser.find_element(By.CSS_SELECTOR, ".seen")
    assert seen.is_displayed()
    assert len(seen.find_elements(By.TAG_NAME, "math")) == 2
    assert "inner" not in seen.text
    assert seen.get_attribute("aria-hidden") == "true", "a screen reader is told by the label"


def test_an_equation_is_copied_as_latex(browser, visit):
    visit(html_of("hw3"))
    copied = "document.addEventListener('copy', () => { window.copied = document.activeElement.value; });"
    browser.execute_script(copied)
    button = browser.find_element(By.CSS_SELECTOR, ".copy")
    assert not button.is_enabled()
    for name in ("W1", "a1", "da2", "loss", "W1_new"):
        browser.execute_script(f"document.querySelector('.quantity[data-name={name}]').focus()")
        button.click()
        tex = browser.execute_script("return window.copied")
        check_latex(tex)
        read_tex(re.sub(r"\\begin\{matrix\}.*?\\end\{matrix\}", "M", tex))  # Raises where a command isn't known.
    assert tex.startswith(r"{W}_{\mathrm{new}}^{1} ={W}^{1}-\eta \cdot \nabla {W}^{1}")
    assert r"\begin{matrix} 3.0026 & 5.9633 \\ 4 & 5 \end{matrix}" in tex


def test_a_page_with_one_equation_has_no_steps_but_can_be_copied_from(browser, visit):
    solution = solve(load("hw3"), check=False)
    sheet = sheet_from_data({"gradients": {"W2": [[0.2880, 0.2880], [0.1466, -0.1466]]}}, solution)
    visit(page.render((marks_document(mark(solution, sheet)), None), Page()))
    assert len(browser.find_elements(By.CSS_SELECTOR, ".quantity")) == 1
    assert not browser.find_elements(By.CSS_SELECTOR, ".slider")
    assert not any(each.is_displayed() for each in browser.find_elements(By.CSS_SELECTOR, "[data-step], .help"))
    browser.execute_script("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })")
    browser.find_element(By.CSS_SELECTOR, ".copy").click()
    assert browser.execute_script("return window.copied").startswith(r"\nabla {W}^{2}")


@pytest.mark.parametrize("name", ["function", "explain-hw3-dW1", "jacobian", "optimizer"])
def test_what_is_asked_for_is_not_folded(browser, visit, name):
    """Definitions are folded on the page of a solution; here they are what the page is about."""
    visit(page.render((OTHERS[name](), None), Page()))
    meanings = browser.find_elements(By.CSS_SELECTOR, ".meaning")
    assert meanings
    assert all(each.is_displayed() for each in meanings)


@pytest.mark.parametrize("dark", [False, True])
def test_marks_have_colours_and_what_is_right_unfolds_by_keys(browser, visit, dark):
    solution = solve(load("hw3"), check=False)
    answers = {"yhat": [0.6267, -0.6267], "a2": [0.2932, 0.2932], "W2": [[0.28, -0.28], [0.14, -0.14]]}
    visit(
        page.render((marks_document(mark(solution, sheet_from_data({"gradients": answers}, solution))), None), Page()),
        dark=dark,
    )
    colour = "return getComputedStyle(document.querySelector(arguments[0])).color"
    right, wrong, entry, ink = (
        [int(part) for part in re.findall(r"\d+", browser.execute_script(colour, each))]
        for each in (".correct .mark", ".wrong .mark", "mtd.bad", "mtd:not(.bad)")
    )
    assert right[1] > max(right[0], right[2]), "green"
    assert wrong[0] > 1.5 * max(wrong[1:]), "red"
    assert entry == wrong != ink
    (folded,) = browser.find_elements(By.CSS_SELECTOR, ".correct details")
    numbers = folded.find_element(By.CSS_SELECTOR, ".answer")
    assert not numbers.is_displayed()
    browser.execute_script("arguments[0].focus()", folded.find_element(By.TAG_NAME, "summary"))
    press(browser, Keys.ENTER)
    assert numbers.is_displayed()
    assert not browser.find_elements(By.CSS_SELECTOR, ".wrong details")


@pytest.mark.parametrize("dark", [False, True])
def test_what_a_problem_says_of_itself_has_the_colours_of_marks(browser, visit, tmp_path, dark):
    text = "inputs: {x: 2}\nequations: {y: x ** 2, z: x + 1}\nof: y\nexpected: {forward: {y: 4, z: 4}}\n"
    (tmp_path / "p.yaml").write_text(text)
    shown = render(check_report(Request(str(tmp_path / "p.yaml"))), lookup_format("html"), Page())
    visit(shown, dark=dark)
    colour = (
        "return [...new Set([...document.querySelectorAll(arguments[0])].map(each => getComputedStyle(each).color))]"
    )
    right, wrong = (browser.execute_script(colour, f"td .{word}") for word in ("correct", "wrong"))
    assert len(right) == len(wrong) == 1
    assert right != wrong
    assert browser.find_element(By.CSS_SELECTOR, "td .wrong").text == "✗ disagrees"
    assert browser.execute_script(CONTRASTS) == []


def test_definitions_unfold(browser, visit):
    visit(html_of("hw3"))
    meaning = browser.find_element(By.CSS_SELECTOR, ".meaning")
    assert not meaning.is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".definitions summary").click()
    assert meaning.is_displayed()


def test_a_highlight_covers_no_neighbour(browser, visit):
    """The comma of ⟨∇ŷ, ŷ⟩ stands beside what is lit: the outline ends at its own element."""
    visit(html_of("hw3"))
    browser.execute_script("document.querySelector('.quantity[data-name=da2]').focus()")
    offsets = (
        "return [...document.querySelectorAll('math .is-source, math .is-use, math .is-now')]"
        ".map(each => parseFloat(getComputedStyle(each).outlineOffset))"
    )
    found = browser.execute_script(offsets)
    assert found
    assert max(found) <= 0


def nameless(browser) -> list[tuple[str, str]]:
    """What can be reached by keys and has no name for a screen reader: its role, and what it is called."""
    browser.execute_cdp_cmd("Accessibility.enable", {})
    found = []
    for node in browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]:
        said = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        name, role = (node.get(key, {}).get("value", "") for key in ("name", "role"))
        if said.get("focusable") and role != "RootWebArea" and not name.strip():
            found.append((role, str(node.get("description", ""))))
    return found


@pytest.mark.parametrize("name", ["hw3", "ttic-graph-mixed", "marks", "step", "jacobian", "function", "curve", "check"])
def test_all_that_keys_reach_has_a_name(browser, visit, name):
    visit(html_of(name) if name in WORKED else page.render((OTHERS[name](), None), Page()))
    assert nameless(browser) == []


CONTRASTS = Path(__file__).with_name("contrast.js").read_text()


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(browser, visit, dark):
    """Also what is lit up around each quantity, in equations and in drawings of both kinds."""
    for text in (html_of("hw3"), html_of("ng-logistic"), page.render((large_marks(), None), Page())):
        visit(text, dark=dark)
        assert browser.execute_script(CONTRASTS) == []
        for i in range(browser.execute_script("return document.querySelectorAll('.quantity').length")):
            browser.execute_script("document.querySelectorAll('.quantity')[arguments[0]].focus()", i)
            assert browser.execute_script(CONTRASTS) == [], i


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["marks", "step", "function", "check", "explain-hw3-dW1[1,2]", "jacobian", "curve"])
def test_every_text_of_other_pages_has_enough_contrast(browser, visit, name, dark):
    visit(page.render((OTHERS[name](), None), Page()), dark=dark)
    assert browser.execute_script(CONTRASTS) == []


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(", ")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_on_paper_there_are_no_buttons_and_nothing_is_lit(browser, visit):
    visit(html_of("hw3"))
    press(browser, Keys.ARROW_RIGHT)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not browser.find_element(By.CSS_SELECTOR, ".steps").is_displayed()
    background = "return getComputedStyle(document.querySelector('.quantity.is-now')).backgroundColor"
    assert browser.execute_script(background) == "rgba(0, 0, 0, 0)"


def test_what_is_too_wide_for_paper_is_printed_smaller(browser, visit):
    visit(html_of("ng-network-penalty"))
    paper = {"printBackground": False, "paperWidth": 8.27, "paperHeight": 11.69}
    browser.execute_cdp_cmd("Page.printToPDF", paper)
    shrink = (
        "return [...document.querySelectorAll('.forms > *')].map(x => Number(x.style.getPropertyValue('--shrink')))"
    )
    shares = browser.execute_script(shrink)
    assert min(shares) < 0.9
    assert max(shares) == 1
    size = {"width": 680, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    right = "return Math.max(...[...document.querySelectorAll('math')].map(each => each.getBoundingClientRect().right))"
    assert browser.execute_script(right) <= 680


def test_two_fragments_on_one_page_do_not_disturb_each_other(browser, visit):
    one, two = (page.render((worked_out(name), None), Page(fragment=True)) for name in ("hw3", "cs231n-circuit"))
    visit(f"<!DOCTYPE html><html lang='en'><body>{one}{two}</body></html>")
    assert browser.get_log("browser") == []
    browser.execute_script("document.querySelectorAll('.gradcalc')[1].querySelector('.quantity').focus()")
    lit = "return document.querySelectorAll('.gradcalc')[arguments[0]].querySelectorAll('.is-now').length"
    assert browser.execute_script(lit, 0) == 0
    assert browser.execute_script(lit, 1) > 0


@pytest.fixture(scope="module")
def plots():
    way = Way(steps=20, watch=["W2", "b1"], curve=True, contour=("W2[1,1]", "W2[2,1]"))
    return render(step_report(Request("hw3"), way), lookup_format("html"), Page())


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [400, 1280])
def test_plots_can_be_read(browser, visit, plots, width, dark):
    address = visit(plots, width, dark=dark)
    assert browser.get_log("browser") == []
    assert {url for url in requests(browser) if not url.startswith("data:")} == {address}
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    colours = browser.execute_script(
        "return [...document.querySelectorAll('.plot-lines .word')].map(each => getComputedStyle(each).fill)"
    )
    assert min(contrast(each, paper) for each in set(colours)) >= 4.5
    lines = browser.execute_script(
        "return [...document.querySelectorAll('.plot-lines .line')].map(each => getComputedStyle(each).stroke)"
    )
    assert min(contrast(each, paper) for each in set(lines)) >= 3
    heights = (
        "return [...document.querySelectorAll('.plot-lines .tick')].map(each => each.getBoundingClientRect().height)"
    )
    assert min(browser.execute_script(heights)) >= 9


def test_words_of_a_plot_do_not_lie_on_each_other(browser, visit, plots):
    visit(plots, 1280)
    words = browser.execute_script(
        "return [...document.querySelectorAll('.plot-lines')].map(plot => [...plot.querySelectorAll('.word')]"
        ".map(each => [each.textContent, each.getBoundingClientRect()]))"
    )
    crossing = [
        (name, other)
        for plot in words
        for (name, one), (other, two) in combinations(plot, 2)
        if min(one["right"], two["right"]) - max(one["left"], two["left"]) > 1
        and min(one["bottom"], two["bottom"]) - max(one["top"], two["top"]) > 3
    ]
    assert crossing == []


def test_a_step_that_is_pointed_at_leads_to_the_step_before(browser, visit):
    visit(render(solution_report(Request("hw3"), way=Way(steps=2)), lookup_format("html"), Page()))
    browser.execute_script("document.querySelector(\".workings .quantity[data-name='a1@2']\").focus()")
    assert names_with(browser, "is-source", ".sections") >= {"W1_new", "b1_new", "x"}
    assert "a1" not in names_with(browser, "is-now")
    assert names_with(browser, "is-use", ".sections") == {"h1@2"}


def test_a_strangers_script_does_not_run(browser, visit, folder):
    file = Path(folder) / "evil.yaml"
    file.write_text(
        'title: "<script>window.ran = 1</script>"\nsource: "<img src=x onerror=\'window.ran = 2\'>"\n'
        'inputs: {x: 1}\nequations: {f: x * x}\nof: f\nsymbols: {x: "</math><script>window.ran = 3</script>"}\n'
    )
    visit(html_of(str(file)))
    assert browser.execute_script("return window.ran === undefined")
    assert browser.title == "<script>window.ran = 1</script>"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 1280])
def test_bars_are_as_long_as_their_shares(browser, visit, width, dark):
    bar = Bar(("a quantity",), (("correct", 0.75), ("wrong", 0.25)), (("75%",), ("25%",)))
    whole = Bar(("another",), (("correct", 1.0), ("wrong", 0.0)), (("100%",), ()))
    bars = Bars(("quantity", "correct", "wrong"), (bar, whole))
    visit(page.render((Document((Heading("Class", 1), bars), Names({}, {})), None), Page()), width, dark=dark)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.get_log("browser") == []
    box = "const box = document.querySelectorAll(arguments[0])[0].getBoundingClientRect(); return box.width"
    whole, right, wrong = (browser.execute_script(box, each) for each in (".bars svg", "rect.correct", "rect.wrong"))
    assert whole > 100
    assert (right / whole, wrong / whole) == pytest.approx((0.75, 0.25), abs=0.01)
    fill = "return [...document.querySelectorAll('rect')].map(each => getComputedStyle(each).fill)"
    fills = browser.execute_script(fill)
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert len({*fills[:2], paper}) == 3
    shown = browser.execute_script("return document.querySelector('tbody tr').innerText").split()
    assert {"75%", "25%"} <= {*shown}
