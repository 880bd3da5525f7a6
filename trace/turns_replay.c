#include "trace/turns_replay.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "machine/machine.h"

#include <inttypes.h>
#include <string.h>

enum { GROUP_TURN_MAX = 1000000 };

/* What a location becomes: the old value of another one, or of nothing, with a number added. */
struct origin_of {
    location_id source; /* or LOCATION_NONE */
    int64_t addend;
};

/* A thread on its way. */
struct runner {
    uint32_t index;  /* in its code, of which the first repetition stands for all */
    uint64_t rounds; /* of its loop, the one that it is in included */
};

struct execution {
    const struct program *program;
    struct machine *machine;
    size_t locations;
    struct runner runners[PROGRAM_THREADS_MAX];
    int holders[PROGRAM_OBJECTS_MAX]; /* of mutexes, or -1 */
    struct origin_of *net;            /* what all steps of the present stretch did */
    struct origin_of *more;           /* room */
    int64_t *values;                  /* before that stretch */
    uint64_t steps;
    bool overflows;
    struct error *error;
};

static bool refuse(struct execution *self, const char *text)
{
    return error_set(self->error, NULL, 0, 0, "step %" PRIu64 ": %s", self->steps + 1, text);
}

/* ---- Assignments ----------------------------------------------------------------------------------------------------- */

static void clear_net(struct execution *self)
{
    for (size_t l = 0; l < self->locations; l++)
        self->net[l] = (struct origin_of){(location_id)l, 0};
}

/* first and then second, into the room, which takes the place of second. */
static void compose(struct execution *self, const struct origin_of *first, struct origin_of **second)
{
    for (size_t l = 0; l < self->locations; l++) {
        struct origin_of from = (*second)[l];
        if (from.source != LOCATION_NONE) {
            const struct origin_of *before = &first[from.source];
            self->overflows |= __builtin_add_overflow(from.addend, before->addend, &from.addend);
            from.source = before->source;
        }
        self->more[l] = from;
    }
    struct origin_of *room = self->more;
    self->more = *second;
    *second = room;
}

/* The present stretch becomes past. */
static void settle(struct execution *self)
{
    int64_t *values = memory_new(self->locations, sizeof *values);
    for (size_t l = 0; l < self->locations; l++) {
        int64_t before = self->net[l].source != LOCATION_NONE ? self->values[self->net[l].source] : 0;
        self->overflows |= __builtin_add_overflow(before, self->net[l].addend, &values[l]);
    }
    memory_free(self->values);
    self->values = values;
    clear_net(self);
}

/* The present stretch so many times more: its power, by squaring. */
static void repeat(struct execution *self, uint64_t times)
{
    struct origin_of *power = memory_copy(self->net, self->locations * sizeof *power);
    for (; times > 0; times >>= 1) {
        if ((times & 1) != 0)
            compose(self, power, &self->net);
        struct origin_of *square = memory_copy(power, self->locations * sizeof *square);
        compose(self, power, &square);
        memory_free(power);
        power = square;
    }
    memory_free(power);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------------- */

static bool assign(struct execution *self, size_t thread, uint32_t index)
{
    struct effect effect;
    machine_effect(self->machine, thread, index, &effect);
    memcpy(self->more, self->net, self->locations * sizeof *self->more);
    for (size_t a = 0; a < effect.assignment_count; a++) {
        const struct assignment *assignment = &effect.assignments[a];
        struct origin_of to = {LOCATION_NONE, assignment->constant};
        if (assignment->is_comparison)
            continue; /* nothing jumps */
        if (assignment->term_count > 1 || (assignment->term_count == 1 && assignment->terms[0].coefficient != 1))
            return refuse(self, "computes more than one value plus a constant");
        if (assignment->term_count == 1) {
            const struct origin_of *from = &self->net[assignment->terms[0].source];
            to.source = from->source;
            self->overflows |= __builtin_add_overflow(from->addend, assignment->constant, &to.addend);
        }
        self->more[assignment->target] = to;
    }
    struct origin_of *room = self->net;
    self->net = self->more;
    self->more = room;
    return true;
}

static bool synchronise(struct execution *self, size_t thread, enum act act, size_t mutex)
{
    int *holder = &self->holders[mutex];
    if (act == ACT_LOCK && *holder >= 0)
        return refuse(self, "the thread cannot step: it waits for a mutex");
    if (act == ACT_UNLOCK && *holder != (int)thread)
        return refuse(self, "the thread unlocks a mutex that it does not have");
    *holder = act == ACT_LOCK ? (int)thread : -1;
    return true;
}

static void advance(struct execution *self, size_t thread)
{
    const struct code_loop *loop = &program_code(self->program, thread)->loop;
    struct runner *runner = &self->runners[thread];
    runner->index++;
    if (loop->length == 0 || runner->index != loop->first + loop->length)
        return;
    if (--runner->rounds > 0)
        runner->index = loop->first;
    else
        runner->index += (uint32_t)(loop->kept - 1) * loop->length;
}

static bool step(struct execution *self, size_t thread)
{
    const struct code *code = program_code(self->program, thread);
    uint32_t index = self->runners[thread].index;
    size_t object;
    if (index == code->count)
        return refuse(self, "the thread cannot step: it has finished");
    enum act act = machine_act(self->machine, thread, index, &object);
    const struct instruction *instruction = &code->instructions[index];
    bool is_plain = act == ACT_ASSIGN || act == ACT_NOTHING || act == ACT_COMPARE || act == ACT_YIELD;
    if ((!is_plain && act != ACT_LOCK && act != ACT_UNLOCK) || instruction->wrap != 0 || instruction->no_switch ||
        operand_is_picked(&instruction->operands[0]))
        return refuse(self, "does more than move values, lock or unlock");
    if (is_plain ? !assign(self, thread, index) : !synchronise(self, thread, act, object))
        return false;
    advance(self, thread);
    self->steps++;
    return true;
}

/* ---- Groups ------------------------------------------------------------------------------------------------------------ */

/* Where everybody is before something that will be repeated. */
struct stand {
    struct runner runners[PROGRAM_THREADS_MAX];
    int holders[PROGRAM_OBJECTS_MAX];
    uint64_t steps;
};

static struct stand stand_of(struct execution *self)
{
    struct stand stand = {.steps = self->steps};
    settle(self);
    memcpy(stand.runners, self->runners, sizeof stand.runners);
    memcpy(stand.holders, self->holders, sizeof stand.holders);
    return stand;
}

/* What was done since a stand can be done again as it was: threads are where they were, and have enough rounds before them. */
static bool skip_rounds(struct execution *self, const struct stand *before, uint64_t times)
{
    for (size_t t = 0; t < self->program->thread_count; t++) {
        struct runner *now = &self->runners[t];
        uint64_t used = before->runners[t].rounds - now->rounds;
        if (now->index != before->runners[t].index || (used > 0 && (now->rounds - 1) / used < times))
            return refuse(self, "a group cannot be repeated so often: its threads are not where they were");
        now->rounds -= used * times;
    }
    return memcmp(before->holders, self->holders, sizeof self->holders) == 0 ||
           refuse(self, "a group cannot be repeated: other threads have mutexes behind it");
}

/* Does again, so many times more, what was done since a stand. */
static bool do_again(struct execution *self, const struct stand *before, uint64_t times)
{
    uint64_t length = self->steps - before->steps;
    if (times == 0)
        return true;
    if (!skip_rounds(self, before, times))
        return false;
    repeat(self, times);
    self->overflows |=
        __builtin_add_overflow(self->steps, length * times, &self->steps) || (length > 0 && times > INT64_MAX / length);
    settle(self);
    return true;
}

/* How many whole rounds a thread makes in so many steps, if it is at the beginning of its loop; but for its last one. */
static uint64_t whole_rounds(const struct execution *self, size_t thread, uint64_t steps)
{
    const struct code_loop *loop = &program_code(self->program, thread)->loop;
    const struct runner *runner = &self->runners[thread];
    if (loop->length == 0 || runner->index != loop->first || runner->rounds < 2)
        return 0;
    uint64_t rounds = steps / loop->length;
    return rounds < runner->rounds - 1 ? rounds : runner->rounds - 1;
}

/* In a group, whose steps are put together, all steps are made. */
static bool take(struct execution *self, const struct turn *turn, bool is_grouped)
{
    uint64_t left = turn->number;
    if (is_grouped && left > GROUP_TURN_MAX)
        return refuse(self, "a turn in a group is too long");
    while (left > 0) {
        uint64_t rounds = is_grouped ? 0 : whole_rounds(self, turn->thread, left);
        uint64_t length = rounds > 1 ? program_code(self->program, turn->thread)->loop.length : 1;
        struct stand before = {0};
        if (rounds > 1)
            before = stand_of(self);
        for (uint64_t s = 0; s < length; s++)
            if (!step(self, turn->thread))
                return false;
        if (rounds > 1 && !do_again(self, &before, rounds - 1))
            return false;
        left -= rounds > 1 ? rounds * length : 1;
    }
    return true;
}

static bool take_all(struct execution *self, const struct turns *turns, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (!take(self, &turns->items[i], true))
            return false;
    return true;
}

/* Does the group that opens at an item; *at is where it closes. */
static bool do_group(struct execution *self, const struct turns *turns, size_t *at)
{
    size_t first = *at + 1;
    for (*at = first; turns->items[*at].kind != TURN_CLOSE; ++*at)
        ;
    uint64_t times = turns->items[*at].number;
    struct stand before = stand_of(self);
    if (times > 0 && !take_all(self, turns, first, *at))
        return false;
    if (times > 2 && !do_again(self, &before, times - 2))
        return false;
    return times < 2 || take_all(self, turns, first, *at); /* perhaps out of the loop */
}

/* ---- The whole --------------------------------------------------------------------------------------------------------- */

/* Whether values can have left 64 bits on the way: whatever is added, no more often than there are steps. */
static bool may_overflow(const struct execution *self)
{
    uint64_t first = 0, addend = 0;
    for (size_t l = 0; l < self->locations; l++) {
        uint64_t size = arithmetic_magnitude(machine_initial_value(self->machine, (location_id)l));
        first = size > first && machine_is_mentioned(self->machine, (location_id)l) ? size : first;
    }
    for (size_t t = 0; t < self->program->thread_count; t++)
        for (uint32_t i = 0; i < program_code(self->program, t)->count; i++) {
            struct effect effect;
            machine_effect(self->machine, t, i, &effect);
            for (size_t a = 0; a < effect.assignment_count; a++) {
                uint64_t size = arithmetic_magnitude(effect.assignments[a].constant);
                addend = size > addend ? size : addend;
            }
        }
    return first > INT64_MAX || (addend > 0 && self->steps > (INT64_MAX - first) / addend);
}

static bool execute(struct execution *self, const struct turns *turns)
{
    for (size_t i = 0; i < turns->count; i++) {
        bool is_good =
            turns->items[i].kind == TURN_OPEN ? do_group(self, turns, &i) : take(self, &turns->items[i], false);
        if (!is_good)
            return false;
    }
    settle(self);
    if (self->overflows || may_overflow(self))
        return error_set(self->error, NULL, 0, 0, "a value may leave 64 bits in so many steps");
    return true;
}

static void start(struct execution *self)
{
    const struct program *program = self->program;
    self->machine = machine_new(program, NULL, true);
    self->locations = machine_location_count(self->machine);
    self->net = memory_new(self->locations, sizeof *self->net);
    self->more = memory_new(self->locations, sizeof *self->more);
    self->values = memory_new(self->locations, sizeof *self->values);
    for (size_t l = 0; l < self->locations; l++)
        self->values[l] = machine_initial_value(self->machine, (location_id)l);
    for (size_t t = 0; t < program->thread_count; t++)
        self->runners[t].rounds = program_code(program, t)->loop.times;
    for (size_t m = 0; m < PROGRAM_OBJECTS_MAX; m++)
        self->holders[m] = -1;
    clear_net(self);
}

bool turns_replay(const struct program *program, const struct turns *turns, struct turns_end *end, struct error *error)
{
    struct execution self = {.program = program, .error = error};
    *end = (struct turns_end){.is_finished = true, .word_count = program->word_count};
    start(&self);
    bool is_good = execute(&self, turns);
    for (size_t t = 0; t < program->thread_count; t++)
        end->is_finished &= self.runners[t].index == program_code(program, t)->count;
    end->steps = self.steps;
    end->words = memory_copy(self.values, program->word_count * sizeof *end->words);
    memory_free(self.net);
    memory_free(self.more);
    memory_free(self.values);
    machine_free(self.machine);
    return is_good;
}

void turns_end_free(struct turns_end *self)
{
    memory_free(self->words);
    *self = (struct turns_end){0};
}
