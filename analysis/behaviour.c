#include "analysis/behaviour.h"

#include "analysis/behaviour_parts.h"
#include "base/memory.h"
#include "machine/machine.h"
#include "program/program.h"
#include "space/explorer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is printed ----------------------------------------------------------------------------------------- */

/* Nodes between two letters of one step; numbered behind the states once it is known how many of these there are. */
#define IS_BETWEEN (UINT32_C(1) << 31)

struct search {
    struct explorer explorer;
    struct printing printing;
    uint32_t between_count;
    size_t final_capacity;
};

static void add_edge(struct search *self, uint32_t from, uint32_t to, char letter)
{
    struct printing *printing = &self->printing;
    printing->edges =
        memory_grow(printing->edges, printing->edge_count, &self->printing.edge_capacity, sizeof *printing->edges);
    printing->edges[printing->edge_count++] = (struct printing_edge){from, to, letter};
}

static bool note_state(void *context, const struct system_choices *choices)
{
    struct search *self = context;
    const struct machine *machine = self->explorer.system->machine;
    uint32_t here = self->explorer.here;
    while (self->final_capacity <= here) {
        size_t capacity = self->final_capacity == 0 ? 1024 : 2 * self->final_capacity;
        self->printing.is_final = memory_resize(self->printing.is_final, capacity, sizeof *self->printing.is_final);
        self->final_capacity = capacity;
    }
    self->printing.is_final[here] =
        system_is_end(choices) && machine_finished(machine, self->explorer.state) == machine_everybody(machine);
    return true;
}

static void print(const struct search *self, const struct explorer_step *step, struct text *text)
{
    const struct system *system = self->explorer.system;
    struct action action = system_action(system, step->option, step->thread);
    machine_print_step(system->machine, self->explorer.state, step->thread, action_way(action), text);
}

/* As many edges as a text has letters, or one without a letter. */
static void add_letters(struct search *self, uint32_t from, uint32_t target, const char *text)
{
    do {
        bool is_last = text[0] == '\0' || text[1] == '\0';
        uint32_t to = is_last ? target : IS_BETWEEN | self->between_count++;
        add_edge(self, from, to, *text);
        from = to;
        text += *text != '\0';
    } while (*text != '\0');
}

static bool note_step(void *context, const struct explorer_step *step)
{
    struct search *self = context;
    if (step->step == NULL || step->target == STATESET_NONE)
        return true;
    struct text printed = TEXT_INIT;
    if (step->step->prints)
        print(self, step, &printed);
    add_letters(self, self->explorer.here, step->target, text_string(&printed));
    text_free(&printed);
    return true;
}

static int compare_edges(const void *a, const void *b)
{
    const struct printing_edge *left = a, *right = b;
    return (left->from > right->from) - (left->from < right->from);
}

/* Gives all nodes their numbers, and finds the edges of each. */
static void settle(struct search *self, uint32_t states)
{
    struct printing *printing = &self->printing;
    printing->node_count = states + self->between_count;
    printing->is_final = memory_resize(printing->is_final, printing->node_count, sizeof *printing->is_final);
    for (size_t n = states; n < printing->node_count; n++)
        printing->is_final[n] = false;
    for (size_t e = 0; e < printing->edge_count; e++) {
        struct printing_edge *edge = &printing->edges[e];
        edge->from = edge->from & IS_BETWEEN ? states + (edge->from & ~IS_BETWEEN) : edge->from;
        edge->to = edge->to & IS_BETWEEN ? states + (edge->to & ~IS_BETWEEN) : edge->to;
    }
    if (printing->edge_count > 0)
        qsort(printing->edges, printing->edge_count, sizeof *printing->edges, compare_edges);
    printing->first = memory_new(printing->node_count + 1, sizeof *printing->first);
    for (size_t n = 0, e = 0; n <= printing->node_count; n++) {
        while (e < printing->edge_count && printing->edges[e].from < n)
            e++;
        printing->first[n] = e;
    }
}

static void printing_free(struct printing *self)
{
    memory_free(self->edges);
    memory_free(self->first);
    memory_free(self->is_final);
    *self = (struct printing){0};
}

/* Begins, perhaps anew. */
static void forget(void *context)
{
    struct search *self = context;
    printing_free(&self->printing);
    self->between_count = 0;
    self->final_capacity = 0;
}

/* ---- Counting ------------------------------------------------------------------------------------------------ */

/* Fills *order with the states, each before those that its transitions lead to. Returns false where there is a cycle. */
static bool sort_states(const struct behaviour *self, uint32_t *order)
{
    uint32_t *entering = memory_new(self->state_count, sizeof *entering);
    size_t count = 0;
    for (size_t t = 0; t < self->transition_count; t++)
        entering[self->transitions[t].target]++;
    if (self->state_count > 0 && entering[0] == 0)
        order[count++] = 0;
    for (size_t i = 0; i < count; i++) {
        const struct behaviour_state *state = &self->states[order[i]];
        for (size_t t = state->first; t < state->first + state->count; t++)
            if (--entering[self->transitions[t].target] == 0)
                order[count++] = self->transitions[t].target;
    }
    memory_free(entering);
    return count == self->state_count;
}

static void count_texts(struct behaviour *self, const uint32_t *order)
{
    mpz_set_ui(self->states[0].before, 1);
    for (size_t i = 0; i < self->state_count; i++) {
        const struct behaviour_state *state = &self->states[order[i]];
        for (size_t t = state->first; t < state->first + state->count; t++) {
            mpz_ptr before = self->states[self->transitions[t].target].before;
            mpz_add(before, before, state->before);
        }
    }
    for (size_t i = self->state_count; i-- > 0;) {
        struct behaviour_state *state = &self->states[order[i]];
        mpz_set_ui(state->behind, state->is_final);
        for (size_t t = state->first; t < state->first + state->count; t++)
            mpz_add(state->behind, state->behind, self->states[self->transitions[t].target].behind);
    }
    mpz_set(self->count, self->states[0].behind);
}

/* ---- The least and the greatest ------------------------------------------------------------------------------ */

/* The states are numbered breadth-first, by letters in the order of the alphabet: the first end is that of the text. */
static char *find_shortest(const struct behaviour *self)
{
    uint32_t *parents = memory_new(self->state_count, sizeof *parents);
    char *letters = memory_new(self->state_count, 1);
    for (size_t s = self->state_count; s-- > 0;)
        for (size_t t = self->states[s].first + self->states[s].count; t-- > self->states[s].first;) {
            parents[self->transitions[t].target] = (uint32_t)s;
            letters[self->transitions[t].target] = self->transitions[t].character;
        }
    uint32_t end = 0, length = 0;
    while (!self->states[end].is_final)
        end++;
    for (uint32_t s = end; s != 0; s = parents[s])
        length++;
    char *text = memory_new(length + 1, 1);
    for (uint32_t s = end; s != 0; s = parents[s])
        text[--length] = letters[s];
    memory_free(parents);
    memory_free(letters);
    return text;
}

/* The first in the alphabet of the longest texts. */
static char *find_longest(const struct behaviour *self, const uint32_t *order)
{
    uint32_t *lengths = memory_new(self->state_count, sizeof *lengths); /* most letters to the end */
    struct text text = TEXT_INIT;
    for (size_t i = self->state_count; i-- > 0;) {
        const struct behaviour_state *state = &self->states[order[i]];
        for (size_t t = state->first; t < state->first + state->count; t++)
            if (lengths[self->transitions[t].target] >= lengths[order[i]])
                lengths[order[i]] = lengths[self->transitions[t].target] + 1;
    }
    for (uint32_t s = 0; lengths[s] > 0;) {
        const struct behaviour_transition *transition = &self->transitions[self->states[s].first];
        while (lengths[transition->target] + 1 != lengths[s])
            transition++;
        text_append(&text, &transition->character, 1);
        s = transition->target;
    }
    memory_free(lengths);
    return text_take(&text);
}

/* The first text in the alphabet ends as soon as it can; the last one goes on as long as it can. What goes round on the way
 * has no end: of infinitely many texts none need be the first, or the last. */
static char *find_extreme(const struct behaviour *self, bool is_last)
{
    struct text text = TEXT_INIT;
    uint32_t s = 0;
    while (self->states[s].count > 0 && (is_last || !self->states[s].is_final)) {
        if (text.length == self->state_count) {
            text_free(&text);
            return NULL;
        }
        const struct behaviour_state *state = &self->states[s];
        const struct behaviour_transition *transition =
            &self->transitions[state->first + (is_last ? state->count - 1 : 0)];
        text_append(&text, &transition->character, 1);
        s = transition->target;
    }
    return text_take(&text);
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static bool has_final(const struct printing *self)
{
    for (size_t n = 0; n < self->node_count; n++)
        if (self->is_final[n])
            return true;
    return false;
}

static void conclude(struct behaviour *self)
{
    uint32_t *order = memory_new(self->state_count, sizeof *order);
    for (size_t s = 0; s < self->state_count; s++)
        mpz_inits(self->states[s].before, self->states[s].behind, NULL);
    self->is_infinite = !sort_states(self, order);
    if (self->state_count > 0) {
        self->shortest = find_shortest(self);
        self->first = find_extreme(self, false);
        self->last = find_extreme(self, true);
    }
    if (self->state_count > 0 && !self->is_infinite) {
        count_texts(self, order);
        self->longest = find_longest(self, order);
    }
    memory_free(order);
}

static bool finish(struct behaviour *self, const struct search *search, struct budget *budget)
{
    self->is_of_prefixes = !has_final(&search->printing);
    bool is_found = behaviour_determine(self, &search->printing, self->is_of_prefixes, budget);
    if (is_found)
        conclude(self);
    else
        self->state_count = 0; /* nothing to clear in states */
    return is_found;
}

/* All texts lead from one node to another. */
bool behaviour_make(struct behaviour *self, char *const *texts, size_t count, struct budget *budget)
{
    enum { BEGINNING, END, NODES };
    struct search search = {.printing = {.start_count = 1, .is_final = memory_new(NODES, sizeof(bool))}};
    *self = (struct behaviour){0};
    mpz_inits(self->count, self->schedules, NULL);
    search.printing.is_final[END] = true;
    for (size_t t = 0; t < count; t++)
        add_letters(&search, BEGINNING, END, texts[t]);
    settle(&search, NODES);
    bool is_made = finish(self, &search, budget);
    printing_free(&search.printing);
    return is_made;
}

bool behaviour_find(struct behaviour *self, const struct program *program, const struct scheduler *scheduler,
                    uint64_t max_states, struct budget *budget)
{
    struct search search = {.explorer = {0}};
    struct machine *machine = machine_new(program, NULL, false);
    static const struct explorer_observer observer = {.begin = forget, .state = note_state, .step = note_step};
    const struct explorer_options options = {.phase = "outputs", .max_states = max_states, .no_ways = true};
    *self = (struct behaviour){0};
    mpz_inits(self->count, self->schedules, NULL);
    bool is_found =
        explorer_run(&search.explorer, machine, scheduler, &options, &observer, &search, budget) == EXPLORER_COMPLETE;
    if (is_found) {
        search.printing.start_count = search.explorer.start_count;
        settle(&search, (uint32_t)search.explorer.states.count);
        is_found = finish(self, &search, budget);
    }
    self->printing = memory_copy(&search.printing, sizeof search.printing);
    explorer_free(&search.explorer);
    machine_free(machine);
    return is_found;
}

void behaviour_settle(struct behaviour *self)
{
    if (self->printing != NULL)
        printing_free(self->printing);
    memory_free(self->printing);
    self->printing = NULL;
}

void behaviour_free_numbers(mpz_t *numbers, size_t count)
{
    for (size_t n = 0; n < count && numbers != NULL; n++)
        mpz_clear(numbers[n]);
    memory_free(numbers);
}

void behaviour_free(struct behaviour *self)
{
    behaviour_settle(self);
    behaviour_free_numbers(self->through, self->transition_count);
    for (size_t s = 0; s < self->state_count; s++)
        mpz_clears(self->states[s].before, self->states[s].behind, NULL);
    memory_free(self->states);
    memory_free(self->transitions);
    mpz_clears(self->count, self->schedules, NULL);
    memory_free(self->shortest);
    memory_free(self->longest);
    memory_free(self->first);
    memory_free(self->last);
    *self = (struct behaviour){0};
}

/* ---- For others ---------------------------------------------------------------------------------------------- */

/* Adds what follows a text that leads to a state. */
static void add_outputs(const struct behaviour *self, struct outputs *outputs, uint32_t state, struct text *text)
{
    const struct behaviour_state *from = &self->states[state];
    if (from->is_final)
        outputs_add(outputs, text_string(text));
    for (size_t t = from->first; t < from->first + from->count; t++) {
        text_append(text, &self->transitions[t].character, 1);
        add_outputs(self, outputs, self->transitions[t].target, text);
        text_cut(text, text->length - 1);
    }
}

struct outputs *behaviour_outputs(const struct behaviour *self, uint64_t most)
{
    enum { LENGTH_MAX = 10000 }; /* the way through the states is recursive */
    if (self->is_infinite || mpz_cmp_ui(self->count, (unsigned long)most) > 0 ||
        (self->longest != NULL && strlen(self->longest) > LENGTH_MAX))
        return NULL;
    struct outputs *outputs = outputs_new();
    struct text text = TEXT_INIT;
    if (self->state_count > 0)
        add_outputs(self, outputs, 0, &text);
    text_free(&text);
    return outputs;
}

const struct behaviour_transition *behaviour_find_transition(const struct behaviour *self, size_t state, char character)
{
    const struct behaviour_state *from = &self->states[state];
    for (size_t t = 0; t < from->count; t++)
        if (self->transitions[from->first + t].character == character)
            return &self->transitions[from->first + t];
    return NULL;
}

bool behaviour_has(const struct behaviour *self, const char *text)
{
    size_t state = 0;
    for (; *text != '\0' && self->state_count > 0; text++) {
        const struct behaviour_transition *transition = behaviour_find_transition(self, state, *text);
        if (transition == NULL)
            return false;
        state = transition->target;
    }
    return self->state_count > 0 && self->states[state].is_final;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct outputs *behaviour_outputs_of(const struct behaviour *self, const char *const *texts, size_t count)
{
    const char *const extremes[] = {self->shortest, self->longest, self->first, self->last};
    enum { EXTREMES = sizeof extremes / sizeof extremes[0] };
    const char **all = memory_new(EXTREMES + count, sizeof *all);
    size_t kept = 0;
    for (size_t t = 0; t < EXTREMES + count; t++) {
        const char *text = t < EXTREMES ? extremes[t] : texts[t - EXTREMES];
        if (text != NULL && behaviour_has(self, text))
            all[kept++] = text;
    }
    qsort(all, kept, sizeof *all, compare_texts);
    struct outputs *outputs = outputs_new();
    for (size_t t = 0; t < kept; t++)
        outputs_add(outputs, all[t]);
    memory_free(all);
    return outputs;
}

void behaviour_transition_count(const struct behaviour *self, size_t state, size_t transition, mpz_t count)
{
    mpz_mul(count, self->states[state].before,
            self->states[self->transitions[self->states[state].first + transition].target].behind);
}
