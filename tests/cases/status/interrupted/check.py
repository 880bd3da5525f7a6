"""Ctrl-C: the search stops, says so, and writes what it has found."""
import os
import signal
import subprocess
import sys

for number in signal.SIGINT, signal.SIGTERM:
    command = [sys.argv[1], "-t4", "-k10", "--slice=off", "--compute=values", "--json=result.json", "--certificate=certificate",
               "--progress=always"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # The first line of progress: the search is under way.
    process.stderr.read(1)
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    print(number.name, "status", process.returncode)
    print(output.split("\n\n")[0])
    print([line.strip() for line in open("result.json") if "complete" in line])
    print("certificate", os.path.exists("certificate"))
