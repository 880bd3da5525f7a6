/* judge_repair: programs, surveyed in every trial (tests/oracles/judge.h). */
#include "base/memory.h"
#include "tests/oracles/execution.h"
#include "tests/oracles/judge_parts.h"
#include "tests/support/subject.h"

#include <string.h>

enum { TURN_MAX = 5000, STEPS_MAX = 100000 };

static const enum assignment_row checked[] = {ROW_WORKS, ROW_RIGHT, ROW_LIVE, ROW_EXCLUSIVE, ROW_INSIDE};

enum { CHECKED_COUNT = sizeof checked / sizeof checked[0] };

/* ---- Form ------------------------------------------------------------------------------------------------------- */

static bool is_allowed(const struct key *key, const struct instruction *instruction)
{
    for (size_t i = 0; i < key->instruction_count; i++)
        if (strcmp(key->instructions[i], instruction_form(instruction->opcode)->mnemonic) == 0)
            return true;
    return key->instruction_count == 0;
}

/* Returns the program of a trial as new, or NULL where the form fails. */
static struct program *read_program(const struct judge *self, const struct key_trial *trial, const char *text)
{
    struct error error = ERROR_INIT;
    struct program *program =
        subject_assemble(text, trial->threads, trial->iters, trial->symbols, trial->symbol_count, &error);
    bool is_good = program != NULL && program_find_word(program, self->key->observe) >= 0;
    for (size_t c = 0; is_good && c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++)
            is_good = is_good && is_allowed(self->key, &program->codes[c].instructions[i]);
    if (is_good)
        return program;
    program_free(program);
    return NULL;
}

static bool is_readable(const struct judge *self, const char *text)
{
    bool is_good = true;
    for (size_t t = 0; t < self->key->trial_count && is_good; t++) {
        struct program *program = read_program(self, &self->key->trials[t], text);
        is_good = program != NULL;
        program_free(program);
    }
    return is_good;
}

/* ---- Instructions ----------------------------------------------------------------------------------------------- */

/* Whether an instruction uses a word that it names; or, with a computed address, whatever word it may be. */
static bool may_use(const struct instruction *instruction, uint32_t word, unsigned use)
{
    for (size_t o = 0; o < 2; o++) {
        const struct operand *operand = &instruction->operands[o];
        bool is_it = operand->kind == OPERAND_COMPUTED || (operand->kind == OPERAND_WORD && operand->value == word);
        if (is_it && (instruction_use(instruction, o) & use) != 0)
            return true;
    }
    return false;
}

/* Whether there is a critical section to which all instructions belong that may use the word. */
static bool is_used_inside(const struct program *program, uint32_t word)
{
    for (size_t section = 0; section < program->section_count; section++) {
        bool holds_all = true;
        for (size_t c = 0; c < program->code_count; c++)
            for (uint32_t i = 0; i < program->codes[c].count; i++) {
                const struct instruction *instruction = &program->codes[c].instructions[i];
                holds_all = holds_all && ((instruction->sections >> section & 1) != 0 ||
                                          !may_use(instruction, word, USE_READ | USE_WRITE));
            }
        if (holds_all)
            return true;
    }
    return false;
}

/* ---- Work ------------------------------------------------------------------------------------------------------- */

/* Lets the threads run one after another, each as far as it gets, again and again, and sums up what each does to the
 * word. Returns false where they do not come to their end: they would have done so long before STEPS_MAX. */
static bool find_work(const struct program *program, uint32_t word, int64_t *work)
{
    struct execution execution;
    bool goes_on = true;
    memset(work, 0, PROGRAM_THREADS_MAX * sizeof *work);
    execution_start(&execution, program);
    while (goes_on && execution.count < STEPS_MAX) {
        goes_on = false;
        for (uint32_t t = 0; t < program->thread_count; t++)
            for (size_t s = 0; s < TURN_MAX; s++) {
                int64_t before = execution_value(&execution, word);
                if (!execution_step(&execution, t))
                    break;
                work[t] += execution_value(&execution, word) - before;
                goes_on = true;
            }
    }
    bool is_finished = execution_is_finished(&execution);
    execution_free(&execution);
    return is_finished;
}

/* ---- A trial ---------------------------------------------------------------------------------------------------- */

/* A repaired program in one trial. */
struct trial {
    const struct key_trial *key;
    const struct program *given; /* what was handed out */
    const struct program *program;
    uint32_t given_word;
    uint32_t word;
};

static bool is_right(const struct trial *self, int64_t value)
{
    for (size_t i = 0; i < self->key->right.count; i++)
        if (self->key->right.items[i].first <= value && value <= self->key->right.items[i].last)
            return true;
    return false;
}

static bool has_given_threads(const struct trial *self)
{
    bool has = self->given->thread_count == self->program->thread_count;
    for (size_t t = 0; has && t < self->given->thread_count; t++)
        has = strcmp(self->given->threads[t].name, self->program->threads[t].name) == 0;
    return has;
}

/* Whether the threads are those that were given, and each does the work that it did. Of a program that comes to no end
 * when they run one after another, nothing can be said of work. */
static enum judge_verdict do_threads_work(const struct trial *self)
{
    int64_t before[PROGRAM_THREADS_MAX], now[PROGRAM_THREADS_MAX];
    if (!has_given_threads(self))
        return JUDGE_FAILS;
    bool is_known = find_work(self->given, self->given_word, before) && find_work(self->program, self->word, now);
    return judge_verdict_of(!is_known || memcmp(before, now, sizeof now) == 0);
}

/* Whether each thread does the work that it did on all schedules, in a program that is right. Nothing can be said where
 * the given one comes to no end when its threads run one after another. */
static enum judge_verdict do_threads_always_work(const struct trial *self, const struct survey *survey)
{
    int64_t before[PROGRAM_THREADS_MAX];
    bool is_known = find_work(self->given, self->given_word, before);
    return judge_verdict_of(
        !is_known ||
        (!survey->changes_vary && memcmp(before, survey->changes, self->given->thread_count * sizeof *before) == 0));
}

static void judge_survey(const struct trial *self, const struct survey *survey, enum judge_verdict *rows)
{
    size_t right = 0;
    for (size_t r = 0; r < survey->count; r++)
        right += is_right(self, survey->rows[r].value);
    rows[ROW_WORKS] = judge_both(rows[ROW_WORKS], judge_verdict_of(right > 0));
    rows[ROW_RIGHT] = judge_both(rows[ROW_RIGHT], judge_verdict_of(right == survey->count && !survey->fails));
    rows[ROW_LIVE] = judge_both(rows[ROW_LIVE], judge_verdict_of(!survey->deadlocks && !survey->gets_stuck));
    rows[ROW_EXCLUSIVE] =
        judge_both(rows[ROW_EXCLUSIVE], judge_verdict_of(!survey->overlaps && !survey->touches_outside));
    rows[ROW_WORKS] = judge_both(rows[ROW_WORKS], do_threads_work(self));
    if (rows[ROW_WORKS] == JUDGE_PASSES && rows[ROW_RIGHT] == JUDGE_PASSES && rows[ROW_LIVE] == JUDGE_PASSES)
        rows[ROW_WORKS] = do_threads_always_work(self, survey);
}

/* A trial with too many places may be too much for the grader, too, which gives no points at all then, not even for the
 * form. */
static void leave_open(enum judge_verdict *rows)
{
    rows[ROW_FORM] = JUDGE_OPEN;
    for (size_t r = 0; r + 1 < CHECKED_COUNT; r++)
        rows[checked[r]] = judge_both(rows[checked[r]], JUDGE_OPEN);
}

static void judge_trial(const struct judge *self, const struct trial *trial, enum judge_verdict *rows)
{
    bool stays_longer = false;
    struct survey *survey = survey_run_within(trial->program, trial->word, NULL, self->places);
    if (survey != NULL)
        judge_survey(trial, survey, rows);
    else
        leave_open(rows);
    rows[ROW_EXCLUSIVE] =
        judge_both(rows[ROW_EXCLUSIVE], judge_verdict_of(is_used_inside(trial->program, trial->word)));
    for (size_t c = 0; c < trial->program->code_count; c++)
        stays_longer = stays_longer || judge_stays_longer(&trial->program->codes[c], self->key->inside_most);
    rows[ROW_INSIDE] = judge_both(rows[ROW_INSIDE], judge_verdict_of(!stays_longer));
    survey_free(survey);
}

static void open_trial(const struct judge *self, const struct key_trial *key, const char *text,
                       enum judge_verdict *rows)
{
    const struct key *exercise = self->key;
    struct program *program = read_program(self, key, text);
    struct error error = ERROR_INIT;
    struct program *given =
        subject_assemble(exercise->text, key->threads, key->iters, key->symbols, key->symbol_count, &error);
    struct trial trial = {.key = key,
                          .given = given,
                          .program = program,
                          .given_word = (uint32_t)program_find_word(given, exercise->observe),
                          .word = (uint32_t)program_find_word(program, exercise->observe)};
    if (key->has_first) {
        given->words[trial.given_word] = key->first;
        program->words[trial.word] = key->first;
    }
    judge_trial(self, &trial, rows);
    program_free(program);
    program_free(given);
}

/* All that follow need `works`; of the three properties those need the one that the key has first, and `live` needs
 * `right`; and `inside` needs all others. */
static void settle(const struct key *key, enum judge_verdict *rows)
{
    enum assignment_row fault = ROW_FORM;
    for (size_t r = key->row_count; r-- > 0;)
        if (key->rows[r].row == ROW_RIGHT || key->rows[r].row == ROW_LIVE || key->rows[r].row == ROW_EXCLUSIVE)
            fault = key->rows[r].row;
    for (size_t r = 1; r < CHECKED_COUNT; r++)
        rows[checked[r]] = judge_both(rows[checked[r]], rows[ROW_WORKS]);
    for (size_t r = 1; r + 1 < CHECKED_COUNT; r++)
        rows[checked[r]] = judge_both(rows[checked[r]], rows[fault]);
    rows[ROW_LIVE] = judge_both(rows[ROW_LIVE], rows[ROW_RIGHT]);
    for (size_t r = 1; r + 1 < CHECKED_COUNT; r++)
        rows[ROW_INSIDE] = judge_both(rows[ROW_INSIDE], rows[checked[r]]);
}

void judge_repair(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    rows[ROW_FORM] = judge_verdict_of(is_readable(self, attempt->program));
    if (rows[ROW_FORM] != JUDGE_PASSES)
        return;
    for (size_t r = 0; r < CHECKED_COUNT; r++)
        rows[checked[r]] = JUDGE_PASSES;
    for (size_t t = 0; t < self->key->trial_count && rows[ROW_WORKS] != JUDGE_FAILS; t++)
        open_trial(self, &self->key->trials[t], attempt->program, rows);
    settle(self->key, rows);
}
