/* The instructions that are left of a thread's code. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

const struct operand x86_none = {.kind = OPERAND_NONE};

struct operand x86_immediate(int64_t value)
{
    return (struct operand){.kind = OPERAND_IMMEDIATE, .value = value};
}

struct operand x86_register(int64_t number)
{
    return (struct operand){.kind = OPERAND_REGISTER, .value = number};
}

struct operand x86_target(size_t label)
{
    return (struct operand){.kind = OPERAND_TARGET, .value = (int64_t)label};
}

static struct x86_thread *thread_of(struct x86 *self, const struct x86_state *state)
{
    return &self->threads[state->thread];
}

struct operand x86_text(struct x86 *self, const char *text)
{
    return (struct operand){.kind = OPERAND_STRING, .value = program_add_string(self->program, text)};
}

static void refuse(struct x86 *self, const char *format, va_list arguments)
{
    struct text text = TEXT_INIT;
    text_print_list(&text, format, arguments);
    if (self->now != NULL && self->place.line > 0 && !gas_is_in_header(&self->unit, self->now->gas))
        error_set(self->error, self->unit.source, self->place.line, self->unit.has_lines ? self->place.column : 0, "%s",
                  text_string(&text));
    else
        gas_fail(&self->unit, self->now != NULL ? self->now->gas : NULL, self->error, "%s", text_string(&text));
    text_free(&text);
}

bool x86_refuse(struct x86 *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(self, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- Instructions ------------------------------------------------------------------------------------------------ */

/* What is shown of an instruction: its own words, with one blank between them. */
static uint32_t spell(struct x86 *self)
{
    struct x86_instruction *now = &self->code[self->now - self->code];
    struct program *program = self->program;
    if (now->spelling > 0)
        return now->spelling;
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < now->gas->text_length; i++) {
        char c = now->gas->text[i];
        bool is_blank = c == ' ' || c == '\t';
        if (!is_blank || (text.length > 0 && text.bytes[text.length - 1] != ' '))
            text_append(&text, is_blank ? " " : &c, 1);
    }
    program->spellings =
        memory_grow(program->spellings, program->spelling_count, &self->spelling_capacity, sizeof(char *));
    program->spellings[program->spelling_count++] = text_take(&text);
    return now->spelling = (uint32_t)program->spelling_count;
}

/* Where there are several processors a step begins where others can notice something; where there is one, with an instruction. */
struct instruction *x86_emit(struct x86 *self, struct x86_state *state, enum x86_effect effect, enum opcode opcode,
                             struct operand first, struct operand second)
{
    struct x86_thread *thread = thread_of(self, state);
    bool begins = self->input->is_one_processor ? !state->has_emitted && state->atomic != 2
                                                : effect == X86_ACCESS && !state->is_joined && state->atomic != 2;
    thread->inside = memory_grow(thread->inside, thread->count, &thread->inside_capacity, sizeof *thread->inside);
    thread->inside[thread->count] = state->atomic == 2;
    thread->parts = memory_grow(thread->parts, thread->count, &thread->part_capacity, sizeof *thread->parts);
    thread->parts[thread->count] =
        (struct machine_part){.line = state->own_line, .passed = state->passed, .goes_on = state->is_told};
    state->is_told = true;
    state->passed = 0;
    if (state->atomic == 1 && begins)
        state->atomic = 2;
    thread->instructions =
        memory_grow(thread->instructions, thread->count, &thread->capacity, sizeof *thread->instructions);
    struct instruction *instruction = &thread->instructions[thread->count];
    *instruction = (struct instruction){.opcode = opcode,
                                        .ticks = !self->input->is_one_processor || begins,
                                        .operands = {first, second},
                                        .no_switch = !begins && thread->count > 0};
    if (self->now != NULL) {
        instruction->place = self->place;
        instruction->spelling = self->unit.has_lines ? spell(self) : 0;
    }
    state->has_emitted = true;
    thread->count++;
    return instruction;
}

void x86_wrap(struct instruction *instruction, struct x86_form form)
{
    instruction->wrap = (uint8_t)(8 * form.bytes);
    instruction->wraps_unsigned = !form.is_signed && form.bytes < 8;
}

/* ---- Labels and splitting ---------------------------------------------------------------------------------------- */

uint32_t x86_new_label(struct x86 *self, const struct x86_state *state)
{
    struct x86_thread *thread = thread_of(self, state);
    thread->labels = memory_grow(thread->labels, thread->label_count, &thread->label_capacity, sizeof *thread->labels);
    thread->landed = memory_grow(thread->landed, thread->label_count, &thread->landed_capacity, sizeof *thread->landed);
    thread->labels[thread->label_count] = thread->landed[thread->label_count] = 0;
    return (uint32_t)thread->label_count++;
}

void x86_land(struct x86 *self, const struct x86_state *state, uint32_t label)
{
    struct x86_thread *thread = thread_of(self, state);
    thread->labels[label] = (uint32_t)thread->count;
    thread->landed[label] = state->passed;
}

static struct x86_state *branch(struct x86 *self, struct x86_state *state, uint32_t label)
{
    struct x86_thread *thread = thread_of(self, state);
    struct x86_state *other = x86_state_copy(self, state);
    other->label = label;
    other->next = thread->work;
    thread->work = other;
    return other;
}

uint32_t x86_skip(struct x86 *self, struct x86_state *state, enum opcode jump, struct operand first,
                  struct operand second)
{
    uint32_t label = x86_new_label(self, state);
    x86_emit(self, state, X86_OWN, OPCODE_TEST, first, second);
    x86_emit(self, state, X86_OWN, jump, x86_target(label), x86_none);
    return label;
}

struct x86_state *x86_split(struct x86 *self, struct x86_state *state, enum opcode jump, struct operand first,
                            struct operand second)
{
    state->is_split = true;
    return branch(self, state, x86_skip(self, state, jump, first, second));
}

static void emit_failure(struct x86 *self, struct x86_state *state, bool is_end, const char *format, va_list arguments)
{
    struct text text = TEXT_INIT;
    text_print_list(&text, format, arguments);
    if (self->now != NULL && self->unit.has_lines && self->place.line > 0)
        text_print(&text, " in line %" PRIu32, self->place.line);
    x86_emit(self, state, X86_OWN, OPCODE_FAIL, x86_text(self, text_string(&text)), x86_none)->is_end = is_end;
    text_free(&text);
    state->is_over = true;
}

void x86_emit_failure(struct x86 *self, struct x86_state *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    emit_failure(self, state, false, format, arguments);
    va_end(arguments);
}

void x86_emit_crash(struct x86 *self, struct x86_state *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    emit_failure(self, state, true, format, arguments);
    va_end(arguments);
}

bool x86_refuse_way(struct x86 *self, struct x86_state *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (self->is_lenient && state->is_split)
        emit_failure(self, state, false, format, arguments);
    else
        refuse(self, format, arguments);
    va_end(arguments);
    return false;
}

/* A state that goes on at a label has emitted nothing yet there of its own; its instruction is executed once more. */
void x86_enumerate(struct x86 *self, struct x86_state *state, struct operand place, const int64_t *values, size_t count,
                   const char *failure)
{
    for (size_t v = 0; v < count; v++) {
        struct x86_state *other = x86_split(self, state, OPCODE_JE, x86_immediate(values[v]), place);
        other->at = (size_t)(self->now - self->code);
        other->resumes = true;
        x86_state_learn(other, place.value, values[v]);
    }
    x86_emit_failure(self, state, "%s", failure);
}
