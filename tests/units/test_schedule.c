#include "base/memory.h"
#include "base/generator.h"
#include "program/schedule.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

static const char *const plain[] = {"T0", "T1", "T2"};
static const char *const words[] = {"first", "second", "third"};
static const char *const nasty[] = {"B", "A", "signal", "AB", "1", "T1", "a b", "x*y", "", "C"};

static const struct thread_names unknown = {NULL, 0};
static const struct thread_names three = {plain, 3};
static const struct thread_names named = {words, 3};
static const struct thread_names confusing = {nasty, 10};

static bool reads(struct schedule *schedule, const char *text, const struct thread_names *names, struct error *error)
{
    return schedule_read(schedule, text, strlen(text), names, 100, error);
}

static char *print(const struct schedule *schedule, const struct thread_names *names, enum schedule_notation notation)
{
    struct text text = TEXT_INIT;
    schedule_print(&text, schedule, names, notation, SIZE_MAX);
    return text_take(&text);
}

/* A text in one notation, read and printed in another one. */
static void expect(const char *text, const struct thread_names *names, enum schedule_notation notation,
                   const char *expected)
{
    struct schedule schedule = {0};
    struct error error = ERROR_INIT;
    CU_ASSERT(reads(&schedule, text, names, &error));
    if (error.set)
        unit_note("'%s': %s", text, error.text);
    char *printed = print(&schedule, names, notation);
    CU_ASSERT(unit_is(printed, expected));
    schedule_free(&schedule);
}

static void test_every_notation_says_the_same(void)
{
    static const char *const same[] = {
        "0 0 1 0",
        "0,0,1,0",
        " 0, 0\n1\t0\r\n",
        "0*2,1*1 0",
        "0*2, 1, 0",
        "T0*2, T1*1, T0*1",
        "A*2 B A",
        "T0\xc3\x97"
        "2, T1\xc3\x97"
        "1, T0\xc3\x97"
        "1",
        "0010",
        "0010\n",
        "AABA",
        "aaba",
        "A A BA",
        "T0 * 2 T1 T0",
        "A A 1 T0",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        expect(same[i], &three, SCHEDULE_STEPS, "0 0 1 0");
    expect("", &three, SCHEDULE_STEPS, "");
    expect(" \n", &three, SCHEDULE_STEPS, "");
    expect("63*2 10 7*0", &unknown, SCHEDULE_STEPS, "63 63 10");
    expect("first*2 second A", &named, SCHEDULE_STEPS, "0 0 1 0");
    expect("T0*2 T1 first", &named, SCHEDULE_STEPS, "0 0 1 0");
}

static void test_every_notation_is_printed(void)
{
    static const struct {
        enum schedule_notation notation;
        const char *plain, *named;
    } rows[] = {
        {SCHEDULE_TYPESET,
         "T0\xc3\x97"
         "2, T1\xc3\x97"
         "1, T0\xc3\x97"
         "1",
         "first\xc3\x97"
         "2, second\xc3\x97"
         "1, first\xc3\x97"
         "1"},
        {SCHEDULE_NAMES, "T0*2 T1 T0", "first*2 second first"},
        {SCHEDULE_NUMBERS, "0*2 1*1 0*1", "0*2 1*1 0*1"},
        {SCHEDULE_LETTERS, "A*2 B A", "A*2 B A"},
        {SCHEDULE_STEPS, "0 0 1 0", "0 0 1 0"},
        {SCHEDULE_DIGIT_ROW, "0010", "0010"},
        {SCHEDULE_LETTER_ROW, "AABA", "AABA"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        expect("0010", &three, rows[r].notation, rows[r].plain);
        expect("0010", &named, rows[r].notation, rows[r].named);
    }
}

static void test_actions_beside_steps(void)
{
    static const char text[] = "phase 37 A*2 return B signal A*2 C flush B flush A*2";
    expect(text, &three, SCHEDULE_LETTERS, text);
    expect(text, &three, SCHEDULE_TYPESET,
           "phase 37, T0\xc3\x97"
           "2, return T1\xc3\x97"
           "1, signal, T0\xc3\x97"
           "2, T2\xc3\x97"
           "1, flush T1\xc3\x97"
           "1, flush T0\xc3\x97"
           "2");
    expect(text, &three, SCHEDULE_DIGIT_ROW, "phase 37 0 0 return 1 signal 0 0 2 flush 1 flush 0 flush 0");
    struct schedule schedule = {0};
    struct error error = ERROR_INIT;
    CU_ASSERT(reads(&schedule, text, &three, &error));
    CU_ASSERT_EQUAL(schedule.count, 10);
    CU_ASSERT_EQUAL(schedule_step_count(&schedule), 9);
    CU_ASSERT(action_equals(schedule.actions[7], action_by(ACTION_FLUSH, 1)));
    CU_ASSERT(action_equals(schedule.actions[9], action_by(ACTION_FLUSH, 0)));
    CU_ASSERT(action_equals(schedule.actions[0], action_phase(37)));
    CU_ASSERT(action_equals(schedule.actions[3], action_by(ACTION_RETURN, 1)));
    CU_ASSERT(action_equals(schedule.actions[4], action_by(ACTION_SIGNAL, 0)));
    CU_ASSERT(action_equals(schedule.actions[5], action_by(ACTION_STEP, 0)));
    schedule_free(&schedule);
}

/* Whatever can be mistaken is called by its number. */
static void test_confusing_names(void)
{
    expect("0 1 2 3 4 5 6 7 8 9", &confusing, SCHEDULE_NAMES, "B A 2 AB 4 T1 6 7 8 C");
    expect("0 1 2 3", &confusing, SCHEDULE_LETTERS, "0 1 2 D");
    expect("B A 1", &confusing, SCHEDULE_STEPS, "0 1 1");
    expect("11*1", &unknown, SCHEDULE_STEPS, "11*1");
    expect("11", &unknown, SCHEDULE_STEPS, "1 1");
}

static void refuse(const char *text, const struct thread_names *names, unsigned line, unsigned column, const char *said)
{
    struct schedule schedule = {0};
    struct error error = ERROR_INIT;
    CU_ASSERT_FALSE(reads(&schedule, text, names, &error));
    CU_ASSERT(error.set && error.line == line && error.column == column && unit_says(error.text, said));
    if (error.line != line || error.column != column)
        unit_note("'%s': line %u, column %u: %s", text, error.line, error.column, error.text);
    schedule_free(&schedule);
}

static void test_errors_have_their_place(void)
{
    refuse("0 3", &three, 1, 3, "'3' is no thread of the program (expected A to C, 0 to 2, T0, T1 or T2)");
    refuse("0 0\n 1 x", &three, 2, 4, "'x' is no thread");
    refuse("A*x", &three, 1, 1, "'A*x' does not say how many steps");
    refuse("A B * ", &three, 1, 3, "does not say how many steps");
    refuse("signal A*0", &three, 1, 8, "does not say how many steps");
    refuse("0*1*2", &three, 1, 1, "'0*1*2' does not say how many steps");
    refuse("0 -1", &three, 1, 3, "'-1' is no thread");
    refuse("00 11", &three, 1, 1, "'00' is no thread");
    refuse("AABD", &three, 1, 1, "'AABD' is no thread");
    refuse("0013", &three, 1, 4, "'3' is no thread");
    refuse("0 01", &three, 1, 3, "'01' is no thread");
    refuse("*2", &three, 1, 1, "'*2' is no thread");
    refuse("0 64", &unknown, 1, 3, "'64' is no thread of the program (expected its letter, number or name)");
    refuse("A signal", &three, 1, 3, "'signal' has no step behind it");
    refuse("signal phase 3", &three, 1, 1, "'signal' has no step behind it");
    refuse("return*2 A", &three, 1, 1, "'return' has no step behind it");
    refuse("A phase 3", &three, 1, 3, "'phase' comes too late");
    refuse("phase A", &three, 1, 1, "'phase' has no number behind it");
    refuse("phase 1000000000 A", &three, 1, 1, "'phase' has no number behind it");
}

/* A number that is too large is refused before anything is made of it. */
static void test_the_limit_comes_first(void)
{
    static const char *const texts[] = {"0*1000000000", "0*99999999999999999999999", "0 0*100", "0*50 1*51",
                                        "phase 3 0*100"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct schedule schedule = {0};
        struct error error = ERROR_INIT;
        CU_ASSERT_FALSE(reads(&schedule, texts[i], &three, &error));
        CU_ASSERT(schedule.count <= 51);
        schedule_free(&schedule);
    }
    expect("0*100", &three, SCHEDULE_NUMBERS, "0*100");
}

static void test_only_so_many_items(void)
{
    struct schedule schedule = {0};
    struct error error = ERROR_INIT;
    struct text text = TEXT_INIT;
    CU_ASSERT(reads(&schedule, "0*5 1*3 0", &three, &error));
    schedule_print(&text, &schedule, &three, SCHEDULE_NAMES, 2);
    CU_ASSERT_STRING_EQUAL(text_string(&text), "T0*5 T1*3 ...");
    text_free(&text);
    schedule_free(&schedule);
}

/* ---- Generated ----------------------------------------------------------------------------------------------- */

enum { ROUNDS = 3000 };

static struct schedule draw(struct generator *generator, size_t threads)
{
    struct schedule schedule = {0};
    if (generator_below(generator, 4) == 0)
        schedule_add(&schedule, action_phase((uint32_t)generator_below(generator, 1000)));
    for (size_t items = generator_below(generator, 12); items > 0; items--) {
        size_t thread = generator_below(generator, threads), steps = 1 + generator_below(generator, 4);
        unsigned dice = (unsigned)generator_below(generator, 12);
        enum action_kind kind = dice == 0 ? ACTION_SIGNAL : dice == 1 ? ACTION_RETURN : dice == 2 ? ACTION_FLUSH : ACTION_STEP;
        for (size_t s = 0; s < steps; s++)
            schedule_add(&schedule, action_by(kind, thread));
    }
    return schedule;
}

static void expect_round_trip(const struct schedule *schedule, const struct thread_names *names,
                              enum schedule_notation notation)
{
    struct schedule again = {0};
    struct error error = ERROR_INIT;
    char *printed = print(schedule, names, notation);
    bool good = reads(&again, printed, names, &error) && subject_same_schedule(schedule, &again);
    CU_ASSERT(good);
    if (!good)
        unit_note("notation %d: '%s' %s", (int)notation, printed, error.text);
    char *twice = print(&again, names, notation);
    CU_ASSERT_STRING_EQUAL(printed, twice);
    memory_free(twice);
    memory_free(printed);
    schedule_free(&again);
}

static void test_what_is_printed_reads_the_same(void)
{
    const struct thread_names *const all[] = {&unknown, &three, &named, &confusing};
    struct generator generator = generator_start(1, "schedules", "");
    for (size_t round = 0; round < ROUNDS; round++) {
        const struct thread_names *names = all[round % 4];
        struct schedule schedule = draw(&generator, thread_names_count(names));
        for (int notation = 0; notation < SCHEDULE_NOTATIONS; notation++)
            expect_round_trip(&schedule, names, (enum schedule_notation)notation);
        schedule_free(&schedule);
    }
}

/* Any text is read, or refused at a place of its own. */
static void test_any_text(void)
{
    static const char *const parts[] = {"A",        "B",     "0",    "1",    "T1", "12",           "*",
                                        "\xc3\x97", "\xc3",  " ",    ",",    "\n", "phase",        "signal",
                                        "return",   "a b",   "AAB",  "0011", "*3", "*99999999999", "phase 5 ",
                                        "signal ",  "first", "\x01", "-1"};
    struct generator generator = generator_start(1, "texts", "");
    size_t good = 0;
    for (size_t round = 0; round < 10 * ROUNDS; round++) {
        struct text text = TEXT_INIT;
        for (size_t p = generator_below(&generator, 8); p > 0; p--)
            text_print(&text, "%s", parts[generator_below(&generator, sizeof parts / sizeof parts[0])]);
        struct schedule schedule = {0};
        struct error error = ERROR_INIT;
        if (reads(&schedule, text_string(&text), round % 2 ? &three : &confusing, &error)) {
            expect_round_trip(&schedule, round % 2 ? &three : &confusing, SCHEDULE_NAMES);
            good++;
        } else {
            CU_ASSERT(error.set && error.line > 0 && error.column > 0 && error.column <= text.length);
        }
        schedule_free(&schedule);
        text_free(&text);
    }
    CU_ASSERT(good > ROUNDS && good < 9 * ROUNDS);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"every notation says the same", test_every_notation_says_the_same},
        {"every notation is printed", test_every_notation_is_printed},
        {"actions beside steps", test_actions_beside_steps},
        {"confusing names", test_confusing_names},
        {"errors have their place", test_errors_have_their_place},
        {"the limit comes first", test_the_limit_comes_first},
        {"only so many items", test_only_so_many_items},
        {"what is printed reads the same", test_what_is_printed_reads_the_same},
        {"any text is read or refused", test_any_text},
        CU_TEST_INFO_NULL,
    };
    return unit_run("schedule", tests);
}
