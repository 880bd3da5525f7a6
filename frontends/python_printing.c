/* print(), and what is printed otherwise. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

static const struct operand nothing = {.kind = OPERAND_NONE};

static void write_text(struct python *self, struct python_state *state, const char *text)
{
    python_emit(self, state, OPCODE_PRINT, python_text(self, text), nothing);
}

/* Writes as many fillers as an integer needs that is not to have fewer letters than the width; a minus is one. */
static void write_fillers(struct python *self, struct python_state *state, int64_t number, int64_t width,
                          const char *filler)
{
    int64_t least = 1; /* with one letter more than the fillers leave it: 10 to the power of that many */
    for (int64_t w = 1; w < width; w++)
        least *= 10;
    for (; least >= 10; least /= 10) {
        size_t above = python_skip(self, state, OPCODE_JGTE, python_immediate(least), python_register(number)),
               below = python_skip(self, state, OPCODE_JLTE, python_immediate(-least / 10), python_register(number));
        write_text(self, state, filler);
        python_land(self, state, above);
        python_land(self, state, below);
    }
}

/* Zeros stand behind a minus. */
static void write_behind_zeros(struct python *self, struct python_state *state, int64_t number, int64_t width)
{
    int64_t magnitude;
    if (!python_free_register(self, state, &magnitude))
        return;
    python_emit(self, state, OPCODE_MOV, python_register(number), python_register(magnitude));
    size_t positive = python_skip(self, state, OPCODE_JGTE, python_immediate(0), python_register(number)),
           done = python_label(self, state);
    python_emit(self, state, OPCODE_NEG, python_register(magnitude), nothing);
    write_text(self, state, "-");
    write_fillers(self, state, magnitude, width - 1, "0");
    python_emit(self, state, OPCODE_J, (struct operand){.kind = OPERAND_TARGET, .value = (int64_t)done}, nothing);
    python_land(self, state, positive);
    write_fillers(self, state, magnitude, width, "0");
    python_land(self, state, done);
    python_emit(self, state, OPCODE_PRINT, python_register(magnitude), nothing);
}

static void write_integer(struct python *self, struct python_state *state, int64_t number, int64_t padding)
{
    int64_t width = padding / PYTHON_PAD_KINDS, how = padding % PYTHON_PAD_KINDS;
    if (width > 0 && how == PYTHON_PAD_ZEROS) {
        write_behind_zeros(self, state, number, width);
        return;
    }
    if (how == PYTHON_PAD_PLUS || how == PYTHON_PAD_BLANK) {
        size_t negative = python_skip(self, state, OPCODE_JLT, python_immediate(0), python_register(number));
        write_text(self, state, how == PYTHON_PAD_PLUS ? "+" : " ");
        python_land(self, state, negative);
    }
    if (how == PYTHON_PAD_LEFT)
        write_fillers(self, state, number, width, " ");
    python_emit(self, state, OPCODE_PRINT, python_register(number), nothing);
    if (how == PYTHON_PAD_RIGHT)
        write_fillers(self, state, number, width, " ");
}

/* One write: others can step before it, whatever comes first of it. */
static void write_piece(struct python *self, struct python_state *state, const struct python_object *rope)
{
    int64_t padding = 0;
    for (uint32_t i = 0; i < rope->count; i++) {
        struct python_value item = rope->items[i];
        if (i == 0 && item.kind == PYTHON_INT)
            write_text(self, state, "");
        if (item.kind == PYTHON_DYNAMIC)
            write_integer(self, state, item.number, padding);
        else if (item.kind == PYTHON_STRING)
            write_text(self, state, python_text_of(self, item));
        padding = item.kind == PYTHON_INT ? item.number : 0;
    }
}

static bool has_text(const struct python *self, const struct python_object *rope)
{
    return rope->count > 1 || (rope->count == 1 && (rope->items[0].kind == PYTHON_DYNAMIC ||
                                                    python_text_of(self, rope->items[0])[0] != '\0'));
}

bool python_print_piece(struct python *self, struct python_state *state, struct python_value line,
                        struct python_value value)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (self->dump->options.whole_lines || self->has_processes)
        return python_append_text(self, state, python_change(self, state, line), value, false);
    if (!python_append_text(self, state, python_change(self, state, rope), value, false))
        return false;
    if (!has_text(self, python_object(state, rope)))
        return true;
    python_release_gil(self, state);
    write_piece(self, state, python_object(state, rope));
    python_release_gil(self, state);
    return true;
}

void python_write_line(struct python *self, struct python_state *state, struct python_value line)
{
    if (!has_text(self, python_object(state, line)))
        return;
    python_switch_point(state);
    write_piece(self, state, python_object(state, line));
    python_switch_point(state);
}

bool python_write(struct python *self, struct python_state *state, struct python_value text)
{
    struct python_value line = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (text.kind != PYTHON_STRING && !python_is(state, text, PYTHON_ROPE))
        return python_refuse(self, state, "write() of %s (expected a text)", python_what(self, state, text));
    python_write_forgets(self, state);
    if (!python_print_piece(self, state, line, text))
        return false;
    python_write_line(self, state, line);
    return self->dump->version < 300 ? python_push_none(self, state)
                                     : python_push_unknown(self, state, "how much was written");
}

enum { PRINT_LINE, PRINT_SEPARATOR, PRINT_END, PRINT_NEXT, PRINT_ARGUMENTS };

/* An argument is made a text when it is its turn, behind what was written before. */
bool python_print_on(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value line = arguments->items[PRINT_LINE];
    int64_t next = arguments->items[PRINT_NEXT].number;
    for (uint32_t a = (uint32_t)(next / 2); a + PRINT_ARGUMENTS < arguments->count; a++) {
        struct python_value value = arguments->items[PRINT_ARGUMENTS + a];
        bool is_separated = a == 0 || next == 2 * (int64_t)a + 1;
        if (!is_separated && !python_print_piece(self, state, line, arguments->items[PRINT_SEPARATOR]))
            return false;
        if (python_needs_showing(self, state, value, false)) {
            struct python_arguments rest = *arguments;
            rest.items[PRINT_NEXT] = INTEGER(2 * (int64_t)a + 1);
            return python_show(self, state, PYTHON_BUILTIN_PRINT_ON, PRINT_ARGUMENTS + a, false, &rest,
                               self->rules != PYTHON_NO_GIL);
        }
        if (!python_print_piece(self, state, line, value))
            return false;
    }
    if (!python_print_piece(self, state, line, arguments->items[PRINT_END]))
        return false;
    python_write_line(self, state, line);
    return python_push_none(self, state);
}

bool python_print(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value separator = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "sep");
    struct python_value end = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "end");
    struct python_value file = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "file");
    struct python_value line = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (python_is_given(file) && !python_equal(file, BUILTIN(PYTHON_BUILTIN_STDOUT)))
        return python_refuse(
            self, state,
            "print() to another place than standard output is not covered (expected print() without file, or to sys.stderr)");
    if (self->has_processes && python_is_given(end) && !python_equal(end, python_string(self, "\n")))
        return python_refuse(
            self, state, "print() of a part of a line is not covered where there are processes (expected whole lines)");
    separator = python_is_given(separator) ? separator : python_string(self, " ");
    end = python_is_given(end) ? end : python_string(self, "\n");
    if (arguments->positional > PYTHON_ARGUMENTS_MAX - PRINT_ARGUMENTS)
        return python_refuse(self, state, "print() of more than %d values is not covered",
                             PYTHON_ARGUMENTS_MAX - PRINT_ARGUMENTS);
    struct python_arguments rest = {.items = {line, separator, end, INTEGER(0)}, .count = PRINT_ARGUMENTS};
    for (uint32_t a = 0; a < arguments->positional; a++)
        rest.items[rest.count++] = arguments->items[a];
    rest.positional = rest.count;
    return python_print_on(self, state, &rest);
}
