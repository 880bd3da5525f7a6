#include "report/dot.h"

#include "report/step_text.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "report/graphviz.h"
#include "report/phrase.h"
#include "report/step_columns.h"
#include "trace/chain.h"

#include <assert.h>
#include <inttypes.h>

enum {
    STEPS_MAX = 150, /* a longer schedule is folded */
    NODES_MAX = 150, /* of groups; beyond, the middle is left out */
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
    struct step_groups groups;
    struct step_columns columns;
    struct chain chains[OBSERVATION_MAX]; /* of the observed variables */
    size_t chain_count;
    size_t *group_of;         /* the group that a step belongs to */
    struct graphviz **nodes;  /* of the groups; NULL where left out */
    struct graphviz *skipped; /* stands for what is left out, or NULL */
    struct graphviz **heads;  /* of the threads' columns */
    struct graphviz **feet;   /* invisible ends of the columns */
};

/* The attributes that are set somewhere, with their values elsewhere: of the graph, of nodes, of edges. */
static void declare(struct graphviz *graph)
{
    static const struct {
        const char *attribute, *values[3];
    } rows[] = {
        {"fontname", {"Helvetica", "Helvetica", "Helvetica"}},
        {"fontsize", {"14", "11", "10"}},
        {"fontcolor", {NULL, "black", "black"}},
        {"style", {"", "filled", "solid"}},
        {"color", {"black", grey, grey}},
        {"penwidth", {NULL, "1", "1"}},
        {"labelloc", {"t"}},
        {"ranksep", {"0.22"}},
        {"nodesep", {"0.5"}},
        {"rank", {""}},
        {"shape", {NULL, "box"}},
        {"fillcolor", {NULL, "white"}},
        {"group", {NULL, ""}},
        {"height", {NULL, "0.25"}},
        {"width", {NULL, "0.75"}},
        {"margin", {NULL, "0.08,0.04"}},
        {"weight", {NULL, NULL, "1"}},
        {"arrowsize", {NULL, NULL, "0.7"}},
        {"arrowhead", {NULL, NULL, "normal"}},
        {"constraint", {NULL, NULL, "true"}},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (enum graphviz_kind kind = GRAPHVIZ_GRAPH; kind <= GRAPHVIZ_EDGE; kind++)
            if (rows[r].values[kind] != NULL)
                graphviz_declare(graph, kind, rows[r].attribute, rows[r].values[kind]);
}

static void set_title(struct drawing *self, const char *title)
{
    size_t computed = 0;
    for (size_t c = 0; c < self->chain_count; c++)
        computed += self->chains[c].count > 0;
    graphviz_label_print(
        self->graph, "%s\nthin blue: which store a load saw%s%s%s", title,
        computed == 0   ? ""
        : computed == 1 ? "; thick orange: what the final value was computed from"
                        : "; thick orange: what the final values were computed from",
        self->groups.count < self->trace->step_count ? "\nrounds of a loop that nobody disturbed are folded" : "",
        self->skipped != NULL ? "\nthe middle of the schedule is left out" : "");
}

static void paint(struct graphviz *part, const char *colour, const char *fill, const char *width)
{
    graphviz_set(part, "color", colour, "fillcolor", fill, "penwidth", width, NULL);
}

/* Puts a node into the column of a thread. */
static void set_column(struct graphviz *node, size_t thread)
{
    char group[24];
    snprintf(group, sizeof group, "t%zu", thread);
    graphviz_set(node, "group", group, NULL);
}

static void hide(struct graphviz *edge)
{
    graphviz_set(edge, "style", "invis", NULL);
}

/* A row of one node a thread, side by side in the order of the threads; invisible edges keep them so. */
static struct graphviz **draw_row(struct drawing *self, const char *name)
{
    struct graphviz *row = graphviz_subgraph(self->graph);
    struct graphviz **nodes = memory_new(self->trace->thread_count, sizeof *nodes);
    graphviz_set(row, "rank", "same", NULL);
    for (size_t thread = 0; thread < self->trace->thread_count; thread++) {
        nodes[thread] = graphviz_node(row, "%s%zu", name, thread);
        set_column(nodes[thread], thread);
        if (thread > 0)
            hide(graphviz_edge(self->graph, nodes[thread - 1], nodes[thread]));
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
        graphviz_set(self->heads[thread], "fontcolor", "white", NULL);
        hide(self->feet[thread]);
    }
}

/* A step, what it sets, and, where that is observed, what was printed so far. */
static void print_step(struct text *text, const struct step_columns *columns, size_t group, size_t index)
{
    const struct trace *trace = columns->trace;
    const struct trace_step *step = &trace->steps[index];
    text_print(text, "%zu   ", step->number);
    step_text_print_instruction(text, step);
    if (trace->reading != NULL) {
        text_print(text, "   ");
        step_text_print_action(text, trace, step, false);
    }
    for (size_t i = 0; i < step->access_count && trace->reading == NULL; i++)
        if (step->accesses[i].is_write)
            text_print(text, "   %s = %" PRId64, trace->words[step->accesses[i].word], step->accesses[i].value);
    if (step->brief != NULL)
        text_print(text, "   %s", step->brief);
    if (step->register_name != NULL)
        text_print(text, "   %s = %" PRId64, step->register_name, step->register_value);
    for (size_t c = 0; c < columns->count; c++)
        if (step_columns_is_text(columns, c) && step_columns_changes(columns, group, c)) {
            text_print(text, "   output = ");
            step_columns_print(text, columns, group, c, "", "");
        }
    if (trace->end == TRACE_FAILED && index + 1 == trace->step_count)
        text_print(text, "   error");
    text_print(text, "\n");
}

/* Several rounds, and what they do to what is observed. */
static void print_rounds(struct text *text, const struct step_columns *columns, const struct step_group *group,
                         size_t index)
{
    text_print(text, "%zu - %zu   %zu rounds of lines %" PRIu32 " - %" PRIu32 "\n", group->first_number,
               group->last_number, group->rounds, group->first_line, group->last_line);
    for (size_t c = 0; c < columns->count; c++) {
        if (step_columns_is_text(columns, c))
            continue;
        char *name = trace_place_name(columns->trace, c);
        text_print(text, "%s: ", name);
        step_columns_print_value(text, columns, c, step_columns_before(columns, index, c));
        text_print(text, " to ");
        step_columns_print_value(text, columns, c, step_columns_after(columns, index, c));
        text_print(text, "\n");
        memory_free(name);
    }
}

static void draw_group(struct drawing *self, size_t index)
{
    const struct step_group *group = &self->groups.items[index];
    struct graphviz *node = graphviz_node(self->graph, "step%zu", group->first + 1);
    struct text label = TEXT_INIT;
    if (group->count > 1)
        print_rounds(&label, &self->columns, group, index);
    else
        print_step(&label, &self->columns, index, group->first);
    graphviz_label(node, text_string(&label), true);
    graphviz_set(node, "width", step_width, NULL);
    text_free(&label);
    set_column(node, group->thread);
    if (step_columns_stores(&self->columns, index))
        paint(node, blue, pale_blue, "1");
    self->nodes[index] = node;
}

static void draw_groups(struct drawing *self)
{
    for (size_t i = 0; i < self->groups.count; i++) {
        for (size_t s = 0; s < self->groups.items[i].count; s++)
            self->group_of[self->groups.items[i].first + s] = i;
        if (!middle_has(self->groups.left_out, i)) {
            draw_group(self, i);
        } else if (self->skipped == NULL) {
            self->skipped = graphviz_node(self->graph, "skipped");
            graphviz_label(self->skipped, "...", false);
            graphviz_set(self->skipped, "shape", "plain", NULL);
        }
    }
}

static struct graphviz *node_of_group(const struct drawing *self, size_t group)
{
    return self->nodes[group] != NULL ? self->nodes[group] : self->skipped;
}

/* With what let the other thread in, where that is known. */
static void draw_preemption(struct graphviz *edge, const char *opening)
{
    char *label = text_format(" preemption%s%s", opening != NULL ? "\\n" : "", opening != NULL ? opening : "");
    graphviz_set(edge, "style", "dotted", "label", label, "fontcolor", grey, "arrowhead", "vee", NULL);
    memory_free(label);
}

/* Invisible edges from each group to the next make time go down. */
static void draw_time(struct drawing *self)
{
    for (size_t i = 1; i < self->groups.count; i++) {
        struct graphviz *from = node_of_group(self, i - 1), *to = node_of_group(self, i);
        if (from == to)
            continue;
        struct graphviz *edge = graphviz_edge(self->graph, from, to);
        graphviz_set(edge, "style", "invis", "weight", "0", NULL);
        if (self->groups.items[i].is_preemption)
            draw_preemption(edge, self->trace->steps[self->groups.items[i].first].opening);
    }
}

static void emphasise(struct graphviz *edge)
{
    graphviz_set(edge, "color", orange, "penwidth", "3", "arrowsize", "0.9", NULL);
}

/* Whether the way from one group of a thread to its next one leads from a load to a store of a chain. */
static bool is_on_chain(const struct drawing *self, size_t from, size_t to)
{
    for (size_t c = 0; c < self->chain_count; c++)
        for (size_t i = 0; i < self->chains[c].count; i++) {
            const struct chain_link *link = &self->chains[c].links[i];
            if (link->load != SIZE_MAX && !link->handed_on && self->group_of[link->load] <= from &&
                to <= self->group_of[link->store] &&
                self->trace->steps[link->store].thread == self->groups.items[from].thread)
                return true;
        }
    return false;
}

static struct graphviz *draw_column_edge(struct drawing *self, struct graphviz *from, struct graphviz *to)
{
    struct graphviz *edge = graphviz_edge(self->graph, from, to);
    graphviz_set(edge, "weight", "100", NULL);
    return edge;
}

/* A thread's groups hang below each other, on heavy edges, so that they form a column. */
static void draw_column(struct drawing *self, uint32_t thread)
{
    struct graphviz *above = self->heads[thread];
    size_t previous = SIZE_MAX;
    for (size_t i = 0; i < self->groups.count; i++) {
        if (self->groups.items[i].thread != thread || self->nodes[i] == NULL)
            continue;
        struct graphviz *edge = draw_column_edge(self, above, self->nodes[i]);
        if (previous == SIZE_MAX)
            graphviz_set(edge, "arrowhead", "none", NULL);
        else if (is_on_chain(self, previous, i))
            emphasise(edge);
        above = self->nodes[i];
        previous = i;
    }
    hide(draw_column_edge(self, above, self->feet[thread]));
}

/* What a value of a word is called, as new. */
static char *name_value(const struct trace *trace, uint32_t word, int64_t value)
{
    struct text text = TEXT_INIT;
    value_names_print(&text, &trace->value_names, word, value);
    return text_take(&text);
}

/* The value that a word has at the start. */
static struct graphviz *draw_start(struct drawing *self, uint32_t word)
{
    struct graphviz *start = graphviz_node(self->graph, "start%" PRIu32, word);
    char *value = name_value(self->trace, word, self->trace->first_words[word]);
    graphviz_label_print(start, "%s = %s at the start", self->trace->words[word], value);
    memory_free(value);
    graphviz_set(start, "style", "rounded,filled", NULL);
    paint(start, blue, pale_blue, "1");
    return start;
}

/* The chain of a word, or NULL. */
static const struct chain *find_chain(const struct drawing *self, uint32_t word)
{
    for (size_t c = 0; c < self->chain_count; c++)
        if (self->chains[c].word == word)
            return &self->chains[c];
    return NULL;
}

static bool is_chain_load(const struct chain *chain, size_t step)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->links[i].load == step)
            return true;
    return false;
}

/* writer: the step that the read saw, or SIZE_MAX for the start. Of a single observed variable the name goes without saying. */
static void draw_read(struct drawing *self, size_t writer, size_t reader, const struct trace_access *access)
{
    size_t to = self->group_of[reader];
    const struct chain *chain = find_chain(self, access->word);
    if (self->nodes[to] == NULL || (writer == SIZE_MAX && chain == NULL))
        return;
    if (writer != SIZE_MAX && (self->group_of[writer] == to || self->nodes[self->group_of[writer]] == NULL))
        return;
    struct graphviz *from = writer == SIZE_MAX ? draw_start(self, access->word) : self->nodes[self->group_of[writer]];
    struct graphviz *edge = graphviz_edge(self->graph, from, self->nodes[to]);
    char *value = name_value(self->trace, access->word, access->value);
    if (chain != NULL && self->chain_count == 1)
        graphviz_label_print(edge, " %s", value);
    else
        graphviz_label_print(edge, " %s = %s", self->trace->words[access->word], value);
    memory_free(value);
    graphviz_set(edge, "color", blue, "fontcolor", blue, NULL);
    if (chain != NULL && is_chain_load(chain, reader)) {
        emphasise(edge);
        graphviz_set(edge, "fontcolor", orange, NULL);
    }
}

/* What was last said about a shared word. */
struct word_history {
    size_t writer; /* the step that wrote it, or SIZE_MAX */
    size_t reader; /* the group that read it since, or SIZE_MAX */
};

static void draw_access(struct drawing *self, struct word_history *history, size_t step,
                        const struct trace_access *access)
{
    if (access->is_write) {
        *history = (struct word_history){step, SIZE_MAX};
    } else if (history->reader != self->group_of[step]) {
        draw_read(self, history->writer, step, access);
        history->reader = self->group_of[step];
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

static void mark_chains(struct drawing *self)
{
    for (size_t c = 0; c < self->chain_count; c++)
        for (size_t i = 0; i < self->chains[c].count; i++) {
            struct graphviz *node = self->nodes[self->group_of[self->chains[c].links[i].store]];
            if (node != NULL)
                paint(node, orange, pale_orange, "3");
        }
}

static void print_end(struct text *text, const struct trace *trace)
{
    const char *why = trace->end_text != NULL ? trace->end_text : "";
    if (trace->end == TRACE_DEADLOCKED || trace->end == TRACE_FAILED)
        text_print(text, "%s: %s", trace->end == TRACE_DEADLOCKED ? "deadlock" : "error", why);
    else if (trace->overlap_text != NULL && trace->end == TRACE_UNFINISHED)
        text_print(text, "%s", trace->overlap_text);
    else
        phrase_print_finals(text, trace);
    if (text->length > 0 && trace->observation.count > 0 && trace->end == TRACE_FINISHED)
        text_print(text, " at the end");
    else if (trace->end == TRACE_UNFINISHED && trace->overlap_text == NULL)
        text_print(text, " so far");
}

static void draw_end(struct drawing *self)
{
    struct graphviz *end = graphviz_node(self->graph, "end");
    struct text label = TEXT_INIT;
    print_end(&label, self->trace);
    graphviz_label(end, text_string(&label), false);
    graphviz_set(end, "style", "rounded,filled", NULL);
    paint(end, orange, pale_orange, "3");
    if (self->groups.count > 0)
        hide(graphviz_edge(self->graph, node_of_group(self, self->groups.count - 1), end));
    for (size_t thread = 0; thread < self->trace->thread_count; thread++)
        hide(graphviz_edge(self->graph, end, self->feet[thread]));
    text_free(&label);
}

/* The last store of each chain leads to the values at the end. */
static void draw_results(struct drawing *self)
{
    for (size_t c = 0; c < self->chain_count && self->trace->end == TRACE_FINISHED; c++) {
        const struct chain *chain = &self->chains[c];
        struct graphviz *last =
            chain->count > 0 ? self->nodes[self->group_of[chain->links[chain->count - 1].store]] : NULL;
        if (last != NULL)
            emphasise(graphviz_edge(self->graph, last, graphviz_node(self->graph, "end")));
    }
}

static void make_chains(struct drawing *self)
{
    for (size_t p = 0; p < self->trace->observation.count; p++)
        if (trace_is_word(self->trace, p))
            self->chains[self->chain_count++] = chain_make(self->trace, self->trace->observation.places[p].number);
}

static void draw(struct drawing *self, const char *title)
{
    declare(self->graph);
    draw_frame(self);
    draw_groups(self);
    draw_time(self);
    for (uint32_t thread = 0; thread < self->trace->thread_count; thread++)
        draw_column(self, thread);
    draw_reads(self);
    mark_chains(self);
    draw_end(self);
    draw_results(self);
    set_title(self, title);
}

static bool write_trace(FILE *stream, const struct trace *trace, const char *title, bool fold)
{
    struct drawing self = {.trace = trace, .graph = graphviz_new("schedule")};
    self.groups = step_groups_make(trace, fold ? GROUP_ROUNDS : GROUP_STEPS, SIZE_MAX, NODES_MAX, NODES_SHOWN_EACH_END);
    self.columns = step_columns_make(trace, &self.groups);
    make_chains(&self);
    self.group_of = memory_new(trace->step_count, sizeof *self.group_of);
    self.nodes = memory_new(self.groups.count, sizeof *self.nodes);
    draw(&self, title);
    bool is_written = graphviz_write(self.graph, stream);
    step_groups_free(&self.groups);
    step_columns_free(&self.columns);
    for (size_t c = 0; c < self.chain_count; c++)
        chain_free(&self.chains[c]);
    memory_free(self.group_of);
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
    phrase_print_program(text, outcome->model, (int64_t)outcome->threads,
                         outcome->reading != NULL ? -1 : outcome->iters, outcome->symbols, outcome->symbol_count);
    text_print(text, "; scheduler ");
    phrase_print_scheduler(text, outcome->scheduler, parameters, parameter_count);
}

void dot_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness)
{
    assert(witness->trace != NULL);
    struct text title = TEXT_INIT;
    print_setting(&title, outcome, witness->parameters, witness->parameter_count);
    text_print(&title, "\nhow ");
    phrase_print_end(&title, outcome, witness->end, witness->value);
    text_print(&title, " comes about: ");
    phrase_print_length(&title, witness->trace);
    dot_write_trace(stream, witness->trace, text_string(&title));
    text_free(&title);
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
    struct graphviz *node = graphviz_node(graph, "state%zu", index);
    graphviz_label(node, state->label, false);
    const struct look *look = &looks[state->kind];
    paint(node, look->colour, look->fill, index == 0 && state->kind != STATE_FINAL ? "3" : look->width);
    graphviz_set(node, "shape", look->shape, "fontcolor", look->text, NULL);
}

static void draw_transition(struct graphviz *graph, const struct stategraph_edge *transition)
{
    struct graphviz *from = graphviz_node(graph, "state%zu", (size_t)transition->from);
    struct graphviz *to = graphviz_node(graph, "state%zu", (size_t)transition->to);
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
    graphviz_label(drawing, text_string(&title), false);
    for (size_t i = 0; i < graph->node_count; i++)
        draw_state(drawing, &graph->nodes[i], i);
    for (size_t i = 0; i < graph->edge_count; i++)
        draw_transition(drawing, &graph->edges[i]);
    bool is_written = graphviz_write(drawing, stream);
    text_free(&title);
    graphviz_free(drawing);
    return is_written;
}

/* ---- A behaviour --------------------------------------------------------------------------------------------- */

/* "a", " ", "\n": a character as it is printed, or in quotation marks where it could not be seen. */
static void print_character(struct text *text, char character)
{
    char string[] = {character, '\0'};
    if (character > ' ' && character < 127 && character != '"' && character != '\\')
        text_print(text, "%c", character);
    else if ((unsigned char)character >= 128)
        text_print(text, "\\x%02x", (unsigned)(unsigned char)character);
    else
        text_print_quoted(text, string);
}

/* Puts an exact number behind the words of a label, and gives it to an attribute of its own. */
static void put_count(struct graphviz *edge, struct text *label, const char *separator, const char *name,
                      mpz_srcptr count)
{
    char *exact = mpz_get_str(NULL, 10, count);
    graphviz_set(edge, name, exact, NULL);
    memory_free(exact);
    text_print(label, "%s", separator);
    text_put(label, number_readable(count));
}

static void draw_letter(struct graphviz *graph, const struct behaviour *behaviour, size_t state, size_t index)
{
    size_t number = behaviour->states[state].first + index;
    const struct behaviour_transition *transition = &behaviour->transitions[number];
    struct graphviz *from = graphviz_node(graph, "state%zu", state);
    struct graphviz *to = graphviz_node(graph, "state%zu", (size_t)transition->target);
    struct graphviz *edge = graphviz_edge(graph, from, to);
    struct text label = TEXT_INIT;
    mpz_t count;
    mpz_init(count);
    print_character(&label, transition->character);
    behaviour_transition_count(behaviour, state, index, count);
    if (!behaviour->is_infinite)
        put_count(edge, &label, "\n", "outputs", count);
    if (behaviour->through != NULL)
        put_count(edge, &label, behaviour->is_infinite ? "\n" : " / ", "schedules", behaviour->through[number]);
    graphviz_label(edge, text_string(&label), false);
    mpz_clear(count);
    text_free(&label);
}

static void print_behaviour_title(struct text *title, const struct behaviour *behaviour, const struct outcome *outcome)
{
    print_setting(title, outcome, outcome->parameters, outcome->parameter_count);
    text_print(title, behaviour->is_of_prefixes ? "\nwhat is printed on the way, for no schedule comes to its end: "
                                                : "\nwhat is printed: ");
    if (behaviour->is_infinite)
        text_print(title, "infinitely many texts");
    else
        text_put(title, number_readable(behaviour->count));
    text_print(title, behaviour->is_infinite ? "" : mpz_cmp_ui(behaviour->count, 1) == 0 ? " text" : " texts");
    if (behaviour->through != NULL) {
        text_print(title, ", by ");
        text_put(title, number_readable(behaviour->schedules));
        text_print(title, mpz_cmp_ui(behaviour->schedules, 1) == 0 ? " schedule" : " schedules");
    }
    if (!behaviour->is_infinite)
        text_print(title, "; on each edge how many texts%s go through it",
                   behaviour->through != NULL ? " / schedules" : "");
    text_print(title, "; double circle: %s", behaviour->is_of_prefixes ? "a prefix" : "an end");
}

bool dot_write_behaviour(FILE *stream, const struct behaviour *behaviour, const struct outcome *outcome)
{
    assert(behaviour->state_count <= DOT_BEHAVIOUR_STATES_MAX);
    struct graphviz *drawing = graphviz_new("behaviour");
    struct text title = TEXT_INIT;
    declare(drawing);
    graphviz_declare(drawing, GRAPHVIZ_GRAPH, "rankdir", "LR");
    graphviz_declare(drawing, GRAPHVIZ_EDGE, "outputs", "");
    graphviz_declare(drawing, GRAPHVIZ_EDGE, "schedules", "");
    print_behaviour_title(&title, behaviour, outcome);
    graphviz_label(drawing, text_string(&title), false);
    for (size_t s = 0; s < behaviour->state_count; s++) {
        struct graphviz *node = graphviz_node(drawing, "state%zu", s);
        bool is_final = behaviour->states[s].is_final;
        paint(node, is_final ? green : grey, is_final ? pale_green : "white", s == 0 ? "3" : "1");
        graphviz_set(node, "shape", is_final ? "doublecircle" : "circle", "width", "0.3", NULL);
        graphviz_label(node, s == 0 ? "start" : "", false);
    }
    for (size_t s = 0; s < behaviour->state_count; s++)
        for (size_t t = 0; t < behaviour->states[s].count; t++)
            draw_letter(drawing, behaviour, s, t);
    bool is_written = graphviz_write(drawing, stream);
    text_free(&title);
    graphviz_free(drawing);
    return is_written;
}
