"""What is known in closed form: the number of all schedules, of those without a lost update, of those that end with 2."""
import json
import subprocess
import sys
from math import factorial

for threads, iters in [(1, 5), (2, 1), (2, 2), (2, 3), (2, 17), (2, 60), (3, 1), (3, 4), (3, 7), (4, 3), (5, 2), (8, 1)]:
    text = subprocess.run([sys.argv[1], f"--threads={threads}", f"--iters={iters}", "--compute=counts", "--json=-"],
                          check=True, capture_output=True).stdout
    outcome = json.loads(text)["outcome"]
    schedules = {row["value"]: int(row["schedules"]) for row in outcome["values"]}
    length = 3 * iters
    assert int(outcome["schedules"]) == sum(schedules.values())
    assert int(outcome["schedules"]) == factorial(threads * length) // factorial(length) ** threads
    assert outcome["multinomial"]
    assert schedules[threads * iters] == factorial(threads * iters) // factorial(iters) ** threads
    assert outcome["maximum"] == threads * iters
    assert outcome["minimum"] == (1 if iters == 1 else iters if threads == 1 else 2)
    if threads == 2 and iters >= 3:
        assert schedules[2] == 162 * (iters - 1) ** 2
    print(f"{threads}x{iters}: {len(str(outcome['schedules']))} digits")
