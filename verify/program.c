#include "verify/program.h"

#include "verify/token.h"
#include "verify/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Names ----------------------------------------------------------------------------------------------------- */

static const char *const register_names[REGISTER_COUNT] = {"ax", "bx", "cx", "dx", "ex", "fx", "sp", "bp", "flags"};

size_t register_find(struct span name)
{
    size_t number = 0;
    while (number < REGISTER_COUNT && !span_is(name, register_names[number]))
        number++;
    return number;
}

const char *register_name(size_t number)
{
    return register_names[number];
}

static int compare(struct span a, struct span b)
{
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return memcmp(a.text, b.text, a.length);
}

/* Where a name is in the order, or would be. */
static size_t search(const struct items *self, struct span name)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare(self->at[self->order[middle]].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct item *items_find(const struct items *self, struct span name)
{
    size_t place = search(self, name);
    bool is_there = place < self->count && span_equals(self->at[self->order[place]].name, name);
    return is_there ? &self->at[self->order[place]] : NULL;
}

struct item *items_add(struct items *self, struct span name, int64_t number, size_t most)
{
    size_t place = search(self, name), behind = self->count - place;
    if (self->count == most)
        verdict_malformed(name.text, "the program has more than %zu names of one kind", most);
    self->at = storage_grow(self->at, self->count, &self->capacity, sizeof *self->at);
    self->order = storage_grow(self->order, self->count, &self->order_capacity, sizeof *self->order);
    memmove(self->order + place + 1, self->order + place, behind * sizeof *self->order);
    self->order[place] = (uint16_t)self->count;
    self->at[self->count] = (struct item){.name = name, .number = number};
    return &self->at[self->count++];
}

enum operand_kind program_find(const struct program *self, struct span name, const struct item **item)
{
    if ((*item = items_find(&self->variables, name)) != NULL)
        return OPERAND_WORD;
    for (unsigned kind = 0; kind < OBJECT_KINDS; kind++)
        if ((*item = items_find(&self->objects[kind].names, name)) != NULL)
            return (enum operand_kind)(OPERAND_OBJECT << kind);
    return (enum operand_kind)0;
}

const struct item *program_add_variable(struct program *self, struct span name, size_t words, int64_t initial)
{
    if (self->word_count + words > WORDS_MAX)
        verdict_malformed(name.text, "the program has more than %d words of memory", WORDS_MAX);
    struct item *item = items_add(&self->variables, name, (int64_t)self->word_count, WORDS_MAX);
    item->size = words;
    for (size_t i = 0; i < words; i++)
        self->words[self->word_count++] = initial;
    return item;
}

/* ---- Locations ------------------------------------------------------------------------------------------------- */

size_t program_object_location(const struct program *self, enum object_kind kind, size_t number)
{
    return self->word_count + (kind == OBJECT_EVENT ? self->objects[OBJECT_SEMAPHORE].count : 0) + number;
}

size_t program_register_location(const struct program *self, size_t thread, size_t number)
{
    return program_object_location(self, OBJECT_EVENT, self->objects[OBJECT_EVENT].count) + thread * REGISTER_COUNT +
           number;
}

size_t program_place_location(const struct program *self, size_t thread, size_t number)
{
    return program_register_location(self, self->thread_count, 0) + thread * STORES_MAX + number;
}

struct span program_word_name(const struct program *self, size_t word, size_t *index)
{
    size_t low = 0,
           high = self->variables
                      .count; /* the variable is one of those from low to high - 1, in the order of their words */
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if ((size_t)self->variables.at[middle].number <= word)
            low = middle;
        else
            high = middle;
    }
    const struct item *variable = &self->variables.at[low];
    *index = variable->size > 1 ? word - (size_t)variable->number : SIZE_MAX;
    return variable->name;
}

size_t program_location_count(const struct program *self)
{
    return program_place_location(self, self->is_tso ? self->thread_count : 0, 0);
}

int64_t program_initial_value(const struct program *self, size_t location)
{
    const struct objects *semaphores = &self->objects[OBJECT_SEMAPHORE], *events = &self->objects[OBJECT_EVENT];
    if (location < self->word_count)
        return self->words[location];
    location -= self->word_count;
    if (location < semaphores->count)
        return semaphores->at[location].number;
    location -= semaphores->count;
    if (location < events->count)
        return events->at[location].number;
    location -= events->count;
    return self->threads[location / REGISTER_COUNT].registers[location % REGISTER_COUNT];
}

/* How places are called: as certificates write them, or as people may, in .observe and in what is claimed. */
enum spelling { SPELLED_EXACTLY, SPELLED_FREELY };

/* An index or an address; people may write it hexadecimal. */
static bool read_index(struct span word, enum spelling spelling, int64_t *number)
{
    uint64_t written;
    if (spelling == SPELLED_EXACTLY || !span_starts_with(word, "0x"))
        return span_read_number(word, number);
    bool is_read = span_read_written(word, &written) && written <= INT64_MAX;
    *number = is_read ? (int64_t)written : 0;
    return is_read;
}

/* By its name; people may call it T0, T1, ..., too, if no thread has that name. */
static size_t find_thread(const struct program *self, struct span name, enum spelling spelling)
{
    int64_t number;
    for (size_t t = 0; t < self->thread_count; t++)
        if (span_is(name, self->threads[t].name))
            return t;
    bool is_index = spelling == SPELLED_FREELY && span_starts_with(name, "T") &&
                    span_read_number(span_rest(name, 1), &number) && number >= 0;
    return is_index && (uint64_t)number < self->thread_count ? (size_t)number : SIZE_MAX;
}

/* T0.%ax, where the name is T0 and the rest %ax; T0.1. */
static size_t find_own(const struct program *self, struct span name, struct span rest, enum spelling spelling)
{
    int64_t place;
    size_t thread = find_thread(self, name, spelling);
    bool may_be_place = self->is_tso && spelling == SPELLED_EXACTLY && thread != SIZE_MAX;
    if (may_be_place && span_read_number(rest, &place) && place >= 0 && place < STORES_MAX)
        return program_place_location(self, thread, (size_t)place);
    size_t number = span_starts_with(rest, "%") ? register_find(span_rest(rest, 1)) : REGISTER_COUNT;
    return thread == SIZE_MAX || number == REGISTER_COUNT ? SIZE_MAX : program_register_location(self, thread, number);
}

/* table[3], where the name is table and the rest 3]. */
static size_t find_element(const struct program *self, struct span name, struct span rest, enum spelling spelling)
{
    const struct item *variable = items_find(&self->variables, name);
    struct span index = span_take(&rest, ']');
    int64_t number;
    bool is_closed = index.text + index.length < rest.text && rest.length == 0;
    if (variable == NULL || variable->size == 1 || !is_closed || !read_index(index, spelling, &number) || number < 0 ||
        number >= (int64_t)variable->size)
        return SIZE_MAX;
    return (size_t)(variable->number + number);
}

/* The location of the semaphore or event of a name, or SIZE_MAX. */
static size_t find_object(const struct program *self, enum object_kind kind, struct span name)
{
    const struct objects *objects = &self->objects[kind];
    for (size_t i = 0; i < objects->count; i++)
        if (span_equals(objects->at[i].name, name))
            return program_object_location(self, kind, i);
    return SIZE_MAX;
}

/* The same of a word or a register. */
static size_t find_place(const struct program *self, struct span name, enum spelling spelling)
{
    struct span rest = span_rest(name, span_name_length(name)), front = {name.text, name.length - rest.length};
    if (span_starts_with(rest, "."))
        return find_own(self, front, span_rest(rest, 1), spelling);
    if (span_starts_with(rest, "["))
        return find_element(self, front, span_rest(rest, 1), spelling);
    const struct item *variable = items_find(&self->variables, name);
    return variable != NULL && variable->size == 1 ? (size_t)variable->number : SIZE_MAX;
}

size_t program_find_location(const struct program *self, struct span name)
{
    size_t location = find_place(self, name, SPELLED_EXACTLY);
    if (location == SIZE_MAX)
        location = find_object(self, OBJECT_SEMAPHORE, name);
    return location != SIZE_MAX ? location : find_object(self, OBJECT_EVENT, name);
}

int64_t program_find_address(struct program *self, int64_t address, const char *at)
{
    int64_t offset = address - ADDRESS_FIRST;
    if (address < 0 || address >= ADDRESS_END - STACK_SIZE)
        verdict_malformed(at, "the program has an address out of its range");
    if (offset >= 0 && offset / WORD_SIZE < (int64_t)self->declared_words) {
        if (offset % WORD_SIZE != 0)
            verdict_malformed(at, "the program has an address inside a word");
        return offset / WORD_SIZE;
    }
    char digits[24];
    struct span name = {digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, address)};
    const struct item *variable = items_find(&self->variables, name);
    if (variable == NULL) {
        name.text = memcpy(storage_new(name.length, 1), digits, name.length);
        variable = program_add_variable(self, name, 1, 0);
    }
    return variable->number;
}

size_t program_observe(struct program *self, struct span name)
{
    int64_t address;
    const struct item *variable = items_find(&self->variables, name);
    size_t location = variable != NULL ? (size_t)variable->number : find_place(self, name, SPELLED_FREELY);
    size_t first = program_register_location(self, 0, 0);
    if (location != SIZE_MAX && location >= first && (location - first) % REGISTER_COUNT == FLAGS)
        return SIZE_MAX;
    if (location == SIZE_MAX && read_index(name, SPELLED_FREELY, &address))
        location = (size_t)program_find_address(self, address, name.text);
    return location;
}

/* What .observe names is there, and is named once. */
static void check_observed(struct program *self)
{
    size_t locations[OBSERVED_MAX];
    for (size_t i = 0; i < self->observed_count; i++)
        (void)program_observe(self, self->observed[i]); /* addresses become words, which moves the registers */
    for (size_t i = 0; i < self->observed_count; i++) {
        struct span name = self->observed[i];
        size_t location = program_observe(self, name);
        bool is_new = i < OBSERVED_MAX && (location != SIZE_MAX || span_is(name, "output"));
        for (size_t o = 0; o < i && is_new; o++)
            is_new = locations[o] != location;
        if (!is_new)
            verdict_malformed(name.text, "the program observes what it does not have, or has named before");
        locations[i] = location;
    }
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

struct program *program_new(int64_t threads, int64_t iters, size_t steps_most)
{
    struct program *self = storage_new(1, sizeof *self);
    items_add(&self->symbols, (struct span){"THREADS", 7}, threads, SYMBOLS_MAX);
    items_add(&self->symbols, (struct span){"ITERS", 5}, iters, SYMBOLS_MAX);
    self->steps_most = steps_most < INSTRUCTIONS_MAX ? steps_most : INSTRUCTIONS_MAX;
    return self;
}

/* Adds a thread that runs a code, of the name of its section or the next of T0, T1, ... */
static void add_thread(struct program *self, const struct section *section, struct code code)
{
    char number[24];
    size_t thread = self->thread_count;
    snprintf(number, sizeof number, "T%zu", thread);
    struct span name = section->name.length > 0 ? section->name : (struct span){number, strlen(number)};
    if (find_thread(self, name, SPELLED_EXACTLY) != SIZE_MAX)
        verdict_malformed(section->at, "the program has two threads of one name");
    self->threads[thread].name = storage_new(name.length + 1, 1);
    memcpy(self->threads[thread].name, name.text, name.length);
    self->threads[thread].code = code;
    self->threads[thread].is_later = section->is_later;
    self->threads[thread].registers[SP] = ADDRESS_END;
    self->thread_count++;
}

/* The statements of a section once more, for another thread. */
static struct statement *copy_statements(struct program *self, const struct section *section)
{
    self->copied += section->count;
    if (self->copied > self->steps_most)
        verdict_malformed(section->at, "the program is too long for its states, with a code for each thread");
    struct statement *copy = storage_new(section->count, sizeof *copy);
    memcpy(copy, section->statements, section->count * sizeof *copy);
    return copy;
}

/* The threads of a section; where nothing mentions SELF they share their code. */
static void add_threads(struct program *self, const struct section *section)
{
    int64_t count = section->name.length > 0 ? 1 : self->symbols.at[0].number;
    struct code code = {0};
    bool has_self = true;
    if ((int64_t)self->thread_count + count > THREADS_MAX)
        verdict_malformed(section->at, "the program has more than %d threads", THREADS_MAX);
    for (int64_t i = 0; i < count; i++) {
        if (has_self) {
            code = (struct code){.statements = i == 0 ? section->statements : copy_statements(self, section)};
            has_self = program_read_operands(self, section, code.statements, self->thread_count);
            program_lay_out(self, section, &code);
        }
        add_thread(self, section, code);
    }
}

int64_t program_find_named(const struct program *self, struct span name)
{
    int64_t found = -1, before = 0; /* the threads of .main come first */
    for (size_t i = 0; i < self->section_count; i++)
        before += self->sections[i].name.length == 0 ? self->symbols.at[0].number : 0;
    for (size_t i = 0; i < self->section_count && found < 0; i++) {
        found = name.length > 0 && span_equals(self->sections[i].name, name) ? before : -1;
        before += self->sections[i].name.length > 0;
    }
    return found;
}

/* What can happen at one moment must have an end: a thread that chooses, and one that wakes another one up. */
static void check_choices(const struct program *self)
{
    size_t choices = 0, wakers = 0;
    for (size_t t = 0; t < self->thread_count; t++) {
        const struct code *code = &self->threads[t].code;
        size_t most = 0;
        bool wakes = false;
        for (size_t i = 0; i < code->count; i++) {
            const struct instruction *instruction = code->steps[i].instruction;
            size_t range = instruction->kinds[0] == OPERAND_RANGE ? instruction->extent + (size_t)1 : 0;
            most = range > most ? range : most;
            wakes = wakes || instruction->kinds[0] == OPERAND_CONDITION;
        }
        choices += most;
        wakers += wakes;
    }
    if (choices + wakers * wakers / 4 > CHOICES_TOTAL_MAX)
        verdict_malformed(self->sections[0].at, "the program has too much to choose from at one moment");
}

/* The threads of .main come first, wherever it stands. */
void program_read(struct program *self, struct span lines)
{
    program_read_lines(self, lines);
    for (int is_named = 0; is_named <= 1; is_named++)
        for (size_t i = 0; i < self->section_count; i++)
            if ((self->sections[i].name.length > 0) == is_named)
                add_threads(self, &self->sections[i]);
    check_choices(self);
    check_observed(self);
    const struct item *tso = items_find(&self->symbols, (struct span){"TSO", 3});
    self->is_tso = tso != NULL ? tso->number != 0 : self->is_tso;
    const struct item *room = items_find(&self->symbols, (struct span){"STORE_BUFFER", 12});
    if (room != NULL && (room->number < 1 || room->number > STORES_MAX))
        verdict_malformed(self->sections[0].at, "a store buffer of another size than 1 to 32");
    self->stores_wait = room != NULL;
    self->stores_most = room != NULL ? (size_t)room->number : STORES_MAX;
    const struct item *spurious = items_find(&self->symbols, (struct span){"SPURIOUS", 8});
    self->is_spurious = spurious != NULL && spurious->number != 0;
}
