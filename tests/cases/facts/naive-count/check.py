"""The naive count: every state with all its values, forwards from the start, one step at a time; it knows nothing of
racecheck but what it answers. The last thread that stepped is part of the state, so that preemptions can be counted."""
import json
import subprocess
import sys
from collections import defaultdict
from fractions import Fraction


def count(threads, iters):
    """The outcome, as value -> (schedules, probability, fewest preemptions), and the number of states."""
    steps = 3 * iters
    # A state: the value, position and register of each thread (0 where it is dead), who stepped last.
    level = {(0, ((0, 0),) * threads, None): (1, Fraction(1), 0)}
    states = 1
    for _ in range(threads * steps):
        following = defaultdict(lambda: (0, Fraction(0), 10**9))
        for (value, places, last), (ways, chance, preemptions) in level.items():
            able = [t for t in range(threads) if places[t][0] < steps]
            for thread in able:
                position, register = places[thread]
                after = value
                if position % 3 == 0:
                    register = value
                elif position % 3 == 1:
                    register += 1
                else:
                    after, register = register, 0
                places_after = places[:thread] + ((position + 1, register),) + places[thread + 1:]
                switch = last in able and last != thread
                known = following[after, places_after, thread]
                following[after, places_after, thread] = (known[0] + ways, known[1] + chance / len(able),
                                                          min(known[2], preemptions + switch))
        level = following
        states += len({(value, places) for value, places, _ in level})
    outcome = defaultdict(lambda: (0, Fraction(0), 10**9))
    for (value, _, _), numbers in level.items():
        known = outcome[value]
        outcome[value] = (known[0] + numbers[0], known[1] + numbers[1], min(known[2], numbers[2]))
    return dict(outcome), states


for threads, iters in [(2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (3, 1), (3, 2), (4, 1)]:
    counted, states = count(threads, iters)
    for options in ["--slice=auto"], ["--slice=auto", "--symmetry=off"], ["--slice=off"], ["--slice=off", "--symmetry=off"]:
        command = [sys.argv[1], f"--threads={threads}", f"--iters={iters}", *options, "--compute=all", "--json=-"]
        result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        found = {row["value"]: (int(row["schedules"]), Fraction(row["random_scheduler"]), row["preemptions"])
                 for row in result["outcome"]["values"]}
        assert found == counted, (command, found, counted)
        if "--slice=off" in options:
            assert result["statistics"]["states"] == states, (command, result["statistics"], states)
    print(f"{threads}x{iters}: {len(counted)} values, {states} states")
