/* promela_process: a process of a model for SPIN that is being printed; for report/promela_threads.c, promela_steps.c and promela_ways.c
 * alone. */
#pragma once

#include "report/promela_parts.h"

/* A proctype being printed. */
struct promela_process {
    struct promela *promela;
    const struct code *code;
    const register_set *live;
    register_set mentioned;
    bool begins_later;  /* some of its threads do */
    bool has_stretches; /* steps of several instructions */
    bool picks_exits;   /* some of these can end in several places */
    bool *is_target;    /* one an instruction: something leads there, a jump, an error, or the end of a stretch */
    size_t statements;  /* of the step that is being printed */
    /* The instruction that is being printed: */
    uint32_t index;
    const struct instruction *instruction;
    enum micro_kind kind;
    struct promela_scope scope;
    bool is_waking; /* in its second step */
};

/* Where a step leads to. */
enum promela_arrival {
    PROMELA_BEFORE, /* an instruction, or the end of the code */
    PROMELA_INSIDE, /* an instruction that has a second step: the thread is away, or sleeps */
    PROMELA_ASLEEP  /* asleep at a barrier, behind it */
};

static inline struct text *promela_out(const struct promela_process *self)
{
    return self->promela->text;
}

static inline bool promela_is_free(const struct promela_process *self)
{
    return self->promela->scheduler == PROMELA_FREE;
}

/* Whether a signal can arrive before any step. */
static inline bool promela_may_arrive(const struct promela_process *self)
{
    return self->promela->scheduler == PROMELA_SIGNAL && self->promela->arrival == PROMELA_ANY;
}

/* Turns to an instruction; the scope is freed with promela_scope_free(). */
void promela_turn_to(struct promela_process *self, uint32_t index);

/* Begins one more of some conditions that all have to be true; one more statement of a step. */
struct text *promela_next_condition(struct text *guard);
struct text *promela_next_statement(struct promela_process *self);

/* ---- promela_ways.c: what an instruction needs, and does ---------------------------------------------------- */

/* Returns what a place is worth, or what it is called, as new. */
char *promela_place_text(struct promela_process *self, const struct micro_operation *micro, enum micro_place place,
                         int64_t way);

/* Returns when the instruction is no error of the program, as new; "" where it never is one. */
char *promela_validity(struct promela_process *self);

/* Appends to a guard what keeps a thread from stepping whatever the instruction is: only where no scheduler says it. */
void promela_require_presence(struct promela_process *self, struct text *guard);

/* The instruction can be done in so many ways, of which some may not be one; and when it can be done in one of them. That it need
 * not wait the scheduler says, unless the instruction is in the middle of a step. */
size_t promela_way_count(const struct promela_process *self);
bool promela_is_way(const struct promela_process *self, size_t way);
void promela_require_way(struct promela_process *self, size_t way, bool is_middle, struct text *guard);

/* Where a way leads to, and what kind of place that is. */
uint32_t promela_target(const struct promela_process *self, size_t way);
enum promela_arrival promela_arrival_of(const struct promela_process *self, size_t way);

/* Whether the instruction has a second step. */
bool promela_has_second_step(const struct promela_process *self);

/* Prints what a way does. */
void promela_print_effect(struct promela_process *self, size_t way);

/* ---- promela_steps.c: how a step begins and ends, and what is between ------------------------------------------- */

/* Whether an instruction can be the first one of a step. */
bool promela_begins_step(const struct code *code, uint32_t index);

/* Prints the step that takes a way of the instruction, with all that follows in the same step, and where it leads. Validity is that of
 * the instruction. */
void promela_print_way_of_step(struct promela_process *self, size_t way, const char *valid);

/* Prints the second step of the instruction, where it is one: who was woken has a guard and an effect, and there may be several ways,
 * told apart as choices; a return concerns no scheduler. */
void promela_print_waking(struct promela_process *self, const struct text *guard, const char *effect);
void promela_print_return(struct promela_process *self);

/* Marks what the steps that begin with an instruction can lead to, and whether these are several places. */
void promela_mark_exits(struct promela_process *self, uint32_t index);

/* ---- promela_watch.c ------------------------------------------------------------------------------------------- */

/* Prints, as the last statement of a step that began with the instruction, where it has led to, for whoever counts how often others enter
 * critical sections; nothing where no claim is about that. */
void promela_print_watching(struct promela_process *self, uint32_t next, bool is_away);
