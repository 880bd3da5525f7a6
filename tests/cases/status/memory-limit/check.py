"""A search that needs gigabytes, in 64 MB: it has to stop by itself, and the process has to stay below the limit (with the
sanitizers, which need memory of their own, only the former)."""
import os
import resource
import subprocess
import sys

command = [sys.argv[1], "--max-memory=64M", "--threads=4", "--iters=10", "--slice=off"]
done = subprocess.run(command, capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print("status", done.returncode)
print(done.stdout.split("\n\n")[0])
print(done.stderr, end="")
print("less than 64 MB" if peak < 64 or os.environ.get("SANITIZERS") else f"{peak:.1f} MB")
