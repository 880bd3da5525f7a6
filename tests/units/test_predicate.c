/* Predicates: values, precedence, what has no value, and every error with its column. */
#include "program/predicate.h"

#include "base/memory.h"
#include "program/observation.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

static const char text[] = ".var x, 7\n.var y, -2\n.var counter\n.var t 4\n"
                           ".thread a\n    add $1, x\n.thread b\n    add $N, x\n";

static struct program *make_program(void)
{
    struct property symbol = {.name = (char *)"N", .is_number = true, .number = 11};
    struct error error = ERROR_INIT;
    struct program *program = subject_assemble(text, 2, 1, &symbol, 1, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

static int64_t word_value(void *context, size_t word)
{
    const struct program *program = context;
    return word >= 3 ? 10 * ((int64_t)word - 3) : program->words[word]; /* t is 0, 10, 20, 30 */
}

static int64_t register_value(void *context, int thread, unsigned number)
{
    (void)context;
    return 100 * (thread + 1) + (int64_t)number; /* of the thread itself: 0 and so on */
}

/* Of ends and states `value` is y; of instructions it is nothing. */
static struct predicate *read_predicate(const struct program *program, const char *condition,
                                        enum predicate_scope scope, struct error *error)
{
    static const struct observation_place observed = {OBSERVED_WORD, 1};
    const struct predicate_context context = {
        .program = program,
        .scope = scope,
        .self = 1,
        .value = scope == PREDICATE_OF_INSTRUCTION ? NULL : &observed,
    };
    return predicate_read(&context, condition, strlen(condition), error);
}

static enum failure evaluate(const char *condition, enum predicate_scope scope, int64_t *value)
{
    struct program *program = make_program();
    struct error error = ERROR_INIT;
    struct predicate *predicate = read_predicate(program, condition, scope, &error);
    if (predicate == NULL)
        unit_note("%s: column %u: %s", condition, error.column, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    struct predicate_source source = {program, word_value, register_value, "a\"b\n"};
    enum failure failure = predicate_evaluate(predicate, &source, value);
    predicate_free(predicate);
    program_free(program);
    return failure;
}

/* ---- Values ----------------------------------------------------------------------------------------------------- */

static void expect(const char *condition, int64_t expected)
{
    int64_t value;
    enum failure failure = evaluate(condition, PREDICATE_OF_END, &value);
    if (failure != FAILURE_NONE || value != expected)
        unit_note("%s is %" PRId64 " instead of %" PRId64, condition, value, expected);
    CU_ASSERT_EQUAL(failure, FAILURE_NONE);
    CU_ASSERT_EQUAL(value, expected);
}

static void test_operands(void)
{
    expect("x", 7);
    expect(" y ", -2);
    expect("N", 11);
    expect("9223372036854775807", INT64_MAX);
    expect("t[0]", 0);
    expect("t[y + 4]", 20);
    expect("t[t[1] / 10 + 2]", 30);
    expect("a.%ax", 100);
    expect("b.%bx", 201);
    expect("output == \"a\\\"b\\n\"", 1);
    expect("output != \"a\\\"b\\n\"", 0);
    expect("output == \"\" || x == 7", 1);
}

static void test_operators(void)
{
    expect("x + y", 5);
    expect("x - y", 9);
    expect("x * y", -14);
    expect("x / y", -3);
    expect("x % y", 1);
    expect("x & 3", 3);
    expect("x | 8", 15);
    expect("x ^ 2", 5);
    expect("x << 2", 28);
    expect("y >> 1", -1);
    expect("-x", -7);
    expect("~x", -8);
    expect("!x", 0);
    expect("!counter", 1);
    expect("x == 7", 1);
    expect("x != 7", 0);
    expect("x < 7", 0);
    expect("x <= 7", 1);
    expect("x > 7", 0);
    expect("x >= 7", 1);
    expect("x && counter", 0);
    expect("x || counter", 1);
    expect("x ? 3 : 4", 3);
    expect("counter ? 3 : 4", 4);
}

static void test_precedence(void)
{
    expect("1 + 2 * 3", 7);
    expect("(1 + 2) * 3", 9);
    expect("20 - 5 - 3", 12);
    expect("100 / 5 / 2", 10);
    expect("1 << 2 + 1", 8);
    expect("1 << 2 < 5", 1);
    expect("3 & 2 == 2", 1); /* 3 & (2 == 2) */
    expect("1 | 6 ^ 2 & 3", 5);
    expect("0 && 0 || 1", 1);
    expect("1 || 0 && 0", 1);
    expect("1 == 2 == 0", 1);
    expect("!x == 0", 1);
    expect("- - x", 7);
    expect("!-~x", 0);
    expect("0 ? 1 : 0 ? 2 : 3", 3);
    expect("1 ? 0 ? 1 : 2 : 3", 2);
    expect("x|y==1&&0", 0);
}

static void fails(const char *condition, enum failure expected)
{
    int64_t value;
    enum failure failure = evaluate(condition, PREDICATE_OF_END, &value);
    if (failure != expected)
        unit_note("%s fails with %d", condition, (int)failure);
    CU_ASSERT_EQUAL(failure, expected);
    CU_ASSERT_EQUAL(value, 0);
}

static void test_no_value(void)
{
    fails("9223372036854775807 + 1", FAILURE_OVERFLOW);
    fails("-9223372036854775807 - 2", FAILURE_OVERFLOW);
    fails("x / counter", FAILURE_DIVISION);
    fails("x % 0", FAILURE_DIVISION);
    fails("1 << 64", FAILURE_SHIFT);
    fails("1 << -1", FAILURE_SHIFT);
    fails("t[4]", FAILURE_ELEMENT);
    fails("t[-1] == 0", FAILURE_ELEMENT);
    fails("1 + (x / 0 ? 1 : 2)", FAILURE_DIVISION);
    /* What is not looked at does no harm. */
    expect("counter && x / counter", 0);
    expect("x || t[9]", 1);
    expect("x ? 1 : t[9]", 1);
}

static void test_instructions(void)
{
    int64_t value;
    CU_ASSERT_EQUAL(evaluate("%bx + SELF", PREDICATE_OF_INSTRUCTION, &value), FAILURE_NONE);
    CU_ASSERT_EQUAL(value, 2);
}

/* ---- Errors ----------------------------------------------------------------------------------------------------- */

static void refuse(const char *condition, enum predicate_scope scope, unsigned column, const char *words)
{
    struct program *program = make_program();
    struct error error = ERROR_INIT;
    struct predicate *predicate = read_predicate(program, condition, scope, &error);
    CU_ASSERT_PTR_NULL(predicate);
    if (predicate == NULL && (error.column != column || strstr(error.text, words) == NULL))
        unit_note("%s: column %u: %s", condition, error.column, error.text);
    CU_ASSERT_EQUAL(error.column, column);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, words));
    predicate_free(predicate);
    program_free(program);
}

static void test_errors(void)
{
    refuse("", PREDICATE_OF_END, 1, "expected a variable, a number or '(', found the end");
    refuse("x +", PREDICATE_OF_END, 4, "found the end");
    refuse("x + * 2", PREDICATE_OF_END, 5, "found '*'");
    refuse("(x", PREDICATE_OF_END, 3, "expected ')'");
    refuse("x)", PREDICATE_OF_END, 2, "expected an operator or the end, found ')'");
    refuse("x = 1", PREDICATE_OF_END, 3, "expected an operator or the end, found '='");
    refuse("x += 1", PREDICATE_OF_END, 3, "found '+'");
    refuse("x y", PREDICATE_OF_END, 3, "found 'y'");
    refuse("x ? 1", PREDICATE_OF_END, 6, "expected ':'");
    refuse("t[1", PREDICATE_OF_END, 4, "expected ']'");
    refuse("12ab", PREDICATE_OF_END, 1, "malformed number");
    refuse("1 + 9223372036854775808", PREDICATE_OF_END, 5, "does not fit 64 bits");
    refuse("x + z", PREDICATE_OF_END, 5, "there is no variable 'z'");
    refuse("cuonter == 1", PREDICATE_OF_END, 1, "did you mean 'counter'?");
    refuse("1 + ax", PREDICATE_OF_END, 5, "a register is written 'T0.%ax'");
    refuse("1 + ax", PREDICATE_OF_INSTRUCTION, 5, "a register is written '%ax'");
    refuse("1 + %ax", PREDICATE_OF_END, 5, "whose register?");
    refuse("a.%qq", PREDICATE_OF_END, 4, "unknown register '%qq'");
    refuse("c.%ax", PREDICATE_OF_END, 1, "there is no thread 'c'");
    refuse("a.%ax", PREDICATE_OF_INSTRUCTION, 1, "registers of its own thread");
    refuse("output", PREDICATE_OF_END, 7, "'==' or '!='");
    refuse("output == x", PREDICATE_OF_END, 11, "a text in quotation marks");
    refuse("output == \"ab", PREDICATE_OF_END, 11, "the text does not end");
    refuse("output == \"a\\q\"", PREDICATE_OF_END, 13, "unknown escape");
    refuse("output == \"a\"", PREDICATE_OF_STATE, 1, "known at the end only");
    refuse("SELF", PREDICATE_OF_END, 1, "there is no variable 'SELF'");
    refuse("valeu == 1", PREDICATE_OF_END, 1, "did you mean 'value'?");
    refuse("value == 1", PREDICATE_OF_INSTRUCTION, 1, "there is no variable 'value'");
}

static void test_depth(void)
{
    char deep[1000];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refuse(deep, PREDICATE_OF_END, 101, "inside each other");
    memset(deep, '-', sizeof deep - 1);
    refuse(deep, PREDICATE_OF_END, 200, "inside each other");
}

static void count_word(void *context, size_t word)
{
    (void)word;
    ++*(unsigned *)context;
}

/* The first thing that is observed, unless something in the program has that name. */
static void test_value(void)
{
    static const struct observation_place reg = {1, REGISTER_BX}, word = {OBSERVED_WORD, 0};
    struct error error = ERROR_INIT;
    int64_t value;
    expect("value", -2);
    expect("2 * value + 4 == 0 && output != \"x\"", 1);
    struct program *program = make_program();
    struct predicate_source source = {program, word_value, register_value, NULL};
    struct predicate *predicate = predicate_read(
        &(struct predicate_context){.program = program, .scope = PREDICATE_OF_END, .value = &reg}, "value", 5, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    CU_ASSERT(predicate_evaluate(predicate, &source, &value) == FAILURE_NONE && value == 200 + REGISTER_BX);
    predicate_free(predicate);
    program_free(program);
    program = subject_program(".var x, 7\n.var value, 3\n.thread a\n add $1, x\n", 1, 1);
    source.context = program;
    predicate = predicate_read(
        &(struct predicate_context){.program = program, .scope = PREDICATE_OF_END, .value = &word}, "value", 5, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    CU_ASSERT(predicate_evaluate(predicate, &source, &value) == FAILURE_NONE && value == 3);
    predicate_free(predicate);
    program_free(program);
}

/* Asserts how a condition is spelled where `value` is a place; NULL: it cannot be. */
static void expect_spelling(const char *condition, struct observation_place place, const char *spelled)
{
    struct error error = ERROR_INIT;
    struct program *program = subject_program(".var x, 7\n.var t 3\n.thread value\n add $1, 2000\n", 1, 1);
    struct predicate *predicate =
        predicate_read(&(struct predicate_context){.program = program, .scope = PREDICATE_OF_STATE, .value = &place},
                       condition, strlen(condition), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    char *told = predicate_spell(predicate);
    CU_ASSERT((told == NULL) == (spelled == NULL));
    if (told != NULL && spelled != NULL)
        CU_ASSERT_STRING_EQUAL(told, spelled);
    memory_free(told);
    predicate_free(predicate);
    program_free(program);
}

static void test_spelling(void)
{
    static const struct observation_place word = {OBSERVED_WORD, 0}, element = {OBSERVED_WORD, 2},
                                          address = {OBSERVED_WORD, 4};
    expect_spelling(" x\t<\n10 ", word, "x < 10");
    expect_spelling("value+1>-value", word, "x+1>-x");
    expect_spelling("t[value] < 3", element, "t[t[1]] < 3");
    expect_spelling("value.%ax <= value", word, "value.%ax <= x");
    expect_spelling("value > 0", address, NULL);
    expect_spelling("x > 0", address, "x > 0");
}

static void note_text(void *context, const char *told)
{
    text_print(context, "%s;", told);
}

/* Where it is not known what was printed it is none of the texts. */
static void test_texts(void)
{
    struct program *program = make_program();
    struct error error = ERROR_INIT;
    struct text texts = TEXT_INIT;
    int64_t value;
    struct predicate *predicate =
        read_predicate(program, "output == \"a\" || output != \"bc\" && x == 7", PREDICATE_OF_END, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    predicate_visit_texts(predicate, &texts, note_text);
    CU_ASSERT_STRING_EQUAL(text_string(&texts), "a;bc;");
    struct predicate_source source = {program, word_value, register_value, NULL};
    CU_ASSERT(predicate_evaluate(predicate, &source, &value) == FAILURE_NONE && value == 1);
    source.output = "bc";
    CU_ASSERT(predicate_evaluate(predicate, &source, &value) == FAILURE_NONE && value == 0);
    text_free(&texts);
    predicate_free(predicate);
    program_free(program);
}

/* To see that an index is one of the table does not change what is read. */
static void test_strictness(void)
{
    struct program *program = make_program();
    struct error error = ERROR_INIT;
    struct predicate_source source = {program, word_value, register_value, NULL};
    const struct predicate_context context = {.program = program, .scope = PREDICATE_OF_STATE, .is_strict = true};
    static const char condition[] = "x == 7 || t[0] > 7", outside[] = "x == 7 || t[9] > 7";
    int64_t value;
    struct predicate *predicate = predicate_read(&context, condition, strlen(condition), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    CU_ASSERT(predicate_evaluate(predicate, &source, &value) == FAILURE_NONE && value == 1);
    predicate_free(predicate);
    CU_ASSERT_PTR_NULL(predicate_read(&context, outside, strlen(outside), &error));
    program_free(program);
}

static void test_what_is_read(void)
{
    unsigned count = 0;
    struct program *program = make_program();
    struct error error = ERROR_INIT;
    static const char condition[] = "x + t[1] == 3 && output != \"x\"";
    struct predicate *predicate = read_predicate(program, condition, PREDICATE_OF_END, &error);
    predicate_visit(predicate, &count, count_word, NULL);
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_TRUE(predicate_reads_output(predicate));
    CU_ASSERT_STRING_EQUAL(predicate_text(predicate), condition);
    predicate_free(predicate);
    count = 0;
    predicate = read_predicate(program, "t[x] == 3", PREDICATE_OF_END, &error);
    predicate_visit(predicate, &count, count_word, NULL);
    CU_ASSERT_EQUAL(count, 5); /* whichever it is */
    predicate_free(predicate);
    program_free(program);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"operands", test_operands},
        {"operators", test_operators},
        {"precedence", test_precedence},
        {"what has no value", test_no_value},
        {"instructions", test_instructions},
        {"errors", test_errors},
        {"depth", test_depth},
        {"the observed value", test_value},
        {"spelling", test_spelling},
        {"the output that is not known", test_texts},
        {"an index outside its table", test_strictness},
        {"what is read", test_what_is_read},
        CU_TEST_INFO_NULL,
    };
    return unit_run("predicate", tests);
}
