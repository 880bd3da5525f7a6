#include "frontends/x86.h"

#include "base/memory.h"
#include "frontends/rounds.h"
#include "frontends/x86_parts.h"

#include <inttypes.h>
#include <string.h>

enum { PASSES_MAX = 1000, SPENT_MAX = 40000000 };

/* ---- The text ---------------------------------------------------------------------------------------------------- */

static const char of_c[] = "#racecheck-c\n", of_assembly[] = "#racecheck-gas\n";
static const char file_is[] = "#file ", compiler_is[] = "#compiler ", line_is[] = "#|", ends[] = "#end\n";

static bool begins(const char *at, const char *with)
{
    return strncmp(at, with, strlen(with)) == 0;
}

bool x86_is(const char *text, size_t length)
{
    return length > 0 && (begins(text, of_c) || begins(text, of_assembly));
}

bool x86_is_of_c(const char *text)
{
    return begins(text, of_c);
}

const char *x86_assembly(const char *text)
{
    bool is_end = false;
    while (*text == '#' && !is_end) {
        is_end = begins(text, ends);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return text;
}

void x86_write_text(struct text *text, const struct x86_origin *origin, const char *assembly, size_t length)
{
    text_print(text, "%s%s%s\n", origin->compiler != NULL ? of_c : of_assembly, file_is, origin->file);
    if (origin->compiler != NULL) {
        text_print(text, "%s%s\n", compiler_is, origin->compiler);
        for (size_t at = 0; at < origin->length;) {
            const char *line = origin->source + at, *end = memchr(line, '\n', origin->length - at);
            size_t width = end != NULL ? (size_t)(end - line) : origin->length - at;
            bool is_returned = width > 0 && line[width - 1] == '\r';
            text_append(text, line_is, strlen(line_is));
            text_append(text, line, width - is_returned);
            text_append(text, "\n", 1);
            at += width + 1;
        }
    }
    text_print(text, "%s", ends);
    text_append(text, assembly, length);
}

/* What the first lines of a text say. */
struct head {
    char *file, *compiler, *source;
    uint32_t lines;
    const char *rest;
};

static bool read_head(const struct x86_input *input, struct head *head, struct error *error)
{
    struct text source = TEXT_INIT;
    const char *at = input->text;
    bool is_end = false;
    *head = (struct head){0};
    if (strlen(input->text) != input->length)
        return error_set(error, input->name, 0, 0, "a NUL in the text");
    while (*at == '#' && !is_end) {
        size_t length = strcspn(at, "\n");
        if (begins(at, file_is) && head->file == NULL)
            head->file = text_format("%.*s", (int)(length - strlen(file_is)), at + strlen(file_is));
        else if (begins(at, compiler_is) && head->compiler == NULL)
            head->compiler = text_format("%.*s", (int)(length - strlen(compiler_is)), at + strlen(compiler_is));
        else if (begins(at, line_is))
            text_append(&source, at + strlen(line_is), length + (at[length] != '\0') - strlen(line_is));
        is_end = begins(at, ends);
        head->lines++;
        at += length + (at[length] != '\0');
    }
    head->source = text_take(&source);
    head->rest = at;
    if (head->file == NULL)
        head->file = memory_copy_string(input->name);
    return is_end || error_set(error, input->name, 0, 0, "the text does not say where the assembly begins");
}

static void free_head(struct head *head)
{
    memory_free(head->file);
    memory_free(head->compiler);
    memory_free(head->source);
}

/* ---- A pass ------------------------------------------------------------------------------------------------------ */

static void free_threads(struct x86 *self)
{
    for (size_t t = 0; t < self->thread_count; t++) {
        memory_free(self->threads[t].instructions);
        memory_free(self->threads[t].labels);
        memory_free(self->threads[t].landed);
        memory_free(self->threads[t].inside);
        memory_free(self->threads[t].parts);
        memory_free(self->threads[t].meetings);
        name_table_free(&self->threads[t].met);
    }
    memory_free(self->threads);
    self->threads = NULL;
    self->thread_count = self->thread_capacity = 0;
}

static void forget_pass(struct x86 *self)
{
    free_threads(self);
    arena_free(&self->arena);
    program_free(self->program);
    memory_free(self->objects);
    self->program = NULL;
    self->spent += self->executed;
    self->objects = NULL;
    self->object_count = self->object_capacity = 0;
    self->spelling_capacity = self->variable_capacity = 0;
    self->executed = 0;
    for (size_t i = 0; i < self->code_count; i++)
        self->code[i].spelling = 0;
    x86_forget_accesses(self);
}

/* Symbols that have a meaning for every program. */
static bool take_symbols(struct x86 *self, struct program *program)
{
    for (size_t s = 0; s < self->input->symbol_count; s++) {
        const struct property *symbol = &self->input->symbols[s];
        if (strcmp(symbol->name, "SPURIOUS") == 0)
            program->is_spurious = symbol->number != 0;
        else if (strcmp(symbol->name, "TSO") == 0)
            program->memory = symbol->number != 0 ? MEMORY_TSO : MEMORY_SC;
        else if (strcmp(symbol->name, "STORE_BUFFER") == 0 &&
                 (symbol->number < 1 || symbol->number > PROGRAM_STORES_MAX))
            return error_set(self->error, NULL, 0, 0, "STORE_BUFFER must be 1 .. %d, not %" PRId64, PROGRAM_STORES_MAX,
                             symbol->number);
        else if (strcmp(symbol->name, "STORE_BUFFER") == 0)
            program->store_buffer = (uint32_t)symbol->number;
        else
            return error_set(self->error, NULL, 0, 0,
                             "--define: a C program has numbers of its own (expected --cc with -D)");
    }
    return true;
}

static bool start_program(struct x86 *self)
{
    self->program = memory_new(1, sizeof *self->program);
    self->program->words = memory_new(PROGRAM_WORDS_MAX, sizeof *self->program->words);
    return take_symbols(self, self->program);
}

static size_t find_function(const struct x86 *self, const char *name)
{
    const struct gas_symbol *symbol = gas_find(&self->unit, name);
    return symbol != NULL && symbol->is_defined ? gas_instruction_at(&self->unit, symbol->address) : SIZE_MAX;
}

static bool has_constructors(const struct x86 *self)
{
    const struct gas_symbol *first = gas_find(&self->unit, "__init_array_start");
    const struct gas_symbol *end = gas_find(&self->unit, "__init_array_end");
    return first != NULL && end != NULL && first->address != end->address;
}

/* Where something runs before main, that begins which calls both. */
static bool start_main(struct x86 *self)
{
    size_t index = find_function(self, "main");
    self->now = NULL;
    if (index == SIZE_MAX)
        return x86_refuse(self, "the program has no function main");
    struct x86_state *state = x86_state_new(self, x86_add_thread(self, 0, 0));
    state->at = has_constructors(self) ? find_function(self, "_start") : index;
    state->registers[GAS_RSP] = X86_NUMBER(x86_stack_top(0) - 64);
    state->registers[GAS_RDI] = X86_NUMBER(1);
    return x86_begin_thread(self, state);
}

/* The number in memory that a name means: as the source says, or else a variable of such a size. */
static bool find_number(const struct x86 *self, const char *name, struct gas_scalar *number)
{
    if (gas_types_find(&self->types, name, number))
        return true;
    const struct gas_symbol *symbol = x86_find_variable(self, name);
    const struct gas_section *section = symbol != NULL ? gas_section_at(&self->unit, symbol->address) : NULL;
    if (section == NULL || section->kind != GAS_DATA || section->is_thread_local || symbol->size <= 0 ||
        symbol->size > 8 || (symbol->size & (symbol->size - 1)) != 0)
        return false;
    *number = (struct gas_scalar){symbol->address, (uint8_t)symbol->size, true};
    return true;
}

/* What is to be observed is a word, whoever comes to it: places are shared before the first pass, and have words behind each. */
static bool take_observed(struct x86 *self, bool has_words)
{
    const char *at = self->input->observed;
    while (at != NULL && *at != '\0' && !self->error->set) {
        size_t length = strcspn(at, ", ");
        char *name = text_format("%.*s", (int)length, at);
        struct gas_scalar number;
        struct x86_place place;
        if (!find_number(self, name, &number))
            ;
        else if (!has_words)
            x86_share(self, number.address, number.size);
        else if (x86_find_place(self, number.address, number.size, &place))
            x86_word(self, &place);
        memory_free(name);
        at += length + strspn(at + length, ", ");
    }
    return !self->error->set;
}

static bool run_pass(struct x86 *self)
{
    forget_pass(self);
    self->again = false;
    *self->error = ERROR_INIT;
    if (!start_program(self) || !start_main(self))
        return false;
    /* What one thread cannot go on with may be what another one has written: then it is found to be shared. */
    struct error first = ERROR_INIT;
    bool is_endless = false;
    for (uint32_t t = 0; t < self->thread_count; t++) {
        x86_run_thread(self, t);
        if (self->error->set && !first.set)
            first = *self->error;
        is_endless |= self->is_endless;
        *self->error = ERROR_INIT;
    }
    *self->error = first;
    self->is_endless = is_endless;
    return !first.set && take_observed(self, true);
}

static bool check_objects(struct x86 *self)
{
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (self->program->objects[kind].count > PROGRAM_OBJECTS_MAX)
            return error_set(self->error, self->unit.source, 0, 0, "threads use more than %d objects of a kind: %s",
                             PROGRAM_OBJECTS_MAX, object_kind_name(kind));
    return true;
}

/* Whether a pass was found that nothing makes void. */
static bool settle(struct x86 *self)
{
    for (size_t pass = 0; pass < PASSES_MAX && self->spent < SPENT_MAX; pass++) {
        bool is_good = run_pass(self);
        if (!self->again)
            return is_good;
    }
    self->is_endless = true;
    return error_set(self->error, self->unit.source, 0, 0, "what its threads share is not found");
}

static void forget_granules(struct x86 *self)
{
    for (size_t g = 0; g < self->granule_count; g++) {
        for (size_t b = 0; self->granules[g].values != NULL && b < 8; b++)
            memory_free(self->granules[g].values[b].values);
        memory_free(self->granules[g].values);
        memory_free(self->granules[g].accesses);
        memory_free(self->granules[g].pointers.values);
    }
    memory_free(self->granules);
    name_table_free(&self->granule_names);
    arena_free(&self->names);
    memory_free(self->pointers.values);
    self->granules = NULL;
    self->granule_count = self->granule_capacity = 0;
    self->granule_names = (struct name_table){0};
    self->pointers = (struct x86_addresses){0};
}

static void note_block(struct x86 *self, int64_t address)
{
    self->blocks = memory_grow(self->blocks, self->block_count, &self->block_capacity, sizeof *self->blocks);
    self->blocks[self->block_count++] = (struct x86_block){address, 8 * PROGRAM_THREADS_MAX};
}

static bool attempt(struct x86 *self, enum x86_attempt attempt)
{
    forget_granules(self);
    self->is_knowing = attempt >= X86_KNOWING && attempt <= X86_LENIENT;
    self->is_widening = attempt >= X86_WIDENING && attempt <= X86_LENIENT;
    self->is_lenient = attempt >= X86_LENIENT;
    self->has_nested = self->has_serial = self->has_tries = self->is_endless = false;
    self->results = self->spent = 0;
    self->block_count = 0;
    note_block(self, X86_RESULTS_FIRST);
    note_block(self, X86_LIMITS_FIRST);
    *self->error = ERROR_INIT;
    return take_observed(self, false) && settle(self) && check_objects(self);
}

/* What an attempt refuses, the next one may be able to read; loops are widened where one has not come to an end. That an attempt
 * did not come to an end is said only where none has another reason. */
static bool find_program(struct x86 *self)
{
    if (attempt(self, X86_PLAIN))
        return true;
    struct error error = *self->error;
    bool was_endless = self->is_endless;
    if (attempt(self, X86_KNOWING) || (self->is_endless && attempt(self, X86_WIDENING)))
        return true;
    if (!self->is_endless || was_endless)
        error = *self->error;
    if (attempt(self, X86_LENIENT) || attempt(self, X86_ONLY_LENIENT))
        return true;
    *self->error = error;
    return false;
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

/* Where the last thing that a thread does is to go to its end, it is there. */
static void drop_last_jump(const struct x86 *self, struct x86_thread *thread)
{
    const struct instruction *last = &thread->instructions[thread->count - 1];
    if (self->input->is_one_processor || last->opcode != OPCODE_J || last->operands[0].value != 0 || thread->count < 2)
        return;
    thread->count--;
    for (size_t l = 0; l < thread->label_count; l++)
        if (thread->labels[l] > thread->count)
            thread->labels[l] = (uint32_t)thread->count;
}

/* How many instructions have begun from a label up to what it stands for. */
static uint32_t passed_behind(const struct x86_thread *thread, size_t label)
{
    size_t index = thread->labels[label];
    return index < thread->count ? thread->parts[index].passed - thread->landed[label] : 0;
}

static void resolve_labels(struct x86_thread *thread)
{
    thread->labels[0] = (uint32_t)thread->count;
    for (size_t i = 0; i < thread->count; i++)
        for (size_t o = 0; o < 2; o++) {
            struct operand *operand = &thread->instructions[i].operands[o];
            if (operand->kind != OPERAND_TARGET)
                continue;
            if (thread->instructions[i].opcode == OPCODE_J)
                thread->parts[i].ahead = passed_behind(thread, (size_t)operand->value);
            operand->value = thread->labels[operand->value];
        }
}

/* A loop has to have a switch point, and in what is to be one step there can be none. */
static bool check_stretches(struct x86 *self, const struct x86_thread *thread)
{
    for (size_t i = 0; i < thread->count; i++)
        if (thread->inside[i] && !thread->instructions[i].no_switch)
            return error_set(
                self->error, self->unit.source, thread->instructions[i].place.line,
                thread->instructions[i].place.column,
                "a loop between __VERIFIER_atomic_begin and the end, which has to be one step (expected a mutex)");
    return true;
}

static bool move_codes(struct x86 *self)
{
    bool is_good = true;
    struct program *program = self->program;
    program->codes = memory_new(self->thread_count, sizeof *program->codes);
    program->threads = memory_new(self->thread_count, sizeof *program->threads);
    for (size_t t = 0; t < self->thread_count; t++) {
        struct x86_thread *thread = &self->threads[t];
        drop_last_jump(self, thread);
        resolve_labels(thread);
        rounds_open(thread->instructions, thread->count);
        is_good = is_good && check_stretches(self, thread);
        program->codes[program->code_count++] = (struct code){
            .instructions = thread->instructions, .count = (uint32_t)thread->count, .parts = thread->parts};
        program->threads[program->thread_count++] =
            (struct thread){.name = t == 0 ? memory_copy_string("main") : text_format("T%zu", t),
                            .code = (uint32_t)t,
                            .is_later = t > 0,
                            .registers[REGISTER_SP] = PROGRAM_STACK_END};
        thread->instructions = NULL;
        thread->parts = NULL;
    }
    return is_good;
}

static void name_registers(struct program *program)
{
    int64_t greatest = REGISTER_COUNT - 1;
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++)
            for (size_t o = 0; o < 2; o++) {
                const struct operand *operand = &program->codes[c].instructions[i].operands[o];
                if (operand->kind == OPERAND_REGISTER && operand->value > greatest)
                    greatest = operand->value;
            }
    program->local_count = (size_t)(greatest + 1 - REGISTER_COUNT);
    program->locals = memory_new(program->local_count, sizeof *program->locals);
    for (size_t l = 0; l < program->local_count; l++)
        program->locals[l] = text_format("r%zu", l + 1);
}

static bool make_program(struct x86 *self, struct head *head)
{
    struct program *program = self->program;
    bool is_c = head->compiler != NULL;
    program->name = memory_copy_string(head->file);
    program->source = memory_copy_string(head->file);
    program->text = memory_copy_string(self->input->text);
    program->listing = memory_copy_string(is_c ? head->source : head->rest);
    program->reading = is_c
                           ? text_format("x86-64, by %s%s", head->compiler,
                                         self->input->is_one_processor ? ", an instruction is a step" : "")
                           : text_format("x86-64%s", self->input->is_one_processor ? ", an instruction is a step" : "");
    program->files = memory_new(1, sizeof *program->files);
    program->files[program->file_count++] = (struct file){.name = memory_copy_string(head->file)};
    program->declared_words = program->word_count;
    bool is_good = move_codes(self);
    name_registers(program);
    return is_good;
}

static void free_all(struct x86 *self)
{
    forget_pass(self);
    forget_granules(self);
    memory_free(self->blocks);
    memory_free(self->code);
    memory_free(self->starts);
    memory_free(self->returns);
    gas_types_free(&self->types);
    gas_free(&self->unit);
}

struct program *x86_read_program(const struct x86_input *input, struct error *error)
{
    struct x86 self = {.input = input, .error = error};
    struct program *program = NULL;
    struct head head;
    if (read_head(input, &head, error)) {
        struct gas_input gas = {head.file, input->text, x86_runtime, head.lines, head.compiler != NULL};
        bool is_read = gas_read(&self.unit, &gas, error);
        if (is_read)
            gas_types_read(&self.types, &self.unit);
        if (is_read && x86_decode(&self) && find_program(&self) && make_program(&self, &head)) {
            program = self.program;
            self.program = NULL;
        }
        free_all(&self);
    }
    free_head(&head);
    return program;
}
