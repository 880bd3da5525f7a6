#include "tests/oracle.h"

#include "base/memory.h"
#include "checker/analysis.h"
#include "models/assembler.h"

#include <inttypes.h>
#include <string.h>

/* How the checker is run. The last one is the simplest, and what the others are compared with. */
struct setting {
    const char *name;
    bool no_slice;
    bool no_symmetry;
    unsigned jobs;
};

static const struct setting settings[] = {
    {"sliced, with symmetry", false, false, 2},
    {"sliced, without symmetry", false, true, 1},
    {"explicit, with symmetry", true, false, 2},
    {"explicit, without symmetry", true, true, 1},
};

enum { SETTING_COUNT = sizeof settings / sizeof *settings };

/* Beyond that a schedule is taken to be endless, or the program for too large to be enumerated. */
static const struct enumerator_bounds bounds = {.schedules = 2000000, .steps = 200};

static const struct oracle_scheduler free_choice = {.name = "free"};

/* ---- The enumerator's account -------------------------------------------------------------------------------- */

static void tell_schedule(struct text *text, uint32_t preemptions, const uint32_t *threads, size_t count)
{
    text_print(text, ", %" PRIu32 " preemptions:", preemptions);
    for (size_t i = 0; i < count; i++)
        text_print(text, " %" PRIu32, threads[i]);
    text_print(text, "\n");
}

static void tell_enumerated_end(struct text *text, const struct enumeration_end *end)
{
    char *random = mpq_get_str(NULL, 10, end->random);
    text_print(text, "%" PRIu64 " schedules, random scheduler %s", end->schedules, random);
    memory_free(random);
    tell_schedule(text, end->preemptions, end->threads, end->step_count);
}

static char *tell_enumeration(const struct enumeration *enumeration)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%" PRIu64 " schedules\n", enumeration->schedules);
    for (size_t i = 0; i < enumeration->row_count; i++) {
        text_print(&text, "value %" PRId64 ": ", enumeration->rows[i].value);
        tell_enumerated_end(&text, &enumeration->rows[i]);
    }
    if (enumeration->deadlock.schedules > 0) {
        text_print(&text, "deadlock: ");
        tell_enumerated_end(&text, &enumeration->deadlock);
    }
    if (enumeration->failure.schedules > 0) {
        text_print(&text, "failure: ");
        tell_enumerated_end(&text, &enumeration->failure);
    }
    return text_take(&text);
}

/* ---- The checker's account ----------------------------------------------------------------------------------- */

static const struct outcome_witness *find_witness(const struct outcome *outcome, enum outcome_end end, int64_t value)
{
    for (size_t i = 0; i < outcome->witness_count; i++)
        if (outcome->witnesses[i].end == end && (end != OUTCOME_VALUE || outcome->witnesses[i].value == value))
            return &outcome->witnesses[i];
    return NULL;
}

/* What replay made of a witness must be what the witness is for. */
static bool trace_fits(const struct outcome_witness *witness)
{
    const struct trace *trace = witness->trace;
    static const enum trace_end ends[] = {
        [OUTCOME_VALUE] = TRACE_FINISHED, [OUTCOME_DEADLOCK] = TRACE_DEADLOCKED, [OUTCOME_FAILURE] = TRACE_FAILED};
    return trace != NULL && trace->end == ends[witness->end] && trace->step_count == witness->step_count &&
           (witness->end != OUTCOME_VALUE || trace->value == witness->value);
}

static void tell_witness(struct text *text, const struct outcome *outcome, enum outcome_end end, int64_t value)
{
    const struct outcome_witness *witness = find_witness(outcome, end, value);
    if (witness == NULL)
        text_print(text, ", no witness\n");
    else if (!trace_fits(witness))
        text_print(text, ", a witness whose trace ends otherwise\n");
    else
        tell_schedule(text, (uint32_t)witness->trace->preemptions, witness->threads, witness->step_count);
}

static void tell_end(struct text *text, const struct outcome *outcome, const char *what, mpz_srcptr schedules,
                     mpq_srcptr random)
{
    char *count = outcome->has_counts ? mpz_get_str(NULL, 10, schedules) : memory_copy_string("uncounted");
    char *chance = outcome->has_random ? mpq_get_str(NULL, 10, random) : memory_copy_string("unknown");
    text_print(text, "%s: %s schedules, random scheduler %s", what, count, chance);
    memory_free(count);
    memory_free(chance);
}

static void tell_row(struct text *text, const struct outcome *outcome, const struct outcome_row *row)
{
    char what[40];
    snprintf(what, sizeof what, "value %" PRId64, row->value);
    tell_end(text, outcome, what, row->schedules, row->random);
    const struct outcome_witness *witness = find_witness(outcome, OUTCOME_VALUE, row->value);
    if (outcome->has_preemptions && witness != NULL && witness->trace->preemptions != row->preemptions)
        text_print(text, ", %" PRIu32 " preemptions in the row", row->preemptions);
    tell_witness(text, outcome, OUTCOME_VALUE, row->value);
}

/* The parts of an outcome that say the same must agree. */
static void tell_contradictions(struct text *text, const struct outcome *outcome)
{
    if (!outcome->complete)
        text_print(text, "incomplete: %s\n", outcome->incomplete_reason);
    if (!outcome->has_values || (outcome->rows == NULL && intervals_size(&outcome->values) > 0))
        text_print(text, "no values\n");
    if (intervals_size(&outcome->values) != outcome->row_count)
        text_print(text, "%" PRIu64 " values in the set\n", intervals_size(&outcome->values));
    for (size_t i = 0; i < outcome->row_count; i++) {
        if (!intervals_contain(&outcome->values, outcome->rows[i].value))
            text_print(text, "value %" PRId64 " is not in the set\n", outcome->rows[i].value);
        if (i > 0 && outcome->rows[i - 1].value >= outcome->rows[i].value)
            text_print(text, "value %" PRId64 " is out of order\n", outcome->rows[i].value);
    }
    if (!outcome->endless && !(outcome->has_counts && outcome->has_random && outcome->has_preemptions))
        text_print(text, "something was not computed\n");
    if (outcome->has_counts && outcome->can_deadlock != (mpz_sgn(outcome->deadlocked) != 0))
        text_print(text, "deadlock: possible or not?\n");
    if (outcome->has_counts && outcome->can_fail != (mpz_sgn(outcome->failed) != 0))
        text_print(text, "failure: possible or not?\n");
    if (outcome->can_fail != (outcome->failure_text != NULL))
        text_print(text, "failure: a text or not?\n");
    if (outcome->omission_count > 0)
        text_print(text, "omitted: %s\n", outcome->omissions[0].question);
}

static char *tell_outcome(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    if (outcome->endless)
        text_print(&text, "endless\n");
    if (outcome->has_counts) {
        char *all = mpz_get_str(NULL, 10, outcome->schedules);
        text_print(&text, "%s schedules\n", all);
        memory_free(all);
    }
    for (size_t i = 0; i < outcome->row_count; i++)
        tell_row(&text, outcome, &outcome->rows[i]);
    if (outcome->can_deadlock) {
        tell_end(&text, outcome, "deadlock", outcome->deadlocked, outcome->random_deadlocked);
        tell_witness(&text, outcome, OUTCOME_DEADLOCK, 0);
    }
    if (outcome->can_fail) {
        tell_end(&text, outcome, "failure", outcome->failed, outcome->random_failed);
        tell_witness(&text, outcome, OUTCOME_FAILURE, 0);
    }
    tell_contradictions(&text, outcome);
    return text_take(&text);
}

/* ---- Comparing ----------------------------------------------------------------------------------------------- */

/* A program under examination. */
struct examination {
    const struct program *program;
    uint32_t word;
    const struct oracle_request *request;
    const struct oracle_scheduler *scheduler;
    struct oracle_tally *tally;
    struct text *complaint;
};

static struct outcome *analyse(const struct examination *self, const struct setting *setting)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {
        .scheduler = self->scheduler->scheduler,
        .word = self->word,
        .questions = QUESTION_ALL,
        .insist = QUESTION_ALL,
        .no_slice = setting->no_slice,
        .no_symmetry = setting->no_symmetry,
        .witness = WITNESS_ALL,
        .jobs = setting->jobs,
        .budget = &budget,
    };
    budget_start(&budget);
    if (!analysis_run(self->program, &options, outcome, &error))
        text_print(self->complaint, "%s: analysis_run says: %s\n", setting->name, error.text);
    return outcome;
}

/* Everything is counted on the default analysis. */
static void count_outcome(struct oracle_tally *tally, const struct outcome *outcome)
{
    tally->programs++;
    tally->sliced += outcome->sliced;
    tally->symmetric += mpz_cmp_ui(outcome->states, outcome->stored) > 0;
    tally->deadlocked += outcome->can_deadlock;
    tally->failed += outcome->can_fail;
    tally->endless += outcome->endless;
    tally->several += outcome->row_count > 1;
}

/* Returns what is expected of every setting, as new, or NULL where the program is too large to enumerate. */
static char *enumerate(const struct examination *self)
{
    if (!self->request->enumerate)
        return NULL;
    struct enumeration *enumeration = enumerator_run(self->program, self->word, self->scheduler->policy, bounds);
    if (enumeration == NULL)
        return NULL;
    self->tally->schedules += enumeration->schedules;
    char *account = tell_enumeration(enumeration);
    enumeration_free(enumeration);
    return account;
}

/* Returns what one setting says, as new. */
static char *account(const struct examination *self, const struct setting *setting)
{
    struct outcome *outcome = analyse(self, setting);
    char *told = tell_outcome(outcome);
    if (setting == settings)
        count_outcome(self->tally, outcome);
    outcome_free(outcome);
    return told;
}

static bool examine(const struct examination *self, bool verbose)
{
    const char *referee = "enumerator";
    char *expected = enumerate(self);
    bool agreed = true;
    if (expected == NULL) {
        referee = settings[SETTING_COUNT - 1].name;
        expected = account(self, &settings[SETTING_COUNT - 1]);
    }
    if (verbose)
        text_print(self->complaint, "-- %s, scheduler %s --\n%s", referee, self->scheduler->name, expected);
    for (int i = 0; i < SETTING_COUNT && agreed; i++) {
        char *told = account(self, &settings[i]);
        agreed = strcmp(told, expected) == 0;
        if (!agreed)
            text_print(self->complaint, "-- %s says (scheduler %s) --\n%s-- %s says --\n%s", referee,
                       self->scheduler->name, expected, settings[i].name, told);
        memory_free(told);
    }
    memory_free(expected);
    return agreed;
}

/* ---- Requests ------------------------------------------------------------------------------------------------ */

struct oracle_request oracle_request(enum oracle_kind kind)
{
    static const struct oracle_request requests[ORACLE_KIND_COUNT] = {
        [ORACLE_SMALL] = {.options = {RANDOM_TERMINATING, 5000, 12}, .enumerate = true},
        [ORACLE_LARGE] = {.options = {RANDOM_TERMINATING, UINT64_C(1000000000), 16}},
        [ORACLE_ENDLESS] = {.options = {RANDOM_ALL, 1000, 8}, .enumerate = true},
    };
    return requests[kind];
}

/* ---- Programs ------------------------------------------------------------------------------------------------ */

static bool check(const char *name, const char *text, unsigned threads, unsigned iters, const char *observe,
                  const struct oracle_request *request, struct oracle_tally *tally, bool verbose,
                  struct text *complaint)
{
    struct error error = ERROR_INIT;
    struct assembler_input input = {
        .name = name, .source = name, .text = text, .length = strlen(text), .threads = threads, .iters = iters};
    struct program *program = assembler_read(&input, &error);
    int64_t word = program == NULL ? -1 : program_find_word(program, observe);
    bool agreed = false;
    if (verbose)
        text_print(complaint, "== %s: %u threads, observing %s ==\n%s", name, threads, observe, text);
    if (word < 0)
        text_print(complaint, "line %u: %s\n", error.line, error.set ? error.text : "there is no such variable");
    else
        agreed = examine(&(struct examination){.program = program,
                                               .word = (uint32_t)word,
                                               .request = request,
                                               .scheduler = request->scheduler ? request->scheduler : &free_choice,
                                               .tally = tally,
                                               .complaint = complaint},
                         verbose);
    if (!agreed && !verbose)
        text_print(complaint, "== %s: %u threads, observing %s ==\n%s", name, threads, observe, text);
    program_free(program);
    return agreed;
}

bool oracle_check(uint64_t seed, const struct oracle_request *request, struct oracle_tally *tally, bool verbose,
                  struct text *complaint)
{
    static const char *const names[] = {"x", "y", "z"};
    struct random_program *program = random_program_new(seed, &request->options);
    char name[40];
    snprintf(name, sizeof name, "seed %" PRIu64, seed);
    bool agreed = check(name, program->text, program->threads, 1,
                        names[seed % 2 == 0 ? 0 : seed / 2 % program->variables], request, tally, verbose, complaint);
    random_program_free(program);
    return agreed;
}

bool oracle_check_text(const char *text, unsigned threads, unsigned iters, const char *observe,
                       const struct oracle_request *request, struct oracle_tally *tally, struct text *complaint)
{
    return check("text", text, threads, iters, observe, request, tally, false, complaint);
}
