#include "verify/proof.h"

#include "verify/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A check under way. */
struct check {
    const struct certificate *certificate;
    const struct program *program;
    const struct listed_state *listed; /* the state that is looked at; NULL: the start */
    struct state *state;
    struct state *next;
    struct value *bounds; /* of the listed state that a step leads to */
    struct buffer key;
    struct proof proof;
};

/* A location as a reader of the certificate knows it. */
static const char *name_of(const struct check *self, size_t location, char *buffer, size_t size)
{
    static const char *const registers[] = {"ax", "bx", "cx", "dx", "ex", "fx", "sp", "bp", "flags"};
    const struct program *program = self->program;
    size_t first = program_register_location(program, 0, 0);
    if (location >= first) {
        size_t thread = (location - first) / REGISTER_COUNT;
        snprintf(buffer, size, "%s.%%%s", program->threads[thread].name,
                 registers[(location - first) % REGISTER_COUNT]);
        return buffer;
    }
    if (location >= program->words.count)
        return program->semaphores.at[location - program->words.count].name;
    for (size_t i = 0; i < program->variables.count; i++) {
        const struct item *variable = &program->variables.at[i];
        size_t word = (size_t)variable->number;
        if (location < word || location >= word + variable->size)
            continue;
        snprintf(buffer, size, variable->size > 1 ? "%s[%zu]" : "%s", variable->name, location - word);
    }
    return buffer;
}

/* ---- States and their bounds ----------------------------------------------------------------------------------- */

/* "the start", or "the step of T0 from here" */
static const char *describe_step(const struct check *self, size_t thread, char *buffer, size_t size)
{
    if (self->listed == NULL)
        return "the start";
    snprintf(buffer, size, "the step of %s from here", self->program->threads[thread].name);
    return buffer;
}

static size_t line_of(const struct check *self)
{
    return self->listed == NULL ? 0 : self->listed->line;
}

static _Noreturn void fail_bound(const struct check *self, size_t thread, size_t location,
                                 const struct listed_state *target)
{
    char step[128], name[128];
    struct value value = self->next->values[location];
    const char *relation = self->certificate->machine.is_upper ? "at most" : "at least";
    describe_step(self, thread, step, sizeof step);
    name_of(self, location, name, sizeof name);
    if (value.kind == VALUE_UNKNOWN)
        verdict_violated(target->line,
                         "%s is bounded here, but after the step of %s from line %zu nothing is known of it", name,
                         self->program->threads[thread].name, line_of(self));
    if (self->listed == NULL)
        verdict_violated(target->line, "%s is not %s %" PRId64 " at the start, it is %" PRId64, name, relation,
                         self->bounds[location].number, value.number);
    verdict_violated(target->line,
                     "%s need not be %s %" PRId64
                     " here: after the step of %s from line %zu it is known to be %s %" PRId64 " only",
                     name, relation, self->bounds[location].number, self->program->threads[thread].name, line_of(self),
                     relation, value.number);
}

/* The state in self->next, to which a step of a thread (or the start) leads, is listed, and its bounds do not
 * exceed what is known of the values. */
static void check_covered(struct check *self, size_t thread)
{
    const struct certificate *certificate = self->certificate;
    char step[128], name[128];
    size_t unknown = certificate_forget(certificate, self->next);
    if (unknown != SIZE_MAX)
        verdict_violated(line_of(self), "after %s the value of %s should be listed, but it is not known",
                         describe_step(self, thread, step, sizeof step), name_of(self, unknown, name, sizeof name));
    certificate_write_key(certificate, self->next, &self->key);
    const struct listed_state *target = certificate_find(certificate, &self->key);
    if (target == NULL)
        verdict_violated(line_of(self), "%s leads to a state that is not listed: %.*s",
                         describe_step(self, thread, step, sizeof step),
                         self->key.length < 200 ? (int)self->key.length : 200, self->key.text);
    certificate_parse_bounds(certificate, target, self->bounds);
    for (size_t i = 0; i < certificate->bounded_count; i++) {
        size_t location = certificate->bounded[i].location;
        if (!machine_is_covered(&certificate->machine, self->next->values[location], self->bounds[location]))
            fail_bound(self, thread, location, target);
    }
}

static void check_starts(struct check *self)
{
    const struct certificate *certificate = self->certificate;
    const struct scheduler *scheduler = &certificate->scheduler;
    self->listed = NULL;
    for (int64_t which = 0; which < scheduler_start_count(scheduler); which++) {
        state_start(self->next, self->program);
        struct moment moment = machine_moment(&certificate->machine, self->next);
        scheduler_start(scheduler, &moment, which, &self->next->memory);
        check_covered(self, 0);
    }
}

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

static struct taken taken_of(const struct machine *machine, const struct state *state, size_t thread, unsigned option)
{
    const struct instruction *instruction = machine_next(machine, state, thread);
    return (struct taken){thread, option, instruction->ticks, instruction->opcode == OP_YIELD};
}

static _Noreturn void fail_undecided(const struct check *self, size_t thread)
{
    verdict_violated(line_of(self), "what decides about the next step of %s is not known here",
                     self->program->threads[thread].name);
}

static void check_step(struct check *self, const struct moment *moment, size_t thread, unsigned option)
{
    const struct machine *machine = &self->certificate->machine;
    struct taken taken = taken_of(machine, self->state, thread, option);
    state_copy(self->next, self->state, self->program);
    enum step_result result = machine_step(machine, self->next, thread);
    if (result == STEP_UNDECIDED)
        fail_undecided(self, thread);
    if (result == STEP_ERROR) {
        self->proof.errors++;
        return;
    }
    struct moment after = machine_moment(machine, self->next);
    if (!after.is_decided)
        verdict_violated(line_of(self), "after the step of %s the permits of a semaphore are not known, but decide",
                         self->program->threads[thread].name);
    scheduler_follow(&self->certificate->scheduler, moment, &after, &taken, &self->next->memory);
    self->proof.steps++;
    check_covered(self, thread);
}

/* Takes every step that the scheduler allows; returns whether there was one. */
static bool check_steps(struct check *self, const struct moment *moment)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    bool is_end = true;
    for (unsigned option = 0; option < scheduler_options(scheduler); option++) {
        uint64_t threads = scheduler_choices(scheduler, moment, &self->state->memory, option);
        threads |= option == 0 ? moment->away : 0;
        for (size_t t = 0; t < moment->threads; t++)
            if (threads >> t & 1) {
                check_step(self, moment, t, option);
                is_end = false;
            }
    }
    return !is_end;
}

static void check_final(struct check *self)
{
    const struct certificate *certificate = self->certificate;
    struct value claim = {VALUE_BOUNDED, certificate->claim};
    struct value value = self->state->values[certificate->observed];
    self->proof.finals++;
    if (!machine_is_covered(&certificate->machine, value, claim))
        verdict_violated(line_of(self), "every thread has finished here, and %.*s need not be %s %" PRId64,
                         certificate->observed_name.length < 100 ? (int)certificate->observed_name.length : 100,
                         certificate->observed_name.text, certificate->machine.is_upper ? "at most" : "at least",
                         certificate->claim);
}

static void check_state(struct check *self, const struct listed_state *listed)
{
    self->listed = listed;
    certificate_parse_state(self->certificate, listed, self->state);
    struct moment moment = machine_moment(&self->certificate->machine, self->state);
    uint64_t everybody = UINT64_MAX >> (THREADS_MAX - moment.threads);
    if (!moment.is_decided)
        verdict_violated(listed->line, "the permits of a semaphore are not known here, but decide who can go on");
    if (moment.finished == everybody)
        check_final(self);
    else if (!check_steps(self, &moment))
        self->proof.deadlocks++;
}

/* ---- The witness ----------------------------------------------------------------------------------------------- */

/* The schedule is executed with all values known. What a scheduler has to choose besides the threads is left open: the
 * memories that it can have are followed all together. */
struct replay {
    struct memory *memories;
    size_t count;
    size_t capacity;
};

static void replay_add(struct replay *self, const struct memory *memory)
{
    self->memories = storage_grow(self->memories, self->count, &self->capacity, sizeof *self->memories);
    self->memories[self->count++] = *memory;
}

static int compare_memories(const void *a, const void *b)
{
    const struct memory *left = a, *right = b;
    if (left->turn != right->turn)
        return left->turn < right->turn ? -1 : 1;
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (size_t t = 0; t < SCHEDULER_THREADS; t++)
        if (left->leads[t] != right->leads[t])
            return left->leads[t] < right->leads[t] ? -1 : 1;
    return 0;
}

/* Of equal memories one is enough. */
static void replay_tidy(struct replay *self)
{
    size_t kept = 0;
    if (self->count > 1)
        qsort(self->memories, self->count, sizeof *self->memories, compare_memories);
    for (size_t i = 0; i < self->count; i++)
        if (i == 0 || compare_memories(&self->memories[i], &self->memories[i - 1]) != 0)
            self->memories[kept++] = self->memories[i];
    self->count = kept;
}

static void replay_start(struct check *self, struct replay *replay)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    state_start(self->state, self->program);
    struct moment moment = machine_moment(&self->certificate->machine, self->state);
    for (int64_t which = 0; which < scheduler_start_count(scheduler); which++) {
        struct memory memory;
        scheduler_start(scheduler, &moment, which, &memory);
        replay_add(replay, &memory);
    }
}

/* Follows with each memory that allows the step, and with each option that does. */
static void replay_follow(const struct check *self, const struct replay *from, const struct moment *before,
                          const struct moment *after, struct taken taken, struct replay *to)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    to->count = 0;
    for (size_t i = 0; i < from->count; i++)
        for (taken.option = 0; taken.option < scheduler_options(scheduler); taken.option++) {
            struct memory memory = from->memories[i];
            uint64_t threads = scheduler_choices(scheduler, before, &memory, taken.option);
            threads |= taken.option == 0 ? before->away : 0;
            if ((threads >> taken.thread & 1) == 0)
                continue;
            scheduler_follow(scheduler, before, after, &taken, &memory);
            replay_add(to, &memory);
        }
    replay_tidy(to);
}

static _Noreturn void fail_replay(const struct check *self, int64_t step, size_t thread, const char *reason)
{
    verdict_violated(self->certificate->witness_line, "step %" PRId64 " of the witness: %s %s", step,
                     self->program->threads[thread].name, reason);
}

static void replay_step(struct check *self, struct replay *from, struct replay *to, size_t thread, int64_t step)
{
    const struct machine *machine = &self->certificate->machine;
    struct moment before = machine_moment(machine, self->state);
    if (((before.ready | before.away) >> thread & 1) == 0)
        fail_replay(self, step, thread, before.finished >> thread & 1 ? "has finished" : "waits");
    struct taken taken = taken_of(machine, self->state, thread, 0);
    if (machine_step(machine, self->state, thread) != STEP_TAKEN)
        fail_replay(self, step, thread, "makes an error of the program");
    struct moment after = machine_moment(machine, self->state);
    replay_follow(self, from, &before, &after, taken, to);
    if (to->count == 0)
        fail_replay(self, step, thread, "may not step, says the scheduler");
}

static void check_witness(struct check *self)
{
    const struct certificate *certificate = self->certificate;
    struct replay replays[2] = {{0}, {0}};
    int64_t step = 0;
    replay_start(self, &replays[0]);
    for (size_t r = 0; r < certificate->run_count; r++)
        for (int64_t i = 0; i < certificate->runs[r].steps; i++, step++)
            replay_step(self, &replays[step % 2], &replays[(step + 1) % 2], certificate->runs[r].thread, step + 1);
    struct moment end = machine_moment(&certificate->machine, self->state);
    int64_t value = self->state->values[certificate->observed].number;
    if (end.finished != UINT64_MAX >> (THREADS_MAX - end.threads))
        verdict_violated(certificate->witness_line, "the witness ends before every thread has finished");
    if (value != certificate->claim)
        verdict_violated(certificate->witness_line, "the witness ends with %" PRId64 ", not with %" PRId64, value,
                         certificate->claim);
    free(replays[0].memories);
    free(replays[1].memories);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

struct proof proof_check(const struct certificate *certificate)
{
    struct check self = {.certificate = certificate, .program = certificate->program};
    self.state = state_new(self.program);
    self.next = state_new(self.program);
    self.bounds = storage_new(program_location_count(self.program), sizeof *self.bounds);
    check_starts(&self);
    for (size_t i = 0; i < certificate->state_count; i++)
        check_state(&self, &certificate->states[i]);
    check_witness(&self);
    return self.proof;
}
