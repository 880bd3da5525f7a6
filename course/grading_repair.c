/* grading_repair: programs, model-checked (course/grading.h). */
#include "base/memory.h"
#include "course/grading_trial.h"
#include "course/lock_span.h"
#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Trials told ----------------------------------------------------------------------------------------------- */

/* Appends " (with 3 threads, ITERS = 2, STEP = 5)", where a trial is not the one that the handout states. */
static void print_trial(const struct trial *trial, struct text *text)
{
    if (trial->number == 1)
        return;
    text_print(text, " (with %" PRId64 " threads, ITERS = %" PRId64, trial->key->threads, trial->key->iters);
    for (size_t s = 0; s < trial->key->symbol_count; s++)
        text_print(text, ", %s = %" PRId64, trial->key->symbols[s].name, trial->key->symbols[s].number);
    if (trial->key->has_first)
        text_print(text, ", and %s = %" PRId64 " at the start", trial->observe, trial->key->first);
    text_print(text, ")");
}

void trial_blame(struct grading *self, enum assignment_row row, const struct trial *trial, struct text *text)
{
    if (text->length == 0)
        return;
    print_trial(trial, text);
    grading_settle(self, row, text);
}

/* The line of the answer in which a line of the program stands. */
static unsigned line_in_answer(const struct grading *self, unsigned line)
{
    return line + (self->answer->program_line > 0 ? self->answer->program_line - 1 : 0);
}

/* ---- Form ------------------------------------------------------------------------------------------------------ */

static bool fail_form(struct grading *self, const struct trial *trial, struct text *text)
{
    print_trial(trial, text);
    grade_set(self->grade, ROW_FORM, VERDICT_FAILED, "%s", text_string(text));
    grade_refuse(self->grade, GRADE_UNREADABLE, "%s", text_string(text));
    text_free(text);
    return false;
}

static bool is_allowed(const struct key *key, const char *mnemonic)
{
    for (size_t i = 0; i < key->instruction_count; i++)
        if (strcmp(key->instructions[i], mnemonic) == 0)
            return true;
    return key->instruction_count == 0;
}

/* Whether an instruction belongs to an atomic stretch, which no list of instructions has. */
static bool is_in_stretch(const struct key *key, const struct instruction *instruction)
{
    return key->instruction_count > 0 && instruction->no_switch;
}

/* The first instruction that is not allowed, or NULL. */
static const struct instruction *find_forbidden(const struct key *key, const struct program *program)
{
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++) {
            const struct instruction *instruction = &program->codes[c].instructions[i];
            if (!is_allowed(key, instruction_form(instruction->opcode)->mnemonic) || is_in_stretch(key, instruction))
                return instruction;
        }
    return NULL;
}

static bool check_instructions(struct grading *self, const struct trial *trial)
{
    const struct instruction *forbidden = find_forbidden(self->key, trial->problem.program);
    if (forbidden == NULL)
        return true;
    struct text text = TEXT_INIT;
    text_print(&text, "line %u: ", line_in_answer(self, forbidden->place.line));
    if (is_allowed(self->key, instruction_form(forbidden->opcode)->mnemonic))
        text_print(&text, "an atomic stretch");
    else
        text_print(&text, "the instruction '%s'", instruction_form(forbidden->opcode)->mnemonic);
    text_print(&text, " is not allowed in this exercise (allowed:");
    for (size_t i = 0; i < self->key->instruction_count; i++)
        text_print(&text, " %s", self->key->instructions[i]);
    text_print(&text, ")");
    return fail_form(self, trial, &text);
}

/* Makes a trial ready; returns false with the form failed. The scheduler is the key's, whatever the program asks for.
 * */
static bool open_trial(struct grading *self, size_t index, struct trial *trial)
{
    const struct key *key = self->key;
    struct error error = ERROR_INIT;
    struct text text = TEXT_INIT;
    *trial = (struct trial){.key = &key->trials[index], .number = index + 1, .observe = key->observe};
    if (key_problem_make(&trial->problem, key, trial->key, 0, self->answer->program, self->answer->program_length,
                         &error))
        return check_instructions(self, trial);
    if (error.line > 0)
        text_print(&text, "line %u: ", line_in_answer(self, error.line));
    text_print(&text, "%s", error.text);
    return fail_form(self, trial, &text);
}

/* ---- The rows -------------------------------------------------------------------------------------------------- */

static void judge_works(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    if (!trial_keeps_work(self, trial) || intervals_common(&outcome->values, &trial->key->right) > 0)
        return;
    if (outcome->values.count == 0)
        text_print(&text, "no schedule comes to the end of the program");
    else
        text_print(&text, "no schedule gives the right result; the results are %s = %" PRId64 "%s", self->key->observe,
                   outcome->values.items[0].first, intervals_size(&outcome->values) > 1 ? " and others" : "");
    trial_blame(self, ROW_WORKS, trial, &text);
}

/* Appends an error of the program: "the program:12:2: T1: ..." has the line of the program, and should have that of the
 * answer. */
static void print_failure(const struct grading *self, const char *failure, struct text *text)
{
    unsigned line;
    int end = 0;
    if (sscanf(failure, "the program:%u:%*u: %n", &line, &end) == 1 && end > 0)
        text_print(text, "line %u: %s", line_in_answer(self, line), failure + end);
    else
        text_print(text, "%s", failure);
}

static void judge_right(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    int64_t wrong;
    if (intervals_first_outside(&outcome->values, &trial->key->right, &wrong)) {
        text_print(&text, "the result can be %s = %" PRId64, self->key->observe, wrong);
        grading_reveal_value(self, &trial->problem, wrong, &text);
    } else if (outcome->can_fail) {
        text_print(&text, "the program can end with an error: ");
        print_failure(self, outcome->failure_text, &text);
        grading_reveal(self, &trial->problem, WITNESS_FAILURE, NULL, &text);
    }
    trial_blame(self, ROW_RIGHT, trial, &text);
}

/* The probability of a schedule without end under the random scheduler is above 0 where threads can get to where no way
 * leads to the end. Of loops that only wait it is 0. */
static void judge_live(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    static const struct key_question question = {.questions = QUESTION_VALUES | QUESTION_RANDOM};
    struct text text = TEXT_INIT;
    char *reason = NULL;
    struct outcome *endless = NULL;
    if (outcome->can_deadlock) {
        text_print(&text, "the program can deadlock");
        grading_reveal(self, &trial->problem, WITNESS_DEADLOCK, NULL, &text);
    } else if ((outcome->endless || outcome->endless_unknown) &&
               (endless = grading_analyse(self, &trial->problem, question, &reason)) == NULL) {
        grade_set(self->grade, ROW_LIVE, VERDICT_OPEN, "whether every schedule can end was not found out: %s", reason);
    } else if (endless != NULL && mpq_get_d(endless->random_endless) > endless->random_error) {
        text_print(&text, "the threads can get to where none of them comes to its end any more");
    }
    outcome_free(endless);
    memory_free(reason);
    trial_blame(self, ROW_LIVE, trial, &text);
}

/* Whether an instruction touches the observed variable, or could: addresses are computed when it is executed. One that
 * takes the address alone (lea, push) does not look at the word. */
static bool touches(const struct instruction *instruction, uint32_t word)
{
    for (size_t o = 0; o < 2; o++)
        if (instruction->operands[o].kind == OPERAND_WORD && instruction->operands[o].value == word &&
            instruction_use(instruction, o) != 0)
            return true;
    return instruction_computes(instruction);
}

/* The critical sections that all instructions which touch the variable belong to. Where there is none, *stray is one that
 * leaves none over. */
static uint64_t find_sections(const struct trial *trial, const struct instruction **stray)
{
    uint64_t sections = UINT64_MAX;
    const struct program *program = trial->problem.program;
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count && sections != 0; i++) {
            const struct instruction *instruction = &program->codes[c].instructions[i];
            if (!touches(instruction, trial->problem.word))
                continue;
            sections &= instruction->sections;
            *stray = instruction;
        }
    return sections;
}

static void blame_stray(struct grading *self, const struct instruction *stray, struct text *text)
{
    const char *where =
        stray->sections == 0 ? "outside of a critical section" : "in another critical section than other lines";
    text_print(text, "line %u %s '%s' %s", line_in_answer(self, stray->place.line),
               instruction_computes(stray) ? "goes through an address, and so could touch" : "touches",
               self->key->observe, where);
}

static void judge_exclusive(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    const struct instruction *stray = NULL;
    struct text text = TEXT_INIT;
    if (trial->problem.program->section_count == 0) {
        text_print(&text, "the program marks no critical section (.critical ... .endcritical)");
    } else if (find_sections(trial, &stray) == 0) {
        blame_stray(self, stray, &text);
    } else if (!outcome->has_exclusion || !outcome->is_exclusive) {
        text_print(&text, "two threads can be inside the critical section together");
        grading_reveal(self, &trial->problem, WITNESS_OVERLAP, NULL, &text);
    }
    trial_blame(self, ROW_EXCLUSIVE, trial, &text);
}

/* What is wrong with the longest stretch that a thread holds a lock for, or is inside a section. */
static void judge_inside(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    (void)outcome;
    struct lock_span span = lock_span_find(trial->problem.program);
    struct text text = TEXT_INIT;
    unsigned line = line_in_answer(self, span.line);
    const char *name = trial->problem.program->threads[span.thread].name;
    const char *what = span.is_section ? "is inside the critical section" : "holds a lock";
    if (!span.is_known)
        text_print(&text, "there are too many ways through the program to find out how long locks are held");
    else if (span.calls)
        text_print(&text, "%s calls a function, or returns from one, while it %s, from line %u on", name, what, line);
    else if (span.is_endless)
        text_print(&text, "there is a loop in which %s %s, from line %u on", name, what, line);
    else if (span.longest > (uint64_t)self->key->inside_most)
        text_print(&text, "from line %u on %s %s for %" PRIu64 " instructions; at most %" PRId64 " are allowed", line,
                   name, what, span.longest, self->key->inside_most);
    trial_blame(self, ROW_INSIDE, trial, &text);
}

/* ---- Trials ---------------------------------------------------------------------------------------------------- */

/* The rows of a program that can be read are those from works to inside, in this order. */
static void judge_outcome(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    static void (*const judges[])(struct grading *, const struct trial *, const struct outcome *) = {
        [ROW_WORKS] = judge_works,         [ROW_RIGHT] = judge_right,   [ROW_LIVE] = judge_live,
        [ROW_EXCLUSIVE] = judge_exclusive, [ROW_INSIDE] = judge_inside,
    };
    for (enum assignment_row r = ROW_WORKS; r <= ROW_INSIDE; r++)
        if (grade_asks(self->grade, r) && grade_verdict(self->grade, r) != VERDICT_FAILED)
            judges[r](self, trial, outcome);
}

static void set_all(struct grading *self, enum grade_verdict verdict)
{
    for (enum assignment_row r = ROW_WORKS; r <= ROW_INSIDE; r++)
        grade_set(self->grade, r, verdict, NULL);
}

/* Returns whether the next trial makes sense: nothing counts in a program that does not work in this one. A program that
 * nothing can be said of is worth nothing: it was the student's to keep it small. */
static bool run_trial(struct grading *self, const struct trial *trial)
{
    static const struct key_question question = {.questions = QUESTION_VALUES};
    char *reason = NULL;
    struct outcome *outcome = grading_analyse(self, &trial->problem, question, &reason);
    if (outcome != NULL)
        judge_outcome(self, trial, outcome);
    bool is_known = outcome != NULL && trial_check_contributions(self, trial, outcome, &reason);
    if (!is_known) {
        set_all(self, VERDICT_OPEN);
        grade_refuse(self->grade, GRADE_REFUSED, "the program needs too much to be checked: %s", reason);
    }
    memory_free(reason);
    outcome_free(outcome);
    return is_known && grade_verdict(self->grade, ROW_WORKS) == VERDICT_PASSED;
}

/* Rows count only where those that they need have passed. Nothing is worth anything in a program that does not work, nor
 * what has been right all along in one whose fault, the first property that the key asks for, is still there; no art is in
 * getting to the end without locks where the results are wrong then; and short stretches are worth nothing in a program
 * that is wrong. */
static void settle_rows(struct grading *self)
{
    const struct grade *grade = self->grade;
    bool works = grade_verdict(grade, ROW_WORKS) == VERDICT_PASSED, is_mended = true, is_first = true, is_good = works;
    for (size_t r = 0; r < grade->row_count; r++) {
        enum assignment_row row = grade->rows[r].row;
        if (row != ROW_RIGHT && row != ROW_LIVE && row != ROW_EXCLUSIVE)
            continue;
        bool has_passed = grade->rows[r].verdict == VERDICT_PASSED;
        is_good = is_good && has_passed;
        is_mended = is_first ? has_passed : is_mended;
        if (!works || (!is_first && !is_mended))
            grading_withdraw(self, row, !works ? "the program works" : "the program is mended");
        is_first = false;
    }
    if (grade_verdict(grade, ROW_RIGHT) != VERDICT_PASSED)
        grading_withdraw(self, ROW_LIVE, "the results are right");
    if (!is_good)
        grading_withdraw(self, ROW_INSIDE, "all else is right");
}

void grading_repair(struct grading *self)
{
    bool goes_on = true;
    struct trial trial;
    /* All trials first: a program that assembles in one only is none that can be read. */
    for (size_t t = 0; t < self->key->trial_count && goes_on; t++) {
        goes_on = open_trial(self, t, &trial);
        problem_free(&trial.problem);
    }
    if (!goes_on)
        return;
    set_all(self, VERDICT_PASSED);
    for (size_t t = 0; t < self->key->trial_count && goes_on; t++) {
        goes_on = open_trial(self, t, &trial) && run_trial(self, &trial);
        problem_free(&trial.problem);
    }
    if (self->grade->state == GRADE_GRADED)
        settle_rows(self);
}
