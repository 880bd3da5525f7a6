#include "analysis/stategraph.h"

#include "base/memory.h"
#include "base/text.h"
#include "space/explorer.h"

/* A drawing under way. */
struct drawing {
    struct stategraph *graph;
    struct machine *machine;
    struct explorer explorer;
    uint32_t word;
    size_t edge_capacity;
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
    for (size_t t = 0; t < self->explorer.system->thread_count; t++)
        label_thread(self, state, t, &text);
    return text_take(&text);
}

static char *step_label(const struct drawing *self, const uint64_t *state, const struct explorer_step *step)
{
    struct text text = TEXT_INIT;
    struct action action = system_action(self->explorer.system, step->option, step->thread);
    char *instructions = machine_step_text(self->machine, state, step->thread, action_way(action));
    if (action.kind != ACTION_FLUSH)
        text_print(&text, "%s: ", machine_thread_name(self->machine, step->thread));
    text_print(&text, "%s", instructions);
    memory_free(instructions);
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
    system_choices(self->explorer.system, state, &choices);
    return system_is_end(&choices) ? STATE_DEADLOCK : STATE_INNER;
}

/* Errors of the program have a node each, behind all states. */
static bool draw_step(void *context, const struct explorer_step *step)
{
    struct drawing *self = context;
    uint32_t here = self->explorer.here;
    if (step->is_new)
        add_node(self, state_label(self, step->after), kind_of(self, step->after),
                 step->step == NULL ? 0 : self->graph->nodes[here].level + 1);
    if (step->step != NULL)
        add_edge(self, here, step->target, step->thread, step_label(self, self->explorer.state, step));
    return self->graph->node_count <= STATEGRAPH_NODES_MAX;
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

static void begin(void *context)
{
    struct drawing *self = context;
    clear(self->graph);
    self->edge_capacity = 0;
}

struct stategraph *stategraph_new(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                                  struct budget *budget)
{
    struct drawing drawing = {
        .graph = memory_new(1, sizeof *drawing.graph), .machine = machine_new(program, NULL, false), .word = word};
    static const struct explorer_observer observer = {.begin = begin, .step = draw_step};
    static const struct explorer_options options = {.phase = "drawing"};
    enum explorer_result result =
        explorer_run(&drawing.explorer, drawing.machine, scheduler, &options, &observer, &drawing, budget);
    explorer_free(&drawing.explorer);
    draw_failures(&drawing);
    drawing.graph->too_large = result != EXPLORER_COMPLETE;
    machine_free(drawing.machine);
    return drawing.graph;
}

void stategraph_free(struct stategraph *self)
{
    if (self == NULL)
        return;
    clear(self);
    memory_free(self);
}
