/* The grid against what it stands for: all ways to be somewhere, enumerated one by one. */
#include "base/memory.h"
#include "space/grid.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";
/* THREADS threads that are alike, and two of their own, one of them without a step. */
static const char mixed[] = ".var x\n.main\n mov x, %ax\n mov %ax, x\n"
                            ".thread B\n mov $5, %ax\n nop\n mov %ax, x\n.thread C\n.rept 0\n nop\n.endr\n";

struct bench {
    struct program *program;
    struct machine *machine;
    struct slice *slice;
    struct grid *grid;
    size_t threads;
    uint32_t counts[SYSTEM_THREADS_MAX]; /* steps of each thread */
};

static void open_bench(struct bench *self, const char *text, unsigned threads, unsigned iters,
                       const struct grid_options *options)
{
    *self = (struct bench){.program = subject_program(text, threads, iters)};
    self->machine = machine_new(self->program, NULL, false);
    self->slice = slice_new(self->machine, 0, false);
    CU_ASSERT_TRUE_FATAL(grid_applies(self->machine, self->slice));
    self->grid = grid_new(self->machine, self->slice, options);
    CU_ASSERT_PTR_NOT_NULL_FATAL(self->grid);
    self->threads = machine_thread_count(self->machine);
    for (size_t t = 0; t < self->threads; t++)
        self->counts[t] = (uint32_t)machine_instruction_count(self->machine, t);
}

static void close_bench(struct bench *self)
{
    grid_free(self->grid);
    slice_free(self->slice);
    machine_free(self->machine);
    program_free(self->program);
}

/* ---- Walking --------------------------------------------------------------------------------------------------- */

/* What the cursors of all levels have shown: for each level and place, how often; and the views, for those who ask. */
struct walk {
    size_t places;
    uint8_t *seen; /* level * places + place */
    uint64_t states;
    unsigned bad_places; /* beyond the level, or shown twice */
    unsigned bad_steps;  /* that lead to no place, or whose numbers do not fit */
};

static void check_view(const struct grid *grid, size_t level, const struct space_view *view, struct walk *walk)
{
    uint32_t enabled = 0;
    bool last = level + 1 == grid->space.level_count;
    for (size_t s = 0; s < view->step_count; s++) {
        enabled += view->steps[s].multiplicity;
        walk->bad_steps += last || view->steps[s].target >= walk->places || view->steps[s].is_failure ||
                           view->steps[s].target_height != view->height - 1;
    }
    walk->bad_steps += enabled != view->enabled || view->height != grid->space.level_count - 1 - level;
    walk->bad_steps += (view->end == SPACE_FINAL) != last || view->end == SPACE_DEADLOCK;
}

static void walk_level(const struct grid *grid, size_t level, struct walk *walk)
{
    const struct space *space = &grid->space;
    struct space_view view;
    void *scratch = space->kind->scratch_new(space);
    CU_ASSERT(space->kind->places(space, level) <= walk->places);
    for (size_t chunk = 0; chunk < space->kind->chunks(space, level); chunk++) {
        struct space_cursor cursor = {.scratch = scratch};
        space->kind->open(space, level, chunk, &cursor);
        while (space->kind->next(&cursor, &view)) {
            walk->states++;
            if (view.place >= walk->places || walk->seen[level * walk->places + view.place]++ > 0)
                walk->bad_places++;
            check_view(grid, level, &view, walk);
        }
    }
    space->kind->scratch_free(scratch);
}

static struct walk walk_all(const struct grid *grid)
{
    struct walk walk = {.places = grid->space.kind->places(&grid->space, 0)};
    for (size_t level = 1; level < grid->space.level_count; level++) {
        size_t places = grid->space.kind->places(&grid->space, level);
        walk.places = places > walk.places ? places : walk.places;
    }
    walk.seen = memory_new(grid->space.level_count * walk.places, 1);
    for (size_t level = 0; level < grid->space.level_count; level++)
        walk_level(grid, level, &walk);
    return walk;
}

/* Shows the view of one place. */
static bool find_view(const struct grid *grid, size_t level, size_t place, void *scratch, struct space_view *view)
{
    const struct space *space = &grid->space;
    for (size_t chunk = 0; chunk < space->kind->chunks(space, level); chunk++) {
        struct space_cursor cursor = {.scratch = scratch};
        space->kind->open(space, level, chunk, &cursor);
        while (space->kind->next(&cursor, view))
            if (view->place == place)
                return true;
    }
    return false;
}

/* ---- Concrete states ------------------------------------------------------------------------------------------- */

struct concrete {
    uint32_t positions[SYSTEM_THREADS_MAX];
    int last;
};

static bool next_positions(const struct bench *bench, uint32_t *positions)
{
    for (size_t t = 0; t < bench->threads; t++) {
        if (positions[t]++ < bench->counts[t])
            return true;
        positions[t] = 0;
    }
    return false;
}

/* Whether an exchange of identical threads makes one of the other. */
static bool same_state(const struct bench *bench, bool symmetry, const struct concrete *a, const struct concrete *b)
{
    uint64_t used = 0;
    for (size_t t = 0; t < bench->threads; t++) {
        bool found = false;
        for (size_t u = 0; u < bench->threads && !found; u++) {
            bool exchangeable =
                t == u || (symmetry && machine_class(bench->machine, t) == machine_class(bench->machine, u));
            found = exchangeable && (used >> u & 1) == 0 && a->positions[t] == b->positions[u] &&
                    ((int)t == a->last) == ((int)u == b->last);
            used |= found ? UINT64_C(1) << u : 0;
        }
        if (!found)
            return false;
    }
    return true;
}

static size_t locate(const struct bench *bench, const struct concrete *state, size_t *level)
{
    struct groups groups;
    uint8_t coordinates[SYSTEM_THREADS_MAX];
    size_t place = grid_locate(bench->grid, state->positions, state->last, level, &groups, coordinates);
    uint64_t seen = 0;
    for (size_t t = 0; t < bench->threads; t++)
        seen |= UINT64_C(1) << coordinates[t];
    CU_ASSERT((size_t)__builtin_popcountll(seen) == bench->threads);
    return place;
}

/* The places that the threads' steps lead to must be the targets that the view shows, each as often. */
static bool steps_fit(const struct bench *bench, const struct concrete *state, const struct space_view *view)
{
    uint32_t left[SYSTEM_THREADS_MAX];
    bool good = true;
    for (size_t s = 0; s < view->step_count; s++)
        left[s] = view->steps[s].multiplicity;
    for (size_t t = 0; t < bench->threads; t++) {
        if (state->positions[t] == bench->counts[t])
            continue;
        struct concrete after = *state;
        size_t level, s = 0;
        after.positions[t]++;
        after.last = bench->grid->tracks_last ? (int)t : -1;
        size_t place = locate(bench, &after, &level);
        bool preempts =
            state->last >= 0 && state->last != (int)t && state->positions[state->last] < bench->counts[state->last];
        while (s < view->step_count &&
               (left[s] == 0 || view->steps[s].target != place || view->steps[s].preemptions != (preempts ? 1U : 0U)))
            s++;
        good = good && s < view->step_count;
        if (s < view->step_count)
            left[s]--;
    }
    for (size_t s = 0; s < view->step_count; s++)
        good = good && left[s] == 0;
    return good;
}

struct listing {
    struct concrete *states;
    size_t *places; /* level in the high half */
    size_t count;
};

static void check_state(const struct bench *bench, bool symmetry, struct listing *listing, const struct concrete *state,
                        const struct walk *walk, void *scratch, unsigned *wrong)
{
    struct space_view view;
    size_t level, place = locate(bench, state, &level), both = level << 32 | place;
    *wrong += place >= walk->places || walk->seen[level * walk->places + place] != 1;
    for (size_t other = 0; other < listing->count; other++)
        *wrong += (listing->places[other] == both) != same_state(bench, symmetry, &listing->states[other], state);
    *wrong += !find_view(bench->grid, level, place, scratch, &view) || !steps_fit(bench, state, &view);
    listing->states[listing->count] = *state;
    listing->places[listing->count++] = both;
}

/* Every concrete state has a place that was walked over; two have the same one exactly where they are the same. */
static void check_concrete(const struct bench *bench, bool symmetry, const struct walk *walk)
{
    struct concrete state = {.last = -1};
    struct listing listing = {memory_new(3000, sizeof *listing.states), memory_new(3000, sizeof *listing.places), 0};
    void *scratch = bench->grid->space.kind->scratch_new(&bench->grid->space);
    unsigned wrong = 0;
    do {
        bool start = true;
        for (size_t t = 0; t < bench->threads; t++)
            start = start && state.positions[t] == 0;
        state.last = -1;
        if (start || !bench->grid->tracks_last)
            check_state(bench, symmetry, &listing, &state, walk, scratch, &wrong);
        for (size_t t = 0; t < bench->threads && bench->grid->tracks_last; t++) {
            state.last = (int)t;
            if (state.positions[t] > 0)
                check_state(bench, symmetry, &listing, &state, walk, scratch, &wrong);
        }
    } while (next_positions(bench, state.positions));
    CU_ASSERT_EQUAL(wrong, 0);
    bench->grid->space.kind->scratch_free(scratch);
    memory_free(listing.states);
    memory_free(listing.places);
}

static void check_grid(const char *text, unsigned threads, unsigned iters)
{
    for (int kind = 0; kind < 4; kind++) {
        struct grid_options options = {.symmetry = (kind & 1) != 0, .tracks_last = (kind & 2) != 0};
        struct bench bench;
        open_bench(&bench, text, threads, iters, &options);
        struct walk walk = walk_all(bench.grid);
        CU_ASSERT_EQUAL(walk.bad_places, 0);
        CU_ASSERT_EQUAL(walk.bad_steps, 0);
        /* the start of a grid that tracks the last thread is in the first part alone */
        CU_ASSERT_EQUAL(walk.states + bench.grid->part_count - 1, bench.grid->space.states);
        check_concrete(&bench, options.symmetry, &walk);
        memory_free(walk.seen);
        close_bench(&bench);
    }
}

static void test_small_grids(void)
{
    check_grid(race, 1, 2);
    check_grid(race, 2, 0);
    check_grid(race, 2, 2);
    check_grid(race, 3, 1);
    check_grid(race, 4, 1);
    check_grid(mixed, 1, 1);
    check_grid(mixed, 3, 1);
}

/* ---- Sizes ----------------------------------------------------------------------------------------------------- */

static uint64_t walked_states(const char *text, unsigned threads, unsigned iters, const struct grid_options *options)
{
    struct bench bench;
    open_bench(&bench, text, threads, iters, options);
    struct walk walk = walk_all(bench.grid);
    CU_ASSERT(walk.bad_places == 0 && walk.bad_steps == 0);
    memory_free(walk.seen);
    close_bench(&bench);
    return walk.states;
}

static uint64_t binomial(uint64_t n, uint64_t k)
{
    uint64_t product = 1;
    for (uint64_t i = 1; i <= k; i++)
        product = product * (n - k + i) / i;
    return product;
}

/* C(positions + threads - 1, threads) states with symmetry. */
static void test_formulas(void)
{
    static const struct grid_options plain = {0}, symmetric = {.symmetry = true},
                                     tracks_last = {.symmetry = true, .tracks_last = true};
    CU_ASSERT_EQUAL(walked_states(race, 2, 10, &plain), 961);
    CU_ASSERT_EQUAL(walked_states(race, 2, 10, &symmetric), binomial(32, 2));
    CU_ASSERT_EQUAL(walked_states(race, 3, 5, &plain), 16 * 16 * 16);
    CU_ASSERT_EQUAL(walked_states(race, 3, 5, &symmetric), binomial(18, 3));
    CU_ASSERT_EQUAL(walked_states(race, 5, 2, &symmetric), binomial(11, 5));
    CU_ASSERT_EQUAL(walked_states(race, 64, 1, &symmetric), binomial(67, 3));
    /* one thread apart from the others */
    CU_ASSERT_EQUAL(walked_states(race, 5, 2, &tracks_last), 7 * binomial(10, 4));
}

/* A large level is cut into chunks, which together are still the level. */
static void test_chunks(void)
{
    static const struct grid_options symmetric = {.symmetry = true},
                                     tracks_last = {.symmetry = true, .tracks_last = true};
    struct bench bench;
    open_bench(&bench, race, 4, 9, &symmetric);
    CU_ASSERT(bench.grid->space.kind->chunks(&bench.grid->space, 50) > 1);
    close_bench(&bench);
    CU_ASSERT_EQUAL(walked_states(race, 4, 9, &symmetric), binomial(31, 4));
    CU_ASSERT_EQUAL(walked_states(race, 4, 7, &tracks_last), 22 * binomial(24, 3));
}

static void test_count(void)
{
    static const struct grid_options kinds[] = {{0}, {.symmetry = true}, {.symmetry = true, .tracks_last = true}};
    mpz_t states, steps;
    mpz_inits(states, steps, NULL);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct bench bench;
        open_bench(&bench, race, 2, 10, &kinds[k]);
        grid_count(bench.grid, states, steps);
        CU_ASSERT(mpz_cmp_ui(states, 961) == 0 && mpz_cmp_ui(steps, 1860) == 0);
        close_bench(&bench);
        open_bench(&bench, mixed, 2, 1, &kinds[k]);
        grid_count(bench.grid, states, steps);
        CU_ASSERT(mpz_cmp_ui(states, 3 * 3 * 4) == 0 && mpz_cmp_ui(steps, 2 * 2 * 3 * 4 + 3 * 9) == 0);
        close_bench(&bench);
    }
    mpz_clears(states, steps, NULL);
}

static void test_too_large(void)
{
    struct program *program = subject_program(race, 64, 1);
    struct machine *machine = machine_new(program, NULL, false);
    struct slice *slice = slice_new(machine, 0, false);
    CU_ASSERT_PTR_NULL(grid_new(machine, slice, &(struct grid_options){0}));
    slice_free(slice);
    machine_free(machine);
    program_free(program);
}

/* ---- Fused steps ----------------------------------------------------------------------------------------------- */

static bool is_move(const struct straight_line *line, size_t step, size_t which, location_id target, location_id source,
                    int64_t addend)
{
    const struct move *move = &line->moves[line->first[step] + which];
    return line->first[step] + which < line->first[step + 1] && move->target == target && move->source == source &&
           move->addend == addend;
}

static void test_fused(void)
{
    static const struct grid_options fused = {.symmetry = true, .fused = true};
    struct bench bench;
    open_bench(&bench, race, 2, 3, &fused);
    const struct straight_line *line = &bench.grid->lines[0];
    location_id ax = machine_register_location(bench.machine, 0, 0);
    CU_ASSERT(line->count == 6 && line->threads == 2);
    CU_ASSERT_TRUE(is_move(line, 0, 0, ax, 0, 1));
    CU_ASSERT_TRUE(is_move(line, 1, 0, 0, ax, 0));
    CU_ASSERT_TRUE(is_move(line, 4, 0, ax, 0, 1));
    CU_ASSERT(line->kinds[0] == line->kinds[2] && line->kinds[0] != line->kinds[1]);
    close_bench(&bench);
    CU_ASSERT_EQUAL(walked_states(race, 2, 3, &fused), binomial(8, 2));
}

/* Local steps at the start belong to the first step; net moves are told in terms of what was before. */
static void test_fused_moves(void)
{
    static const struct grid_options fused = {.fused = true};
    struct bench bench;
    open_bench(&bench,
               ".var x\n.main\n mov $2, %ax\n add $3, %ax\n mov x, %bx\n add $7, %bx\n mov %bx, %ax\n add $1, %bx\n"
               " mov %ax, x\n"
               " mov %bx, x\n",
               1, 1, &fused);
    const struct straight_line *line = &bench.grid->lines[0];
    location_id ax = machine_register_location(bench.machine, 0, 0),
                bx = machine_register_location(bench.machine, 0, 1);
    CU_ASSERT_EQUAL_FATAL(line->count, 3);
    CU_ASSERT_TRUE(is_move(line, 0, 0, ax, 0, 7));
    CU_ASSERT_TRUE(is_move(line, 0, 1, bx, 0, 8));
    CU_ASSERT_TRUE(is_move(line, 1, 0, 0, ax, 0));
    CU_ASSERT_TRUE(is_move(line, 2, 0, 0, bx, 0));
    close_bench(&bench);
}

/* ---- Where there is no grid ------------------------------------------------------------------------------------ */

static bool applies(const char *text, bool everything)
{
    struct program *program = subject_program(text, 2, 1);
    struct machine *machine = machine_new(program, NULL, false);
    struct slice *slice = slice_new(machine, 0, everything);
    bool applied = grid_applies(machine, slice);
    slice_free(slice);
    machine_free(machine);
    program_free(program);
    return applied;
}

static void test_applies(void)
{
    CU_ASSERT_TRUE(applies(race, false));
    CU_ASSERT_FALSE(applies(race, true));
    CU_ASSERT_FALSE(applies(".var x\n.mutex m\n.main\n lock m\n add $1, x\n unlock m\n", false));
    CU_ASSERT_FALSE(applies(".var x\n.main\n j .e\n.e\n add $1, x\n", false));
    CU_ASSERT_FALSE(applies(".var x\n.main\n add $1, x\n halt\n", false));
    CU_ASSERT_FALSE(applies(".var x\n.main\n mul $2, x\n", false));
    CU_ASSERT_FALSE(applies(".var x\n.thread A\n add $1, x\n.thread B\n add $1, x\n halt\n", false));
    CU_ASSERT_TRUE(applies(".var x\n.var y\n.main\n add $1, y\n", false));
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"small grids, state by state", test_small_grids},
        {"formulas", test_formulas},
        {"chunks", test_chunks},
        {"what it stands for", test_count},
        {"too large to be numbered", test_too_large},
        {"fused steps", test_fused},
        {"fused moves", test_fused_moves},
        {"where it applies", test_applies},
        CU_TEST_INFO_NULL,
    };
    return unit_run("grid", tests);
}
