/* grading_repair: programs, model-checked (course/grading.h). */
#include "base/memory.h"
#include "checker/scheduler.h"
#include "course/grading_parts.h"
#include "course/holding.h"
#include "models/program.h"

#include <inttypes.h>
#include <string.h>

/* A trial under way. */
struct trial {
    const struct key_trial *key;
    size_t number; /* from 1 */
    struct program *program;
    struct scheduler *scheduler;
    uint32_t word;
};

static struct subject subject_of(const struct trial *trial)
{
    return (struct subject){trial->program, trial->scheduler, trial->word};
}

/* Appends " with 3 threads, ITERS = 2, STEP = 5", where a trial is not the one that the handout states. */
static void print_trial(const struct trial *trial, struct text *text)
{
    if (trial->number == 1)
        return;
    text_print(text, " (with %" PRId64 " threads, ITERS = %" PRId64, trial->key->threads, trial->key->iters);
    for (size_t s = 0; s < trial->key->symbol_count; s++)
        text_print(text, ", %s = %" PRId64, trial->key->symbols[s].name, trial->key->symbols[s].number);
    text_print(text, ")");
}

static void fail_row(struct grading *self, enum assignment_row row, const struct trial *trial, struct text *text)
{
    print_trial(trial, text);
    grade_set(self->grade, row, VERDICT_FAILED, "%s", text_string(text));
    text_free(text);
}

/* ---- Form ------------------------------------------------------------------------------------------------------ */

static void fail_form(struct grading *self, const struct trial *trial, struct text *text)
{
    print_trial(trial, text);
    grade_set(self->grade, ROW_FORM, VERDICT_FAILED, "%s", text_string(text));
    grade_refuse(self->grade, GRADE_UNREADABLE, "%s", text_string(text));
    text_free(text);
}

static bool fail_assembly(struct grading *self, const struct trial *trial, const struct error *error)
{
    struct text text = TEXT_INIT;
    unsigned above = self->answer->program_line > 0 ? self->answer->program_line - 1 : 0;
    if (error->line > 0)
        text_print(&text, "line %u: ", error->line + above);
    text_print(&text, "%s", error->text);
    fail_form(self, trial, &text);
    return false;
}

static bool is_allowed(const struct key *key, const char *mnemonic)
{
    for (size_t i = 0; i < key->instruction_count; i++)
        if (strcmp(key->instructions[i], mnemonic) == 0)
            return true;
    return key->instruction_count == 0;
}

/* The first instruction that is not allowed, or NULL. */
static const struct instruction *find_forbidden(const struct key *key, const struct program *program)
{
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++)
            if (!is_allowed(key, instruction_form(program->codes[c].instructions[i].opcode)->mnemonic))
                return &program->codes[c].instructions[i];
    return NULL;
}

static bool check_instructions(struct grading *self, const struct trial *trial)
{
    const struct instruction *forbidden = find_forbidden(self->key, trial->program);
    if (forbidden == NULL)
        return true;
    struct text text = TEXT_INIT;
    unsigned above = self->answer->program_line > 0 ? self->answer->program_line - 1 : 0;
    text_print(&text,
               "line %u: the instruction '%s' is not allowed in this exercise (allowed:", forbidden->place.line + above,
               instruction_form(forbidden->opcode)->mnemonic);
    for (size_t i = 0; i < self->key->instruction_count; i++)
        text_print(&text, " %s", self->key->instructions[i]);
    text_print(&text, ")");
    fail_form(self, trial, &text);
    return false;
}

static bool check_variable(struct grading *self, struct trial *trial)
{
    int64_t word = program_find_word(trial->program, self->key->observe);
    trial->word = (uint32_t)word;
    if (word >= 0)
        return true;
    struct text text = TEXT_INIT;
    text_print(&text, "the program has no variable '%s'", self->key->observe);
    fail_form(self, trial, &text);
    return false;
}

static void close_trial(struct trial *trial)
{
    scheduler_free(trial->scheduler);
    program_free(trial->program);
    trial->scheduler = NULL;
    trial->program = NULL;
}

/* Makes a trial ready; returns false with the form failed. The scheduler is the key's, whatever the program asks for.
 * */
static bool open_trial(struct grading *self, size_t index, struct trial *trial)
{
    const struct key *key = self->key;
    struct error error = ERROR_INIT;
    *trial = (struct trial){.key = &key->trials[index], .number = index + 1};
    trial->program =
        grading_assemble("the program", self->answer->program, self->answer->program_length, trial->key->threads,
                         trial->key->iters, trial->key->symbols, trial->key->symbol_count, &error);
    if (trial->program == NULL)
        return fail_assembly(self, trial, &error);
    trial->scheduler =
        scheduler_new(key->scheduler, key->parameters, key->parameter_count, trial->program->thread_count, &error);
    if (trial->scheduler == NULL)
        return fail_assembly(self, trial, &error);
    return check_variable(self, trial) && check_instructions(self, trial);
}

/* ---- The work -------------------------------------------------------------------------------------------------- */

/* Whether an instruction reads or writes at a computed address: any word of all, as far as one can see. */
static bool computes(const struct instruction *instruction, unsigned use)
{
    const struct instruction_form *form = instruction_form(instruction->opcode);
    for (size_t o = 0; o < 2; o++)
        if (instruction->operands[o].kind == OPERAND_COMPUTED && (form->uses[o] & USE_ADDRESS) == 0 &&
            (form->uses[o] & use) != 0)
            return true;
    return false;
}

/* The same of a word that it names. Where the address is used (lea, push), the word is not looked at. */
static bool touches(const struct instruction *instruction, uint32_t word, unsigned use)
{
    const struct instruction_form *form = instruction_form(instruction->opcode);
    for (size_t o = 0; o < 2; o++)
        if (instruction->operands[o].kind == OPERAND_WORD && instruction->operands[o].value == word &&
            (form->uses[o] & USE_ADDRESS) == 0 && (form->uses[o] & use) != 0)
            return true;
    return false;
}

static bool writes(const struct program *program, size_t thread, uint32_t word)
{
    const struct code *code = program_code(program, thread);
    for (uint32_t i = 0; i < code->count; i++)
        if (touches(&code->instructions[i], word, USE_WRITE) || computes(&code->instructions[i], USE_WRITE))
            return true;
    return false;
}

/* Whether there are as many threads as in the program that was handed out, and each that wrote to the variable still
 * does: a program in which one thread does the work of all is no repair. */
static bool do_threads_work(struct grading *self, const struct trial *trial)
{
    struct error error = ERROR_INIT;
    struct text text = TEXT_INIT;
    struct program *given =
        grading_assemble("the exercise", self->key->text, strlen(self->key->text), trial->key->threads,
                         trial->key->iters, trial->key->symbols, trial->key->symbol_count, &error);
    int64_t word = given != NULL ? program_find_word(given, self->key->observe) : -1;
    if (given != NULL && given->thread_count != trial->program->thread_count)
        text_print(&text, "the program has %zu threads, and there should be %zu", trial->program->thread_count,
                   given->thread_count);
    for (size_t t = 0; given != NULL && word >= 0 && t < given->thread_count && text.length == 0; t++)
        if (writes(given, t, (uint32_t)word) && !writes(trial->program, t, trial->word))
            text_print(&text, "thread %zu (%s) never writes to '%s' any more", t, trial->program->threads[t].name,
                       self->key->observe);
    program_free(given);
    if (text.length == 0)
        return true;
    fail_row(self, ROW_WORKS, trial, &text);
    return false;
}

/* ---- The rows -------------------------------------------------------------------------------------------------- */

static void judge_works(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    if (!do_threads_work(self, trial) || intervals_common(&outcome->values, &trial->key->right) > 0)
        return;
    if (outcome->values.count == 0)
        text_print(&text, "no schedule comes to the end of the program");
    else
        text_print(&text, "no schedule gives the right result; the results are %s = %" PRId64 "%s", self->key->observe,
                   outcome->values.items[0].first, intervals_size(&outcome->values) > 1 ? " and others" : "");
    fail_row(self, ROW_WORKS, trial, &text);
}

static void judge_right(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    const struct subject subject = subject_of(trial);
    struct text text = TEXT_INIT;
    int64_t wrong;
    if (intervals_first_outside(&outcome->values, &trial->key->right, &wrong)) {
        text_print(&text, "the result can be %s = %" PRId64, self->key->observe, wrong);
        grading_reveal(self, &subject, WITNESS_VALUE, wrong, &text);
    } else if (outcome->can_fail) {
        text_print(&text, "the program can end with an error: %s", outcome->failure_text);
        grading_reveal(self, &subject, WITNESS_FAILURE, 0, &text);
    }
    if (text.length > 0)
        fail_row(self, ROW_RIGHT, trial, &text);
}

/* The probability of a schedule without end under the random scheduler is above 0 where threads can get to where no way
 * leads to the end. Of loops that only wait it is 0. Returns NULL where it cannot be found out, with *reason set. */
static struct outcome *find_endless(struct grading *self, const struct subject *subject, char **reason)
{
    const struct inquiry_wish wish = {.questions = QUESTION_VALUES | QUESTION_RANDOM};
    return grading_analyse(self, subject, &wish, reason);
}

static void judge_live(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    const struct subject subject = subject_of(trial);
    struct text text = TEXT_INIT;
    char *reason = NULL;
    struct outcome *endless = NULL;
    if (outcome->can_deadlock) {
        text_print(&text, "the program can deadlock");
        grading_reveal(self, &subject, WITNESS_DEADLOCK, 0, &text);
    } else if (outcome->endless && (endless = find_endless(self, &subject, &reason)) == NULL) {
        grade_set(self->grade, ROW_LIVE, VERDICT_OPEN, "whether every schedule can end was not found out: %s", reason);
    } else if (endless != NULL && mpq_get_d(endless->random_endless) > endless->random_error) {
        text_print(&text, "the threads can get to where none of them comes to its end any more");
    }
    outcome_free(endless);
    memory_free(reason);
    if (text.length > 0)
        fail_row(self, ROW_LIVE, trial, &text);
}

/* The first instruction outside of critical sections that touches the observed variable, or might, or NULL. */
static const struct instruction *find_outside(const struct trial *trial)
{
    for (size_t c = 0; c < trial->program->code_count; c++)
        for (uint32_t i = 0; i < trial->program->codes[c].count; i++) {
            const struct instruction *instruction = &trial->program->codes[c].instructions[i];
            if (instruction->sections == 0 && (touches(instruction, trial->word, USE_READ | USE_WRITE) ||
                                               computes(instruction, USE_READ | USE_WRITE)))
                return instruction;
        }
    return NULL;
}

static void judge_exclusive(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    const struct subject subject = subject_of(trial);
    const struct instruction *outside = find_outside(trial);
    struct text text = TEXT_INIT;
    if (trial->program->section_count == 0) {
        text_print(&text, "the program marks no critical section (.critical ... .endcritical)");
    } else if (outside != NULL) {
        unsigned above = self->answer->program_line > 0 ? self->answer->program_line - 1 : 0;
        bool is_named = touches(outside, trial->word, USE_READ | USE_WRITE);
        text_print(&text, "line %u %s '%s'%s outside of a critical section", outside->place.line + above,
                   is_named ? "touches" : "reaches memory at a computed address, which may be that of",
                   self->key->observe, is_named ? "" : ",");
    } else if (!outcome->has_exclusion || !outcome->is_exclusive) {
        text_print(&text, "two threads can be inside the critical section together");
        grading_reveal(self, &subject, WITNESS_OVERLAP, 0, &text);
    }
    if (text.length > 0)
        fail_row(self, ROW_EXCLUSIVE, trial, &text);
}

static void judge_inside(struct grading *self, const struct trial *trial)
{
    struct holding holding = holding_find(trial->program);
    struct text text = TEXT_INIT;
    unsigned above = self->answer->program_line > 0 ? self->answer->program_line - 1 : 0;
    const char *name = trial->program->threads[holding.thread].name;
    if (!holding.is_known)
        text_print(&text, "there are too many ways through the program to find out how long locks are held");
    else if (holding.calls)
        text_print(&text, "%s calls a function, or returns from one, while it holds the lock that it takes in line %u",
                   name, holding.line + above);
    else if (holding.is_endless)
        text_print(&text, "there is a loop in which %s holds the lock that it takes in line %u", name,
                   holding.line + above);
    else if (holding.longest > (uint64_t)self->key->inside_most)
        text_print(&text,
                   "from line %u on %s holds a lock for %" PRIu64 " instructions; at most %" PRId64 " are allowed",
                   holding.line + above, name, holding.longest, self->key->inside_most);
    if (text.length > 0)
        fail_row(self, ROW_INSIDE, trial, &text);
}

/* ---- Trials ---------------------------------------------------------------------------------------------------- */

static void judge_outcome(struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    static void (*const judges[])(struct grading *, const struct trial *, const struct outcome *) = {
        [ROW_WORKS] = judge_works,
        [ROW_RIGHT] = judge_right,
        [ROW_LIVE] = judge_live,
        [ROW_EXCLUSIVE] = judge_exclusive,
    };
    for (unsigned r = ROW_WORKS; r <= ROW_EXCLUSIVE; r++)
        if (grade_asks(self->grade, (enum assignment_row)r) &&
            grade_verdict(self->grade, (enum assignment_row)r) != VERDICT_FAILED)
            judges[r](self, trial, outcome);
    if (grade_verdict(self->grade, ROW_INSIDE) != VERDICT_FAILED && grade_asks(self->grade, ROW_INSIDE))
        judge_inside(self, trial);
}

static const enum assignment_row checked[] = {ROW_WORKS, ROW_RIGHT, ROW_LIVE, ROW_EXCLUSIVE, ROW_INSIDE};

enum { CHECKED_COUNT = sizeof checked / sizeof checked[0] };

/* A program that nothing can be said of is worth nothing: it was the student's to keep it small. */
static void give_up(struct grading *self, const char *reason)
{
    for (size_t r = 0; r < CHECKED_COUNT; r++)
        grade_set(self->grade, checked[r], VERDICT_OPEN, NULL);
    grade_refuse(self->grade, GRADE_REFUSED, "the program needs too much to be checked: %s", reason);
}

/* Returns whether the next trial makes sense. */
static bool run_trial(struct grading *self, const struct trial *trial)
{
    const struct subject subject = subject_of(trial);
    const struct inquiry_wish wish = {.questions = QUESTION_VALUES};
    char *reason;
    struct outcome *outcome = grading_analyse(self, &subject, &wish, &reason);
    if (outcome != NULL)
        judge_outcome(self, trial, outcome);
    else
        give_up(self, reason);
    memory_free(reason);
    bool goes_on = outcome != NULL;
    outcome_free(outcome);
    return goes_on;
}

/* Rows count only where those that they need have passed: nothing is worth anything in a program that does not work,
 * and short stretches nothing in one that is wrong. */
static void settle_rows(struct grading *self)
{
    bool works = grade_verdict(self->grade, ROW_WORKS) == VERDICT_PASSED, is_good = true;
    for (size_t r = 0; r + 1 < CHECKED_COUNT; r++)
        is_good = is_good && grade_verdict(self->grade, checked[r]) == VERDICT_PASSED;
    for (size_t r = 0; r < CHECKED_COUNT; r++) {
        bool counts = checked[r] == ROW_WORKS || (checked[r] == ROW_INSIDE ? is_good : works);
        if (!counts && grade_verdict(self->grade, checked[r]) == VERDICT_PASSED)
            grade_set(self->grade, checked[r], VERDICT_OPEN, "this counts only where %s",
                      checked[r] == ROW_INSIDE ? "all else is right" : "the program works");
    }
}

void grading_repair(struct grading *self)
{
    bool goes_on = true;
    struct trial trial;
    /* All trials first: a program that assembles in one only is none that can be read. */
    for (size_t t = 0; t < self->key->trial_count && goes_on; t++) {
        goes_on = open_trial(self, t, &trial);
        close_trial(&trial);
    }
    if (!goes_on)
        return;
    for (size_t r = 0; r < CHECKED_COUNT; r++)
        grade_set(self->grade, checked[r], VERDICT_PASSED, NULL);
    for (size_t t = 0; t < self->key->trial_count && goes_on; t++) {
        goes_on = open_trial(self, t, &trial) && run_trial(self, &trial);
        close_trial(&trial);
    }
    if (self->grade->state == GRADE_GRADED)
        settle_rows(self);
}
