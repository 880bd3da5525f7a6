#include "machine/store_buffer.h"

#include "base/memory.h"

#include <string.h>

enum place_part { PLACE_WORD, PLACE_CONTROL, PLACE_DATA, PLACE_PARTS };

/* ---- How many places ------------------------------------------------------------------------------------------- */

enum { STORES_SATURATED = PROGRAM_STORES_MAX + 1 };

/* How many stores wait at most before each instruction of a code, as far as was found. */
struct outstanding {
    const struct code *code;
    uint8_t *stores;
    uint8_t returned; /* behind any call that comes back */
    bool changed;
};

static void lead_to(struct outstanding *self, size_t index, uint8_t stores)
{
    self->changed |= index < self->code->count && self->stores[index] < stores;
    if (index < self->code->count && self->stores[index] < stores)
        self->stores[index] = stores;
}

static uint8_t stores_after(const struct outstanding *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    unsigned stores = instruction_drains(instruction) ? 0 : self->stores[index];
    stores += instruction_may_buffer(instruction);
    return (uint8_t)(stores < STORES_SATURATED ? stores : STORES_SATURATED);
}

static void follow(struct outstanding *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    uint8_t stores = stores_after(self, index);
    if ((flow & FLOW_NEXT) != 0)
        lead_to(self, index + 1, stores);
    if ((flow & FLOW_TARGET) != 0)
        lead_to(self, (size_t)instruction->operands[0].value, stores);
    if ((flow & FLOW_BACK) != 0)
        lead_to(self, index + 1, self->returned);
    if ((flow & FLOW_RETURN) != 0 && self->returned < stores) {
        self->returned = stores;
        self->changed = true;
    }
}

/* The greatest fixed number of stores, which grows until it is saturated. */
static uint8_t most_outstanding(const struct code *code)
{
    struct outstanding self = {code, memory_new(code->count, 1), 0, true};
    uint8_t most = 0;
    while (self.changed) {
        self.changed = false;
        for (uint32_t i = 0; i < code->count; i++)
            follow(&self, i);
    }
    for (uint32_t i = 0; i < code->count; i++)
        most = stores_after(&self, i) > most ? stores_after(&self, i) : most;
    memory_free(self.stores);
    return most;
}

size_t store_buffer_size(const struct program *program)
{
    size_t size = 0, limit = program->store_buffer > 0 ? program->store_buffer : PROGRAM_STORES_MAX;
    for (size_t c = 0; c < program->code_count && program->memory == MEMORY_TSO; c++) {
        size_t most = most_outstanding(&program->codes[c]);
        size = most > size ? most : size;
    }
    return size < limit ? size : limit;
}

size_t store_buffer_locations(size_t size)
{
    return PLACE_PARTS * size;
}

/* ---- Places ---------------------------------------------------------------------------------------------------- */

/* Behind the registers and the stack of a thread. */
static unsigned first_place(const struct machine *self)
{
    return self->register_count + (unsigned)self->stack_count;
}

static location_id place_at(const struct machine *self, size_t thread, enum place_part part, size_t number)
{
    return register_location(self, thread, first_place(self) + (unsigned)(part * self->buffer_size + number));
}

bool store_buffer_has(const struct machine *self, location_id location)
{
    return location >= self->shared_count && machine_location_register(self, location) >= first_place(self);
}

/* The number of a location among those of its thread's buffer. */
static size_t place_of(const struct machine *self, location_id location)
{
    return machine_location_register(self, location) - first_place(self);
}

location_id store_buffer_first(const struct machine *self, location_id location)
{
    return location - (location_id)(place_of(self, location) % self->buffer_size);
}

bool machine_is_buffered_data(const struct machine *self, location_id location)
{
    return store_buffer_has(self, location) && place_of(self, location) / self->buffer_size == PLACE_DATA;
}

enum { WORD_BYTES = 8 };

/* Bytes of a word. */
struct part {
    unsigned first, end;
};

/* What a place says of its word: a word of the program and which bytes, or LOCATION_FREE and its address. */
struct target {
    location_id word;
    int64_t address;
    struct part part;
};

static const struct part whole = {0, WORD_BYTES};

static struct part part_of(const struct instruction *instruction)
{
    return instruction->part_end > 0 ? (struct part){instruction->part_first, instruction->part_end} : whole;
}

/* Where words have parts no address is computed (docs/language.md knows no parts), so that the two do not meet. */
static int64_t key_of(const struct machine *self, const struct target *target)
{
    int64_t words = (int64_t)self->program->word_count;
    if (target->word == LOCATION_FREE)
        return words + 1 + target->address;
    int64_t number = target->part.first * WORD_BYTES + (WORD_BYTES - target->part.end);
    return (int64_t)target->word + 1 + number * (words + 1);
}

static struct target target_of(const struct machine *self, int64_t key)
{
    int64_t words = (int64_t)self->program->word_count, number = key / (words + 1);
    if (number > 0 && !self->has_parts)
        return (struct target){LOCATION_FREE, key - words - 1, whole};
    return (struct target){(location_id)(key % (words + 1) - 1),
                           0,
                           {(unsigned)number / WORD_BYTES, WORD_BYTES - (unsigned)number % WORD_BYTES}};
}

static uint64_t mask_of(struct part part)
{
    uint64_t below = part.end == WORD_BYTES ? UINT64_MAX : (UINT64_C(1) << 8 * part.end) - 1;
    return below & ~((UINT64_C(1) << 8 * part.first) - 1);
}

static int64_t key_at(const struct machine *self, const uint64_t *state, size_t thread, size_t number)
{
    return state_value(self, state, place_at(self, thread, PLACE_WORD, number));
}

size_t store_buffer_count(const struct machine *self, const uint64_t *state, size_t thread)
{
    size_t count = 0;
    while (count < self->buffer_size && key_at(self, state, thread, count) != 0)
        count++;
    return count;
}

static location_id value_at(const struct machine *self, size_t thread, location_id word, size_t number)
{
    bool is_data = word != LOCATION_FREE && self->data[word];
    return place_at(self, thread, is_data ? PLACE_DATA : PLACE_CONTROL, number);
}

/* ---- Loads and stores -------------------------------------------------------------------------------------------- */

static bool is_memory(const struct machine *self, location_id location)
{
    return location == LOCATION_FREE || location < self->program->word_count;
}

/* The last store that waits of what is loaded, or of some bytes of it; SIZE_MAX where none does. */
static size_t newest(const struct machine *self, const uint64_t *state, size_t thread, const struct target *loaded)
{
    size_t number = store_buffer_count(self, state, thread);
    while (number-- > 0) {
        struct target stored = target_of(self, key_at(self, state, thread, number));
        if (stored.word == loaded->word && stored.address == loaded->address &&
            stored.part.first < loaded->part.end && loaded->part.first < stored.part.end)
            return number;
    }
    return SIZE_MAX;
}

location_id store_buffer_source(const struct scene *scene, location_id location)
{
    const struct machine *machine = scene->machine;
    if (machine->buffer_size == 0 || scene->state == NULL || !is_memory(machine, location))
        return location;
    struct target loaded = {location, scene->reach.address, part_of(scene->instruction)};
    size_t number = newest(machine, scene->state, scene->thread, &loaded);
    return number == SIZE_MAX ? location : value_at(machine, scene->thread, location, number);
}

location_id store_buffer_target(const struct scene *scene, location_id location)
{
    const struct machine *machine = scene->machine;
    if (machine->buffer_size == 0 || scene->state == NULL || !is_memory(machine, location) ||
        instruction_form(scene->instruction->opcode)->is_locked || scene->instruction->is_locked)
        return location;
    return value_at(machine, scene->thread, location, store_buffer_count(machine, scene->state, scene->thread));
}

void store_buffer_note(struct execution *self, location_id location, location_id target)
{
    const struct machine *machine = self->scene.machine;
    if (location == target)
        return;
    size_t number = store_buffer_count(machine, self->state, self->scene.thread);
    execution_store(self, place_at(machine, self->scene.thread, PLACE_WORD, number),
                    key_of(machine, &(struct target){location, self->scene.reach.address, part_of(self->scene.instruction)}));
}

static bool is_buffered(const struct scene *scene)
{
    return instruction_may_buffer(scene->instruction) &&
           !(instruction_computes(scene->instruction) && scene->reach.is_stack);
}

/* Whether a store waits that has only some of the bytes of a word that is loaded. */
static bool has_less(const struct machine *self, const uint64_t *state, size_t thread, const struct instruction *load)
{
    for (size_t o = 0; o < 2; o++) {
        if (load->operands[o].kind != OPERAND_WORD || (instruction_use(load, o) & USE_READ) == 0)
            continue;
        struct target loaded = {(location_id)load->operands[o].value, 0, part_of(load)};
        size_t number = newest(self, state, thread, &loaded);
        if (number == SIZE_MAX)
            continue;
        struct part stored = target_of(self, key_at(self, state, thread, number)).part;
        if (stored.first > loaded.part.first || stored.end < loaded.part.end)
            return true;
    }
    return false;
}

bool store_buffer_allows(const struct machine *self, const uint64_t *state, size_t thread, uint32_t index)
{
    size_t count = store_buffer_count(self, state, thread);
    if (instruction_drains(instruction_at(self, thread, index)))
        return count == 0;
    if (self->has_parts && count > 0 && has_less(self, state, thread, instruction_at(self, thread, index)))
        return false;
    if (self->program->store_buffer == 0 || count < self->buffer_size)
        return true;
    struct scene scene = machine_scene(self, state, thread, index);
    return !is_buffered(&scene);
}

void store_buffer_note_places(struct machine *self, const uint64_t *state, size_t thread)
{
    for (size_t number = store_buffer_count(self, state, thread); number-- > 0;) {
        location_id value = place_at(self, thread, PLACE_CONTROL, number);
        machine_note_value(self, place_at(self, thread, PLACE_WORD, number), key_at(self, state, thread, number));
        machine_note_value(self, value, machine_value(self, state, value));
    }
}

/* Free words that wait will need room in memory one day, at the latest. */
static size_t count_waiting_free(const struct machine *self, const uint64_t *state)
{
    size_t count = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        for (size_t number = store_buffer_count(self, state, t); number-- > 0;)
            count += target_of(self, key_at(self, state, t, number)).word == LOCATION_FREE;
    return count;
}

enum failure store_buffer_failure(const struct scene *scene)
{
    const struct machine *machine = scene->machine;
    if (machine->buffer_size == 0 || !is_buffered(scene))
        return FAILURE_NONE;
    if (store_buffer_count(machine, scene->state, scene->thread) == machine->buffer_size)
        return FAILURE_BUFFER;
    bool is_free = instruction_computes(scene->instruction) && scene->reach.word == LOCATION_NONE;
    return is_free && machine_free_count(machine, scene->state) + count_waiting_free(machine, scene->state) >=
                          PROGRAM_FREE_WORDS_MAX
               ? FAILURE_MEMORY
               : FAILURE_NONE;
}

/* ---- Flushes --------------------------------------------------------------------------------------------------- */

bool machine_has_buffers(const struct machine *self)
{
    return self->buffer_size > 0;
}

uint64_t machine_unflushed(const struct machine *self, const uint64_t *state)
{
    uint64_t threads = 0;
    for (size_t t = 0; self->buffer_size > 0 && t < self->program->thread_count; t++)
        threads |= (uint64_t)(key_at(self, state, t, 0) != 0) << t;
    return threads;
}

/* A place takes what the one behind it holds; the last one, nothing. */
static void move_up(struct execution *self, size_t number, bool is_last)
{
    const struct machine *machine = self->scene.machine;
    size_t thread = self->scene.thread;
    int64_t key = is_last ? 0 : key_at(machine, self->state, thread, number + 1);
    location_id value = place_at(machine, thread, PLACE_CONTROL, number + 1);
    execution_store(self, place_at(machine, thread, PLACE_WORD, number), key);
    execution_store(self, place_at(machine, thread, PLACE_CONTROL, number),
                    is_last ? 0 : state_value(machine, self->state, value));
    struct target target = key > 0 ? target_of(machine, key) : (struct target){LOCATION_FREE, 0, whole};
    if (target.word != LOCATION_FREE && machine->data[target.word])
        execution_copy(self, place_at(machine, thread, PLACE_DATA, number),
                       place_at(machine, thread, PLACE_DATA, number + 1));
}

/* The other bytes of the word stay. */
static void store_part(struct execution *self, const struct target *target)
{
    const struct machine *machine = self->scene.machine;
    uint64_t mask = mask_of(target->part), before = (uint64_t)state_value(machine, self->state, target->word);
    location_id value = place_at(machine, self->scene.thread, PLACE_CONTROL, 0);
    execution_store(self, target->word,
                    (int64_t)((before & ~mask) | ((uint64_t)state_value(machine, self->state, value) & mask)));
}

void store_buffer_flush(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    size_t thread = self->scene.thread, count = store_buffer_count(machine, self->state, thread);
    struct target target = target_of(machine, key_at(machine, self->state, thread, 0));
    self->scene.reach.address = target.address;
    if (target.part.first > 0 || target.part.end < WORD_BYTES)
        store_part(self, &target);
    else
        execution_copy(self, target.word, value_at(machine, thread, target.word, 0));
    for (size_t number = 0; number < count; number++)
        move_up(self, number, number + 1 == count);
}

void machine_derive_flush(const struct machine *self, const uint64_t *state, size_t thread,
                          struct derivation *derivation)
{
    struct target target = target_of(self, key_at(self, state, thread, 0));
    location_id oldest = place_at(self, thread, PLACE_CONTROL, 0);
    *derivation = (struct derivation){.assignment_count = 1,
                                      .address = target.address,
                                      .moved = oldest,
                                      .moved_count = store_buffer_count(self, state, thread) - 1};
    bool keeps = target.part.first > 0 || target.part.end < WORD_BYTES;
    derivation->assignments[0] =
        (struct assignment){.target = target.word,
                            .term_count = keeps ? 2 : 1,
                            .terms = {{.source = oldest, .coefficient = 1}, {.source = target.word, .coefficient = 1}}};
}

size_t machine_buffer_place(const struct machine *self, location_id location)
{
    return place_of(self, location) % self->buffer_size;
}

bool machine_waiting_store(const struct machine *self, const uint64_t *state, size_t thread, size_t number,
                           struct waiting_store *store)
{
    if (number >= store_buffer_count(self, state, thread))
        return false;
    struct target target = target_of(self, key_at(self, state, thread, number));
    *store = (struct waiting_store){target.word, target.address, value_at(self, thread, target.word, number)};
    return true;
}

/* ---- For people -------------------------------------------------------------------------------------------------- */

location_id machine_buffered_word(const struct machine *self, const uint64_t *state, location_id location,
                                  int64_t *address)
{
    if (!store_buffer_has(self, location))
        return location;
    size_t thread = (size_t)machine_location_thread(self, location);
    struct target target = target_of(self, key_at(self, state, thread, machine_buffer_place(self, location)));
    *address = target.address;
    return target.word;
}

/* "x", "2000", "x+2" of bytes from the third on; as new. */
static char *target_name(const struct machine *self, const struct target *target)
{
    if (target->word == LOCATION_FREE)
        return text_format("%lld", (long long)target->address);
    char *word = machine_location_name(self, target->word);
    if (target->part.first == 0)
        return word;
    char *name = text_format("%s+%u", word, target->part.first);
    memory_free(word);
    return name;
}

void machine_describe_flush(const struct machine *self, const uint64_t *state, size_t thread, struct text *text)
{
    struct target target = target_of(self, key_at(self, state, thread, 0));
    char *name = target_name(self, &target);
    text_print(text, "%s's store of %s reaches memory", machine_thread_name(self, thread), name);
    memory_free(name);
}

/* The value that is stored, in the bytes that it is for. */
static int64_t stored_value(const struct machine *self, const uint64_t *state, size_t thread, size_t number)
{
    struct target target = target_of(self, key_at(self, state, thread, number));
    return state_value(self, state, place_at(self, thread, PLACE_CONTROL, number)) >> 8 * target.part.first;
}

/* Appends the store at a place: "x=1". */
static void print_store(const struct machine *self, const uint64_t *state, size_t thread, size_t number,
                        struct text *text)
{
    struct target target = target_of(self, key_at(self, state, thread, number));
    char *name = target_name(self, &target);
    text_print(text, "%s=%lld", name, (long long)stored_value(self, state, thread, number));
    memory_free(name);
}

void machine_print_buffers(const struct machine *self, const uint64_t *state, struct text *text)
{
    size_t length = text->length;
    uint64_t threads = machine_unflushed(self, state);
    for (size_t t = 0; threads >> t != 0; t++) {
        size_t count = (threads >> t & 1) != 0 ? store_buffer_count(self, state, t) : 0;
        if (count > 0)
            text_print(text, "%s%s: ", text->length > length ? "; " : "", self->program->threads[t].name);
        for (size_t number = 0; number < count; number++) {
            text_print(text, "%s", number > 0 ? ", " : "");
            print_store(self, state, t, number, text);
        }
        if (t == 63)
            break;
    }
}

void store_buffer_tell(const struct machine *self, const uint64_t *before, const uint64_t *after, size_t thread,
                       struct text *text)
{
    size_t count = store_buffer_count(self, after, thread);
    if (count <= store_buffer_count(self, before, thread))
        return;
    struct target target = target_of(self, key_at(self, after, thread, count - 1));
    char *name = target_name(self, &target);
    text_print(text, "puts `%s` = %lld into its store buffer", name,
               (long long)stored_value(self, after, thread, count - 1));
    memory_free(name);
}
