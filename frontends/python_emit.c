/* The instructions that are left of a thread's code. */
#include "frontends/python_operations.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

static struct python_thread *thread_of(struct python *self, const struct python_state *state)
{
    return &self->threads[state->thread];
}

/* What touches registers alone can be taken together with the step before: nobody can tell. */
static bool is_local(enum opcode opcode, const struct operand *first, const struct operand *second)
{
    bool reads_word = first->kind == OPERAND_WORD || second->kind == OPERAND_WORD;
    switch (opcode) {
    case OPCODE_MOV:
    case OPCODE_ADD:
    case OPCODE_SUB:
    case OPCODE_MUL:
    case OPCODE_NEG:
    case OPCODE_DIV:
    case OPCODE_MOD:
    case OPCODE_AND:
    case OPCODE_OR:
    case OPCODE_XOR:
    case OPCODE_SHL:
    case OPCODE_SHR:
    case OPCODE_NOT:
    case OPCODE_TEST:
        return !reads_word;
    case OPCODE_J:
    case OPCODE_JE:
    case OPCODE_JNE:
    case OPCODE_JGT:
    case OPCODE_JGTE:
    case OPCODE_JLT:
    case OPCODE_JLTE:
    case OPCODE_FAIL:
    case OPCODE_DIE:
        return true;
    default:
        return false;
    }
}

/* What lets others in here, in words: 1 + its place in the program's list. */
static uint32_t note_opening(struct python *self, const struct python_state *state)
{
    struct program *program = self->program;
    struct text words = TEXT_INIT;
    size_t number = 0;
    if (self->rules == PYTHON_NO_GIL)
        text_print(&words, "since nothing keeps others out between two accesses");
    else if (state->opener != NULL)
        text_print(&words, "behind %s in line %" PRIu32, state->opener->name, state->opener->place.line);
    else
        text_print(&words, "in the library");
    while (number < program->opening_count && strcmp(program->openings[number], text_string(&words)) != 0)
        number++;
    if (number == program->opening_count) {
        program->openings =
            memory_grow(program->openings, program->opening_count, &self->opening_capacity, sizeof *program->openings);
        program->openings[program->opening_count++] = memory_copy_string(text_string(&words));
    }
    text_free(&words);
    return (uint32_t)number + 1;
}

/* The bytecode that is executed, in words: "LOAD_GLOBAL counter"; 1 + its place in the program's list. */
static uint32_t spell(struct python *self)
{
    const struct python_instruction *at = self->at;
    const struct python_names *names = &self->dump->codes[self->at_code].names;
    int64_t name = python_name_index(self, at);
    struct program *program = self->program;
    struct text words = TEXT_INIT;
    text_print(&words, "%s", at->name);
    if (at->meaning != NULL)
        text_print(&words, " %s", at->meaning);
    else if (name >= 0 && (size_t)name < names->count)
        text_print(&words, " %s", names->items[name]);
    else if (at->argument >= 0 && !at->is_jump)
        text_print(&words, " %" PRId64, at->argument);
    size_t number = name_table_find(&self->spelled, text_string(&words), words.length);
    if (number == NAME_TABLE_NONE) {
        size_t length = words.length;
        number = program->spelling_count;
        program->spellings =
            memory_grow(program->spellings, number, &self->spelling_capacity, sizeof *program->spellings);
        program->spellings[program->spelling_count++] = text_take(&words);
        name_table_add(&self->spelled, program->spellings[number], length, number);
    }
    text_free(&words);
    return (uint32_t)number + 1;
}

static void emit(struct python *self, struct python_state *state, enum opcode opcode, struct operand first,
                 struct operand second, bool is_plain)
{
    struct python_thread *thread = thread_of(self, state);
    bool is_own = is_local(opcode, &first, &second);
    if (!is_own)
        python_leave_count(self, state);
    bool joins = (is_own || !state->is_pending) && opcode != OPCODE_DELAY;
    bool opens = state->is_pending && (!joins || opcode == OPCODE_J);
    if (!joins)
        state->is_pending = false;
    thread->instructions =
        memory_grow(thread->instructions, thread->count, &thread->capacity, sizeof *thread->instructions);
    thread->instructions[thread->count] =
        (struct instruction){.opcode = opcode,
                             .ticks = 1,
                             .operands = {first, second},
                             .no_switch = joins && thread->count > 0,
                             .is_locked = self->memory == MEMORY_TSO && !is_own && !is_plain};
    thread->origins = memory_grow(thread->origins, thread->count, &thread->origin_capacity, sizeof *thread->origins);
    thread->origins[thread->count] = (struct origin){
        .passed = state->passed,
        .goes_on = !state->is_fresh,
        .opening = opens ? note_opening(self, state) : 0,
        .opens_behind = !state->is_opener_old,
    };
    state->passed = 0;
    state->is_fresh = false;
    if (self->at != NULL) {
        thread->instructions[thread->count].place = self->at->place;
        thread->instructions[thread->count].width = self->at->width;
        thread->instructions[thread->count].spelling = self->input->shows_bytecode ? spell(self) : 0;
        thread->origins[thread->count].code = self->at_code;
        thread->origins[thread->count].bytecode = (uint32_t)(self->at - self->dump->codes[self->at_code].instructions);
    }
    thread->count++;
}

void python_emit(struct python *self, struct python_state *state, enum opcode opcode, struct operand first,
                 struct operand second)
{
    emit(self, state, opcode, first, second, false);
}

void python_emit_plain(struct python *self, struct python_state *state, enum opcode opcode, struct operand first,
                       struct operand second)
{
    emit(self, state, opcode, first, second, true);
}

/* ---- Labels ------------------------------------------------------------------------------------------------------ */

static uint32_t new_label(struct python_thread *thread)
{
    thread->labels = memory_grow(thread->labels, thread->label_count, &thread->label_capacity, sizeof *thread->labels);
    thread->labels[thread->label_count] = 0;
    return (uint32_t)thread->label_count++;
}

size_t python_label(struct python *self, struct python_state *state)
{
    return new_label(thread_of(self, state));
}

static struct operand target(size_t label)
{
    return (struct operand){.kind = OPERAND_TARGET, .value = (int64_t)label};
}

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

static struct operand ticker(struct python *self)
{
    struct python_place *place = python_place_of(self, 0, python_string(self, "[ticker of the interpreter]"));
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

/* Behind it others can step. */
static void look(struct python *self, struct python_state *state)
{
    python_emit(self, state, OPCODE_MOV, python_immediate(self->interval), ticker(self));
    state->is_pending = true;
    python_emit(self, state, OPCODE_NOP, nothing, nothing);
}

/* Many at once: what is left of them when it looks is counted when the thread goes on. */
void python_leave_count(struct python *self, struct python_state *state)
{
    struct operand left = python_immediate(state->ticks);
    uint32_t ticks = state->ticks;
    int64_t number;
    state->ticks = 0;
    if (ticks == 0 || (ticks > 1 && !python_free_register(self, state, &number)))
        return;
    if (ticks > 1) {
        python_emit(self, state, OPCODE_MOV, left, python_register(number));
        left = python_register(number);
    }
    size_t again = python_label(self, state);
    python_land(self, state, again);
    python_emit(self, state, OPCODE_SUB, left, ticker(self));
    size_t done = python_skip(self, state, OPCODE_JGTE, python_immediate(0), ticker(self));
    if (ticks > 1) {
        python_emit(self, state, OPCODE_MOV, python_immediate(-1), left);
        python_emit(self, state, OPCODE_SUB, ticker(self), left);
    }
    look(self, state);
    if (ticks > 1)
        python_emit(self, state, OPCODE_J, target(again), nothing);
    python_land(self, state, done);
}

void python_count(struct python *self, struct python_state *state, bool is_shielded)
{
    enum { TICKS_MAX = 64 }; /* so that a loop comes to a state that was met */
    state->ticks++;
    if (is_shielded) {
        state->ticks--;
        python_leave_count(self, state);
        python_emit(self, state, OPCODE_SUB, python_immediate(1), ticker(self));
    } else if (state->is_overdue || state->ticks == TICKS_MAX)
        python_leave_count(self, state);
    state->is_overdue = is_shielded;
}

/* The numbers below a count, which is at most CHOICES_MAX. */
static struct operand below(int64_t count)
{
    return (struct operand){.kind = OPERAND_RANGE, .scale = (int16_t)(count - 1)};
}

/* A choice is between 64 at most; more are blocks of so many, of which the last can be smaller. */
static void choose_below(struct python *self, struct python_state *state, int64_t count, int64_t number)
{
    int64_t blocks = count / CHOICES_MAX, rest = count % CHOICES_MAX;
    if (count <= CHOICES_MAX) {
        python_emit(self, state, OPCODE_CHOOSE, below(count), python_register(number));
        return;
    }
    int64_t block;
    if (!python_free_register(self, state, &block))
        return;
    python_emit(self, state, OPCODE_CHOOSE, below(blocks + (rest > 0)), python_register(block));
    size_t whole = python_skip(self, state, OPCODE_JLT, python_immediate(blocks), python_register(block)),
           done = python_label(self, state);
    if (rest > 0)
        python_emit(self, state, OPCODE_CHOOSE, below(rest), python_register(number));
    python_emit(self, state, OPCODE_J, target(done), nothing);
    python_land(self, state, whole);
    python_emit(self, state, OPCODE_CHOOSE, below(CHOICES_MAX), python_register(number));
    python_land(self, state, done);
    python_emit(self, state, OPCODE_MUL, python_immediate(CHOICES_MAX), python_register(block));
    python_emit(self, state, OPCODE_ADD, python_register(block), python_register(number));
}

void python_begin_count(struct python *self, struct python_state *state)
{
    const struct python_options *options = &self->dump->options;
    if (!self->is_counting)
        return;
    int64_t most = self->interval > PYTHON_INTERVAL ? self->interval : PYTHON_INTERVAL, number;
    if (options->has_interval)
        most = self->interval > options->interval ? self->interval : options->interval;
    if (!self->is_phase_any) {
        python_emit(self, state, OPCODE_MOV, python_immediate(options->phase), ticker(self));
        return;
    }
    if (most >= CHOICES_MAX * CHOICES_MAX) {
        python_refuse(self, state,
                      "a check interval of %" PRId64 " and any phase (expected one below %d, or --phase N)", most,
                      CHOICES_MAX * CHOICES_MAX);
        return;
    }
    if (!python_free_register(self, state, &number))
        return;
    choose_below(self, state, most + 1, number);
    python_emit(self, state, OPCODE_MOV, python_register(number), ticker(self));
}

void python_release_gil(struct python *self, struct python_state *state)
{
    python_leave_count(self, state);
    python_switch_point(state);
}

/* What it counts is not known: with any first phase it is as if each bytecode could be the one before which it looks. */
void python_run_library(struct python *self, struct python_state *state)
{
    if (self->is_counting && self->is_phase_any && !self->is_everywhere)
        self->is_everywhere = self->again = true;
    python_release_gil(self, state);
}

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

struct operand python_text(struct python *self, const char *text)
{
    return (struct operand){.kind = OPERAND_STRING, .value = program_add_string(self->program, text)};
}

/* ---- Splitting --------------------------------------------------------------------------------------------------- */

/* Whoever takes a state up begins its code at the label. */
static void queue(struct python *self, struct python_state *state, uint32_t label)
{
    struct python_thread *thread = thread_of(self, state);
    size_t capacity = thread->work_label_capacity;
    thread->split_count++;
    thread->work_labels = memory_grow(thread->work_labels, thread->work_count, &capacity, sizeof *thread->work_labels);
    thread->work_label_capacity = capacity;
    thread->work = memory_grow(thread->work, thread->work_count, &thread->work_capacity, sizeof(struct python_state *));
    thread->work_labels[thread->work_count] = label;
    thread->work[thread->work_count++] = state;
}

struct python_state *python_split(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                                  struct operand b)
{
    struct python_thread *thread = thread_of(self, state);
    uint32_t label = new_label(thread);
    python_emit(self, state, OPCODE_TEST, a, b);
    python_emit(self, state, jump, target(label), nothing);
    state->is_conditional = true;
    struct python_state *other = python_state_copy(self, state);
    queue(self, other, label);
    return other;
}

struct python_state *python_branch(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                                   struct operand b, size_t *skip)
{
    *skip = python_skip(self, state, jump, a, b);
    state->is_conditional = true;
    return python_state_copy(self, state);
}

void python_end_branch(struct python *self, struct python_state *branch, size_t skip)
{
    uint32_t label = new_label(thread_of(self, branch));
    python_emit(self, branch, OPCODE_J, target(label), nothing);
    queue(self, branch, label);
    python_land(self, branch, skip);
}

size_t python_skip(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                   struct operand b)
{
    struct python_thread *thread = thread_of(self, state);
    uint32_t label = new_label(thread);
    python_emit(self, state, OPCODE_TEST, a, b);
    python_emit(self, state, jump, target(label), nothing);
    return label;
}

void python_land(struct python *self, struct python_state *state, size_t skip)
{
    struct python_thread *thread = thread_of(self, state);
    thread->labels[skip] = (uint32_t)thread->count;
}

void python_require(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                    struct operand b, const char *words)
{
    size_t skip = python_skip(self, state, jump, a, b);
    python_emit(self, state, OPCODE_FAIL, python_text(self, words), nothing);
    python_land(self, state, skip);
}

/* ---- Refusing ---------------------------------------------------------------------------------------------------- */

bool python_refuse(struct python *self, struct python_state *state, const char *format, ...)
{
    struct text text = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_print_list(&text, format, arguments);
    va_end(arguments);
    if (state->is_conditional && state->refusal == 0) {
        state->refusal = python_intern(self, text_string(&text), text.length);
        state->refused = self->at;
    } else if (!state->is_conditional)
        error_set(self->error, self->dump->file, self->at != NULL ? self->at->place.line : 0,
                  self->at != NULL ? self->at->place.column : 0, "%s", text_string(&text));
    text_free(&text);
    return state->is_conditional;
}

/* ---- Objects of the program -------------------------------------------------------------------------------------- */

/* Adds an object with a name, as new; returns its number. */
static int64_t add_object(struct python *self, enum object_kind kind, char *name, int64_t number, bool is_recursive)
{
    struct object_list *list = &self->program->objects[kind];
    list->items = memory_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count] = (struct object){.name = name, .number = number, .is_recursive = is_recursive};
    return (int64_t)list->count++;
}

static struct operand object_operand(enum object_kind kind, int64_t number)
{
    return (struct operand){.kind = (enum operand_kind)(OPERAND_MUTEX + (int)kind), .value = number};
}

struct operand python_synchroniser(struct python *self, uint32_t identity, enum object_kind kind, int64_t number)
{
    struct python_identity *known = &self->identities[identity];
    if (known->number < 0)
        known->number =
            add_object(self, kind, python_identity_name(self, identity), number, known->type == PYTHON_BUILTIN_RLOCK);
    return object_operand(kind, known->number);
}

struct operand python_second_object(struct python *self, uint32_t identity, enum object_kind kind, const char *name,
                                    int64_t number)
{
    struct python_identity *known = &self->identities[identity];
    if (known->second < 0) {
        char *own = python_identity_name(self, identity);
        known->second = add_object(self, kind, text_format("%s.%s", own, name), number, false);
        memory_free(own);
        self->program->objects[kind].items[known->second].is_internal = true;
    }
    return object_operand(kind, known->second);
}

/* They are found again by their names. */
struct operand python_named_object(struct python *self, uint32_t identity, enum object_kind kind, const char *own,
                                   int64_t number)
{
    const struct object_list *list = &self->program->objects[kind];
    struct text name = TEXT_INIT;
    size_t found = 0;
    char *whole = python_identity_name(self, identity);
    text_print(&name, "%s.%s", whole, own);
    memory_free(whole);
    while (found < list->count && strcmp(list->items[found].name, text_string(&name)) != 0)
        found++;
    if (found < list->count)
        text_free(&name);
    else
        add_object(self, kind, text_take(&name), number, false);
    return object_operand(kind, (int64_t)found);
}
