#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "frontends/presets.h"
#include "models/catalogue.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct program *read_bytes(const char *text, size_t length, int64_t threads, int64_t iters, struct error *error)
{
    const struct property symbols[] = {{.name = (char[]){"LIMIT"}, .is_number = true, .number = 7}};
    struct assembler_input input = {.name = "test",
                                    .source = "test.s",
                                    .text = text,
                                    .length = length,
                                    .threads = threads,
                                    .iters = iters,
                                    .symbols = symbols,
                                    .symbol_count = 1};
    return assembler_read(&input, error);
}

/* Reads a text that must be right. */
static struct program *read_text(const char *text, int64_t threads, int64_t iters)
{
    struct error error = ERROR_INIT;
    struct program *program = read_bytes(text, strlen(text), threads, iters, &error);
    if (program == NULL)
        unit_note("%u:%u: %s", error.line, error.column, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

/* Whether the instruction at an index of a thread reads as the text says. */
static bool reads(const struct program *program, size_t thread, uint32_t index, const char *expected)
{
    const struct code *code = program_code(program, thread);
    if (index >= code->count)
        return false;
    char *text = program_instruction_text(program, code, &code->instructions[index]);
    bool equal = strcmp(text, expected) == 0;
    if (!equal)
        unit_note("'%s' instead of '%s'", text, expected);
    memory_free(text);
    return equal;
}

static int64_t operand_value(const struct program *program, size_t thread, uint32_t index, unsigned operand)
{
    return program_code(program, thread)->instructions[index].operands[operand].value;
}

/* ---- What is accepted ---------------------------------------------------------------------------------------- */

static void test_race(void)
{
    struct program *program = read_text(catalogue_find("unlocked")->text, 2, 10);
    CU_ASSERT_EQUAL(program->thread_count, 2);
    CU_ASSERT_EQUAL(program->code_count, 1);
    CU_ASSERT_EQUAL(program_code(program, 1)->count, 30);
    CU_ASSERT_EQUAL(program->word_count, 1);
    CU_ASSERT_STRING_EQUAL(program->threads[1].name, "T1");
    CU_ASSERT_TRUE(reads(program, 0, 27, "mov counter, %ax"));
    CU_ASSERT_TRUE(reads(program, 0, 28, "add $1, %ax"));
    CU_ASSERT_TRUE(reads(program, 0, 29, "mov %ax, counter"));
    CU_ASSERT_STRING_EQUAL(program->text, catalogue_find("unlocked")->text);
    CU_ASSERT_STRING_EQUAL(program->symbols[1].name, "ITERS");
    CU_ASSERT_EQUAL(program->symbols[1].value, 10);
    CU_ASSERT_EQUAL(program->symbol_count, 3);
    program_free(program);
}

/* One line for each instruction and kind of operand, and what it reads as afterwards. */
static void test_instructions(void)
{
    static const char *const lines[] = {
        "nop",
        "halt",
        "mov $5, %bx",
        "mov %ax, %bp",
        "mov value, %sp",
        "mov %cx, table[2]",
        "mov $-3, value",
        "add $1, value",
        "add value, %dx",
        "sub %ex, %fx",
        "mul $-9223372036854775808, %ax",
        "neg %ax",
        "neg value",
        "test $0, %cx",
        "test %ax, $3",
        "test value, %ax",
        "xchg %ax, value",
        "fetchadd %ax, table[0]",
        "lock m",
        "unlock m",
        "wait s",
        "post s",
        "put q, $-2",
        "put q, %dx",
        "put q, table[1]",
        "get q, %ax",
        "get q, value",
        "cas %bx, table[2]",
        "mfence",
        "yield",
        "io",
        "mov 2000, %ax",
        "j .top",
        "je .top",
        "jne .top",
        "jgt .top",
        "jgte .top",
        "jlt .top",
        "jlte end",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 ".var value\n.var table 3\n.mutex m\n.semaphore s, 1\n.queue q, 4\n.main\n.top\n%s # x\nend:\n",
                 lines[i]);
        struct program *program = read_text(text, 1, 0);
        CU_ASSERT_TRUE(reads(program, 0, 0, lines[i]));
        CU_ASSERT_EQUAL(program_code(program, 0)->instructions[0].place.line, 8);
        CU_ASSERT_EQUAL(program_code(program, 0)->instructions[0].place.column, 1);
        program_free(program);
    }
}

static void test_declarations(void)
{
    struct program *program = read_text(".var a\n.var b 3, -5\n.var c, 0x10\n.var d LIMIT-5\n.mutex m\n.mutex n\n"
                                        ".semaphore s, THREADS * 2\n.queue q, 64\n.queue p, THREADS\n"
                                        ".main\nmov 112, %ax\nmov 2000, %bx\nadd $1, 2000\n"
                                        "mov b, %ax\nmov c[0], %ax\nunlock n\n",
                                        3, 0);
    static const int64_t words[] = {0, -5, -5, -5, 16, 0, 0, 0};
    CU_ASSERT_EQUAL_FATAL(program->word_count, 8);
    CU_ASSERT_EQUAL(memcmp(program->words, words, sizeof words), 0);
    CU_ASSERT_EQUAL(program->variable_count, 5);
    CU_ASSERT_STRING_EQUAL(program->variables[4].name, "2000");
    CU_ASSERT_EQUAL(program_object(program, OBJECT_SEMAPHORE, 0)->number, 6);
    CU_ASSERT_EQUAL_FATAL(program->objects[OBJECT_QUEUE].count, 2);
    CU_ASSERT_STRING_EQUAL(program_object(program, OBJECT_QUEUE, 0)->name, "q");
    CU_ASSERT_EQUAL(program_object(program, OBJECT_QUEUE, 0)->number, 64);
    CU_ASSERT_EQUAL(program_object(program, OBJECT_QUEUE, 1)->number, 3);
    CU_ASSERT_EQUAL(operand_value(program, 0, 0, 0), 3);
    CU_ASSERT_EQUAL(operand_value(program, 0, 1, 0), 7);
    CU_ASSERT_EQUAL(operand_value(program, 0, 2, 1), 7);
    CU_ASSERT_EQUAL(operand_value(program, 0, 3, 0), 1);
    CU_ASSERT_EQUAL(operand_value(program, 0, 4, 0), 4);
    CU_ASSERT_EQUAL(operand_value(program, 0, 5, 0), 1);
    program_free(program);
}

static void test_expressions(void)
{
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {
        {"5", 5},
        {"-3", -3},
        {"0x1F", 31},
        {"ITERS", 4},
        {"THREADS", 2},
        {"LIMIT", 7},
        {"1+2*3", 7},
        {"(1+2)*3", 9},
        {"10-4-3", 3},
        {"-ITERS*2", -8},
        {"--5", 5},
        {"-(2-5)", 3},
        {" 2 * ( ITERS - 1 ) ", 6},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-9223372036854775807 - 1", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, ".main\nmov $%s, %%ax", rows[i].text);
        struct program *program = read_text(text, 2, 4);
        CU_ASSERT_EQUAL(operand_value(program, 0, 0, 0), rows[i].value);
        program_free(program);
    }
}

static void test_words_by_name(void)
{
    struct program *program = read_text(".var a\n.var table 3\n.main\nmov 2000, %ax\n", 1, 0);
    static const struct {
        const char *name;
        int64_t word;
    } rows[] = {
        {"a", 0},          {"table", 1},    {"100", 0},
        {"104", 1},        {"112", 3},      {"table[2]", 3},
        {"a[0]", 0},       {"2000", 4},     {"116", -1},
        {"102", -1},       {"96", -1},      {"b", -1},
        {"table[3]", -1},  {"table[]", -1}, {"table[1", -1},
        {"table[1]x", -1}, {"", -1},        {"99999999999999999999999", -1},
        {"[0]", -1},       {"1e2", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CU_ASSERT_EQUAL(program_find_word(program, rows[i].name), rows[i].word);
    static const char *const names[] = {"a", "table[0]", "table[1]", "table[2]", "2000"};
    for (size_t i = 0; i < 5; i++) {
        char *name = program_word_name(program, i);
        CU_ASSERT_STRING_EQUAL(name, names[i]);
        memory_free(name);
    }
    program_free(program);
}

static void test_threads(void)
{
    struct program *program = read_text(".thread left\nnop\n.main\nnop\nnop\n.thread right\nmov $SELF, %ax\n", 2, 0);
    static const char *const names[] = {"T0", "T1", "left", "right"};
    static const uint32_t counts[] = {2, 2, 1, 1};
    CU_ASSERT_EQUAL_FATAL(program->thread_count, 4);
    CU_ASSERT_EQUAL(program->code_count, 3);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_STRING_EQUAL(program->threads[i].name, names[i]);
        CU_ASSERT_EQUAL(program_code(program, i)->count, counts[i]);
        CU_ASSERT_EQUAL(program->threads[i].registers[REGISTER_AX], 0);
    }
    CU_ASSERT_EQUAL(operand_value(program, 3, 0, 0), 3);
    program_free(program);
}

static void test_threads_without_main(void)
{
    struct program *program = read_text(".thread a\nmov $THREADS, %ax\n.thread b\n", 5, 0);
    CU_ASSERT_EQUAL(program->thread_count, 2);
    CU_ASSERT_EQUAL(operand_value(program, 0, 0, 0), 5);
    CU_ASSERT_EQUAL(program_code(program, 1)->count, 0);
    program_free(program);
}

static void test_self_makes_codes(void)
{
    struct program *program = read_text(".var flag 3\n.main\nmov $1, flag[SELF]\n.rept SELF\nnop\n.endr\n", 3, 0);
    CU_ASSERT_EQUAL(program->code_count, 3);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(program_code(program, i)->count, 1 + i);
        CU_ASSERT_EQUAL(operand_value(program, i, 0, 1), (int64_t)i);
    }
    program_free(program);
    program = read_text(".main\n.tick SELF\nnop", 3, 0);
    CU_ASSERT_EQUAL(program->code_count, 3);
    CU_ASSERT_EQUAL(program_code(program, 2)->instructions[0].ticks, 2);
    program_free(program);
    program = read_text(".main\nmov $0*SELF, %ax\n.rept SELF*0\nnop\n.endr\n", 3, 0);
    CU_ASSERT_EQUAL(program->code_count, 1);
    program_free(program);
}

static void test_ticks(void)
{
    struct program *program =
        read_text(".main\nnop\n.tick 5\nnop\n.rept 2\nnop\n.tick ITERS\nnop\n.endr\nnop\n.rept 3\n"
                  ".tick 9\n.endr\nnop\n.rept 0\n.tick 8\n.endr\nnop\n.thread t\nnop",
                  1, 0);
    static const uint32_t ticks[] = {1, 5, 5, 0, 0, 0, 0, 9, 9};
    const struct code *code = program_code(program, 0);
    CU_ASSERT_EQUAL_FATAL(code->count, 9);
    for (size_t i = 0; i < 9; i++)
        CU_ASSERT_EQUAL(code->instructions[i].ticks, ticks[i]);
    CU_ASSERT_EQUAL(program_code(program, 1)->instructions[0].ticks, 1);
    program_free(program);
}

/* What --define gives comes first; what is given here serves the lines below. */
static void test_defaults(void)
{
    struct program *program =
        read_text(".default LIMIT, 3\n.default N, 2*THREADS\n.var a N, LIMIT\n.main\nmov $N, %ax\n", 2, 0);
    CU_ASSERT_EQUAL_FATAL(program->word_count, 4);
    CU_ASSERT_EQUAL(program->words[0], 7);
    CU_ASSERT_EQUAL(operand_value(program, 0, 0, 0), 4);
    CU_ASSERT_EQUAL_FATAL(program->symbol_count, 4);
    CU_ASSERT_STRING_EQUAL(program->symbols[2].name, "LIMIT");
    CU_ASSERT_STRING_EQUAL(program->symbols[3].name, "N");
    CU_ASSERT_EQUAL(program->symbols[3].value, 4);
    program_free(program);
}

/* Tells the scheduler that a directive asks for: "tick quantum=5 pick='any'". */
static void check_scheduler(const char *directive, const char *expected)
{
    char text[256];
    struct text told = TEXT_INIT;
    snprintf(text, sizeof text, ".var x\n.main\nnop\n  %s # that is it\n", directive);
    struct program *program = read_text(text, 2, 10);
    const struct program_scheduler *scheduler = &program->scheduler;
    text_print(&told, "%s", scheduler->kind != NULL ? scheduler->kind : "none");
    for (size_t p = 0; p < scheduler->parameter_count; p++) {
        const struct property *parameter = &scheduler->parameters[p];
        if (parameter->is_number)
            text_print(&told, " %s=%" PRId64, parameter->name, parameter->number);
        else
            text_print(&told, " %s='%s'", parameter->name, parameter->text);
    }
    CU_ASSERT_STRING_EQUAL(text_string(&told), expected);
    if (scheduler->kind != NULL) {
        CU_ASSERT_EQUAL(scheduler->place.line, 4);
        CU_ASSERT_EQUAL(scheduler->place.column, 3);
    }
    text_free(&told);
    program_free(program);
}

static void test_schedulers(void)
{
    check_scheduler("", "none");
    check_scheduler(".scheduler free", "free");
    check_scheduler(".scheduler tick, quantum = 100, pick = any, phase = any",
                    "tick quantum=100 pick='any' phase='any'");
    check_scheduler(".scheduler tick,quantum=ITERS*3,pick=round-robin", "tick quantum=30 pick='round-robin'");
    check_scheduler(".scheduler parallel, lag = 2, offset = 0 : 3*ITERS", "parallel lag=2 offset='0,30'");
    check_scheduler(".scheduler a-2-b, x = -1 : 0 : (1+1) , y = -(2)", "a-2-b x='-1,0,2' y=-2");
    check_scheduler(".scheduler s, a = THREADS-1, b = LIMIT, c = limit", "s a=1 b=7 c='limit'");
}

/* Which critical sections the instructions belong to, one hexadecimal digit each. */
static void check_critical(const char *body, const char *names, const char *expected)
{
    char text[512], got[64] = "";
    struct text told = TEXT_INIT;
    snprintf(text, sizeof text, ".var x\n.main\n%s\n", body);
    struct program *program = read_text(text, 2, 2);
    const struct code *code = program_code(program, 0);
    for (uint32_t i = 0; i < code->count && i < sizeof got - 1; i++)
        got[i] = "0123456789abcdef"[code->instructions[i].sections & 15];
    CU_ASSERT_STRING_EQUAL(got, expected);
    for (size_t s = 0; s < program->section_count; s++)
        text_print(&told, "[%s]", program->sections[s]);
    CU_ASSERT_STRING_EQUAL(text_string(&told), names);
    text_free(&told);
    program_free(program);
}

static void test_critical_sections(void)
{
    check_critical("nop", "", "0");
    check_critical("nop\n.critical\nnop\nnop\n.endcritical\nnop", "[]", "0110");
    check_critical(".critical\nnop\n.endcritical\n.critical\nnop\n.endcritical\nnop", "[]", "110");
    check_critical(".critical a\nnop\n.critical b\nnop\n.endcritical\nnop\n.endcritical\nnop", "[a][b]", "1310");
    check_critical(".rept 2\nnop\n.critical x\nnop\n.endcritical\n.endr", "[x]", "0101");
    check_critical(".critical\n.rept 2\nnop\n.critical a\nnop\n.endcritical\n.endr\n.endcritical", "[][a]", "1313");
    check_critical(".critical\n.rept 0\nnop\n.endr\n.endcritical\nnop", "[]", "0");
    check_critical("a: .critical\nb: j a\n.endcritical\n.thread t\n.critical b\nnop\n.endcritical", "[][b]", "1");
}

static void test_too_many_critical_sections(void)
{
    struct text text = TEXT_INIT;
    struct error error = ERROR_INIT;
    text_print(&text, ".main\n");
    for (int s = 0; s < 64; s++)
        text_print(&text, ".critical s%d\nnop\n.endcritical\n", s);
    struct program *program = read_text(text_string(&text), 1, 0);
    CU_ASSERT_EQUAL(program->section_count, 64);
    CU_ASSERT_EQUAL(program_code(program, 0)->instructions[63].sections, UINT64_C(1) << 63);
    program_free(program);
    text_print(&text, ".critical\nnop\n.endcritical\n");
    CU_ASSERT_PTR_NULL(read_bytes(text_string(&text), text.length, 1, 0, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "more than 64 critical sections");
    CU_ASSERT_EQUAL(error.line, 194);
    text_free(&text);
}

/* ---- Labels and repetitions ---------------------------------------------------------------------------------- */

/* Reads a .main of one thread and compares the targets of its jumps, in order. */
static void check_targets(const char *text, const int64_t *targets, size_t count)
{
    struct program *program = read_text(text, 1, 0);
    const struct code *code = program_code(program, 0);
    size_t seen = 0;
    for (uint32_t i = 0; i < code->count; i++)
        if (code->instructions[i].operands[0].kind == OPERAND_TARGET) {
            CU_ASSERT_TRUE_FATAL(seen < count);
            if (code->instructions[i].operands[0].value != targets[seen])
                unit_note("jump %zu of '%s' to %" PRId64, seen, text, code->instructions[i].operands[0].value);
            CU_ASSERT_EQUAL(code->instructions[i].operands[0].value, targets[seen]);
            seen++;
        }
    CU_ASSERT_EQUAL(seen, count);
    program_free(program);
}

#define CHECK_TARGETS(text, ...) \
    check_targets(text, (const int64_t[]){__VA_ARGS__}, sizeof(const int64_t[]){__VA_ARGS__} / sizeof(int64_t))

static void test_labels(void)
{
    CHECK_TARGETS(".main\n.top\nnop\nj .top\nj .end\nnop\n.end\n", 0, 4);
    CHECK_TARGETS(".main\ntop: nop\nj top\na: b: j b\nj a\n.c:\nj .c", 0, 2, 2, 4);
    CHECK_TARGETS(".main\nmov: j mov", 0);
    /* The two notations are two names. */
    CHECK_TARGETS(".main\nx:\nnop\n.x\nj x\nj .x", 0, 1);
}

static void test_labels_in_repetitions(void)
{
    /* each repetition its own, backward and forward */
    CHECK_TARGETS(".main\n.rept 3\n.a\nnop\nj .a\nj .b\n.b\n.endr", 0, 3, 3, 6, 6, 9);
    /* from inside to outside, backward and forward, two levels */
    CHECK_TARGETS(".main\n.o\n.rept 2\n.m\n.rept 2\nj .o\nj .m\nj .e\n.endr\n.endr\n.e", 0, 0, 12, 0, 0, 12, 0, 6, 12,
                  0, 6, 12);
    /* forward to the end of the enclosing repetition */
    CHECK_TARGETS(".main\n.rept 2\n.rept 2\nj .n\n.endr\nnop\n.n\nnop\n.endr", 3, 3, 7, 7);
    /* the same name in two repetitions beside each other, and a nearer one that hides a farther one */
    CHECK_TARGETS(".main\n.rept 1\n.x\nj .x\n.endr\n.rept 1\n.x\nj .x\n.endr", 0, 1);
    CHECK_TARGETS(".main\n.x\nnop\n.rept 2\n.x\nj .x\n.endr\nj .x", 1, 2, 0);
}

static void test_repetitions(void)
{
    static const struct {
        const char *body;
        uint32_t count;
    } rows[] = {
        {".rept 0\nnop\n.endr", 0},
        {".rept 3\nnop\nnop\n.endr", 6},
        {".rept 2\n.rept 3\nnop\n.endr\nnop\n.endr", 8},
        {".rept ITERS\nnop\n.endr\nnop", 6},
        {"", 0},
        {".rept 4000000\nnop\n.endr", 4000000},
        {".rept 0\n.rept 4000001\nnop\n.endr\n.endr", 0},
        /* nothing, very often */
        {".rept 9223372036854775807\n.rept 9223372036854775807\n.tick 2\n.x\n.endr\n.endr\nnop", 1},
        {".rept 1000000\n.rept 0\nnop\n.endr\n.endr\nnop", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, ".main\n%s", rows[i].body);
        struct program *program = read_text(text, 1, 5);
        CU_ASSERT_EQUAL(program_code(program, 0)->count, rows[i].count);
        program_free(program);
    }
}

/* Every form of an address, and how it is printed. */
static void test_addresses(void)
{
    static const struct {
        const char *written;
        const char *printed;
        int64_t value;
        unsigned base, index;
        int scale;
    } rows[] = {
        {"(%bx)", "(%bx)", 0, REGISTER_BX, REGISTER_NONE, 1},
        {"8(%bx)", "8(%bx)", 8, REGISTER_BX, REGISTER_NONE, 1},
        {"-8(%bp)", "-8(%bp)", -8, REGISTER_BP, REGISTER_NONE, 1},
        {"- 8 ( %bp )", "-8(%bp)", -8, REGISTER_BP, REGISTER_NONE, 1},
        {"10(%ax,%bx)", "10(%ax,%bx)", 10, REGISTER_AX, REGISTER_BX, 1},
        {"0(%fx,%bx,4)", "(%fx,%bx,4)", 0, REGISTER_FX, REGISTER_BX, 4},
        {"0( %fx , %bx , 4 )", "(%fx,%bx,4)", 0, REGISTER_FX, REGISTER_BX, 4},
        {"(,%bx,4)", "(,%bx,4)", 0, REGISTER_NONE, REGISTER_BX, 4},
        {"8(,%bx)", "8(,%bx)", 8, REGISTER_NONE, REGISTER_BX, 1},
        {"8(%ax,)", "8(%ax)", 8, REGISTER_AX, REGISTER_NONE, 1},
        {"8(%ax,%bx,)", "8(%ax,%bx)", 8, REGISTER_AX, REGISTER_BX, 1},
        {"8(%ax,,4)", "8(%ax)", 8, REGISTER_AX, REGISTER_NONE, 1},
        {"-16 (%ax,%bx, -  4 )", "-16(%ax,%bx,-4)", -16, REGISTER_AX, REGISTER_BX, -4},
        {"4*LIMIT(%bx)", "28(%bx)", 28, REGISTER_BX, REGISTER_NONE, 1},
        {"0-4(%bx)", "-4(%bx)", -4, REGISTER_BX, REGISTER_NONE, 1},
        {"v(%bx)", "v(%bx)", 100, REGISTER_BX, REGISTER_NONE, 1},
        {"t(%bx)", "t(%bx)", 104, REGISTER_BX, REGISTER_NONE, 1},
        {"t[1](%bx)", "t[1](%bx)", 108, REGISTER_BX, REGISTER_NONE, 1},
        {"t[LIMIT-5](,%cx,4)", "t[2](,%cx,4)", 112, REGISTER_NONE, REGISTER_CX, 4},
        {"104(%bx)", "104(%bx)", 104, REGISTER_BX, REGISTER_NONE, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = TEXT_INIT, expected = TEXT_INIT;
        text_print(&text, ".var v\n.var t 3\n.main\nmov %s, %%dx\n", rows[i].written);
        text_print(&expected, "mov %s, %%dx", rows[i].printed);
        struct program *program = read_text(text_string(&text), 1, 0);
        struct operand operand = program_code(program, 0)->instructions[0].operands[0];
        CU_ASSERT(reads(program, 0, 0, text_string(&expected)));
        CU_ASSERT(operand.kind == OPERAND_COMPUTED && operand.value == rows[i].value && operand.base == rows[i].base &&
                  operand.index == rows[i].index && operand.scale == rows[i].scale);
        CU_ASSERT_EQUAL(program->word_count, 4);
        program_free(program);
        text_free(&text);
        text_free(&expected);
    }
}

static void test_lea_and_stack(void)
{
    struct program *program =
        read_text(".var v\n.var t 2\n.main\nlea t[1], %ax\nlea 2000, %ax\nlea 4(%bx), %ax\npush v\n"
                  "push 2000\npush $5\npush %ax\npop %bx\npop\ncall .f\n.f\nret\n",
                  1, 0);
    static const char *const texts[] = {
        "lea t[1], %ax", "lea 2000, %ax", "lea 4(%bx), %ax", "push v", "push 2000", "push $5", "push %ax",
        "pop %bx",       "pop",           "call .f",         "ret"};
    for (uint32_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT(reads(program, 0, i, texts[i]));
    CU_ASSERT_EQUAL(program->word_count, 3); /* an address that is only named makes no word */
    CU_ASSERT_EQUAL(operand_value(program, 0, 0, 0), 108);
    CU_ASSERT_EQUAL(program->threads[0].registers[REGISTER_SP], PROGRAM_STACK_END);
    program_free(program);
}

static void test_bare_code(void)
{
    struct program *program = read_text(".var v\n.top\nadd $1, v\n.rept 2\nnop\n.endr\nj .top\n", 3, 0);
    CU_ASSERT(program->thread_count == 3 && program_code(program, 2)->count == 4);
    CU_ASSERT_STRING_EQUAL(program->threads[2].name, "T2");
    CU_ASSERT_EQUAL(program->threads[0].registers[REGISTER_SP], PROGRAM_STACK_END);
    program_free(program);
}

/* ---- Several files ------------------------------------------------------------------------------------------- */

/* Joins files and reads what comes out. */
static struct program *read_files(const struct assembler_file *files, size_t count, struct error *error)
{
    struct text text = TEXT_INIT;
    assembler_join(files, count, &text);
    struct program *program = read_bytes(text_string(&text), text.length, 2, 0, error);
    if (program != NULL)
        CU_ASSERT_STRING_EQUAL(program->text, text_string(&text));
    text_free(&text);
    return program;
}

/* clang-format off */
#define FILE_OF(name, text) {name, text, sizeof(text) - 1}
/* clang-format on */

static void test_files(void)
{
    static const struct assembler_file files[] = {
        FILE_OF("x/a.s", ".var n\n.mutex m\n.main\n.top\nadd $THREADS, n\nj .top"),
        FILE_OF("b.s", "# shared\n.var n\n.var own 2, 5\n.mutex m\nlock m\n"),
        FILE_OF("x/a.s", ".var n\n.mutex m\n.main\n.top\nadd $THREADS, n\nj .top"),
        FILE_OF("c", ".thread e\nsub $1, n\n.thread d\n.main\nnop"),
    };
    struct error error = ERROR_INIT;
    struct program *program = read_files(files, 4, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    static const char *const names[] = {"a", "b", "a-2", "c", "e", "d"};
    CU_ASSERT_EQUAL_FATAL(program->thread_count, 6);
    for (size_t t = 0; t < 6; t++)
        CU_ASSERT_STRING_EQUAL(program->threads[t].name, names[t]);
    CU_ASSERT_EQUAL(program->threads[0].code, program->threads[2].code);
    CU_ASSERT_EQUAL(program->word_count, 3);
    CU_ASSERT_EQUAL(program->objects[OBJECT_MUTEX].count, 1);
    CU_ASSERT(reads(program, 0, 0, "add $4, n"));
    CU_ASSERT(reads(program, 0, 1, "j .top"));
    CU_ASSERT(reads(program, 1, 0, "lock m"));
    CU_ASSERT_EQUAL(program_code(program, 1)->instructions[0].place.line, 5);
    CU_ASSERT_STRING_EQUAL(program->files[program_code(program, 1)->file].name, "b.s");
    program_free(program);
}

static void test_files_that_disagree(void)
{
    static const struct {
        const char *first, *second;
        unsigned line, column;
        const char *message;
    } rows[] = {
        {".var n", "\n.var n 2", 2, 6, "'n' has another size on line 1 of a.s, which shares it"},
        {".var n", ".var n, 1", 1, 6, "'n' has another initial value on line 1 of a.s, which shares it"},
        {".semaphore s, 1", ".semaphore s, 2", 1, 12,
         "'s' has another number of permits on line 1 of a.s, which shares it"},
        {".queue q, 1", ".queue q, 2", 1, 8, "'q' has another capacity on line 1 of a.s, which shares it"},
        {"\n.var n", ".mutex n", 1, 8, "'n' is already declared on line 2 of a.s"},
        {".default N, 1", ".default N, 2", 1, 10, "'N' has another default on line 1 of a.s"},
        {".scheduler free", ".scheduler tick", 1, 1, "'.scheduler' is already on line 1 of a.s"},
        {".thread t", ".thread t", 1, 9, "thread 't' is already on line 1 of a.s"},
        {".var n", "\nmov m, %ax", 2, 5, "undefined variable 'm'; expected '.var m' somewhere"},
        {".rept 1", ".main", 1, 1, "'.rept' without '.endr'; expected '.endr' before the end of its section"},
        {"nop", ".endr", 1, 1, "'.endr' without '.rept'"},
        {".main", ".thread b\n.main", 1, 9, "a thread that runs .main has the name 'b' already"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct assembler_file files[] = {{"a.s", rows[i].first, strlen(rows[i].first)},
                                               {"b.s", rows[i].second, strlen(rows[i].second)}};
        struct error error = ERROR_INIT;
        CU_ASSERT_PTR_NULL(read_files(files, 2, &error));
        bool right = strcmp(error.text, rows[i].message) == 0 && error.line == rows[i].line &&
                     error.column == rows[i].column && strcmp(error.source, i == 9 ? "a.s" : "b.s") == 0;
        if (!right)
            unit_note("%zu: %s:%u:%u: %s", i, error.source, error.line, error.column, error.text);
        CU_ASSERT_TRUE(right);
    }
}

/* ---- First values of registers ------------------------------------------------------------------------------- */

static struct program *read_preset(const char *text, const char *registers, struct error *error)
{
    struct presets presets;
    if (!presets_read(&presets, registers, error))
        return NULL;
    struct assembler_input input = {
        .name = "test", .source = "test.s", .text = text, .length = strlen(text), .threads = 2, .presets = &presets};
    struct program *program = assembler_read(&input, error);
    presets_free(&presets);
    return program;
}

static void test_presets(void)
{
    struct error error = ERROR_INIT;
    struct program *program = read_preset(".main\nnop", "ax=1:bx=-2,%ax = 0x10", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    CU_ASSERT(program->threads[0].registers[REGISTER_AX] == 1 && program->threads[0].registers[REGISTER_BX] == -2);
    CU_ASSERT(program->threads[1].registers[REGISTER_AX] == 16 && program->threads[1].registers[REGISTER_BX] == 0);
    program_free(program);
    program = read_preset(".main\nnop", "bx=3", &error);
    CU_ASSERT(program->threads[0].registers[REGISTER_BX] == 3 && program->threads[1].registers[REGISTER_BX] == 3);
    program_free(program);
    program = read_preset(".main\nnop", ",bx=3", &error);
    CU_ASSERT(program->threads[0].registers[REGISTER_BX] == 0 && program->threads[1].registers[REGISTER_BX] == 3);
    program_free(program);
}

static void test_wrong_presets(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
#define EXPECTED " (expected as in 'bx=10,bx=20' or 'ax=1:bx=2')"
        {"bx", "first values of registers: no value in 'bx'" EXPECTED},
        {"gx=1", "first values of registers: there is no register 'gx'" EXPECTED},
        {"flags=1", "first values of registers: there is no register 'flags'" EXPECTED},
        {"bx=", "first values of registers: not a 64-bit number: ''" EXPECTED},
        {"bx=1x", "first values of registers: not a 64-bit number: '1x'" EXPECTED},
        {"bx=9223372036854775808", "first values of registers: not a 64-bit number: '9223372036854775808'" EXPECTED},
        {"bx=1:bx=2", "first values of registers: given twice: 'bx'" EXPECTED},
        {"bx=1,bx=2,bx=3",
         "first values of registers for 3 threads, but the program has 2 (expected one group of them, or one "
         "for each thread)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error = ERROR_INIT;
        CU_ASSERT_PTR_NULL(read_preset(".main\nnop", rows[i].text, &error));
        CU_ASSERT_STRING_EQUAL(error.text, rows[i].message);
    }
}

static void test_observed_addresses(void)
{
    struct program *program = read_text(".var v\n.main\nmov (%bx), %ax\n", 1, 0);
    CU_ASSERT_EQUAL(program_find_word(program, "2000"), -1);
    CU_ASSERT_EQUAL(program_observe_word(program, "100"), 0);
    CU_ASSERT_EQUAL(program_observe_word(program, "102"), -1);
    CU_ASSERT_EQUAL(program_observe_word(program, "1048320"), -1);
    CU_ASSERT_EQUAL(program_observe_word(program, "02000"), 1);
    CU_ASSERT_EQUAL(program_observe_word(program, "2000"), 1);
    CU_ASSERT_EQUAL(program_find_word(program, "2000"), 1);
    CU_ASSERT_EQUAL(program->word_count, 2);
    program_free(program);
}

/* ---- What is refused ----------------------------------------------------------------------------------------- */

struct refusal {
    const char *text;
    unsigned line, column;
    const char *message; /* complete, so that a change of wording is seen */
};

#define DECLARED ".var v\n.mutex m\n.semaphore s, 1\n.main\n" /* four lines */
#define QUEUED ".var v\n.queue q, 2\n.main\n"                 /* three */

static const struct refusal refusals[] = {
    /* words */
    {".main\n  mvo $1, %ax", 2, 3, "unknown instruction 'mvo'; did you mean 'mov'?"},
    {".main\n  movv $1, %ax", 2, 3, "unknown instruction 'movv'; did you mean 'mov'?"},
    {".main\nMOV $1, %ax", 2, 1, "unknown instruction 'MOV'; did you mean 'mov'?"},
    {".main\nfetchad %ax, v", 2, 1, "unknown instruction 'fetchad'; did you mean 'fetchadd'?"},
    {".main\nfrobnicate", 2, 1, "unknown instruction 'frobnicate'"},
    {".main\npsh %ax", 2, 1, "unknown instruction 'psh'; did you mean 'push'?"},
    {".main\nx: .file b.s", 2, 4, "'.file' must be the first on its line"},
    {".main\n .file", 2, 1, "expected the file's name behind '.file'"},
    {".mutx m\n.main", 1, 1, "unknown directive '.mutx'; did you mean '.mutex'?"},
    {".main\n.pos 5", 2, 1,
     "unknown directive '.pos' (expected .var, .mutex, .semaphore, .queue, .condition, .barrier, .event, .rwlock, .observe, .default, .scheduler, .memory, .file, .main, .thread, .rept, .endr, .tick, .critical, .endcritical, .count, .endcount, .atomic, .endatomic or a label alone on its line)"},
    /* counting */
    {".main\n.count\n nop\n.endcount", 2, 1 + 6, "expected the name of what is counted, found the end of the line"},
    {".main\n.count a b\n nop\n.endcount", 2, 10, "expected the end of the line, found 'b'"},
    {".main\n.count a\n.endcount", 2, 1, "'.count' marks no instruction"},
    {".main\n.count a\n nop", 2, 1, "'.count' without '.endcount'; expected '.endcount' before the end of its section"},
    {".main\n nop\n.endcount", 3, 1, "'.endcount' without '.count'"},
    {".endcount", 1, 1, "'.endcount' without '.count'"},
    {".main\n.count a\n.count a\n nop\n.endcount\n.endcount", 3, 1,
     "'.count' inside that of the same event, which begins on line 2"},
    {".main\n.count a\n.critical\n nop\n.endcount\n.endcritical", 5, 1,
     "'.endcount' before the '.endcritical' of the '.critical' on line 3"},
    {".main\n.critical\n.count a\n nop\n.endcritical\n.endcount", 5, 1,
     "'.endcritical' before the '.endcount' of the '.count' on line 3"},
    {".main\n.rept 2\n.count a\n nop\n.endr\n.endcount", 5, 1, "'.endr' before the '.endcount' of the '.count' on line 3"},
    {".main\n.count a\n.rept 2\n nop\n.endcount\n.endr", 5, 1, "'.endcount' before the '.endr' of the '.rept' on line 3"},
    {".main\n5 mov", 2, 1, "expected an instruction, a label or a directive, found '5'"},
    {".main\n%ax", 2, 1, "expected an instruction, a label or a directive, found '%ax'"},
    {".main\n$5", 2, 1, "expected an instruction, a label or a directive, found '$'"},
    /* bytes and numbers */
    {".main\nnop\n  @", 3, 3, "unexpected character '@'"},
    {".main\nmov . , %ax", 2, 5, "unexpected character '.'"},
    {".main\n\tnop \x01", 2, 6, "unexpected byte 0x01; outside comments only printable ASCII is allowed"},
    {".main\nn\xc3\xb6p", 2, 2, "unexpected byte 0xc3; outside comments only printable ASCII is allowed"},
    {".main\nmov $1, %", 2, 9, "expected a register's name behind '%'"},
    {".main\nmov $12ab, %ax", 2, 6, "malformed number '12ab'"},
    {".main\nmov $0x, %ax", 2, 6, "malformed number '0x'"},
    {".main\nmov $0xg, %ax", 2, 6, "malformed number '0xg'"},
    {".main\nmov $99999999999999999999, %ax", 2, 6, "number out of the 64-bit range: '99999999999999999999'"},
    {".main\nmov $9223372036854775808, %ax", 2, 6, "number out of the 64-bit range"},
    {".main\nmov $-9223372036854775809, %ax", 2, 7, "number out of the 64-bit range"},
    {".main\nmov $--9223372036854775808, %ax", 2, 8, "number out of the 64-bit range"},
    {".main\nmov $0xffffffffffffffff, %ax", 2, 6, "number out of the 64-bit range"},
    /* expressions */
    {".main\nmov $9223372036854775807+1, %ax", 2, 25, "the sum does not fit into 64 bits"},
    {".main\nmov $-2-9223372036854775807, %ax", 2, 8, "the difference does not fit into 64 bits"},
    {".main\nmov $4294967296*4294967296, %ax", 2, 16, "the product does not fit into 64 bits"},
    {".main\nmov $-(-9223372036854775808), %ax", 2, 6, "the negated value does not fit into 64 bits"},
    {".main\nmov $NONE, %ax", 2, 6,
     "undefined symbol 'NONE'; expected THREADS, ITERS, SELF or one that --define gives"},
    {".main\nmov $, %ax", 2, 6, "expected a number or a symbol, found ','"},
    {".main\nmov $", 2, 6, "expected a number or a symbol, found the end of the line"},
    {".main\nmov $(1, %ax", 2, 8, "expected ')' or an operator, found ','"},
    {".main\nmov $1+, %ax", 2, 8, "expected a number or a symbol, found ','"},
    {".main\nmov $2 3, %ax", 2, 8, "expected ',', found '3'"},
    {".var v SELF\n.main", 1, 8, "SELF has a value only in the instructions of a thread"},
    {".var v, SELF\n.main", 1, 9, "SELF has a value only in the instructions of a thread"},
    /* operands: how many */
    {DECLARED "mov $1", 5, 7, "'mov' takes 2 operands, found 1"},
    {DECLARED "mov   # none", 5, 4, "'mov' takes 2 operands, found 0"},
    {DECLARED "neg", 5, 4, "'neg' takes 1 operand, found 0"},
    {DECLARED "neg %ax, %bx", 5, 8, "'neg' takes 1 operand, but more follow"},
    {DECLARED "mov $1, %ax, %bx", 5, 12, "'mov' takes 2 operands, but more follow"},
    {DECLARED "nop %ax", 5, 5, "'nop' takes no operands"},
    {DECLARED "mov $1 %ax", 5, 8, "expected ',', found '%ax'"},
    {DECLARED "mov $1, %ax %bx", 5, 13, "expected the end of the line, found '%bx'"},
    {DECLARED "mov $1, ", 5, 8, "expected a register ('%ax') or a variable, found the end of the line"},
    /* operands: of which kind */
    {DECLARED "mov %ax, $5", 5, 10, "operand 2 of 'mov' must be a register ('%ax') or a variable"},
    {DECLARED "mov v, v", 5, 8, "'mov' takes at most one variable; go through a register"},
    {DECLARED "test v, 2000", 5, 9, "'test' takes at most one variable; go through a register"},
    {DECLARED "xchg v, %ax", 5, 6, "operand 1 of 'xchg' must be a register ('%ax'), and 'v' is a variable"},
    {DECLARED "xchg 2000, %ax", 5, 6, "operand 1 of 'xchg' must be a register ('%ax')"},
    {DECLARED "fetchadd %ax, %bx", 5, 15, "operand 2 of 'fetchadd' must be a variable"},
    {DECLARED "fetchadd $1, v", 5, 10, "operand 1 of 'fetchadd' must be a register ('%ax')"},
    {DECLARED "mov m, %ax", 5, 5,
     "operand 1 of 'mov' must be a number ('$5'), a register ('%ax') or a variable, and 'm' is a mutex"},
    {DECLARED "lock v", 5, 6, "the operand of 'lock' must be a mutex, and 'v' is a variable"},
    {DECLARED "lock s", 5, 6, "the operand of 'lock' must be a mutex, and 's' is a semaphore"},
    {DECLARED "wait m", 5, 6, "the operand of 'wait' must be a semaphore, and 'm' is a mutex"},
    {DECLARED "lock $1", 5, 6, "the operand of 'lock' must be a mutex"},
    {DECLARED "lock 5", 5, 6, "the operand of 'lock' must be a mutex"},
    {DECLARED "lock .x", 5, 6, "expected a mutex, found '.x'"},
    {DECLARED "j %ax", 5, 3, "the operand of 'j' must be a label"},
    {DECLARED "j 5", 5, 3, "the operand of 'j' must be a label"},
    {DECLARED "mov .x, %ax", 5, 5, "expected a number ('$5'), a register ('%ax') or a variable, found '.x'"},
    {DECLARED "mov -5, %ax", 5, 5, "an address must be 0 .. 1048319, not -5"},
    {DECLARED "mov %eax, %ax", 5, 5,
     "unknown register '%eax'; did you mean '%ax'? (expected %ax, %bx, %cx, %dx, %ex, %fx, %sp or %bp)"},
    {DECLARED "mov %AX, %ax", 5, 5,
     "unknown register '%AX'; did you mean '%ax'? (expected %ax, %bx, %cx, %dx, %ex, %fx, %sp or %bp)"},
    {DECLARED "mov %flags, %ax", 5, 5, "unknown register '%flags' (expected %ax, %bx, %cx, %dx, %ex, %fx, %sp or %bp)"},
    {DECLARED "mov 102, %ax", 5, 5, "address 102 lies inside a word of a variable, whose addresses are multiples of 4"},
    {DECLARED "mov 0-4, %ax", 5, 5, "an address must be 0 .. 1048319, not -4"},
    {DECLARED "mov v[1], %ax", 5, 7, "the index must be 0 .. 0, not 1"},
    {DECLARED "mov v[0-1], %ax", 5, 7, "the index must be 0 .. 0, not -1"},
    {DECLARED "mov v[0, %ax", 5, 8, "expected ']', found ','"},
    {DECLARED "mov $m, %ax", 5, 6, "'m' is a mutex, no number; it is written without '$'"},
    {QUEUED "put v, $1", 4, 5, "operand 1 of 'put' must be a queue, and 'v' is a variable"},
    {QUEUED "put $1, q", 4, 5, "operand 1 of 'put' must be a queue"},
    {QUEUED "put q, q", 4, 8,
     "operand 2 of 'put' must be a number ('$5'), a register ('%ax') or a variable, and 'q' is a queue"},
    {QUEUED "put q", 4, 6, "'put' takes 2 operands, found 1"},
    {QUEUED "get q, $1", 4, 8, "operand 2 of 'get' must be a register ('%ax') or a variable"},
    {QUEUED "mov q, %ax", 4, 5,
     "operand 1 of 'mov' must be a number ('$5'), a register ('%ax') or a variable, and 'q' is a queue"},
    {QUEUED "cas v, %ax", 4, 5, "operand 1 of 'cas' must be a register ('%ax'), and 'v' is a variable"},
    {QUEUED "cas %bx, %cx", 4, 10, "operand 2 of 'cas' must be a variable"},
    {QUEUED "yield %ax", 4, 7, "'yield' takes no operands"},
    {QUEUED "io v", 4, 4, "'io' takes no operands"},
    /* undefined */
    {QUEUED "put p, $1", 4, 5, "undefined queue 'p'; expected '.queue p, CAPACITY' somewhere"},
    {DECLARED "mov w, %ax", 5, 5, "undefined variable 'w'; expected '.var w' somewhere"},
    {DECLARED "mov ax, v", 5, 5, "undefined variable 'ax'; a register is written '%ax'"},
    {DECLARED "mov ITERS, %ax", 5, 5,
     "undefined variable 'ITERS'; the number that a symbol stands for is written '$ITERS'"},
    {DECLARED "lock k", 5, 6, "undefined mutex 'k'; expected '.mutex k' somewhere"},
    {DECLARED "post k", 5, 6, "undefined semaphore 'k'; expected '.semaphore k, PERMITS' somewhere"},
    {DECLARED "j .k", 5, 3, "undefined label '.k'; expected it in the same section, not inside another '.rept'"},
    {DECLARED "x:\nj .x", 6, 3, "undefined label '.x'; did you mean 'x'?"},
    {DECLARED ".rept 1\n.k\n.endr\nj .k", 8, 3,
     "undefined label '.k'; expected it in the same section, not inside another '.rept'"},
    {DECLARED ".k\n.thread t\nj .k", 7, 3,
     "undefined label '.k'; expected it in the same section, not inside another '.rept'"},
    /* twice */
    {".var v\n.var  v", 2, 7, "'v' is already declared on line 1"},
    {".var v\n.mutex v", 2, 8, "'v' is already declared on line 1"},
    {".semaphore v, 1\n.var v", 2, 6, "'v' is already declared on line 1"},
    {".var THREADS", 1, 6, "'THREADS' is the name of a symbol; choose another one"},
    {".mutex SELF", 1, 8, "'SELF' is the name of a symbol; choose another one"},
    {".var LIMIT", 1, 6, "'LIMIT' is the name of a symbol; choose another one"},
    {".main\n.a\n.b\nnop\n.b\n.a", 5, 1, "label '.b' is already defined on line 3"},
    {".main\na: nop\na: nop", 3, 1, "label 'a' is already defined on line 2"},
    {".main\n.rept 2\n.a\n.a\n.endr", 4, 1, "label '.a' is already defined on line 3"},
    {".main\nnop\n.main", 3, 1, "'.main' is already on line 1"},
    {".thread a\n.thread a", 2, 9, "thread 'a' is already on line 1"},
    {".main\n.thread T1", 2, 9, "a thread that runs .main has the name 'T1' already"},
    /* directives */
    {".var", 1, 5, "expected a name, found the end of the line"},
    {".var 5", 1, 6, "expected a name, found '5'"},
    {".var .x", 1, 6, "expected a name, found '.x'"},
    {".var v = 5", 1, 8, "unexpected '='; an initial value is written '.var v, 5'"},
    {".var v 0", 1, 8, "the number of words must be 1 .. 4096, not 0"},
    {".var v -1", 1, 8, "the number of words must be 1 .. 4096, not -1"},
    {".var v 4097", 1, 8, "the number of words must be 1 .. 4096, not 4097"},
    {".var v 4000\n.var w 97", 2, 8, "more than 4096 words of shared memory"},
    {".var v 4096\n.var w", 2, 7, "more than 4096 words of shared memory"},
    {".var v 4096\n.main\nmov 50000, %ax", 3, 5, "more than 4096 words of shared memory"},
    {".var v 2 3", 1, 10, "expected ',' with an initial value, or the end of the line, found '3'"},
    {".var v,", 1, 8, "expected the initial value, found the end of the line"},
    {".var v, 1, 2", 1, 10, "expected ',' with an initial value, or the end of the line, found ','"},
    {".mutex", 1, 7, "expected a name, found the end of the line"},
    {".mutex m, 0", 1, 11, "the number of elements must be 1 .. 64, not 0"},
    {".mutex m, 5, 1", 1, 14, "expected 'recursive' or 'inherit', found '1'"},
    {".mutex m, 5, recursive, 1", 1, 25, "expected 'recursive' or 'inherit', found '1'"},
    {".mutex m, 60\n.mutex n, 5", 2, 1, "more than 64 mutexes"},
    {".mutex m, 60\n.rwlock n, 3", 2, 1, "more than 64 mutexes and read-write locks, of which each counts twice"},
    {".barrier b", 1, 11, "expected ',' and the number of threads, found the end of the line"},
    {".barrier b, 0", 1, 13, "the number of threads must be 1 .. 64, not 0"},
    {".event e, clear", 1, 11, "expected the number of elements or 'set', found 'clear'"},
    {".mutex m, 2\n.main\nlock m", 3, 6, "'m' is an array; one of its elements is written 'm[0]'"},
    {".mutex m, 2\n.main\nlock m[2]", 3, 8, "the index must be 0 .. 1, not 2"},
    {".mutex m, 2\n.main\nlock m[1", 3, 9, "expected ']', found the end of the line"},
    {".mutex m, 2\n.main\nlock m(,,2)", 3, 7, "an element of an array is picked by a register, as in 'm(%bx)'"},
    {".mutex m\n.main\nlock m[0]", 3, 7, "expected the end of the line, found '['"},
    {".main\ncwait c, m", 2, 7, "undefined condition 'c'; expected '.condition c' somewhere"},
    {".condition c\n.main\ncwait c, m", 3, 10, "undefined mutex 'm'; expected '.mutex m' somewhere"},
    {".condition c\n.main\nlock c", 3, 6, "the operand of 'lock' must be a mutex, and 'c' is a condition"},
    {".main\narrive b", 2, 8, "undefined barrier 'b'; expected '.barrier b, THREADS' somewhere"},
    {".main\nspawn t", 2, 7, "undefined thread 't'; expected '.thread t' somewhere"},
    {".thread t, soon\nnop", 1, 12, "expected 'later' or 'priority', found 'soon'"},
    {".main\n.critical room, mine\nnop\n.endcritical", 2, 17, "expected 'shared', found 'mine'"},
    {".main\nchoose 3, 1, %ax", 2, 11, "the greatest number must be 3 .. 66, not 1"},
    {".main\nchoose 1, %ax", 2, 11, "expected a number or a symbol, found '%ax'"},
    {".main\nprint", 2, 6, "'print' takes 1 operand, found 0"},
    {".main\nprint \"a", 2, 7, "the text does not end; expected '\"' on its line"},
    {".main\nprint \"\\q\"", 2, 7, "unknown escape '\\q'; expected \\n, \\t, \\r, \\\\, \\\" or three octal digits"},
    {".main\nprint \"\\400\"", 2, 7, "unknown escape '\\4'; expected \\n, \\t, \\r, \\\\, \\\" or three octal digits"},
    {".main\nprint \"\\377\"", 2, 7, "a text has bytes that are not UTF-8; expected UTF-8"},
    {".main\nprint \"a\033\"", 2, 7, "a text has the control character '\\033' as it is; expected it as an escape"},
    {".main\nassert x == 1", 2, 8, "there is no variable 'x': the program has none"},
    {".var x\n.main\nassert x = 1", 3, 10, "expected an operator or the end, found '='; did you mean '=='?"},
    {".var x\n.main\n  assert (x == 1", 3, 17, "expected ')', found the end"},
    {".main\ninc %ax", 2, 1, "unknown instruction 'inc'; did you mean 'add $1, ...'?"},
    {".var x\n.main\nmov 1, x", 3, 5, "'1' is the variable at that address; was the number '$1' meant?"},
    {".semaphore s", 1, 13, "expected ',' and the number of permits, found the end of the line"},
    {".semaphore s 1", 1, 14, "expected ',' and the number of permits, found '1'"},
    {".semaphore s,", 1, 14, "expected the number of permits, found the end of the line"},
    {".semaphore s, -1", 1, 15, "the number of permits must be 0 .. 9223372036854775807, not -1"},
    {".queue", 1, 7, "expected a name, found the end of the line"},
    {".queue q", 1, 9, "expected ',' and the queue's capacity, found the end of the line"},
    {".queue q, 0", 1, 11, "the queue's capacity must be 1 .. 64, not 0"},
    {".queue q, 65", 1, 11, "the queue's capacity must be 1 .. 64, not 65"},
    {".queue q, 4, 1, 1", 1, 15, "expected the end of the line, found ','"},
    {".var v\n.queue v, 4", 2, 8, "'v' is already declared on line 1"},
    {".main\n.rept 1\n.queue q, 4\n.endr", 3, 1, "'.queue' inside '.rept'; declare before it"},
    /* symbols */
    {".default", 1, 9, "expected a symbol's name, found the end of the line"},
    {".default 5, 1", 1, 10, "expected a symbol's name, found '5'"},
    {".default N", 1, 11, "expected ',' and the symbol's value, found the end of the line"},
    {".default N,", 1, 12, "expected the symbol's value, found the end of the line"},
    {".default N, 1 2", 1, 15, "expected the end of the line, found '2'"},
    {".default N, M", 1, 13, "undefined symbol 'M'; expected THREADS, ITERS, SELF or one that --define gives"},
    {".default ITERS, 1", 1, 10, "the symbol ITERS has a meaning already"},
    {".default SELF, 1", 1, 10, "the symbol SELF has a meaning already"},
    {".default N, 1\n.default N, 2", 2, 10, "'N' already has a default on line 1"},
    {".default LIMIT, 1\n.default LIMIT, 2", 2, 10, "'LIMIT' already has a default on line 1"},
    {".var v\n.default v, 2", 2, 10, "'v' is already declared on line 1"},
    {".default v, 2\n.var v", 2, 6, "'v' is the name of a symbol; choose another one"},
    {".main\n.rept 1\n.default N, 1\n.endr", 3, 1, "'.default' inside '.rept'; declare before it"},
    /* the scheduler */
    {".scheduler", 1, 11, "expected the scheduler's kind, found the end of the line"},
    {".scheduler 5", 1, 12, "expected the scheduler's kind, found '5'"},
    {".scheduler tick quantum", 1, 17, "expected ',' with a parameter, or the end of the line, found 'quantum'"},
    {".scheduler tick,", 1, 17, "expected a parameter's name, found the end of the line"},
    {".scheduler tick, quantum", 1, 25, "expected '=' and the parameter's value, found the end of the line"},
    {".scheduler tick, quantum =", 1, 27, "expected a number, a word or a list of numbers, found the end of the line"},
    {".scheduler tick, pick = %ax", 1, 25, "expected a number or a symbol, found '%ax'"},
    {".scheduler tick, pick = round -robin", 1, 31, "expected ',' with a parameter, or the end of the line, found '-'"},
    {".scheduler tick, pick = any, pick = any", 1, 30, "'pick' is given twice"},
    {".scheduler tick, offset = 0 :", 1, 30, "expected a number, found the end of the line"},
    {".scheduler tick, offset = 0 : any", 1, 31,
     "undefined symbol 'any'; expected THREADS, ITERS, SELF or one that --define gives"},
    {".scheduler tick, quantum = SELF", 1, 28, "SELF has a value only in the instructions of a thread"},
    {".scheduler free\n.scheduler free", 2, 1, "'.scheduler' is already on line 1"},
    {".main\n.rept 1\n.scheduler free\n.endr", 3, 1, "'.scheduler' inside '.rept'; declare before it"},
    /* critical sections */
    {".critical\n.main", 1, 1, "'.critical' before '.main' or '.thread NAME', which begin the code"},
    {".endcritical\n.main", 1, 1, "'.endcritical' without '.critical'"},
    {".main\n.critical 5", 2, 11, "expected the critical section's name, found '5'"},
    {".main\n.critical a b", 2, 13, "expected ',' and 'shared', or the end of the line, found 'b'"},
    {".main\nnop\n.endcritical", 3, 1, "'.endcritical' without '.critical'"},
    {".main\n.critical\nnop\n.endcritical a", 4, 14, "expected the end of the line, found 'a'"},
    {".main\n.critical\nnop", 2, 1,
     "'.critical' without '.endcritical'; expected '.endcritical' before the end of its section"},
    {".main\n.critical\nnop\n.thread t\n.endcritical", 2, 1,
     "'.critical' without '.endcritical'; expected '.endcritical' before the end of its section"},
    {".main\n.critical\n.a\n.tick 2\n.endcritical", 2, 1, "'.critical' marks no instruction"},
    {".main\n.critical a\nnop\n.critical b\n.critical a\nnop", 5, 1,
     "'.critical' inside the same critical section, which begins on line 2"},
    {".main\n.critical\n.rept 2\n.critical\nnop", 4, 1,
     "'.critical' inside the same critical section, which begins on line 2"},
    {".main\n.rept 2\n.critical\nnop\n.endr", 5, 1, "'.endr' before the '.endcritical' of the '.critical' on line 3"},
    {".main\n.critical\n.rept 2\nnop\n.endcritical\n.endr", 5, 1,
     "'.endcritical' before the '.endr' of the '.rept' on line 3"},
    {".main x", 1, 7, "expected the end of the line, found 'x'"},
    {".main:", 1, 6, "expected the end of the line, found ':'"},
    {".thread", 1, 8, "expected the thread's name, found the end of the line"},
    {".thread a b", 1, 11, "expected ',' and 'later' or 'priority', or the end of the line, found 'b'"},
    {".main\n.rept", 2, 1, "'.rept' without '.endr'; expected '.endr' before the end of its section"},
    {".main\n.rept\n.endr", 2, 6, "expected the number of repetitions, found the end of the line"},
    {".main\n.rept -1\n.endr", 2, 7, "the number of repetitions must be 0 .. 9223372036854775807, not -1"},
    {".main\n.rept 1 2\n.endr", 2, 9, "expected the end of the line, found '2'"},
    {".main\n.rept 2\nnop\n", 2, 1, "'.rept' without '.endr'; expected '.endr' before the end of its section"},
    {".main\n.rept 2\n.thread t\n.endr", 2, 1,
     "'.rept' without '.endr'; expected '.endr' before the end of its section"},
    {".main\nnop\n.endr", 3, 1, "'.endr' without '.rept'"},
    {".endr\n.main", 1, 1, "'.endr' without '.rept'"},
    {".main\n.rept 1\n.endr 1", 3, 7, "expected the end of the line, found '1'"},
    {".main\n.rept 1\n.var v\n.endr", 3, 1, "'.var' inside '.rept'; declare before it"},
    {".main\n.tick -1", 2, 7, "the number of ticks must be 0 .. 4294967295, not -1"},
    {".main\n.tick 4294967296", 2, 7, "the number of ticks must be 0 .. 4294967295, not 4294967296"},
    {".main\n.tick", 2, 6, "expected the number of ticks, found the end of the line"},
    /* order and whole */
    {"nop\n.thread t", 1, 1, "'nop' before '.main' or '.thread NAME', which begin the code"},
    {"nop\n.main", 1, 1, "'nop' before '.main' or '.thread NAME', which begin the code"},
    {"\n.top\n.main", 2, 1, "'.top' before '.main' or '.thread NAME', which begin the code"},
    {".rept 1\n.endr\n.main", 1, 1, "'.rept' before '.main' or '.thread NAME', which begin the code"},
    {".tick 1\n.main", 1, 1, "'.tick' before '.main' or '.thread NAME', which begin the code"},
    {"", 0, 0, "the program has no code; expected '.main' or '.thread NAME' and instructions"},
    {".var v\n# .main", 0, 0, "the program has no code; expected '.main' or '.thread NAME' and instructions"},
    /* computed addresses */
    {DECLARED "mov 8(%ex, %bx", 5, 15, "expected ',' or ')', found the end of the line"},
    {DECLARED "mov 8(), %ax", 5, 7, "a computed address needs a register, as in '8(%bx)'"},
    {DECLARED "mov 102(,,4), %ax", 5, 8,
     "address 102 lies inside a word of a variable, whose addresses are multiples of 4"},
    {DECLARED "mov 8(5), %ax", 5, 7, "expected a register or ')', found '5'"},
    {DECLARED "mov 8(%bx,5), %ax", 5, 11, "expected a register or ')', found '5'"},
    {DECLARED "mov 8(%bx,%cx,-256), %ax", 5, 15, "the scale must be -255 .. 255, not -256"},
    {DECLARED "mov 8(%bx,%cx,256), %ax", 5, 15, "the scale must be -255 .. 255, not 256"},
    {DECLARED "mov 8(%bx,%cx,4,4), %ax", 5, 16, "expected a register or ')', found ','"},
    {DECLARED "mov 8(%eip), %ax", 5, 7, "unknown register '%eip' (expected %ax, %bx, %cx, %dx, %ex, %fx, %sp or %bp)"},
    {DECLARED "mov v[1](%bx), %ax", 5, 7, "the index must be 0 .. 0, not 1"},
    {DECLARED "mov m(%bx), %ax", 5, 5,
     "operand 1 of 'mov' must be a number ('$5'), a register ('%ax') or a variable, and 'm' is a mutex"},
    {DECLARED "mov v, (%bx)", 5, 8, "'mov' takes at most one variable; go through a register"},
    {DECLARED "mov (%cx), (%bx)", 5, 12, "'mov' takes at most one variable; go through a register"},
    {DECLARED "mov 102, %ax", 5, 5, "address 102 lies inside a word of a variable, whose addresses are multiples of 4"},
    {DECLARED "mov 1048320, %ax", 5, 5, "an address must be 0 .. 1048319, not 1048320"},
    {DECLARED "lock (%bx)", 5, 6, "the operand of 'lock' must be a mutex"},
    {DECLARED "lea $5, %ax", 5, 5, "operand 1 of 'lea' must be a variable"},
    {DECLARED "lea %bx, %ax", 5, 5, "operand 1 of 'lea' must be a variable"},
    {DECLARED "lea v, v", 5, 8, "operand 2 of 'lea' must be a register ('%ax'), and 'v' is a variable"},
    {DECLARED "push", 5, 5, "'push' takes 1 operand, found 0"},
    {DECLARED "pop v", 5, 5, "the operand of 'pop' must be a register ('%ax'), and 'v' is a variable"},
    {DECLARED "pop %ax, %bx", 5, 8, "'pop' takes 1 operand, but more follow"},
    {DECLARED "pop $1", 5, 5, "the operand of 'pop' must be a register ('%ax')"},
    {DECLARED "call .f", 5, 6, "undefined label '.f'; expected it in the same section, not inside another '.rept'"},
    {DECLARED "call %ax", 5, 6, "the operand of 'call' must be a label"},
    {DECLARED "ret 4", 5, 5, "'ret' takes no operands"},
    /* too much */
    {".main\n.rept 4000001\nnop\n.endr", 2, 1,
     "the code is too long: more than 4000000 instructions when '.rept' is unrolled"},
    {".main\n.rept 4000000\nnop\n.endr\nnop", 1, 1,
     "the code is too long: more than 4000000 instructions when '.rept' is unrolled"},
    {".main\n.rept 2\n.rept 2000\n.rept 2000\nnop\n.endr\n.endr\n.endr", 2, 1,
     "the code is too long: more than 4000000 instructions when '.rept' is unrolled"},
    {".main\n.rept 9223372036854775807\n.rept 9223372036854775807\nnop\n.endr\n.endr", 3, 1,
     "the code is too long: more than 4000000 instructions when '.rept' is unrolled"},
    {".main\n.rept 4000000\nnop\n.a\n.b\n.c\n.d\n.e\n.f\n.g\n.h\n.i\n.j\n.k\n.l\n.m\n.n\n.o\n.endr", 2, 1,
     "too many labels and directives when '.rept' is unrolled"},
    {".main\n.rept 2500000\nnop\n.endr\n.thread t\n.rept 2500000\nnop\n.endr", 5, 1,
     "the codes of all threads together are too long: more than 4000000 instructions"},
};

static void test_refusals(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *refusal = &refusals[i];
        struct error error = ERROR_INIT;
        struct program *program = read_bytes(refusal->text, strlen(refusal->text), 2, 3, &error);
        bool right = program == NULL && error.set && error.line == refusal->line && error.column == refusal->column &&
                     strcmp(error.text, refusal->message) == 0 && strcmp(error.source, "test.s") == 0;
        if (!right)
            unit_note("%zu: %u:%u: %s, instead of %u:%u: %s", i, error.line, error.column,
                      program != NULL ? "no error" : error.text, refusal->line, refusal->column, refusal->message);
        CU_ASSERT_TRUE(right);
        program_free(program);
    }
}

static void test_nul_bytes(void)
{
    static const char in_code[] = ".main\nnop\0nop\n", in_comment[] = ".main\n# x\0y\n";
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_bytes(in_code, sizeof in_code - 1, 1, 0, &error));
    CU_ASSERT_EQUAL(error.line, 2);
    CU_ASSERT_EQUAL(error.column, 4);
    CU_ASSERT_STRING_EQUAL(error.text, "NUL byte in the text; expected plain text");
    error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_bytes(in_comment, sizeof in_comment - 1, 1, 0, &error));
    CU_ASSERT_EQUAL(error.column, 4);
}

static void test_limits_of_input(void)
{
    static const int64_t threads[] = {0, -1, 65, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        struct error error = ERROR_INIT;
        CU_ASSERT_PTR_NULL(read_bytes(".main", 5, threads[i], 0, &error));
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "THREADS must be 1 .. 64"));
    }
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_bytes(".main", 5, 1, -1, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "ITERS must be 0 or more, not -1");
    error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_bytes(".main\n.thread a", 15, 64, 0, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "more than 64 threads in all");
    CU_ASSERT_EQUAL(error.line, 2);
    error = ERROR_INIT;
    struct property taken = {.name = (char[]){"SELF"}, .is_number = true, .number = 1};
    struct assembler_input input = {
        .name = "x", .source = "x", .text = ".main", .length = 5, .threads = 1, .symbols = &taken, .symbol_count = 1};
    CU_ASSERT_PTR_NULL(assembler_read(&input, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "the symbol SELF cannot be defined; it has a meaning already");
}

/* Comments, line ends and lengths that look like trouble and are none. */
static void test_shapes_of_text(void)
{
    program_free(read_text("# \xc3\xa4 \x01 @\r\n.main\r\n\tnop\t# no newline at the end", 1, 0));
    char *text = memory_new(200001, 1);
    memset(text, ' ', 200000);
    memcpy(text, ".main\n", 6);
    memcpy(text + 199996, "halt", 4);
    struct program *program = read_text(text, 1, 0);
    CU_ASSERT_TRUE(reads(program, 0, 0, "halt"));
    CU_ASSERT_EQUAL(program_code(program, 0)->instructions[0].place.column, 199991);
    program_free(program);
    memory_free(text);
}

/* What nests without end must not eat the stack. */
static void test_deep_nesting(void)
{
    static const struct {
        const char *opening, *repeated, *message;
    } rows[] = {
        {".main\n", ".rept 1\n", "'.rept' is nested too deeply; 64 levels are allowed"},
        {".main\nmov $", "(", "parentheses are nested too deeply"},
        {".main\nmov $", "-", "expected a number or a symbol, found the end of the line"},
        {".main\n", "a:", "label 'a' is already defined on line 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum { TIMES = 300000 };
        size_t head = strlen(rows[i].opening), step = strlen(rows[i].repeated);
        char *text = memory_new(head + TIMES * step + 1, 1);
        memcpy(text, rows[i].opening, head);
        for (size_t n = 0; n < TIMES; n++)
            memcpy(text + head + n * step, rows[i].repeated, step);
        struct error error = ERROR_INIT;
        CU_ASSERT_PTR_NULL(read_bytes(text, strlen(text), 1, 0, &error));
        CU_ASSERT_STRING_EQUAL(error.text, rows[i].message);
        memory_free(text);
    }
}

/* ---- Mutated texts ------------------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state) /* xorshift64, Marsaglia 2003 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

enum { MUTANT_SIZE = 16384 }; /* no model is so long */

/* Pieces that are likelier to reach deep code than single bytes are. */
static const char *const pieces[] = {
    ".rept 3\n",
    ".endr\n",
    ".main\n",
    ".thread a\n",
    ".var x 2, 3\n",
    "$SELF",
    "%bx",
    ",",
    "(",
    ")",
    "-",
    "*",
    "[",
    "]",
    "999999999999",
    ":",
    "\n.top\n",
    "j .top\n",
    "fetchadd %ax, value\n",
    "SELF",
    "ITERS",
    "2000",
    "value",
    "$",
    "\n",
    ".tick SELF\n",
    ".rept SELF\n",
    "lock m\n",
    ".mutex m\n",
    ".semaphore s, 2\n",
    "wait s\n",
    ".queue q, 2\n",
    "put q, %ax\n",
    "get q, value\n",
    "cas %bx, value\n",
    "io\n",
    ".critical\n",
    ".critical a\n",
    ".endcritical\n",
    ".default PERMITS, 2\n",
    ".scheduler tick, quantum = 2, x = a-b\n",
    ", offset = 0 : 1",
};

static size_t replace_part(char *text, size_t length, size_t at, size_t removed, const char *piece, size_t added)
{
    if (length - removed + added >= MUTANT_SIZE)
        return length;
    memmove(text + at + added, text + at + removed, length - at - removed);
    memcpy(text + at, piece, added);
    return length - removed + added;
}

static size_t mutate(char *text, size_t length, uint64_t *state)
{
    size_t at = next_random(state) % (length + 1);
    size_t rest = length - at;
    size_t removed = next_random(state) % 8;
    removed = removed < rest ? removed : rest;
    char byte = (char)(next_random(state) & 0xff);
    const char *piece = pieces[next_random(state) % (sizeof pieces / sizeof pieces[0])];
    switch (next_random(state) % 4) {
    case 0:
        return replace_part(text, length, at, removed, "", 0);
    case 1:
        return replace_part(text, length, at, rest > 0, &byte, 1);
    case 2:
        return replace_part(text, length, at, removed, piece, strlen(piece));
    default:
        return replace_part(text, length, at, 0, piece, strlen(piece));
    }
}

/* What holds for every program, however strange its text. */
static bool is_sound(const struct program *program)
{
    for (size_t t = 0; t < program->thread_count; t++) {
        const struct code *code = program_code(program, t);
        for (uint32_t i = 0; i < code->count; i++)
            for (size_t k = 0; k < 2; k++) {
                const struct operand *operand = &code->instructions[i].operands[k];
                int64_t limit = operand->kind == OPERAND_WORD        ? (int64_t)program->word_count
                                : operand->kind == OPERAND_TARGET    ? (int64_t)code->count + 1
                                : operand->kind == OPERAND_MUTEX     ? (int64_t)program->objects[OBJECT_MUTEX].count
                                : operand->kind == OPERAND_SEMAPHORE ? (int64_t)program->objects[OBJECT_SEMAPHORE].count
                                : operand->kind == OPERAND_QUEUE     ? (int64_t)program->objects[OBJECT_QUEUE].count
                                : operand->kind == OPERAND_REGISTER  ? REGISTER_FLAGS
                                                                     : INT64_MAX;
                if (operand->kind != OPERAND_IMMEDIATE && (operand->value < 0 || operand->value >= limit))
                    return false;
            }
        if (code->count > 0)
            memory_free(program_instruction_text(program, code, &code->instructions[code->count - 1]));
    }
    return program->thread_count >= 1 && program->thread_count <= PROGRAM_THREADS_MAX;
}

static void test_mutations(void)
{
    const size_t runs = unit_runs(30000, 1000000);
    uint64_t state = 20240229;
    size_t accepted = 0, unsound = 0, silent = 0;
    char text[MUTANT_SIZE];
    for (size_t run = 0; run < runs; run++) {
        const struct model *model = catalogue_at(run % catalogue_count());
        size_t length = strlen(model->text);
        CU_ASSERT_FATAL(length < MUTANT_SIZE);
        memcpy(text, model->text, length + 1);
        for (uint64_t n = 1 + next_random(&state) % 6; n > 0; n--)
            length = mutate(text, length, &state);
        text[length] = '\0';
        struct error error = ERROR_INIT;
        struct program *program = read_bytes(text, length, 2, 2, &error);
        accepted += program != NULL;
        unsound += program != NULL && !is_sound(program);
        silent += error.set != (program == NULL);
        program_free(program);
    }
    unit_note("%zu of %zu mutations were accepted", accepted, runs);
    CU_ASSERT_EQUAL(unsound, 0);
    CU_ASSERT_EQUAL(silent, 0);
    CU_ASSERT_TRUE(accepted > runs / 100 && accepted < runs);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the race of the catalogue", test_race},
        {"every instruction reads back", test_instructions},
        {"declarations", test_declarations},
        {"expressions", test_expressions},
        {"words are found by name and address", test_words_by_name},
        {"threads", test_threads},
        {"threads without .main", test_threads_without_main},
        {"SELF makes codes of its own, equal ones are one", test_self_makes_codes},
        {"ticks", test_ticks},
        {"defaults of symbols", test_defaults},
        {"schedulers", test_schedulers},
        {"critical sections", test_critical_sections},
        {"too many critical sections", test_too_many_critical_sections},
        {"labels", test_labels},
        {"labels in repetitions", test_labels_in_repetitions},
        {"repetitions", test_repetitions},
        {"addresses in every form", test_addresses},
        {"lea, push, pop, call, ret", test_lea_and_stack},
        {"code without .main", test_bare_code},
        {"several files", test_files},
        {"several files that disagree", test_files_that_disagree},
        {"first values of registers", test_presets},
        {"first values that are wrong", test_wrong_presets},
        {"observed addresses", test_observed_addresses},
        {"errors: line, column, message", test_refusals},
        {"NUL bytes", test_nul_bytes},
        {"limits of the input", test_limits_of_input},
        {"shapes of text that are allowed", test_shapes_of_text},
        {"deep nesting", test_deep_nesting},
        {"mutated texts", test_mutations},
        CU_TEST_INFO_NULL,
    };
    return unit_run("assembler", tests);
}
