#include "analysis/claim_replay.h"

#include "base/memory.h"
#include "machine/machine.h"
#include "program/predicate.h"
#include "trace/replay.h"

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

static bool decides(struct replay *self)
{
    const struct claim *claim = self->claim;
    bool is_end = self->trace->end == TRACE_FINISHED;
    switch (claim->kind) {
    case CLAIM_FINAL:
        return is_end && !is_true(self, claim->condition);
    case CLAIM_POSSIBLE:
        return is_end && is_true(self, claim->condition);
    case CLAIM_ALWAYS:
        return !is_true(self, claim->condition);
    case CLAIM_LEADS_TO:
        return !is_true(self, claim->response);
    case CLAIM_TERMINATES:
    case CLAIM_NO_HANG:
        return self->trace->end == TRACE_UNFINISHED || self->trace->end == TRACE_DEADLOCKED;
    default:
        return true;
    }
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

static struct trace *run(struct replay *self, uint32_t word, const struct schedule *schedule, struct error *error)
{
    struct trace *trace =
        replay_run_observing(self->program, self->scheduler, word, self->locations, self->count, schedule, error);
    self->trace = trace;
    return trace;
}

struct trace *claim_replay(const struct claim *claim, const struct program *program, const struct scheduler *scheduler,
                           uint32_t word, const struct schedule *schedule, bool *does_decide, struct error *error)
{
    struct replay self = start(claim, program, scheduler);
    bool is_about_word = self.count > 0 && self.locations[0] < machine_word_count(self.machine);
    struct trace *trace = run(&self, is_about_word ? self.locations[0] : word, schedule, error);
    *does_decide = trace != NULL && decides(&self);
    end(&self);
    return trace;
}

/* Whether two rounds of a loop, with which a trace ends, are the same steps. */
static bool is_round(const struct trace *trace, size_t loop)
{
    size_t length = trace_length(trace), first = trace_find_step(trace, length - 2 * loop);
    size_t again = trace_find_step(trace, length - loop), count = trace->step_count - again;
    return trace->end == TRACE_UNFINISHED && again - first == count && trace_repeats(trace, first, again, count);
}

/* Whether a schedule, all but so many of its last actions, comes to a state that does not decide against the loop. */
static bool keeps_open(struct replay *self, const struct schedule *schedule, size_t left_out)
{
    struct schedule begin = {0};
    struct error error = ERROR_INIT;
    schedule_append(&begin, schedule, 0, schedule->count - left_out);
    struct trace *trace = run(self, 0, &begin, &error);
    bool keeps = trace != NULL && !is_true(self, self->claim->response);
    trace_free(trace);
    schedule_free(&begin);
    return keeps;
}

bool claim_replay_goes_round(const struct claim *claim, const struct program *program,
                             const struct scheduler *scheduler, const struct schedule *lasso, size_t loop_count)
{
    struct replay self = start(claim, program, scheduler);
    struct schedule twice = {0};
    struct error error = ERROR_INIT;
    bool is_lasso = loop_count > 0 && loop_count <= lasso->count;
    schedule_append(&twice, lasso, 0, lasso->count);
    if (is_lasso)
        schedule_append(&twice, lasso, lasso->count - loop_count, loop_count);
    struct trace *trace = is_lasso ? run(&self, 0, &twice, &error) : NULL;
    bool is_good = trace != NULL && is_round(trace, loop_count);
    trace_free(trace);
    for (size_t left_out = 0; claim->response != NULL && left_out <= 2 * loop_count && is_good; left_out++)
        is_good = keeps_open(&self, &twice, left_out);
    schedule_free(&twice);
    end(&self);
    return is_good;
}
