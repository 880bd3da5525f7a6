/* schedule: the choices of a scheduler from the start of a program to some point, as a list of actions.
 *
 * At most one action is a phase, and it is the first. A schedule owns its array; an empty one is all zero, and every one is
 * freed with schedule_free().
 *
 * Schedules are written and read here and nowhere else, so that what racecheck prints can be given back to it anywhere. The
 * notation (docs/formats.md) is a list of items with blanks, commas or ends of lines between them:
 *
 *     T0*27       a thread, and how many steps it makes; also T0×27; T0 alone is one step
 *     T0:2        a step that can turn out in several ways: which one, from 0 on; without a number the first one
 *     signal      the signal arrives, before the step that follows
 *     return T0   a thread returns from input or output
 *     flush T0    the oldest store in the store buffer of a thread reaches memory
 *     phase 37    first of all: so many ticks of the first quantum are used
 *     (T0*3 T1*3)*99    a group, and how often it is repeated; none inside another one. program/turns.h prints such schedules, and reads those
 *                 that are too long to be a list
 *
 * A thread is called by its number, name or letter (program/thread_names.h). Letters can stand in a row, AABB; so can digits
 * where there is nothing else, 0011. */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "program/action.h"
#include "program/thread_names.h"

struct schedule {
    struct action *actions;
    size_t count;
    size_t capacity;
};

enum { SCHEDULE_ACTIONS_MAX = 1000000 }; /* of a schedule that a user gives */

/* How a schedule is printed. What a notation cannot say, or would say so that it reads otherwise, it says in the words above. */
enum schedule_notation {
    SCHEDULE_TYPESET,    /* "T0×2, T1×27, T0×1", for people */
    SCHEDULE_NAMES,      /* "T0*2 T1*27 T0" */
    SCHEDULE_NUMBERS,    /* "0*2 1*27 0*1" */
    SCHEDULE_LIST,       /* "0*2,1*27,0" */
    SCHEDULE_LETTERS,    /* "A*2 B*27 A" */
    SCHEDULE_STEPS,      /* "0 0 1" */
    SCHEDULE_DIGIT_ROW,  /* "001" */
    SCHEDULE_LETTER_ROW, /* "AAB" */
    SCHEDULE_NOTATIONS
};

/* Appends an action. */
void schedule_add(struct schedule *self, struct action action);

/* Appends the actions first .. first + count - 1 of another one. */
void schedule_append(struct schedule *self, const struct schedule *other, size_t first, size_t count);

/* Whether two are the same actions. */
bool schedule_equals(const struct schedule *self, const struct schedule *other);

/* Puts the last action first, and so on. */
void schedule_reverse(struct schedule *self);

void schedule_free(struct schedule *self);

/* The number of steps, which is that of all actions but a phase; and the place of the first one. */
size_t schedule_step_count(const struct schedule *self);
size_t schedule_first_step(const struct schedule *self);

/* Reads length bytes in any notation and appends what they say. Threads that do not exist are refused where the names are
 * known; a plain thread is read as ACTION_STEP even where it will turn out to be a return, which replay tells. Returns false
 * with *error set, which has the line and the column in the text: what cannot be read, or more than `most` actions. */
bool schedule_read(struct schedule *self, const char *text, size_t length, const struct thread_names *names,
                   size_t most, struct error *error);

/* Appends a schedule in a notation; "..." after so many items (SIZE_MAX: all of them). */
void schedule_print(struct text *text, const struct schedule *self, const struct thread_names *names,
                    enum schedule_notation notation, size_t most);
