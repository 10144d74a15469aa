#!/usr/bin/env python3
"""Uses the inspector's pages in a headless Chromium, as a person does, and complains of whatever is not as it should be.

    browser_test.py CASE PROGRAM FIXTURES AXE

CASE is the name of a function below; PROGRAM is the worker, FIXTURES the folder of the timelines, AXE the file of axe-core.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TOKEN = "0123456789abcdef0123456789abcdef"
# Would run, or break out of its place, if anything of it were markup.
HOSTILE = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>\'</title>'


class Inspector:
    """A store, and the pages about it."""

    def __init__(self, folder, program, name, *flags):
        self.folder, self.program, self.store = folder, program, os.path.join(folder, name + ".sqlite")
        self.flags, self.process, self.base = flags, None, None

    def replay(self, path, *flags):
        result = subprocess.run([self.program, "replay", path, "--store", "sqlite:" + self.store, *flags],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert result.returncode == 0, (path, result.returncode, result.stderr)

    def serve(self):
        token = os.path.join(self.folder, "token")
        with open(token, "w") as file:
            file.write(TOKEN)
        self.process = subprocess.Popen(
            [self.program, "web", "--store", "sqlite:" + self.store, "--listen", "127.0.0.1:0", "--token-file", token,
             *self.flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = self.process.stdout.readline().strip()
        assert address.endswith("?token=" + TOKEN), address
        self.base = address.split("/?")[0]
        return self

    def link(self, path, **parameters):
        return self.base + path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")

    def get(self, path, headers=None, data=None, **parameters):
        request = urllib.request.Request(self.link(path, **parameters), headers=headers or {}, data=data)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def api(self, path, **parameters):
        status, text = self.get("/api/v1" + path, {"Authorization": "Bearer " + TOKEN}, **parameters)
        assert status == 200, (path, status, text)
        return json.loads(text)

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process.stdout.close()


class Browser:
    def __init__(self, folder, width=1400, dark=False, flags=()):
        options = webdriver.ChromeOptions()
        for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--user-data-dir=" + tempfile.mkdtemp(dir=folder), *flags]:
            options.add_argument(flag)
        if dark:
            options.add_argument("--blink-settings=preferredColorScheme=0")
        options.binary_location = shutil.which("chromium")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(30)
        self.width(width)

    def width(self, width):
        # A window is never so narrow; the device is.
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})

    def open(self, link):
        self.driver.get(link)
        return self.text()

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def press(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def until(self, what, condition, limit=20):
        WebDriverWait(self.driver, limit, poll_frequency=0.05).until(lambda _: condition(), what)

    def faults(self):
        """What the console says, but for answers that are meant to be errors."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if "status of 40" not in entry["message"]]

    def audit(self, axe):
        """Findings of axe-core that are serious."""
        self.run(axe)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run({resultTypes: ['violations']}).then((result) => done(result.violations));")
        return [(finding["id"], finding["nodes"][0]["html"][:160], finding["nodes"][0]["failureSummary"])
                for finding in found if finding["impact"] in ("serious", "critical")]

    def unfold(self):
        """Opens everything that folds, so that what is in it is looked at as well."""
        self.run("document.querySelectorAll('details').forEach((element) => { element.open = true; })")

    def overflow(self):
        """How far the page is wider than the window."""
        return self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def close(self):
        self.driver.quit()


def pages(inspector):
    """Links to a page of each kind."""
    update = inspector.api("/updates", limit=1, type="MessageUpdate")["updates"][0]
    others = inspector.api("/updates", limit=2, event=update["eventId"])["updates"]
    dialog = update["data"]["context"]["dialogId"]
    tenant = update["tenantId"]
    return {
        "overview": inspector.link("/"), "updates": inspector.link("/updates"),
        "update": inspector.link("/update", id=update["_id"]),
        "compare": inspector.link("/compare", a=others[0]["_id"], b=others[-1]["_id"]),
        "event": inspector.link("/event", tenant=tenant, id=update["eventId"]),
        "user": inspector.link("/user", tenant=tenant, id=update["userId"]),
        "dialog": inspector.link("/dialog", tenant=tenant, id=dialog), "live": inspector.link("/live"),
        "dead-letters": inspector.link("/dead-letters"), "mistake": inspector.link("/updates", q="usr:maria"),
        "missing": inspector.link("/nothing"),
    }


def looks(test):
    """Every page, light and dark, wide and narrow, unfolded: nothing serious for axe-core, nothing too wide, no complaint."""
    inspector = test.inspector("chat")
    inspector.replay(test.fixture("support-chat"), "--publish", "stdout")
    inspector.serve()
    with open(test.axe) as file:
        axe = file.read()
    for dark in (False, True):
        browser = test.browser(dark=dark)
        browser.open(inspector.link("/", token=TOKEN))
        assert "token" not in browser.driver.current_url, browser.driver.current_url
        for name, link in pages(inspector).items():
            browser.width(1400)
            browser.open(link)
            browser.unfold()
            assert (findings := browser.audit(axe)) == [], (name, dark, findings)
            assert (faults := browser.faults()) == [], (name, faults)
            browser.width(360)
            assert browser.overflow() <= 0, (name, browser.overflow())
            if name in ("updates", "event", "overview", "update", "compare"):
                assert (findings := browser.audit(axe)) == [], (name, dark, 360, findings)
        browser.width(1400)
        overview = browser.open(inspector.link("/"))
        for words in ("Lag", "Last replay", "It came to the end of its timelines", "Events and updates per"):
            assert words in overview, words
        # Every number leads to what it counts.
        links = [element.get_attribute("href") for element in browser.all(".number a, .chart h3 a, .legend a, #replayed a")]
        assert len(links) > 12, links
        for link in set(links):
            assert inspector.get(link[len(inspector.base):], {"Authorization": "Bearer " + TOKEN})[0] == 200, link
        event = pages(inspector)["event"]
        browser.open(event)
        assert browser.all("svg.timeline line.created") and browser.all("svg.timeline circle.published")
        browser.unfold()
        assert browser.run("return [...document.querySelectorAll('pre.copied')].some((element) =>"
                           " element.textContent.startsWith('{\"upsert\"'))")
        paper = browser.run("return getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(17, 19, 23)" if dark else "rgb(252, 252, 253)"), paper


def keyboard(test):
    """Everything by keys alone."""
    inspector = test.inspector("chat")
    inspector.replay(test.fixture("support-chat"))
    inspector.serve()
    browser = test.browser()
    browser.open(inspector.link("/updates", token=TOKEN))
    at = lambda: browser.driver.current_url.split(inspector.base)[1]
    browser.press("/")
    assert browser.driver.switch_to.active_element.get_attribute("id") == "q"
    browser.press("user:maria usr:x", Keys.ENTER)
    browser.until("the mistake is marked", lambda: browser.all("mark"))
    assert browser.one("mark").text == "usr:x" and "none of the terms" in browser.text()
    browser.press("/", Keys.CONTROL + "a", "user:maria", Keys.ENTER)
    browser.until("the search is done", lambda: at() == "/updates?q=user%3Amaria" and browser.all("tr[data-row]"))
    assert all("maria" in row.text for row in browser.all("tr[data-row]"))
    browser.press("j", "j", "k", "j")
    ids = [row.get_attribute("data-id") for row in browser.all("tr[data-row]")]
    assert browser.one("tr.at").get_attribute("data-id") == ids[1]
    outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", outline
    browser.press(Keys.ENTER)
    browser.until("the update is open", lambda: at() == "/update?id=" + ids[1])
    assert ids[1] in browser.text() and browser.all(".tree details")
    browser.press(Keys.ESCAPE)
    browser.until("the list is back", lambda: at() == "/updates?q=user%3Amaria")
    browser.press("j", "x", "j", "j", "x")
    browser.until("two are compared", lambda: at().startswith("/compare?"))
    assert "They differ at" in browser.text()
    browser.open(inspector.link("/updates"))
    browser.press("j", "g", "e")
    browser.until("the event is open", lambda: at().startswith("/event?"))
    assert "Who got what" in browser.text() and browser.all("svg.timeline")
    for key, place in (("u", "/updates"), ("l", "/live"), ("d", "/dead-letters")):
        browser.press("g", key)
        browser.until(place + " is open", lambda: at() == place)
    browser.press("?")
    assert browser.one("#help").get_attribute("open") is not None
    browser.press(Keys.ESCAPE)
    browser.open(inspector.link("/updates"))
    browser.one("#clock").click()
    assert browser.one("#clock").text == "Local"
    browser.one("#theme").click()
    browser.one("#theme").click()
    browser.driver.refresh()
    assert browser.one("#theme").text == "Dark" and browser.one("#clock").text == "Local"
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(17, 19, 23)"
    assert browser.faults() == []


def live(test):
    """The live page while a replay runs."""
    inspector = test.inspector("live")
    inspector.replay(test.fixture("support-chat"))
    inspector.serve()
    browser = test.browser()
    browser.open(inspector.link("/live", token=TOKEN))
    browser.until("it follows", lambda: browser.one("#state").text == "Following.")
    # The stream says so once it knows where the store ends.
    inspector.replay(test.fixture("group-of-200"), "--publish", "stdout")
    stored = lambda: len(browser.all("#tail tbody tr"))
    browser.until("updates are there", lambda: stored() >= 100)
    browser.until("and what was skipped", lambda: "skipped" in browser.one("#skipped").text)
    assert "tnt_village/u" in browser.text()
    browser.press("p")
    assert browser.one("#state").text == "Paused." and browser.one("#pause").text == "Go on"
    before = stored()
    inspector.replay(test.fixture("two-tenants"))
    browser.until("updates wait", lambda: "waiting" in browser.one("#skipped").text)
    assert stored() == before
    browser.press("p")
    assert stored() > before and "waiting" not in browser.one("#skipped").text
    browser.open(inspector.link("/live", q="type:TypingUpdate"))
    browser.until("it follows", lambda: browser.one("#state").text == "Following.")
    inspector.replay(test.fixture("membership"))
    os.rename(inspector.store, inspector.store + ".away")
    browser.until("the store is gone", lambda: "is gone" in browser.one("#state").text)
    assert not [row for row in browser.all("#tail tbody tr") if "TypingUpdate" not in row.text]
    assert "is gone" in browser.open(inspector.link("/updates"))
    assert [fault for fault in browser.faults() if "503" not in fault] == []


def hostile(test):
    """Ids and contents that are markup elsewhere are text here; nothing runs."""
    inspector = test.inspector("hostile")
    keys = {"tenantId": HOSTILE, "dialogId": HOSTILE}
    member = lambda user: {**keys, "userId": user, "isActive": True, "unreadCount": 1}
    message = {**keys, "messageId": HOSTILE, "senderId": HOSTILE, "content": HOSTILE, "type": "internal.text",
               "createdAt": 1764061200000, "meta": {HOSTILE: HOSTILE}}
    lines = [
        {"upsert": {"users": [{"tenantId": HOSTILE, "userId": HOSTILE, "type": HOSTILE, "name": HOSTILE}],
                    "dialogs": [{**keys, "name": HOSTILE, "createdBy": HOSTILE, "createdAt": 1, "updatedAt": 1}],
                    "dialogmembers": [member(HOSTILE), member("other")], "messages": [message]}},
        {"_id": "6925a00100000000000000aa", "tenantId": HOSTILE, "eventType": "message.create", "entityType": "message",
         "entityId": HOSTILE, "data": {"message": message, "context": {
             **keys, "version": 2, "eventType": "message.create", "entityId": HOSTILE, "messageId": HOSTILE}}}]
    path = os.path.join(test.folder, "hostile.ndjson")
    with open(path, "w") as file:
        file.write("".join(json.dumps(line) + "\n" for line in lines))
    inspector.replay(path)
    inspector.serve()
    browser = test.browser()
    browser.open(inspector.link("/", token=TOKEN))
    links = pages(inspector)
    links["search"] = inspector.link("/updates", q="usr:" + HOSTILE)
    links["filtered"] = inspector.link("/live", q='user:"' + HOSTILE.replace('"', '\\"') + '"')
    for name, link in links.items():
        browser.open(link)
        browser.run("document.querySelectorAll('a, input, summary, td').forEach((element) => {"
                    "for (const type of ['mouseover', 'focus', 'error']) element.dispatchEvent(new Event(type)); })")
        assert browser.run("return window.ran") is None, name
        assert not browser.all("img"), name
        assert browser.faults() == [], name
        if name not in ("mistake", "missing", "live", "dead-letters", "overview"):
            assert "onerror=" in browser.run("return document.body.textContent + document.querySelector('#q').value"), name
    browser.open(inspector.link("/live"))
    browser.until("it follows", lambda: browser.one("#state").text == "Following.")
    lines[1]["_id"] = "6925a00100000000000000ab"
    with open(path, "w") as file:
        file.write(json.dumps(lines[1]) + "\n")
    inspector.replay(path)
    browser.until("a row is there", lambda: browser.all("#tail tbody tr"))
    assert browser.run("return window.ran") is None and not browser.all("img")
    assert HOSTILE in browser.one("#tail tbody tr").text


def safety(test):
    """Who is let in, what is masked, and where a change may come from."""
    inspector = test.inspector("safe", "--mask", "data.message.content,data.dialog.name")
    inspector.replay(test.fixture("support-chat"))
    inspector.serve()
    bearer = {"Authorization": "Bearer " + TOKEN}
    assert inspector.get("/updates")[0] == 401
    assert inspector.get("/updates", token="wrong")[0] == 401
    assert inspector.get("/updates", {"Authorization": "Bearer wrong"})[0] == 401
    assert inspector.get("/updates", bearer)[0] == 200
    assert inspector.get("/updates", {**bearer, "Host": "evil.test"})[0] == 403
    assert inspector.get("/updates", bearer, q="x" * 100_000)[0] == 400
    assert inspector.get("/dead-letters", bearer, b"action=drop&letter=1")[0] == 403
    assert inspector.get("/dead-letters", {**bearer, "Sec-Fetch-Site": "cross-site"}, b"action=drop&letter=1")[0] == 403
    browser = test.browser()
    assert "wants its token" in browser.open(inspector.link("/updates"))
    browser.open(inspector.link("/updates", token=TOKEN))
    cookie, = browser.driver.get_cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict", cookie
    update = inspector.api("/updates", limit=1, type="MessageUpdate")["updates"][0]
    page = browser.open(inspector.link("/update", id=update["_id"]))
    assert "••••" in page and "masked" in page
    for word in ("Order 4711 is late", "чай"):
        assert word not in browser.driver.page_source, word
    # Another site: its form arrives without the cookie, and is refused for its origin anyway.
    foreign = os.path.join(test.folder, "foreign.html")
    with open(foreign, "w") as file:
        file.write(f'<form method="post" action="{inspector.link("/dead-letters")}"><input name="action" value="drop">'
                   '</form>')
    browser.driver.get("file://" + foreign)
    browser.run("document.forms[0].submit()")
    browser.until("it is refused", lambda: "only from the inspector" in browser.text())


class Test:
    def __init__(self, folder, program, fixtures, axe):
        self.folder, self.program, self.fixtures, self.axe = folder, program, fixtures, axe
        self.opened = []

    def fixture(self, name):
        return os.path.join(self.fixtures, name + ".ndjson")

    def inspector(self, name, *flags):
        self.opened.append(Inspector(self.folder, self.program, name, *flags))
        return self.opened[-1]

    def browser(self, **options):
        self.opened.append(Browser(self.folder, **options))
        return self.opened[-1]


def main():
    case, program, fixtures, axe = sys.argv[1:]
    folder = tempfile.mkdtemp()
    test = Test(folder, program, fixtures, axe)
    started = time.monotonic()
    try:
        {"looks": looks, "keyboard": keyboard, "live": live, "hostile": hostile, "safety": safety}[case](test)
        print(f"{case}: {time.monotonic() - started:.1f} s")
    finally:
        for opened in reversed(test.opened):
            opened.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
