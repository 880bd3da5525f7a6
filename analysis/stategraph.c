#include "analysis/stategraph.h"

#include "base/memory.h"
#include "base/text.h"
#include "space/stateset.h"
#include "space/system.h"

#include <string.h>

/* A drawing under way: a plain breadth-first search, small enough to need nothing clever. */
struct drawing {
    struct stategraph *graph;
    struct machine *machine;
    struct system *system;
    struct stateset states;
    uint32_t word;
    size_t edge_capacity;
    struct step narrow; /* the step that did not fit, where one did not */
    bool is_narrow;
};

/* ---- Labels ---------------------------------------------------------------------------------------------------- */

static void label_registers(const struct drawing *self, const uint64_t *state, size_t thread, struct text *text)
{
    for (unsigned r = 0; r < machine_register_count(self->machine); r++) {
        location_id location = machine_register_location(self->machine, thread, r);
        if (machine_is_mentioned(self->machine, location))
            text_print(text, "  %s=%lld", machine_register_name(self->machine, r),
                       (long long)machine_value(self->machine, state, location));
    }
}

static void label_thread(const struct drawing *self, const uint64_t *state, size_t thread, struct text *text)
{
    uint32_t index = machine_index(self->machine, state, thread);
    text_print(text, "\n%s: ", machine_thread_name(self->machine, thread));
    if (index == machine_instruction_count(self->machine, thread)) {
        text_print(text, "finished");
        return;
    }
    char *instruction = machine_instruction_text(self->machine, thread, index);
    text_print(text, "%u %s", index, instruction);
    memory_free(instruction);
    label_registers(self, state, thread, text);
}

static char *state_label(const struct drawing *self, const uint64_t *state)
{
    struct text text = TEXT_INIT;
    for (location_id w = 0; w < machine_word_count(self->machine); w++) {
        char *name = machine_location_name(self->machine, w);
        text_print(&text, "%s%s=%lld", w > 0 ? " " : "", name, (long long)machine_value(self->machine, state, w));
        memory_free(name);
    }
    for (size_t t = 0; t < self->system->thread_count; t++)
        label_thread(self, state, t, &text);
    return text_take(&text);
}

static char *step_label(const struct drawing *self, const uint64_t *state, size_t thread)
{
    struct text text = TEXT_INIT;
    char *instruction = machine_instruction_text(self->machine, thread, machine_index(self->machine, state, thread));
    text_print(&text, "%s: %s", machine_thread_name(self->machine, thread), instruction);
    memory_free(instruction);
    return text_take(&text);
}

/* ---- Nodes and edges ------------------------------------------------------------------------------------------- */

static void add_node(struct drawing *self, char *label, enum stategraph_kind kind, uint32_t level)
{
    struct stategraph *graph = self->graph;
    graph->nodes = memory_resize(graph->nodes, graph->node_count + 1, sizeof *graph->nodes);
    graph->nodes[graph->node_count++] = (struct stategraph_node){label, kind, level};
}

static void add_edge(struct drawing *self, uint32_t from, uint32_t to, size_t thread, char *label)
{
    struct stategraph *graph = self->graph;
    graph->edges = memory_grow(graph->edges, graph->edge_count, &self->edge_capacity, sizeof *graph->edges);
    graph->edges[graph->edge_count++] = (struct stategraph_edge){from, to, (uint32_t)thread, label};
}

static enum stategraph_kind kind_of(const struct drawing *self, const uint64_t *state)
{
    struct system_choices choices;
    if (machine_finished(self->machine, state) == machine_everybody(self->machine))
        return STATE_FINAL;
    system_choices(self->system, state, &choices);
    return system_is_end(&choices) ? STATE_DEADLOCK : STATE_INNER;
}

/* Returns the number of the node for a state, or STATESET_NONE where there is no room for one more. */
static uint32_t node_of(struct drawing *self, const uint64_t *state, uint32_t level)
{
    bool is_new = false;
    if (!stateset_reserve(&self->states, 1))
        return STATESET_NONE;
    uint32_t number = stateset_find(&self->states, state);
    if (number == STATESET_NONE && self->states.count == STATEGRAPH_NODES_MAX)
        return STATESET_NONE;
    number = stateset_add(&self->states, state, stateset_hash(&self->states, state), &is_new);
    if (is_new)
        add_node(self, state_label(self, state), kind_of(self, state), level);
    return number;
}

/* Errors of the program have a node each, behind all states. */
static bool draw_step(struct drawing *self, uint32_t from, const uint64_t *state, const struct system_choices *choices,
                      unsigned option, size_t thread, uint64_t *after)
{
    struct step step;
    system_step(self->system, state, choices, option, thread, after, &step);
    if (step.result == STEP_TOO_NARROW) {
        self->narrow = step;
        self->is_narrow = true;
        return false;
    }
    uint32_t to = STATESET_NONE;
    if (step.result == STEP_TAKEN) {
        to = node_of(self, after, self->graph->nodes[from].level + 1);
        if (to == STATESET_NONE)
            return false;
    }
    add_edge(self, from, to, thread, step_label(self, state, thread));
    return true;
}

static bool draw_state(struct drawing *self, uint32_t number, uint64_t *state, uint64_t *after)
{
    struct system_choices choices;
    memcpy(state, stateset_at(&self->states, number), self->system->words * sizeof *state);
    system_choices(self->system, state, &choices);
    for (size_t t = 0; t < self->system->thread_count; t++)
        for (unsigned o = 0; o < choices.options; o++)
            if ((choices.threads[o] >> t & 1) != 0 && !draw_step(self, number, state, &choices, o, t, after))
                return false;
    return true;
}

static bool draw_starts(struct drawing *self, uint64_t *state)
{
    bool fits = true;
    for (uint64_t which = 0; which < system_start_count(self->system) && fits; which++) {
        system_start(self->system, which, state);
        fits = node_of(self, state, 0) != STATESET_NONE;
    }
    return fits;
}

static void draw_failures(struct drawing *self)
{
    for (size_t e = 0; e < self->graph->edge_count; e++) {
        struct stategraph_edge *edge = &self->graph->edges[e];
        if (edge->to != STATESET_NONE)
            continue;
        edge->to = (uint32_t)self->graph->node_count;
        add_node(self, memory_copy_string("error of the program"), STATE_FAILURE,
                 self->graph->nodes[edge->from].level + 1);
    }
}

static void draw(struct drawing *self)
{
    uint64_t *state = memory_new(self->system->words, sizeof *state);
    uint64_t *after = memory_new(self->system->words, sizeof *after);
    bool fits = draw_starts(self, state);
    for (uint32_t number = 0; fits && number < self->states.count; number++)
        fits = draw_state(self, number, state, after);
    draw_failures(self);
    self->graph->too_large = !fits;
    memory_free(state);
    memory_free(after);
}

static void clear(struct stategraph *self)
{
    for (size_t n = 0; n < self->node_count; n++)
        memory_free(self->nodes[n].label);
    for (size_t e = 0; e < self->edge_count; e++)
        memory_free(self->edges[e].label);
    memory_free(self->nodes);
    memory_free(self->edges);
    *self = (struct stategraph){0};
}

struct stategraph *stategraph_new(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                                  struct budget *budget)
{
    struct stategraph *graph = memory_new(1, sizeof *graph);
    struct machine *machine = machine_new(program, NULL, false);
    bool again = true;
    while (again) {
        struct drawing drawing = {.graph = graph, .machine = machine, .word = word};
        clear(graph);
        static const struct system_options options = {0};
        drawing.system = system_new(machine, scheduler, &options);
        stateset_start(&drawing.states, drawing.system->words, budget);
        draw(&drawing);
        stateset_free(&drawing.states);
        system_free(drawing.system);
        again = drawing.is_narrow;
        if (again)
            machine_widen(machine, drawing.narrow.narrow, drawing.narrow.narrow_value);
    }
    machine_free(machine);
    return graph;
}

void stategraph_free(struct stategraph *self)
{
    if (self == NULL)
        return;
    clear(self);
    memory_free(self);
}
