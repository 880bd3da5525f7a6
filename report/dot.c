#include "report/dot.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/graphviz.h"
#include "report/runs.h"
#include "report/setting.h"
#include "trace/chain.h"

#include <assert.h>
#include <inttypes.h>

enum {
    STEPS_MAX = 150, /* a longer schedule is folded */
    NODES_MAX = 150, /* of runs; beyond, the middle is left out */
    NODES_SHOWN_EACH_END = 70
};

/* Okabe and Ito's colours, and pale ones of the same hue to fill with. */
static const char orange[] = "#D55E00", pale_orange[] = "#FBE3D0";
static const char blue[] = "#0072B2", pale_blue[] = "#DCECF7";
static const char green[] = "#009E73", pale_green[] = "#D6F0E7";
static const char grey[] = "#999999", dark[] = "#333333";

/* Steps are equally wide, in inches, as long as their text allows. */
static const char step_width[] = "2.65";

/* ---- A schedule ---------------------------------------------------------------------------------------------- */

struct drawing {
    const struct trace *trace;
    struct graphviz *graph;
    struct runs runs;
    struct chain chain;
    size_t *run_of;                /* the run that a step belongs to */
    struct graphviz_part **nodes;  /* of the runs; NULL where left out */
    struct graphviz_part *skipped; /* stands for what is left out, or NULL */
    struct graphviz_part *first;   /* the variable's value at the start, or NULL */
    struct graphviz_part **heads;  /* of the threads' columns */
    struct graphviz_part **feet;   /* invisible ends of the columns */
};

static bool is_folded(const struct drawing *self)
{
    return self->runs.count < self->trace->step_count;
}

static bool is_left_out(const struct drawing *self, size_t run)
{
    return self->runs.count > NODES_MAX && run >= NODES_SHOWN_EACH_END && run < self->runs.count - NODES_SHOWN_EACH_END;
}

static void declare(struct graphviz *graph)
{
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "fontname", "Helvetica");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "labelloc", "t");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "fontsize", "14");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "ranksep", "0.22");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "nodesep", "0.5");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "rank", "");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "style", "");
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "color", "black");
    graphviz_declare(graph, GRAPHVIZ_NODE, "fontname", "Helvetica");
    graphviz_declare(graph, GRAPHVIZ_NODE, "fontsize", "11");
    graphviz_declare(graph, GRAPHVIZ_NODE, "shape", "box");
    graphviz_declare(graph, GRAPHVIZ_NODE, "style", "filled");
    graphviz_declare(graph, GRAPHVIZ_NODE, "fillcolor", "white");
    graphviz_declare(graph, GRAPHVIZ_NODE, "color", grey);
    graphviz_declare(graph, GRAPHVIZ_NODE, "fontcolor", "black");
    graphviz_declare(graph, GRAPHVIZ_NODE, "penwidth", "1");
    graphviz_declare(graph, GRAPHVIZ_NODE, "group", "");
    graphviz_declare(graph, GRAPHVIZ_NODE, "height", "0.25");
    graphviz_declare(graph, GRAPHVIZ_NODE, "width", "0.75");
    graphviz_declare(graph, GRAPHVIZ_NODE, "margin", "0.08,0.04");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "fontname", "Helvetica");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "fontsize", "10");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "color", grey);
    graphviz_declare(graph, GRAPHVIZ_EDGE, "fontcolor", "black");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "penwidth", "1");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "style", "solid");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "weight", "1");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "arrowsize", "0.7");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "arrowhead", "normal");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "constraint", "true");
}

static void set_title(struct drawing *self, const char *title)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%s\nthin blue: which store a load saw; thick orange: what the final value was computed from",
               title);
    if (is_folded(self))
        text_print(&text, "\nrounds of a loop that nobody disturbed are folded");
    if (self->skipped != NULL)
        text_print(&text, "\nthe middle of the schedule is left out");
    graphviz_label(graphviz_whole(self->graph), text_string(&text), false);
    text_free(&text);
}

static void paint(struct graphviz_part *part, const char *colour, const char *fill, const char *width)
{
    graphviz_set(part, "color", colour);
    graphviz_set(part, "fillcolor", fill);
    graphviz_set(part, "penwidth", width);
}

static struct graphviz_part *numbered_node(struct graphviz_part *graph, const char *prefix, size_t number)
{
    struct text name = TEXT_INIT;
    text_print(&name, "%s%zu", prefix, number);
    struct graphviz_part *node = graphviz_node(graph, text_string(&name));
    text_free(&name);
    return node;
}

static void set_group(struct graphviz_part *node, size_t thread)
{
    struct text group = TEXT_INIT;
    text_print(&group, "t%zu", thread);
    graphviz_set(node, "group", text_string(&group));
    text_free(&group);
}

/* A row of one node a thread, side by side in the order of the threads; invisible edges keep them so. */
static struct graphviz_part **draw_row(struct drawing *self, const char *name)
{
    struct graphviz_part *row = graphviz_subgraph(self->graph, NULL);
    struct graphviz_part **nodes = memory_new(self->trace->thread_count, sizeof *nodes);
    graphviz_set(row, "rank", "same");
    for (size_t thread = 0; thread < self->trace->thread_count; thread++) {
        nodes[thread] = numbered_node(row, name, thread);
        set_group(nodes[thread], thread);
        if (thread > 0)
            graphviz_set(graphviz_edge(self->graph, nodes[thread - 1], nodes[thread]), "style", "invis");
    }
    return nodes;
}

/* Above and below, so that columns that change places would have to cross twice. */
static void draw_frame(struct drawing *self)
{
    self->heads = draw_row(self, "head");
    self->feet = draw_row(self, "foot");
    for (size_t thread = 0; thread < self->trace->thread_count; thread++) {
        graphviz_label(self->heads[thread], self->trace->threads[thread], false);
        paint(self->heads[thread], dark, dark, "1");
        graphviz_set(self->heads[thread], "fontcolor", "white");
        graphviz_set(self->feet[thread], "style", "invis");
    }
}

static void print_access(struct text *text, const struct trace *trace, const struct trace_access *access)
{
    text_print(text, "   %s = %" PRId64, trace->words[access->word], access->value);
}

static void print_step(struct text *text, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    text_print(text, "%zu   %s%s", index + 1, step->is_return ? "returns from " : "", step->text);
    for (size_t i = 0; i < step->access_count; i++)
        if (step->accesses[i].is_write)
            print_access(text, trace, &step->accesses[i]);
    if (step->register_name != NULL)
        text_print(text, "   %s = %" PRId64, step->register_name, step->register_value);
    if (trace->end == TRACE_FAILED && index + 1 == trace->step_count)
        text_print(text, "   error");
    text_print(text, "\n");
}

static void print_run(struct text *text, const struct trace *trace, const struct run *run)
{
    uint32_t first, last;
    run_lines(run, trace, &first, &last);
    text_print(text, "%zu - %zu   %zu rounds of lines %" PRIu32 " - %" PRIu32 "\n%s: %" PRId64 " to %" PRId64 "\n",
               run->first + 1, run->first + run->count, run->rounds, first, last, trace->observe,
               run_before(run, trace), run_after(run, trace));
}

static void draw_run(struct drawing *self, size_t index)
{
    const struct run *run = &self->runs.items[index];
    struct graphviz_part *node = numbered_node(graphviz_whole(self->graph), "step", run->first + 1);
    struct text label = TEXT_INIT;
    if (run->count > 1)
        print_run(&label, self->trace, run);
    else
        print_step(&label, self->trace, run->first);
    graphviz_label(node, text_string(&label), true);
    graphviz_set(node, "width", step_width);
    text_free(&label);
    set_group(node, self->trace->steps[run->first].thread);
    if (run_writes(run, self->trace))
        paint(node, blue, pale_blue, "1");
    self->nodes[index] = node;
}

static void draw_runs(struct drawing *self)
{
    for (size_t i = 0; i < self->runs.count; i++) {
        for (size_t s = 0; s < self->runs.items[i].count; s++)
            self->run_of[self->runs.items[i].first + s] = i;
        if (!is_left_out(self, i)) {
            draw_run(self, i);
        } else if (self->skipped == NULL) {
            self->skipped = graphviz_node(graphviz_whole(self->graph), "skipped");
            graphviz_label(self->skipped, "...", false);
            graphviz_set(self->skipped, "shape", "plain");
        }
    }
}

static struct graphviz_part *node_of_run(const struct drawing *self, size_t run)
{
    return self->nodes[run] != NULL ? self->nodes[run] : self->skipped;
}

/* Invisible edges from each run to the next make time go down. */
static void draw_time(struct drawing *self)
{
    for (size_t i = 1; i < self->runs.count; i++) {
        struct graphviz_part *from = node_of_run(self, i - 1), *to = node_of_run(self, i);
        if (from == to)
            continue;
        struct graphviz_part *edge = graphviz_edge(self->graph, from, to);
        bool is_preemption = self->trace->steps[self->runs.items[i].first].preemption;
        graphviz_set(edge, "style", is_preemption ? "dotted" : "invis");
        graphviz_set(edge, "weight", "0");
        if (is_preemption) {
            graphviz_label(edge, " preemption", false);
            graphviz_set(edge, "fontcolor", grey);
            graphviz_set(edge, "arrowhead", "vee");
        }
    }
}

static void emphasise(struct graphviz_part *edge)
{
    graphviz_set(edge, "color", orange);
    graphviz_set(edge, "penwidth", "3");
    graphviz_set(edge, "arrowsize", "0.9");
}

/* Whether the way from one run of a thread to its next one leads from a load to a store of the chain. */
static bool is_on_chain(const struct drawing *self, size_t from, size_t to)
{
    for (size_t i = 0; i < self->chain.count; i++) {
        const struct chain_link *link = &self->chain.links[i];
        if (link->load != SIZE_MAX && !link->handed_on && self->run_of[link->load] <= from &&
            to <= self->run_of[link->store] &&
            self->trace->steps[link->store].thread == self->trace->steps[self->runs.items[from].first].thread)
            return true;
    }
    return false;
}

static struct graphviz_part *draw_column_edge(struct drawing *self, struct graphviz_part *from,
                                              struct graphviz_part *to)
{
    struct graphviz_part *edge = graphviz_edge(self->graph, from, to);
    graphviz_set(edge, "weight", "100");
    return edge;
}

/* A thread's runs hang below each other, on heavy edges, so that they form a column. */
static void draw_column(struct drawing *self, uint32_t thread)
{
    struct graphviz_part *above = self->heads[thread];
    size_t previous = SIZE_MAX;
    for (size_t i = 0; i < self->runs.count; i++) {
        if (self->trace->steps[self->runs.items[i].first].thread != thread || self->nodes[i] == NULL)
            continue;
        struct graphviz_part *edge = draw_column_edge(self, above, self->nodes[i]);
        if (previous == SIZE_MAX)
            graphviz_set(edge, "arrowhead", "none");
        else if (is_on_chain(self, previous, i))
            emphasise(edge);
        above = self->nodes[i];
        previous = i;
    }
    graphviz_set(draw_column_edge(self, above, self->feet[thread]), "style", "invis");
}

static struct graphviz_part *start_node(struct drawing *self)
{
    if (self->first != NULL)
        return self->first;
    struct text label = TEXT_INIT;
    text_print(&label, "%s = %" PRId64 " at the start", self->trace->observe, self->trace->observed_first);
    self->first = graphviz_node(graphviz_whole(self->graph), "start");
    graphviz_label(self->first, text_string(&label), false);
    graphviz_set(self->first, "style", "rounded,filled");
    paint(self->first, blue, pale_blue, "1");
    text_free(&label);
    return self->first;
}

static bool is_chain_load(const struct drawing *self, size_t step)
{
    for (size_t i = 0; i < self->chain.count; i++)
        if (self->chain.links[i].load == step)
            return true;
    return false;
}

/* writer: the step that the read saw, or SIZE_MAX for the start. */
static void draw_read(struct drawing *self, size_t writer, size_t reader, const struct trace_access *access)
{
    size_t to = self->run_of[reader];
    bool is_observed = access->word == self->trace->observed_word;
    if (self->nodes[to] == NULL || (writer == SIZE_MAX && !is_observed))
        return;
    if (writer != SIZE_MAX && (self->run_of[writer] == to || self->nodes[self->run_of[writer]] == NULL))
        return;
    struct graphviz_part *from = writer == SIZE_MAX ? start_node(self) : self->nodes[self->run_of[writer]];
    struct graphviz_part *edge = graphviz_edge(self->graph, from, self->nodes[to]);
    struct text label = TEXT_INIT;
    if (is_observed)
        text_print(&label, " %" PRId64, access->value);
    else
        text_print(&label, " %s = %" PRId64, self->trace->words[access->word], access->value);
    graphviz_label(edge, text_string(&label), false);
    text_free(&label);
    graphviz_set(edge, "color", blue);
    graphviz_set(edge, "fontcolor", blue);
    if (is_observed && is_chain_load(self, reader)) {
        emphasise(edge);
        graphviz_set(edge, "fontcolor", orange);
    }
}

/* What was last said about a shared word. */
struct word_history {
    size_t writer; /* the step that wrote it, or SIZE_MAX */
    size_t reader; /* the run that read it since, or SIZE_MAX */
};

static void draw_access(struct drawing *self, struct word_history *history, size_t step,
                        const struct trace_access *access)
{
    if (access->is_write) {
        *history = (struct word_history){step, SIZE_MAX};
    } else if (history->reader != self->run_of[step]) {
        draw_read(self, history->writer, step, access);
        history->reader = self->run_of[step];
    }
}

static void draw_reads(struct drawing *self)
{
    struct word_history *histories = memory_new(self->trace->word_count, sizeof *histories);
    for (size_t word = 0; word < self->trace->word_count; word++)
        histories[word] = (struct word_history){SIZE_MAX, SIZE_MAX};
    for (size_t s = 0; s < self->trace->step_count; s++) {
        const struct trace_step *step = &self->trace->steps[s];
        for (size_t i = 0; i < step->access_count; i++)
            draw_access(self, &histories[step->accesses[i].word], s, &step->accesses[i]);
    }
    memory_free(histories);
}

static void mark_chain(struct drawing *self)
{
    for (size_t i = 0; i < self->chain.count; i++) {
        struct graphviz_part *node = self->nodes[self->run_of[self->chain.links[i].store]];
        if (node != NULL)
            paint(node, orange, pale_orange, "3");
    }
}

static void draw_end(struct drawing *self)
{
    const struct trace *trace = self->trace;
    struct text label = TEXT_INIT;
    if (trace->end == TRACE_DEADLOCKED)
        text_print(&label, "deadlock: %s", trace->end_text != NULL ? trace->end_text : "");
    else if (trace->end == TRACE_FAILED)
        text_print(&label, "error: %s", trace->end_text != NULL ? trace->end_text : "");
    else if (trace->overlap_text != NULL && trace->end == TRACE_UNFINISHED)
        text_print(&label, "%s", trace->overlap_text);
    else
        text_print(&label, "%s = %" PRId64 " at the end", trace->observe, trace->value);
    struct graphviz_part *end = graphviz_node(graphviz_whole(self->graph), "end");
    graphviz_label(end, text_string(&label), false);
    graphviz_set(end, "style", "rounded,filled");
    paint(end, orange, pale_orange, "3");
    if (self->runs.count > 0)
        graphviz_set(graphviz_edge(self->graph, node_of_run(self, self->runs.count - 1), end), "style", "invis");
    for (size_t thread = 0; thread < trace->thread_count; thread++)
        graphviz_set(graphviz_edge(self->graph, end, self->feet[thread]), "style", "invis");
    text_free(&label);
}

/* The last store of the chain leads to the value at the end. */
static void draw_result(struct drawing *self)
{
    if (self->chain.count == 0 || self->trace->end != TRACE_FINISHED)
        return;
    struct graphviz_part *last = self->nodes[self->run_of[self->chain.links[self->chain.count - 1].store]];
    if (last != NULL)
        emphasise(graphviz_edge(self->graph, last, graphviz_node(graphviz_whole(self->graph), "end")));
}

static void draw(struct drawing *self, const char *title)
{
    declare(self->graph);
    draw_frame(self);
    draw_runs(self);
    draw_time(self);
    for (uint32_t thread = 0; thread < self->trace->thread_count; thread++)
        draw_column(self, thread);
    draw_reads(self);
    mark_chain(self);
    draw_end(self);
    draw_result(self);
    set_title(self, title);
}

static bool write_trace(FILE *stream, const struct trace *trace, const char *title, bool fold)
{
    struct drawing self = {.trace = trace, .graph = graphviz_new("schedule")};
    self.runs = runs_make(trace, fold, SIZE_MAX);
    self.chain = chain_make(trace);
    self.run_of = memory_new(trace->step_count, sizeof *self.run_of);
    self.nodes = memory_new(self.runs.count, sizeof *self.nodes);
    draw(&self, title);
    bool is_written = graphviz_write(self.graph, stream);
    runs_free(&self.runs);
    chain_free(&self.chain);
    memory_free(self.run_of);
    memory_free(self.nodes);
    memory_free(self.heads);
    memory_free(self.feet);
    graphviz_free(self.graph);
    return is_written;
}

bool dot_write_trace(FILE *stream, const struct trace *trace, const char *title)
{
    return write_trace(stream, trace, title, trace->step_count > STEPS_MAX);
}

bool dot_write_trace_folded(FILE *stream, const struct trace *trace, const char *title)
{
    return write_trace(stream, trace, title, true);
}

static void print_setting(struct text *text, const struct outcome *outcome, const struct property *parameters,
                          size_t parameter_count)
{
    setting_print(text, outcome->model, (int64_t)outcome->threads, outcome->iters, outcome->symbols,
                  outcome->symbol_count);
    text_print(text, "; scheduler ");
    setting_print_scheduler(text, outcome->scheduler, parameters, parameter_count);
}

bool dot_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness)
{
    assert(witness->trace != NULL);
    struct text title = TEXT_INIT;
    print_setting(&title, outcome, witness->parameters, witness->parameter_count);
    text_print(&title, "\nhow ");
    setting_print_end(&title, outcome->observe, witness->end, witness->value);
    text_print(&title, " comes about: ");
    setting_print_length(&title, witness->trace);
    bool is_written = dot_write_trace(stream, witness->trace, text_string(&title));
    text_free(&title);
    return is_written;
}

/* ---- A state graph ------------------------------------------------------------------------------------------- */

struct look {
    const char *shape, *colour, *fill, *text, *width;
};

static const struct look looks[] = {[STATE_INNER] = {"box", grey, "white", "black", "1"},
                                    [STATE_FINAL] = {"ellipse", green, pale_green, "black", "2"},
                                    [STATE_DEADLOCK] = {"octagon", orange, pale_orange, "black", "3"},
                                    [STATE_FAILURE] = {"hexagon", "black", "black", "white", "1"}};

static void draw_state(struct graphviz *graph, const struct stategraph_node *state, size_t index)
{
    struct graphviz_part *node = numbered_node(graphviz_whole(graph), "state", index);
    graphviz_label(node, state->label, false);
    const struct look *look = &looks[state->kind];
    paint(node, look->colour, look->fill, index == 0 && state->kind != STATE_FINAL ? "3" : look->width);
    graphviz_set(node, "shape", look->shape);
    graphviz_set(node, "fontcolor", look->text);
}

static void draw_transition(struct graphviz *graph, const struct stategraph_edge *transition)
{
    struct graphviz_part *from = numbered_node(graphviz_whole(graph), "state", transition->from);
    struct graphviz_part *to = numbered_node(graphviz_whole(graph), "state", transition->to);
    graphviz_label(graphviz_edge(graph, from, to), transition->label, false);
}

bool dot_write_stategraph(FILE *stream, const struct stategraph *graph, const struct outcome *outcome)
{
    assert(!graph->too_large);
    struct graphviz *drawing = graphviz_new("states");
    struct text title = TEXT_INIT;
    declare(drawing);
    print_setting(&title, outcome, outcome->parameters, outcome->parameter_count);
    text_print(&title, "\n%zu states, %zu steps between them; ellipse: end, octagon: deadlock, black hexagon: error",
               graph->node_count, graph->edge_count);
    graphviz_label(graphviz_whole(drawing), text_string(&title), false);
    for (size_t i = 0; i < graph->node_count; i++)
        draw_state(drawing, &graph->nodes[i], i);
    for (size_t i = 0; i < graph->edge_count; i++)
        draw_transition(drawing, &graph->edges[i]);
    bool is_written = graphviz_write(drawing, stream);
    text_free(&title);
    graphviz_free(drawing);
    return is_written;
}
