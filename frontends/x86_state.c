/* What a thread is at one moment of its execution; equal states. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <string.h>

struct x86_state *x86_state_new(struct x86 *self, uint32_t thread)
{
    struct x86_state *state = arena_take(&self->arena, sizeof *state);
    *state = (struct x86_state){.thread = thread, .born = UINT64_C(1) << thread};
    return state;
}

struct x86_state *x86_state_copy(struct x86 *self, const struct x86_state *state)
{
    struct x86_state *copy = arena_take(&self->arena, sizeof *copy);
    *copy = *state;
    copy->cells = arena_take(&self->arena, (state->cell_count + 1) * sizeof *copy->cells);
    copy->cell_capacity = state->cell_count;
    if (state->cell_count > 0)
        memcpy(copy->cells, state->cells, state->cell_count * sizeof *copy->cells);
    copy->next = NULL;
    return copy;
}

/* ---- Registers of the program ------------------------------------------------------------------------------------ */

typedef void visitor(void *context, struct x86_value *value);

/* Goes through all values of a state, always in the same order. */
static void visit(struct x86_state *state, visitor *visit_one, void *context)
{
    for (size_t r = 0; r < X86_REGISTERS; r++) {
        visit_one(context, &state->registers[r]);
        if (state->low_bytes[r] > 0)
            visit_one(context, &state->low[r]);
        visit_one(context, &state->wide[r][0]);
        visit_one(context, &state->wide[r][1]);
    }
    visit_one(context, &state->destination);
    for (size_t l = 0; l < state->loaded_count; l++)
        visit_one(context, &state->loaded[l]);
    if (state->flags.kind != X86_FLAGS_NONE) {
        visit_one(context, &state->flags.a);
        visit_one(context, &state->flags.b);
        visit_one(context, &state->flags.result);
    }
    for (size_t c = 0; c < state->cell_count; c++)
        visit_one(context, &state->cells[c].value);
}

static void note_used(void *context, struct x86_value *value)
{
    uint64_t *used = context;
    if (value->kind == X86_DYNAMIC)
        *used |= UINT64_C(1) << value->number;
}

static uint64_t used_registers(struct x86_state *state)
{
    uint64_t used = 0;
    visit(state, note_used, &used);
    return used;
}

bool x86_free_register(struct x86 *self, struct x86_state *state, int64_t *number)
{
    uint64_t used = used_registers(state) | state->pinned;
    for (*number = REGISTER_COUNT; *number < REGISTERS_MAX; ++*number)
        if ((used >> *number & 1) == 0) {
            state->pinned |= UINT64_C(1) << *number;
            return true;
        }
    return x86_refuse(self, "a thread holds more than %d values at once that depend on the others",
                      REGISTERS_MAX - REGISTER_COUNT);
}

struct learnt {
    int64_t number, value;
};

static void learn(void *context, struct x86_value *value)
{
    const struct learnt *learnt = context;
    if (value->kind == X86_DYNAMIC && value->number == learnt->number)
        *value = X86_NUMBER(x86_cut(learnt->value, value->view));
}

void x86_state_learn(struct x86_state *state, int64_t number, int64_t value)
{
    struct learnt learnt = {number, value};
    visit(state, learn, &learnt);
}

struct renamed {
    struct x86_value value;
    int64_t number;
};

static void rename_one(void *context, struct x86_value *value)
{
    const struct renamed *renamed = context;
    const struct x86_value *old = &renamed->value;
    if (value->kind == X86_DYNAMIC && value->number == old->number && value->view.bytes == old->view.bytes &&
        value->view.is_signed == old->view.is_signed)
        *value = x86_in_register(renamed->number, value->view);
}

void x86_state_rename(struct x86_state *state, struct x86_value value, int64_t number)
{
    struct renamed renamed = {value, number};
    visit(state, rename_one, &renamed);
}

/* ---- Private memory ---------------------------------------------------------------------------------------------- */

/* The first cell that ends behind an address. */
static size_t find_cell(const struct x86_state *state, int64_t address)
{
    size_t first = 0, end = state->cell_count;
    while (first < end) {
        size_t middle = (first + end) / 2;
        const struct x86_cell *cell = &state->cells[middle];
        if (cell->address + cell->size <= address)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static bool overlaps(const struct x86_cell *cell, int64_t address, uint8_t size)
{
    return cell->address < address + size && address < cell->address + cell->size;
}

/* A byte that no cell has: as it was at the start; of stacks and blocks that is not known. */
static bool first_byte(const struct x86 *self, int64_t address, uint8_t *byte)
{
    address = x86_first_address(address);
    const struct gas_section *section = gas_section_at(&self->unit, address);
    *byte = section != NULL ? section->bytes[address - section->address] : 0;
    return section != NULL;
}

/* A part of a cell: some of its bytes, from the lowest on or not. */
static bool take_part(struct x86 *self, struct x86_state *state, const struct x86_cell *cell, int64_t address,
                      uint8_t size, struct x86_value *value)
{
    int64_t skipped = address - cell->address;
    *value = cell->value;
    if (value->kind == X86_KNOWN)
        value->number = (int64_t)((uint64_t)value->number >> 8 * skipped);
    else if (value->kind == X86_DYNAMIC && skipped > 0) {
        struct operand whole;
        int64_t number;
        if (!x86_exact(self, state, *value, X86_SIGNED(8), &whole) || !x86_free_register(self, state, &number))
            return false;
        x86_emit(self, state, X86_OWN, OPCODE_MOV, whole, x86_register(number));
        x86_emit(self, state, X86_OWN, OPCODE_SHR, x86_immediate(8 * skipped), x86_register(number));
        *value = x86_in_register(number, X86_SIGNED(8));
    }
    *value = x86_low(*value, size);
    return true;
}

/* Bytes that lie in one cell, or in none: how many, from an address on, and their value; that of a byte without a cell is known or nobody's. */
static bool take_piece(struct x86 *self, struct x86_state *state, int64_t address, int64_t end, uint8_t *size,
                       struct x86_value *value)
{
    size_t c = find_cell(state, address);
    uint8_t byte;
    if (c < state->cell_count && overlaps(&state->cells[c], address, 1)) {
        const struct x86_cell cell = state->cells[c];
        int64_t cell_end = cell.address + cell.size;
        *size = (uint8_t)((cell_end < end ? cell_end : end) - address);
        return take_part(self, state, &cell, address, *size, value);
    }
    *size = 1;
    *value = first_byte(self, address, &byte) ? X86_NUMBER(byte) : X86_NOTHING;
    return true;
}

/* Puts bytes into a value at a distance from its lowest one. Where one is nobody's, or another thread's, all is. */
static bool put_piece(struct x86 *self, struct x86_state *state, struct x86_value piece, uint8_t size, int64_t distance,
                      struct x86_value *value)
{
    if (value->kind == X86_CHANCE || piece.kind == X86_CHANCE)
        *value = X86_CHANCES;
    else if (value->kind == X86_NO_VALUE || piece.kind == X86_NO_VALUE)
        *value = X86_NOTHING;
    else if (value->kind == X86_FOREIGN || piece.kind == X86_FOREIGN)
        *value = (struct x86_value){.kind = X86_FOREIGN};
    else
        return x86_extend(self, state, &piece, X86_UNSIGNED(size)) &&
               x86_compute(self, state, X86_SHL, 8, piece, X86_NUMBER(8 * distance), &piece) &&
               x86_compute(self, state, X86_OR, 8, *value, piece, value);
    return true;
}

/* Several cells. */
static bool compose(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value *value)
{
    *value = X86_NUMBER(0);
    for (int64_t at = address, end = address + size; at < end;) {
        uint8_t part;
        struct x86_value piece;
        if (!take_piece(self, state, at, end, &part, &piece) ||
            !put_piece(self, state, piece, part, at - address, value))
            return false;
        at += part;
    }
    *value = x86_low(*value, size);
    return true;
}

bool x86_private_load(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value *value)
{
    size_t c = find_cell(state, address);
    if (c < state->cell_count) {
        const struct x86_cell cell = state->cells[c];
        if (cell.address <= address && cell.address + cell.size >= address + size)
            return take_part(self, state, &cell, address, size, value);
    }
    return compose(self, state, address, size, value);
}

static void insert(struct x86 *self, struct x86_state *state, size_t at, struct x86_cell cell)
{
    if (state->cell_count == state->cell_capacity) {
        size_t capacity = state->cell_capacity < 16 ? 16 : 2 * state->cell_capacity;
        struct x86_cell *cells = arena_take(&self->arena, capacity * sizeof *cells);
        if (state->cell_count > 0)
            memcpy(cells, state->cells, state->cell_count * sizeof *cells);
        state->cells = cells;
        state->cell_capacity = capacity;
    }
    memmove(state->cells + at + 1, state->cells + at, (state->cell_count - at) * sizeof *state->cells);
    state->cells[at] = cell;
    state->cell_count++;
}

static void erase(struct x86_state *state, size_t at)
{
    memmove(state->cells + at, state->cells + at + 1, (state->cell_count - at - 1) * sizeof *state->cells);
    state->cell_count--;
}

/* What is left of a cell on both sides of bytes that are overwritten. */
static bool keep_sides(struct x86 *self, struct x86_state *state, const struct x86_cell *cell, int64_t address,
                       uint8_t size)
{
    int64_t end = cell->address + cell->size;
    struct x86_cell side;
    if (end > address + size) {
        side = (struct x86_cell){.address = address + size, .size = (uint8_t)(end - address - size)};
        if (!take_part(self, state, cell, side.address, side.size, &side.value))
            return false;
        insert(self, state, find_cell(state, side.address), side);
    }
    if (cell->address < address) {
        side = (struct x86_cell){.address = cell->address, .size = (uint8_t)(address - cell->address)};
        side.value = x86_low(cell->value, side.size);
        insert(self, state, find_cell(state, side.address), side);
    }
    return true;
}

bool x86_private_store(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value value)
{
    for (size_t c = find_cell(state, address); c < state->cell_count && overlaps(&state->cells[c], address, size);
         c = find_cell(state, address)) {
        struct x86_cell cell = state->cells[c];
        erase(state, c);
        if (!keep_sides(self, state, &cell, address, size))
            return false;
    }
    insert(self, state, find_cell(state, address), (struct x86_cell){address, size, x86_low(value, size)});
    return true;
}

void x86_state_drop_stack(struct x86_state *state, int64_t kept)
{
    if (state->registers[GAS_RSP].kind != X86_KNOWN)
        return;
    int64_t top = x86_stack_top(state->thread), end = state->registers[GAS_RSP].number - kept;
    size_t left = 0;
    for (size_t c = 0; c < state->cell_count; c++) {
        const struct x86_cell *cell = &state->cells[c];
        bool is_below = cell->address >= top - X86_STACK_SIZE && cell->address + cell->size <= end;
        if (!is_below)
            state->cells[left++] = *cell;
    }
    state->cell_count = left;
}

void x86_state_forget(struct x86 *self, struct x86_state *state)
{
    enum { RED_ZONE = 128 };
    const struct x86_instruction *instruction = &self->code[state->at];
    for (size_t r = 0; r < X86_REGISTERS; r++)
        if ((instruction->live >> r & 1) == 0) {
            state->registers[r] = X86_NOTHING;
            state->low_bytes[r] = 0;
        }
    if (!instruction->flags_live)
        state->flags = (struct x86_flags){0};
    x86_state_drop_stack(state, RED_ZONE);
}

/* ---- Equal states ------------------------------------------------------------------------------------------------ */

struct key {
    struct text text;
    uint8_t order[REGISTERS_MAX];
    size_t count;
};

static void put(struct key *key, const void *bytes, size_t count)
{
    text_append(&key->text, bytes, count);
}

/* Registers of the program are numbered as they come. */
static void put_value(void *context, struct x86_value *value)
{
    struct key *key = context;
    unsigned char kind = (unsigned char)value->kind;
    put(key, &kind, 1);
    if (value->kind == X86_KNOWN)
        put(key, &value->number, sizeof value->number);
    if (value->kind != X86_DYNAMIC)
        return;
    uint8_t place = 0;
    while (place < key->count && key->order[place] != (uint8_t)value->number)
        place++;
    if (place == key->count)
        key->order[key->count++] = (uint8_t)value->number;
    uint8_t rest[] = {
        place,        value->range.bytes, value->range.is_signed, value->view.bytes, value->view.is_signed,
        value->zeros, value->is_indexed};
    put(key, rest, sizeof rest);
    put(key, &value->origin, sizeof value->origin);
    put(key, &value->added, sizeof value->added);
    put(key, &value->source, sizeof value->source);
}

static void make_key(struct x86_state *state, struct key *key)
{
    put(key, &state->at, sizeof state->at);
    put(key, state->low_bytes, sizeof state->low_bytes);
    unsigned char flags[] = {(unsigned char)state->flags.kind, state->flags.width};
    put(key, flags, sizeof flags);
    put(key, &state->born, sizeof state->born);
    put(key, &state->joined, sizeof state->joined);
    put(key, &state->children, sizeof state->children);
    put(key, &state->heap, sizeof state->heap);
    put(key, &state->atomic, sizeof state->atomic);
    put(key, &state->atomic_top, sizeof state->atomic_top);
    for (size_t c = 0; c < state->cell_count; c++) {
        put(key, &state->cells[c].address, sizeof state->cells[c].address);
        put(key, &state->cells[c].size, 1);
    }
    visit(state, put_value, key);
}

/* Moves what is in some registers of the program to others, all at once. */
static bool move_registers(struct x86 *self, struct x86_state *state, const uint8_t *from, const uint8_t *to,
                           size_t count)
{
    uint8_t sources[REGISTERS_MAX];
    bool is_done[REGISTERS_MAX] = {false};
    memcpy(sources, from, count);
    state->pinned = 0;
    for (size_t i = 0; i < count; i++)
        state->pinned |= UINT64_C(1) << from[i] | UINT64_C(1) << to[i];
    for (size_t left = count; left > 0;) {
        size_t ready = SIZE_MAX;
        for (size_t i = 0; i < count && ready == SIZE_MAX; i++) {
            bool is_needed = false;
            for (size_t j = 0; j < count; j++)
                is_needed |= !is_done[j] && j != i && sources[j] == to[i];
            if (!is_done[i] && !is_needed)
                ready = i;
        }
        if (ready == SIZE_MAX) { /* a cycle: one of it waits elsewhere */
            int64_t spare;
            size_t i = 0;
            while (is_done[i])
                i++;
            if (!x86_free_register(self, state, &spare))
                return false;
            x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(sources[i]), x86_register(spare));
            sources[i] = (uint8_t)spare;
            continue;
        }
        if (sources[ready] != to[ready])
            x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(sources[ready]), x86_register(to[ready]));
        is_done[ready] = true;
        left--;
    }
    return true;
}

static void note_meeting(struct x86 *self, struct x86_state *state, const struct key *key)
{
    struct x86_thread *thread = &self->threads[state->thread];
    char *name = arena_take(&self->arena, key->text.length);
    struct x86_meeting meeting = {.label = x86_new_label(self, state), .order_count = key->count};
    memcpy(name, key->text.bytes, key->text.length);
    meeting.order = arena_take(&self->arena, key->count + 1);
    memcpy(meeting.order, key->order, key->count);
    x86_land(self, state, meeting.label);
    thread->meetings = memory_grow(thread->meetings, thread->meeting_count, &thread->meeting_capacity, sizeof meeting);
    name_table_add(&thread->met, name, key->text.length, thread->meeting_count);
    thread->meetings[thread->meeting_count++] = meeting;
}

bool x86_state_is_met(struct x86 *self, struct x86_state *state)
{
    struct key key = {.text = TEXT_INIT};
    struct x86_thread *thread = &self->threads[state->thread];
    make_key(state, &key);
    size_t found = name_table_find(&thread->met, key.text.bytes, key.text.length);
    if (found == NAME_TABLE_NONE)
        note_meeting(self, state, &key);
    else {
        struct x86_meeting meeting = thread->meetings[found];
        if (move_registers(self, state, key.order, meeting.order, key.count))
            x86_emit(self, state, X86_OWN, OPCODE_J, x86_target(meeting.label), x86_none);
        state->is_over = true;
    }
    text_free(&key.text);
    return found != NAME_TABLE_NONE;
}
