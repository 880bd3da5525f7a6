/* Memory at computed addresses: which word an address is. */
#include "machine/machine_parts.h"

/* ---- Free words ---------------------------------------------------------------------------------------------- */

size_t machine_free_count(const struct machine *self, const uint64_t *state)
{
    size_t count = 0;
    while (count < PROGRAM_FREE_WORDS_MAX && machine_value(self, state, free_value_location(self, count)) != 0)
        count++;
    return count;
}

size_t machine_free_find(const struct machine *self, const uint64_t *state, int64_t address)
{
    size_t number = 0, count = machine_free_count(self, state);
    while (number < count && machine_value(self, state, free_address_location(self, number)) < address)
        number++;
    return number;
}

static int64_t free_value(const struct machine *self, const uint64_t *state, int64_t address)
{
    size_t number = machine_free_find(self, state, address);
    if (number == machine_free_count(self, state) ||
        machine_value(self, state, free_address_location(self, number)) != address)
        return 0;
    return machine_value(self, state, free_value_location(self, number));
}

/* ---- Addresses ----------------------------------------------------------------------------------------------- */

static bool compute_address(const struct machine *self, const uint64_t *state, size_t thread,
                            const struct operand *operand, int64_t *address)
{
    int64_t base = 0, index = 0;
    if (operand->base != REGISTER_NONE)
        base = machine_value(self, state, register_location(self, thread, operand->base));
    if (operand->index != REGISTER_NONE)
        index = machine_value(self, state, register_location(self, thread, operand->index));
    return !__builtin_mul_overflow(index, (int64_t)operand->scale, &index) &&
           !__builtin_add_overflow(operand->value, base, address) && !__builtin_add_overflow(*address, index, address);
}

/* A word that instructions name by its address alone. */
static location_id find_anonymous(const struct machine *self, int64_t address)
{
    size_t low = 0, high = self->anonymous_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->anonymous[middle]->address < address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < self->anonymous_count && self->anonymous[low]->address == address;
    return found ? self->anonymous[low]->word : LOCATION_NONE;
}

static enum failure find_word(const struct machine *self, size_t thread, struct reach *reach)
{
    int64_t address = reach->address, offset = address - PROGRAM_ADDRESS_FIRST;
    bool declared = offset >= 0 && offset < PROGRAM_WORD_SIZE * (int64_t)self->program->declared_words;
    reach->is_stack = address >= PROGRAM_STACK_FIRST && address < PROGRAM_STACK_END;
    reach->word = LOCATION_NONE;
    if ((declared || reach->is_stack) && address % PROGRAM_WORD_SIZE != 0)
        return FAILURE_INSIDE;
    if (declared)
        reach->word = (location_id)(offset / PROGRAM_WORD_SIZE);
    else if (reach->is_stack)
        reach->word = stack_location_at(self, thread, address);
    else
        reach->word = find_anonymous(self, address);
    return FAILURE_NONE;
}

static bool is_in_memory(int64_t address)
{
    return address >= 0 && address < PROGRAM_ADDRESS_END;
}

enum failure machine_resolve(const struct scene *scene, struct reach *reach)
{
    size_t number = scene->instruction->operands[0].kind == OPERAND_COMPUTED ? 0 : 1;
    unsigned use = instruction_use(scene->instruction, number);
    *reach = (struct reach){.reads = (use & USE_READ) != 0, .writes = (use & USE_WRITE) != 0};
    if (!compute_address(scene->machine, scene->state, scene->thread, &scene->instruction->operands[number],
                         &reach->address) ||
        !is_in_memory(reach->address))
        return FAILURE_ADDRESS;
    return find_word(scene->machine, scene->thread, reach);
}

struct scene machine_scene(const struct machine *self, const uint64_t *state, size_t thread, uint32_t index)
{
    struct scene scene = {.machine = self,
                          .state = state,
                          .thread = thread,
                          .index = index,
                          .instruction = instruction_at(self, thread, index)};
    if (state != NULL && self->computes && instruction_computes(scene.instruction) &&
        machine_resolve(&scene, &scene.reach) != FAILURE_NONE)
        scene.reach.word = LOCATION_NONE;
    return scene;
}

static location_id stack_place(const struct scene *scene, int64_t offset)
{
    const struct machine *machine = scene->machine;
    if (scene->state == NULL)
        return stack_location(machine, scene->thread, 0);
    int64_t top = machine_value(machine, scene->state, register_location(machine, scene->thread, REGISTER_SP));
    return stack_location_at(machine, scene->thread, top + offset);
}

/* Behind the last item of a queue. */
static location_id new_item(const struct scene *scene, int64_t queue)
{
    const struct machine *machine = scene->machine;
    location_id first = machine->queue_items[queue];
    if (scene->state == NULL)
        return first;
    return first + (location_id)machine_value(machine, scene->state, queue_length_location(machine, queue));
}

location_id machine_place_location(const struct scene *scene, enum micro_place place)
{
    const struct machine *machine = scene->machine;
    const struct operand *operands = scene->instruction->operands;
    switch (place) {
    case PLACE_FIRST:
    case PLACE_ADDRESS:
        return operand_location(scene, &operands[0]);
    case PLACE_SECOND:
        return operand_location(scene, &operands[1]);
    case PLACE_AX:
        return register_location(machine, scene->thread, REGISTER_AX);
    case PLACE_SP:
        return register_location(machine, scene->thread, REGISTER_SP);
    case PLACE_FLAGS:
        return register_location(machine, scene->thread, REGISTER_FLAGS);
    case PLACE_TOP:
        return stack_place(scene, 0);
    case PLACE_PUSHED:
        return stack_place(scene, -PROGRAM_WORD_SIZE);
    case PLACE_OBJECT:
        return object_location(machine, operand_object_kind(&operands[0]), scene_object(scene));
    case PLACE_LENGTH:
        return queue_length_location(machine, scene_object(scene));
    case PLACE_NEW_ITEM:
        return new_item(scene, scene_object(scene));
    case PLACE_ITEM:
        return machine->queue_items[scene_object(scene)];
    default:
        return LOCATION_NONE;
    }
}

bool machine_uses_memory(const struct machine *self)
{
    return has_stacks(self) || self->names_addresses;
}

/* ---- For those who show it ----------------------------------------------------------------------------------- */

bool machine_reach(const struct machine *self, const uint64_t *state, size_t thread, struct reach *reach)
{
    uint32_t index = machine_index(self, state, thread);
    if (index == self->instruction_counts[thread])
        return false;
    struct scene scene = {
        .machine = self, .state = state, .thread = thread, .instruction = instruction_at(self, thread, index)};
    if (!instruction_computes(scene.instruction) || machine_resolve(&scene, reach) != FAILURE_NONE)
        return false;
    if (reach->is_stack)
        reach->word = LOCATION_NONE;
    return true;
}

int64_t machine_value_at(const struct machine *self, const uint64_t *state, size_t thread, int64_t address)
{
    struct reach reach = {.address = address};
    if (!self->computes || !is_in_memory(address) || find_word(self, thread, &reach) != FAILURE_NONE)
        return 0;
    return reach.word != LOCATION_NONE ? machine_value(self, state, reach.word) : free_value(self, state, address);
}
