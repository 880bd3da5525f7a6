/* Loads and stores: private memory, and the places that threads share. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

#define STACK_FIRST INT64_C(0x7f0000000000)
#define HEAP_FIRST INT64_C(0x20000000)
#define LOCALS_FIRST INT64_C(0x40000000)
#define LOCALS_SIZE (INT64_C(1) << 24)

int64_t x86_stack_top(uint32_t thread)
{
    return STACK_FIRST - (int64_t)thread * 2 * X86_STACK_SIZE;
}

int64_t x86_heap_first(uint32_t thread)
{
    return HEAP_FIRST + (int64_t)thread * 2 * X86_HEAP_SIZE;
}

int64_t x86_thread_pointer(uint32_t thread)
{
    return LOCALS_FIRST + thread * LOCALS_SIZE - GAS_LOCAL_FIRST;
}

static bool is_local(int64_t address)
{
    return address >= LOCALS_FIRST && address < LOCALS_FIRST + PROGRAM_THREADS_MAX * LOCALS_SIZE;
}

int64_t x86_first_address(int64_t address)
{
    return is_local(address) ? (address - LOCALS_FIRST) % LOCALS_SIZE + GAS_LOCAL_FIRST : address;
}

/* ---- Objects ----------------------------------------------------------------------------------------------------- */

static bool in_stack(const struct x86 *self, int64_t address, int64_t *first, int64_t *end)
{
    for (uint32_t t = 0; t < self->thread_count; t++)
        if (address >= x86_stack_top(t) - X86_STACK_SIZE && address < x86_stack_top(t)) {
            *first = x86_stack_top(t) - X86_STACK_SIZE;
            *end = x86_stack_top(t);
            return true;
        }
    return false;
}

static bool in_block(const struct x86 *self, int64_t address, int64_t *first, int64_t *end)
{
    for (size_t b = 0; b < self->block_count; b++)
        if (address >= self->blocks[b].address && address - self->blocks[b].address < self->blocks[b].size) {
            *first = self->blocks[b].address;
            *end = self->blocks[b].address + self->blocks[b].size;
            return true;
        }
    return false;
}

bool x86_object_bounds(struct x86 *self, int64_t address, int64_t *first, int64_t *end)
{
    int64_t known = x86_first_address(address);
    const struct gas_symbol *symbol = gas_symbol_at(&self->unit, known);
    const struct gas_section *section = gas_section_at(&self->unit, known);
    if (symbol != NULL) {
        *first = symbol->address + (address - known);
        *end = *first + symbol->size;
        return true;
    }
    if (section != NULL) {
        *first = section->address + (address - known);
        *end = *first + (int64_t)section->count;
        return true;
    }
    return in_stack(self, address, first, end) || in_block(self, address, first, end);
}

bool x86_is_read_only(const struct x86 *self, int64_t address)
{
    const struct gas_section *section = gas_section_at(&self->unit, address);
    return section != NULL && section->kind == GAS_READ_ONLY;
}

/* Of the streams of C++ only the address has a meaning: what is written there is how they format. */
static bool is_stream(const struct x86 *self, int64_t address)
{
    const struct gas_symbol *symbol = gas_symbol_at(&self->unit, address);
    return symbol != NULL && symbol->length == 9 && memcmp(symbol->name, "_ZSt4c", 6) == 0;
}

/* An end that is not there in code would be the error of every path that leads here: it is one of the program. */
static bool check_access(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, bool writes)
{
    int64_t first, end;
    if (x86_object_bounds(self, address, &first, &end) && address + size <= end &&
        !(writes && x86_is_read_only(self, address)))
        return true;
    if (writes && is_stream(self, address))
        return x86_stream_refuse(self, state, &(struct x86_call){"<<", 0});
    if (address >= 0 && address < 4096)
        x86_emit_crash(self, state, "a null pointer is followed");
    else if (writes && x86_is_read_only(self, address))
        x86_emit_crash(self, state, "a constant is written");
    else
        x86_emit_failure(self, state, "an address outside all variables is followed");
    return false;
}

/* A part is named as in the source where its type is known. */
static char *name_part(const struct x86 *self, const struct gas_symbol *symbol, int64_t offset, uint8_t size)
{
    bool is_signed, is_whole = offset == 0 && symbol->size <= size;
    char *whole = x86_symbol_name(symbol),
         *source = gas_types_name(&self->types, symbol->address + offset, size, &is_signed);
    bool is_element = symbol->size % size == 0 && offset % size == 0;
    char *name = source != NULL ? text_format("%s%s", whole, source + strcspn(source, "[."))
                 : is_whole     ? memory_copy_string(whole)
                 : is_element   ? text_format("%s[%" PRId64 "]", whole, offset / size)
                                : text_format("%s+%" PRId64, whole, offset);
    memory_free(source);
    memory_free(whole);
    return name;
}

/* What each thread has of its own. */
static char *name_local(const struct x86 *self, const struct gas_symbol *symbol, int64_t offset, uint8_t size,
                        int64_t thread)
{
    char *name = name_part(self, symbol, offset, size);
    char *local = thread == 0 ? text_format("main.%s", name) : text_format("T%" PRId64 ".%s", thread, name);
    memory_free(name);
    return local;
}

char *x86_place_name(struct x86 *self, int64_t address, uint8_t size)
{
    int64_t known = x86_first_address(address), first, end;
    const struct gas_symbol *symbol = gas_symbol_at(&self->unit, known);
    if (symbol != NULL && known != address)
        return name_local(self, symbol, known - symbol->address, size, (address - LOCALS_FIRST) / LOCALS_SIZE);
    if (symbol != NULL)
        return name_part(self, symbol, address - symbol->address, size);
    for (uint32_t t = 0; t < self->thread_count; t++)
        if (address >= x86_stack_top(t) - X86_STACK_SIZE && address < x86_stack_top(t))
            return t == 0 ? text_format("main.stack[%" PRId64 "]", x86_stack_top(t) - address)
                          : text_format("T%" PRIu32 ".stack[%" PRId64 "]", t, x86_stack_top(t) - address);
    if (address >= X86_RESULTS_FIRST && address < X86_RESULTS_FIRST + 8 * PROGRAM_THREADS_MAX)
        return text_format("T%" PRId64 ".result", (address - X86_RESULTS_FIRST) / 8);
    if (address >= X86_LIMITS_FIRST && address < X86_LIMITS_FIRST + 8 * PROGRAM_THREADS_MAX)
        return text_format("T%" PRId64 ".timeout", (address - X86_LIMITS_FIRST) / 8);
    if (in_block(self, address, &first, &end))
        for (size_t b = 0; b < self->block_count; b++)
            if (self->blocks[b].address == first)
                return text_format("block%zu[%" PRId64 "]", b + 1, address - first);
    return text_format("memory[%" PRId64 "]", address);
}

/* As the source has it; where that is not known, or it is of 64 bits, with a sign. */
struct x86_form x86_place_form(struct x86 *self, const struct x86_place *place)
{
    enum { UNKNOWN, SIGNED, UNSIGNED };
    if (*place->sign == UNKNOWN) {
        bool is_signed;
        char *name = gas_types_name(&self->types, place->address, place->size, &is_signed);
        *place->sign = name != NULL && !is_signed && place->size < 8 ? UNSIGNED : SIGNED;
        memory_free(name);
    }
    return (struct x86_form){place->size, *place->sign == SIGNED};
}

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

/* Has the instruction executed again for each number that a dynamic part of an address can be. */
static bool know_part(struct x86 *self, struct x86_state *state, struct x86_value part, int64_t known, int64_t factor,
                      uint8_t size)
{
    const char *failure = "an address outside all variables is followed";
    struct x86_addresses parts = {0};
    struct operand place;
    if (!x86_list_parts(self, known, part, factor, size, &parts) && parts.count > 0) {
        failure = "an address is followed that is computed in a way that racecheck does not follow";
        if (!self->is_lenient) {
            memory_free(parts.values);
            return x86_refuse(self, "%s", failure);
        }
    }
    bool is_exact = x86_exact(self, state, part, X86_SIGNED(8), &place);
    if (is_exact && parts.count >= X86_ADDRESSES_MAX)
        x86_refuse(self, "an address that depends on the other threads, in an object of more than %d elements",
                   X86_ADDRESSES_MAX);
    else if (is_exact && parts.count == 0)
        x86_refuse_way(self, state, "an address that depends on the other threads, of which nothing is known");
    else if (is_exact && place.value != part.number) {
        /* Another register has the integer that is looked at: the state must not have the first one any more. */
        x86_state_rename(state, part, place.value);
        x86_enumerate(self, state, place, parts.values, parts.count, failure);
    } else if (is_exact)
        x86_enumerate(self, state, place, parts.values, parts.count, failure);
    memory_free(parts.values);
    return false;
}

static bool address_register(struct x86 *self, struct x86_state *state, uint8_t number, struct x86_value *value)
{
    *value = X86_NUMBER(0);
    return number >= X86_REGISTERS || x86_read_register(self, state, number, 8, value);
}

bool x86_address(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t size,
                 int64_t *address)
{
    struct x86_value base, index;
    uint64_t known = (uint64_t)gas_value(&self->unit, &operand->number);
    if (operand->is_local)
        known += (uint64_t)x86_thread_pointer(state->thread);
    if (!address_register(self, state, operand->base, &base) || !address_register(self, state, operand->index, &index))
        return false;
    if (base.kind == X86_KNOWN)
        known += (uint64_t)base.number;
    if (index.kind == X86_KNOWN)
        known += (uint64_t)index.number * operand->scale;
    if (base.kind != X86_KNOWN && base.kind != X86_DYNAMIC)
        return x86_refuse_way(self, state, "the address that is followed here is not known");
    if (index.kind != X86_KNOWN && index.kind != X86_DYNAMIC)
        return x86_refuse_way(self, state, "the index that is used here is not known");
    if (base.kind == X86_DYNAMIC && index.kind == X86_DYNAMIC)
        return x86_refuse(self, "an address of which both parts depend on the other threads");
    if (base.kind == X86_DYNAMIC)
        return know_part(self, state, base, (int64_t)known, 1, size);
    if (index.kind == X86_DYNAMIC)
        return know_part(self, state, index, (int64_t)known, operand->scale, size);
    *address = (int64_t)known;
    return true;
}

bool x86_pointer(struct x86 *self, struct x86_state *state, struct x86_value value, uint8_t size, int64_t *address)
{
    *address = value.number;
    if (value.kind == X86_KNOWN)
        return true;
    if (value.kind == X86_DYNAMIC)
        return know_part(self, state, value, 0, 1, size);
    return x86_refuse_way(self, state, "the address that is handed over here is not known");
}

/* ---- Shared places ----------------------------------------------------------------------------------------------- */

static struct instruction *access_word(struct x86 *self, struct x86_state *state, enum opcode opcode,
                                       struct operand from, struct operand to)
{
    struct instruction *instruction = x86_emit(self, state, X86_ACCESS, opcode, from, to);
    instruction->is_locked = state->is_locked;
    state->is_joined |= state->is_whole;
    return instruction;
}

/* Whether stores wait in store buffers, each with the bytes that it is for: but those of locked instructions do not, and where there is one
 * processor nobody meets them. */
static bool has_buffer(const struct x86 *self, const struct x86_state *state)
{
    return self->program->memory == MEMORY_TSO && !self->input->is_one_processor && !state->is_locked;
}

static void access_part(struct instruction *instruction, const struct x86_place *place, int64_t address, uint8_t size)
{
    instruction->part_first = (uint8_t)(address - place->address);
    instruction->part_end = address + size == place->address + place->size ? 8 : instruction->part_first + size;
}

/* All of a place, of which some bytes are asked for. */
static bool load_place(struct x86 *self, struct x86_state *state, const struct x86_place *place, int64_t address,
                       uint8_t size, struct x86_value *value)
{
    int64_t number;
    struct x86_form form = x86_place_form(self, place);
    struct operand word = x86_word(self, place);
    if (x86_was_loaded(state, value))
        return true;
    if (self->error->set || !x86_free_register(self, state, &number))
        return false;
    struct instruction *load = access_word(self, state, OPCODE_MOV, word, x86_register(number));
    if (size < place->size && has_buffer(self, state))
        access_part(load, place, address, size);
    *value = x86_in_register(number, form);
    x86_tell_source(self, place, value);
    if (!x86_know_loaded(self, state, place, value))
        return false;
    x86_remember_loaded(self, state, *value);
    return true;
}

static bool load_shared(struct x86 *self, struct x86_state *state, const struct x86_place *place, int64_t address,
                        uint8_t size, struct x86_value *value)
{
    if (!load_place(self, state, place, address, size, value))
        return false;
    if (address > place->address &&
        !x86_compute(self, state, X86_SAR, 8, *value, X86_NUMBER(8 * (address - place->address)), value))
        return false;
    *value = x86_low(*value, size);
    return true;
}

/* Bytes of a place: what is around them stays, in one step; or once they reach memory. */
static bool store_part(struct x86 *self, struct x86_state *state, const struct x86_place *place, int64_t address,
                       uint8_t size, struct x86_value value)
{
    int64_t whole, part;
    struct operand given, word = x86_word(self, place);
    unsigned shift = 8u * (unsigned)(address - place->address);
    uint64_t mask = ((UINT64_C(1) << 8 * size) - 1) << shift;
    bool was_joined = state->is_joined;
    if (!x86_exact(self, state, value, X86_UNSIGNED(size), &given) || !x86_free_register(self, state, &part))
        return false;
    if (has_buffer(self, state)) {
        x86_emit(self, state, X86_OWN, OPCODE_MOV, given, x86_register(part));
        x86_wrap(x86_emit(self, state, X86_OWN, OPCODE_SHL, x86_immediate(shift), x86_register(part)), X86_SIGNED(8));
        x86_wrap(x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(part), x86_register(part)),
                 x86_place_form(self, place));
        access_part(access_word(self, state, OPCODE_MOV, x86_register(part), word), place, address, size);
        return true;
    }
    if (!x86_free_register(self, state, &whole))
        return false;
    access_word(self, state, OPCODE_MOV, word, x86_register(whole));
    x86_emit(self, state, X86_OWN, OPCODE_AND, x86_immediate((int64_t)~mask), x86_register(whole));
    x86_emit(self, state, X86_OWN, OPCODE_MOV, given, x86_register(part));
    x86_wrap(x86_emit(self, state, X86_OWN, OPCODE_SHL, x86_immediate(shift), x86_register(part)), X86_SIGNED(8));
    x86_emit(self, state, X86_OWN, OPCODE_OR, x86_register(part), x86_register(whole));
    x86_wrap(x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(whole), x86_register(whole)),
             x86_place_form(self, place));
    state->is_joined = true;
    access_word(self, state, OPCODE_MOV, x86_register(whole), word);
    state->is_joined = was_joined || state->is_whole;
    return true;
}

static bool store_shared(struct x86 *self, struct x86_state *state, const struct x86_place *place, int64_t address,
                         uint8_t size, struct x86_value value)
{
    struct operand given;
    if (value.kind == X86_NO_VALUE) {
        char *name = x86_place_name(self, place->address, place->size);
        x86_refuse_way(self, state, "a value that was never set is stored to %s, which threads share", name);
        memory_free(name);
        return false;
    }
    x86_note_pointer(self, place, size == place->size ? value : X86_NOTHING);
    if (size == place->size && value.kind == X86_KNOWN)
        x86_note_value(self, place, x86_cut(value.number, x86_place_form(self, place)));
    else
        x86_open_values(self, place);
    if (!x86_keep_stored(self, state, address, size, value))
        return false;
    if (size < place->size)
        return store_part(self, state, place, address, size, value);
    if (!x86_exact(self, state, value, x86_place_form(self, place), &given))
        return false;
    struct operand word = x86_word(self, place);
    access_word(self, state, OPCODE_MOV, given, word);
    return !self->error->set;
}

/* Names that are defined elsewhere: the streams are known. */
static bool load_external(struct x86 *self, int64_t address, struct x86_value *value)
{
    const struct gas_symbol *symbol = gas_external_at(&self->unit, address);
    if (symbol == NULL)
        return x86_refuse(self, "an address outside all variables is followed");
    bool is_output = symbol->length == 6 && memcmp(symbol->name, "stdout", 6) == 0;
    bool is_error = symbol->length == 6 && memcmp(symbol->name, "stderr", 6) == 0;
    *value = X86_NUMBER(is_output ? X86_STANDARD_OUTPUT : X86_STANDARD_ERROR);
    if (!is_output && !is_error) {
        char *name = x86_symbol_name(symbol);
        x86_refuse(self, "the variable '%s' is not here", name);
        memory_free(name);
    }
    return is_output || is_error;
}

/* ---- Both -------------------------------------------------------------------------------------------------------- */

bool x86_is_shared(struct x86 *self, int64_t address, uint8_t size)
{
    struct x86_place place;
    return x86_find_place(self, address, size, &place);
}

/* Before there is another thread, what is on main's stack is its own, whatever will be shared later in the same place. */
static bool is_alone(const struct x86_state *state, int64_t address)
{
    return state->thread == 0 && state->born == 1 && address < x86_stack_top(0) &&
           address >= x86_stack_top(0) - X86_STACK_SIZE;
}

bool x86_publish(struct x86 *self, struct x86_state *state)
{
    int64_t done = 0;
    for (size_t c = 0; c < state->cell_count; c++) {
        const struct x86_cell cell = state->cells[c];
        struct x86_place place;
        struct x86_value value;
        if (!is_alone(state, cell.address) || cell.address < done ||
            !x86_find_place(self, cell.address, cell.size, &place))
            continue;
        if (!x86_private_load(self, state, place.address, place.size, &value))
            return false;
        if (value.kind != X86_NO_VALUE && !store_shared(self, state, &place, place.address, place.size, value))
            return false;
        state->is_joined |= value.kind != X86_NO_VALUE;
        done = place.address + place.size;
    }
    return true;
}

static bool is_within(struct x86 *self, const struct x86_place *place, int64_t address, uint8_t size)
{
    if (address >= place->address && address + size <= place->address + place->size)
        return true;
    self->again = x86_share(self, address, size) || self->again;
    return false;
}

bool x86_load(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value *value)
{
    struct x86_place place;
    int64_t first, end;
    if (address >= GAS_EXTERN_FIRST && address < X86_STANDARD_OUTPUT)
        return load_external(self, address, value);
    if (!check_access(self, state, address, size, false) || !x86_note_access(self, state, address, size, false))
        return false;
    if (!is_alone(state, address) && x86_find_place(self, address, size, &place))
        return is_within(self, &place, address, size) && load_shared(self, state, &place, address, size, value);
    if (!x86_private_load(self, state, address, size, value))
        return false;
    if (value->kind == X86_NO_VALUE && in_block(self, address, &first, &end))
        value->number = X86_OF_BLOCK;
    if (value->kind == X86_FOREIGN) /* what the thread's creator has computed: it hands it over in memory */
        return x86_share(self, address, size) && !self->again;
    return true;
}

bool x86_store(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value value)
{
    struct x86_place place;
    if (!check_access(self, state, address, size, true) || !x86_note_access(self, state, address, size, true))
        return false;
    if (!is_alone(state, address) && x86_find_place(self, address, size, &place))
        return is_within(self, &place, address, size) && store_shared(self, state, &place, address, size, value);
    return x86_private_store(self, state, address, size, value);
}
