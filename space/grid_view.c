/* The grid as a space: walking over the states of a level, and showing each with its steps. */
#include "base/memory.h"
#include "space/grid.h"

#include <string.h>

/* Levels with more places than this are cut into chunks for several cores. With two threads a chunk is a range of the first
 * coordinate. With more, such ranges would be very unequal: a chunk then takes every CHUNKS-th block of states, since walking
 * past the others costs little beside showing a state of many threads. */
enum { CHUNKED_PLACES = 128, CHUNKS = 8, INTERLEAVED_THREADS = 3, INTERLEAVED_BLOCK = 32 };

/* ---- Walking over a level ------------------------------------------------------------------------------------ */

static const struct grid *grid_of(const struct space *space)
{
    return (const struct grid *)(const void *)space;
}

static uint32_t most_of(const struct grid *self, const struct part *part, size_t coordinate)
{
    return self->lines[part->blocks[part->block_of[coordinate]].line].count;
}

/* How many coordinates from this one to the end of its block. */
static uint64_t left_in_run(const struct part *part, size_t coordinate)
{
    const struct block *block = &part->blocks[part->block_of[coordinate]];
    return block->first + block->count - coordinate;
}

static uint64_t least_at(const struct part *part, const uint32_t *coordinates, size_t coordinate, uint64_t rest)
{
    bool first = coordinate == 0 || part->block_of[coordinate] != part->block_of[coordinate - 1];
    uint64_t least = first ? 0 : coordinates[coordinate - 1];
    uint64_t needed = rest > part->most_after[coordinate] ? rest - part->most_after[coordinate] : 0;
    return least > needed ? least : needed;
}

/* Gives the coordinates from `from` on the least values in lexicographic order with sum `rest`. Returns false where there
 * are none. */
static bool fill(const struct grid *self, const struct part *part, uint32_t *coordinates, size_t from, uint64_t rest)
{
    for (size_t c = from; c < self->thread_count; c++) {
        uint64_t value = least_at(part, coordinates, c, rest);
        if (value > most_of(self, part, c) || value * left_in_run(part, c) > rest)
            return false;
        coordinates[c] = (uint32_t)value;
        rest -= value;
    }
    return rest == 0;
}

/* Moves on to the next coordinates in lexicographic order with the same sum. */
static bool advance(const struct grid *self, const struct part *part, uint32_t *coordinates)
{
    uint64_t rest = coordinates[self->thread_count - 1];
    for (size_t c = self->thread_count - 1; c-- > 0;) {
        rest += coordinates[c];
        uint64_t value = (uint64_t)coordinates[c] + 1;
        if (value > most_of(self, part, c) || value * left_in_run(part, c) > rest)
            continue;
        uint32_t before = coordinates[c];
        coordinates[c] = (uint32_t)value;
        if (fill(self, part, coordinates, c + 1, rest - value))
            return true;
        coordinates[c] = before;
    }
    return false;
}

static size_t level_places(const struct space *space, size_t level)
{
    (void)level;
    /* More than a machine can address are more than it has memory for. */
    uint64_t places = grid_of(space)->places;
    return places < SIZE_MAX ? (size_t)places : SIZE_MAX;
}

static size_t chunks_of_part(const struct grid *self)
{
    return self->thread_count > 1 && self->places > CHUNKED_PLACES ? CHUNKS : 1;
}

/* The start of a grid that tracks the last thread has no mark; it lies in the first part alone. */
static size_t level_chunks(const struct space *space, size_t level)
{
    const struct grid *self = grid_of(space);
    return (level == 0 ? 1 : self->part_count) * chunks_of_part(self);
}

static bool is_interleaved(const struct grid *self)
{
    return self->thread_count >= INTERLEAVED_THREADS && chunks_of_part(self) > 1;
}

static void open_chunk(const struct space *space, size_t level, size_t chunk, struct space_cursor *cursor)
{
    const struct grid *self = grid_of(space);
    size_t chunks = chunks_of_part(self);
    cursor->space = space;
    cursor->level = level;
    cursor->part = (uint32_t)(chunk / chunks);
    const struct part *part = &self->parts[cursor->part];
    uint64_t least = level > part->most_after[0] ? level - part->most_after[0] : 0;
    uint64_t most = level / part->blocks[0].count;
    most = most < most_of(self, part, 0) ? most : most_of(self, part, 0);
    uint64_t width = most >= least ? most - least + 1 : 0;
    cursor->share = (uint32_t)(chunk % chunks);
    cursor->passed = 0;
    if (is_interleaved(self)) {
        cursor->next = (size_t)least;
        cursor->stop = (size_t)(least + width);
    } else {
        cursor->next = (size_t)(least + width * cursor->share / chunks);
        cursor->stop = (size_t)(least + width * (cursor->share + 1) / chunks);
    }
    cursor->started = false;
}

static bool next_coordinates(const struct grid *self, struct space_cursor *cursor)
{
    const struct part *part = &self->parts[cursor->part];
    if (cursor->started) {
        if (!advance(self, part, cursor->coordinates))
            return false;
        return cursor->coordinates[0] < cursor->stop;
    }
    cursor->started = true;
    for (; cursor->next < cursor->stop; cursor->next++) {
        cursor->coordinates[0] = (uint32_t)cursor->next;
        if (self->thread_count == 1 ? cursor->next == cursor->level
                                    : fill(self, part, cursor->coordinates, 1, cursor->level - cursor->next))
            return true;
    }
    return false;
}

/* The next coordinates that are this chunk's. */
static bool next_share(const struct grid *self, struct space_cursor *cursor)
{
    if (!is_interleaved(self))
        return next_coordinates(self, cursor);
    while (next_coordinates(self, cursor))
        if (cursor->passed++ / INTERLEAVED_BLOCK % CHUNKS == cursor->share)
            return true;
    return false;
}

/* ---- Showing a state ----------------------------------------------------------------------------------------- */

/* Where a step leads. */
struct landing {
    const struct part *part;
    uint32_t coordinates[SYSTEM_THREADS_MAX];
    uint8_t moved[SYSTEM_THREADS_MAX];
};

/* The last of equal coordinates grows, so that they stay in order. */
static void land_in_place(const struct grid *self, const struct part *part, const uint32_t *coordinates,
                          size_t stepping, struct landing *landing)
{
    landing->part = part;
    for (size_t c = 0; c < self->thread_count; c++) {
        landing->coordinates[c] = coordinates[c];
        landing->moved[c] = (uint8_t)c;
    }
    landing->coordinates[stepping]++;
}

/* Writes one block of the new part: the coordinates of a line other than the stepping one, among them the former mark. */
static void land_block(const struct part *part, const uint32_t *coordinates, size_t stepping, const struct block *block,
                     size_t thread_count, struct landing *landing)
{
    size_t next = block->first;
    bool mark_left = part->last_line == block->line;
    for (size_t c = 1; c <= thread_count; c++) {
        bool mine = c < thread_count && c != stepping && part->blocks[part->block_of[c]].line == block->line;
        if (mark_left && (c == thread_count || (mine && coordinates[c] >= coordinates[0]))) {
            landing->moved[0] = (uint8_t)next;
            landing->coordinates[next++] = coordinates[0];
            mark_left = false;
        }
        if (!mine)
            continue;
        landing->moved[c] = (uint8_t)next;
        landing->coordinates[next++] = coordinates[c];
    }
}

/* In a grid that tracks the last thread the thread that steps becomes the mark, and the former mark joins the others of its class. */
static void land_with_mark(const struct grid *self, const struct part *part, const uint32_t *coordinates,
                           size_t stepping, struct landing *landing)
{
    landing->part = &self->parts[part->blocks[part->block_of[stepping]].line];
    landing->coordinates[0] = coordinates[stepping] + 1;
    landing->moved[stepping] = 0;
    for (size_t r = 1; r < landing->part->block_count; r++)
        land_block(part, coordinates, stepping, &landing->part->blocks[r], self->thread_count, landing);
}

/* The moves of a step, told of the registers of the coordinate that steps. Of a line that overflows nobody asks for all. */
static size_t moves_at(const struct grid *self, const struct straight_line *line, uint32_t position, size_t coordinate,
                       struct move *moves)
{
    size_t count = 0;
    for (size_t m = line->first[position]; m < line->first[position + 1] && count < STRAIGHT_LINE_MOVES_MAX; m++) {
        const struct move *move = &line->moves[m];
        moves[count++] = (struct move){straight_line_location(self->machine, move->target, coordinate),
                                       straight_line_location(self->machine, move->source, coordinate), move->addend};
    }
    return count;
}

enum { RECIPES_MAX = 1024 };

/* The entries of a step depend on little: what the step does, which coordinate takes it, and which coordinates are equal
 * before and after. What was once worked out is kept. */
struct recipe_key {
    uint64_t from; /* patterns of groups */
    uint64_t to;
    uint32_t part;
    uint32_t kind;
    uint32_t stepping;
    uint32_t mark_to; /* where the former mark goes */
};

struct recipe {
    struct recipe_key key;
    struct entry *entries;
    size_t count;
};

/* There is room for many recipes, and most folds write few: to clear them all would take longer than a small fold. */
struct grid_scratch {
    bool written[RECIPES_MAX]; /* those that have been */
    struct recipe recipes[RECIPES_MAX];
};

static void *scratch_new(const struct space *space)
{
    (void)space;
    struct grid_scratch *self = memory_block(sizeof *self);
    memset(self->written, 0, sizeof self->written);
    return self;
}

static void scratch_free(void *scratch)
{
    struct grid_scratch *self = scratch;
    for (size_t r = 0; r < RECIPES_MAX; r++)
        if (self->written[r])
            memory_free(self->recipes[r].entries);
    memory_free(self);
}

/* A step that is being shown. */
struct showing {
    const struct grid *grid;
    const struct part *part;
    const uint32_t *coordinates;
    const struct groups *groups;
    size_t stepping;                  /* the coordinate */
    const struct straight_line *line; /* its line */
    struct landing landing;
    struct groups image;
};

static void write_recipe(const struct showing *self, struct recipe *recipe)
{
    struct move moves[STRAIGHT_LINE_MOVES_MAX];
    struct slots_step step = {
        self->grid->machine, self->groups, &self->image, self->landing.moved, self->stepping, moves, 0};
    const struct slots *slots = &self->grid->space.slots;
    step.move_count = moves_at(self->grid, self->line, self->coordinates[self->stepping], self->stepping, moves);
    recipe->entries = memory_resize(NULL, slots_entries_max(slots), sizeof *recipe->entries);
    recipe->count = slots_entries(slots, &step, recipe->entries);
}

static size_t recipe_place(const struct recipe_key *key)
{
    uint64_t mixed = key->from * 3 + key->to * 7 + ((uint64_t)key->kind << 24) + ((uint64_t)key->stepping << 16) +
                     ((uint64_t)key->part << 8) + key->mark_to;
    return (size_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 54) % RECIPES_MAX;
}

/* The entries of a step, from the recipes; a recipe that is in the way of another is written anew. Since a view needs all
 * of its steps at once, a place that this view already uses must not be taken: the second try is the next free one. */
static const struct recipe *find_recipe(const struct showing *self, struct grid_scratch *scratch,
                                        const struct recipe_key *key, const struct space_view *view)
{
    size_t place = recipe_place(key);
    for (;; place = (place + 1) % RECIPES_MAX) {
        struct recipe *recipe = &scratch->recipes[place];
        bool is_written = scratch->written[place];
        if (is_written && memcmp(&recipe->key, key, sizeof *key) == 0)
            return recipe;
        bool in_use = false;
        for (size_t s = 0; s < view->step_count; s++)
            in_use |= is_written && view->steps[s].entries == recipe->entries;
        if (in_use)
            continue;
        if (is_written)
            memory_free(recipe->entries);
        scratch->written[place] = true;
        recipe->key = *key;
        write_recipe(self, recipe);
        return recipe;
    }
}

static void view_step(struct showing *self, struct space_cursor *cursor, uint64_t pattern, size_t group,
                      struct space_view *view)
{
    const struct grid *grid = self->grid;
    self->stepping = self->groups->leader[group] + (size_t)self->groups->size[group] - 1;
    self->line = &grid->lines[self->part->blocks[self->part->block_of[self->stepping]].line];
    bool new_mark = grid->tracks_last && self->stepping != 0;
    if (new_mark)
        land_with_mark(grid, self->part, self->coordinates, self->stepping, &self->landing);
    else
        land_in_place(grid, self->part, self->coordinates, self->stepping, &self->landing);
    struct recipe_key key = {.from = pattern,
                             .part = cursor->part,
                             .kind = self->line->kinds[self->coordinates[self->stepping]],
                             .stepping = (uint32_t)self->stepping,
                             .mark_to = self->landing.moved[0]};
    key.to = grid_groups(grid, self->landing.part, self->landing.coordinates, &self->image);
    const struct recipe *recipe = find_recipe(self, cursor->scratch, &key, view);
    view->steps[view->step_count++] = (struct space_step){
        .target = (size_t)grid_rank(grid, self->landing.part, self->landing.coordinates),
        .multiplicity = self->groups->size[group],
        .thread = self->groups->leader[group],
        .target_height = view->height - 1,
        .length = 1,
        .preemptions = new_mark && cursor->level > 0 && self->coordinates[0] < grid->lines[self->part->last_line].count,
        .entries = recipe->entries,
        .entry_count = recipe->count,
    };
    view->enabled += self->groups->size[group];
}

static bool next_state(struct space_cursor *cursor, struct space_view *view)
{
    const struct grid *self = grid_of(cursor->space);
    if (!next_share(self, cursor))
        return false;
    struct groups groups;
    struct showing showing;
    showing.grid = self;
    showing.part = &self->parts[cursor->part];
    showing.coordinates = cursor->coordinates;
    showing.groups = &groups;
    uint64_t pattern = grid_groups(self, showing.part, cursor->coordinates, &groups);
    view->place = (size_t)grid_rank(self, showing.part, cursor->coordinates);
    view->height = (uint32_t)(self->space.level_count - 1 - cursor->level);
    view->final_value = 0;
    view->step_count = 0;
    view->enabled = 0;
    for (size_t g = 0; g < groups.count; g++)
        if (cursor->coordinates[groups.leader[g]] < most_of(self, showing.part, groups.leader[g]))
            view_step(&showing, cursor, pattern, g, view);
    view->end = view->step_count > 0 ? SPACE_GOES_ON : SPACE_FINAL;
    return true;
}

const struct space_kind *grid_space_kind(void)
{
    static const struct space_kind kind = {level_places, level_chunks, open_chunk,
                                           next_state,   scratch_new,  scratch_free};
    return &kind;
}
