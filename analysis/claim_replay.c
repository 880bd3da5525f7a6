#include "analysis/claim_replay.h"

#include "analysis/overtaking.h"
#include "base/memory.h"
#include "machine/machine.h"
#include "program/predicate.h"
#include "program/program.h"
#include "trace/replay.h"

#include <string.h>

/* A replay under way. The locations are those that the claim's conditions read; the trace has their values at the end. */
struct replay {
    const struct claim *claim;
    const struct program *program;
    const struct scheduler *scheduler;
    const struct machine *machine; /* a complete one, for the numbers of locations */
    location_id *locations;
    size_t count;
    size_t capacity;
    const struct trace *trace;
};

/* ---- Values ------------------------------------------------------------------------------------------------------- */

static void add_location(struct replay *self, location_id location)
{
    self->locations = memory_grow(self->locations, self->count, &self->capacity, sizeof *self->locations);
    self->locations[self->count++] = location;
}

static void add_word(void *context, size_t word)
{
    add_location(context, (location_id)word);
}

static void add_register(void *context, int thread, unsigned number)
{
    struct replay *self = context;
    add_location(self, machine_register_location(self->machine, (size_t)thread, number));
}

/* It is among them. */
static int64_t value_of(const struct replay *self, location_id location)
{
    size_t l = 0;
    while (self->locations[l] != location)
        l++;
    return self->trace->finals[l];
}

static int64_t word_value(void *context, size_t word)
{
    return value_of(context, (location_id)word);
}

static int64_t register_value(void *context, int thread, unsigned number)
{
    const struct replay *self = context;
    return value_of(self, machine_register_location(self->machine, (size_t)thread, number));
}

static bool is_true(struct replay *self, const struct predicate *condition)
{
    const char *output = self->trace->output != NULL ? self->trace->output : "";
    struct predicate_source source = {self, word_value, register_value, output};
    int64_t value;
    return predicate_evaluate(condition, &source, &value) == FAILURE_NONE && value != 0;
}

/* ---- Watching ----------------------------------------------------------------------------------------------------- */

/* A walk along a schedule, state by state, on a machine of its own. */
struct walk {
    const struct claim *claim;
    const struct program *program;
    struct machine *machine;
    const struct schedule *schedule;
    size_t loop_first; /* where the second round of the loop begins, in actions; of no lasso behind the last one */
    size_t quads;      /* of a state */
    uint64_t *from, *to;
    struct text output;
    struct overtaking overtaking;
    bool *outside[PROGRAM_THREADS_MAX]; /* of each thread, what waiting_find_outside() says */
    /* What was seen. */
    bool is_expecting; /* of CLAIM_LEADS_TO: the response is still to come */
    bool stays_open;   /* ... and was, since the loop began */
    size_t mode;       /* of CLAIM_BYPASS, and whether it was ever one too many */
    bool is_overtaken;
    uint64_t kept;     /* of CLAIM_NO_STARVATION: the threads that have waited since the loop began, */
    uint64_t steppers; /* ... and who has stepped since */
};

static int64_t word_in_state(void *context, size_t word)
{
    const struct walk *self = context;
    return machine_value(self->machine, self->to, (location_id)word);
}

static int64_t register_in_state(void *context, int thread, unsigned number)
{
    const struct walk *self = context;
    return machine_value(self->machine, self->to, machine_register_location(self->machine, (size_t)thread, number));
}

static bool is_true_here(struct walk *self, const struct predicate *condition)
{
    struct predicate_source source = {self, word_in_state, register_in_state, text_string(&self->output)};
    int64_t value;
    return predicate_evaluate(condition, &source, &value) == FAILURE_NONE && value != 0;
}

static enum waiting_kind kind_in(const struct walk *self, const uint64_t *state, size_t thread)
{
    return waiting_kind_in(self->machine, self->outside[thread], state, thread);
}

static void look_for_response(struct walk *self)
{
    self->is_expecting = (self->is_expecting || is_true_here(self, self->claim->condition)) &&
                         !is_true_here(self, self->claim->response);
}

static void begin_loop(struct walk *self)
{
    self->stays_open = self->is_expecting;
    self->steppers = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        self->kept |= (uint64_t)(kind_in(self, self->to, t) != WAITING_NOT) << t;
}

/* What is there at the start, in the state to which no step has led. */
static void look_at_start(struct walk *self)
{
    if (self->claim->kind == CLAIM_LEADS_TO)
        look_for_response(self);
    if (self->claim->kind == CLAIM_BYPASS)
        self->mode = overtaking_begin(&self->overtaking, self->to, kind_in(self, self->to, self->claim->thread));
}

static void look_at_step(struct walk *self, struct action action)
{
    bool is_flush = action.kind == ACTION_FLUSH;
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (!waiting_is_kept(kind_in(self, self->from, t), kind_in(self, self->to, t), !is_flush && action.thread == t))
            self->kept &= ~(UINT64_C(1) << t);
    self->steppers |= is_flush ? 0 : UINT64_C(1) << action.thread;
    if (self->claim->kind == CLAIM_LEADS_TO)
        look_for_response(self);
    self->stays_open &= self->is_expecting;
    if (self->claim->kind != CLAIM_BYPASS)
        return;
    size_t thread = self->claim->thread;
    struct overtaking_step step = {self->from, self->to, kind_in(self, self->from, thread),
                                   kind_in(self, self->to, thread), !is_flush && action.thread == thread};
    self->mode = overtaking_next(&self->overtaking, &step, self->mode);
    self->is_overtaken |= self->mode == self->overtaking.most + 2;
}

/* Walks once, with the machine as wide as it is. Returns false where a value did not fit: then it is wider now. */
static bool walk_once(struct walk *self)
{
    struct step step = {.result = STEP_TAKEN};
    self->quads = machine_bits(self->machine) / 64 + 1;
    self->from = memory_resize(self->from, self->quads, sizeof *self->from);
    self->to = memory_resize(self->to, self->quads, sizeof *self->to);
    self->is_expecting = self->stays_open = self->is_overtaken = false;
    self->mode = 0;
    self->kept = 0;
    text_cut(&self->output, 0);
    memset(self->to, 0, self->quads * sizeof *self->to);
    machine_start(self->machine, self->to);
    look_at_start(self);
    for (size_t a = schedule_first_step(self->schedule); a < self->schedule->count && step.result == STEP_TAKEN; a++) {
        struct action action = self->schedule->actions[a];
        if (a == self->loop_first)
            begin_loop(self);
        memcpy(self->from, self->to, self->quads * sizeof *self->to);
        machine_print_step(self->machine, self->from, action.thread, action_way(action), &self->output);
        machine_choose(self->machine, self->to, action.thread, action_way(action), &step);
        if (step.result == STEP_TAKEN)
            look_at_step(self, action);
    }
    if (step.result == STEP_TOO_NARROW)
        machine_widen(self->machine, step.narrow, step.narrow_value);
    return step.result != STEP_TOO_NARROW;
}

/* Whether somebody waits all the loop long, while others step. */
static bool starves_somebody(const struct walk *self)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        if ((self->kept >> t & 1) != 0 && (self->steppers & ~(UINT64_C(1) << t)) != 0)
            return true;
    return false;
}

/* Whether a schedule, which is possible, decides a claim that is about how it goes; a lasso is given with two rounds of its loop. */
static bool is_decided_on_the_way(const struct claim *claim, const struct program *program,
                                  const struct schedule *schedule, size_t loop, bool is_over)
{
    struct walk walk = {.claim = claim,
                        .program = program,
                        .machine = machine_new(program, NULL, true),
                        .schedule = schedule,
                        .loop_first = loop > 0 ? schedule->count - loop : SIZE_MAX};
    walk.overtaking = (struct overtaking){walk.machine, claim->thread, (size_t)claim->number};
    for (size_t t = 0; t < program->thread_count; t++)
        walk.outside[t] = waiting_find_outside(walk.machine, t);
    while (!walk_once(&walk))
        continue;
    bool decides = claim->kind == CLAIM_LEADS_TO ? (loop > 0 ? walk.stays_open : walk.is_expecting && is_over)
                   : claim->kind == CLAIM_BYPASS ? walk.is_overtaken
                                                 : loop > 0 && starves_somebody(&walk);
    for (size_t t = 0; t < program->thread_count; t++)
        memory_free(walk.outside[t]);
    memory_free(walk.from);
    memory_free(walk.to);
    text_free(&walk.output);
    machine_free(walk.machine);
    return decides;
}

/* ---- Deciding ----------------------------------------------------------------------------------------------------- */

/* Whether two rounds of a loop, with which a trace ends, are the same steps. */
static bool is_round(const struct trace *trace, size_t loop)
{
    size_t length = trace_length(trace), first = trace_find_step(trace, length - 2 * loop);
    size_t again = trace_find_step(trace, length - loop), count = trace->step_count - again;
    return trace->end == TRACE_UNFINISHED && again - first == count && trace_repeats(trace, first, again, count);
}

static bool decides_at_its_end(struct replay *self, bool is_lasso)
{
    const struct claim *claim = self->claim;
    const struct trace *trace = self->trace;
    bool is_end = trace->end == TRACE_FINISHED && !is_lasso;
    switch (claim->kind) {
    case CLAIM_VALUE:
        return is_end && claim_is_violated_by(claim, trace->value);
    case CLAIM_FINAL:
        return is_end && !is_true(self, claim->condition);
    case CLAIM_POSSIBLE:
        return is_end && is_true(self, claim->condition);
    case CLAIM_ALWAYS:
        return !is_lasso && !is_true(self, claim->condition);
    case CLAIM_NO_DEADLOCK:
        return trace->end == TRACE_DEADLOCKED;
    case CLAIM_NO_ERROR:
        return trace->end == TRACE_FAILED || trace->death_text != NULL;
    case CLAIM_EXCLUSIVE:
        return !is_lasso && trace->overlap_text != NULL;
    case CLAIM_TERMINATES:
        return is_lasso || trace->end == TRACE_DEADLOCKED;
    case CLAIM_NO_HANG: /* that no end can be reached any more, replay does not know */
        return !is_lasso && (trace->end == TRACE_UNFINISHED || trace->end == TRACE_DEADLOCKED);
    default:
        return true; /* on the way */
    }
}

static bool is_about_the_way(const struct claim *claim)
{
    return claim->kind == CLAIM_LEADS_TO || claim->kind == CLAIM_BYPASS || claim->kind == CLAIM_NO_STARVATION;
}

/* ---- Running ------------------------------------------------------------------------------------------------------ */

static struct replay start(const struct claim *claim, const struct program *program, const struct scheduler *scheduler)
{
    struct replay self = {.claim = claim, .program = program, .scheduler = scheduler};
    self.machine = machine_new(program, NULL, true);
    if (claim->condition != NULL)
        predicate_visit(claim->condition, &self, add_word, add_register);
    if (claim->response != NULL)
        predicate_visit(claim->response, &self, add_word, add_register);
    return self;
}

static void end(struct replay *self)
{
    machine_free((struct machine *)self->machine);
    memory_free(self->locations);
}

/* Whether the loop of a lasso can follow once more with the same steps, all of which is then *twice. */
static bool goes_round(const struct replay *self, const struct schedule *lasso, size_t loop, struct schedule *twice)
{
    struct error error = ERROR_INIT;
    if (loop > schedule_step_count(lasso))
        return false;
    schedule_append(twice, lasso, 0, lasso->count);
    schedule_append(twice, lasso, lasso->count - loop, loop);
    struct trace *trace = replay_run(self->program, self->scheduler, 0, twice, &error);
    bool is_good = trace != NULL && is_round(trace, loop);
    trace_free(trace);
    return is_good;
}

static bool does_decide(struct replay *self, const struct schedule *schedule, size_t loop)
{
    struct schedule twice = {0};
    bool is_over = self->trace->end != TRACE_UNFINISHED;
    bool decides = decides_at_its_end(self, loop > 0) && (loop == 0 || goes_round(self, schedule, loop, &twice));
    if (decides && is_about_the_way(self->claim))
        decides = is_decided_on_the_way(self->claim, self->program, loop > 0 ? &twice : schedule, loop, is_over);
    schedule_free(&twice);
    return decides;
}

struct trace *claim_replay(const struct claim *claim, const struct program *program, const struct scheduler *scheduler,
                           uint32_t word, const struct schedule *schedule, size_t loop, bool *decides,
                           struct error *error)
{
    struct replay self = start(claim, program, scheduler);
    bool is_about_word = self.count > 0 && self.locations[0] < machine_word_count(self.machine);
    struct trace *trace = replay_run_observing(program, scheduler, is_about_word ? self.locations[0] : word,
                                               self.locations, self.count, schedule, error);
    self.trace = trace;
    *decides = trace != NULL && does_decide(&self, schedule, loop);
    end(&self);
    return trace;
}
