#include "checker/grid.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* A level with more places is not a matter of memory any more. */
static const uint64_t places_max = UINT64_C(1) << 40;

/* Levels with more places than this are cut into chunks for several cores. With two threads a chunk is a range of the first
 * coordinate. With more, such ranges would be very unequal: a chunk then takes every CHUNKS-th block of states, since walking
 * past the others costs little beside showing a state of many threads. */
enum { CHUNKED_PLACES = 2048, CHUNKS = 8, INTERLEAVED_THREADS = 3, INTERLEAVED_BLOCK = 32 };

/* ---- Does it apply? ------------------------------------------------------------------------------------------ */

static bool is_straight(const struct machine *machine, size_t thread)
{
    for (uint32_t i = 0; i < machine_instruction_count(machine, thread); i++) {
        struct effect effect;
        machine_effect(machine, thread, i, &effect);
        if (effect.may_block || effect.may_branch)
            return false;
    }
    return true;
}

/* All locations that are written are data, so that every move is known from the text. */
static bool has_control_values(const struct machine *machine, const struct slice *slice)
{
    for (location_id l = 0; l < slice->location_count; l++)
        if (machine_is_mentioned(machine, l) && !slice->data[l])
            return true;
    return !slice->data[slice->observed];
}

bool grid_applies(const struct machine *machine, const struct slice *slice)
{
    if (has_control_values(machine, slice))
        return false;
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        if ((t == 0 || machine_class(machine, t) != machine_class(machine, t - 1)) && !is_straight(machine, t))
            return false;
    return true;
}

/* ---- Lanes --------------------------------------------------------------------------------------------------- */

/* The net moves of the steps that are fused into one: each target's value in terms of the values before the first. */
struct fusion {
    struct move *moves;
    size_t count;
    size_t capacity;
};

static struct move *find_move(const struct fusion *self, location_id target)
{
    for (size_t m = 0; m < self->count; m++)
        if (self->moves[m].target == target)
            return &self->moves[m];
    return NULL;
}

/* Adds the moves of one more step, which are simultaneous: all sources are looked up before a target changes. */
static void fuse_moves(struct fusion *self, const struct move *moves, size_t count)
{
    struct move net[EFFECT_ASSIGNMENTS_MAX];
    for (size_t m = 0; m < count; m++) {
        const struct move *source = moves[m].source == LOCATION_NONE ? NULL : find_move(self, moves[m].source);
        net[m] = moves[m];
        if (source != NULL) {
            net[m].source = source->source;
            net[m].addend += source->addend;
        }
    }
    for (size_t m = 0; m < count; m++) {
        struct move *old = find_move(self, net[m].target);
        if (old == NULL) {
            self->moves = memory_grow(self->moves, self->count, &self->capacity, sizeof *self->moves);
            old = &self->moves[self->count++];
        }
        *old = net[m];
    }
}

/* The moves of one instruction that matter, and whether it touches shared locations. */
static size_t instruction_moves(const struct grid *self, size_t thread, uint32_t index, struct move *moves,
                                bool *touches_shared)
{
    struct effect effect;
    machine_effect(self->machine, thread, index, &effect);
    size_t count = 0;
    *touches_shared = false;
    for (size_t a = 0; a < effect.assignment_count; a++) {
        const struct assignment *assignment = &effect.assignments[a];
        if (!self->slice->relevant[assignment->target])
            continue;
        location_id source = assignment->term_count > 0 ? assignment->terms[0].source : LOCATION_NONE;
        moves[count++] = (struct move){assignment->target, source, assignment->constant};
        *touches_shared |= machine_location_thread(self->machine, assignment->target) < 0;
        *touches_shared |= source != LOCATION_NONE && machine_location_thread(self->machine, source) < 0;
    }
    return count;
}

static void end_step(struct lane *lane, struct fusion *fusion)
{
    for (size_t m = 0; m < fusion->count; m++) {
        lane->moves = memory_grow(lane->moves, lane->move_count, &lane->move_capacity, sizeof *lane->moves);
        lane->moves[lane->move_count++] = fusion->moves[m];
    }
    fusion->count = 0;
    lane->first[++lane->count] = lane->move_count;
}

static void build_lane(const struct grid *self, struct lane *lane, bool fused)
{
    uint32_t instructions = (uint32_t)machine_instruction_count(self->machine, lane->thread);
    struct fusion fusion = {0};
    bool pending = false, shared_seen = false;
    lane->first = memory_new((size_t)instructions + 1, sizeof *lane->first);
    for (uint32_t i = 0; i < instructions; i++) {
        struct move moves[EFFECT_ASSIGNMENTS_MAX];
        bool touches_shared;
        size_t count = instruction_moves(self, lane->thread, i, moves, &touches_shared);
        if (pending && (!fused || (touches_shared && shared_seen))) {
            end_step(lane, &fusion);
            shared_seen = false;
        }
        fuse_moves(&fusion, moves, count);
        shared_seen |= touches_shared;
        pending = true;
    }
    if (pending)
        end_step(lane, &fusion);
    memory_free(fusion.moves);
}

static void build_lanes(struct grid *self, const struct grid_options *options)
{
    self->lanes = memory_new(self->thread_count, sizeof *self->lanes);
    for (size_t t = 0; t < self->thread_count; t++) {
        size_t l = 0;
        while (l < self->lane_count && !(options->symmetry && machine_class(self->machine, self->lanes[l].thread) ==
                                                                  machine_class(self->machine, t)))
            l++;
        if (l == self->lane_count) {
            self->lanes[self->lane_count++].thread = t;
            build_lane(self, &self->lanes[l], options->fused);
        }
        self->lanes[l].threads++;
    }
}

static bool same_moves(const struct lane *a, size_t step_a, const struct lane *b, size_t step_b)
{
    size_t count = a->first[step_a + 1] - a->first[step_a];
    return b->first[step_b + 1] - b->first[step_b] == count &&
           memcmp(a->moves + a->first[step_a], b->moves + b->first[step_b], count * sizeof *a->moves) == 0;
}

/* Steps repeat with the loops that were unrolled, so that looking a few steps back finds most kinds; a kind that is not
 * found again merely gets another number. */
static uint32_t kind_of(const struct grid *self, const struct lane *lane, size_t step, uint32_t *next)
{
    enum { LOOK_BACK = 64 };
    for (size_t back = 1; back <= step && back <= LOOK_BACK; back++)
        if (same_moves(lane, step, lane, step - back))
            return lane->kinds[step - back];
    for (const struct lane *other = self->lanes; other < lane; other++)
        if (step < other->count && same_moves(lane, step, other, step))
            return other->kinds[step];
    return (*next)++;
}

static void number_kinds(struct grid *self)
{
    uint32_t next = 0;
    for (size_t l = 0; l < self->lane_count; l++) {
        struct lane *lane = &self->lanes[l];
        lane->kinds = memory_new(lane->count, sizeof *lane->kinds);
        for (size_t step = 0; step < lane->count; step++)
            lane->kinds[step] = kind_of(self, lane, step, &next);
    }
}

/* ---- Parts and ranks ----------------------------------------------------------------------------------------- */

static void build_binomials(struct grid *self)
{
    size_t positions = 0;
    for (size_t l = 0; l < self->lane_count; l++)
        positions = self->lanes[l].count + 2 > positions ? self->lanes[l].count + 2 : positions;
    self->binomials = memory_new(self->thread_count, sizeof *self->binomials);
    for (size_t i = 0; i < self->thread_count; i++) {
        self->binomials[i] = memory_new(positions, sizeof **self->binomials);
        for (size_t x = 0; x < positions; x++) {
            /* C(x + i, i + 1) = C(x - 1 + i, i + 1) + C(x + i - 1, i) */
            uint64_t left = x > 0 ? self->binomials[i][x - 1] : 0;
            uint64_t above = i > 0 ? self->binomials[i - 1][x] : (x > 0 ? 1 : 0);
            uint64_t sum = left + above;
            self->binomials[i][x] = sum > places_max ? places_max : sum;
        }
    }
}

/* The number of ascending sequences of count positions of a lane: C(positions + count - 1, count). */
static uint64_t simplex_size(const struct grid *self, size_t lane, size_t count)
{
    return count == 0 ? 1 : self->binomials[count - 1][self->lanes[lane].count + 1];
}

static void add_run(struct part *part, size_t lane, size_t count)
{
    if (count == 0)
        return;
    struct run *run = &part->runs[part->run_count++];
    run->lane = lane;
    run->count = count;
    run->first = part->run_count > 1 ? part->runs[part->run_count - 2].first + part->runs[part->run_count - 2].count : 0;
    for (size_t c = run->first; c < run->first + count; c++)
        part->run_of[c] = (uint32_t)part->run_count - 1;
}

/* The last coordinate takes no part in the rank: the sum determines it. */
static size_t ranked_count(const struct part *part, size_t run)
{
    return part->runs[run].count - (run + 1 == part->run_count ? 1 : 0);
}

static bool measure_part(struct grid *self, struct part *part)
{
    part->places = 1;
    for (size_t r = 0; r < part->run_count; r++) {
        part->runs[r].stride = part->places;
        uint64_t size = simplex_size(self, part->runs[r].lane, ranked_count(part, r));
        if (size >= places_max || part->places > places_max / size)
            return false;
        part->places *= size;
    }
    uint64_t most = 0;
    for (size_t c = self->thread_count; c-- > 0;) {
        part->most_after[c] = most;
        most += self->lanes[part->runs[part->run_of[c]].lane].count;
    }
    part->offset = self->places;
    self->places += part->places;
    return true;
}

static bool build_parts(struct grid *self)
{
    self->part_count = self->marked ? self->lane_count : 1;
    self->parts = memory_new(self->part_count, sizeof *self->parts);
    for (size_t p = 0; p < self->part_count; p++) {
        struct part *part = &self->parts[p];
        part->marked_lane = p;
        if (self->marked)
            add_run(part, p, 1);
        for (size_t l = 0; l < self->lane_count; l++)
            add_run(part, l, self->lanes[l].threads - (self->marked && l == p ? 1 : 0));
        if (!measure_part(self, part))
            return false;
    }
    return self->places < places_max;
}

static uint64_t rank_of(const struct grid *self, const struct part *part, const uint32_t *coordinates)
{
    uint64_t rank = part->offset;
    for (size_t r = 0; r < part->run_count; r++) {
        const struct run *run = &part->runs[r];
        uint64_t sum = 0;
        for (size_t i = 0; i < ranked_count(part, r); i++)
            sum += self->binomials[i][coordinates[run->first + i]];
        rank += run->stride * sum;
    }
    return rank;
}

/* ---- Walking over a level ------------------------------------------------------------------------------------ */

static const struct grid *grid_of(const struct space *space)
{
    return (const struct grid *)(const void *)space;
}

static uint32_t most_of(const struct grid *self, const struct part *part, size_t coordinate)
{
    return self->lanes[part->runs[part->run_of[coordinate]].lane].count;
}

/* How many coordinates from this one to the end of its run. */
static uint64_t left_in_run(const struct part *part, size_t coordinate)
{
    const struct run *run = &part->runs[part->run_of[coordinate]];
    return run->first + run->count - coordinate;
}

static uint64_t least_at(const struct part *part, const uint32_t *coordinates, size_t coordinate, uint64_t rest)
{
    bool first = coordinate == 0 || part->run_of[coordinate] != part->run_of[coordinate - 1];
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
    return grid_of(space)->places;
}

static size_t chunks_of_part(const struct grid *self)
{
    return self->thread_count > 1 && self->places > CHUNKED_PLACES ? CHUNKS : 1;
}

/* The start of a marked grid has no mark; it lies in the first part alone. */
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
    uint64_t most = level / part->runs[0].count;
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

/* Finds the groups and returns their pattern: bit c is set where coordinate c is in the group of the one before it. */
static uint64_t find_groups(const struct grid *self, const struct part *part, const uint32_t *coordinates,
                            struct groups *groups)
{
    uint64_t pattern = 0;
    groups->count = 0;
    for (size_t c = 0; c < self->thread_count; c++) {
        bool same = c > 0 && part->run_of[c] == part->run_of[c - 1] && coordinates[c] == coordinates[c - 1];
        pattern |= (uint64_t)same << c;
        if (!same) {
            groups->leader[groups->count] = (uint8_t)c;
            groups->size[groups->count++] = 0;
        }
        groups->of[c] = (uint8_t)(groups->count - 1);
        groups->size[groups->count - 1]++;
    }
    return pattern;
}

/* The last of equal coordinates grows, so that they stay in order. */
static void land_in_place(const struct grid *self, const struct part *part, const uint32_t *coordinates, size_t stepping,
                          struct landing *landing)
{
    landing->part = part;
    for (size_t c = 0; c < self->thread_count; c++) {
        landing->coordinates[c] = coordinates[c];
        landing->moved[c] = (uint8_t)c;
    }
    landing->coordinates[stepping]++;
}

/* Writes one run of the new part: the coordinates of a lane other than the stepping one, among them the former mark. */
static void land_run(const struct part *part, const uint32_t *coordinates, size_t stepping, const struct run *run,
                     size_t thread_count, struct landing *landing)
{
    size_t next = run->first;
    bool mark_left = part->marked_lane == run->lane;
    for (size_t c = 1; c <= thread_count; c++) {
        bool mine = c < thread_count && c != stepping && part->runs[part->run_of[c]].lane == run->lane;
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

/* In a marked grid the thread that steps becomes the mark, and the former mark joins the others of its class. */
static void land_with_mark(const struct grid *self, const struct part *part, const uint32_t *coordinates,
                           size_t stepping, struct landing *landing)
{
    landing->part = &self->parts[part->runs[part->run_of[stepping]].lane];
    landing->coordinates[0] = coordinates[stepping] + 1;
    landing->moved[stepping] = 0;
    for (size_t r = 1; r < landing->part->run_count; r++)
        land_run(part, coordinates, stepping, &landing->part->runs[r], self->thread_count, landing);
}

/* The moves of a step, told of the registers of the coordinate that steps. */
static size_t moves_at(const struct grid *self, const struct lane *lane, uint32_t position, size_t coordinate,
                       struct move *moves, size_t room)
{
    size_t count = 0;
    for (size_t m = lane->first[position]; m < lane->first[position + 1] && count < room; m++) {
        struct move move = lane->moves[m];
        if (machine_location_thread(self->machine, move.target) >= 0)
            move.target = machine_register_location(self->machine, coordinate,
                                                    machine_location_register(self->machine, move.target));
        if (move.source != LOCATION_NONE && machine_location_thread(self->machine, move.source) >= 0)
            move.source = machine_register_location(self->machine, coordinate,
                                                    machine_location_register(self->machine, move.source));
        moves[count++] = move;
    }
    return count;
}

enum { MOVES_MAX = 64, RECIPES_MAX = 4096 };

/* The entries of a step depend on little: what the step does, which coordinate takes it, and which coordinates are equal
 * before and after. What was once worked out is kept. */
struct recipe_key {
    uint64_t from;      /* patterns of groups */
    uint64_t to;
    uint32_t part;
    uint32_t kind;
    uint32_t stepping;
    uint32_t mark_to;   /* where the former mark goes */
};

struct recipe {
    struct recipe_key key;
    struct entry *entries; /* NULL: unused */
    size_t count;
};

struct grid_scratch {
    struct recipe recipes[RECIPES_MAX];
};

static void *scratch_new(const struct space *space)
{
    (void)space;
    return memory_new(1, sizeof(struct grid_scratch));
}

static void scratch_free(void *scratch)
{
    struct grid_scratch *self = scratch;
    for (size_t r = 0; r < RECIPES_MAX; r++)
        memory_free(self->recipes[r].entries);
    memory_free(self);
}

/* A step that is being shown. */
struct showing {
    const struct grid *grid;
    const struct part *part;
    const uint32_t *coordinates;
    const struct groups *groups;
    size_t stepping;             /* the coordinate */
    const struct lane *lane;     /* its lane */
    struct landing landing;
    struct groups image;
};

static void write_recipe(const struct showing *self, struct recipe *recipe)
{
    struct move moves[MOVES_MAX];
    struct slots_step step = {self->grid->machine, self->groups,   &self->image, self->landing.moved,
                              self->stepping,      moves, 0};
    const struct slots *slots = &self->grid->space.slots;
    step.move_count =
        moves_at(self->grid, self->lane, self->coordinates[self->stepping], self->stepping, moves, MOVES_MAX);
    memory_free(recipe->entries);
    recipe->entries = memory_resize(NULL, slots_entries_max(slots), sizeof *recipe->entries);
    recipe->count = slots_entries(slots, &step, recipe->entries);
}

static size_t recipe_place(const struct recipe_key *key)
{
    uint64_t mixed = key->from * 3 + key->to * 7 + ((uint64_t)key->kind << 24) + ((uint64_t)key->stepping << 16) +
                     ((uint64_t)key->part << 8) + key->mark_to;
    return (size_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 52) % RECIPES_MAX;
}

/* The entries of a step, from the recipes; a recipe that is in the way of another is written anew. Since a view needs all
 * of its steps at once, a place that this view already uses must not be taken: the second try is the next free one. */
static const struct recipe *find_recipe(const struct showing *self, struct grid_scratch *scratch,
                                        const struct recipe_key *key, const struct space_view *view)
{
    size_t place = recipe_place(key);
    for (;; place = (place + 1) % RECIPES_MAX) {
        struct recipe *recipe = &scratch->recipes[place];
        if (recipe->entries != NULL && memcmp(&recipe->key, key, sizeof *key) == 0)
            return recipe;
        bool in_use = false;
        for (size_t s = 0; s < view->step_count; s++)
            in_use |= recipe->entries != NULL && view->steps[s].entries == recipe->entries;
        if (in_use)
            continue;
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
    self->lane = &grid->lanes[self->part->runs[self->part->run_of[self->stepping]].lane];
    bool new_mark = grid->marked && self->stepping != 0;
    if (new_mark)
        land_with_mark(grid, self->part, self->coordinates, self->stepping, &self->landing);
    else
        land_in_place(grid, self->part, self->coordinates, self->stepping, &self->landing);
    struct recipe_key key = {.from = pattern,
                             .part = cursor->part,
                             .kind = self->lane->kinds[self->coordinates[self->stepping]],
                             .stepping = (uint32_t)self->stepping,
                             .mark_to = self->landing.moved[0]};
    key.to = find_groups(grid, self->landing.part, self->landing.coordinates, &self->image);
    const struct recipe *recipe = find_recipe(self, cursor->scratch, &key, view);
    view->steps[view->step_count++] = (struct space_step){
        .target = (size_t)rank_of(grid, self->landing.part, self->landing.coordinates),
        .multiplicity = self->groups->size[group],
        .thread = self->groups->leader[group],
        .target_height = view->height - 1,
        .is_preemption = new_mark && cursor->level > 0 &&
                         self->coordinates[0] < grid->lanes[self->part->marked_lane].count,
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
    uint64_t pattern = find_groups(self, showing.part, cursor->coordinates, &groups);
    view->place = (size_t)rank_of(self, showing.part, cursor->coordinates);
    view->height = (uint32_t)(self->space.level_count - 1 - cursor->level);
    view->step_count = 0;
    view->enabled = 0;
    for (size_t g = 0; g < groups.count; g++)
        if (cursor->coordinates[groups.leader[g]] < most_of(self, showing.part, groups.leader[g]))
            view_step(&showing, cursor, pattern, g, view);
    view->end = view->step_count > 0 ? SPACE_GOES_ON : SPACE_FINAL;
    return true;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void note_addends(struct grid *self)
{
    struct space *space = &self->space;
    for (size_t l = 0; l < self->lane_count; l++)
        for (size_t m = 0; m < self->lanes[l].move_count; m++) {
            int64_t addend = self->lanes[l].moves[m].addend;
            uint64_t magnitude = addend < 0 ? 0 - (uint64_t)addend : (uint64_t)addend;
            space->greatest_addend = magnitude > space->greatest_addend ? magnitude : space->greatest_addend;
            space->common_addend = common_divisor(space->common_addend, magnitude);
        }
}

/* The number of states that are stored as one place each: products of simplex sizes, capped. */
static uint64_t count_stored(const struct grid *self)
{
    uint64_t sum = 0;
    for (size_t p = 0; p < self->part_count; p++) {
        uint64_t product = 1;
        for (size_t r = 0; r < self->parts[p].run_count; r++) {
            uint64_t size = simplex_size(self, self->parts[p].runs[r].lane, self->parts[p].runs[r].count);
            product = product > UINT64_MAX / size ? UINT64_MAX : product * size;
        }
        sum = sum > UINT64_MAX - product ? UINT64_MAX : sum + product;
    }
    return sum;
}

static size_t groups_max(const struct grid *self)
{
    size_t groups = self->marked ? 1 : 0;
    for (size_t l = 0; l < self->lane_count; l++) {
        size_t positions = (size_t)self->lanes[l].count + 1;
        groups += self->lanes[l].threads < positions ? self->lanes[l].threads : positions;
    }
    return groups < self->thread_count ? groups : self->thread_count;
}

static void describe_space(struct grid *self)
{
    static const struct space_kind kind = {level_places, level_chunks, open_chunk,
                                            next_state,   scratch_new,  scratch_free};
    struct space *space = &self->space;
    space->kind = &kind;
    space->graded = true;
    space->level_count = 1;
    for (size_t l = 0; l < self->lane_count; l++)
        space->level_count += self->lanes[l].threads * self->lanes[l].count;
    space->height = (uint32_t)(space->level_count - 1);
    space->states = count_stored(self);
    size_t groups = groups_max(self);
    space->steps = space->states > UINT64_MAX / groups ? UINT64_MAX : space->states * groups;
    space->entries = space->steps;
    slots_start(&space->slots, self->slice, self->machine, groups, false, false);
    uint64_t each = space->slots.count + 1;
    space->entries = space->steps > UINT64_MAX / each ? UINT64_MAX : space->steps * each;
    space->enabled_counts = self->thread_count == 64 ? UINT64_MAX : (UINT64_C(1) << self->thread_count) - 1;
    note_addends(self);
}

struct grid *grid_new(const struct machine *machine, const struct slice *slice, const struct grid_options *options)
{
    struct grid *self = memory_new(1, sizeof *self);
    self->machine = machine;
    self->slice = slice;
    self->marked = options->marked;
    self->thread_count = machine_thread_count(machine);
    build_lanes(self, options);
    number_kinds(self);
    build_binomials(self);
    if (!build_parts(self)) {
        grid_free(self);
        return NULL;
    }
    describe_space(self);
    return self;
}

void grid_free(struct grid *self)
{
    if (self == NULL)
        return;
    for (size_t l = 0; l < self->lane_count; l++) {
        memory_free(self->lanes[l].moves);
        memory_free(self->lanes[l].first);
        memory_free(self->lanes[l].kinds);
    }
    memory_free(self->lanes);
    for (size_t i = 0; i < self->thread_count && self->binomials != NULL; i++)
        memory_free(self->binomials[i]);
    memory_free(self->binomials);
    memory_free(self->parts);
    slots_free(&self->space.slots);
    memory_free(self);
}

void grid_count(const struct grid *self, mpz_t states, mpz_t steps)
{
    mpz_t others;
    mpz_init(others);
    mpz_set_ui(states, 1);
    mpz_set_ui(steps, 0);
    for (size_t l = 0; l < self->lane_count; l++)
        for (size_t t = 0; t < self->lanes[l].threads; t++)
            mpz_mul_ui(states, states, (unsigned long)self->lanes[l].count + 1);
    for (size_t l = 0; l < self->lane_count; l++) {
        mpz_divexact_ui(others, states, (unsigned long)self->lanes[l].count + 1);
        mpz_addmul_ui(steps, others, (unsigned long)(self->lanes[l].count * self->lanes[l].threads));
    }
    mpz_clear(others);
}

/* ---- Finding a concrete state -------------------------------------------------------------------------------- */

static size_t lane_of(const struct grid *self, size_t thread)
{
    size_t found = 0;
    for (size_t l = 0; l < self->lane_count; l++)
        if (self->lanes[l].thread == thread ||
            (self->lanes[l].threads > 1 &&
             machine_class(self->machine, self->lanes[l].thread) == machine_class(self->machine, thread)))
            found = l;
    return found;
}

/* Enters a thread's position into a run that so far has `filled` coordinates, keeping them in order. */
static void insert_position(const struct run *run, size_t filled, uint32_t position, uint8_t thread,
                            uint32_t *coordinates, uint8_t *threads)
{
    size_t c = run->first + filled;
    for (; c > run->first && coordinates[c - 1] > position; c--) {
        coordinates[c] = coordinates[c - 1];
        threads[c] = threads[c - 1];
    }
    coordinates[c] = position;
    threads[c] = thread;
}

size_t grid_locate(const struct grid *self, const uint32_t *positions, int last, size_t *level, struct groups *groups,
                   uint8_t *coordinates)
{
    size_t marked = self->marked ? (last >= 0 ? (size_t)last : self->lanes[0].thread) : SIZE_MAX;
    const struct part *part = &self->parts[self->marked ? lane_of(self, marked) : 0];
    uint32_t sorted[SYSTEM_THREADS_MAX];
    uint8_t threads[SYSTEM_THREADS_MAX];
    size_t filled[SYSTEM_THREADS_MAX + 1] = {0};
    *level = 0;
    for (size_t t = 0; t < self->thread_count; t++) {
        size_t r = 0;
        if (t != marked) {
            r = self->marked ? 1 : 0;
            while (part->runs[r].lane != lane_of(self, t))
                r++;
        }
        insert_position(&part->runs[r], filled[r]++, positions[t], (uint8_t)t, sorted, threads);
        *level += positions[t];
    }
    for (size_t c = 0; c < self->thread_count; c++)
        coordinates[threads[c]] = (uint8_t)c;
    find_groups(self, part, sorted, groups);
    return (size_t)rank_of(self, part, sorted);
}
