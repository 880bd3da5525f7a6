#include "analysis/certificate.h"

#include "analysis/certificate_builder.h"
#include "analysis/outcome.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/counted_event.h"
#include "program/predicate.h"
#include "trace/replay.h"

#include <inttypes.h>

/* ---- Columns --------------------------------------------------------------------------------------------------- */

/* Columns under way. */
struct layout {
    struct certificate *certificate;
    const struct machine *machine;
    size_t capacity;
};

static void add_column(struct layout *self, enum certificate_column_kind kind, char *name, size_t number, int thread)
{
    struct certificate *certificate = self->certificate;
    certificate->columns =
        memory_grow(certificate->columns, certificate->column_count, &self->capacity, sizeof *certificate->columns);
    certificate->columns[certificate->column_count++] =
        (struct certificate_column){kind, name, (uint32_t)number, thread};
}

static void add_named(struct layout *self, enum certificate_column_kind kind, const char *name, size_t number)
{
    add_column(self, kind, memory_copy_string(name), number, -1);
}

static void add_threads(struct layout *self, enum certificate_column_kind kind)
{
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        add_named(self, kind, machine_thread_name(self->machine, t), t);
}

/* "value", "table[3]", "s", "T0.%ax", "T0.1" */
static char *location_name(const struct machine *machine, location_id location)
{
    int thread = machine_location_thread(machine, location);
    size_t words = machine_word_count(machine), semaphores = machine_object_count(machine, OBJECT_SEMAPHORE);
    if (location < words)
        return machine_location_name(machine, location);
    if (thread < 0 && location < words + semaphores)
        return memory_copy_string(machine_object_name(machine, OBJECT_SEMAPHORE, location - words));
    if (thread < 0)
        return memory_copy_string(machine_object_name(machine, OBJECT_EVENT, location - words - semaphores));
    const char *name = machine_thread_name(machine, (size_t)thread);
    if (machine_is_buffered_data(machine, location))
        return text_format("%s.%zu", name, machine_buffer_place(machine, location));
    return text_format("%s.%%%s", name, machine_register_name(machine, machine_location_register(machine, location)));
}

static void add_location(struct layout *self, enum certificate_column_kind kind, location_id location)
{
    add_column(self, kind, location_name(self->machine, location), location,
               machine_location_thread(self->machine, location));
}

/* Whether states tell the value of a location: it decides something, or it is what a claim is about. What
 * belongs to mutexes and queues has columns of its own. */
static bool is_known(const struct certificate_builder *builder, location_id location)
{
    const struct machine *machine = builder->machine;
    return !machine_is_data(machine, location) && machine_is_value(machine, location) &&
           (machine_is_mentioned(machine, location) || builder->wanted[location]);
}

static void add_known(struct layout *self, const struct certificate_builder *builder)
{
    for (location_id l = 0; l < machine_location_count(self->machine); l++)
        if (is_known(builder, l))
            add_location(self, CERTIFICATE_KNOWN, l);
}

static void add_memory(struct layout *self, const struct scheduler_shape *shape)
{
    if (shape->has_current) {
        add_named(self, CERTIFICATE_TURN, "", 0);
        add_named(self, CERTIFICATE_COUNT, "", 0);
    }
    if (shape->own_most > 0)
        add_threads(self, CERTIFICATE_LEAD);
}

static void name_words(struct certificate *self, const struct machine *machine)
{
    self->words = memory_new(machine_word_count(machine), sizeof *self->words);
    for (location_id w = 0; w < machine_word_count(machine); w++)
        self->words[w] = machine_location_name(machine, w);
}

static void lay_out(struct certificate *self, const struct certificate_builder *builder)
{
    struct layout layout = {self, builder->machine, 0};
    add_threads(&layout, CERTIFICATE_AT);
    for (size_t m = 0; m < machine_object_count(builder->machine, OBJECT_MUTEX); m++)
        add_named(&layout, CERTIFICATE_MUTEX, machine_object_name(builder->machine, OBJECT_MUTEX, m), m);
    for (size_t r = 0; r < machine_object_count(builder->machine, OBJECT_RWLOCK); r++)
        add_named(&layout, CERTIFICATE_RWLOCK, machine_object_name(builder->machine, OBJECT_RWLOCK, r), r);
    for (size_t q = 0; q < machine_object_count(builder->machine, OBJECT_QUEUE); q++)
        add_named(&layout, CERTIFICATE_QUEUE, machine_object_name(builder->machine, OBJECT_QUEUE, q), q);
    if (builder->program.memory == MEMORY_TSO) {
        name_words(self, builder->machine);
        add_threads(&layout, CERTIFICATE_BUFFER);
    }
    add_known(&layout, builder);
    add_memory(&layout, &builder->explorer.system->shape);
    for (size_t slot = 0; slot < builder->slot_count; slot++)
        add_location(&layout, CERTIFICATE_BOUND, builder->slot_locations[slot]);
}

/* ---- Cells ----------------------------------------------------------------------------------------------------- */

static void set_number(struct certificate_cell *cell, int64_t number)
{
    cell->count = 1;
    cell->numbers[0] = number;
}

static void set_thread(struct certificate_cell *cell, int thread)
{
    if (thread >= 0)
        set_number(cell, thread);
}

static void set_queue(const struct machine *machine, const uint64_t *state, size_t queue, struct certificate_cell *cell)
{
    size_t capacity;
    location_id first = machine_queue_location(machine, queue, &capacity);
    cell->count = (size_t)machine_value(machine, state, first + (location_id)capacity);
    for (size_t i = 0; i < cell->count; i++)
        cell->numbers[i] = machine_value(machine, state, first + (location_id)i);
}

static void set_at(const struct machine *machine, const uint64_t *state, size_t thread, struct certificate_cell *cell)
{
    static const char marks[] = {[ACTIVITY_NONE] = '\0',
                                 [ACTIVITY_AWAY] = '~',
                                 [ACTIVITY_ASLEEP] = 'z',
                                 [ACTIVITY_WOKEN] = 'w',
                                 [ACTIVITY_UNBORN] = 'u'};
    set_number(cell, machine_index(machine, state, thread));
    cell->mark = marks[machine_thread_activity(machine, state, thread)];
}

static void set_mutex(const struct machine *machine, const uint64_t *state, size_t mutex, struct certificate_cell *cell)
{
    int64_t depth = machine_mutex_depth(machine, state, mutex);
    set_thread(cell, machine_mutex_holder(machine, state, mutex));
    if (depth > 0)
        cell->numbers[cell->count++] = depth;
}

static void set_rwlock(const struct machine *machine, const uint64_t *state, size_t rwlock,
                       struct certificate_cell *cell)
{
    uint64_t writer = machine_rwlock_holders(machine, state, rwlock, true);
    uint64_t holders = writer | machine_rwlock_holders(machine, state, rwlock, false);
    for (; holders != 0; holders &= holders - 1)
        cell->numbers[cell->count++] = __builtin_ctzll(holders);
    cell->mark = writer != 0 ? 'w' : '\0';
}

static void set_buffer(const struct certificate *self, const uint64_t *state, size_t thread,
                       struct certificate_cell *cell)
{
    const struct machine *machine = self->builder->machine;
    struct waiting_store store;
    for (; machine_waiting_store(machine, state, thread, cell->count, &store); cell->count++) {
        bool is_bounded = machine_is_buffered_data(machine, store.value);
        cell->words[cell->count] = self->words[store.word];
        cell->numbers[cell->count] = is_bounded ? 0 : machine_value(machine, state, store.value);
        cell->untold |= (uint64_t)is_bounded << cell->count;
    }
}

/* A register that is dead in a state has no value there, nor has a place of a store buffer where no store of data waits. */
static bool is_told(const struct certificate *self, const struct certificate_column *column, uint32_t number)
{
    const struct machine *machine = self->builder->machine;
    const uint64_t *state = stateset_at(&self->builder->explorer.states, number);
    if (column->thread < 0)
        return true;
    size_t thread = (size_t)column->thread;
    if (machine_is_buffered_data(machine, column->number))
        return builder_fills(self->builder, number, column->number);
    return machine_keeps(machine, thread, machine_index(machine, state, thread),
                         machine_location_register(machine, column->number));
}

void certificate_cell(const struct certificate *self, size_t number, size_t index, struct certificate_cell *cell)
{
    const struct certificate_builder *builder = self->builder;
    const struct certificate_column *column = &self->columns[index];
    const uint64_t *state = stateset_at(&builder->explorer.states, (uint32_t)number);
    struct scheduler_memory memory;
    cell->count = 0;
    cell->untold = 0;
    cell->mark = '\0';
    switch (column->kind) {
    case CERTIFICATE_AT:
        set_at(builder->machine, state, column->number, cell);
        break;
    case CERTIFICATE_MUTEX:
        set_mutex(builder->machine, state, column->number, cell);
        break;
    case CERTIFICATE_RWLOCK:
        set_rwlock(builder->machine, state, column->number, cell);
        break;
    case CERTIFICATE_QUEUE:
        set_queue(builder->machine, state, column->number, cell);
        break;
    case CERTIFICATE_BUFFER:
        set_buffer(self, state, column->number, cell);
        break;
    case CERTIFICATE_KNOWN:
        if (is_told(self, column, (uint32_t)number))
            set_number(cell, machine_value(builder->machine, state, column->number));
        break;
    case CERTIFICATE_TURN:
        system_memory(builder->explorer.system, state, &memory);
        set_thread(cell, memory.current);
        break;
    case CERTIFICATE_COUNT:
        system_memory(builder->explorer.system, state, &memory);
        set_number(cell, (int64_t)memory.common);
        break;
    case CERTIFICATE_LEAD:
        system_memory(builder->explorer.system, state, &memory);
        set_number(cell, (int64_t)memory.own[column->number]);
        break;
    case CERTIFICATE_BOUND:
        if (is_told(self, column, (uint32_t)number))
            set_number(cell, builder_bound(builder, number, builder->slots[column->number]));
        break;
    }
}

bool certificate_forgets(const struct certificate *self, size_t index, uint32_t at)
{
    const struct certificate_column *column = &self->columns[index];
    const struct machine *machine = self->builder->machine;
    return column->thread >= 0 &&
           !machine_keeps(machine, (size_t)column->thread, at, machine_location_register(machine, column->number));
}

uint32_t certificate_end(const struct certificate *self, size_t column)
{
    return (uint32_t)machine_instruction_count(self->builder->machine, (size_t)self->columns[column].thread);
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

/* The registers that do not begin as the language says. */
static void note_registers(struct certificate *self, const struct machine *machine)
{
    for (location_id l = 0; l < machine_location_count(machine); l++) {
        int64_t first = machine_initial_value(machine, l);
        if (!machine_is_preset(machine, l))
            continue;
        char *name = location_name(machine, l);
        property_add_number(&self->registers, &self->register_count, name, first);
        memory_free(name);
    }
}

/* The builder's own witness, executed by the complete machine: whether it ends as claimed. */
static bool find_witness(const struct certificate *self, struct certificate_claim *claim, location_id location,
                         uint32_t state)
{
    const struct certificate_builder *builder = self->builder;
    struct error ignored = ERROR_INIT;
    builder_find_schedule(builder, location, state, &claim->schedule);
    struct trace *trace =
        replay_run_observing(&builder->program, builder->scheduler, 0, &location, 1, &claim->schedule, &ignored);
    bool holds = trace != NULL && trace->end == TRACE_FINISHED && trace->finals[0] == claim->bound;
    trace_free(trace);
    return holds;
}

/* What a builder makes of a certificate: it is good, or it has to be tried with all values listed, or there is none. */
enum attempt { ATTEMPT_GOOD, ATTEMPT_AGAIN, ATTEMPT_NONE };

static enum attempt refuse(const struct certificate_builder *builder, enum builder_result result, struct error *error)
{
    if (result == BUILDER_UNBOUNDED && builder->slot_count > 0)
        return ATTEMPT_AGAIN;
    struct text reason = TEXT_INIT;
    if (result == BUILDER_LIMIT)
        budget_tell(builder->budget, &reason);
    else
        text_print(&reason, "a bound falls without end");
    error_set(error, NULL, 0, 0, "no certificate: %s", text_string(&reason));
    text_free(&reason);
    return ATTEMPT_NONE;
}

static struct certificate_claim *add_claim(struct certificate *self, char *text, bool is_bound)
{
    struct certificate_claim *claim = &self->claims[self->claim_count++];
    *claim = (struct certificate_claim){.text = text, .is_bound = is_bound};
    return claim;
}

/* A bound, and who attains it. Bounds know nothing of overflows, so that they may be attained by schedules alone that
 * end in an error: then values are wanted. */
static enum attempt conclude_bound(struct certificate *self, const struct certificate_options *options,
                                   location_id location, struct error *error)
{
    uint32_t state;
    const struct outcome_witness *witness = options->witness;
    bool has_bounds = self->builder->slot_count > 0;
    struct certificate_claim *claim = add_claim(self, location_name(self->builder->machine, location), true);
    if (!builder_find_best(self->builder, location, &state, &claim->bound)) {
        error_set(error, NULL, 0, 0, "no certificate: no schedule ends with a value");
        return ATTEMPT_NONE;
    }
    if (witness != NULL && witness->end == OUTCOME_VALUE && witness->value == claim->bound) {
        schedule_append(&claim->schedule, &witness->schedule, 0, witness->schedule.count);
        return ATTEMPT_GOOD;
    }
    if (witness == NULL && find_witness(self, claim, location, state))
        return ATTEMPT_GOOD;
    if (!has_bounds)
        error_set(error, NULL, 0, 0, "no certificate: the witness does not end with %" PRId64, claim->bound);
    return has_bounds ? ATTEMPT_AGAIN : ATTEMPT_NONE;
}

/* A condition. Where values that are not listed would overflow, states may be listed that cannot be reached: then all
 * values are wanted. */
static enum attempt conclude_condition(struct certificate *self, const struct predicate *condition, bool everything,
                                       struct error *error)
{
    const struct certificate_claim *claim = add_claim(self, predicate_spell(condition), false);
    if (builder_holds(self->builder, condition))
        return ATTEMPT_GOOD;
    if (everything)
        error_set(error, NULL, 0, 0, "no certificate: '%s' is not always true", claim->text);
    return everything ? ATTEMPT_NONE : ATTEMPT_AGAIN;
}

static enum attempt conclude(struct certificate *self, const struct certificate_options *options, bool everything,
                             struct error *error)
{
    const struct observed *observed = &self->builder->slice->observation;
    enum attempt attempt = ATTEMPT_GOOD;
    self->claims = memory_new(observed->count + options->condition_count, sizeof *self->claims);
    for (size_t o = 0; o < observed->count && attempt == ATTEMPT_GOOD; o++)
        attempt = conclude_bound(self, options, observed->locations[o], error);
    for (size_t c = 0; c < options->condition_count && attempt == ATTEMPT_GOOD; c++)
        attempt = conclude_condition(self, options->conditions[c], everything, error);
    return attempt;
}

/* Whether a program says something of priorities, be they different or not. */
static bool has_priorities(const struct program *program)
{
    bool has = false;
    for (size_t t = 0; t < program->thread_count; t++)
        has |= program->threads[t].priority > 0;
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        has |= program_object(program, OBJECT_MUTEX, m)->inherits;
    return has;
}

/* Whether there is a proof under a scheduler. */
static bool can_be_scheduled(const struct program *program, const struct scheduler *scheduler, struct error *error)
{
    struct scheduler_shape shape = {0};
    if (scheduler != NULL)
        scheduler_shape(scheduler, NULL, &shape);
    if (has_priorities(program) || (scheduler != NULL && scheduler->has_priorities))
        return error_set(error, NULL, 0, 0, "no certificate: it cannot tell of priorities");
    return !shape.has_rounds ||
           error_set(error, NULL, 0, 0, "no certificate: it cannot tell of the %s scheduler", scheduler->kind->name);
}

static enum attempt try(const struct program *program, const struct certificate_options *options, bool everything,
                        struct certificate **certificate, struct error *error)
{
    struct certificate *self = memory_new(1, sizeof *self);
    self->builder = builder_new(program, options, everything);
    self->is_upper = options->is_upper;
    if (!machine_can_be_certified(self->builder->machine)) {
        error_set(error, NULL, 0, 0, "no certificate: it cannot tell of %s, which the program uses",
                  machine_uses_memory(self->builder->machine) ? "computed addresses and stacks"
                  : program_marks_counted(program)            ? ".count"
                                                              : "some of the instructions");
        certificate_free(self);
        return ATTEMPT_NONE;
    }
    enum builder_result result = builder_complete(self->builder);
    enum attempt attempt =
        result != BUILDER_DONE ? refuse(self->builder, result, error) : conclude(self, options, everything, error);
    if (attempt != ATTEMPT_GOOD) {
        certificate_free(self);
        return attempt;
    }
    self->state_count = self->builder->explorer.states.count;
    self->transitions = self->builder->transitions;
    note_registers(self, self->builder->machine);
    lay_out(self, self->builder);
    *certificate = self;
    return ATTEMPT_GOOD;
}

static void note_register(void *context, int thread, unsigned number)
{
    (void)thread;
    (void)number;
    *(bool *)context = true;
}

/* Whether what is claimed is what certificates can tell. */
static bool can_be_claimed(const struct certificate_options *options, struct error *error)
{
    for (size_t c = 0; c < options->condition_count; c++) {
        bool has_registers = false;
        char *text = predicate_spell(options->conditions[c]);
        predicate_visit(options->conditions[c], &has_registers, NULL, note_register);
        memory_free(text);
        if (has_registers || text == NULL)
            return error_set(error, NULL, 0, 0, "no certificate: it cannot tell of %s, which '%s' is about",
                             has_registers ? "registers" : "words without a name",
                             predicate_text(options->conditions[c]));
    }
    if (options->condition_count > CERTIFICATE_CLAIMS_MAX)
        return error_set(error, NULL, 0, 0, "no certificate: there are more than %d claims", CERTIFICATE_CLAIMS_MAX);
    return options->condition_count > 0 || !observation_has_output(&options->observation) ||
           error_set(error, NULL, 0, 0, "no certificate: what is printed has no bound");
}

struct certificate *certificate_new(const struct program *program, const struct certificate_options *options,
                                    struct error *error)
{
    struct certificate *certificate = NULL;
    if (!can_be_scheduled(program, options->scheduler, error) || !can_be_claimed(options, error))
        return NULL;
    if (try(program, options, options->no_slice, &certificate, error) == ATTEMPT_AGAIN)
        (void)try(program, options, true, &certificate, error);
    return certificate;
}

bool certificate_is_spent(const struct certificate *self, size_t state)
{
    enum { OFTEN = 4096 };
    return state % OFTEN == 0 &&
           budget_spent(self->builder->budget, "writing the certificate", state, self->state_count, 0);
}

void certificate_free(struct certificate *self)
{
    if (self == NULL)
        return;
    for (size_t c = 0; c < self->column_count; c++)
        memory_free(self->columns[c].name);
    memory_free(self->columns);
    for (size_t w = 0; self->words != NULL && w < machine_word_count(self->builder->machine); w++)
        memory_free(self->words[w]);
    memory_free(self->words);
    property_free_list(self->registers, self->register_count);
    for (size_t c = 0; c < self->claim_count; c++) {
        memory_free(self->claims[c].text);
        schedule_free(&self->claims[c].schedule);
    }
    memory_free(self->claims);
    builder_free(self->builder);
    memory_free(self);
}
