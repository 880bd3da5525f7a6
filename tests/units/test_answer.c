#include "base/memory.h"
#include "base/text.h"
#include "course/answer.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const threads[] = {"first", "B", "T2"};
static const struct thread_names names = {threads, 3};

/* Reads an answer that must be good. */
static void accept_bytes(struct answer *answer, enum answer_form form, const char *bytes, size_t length)
{
    struct error error = ERROR_INIT;
    answer_init(answer);
    bool is_read = answer_read(answer, form, bytes, length, &names, NULL, NULL, &error);
    if (!is_read)
        unit_note("%u: %s", error.line, error.text);
    CU_ASSERT_TRUE_FATAL(is_read);
}

static void accept(struct answer *answer, const char *text)
{
    accept_bytes(answer, ANSWER_LINES, text, strlen(text));
}

static void refuse_bytes(const char *bytes, size_t length, unsigned line, const char *expected)
{
    struct answer answer;
    struct error error = ERROR_INIT;
    answer_init(&answer);
    CU_ASSERT_FALSE(answer_read(&answer, ANSWER_LINES, bytes, length, &names, NULL, NULL, &error));
    CU_ASSERT_EQUAL(error.line, line);
    CU_ASSERT_STRING_EQUAL(error.text, expected);
    if (error.line != line || strcmp(error.text, expected) != 0)
        unit_note("%u: %s", error.line, error.text);
    answer_free(&answer);
}

static void refuse(const char *text, unsigned line, const char *expected)
{
    refuse_bytes(text, strlen(text), line, expected);
}

/* "0 0 1": the schedule of an answer. */
static void expect_schedule(const char *given, const char *expected)
{
    struct answer answer;
    char line[512];
    snprintf(line, sizeof line, "schedule: %s\n", given);
    accept(&answer, line);
    struct text text = TEXT_INIT;
    schedule_print(&text, &answer.schedule, &names, SCHEDULE_STEPS, SIZE_MAX);
    CU_ASSERT_STRING_EQUAL(text_string(&text), expected);
    text_free(&text);
    answer_free(&answer);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static void test_lines(void)
{
    struct answer answer;
    accept(
        &answer,
        "\xEF\xBB\xBF# comment \xC3\xA9\r\nStudent: alice@x.org  # me\r\n\r\nKIND:\twitness\r\nschedule: 0 0,\r\n  1 1\r\n");
    CU_ASSERT_EQUAL(answer.given, 1u << ANSWER_STUDENT | 1u << ANSWER_KIND | 1u << ANSWER_SCHEDULE);
    CU_ASSERT_STRING_EQUAL(answer.student, "alice@x.org");
    CU_ASSERT_EQUAL(answer.kind, ASSIGNMENT_WITNESS);
    CU_ASSERT_EQUAL(answer.schedule.count, 4);
    answer_free(&answer);
    accept(&answer, "");
    CU_ASSERT_EQUAL(answer.given, 0);
    answer_free(&answer);
    /* What is expected on the line may stand on the next one; and spaces that do not break are spaces. */
    accept(&answer, "student:\n\xC2\xA0s01\nvalue:\n  -3\ncount:\n\n 2\n");
    CU_ASSERT_STRING_EQUAL(answer.student, "s01");
    CU_ASSERT_EQUAL(answer.value, -3);
    CU_ASSERT_EQUAL(mpz_get_ui(answer.count), 2);
    answer_free(&answer);
    accept(&answer, "values:\xC2\xA0"
                    "40\xC2\xA0"
                    "52 67\nprogram:\n# \xC2\xA0\n");
    CU_ASSERT_EQUAL(answer.numbers.count, 3);
    CU_ASSERT_STRING_EQUAL(answer.program, "# \xC2\xA0\n");
    answer_free(&answer);
    accept(&answer, "minimum: -9223372036854775808");
    CU_ASSERT_EQUAL(answer.value, INT64_MIN);
    answer_free(&answer);
}

#define NO_KEY_BELOW                                                                                                \
    " is no key of an answer (expected a line such as 'schedule: 0 0 1 1'; a line that goes on with the one above " \
    "begins with a blank)"

static void test_bad_lines(void)
{
    refuse("hello\n", 1, "'hello' is no key of an answer (expected a line such as 'schedule: 0 0 1 1')");
    refuse("\n\nvalue 3\n", 3, "'value 3' is no key of an answer (expected a line such as 'schedule: 0 0 1 1')");
    refuse("value: 1\nminimum: 1\n", 2, "'minimum' stands twice");
    refuse("value: 1\n\nhello\n", 3, "'hello'" NO_KEY_BELOW);
    refuse("schedule:\n0 0 1\n", 2, "'0 0 1'" NO_KEY_BELOW);
    refuse("schedule: A\nB*3\n", 2, "'B*3'" NO_KEY_BELOW);
    refuse("schedule:\nvalue: 1\n", 1, "the schedule is empty (expected something such as '0 0 1 1')");
    refuse("  0 1\n", 1, "'0 1' continues no line (a key stands at the start of its line)");
    refuse("value: 9223372036854775808\n", 1, "'9223372036854775808' is no number (expected a whole number)");
    refuse("value: 3x\n", 1, "'3x' is no number (expected a whole number)");
    refuse("kind: riddle\n", 1,
           "there is no kind 'riddle' (expected values, witness, minimum, count, repair, quantum, outcomes or outputs)");
    refuse("student: ../../etc/passwd\n", 1,
           "'../../etc/passwd' can be no student (expected letters, digits and . _ @ -)");
    refuse("program: .main\n", 1, "'.main' stands behind 'program:' (expected the program to begin on the next line)");
}

static void test_bytes(void)
{
    refuse("value: 1\n\xFF\xFE\n", 2, "the byte 0xFF is no text (expected UTF-8)");
    refuse("\xC0\xAF\n", 1, "the byte 0xC0 is no text (expected UTF-8)");
    refuse("\xED\xA0\x80\n", 1, "the byte 0xED is no text (expected UTF-8)");
    refuse("# \x1B[31m\n", 1, "the control character 0x1B is no text");
    refuse("# \xF4\x90\x80\x80\n", 1, "the byte 0xF4 is no text (expected UTF-8)");
    refuse("# \xE2\x82", 1, "the byte 0xE2 is no text (expected UTF-8)");
    refuse_bytes("value: \0001\n", 10, 1, "the control character 0x00 is no text");
}

static void test_too_large(void)
{
    char *bytes = memory_new(ANSWER_BYTES_MAX + 1, 1);
    memset(bytes, '#', ANSWER_BYTES_MAX + 1);
    refuse_bytes(bytes, ANSWER_BYTES_MAX + 1, 0, "the file is larger than 1048576 bytes, the most that is read");
    struct answer answer;
    accept_bytes(&answer, ANSWER_LINES, bytes, ANSWER_BYTES_MAX);
    answer_free(&answer);
    memory_free(bytes);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static void test_numbers(void)
{
    struct answer answer;
    accept(&answer, "values: 7, 2 -3..-1 3\n");
    CU_ASSERT_EQUAL(answer.numbers.count, 3);
    CU_ASSERT_EQUAL(answer.numbers.items[0].first, -3);
    CU_ASSERT_EQUAL(answer.numbers.items[1].last, 3);
    answer_free(&answer);
    accept(&answer, "values: -9223372036854775808..9223372036854775807\n");
    CU_ASSERT_EQUAL(intervals_size(&answer.numbers), UINT64_MAX);
    answer_free(&answer);
    accept(&answer, "values: {+1, \xE2\x88\x92"
                    "3..\xE2\x88\x92"
                    "2}\n");
    CU_ASSERT_EQUAL_FATAL(answer.numbers.count, 2);
    CU_ASSERT_EQUAL(answer.numbers.items[0].first, -3);
    CU_ASSERT_EQUAL(answer.numbers.items[1].last, 1);
    answer_free(&answer);
    accept(&answer, "value: +27\ncount: +27\nkind: Witness\n");
    CU_ASSERT_EQUAL(answer.value, 27);
    CU_ASSERT_EQUAL(mpz_get_ui(answer.count), 27);
    CU_ASSERT_EQUAL(answer.kind, ASSIGNMENT_WITNESS);
    answer_free(&answer);
    accept(&answer, "quanta: none\n");
    CU_ASSERT_EQUAL(answer.given, 1u << ANSWER_QUANTA);
    CU_ASSERT_EQUAL(answer.numbers.count, 0);
    answer_free(&answer);
    accept(&answer, "count: 118264581564861424118264581564861424\n");
    char *digits = mpz_get_str(NULL, 10, answer.count);
    CU_ASSERT_STRING_EQUAL(digits, "118264581564861424118264581564861424");
    free(digits);
    answer_free(&answer);
    refuse("values: 5..3\n", 1, "'5..3' is no number or range (expected a list such as '2 3 5..8', of at most 10000)");
    refuse("values: none\n", 1, "'none' is no number or range (expected a list such as '2 3 5..8', of at most 10000)");
    refuse("values: 1...2\n", 1,
           "'1...2' is no number or range (expected a list such as '2 3 5..8', of at most 10000)");
    refuse("values: {}\n", 1, "a list of numbers is missing (expected something such as '2 3 5..8')");
    refuse("values: {1\n", 1, "'{1' is no number or range (expected a list such as '2 3 5..8', of at most 10000)");
    refuse("value: +-1\n", 1, "'+-1' is no number (expected a whole number)");
    refuse("value: +\n", 1, "'+' is no number (expected a whole number)");
    refuse("value:\n", 1, "a number is missing (expected a whole number)");
    refuse("kind: count\ncount:\n", 2, "a number of schedules is missing (expected a whole number)");
    refuse("value:\n\n 3x\n", 3, "'3x' is no number (expected a whole number)");
    refuse("values:\n", 1, "a list of numbers is missing (expected something such as '2 3 5..8')");
    refuse("count: -1\n", 1, "'-1' is no number of schedules (expected a whole number of at most 10000 digits)");
}

#define THREADS " of the program (expected A to C, 0 to 2, first, B or T2)"
#define NO_TURN " does not say how many steps (expected a number behind the star, as in 'A*2')"

static void test_schedules(void)
{
    expect_schedule("0 0 1 1", "0 0 1 1");
    expect_schedule("0*3 1*2, 0", "0 0 0 1 1 0");
    expect_schedule("A C c", "0 2 2");
    expect_schedule("first B T2 2", "0 1 2 2"); /* B is a name here, and the letter of the same thread */
    expect_schedule("1*0 0", "0");
    expect_schedule("A * 2 B* 2,C *1 A", "0 0 1 1 2 0");
    refuse("schedule: 0 3\n", 1, "'3' is no thread" THREADS);
    refuse("schedule: x*2 A\n", 1, "'x' is no thread" THREADS);
    refuse("schedule: d\n", 1, "'d' is no thread" THREADS);
    refuse("schedule: *5\n", 1, "'*5' is no thread" THREADS);
    refuse("schedule: 0*-1\n", 1, "'0*-1'" NO_TURN);
    refuse("schedule: A * B\n", 1, "'A * B'" NO_TURN);
    refuse("schedule: A *\n", 1, "'A *'" NO_TURN);
    refuse("schedule: A*, 5\n", 1, "'A*'" NO_TURN);
    refuse("schedule: A**5\n", 1, "'A**5'" NO_TURN);
    refuse("schedule:\n", 1, "the schedule is empty (expected something such as '0 0 1 1')");
}

/* What is expected says what the threads of this program are called. */
static void expect_threads(size_t count, const char *const *called, const char *expected)
{
    struct thread_names them = {called, count};
    struct error error = ERROR_INIT;
    struct answer answer;
    answer_init(&answer);
    answer.names = &them;
    CU_ASSERT_FALSE(answer_read_schedule(&answer, (struct substring){"?", 1}, &error));
    CU_ASSERT_STRING_EQUAL(error.text, expected);
    answer_free(&answer);
}

static void test_threads(void)
{
    static const char *const letters[] = {"A", "B"}, *const numbered[] = {"T0", "T1", "T2", "T3", "T4"};
    expect_threads(0, NULL, "'?' is no thread of the program (expected its letter, number or name)");
    expect_threads(1, letters, "'?' is no thread of the program (expected A or 0)");
    expect_threads(2, letters, "'?' is no thread of the program (expected A or B, 0 or 1)");
    expect_threads(2, numbered, "'?' is no thread of the program (expected A or B, 0 or 1, T0 or T1)");
    expect_threads(5, numbered, "'?' is no thread of the program (expected A to E, 0 to 4, T0, T1, T2, T3, ...)");
}

/* A few bytes that stand for very many steps. */
static void test_bombs(void)
{
    refuse("schedule: 0*999999999999\n", 1,
           "'0*999999999999' makes the schedule longer than 100000 steps, the most that is read");
    refuse("schedule: 0*18446744073709551617\n", 1,
           "'0*18446744073709551617' makes the schedule longer than 100000 steps, the most that is read");
    refuse("schedule: 0*100000 1\n", 1, "'1' makes the schedule longer than 100000 steps, the most that is read");
    refuse(
        "chain: A99999999999999999999\n", 1,
        "'A99999999999999999999' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')");
}

static void test_chains(void)
{
    struct answer answer;
    accept(&answer, "chain: A1 b12, 2:3 T2:4\n");
    CU_ASSERT_EQUAL_FATAL(answer.link_count, 4);
    CU_ASSERT_EQUAL(answer.chain[0].thread, 0);
    CU_ASSERT_EQUAL(answer.chain[1].thread, 1);
    CU_ASSERT_EQUAL(answer.chain[1].store, 12);
    CU_ASSERT_EQUAL(answer.chain[2].store, 3);
    CU_ASSERT_EQUAL(answer.chain[3].thread, 2);
    answer_free(&answer);
    refuse("chain: A1 D1\n", 1, "'D' is no thread" THREADS);
    refuse("chain: 3:1\n", 1, "'3' is no thread" THREADS);
    refuse("chain: :1\n", 1,
           "':1' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')");
    refuse("chain: A0\n", 1,
           "'A0' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')");
    refuse("chain: 11\n", 1,
           "'11' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')");
}

static void test_programs(void)
{
    static const char text[] = "student: a\nprogram:   # here\n.main\n nop # value: 3\nvalue: x\n";
    struct answer answer;
    accept(&answer, text);
    CU_ASSERT_STRING_EQUAL(answer.program, ".main\n nop # value: 3\nvalue: x\n");
    CU_ASSERT_EQUAL(answer.program_line, 3);
    answer_free(&answer);
    accept_bytes(&answer, ANSWER_ASSEMBLY, "nop\n", 4);
    CU_ASSERT_STRING_EQUAL(answer.program, "nop\n");
    CU_ASSERT_EQUAL(answer.program_line, 1);
    answer_free(&answer);
    accept_bytes(&answer, ANSWER_ASSEMBLY, "\xEF\xBB\xBFnop\n", 7);
    CU_ASSERT_STRING_EQUAL(answer.program, "nop\n");
    answer_free(&answer);
    CU_ASSERT_EQUAL(answer_form_of("a.S"), ANSWER_ASSEMBLY);
    CU_ASSERT_EQUAL(answer_form_of("a.json"), ANSWER_WITNESS);
    CU_ASSERT_EQUAL(answer_form_of(".json"), ANSWER_LINES);
    CU_ASSERT_EQUAL(answer_form_of("a.txt"), ANSWER_LINES);
}

static void expect_student(const char *text, const char *expected)
{
    char *student = answer_find_student(text, strlen(text));
    CU_ASSERT_EQUAL(student != NULL, expected != NULL);
    if (student != NULL && expected != NULL)
        CU_ASSERT_STRING_EQUAL(student, expected);
    memory_free(student);
}

static void test_students(void)
{
    expect_student("nonsense\nvalues: x\nStudent : bob # x\n", "bob");
    expect_student("student: ../x\n", NULL);
    expect_student("student:\n", NULL);
    expect_student(" student: bob\n", NULL);
    expect_student("program:\nstudent: bob\n", NULL);
    expect_student("", NULL);
    CU_ASSERT_TRUE(assignment_is_identifier("a.b_c@d-1"));
    CU_ASSERT_FALSE(assignment_is_identifier(""));
    CU_ASSERT_FALSE(assignment_is_identifier(".a"));
    CU_ASSERT_FALSE(assignment_is_identifier("a/b"));
    CU_ASSERT_FALSE(assignment_is_identifier("\xC3\xA9"));
    CU_ASSERT_TRUE(assignment_is_identifier("1234567890123456789012345678901234567890123456789012345678901234"));
    CU_ASSERT_FALSE(assignment_is_identifier("12345678901234567890123456789012345678901234567890123456789012345"));
}

/* The ends of an answer to a question about what is observed, as they were read: "1,2;3,4", with outputs in quotation marks. */
static void expect_ends(const char *observed, const char *line, const char *expected)
{
    struct answer answer;
    struct error error = ERROR_INIT;
    struct text told = TEXT_INIT;
    answer_init(&answer);
    if (!answer_read(&answer, ANSWER_LINES, line, strlen(line), &names, observed, NULL, &error))
        text_print(&told, "%s", error.text);
    for (size_t e = 0; e < answer.end_count && !error.set; e++) {
        const struct observed_end *end = &answer.ends[e].end;
        text_print(&told, "%s", e > 0 ? ";" : "");
        for (size_t m = 0; m < end->count; m++)
            text_print(&told, "%s%" PRId64, m > 0 ? "," : "", end->numbers[m]);
        if (end->output != NULL)
            text_print_quoted(&told, end->output);
    }
    CU_ASSERT_TRUE(unit_is(text_take(&told), expected));
    answer_free(&answer);
}

static void test_ends(void)
{
    expect_ends("x,y", "values: x=1,y=2 y=-4, x=3\n", "1,2;3,-4");
    expect_ends("x,y", "values: {x=1, y=2; x=3,y=4,}\n", "1,2;3,4");
    expect_ends("x,y", "values:\n x=1,y=2\n  x=3,\n  y=4\n", "1,2;3,4");
    expect_ends("output", "values: ab \"a b\" output=\"c,d\", output=e\n", "0\"ab\";0\"a b\";0\"c,d\";0\"e\"");
    expect_ends("output", "values: \"\", \"a\\\"b\\n\"\n", "0\"\";0\"a\\\"b\\n\"");
    expect_ends("output,x", "values: output=\"1 2\",x=3 x=4,output=5\n", "0,3\"1 2\";0,4\"5\"");
    expect_ends("x,y", "values: 1 2\n", "'1' is no end (expected one like 'x=1,y=1')");
    expect_ends("x,y", "values: x=1\n", "what y is has to be said, too");
    expect_ends("x,y", "values: z=1,y=2\n", "'z' is not observed (expected x or y)");
    expect_ends("x,y", "values:\n", "a list of outcomes is missing");
    expect_ends("output", "values: \"ab\n",
                "the output is no text (expected one in quotation marks, as in output=\"ab\")");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"lines", test_lines},
        {"lines that are wrong", test_bad_lines},
        {"bytes that are no text", test_bytes},
        {"files that are too large", test_too_large},
        {"lists of numbers", test_numbers},
        {"schedules", test_schedules},
        {"what threads are called", test_threads},
        {"few bytes that mean very much", test_bombs},
        {"chains", test_chains},
        {"programs", test_programs},
        {"whose it is", test_students},
        {"outcomes and outputs", test_ends},
        CU_TEST_INFO_NULL,
    };
    return unit_run("answer", tests);
}
