#include "base/memory.h"
#include "machine/layout.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

enum {
    THREADS = 3,
    REGISTERS = 4,
    SHARED = 5,
    LOCATIONS = SHARED + THREADS * REGISTERS,
    QUAD_BITS = 64,
    QUADS_MAX = 64
};

/* A plan and the arrays that it borrows: threads 0 and 2 are of one class. */
struct subject {
    struct layout_plan plan;
    bool stored[LOCATIONS];
    struct range ranges[LOCATIONS];
    uint32_t instruction_counts[THREADS];
    uint8_t activity_bits[THREADS];
    struct layout layout;
};

static int64_t random_bound(uint64_t *random, unsigned bits_max)
{
    unsigned bits = (unsigned)(subject_random(random) >> 33) % (bits_max + 1);
    return bits == 0 ? 0 : (int64_t)(subject_random(random) >> (64 - bits));
}

static void start(struct subject *self, uint64_t *random, unsigned bits_max)
{
    static const size_t classes[THREADS] = {0, 1, 0};
    *self = (struct subject){.plan = {.thread_count = THREADS,
                                      .location_count = LOCATIONS,
                                      .shared_count = SHARED,
                                      .stride = REGISTERS,
                                      .register_count = REGISTERS - 1, /* the last is a word of a stack */
                                      .classes = classes}};
    self->plan.held_bits = (subject_random(random) >> 33) % 4;
    for (size_t t = 0; t < THREADS; t++)
        self->activity_bits[t] = (uint8_t)((subject_random(random) >> 33) % 4);
    self->activity_bits[2] = self->activity_bits[0]; /* threads of one class are alike */
    self->plan.activity_bits = self->activity_bits;
    for (size_t l = 0; l < LOCATIONS; l++) {
        self->stored[l] = subject_random(random) >> 63;
        self->ranges[l].greatest = random_bound(random, bits_max);
        self->ranges[l].least = subject_random(random) >> 63 ? -random_bound(random, bits_max) : 0;
    }
    for (size_t t = 0; t < THREADS; t++)
        self->instruction_counts[t] = (uint32_t)random_bound(random, 20);
    self->instruction_counts[2] = self->instruction_counts[0];
    memcpy(self->stored + SHARED + 2 * REGISTERS, self->stored + SHARED, REGISTERS * sizeof *self->stored);
    self->plan.stored = self->stored;
    self->plan.ranges = self->ranges;
    self->plan.instruction_counts = self->instruction_counts;
    layout_build(&self->layout, &self->plan);
}

/* Takes the bits of a field; false where one was taken before or the field crosses a quad or the end. */
static bool take_bits(bool *taken, struct field field, const struct layout *layout)
{
    bool good = field.shift + field.width <= QUAD_BITS;
    for (size_t b = 0; b < field.width; b++) {
        size_t bit = (size_t)field.quad * QUAD_BITS + field.shift + b;
        good = good && bit < layout->bits && !taken[bit];
        if (bit < layout->bits)
            taken[bit] = true;
    }
    return good;
}

static bool is_disjoint(const struct subject *self)
{
    bool taken[QUADS_MAX * QUAD_BITS] = {false}, good = self->layout.bits <= QUADS_MAX * QUAD_BITS;
    for (size_t t = 0; t < THREADS && good; t++)
        good = take_bits(taken, self->layout.indices[t], &self->layout) &&
               take_bits(taken, self->layout.activities[t], &self->layout) &&
               take_bits(taken, self->layout.held[t], &self->layout) &&
               self->layout.activities[t].width == self->activity_bits[t];
    for (size_t l = 0; l < LOCATIONS && good; l++)
        good = take_bits(taken, self->layout.locations[l], &self->layout) &&
               self->stored[l] == (self->layout.locations[l].width > 0);
    return good;
}

/* Every value of a range survives, and no more bits are used than the range needs. */
static bool holds_ranges(const struct subject *self)
{
    bool good = true;
    for (size_t l = 0; l < LOCATIONS; l++) {
        struct field field = self->layout.locations[l];
        const int64_t values[] = {self->ranges[l].least, self->ranges[l].greatest, 0};
        for (size_t v = 0; v < 3 && self->stored[l]; v++) {
            uint64_t state[QUADS_MAX];
            memset(state, v % 2 == 0 ? 0xff : 0, sizeof state);
            field_set(field, state, (uint64_t)values[v]);
            good = good && field_holds(field, values[v]) && field_get_value(field, state) == values[v];
        }
    }
    return good;
}

static bool within(struct field field, struct machine_block block)
{
    size_t first = (size_t)field.quad * QUAD_BITS + field.shift;
    return field.width == 0 || (first >= block.first && first + field.width <= block.first + block.width);
}

static bool has_blocks(const struct subject *self)
{
    bool good = true;
    for (size_t t = 0; t < THREADS; t++) {
        struct machine_block block = self->layout.blocks[t];
        good = good && within(self->layout.indices[t], block) && within(self->layout.activities[t], block) &&
               within(self->layout.held[t], block);
        for (size_t r = 0; r < REGISTERS; r++)
            good = good && within(self->layout.locations[SHARED + t * REGISTERS + r], block) &&
                   (self->layout.registers[t] >> r & 1) ==
                       (r < self->plan.register_count && self->stored[SHARED + t * REGISTERS + r]);
        good = good && (block.width <= QUAD_BITS ? block.first % QUAD_BITS + block.width <= QUAD_BITS
                                                 : block.first % QUAD_BITS == 0 && block.width % QUAD_BITS == 0);
    }
    return good;
}

static bool same_in_block(struct field a, struct machine_block block_a, struct field b, struct machine_block block_b)
{
    return a.width == b.width && a.is_signed == b.is_signed &&
           (a.width == 0 || (size_t)a.quad * QUAD_BITS + a.shift - block_a.first ==
                                (size_t)b.quad * QUAD_BITS + b.shift - block_b.first);
}

static bool classes_are_alike(const struct subject *self)
{
    const struct layout *layout = &self->layout;
    struct machine_block a = layout->blocks[0], b = layout->blocks[2];
    bool good = a.width == b.width && same_in_block(layout->indices[0], a, layout->indices[2], b) &&
                same_in_block(layout->activities[0], a, layout->activities[2], b) &&
                same_in_block(layout->held[0], a, layout->held[2], b);
    for (size_t r = 0; r < REGISTERS; r++)
        good =
            good && same_in_block(layout->locations[SHARED + r], a, layout->locations[SHARED + 2 * REGISTERS + r], b);
    return good;
}

static void test_random_layouts(void)
{
    uint64_t random = 11;
    unsigned overlapping = 0, losing = 0, blockless = 0, unlike = 0;
    for (int round = 0; round < 2000; round++) {
        struct subject subject;
        start(&subject, &random, round % 2 == 0 ? 6 : 63);
        overlapping += !is_disjoint(&subject);
        losing += !holds_ranges(&subject);
        blockless += !has_blocks(&subject);
        unlike += !classes_are_alike(&subject);
        layout_free(&subject.layout);
    }
    CU_ASSERT_EQUAL(overlapping, 0);
    CU_ASSERT_EQUAL(losing, 0);
    CU_ASSERT_EQUAL(blockless, 0);
    CU_ASSERT_EQUAL(unlike, 0);
}

/* The width that one range gets, negative for a signed one. */
static int width_for(int64_t least, int64_t greatest)
{
    static const size_t classes[1] = {0};
    static const uint32_t counts[1] = {0};
    static const bool stored[1] = {true};
    static const uint8_t activity_bits[1] = {0};
    struct range range = {least, greatest};
    struct layout_plan plan = {.thread_count = 1,
                               .location_count = 1,
                               .shared_count = 1,
                               .classes = classes,
                               .instruction_counts = counts,
                               .activity_bits = activity_bits,
                               .stored = stored,
                               .ranges = &range};
    struct layout layout = {0};
    layout_build(&layout, &plan);
    int width = layout.locations[0].is_signed ? -layout.locations[0].width : layout.locations[0].width;
    CU_ASSERT_TRUE(field_holds(layout.locations[0], least) && field_holds(layout.locations[0], greatest));
    if (greatest < INT64_MAX && width != 64 && width > 1)
        CU_ASSERT_FALSE(field_holds(layout.locations[0], 2 * greatest + 2));
    layout_free(&layout);
    return width;
}

static void test_widths(void)
{
    CU_ASSERT_EQUAL(width_for(0, 0), 1);
    CU_ASSERT_EQUAL(width_for(0, 1), 1);
    CU_ASSERT_EQUAL(width_for(0, 2), 2);
    CU_ASSERT_EQUAL(width_for(0, 255), 8);
    CU_ASSERT_EQUAL(width_for(0, 256), 9);
    CU_ASSERT_EQUAL(width_for(-1, 0), -1);
    CU_ASSERT_EQUAL(width_for(-1, 1), -2);
    CU_ASSERT_EQUAL(width_for(-128, 127), -8);
    CU_ASSERT_EQUAL(width_for(-129, 127), -9);
    CU_ASSERT_EQUAL(width_for(-128, 128), -9);
    CU_ASSERT_EQUAL(width_for(0, INT64_MAX), 63);
    CU_ASSERT_EQUAL(width_for(INT64_MIN, 0), -64);
    CU_ASSERT_EQUAL(width_for(INT64_MIN, INT64_MAX), -64);
}

static void test_what_a_field_holds(void)
{
    struct field byte = {.width = 8}, sign = {.width = 8, .is_signed = true}, all = {.width = 64, .is_signed = true};
    CU_ASSERT(field_holds(byte, 255) && !field_holds(byte, 256) && !field_holds(byte, -1));
    CU_ASSERT(field_holds(sign, 127) && !field_holds(sign, 128) && field_holds(sign, -128) && !field_holds(sign, -129));
    CU_ASSERT(field_holds(all, INT64_MIN) && field_holds(all, INT64_MAX));
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"random layouts", test_random_layouts},
        {"widths", test_widths},
        {"what a field holds", test_what_a_field_holds},
        CU_TEST_INFO_NULL,
    };
    return unit_run("layout", tests);
}
