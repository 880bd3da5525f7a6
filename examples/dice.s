# dice: each player throws a die and adds it to the sum, in one step
#
# `choose` takes any of the numbers; each is a choice of the schedule. An atomic stretch is one step, so that no throw is lost. `assert`
# is checked where it stands.
#
#     racecheck examples/dice.s
.var sum

.main
.atomic
    choose 1, 6, %ax
    add %ax, sum
.endatomic
    assert sum >= 1 && sum <= 6 * THREADS
