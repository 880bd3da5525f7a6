#include "trace/recorder.h"

#include "base/memory.h"
#include "base/text.h"
#include "program/instruction.h"

#include <assert.h>
#include <string.h>

/* ---- The start ------------------------------------------------------------------------------------------------- */

static void copy_names(struct recorder *self)
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
    trace->value_names = value_names_copy(machine_value_names(self->machine));
}

static void copy_first_registers(struct recorder *self, size_t thread)
{
    struct trace *trace = self->trace;
    for (unsigned r = 0; r < machine_register_count(self->machine); r++) {
        location_id location = machine_register_location(self->machine, thread, r);
        const char *name = machine_register_name(self->machine, r);
        bool is_told = machine_is_mentioned(self->machine, location) || machine_is_preset(self->machine, location);
        if (is_told && strcmp(name, "flags") != 0)
            trace->registers[trace->register_count++] =
                (struct trace_register){(uint32_t)thread, name, machine_initial_value(self->machine, location)};
    }
}

static void copy_first_values(struct recorder *self)
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

static void start_values(struct recorder *self)
{
    struct trace *trace = self->trace;
    size_t locations = machine_location_count(self->machine), words = machine_word_count(self->machine);
    self->held = memory_new(locations, sizeof *self->held);
    for (size_t l = 0; l < locations; l++)
        self->held[l] = l < words ? l : words;
    for (; trace->value_count <= words; trace->value_count++) {
        size_t value = trace->value_count;
        trace->values = memory_grow(trace->values, value, &self->value_capacity, sizeof *trace->values);
        trace->values[value] =
            (struct trace_value){.step = SIZE_MAX, .word = value < words ? (uint32_t)value : TRACE_NO_WORD};
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

static void copy_kind(struct recorder *self, enum trace_object_kind kind)
{
    const struct machine *machine = self->machine;
    for (size_t o = 0; o < machine_object_count(machine, kind); o++) {
        size_t capacity = 0;
        if (kind == TRACE_QUEUE)
            machine_queue_location(machine, o, &capacity);
        add_object(self->trace, kind, machine_object_name(machine, kind, o),
                   kind == TRACE_SEMAPHORE ? machine_initial_value(machine, semaphore_location(machine, o)) : 0,
                   capacity);
    }
}

static void copy_objects(struct recorder *self)
{
    size_t kinds = machine_names_threads(self->machine) ? TRACE_THREAD + 1 : TRACE_THREAD, count = 0;
    for (size_t kind = 0; kind < kinds; kind++)
        count += machine_object_count(self->machine, (unsigned)kind);
    self->trace->objects = memory_new(count, sizeof *self->trace->objects);
    for (size_t kind = 0; kind < kinds; kind++)
        copy_kind(self, (enum trace_object_kind)kind);
}

const char *recorder_text(struct recorder *self, size_t thread, uint32_t index)
{
    if (self->texts[thread][index] == NULL) {
        struct trace *trace = self->trace;
        trace->texts = memory_grow(trace->texts, trace->text_count, &self->text_capacity, sizeof *trace->texts);
        trace->texts[trace->text_count] = machine_instruction_text(self->machine, thread, index);
        self->texts[thread][index] = trace->texts[trace->text_count++];
    }
    return self->texts[thread][index];
}

/* ---- Accesses -------------------------------------------------------------------------------------------------- */

static bool is_word(const struct recorder *self, location_id location)
{
    return location < machine_word_count(self->machine);
}

static bool is_register(const struct recorder *self, location_id location)
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
static location_id find_free_word(struct recorder *self, int64_t address)
{
    struct trace *trace = self->trace;
    char *name = text_format("%lld", (long long)address);
    size_t word = machine_word_count(self->machine);
    while (word < trace->word_count && strcmp(trace->words[word], name) != 0)
        word++;
    if (word == trace->word_count) {
        trace->words = memory_resize(trace->words, trace->word_count + 1, sizeof *trace->words);
        trace->first_words = memory_resize(trace->first_words, trace->word_count + 1, sizeof *trace->first_words);
        trace->first_words[trace->word_count] = 0;
        trace->words[trace->word_count++] = memory_copy_string(name);
        size_t place = machine_location_count(self->machine) + word - machine_word_count(self->machine);
        self->held = memory_resize(self->held, place + 1, sizeof *self->held);
        self->held[place] = machine_word_count(self->machine);
    }
    memory_free(name);
    return (location_id)word;
}

static void note_access(struct recorder *self, const struct derivation *derivation, location_id location, bool is_write,
                        struct trace_step *step)
{
    const uint64_t *state = is_write ? self->state : self->before;
    int64_t address = derivation->address;
    /* What is loaded from a store buffer is loaded; what is put there is not stored yet. */
    location_id word = is_write ? location : machine_buffered_word(self->machine, state, location, &address);
    int64_t value = location == LOCATION_FREE ? machine_value_at(self->machine, state, step->thread, address)
                                              : machine_value(self->machine, state, location);
    if (word == LOCATION_FREE)
        add_access(step, find_free_word(self, address), is_write, value);
    else if (is_word(self, word))
        add_access(step, word, is_write, value);
}

static void note_reads(struct recorder *self, const struct derivation *derivation, struct trace_step *step)
{
    for (size_t a = 0; a < derivation->assignment_count; a++)
        for (size_t t = 0; t < derivation->assignments[a].term_count; t++)
            note_access(self, derivation, derivation->assignments[a].terms[t].source, false, step);
}

static void note_writes(struct recorder *self, const struct derivation *derivation, struct trace_step *step)
{
    for (size_t a = 0; a < derivation->assignment_count; a++) {
        location_id target = derivation->assignments[a].target;
        note_access(self, derivation, target, true, step);
        if (target != LOCATION_FREE && is_register(self, target) && !derivation->assignments[a].is_comparison) {
            step->register_name =
                machine_register_name(self->machine, machine_location_register(self->machine, target));
            step->register_value = machine_value(self->machine, self->state, target);
        }
    }
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

/* What a location holds; of a free word by way of its place in the trace. */
static size_t *held_at(struct recorder *self, const struct derivation *derivation, location_id location)
{
    if (location != LOCATION_FREE)
        return &self->held[location];
    size_t word = find_free_word(self, derivation->address) - machine_word_count(self->machine);
    return &self->held[machine_location_count(self->machine) + word];
}

static size_t add_value(struct recorder *self, const struct derivation *derivation, const struct assignment *assignment)
{
    struct trace *trace = self->trace;
    struct trace_value value = {.step = trace->step_count - 1,
                                .word = is_word(self, assignment->target) ? assignment->target : TRACE_NO_WORD,
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
static void note_values(struct recorder *self, const struct derivation *derivation)
{
    size_t computed[EFFECT_ASSIGNMENTS_MAX];
    for (size_t a = 0; a < derivation->assignment_count; a++)
        computed[a] = add_value(self, derivation, &derivation->assignments[a]);
    for (size_t m = 0; m < derivation->moved_count; m++)
        self->held[derivation->moved + m] = self->held[derivation->moved + m + 1];
    for (size_t a = 0; a < derivation->assignment_count; a++)
        *held_at(self, derivation, derivation->assignments[a].target) = computed[a];
}

/* ---- Acts ------------------------------------------------------------------------------------------------------ */

/* The place among the objects of the trace of what the next step of a thread is about; 0 where that is none. */
static uint32_t subject_of(const struct recorder *self, const uint64_t *state, size_t thread, size_t *number)
{
    unsigned kind;
    size_t place = 0;
    *number = 0;
    if (!machine_subject(self->machine, state, thread, &kind, number))
        return 0;
    for (unsigned before = 0; before < kind; before++)
        place += machine_object_count(self->machine, before);
    return (uint32_t)(place + *number);
}

/* The item that a step put last or got first, and how many there are now. */
static void note_queue(const struct recorder *self, size_t queue, bool puts, struct trace_step *step)
{
    size_t capacity;
    location_id items = machine_queue_location(self->machine, queue, &capacity);
    int64_t length = machine_value(self->machine, self->state, items + (location_id)capacity);
    step->numbers[0] = puts ? machine_value(self->machine, self->state, items + (location_id)length - 1)
                            : machine_value(self->machine, self->before, items);
    step->numbers[1] = length;
}

static void note_numbers(const struct recorder *self, enum act act, size_t number, struct trace_step *step)
{
    if (act == ACT_WAIT || act == ACT_POST)
        step->numbers[0] = machine_value(self->machine, self->state, semaphore_location(self->machine, number));
    else if (act == ACT_PUT || act == ACT_GET)
        note_queue(self, number, act == ACT_PUT, step);
    else if (act == ACT_COMPARE)
        machine_compared(self->machine, self->before, step->thread, step->numbers);
}

/* A step that tries, or sleeps, or was woken, may take or give what its words tell of: a mutex or a permit. */
static void note_exchange(const struct recorder *self, struct trace_step *step)
{
    const struct machine *machine = self->machine;
    size_t mutexes = machine_object_count(machine, OBJECT_MUTEX);
    int thread = (int)step->thread;
    for (size_t m = 0; m < mutexes; m++) {
        bool had = machine_mutex_holder(machine, self->before, m) == thread;
        bool has = machine_mutex_holder(machine, self->state, m) == thread;
        if (had != has) {
            step->act = has ? TRACE_TAKES : TRACE_GIVES;
            step->object = (uint32_t)m;
        }
    }
    for (size_t s = 0; s < machine_object_count(machine, OBJECT_SEMAPHORE); s++) {
        location_id permits = semaphore_location(machine, s);
        if (machine_value(machine, self->state, permits) < machine_value(machine, self->before, permits)) {
            step->act = TRACE_TAKES;
            step->object = (uint32_t)(mutexes + s);
        }
    }
}

/* Keeps what is told of a step with the texts of the instructions; equal ones need not be the same. Takes the text. */
static const char *keep(struct recorder *self, struct text *told)
{
    struct trace *trace = self->trace;
    if (told->length == 0)
        return NULL;
    trace->texts = memory_grow(trace->texts, trace->text_count, &self->text_capacity, sizeof *trace->texts);
    trace->texts[trace->text_count] = text_take(told);
    return trace->texts[trace->text_count++];
}

static void note_buffers(struct recorder *self, struct trace_step *step)
{
    struct text buffers = TEXT_INIT;
    machine_print_buffers(self->machine, self->state, &buffers);
    step->buffers = keep(self, &buffers);
}

static void note_words(struct recorder *self, struct trace_step *step)
{
    struct text words = TEXT_INIT, brief = TEXT_INIT;
    if (machine_tell(self->machine, self->before, self->state, step->thread, &words))
        step->words = keep(self, &words);
    if (machine_tell_briefly(self->machine, self->before, self->state, step->thread, &brief))
        step->brief = keep(self, &brief);
}

/* What a step did beside assigning values. */
static void note_act(struct recorder *self, struct trace_step *step)
{
    static const enum trace_act acts[ACT_COUNT] = {
        [ACT_ASSIGN] = TRACE_ASSIGNS, [ACT_NOTHING] = TRACE_IDLES, [ACT_LOCK] = TRACE_TAKES,
        [ACT_UNLOCK] = TRACE_GIVES,   [ACT_WAIT] = TRACE_TAKES,    [ACT_POST] = TRACE_GIVES,
        [ACT_PUT] = TRACE_PUTS,       [ACT_GET] = TRACE_GETS,      [ACT_COMPARE] = TRACE_COMPARES,
        [ACT_JUMP] = TRACE_JUMPS,     [ACT_CALL] = TRACE_CALLS,    [ACT_RETURN] = TRACE_COMES_BACK,
        [ACT_PUSH] = TRACE_PUSHES,    [ACT_POP] = TRACE_POPS,      [ACT_YIELD] = TRACE_YIELDS,
        [ACT_IO] = TRACE_LEAVES,      [ACT_HALT] = TRACE_HALTS,    [ACT_EXIT] = TRACE_HALTS};
    size_t number, object;
    enum act act = machine_act(self->machine, step->thread, step->index, &object);
    uint32_t next = machine_index(self->machine, self->state, step->thread);
    step->act = acts[act];
    step->object = subject_of(self, self->before, step->thread, &number);
    note_numbers(self, act, number, step);
    note_words(self, step);
    if (act == ACT_JUMP && !machine_jumps(self->machine, step->thread, step->index, next))
        step->act = TRACE_PASSES;
    if (act == ACT_IO && step->is_return)
        step->act = TRACE_ASSIGNS;
    if (step->words != NULL)
        note_exchange(self, step);
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

struct trace_stand recorder_stand(struct recorder *self, const uint64_t *state, size_t thread)
{
    uint64_t bit = UINT64_C(1) << thread;
    uint32_t index = machine_index(self->machine, state, thread);
    if ((machine_finished(self->machine, state) & bit) != 0)
        return (struct trace_stand){0};
    size_t number;
    bool has_next =
        index < machine_instruction_count(self->machine, thread); /* not so of one to be spawned to do nothing */
    return (struct trace_stand){
        .line = has_next ? machine_line(self->machine, thread, index) : 0,
        .text = has_next ? recorder_text(self, thread, index) : NULL,
        .waits = ((machine_enabled(self->machine, state) | machine_unflushed(self->machine, state)) & bit) == 0,
        .waits_for = subject_of(self, state, thread, &number),
    };
}

void recorder_note(struct recorder *self, const uint64_t *before, const uint64_t *state, struct trace_step *step)
{
    struct derivation derivation;
    self->before = before;
    self->state = state;
    machine_derive(self->machine, before, step->thread, &derivation);
    note_reads(self, &derivation, step);
    note_writes(self, &derivation, step);
    note_values(self, &derivation);
    note_act(self, step);
    note_buffers(self, step);
}

/* Names the instruction that the store came from. */
static void note_origin(struct recorder *self, const struct derivation *derivation, struct trace_step *step)
{
    const struct trace *trace = self->trace;
    const struct trace_step *stored = &trace->steps[trace->values[self->held[derivation->moved]].step];
    step->index = stored->index;
    step->line = stored->line;
}

void recorder_note_flush(struct recorder *self, const uint64_t *before, const uint64_t *state, struct trace_step *step)
{
    struct trace *trace = self->trace;
    struct derivation derivation;
    struct text words = TEXT_INIT;
    self->before = before;
    self->state = state;
    machine_derive_flush(self->machine, before, step->thread, &derivation);
    note_origin(self, &derivation, step);
    note_writes(self, &derivation, step);
    note_values(self, &derivation);
    machine_describe_flush(self->machine, before, step->thread, &words);
    trace->texts = memory_grow(trace->texts, trace->text_count, &self->text_capacity, sizeof *trace->texts);
    trace->texts[trace->text_count] = text_take(&words);
    step->text = trace->texts[trace->text_count++];
    note_buffers(self, step);
}

void recorder_start(struct recorder *self, const struct machine *machine, struct trace *trace, uint32_t word)
{
    *self = (struct recorder){.machine = machine, .trace = trace};
    self->texts = memory_new(machine_thread_count(machine), sizeof *self->texts);
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        self->texts[t] = memory_new(machine_instruction_count(machine, t), sizeof **self->texts);
    copy_names(self);
    copy_first_values(self);
    copy_objects(self);
    if (word < trace->word_count)
        trace->observation = observation_of(word);
    trace->observed_word = word;
    trace->reading = machine_reading(self->machine) != NULL ? memory_copy_string(machine_reading(self->machine)) : NULL;
    /* Not so in a program without variables. */
    trace->observe = memory_copy_string(word < trace->word_count ? trace->words[word] : "");
    start_values(self);
}

void recorder_finish(struct recorder *self)
{
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        memory_free(self->texts[t]);
    memory_free(self->texts);
    memory_free(self->held);
}
