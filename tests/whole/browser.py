"""A headless Chromium that is driven through its debugging pipe; for tests/whole/test_report.sh and tests/whole/test_pages.sh. Needs nothing but Python.

    with Browser() as browser:
        page = browser.open("file:///...", script=True)
        page.run("document.title")
        page.screenshot("page.png", width=400)
"""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find():
    """The path of a browser, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Page:
    def __init__(self, browser, session):
        self.browser = browser
        self.session = session
        self.problems = []   # what the console, the policy and exceptions said
        self.requests = []   # addresses

    def call(self, method, **parameters):
        return self.browser.call(method, parameters, self.session)

    def go(self, address):
        """Opens an address and waits until it is loaded."""
        self.loaded = False
        self.call("Page.navigate", url=address)
        deadline = time.monotonic() + 60
        while not self.loaded:
            self.browser.note(self.browser.receive(deadline))

    def run(self, expression):
        """The value of an expression in the page; an exception there is one here."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "exception"))
        return answer["result"].get("value")

    def press(self, key, shift=False):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, modifiers=8 if shift else 0,
                      windowsVirtualKeyCode={"ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35, "Tab": 9}.get(key, 0))

    def click(self, expression):
        """A click of the mouse on the middle of an element."""
        place = self.run("(e => { e.scrollIntoView({block: 'center', behavior: 'instant'});"
                         " const box = e.getBoundingClientRect();"
                         f" return [box.x + box.width / 2, box.y + box.height / 2]; }})({expression})")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def show_as(self, width, height, scheme="light"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme},
                                                          {"name": "prefers-reduced-motion", "value": "reduce"}])

    def screenshot(self, path, whole=True):
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **({"clip": {
            "x": 0, "y": 0, "scale": 1, "width": self.run("innerWidth"),
            "height": self.run("document.documentElement.scrollHeight")}} if whole else {}))
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))

    def print(self, path):
        answer = self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))


class Browser:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="racecheck-browser.")
        command = [find(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--hide-scrollbars", "--renderer-process-limit=1", "--user-data-dir=" + self.directory, "--remote-debugging-pipe", "about:blank"]
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        # The browser reads commands from descriptor 3 and answers on 4.
        def connect():
            kept_in, kept_out = os.dup2(theirs_in, 103), os.dup2(theirs_out, 104)
            os.dup2(kept_in, 3)
            os.dup2(kept_out, 4)

        self.process = subprocess.Popen(command, close_fds=False, preexec_fn=connect, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.input, self.output = ours_in, ours_out
        self.buffer = b""
        self.number = 0
        self.page = None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def receive(self, deadline):
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            chunk = os.read(self.input, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser has gone")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, message):
        page = self.page
        method, told = message.get("method"), message.get("params", {})
        if page is None or page.session != message.get("sessionId"):
            return
        if method == "Network.requestWillBeSent":
            page.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            page.problems.append(told["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif method == "Runtime.consoleAPICalled":
            page.problems.append("console: " + str([item.get("value") for item in told["args"]]))
        elif method == "Log.entryAdded":
            page.problems.append(told["entry"]["level"] + ": " + told["entry"]["text"])
        elif method == "Page.loadEventFired":
            page.loaded = True

    def call(self, method, parameters=None, session=None, seconds=60):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters or {}}
        if session is not None:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + seconds
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(method + ": " + answer["error"]["message"])
                return answer.get("result", {})
            self.note(answer)

    def session(self):
        """The one tab that there is: a new one for each page would cost a new process."""
        if self.page is not None:
            return self.page.session
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(domain + ".enable", session=session)
        return session

    def open(self, address, script=True):
        """Opens a page in place of the one before, which is gone."""
        session = self.session()
        if self.page is not None:
            self.page.go("about:blank")
            for method in ("Accessibility.disable", "Log.clear", "Runtime.discardConsoleEntries"):
                self.page.call(method)
        page = self.page = Page(self, session)
        page.call("Emulation.setScriptExecutionDisabled", value=not script)
        page.call("Emulation.setEmulatedMedia", media="")
        page.show_as(1100, 900)
        page.go(address)
        return page
