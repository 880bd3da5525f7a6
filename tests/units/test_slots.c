#include "base/memory.h"
#include "space/slots.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

enum { AX, ENTRIES_MAX = 64 };

/* Three threads of one class; constant, x and y, and the registers ax of up to three groups. */
static const char text[] = ".var x\n.var y\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n mov y, %ax\n mov %ax, x\n"
                           " mov $7, x\n";

struct bench {
    struct program *program;
    struct machine *machine;
    struct slice *slice;
    struct slots slots;
    struct entry entries[ENTRIES_MAX];
    size_t count;
};

static void open_bench(struct bench *self, bool fates)
{
    *self = (struct bench){.program = subject_program(text, 3, 1)};
    self->machine = machine_new(self->program, NULL, false);
    self->slice = slice_new(self->machine, 0, false);
    slots_start(&self->slots, self->slice, self->machine, 3, fates, fates);
}

static void close_bench(struct bench *self)
{
    slots_free(&self->slots);
    slice_free(self->slice);
    machine_free(self->machine);
    program_free(self->program);
}

static void test_numbers(void)
{
    struct bench bench;
    open_bench(&bench, false);
    const struct slots *slots = &bench.slots;
    CU_ASSERT(slots->constant == 0 && slots->deadlock == SLOT_NONE && slots->failure == SLOT_NONE);
    CU_ASSERT(slots_of_shared(slots, 0) == 1 && slots_of_shared(slots, 1) == 2 && slots->observed == 1);
    CU_ASSERT(slots_of_register(slots, AX, 0) == 3 && slots_of_register(slots, AX, 2) == 5);
    CU_ASSERT_EQUAL(slots_of_register(slots, AX + 1, 0), SLOT_NONE);
    CU_ASSERT_EQUAL(slots->count, 6);
    close_bench(&bench);
    open_bench(&bench, true);
    CU_ASSERT(bench.slots.deadlock == 1 && bench.slots.failure == 2 && bench.slots.observed == 3);
    CU_ASSERT_EQUAL(bench.slots.count, 8);
    close_bench(&bench);
}

/* Threads 0 and 1 are one group, thread 2 another; thread `stepping` steps and leaves its group. */
static void step(struct bench *bench, size_t stepping, const struct move *moves, size_t count)
{
    static const struct groups from = {.count = 2, .of = {0, 0, 1}, .size = {2, 1}, .leader = {0, 2}};
    static const struct groups alone = {.count = 3, .of = {0, 1, 2}, .size = {1, 1, 1}, .leader = {0, 1, 2}};
    static const struct groups joined = {.count = 2, .of = {0, 0, 1}, .size = {2, 1}, .leader = {0, 2}};
    static const uint8_t leaves[] = {1, 0, 2}, stays[] = {0, 1, 2};
    struct slots_step slots_step = {
        bench->machine, &from, stepping == 0 ? &alone : &joined, stepping == 0 ? leaves : stays, stepping,
        moves,          count};
    bench->count = slots_entries(&bench->slots, &slots_step, bench->entries);
    CU_ASSERT(bench->count <= slots_entries_max(&bench->slots) && bench->count <= ENTRIES_MAX);
}

/* How often an entry is there; it should be once or never. */
static unsigned occurrences(const struct bench *bench, int slot, int image, uint32_t weight, int64_t addend)
{
    unsigned count = 0;
    for (size_t e = 0; e < bench->count; e++) {
        const struct entry *entry = &bench->entries[e];
        count += entry->slot == slot && entry->image == image && entry->weight == weight && entry->addend == addend;
    }
    return count;
}

#define HAS(slot, image, weight, addend) CU_ASSERT_EQUAL(occurrences(&bench, slot, image, weight, addend), 1)

/* One of two threads loads x: its register is new, the other keeps its own; each of the two could have stepped. */
static void test_load_of_a_group(void)
{
    struct bench bench;
    open_bench(&bench, false);
    struct move load = {machine_register_location(bench.machine, 0, AX), 0, 0};
    step(&bench, 0, &load, 1);
    HAS(0, 0, 2, 0);     /* constant */
    HAS(1, 1, 2, 0);     /* x stays */
    HAS(2, 2, 2, 0);     /* y stays */
    HAS(1, 4, 2, 0);     /* x into the register of the one that stepped, now thread 1 and group 1 */
    HAS(3, 3, 1, 0);     /* the register of the other one, now thread 0 and group 0 */
    HAS(5 - 1, 5, 2, 0); /* thread 2 was group 1 and is group 2 */
    CU_ASSERT_EQUAL(bench.count, 6);
    close_bench(&bench);
}

/* One of two threads adds: what was in its register is in its register, more by one. */
static void test_add_of_a_group(void)
{
    struct bench bench;
    open_bench(&bench, false);
    location_id ax = machine_register_location(bench.machine, 0, AX);
    struct move add = {ax, ax, 1};
    step(&bench, 0, &add, 1);
    HAS(3, 4, 1, 1);
    HAS(3, 3, 1, 0);
    HAS(4, 5, 2, 0);
    CU_ASSERT_EQUAL(bench.count, 6);
    close_bench(&bench);
}

/* One of two threads stores: x is gone; only its own register becomes x, though the register stays as well. */
static void test_store_of_a_group(void)
{
    struct bench bench;
    open_bench(&bench, false);
    struct move store = {0, machine_register_location(bench.machine, 0, AX), 0};
    step(&bench, 0, &store, 1);
    HAS(3, 1, 1, 0);
    HAS(3, 3, 1, 0);
    HAS(3, 4, 1, 0);
    HAS(2, 2, 2, 0);
    CU_ASSERT_EQUAL(occurrences(&bench, 1, 1, 2, 0), 0);
    close_bench(&bench);
}

/* A constant is what all of them store; the thread that is alone in its group has weight 1. */
static void test_constant(void)
{
    struct bench bench;
    open_bench(&bench, false);
    struct move set = {0, LOCATION_NONE, 7};
    step(&bench, 0, &set, 1);
    HAS(0, 1, 2, 7);
    HAS(0, 0, 2, 0);
    step(&bench, 2, &set, 1);
    HAS(0, 1, 1, 7);
    HAS(3, 3, 1, 0);
    HAS(4, 4, 1, 0);
    CU_ASSERT_EQUAL(bench.count, 5);
    close_bench(&bench);
}

/* An exchange moves both ways at once. */
static void test_exchange(void)
{
    struct bench bench;
    open_bench(&bench, false);
    location_id ax = machine_register_location(bench.machine, 2, AX);
    struct move moves[] = {{ax, 0, 0}, {0, ax, 0}};
    step(&bench, 2, moves, 2);
    HAS(1, 4, 1, 0);
    HAS(4, 1, 1, 0);
    HAS(3, 3, 1, 0);
    CU_ASSERT_EQUAL(occurrences(&bench, 1, 1, 1, 0) + occurrences(&bench, 4, 4, 1, 0), 0);
    close_bench(&bench);
}

/* Fates are handed on by every step, for each thread that it stands for. */
static void test_fates(void)
{
    struct bench bench;
    open_bench(&bench, true);
    step(&bench, 0, NULL, 0);
    HAS(0, 0, 2, 0);
    HAS(1, 1, 2, 0);
    HAS(2, 2, 2, 0);
    close_bench(&bench);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"numbers", test_numbers},
        {"a load by one of a group", test_load_of_a_group},
        {"an add by one of a group", test_add_of_a_group},
        {"a store by one of a group", test_store_of_a_group},
        {"a constant", test_constant},
        {"an exchange", test_exchange},
        {"fates", test_fates},
        CU_TEST_INFO_NULL,
    };
    return unit_run("slots", tests);
}
