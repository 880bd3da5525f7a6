#include "analysis/schedule_count.h"

#include "base/memory.h"

#include <string.h>

/* A count under way: the numbers of ways of the states of two levels (or of all states, in a space that is not graded), in
 * limbs that suffice for the longest way. */
struct count {
    const struct space *space;
    size_t limbs;
    mp_limb_t *ways[2]; /* of the level being counted, and of the one after it */
    void *scratch;
};

static size_t limbs_needed(const struct space *space)
{
    uint64_t most = space_most_enabled(space);
    size_t bits_each = 0;
    while (most >> bits_each != 0)
        bits_each++;
    return (bits_each * ((size_t)space->height + 1)) / GMP_NUMB_BITS + 1;
}

static void count_state(const struct count *self, const struct space_view *view)
{
    size_t limbs = self->limbs;
    bool graded = self->space->graded;
    mp_limb_t *sum = self->ways[0] + view->place * limbs;
    memset(sum, 0, limbs * sizeof *sum);
    if (view->end != SPACE_GOES_ON)
        sum[0] = 1;
    for (size_t s = 0; s < view->step_count; s++) {
        const struct space_step *step = &view->steps[s];
        if (step->is_failure)
            mpn_add_1(sum, sum, (mp_size_t)limbs, step->multiplicity);
        else
            mpn_addmul_1(sum, self->ways[graded ? 1 : 0] + step->target * limbs, (mp_size_t)limbs, step->multiplicity);
    }
}

static void count_level(const struct count *self, size_t level)
{
    struct space_view view;
    for (size_t chunk = 0; chunk < self->space->kind->chunks(self->space, level); chunk++) {
        struct space_cursor cursor = {.scratch = self->scratch};
        self->space->kind->open(self->space, level, chunk, &cursor);
        while (self->space->kind->next(&cursor, &view))
            count_state(self, &view);
    }
}

static size_t most_places(const struct space *space)
{
    size_t most = 0;
    for (size_t level = 0; level < space->level_count; level++) {
        size_t places = space->kind->places(space, level);
        most = places > most ? places : most;
    }
    return most;
}

static void add_starts(const struct count *self, mpz_t sum)
{
    mpz_t ways;
    mpz_set_ui(sum, 0);
    for (size_t start = 0; start < self->space->start_count; start++)
        mpz_add(sum, sum, mpz_roinit_n(ways, self->ways[0] + start * self->limbs, (mp_size_t)self->limbs));
}

bool schedules_count(const struct space *space, struct budget *budget, mpz_t count)
{
    struct count self = {.space = space, .limbs = limbs_needed(space)};
    size_t bytes = most_places(space) * self.limbs * sizeof(mp_limb_t);
    if (!budget_allows(budget, 2 * bytes))
        return false;
    self.ways[0] = memory_resize(NULL, bytes, 1);
    self.ways[1] = memory_resize(NULL, space->graded ? bytes : 1, 1);
    self.scratch = space_scratch_new(space);
    bool in_time = true;
    for (size_t level = space->level_count; level-- > 0 && in_time;) {
        mp_limb_t *after = self.ways[1];
        self.ways[1] = self.ways[0];
        self.ways[0] = after;
        if (!space->graded) {
            self.ways[0] = self.ways[1];
            self.ways[1] = after;
        }
        count_level(&self, level);
        in_time = level % 64 != 0 || !budget_spent(budget, "schedules", 0, 0, 0);
    }
    add_starts(&self, count);
    memory_free(self.ways[0]);
    memory_free(self.ways[1]);
    space_scratch_free(space, self.scratch);
    return in_time;
}

void schedules_multinomial(const uint64_t *lengths, size_t count, mpz_t result)
{
    mpz_t choices;
    mpz_init(choices);
    mpz_set_ui(result, 1);
    uint64_t sum = 0;
    for (size_t t = 0; t < count; t++) {
        sum += lengths[t];
        mpz_bin_uiui(choices, (unsigned long)sum, (unsigned long)lengths[t]);
        mpz_mul(result, result, choices);
    }
    mpz_clear(choices);
}
