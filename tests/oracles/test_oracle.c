/* The checker against the enumerator, on some thousand random programs (test_random takes more) and some that are not random; and the
 * enumerator and the generator themselves. */
#include "base/memory.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"
#include "program/program.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/oracle.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct enumerator_bounds bounds = {.schedules = 100000, .steps = 60};

/* Two threads take two mutexes in opposite order. */
static const char crossed[] = ".var x\n.mutex m\n.mutex n\n"
                              ".thread A\n lock m\n lock n\n unlock n\n unlock m\n"
                              ".thread B\n lock n\n lock m\n unlock m\n unlock n\n";

/* One thread adds one, the other doubles. */
static const char doubled[] = ".var x, 1\n"
                              ".thread A\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
                              ".thread B\n mov x, %ax\n mul $2, %ax\n mov %ax, x\n";

/* Four threads behind a semaphore change x by 1, 1, -2 and -2. */
static const char signs[] = ".var x\n.semaphore s, 2\n"
                            ".thread A\n wait s\n mov x, %ax\n add $1, %ax\n mov %ax, x\n post s\n"
                            ".thread B\n wait s\n mov x, %ax\n add $1, %ax\n mov %ax, x\n post s\n"
                            ".thread C\n wait s\n mov x, %ax\n sub $2, %ax\n mov %ax, x\n post s\n"
                            ".thread D\n wait s\n mov x, %ax\n sub $2, %ax\n mov %ax, x\n post s\n";

static struct program *assemble(const char *text, unsigned threads, unsigned iters)
{
    struct error error = ERROR_INIT;
    struct assembler_input input = {
        .name = "test", .source = "test.s", .text = text, .length = strlen(text), .threads = threads, .iters = iters};
    struct program *program = assembler_read(&input, &error);
    if (program == NULL)
        unit_note("line %u: %s", error.line, error.text);
    return program;
}

/* ---- The enumerator ------------------------------------------------------------------------------------------ */

/* Says "1:18 2:2" of the first variable, then " deadlock:2" and " failure:2" where there are any, as new. */
static char *enumerate(const char *text, unsigned threads, unsigned iters, const struct enumerator_policy *policy)
{
    struct text told = TEXT_INIT;
    struct program *program = assemble(text, threads, iters);
    if (program == NULL)
        return memory_copy_string("no program");
    struct enumeration *enumeration = enumerator_run(program, 0, policy, bounds);
    if (enumeration == NULL)
        text_print(&told, "beyond");
    for (size_t i = 0; enumeration != NULL && i < enumeration->row_count; i++)
        text_print(&told, "%s%" PRId64 ":%" PRIu64, i > 0 ? " " : "", enumeration->rows[i].value,
                   enumeration->rows[i].schedules);
    if (enumeration != NULL && enumeration->deadlock.schedules > 0)
        text_print(&told, " deadlock:%" PRIu64, enumeration->deadlock.schedules);
    if (enumeration != NULL && enumeration->failure.schedules > 0)
        text_print(&told, " failure:%" PRIu64, enumeration->failure.schedules);
    enumeration_free(enumeration);
    program_free(program);
    return text_take(&told);
}

static void assert_enumeration(const char *text, unsigned threads, unsigned iters, const char *expected)
{
    char *told = enumerate(text, threads, iters, NULL);
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("%ux%u: expected %s, got %s", threads, iters, expected, told);
    memory_free(told);
}

static void test_enumerator_counts(void)
{
    const char *unlocked = catalogue_find("unlocked")->text;
    assert_enumeration(unlocked, 2, 1, "1:18 2:2");
    assert_enumeration(unlocked, 2, 2, "2:702 3:216 4:6");
    assert_enumeration(unlocked, 2, 3, "2:648 3:30780 4:15714 5:1458 6:20");
    assert_enumeration(unlocked, 3, 1, "1:1404 2:270 3:6");
    assert_enumeration(catalogue_find("lock")->text, 2, 3, "6:20");
    assert_enumeration(doubled, 1, 1, "2:18 3:1 4:1");
    assert_enumeration(crossed, 1, 1, "0:4 deadlock:2");
    assert_enumeration(".var x\n.mutex m\n.main\n unlock m\n", 2, 1, " failure:2");
}

static void test_enumerator_gives_up(void)
{
    assert_enumeration(catalogue_find("unlocked")->text, 3, 2, "beyond");
    assert_enumeration(".var x\n.main\n.top:\n j .top\n", 2, 1, "beyond");
}

/* 2x1: the correct result has two schedules of twenty, but a quarter of the probability. */
static void test_enumerator_chances_and_witnesses(void)
{
    static const uint32_t lost[] = {0, 0, 1, 1, 1, 0};
    static const uint32_t kept[] = {0, 0, 0, 1, 1, 1};
    struct program *program = assemble(catalogue_find("unlocked")->text, 2, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    struct enumeration *enumeration = enumerator_run(program, 0, NULL, bounds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(enumeration);
    CU_ASSERT_EQUAL_FATAL(enumeration->row_count, 2);
    CU_ASSERT_EQUAL(mpq_cmp_ui(enumeration->rows[0].random, 3, 4), 0);
    CU_ASSERT_EQUAL(mpq_cmp_ui(enumeration->rows[1].random, 1, 4), 0);
    CU_ASSERT_EQUAL(enumeration->rows[0].preemptions, 1);
    CU_ASSERT_EQUAL(enumeration->rows[1].preemptions, 0);
    CU_ASSERT_EQUAL(enumeration->rows[0].step_count, 6);
    CU_ASSERT_EQUAL(memcmp(enumeration->rows[0].threads, lost, sizeof lost), 0);
    CU_ASSERT_EQUAL(memcmp(enumeration->rows[1].threads, kept, sizeof kept), 0);
    enumeration_free(enumeration);
    program_free(program);
}

/* The scheduler of a kind with up to three parameters, "quantum=3 pick=any", both ways. */
static struct oracle_scheduler *schedule(const char *kind, const char *parameters, size_t threads)
{
    struct property *list = NULL;
    size_t count = 0;
    while (*parameters != '\0') {
        char name[20], value[20];
        int length = 0;
        CU_ASSERT_EQUAL_FATAL(sscanf(parameters, "%19[^= ]=%19[^ ]%n", name, value, &length), 2);
        if (strspn(value, "0123456789") == strlen(value))
            property_add_number(&list, &count, name, strtoll(value, NULL, 10));
        else
            property_add_text(&list, &count, name, value);
        parameters += length;
        parameters += strspn(parameters, " ");
    }
    struct oracle_scheduler *scheduler = oracle_scheduler_new(kind, list, count, threads);
    property_free_list(list, count);
    return scheduler;
}

/* What each policy lets happen to two threads that each increment once, worked out by hand. */
static void test_policies(void)
{
    static const struct {
        const char *kind;
        const char *parameters;
        const char *expected;
    } rows[] = {
        {"tick", "quantum=1", "1:18 2:2"},
        {"tick", "quantum=1 pick=round-robin", "1:1"},
        {"tick", "quantum=2", "1:4 2:2"}, /* 00 01 11, 00 11 01, 00 11 10, and the same with T1 first */
        {"tick", "quantum=3", "2:2"},
        {"tick", "quantum=3 phase=1", "1:2 2:2"}, /* 00 011 1, 00 111 0, and the same with T1 first */
        {"tick", "quantum=3 phase=2", "1:2 2:2"}, /* 0 001 11, 0 111 00, and the same with T1 first */
        {"tick", "quantum=3 phase=any", "1:4 2:6"},
        {"parallel", "lag=1", "1:8"},
        {"parallel", "lag=3", "1:18 2:2"},
        {"parallel", "lag=1 offset=0,3", "2:1"},
        {"preemptions", "bound=0", "2:2"},
        {"preemptions", "bound=1", "1:4 2:2"},
        {"preemptions", "bound=9", "1:18 2:2"},
        {"signal", "quantum=3 arrival=never", "2:2"},
        {"signal", "quantum=9 arrival=0", "1:2 2:2"}, /* T0 at once; or T1 for one, two, three ticks, then T0 */
    };
    struct program *program = assemble(catalogue_find("unlocked")->text, 2, 1);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct oracle_scheduler *scheduler = schedule(rows[r].kind, rows[r].parameters, 2);
        char *told = enumerate(catalogue_find("unlocked")->text, 2, 1, scheduler->policy);
        CU_ASSERT_STRING_EQUAL(told, rows[r].expected);
        if (strcmp(told, rows[r].expected) != 0)
            unit_note("%s: %s", scheduler->name, told);
        memory_free(told);
        oracle_scheduler_free(scheduler);
    }
    program_free(program);
}

static void test_enumerator_allows(void)
{
    static const uint32_t turns[] = {0, 0, 0, 1, 1, 1}, early[] = {0, 0, 1, 1, 1, 0}, beyond[] = {0, 0, 0, 0},
                          unknown[] = {2};
    struct program *program = assemble(catalogue_find("unlocked")->text, 2, 1);
    struct oracle_scheduler *scheduler = schedule("tick", "quantum=3", 2);
    uint32_t preemptions = 9;
    CU_ASSERT_TRUE(enumerator_allows(program, scheduler->policy, turns, 6, &preemptions));
    CU_ASSERT_EQUAL(preemptions, 0);
    CU_ASSERT_FALSE(enumerator_allows(program, scheduler->policy, early, 6, &preemptions));
    CU_ASSERT_TRUE(enumerator_allows(program, NULL, early, 6, &preemptions));
    CU_ASSERT_EQUAL(preemptions, 1);
    CU_ASSERT_FALSE(enumerator_allows(program, NULL, beyond, 4, &preemptions));
    CU_ASSERT_FALSE(enumerator_allows(program, NULL, unknown, 1, &preemptions));
    oracle_scheduler_free(scheduler);
    program_free(program);
}

/* ---- The generator ------------------------------------------------------------------------------------------- */

static void test_generator_repeats_itself(void)
{
    struct oracle_request request = oracle_request(ORACLE_SMALL);
    struct random_program *first = random_program_new(7, &request.options);
    struct random_program *again = random_program_new(7, &request.options);
    struct random_program *other = random_program_new(8, &request.options);
    CU_ASSERT_STRING_EQUAL(first->text, again->text);
    CU_ASSERT_STRING_NOT_EQUAL(first->text, other->text);
    random_program_free(first);
    random_program_free(again);
    random_program_free(other);
}

/* Every program assembles, ends, and has no more schedules than the bound. */
static void test_generator_keeps_its_bound(void)
{
    struct random_options options = {.features = RANDOM_TERMINATING & ~(unsigned)(RANDOM_CHOICES | RANDOM_CONDITIONS),
                                     .max_schedules = 500,
                                     .max_steps = 9};
    unsigned bad = 0;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct random_program *random = random_program_new(seed, &options);
        struct program *program = assemble(random->text, random->threads, 1);
        struct enumeration *enumeration =
            program == NULL ? NULL : enumerator_run(program, 0, NULL, (struct enumerator_bounds){500, 27});
        bad += enumeration == NULL;
        enumeration_free(enumeration);
        program_free(program);
        random_program_free(random);
    }
    CU_ASSERT_EQUAL(bad, 0);
}

static void test_generator_uses_every_word(void)
{
    static const char *const words[] = {
        "div ",    "mod ", "and ",  "or ",   "xor ",    "shl ",   "shr ",     "not ",
        ".atomic", "add",  "sub",   "mul",   "neg",     "xchg",   "fetchadd", "lock",
        "put",     "get",  "cas",   "yield", "io",      ".queue", "unlock",   "wait",
        "post",    "halt", "nop",   "je",    "jne",     "jgt",    "jgte",     "jlt",
        "jlte",    "test", ".rept", ".main", ".thread", "$SELF",  "$THREADS", "$9223372036854775807"};
    struct text all = TEXT_INIT;
    struct oracle_request request = oracle_request(ORACLE_SMALL);
    for (uint64_t seed = 0; seed < 800; seed++) {
        struct random_program *random = random_program_new(seed, &request.options);
        text_print(&all, "%s", random->text);
        random_program_free(random);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&all), words[i]));
    }
    text_free(&all);
}

/* ---- The checker --------------------------------------------------------------------------------------------- */

/* Checks the programs of some seeds; what disagrees first is printed. */
static void check_seeds(enum oracle_kind kind, bool draw, uint64_t seed, uint64_t count, struct oracle_tally *tally)
{
    struct oracle_request request = oracle_request(kind);
    struct text complaint = TEXT_INIT;
    bool agreed = true;
    request.draw = draw;
    request.enumerate = request.enumerate || draw;
    for (uint64_t i = 0; i < count && agreed; i++)
        agreed = oracle_check(seed + i, &request, tally, false, &complaint);
    CU_ASSERT_TRUE(agreed);
    if (!agreed)
        unit_note("%s", text_string(&complaint));
    text_free(&complaint);
}

/* Everything that the comparison is meant to cover has been there. */
static void test_small_programs(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_SMALL, false, 1, 110, &tally);
    CU_ASSERT(tally.sliced > 40);
    CU_ASSERT(tally.programs - tally.sliced > 12);
    CU_ASSERT(tally.symmetric > 12);
    CU_ASSERT(tally.several > 16);
    CU_ASSERT(tally.deadlocked > 4);
    CU_ASSERT(tally.failed > 4);
    CU_ASSERT_EQUAL(tally.endless, 0);
}

static void test_large_programs(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_LARGE, false, 1, 30, &tally);
    CU_ASSERT(tally.sliced > 5);
    CU_ASSERT(tally.several > 5);
}

static void test_endless_programs(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_ENDLESS, false, 1, 40, &tally);
    CU_ASSERT(tally.endless > 8);
}

/* Threads that wait for each other in all ways: few come to their end without help from another. */
static void test_objects(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_OBJECTS, false, 1, 80, &tally);
    CU_ASSERT(tally.enumerated > 74);
    CU_ASSERT(tally.deadlocked > 10);
    CU_ASSERT(tally.several > 6);
    CU_ASSERT(tally.symmetric > 7);
    CU_ASSERT(tally.failed > 2);
    check_seeds(ORACLE_OBJECTS, true, 1000, 40, &tally);
}

/* The same under schedulers that are drawn, too. */
static void test_scheduled_programs(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_SMALL, true, 50000, 110, &tally);
    CU_ASSERT(tally.enumerated > 104);
    CU_ASSERT(tally.sliced > 32);
    CU_ASSERT(tally.symmetric > 8);
    CU_ASSERT(tally.several > 12);
    CU_ASSERT(tally.deadlocked > 4);
    CU_ASSERT(tally.failed > 2);
    CU_ASSERT(tally.collapsed > 32);
    CU_ASSERT(tally.open > 12);
    for (size_t k = 0; scheduler_kinds()[k] != NULL; k++)
        CU_ASSERT(tally.kinds[k] > 4);
}

static void test_scheduled_large_programs(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_LARGE, true, 60000, 25, &tally);
    CU_ASSERT(tally.enumerated > 7);
    CU_ASSERT(tally.several > 3);
}

static void test_scheduled_endless_programs(void)
{
    struct oracle_tally tally = {0};
    check_seeds(ORACLE_ENDLESS, true, 70000, 40, &tally);
    CU_ASSERT(tally.endless > 6);
    CU_ASSERT(tally.collapsed > 8);
}

/* Checks a program that observes its first variable, or its output where it has none; returns how many schedules were enumerated. */
static uint64_t check_text_under(const struct oracle_scheduler *scheduler, const char *text, unsigned threads,
                                 unsigned iters)
{
    struct oracle_request request = oracle_request(ORACLE_SMALL);
    struct oracle_tally tally = {0};
    struct text complaint = TEXT_INIT;
    char observe[40] = "output";
    const char *variable = strstr(text, ".var");
    CU_ASSERT_FATAL(variable == NULL || sscanf(variable, ".var %39[a-z]", observe) == 1);
    request.scheduler = scheduler;
    bool agreed = oracle_check_text(text, threads, iters, observe, &request, &tally, &complaint);
    CU_ASSERT_TRUE(agreed);
    if (!agreed)
        unit_note("%s", text_string(&complaint));
    text_free(&complaint);
    return tally.schedules;
}

static void check_text(const char *text, unsigned threads, unsigned iters, bool enumerable)
{
    uint64_t schedules = check_text_under(NULL, text, threads, iters);
    CU_ASSERT((schedules > 0) == enumerable);
}

static void test_known_programs(void)
{
    static const char *const races[] = {"unlocked", "lock", "atomic"};
    check_text(crossed, 1, 1, true);
    check_text(doubled, 1, 1, true);
    check_text(signs, 1, 1, false);
    for (size_t r = 0; r < sizeof races / sizeof *races; r++) {
        const char *text = catalogue_find(races[r])->text;
        check_text(text, 2, 2, true);
        check_text(text, 3, 1, true);
        check_text(text, 2, r == 0 ? 5 : 12, false);
        check_text(text, 4, r == 0 ? 1 : 4, false);
    }
}

/* Whatever is in the catalogue in the language of the assembler, under a few schedulers each; how many of them can be enumerated is not known. */
static void test_catalogue(void)
{
    uint64_t schedules = 0;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *text = catalogue_at(i)->text;
        if (model_is_python(catalogue_at(i)))
            continue;
        struct program *program = assemble(text, 2, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(program);
        size_t threads = program->thread_count;
        program_free(program);
        schedules += check_text_under(NULL, text, 2, 1);
        schedules += check_text_under(NULL, text, 2, 2);
        for (uint64_t seed = 0; seed < 2; seed++) {
            struct oracle_scheduler *scheduler = oracle_scheduler_draw(100 * i + seed, NULL, threads);
            schedules += check_text_under(scheduler, text, 2, 2);
            oracle_scheduler_free(scheduler);
        }
    }
    CU_ASSERT(schedules > 100000);
}

/* ---- The comparison itself ----------------------------------------------------------------------------------- */

static void start_nowhere(const void *context, uint64_t which, struct enumerator_memory *memory)
{
    (void)context;
    (void)which;
    (void)memory;
}

static uint64_t all_but_the_last(const void *context, const struct enumerator_moment *moment,
                                 const struct enumerator_memory *memory, unsigned option)
{
    (void)context;
    (void)memory;
    (void)option;
    uint64_t last = UINT64_C(1) << (63 - __builtin_clzll(moment->ready));
    return moment->ready != last ? moment->ready & ~last : moment->ready;
}

static void no_memory(const void *context, const struct enumerator_moment *before,
                      const struct enumerator_moment *after, unsigned option, size_t thread,
                      struct enumerator_memory *memory)
{
    (void)context;
    (void)before;
    (void)after;
    (void)option;
    (void)thread;
    (void)memory;
}

/* An enumerator that follows another scheduler must not agree with the checker. */
static void test_comparison_can_fail(void)
{
    static const struct enumerator_policy policy = {
        .starts = 1, .options = 1, .start = start_nowhere, .choices = all_but_the_last, .after = no_memory};
    static const struct oracle_scheduler scheduler = {.name = "not the same", .policy = &policy};
    struct oracle_request request = oracle_request(ORACLE_SMALL);
    struct oracle_tally tally = {0};
    struct text complaint = TEXT_INIT;
    request.scheduler = &scheduler;
    CU_ASSERT_FALSE(oracle_check_text(doubled, 1, 1, "x", &request, &tally, &complaint));
    CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&complaint), "1 schedules"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&complaint), "20 schedules"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&complaint), ".thread B"));
    text_free(&complaint);
}

/* Nor must one whose scheduler has another parameter, of any kind. */
static void test_comparison_knows_schedulers(void)
{
    static const char *const pairs[][3] = {
        {"tick", "quantum=2", "quantum=4"},
        {"tick", "quantum=2", "quantum=2 pick=round-robin"},
        {"tick", "quantum=3 phase=1", "quantum=3 phase=2"},
        {"tick", "quantum=3 phase=any", "quantum=3 phase=2"},
        {"parallel", "lag=1", "lag=2"},
        {"parallel", "lag=2 offset=0,1", "lag=2 offset=0,2"},
        {"preemptions", "bound=1", "bound=2"},
        {"signal", "quantum=3 arrival=1", "quantum=3 arrival=2"},
        {"signal", "quantum=3 arrival=any", "quantum=3 arrival=never"},
    };
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        struct oracle_scheduler *one = schedule(pairs[p][0], pairs[p][1], 2);
        struct oracle_scheduler *other = schedule(pairs[p][0], pairs[p][2], 2);
        struct oracle_scheduler mixed = {.name = "mixed", .scheduler = one->scheduler, .policy = other->policy};
        struct oracle_request request = oracle_request(ORACLE_SMALL);
        struct oracle_tally tally = {0};
        struct text complaint = TEXT_INIT;
        request.scheduler = &mixed;
        CU_ASSERT_FALSE(
            oracle_check_text(catalogue_find("unlocked")->text, 2, 2, "counter", &request, &tally, &complaint));
        request.scheduler = one;
        CU_ASSERT_TRUE(
            oracle_check_text(catalogue_find("unlocked")->text, 2, 2, "counter", &request, &tally, &complaint));
        text_free(&complaint);
        oracle_scheduler_free(one);
        oracle_scheduler_free(other);
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the enumerator counts what is known", test_enumerator_counts},
        {"the enumerator gives up beyond its bounds", test_enumerator_gives_up},
        {"the enumerator knows chances and witnesses", test_enumerator_chances_and_witnesses},
        {"policies do what was worked out", test_policies},
        {"the enumerator follows a schedule", test_enumerator_allows},
        {"the generator repeats itself", test_generator_repeats_itself},
        {"the generator keeps its bound", test_generator_keeps_its_bound},
        {"the generator uses every word", test_generator_uses_every_word},
        {"known programs agree", test_known_programs},
        {"small random programs agree with the enumerator", test_small_programs},
        {"large random programs agree with the explicit search", test_large_programs},
        {"endless random programs agree with the explicit search", test_endless_programs},
        {"programs that synchronise in all ways agree with the enumerator", test_objects},
        {"the catalogue agrees under several schedulers", test_catalogue},
        {"small random programs agree with the enumerator under random schedulers", test_scheduled_programs},
        {"large random programs agree under random schedulers", test_scheduled_large_programs},
        {"endless random programs agree under random schedulers", test_scheduled_endless_programs},
        {"the comparison can fail", test_comparison_can_fail},
        {"the comparison knows schedulers", test_comparison_knows_schedulers},
        CU_TEST_INFO_NULL,
    };
    return unit_run("oracle", tests);
}
