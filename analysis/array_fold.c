#include "analysis/array_fold.h"

#include "analysis/array_tile.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Sets that are intervals in units other than 1 are listed value by value, if they are not more than so many. */
static const int64_t listed_max = 1000000;

/* A tile's own memory should stay in the second cache; tiles are folded so many at a time between two looks at the budget. */
enum { CACHE_BYTES = 256 << 10, BLOCKS_MIN = 64, TILES_AT_ONCE = 64 };

/* Speeds, for estimates only: of one element in a vector, and of beginning a vector. */
static const double element_seconds = 1.2e-9, vector_seconds = 4e-8;

/* ---- Tiles ----------------------------------------------------------------------------------------------------- */

/* The runs of a lane cut into sides of tiles, the last one first. */
struct sides {
    struct lane_run *items;
    size_t count;
};

/* Everything that the tiles share. */
struct folding {
    const struct lanes *lanes;
    const struct array_tile_kind *kind;
    struct sides sides[2];
    size_t position_size; /* bytes of the elements of one position */
    char *down, *right;   /* as in array_tile.h, of the whole grid */
    char *scratch;        /* for each job */
    size_t scratch_size;
    bool *gaps;   /* of each tile of a diagonal: whether one was met */
    size_t first; /* the side of thread 0 of the first tile that is being folded */
    size_t diagonal;
};

static uint32_t greatest_period(const struct lane *lane)
{
    uint32_t greatest = 1;
    for (size_t r = 0; r < lane->run_count; r++)
        greatest = lane->runs[r].period > greatest ? lane->runs[r].period : greatest;
    return greatest;
}

/* How many blocks a side has at most. */
static uint32_t most_blocks(const struct lanes *lanes, const struct array_tile_kind *kind)
{
    struct lane_run sides[2];
    for (size_t t = 0; t < 2; t++)
        sides[t] = (struct lane_run){0, greatest_period(&lanes->lane[t]), ARRAY_TILE_BLOCKS};
    while (sides[0].repeats > BLOCKS_MIN && kind->scratch_size(lanes, sides) > CACHE_BYTES)
        sides[0].repeats /= 2;
    return sides[0].repeats;
}

static void add_sides(struct sides *self, const struct lane_run *run, uint32_t most, size_t *room)
{
    uint32_t pieces = (run->repeats + most - 1) / most;
    for (uint32_t piece = pieces; piece-- > 0;) {
        uint32_t begin = (uint32_t)((uint64_t)run->repeats * piece / pieces);
        uint32_t end = (uint32_t)((uint64_t)run->repeats * (piece + 1) / pieces);
        self->items = memory_grow(self->items, self->count, room, sizeof *self->items);
        self->items[self->count++] = (struct lane_run){run->first + begin * run->period, run->period, end - begin};
    }
}

static struct sides cut(const struct lane *lane, uint32_t most)
{
    struct sides sides = {0};
    size_t room = 0;
    for (size_t r = lane->run_count; r-- > 0;)
        add_sides(&sides, &lane->runs[r], most, &room);
    return sides;
}

/* One of several tiles on a diagonal. Where the threads are alike, what lies right of a tile in the middle is the mirror image of what
 * lies below it. */
static void fold_tile(void *context, size_t piece, size_t job)
{
    struct folding *self = context;
    size_t a = self->first + piece, b = self->diagonal - a;
    struct array_tile tile = {.lanes = self->lanes, .sides = {self->sides[0].items[a], self->sides[1].items[b]}};
    char *down = self->down + tile.sides[1].first * self->position_size;
    char *right = self->right + tile.sides[0].first * self->position_size;
    if (self->lanes->alike && a == b)
        self->kind->mirror(self->lanes, down, right, (size_t)tile.sides[0].period * tile.sides[0].repeats);
    tile.down = down;
    tile.right = right;
    if (!self->kind->fold(&tile, self->scratch + job * self->scratch_size))
        self->gaps[a] = true;
}

/* ---- Diagonals ------------------------------------------------------------------------------------------------- */

static size_t diagonal_count(const struct folding *self)
{
    return self->sides[0].count > 0 && self->sides[1].count > 0 ? self->sides[0].count + self->sides[1].count - 1 : 0;
}

/* The tiles of a diagonal: the sides `*first` .. result - 1 of thread 0. */
static size_t diagonal_end(const struct folding *self, size_t diagonal, size_t *first)
{
    size_t end = diagonal + 1 < self->sides[0].count ? diagonal + 1 : self->sides[0].count;
    *first = diagonal >= self->sides[1].count ? diagonal - self->sides[1].count + 1 : 0;
    return self->lanes->alike && diagonal / 2 + 1 < end ? diagonal / 2 + 1 : end;
}

static bool fold_diagonals(struct folding *self, unsigned jobs, struct budget *budget)
{
    size_t diagonals = diagonal_count(self), end;
    for (self->diagonal = 0; self->diagonal < diagonals; self->diagonal++)
        for (end = diagonal_end(self, self->diagonal, &self->first); self->first < end; self->first += TILES_AT_ONCE) {
            size_t tiles = end - self->first < TILES_AT_ONCE ? end - self->first : TILES_AT_ONCE;
            parallel_run(jobs, tiles, fold_tile, self);
            if (budget_spent(budget, "values", self->diagonal, diagonals, diagonals - self->diagonal))
                return false;
        }
    return true;
}

/* ---- The answer ------------------------------------------------------------------------------------------------ */

/* Adds what the elements of a slot come to at the start. Returns false where those are too many to be listed. */
static bool add_values(struct array_fold *self, const struct lanes *lanes, uint32_t slot, int64_t least,
                       int64_t greatest)
{
    int64_t unit = (int64_t)lanes->unit, first = lanes->initial[slot] + least * unit;
    struct extremes *extremes = &self->extremes;
    int64_t last = lanes->initial[slot] + greatest * unit;
    extremes->least = first < extremes->least ? first : extremes->least;
    extremes->greatest = last > extremes->greatest ? last : extremes->greatest;
    if (unit == 1 || first == last) {
        intervals_add(&self->values, first, last);
        return true;
    }
    if (greatest - least >= listed_max)
        return false;
    for (int64_t value = first; value <= last; value += unit)
        intervals_add(&self->values, value, value);
    return true;
}

static void answer(struct array_fold *self, const struct folding *folding)
{
    int64_t least, greatest;
    const char *start = folding->lanes->lane[1].count > 0 ? folding->down : folding->right;
    for (uint32_t slot = 0; slot < folding->lanes->slot_count; slot++) {
        bool is_any = folding->kind->read(folding->lanes, start, 0, slot, &least, &greatest);
        self->slots[slot] = is_any ? (struct value_range){least, greatest} : (struct value_range){0, -1};
        if (is_any)
            self->is_contiguous &= add_values(self, folding->lanes, slot, least, greatest);
    }
    if (!self->is_contiguous)
        intervals_free(&self->values);
}

/* ---- Life ------------------------------------------------------------------------------------------------------ */

static const struct array_tile_kind *kind_for(const struct lanes *lanes)
{
    return lanes->greatest_sum < array_tile_32.bound ? &array_tile_32 : &array_tile_64;
}

bool array_fold_applies(const struct lanes *lanes)
{
    return lanes->greatest_sum < array_tile_64.bound;
}

static double pair_seconds(const struct lanes *lanes, const struct lane_run *a, const struct lane_run *b)
{
    double places = (double)a->period * (double)b->period;
    double blocks = (double)a->repeats * (double)b->repeats, diagonals = (double)a->repeats + (double)b->repeats;
    double tiles = blocks / ((double)ARRAY_TILE_BLOCKS * ARRAY_TILE_BLOCKS);
    diagonals = tiles > 1 ? tiles * 2 * ARRAY_TILE_BLOCKS : diagonals;
    return places * lanes->slot_count * (blocks * element_seconds + diagonals * vector_seconds);
}

struct estimate array_fold_estimate(const struct lanes *lanes)
{
    struct estimate estimate = {0, 0};
    const struct lane *lane = lanes->lane;
    for (size_t a = 0; a < lane[0].run_count; a++)
        for (size_t b = 0; b < lane[1].run_count; b++)
            estimate.seconds += pair_seconds(lanes, &lane[0].runs[a], &lane[1].runs[b]);
    estimate.seconds /= lanes->alike ? 2 : 1;
    struct lane_run sides[2];
    for (size_t t = 0; t < 2; t++)
        sides[t] = (struct lane_run){0, greatest_period(&lane[t]), ARRAY_TILE_BLOCKS};
    estimate.bytes = (double)kind_for(lanes)->scratch_size(lanes, sides) +
                     2.0 * (double)kind_for(lanes)->element_size * lanes->slot_count *
                         ((double)lane[0].count + (double)lane[1].count + 2);
    return estimate;
}

static size_t greatest_scratch(const struct folding *self, uint32_t blocks)
{
    struct lane_run sides[2];
    for (size_t t = 0; t < 2; t++)
        sides[t] = (struct lane_run){0, greatest_period(&self->lanes->lane[t]), blocks};
    size_t size = self->kind->scratch_size(self->lanes, sides);
    return (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE + CACHE_LINE;
}

static void open_folding(struct folding *self, const struct lanes *lanes, unsigned jobs)
{
    *self = (struct folding){.lanes = lanes, .kind = kind_for(lanes)};
    uint32_t blocks = most_blocks(lanes, self->kind);
    for (size_t t = 0; t < 2; t++)
        self->sides[t] = cut(&lanes->lane[t], blocks);
    self->position_size = 2 * lanes->slot_count * self->kind->element_size;
    self->down = memory_new((size_t)lanes->lane[1].count + 1, self->position_size);
    self->right = memory_new((size_t)lanes->lane[0].count + 1, self->position_size);
    self->scratch_size = greatest_scratch(self, blocks);
    self->scratch = memory_new(jobs, self->scratch_size);
    self->gaps = memory_new(self->sides[0].count + 1, sizeof *self->gaps);
}

static void close_folding(struct folding *self)
{
    for (size_t t = 0; t < 2; t++)
        memory_free(self->sides[t].items);
    memory_free(self->down);
    memory_free(self->right);
    memory_free(self->scratch);
    memory_free(self->gaps);
}

enum fold_result array_fold_run(struct array_fold *self, const struct lanes *lanes, unsigned jobs,
                                struct budget *budget)
{
    struct folding folding;
    struct estimate estimate = array_fold_estimate(lanes);
    *self = (struct array_fold){.extremes = {INT64_MAX, INT64_MIN}};
    if (!budget_allows(budget, estimate.bytes < (double)SIZE_MAX ? (size_t)estimate.bytes : SIZE_MAX))
        return FOLD_INCOMPLETE;
    open_folding(&folding, lanes, jobs);
    self->element_bits = 8 * (unsigned)folding.kind->element_size;
    self->is_contiguous = folding.kind->fold_end(lanes, 1, folding.down);
    self->is_contiguous &= folding.kind->fold_end(lanes, 0, folding.right);
    bool is_complete = fold_diagonals(&folding, jobs, budget);
    for (size_t side = 0; side < folding.sides[0].count; side++)
        self->is_contiguous &= !folding.gaps[side];
    if (is_complete)
        answer(self, &folding);
    close_folding(&folding);
    return is_complete ? FOLD_COMPLETE : FOLD_INCOMPLETE;
}

void array_fold_free(struct array_fold *self)
{
    intervals_free(&self->values);
    *self = (struct array_fold){0};
}
