#include "analysis/all_iterations.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum {
    EXACT_PAIRS_MAX = 1200000,    /* states times slots of exact tracks */
    ABSTRACT_STATES_MAX = 100000, /* of tracks with a threshold */
    AGREEING = 5,                 /* so many differences in a row must be equal before a formula is guessed */
    SET_WORDS = 32,               /* of a set of values from -1024 to 1023 */
    SET_PAIRS_MAX = 60000         /* states times slots, a set each */
};

#define WORK_MAX ((uint64_t)300000000) /* entries that are looked at: about a second */
#define VALUES_MAX ((uint64_t)1 << 32) /* larger constants are not looked at */

static bool refuse(struct all_iterations *self, const char *reason)
{
    if (self->left == 0)
        reason = "the search for a proof takes too long";
    if (self->reason == NULL)
        self->reason = memory_copy_string(reason);
    return false;
}

/* ---- Exact extremes --------------------------------------------------------------------------------------------------- */

static uint64_t exact_states(const struct iterated *of, uint32_t most)
{
    struct tracks tracks;
    tracks_make_exact(&tracks, of, most);
    uint64_t states = tracks.states;
    tracks_free(&tracks);
    return states;
}

/* As many repetitions as a table of some pairs has room for. */
static uint32_t choose_most(const struct iterated *of, uint32_t most, uint64_t pairs)
{
    while (most > 0 && exact_states(of, most) * of->slot_count > pairs)
        most--;
    return most;
}

/* A formula that the last exact extremes obey; it begins where they begin to. */
static bool guess(struct all_iterations *self, bool is_upper)
{
    struct iteration_bound *bound = &self->bounds[is_upper];
    const int64_t *exact = self->exact[is_upper];
    uint32_t k = self->exact_most;
    bound->slope = exact[k] - exact[k - 1];
    bound->constant = exact[k] - bound->slope * (int64_t)k;
    while (k > 1 && exact[k - 1] == bound->constant + bound->slope * (int64_t)(k - 1))
        k--;
    bound->from = k;
    return self->exact_most - k >= AGREEING ||
           refuse(self,
                  "no formula is in sight: what one more repetition adds differs up to the last one that was folded");
}

/* ---- That the formula is reached --------------------------------------------------------------------------------------- */

/* Whether a thread's step from a state continues the path that a fold tells; if so goes on. */
static bool follow(const struct tracks *tracks, const int64_t *fold, uint64_t *state, uint32_t *slot, uint32_t thread,
                   struct path *path)
{
    const struct iterated *of = tracks->of;
    if (!tracks_may_step(tracks, *state, thread))
        return false;
    uint64_t to = tracks_next(tracks, *state, thread, 0);
    const struct iterated_step *step = &of->threads[thread].steps[tracks_node(tracks, *state, thread)->position];
    for (size_t e = 0; e < step->entry_count; e++) {
        const struct iterated_entry *entry = &step->entries[e];
        int64_t behind = fold[to * of->slot_count + entry->image];
        if (entry->slot != *slot || behind == POTENTIAL_NONE ||
            behind + entry->addend != fold[*state * of->slot_count + *slot])
            continue;
        path_add(path, *state, *slot, thread);
        *state = to;
        *slot = entry->image;
        return true;
    }
    return false;
}

/* The way to an extreme, on which a thread goes on as long as it can. */
static void find_path(const struct tracks *tracks, const int64_t *fold, bool is_upper, uint32_t k, struct path *path)
{
    int64_t value;
    uint32_t slot, last = 0;
    uint64_t state = tracks_start(tracks, k);
    bool goes_on = potential_extreme(tracks, fold, is_upper, k, &value, &slot);
    while (goes_on && !tracks_finished(tracks, state)) {
        uint32_t thread = last;
        goes_on = follow(tracks, fold, &state, &slot, thread, path);
        for (thread = 0; !goes_on && thread < tracks->of->thread_count; thread++) {
            goes_on = follow(tracks, fold, &state, &slot, thread, path);
            last = thread;
        }
    }
    path_add(path, state, slot, 0);
}

static bool prove_reached(struct all_iterations *self, const struct tracks *tracks, const int64_t *fold, bool is_upper)
{
    struct iteration_bound *bound = &self->bounds[is_upper];
    for (uint32_t k = bound->from; k <= self->exact_most; k++) {
        struct path path = {0};
        struct pumping pumping;
        find_path(tracks, fold, is_upper, k, &path);
        pumping_find(&pumping, tracks, &path, is_upper, &self->left);
        bool is_reached = pumping.has_total && pumping.total == bound->slope;
        if (is_reached)
            pumping_tell(&pumping, tracks, &path, is_upper, &bound->pumped);
        path_free(&path);
        bound->base = k;
        if (is_reached)
            return true;
    }
    return refuse(self, "the schedules that were folded cannot be made longer so that the formula is reached");
}

/* ---- That nothing goes beyond it ------------------------------------------------------------------------------------------ */

/* Ways to divide what a repetition adds among the threads: evenly, all to one, and others. */
struct division {
    const struct iterated *of;
    int64_t slope;
    unsigned number; /* of the next one */
};

/* Whether only threads with a loop get something. */
static bool is_fair(const struct iterated *of, const int64_t *slopes)
{
    bool fits = true;
    for (size_t t = 0; t < of->thread_count; t++)
        fits &= slopes[t] == 0 || of->threads[t].end > of->threads[t].first;
    return fits;
}

static bool next_division(struct division *self, int64_t *slopes)
{
    enum { WIDTH = 9 };
    size_t threads = self->of->thread_count, others = threads - 1;
    unsigned sizes[] = {1, WIDTH, WIDTH * WIDTH}, count = 1 + (unsigned)threads + sizes[others];
    while (self->number < count) {
        unsigned number = self->number++;
        memset(slopes, 0, ITERATED_THREADS_MAX * sizeof *slopes);
        for (size_t t = 0; t < threads && number == 0; t++)
            slopes[t] = self->slope / (int64_t)threads;
        if (number == 0)
            slopes[0] += self->slope % (int64_t)threads;
        else if (number <= threads)
            slopes[number - 1] = self->slope;
        else {
            unsigned rest = number - 1 - (unsigned)threads;
            int64_t left = self->slope;
            for (size_t t = 0; t < others; t++, rest /= WIDTH)
                left -= slopes[t] = (int64_t)(rest % WIDTH) - WIDTH / 2;
            slopes[others] = left;
        }
        if (is_fair(self->of, slopes))
            return true;
    }
    return false;
}

static bool keeps_bound(const struct all_iterations *self, const struct tracks *tracks, uint32_t slot, bool is_upper,
                        const struct potential *potential, bool *is_there)
{
    int64_t added = potential_at(potential, tracks, tracks_start(tracks, 0), slot);
    int64_t constant = self->bounds[is_upper].constant;
    *is_there = added != POTENTIAL_NONE;
    if (!*is_there)
        return true;
    int64_t value = self->of->initial[slot] + added;
    return is_upper ? value <= constant : value >= constant;
}

static bool bound_slot(struct all_iterations *self, const struct tracks *tracks, uint32_t slot, bool is_upper)
{
    struct iteration_bound *bound = &self->bounds[is_upper];
    struct division division = {self->of, bound->slope, 0};
    int64_t slopes[ITERATED_THREADS_MAX];
    while (next_division(&division, slopes)) {
        struct potential *potential = &bound->potentials[slot];
        bool is_bound = potential_make(potential, tracks, slot, is_upper, slopes, &self->left) &&
                        keeps_bound(self, tracks, slot, is_upper, potential, &bound->has_potential[slot]);
        if (is_bound && bound->has_potential[slot])
            return true;
        potential_free(potential);
        if (is_bound)
            return true;
    }
    return false;
}

static void drop_potentials(struct iteration_bound *self)
{
    for (size_t s = 0; s < ITERATED_SLOTS_MAX; s++)
        potential_free(&self->potentials[s]);
}

static bool prove_bound(struct all_iterations *self, bool is_upper)
{
    struct iteration_bound *bound = &self->bounds[is_upper];
    for (uint32_t threshold = 1; threshold <= ALL_ITERATIONS_THRESHOLD_MAX; threshold++) {
        struct tracks *tracks = &self->tracks[threshold];
        if (tracks->of == NULL)
            tracks_make_abstract(tracks, self->of, threshold);
        bool is_proved = tracks->states <= ABSTRACT_STATES_MAX;
        for (uint32_t slot = 0; slot < self->of->slot_count && is_proved; slot++)
            is_proved = bound_slot(self, tracks, slot, is_upper);
        bound->threshold = threshold;
        bound->proved_from = bound->base > threshold ? bound->base : threshold;
        if (is_proved && bound->proved_from <= self->exact_most)
            return true;
        drop_potentials(bound);
    }
    return refuse(self, "no potential was found that keeps all schedules within the formula");
}

/* ---- All values ----------------------------------------------------------------------------------------------------------- */

struct value_sets {
    const struct tracks *tracks;
    uint64_t *bits; /* SET_WORDS for each pair: what can be added from there on */
};

static uint64_t *set_at(const struct value_sets *self, uint64_t state, size_t slot)
{
    return self->bits + (state * self->tracks->of->slot_count + slot) * SET_WORDS;
}

static bool set_has(const uint64_t *set, int64_t value)
{
    int64_t bit = value + SET_WORDS * 32;
    return bit >= 0 && bit < SET_WORDS * 64 && (set[bit / 64] >> (bit % 64) & 1) != 0;
}

/* Adds all of a set, plus a number. Returns false where one does not fit. */
static bool set_add(uint64_t *to, const uint64_t *from, int64_t by)
{
    for (int64_t value = -SET_WORDS * 32; value < SET_WORDS * 32; value++) {
        int64_t bit = value + by + SET_WORDS * 32;
        if (from[(value + SET_WORDS * 32) / 64] == 0)
            value |= 63; /* the whole word */
        else if (set_has(from, value) && (bit < 0 || bit >= SET_WORDS * 64))
            return false;
        else if (set_has(from, value))
            to[bit / 64] |= UINT64_C(1) << (bit % 64);
    }
    return true;
}

static bool fold_sets(struct value_sets *self)
{
    const struct tracks *tracks = self->tracks;
    const struct iterated *of = tracks->of;
    bool fits = true;
    set_at(self, 0, of->observed)[SET_WORDS / 2] = 1;
    for (uint64_t state = 1; state < tracks->states && fits; state++)
        for (size_t t = 0; t < of->thread_count; t++) {
            if (!tracks_may_step(tracks, state, t))
                continue;
            const struct iterated_step *step = &of->threads[t].steps[tracks_node(tracks, state, t)->position];
            uint64_t to = tracks_next(tracks, state, t, 0);
            for (size_t e = 0; e < step->entry_count && fits; e++)
                fits = set_add(set_at(self, state, step->entries[e].slot), set_at(self, to, step->entries[e].image),
                               step->entries[e].addend);
        }
    return fits;
}

/* Whether a value is a final one with k repetitions that begins in a slot, and whether all of some are final ones. */
static bool is_final(const struct value_sets *self, uint32_t k, uint32_t slot, int64_t value)
{
    const struct iterated *of = self->tracks->of;
    return set_has(set_at(self, tracks_start(self->tracks, k), slot), value - of->initial[slot]);
}

static bool are_final(const struct value_sets *self, uint32_t k, int64_t first, int64_t last)
{
    for (int64_t value = first; value <= last; value++) {
        bool is_any = false;
        for (uint32_t slot = 0; slot < self->tracks->of->slot_count; slot++)
            is_any |= is_final(self, k, slot, value);
        if (!is_any)
            return false;
    }
    return true;
}

/* A way to a value: `rest` is what is still to be added. */
static bool follow_value(const struct value_sets *self, uint64_t *state, uint32_t *slot, int64_t *rest, uint32_t thread,
                         struct path *path)
{
    const struct tracks *tracks = self->tracks;
    if (!tracks_may_step(tracks, *state, thread))
        return false;
    uint64_t to = tracks_next(tracks, *state, thread, 0);
    const struct iterated_step *step =
        &tracks->of->threads[thread].steps[tracks_node(tracks, *state, thread)->position];
    for (size_t e = 0; e < step->entry_count; e++) {
        const struct iterated_entry *entry = &step->entries[e];
        if (entry->slot != *slot || !set_has(set_at(self, to, entry->image), *rest - entry->addend))
            continue;
        path_add(path, *state, *slot, thread);
        *state = to;
        *slot = entry->image;
        *rest -= entry->addend;
        return true;
    }
    return false;
}

/* Whether the first schedule in which a value begins in a slot can be pumped so that each repetition adds the slope of a bound. */
static bool can_be_pumped(struct all_iterations *self, const struct value_sets *sets, uint32_t k, uint32_t slot,
                          int64_t value, bool is_upper)
{
    const struct tracks *tracks = sets->tracks;
    struct path path = {0};
    struct pumping pumping;
    uint64_t state = tracks_start(tracks, k);
    uint32_t at = slot;
    int64_t rest = value - tracks->of->initial[slot];
    if (!is_final(sets, k, slot, value))
        return false;
    while (!tracks_finished(tracks, state))
        for (uint32_t t = 0; t < tracks->of->thread_count; t++)
            if (follow_value(sets, &state, &at, &rest, t, &path))
                break;
    path_add(&path, state, at, 0);
    pumping_find(&pumping, tracks, &path, is_upper, &self->left);
    path_free(&path);
    return pumping.has_total && pumping.total == self->bounds[is_upper].slope;
}

/* Whether all values can, wherever they begin. */
static bool can_all_be_pumped(struct all_iterations *self, const struct value_sets *sets, uint32_t k)
{
    bool can = true;
    for (int64_t value = self->exact[0][k]; value <= self->exact[1][k] && can; value++) {
        can = false;
        for (uint32_t slot = 0; slot < sets->tracks->of->slot_count && !can; slot++)
            can = can_be_pumped(self, sets, k, slot, value, false);
    }
    return can;
}

/* The slot that every value with k repetitions can begin in; the number of slots where there is none. */
static uint32_t find_main_slot(const struct value_sets *self, uint32_t k, int64_t first, int64_t last)
{
    uint32_t slot = 0;
    for (; slot < self->tracks->of->slot_count; slot++) {
        int64_t value = first;
        while (value <= last && is_final(self, k, slot, value))
            value++;
        if (value > last)
            break;
    }
    return slot;
}

/* The weights of cycles at the start between which an interval of some length leaves no gap. */
static bool find_cycles(const struct tracks *tracks, uint32_t k, uint32_t slot, int64_t length, int64_t *least,
                        int64_t *greatest)
{
    uint64_t weights[SET_WORDS] = {0};
    bool is_any = false;
    if (!pumping_weights(tracks, tracks_start(tracks, k), slot, weights, SET_WORDS))
        return false;
    for (int64_t w = -SET_WORDS * 32; w < SET_WORDS * 32; w++) {
        if (!set_has(weights, w))
            continue;
        if (is_any && w - *greatest > length)
            break;
        *least = is_any ? *least : w;
        *greatest = w;
        is_any = true;
    }
    return is_any;
}

/* An interval with k repetitions, moved by the cycles at the start, is one with k + 1, but for its ends; these the lowest and highest
 * values become when they are pumped. With k + j the ends are as wide as with k, and all values begin in the same slot, so that this
 * goes on for ever. Where there are no such cycles, the interval must not become longer, and every value must be pumped. */
static bool prove_interval(struct all_iterations *self, const struct value_sets *sets, uint32_t k)
{
    const struct iteration_bound *low = &self->bounds[0], *high = &self->bounds[1];
    int64_t first = self->exact[0][k], last = self->exact[1][k], least = 0, greatest = 0;
    if (!are_final(sets, k, first, last))
        return false;
    if (low->slope == high->slope && can_all_be_pumped(self, sets, k))
        return true;
    uint32_t slot = find_main_slot(sets, k, first, last);
    if (slot == sets->tracks->of->slot_count ||
        !find_cycles(sets->tracks, k, slot, last - first + 1, &least, &greatest))
        return false;
    int64_t below = first + least - low->slope, above = last - (high->slope - greatest);
    bool is_proved = below <= last + 1 && above >= first - 1;
    for (int64_t value = first; value < below && is_proved; value++)
        is_proved = can_be_pumped(self, sets, k, slot, value, false);
    for (int64_t value = last; value > above && is_proved; value--)
        is_proved = can_be_pumped(self, sets, k, slot, value, true);
    return is_proved;
}

static void prove_values(struct all_iterations *self)
{
    struct tracks tracks;
    uint32_t most = choose_most(self->of, self->exact_most, SET_PAIRS_MAX);
    uint32_t from = self->bounds[0].from > self->bounds[1].from ? self->bounds[0].from : self->bounds[1].from;
    tracks_make_exact(&tracks, self->of, most);
    struct value_sets sets = {&tracks,
                              memory_new((size_t)tracks.states * self->of->slot_count * SET_WORDS, sizeof *sets.bits)};
    bool fits = fold_sets(&sets);
    for (uint32_t k = from; k <= most && fits && !self->has_values; k++) {
        self->has_values = prove_interval(self, &sets, k);
        self->values_from = k;
    }
    while (self->has_values && self->values_from > from &&
           are_final(&sets, self->values_from - 1, self->exact[0][self->values_from - 1],
                     self->exact[1][self->values_from - 1]))
        self->values_from--;
    if (!self->has_values)
        self->values_reason =
            memory_copy_string(fits ? "it was not proved that they are all from the least to the greatest one"
                                    : "those of few repetitions differ by too much");
    memory_free(sets.bits);
    tracks_free(&tracks);
}

/* ---- The whole -------------------------------------------------------------------------------------------------------------- */

static bool prove_both(struct all_iterations *self, const struct tracks *tracks)
{
    bool is_good = true;
    for (int upper = 0; upper < 2 && is_good; upper++) {
        int64_t *fold = potential_fold(tracks, upper != 0);
        uint32_t slot;
        for (uint32_t k = 1; k <= self->exact_most; k++)
            (void)potential_extreme(tracks, fold, upper != 0, k, &self->exact[upper][k], &slot);
        is_good =
            guess(self, upper != 0) && prove_reached(self, tracks, fold, upper != 0) && prove_bound(self, upper != 0);
        self->bounds[upper].is_proved = is_good;
        memory_free(fold);
    }
    return is_good;
}

static bool prove(struct all_iterations *self)
{
    const struct iterated *of = self->of;
    struct tracks tracks;
    if (of->greatest_first >= VALUES_MAX || of->greatest_addend >= VALUES_MAX)
        return refuse(self, "the program has numbers of 2^32 or more");
    if (!iterated_cannot_deadlock(of))
        return refuse(self, "schedules can deadlock");
    self->exact_most = choose_most(of, ALL_ITERATIONS_EXACT_MAX, EXACT_PAIRS_MAX);
    if (self->exact_most <= AGREEING)
        return refuse(self, "the loops are too long for folds of several repetitions");
    tracks_make_exact(&tracks, of, self->exact_most);
    bool is_good = prove_both(self, &tracks);
    tracks_free(&tracks);
    return is_good;
}

struct all_iterations *all_iterations_new(const struct program *program, uint32_t word)
{
    struct all_iterations *self = memory_new(1, sizeof *self);
    self->of = iterated_new(program, word, &self->reason);
    if (self->of == NULL)
        return self;
    self->times = self->of->times;
    self->repeats_iters = self->of->repeats_iters;
    self->most = iterated_most(self->of);
    self->left = WORK_MAX;
    if (prove(self))
        prove_values(self);
    return self;
}

void all_iterations_free(struct all_iterations *self)
{
    if (self == NULL)
        return;
    for (int upper = 0; upper < 2; upper++) {
        drop_potentials(&self->bounds[upper]);
        turns_free(&self->bounds[upper].pumped);
    }
    for (size_t t = 0; t <= ALL_ITERATIONS_THRESHOLD_MAX; t++)
        tracks_free(&self->tracks[t]);
    iterated_free(self->of);
    memory_free(self->reason);
    memory_free(self->values_reason);
    memory_free(self);
}

bool all_iterations_extreme(const struct all_iterations *self, bool is_upper, uint64_t k, int64_t *value)
{
    const struct iteration_bound *bound = &self->bounds[is_upper];
    int64_t product;
    if (self->reason != NULL || k < 1 || k > self->most)
        return false;
    if (k <= self->exact_most) {
        *value = self->exact[is_upper][k];
        return true;
    }
    return !__builtin_mul_overflow(bound->slope, (int64_t)k, &product) &&
           !__builtin_add_overflow(bound->constant, product, value);
}

struct turns all_iterations_witness(const struct all_iterations *self, bool is_upper, uint64_t k)
{
    const struct iteration_bound *bound = &self->bounds[is_upper];
    return k < bound->base ? (struct turns){0} : turns_repeat(&bound->pumped, k - bound->base);
}

/* ---- In words --------------------------------------------------------------------------------------------------------------- */

const char *all_iterations_parameter(const struct all_iterations *self)
{
    return self->repeats_iters ? "ITERS" : "K";
}

void all_iterations_print_formula(struct text *text, const struct all_iterations *self, bool is_upper)
{
    const struct iteration_bound *bound = &self->bounds[is_upper];
    const char *name = all_iterations_parameter(self);
    int64_t slope = bound->slope < 0 ? -bound->slope : bound->slope;
    if (bound->constant != 0 || slope == 0)
        text_print(text, "%" PRId64, bound->constant);
    if (slope == 0)
        return;
    if (bound->constant != 0)
        text_print(text, bound->slope < 0 ? " - " : " + ");
    else if (bound->slope < 0)
        text_print(text, "-");
    if (slope != 1)
        text_print(text, "%" PRId64 " ", slope);
    text_print(text, "%s", name);
}

void all_iterations_print(struct text *text, const struct all_iterations *self)
{
    const char *name = all_iterations_parameter(self);
    for (int upper = 0; upper < 2; upper++) {
        text_print(text, upper ? "; maximum " : "minimum ");
        all_iterations_print_formula(text, self, upper != 0);
        text_print(text, " for every %s >= %" PRIu32, name, self->bounds[upper].from);
    }
    if (self->has_values)
        text_print(text, "; all values between them for every %s >= %" PRIu32, name, self->values_from);
}
