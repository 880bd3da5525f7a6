#include "base/memory.h"
#include "frontends/assembler.h"
#include "machine/liveness.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

enum { AX = 1 << REGISTER_AX, BX = 1 << REGISTER_BX, CX = 1 << REGISTER_CX, FLAGS = 1 << REGISTER_FLAGS };

static struct program *read_main(const char *body)
{
    char text[512];
    struct error error = ERROR_INIT;
    snprintf(text, sizeof text, ".var v\n.mutex m\n.queue q, 1\n.main\n%s", body);
    struct assembler_input input = {.name = "t", .source = "t", .text = text, .length = strlen(text), .threads = 1};
    struct program *program = assembler_read(&input, &error);
    if (program == NULL)
        unit_note("%u: %s", error.line, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

/* The masks before each instruction, and behind the last. */
static void check(const char *body, const register_set *expected, size_t count)
{
    struct program *program = read_main(body);
    register_set *live = liveness_compute(program_code(program, 0), 0);
    CU_ASSERT_EQUAL_FATAL(program_code(program, 0)->count + 1, count);
    for (size_t i = 0; i < count; i++) {
        if (live[i] != expected[i])
            unit_note("'%s': %#" PRIx64 " before %zu, not %#" PRIx64, body, live[i], i, expected[i]);
        CU_ASSERT_EQUAL(live[i], expected[i]);
    }
    memory_free(live);
    program_free(program);
}

#define CHECK(body, ...) \
    check(body, (const register_set[]){__VA_ARGS__}, sizeof(const register_set[]){__VA_ARGS__} / sizeof(register_set))

static void test_straight_line(void)
{
    CHECK("", 0);
    CHECK("nop", 0, 0);
    CHECK("mov v, %ax\nadd $1, %ax\nmov %ax, v\n", 0, AX, AX, 0);
    CHECK(".rept 2\nmov v, %ax\nadd $1, %ax\nmov %ax, v\n.endr", 0, AX, AX, 0, AX, AX, 0);
    CHECK("mov %ax, %bx\nmov %bx, v", AX, BX, 0);
    CHECK("mov %ax, %ax\nmov %ax, v", AX, AX, 0);
    CHECK("mov $1, %ax\nmov $2, %ax\nmov %ax, v", 0, 0, AX, 0);
}

static void test_read_and_write(void)
{
    CHECK("neg %ax\nmov %ax, v", AX, AX, 0);
    CHECK("sub %bx, %ax\nmov %ax, v", AX | BX, AX, 0);
    CHECK("xchg %ax, v", AX, 0);
    CHECK("fetchadd %ax, v\nadd %ax, v", AX, AX, 0);
    CHECK("lock m\nunlock m", 0, 0, 0);
    CHECK("put q, %bx\nget q, %bx\nput q, v\nadd %bx, v", BX, 0, BX, BX, 0);
    CHECK("io\nyield\nmov %ax, v", AX, AX, AX, 0);
    /* %ax is compared, and may be kept */
    CHECK("cas %bx, v\nadd %ax, v", AX | BX, AX, 0);
    CHECK("cas %bx, v\nje .e\n.e", AX | BX, FLAGS, 0);
    CHECK("cas %ax, v", AX, 0);
}

static void test_flags(void)
{
    CHECK("test $0, %cx\nje .e\nnop\n.e", CX, FLAGS, 0, 0);
    CHECK("test %ax, %bx\ntest %ax, %cx\njgt .e\n.e", AX | BX | CX, AX | CX, FLAGS, 0);
    CHECK("je .e\n.e", FLAGS, 0);
}

static void test_branches(void)
{
    /* live on one of two ways */
    CHECK("test $0, %cx\nje .e\nmov %ax, v\n.e\nmov %bx, v", AX | BX | CX, AX | BX | FLAGS, AX | BX, BX, 0);
    /* what a jump skips is not read */
    CHECK("j .e\nmov %ax, v\n.e\nnop", 0, AX, 0, 0);
    /* a thread that halts needs nothing */
    CHECK("halt\nmov %ax, v", 0, AX, 0);
    CHECK("test $0, %cx\nje .e\nhalt\n.e\nmov %bx, v", BX | CX, BX | FLAGS, 0, BX, 0);
}

static void test_loops(void)
{
    /* bx is read in the next round */
    CHECK(".t\nadd %bx, v\nsub $1, %cx\ntest $0, %cx\njgt .t\n", BX | CX, BX | CX, BX | CX, BX | CX | FLAGS, 0);
    CHECK(".t\nj .t\n", 0, 0);
    /* reached by a chain of backward jumps only, against the order of the first round */
    CHECK("j .c\n.a\nmov %ax, v\nhalt\n.b\nj .a\n.c\nj .b", AX, AX, 0, AX, AX, 0);
    /* a loop in a loop: what the outer one reads at its start is live throughout */
    CHECK(".o\nmov %bx, v\n.i\ntest $0, %cx\nje .i\nj .o", BX | CX, BX | CX, BX | CX | FLAGS, BX | CX, 0);
}

/* A chain of a hundred thousand backward jumps settles in one go, not in as many rounds. */
static void test_long_chain(void)
{
    enum { JUMPS = 100000 };
    struct code code = {.instructions = memory_new(JUMPS + 2, sizeof(struct instruction)), .count = JUMPS + 2};
    code.instructions[0] = (struct instruction){
        .opcode = OPCODE_MOV, .operands = {{.kind = OPERAND_REGISTER, .value = REGISTER_AX}, {.kind = OPERAND_WORD}}};
    code.instructions[1] = (struct instruction){.opcode = OPCODE_HALT};
    for (uint32_t i = 2; i < code.count; i++)
        code.instructions[i] = (struct instruction){
            .opcode = OPCODE_J, .operands = {{.kind = OPERAND_TARGET, .value = i == 2 ? 0 : i - 1}}};
    register_set *live = liveness_compute(&code, 0);
    size_t wrong = live[1] != 0;
    for (uint32_t i = 2; i < code.count; i++)
        wrong += live[i] != AX;
    CU_ASSERT_EQUAL(wrong, 0);
    memory_free(live);
    memory_free(code.instructions);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"straight lines", test_straight_line},
        {"operands that are read and written", test_read_and_write},
        {"flags", test_flags},
        {"branches", test_branches},
        {"loops", test_loops},
        {"a long chain of jumps", test_long_chain},
        CU_TEST_INFO_NULL,
    };
    return unit_run("liveness", tests);
}
