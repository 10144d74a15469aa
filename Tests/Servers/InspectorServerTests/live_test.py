#!/usr/bin/env python3
"""Looks at the live page in a headless Chromium while updates are stored and then published.

    live_test.py PORT [SCREENSHOT]

Says on standard output what it has seen, upon which the test goes on: two updates are stored, then one of them is
published, then the other.
"""
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from browser_test import Browser


def main():
    folder = tempfile.mkdtemp()
    browser = Browser(folder)
    say = lambda text: print(text, flush=True)
    rows = lambda: browser.all("#tail tbody tr")
    # In one go, because cells are replaced meanwhile.
    published = lambda: browser.run(
        "return [...document.querySelectorAll('#tail td[data-label=Published]')].map((cell) => cell.textContent)")
    try:
        browser.open(f"http://127.0.0.1:{sys.argv[1]}/live")
        assert "as they are stored and as they are published" in browser.text()
        browser.until("both are followed", lambda: browser.one("#state").text == "Following.")
        say("following")
        browser.until("two are stored", lambda: published() == ["no", "no"])
        browser.press("j")
        assert browser.run("return document.activeElement.closest('tr').rowIndex") == 1
        say("stored")
        browser.until("one is published", lambda: sorted(published()) == ["no", "yes"])
        assert browser.run("return document.activeElement.closest('tr').rowIndex") == 1, "the focus stays"
        browser.press("p")
        say("paused")
        browser.until("the other one waits", lambda: browser.one("#skipped").text == "1 waiting")
        assert sorted(published()) == ["no", "yes"]
        browser.press("p")
        assert published() == ["yes", "yes"] and len(rows()) == 2, published()
        if len(sys.argv) > 2:
            browser.driver.save_screenshot(sys.argv[2])
        assert browser.faults() == []
    finally:
        browser.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
