#!/usr/bin/env python3
"""Sends dead letters back and removes them in a headless Chromium, as a person does on this machine and on another one.

    actions_test.py PORT

PORT is where `web --allow-actions --no-token --host-name inspector.test` listens; there are two dead letters.
"""
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from browser_test import Browser


def told(browser, words):
    """Waits for words on a page that is just being left."""
    browser.until(words, lambda: words in browser.run("return document.body ? document.body.innerText : ''"))


def choose(browser, base, button, done):
    """Chooses the first letter and presses a button."""
    browser.open(base + "/dead-letters?read=1")
    browser.one("input[name=letter]").click()
    browser.one(f"button[value={button}]").click()
    told(browser, done)


def main():
    port = sys.argv[1]
    folder = tempfile.mkdtemp()
    browser = Browser(folder, flags=["--host-resolver-rules=MAP inspector.test 127.0.0.1"])
    try:
        # A name that is not this machine's own, without TLS: a browser sends no Sec-Fetch-Site there.
        elsewhere = f"http://inspector.test:{port}"
        browser.open(elsewhere + "/dead-letters")
        assert browser.run("return window.isSecureContext") is False
        choose(browser, elsewhere, "requeue", "Sent 1 dead letter back to the worker's queue.")
        # A form that the script has not taken over comes without an origin, and is refused.
        browser.open(elsewhere + "/dead-letters?read=1")
        browser.one("input[name=letter]").click()
        browser.run("const action = document.createElement('input'); action.name = 'action'; action.value = 'drop';"
                    "const form = document.querySelector('form[method=post]'); form.append(action); form.submit();")
        told(browser, "only from the inspector")
        here = f"http://127.0.0.1:{port}"
        browser.open(here + "/dead-letters")
        assert browser.run("return window.isSecureContext") is True
        choose(browser, here, "drop", "Removed 1 dead letter.")
        # A browser says that it ignores a header where there is no TLS.
        faults = [fault for fault in browser.faults() if "untrustworthy" not in fault]
        assert faults == [], faults
    finally:
        browser.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
