#include "space/control_graph.h"

#include "base/memory.h"
#include "space/components.h"

#include <string.h>

/* An exploration under way. */
struct survey {
    struct control_graph *graph;
    struct budget *budget;
    struct macrostep macrostep;
    struct guarding guarding;
    struct condition_on_data guards[STEP_GUARDS_MAX]; /* of the step that is being entered */
    size_t guard_count;
    size_t first_way; /* of the steps that differ in how comparisons turn out, the first */
    struct groups groups;
    uint64_t *here, *after;
    uint8_t place[SYSTEM_THREADS_MAX];
    bool is_narrow, is_unsayable;
};

/* ---- Commands ------------------------------------------------------------------------------------------------ */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    for (size_t b = 0; b < count; b++)
        hash = (hash ^ byte[b]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Member by member, since structs have holes. */
static uint64_t hash_command(const struct control_graph *self, const struct command *command)
{
    uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), command->place, self->system->thread_count);
    for (size_t g = 0; g < command->guard_count; g++) {
        const struct condition_on_data *guard = &self->guards[command->first_guard + g];
        hash = hash_bytes(hash, &guard->left, sizeof guard->left);
        hash = hash_bytes(hash, &guard->right, sizeof guard->right);
        hash = hash_bytes(hash, &guard->addend, sizeof guard->addend);
        hash = hash_bytes(hash, &guard->signs, sizeof guard->signs);
    }
    for (size_t m = 0; m < command->move_count; m++) {
        const struct move *move = &self->moves[command->first_move + m];
        hash = hash_bytes(hash, &move->target, sizeof move->target);
        hash = hash_bytes(hash, &move->source, sizeof move->source);
        hash = hash_bytes(hash, &move->addend, sizeof move->addend);
    }
    return hash ^ hash >> 29;
}

static bool same_guard(const struct condition_on_data *a, const struct condition_on_data *b)
{
    return a->left == b->left && a->right == b->right && a->addend == b->addend && a->signs == b->signs;
}

static bool same_move(const struct move *a, const struct move *b)
{
    return a->target == b->target && a->source == b->source && a->addend == b->addend;
}

static bool same_commands(const struct control_graph *self, const struct command *a, const struct command *b)
{
    bool same = a->guard_count == b->guard_count && a->move_count == b->move_count &&
                memcmp(a->place, b->place, self->system->thread_count) == 0;
    for (size_t g = 0; same && g < a->guard_count; g++)
        same = same_guard(&self->guards[a->first_guard + g], &self->guards[b->first_guard + g]);
    for (size_t m = 0; same && m < a->move_count; m++)
        same = same_move(&self->moves[a->first_move + m], &self->moves[b->first_move + m]);
    return same;
}

static void enter_in_table(struct control_graph *self, uint32_t number)
{
    size_t place = (size_t)hash_command(self, &self->commands[number]) & (self->table_size - 1);
    while (self->table[place] != STATESET_NONE)
        place = (place + 1) & (self->table_size - 1);
    self->table[place] = number;
}

static void grow_table(struct control_graph *self)
{
    enum { FIRST_SIZE = 256 };
    if (2 * (self->command_count + 1) < self->table_size)
        return;
    self->table_size = self->table_size > 0 ? 2 * self->table_size : FIRST_SIZE;
    memory_free(self->table);
    self->table = memory_new(self->table_size, sizeof *self->table);
    memset(self->table, 0xff, self->table_size * sizeof *self->table);
    for (size_t c = 0; c < self->command_count; c++)
        enter_in_table(self, (uint32_t)c);
}

/* Writes down the command of the last macrostep behind the others, without counting it. */
static struct command *write_command(struct survey *survey)
{
    struct control_graph *self = survey->graph;
    const struct composition *net = &survey->macrostep.net;
    self->commands = memory_grow(self->commands, self->command_count, &self->command_capacity, sizeof *self->commands);
    struct command *command = &self->commands[self->command_count];
    *command = (struct command){(uint32_t)self->guard_count,
                                (uint32_t)self->move_count,
                                (uint16_t)survey->guard_count,
                                (uint16_t)net->count,
                                {0}};
    memcpy(command->place, survey->place, self->system->thread_count);
    while (self->guard_capacity < self->guard_count + command->guard_count)
        self->guards = memory_grow(self->guards, self->guard_capacity, &self->guard_capacity, sizeof *self->guards);
    while (self->move_capacity < self->move_count + command->move_count)
        self->moves = memory_grow(self->moves, self->move_capacity, &self->move_capacity, sizeof *self->moves);
    for (size_t g = 0; g < command->guard_count; g++)
        self->guards[self->guard_count + g] = survey->guards[g];
    for (size_t m = 0; m < command->move_count; m++)
        self->moves[self->move_count + m] = net->moves[m];
    return command;
}

/* Returns the number of the last macrostep's command, which is kept where there is none like it. */
static uint32_t add_command(struct survey *survey)
{
    struct control_graph *self = survey->graph;
    grow_table(self);
    const struct command *command = write_command(survey);
    size_t place = (size_t)hash_command(self, command) & (self->table_size - 1);
    for (; self->table[place] != STATESET_NONE; place = (place + 1) & (self->table_size - 1))
        if (same_commands(self, &self->commands[self->table[place]], command))
            return self->table[place];
    self->table[place] = (uint32_t)self->command_count++;
    self->guard_count += command->guard_count;
    self->move_count += command->move_count;
    return self->table[place];
}

/* ---- Exploring ----------------------------------------------------------------------------------------------- */

/* Enters a state, canonical, where it is new. Returns STATESET_NONE where there is no more room. */
static uint32_t enter_state(struct survey *survey, const uint64_t *state)
{
    struct control_graph *self = survey->graph;
    bool is_new;
    if (!stateset_reserve(&self->states, 1))
        return STATESET_NONE;
    return stateset_add(&self->states, state, stateset_hash(&self->states, state), &is_new);
}

/* ---- Ways of a step ------------------------------------------------------------------------------------------ */

static void list_guards(struct survey *survey)
{
    survey->guard_count = survey->guarding.count;
    for (size_t g = 0; g < survey->guard_count; g++) {
        const struct guard *guard = &survey->guarding.guards[g];
        survey->guards[g] =
            (struct condition_on_data){guard->left, guard->right, guard->addend, (uint8_t)(1u << (guard->sign + 1))};
    }
}

/* Whether the guards of an entered command are those of the step that is being entered, but for how one comparison turns out, whose
 * number is *differing. */
static bool differs_once(const struct survey *survey, const struct command *command, size_t *differing)
{
    size_t differences = 0;
    if (command->guard_count != survey->guard_count)
        return false;
    for (size_t g = 0; g < survey->guard_count; g++) {
        const struct condition_on_data *old = &survey->graph->guards[command->first_guard + g],
                                       *new = &survey->guards[g];
        if (old->left != new->left || old->right != new->right || old->addend != new->addend)
            return false;
        if (old->signs != new->signs) {
            *differing = g;
            differences++;
        }
    }
    return differences == 1;
}

static bool does_the_same(const struct survey *survey, const struct command *command)
{
    const struct composition *net = &survey->macrostep.net;
    bool same = command->move_count == net->count &&
                memcmp(command->place, survey->place, survey->graph->system->thread_count) == 0;
    for (size_t m = 0; same && m < net->count; m++)
        same = same_move(&survey->graph->moves[command->first_move + m], &net->moves[m]);
    return same;
}

/* Where a step was entered that does the same if a comparison turns out in another way, that one is both. */
static bool join_way(struct survey *survey, const struct control_step *step)
{
    struct control_graph *self = survey->graph;
    for (size_t s = self->step_count; s-- > survey->first_way;) {
        struct control_step *entered = &self->steps[s];
        const struct command *command = &self->commands[entered->command];
        size_t differing;
        if (entered->target != step->target || entered->failing != step->failing || entered->failure != step->failure ||
            entered->index != step->index || !does_the_same(survey, command) ||
            !differs_once(survey, command, &differing))
            continue;
        survey->guards[differing].signs |= self->guards[command->first_guard + differing].signs;
        entered->command = add_command(survey);
        return true;
    }
    return false;
}

static bool enter_step(struct survey *survey, uint32_t source, size_t thread)
{
    struct control_graph *self = survey->graph;
    const struct macrostep *macrostep = &survey->macrostep;
    struct control_step step = {.source = source, .target = STATESET_NONE, .thread = (uint8_t)thread};
    for (size_t t = 0; t < self->system->thread_count; t++)
        survey->place[t] = (uint8_t)t;
    if (macrostep->step.result == STEP_TAKEN) {
        if (self->system->symmetric)
            system_canonicalize(self->system, survey->after, survey->place);
        step.target = enter_state(survey, survey->after);
        if (step.target == STATESET_NONE)
            return false;
    } else {
        step.failing = (uint8_t)macrostep->thread;
        step.failure = macrostep->step.failure;
        step.index = macrostep->step.index;
    }
    if (macrostep->greatest_addend > self->greatest_addend)
        self->greatest_addend = macrostep->greatest_addend;
    if (macrostep->length > self->longest)
        self->longest = macrostep->length;
    /* Where steps without a choice are one, there may be a thousand comparisons in it. */
    if (macrostep->dies || macrostep->net.overflows || survey->guarding.overflows ||
        (self->system->collapses && survey->guarding.count > 0)) {
        survey->is_unsayable = true;
        return false;
    }
    list_guards(survey);
    if (join_way(survey, &step))
        return true;
    step.command = add_command(survey);
    struct control_step *steps =
        budget_grow(survey->budget, self->steps, self->step_count + 1, &self->step_capacity, sizeof *steps);
    if (steps == NULL)
        return false;
    self->steps = steps;
    self->steps[self->step_count++] = step;
    return true;
}

/* Takes a step of a thread in all ways in which its comparisons can turn out. */
static bool take_steps(struct survey *survey, uint32_t source, const struct system_choices *choices, unsigned option,
                       size_t thread)
{
    struct macrostep *macrostep = &survey->macrostep;
    survey->first_way = survey->graph->step_count;
    guarding_begin(&survey->guarding);
    do {
        macrostep->step.guarding = &survey->guarding;
        macrostep_run(macrostep, survey->here, choices, option, thread, survey->after);
        if (macrostep->step.result == STEP_TOO_NARROW) {
            survey->is_narrow = true;
            return false;
        }
        if (!enter_step(survey, source, thread))
            return false;
    } while (guarding_advance(&survey->guarding));
    return true;
}

static bool note_state(struct survey *survey, uint32_t number, const struct system_choices *choices)
{
    struct control_graph *self = survey->graph;
    const struct machine *machine = self->system->machine;
    unsigned count = system_choice_count(choices);
    bool is_over = machine_finished(machine, survey->here) == machine_everybody(machine);
    struct control_state *about =
        budget_grow(survey->budget, self->about, (size_t)number + 1, &self->state_capacity, sizeof *about);
    self->about = about != NULL ? about : self->about;
    uint64_t *first =
        budget_grow(survey->budget, self->first_step, (size_t)number + 2, &self->first_capacity, sizeof *first);
    self->first_step = first != NULL ? first : self->first_step;
    if (about == NULL || first == NULL)
        return false;
    self->about[number] = (struct control_state){.choices = (uint16_t)count,
                                                 .end = count > 0 ? CONTROL_GOES_ON
                                                        : is_over ? CONTROL_FINAL
                                                                  : CONTROL_DEADLOCK,
                                                 .overlaps = machine_section_count(machine) > 0 &&
                                                             macrostep_finds_overlap(machine, survey->here)};
    self->first_step[number] = self->step_count;
    return true;
}

static bool expand_state(struct survey *survey, uint32_t number)
{
    struct control_graph *self = survey->graph;
    struct system_choices choices;
    memcpy(survey->here, stateset_at(&self->states, number), self->system->quads * sizeof *survey->here);
    system_choices(self->system, survey->here, &choices);
    system_groups(self->system, survey->here, &survey->groups);
    if (!note_state(survey, number, &choices))
        return false;
    for (unsigned option = 0; option < choices.options; option++)
        for (size_t g = 0; g < survey->groups.count; g++) {
            size_t thread = survey->groups.leader[g];
            if ((choices.threads[option] >> thread & 1) != 0 && !take_steps(survey, number, &choices, option, thread))
                return false;
        }
    self->first_step[number + 1] = self->step_count;
    return true;
}

static bool enter_starts(struct survey *survey)
{
    struct control_graph *self = survey->graph;
    for (uint64_t which = 0; which < system_start_count(self->system); which++) {
        system_start(self->system, which, survey->here);
        system_canonicalize(self->system, survey->here, NULL);
        if (enter_state(survey, survey->here) == STATESET_NONE)
            return false;
    }
    self->start_count = self->states.count;
    return true;
}

static enum control_graph_result explore(struct survey *survey, size_t max_states)
{
    enum { STATES_A_LOOK = 4096 };
    struct control_graph *self = survey->graph;
    if (!enter_starts(survey))
        return CONTROL_GRAPH_LIMIT;
    for (size_t next = 0; next < self->states.count; next++) {
        if (self->states.count > max_states)
            return CONTROL_GRAPH_LARGE;
        if (!expand_state(survey, (uint32_t)next))
            return survey->is_unsayable ? CONTROL_GRAPH_UNSAYABLE : CONTROL_GRAPH_LIMIT;
        if (next % STATES_A_LOOK == STATES_A_LOOK - 1 && budget_spent(survey->budget, "exploring control", next, 0, 0))
            return CONTROL_GRAPH_LIMIT;
    }
    return CONTROL_GRAPH_COMPLETE;
}

/* ---- Layers -------------------------------------------------------------------------------------------------- */

/* Lists the steps that lead to each state. */
static void list_entries(struct control_graph *self)
{
    size_t count = self->states.count;
    self->first_entry = memory_new(count + 2, sizeof *self->first_entry);
    self->entries = memory_new(self->step_count, sizeof *self->entries);
    for (size_t s = 0; s < self->step_count; s++)
        if (self->steps[s].target != STATESET_NONE)
            self->first_entry[self->steps[s].target + 2]++;
    for (size_t n = 2; n < count + 2; n++)
        self->first_entry[n] += self->first_entry[n - 1];
    for (size_t s = 0; s < self->step_count; s++)
        if (self->steps[s].target != STATESET_NONE)
            self->entries[self->first_entry[self->steps[s].target + 1]++] = (uint32_t)s;
}

/* The layer of each component: one more than the latest of those from which steps lead to it, which have greater numbers. */
static uint32_t *find_layers(struct control_graph *self, const struct components *components)
{
    uint32_t *layers = memory_new(self->component_count, sizeof *layers);
    for (uint32_t c = self->component_count; c-- > 0;)
        for (size_t m = components->first[c]; m < components->first[c + 1]; m++) {
            uint32_t state = components->members[m];
            for (uint64_t s = self->first_step[state]; s < self->first_step[state + 1]; s++) {
                if (self->steps[s].target == STATESET_NONE)
                    continue;
                uint32_t to = self->component[self->steps[s].target];
                if (to != c && layers[to] <= layers[c])
                    layers[to] = layers[c] + 1;
            }
        }
    return layers;
}

/* Numbers the components anew, layer by layer, and lists their members. */
static void order_components(struct control_graph *self, const uint32_t *layers)
{
    uint32_t *number = memory_new(self->component_count, sizeof *number);
    for (uint32_t c = 0; c < self->component_count; c++)
        self->layer_count = layers[c] >= self->layer_count ? layers[c] + 1 : self->layer_count;
    self->first_component = memory_new((size_t)self->layer_count + 2, sizeof *self->first_component);
    for (uint32_t c = 0; c < self->component_count; c++)
        self->first_component[layers[c] + 2]++;
    for (size_t l = 2; l < (size_t)self->layer_count + 2; l++)
        self->first_component[l] += self->first_component[l - 1];
    for (uint32_t c = self->component_count; c-- > 0;)
        number[c] = self->first_component[layers[c] + 1]++;
    self->first_member = memory_new((size_t)self->component_count + 2, sizeof *self->first_member);
    self->members = memory_new(self->states.count, sizeof *self->members);
    for (size_t n = 0; n < self->states.count; n++) {
        self->component[n] = number[self->component[n]];
        self->first_member[self->component[n] + 2]++;
    }
    for (size_t c = 2; c < (size_t)self->component_count + 2; c++)
        self->first_member[c] += self->first_member[c - 1];
    for (uint32_t n = 0; n < self->states.count; n++)
        self->members[self->first_member[self->component[n] + 1]++] = n;
    memory_free(number);
}

static void lay_in_layers(struct control_graph *self)
{
    size_t count = self->states.count;
    struct components_steps steps = {self->first_step, self->steps != NULL ? &self->steps->target : NULL,
                                     sizeof *self->steps};
    struct components components;
    list_entries(self);
    components_start_over(&components, &steps, count);
    components_find(&components, NULL, count);
    self->is_cyclic = components.is_cyclic;
    self->component_count = components.count;
    self->component = memory_new(count, sizeof *self->component);
    for (size_t n = 0; n < count; n++)
        self->component[n] = components.of[n] - 1;
    uint32_t *layers = find_layers(self, &components);
    components_free(&components);
    order_components(self, layers);
    memory_free(layers);
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static void start(struct survey *survey, const struct machine *machine, const struct scheduler *scheduler,
                  const struct system_options *options)
{
    struct control_graph *self = survey->graph;
    self->system = system_new(machine, scheduler, options);
    stateset_start(&self->states, self->system->quads, survey->budget);
    macrostep_start(&survey->macrostep, self->system);
    survey->here = memory_new(self->system->quads, sizeof *survey->here);
    survey->after = memory_new(self->system->quads, sizeof *survey->after);
    survey->is_narrow = false;
}

static void finish(struct survey *survey)
{
    macrostep_free(&survey->macrostep);
    memory_free(survey->here);
    memory_free(survey->after);
}

enum control_graph_result control_graph_explore(struct control_graph *self, struct machine *machine,
                                                const struct scheduler *scheduler, const struct system_options *options,
                                                size_t max_states, struct budget *budget)
{
    enum control_graph_result result;
    struct survey survey = {.graph = self, .budget = budget};
    *self = (struct control_graph){0};
    do {
        control_graph_free(self);
        start(&survey, machine, scheduler, options);
        result = explore(&survey, max_states);
        if (survey.is_narrow)
            machine_widen(machine, survey.macrostep.step.narrow, survey.macrostep.step.narrow_value);
        finish(&survey);
    } while (survey.is_narrow);
    self->longest *= machine_longest_step(machine);
    if (result == CONTROL_GRAPH_COMPLETE)
        lay_in_layers(self);
    return result;
}

void control_graph_free(struct control_graph *self)
{
    stateset_free(&self->states);
    system_free(self->system);
    memory_free(self->about);
    memory_free(self->first_step);
    memory_free(self->steps);
    memory_free(self->commands);
    memory_free(self->guards);
    memory_free(self->moves);
    memory_free(self->first_entry);
    memory_free(self->entries);
    memory_free(self->component);
    memory_free(self->members);
    memory_free(self->first_member);
    memory_free(self->first_component);
    memory_free(self->table);
    *self = (struct control_graph){0};
}
