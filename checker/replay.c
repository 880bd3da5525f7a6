#include "checker/replay.h"

#include "base/memory.h"
#include "checker/scheduler.h"
#include "models/machine.h"

#include <assert.h>
#include <string.h>

enum { STATE_WORDS_SPARE = 1 };

/* A replay under way. */
struct replay {
    const struct scheduler *scheduler;
    struct machine *machine;
    struct trace *trace;
    uint64_t *state;      /* now */
    uint64_t *before;     /* before the step under way */
    size_t words;         /* of a state */
    struct scheduler_memory memory;
    const char ***texts;  /* for each thread, for each instruction: its text once it was needed */
    size_t text_capacity;
    size_t *held;         /* the trace's value that each location holds, and behind the locations each free word of the trace */
    size_t value_capacity;
    int last;             /* the thread that stepped last, or -1 */
};

static void copy_names(struct replay *self)
{
    struct trace *trace = self->trace;
    trace->thread_count = machine_thread_count(self->machine);
    trace->threads = memory_new(trace->thread_count, sizeof *trace->threads);
    for (size_t t = 0; t < trace->thread_count; t++)
        trace->threads[t] = memory_copy_string(machine_thread_name(self->machine, t));
    trace->word_count = machine_word_count(self->machine);
    trace->words = memory_new(trace->word_count, sizeof *trace->words);
    for (size_t w = 0; w < trace->word_count; w++)
        trace->words[w] = machine_location_name(self->machine, (location_id)w);
}

static void copy_first_registers(struct replay *self, size_t thread)
{
    struct trace *trace = self->trace;
    for (unsigned r = 0; r < machine_register_count(self->machine); r++) {
        location_id location = machine_register_location(self->machine, thread, r);
        const char *name = machine_register_name(self->machine, r);
        if (machine_is_mentioned(self->machine, location) && strcmp(name, "flags") != 0)
            trace->registers[trace->register_count++] = (struct trace_register){
                (uint32_t)thread, name, machine_initial_value(self->machine, location)};
    }
}

static void copy_first_values(struct replay *self)
{
    struct trace *trace = self->trace;
    trace->first_words = memory_new(trace->word_count, sizeof *trace->first_words);
    for (size_t w = 0; w < trace->word_count; w++)
        trace->first_words[w] = machine_initial_value(self->machine, (location_id)w);
    trace->registers =
        memory_new(trace->thread_count * machine_register_count(self->machine), sizeof *trace->registers);
    for (size_t t = 0; t < trace->thread_count; t++)
        copy_first_registers(self, t);
}

static void start_values(struct replay *self)
{
    struct trace *trace = self->trace;
    size_t locations = machine_location_count(self->machine);
    self->held = memory_new(locations, sizeof *self->held);
    for (size_t l = 0; l < locations; l++)
        self->held[l] = TRACE_VALUE_OTHER;
    self->held[trace->observed_word] = TRACE_VALUE_OBSERVED;
    for (; trace->value_count < TRACE_VALUES_FIRST; trace->value_count++) {
        trace->values = memory_grow(trace->values, trace->value_count, &self->value_capacity, sizeof *trace->values);
        trace->values[trace->value_count] =
            (struct trace_value){.step = SIZE_MAX, .is_observed = trace->value_count == TRACE_VALUE_OBSERVED};
    }
}

static void add_object(struct trace *trace, enum trace_object_kind kind, const char *name, int64_t first,
                       size_t capacity)
{
    trace->objects[trace->object_count++] = (struct trace_object){kind, memory_copy_string(name), first, capacity};
}

static location_id semaphore_location(const struct machine *machine, size_t semaphore)
{
    return (location_id)(machine_word_count(machine) + semaphore);
}

static void copy_objects(struct replay *self)
{
    const struct machine *machine = self->machine;
    size_t mutexes = machine_mutex_count(machine), semaphores = machine_semaphore_count(machine);
    size_t queues = machine_queue_count(machine);
    self->trace->objects = memory_new(mutexes + semaphores + queues, sizeof *self->trace->objects);
    for (size_t m = 0; m < mutexes; m++)
        add_object(self->trace, TRACE_MUTEX, machine_mutex_name(machine, m), 0, 0);
    for (size_t s = 0; s < semaphores; s++)
        add_object(self->trace, TRACE_SEMAPHORE, machine_semaphore_name(machine, s),
                   machine_initial_value(machine, semaphore_location(machine, s)), 0);
    for (size_t q = 0; q < queues; q++) {
        size_t capacity;
        machine_queue_location(machine, q, &capacity);
        add_object(self->trace, TRACE_QUEUE, machine_queue_name(machine, q), 0, capacity);
    }
}

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
    self->texts = memory_new(machine_thread_count(self->machine), sizeof *self->texts);
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        self->texts[t] = memory_new(machine_instruction_count(self->machine, t), sizeof **self->texts);
    self->last = -1;
    machine_start(self->machine, self->state);
    start_scheduler(self);
    copy_names(self);
    copy_first_values(self);
    copy_objects(self);
    self->trace->observed_word = word;
    self->trace->observed_first = machine_value(self->machine, self->state, word);
    self->trace->observe = memory_copy_string(self->trace->words[word]);
    self->trace->steps = memory_new(count, sizeof *self->trace->steps);
    start_values(self);
}

static void finish(struct replay *self)
{
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        memory_free(self->texts[t]);
    memory_free(self->texts);
    memory_free(self->held);
    memory_free(self->state);
    memory_free(self->before);
    machine_free(self->machine);
}

/* The text of an instruction, made once. */
static const char *instruction_text(struct replay *self, size_t thread, uint32_t index)
{
    if (self->texts[thread][index] == NULL) {
        struct trace *trace = self->trace;
        trace->texts = memory_grow(trace->texts, trace->text_count, &self->text_capacity, sizeof *trace->texts);
        trace->texts[trace->text_count] = machine_instruction_text(self->machine, thread, index);
        self->texts[thread][index] = trace->texts[trace->text_count++];
    }
    return self->texts[thread][index];
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

/* ---- One step ------------------------------------------------------------------------------------------------ */

static bool is_word(const struct replay *self, location_id location)
{
    return location < machine_word_count(self->machine);
}

static bool is_register(const struct replay *self, location_id location)
{
    return machine_location_thread(self->machine, location) >= 0 &&
           machine_location_register(self->machine, location) < machine_register_count(self->machine);
}

static void add_access(struct trace_step *step, location_id word, bool is_write, int64_t value)
{
    for (size_t a = 0; a < step->access_count; a++)
        if (step->accesses[a].word == word && step->accesses[a].is_write == is_write)
            return;
    assert(step->access_count < TRACE_ACCESSES_MAX);
    step->accesses[step->access_count++] = (struct trace_access){word, is_write, value};
}

/* The place of a word that only its address names, among the words of the trace; it is added there when it is first met. */
static location_id find_free_word(struct replay *self, int64_t address)
{
    struct trace *trace = self->trace;
    struct text name = TEXT_INIT;
    text_print(&name, "%lld", (long long)address);
    size_t word = machine_word_count(self->machine);
    while (word < trace->word_count && strcmp(trace->words[word], text_string(&name)) != 0)
        word++;
    if (word == trace->word_count) {
        trace->words = memory_resize(trace->words, trace->word_count + 1, sizeof *trace->words);
        trace->first_words = memory_resize(trace->first_words, trace->word_count + 1, sizeof *trace->first_words);
        trace->first_words[trace->word_count] = 0;
        trace->words[trace->word_count++] = memory_copy_string(text_string(&name));
        size_t place = machine_location_count(self->machine) + word - machine_word_count(self->machine);
        self->held = memory_resize(self->held, place + 1, sizeof *self->held);
        self->held[place] = TRACE_VALUE_OTHER;
    }
    text_free(&name);
    return (location_id)word;
}

static void note_access(struct replay *self, const struct derivation *derivation, location_id location, bool is_write,
                        struct trace_step *step)
{
    const uint64_t *state = is_write ? self->state : self->before;
    if (location == LOCATION_FREE)
        add_access(step, find_free_word(self, derivation->address), is_write,
                   machine_value_at(self->machine, state, step->thread, derivation->address));
    else if (is_word(self, location))
        add_access(step, location, is_write, machine_value(self->machine, state, location));
}

static void note_reads(struct replay *self, const struct derivation *derivation, struct trace_step *step)
{
    for (size_t a = 0; a < derivation->assignment_count; a++)
        for (size_t t = 0; t < derivation->assignments[a].term_count; t++)
            note_access(self, derivation, derivation->assignments[a].terms[t].source, false, step);
}

static void note_writes(struct replay *self, const struct derivation *derivation, struct trace_step *step)
{
    for (size_t a = 0; a < derivation->assignment_count; a++) {
        location_id target = derivation->assignments[a].target;
        note_access(self, derivation, target, true, step);
        if (target != LOCATION_FREE && is_register(self, target) && !derivation->assignments[a].is_comparison) {
            step->register_name = machine_register_name(self->machine, machine_location_register(self->machine, target));
            step->register_value = machine_value(self->machine, self->state, target);
        }
    }
}

/* What a location holds; of a free word by way of its place in the trace. */
static size_t *held_at(struct replay *self, const struct derivation *derivation, location_id location)
{
    if (location != LOCATION_FREE)
        return &self->held[location];
    size_t word = find_free_word(self, derivation->address) - machine_word_count(self->machine);
    return &self->held[machine_location_count(self->machine) + word];
}

static size_t add_value(struct replay *self, const struct derivation *derivation, const struct assignment *assignment)
{
    struct trace *trace = self->trace;
    struct trace_value value = {.step = trace->step_count - 1,
                                .is_observed = assignment->target == trace->observed_word,
                                .source_count = (uint8_t)assignment->term_count};
    for (size_t t = 0; t < assignment->term_count; t++) {
        value.sources[t] = *held_at(self, derivation, assignment->terms[t].source);
        value.coefficients[t] = (int8_t)assignment->terms[t].coefficient;
    }
    trace->values = memory_grow(trace->values, trace->value_count, &self->value_capacity, sizeof *trace->values);
    trace->values[trace->value_count] = value;
    return trace->value_count++;
}

/* The assignments are simultaneous: all are computed before the first is made. */
static void note_values(struct replay *self, const struct derivation *derivation)
{
    size_t computed[EFFECT_ASSIGNMENTS_MAX];
    for (size_t a = 0; a < derivation->assignment_count; a++)
        computed[a] = add_value(self, derivation, &derivation->assignments[a]);
    for (size_t m = 0; m < derivation->moved_count; m++)
        self->held[derivation->moved + m] = self->held[derivation->moved + m + 1];
    for (size_t a = 0; a < derivation->assignment_count; a++)
        *held_at(self, derivation, derivation->assignments[a].target) = computed[a];
}

/* The place among the objects of the trace of what an act is about. */
static uint32_t object_of(const struct machine *machine, enum act act, size_t number)
{
    if (act == ACT_LOCK || act == ACT_UNLOCK)
        return (uint32_t)number;
    if (act == ACT_WAIT || act == ACT_POST)
        return (uint32_t)(machine_mutex_count(machine) + number);
    return (uint32_t)(machine_mutex_count(machine) + machine_semaphore_count(machine) + number);
}

/* The item that a step put last or got first, and how many there are now. */
static void note_queue(const struct replay *self, size_t queue, bool puts, struct trace_step *step)
{
    size_t capacity;
    location_id items = machine_queue_location(self->machine, queue, &capacity);
    int64_t length = machine_value(self->machine, self->state, items + (location_id)capacity);
    step->numbers[0] = puts ? machine_value(self->machine, self->state, items + (location_id)length - 1)
                            : machine_value(self->machine, self->before, items);
    step->numbers[1] = length;
}

static void note_numbers(const struct replay *self, enum act act, size_t number, struct trace_step *step)
{
    if (act == ACT_WAIT || act == ACT_POST)
        step->numbers[0] = machine_value(self->machine, self->state, semaphore_location(self->machine, number));
    else if (act == ACT_PUT || act == ACT_GET)
        note_queue(self, number, act == ACT_PUT, step);
    else if (act == ACT_COMPARE)
        machine_compared(self->machine, self->before, step->thread, step->numbers);
}

/* What a step did beside assigning values. */
static void note_act(const struct replay *self, struct trace_step *step)
{
    static const enum trace_act acts[ACT_COUNT] = {
        [ACT_ASSIGN] = TRACE_ASSIGNS, [ACT_NOTHING] = TRACE_IDLES, [ACT_LOCK] = TRACE_TAKES,
        [ACT_UNLOCK] = TRACE_GIVES,   [ACT_WAIT] = TRACE_TAKES,    [ACT_POST] = TRACE_GIVES,
        [ACT_PUT] = TRACE_PUTS,       [ACT_GET] = TRACE_GETS,      [ACT_COMPARE] = TRACE_COMPARES,
        [ACT_JUMP] = TRACE_JUMPS,     [ACT_CALL] = TRACE_CALLS,    [ACT_RETURN] = TRACE_COMES_BACK,
        [ACT_PUSH] = TRACE_PUSHES,    [ACT_POP] = TRACE_POPS,      [ACT_YIELD] = TRACE_YIELDS,
        [ACT_IO] = TRACE_LEAVES,      [ACT_HALT] = TRACE_HALTS};
    size_t number;
    enum act act = machine_act(self->machine, step->thread, step->index, &number);
    uint32_t next = machine_index(self->machine, self->state, step->thread);
    step->act = acts[act];
    step->object = object_of(self->machine, act, number);
    note_numbers(self, act, number, step);
    if (act == ACT_JUMP && !machine_jumps(self->machine, step->thread, step->index, next))
        step->act = TRACE_PASSES;
    if (act == ACT_IO && step->is_return)
        step->act = TRACE_ASSIGNS;
}

/* How a thread stands in the state now. */
static struct trace_stand stand_of(struct replay *self, size_t thread)
{
    uint64_t bit = UINT64_C(1) << thread;
    uint32_t index = machine_index(self->machine, self->state, thread);
    if ((machine_finished(self->machine, self->state) & bit) != 0)
        return (struct trace_stand){0};
    size_t number;
    enum act act = machine_act(self->machine, thread, index, &number);
    return (struct trace_stand){
        .line = machine_line(self->machine, thread, index),
        .text = instruction_text(self, thread, index),
        .waits = (machine_enabled(self->machine, self->state) & bit) == 0,
        .waits_for = object_of(self->machine, act, number),
    };
}

static void note_stand(struct replay *self, struct trace_step *step)
{
    struct trace_stand stand = stand_of(self, step->thread);
    step->next_line = stand.line;
    step->waits = stand.waits;
    step->waits_for = stand.waits_for;
}

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
    recorded->text = instruction_text(self, thread, recorded->index);
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
        struct derivation derivation;
        machine_derive(self->machine, self->before, thread, &derivation);
        note_reads(self, &derivation, recorded);
        note_writes(self, &derivation, recorded);
        note_values(self, &derivation);
        note_act(self, recorded);
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
            text_print(&text, "%s%s", rest == inside ? "" : (rest & (rest - 1)) == 0 ? " and " : ", ",
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
        trace->stands[t] = stand_of(self, t);
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
    struct scheduler_shape shape;
    scheduler->kind->shape(scheduler, threads, &shape);
    if (shape.starts == 1 && shape.options == 1)
        return true;
    error_set(error, NULL, 0, 0, "the %s of the %s scheduler is 'any' (expected a number: a schedule is one of them)",
              shape.starts > 1 ? "phase" : "arrival", scheduler->kind->name);
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
