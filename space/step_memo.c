#include "space/step_memo.h"

#include "base/memory.h"

#include <string.h>

/* Finding the masks of more instructions would take too long. */
enum { PLACES_MAX = 4096 };

/* After so many looks it is known whether a memo is worth it: where less than half of them find what they look for it is not. */
enum { TRIAL = 1 << 14 };

bool step_masks_apply(const struct system *system)
{
    size_t places = 0;
    for (size_t t = 0; t < system->thread_count; t++)
        places += machine_instruction_count(system->machine, t);
    return places <= PLACES_MAX && system->quads <= STEP_MEMO_QUADS && !system->chooses && !system->tracks_last &&
           system->counted == NULL && system->options == 1 && machine_has_footprints(system->machine);
}

void step_masks_start(struct step_masks *self, const struct system *system)
{
    *self = (struct step_masks){.quads = system->quads, .thread_count = system->thread_count};
    for (size_t t = 0; t < system->thread_count; t++)
        self->first[t + 1] = self->first[t] + (uint32_t)machine_instruction_count(system->machine, t);
    self->masks = memory_new((size_t)self->first[system->thread_count] * self->quads, sizeof *self->masks);
    self->known = memory_new(self->first[system->thread_count], sizeof *self->known);
    for (size_t t = 0; t < system->thread_count; t++)
        for (uint32_t place = self->first[t]; place < self->first[t + 1]; place++)
            self->known[place] = machine_footprint(system->machine, t, place - self->first[t],
                                                   self->masks + (size_t)place * self->quads);
}

void step_masks_free(struct step_masks *self)
{
    memory_free(self->masks);
    memory_free(self->known);
    *self = (struct step_masks){0};
}

void step_memo_start(struct step_memo *self)
{
    *self = (struct step_memo){.items = memory_new(STEP_MEMO_ITEMS, sizeof *self->items)};
}

void step_memo_free(struct step_memo *self)
{
    memory_free(self->items);
    self->items = NULL;
}

/* ---- Looking --------------------------------------------------------------------------------------------------- */

static inline uint32_t find_item(uint32_t place, const uint64_t *key)
{
    uint64_t hash = (key[0] ^ (key[1] << 29 | key[1] >> 35) ^ place) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 32) % STEP_MEMO_ITEMS;
}

/* The place of the next instruction of a thread and the bits that its step depends on. Returns false where these are not known. */
static inline bool find_key(const struct step_masks *self, const uint64_t *state, size_t thread, uint32_t index,
                            uint32_t *place, uint64_t key[STEP_MEMO_QUADS])
{
    *place = self->first[thread] + index;
    const uint64_t *mask = self->masks + (size_t)*place * self->quads;
    key[0] = state[0] & mask[0];
    key[1] = self->quads > 1 ? state[1] & mask[1] : 0;
    return self->known[*place];
}

static inline bool is_item(const struct step_memo_item *item, uint32_t place, const uint64_t key[STEP_MEMO_QUADS])
{
    return item->kind != STEP_MEMO_EMPTY && item->place == place && item->key[0] == key[0] && item->key[1] == key[1];
}

bool step_memo_look(struct step_memo *self, const struct step_masks *masks, const struct system *system,
                    const uint64_t *state, struct system_choices *choices)
{
    uint64_t key[STEP_MEMO_QUADS], ready = 0;
    uint32_t place, missed = 0;
    for (size_t t = 0; t < masks->thread_count; t++) {
        uint32_t index = machine_index(system->machine, state, t);
        self->at[t] = STEP_MEMO_NONE;
        if (index == masks->first[t + 1] - masks->first[t])
            continue;
        if (!find_key(masks, state, t, index, &place, key)) {
            missed++;
            continue;
        }
        uint32_t number = find_item(place, key);
        const struct step_memo_item *item = &self->items[number];
        if (is_item(item, place, key)) {
            self->at[t] = number;
            ready |= (uint64_t)(item->kind != STEP_MEMO_BLOCKED) << t;
        } else {
            missed++;
        }
    }
    self->looked += masks->thread_count;
    self->missed += missed;
    choices->ready = choices->threads[0] = ready;
    choices->away = choices->threads[1] = 0;
    choices->options = 1;
    return missed == 0;
}

/* Whether another thread has its item there in the same state. */
static bool is_taken(const struct step_memo *self, uint32_t number, size_t threads)
{
    for (size_t t = 0; t < threads; t++)
        if (self->at[t] == number)
            return true;
    return false;
}

void step_memo_note(struct step_memo *self, const struct step_masks *masks, const struct system *system,
                    const uint64_t *state, const struct system_choices *choices)
{
    uint64_t key[STEP_MEMO_QUADS];
    uint32_t place;
    for (size_t t = 0; t < masks->thread_count; t++) {
        uint32_t index = machine_index(system->machine, state, t);
        if (self->at[t] != STEP_MEMO_NONE || index == masks->first[t + 1] - masks->first[t] ||
            !find_key(masks, state, t, index, &place, key))
            continue;
        uint32_t number = find_item(place, key);
        if (is_taken(self, number, masks->thread_count))
            continue;
        self->at[t] = number;
        self->items[number] = (struct step_memo_item){.key = {key[0], key[1]}, .place = place};
        self->items[number].kind = (choices->ready >> t & 1) != 0 ? STEP_MEMO_OPEN : STEP_MEMO_BLOCKED;
    }
    if (self->looked > TRIAL && self->missed > self->looked / 2)
        step_memo_free(self);
}
