#include "trace/replay.h"

#include "base/memory.h"
#include "machine/machine.h"
#include "schedulers/scheduler.h"
#include "trace/recorder.h"

#include <string.h>

enum { STATE_WORDS_SPARE = 1 };

/* A replay under way. */
struct replay {
    const struct scheduler *scheduler;
    struct machine *machine;
    struct trace *trace;
    uint64_t *state;  /* now */
    uint64_t *before; /* before the step under way */
    size_t words;     /* of a state */
    struct scheduler_memory memory;
    struct recorder recorder;
    int last; /* the thread that stepped last, or -1 */
};

static struct scheduler_moment moment_of(const struct replay *self, const uint64_t *state)
{
    uint64_t away = machine_away(self->machine, state);
    return (struct scheduler_moment){self->machine, state, machine_enabled(self->machine, state) & ~away, away};
}

static void start_scheduler(struct replay *self)
{
    struct scheduler_moment moment = moment_of(self, self->state);
    self->memory = (struct scheduler_memory){.current = -1};
    self->scheduler->kind->start(self->scheduler, &moment, 0, &self->memory);
}

static void start(struct replay *self, uint32_t word, size_t count)
{
    self->words = (machine_bits(self->machine) + 63) / 64 + STATE_WORDS_SPARE;
    self->state = memory_new(self->words, sizeof *self->state);
    self->before = memory_new(self->words, sizeof *self->before);
    self->last = -1;
    machine_start(self->machine, self->state);
    start_scheduler(self);
    recorder_start(&self->recorder, self->machine, self->trace, word);
    self->trace->steps = memory_new(count, sizeof *self->trace->steps);
}

static void finish(struct replay *self)
{
    recorder_finish(&self->recorder);
    memory_free(self->state);
    memory_free(self->before);
    machine_free(self->machine);
}

/* ---- Why a step is not possible ------------------------------------------------------------------------------ */

static void describe_refusal(struct replay *self, size_t thread, struct text *text)
{
    uint64_t bit = UINT64_C(1) << thread;
    const char *name = machine_thread_name(self->machine, thread);
    if (self->trace->end == TRACE_FAILED) {
        text_print(text, "the step before was an error of the program");
    } else if (machine_finished(self->machine, self->state) & bit) {
        text_print(text, "thread %zu (%s) has finished", thread, name);
    } else if ((machine_enabled(self->machine, self->state) & bit) == 0) {
        text_print(text, "thread %zu (%s) cannot proceed: it waits for ", thread, name);
        machine_describe_wait(self->machine, self->state, thread, text);
    } else {
        text_print(text, "the %s scheduler does not allow thread %zu (%s) to step: ", self->scheduler->kind->name,
                   thread, name);
        struct scheduler_moment moment = moment_of(self, self->state);
        self->scheduler->kind->refusal(self->scheduler, &moment, &self->memory, thread, text);
    }
}

/* Appends the threads that could have stepped instead. */
static void describe_choices(struct replay *self, uint64_t choices, struct text *text)
{
    if (choices == 0) {
        text_print(text, "; nobody can step any more");
        return;
    }
    text_print(text, "; could have stepped:");
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        if (choices >> t & 1)
            text_print(text, " %zu", t);
}

static bool check_choice(struct replay *self, uint32_t thread, uint64_t choices, size_t step, struct error *error)
{
    size_t threads = machine_thread_count(self->machine);
    if (thread >= threads) {
        error_set(error, NULL, 0, 0, "step %zu: there is no thread %u (expected 0 to %zu)", step + 1, thread,
                  threads - 1);
        return false;
    }
    if (choices >> thread & 1)
        return true;
    struct text text = TEXT_INIT;
    describe_refusal(self, thread, &text);
    describe_choices(self, choices, &text);
    error_set(error, NULL, 0, 0, "step %zu: %s", step + 1, text_string(&text));
    text_free(&text);
    return false;
}

/* ---- One step -------------------------------------------------------------------------------------------------- */

/* Executes a step on the state, making room for large values where needed: widening voids the packed state, so the whole
 * schedule up to here is executed again. */
static void execute_again(struct replay *self, const uint32_t *threads, size_t count, struct step *step)
{
    bool again = true;
    while (again) {
        again = false;
        self->words = (machine_bits(self->machine) + 63) / 64 + STATE_WORDS_SPARE;
        self->state = memory_resize(self->state, self->words, sizeof *self->state);
        self->before = memory_resize(self->before, self->words, sizeof *self->before);
        memset(self->state, 0, self->words * sizeof *self->state);
        machine_start(self->machine, self->state);
        for (size_t s = 0; s < count && !again; s++) {
            memcpy(self->before, self->state, self->words * sizeof *self->state);
            machine_step(self->machine, self->state, threads[s], step);
            if (step->result == STEP_TOO_NARROW) {
                machine_widen(self->machine, step->narrow, step->narrow_value);
                again = true;
            }
        }
    }
}

static void execute(struct replay *self, const uint32_t *threads, size_t position, struct step *step)
{
    memcpy(self->before, self->state, self->words * sizeof *self->state);
    machine_step(self->machine, self->state, threads[position], step);
    if (step->result != STEP_TOO_NARROW)
        return;
    machine_widen(self->machine, step->narrow, step->narrow_value);
    execute_again(self, threads, position + 1, step);
}

static void note_stand(struct replay *self, struct trace_step *step)
{
    struct trace_stand stand = recorder_stand(&self->recorder, self->state, step->thread);
    step->next_line = stand.line;
    step->waits = stand.waits;
    step->waits_for = stand.waits_for;
}

static void fail(struct replay *self, const struct trace_step *step, enum failure failure)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%s:%u:%u: %s: %s: %s", machine_file(self->machine, step->thread), step->line,
               machine_column(self->machine, step->thread, step->index), self->trace->threads[step->thread], step->text,
               machine_failure_text(failure));
    self->trace->end = TRACE_FAILED;
    self->trace->end_text = text_take(&text);
}

/* The step has copied the state before it. */
static void remember(struct replay *self, struct scheduler_moment *before, size_t thread)
{
    struct scheduler_moment after = moment_of(self, self->state);
    before->state = self->before;
    self->scheduler->kind->after(self->scheduler, before, &after, 0, thread, &self->memory);
}

static void record(struct replay *self, const uint32_t *threads, size_t position)
{
    uint32_t thread = threads[position];
    struct scheduler_moment before = moment_of(self, self->state);
    bool is_return = (before.away >> thread & 1) != 0;
    struct trace *trace = self->trace;
    struct trace_step *recorded = &trace->steps[trace->step_count++];
    recorded->thread = thread;
    recorded->index = machine_index(self->machine, self->state, thread);
    recorded->line = machine_line(self->machine, thread, recorded->index);
    recorded->text = recorder_text(&self->recorder, thread, recorded->index);
    recorded->is_return = is_return;
    recorded->preemption =
        !is_return && self->last >= 0 && (uint32_t)self->last != thread && (before.ready >> self->last & 1) != 0;
    trace->preemptions += recorded->preemption;
    struct step step;
    execute(self, threads, position, &step);
    if (step.result == STEP_FAILED) {
        fail(self, recorded, step.failure);
        recorded->act = TRACE_FAILS;
        memcpy(self->state, self->before, self->words * sizeof *self->state);
    } else {
        recorder_note(&self->recorder, self->before, self->state, recorded);
    }
    note_stand(self, recorded);
    recorded->observed = machine_value(self->machine, self->state, trace->observed_word);
    if (step.result == STEP_TAKEN)
        remember(self, &before, thread);
    self->last = is_return ? self->last : (int)thread;
}

/* ---- The end ------------------------------------------------------------------------------------------------- */

static void describe_deadlock(struct replay *self)
{
    struct text text = TEXT_INIT;
    uint64_t finished = machine_finished(self->machine, self->state);
    for (size_t t = 0; t < machine_thread_count(self->machine); t++) {
        if (finished >> t & 1)
            continue;
        text_print(&text, "%s%s waits for ", text.length > 0 ? "; " : "", machine_thread_name(self->machine, t));
        machine_describe_wait(self->machine, self->state, t, &text);
    }
    self->trace->end_text = text_take(&text);
}

/* Says who is inside a critical section together with others. */
static void describe_overlap(struct replay *self)
{
    struct text text = TEXT_INIT;
    for (size_t s = 0; s < machine_section_count(self->machine); s++) {
        uint64_t inside = machine_inside(self->machine, self->state, s);
        if ((inside & (inside - 1)) == 0)
            continue;
        text_print(&text, "%s", text.length > 0 ? "; " : "");
        for (uint64_t rest = inside; rest != 0; rest &= rest - 1)
            text_print(&text, "%s%s",
                       rest == inside             ? ""
                       : (rest & (rest - 1)) == 0 ? " and "
                                                  : ", ",
                       machine_thread_name(self->machine, (size_t)__builtin_ctzll(rest)));
        text_print(&text, " are inside the critical section%s%s", machine_section_name(self->machine, s)[0] ? " " : "",
                   machine_section_name(self->machine, s));
    }
    self->trace->overlap_text = text.length > 0 ? text_take(&text) : NULL;
    text_free(&text);
}

static uint64_t choices_now(const struct replay *self)
{
    if (self->trace->end == TRACE_FAILED)
        return 0;
    struct scheduler_moment moment = moment_of(self, self->state);
    return self->scheduler->kind->choices(self->scheduler, &moment, &self->memory, 0) | moment.away;
}

static void note_end(struct replay *self)
{
    struct trace *trace = self->trace;
    describe_overlap(self);
    trace->stands = memory_new(trace->thread_count, sizeof *trace->stands);
    for (size_t t = 0; t < trace->thread_count; t++)
        trace->stands[t] = recorder_stand(&self->recorder, self->state, t);
    trace->value = machine_value(self->machine, self->state, trace->observed_word);
    if (trace->end == TRACE_FAILED)
        return;
    if (machine_finished(self->machine, self->state) == machine_everybody(self->machine)) {
        trace->end = TRACE_FINISHED;
    } else if (machine_enabled(self->machine, self->state) == 0) {
        trace->end = TRACE_DEADLOCKED;
        describe_deadlock(self);
    } else {
        trace->end = TRACE_UNFINISHED;
        trace->choices = choices_now(self);
    }
}

/* A schedule is a list of threads; what else the scheduler could choose must be settled. */
static bool is_settled(const struct scheduler *scheduler, size_t threads, struct error *error)
{
    const char *open = scheduler_open_choice(scheduler, threads);
    if (open == NULL)
        return true;
    error_set(error, NULL, 0, 0, "the %s of the %s scheduler is 'any' (expected a number: a schedule is one of them)",
              open, scheduler->kind->name);
    return false;
}

/* The first of a set of threads behind the one that stepped last; behind the last thread comes the first. */
static uint32_t next_in_turn(uint64_t choices, int last)
{
    uint64_t behind = last < 63 ? choices & ~UINT64_C(0) << (last + 1) : 0;
    return (uint32_t)__builtin_ctzll(behind != 0 ? behind : choices);
}

/* Executes the steps that are given, and then others as long as there are any; returns whether the given ones are possible. */
static bool run(struct replay *self, uint32_t *threads, size_t given, size_t most, struct error *error)
{
    for (size_t s = 0; s < most; s++) {
        uint64_t choices = choices_now(self);
        if (s >= given && choices == 0)
            return true;
        if (s >= given)
            threads[s] = next_in_turn(choices, s > 0 ? (int)threads[s - 1] : -1);
        if (!check_choice(self, threads[s], choices, s, error))
            return false;
        record(self, threads, s);
    }
    return true;
}

struct trace *replay_run(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                         const uint32_t *threads, size_t count, struct error *error)
{
    return replay_run_on(program, scheduler, word, threads, count, 0, error);
}

struct trace *replay_run_on(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                            const uint32_t *threads, size_t count, size_t more, struct error *error)
{
    struct replay self = {.scheduler = scheduler != NULL ? scheduler : scheduler_free_choice()};
    self.machine = machine_new(program, NULL, true);
    if (!is_settled(self.scheduler, machine_thread_count(self.machine), error)) {
        machine_free(self.machine);
        return NULL;
    }
    self.trace = memory_new(1, sizeof *self.trace);
    self.trace->end = TRACE_UNFINISHED;
    start(&self, word, count + more);
    uint32_t *all = memory_new(count + more, sizeof *all);
    if (count > 0)
        memcpy(all, threads, count * sizeof *all);
    bool possible = run(&self, all, count, count + more, error);
    memory_free(all);
    if (possible)
        note_end(&self);
    struct trace *trace = self.trace;
    finish(&self);
    if (possible)
        return trace;
    trace_free(trace);
    return NULL;
}
