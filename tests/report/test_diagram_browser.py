"""Diagrams in a real browser: no number lies on another, is cut or too small, whatever is shown, and at any width."""

# ruff: noqa: F811
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bundled import WORKED

pytest.importorskip("selenium.webdriver")
from networks import network
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from slow import mostly_slow
from test_html_browser import (  # noqa: F401
    WIDTHS,
    browser,
    contrast,
    folder,
    html_of,
    press,
    pytestmark,
    requests,
    visit,
)

from gradcalc.report.html import page
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_document

FAULTS = Path(__file__).with_name("diagram.js").read_text()
QUICK = [(1, 1, 1), (4, 8, 3), (8, 8, 8)]


def fragment(solution) -> str:
    """A part of a page with the title and the diagram of a solution, so that it's quickly laid out."""
    document = solution_document(solution)
    return page.render((replace(document, blocks=document.blocks[:1]), solution), Page(fragment=True))


def on_one_page(solutions) -> str:
    shown = "".join(map(fragment, solutions))
    return f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><body style="margin:0">{shown}</body></html>'


def faults(browser, visit, text, widths=WIDTHS, dark=False) -> dict[int, list]:
    found = {}
    for width in widths:
        visit(text, width, dark=dark)
        found[width] = browser.execute_script(FAULTS)
        assert browser.get_log("browser") == []
    return {width: each for width, each in found.items() if each}


def test_no_numbers_lie_on_each_other(browser, visit):
    assert faults(browser, visit, on_one_page(map(network, QUICK))) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_no_numbers_of_any_network_lie_on_each_other(browser, visit, seed):
    random = np.random.default_rng(seed)
    sizes = [random.integers(1, 9, random.integers(3, 6)).tolist() for _ in range(5)] + [[8, 8, 8, 8, 8]]
    scale = [0.001, 0.3, 1, 40, 3000][seed]
    assert faults(browser, visit, on_one_page(network(each, seed, scale) for each in sizes)) == {}, sizes


def test_small_networks_show_the_weights_on_their_lines(browser, visit):
    """A backing of the paper's colour keeps lines from crossing the digits."""
    for width in (375, 1280):
        visit(html_of("hw3"), width)
        labels = browser.find_elements(By.CSS_SELECTOR, ".diagram .weight")
        assert [label.text for label in labels if label.is_displayed()] == ["3", "6", "4", "5", "2", "3", "4", "3"]
        backing = "const s = getComputedStyle(arguments[0]); return [s.stroke, s.paintOrder, parseFloat(s.strokeWidth)]"
        colour, order, size = browser.execute_script(backing, labels[0])
        paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (colour, order.split()[0]) == (paper, "stroke")
        assert size >= 6


def shown(browser) -> list[str]:
    """The numbers that are shown of a unit or a line, in words."""
    return browser.execute_script(
        "return [...document.querySelector('.diagram svg').lastElementChild.querySelectorAll('text')]"
        ".map(each => [...each.children].map(line => line.textContent).join(' '))"
    )


def focus(browser, label) -> None:
    browser.execute_script("document.querySelector(`.diagram [aria-label^='${arguments[0]}']`).focus()", label)


def test_a_unit_shows_its_weights_and_their_gradients(browser, visit):
    """Those of the source's equations (19) and (31): into H₁ and out of it."""
    visit(html_of("hw3"))
    focus(browser, "H[1]")
    assert shown(browser) == ["3 ∇ −0.0052", "4 ∇ 0", "2 ∇ 0.2880", "3 ∇ −0.2880"]
    assert browser.find_element(By.CSS_SELECTOR, ".diagram p:last-child").text == "H[1] = 0.9820; bias 1; ∇ −0.2932"
    assert not any(label.is_displayed() for label in browser.find_elements(By.CSS_SELECTOR, ".diagram .weight"))


def test_pointing_shows_the_numbers_and_leaving_hides_them(browser, visit):
    visit(html_of("hw3"))
    unit = browser.find_element(By.CSS_SELECTOR, ".diagram g[aria-label^='ŷ[2]'] .title")
    ActionChains(browser).move_to_element(unit).perform()
    assert shown(browser) == ["3 ∇ −0.2880", "3 ∇ −0.1466"]
    ActionChains(browser).move_to_element(browser.find_element(By.TAG_NAME, "h1")).perform()
    assert shown(browser) == []


def test_a_line_that_is_pointed_at_shows_its_weight(browser, visit):
    visit(html_of("hw3"))
    beside = browser.execute_script(
        "const line = document.querySelector(`[aria-label^='W¹[1,1]']`), svg = line.ownerSVGElement;"
        "const at = line.getPointAtLength(70), { left, top } = svg.getBoundingClientRect();"
        "const scale = svg.getScreenCTM().a; return [left + scale * at.x, top + scale * at.y - 3]"
    )
    chain = ActionChains(browser)
    chain.w3c_actions.pointer_action.move_to_location(*map(round, beside))
    chain.perform()
    assert shown(browser) == ["3 ∇ −0.0052"]


def test_without_a_mouse_one_comes_to_units_and_from_there_to_their_weights(browser, visit):
    visit(html_of("hw3"))
    focus(browser, "x[1]")
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.accessible_name == "x[2] = 0; gradient 0.3458"
    press(browser, Keys.ARROW_DOWN)
    assert browser.switch_to.active_element.accessible_name == "W¹[2,1] = 4, gradient 0"
    press(browser, Keys.ARROW_DOWN)
    assert browser.switch_to.active_element.accessible_name == "W¹[2,2] = 5, gradient 0"
    assert shown(browser) == ["5 ∇ 0"]
    press(browser, Keys.ESCAPE)
    assert browser.switch_to.active_element.accessible_name.startswith("x[2]")
    press(browser, Keys.ESCAPE)
    assert shown(browser) == []


def test_a_tap_selects_and_stays_where_it_is(browser, visit):
    visit(html_of("hw3"), 375)
    unit = browser.find_element(By.CSS_SELECTOR, ".diagram g[aria-label^='H[2]'] .title")
    browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", unit)
    before = browser.execute_script("return window.scrollY")
    unit.click()
    ActionChains(browser).move_to_element(browser.find_element(By.TAG_NAME, "figcaption")).perform()
    assert shown(browser) == ["6 ∇ 0.0733", "5 ∇ 0", "4 ∇ 0.1466", "3 ∇ −0.1466"]
    assert browser.execute_script("return window.scrollY") == before


@pytest.mark.parametrize("name", ["hw3", "ttic-graph-sigmoid", "cs231n-circuit", "large"])
def test_whatever_takes_the_focus_has_a_name(browser, visit, name):
    visit(fragment(network((16, 32, 9))) if name == "large" else html_of(name))
    names = browser.execute_script(
        "return [...document.querySelectorAll('.diagram [tabindex]')].map(e => [e.getAttribute('role'), e.ariaLabel])"
    )
    assert len(names) >= 5
    assert all((role == "img" and " = " in label) or ": " in label for role, label in names), names


@pytest.mark.parametrize("dark", [False, True])
def test_signs_are_told_by_colour_and_by_dashes(browser, visit, dark):
    """WCAG 2: lines 3 to 1, letters 4.5 to 1, also where they are lit."""
    visit(fragment(network((3, 3, 2))), dark=dark)
    style = (
        "const s = getComputedStyle(document.querySelector(arguments[0])); return [s.stroke, s.fill, s.strokeDasharray]"
    )
    paper = browser.execute_script("return getComputedStyle(document.querySelector('.gradcalc')).backgroundColor")
    plus, minus = (browser.execute_script(style, f".diagram svg.network .{sign}") for sign in ("plus", "minus"))
    keys = [browser.execute_script(style, f".diagram .key .{sign}") for sign in ("plus", "minus")]
    assert [plus, minus] == keys, "the caption shows lines as they are"
    assert min(contrast(line[0], paper) for line in (plus, minus)) >= 3
    assert plus[0] != minus[0]
    assert (plus[2], minus[2] == "none") == ("none", False)
    box = browser.execute_script(style, ".diagram rect")[1]
    for letters in (".unit text", ".unit .gradient", ".unit .title"):
        assert contrast(browser.execute_script(style, f".diagram {letters}")[1], box) >= 4.5
    focus(browser, "h¹[1]")
    fills = "const unit = document.activeElement, parts = [...unit.querySelectorAll('rect, text')];"
    lit, *letters = browser.execute_script(f"{fills} return parts.map(each => getComputedStyle(each).fill)")
    assert lit != box
    assert min(contrast(each, lit) for each in letters) >= 4.5


def test_paper_shows_the_whole_picture(browser, visit):
    for sizes in ((6, 4, 3), (4, 8, 3, 4, 3)):
        visit(fragment(network(sizes)), 718)
        focus(browser, "h¹[1]")
        browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert shown(browser) == []
        assert browser.execute_script(FAULTS) == []
        hint = browser.find_element(By.CSS_SELECTOR, ".diagram p:last-child")
        assert not hint.is_displayed()


def test_the_arrangement_follows_the_window(browser, visit):
    visit(html_of("hw3"), 1280)
    tall = "const box = document.querySelector('.network').getBoundingClientRect(); return box.height > box.width"
    assert not browser.execute_script(tall)
    for width, down in ((375, True), (1280, False)):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        assert browser.execute_script(tall) == down


def test_large_layers_are_blocks(browser, visit):
    text = on_one_page([network((16, 32, 9)), network((784, 64, 10)), network((20, 12, 3), samples=5)])
    assert faults(browser, visit, text) == {}
    blocks = browser.find_elements(By.CSS_SELECTOR, "svg.blocks")
    assert len(blocks) == 3
    names = [each.accessible_name for each in blocks[1].find_elements(By.CSS_SELECTOR, "g[tabindex]")]
    assert [name.split(",")[0] for name in names] == [
        *("W¹: 64 by 784", "W²: 10 by 64", "x: 784 by 1", "h¹ = σ(a¹): 64 by 1", "ŷ = a²: 10 by 1"),
        names[-1],
    ]
    assert names[-1].startswith("loss: ")


@pytest.mark.parametrize("name", mostly_slow(WORKED, "ng-network-penalty", "larose"))
def test_no_number_of_a_bundled_problem_lies_on_another(browser, visit, name):
    assert faults(browser, visit, html_of(name)) == {}
