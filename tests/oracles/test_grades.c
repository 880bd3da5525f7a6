/* test_grades: model answers, changed at random, graded, and judged a second time apart from the grader.
 *
 *     test_grades [--verbose] [--kind KIND] [SEED [RUNS]]
 *     make check-grades SEED=0 RUNS=1000
 *
 * For each of the seeds SEED, SEED + 1, ..., RUNS of them, each kind and each level there is a version, and for each
 * version there are some answers: the model answer in other words, and changed ones (tests/oracles/alteration.h). Each is
 * written as a student might write it and graded; every row, and whether all points are given, must be as
 * tests/oracles/judge.h finds it. It speaks TAP, a test a kind, and shows the first few answers of a kind on which the two
 * differ. A kind of which no changed answer was right, or none wrong, fails too: nothing would have been tested. */
#include "base/memory.h"
#include "course/difficulty.h"
#include "course/grading.h"
#include "course/version.h"
#include "tests/oracles/alteration.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `make check` runs: other seeds than those of test_version. */
enum { DEFAULT_SEED = 1000000, DEFAULT_RUNS = 3, ANSWERS = 8, DIFFERENCES_SHOWN = 3, PLACES_MAX = 4000000 };

struct tally {
    uint64_t versions;
    uint64_t unchanged;
    uint64_t right; /* of the changed ones: should get all points, */
    uint64_t wrong; /* should not, */
    uint64_t open;  /* and this is not known */
    uint64_t differences;
    uint64_t rows[ASSIGNMENT_ROWS][3]; /* enum judge_verdict, of all answers */
};

/* An answer and what became of it. */
struct trial {
    const struct judge *judge;
    struct attempt attempt;
    struct text text;
    enum answer_form form;
    enum judge_verdict rows[ASSIGNMENT_ROWS];
    struct grade grade;
    bool is_changed;
};

/* ---- Comparing -------------------------------------------------------------------------------------------------- */

static bool agrees(enum judge_verdict verdict, bool passes)
{
    return verdict == JUDGE_OPEN || (verdict == JUDGE_PASSES) == passes;
}

/* Whether the grader gives the points of a row. */
static bool gives(const struct trial *self, size_t row)
{
    return row < self->grade.row_count && self->grade.state == GRADE_GRADED &&
           self->grade.rows[row].verdict == VERDICT_PASSED;
}

/* All points need a judge who finds the answer right: one who does not know is not enough. */
static bool is_whole_due(const struct trial *self)
{
    bool has_all = grade_points(&self->grade) == key_points(self->judge->key);
    return has_all == (judge_whole(self->judge, self->rows) == JUDGE_PASSES) ||
           (!has_all && judge_whole(self->judge, self->rows) == JUDGE_OPEN);
}

/* What is too much for the grader gives no points at all; but then it should be too much for the judge, too. */
static bool do_agree(const struct trial *self)
{
    const struct key *key = self->judge->key;
    if (self->grade.state == GRADE_REFUSED)
        return self->rows[ROW_FORM] == JUDGE_OPEN;
    bool agree = is_whole_due(self);
    for (size_t r = 0; r < key->row_count; r++)
        agree = agree && agrees(self->rows[key->rows[r].row], gives(self, r));
    return agree;
}

static void print_lines(const char *text)
{
    for (size_t length; *text != '\0'; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        printf("#     %.*s\n", (int)length, text);
    }
}

static void print_difference(const struct trial *self, uint64_t seed)
{
    static const char *const words[] = {"open", "passes", "fails"};
    const struct key *key = self->judge->key;
    printf("# seed %" PRIu64 ", %s: %s %s\n", seed, key->level, grade_state_name(self->grade.state),
           self->grade.error != NULL ? self->grade.error : "");
    for (size_t r = 0; r < key->row_count && r < self->grade.row_count; r++)
        printf("#   %-10s %-7s judge: %s; %s\n", assignment_row_name(key->rows[r].row),
               grade_verdict_name(self->grade.rows[r].verdict), words[self->rows[key->rows[r].row]],
               self->grade.rows[r].message != NULL ? self->grade.rows[r].message : "");
    printf("#   the exercise:\n");
    print_lines(key->text);
    printf("#   the answer:\n");
    print_lines(text_string(&self->text));
}

/* ---- One answer ------------------------------------------------------------------------------------------------- */

static void count(const struct trial *self, struct tally *tally)
{
    const struct key *key = self->judge->key;
    enum judge_verdict whole = judge_whole(self->judge, self->rows);
    tally->unchanged += !self->is_changed;
    tally->right += self->is_changed && whole == JUDGE_PASSES;
    tally->wrong += self->is_changed && whole == JUDGE_FAILS;
    tally->open += self->is_changed && whole == JUDGE_OPEN;
    for (size_t r = 0; r < key->row_count; r++)
        tally->rows[key->rows[r].row][self->rows[key->rows[r].row]]++;
}

/* A repair may also be handed in as assembly alone. */
static void write_answer(struct trial *self, struct generator *generator)
{
    self->form = ANSWER_LINES;
    if (self->attempt.kind == ASSIGNMENT_REPAIR && self->attempt.flaw == FLAW_NONE && generator_one_in(generator, 4)) {
        self->form = ANSWER_ASSEMBLY;
        text_print(&self->text, "%s", self->attempt.program);
    } else {
        attempt_write(&self->attempt, generator, &self->text);
    }
}

static void grade(struct trial *self, struct generator *generator)
{
    struct grading_wishes wishes = {
        .budget = {.max_states = 300000, .max_memory = UINT64_C(512) << 20, .memory_was_asked = true, .max_seconds = 0},
        .reveal = generator_one_in(generator, 4)};
    grade_init(&self->grade, self->judge->key);
    grading_read(self->judge->key, self->form, text_string(&self->text), self->text.length, &wishes, &self->grade);
}

/* What was graded has an end, and the judge should see it; what was refused need not have one. */
static void judge_trial(struct judge *judge, struct trial *self)
{
    judge->places = self->grade.state == GRADE_REFUSED ? JUDGE_PLACES : PLACES_MAX;
    judge_rows(judge, &self->attempt, self->rows);
}

static void check_answer(struct judge *judge, uint64_t seed, unsigned number, struct tally *tally, bool verbose)
{
    struct text purpose = TEXT_INIT;
    struct trial trial = {.judge = judge, .is_changed = number > 0};
    text_print(&purpose, "grades.%s.%s.%u", assignment_kind_name(judge->key->kind), judge->key->level, number);
    struct generator generator = generator_start(seed, text_string(&purpose), judge->key->student);
    if (!attempt_read(&trial.attempt, judge->key))
        trial.attempt.flaw = FLAW_UNKNOWN; /* the model answer would not be right then */
    if (trial.is_changed)
        alteration_make(&trial.attempt, judge, &generator);
    write_answer(&trial, &generator);
    grade(&trial, &generator);
    judge_trial(judge, &trial);
    count(&trial, tally);
    bool is_right = trial.is_changed || judge_whole(judge, trial.rows) == JUDGE_PASSES;
    bool agree = do_agree(&trial) && is_right;
    if (verbose || (!agree && tally->differences < DIFFERENCES_SHOWN))
        print_difference(&trial, seed);
    tally->differences += !agree;
    grade_free(&trial.grade);
    text_free(&trial.text);
    text_free(&purpose);
    attempt_free(&trial.attempt);
}

/* ---- Versions --------------------------------------------------------------------------------------------------- */

/* Some exercises allow some instructions only. */
static void restrict_instructions(struct key *key, struct generator *generator)
{
    static const char *const allowed[] = {"mov", "add",  "sub",    "test", "j",    "je",  "jne",
                                          "nop", "lock", "unlock", "wait", "post", "halt"};
    if (key->kind != ASSIGNMENT_REPAIR || !generator_one_in(generator, 8))
        return;
    key->instruction_count = sizeof allowed / sizeof allowed[0];
    key->instructions = memory_new(key->instruction_count, sizeof *key->instructions);
    for (size_t i = 0; i < key->instruction_count; i++)
        key->instructions[i] = memory_copy_string(allowed[i]);
}

static void complain(struct tally *tally, uint64_t seed, const struct difficulty *difficulty, const char *problem)
{
    tally->differences++;
    printf("# seed %" PRIu64 ", %s: %s\n", seed, difficulty_level_name(difficulty->level), problem);
}

static void check_version(enum assignment_kind kind, enum difficulty_level level, uint64_t seed, struct tally *tally,
                          bool verbose)
{
    struct error error = ERROR_INIT;
    struct judge judge;
    struct difficulty difficulty = difficulty_of(kind, level);
    struct version_request request = {.difficulty = &difficulty, .seed = seed, .student = "alice"};
    struct generator generator = generator_start(seed, "grades", request.student);
    struct key *key = version_new(&request, &error);
    tally->versions++;
    if (key == NULL) {
        complain(tally, seed, &difficulty, error.text);
        return;
    }
    restrict_instructions(key, &generator);
    if (judge_start(&judge, key)) {
        for (unsigned number = 0; number < ANSWERS; number++)
            check_answer(&judge, seed, number, tally, verbose);
        judge_free(&judge);
    } else {
        complain(tally, seed, &difficulty, "the exercise cannot be judged");
    }
    key_free(key);
}

/* ---- Kinds ------------------------------------------------------------------------------------------------------ */

static void print_tally(enum assignment_kind kind, const struct tally *tally)
{
    printf("# %s: %" PRIu64 " versions; %" PRIu64 " changed answers: %" PRIu64 " right, %" PRIu64 " wrong, %" PRIu64
           " open\n#   rows that should pass and fail:",
           assignment_kind_name(kind), tally->versions, tally->right + tally->wrong + tally->open, tally->right,
           tally->wrong, tally->open);
    for (size_t r = 0; r < ASSIGNMENT_ROWS; r++)
        if (assignment_has_row(kind, (enum assignment_row)r))
            printf(" %s %" PRIu64 " %" PRIu64, assignment_row_name((enum assignment_row)r),
                   tally->rows[r][JUDGE_PASSES], tally->rows[r][JUDGE_FAILS]);
    printf("\n");
}

static bool check_kind(enum assignment_kind kind, uint64_t seed, uint64_t runs, bool verbose)
{
    struct tally tally = {0};
    for (uint64_t run = 0; run < runs; run++)
        for (int level = 0; level < DIFFICULTY_LEVELS; level++)
            check_version(kind, (enum difficulty_level)level, seed + run, &tally, verbose);
    print_tally(kind, &tally);
    bool is_tested = tally.right > 0 && tally.wrong > 0;
    if (!is_tested)
        printf("# there were no right ones, or no wrong ones: nothing was tested\n");
    bool is_good = is_tested && tally.differences == 0;
    printf("%s - %s: %" PRIu64 " answers are graded as they are judged\n", is_good ? "ok" : "not ok",
           assignment_kind_name(kind), tally.unchanged + tally.right + tally.wrong + tally.open);
    if (tally.differences > 0)
        printf("# %" PRIu64 " are not\n", tally.differences);
    fflush(stdout);
    return is_good;
}

/* ---- The whole -------------------------------------------------------------------------------------------------- */

static bool read_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

/* Reads the options; returns where the other arguments begin, or NULL. */
static char **read_options(char **arguments, bool *verbose, enum assignment_kind *kind)
{
    for (; *arguments != NULL && **arguments == '-'; arguments++) {
        if (strcmp(*arguments, "--verbose") == 0)
            *verbose = true;
        else if (strcmp(*arguments, "--kind") != 0 || *++arguments == NULL ||
                 (*kind = assignment_kind_find(*arguments)) == ASSIGNMENT_KINDS)
            return NULL;
    }
    return arguments;
}

static bool read_numbers(char **arguments, uint64_t *seed, uint64_t *runs)
{
    if (arguments == NULL)
        return false;
    if (arguments[0] == NULL)
        return true;
    return read_number(arguments[0], seed) &&
           (arguments[1] == NULL || (read_number(arguments[1], runs) && arguments[2] == NULL));
}

int main(int argc, char **argv)
{
    uint64_t seed = DEFAULT_SEED, runs = DEFAULT_RUNS;
    enum assignment_kind only = ASSIGNMENT_KINDS;
    bool verbose = false, is_good = true;
    if (argc < 1 || !read_numbers(read_options(argv + 1, &verbose, &only), &seed, &runs)) {
        fprintf(stderr, "usage: test_grades [--verbose] [--kind KIND] [SEED [RUNS]]\n");
        return 2;
    }
    printf("1..%d\n", only == ASSIGNMENT_KINDS ? (int)ASSIGNMENT_KINDS : 1);
    for (int kind = 0; kind < ASSIGNMENT_KINDS; kind++)
        if (only == ASSIGNMENT_KINDS || (int)only == kind)
            is_good = check_kind((enum assignment_kind)kind, seed, runs, verbose) && is_good;
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
