/* The laws of a semiring, on random elements of every kind of semiring. Kinds are known here by their interface
 * alone: what an element says is told by a function for each kind, as a list of values and numbers. */
#include "analysis/semiring.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/program.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

enum { LEVELS = 3, REACH = 60, ROUNDS = 300 };

/* A space that is only as large as semiring ask: three levels, up to four threads. */
static struct space make_space(void)
{
    return (struct space){.level_count = LEVELS,
                          .graded = true,
                          .height = LEVELS - 1,
                          .enabled_counts = 0xf,
                          .greatest_addend = REACH,
                          .common_addend = 1};
}

/* All semiring, started. */
struct kinds {
    struct space space;
    struct value_ranges ranges;
    struct semiring extremes, values;
    struct polynomials counts, random;
    struct preemptions preemptions;
    struct lexicographic least, greatest;
    const struct semiring *all[7];
};

enum { EXTREMES, VALUES, COUNTS, RANDOM, PREEMPTIONS, LEAST, GREATEST, KIND_COUNT };

static void start(struct kinds *self)
{
    self->space = make_space();
    value_ranges_start(&self->ranges, LEVELS, 1, NULL);
    for (size_t l = 0; l < LEVELS; l++)
        self->ranges.levels[l] = (struct value_range){-REACH, REACH};
    semiring_extremes_start(&self->extremes, &self->space);
    semiring_values_start(&self->values, &self->space);
    semiring_counts_start(&self->counts, &self->space, &self->ranges);
    CU_ASSERT_TRUE_FATAL(semiring_random_start(&self->random, &self->space, &self->ranges));
    semiring_preemptions_start(&self->preemptions, &self->space, &self->ranges);
    semiring_lexicographic_start(&self->least, &self->space, false);
    semiring_lexicographic_start(&self->greatest, &self->space, true);
    const struct semiring *all[KIND_COUNT] = {&self->extremes,     &self->values,           &self->counts.head,
                                              &self->random.head,  &self->preemptions.head, &self->least.head,
                                              &self->greatest.head};
    memcpy(self->all, all, sizeof all);
}

static void finish(struct kinds *self)
{
    semiring_polynomials_free(&self->counts);
    semiring_polynomials_free(&self->random);
    value_ranges_free(&self->ranges);
}

/* ---- Elements -------------------------------------------------------------------------------------------------- */

/* What works on elements of one level of one kind. */
struct algebra {
    const struct kinds *kinds;
    const struct semiring *semiring;
    struct arena arena;
    uint64_t random;
};

/* The factor that changes nothing: under the random scheduler a step of a single thread would weigh the base, so
 * that all threads of a state of `base` threads stand for one. */
static struct factor unit(const struct algebra *self)
{
    bool by_chance = self->semiring == &self->kinds->random.head;
    return (struct factor){.weight = 1, .enabled = by_chance ? (uint32_t)self->kinds->random.base : 1};
}

static void *zero(struct algebra *self)
{
    void *element = arena_take(&self->arena, semiring_size(self->semiring, 0));
    semiring_zero(self->semiring, element);
    return element;
}

static void *one(struct algebra *self, int64_t value)
{
    void *element = zero(self);
    self->semiring->kind->one(self->semiring, 0, 0, value, element);
    return element;
}

static void add_times(struct algebra *self, void *sum, const struct factor *factor, const void *term)
{
    self->semiring->kind->add(self->semiring, 0, sum, 0, term, factor, &self->arena);
}

static void *times(struct algebra *self, const struct factor *factor, const void *term)
{
    void *product = zero(self);
    add_times(self, product, factor, term);
    return product;
}

static void *plus(struct algebra *self, const void *a, const void *b)
{
    struct factor factor = unit(self);
    void *sum = times(self, &factor, a);
    add_times(self, sum, &factor, b);
    return sum;
}

static int64_t random_number(struct algebra *self, int64_t least, int64_t greatest)
{
    return least + (int64_t)(subject_random(&self->random) >> 33) % (greatest - least + 1);
}

static struct factor random_factor(struct algebra *self)
{
    struct factor factor = unit(self);
    factor.addend = random_number(self, -9, 9);
    factor.weight = (uint32_t)random_number(self, 1, 2);
    factor.length = (uint32_t)random_number(self, 1, 5);
    factor.preemptions = (uint32_t)random_number(self, 0, 3);
    return factor;
}

/* A sum of a few ones, each behind a step; now and then zero. */
static void *random_element(struct algebra *self)
{
    void *element = zero(self);
    for (int64_t terms = random_number(self, 0, 4); terms > 0; terms--) {
        struct factor factor = random_factor(self);
        add_times(self, element, &factor, one(self, random_number(self, -30, 30)));
    }
    return element;
}

/* ---- Telling --------------------------------------------------------------------------------------------------- */

static void tell_number(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    mpz_t number;
    mpz_init(number);
    mpz_import(number, count, -1, sizeof *limbs, 0, 0, limbs);
    char *digits = mpz_get_str(NULL, 10, number);
    text_print(context, " %" PRId64 ":%s", value, digits);
    memory_free(digits);
    mpz_clear(number);
}

static void tell_cost(void *context, int64_t value, uint32_t cost)
{
    text_print(context, " %" PRId64 ":%" PRIu32, value, cost);
}

static void tell_set(struct text *text, const void *element)
{
    struct intervals set = {0};
    semiring_values_collect(element, 0, &set);
    for (size_t i = 0; i < set.count; i++)
        text_print(text, " %" PRId64 "..%" PRId64, set.items[i].first, set.items[i].last);
    intervals_free(&set);
}

/* Asks for the cost of every value. */
static void tell_costs(struct text *text, const struct semiring *semiring, const void *element)
{
    for (int64_t v = -REACH; v <= REACH; v++)
        if (semiring->kind->cost(semiring, 0, element, v) != COST_NONE)
            tell_cost(text, v, semiring->kind->cost(semiring, 0, element, v));
}

/* What an element says, as new. */
static char *tell(const struct algebra *self, const void *element)
{
    struct text text = TEXT_INIT;
    const struct semiring *semiring = self->semiring;
    const struct extremes *extremes = element;
    if (semiring == &self->kinds->extremes && extremes->least <= extremes->greatest)
        text_print(&text, " %" PRId64 " %" PRId64, extremes->least, extremes->greatest);
    else if (semiring == &self->kinds->values)
        tell_set(&text, element);
    else if (semiring == &self->kinds->counts.head)
        semiring_polynomials_visit(&self->kinds->counts, 0, element, 0, tell_number, &text);
    else if (semiring == &self->kinds->random.head)
        semiring_polynomials_visit(&self->kinds->random, 0, element, 0, tell_number, &text);
    else if (semiring == &self->kinds->preemptions.head)
        semiring_preemptions_visit(semiring, 0, element, 0, tell_cost, &text);
    else if (semiring->kind->cost != NULL)
        tell_costs(&text, semiring, element);
    char *told = memory_copy_string(text_string(&text));
    text_free(&text);
    return told;
}

/* Whether two elements say the same; where the kind can compare, it must agree. */
static bool same(const struct algebra *self, const void *a, const void *b)
{
    char *told_a = tell(self, a), *told_b = tell(self, b);
    bool equal = strcmp(told_a, told_b) == 0;
    if (self->semiring->kind->equal != NULL)
        CU_ASSERT_EQUAL(self->semiring->kind->equal(self->semiring, 0, a, b), equal);
    memory_free(told_a);
    memory_free(told_b);
    return equal;
}

/* ---- Laws ------------------------------------------------------------------------------------------------------ */

typedef bool law(struct algebra *self);

static bool plus_is_commutative(struct algebra *self)
{
    void *a = random_element(self), *b = random_element(self);
    return same(self, plus(self, a, b), plus(self, b, a));
}

static bool plus_is_associative(struct algebra *self)
{
    void *a = random_element(self), *b = random_element(self), *c = random_element(self);
    return same(self, plus(self, plus(self, a, b), c), plus(self, a, plus(self, b, c)));
}

static bool zero_is_neutral(struct algebra *self)
{
    void *a = random_element(self);
    return same(self, plus(self, a, zero(self)), a) && same(self, plus(self, zero(self), a), a);
}

static bool zero_annihilates(struct algebra *self)
{
    struct factor factor = random_factor(self);
    return same(self, times(self, &factor, zero(self)), zero(self));
}

static bool times_distributes(struct algebra *self)
{
    void *a = random_element(self), *b = random_element(self);
    struct factor factor = random_factor(self);
    return same(self, times(self, &factor, plus(self, a, b)),
                plus(self, times(self, &factor, a), times(self, &factor, b)));
}

/* Two steps one after the other are one step with the sum of their addends, lengths and preemptions, and the product of
 * their semiring. */
static bool times_composes(struct algebra *self)
{
    void *a = random_element(self);
    struct factor first = random_factor(self), second = random_factor(self);
    struct factor both = first;
    both.addend += second.addend;
    both.weight *= second.weight;
    both.length += second.length;
    both.preemptions += second.preemptions;
    return same(self, times(self, &first, times(self, &second, a)), times(self, &both, a));
}

static bool times_keeps_order(struct algebra *self)
{
    void *a = random_element(self), *b = random_element(self);
    struct factor first = random_factor(self), second = random_factor(self);
    void *sum = times(self, &first, a), *other = times(self, &second, b);
    add_times(self, sum, &second, b);
    add_times(self, other, &first, a);
    return same(self, sum, other);
}

static void check_law(const char *name, law *holds)
{
    struct kinds kinds;
    start(&kinds);
    for (size_t k = 0; k < KIND_COUNT; k++) {
        struct algebra algebra = {.kinds = &kinds, .semiring = kinds.all[k], .arena = ARENA_INIT, .random = 17 + k};
        unsigned broken = 0;
        for (int round = 0; round < ROUNDS; round++)
            broken += !holds(&algebra);
        if (broken > 0)
            unit_note("%s: not so for %s (%zu)", name, algebra.semiring->kind->name, k);
        CU_ASSERT_EQUAL(broken, 0);
        arena_free(&algebra.arena);
    }
    finish(&kinds);
}

static void test_laws(void)
{
    check_law("a + b = b + a", plus_is_commutative);
    check_law("(a + b) + c = a + (b + c)", plus_is_associative);
    check_law("a + 0 = a", zero_is_neutral);
    check_law("f 0 = 0", zero_annihilates);
    check_law("f (a + b) = f a + f b", times_distributes);
    check_law("f (g a) = (f g) a", times_composes);
    check_law("f a + g b = g b + f a", times_keeps_order);
}

/* a + a = a exactly for the kinds that can compare, which says that a fixed point over cycles may use them. */
static void test_idempotence(void)
{
    struct kinds kinds;
    start(&kinds);
    for (size_t k = 0; k < KIND_COUNT; k++) {
        struct algebra algebra = {.kinds = &kinds, .semiring = kinds.all[k], .arena = ARENA_INIT, .random = 99};
        unsigned different = 0;
        for (int round = 0; round < ROUNDS; round++) {
            void *a = random_element(&algebra);
            different += !same(&algebra, plus(&algebra, a, a), a);
        }
        CU_ASSERT_EQUAL(different == 0, algebra.semiring->kind->equal != NULL);
        CU_ASSERT_EQUAL(algebra.semiring->kind->equal != NULL, k != COUNTS && k != RANDOM);
        arena_free(&algebra.arena);
    }
    finish(&kinds);
}

/* ---- What elements say ----------------------------------------------------------------------------------------- */

static void check_told(struct algebra *self, const void *element, const char *expected)
{
    char *told = tell(self, element);
    CU_ASSERT_STRING_EQUAL(told, expected);
    memory_free(told);
}

/* 5 once, 3 twice, of which one step is a preemption, and 3 again as one of two. */
static void test_meaning(void)
{
    static const char *const expected[KIND_COUNT] = {" 3 5",     " 3..3 5..5", " 3:3 5:1", " 3:18 5:6",
                                                     " 3:0 5:1", " 3:0",       " 5:1"};
    struct kinds kinds;
    start(&kinds);
    CU_ASSERT_EQUAL(kinds.random.base, 12);
    for (size_t k = 0; k < KIND_COUNT; k++) {
        struct algebra algebra = {.kinds = &kinds, .semiring = kinds.all[k], .arena = ARENA_INIT};
        struct factor preempted = {.addend = 4, .weight = 1, .enabled = 2, .length = 1, .preemptions = 1};
        struct factor doubled = {.addend = 2, .weight = 2, .enabled = 2, .length = 1, .preemptions = 1};
        struct factor plain = {.addend = 0, .weight = 1, .enabled = 2};
        void *sum = times(&algebra, &preempted, one(&algebra, 1));
        add_times(&algebra, sum, &doubled, one(&algebra, 1));
        add_times(&algebra, sum, &plain, one(&algebra, 3));
        check_told(&algebra, sum, expected[k]);
        arena_free(&algebra.arena);
    }
    finish(&kinds);
}

/* A step that passes over heights counts as if each of them were certain: numerators grow by the base for each. */
static void test_random_over_heights(void)
{
    struct kinds kinds;
    start(&kinds);
    struct algebra algebra = {.kinds = &kinds, .semiring = &kinds.random.head, .arena = ARENA_INIT};
    struct factor factor = {.weight = 1, .enabled = 3, .lift = 1};
    void *certain = zero(&algebra);
    algebra.semiring->kind->one(algebra.semiring, 0, 2, 7, certain);
    check_told(&algebra, certain, " 7:144");
    check_told(&algebra, times(&algebra, &factor, one(&algebra, 7)), " 7:48");
    arena_free(&algebra.arena);
    finish(&kinds);
}

/* Elements of levels with other ranges: places move, values do not. */
static void test_ranges(void)
{
    struct kinds kinds;
    start(&kinds);
    kinds.ranges.levels[1] = (struct value_range){10, 20};
    static const size_t by_range[] = {COUNTS, RANDOM, PREEMPTIONS};
    for (size_t k = 0; k < sizeof by_range / sizeof *by_range; k++) {
        struct algebra algebra = {.kinds = &kinds, .semiring = kinds.all[by_range[k]], .arena = ARENA_INIT};
        const struct semiring *semiring = algebra.semiring;
        void *term = arena_take(&algebra.arena, semiring_size(semiring, 1));
        void *sum = zero(&algebra);
        struct factor factor = unit(&algebra);
        factor.addend = -14;
        semiring->kind->one(semiring, 1, 0, 12, term);
        semiring->kind->add(semiring, 0, sum, 1, term, &factor, &algebra.arena);
        check_told(&algebra, sum, by_range[k] == PREEMPTIONS ? " -2:0" : " -2:1");
        CU_ASSERT(semiring_size(semiring, 1) < semiring_size(semiring, 0));
        arena_free(&algebra.arena);
    }
    finish(&kinds);
}

/* Only multiples of the unit have a place, and a cost. */
static void test_unit(void)
{
    struct kinds kinds;
    start(&kinds);
    kinds.ranges.unit = 10;
    struct algebra algebra = {.kinds = &kinds, .semiring = &kinds.preemptions.head, .arena = ARENA_INIT};
    void *element = one(&algebra, 20);
    CU_ASSERT_EQUAL(algebra.semiring->kind->cost(algebra.semiring, 0, element, 20), 0);
    CU_ASSERT_EQUAL(algebra.semiring->kind->cost(algebra.semiring, 0, element, 25), COST_NONE);
    CU_ASSERT_EQUAL(algebra.semiring->kind->cost(algebra.semiring, 0, element, 10), COST_NONE);
    CU_ASSERT_EQUAL(algebra.semiring->kind->cost(algebra.semiring, 0, element, REACH + 10), COST_NONE);
    check_told(&algebra, element, " 20:0");
    arena_free(&algebra.arena);
    finish(&kinds);
}

/* Where the space has cycles costs count steps, too: even so many as a program has instructions are no preemption. */
static void test_costs_of_steps(void)
{
    struct space space = make_space();
    struct preemptions semiring;
    struct value_ranges ranges;
    struct arena arena = ARENA_INIT;
    value_ranges_start(&ranges, LEVELS, 1, NULL);
    ranges.levels[0] = (struct value_range){0, 0};
    space.cyclic = true;
    semiring_preemptions_start(&semiring, &space, &ranges);
    CU_ASSERT(preemption_cost(&space) > PROGRAM_INSTRUCTIONS_MAX);
    const struct semiring_kind *kind = semiring.head.kind;
    void *end = arena_take(&arena, semiring_size(&semiring.head, 0)),
         *sum = arena_take(&arena, semiring_size(&semiring.head, 0));
    struct factor step = {.weight = 1, .enabled = 1, .length = 1},
                  preemption = {.weight = 1, .enabled = 1, .length = 1, .preemptions = 1};
    kind->one(&semiring.head, 0, 0, 0, end);
    semiring_zero(&semiring.head, sum);
    kind->add(&semiring.head, 0, sum, 0, end, &preemption, &arena);
    CU_ASSERT_EQUAL(kind->cost(&semiring.head, 0, sum, 0), preemption_cost(&space) + 1);
    kind->add(&semiring.head, 0, sum, 0, end, &step, &arena);
    CU_ASSERT_EQUAL(kind->cost(&semiring.head, 0, sum, 0), 1);
    arena_free(&arena);
    value_ranges_free(&ranges);
}

/* Numbers never outgrow their limbs: (threads that may step) to the power of the height is the most they can be. */
static void test_limbs(void)
{
    for (uint32_t height = 0; height < 3000; height += 7)
        for (uint64_t base = 1; base <= 64; base = base * 2 + 1) {
            mpz_t most;
            mpz_init(most);
            mpz_ui_pow_ui(most, (unsigned long)base, height);
            size_t needed = mpz_size(most), limbs = semiring_polynomials_limbs(height, base);
            CU_ASSERT(limbs >= needed && limbs <= needed + needed / 16 + 5);
            mpz_clear(most);
        }
}

static void test_too_many_threads(void)
{
    struct space space = make_space();
    struct polynomials semiring;
    struct value_ranges ranges;
    value_ranges_start(&ranges, LEVELS, 1, NULL);
    space.enabled_counts = (UINT64_C(1) << 18) - 1;
    CU_ASSERT_TRUE(semiring_random_start(&semiring, &space, &ranges));
    CU_ASSERT_EQUAL(semiring.base, 12252240);
    semiring_polynomials_free(&semiring);
    space.enabled_counts = UINT64_MAX;
    CU_ASSERT_FALSE(semiring_random_start(&semiring, &space, &ranges));
    value_ranges_free(&ranges);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"laws", test_laws},
        {"idempotence", test_idempotence},
        {"what elements say", test_meaning},
        {"chances over several heights", test_random_over_heights},
        {"other ranges", test_ranges},
        {"multiples", test_unit},
        {"costs of steps", test_costs_of_steps},
        {"limbs suffice", test_limbs},
        {"more threads than a denominator holds", test_too_many_threads},
        CU_TEST_INFO_NULL,
    };
    return unit_run("semiring", tests);
}
