"""Colour is for terminals, and not under NO_COLOR; progress is for terminals, and on standard error."""
import os
import pty
import subprocess
import sys


def on_terminal(arguments, **variables):
    """What a terminal would receive, as bytes."""
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen([sys.argv[1], *arguments], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                               env={**environment, "TERM": "xterm", **variables})
    os.close(slave)
    received = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # how Linux says that nobody has the other end open any more
            break
        if not part:
            break
        received += part
    process.wait()
    os.close(master)
    return received


escape = b"\x1b["
report = ["-t2", "-k2"]
piped = subprocess.run([sys.argv[1], *report], capture_output=True).stdout
print("pipe:", escape in piped)
print("terminal:", escape in on_terminal(report))
print("NO_COLOR=1:", escape in on_terminal(report, NO_COLOR="1"))
print("NO_COLOR empty:", escape in on_terminal(report, NO_COLOR=""))
print("TERM=dumb:", escape in on_terminal(report, TERM="dumb"))
print("progress on a terminal:", b"exploring" in on_terminal(["-t4", "-k10", "--slice=off", "--timeout=1.3", "-q"]))
print("a short run:", b"exploring" in on_terminal(["-t2", "-k10", "--slice=off", "-q"]))
