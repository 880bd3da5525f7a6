#include "trace/replay.h"

#include "base/memory.h"
#include "machine/machine.h"
#include "schedulers/scheduler.h"
#include "trace/condensed.h"
#include "trace/recorder.h"

#include <inttypes.h>
#include <string.h>

enum { STATE_WORDS_SPARE = 1 };

/* A replay under way. */
struct replay {
    const struct scheduler *scheduler;
    const struct program *program;
    struct machine *machine;
    struct trace *trace;
    uint64_t *state;  /* now */
    uint64_t *before; /* before the instruction under way */
    uint64_t *origin; /* before the step that it belongs to */
    size_t quads;     /* of a state */
    struct scheduler_memory memory;
    struct scheduler_shape shape;
    struct recorder recorder;
    int last;              /* the thread that stepped last, or -1 */
    size_t capacity;       /* of the trace's steps */
    uint64_t waiting;      /* the threads that cannot step now */
    uint32_t *waiting_for; /* ... and the object that each of them waits for */
    size_t wait_capacity;
    const struct counted_event
        *events[PROGRAM_COUNTED_MAX]; /* that are told step by step, in the order of the trace's */
    size_t total_capacity;
    struct text output;
    bool prints;
    bool is_whole;             /* no trace is condensed */
    const uint32_t *locations; /* whose final values are asked for */
    size_t location_count;
};

static struct scheduler_moment now(const struct replay *self)
{
    return scheduler_look(self->machine, self->state);
}

static void start(struct replay *self, uint32_t word, uint64_t which)
{
    self->quads = (machine_bits(self->machine) + 63) / 64 + STATE_WORDS_SPARE;
    self->state = memory_new(self->quads, sizeof *self->state);
    self->before = memory_new(self->quads, sizeof *self->before);
    self->origin = memory_new(self->quads, sizeof *self->origin);
    self->last = -1;
    machine_start(self->machine, self->state);
    struct scheduler_moment moment = now(self);
    scheduler_start(self->scheduler, &moment, which, &self->memory);
    recorder_start(&self->recorder, self->machine, self->trace, word);
    self->waiting_for = memory_new(machine_thread_count(self->machine), sizeof *self->waiting_for);
}

static void finish(struct replay *self)
{
    recorder_finish(&self->recorder);
    memory_free(self->state);
    memory_free(self->before);
    memory_free(self->origin);
    memory_free(self->waiting_for);
    text_free(&self->output);
    machine_free(self->machine);
}

/* ---- What is possible ------------------------------------------------------------------------------------------ */

/* The threads that may make a step of a kind. */
static uint64_t choices_of(const struct replay *self, enum action_kind kind)
{
    if (self->trace->end == TRACE_FAILED)
        return 0;
    struct scheduler_moment moment = now(self);
    unsigned option = kind == ACTION_SIGNAL ? 1 : 0;
    uint64_t choices = 0;
    if (kind == ACTION_FLUSH)
        return machine_unflushed(self->machine, self->state);
    if (kind != ACTION_RETURN && option < self->shape.options)
        choices = scheduler_threads(self->scheduler, &moment, &self->memory, option);
    return kind == ACTION_SIGNAL ? choices : choices | moment.away;
}

/* The threads that may step, or have a store that may reach memory. */
static uint64_t choices_now(const struct replay *self)
{
    return choices_of(self, ACTION_STEP) | choices_of(self, ACTION_FLUSH);
}

/* A parameter of the scheduler that is a number, or -1. */
static int64_t parameter(const struct scheduler *scheduler, const char *name)
{
    struct property *parameters = NULL;
    size_t count = 0;
    scheduler_describe(scheduler, &parameters, &count);
    const struct property *found = property_find(parameters, count, name);
    int64_t number = found != NULL && found->is_number ? found->number : -1;
    property_free_list(parameters, count);
    return number;
}

/* Where the scheduler itself says when the signal arrives, a schedule may say it, too; there is nothing to choose then. */
static struct action settled(const struct replay *self, struct action action)
{
    bool is_said = action.kind == ACTION_SIGNAL && self->shape.options == 1 &&
                   parameter(self->scheduler, "arrival") == (int64_t)schedule_step_count(&self->trace->schedule);
    return is_said ? action_choose(ACTION_STEP, action.thread, action.choice) : action;
}

/* ---- Why a step is not possible ------------------------------------------------------------------------------ */

static void describe_scheduler(struct replay *self, struct action action, struct text *text)
{
    size_t thread = action.thread;
    const char *name = machine_thread_name(self->machine, thread), *kind = self->scheduler->kind->name;
    struct scheduler_moment moment = now(self);
    if (action.kind == ACTION_SIGNAL && choices_of(self, ACTION_SIGNAL) == 0) {
        text_print(text, "no signal of the %s scheduler can arrive here", kind);
        return;
    }
    text_print(text, "the %s scheduler does not allow thread %zu (%s) to step: ", kind, thread, name);
    scheduler_refusal(self->scheduler, &moment, &self->memory, thread, text);
}

static void describe_refusal(struct replay *self, struct action action, struct text *text)
{
    size_t thread = action.thread;
    uint64_t bit = UINT64_C(1) << thread;
    const char *name = machine_thread_name(self->machine, thread);
    if (self->trace->end == TRACE_FAILED) {
        text_print(text, "the step before was an error of the program");
    } else if (machine_finished(self->machine, self->state) & bit) {
        text_print(text, "thread %zu (%s) has finished", thread, name);
    } else if (action.kind == ACTION_FLUSH) {
        text_print(text, "no store of thread %zu (%s) waits to reach memory", thread, name);
    } else if (action.kind == ACTION_RETURN) {
        text_print(text, "thread %zu (%s) is not away at input or output", thread, name);
    } else if (action.choice > 0 && action.choice >= machine_choice_count(self->machine, self->state, thread)) {
        unsigned count = machine_choice_count(self->machine, self->state, thread);
        text_print(text, "the step of thread %zu (%s) can turn out in %u way%s, and there is no number %u among them",
                   thread, name, count, count == 1 ? "" : "s", action.choice);
    } else if ((machine_enabled(self->machine, self->state) & bit) == 0) {
        text_print(text, "thread %zu (%s) cannot proceed: it waits for ", thread, name);
        machine_describe_wait(self->machine, self->state, thread, text);
    } else {
        describe_scheduler(self, action, text);
    }
}

/* Appends the threads that could have stepped instead. */
static void describe_choices(struct replay *self, uint64_t choices, struct text *text)
{
    uint64_t flushes = choices_of(self, ACTION_FLUSH);
    text_print(text, choices != 0 ? "; could have stepped:" : "; nobody can step any more");
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        if (choices >> t & 1)
            text_print(text, " %zu", t);
    text_print(text, flushes != 0 ? "; stores could have reached memory:" : "");
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        if (flushes >> t & 1)
            text_print(text, " flush %zu", t);
}

static bool is_possible(const struct replay *self, struct action action)
{
    return action.thread < machine_thread_count(self->machine) &&
           (choices_of(self, (enum action_kind)action.kind) >> action.thread & 1) != 0 &&
           (action.kind == ACTION_FLUSH ||
            action.choice < machine_choice_count(self->machine, self->state, action.thread));
}

static bool check_choice(struct replay *self, struct action action, struct error *error)
{
    size_t threads = machine_thread_count(self->machine), step = schedule_step_count(&self->trace->schedule) + 1;
    if (is_possible(self, action))
        return true;
    if (action.thread >= threads) {
        error_set(error, NULL, 0, 0, "step %zu: there is no thread %u (expected 0 to %zu)", step, action.thread,
                  threads - 1);
        return false;
    }
    struct text text = TEXT_INIT;
    describe_refusal(self, action, &text);
    describe_choices(self, choices_of(self, ACTION_STEP), &text);
    error_set(error, NULL, 0, 0, "step %zu: %s", step, text_string(&text));
    text_free(&text);
    return false;
}

/* ---- Events ---------------------------------------------------------------------------------------------------- */

/* Which events of a program are counted step by step: what can be told of an instruction, and rounds. A front-end's instructions are not
 * what people have written. */
static bool is_told(const struct program *program, const struct counted_event *event)
{
    return program->listing == NULL &&
           (event->kind == COUNTED_MARKED || event->kind == COUNTED_LINE || event->kind == COUNTED_ROUNDS);
}

static void begin_events(struct replay *self)
{
    struct trace *trace = self->trace;
    trace->events = memory_new(self->program->counted_event_count + 1, sizeof *trace->events);
    for (size_t e = 0; e < self->program->counted_event_count; e++) {
        const struct counted_event *event = &self->program->counted_events[e];
        if (!is_told(self->program, event))
            continue;
        self->events[trace->event_count] = event;
        trace->events[trace->event_count++] = memory_copy_string(event->name);
    }
}

static uint32_t *totals_of(const struct trace *trace, size_t step)
{
    return trace->event_totals + step * trace->event_count;
}

/* The last step begins with what there was before. */
static void keep_totals(struct replay *self)
{
    struct trace *trace = self->trace;
    size_t events = trace->event_count;
    for (size_t e = 0; e < events; e++)
        trace->event_totals = memory_grow(trace->event_totals, (trace->step_count - 1) * events + e,
                                          &self->total_capacity, sizeof *trace->event_totals);
    for (size_t e = 0; e < events; e++)
        totals_of(trace, trace->step_count - 1)[e] =
            trace->step_count > 1 ? totals_of(trace, trace->step_count - 2)[e] : 0;
}

/* Counts the instruction of the last step, unless it was begun earlier: it has yet to be executed. */
static void count_instruction(struct replay *self, const struct trace_step *step)
{
    struct trace *trace = self->trace;
    const struct instruction *instruction = &program_code(self->program, step->thread)->instructions[step->index];
    if (machine_thread_activity(self->machine, self->state, step->thread) != ACTIVITY_NONE)
        return;
    for (size_t e = 0; e < trace->event_count; e++)
        if (self->events[e]->kind != COUNTED_ROUNDS)
            totals_of(trace, trace->step_count - 1)[e] += instruction->counted >> self->events[e]->number & 1;
}

static void count_rounds(struct replay *self, uint64_t rounds)
{
    struct trace *trace = self->trace;
    for (size_t e = 0; e < trace->event_count; e++)
        if (self->events[e]->kind == COUNTED_ROUNDS)
            totals_of(trace, trace->step_count - 1)[e] += (uint32_t)rounds;
}

/* ---- One step -------------------------------------------------------------------------------------------------- */

/* Executes the actions of the schedule so far from the start, of the last one as many instructions as were executed before, and one
 * more. Returns false where a value did not fit. */
static bool execute_all(struct replay *self, size_t executed, struct step *step)
{
    const struct schedule *schedule = &self->trace->schedule;
    size_t last = schedule->count - 1;
    machine_start(self->machine, self->state);
    step->result = STEP_TAKEN;
    for (size_t a = schedule_first_step(schedule); a < last && step->result != STEP_TOO_NARROW; a++)
        machine_choose(self->machine, self->state, schedule->actions[a].thread, action_way(schedule->actions[a]), step);
    memcpy(self->origin, self->state, self->quads * sizeof *self->state);
    for (size_t i = 0; i <= executed && step->result != STEP_TOO_NARROW; i++) {
        struct action action = schedule->actions[last];
        memcpy(self->before, self->state, self->quads * sizeof *self->state);
        machine_execute(self->machine, self->state, action.thread, i == 0 ? action_way(action) : 0, step);
    }
    return step->result != STEP_TOO_NARROW;
}

/* Makes room for large values: widening voids the packed state, so the whole schedule up to here is executed again. */
static void execute_again(struct replay *self, size_t executed, struct step *step)
{
    do {
        machine_widen(self->machine, step->narrow, step->narrow_value);
        self->quads = (machine_bits(self->machine) + 63) / 64 + STATE_WORDS_SPARE;
        self->state = memory_resize(self->state, self->quads, sizeof *self->state);
        self->before = memory_resize(self->before, self->quads, sizeof *self->before);
        self->origin = memory_resize(self->origin, self->quads, sizeof *self->origin);
        memset(self->state, 0, self->quads * sizeof *self->state);
    } while (!execute_all(self, executed, step));
}

/* Executes an instruction of the last action of the schedule so far, of which some were executed before. */
static void execute(struct replay *self, struct action action, size_t executed, struct step *step)
{
    memcpy(self->before, self->state, self->quads * sizeof *self->state);
    if (executed == 0)
        memcpy(self->origin, self->state, self->quads * sizeof *self->state);
    machine_execute(self->machine, self->state, action.thread, executed == 0 ? action_way(action) : 0, step);
    if (step->result == STEP_TOO_NARROW)
        execute_again(self, executed, step);
}

static void note_stand(struct replay *self, struct trace_step *step)
{
    struct trace_stand stand = recorder_stand(&self->recorder, self->state, step->thread);
    step->next_line = stand.line;
    step->waits = stand.waits;
    step->waits_for = stand.waits_for;
}

/* Who waits now, and for what, as far as it is not as it was. */
static void note_waits(struct replay *self)
{
    struct trace *trace = self->trace;
    uint64_t can_go_on = machine_enabled(self->machine, self->state) | machine_finished(self->machine, self->state) |
                         machine_unflushed(self->machine, self->state);
    uint64_t waiting = machine_everybody(self->machine) & ~can_go_on, concerned = waiting | self->waiting;
    for (; concerned != 0; concerned &= concerned - 1) {
        uint32_t thread = (uint32_t)__builtin_ctzll(concerned);
        struct trace_stand stand = recorder_stand(&self->recorder, self->state, thread);
        bool waited = (self->waiting >> thread & 1) != 0;
        if (stand.waits == waited && (!waited || stand.waits_for == self->waiting_for[thread]))
            continue;
        trace->waits = memory_grow(trace->waits, trace->wait_count, &self->wait_capacity, sizeof *trace->waits);
        trace->waits[trace->wait_count++] =
            (struct trace_wait){trace->step_count, thread, stand.waits, stand.waits_for};
        self->waiting_for[thread] = stand.waits_for;
    }
    self->waiting = waiting;
}

/* The step has copied the state before it. */
static void remember(struct replay *self, const struct scheduler_moment *before, struct action action,
                     const struct step *taken)
{
    struct scheduler_step step = {*before,       now(self),    action.kind == ACTION_SIGNAL ? 1 : 0,
                                  action.thread, taken->ticks, taken->yields};
    step.before.state = self->origin;
    scheduler_after(self->scheduler, &step, &self->memory);
    count_rounds(self, self->memory.passed);
}

/* The value of the word that is told step by step; 0 where there is none. */
static int64_t observed_value(const struct replay *self)
{
    const struct trace *trace = self->trace;
    return trace->observed_word < trace->word_count ? machine_value(self->machine, self->state, trace->observed_word)
                                                    : 0;
}

/* An empty one, of the last action of the schedule so far. */
static struct trace_step *add_step(struct replay *self, size_t thread)
{
    struct trace *trace = self->trace;
    trace->steps = memory_grow(trace->steps, trace->step_count, &self->capacity, sizeof *trace->steps);
    struct trace_step *step = &trace->steps[trace->step_count++];
    *step = (struct trace_step){.number = schedule_step_count(&trace->schedule), .thread = (uint32_t)thread};
    keep_totals(self);
    return step;
}

static struct trace_step *add_instruction(struct replay *self, size_t thread)
{
    struct trace_step *step = add_step(self, thread);
    step->index = machine_index(self->machine, self->state, thread);
    step->line = machine_line(self->machine, thread, step->index);
    step->text = recorder_text(&self->recorder, thread, step->index);
    count_instruction(self, step);
    return step;
}

static void note_output(struct replay *self, const struct trace_step *step)
{
    machine_print(self->machine, self->before, step->thread, &self->output);
    self->prints = true;
}

static void note_failure(struct replay *self, const struct step *step, struct trace_step *recorded)
{
    struct trace *trace = self->trace;
    trace->end = TRACE_FAILED;
    trace->end_text = machine_describe_failure(self->machine, recorded->thread, step->index, step->failure);
    recorded->act = TRACE_FAILS;
    keep_totals(self); /* it has not happened */
    memcpy(self->state, self->before, self->quads * sizeof *self->state);
}

static void note_death(struct replay *self, const struct step *step, struct trace_step *recorded)
{
    memory_free(self->trace->death_text);
    self->trace->death_text = machine_describe_failure(self->machine, recorded->thread, step->dies_index, FAILURE_SAID);
    recorded->act = TRACE_DIES;
}

static void note_rest(struct replay *self, struct trace_step *recorded)
{
    note_stand(self, recorded);
    note_waits(self);
    recorded->printed = self->output.length;
}

/* What an instruction did that was executed. */
static void note_instruction(struct replay *self, const struct step *step, struct trace_step *recorded)
{
    if (step->result == STEP_FAILED)
        note_failure(self, step, recorded);
    else
        recorder_note(&self->recorder, self->before, self->state, recorded);
    if (step->dies)
        note_death(self, step, recorded);
    if (step->prints)
        note_output(self, recorded);
    note_rest(self, recorded);
}

/* Has a thread's oldest store reach memory. */
static void record_flush(struct replay *self, struct action action)
{
    struct step step;
    schedule_add(&self->trace->schedule, action);
    struct trace_step *recorded = add_step(self, action.thread);
    recorded->is_flush = true;
    execute(self, action, 0, &step);
    recorder_note_flush(&self->recorder, self->before, self->state, recorded);
    note_rest(self, recorded);
}

/* Takes a step, and records each of its instructions. */
static void record_step(struct replay *self, struct action action)
{
    uint32_t thread = action.thread;
    struct scheduler_moment before = now(self);
    bool is_return = (before.away >> thread & 1) != 0;
    bool is_preemption =
        !is_return && self->last >= 0 && (uint32_t)self->last != thread && (before.ready >> self->last & 1) != 0;
    struct step whole = {0}, step;
    size_t executed = 0;
    schedule_add(&self->trace->schedule, is_return ? action_by(ACTION_RETURN, thread) : action);
    self->trace->preemptions += is_preemption;
    do {
        struct trace_step *recorded = add_instruction(self, thread);
        recorded->is_return = is_return;
        recorded->preemption = is_preemption && executed == 0;
        execute(self, action, executed++, &step);
        note_instruction(self, &step, recorded);
        whole.ticks += step.ticks;
        whole.yields |= step.yields;
    } while (step.result == STEP_TAKEN && machine_goes_on(self->machine, self->state, thread, &step));
    if (step.result == STEP_TAKEN)
        remember(self, &before, action, &whole);
    self->last = is_return ? self->last : (int)thread;
}

static void record(struct replay *self, struct action action)
{
    if (action.kind == ACTION_FLUSH)
        record_flush(self, action);
    else
        record_step(self, action);
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
        if (!machine_overlaps(self->machine, self->state, s))
            continue;
        text_print(&text, "%s", text.length > 0 ? "; " : "");
        machine_name_threads(self->machine, inside, &text);
        text_print(&text, " are inside the critical section%s%s", machine_section_name(self->machine, s)[0] ? " " : "",
                   machine_section_name(self->machine, s));
    }
    self->trace->overlap_text = text.length > 0 ? text_take(&text) : NULL;
    text_free(&text);
}

static void note_end(struct replay *self)
{
    struct trace *trace = self->trace;
    describe_overlap(self);
    trace->stands = memory_new(trace->thread_count, sizeof *trace->stands);
    for (size_t t = 0; t < trace->thread_count; t++)
        trace->stands[t] = recorder_stand(&self->recorder, self->state, t);
    trace->value = observed_value(self);
    trace->output = self->prints ? memory_copy_string(text_string(&self->output)) : NULL;
    trace->finals = memory_new(self->location_count, sizeof *trace->finals);
    trace->final_count = self->location_count;
    for (size_t l = 0; l < self->location_count; l++)
        trace->finals[l] = machine_final_value(self->machine, self->state, self->locations[l]);
    if (trace->end == TRACE_FAILED)
        return;
    if (machine_finished(self->machine, self->state) == machine_everybody(self->machine)) {
        trace->end = TRACE_FINISHED;
    } else if ((machine_enabled(self->machine, self->state) | machine_unflushed(self->machine, self->state)) == 0) {
        trace->end = TRACE_DEADLOCKED;
        describe_deadlock(self);
    } else {
        trace->end = TRACE_UNFINISHED;
        trace->choices = choices_now(self);
    }
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

/* Finds the number of the first memory that a schedule chooses. Returns false with *error set where it chooses none of
 * several, or one that there is not. */
static bool choose_start(const struct scheduler *scheduler, const struct scheduler_shape *shape,
                         const struct schedule *schedule, uint64_t *which, struct error *error)
{
    const char *kind = scheduler->kind->name;
    bool is_said = schedule_first_step(schedule) > 0, is_open = shape->starts > 1;
    uint64_t said = is_said ? schedule->actions[0].phase : 0;
    int64_t phase = is_said && !is_open ? parameter(scheduler, "phase") : 0; /* -1: it has none */
    *which = is_open ? said : 0;
    if (is_open && said >= shape->starts)
        error_set(error, NULL, 0, 0, "phase %llu is out of range (expected 0 to %llu)", (unsigned long long)said,
                  (unsigned long long)shape->starts - 1);
    else if (is_open && !is_said)
        error_set(
            error, NULL, 0, 0,
            "the phase of the %s scheduler is open (expected a phase at the beginning of the schedule, as in 'phase "
            "0', or --phase with a number)",
            kind);
    else if (!is_open && said != (phase >= 0 ? (uint64_t)phase : 0))
        error_set(error, NULL, 0, 0, "the %s scheduler does not begin with phase %llu", kind, (unsigned long long)said);
    return !error->set;
}

bool replay_can_begin(const struct scheduler *scheduler, const struct schedule *schedule, struct error *error)
{
    struct scheduler_shape shape;
    uint64_t which;
    scheduler_shape(scheduler, NULL, &shape);
    return choose_start(scheduler, &shape, schedule, &which, error);
}

/* The first of a set of threads behind the one that stepped last; behind the last thread comes the first. If it has a store that waits, that
 * reaches memory first. */
static struct action next_in_turn(const struct replay *self, uint64_t choices)
{
    const struct trace *trace = self->trace;
    int last = trace->step_count > 0 ? (int)trace->steps[trace->step_count - 1].thread : -1;
    uint64_t behind = last < 63 ? choices & ~UINT64_C(0) << (last + 1) : 0;
    size_t next = (size_t)__builtin_ctzll(behind != 0 ? behind : choices);
    return action_by(choices_of(self, ACTION_FLUSH) >> next & 1 ? ACTION_FLUSH : ACTION_STEP, next);
}

static void go_round(struct replay *self, size_t most)
{
    uint64_t choices;
    while (schedule_step_count(&self->trace->schedule) < most && (choices = choices_now(self)) != 0)
        record(self, next_in_turn(self, choices));
}

/* Goes through the steps of a schedule again and again, until none of them is possible. */
static void repeat(struct replay *self, const struct schedule *schedule, size_t most)
{
    size_t first = schedule_first_step(schedule), steps = schedule->count - first, skipped = 0;
    for (size_t at = 0; skipped < steps && schedule_step_count(&self->trace->schedule) < most; at = (at + 1) % steps) {
        struct action action = settled(self, schedule->actions[first + at]);
        bool possible = is_possible(self, action);
        skipped = possible ? 0 : skipped + 1;
        if (possible)
            record(self, action);
    }
}

/* Executes the steps that are given; returns whether they are possible. */
static bool run(struct replay *self, const struct schedule *schedule, struct error *error)
{
    for (size_t a = schedule_first_step(schedule); a < schedule->count; a++) {
        struct action action = settled(self, schedule->actions[a]);
        if (!check_choice(self, action, error))
            return false;
        record(self, action);
    }
    return true;
}

static void begin(struct replay *self, const struct schedule *schedule, uint32_t word, uint64_t which)
{
    self->trace = memory_new(1, sizeof *self->trace);
    self->trace->end = TRACE_UNFINISHED;
    if (self->shape.starts > 1)
        schedule_add(&self->trace->schedule, schedule->actions[0]);
    start(self, word, which);
    begin_events(self);
}

static struct trace *replay_with(struct replay *self, const struct program *program, const struct scheduler *scheduler,
                                 uint32_t word, const struct schedule *schedule, enum replay_then then, size_t most,
                                 struct error *error)
{
    uint64_t which;
    self->scheduler = scheduler != NULL ? scheduler : scheduler_free_choice();
    self->machine = machine_new(program, NULL, true);
    self->program = program;
    scheduler_shape(self->scheduler, self->machine, &self->shape);
    if (!choose_start(self->scheduler, &self->shape, schedule, &which, error)) {
        machine_free(self->machine);
        return NULL;
    }
    begin(self, schedule, word, which);
    note_waits(self);
    bool possible = then == REPLAY_REPEATS || run(self, schedule, error);
    if (possible && then == REPLAY_GOES_ROUND)
        go_round(self, most);
    else if (possible && then == REPLAY_REPEATS)
        repeat(self, schedule, most);
    if (possible)
        note_end(self);
    struct trace *trace = self->trace;
    finish(self);
    if (possible && program->listing != NULL && !self->is_whole)
        trace_condense(trace, program);
    if (possible)
        return trace;
    trace_free(trace);
    return NULL;
}

struct trace *replay_run_on(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                            const struct schedule *schedule, enum replay_then then, size_t most, struct error *error)
{
    struct replay self = {0};
    return replay_with(&self, program, scheduler, word, schedule, then, most, error);
}

struct trace *replay_run_observing(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                                   const uint32_t *locations, size_t count, const struct schedule *schedule,
                                   struct error *error)
{
    struct replay self = {.locations = locations, .location_count = count};
    return replay_with(&self, program, scheduler, word, schedule, REPLAY_STOPS, 0, error);
}

struct trace *replay_run(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                         const struct schedule *schedule, struct error *error)
{
    return replay_run_on(program, scheduler, word, schedule, REPLAY_STOPS, 0, error);
}

struct trace *replay_run_whole(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                               const struct schedule *schedule, struct error *error)
{
    struct replay self = {.is_whole = true};
    return replay_with(&self, program, scheduler, word, schedule, REPLAY_STOPS, 0, error);
}
