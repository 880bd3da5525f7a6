#include "tests/support/subject.h"

#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"
#include "tests/support/unit.h"
#include "trace/replay.h"

#include <inttypes.h>
#include <string.h>

struct program *subject_assemble(const char *text, int64_t threads, int64_t iters, const struct property *symbols,
                                 size_t count, struct error *error)
{
    struct assembler_input input = {.name = "test",
                                    .source = "test.s",
                                    .text = text,
                                    .length = strlen(text),
                                    .threads = threads,
                                    .iters = iters,
                                    .symbols = symbols,
                                    .symbol_count = count};
    return assembler_read(&input, error);
}

struct program *subject_program(const char *text, unsigned threads, unsigned iters)
{
    struct error error = ERROR_INIT;
    struct program *program = subject_assemble(text, threads, iters, NULL, 0, &error);
    if (program == NULL)
        unit_note("line %u: %s", error.line, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

struct program *subject_model(const char *name, unsigned threads, unsigned iters)
{
    return subject_program(catalogue_find(name)->text, threads, iters);
}

struct outcome *subject_analyse(const struct program *program, const struct analysis_options *options)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options complete = *options;
    if (complete.questions == 0 && complete.insist == 0)
        complete.questions = complete.insist = QUESTION_ALL;
    if (complete.budget == NULL)
        complete.budget = &budget;
    budget_start(complete.budget);
    CU_ASSERT_TRUE(analysis_run(program, &complete, outcome, &error));
    if (error.set)
        unit_note("%s", error.text);
    return outcome;
}

static void tell_number(struct text *text, const struct outcome *outcome, mpz_srcptr number)
{
    if (!outcome->has_counts)
        return;
    char *digits = mpz_get_str(NULL, 10, number);
    text_print(text, ":%s", digits);
    memory_free(digits);
}

char *subject_tell(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    for (size_t r = 0; r < outcome->row_count; r++) {
        text_print(&text, " %" PRId64, outcome->rows[r].value);
        tell_number(&text, outcome, outcome->rows[r].schedules);
    }
    if (outcome->can_deadlock) {
        text_print(&text, " deadlock");
        tell_number(&text, outcome, outcome->deadlocked);
    }
    if (outcome->can_fail) {
        text_print(&text, " failure");
        tell_number(&text, outcome, outcome->failed);
    }
    text_print(&text, "%s%s", outcome->complete ? "" : " incomplete", outcome->endless ? " endless" : "");
    char *told = memory_copy_string(text.length > 0 ? text_string(&text) + 1 : "");
    text_free(&text);
    return told;
}

void subject_expect(const struct program *program, const struct analysis_options *options, const char *expected)
{
    struct outcome *outcome = subject_analyse(program, options);
    char *told = subject_tell(outcome);
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("expected '%s', got '%s' (%s)", expected, told,
                  outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "complete");
    memory_free(told);
    outcome_free(outcome);
}

void subject_expect_text(const char *text, unsigned threads, unsigned iters, const char *expected)
{
    struct program *program = subject_program(text, threads, iters);
    subject_expect(program, &(struct analysis_options){0}, expected);
    program_free(program);
}

/* Marsaglia's xorshift64*. */
struct schedule subject_schedule(const uint32_t *threads, size_t count)
{
    struct schedule schedule = {0};
    for (size_t i = 0; i < count; i++)
        schedule_add(&schedule, action_by(ACTION_STEP, threads[i]));
    return schedule;
}

bool subject_same_schedule(const struct schedule *a, const struct schedule *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (!action_equals(a->actions[i], b->actions[i]))
            return false;
    return a->count == b->count;
}

uint32_t *subject_steps(const struct schedule *schedule)
{
    size_t first = schedule_first_step(schedule);
    uint32_t *threads = memory_new(schedule->count, sizeof *threads);
    for (size_t a = first; a < schedule->count; a++)
        threads[a - first] = schedule->actions[a].thread | (uint32_t)schedule->actions[a].choice << 16;
    return threads;
}

struct trace *subject_replay(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                             const uint32_t *threads, size_t count, struct error *error)
{
    struct schedule schedule = subject_schedule(threads, count);
    struct trace *trace = replay_run(program, scheduler, word, &schedule, error);
    schedule_free(&schedule);
    return trace;
}

uint64_t subject_random(uint64_t *state)
{
    uint64_t x = *state != 0 ? *state : 1;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

static bool leads_inside(const struct code *code, uint32_t index, bool *seen)
{
    if (index == code->count || seen[index])
        return false;
    const struct instruction *instruction = &code->instructions[index];
    seen[index] = true;
    if (instruction->sections != 0)
        return true;
    bool jumps = instruction->operands[0].kind == OPERAND_TARGET;
    bool goes_on = instruction->opcode != OPCODE_HALT && instruction->opcode != OPCODE_J;
    return (jumps && leads_inside(code, (uint32_t)instruction->operands[0].value, seen)) ||
           (goes_on && leads_inside(code, index + 1, seen));
}

bool subject_leads_inside(const struct code *code, uint32_t index)
{
    bool *seen = memory_new(code->count, sizeof *seen);
    bool leads = leads_inside(code, index, seen);
    memory_free(seen);
    return leads;
}
