#include "verify/proof.h"

#include "verify/verdict.h"
#include "verify/witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A step that was taken, or a start; what is left to check is that it leads to a listed state. */
struct arrival {
    const char *from; /* the line where the step begins; NULL for a start */
    size_t thread;
    bool is_flush;     /* not the thread steps: its oldest store reaches memory */
    struct buffer key; /* of where it leads */
    uint64_t hash;
    struct value *values; /* there, one a bounded column */
};

/* Looking a state up is waiting for memory, most of the time. So the place to look is asked for at once, and looked at
 * so many steps later. */
enum { ARRIVALS = 16 };

/* A check under way. */
struct check {
    const struct certificate *certificate;
    const struct program *program;
    struct listed_state listed; /* the state that is looked at; without text for the start */
    struct state *state;
    struct state *next; /* shares the values of `state`: a step is tried on them, and undone */
    struct arrival arrivals[ARRIVALS];
    size_t arrival_count;
    struct value *bounds; /* of the listed state that a step leads to */
    struct changes changes;
    struct proof proof;
};

/* Writes to a buffer the name of a location as a reader of the certificate knows it, and returns the buffer. */
static const char *name_of(const struct check *self, size_t location, char *buffer, size_t size)
{
    const struct program *program = self->program;
    const struct objects *semaphores = &program->objects[OBJECT_SEMAPHORE], *events = &program->objects[OBJECT_EVENT];
    size_t first = program_register_location(program, 0, 0), object = location - program->word_count;
    struct span name = {"", 0};
    if (location >= program_place_location(program, 0, 0)) {
        size_t place = location - program_place_location(program, 0, 0);
        snprintf(buffer, size, "%s.%zu", program->threads[place / STORES_MAX].name, place % STORES_MAX);
        return buffer;
    }
    if (location >= first) {
        size_t thread = (location - first) / REGISTER_COUNT;
        snprintf(buffer, size, "%s.%%%s", program->threads[thread].name,
                 register_name((location - first) % REGISTER_COUNT));
        return buffer;
    }
    if (location >= program->word_count) {
        name = object < semaphores->count ? semaphores->at[object].name : events->at[object - semaphores->count].name;
        snprintf(buffer, size, "%.*s", span_shown(name), name.text);
        return buffer;
    }
    size_t index;
    name = program_word_name(program, location, &index);
    snprintf(buffer, size, index != SIZE_MAX ? "%.*s[%zu]" : "%.*s", span_shown(name), name.text, index);
    return buffer;
}

/* ---- States and their bounds ----------------------------------------------------------------------------------- */

static const char *step_word(bool is_flush)
{
    return is_flush ? "flush" : "step";
}

/* "the start", "the step of T0 from here", or "the flush of T0 from here" */
static const char *describe_step(const struct check *self, const struct arrival *arrival, char *buffer, size_t size)
{
    if (arrival->from == NULL)
        return "the start";
    snprintf(buffer, size, "the %s of %s from here", step_word(arrival->is_flush),
             self->program->threads[arrival->thread].name);
    return buffer;
}

static _Noreturn void fail_bound(const struct check *self, const struct arrival *arrival, size_t column,
                                 const struct listed_state *target)
{
    char name[128];
    size_t location = self->certificate->bounded.at[column].location;
    const char *at = target->key.text;
    struct value value = arrival->values[column];
    int64_t bound = self->bounds[location].number;
    const char *relation = self->certificate->machine.is_upper ? "at most" : "at least";
    const char *thread = self->program->threads[arrival->thread].name, *step = step_word(arrival->is_flush);
    name_of(self, location, name, sizeof name);
    if (value.kind == VALUE_UNKNOWN && arrival->from == NULL)
        verdict_violated(at, "%s is bounded here, but nothing is known of it at the start", name);
    if (value.kind == VALUE_UNKNOWN)
        verdict_violated(at, "%s is bounded here, but after the %s of %s from line %zu nothing is known of it", name,
                         step, thread, verdict_line(arrival->from));
    if (arrival->from == NULL)
        verdict_violated(at, "%s is not %s %" PRId64 " at the start, it is %" PRId64, name, relation, bound,
                         value.number);
    verdict_violated(at,
                     "%s need not be %s %" PRId64
                     " here: after the %s of %s from line %zu it is known to be %s %" PRId64 " only",
                     name, relation, bound, step, thread, verdict_line(arrival->from), relation, value.number);
}

/* Where a step leads is listed, and its bounds do not exceed what is known of the values. */
static void check_arrival(struct check *self, const struct arrival *arrival)
{
    const struct certificate *certificate = self->certificate;
    const struct buffer *key = &arrival->key;
    char step[128];
    struct listed_state target;
    if (!certificate_find(certificate, key, arrival->hash, &target))
        verdict_violated(arrival->from != NULL ? arrival->from : certificate->states.text,
                         "%s leads to a state that is not listed: %.*s",
                         describe_step(self, arrival, step, sizeof step), key->length < 200 ? (int)key->length : 200,
                         key->text);
    certificate_parse_bounds(certificate, &target, self->bounds);
    for (size_t i = 0; i < certificate->bounded.count; i++) {
        struct value bound = self->bounds[certificate->bounded.at[i].location];
        if (!machine_is_covered(&certificate->machine, arrival->values[i], bound))
            fail_bound(self, arrival, i, &target);
    }
}

/* Checks the arrivals that are waiting. To be called before anything that is found later is said. */
static void settle(struct check *self)
{
    for (size_t i = 0; i < self->arrival_count; i++)
        check_arrival(self, &self->arrivals[i]);
    self->arrival_count = 0;
}

static _Noreturn void fail_unknown(struct check *self, const struct arrival *arrival, size_t location)
{
    char step[128], name[128];
    const char *from = arrival->from;
    describe_step(self, arrival, step, sizeof step);
    settle(self);
    verdict_violated(from != NULL ? from : self->certificate->states.text,
                     "after %s the value of %s should be listed, but it is not known",
                     from != NULL ? step : "the start", name_of(self, location, name, sizeof name));
}

/* What must be listed of the state in self->next, to which a step or a flush of a thread (or the start) leads, is known; the rest
 * is checked when it is settled. */
static void check_covered(struct check *self, size_t thread, bool is_flush)
{
    const struct certificate *certificate = self->certificate;
    struct arrival *arrival = &self->arrivals[self->arrival_count];
    size_t unknown = certificate_write_key(certificate, self->next, &arrival->key);
    arrival->from = self->listed.key.text;
    arrival->thread = thread;
    arrival->is_flush = is_flush;
    if (unknown != SIZE_MAX)
        fail_unknown(self, arrival, unknown);
    arrival->hash = certificate_expect(certificate, &arrival->key);
    for (size_t i = 0; i < certificate->bounded.count; i++)
        arrival->values[i] = certificate_value(certificate, self->next, &certificate->bounded.at[i]);
    if (++self->arrival_count == ARRIVALS)
        settle(self);
}

static void check_starts(struct check *self)
{
    const struct certificate *certificate = self->certificate;
    const struct scheduler *scheduler = &certificate->scheduler;
    for (int64_t which = 0; which < scheduler_start_count(scheduler); which++) {
        state_start(self->next, self->program);
        struct moment moment = machine_moment(&certificate->machine, self->next);
        scheduler_start(scheduler, &moment, which, &self->next->memory);
        check_covered(self, 0, false);
    }
    settle(self);
}

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

/* Something is wrong with the listed state: words in front of a thread's name, and behind it. */
static _Noreturn void fail(struct check *self, const char *before, size_t thread, const char *behind)
{
    settle(self);
    verdict_violated(self->listed.key.text, "%s%s%s", before, self->program->threads[thread].name, behind);
}

static void check_successor(struct check *self, const struct moment *moment, const struct taken *taken)
{
    struct moment after = machine_moment(&self->certificate->machine, self->next);
    if (!after.is_decided)
        fail(self, "after the step of ", taken->thread, " what decides who can go on is not known");
    scheduler_follow(&self->certificate->scheduler, moment, &after, taken, &self->next->memory);
    self->proof.steps++;
    check_covered(self, taken->thread, false);
}

/* The scheduler has no say in it, and does not hear of it. */
static void check_flush(struct check *self, size_t thread)
{
    state_copy_frame(self->next, self->state, self->program);
    machine_flush(&self->certificate->machine, self->next, thread, &self->changes);
    if (!machine_moment(&self->certificate->machine, self->next).is_decided)
        fail(self, "after the flush of ", thread, " what decides who can go on is not known");
    self->proof.steps++;
    check_covered(self, thread, true);
    changes_undo(&self->changes);
}

static void check_step(struct check *self, const struct moment *moment, size_t thread, unsigned option, unsigned choice)
{
    const struct machine *machine = &self->certificate->machine;
    struct taken taken;
    state_copy_frame(self->next, self->state, self->program);
    enum step_result result = machine_step(machine, self->next, thread, choice, &taken, &self->changes);
    taken.option = option;
    if (result == STEP_UNDECIDED)
        fail(self, "what decides about the next step of ", thread, " is not known here");
    if (result == STEP_TAKEN)
        check_successor(self, moment, &taken);
    else
        self->proof.errors++;
    changes_undo(&self->changes);
}

/* Takes every step that the scheduler allows, in every way that it can turn out, and every flush; returns whether there was one. */
static bool check_steps(struct check *self, const struct moment *moment)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    bool is_end = true;
    for (unsigned option = 0; option < scheduler_options(scheduler); option++) {
        uint64_t threads = scheduler_choices(scheduler, moment, &self->state->memory, option);
        threads |= option == 0 ? moment->away : 0;
        for (size_t t = 0; t < moment->threads; t++)
            if (threads >> t & 1) {
                unsigned choices = machine_choices(&self->certificate->machine, self->state, t);
                for (unsigned choice = 0; choice < choices; choice++)
                    check_step(self, moment, t, option, choice);
                is_end = false;
            }
    }
    for (size_t t = 0; t < moment->threads; t++)
        if (moment->storing >> t & 1)
            check_flush(self, t);
    return !is_end || moment->storing != 0;
}

static _Noreturn void fail_final(struct check *self, const struct claim *claim)
{
    settle(self);
    verdict_violated(self->listed.key.text, "every thread has finished here, and %.*s need not be %s %" PRId64,
                     span_shown(claim->text), claim->text.text,
                     self->certificate->machine.is_upper ? "at most" : "at least", claim->bound);
}

static void check_final(struct check *self)
{
    const struct certificate *certificate = self->certificate;
    self->proof.finals++;
    for (size_t i = 0; i < certificate->claim_count; i++) {
        const struct claim *claim = &certificate->claims[i];
        struct value bound = {VALUE_BOUNDED, claim->bound};
        if (claim_is_bound(claim) &&
            !machine_is_covered(&certificate->machine, self->state->values[claim->location], bound))
            fail_final(self, claim);
    }
}

/* What is claimed of every state is true of this one. */
static void check_always(struct check *self)
{
    for (size_t i = 0; i < self->certificate->claim_count; i++) {
        const struct claim *claim = &self->certificate->claims[i];
        size_t unknown;
        char name[128];
        enum condition_result result = claim_is_bound(claim)
                                           ? CONDITION_TRUE
                                           : condition_evaluate(self->program, claim->condition, CONDITION_OF_STATE,
                                                                self->state->values, &unknown);
        if (result == CONDITION_TRUE)
            continue;
        settle(self);
        if (result == CONDITION_FALSE)
            verdict_violated(self->listed.key.text, "'%.*s' is not true here", span_shown(claim->condition),
                             claim->condition.text);
        verdict_violated(self->listed.key.text, "the value of %s is not known here, and '%.*s' needs it",
                         name_of(self, unknown, name, sizeof name), span_shown(claim->condition),
                         claim->condition.text);
    }
}

static void check_state(struct check *self)
{
    certificate_parse_state(self->certificate, &self->listed, self->state);
    struct moment moment = machine_moment(&self->certificate->machine, self->state);
    uint64_t everybody = UINT64_MAX >> (THREADS_MAX - moment.threads);
    if (!moment.is_decided) {
        settle(self);
        verdict_violated(self->listed.key.text, "what decides who can go on is not known here");
    }
    check_always(self);
    if (moment.finished == everybody)
        check_final(self);
    else if (!check_steps(self, &moment))
        self->proof.deadlocks++;
}

static void check_states(struct check *self)
{
    struct walk walk = {self->certificate->states, self->certificate->state_count};
    state_forget(self->state, self->program);
    while (certificate_next(self->certificate, &walk, &self->listed))
        check_state(self);
    settle(self);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static void start(struct check *self)
{
    size_t bounded = self->certificate->bounded.count;
    self->state = state_new(self->program);
    self->next = state_new(self->program);
    free(self->next->values);
    self->next->values = self->state->values;
    self->bounds = storage_new(program_location_count(self->program), sizeof *self->bounds);
    for (size_t i = 0; i < ARRIVALS; i++)
        self->arrivals[i].values = storage_new(bounded, sizeof *self->arrivals[i].values);
}

struct proof proof_check(const struct certificate *certificate)
{
    struct check self = {.certificate = certificate, .program = certificate->program};
    start(&self);
    check_starts(&self);
    check_states(&self);
    for (size_t i = 0; i < certificate->claim_count; i++)
        if (claim_is_bound(&certificate->claims[i]))
            witness_check(certificate, &certificate->claims[i]);
    return self.proof;
}
