#include "space/slice.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <string.h>

/* ---- The rules ----------------------------------------------------------------------------------------------- */

/* A control target is computed from control alone. */
static void close_control(const struct slice_rules *self, const struct assignment *assignment, uint32_t line)
{
    for (size_t t = 0; t < assignment->term_count; t++)
        self->make_control(self->context, assignment->terms[t].source, SLICE_FLOWS, line);
}

/* A data target may take one data location as it is; which of several is kept is a choice: the target itself if it is
 * among them (value = value + x keeps the value and stores x). */
static void close_data(const struct slice_rules *self, const struct assignment *assignment, uint32_t line)
{
    location_id kept = LOCATION_NONE;
    for (size_t t = 0; t < assignment->term_count; t++) {
        struct term term = assignment->terms[t];
        if (term.coefficient == 1 && self->is_data(self->context, term.source) &&
            (kept == LOCATION_NONE || term.source == assignment->target))
            kept = term.source;
    }
    bool kept_seen = false;
    for (size_t t = 0; t < assignment->term_count; t++) {
        struct term term = assignment->terms[t];
        bool keep = term.source == kept && term.coefficient == 1 && !kept_seen;
        kept_seen |= keep;
        if (!keep)
            self->make_control(self->context, term.source, SLICE_SHAPE, line);
    }
}

void slice_close(const struct slice_rules *self, const struct machine *machine, size_t thread, uint32_t index)
{
    struct effect effect;
    machine_effect(machine, thread, index, &effect);
    uint32_t line = machine_line(machine, thread, index);
    for (size_t d = 0; d < effect.decider_count; d++)
        self->make_control(self->context, effect.deciders[d], SLICE_DECIDES, line);
    bool compares_data = machine_is_guarded(machine);
    for (size_t a = 0; a < effect.assignment_count; a++) {
        const struct assignment *assignment = &effect.assignments[a];
        if (compares_data && assignment->is_comparison)
            continue;
        if (!self->becomes_data(self->context, assignment->target))
            close_control(self, assignment, line);
        else if (!assignment->is_comparison)
            close_data(self, assignment, line);
    }
}

/* ---- The closure --------------------------------------------------------------------------------------------- */

/* The closure under way. Threads of one class have the same effects up to the thread, but their registers are locations of
 * their own, so every thread is looked at. */
struct closure {
    struct slice *slice;
    const struct machine *machine;
    bool changed;
};

static bool is_data(const void *context, location_id location)
{
    const struct closure *self = context;
    return self->slice->data[location];
}

static void make_control(void *context, location_id location, enum slice_reason reason, uint32_t line)
{
    struct closure *self = context;
    struct slice *slice = self->slice;
    if (!slice->data[location])
        return;
    slice->data[location] = false;
    slice->reasons[location] = reason;
    slice->reason_lines[location] = line;
    self->changed = true;
}

static void close_instruction(struct closure *self, size_t thread, uint32_t index)
{
    struct slice_rules rules = {self, is_data, is_data, make_control};
    slice_close(&rules, self->machine, thread, index);
}

/* Calls a visitor for every instruction of every thread. */
static void visit_all(struct closure *self, void (*visit)(struct closure *, size_t, uint32_t))
{
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(self->machine, t); i++)
            visit(self, t, i);
}

/* ---- Relevance ----------------------------------------------------------------------------------------------- */

static void mark_sources(struct closure *self, size_t thread, uint32_t index)
{
    struct effect effect;
    struct slice *slice = self->slice;
    machine_effect(self->machine, thread, index, &effect);
    for (size_t a = 0; a < effect.assignment_count; a++) {
        const struct assignment *assignment = &effect.assignments[a];
        if (!slice->relevant[assignment->target])
            continue;
        bool from_data = false;
        for (size_t t = 0; t < assignment->term_count; t++) {
            location_id source = assignment->terms[t].source;
            if (!slice->data[source])
                continue;
            from_data = true;
            self->changed |= !slice->relevant[source];
            slice->relevant[source] = true;
        }
        slice->moves_constants |= !from_data;
    }
}

static void find_relevant(struct closure *self)
{
    struct slice *slice = self->slice;
    const struct observed *observed = &slice->observation;
    for (size_t o = 0; o < observed->count; o++)
        slice->relevant[observed->locations[o]] = slice->data[observed->locations[o]];
    do {
        self->changed = false;
        visit_all(self, mark_sources);
    } while (self->changed);
    for (size_t o = 0; o < observed->count; o++)
        slice->moves_constants |= !slice->data[observed->locations[o]];
}

/* What waits in store buffers is as relevant as the words that it is for. */
static void mark_buffered(struct slice *slice, const struct machine *machine)
{
    bool any = false;
    for (location_id l = 0; l < machine_word_count(machine); l++)
        any |= slice->relevant[l];
    for (location_id l = 0; l < slice->location_count && any; l++)
        slice->relevant[l] |= machine_is_buffered_data(machine, l);
}

static void list_shared(struct slice *slice, const struct machine *machine)
{
    slice->shared = memory_new(machine_shared_count(machine), sizeof *slice->shared);
    for (location_id l = 0; l < machine_shared_count(machine); l++)
        if (slice->relevant[l])
            slice->shared[slice->shared_count++] = l;
}

static void list_registers(struct slice *slice, const struct machine *machine)
{
    slice->registers = memory_new(machine_own_count(machine), sizeof *slice->registers);
    for (unsigned r = 0; r < machine_own_count(machine); r++) {
        bool relevant = false;
        for (size_t t = 0; t < machine_thread_count(machine); t++)
            relevant |= slice->relevant[machine_register_location(machine, t, r)];
        if (relevant)
            slice->registers[slice->register_count++] = r;
    }
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static void start_split(struct slice *slice, const struct machine *machine, bool everything)
{
    for (location_id l = 0; l < slice->location_count; l++) {
        bool always = machine_is_always_control(machine, l);
        slice->data[l] = !everything && !always;
        slice->reasons[l] = everything ? SLICE_WANTED : always ? SLICE_ALWAYS : SLICE_DATA;
        if (!machine_is_mentioned(machine, l))
            slice->reasons[l] = SLICE_UNUSED;
    }
}

/* The value of a register at the end is looked at there; what is to be stored is looked at everywhere. */
static void store_wanted(struct slice *slice, const struct machine *machine, const bool *stored)
{
    const struct observed *observed = &slice->observation;
    for (location_id l = 0; l < slice->location_count && stored != NULL; l++)
        if (stored[l] && slice->data[l]) {
            slice->data[l] = false;
            slice->reasons[l] = SLICE_WANTED;
        }
    for (size_t o = 0; o < observed->count; o++) {
        location_id location = observed->locations[o];
        if (!slice->data[location] || machine_location_thread(machine, location) < 0)
            continue;
        slice->data[location] = false;
        slice->reasons[location] = SLICE_ENDS;
    }
}

struct slice *slice_new_of(const struct machine *machine, const struct observed *observed, const bool *stored,
                           bool everything)
{
    struct slice *slice = memory_new(1, sizeof *slice);
    slice->location_count = machine_location_count(machine);
    slice->observed = observed->count > 0 ? observed->locations[0] : 0;
    slice->observation = *observed;
    slice->data = memory_new(slice->location_count, sizeof *slice->data);
    slice->relevant = memory_new(slice->location_count, sizeof *slice->relevant);
    slice->reasons = memory_new(slice->location_count, sizeof *slice->reasons);
    slice->reason_lines = memory_new(slice->location_count, sizeof *slice->reason_lines);
    start_split(slice, machine, everything);
    store_wanted(slice, machine, stored);
    struct closure closure = {slice, machine, !everything};
    while (closure.changed) {
        closure.changed = false;
        visit_all(&closure, close_instruction);
    }
    find_relevant(&closure);
    mark_buffered(slice, machine);
    list_shared(slice, machine);
    list_registers(slice, machine);
    return slice;
}

struct slice *slice_new_for(const struct machine *machine, const struct observation *observation, bool everything)
{
    struct observed observed = observed_find(observation, machine);
    bool *stored = memory_new(machine_location_count(machine), sizeof *stored);
    for (size_t o = 0; o < observed.count && observed.count > 1; o++)
        stored[observed.locations[o]] = true;
    struct slice *slice = slice_new_of(machine, &observed, stored, everything);
    memory_free(stored);
    return slice;
}

struct slice *slice_new(const struct machine *machine, location_id observed, bool everything)
{
    return slice_new_of(machine, &(struct observed){.locations = {observed}, .count = 1}, NULL, everything);
}

void slice_free(struct slice *self)
{
    if (self == NULL)
        return;
    memory_free(self->data);
    memory_free(self->relevant);
    memory_free(self->reasons);
    memory_free(self->reason_lines);
    memory_free(self->shared);
    memory_free(self->registers);
    memory_free(self);
}

uint64_t slice_greatest_first(const struct slice *self, const struct machine *machine)
{
    uint64_t greatest = 0;
    for (location_id l = 0; l < self->location_count; l++) {
        if (!self->data[l] || !machine_is_mentioned(machine, l))
            continue;
        uint64_t first = arithmetic_magnitude(machine_initial_value(machine, l));
        greatest = first > greatest ? first : greatest;
    }
    return greatest;
}

/* ---- For people ---------------------------------------------------------------------------------------------- */

static const char *reason_text(enum slice_reason reason)
{
    switch (reason) {
    case SLICE_DATA:
        return "only moved, with constants added";
    case SLICE_DECIDES:
        return "decides which instruction is next or whether it can proceed";
    case SLICE_FLOWS:
        return "a control location takes its value from it";
    case SLICE_SHAPE:
        return "is combined with data in a way that is no move plus constant";
    case SLICE_ALWAYS:
        break; /* the machine knows why */
    case SLICE_ENDS:
        return "its value at the end is asked for";
    case SLICE_WANTED:
        return "slicing is off: every value is stored in the states";
    case SLICE_UNUSED:
        return "never named";
    }
    return "";
}

/* Whether a register of lesser number has the same name: the two were one (analysis/live_ranges.h). */
static bool has_namesake(const struct machine *machine, location_id location)
{
    if (machine_location_thread(machine, location) < 0)
        return false;
    unsigned number = machine_location_register(machine, location), other = 0;
    if (number >= machine_register_count(machine))
        return false;
    while (strcmp(machine_register_name(machine, other), machine_register_name(machine, number)) != 0)
        other++;
    return other < number;
}

char *slice_explain(const struct slice *self, const struct machine *machine)
{
    struct text text = TEXT_INIT;
    for (location_id l = 0; l < self->location_count; l++) {
        if (self->reasons[l] == SLICE_UNUSED && l != self->observed)
            continue;
        char *name = machine_location_name(machine, l);
        const char *side = !self->data[l] ? "control" : self->relevant[l] ? "data" : "ignored";
        const char *reason =
            self->reasons[l] == SLICE_ALWAYS ? machine_control_reason(machine, l) : reason_text(self->reasons[l]);
        text_print(&text, "%-8s %s%s: %s", side, name, has_namesake(machine, l) ? ", elsewhere" : "", reason);
        if (self->data[l] && !self->relevant[l])
            text_print(&text, "; never flows into the observed variable");
        if (self->reason_lines[l] != 0)
            text_print(&text, " (line %u)", self->reason_lines[l]);
        text_print(&text, "\n");
        memory_free(name);
    }
    return text_take(&text);
}
