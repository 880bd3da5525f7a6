/* Time, and how often 2.7 looks whether others want the lock. */
#include "frontends/python_services.h"

#include <math.h>
#include <stdlib.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

/* A number of seconds in nanoseconds; -1 where it is not known. */
static int64_t nanoseconds(const struct python *self, struct python_value value)
{
    enum { SECONDS_MAX = 1000000000 };
    double seconds = value.kind == PYTHON_FLOAT ? strtod(python_text_of(self, value), NULL)
                     : value.kind == PYTHON_INT ? (double)value.number
                                                : -1;
    return seconds >= 0 && seconds <= SECONDS_MAX ? llround(seconds * 1e9) : -1;
}

/* Nobody knows how long the limit is beside what others do: it may be over at any moment. */
bool python_read_limit(struct python *self, struct python_state *state, struct python_value limit, bool *is_limited)
{
    *is_limited = python_is_given(limit) && !(limit.kind == PYTHON_INT && limit.number == -1);
    if (*is_limited && limit.kind != PYTHON_INT && limit.kind != PYTHON_FLOAT && limit.kind != PYTHON_DYNAMIC)
        return python_refuse(self, state,
                             "a time limit that is %s is not covered (expected a number that is known, or None)",
                             python_what(self, state, limit));
    return !*is_limited || !self->dump->options.is_virtual ||
           python_refuse(self, state,
                         "a time limit is not covered yet where time passes only when nobody can go on "
                         "(expected --sleep any)");
}

/* How long a thread still sleeps. */
static struct operand time_left(struct python *self, const struct python_state *state)
{
    struct text name = TEXT_INIT;
    text_print(&name, "[sleep of %s]", self->threads[state->thread].name);
    struct python_place *place = python_place_of(self, 0, python_string(self, text_string(&name)));
    text_free(&name);
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

/* Others run, for some time; or until none of them can. */
bool python_sleep(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    self->has_slept = true;
    python_release_gil(self, state);
    if (self->memory == MEMORY_TSO && state->is_started)
        python_emit(self, state, OPCODE_MFENCE, (struct operand){.kind = OPERAND_NONE},
                    (struct operand){.kind = OPERAND_NONE});
    if (!self->dump->options.is_virtual || !state->is_started)
        return python_push_none(self, state);
    int64_t time = nanoseconds(self, python_argument(self, arguments, 0, ""));
    if (time < 0)
        return python_refuse(self, state, "sleep() for a time that is not known (expected a number of seconds)");
    struct operand left = time_left(self, state);
    python_emit(self, state, OPCODE_MOV, python_immediate(time), left);
    python_emit(self, state, OPCODE_DELAY, left, nothing);
    python_release_gil(self, state);
    return python_push_none(self, state);
}

/* Up to 3.8 later versions take it, too, and do nothing. */
bool python_set_check_interval(struct python *self, struct python_state *state, struct python_value interval)
{
    if (self->rules != PYTHON_GIL27)
        return python_push_none(self, state);
    if (state->is_started || interval.kind != PYTHON_INT || interval.number > INT32_MAX)
        return python_refuse(
            self, state,
            "sys.setcheckinterval() while threads run, or of a number that is not known, is not covered (expected --check-interval, or a call before threads start)");
    python_set_interval(self, interval.number > 0 ? interval.number : 0);
    return python_push_none(self, state);
}
