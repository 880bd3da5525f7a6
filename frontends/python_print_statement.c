/* The print statement of 2.7. The file remembers whether a blank goes before the next item, whoever writes that: each item takes this note
 * away before it is written, and leaves it behind. Where one thread alone uses the statement it is known, else it is a word of the library. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <string.h>

/* Where whole lines are written they are put together first, by each thread for itself: it has a note of its own. */
static bool writes_lines(const struct python *self)
{
    return self->dump->options.whole_lines || self->has_processes;
}

static struct operand note_word(struct python *self)
{
    struct python_place *place = python_place_of(self, 0, python_string(self, "[blank before what is printed next]"));
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

/* Decisions that hold for all passes. */
static void note_printer(struct python *self, const struct python_state *state)
{
    if (!self->has_statements)
        self->has_statements = self->again = true;
    if (self->printer == 0)
        self->printer = state->thread + 1;
    if (self->printer != state->thread + 1 && !writes_lines(self) && !self->has_shared_note)
        self->has_shared_note = self->again = true;
}

static bool is_shared(const struct python *self, const struct python_state *state)
{
    return self->has_shared_note && state->is_started && !writes_lines(self);
}

void python_begin_statements(struct python *self, struct python_state *state)
{
    if (is_shared(self, state))
        self->program->words[note_word(self).value] = state->has_printed;
}

static void leave_note(struct python *self, struct python_state *state, bool is_set)
{
    state->has_printed = is_set;
    if (is_shared(self, state))
        python_emit(self, state, OPCODE_MOV, python_immediate(is_set), note_word(self));
}

static bool write_text(struct python *self, struct python_state *state, const char *text)
{
    return python_print_piece(self, state, ABSENT, python_string(self, text));
}

/* Takes the note away; where it was there a text is written. */
static bool take_note(struct python *self, struct python_state *state, const char *text)
{
    int64_t number;
    if (!is_shared(self, state)) {
        bool has_printed = state->has_printed;
        state->has_printed = false;
        return !has_printed || write_text(self, state, text);
    }
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, note_word(self), python_register(number));
    python_emit(self, state, OPCODE_MOV, python_immediate(0), note_word(self));
    python_release_gil(self, state);
    size_t skip = python_skip(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    bool is_written = write_text(self, state, text);
    python_land(self, state, skip);
    return is_written;
}

/* No blank comes behind a text that ends in other white space than one. */
static bool wants_blank(const struct python *self, const struct python_state *state, struct python_value value)
{
    if (python_is(state, value, PYTHON_ROPE) && python_object(state, value)->count > 0)
        value = python_object(state, value)->items[python_object(state, value)->count - 1];
    const char *text = value.kind == PYTHON_STRING ? python_text_of(self, value) : "";
    return text[0] == '\0' || strchr("\t\n\v\f\r", text[strlen(text) - 1]) == NULL;
}

/* Adds to the line that the thread puts together. */
static bool add(struct python *self, struct python_state *state, struct python_value value)
{
    if (state->line.kind == PYTHON_ABSENT)
        state->line = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return python_append_text(self, state, python_change(self, state, state->line), value, false);
}

void python_flush_line(struct python *self, struct python_state *state)
{
    if (state->line.kind != PYTHON_ABSENT)
        python_write_line(self, state, state->line);
    state->line = ABSENT;
}

static bool add_item(struct python *self, struct python_state *state, struct python_value value)
{
    if (state->has_printed && !add(self, state, python_string(self, " ")))
        return false;
    state->has_printed = wants_blank(self, state, value);
    return add(self, state, value);
}

static bool add_end(struct python *self, struct python_state *state)
{
    state->has_printed = false;
    if (!add(self, state, python_string(self, "\n")))
        return false;
    python_flush_line(self, state);
    return true;
}

/* An element, as repr() has it. */
static bool write_element(struct python *self, struct python_state *state, struct python_value value);

/* The statement writes brackets, commas and elements one by one. */
static bool write_elements(struct python *self, struct python_state *state, struct python_value list,
                           const char *opening, const char *closing)
{
    if (!write_text(self, state, opening))
        return false;
    for (uint32_t i = 0; i < python_object(state, list)->count; i++)
        if ((i > 0 && !write_text(self, state, ", ")) ||
            !write_element(self, state, python_object(state, list)->items[i]))
            return false;
    return write_text(self, state, closing);
}

static bool is_sequence(const struct python_state *state, struct python_value value)
{
    return python_is(state, value, PYTHON_TUPLE) || python_is(state, value, PYTHON_LIST);
}

static bool write_sequence(struct python *self, struct python_state *state, struct python_value value)
{
    if (python_is_deque(state, value))
        return python_refuse(self, state, "a print statement of a deque is not covered (expected a list, list(...))");
    if (python_is(state, value, PYTHON_LIST))
        return python_touch_all(self, state, value) && write_elements(self, state, value, "[", "]");
    return write_elements(self, state, value, "(", python_object(state, value)->count == 1 ? ",)" : ")");
}

static bool write_element(struct python *self, struct python_state *state, struct python_value value)
{
    if (is_sequence(state, value))
        return write_sequence(self, state, value);
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return python_append_text(self, state, python_change(self, state, rope), value, true) &&
           python_print_piece(self, state, ABSENT, rope);
}

static bool write_item(struct python *self, struct python_state *state, struct python_value value)
{
    return is_sequence(state, value) ? write_sequence(self, state, value)
                                     : python_print_piece(self, state, ABSENT, value);
}

bool python_print_item(struct python *self, struct python_state *state)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    if ((writes_lines(self) || python_is(state, value, PYTHON_INSTANCE)) &&
        python_needs_showing(self, state, value, false)) {
        struct python_arguments item = {.items = {value}, .count = 1, .positional = 1};
        return python_show(self, state, PYTHON_BUILTIN_PRINT_ITEM, 0, false, &item, true);
    }
    note_printer(self, state);
    if (writes_lines(self))
        return add_item(self, state, value);
    if (!take_note(self, state, " ") || !write_item(self, state, value))
        return false;
    python_release_gil(self, state);
    leave_note(self, state, wants_blank(self, state, value));
    return true;
}

bool python_print_end(struct python *self, struct python_state *state)
{
    note_printer(self, state);
    if (writes_lines(self))
        return add_end(self, state);
    if (!write_text(self, state, "\n"))
        return false;
    leave_note(self, state, false);
    return true;
}

void python_write_forgets(struct python *self, struct python_state *state)
{
    if (self->dump->version >= 300 || !self->has_statements)
        return;
    note_printer(self, state);
    leave_note(self, state, false);
}

bool python_end_line(struct python *self, struct python_state *state)
{
    if (!self->has_statements)
        return true;
    note_printer(self, state);
    if (!writes_lines(self))
        return take_note(self, state, "\n");
    if (state->has_printed && !add_end(self, state))
        return false;
    python_flush_line(self, state);
    return true;
}
