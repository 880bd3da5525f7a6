/* step_memo: what steps did that were taken before, so that they need not be executed again.
 *
 * What a step does depends on few bits of a state, where machine_footprint() knows them: how far its thread is, its registers, who
 * holds the mutex that it takes. A memo is a small table from these bits to which bits the step changes, for one batch of the
 * explorer; a newer item takes the place of an older one. `struct step_masks` says which bits those are, for all memos of a search. */
#pragma once

#include "space/system.h"

enum { STEP_MEMO_ITEMS = 512, STEP_MEMO_QUADS = 2 };

#define STEP_MEMO_NONE UINT32_MAX

enum step_memo_kind {
    STEP_MEMO_EMPTY,
    STEP_MEMO_BLOCKED, /* it cannot be taken */
    STEP_MEMO_OPEN,    /* it can */
    STEP_MEMO_TAKEN    /* and what it changes is known */
};

struct step_memo_item {
    uint64_t key[STEP_MEMO_QUADS];
    uint64_t change[STEP_MEMO_QUADS];
    uint32_t place; /* of the step's first instruction, among those of all threads */
    enum step_memo_kind kind;
};

struct step_masks {
    size_t quads;
    size_t thread_count;
    uint32_t first[SYSTEM_THREADS_MAX + 1]; /* where the places of each thread begin */
    uint64_t *masks;                        /* quads for each place */
    bool *known;                            /* one a place */
};

struct step_memo {
    struct step_memo_item *items; /* NULL: nothing is remembered */
    uint64_t looked, missed;
    uint32_t
        at[SYSTEM_THREADS_MAX]; /* of the state that was looked at last: the item of each thread, or STEP_MEMO_NONE */
};

/* Whether steps of a system can be remembered. */
bool step_masks_apply(const struct system *system);

/* Finds the masks; freed with step_masks_free(). */
void step_masks_start(struct step_masks *self, const struct system *system);
void step_masks_free(struct step_masks *self);

void step_memo_start(struct step_memo *self);
void step_memo_free(struct step_memo *self);

/* Looks for the next steps of all threads in a state. Returns whether all are there; then the choices are filled. Else they are to be
 * noted once they are known. */
bool step_memo_look(struct step_memo *self, const struct step_masks *masks, const struct system *system,
                    const uint64_t *state, struct system_choices *choices);
void step_memo_note(struct step_memo *self, const struct step_masks *masks, const struct system *system,
                    const uint64_t *state, const struct system_choices *choices);

/* The item of a thread in the state that was looked at last, or NULL. */
static inline struct step_memo_item *step_memo_at(struct step_memo *self, size_t thread)
{
    return self->items == NULL || self->at[thread] == STEP_MEMO_NONE ? NULL : &self->items[self->at[thread]];
}
