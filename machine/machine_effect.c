/* The static view of a machine: what each instruction could do, told without opcodes; and the same of one state, with the
 * locations that are meant, which says where values come from. */
#include "machine/machine_parts.h"
#include "machine/store_buffer.h"
#include "program/counted_event.h"
#include "program/outputs.h"

#include <assert.h>

/* Of two assignments to one location the later one counts. */
static struct assignment *add_assignment(struct effect *effect, location_id target)
{
    size_t place = 0;
    while (place < effect->assignment_count && effect->assignments[place].target != target)
        place++;
    effect->assignment_count += place == effect->assignment_count;
    assert(effect->assignment_count <= EFFECT_ASSIGNMENTS_MAX);
    effect->assignments[place] = (struct assignment){.target = target};
    return &effect->assignments[place];
}

static void add_term(struct assignment *assignment, location_id source, int coefficient)
{
    assert(assignment->term_count < ASSIGNMENT_TERMS_MAX);
    assignment->terms[assignment->term_count++] = (struct term){source, coefficient};
}

/* A constant that cannot be computed statically without overflow does not matter to anyone: only its being constant does. */
static void add_constant(struct assignment *assignment, int64_t value, int coefficient)
{
    if (coefficient >= 0)
        assignment->constant = value;
    else
        assignment->constant = value == INT64_MIN ? INT64_MAX : -value;
}

/* value + base + index * scale */
static void add_address(const struct scene *scene, const struct operand *operand, struct assignment *assignment)
{
    assignment->constant = operand->value;
    if (operand->base != REGISTER_NONE)
        add_term(assignment, register_location(scene->machine, scene->thread, operand->base), 1);
    if (operand->index != REGISTER_NONE)
        add_term(assignment, register_location(scene->machine, scene->thread, operand->index), operand->scale == 1);
}

/* The number of a range that is farthest from 0. */
static int64_t largest_choice(const struct scene *scene)
{
    const struct operand *range = &scene->instruction->operands[0];
    int64_t last = range->value + range->scale;
    return last > -range->value ? last : range->value;
}

static void add_place(const struct scene *scene, const struct micro_operation *micro, enum micro_place place,
                      int coefficient, struct assignment *assignment)
{
    const struct operand *operand = &scene->instruction->operands[place == PLACE_SECOND];
    if (place == PLACE_ADDRESS && operand->kind == OPERAND_COMPUTED) {
        add_address(scene, operand, assignment);
        return;
    }
    location_id source = store_buffer_source(scene, machine_place_location(scene, place));
    if (source != LOCATION_NONE)
        add_term(assignment, source, coefficient);
    else if (!assignment->is_comparison)
        add_constant(assignment,
                     place == PLACE_CONSTANT  ? micro->constant
                     : place == PLACE_BEHIND  ? PROGRAM_CODE_FIRST + (int64_t)scene->index + 1
                     : place == PLACE_SUCCESS ? 1
                     : place == PLACE_CHOICE  ? largest_choice(scene)
                                              : operand->value,
                     coefficient);
}

static void describe_assignment(const struct scene *scene, const struct micro_operation *micro, struct effect *effect)
{
    const struct operation_traits *traits = &operations[micro->operation];
    location_id target = store_buffer_target(scene, machine_place_location(scene, micro->target));
    if (target == LOCATION_NONE)
        return;
    struct assignment *assignment = add_assignment(effect, target);
    assignment->is_comparison = traits->is_comparison;
    /* What is cut down to a number that is not negative is no sum. */
    int linear = scene->instruction->wraps_unsigned ? 0 : 1;
    add_place(scene, micro, micro->a, linear * traits->coefficients[0], assignment);
    if (traits->is_binary)
        add_place(scene, micro, micro->b, linear * traits->coefficients[1], assignment);
}

static int64_t value_of(const struct scene *scene, location_id location)
{
    return location == LOCATION_FREE
               ? machine_value_at(scene->machine, scene->state, scene->thread, scene->reach.address)
               : machine_value(scene->machine, scene->state, location);
}

/* Without a state the target is computed from what is given and from itself; in a state it is one or the other. */
static void describe_replacement(const struct scene *scene, const struct micro_operation *micro, struct effect *effect)
{
    location_id target = machine_place_location(scene, micro->target);
    location_id given = machine_place_location(scene, micro->a), ax = machine_place_location(scene, PLACE_AX);
    if (scene->state != NULL) {
        if (value_of(scene, target) == value_of(scene, ax))
            add_term(add_assignment(effect, target), given, 1);
        return;
    }
    struct assignment *assignment = add_assignment(effect, target);
    if (scene->machine->guarded) {
        add_term(assignment, given, 1);
        return;
    }
    add_term(assignment, given, 0);
    add_term(assignment, target, 0);
}

static void add_decider(struct effect *effect, location_id location)
{
    if (location != LOCATION_NONE)
        effect->deciders[effect->decider_count++] = location;
}

/* The registers of a computed address decide which word it is, and whether it is one; those that pick an object likewise. */
static void add_address_deciders(const struct scene *scene, struct effect *effect)
{
    bool computes = instruction_computes(scene->instruction);
    for (size_t o = 0; o < 2; o++) {
        const struct operand *operand = &scene->instruction->operands[o];
        if (!operand_is_picked(operand) && !(computes && operand->kind == OPERAND_COMPUTED))
            continue;
        if (operand->base != REGISTER_NONE)
            add_decider(effect, register_location(scene->machine, scene->thread, operand->base));
        if (operand->index != REGISTER_NONE)
            add_decider(effect, register_location(scene->machine, scene->thread, operand->index));
    }
}

/* What is there of a word beside a part that is stored stays: no sum says that. */
static void add_part_deciders(const struct scene *scene, struct effect *effect)
{
    for (size_t o = 0; o < 2 && scene->state == NULL; o++)
        if (scene->instruction->operands[o].kind == OPERAND_WORD)
            add_decider(effect, (location_id)scene->instruction->operands[o].value);
}

/* Whether an assertion holds depends on registers of its own thread; the words that it reads are control always. */
static void add_asserted(const struct scene *scene, struct effect *effect)
{
    const struct operand *operand = &scene->instruction->operands[0];
    for (unsigned r = 0; operand->kind == OPERAND_PREDICATE && r < REGISTER_FLAGS; r++)
        if (operand->base >> r & 1)
            add_decider(effect, register_location(scene->machine, scene->thread, r));
}

/* What is printed: where states hold it, it is what was printed before and something more, or the one number that is printed. */
static void add_printed(const struct scene *scene, struct effect *effect)
{
    location_id output = scene->machine->output;
    if (output == LOCATION_NONE || instruction_kind(scene->instruction) != MICRO_PRINT)
        return;
    bool is_number = scene->machine->program->outputs->is_number;
    location_id source = machine_place_location(scene, PLACE_FIRST);
    if (is_number && source == LOCATION_NONE)
        return;
    struct assignment *assignment = add_assignment(effect, output);
    if (!is_number)
        add_term(assignment, output, 0);
    if (source != LOCATION_NONE)
        add_term(assignment, source, is_number ? 1 : 0);
}

/* A thread whose time is over notes it, and no other. */
static void add_giving_up(const struct scene *scene, struct effect *effect)
{
    location_id word = scene->instruction->gives_up - 1;
    if (scene->state == NULL)
        add_term(add_assignment(effect, word), word, 0);
    else if (machine_activity(scene->machine, scene->state, scene->thread) == ACTIVITY_ASLEEP)
        add_assignment(effect, word)->constant = 1;
}

static void add_count(const struct scene *scene, struct effect *effect)
{
    struct assignment *assignment = add_assignment(effect, scene->machine->count);
    add_term(assignment, scene->machine->count, 1);
    assignment->constant = 1;
}

static void describe(const struct scene *scene, struct effect *effect)
{
    *effect = (struct effect){0};
    FOR_EACH_MICRO (micro, scene->instruction) {
        const struct micro_kind_traits *traits = &micro_kinds[micro->kind];
        effect->may_block |= traits->may_block;
        effect->may_branch |= traits->flow != 0 || traits->may_stay;
        bool is_guarded = scene->machine->guarded && micro->kind == MICRO_REPLACE;
        for (size_t d = 0; d < 2 && traits->deciders[d] != PLACE_NONE && !is_guarded; d++)
            add_decider(effect, machine_place_location(scene, traits->deciders[d]));
        if (micro->kind == MICRO_ASSIGN)
            describe_assignment(scene, micro, effect);
        else if (micro->kind == MICRO_REPLACE)
            describe_replacement(scene, micro, effect);
    }
    add_address_deciders(scene, effect);
    if (scene->instruction->part_end > 0)
        add_part_deciders(scene, effect);
    add_asserted(scene, effect);
    add_printed(scene, effect);
    if (scene->instruction->gives_up > 0)
        add_giving_up(scene, effect);
    if (scene->machine->count != LOCATION_NONE && machine_counts(scene))
        add_count(scene, effect);
}

/* A copy into a register that nobody reads before it is written again is as good as not made: fetchadd whose old value is
 * not wanted is an addition. Arithmetic stays, since it can overflow. Only of instructions that go on to the next one. */
static bool is_dead(const struct machine *self, size_t thread, uint32_t index, const struct assignment *assignment)
{
    location_id target = assignment->target;
    bool is_copy = assignment->term_count == 1 && assignment->terms[0].coefficient == 1 && assignment->constant == 0;
    if (!is_copy || machine_location_thread(self, target) < 0 ||
        machine_location_register(self, target) >= self->register_count)
        return false;
    const register_set *live = self->live[thread];
    return (live[index + 1] >> machine_location_register(self, target) & 1) == 0;
}

static void drop_dead_assignments(const struct machine *self, size_t thread, uint32_t index, struct effect *effect)
{
    size_t kept = 0;
    for (size_t a = 0; a < effect->assignment_count; a++)
        if (!is_dead(self, thread, index, &effect->assignments[a]))
            effect->assignments[kept++] = effect->assignments[a];
    effect->assignment_count = kept;
}

void machine_effect(const struct machine *self, size_t thread, uint32_t index, struct effect *effect)
{
    struct scene scene = machine_scene(self, NULL, thread, index);
    describe(&scene, effect);
    if (!self->keep_dead && !effect->may_branch)
        drop_dead_assignments(self, thread, index, effect);
}

static bool is_certified(const struct instruction *instruction)
{
    FOR_EACH_MICRO (micro, instruction)
        if (!micro_kinds[micro->kind].is_portable)
            return false;
    return true;
}

/* The text is what the verifier reads, which knows one language. */
bool machine_can_be_certified(const struct machine *self)
{
    const struct program *program = self->program;
    bool is_ours = program->reading == NULL && program->test == NULL; /* the text is in that language */
    bool is_known =
        is_ours && !machine_uses_memory(self) && program->local_count == 0 && !program_marks_counted(program);
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count && is_known; i++)
            is_known = is_certified(&program->codes[c].instructions[i]);
    return is_known;
}

static bool runs_straight(const struct machine *self, size_t thread)
{
    for (uint32_t i = 0; i < self->instruction_counts[thread]; i++) {
        struct effect effect;
        machine_effect(self, thread, i, &effect);
        if (effect.may_block || effect.may_branch)
            return false;
    }
    return !self->program->threads[thread].is_later;
}

bool machine_is_straight(const struct machine *self)
{
    if (self->buffer_size > 0)
        return false;
    for (size_t t = 0; t < self->program->thread_count; t++)
        if ((t == 0 || self->classes[t] != self->classes[t - 1]) && !runs_straight(self, t))
            return false;
    return true;
}

void machine_derive(const struct machine *self, const uint64_t *state, size_t thread, struct derivation *derivation)
{
    struct scene scene = machine_scene(self, state, thread, machine_index(self, state, thread));
    struct effect effect;
    assert(self->keep_dead);
    describe(&scene, &effect);
    *derivation = (struct derivation){.assignment_count = effect.assignment_count, .address = scene.reach.address};
    for (size_t a = 0; a < effect.assignment_count; a++)
        derivation->assignments[a] = effect.assignments[a];
    if (instruction_kind(scene.instruction) == MICRO_GET) {
        derivation->moved = machine_place_location(&scene, PLACE_ITEM);
        derivation->moved_count = (size_t)value_of(&scene, machine_place_location(&scene, PLACE_LENGTH)) - 1;
    }
}
