#include "tests/oracles/oracle.h"

#include "analysis/analysis.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "program/program.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/survey.h"
#include "tests/support/subject.h"
#include "trace/replay.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How the checker is run. The last one is the simplest, and what the others are compared with. */
struct setting {
    const char *name;
    bool no_slice;
    bool no_symmetry;
    unsigned jobs;
    uint64_t unfused_entries;
    bool no_partial_order;
    unsigned questions; /* 0: all */
};

static const struct setting settings[] = {
    {"sliced, with symmetry", false, false, 2, 0, false, 0},
    {"sliced, without symmetry", false, true, 1, 0, false, 0},
    {"fused", false, false, 1, 1, false, 0},
    {"explicit, with symmetry", true, false, 2, 0, false, 0},
    {"explicit, without symmetry", true, true, 1, 0, false, 0},
};

enum { SETTING_COUNT = sizeof settings / sizeof *settings };

/* Beyond that a schedule is taken to be endless, or the program for too large to be enumerated. */
static const struct enumerator_bounds bounds = {.schedules = 100000, .steps = 200};

const char *const oracle_words[] = {"xchg",   "fetchadd",  "cas",      "lea",    "push",   "call",   "io",      "yield",
                                    "halt",   "put",       "lock m",   "lock n", "wait",   "post",   "trylock", "cwait",
                                    "signal", "broadcast", "arrive",   "await",  "set",    "clear",  "join",    "spawn",
                                    "rdlock", "wrlock",    "rwunlock", "choose", "lock f", "wait g", "assert",  "print",
                                    ".rept",  "trywait",   ".atomic",  NULL};

static const struct oracle_scheduler free_choice = {.name = "free"};

/* ---- Schedulers ---------------------------------------------------------------------------------------------- */

struct made_scheduler {
    struct oracle_scheduler head;
    char *name;
    struct scheduler *scheduler;
    struct policy policy;
};

/* Tells "tick quantum=3 pick=any phase=0", as new. */
static char *tell_scheduler(const char *kind, const struct property *parameters, size_t count)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%s", kind);
    for (size_t p = 0; p < count; p++) {
        if (parameters[p].is_number)
            text_print(&text, " %s=%" PRId64, parameters[p].name, parameters[p].number);
        else
            text_print(&text, " %s=%s", parameters[p].name, parameters[p].text);
    }
    return text_take(&text);
}

struct oracle_scheduler *oracle_scheduler_new(const char *kind, const struct property *parameters, size_t count,
                                              size_t threads)
{
    struct error error = ERROR_INIT;
    struct made_scheduler *self = memory_new(1, sizeof *self);
    struct property *complete = NULL;
    size_t complete_count = 0;
    self->scheduler = scheduler_new(kind, parameters, count, threads, &error);
    if (self->scheduler == NULL) {
        fprintf(stderr, "%s: %s\n", kind, error.text);
        abort();
    }
    scheduler_describe(self->scheduler, &complete, &complete_count);
    self->name = tell_scheduler(kind, complete, complete_count);
    self->head.name = self->name;
    self->head.scheduler = self->scheduler;
    if (!scheduler_is_free(self->scheduler)) {
        policy_start(&self->policy, kind, complete, complete_count);
        self->head.policy = &self->policy.head;
    }
    property_free_list(complete, complete_count);
    return &self->head;
}

void oracle_scheduler_free(struct oracle_scheduler *self)
{
    struct made_scheduler *made = (struct made_scheduler *)self;
    if (made == NULL)
        return;
    scheduler_free(made->scheduler);
    memory_free(made->name);
    memory_free(made);
}

/* A parameter list that is being drawn. */
struct draw {
    uint64_t random;
    struct property *parameters;
    size_t count;
};

static int64_t draw_number(struct draw *self, int64_t least, int64_t most)
{
    return least + (int64_t)((subject_random(&self->random) >> 33) % (uint64_t)(most - least + 1));
}

static void add_number(struct draw *self, const char *name, int64_t least, int64_t most)
{
    property_add_number(&self->parameters, &self->count, name, draw_number(self, least, most));
}

/* A word as often as a number. */
static void add_number_or_word(struct draw *self, const char *name, int64_t least, int64_t most, const char *word)
{
    if (draw_number(self, 0, 1) == 0)
        property_add_text(&self->parameters, &self->count, name, word);
    else
        add_number(self, name, least, most);
}

static void draw_processor(struct draw *self)
{
    int64_t quantum = draw_number(self, 1, 7);
    property_add_number(&self->parameters, &self->count, "quantum", quantum);
    property_add_text(&self->parameters, &self->count, "pick", draw_number(self, 0, 2) == 0 ? "round-robin" : "any");
    add_number_or_word(self, "phase", 0, quantum - 1, "any");
}

static void draw_offsets(struct draw *self, size_t threads)
{
    struct text list = TEXT_INIT;
    for (size_t t = 0; t < threads; t++)
        text_print(&list, "%s%" PRId64, t > 0 ? "," : "", draw_number(self, 0, 5));
    if (draw_number(self, 0, 1) == 0)
        property_add_text(&self->parameters, &self->count, "offset", text_string(&list));
    text_free(&list);
}

static void draw_priorities(struct draw *self, size_t threads)
{
    struct text list = TEXT_INIT;
    for (size_t t = 0; t < threads; t++)
        text_print(&list, "%s%" PRId64, t > 0 ? "," : "", draw_number(self, 0, 2));
    if (threads > 1)
        property_add_text(&self->parameters, &self->count, "priority", text_string(&list));
    text_free(&list);
}

struct oracle_scheduler *oracle_scheduler_draw(uint64_t seed, const char *kind, size_t threads)
{
    struct draw draw = {.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    for (int warm = 0; warm < 4; warm++)
        subject_random(&draw.random);
    static const char *const kinds[] = {"free",        "tick",   "tick",   "tick",  "parallel", "parallel",
                                        "preemptions", "signal", "signal", "cores", "cores"};
    if (kind == NULL)
        kind = kinds[draw_number(&draw, 0, 10)];
    if (strcmp(kind, "tick") == 0 || strcmp(kind, "signal") == 0)
        draw_processor(&draw);
    if (strcmp(kind, "signal") == 0)
        add_number_or_word(&draw, "arrival", 0, 9, "any");
    if (strcmp(kind, "parallel") == 0) {
        add_number(&draw, "lag", 1, 4);
        draw_offsets(&draw, threads);
    }
    if (strcmp(kind, "preemptions") == 0)
        add_number(&draw, "bound", 0, 3);
    if (strcmp(kind, "cores") == 0) {
        add_number(&draw, "cores", 1, 3);
        property_add_text(&draw.parameters, &draw.count, "place", draw_number(&draw, 0, 1) == 0 ? "any" : "fair");
    }
    if (draw_number(&draw, 0, 3) == 0)
        draw_priorities(&draw, threads);
    struct oracle_scheduler *scheduler = oracle_scheduler_new(kind, draw.parameters, draw.count, threads);
    property_free_list(draw.parameters, draw.count);
    return scheduler;
}

/* Whether the threads are all that there is to choose. */
static bool is_exact(const struct oracle_scheduler *self)
{
    return self->policy == NULL || (self->policy->starts == 1 && self->policy->options == 1);
}

/* ---- The enumerator's account -------------------------------------------------------------------------------- */

/* A schedule that stands for an end. Of a deadlock it is the shortest, else the one with the fewest preemptions; where
 * it is not exactly known which, only that is told. */
static void tell_schedule(struct text *text, bool exact, bool shortest, uint32_t preemptions, const uint32_t *threads,
                          size_t count)
{
    if (!exact) {
        text_print(text, ", %zu %s\n", shortest ? count : (size_t)preemptions, shortest ? "steps" : "preemptions");
        return;
    }
    text_print(text, ", %" PRIu32 " preemptions:", preemptions);
    for (size_t i = 0; i < count; i++)
        text_print(text, " %" PRIu32, threads[i]);
    text_print(text, "\n");
}

static void tell_enumerated_end(struct text *text, bool exact, const struct enumeration_end *end)
{
    char *random = mpq_get_str(NULL, 10, end->random);
    text_print(text, "%" PRIu64 " schedules, random scheduler %s", end->schedules, random);
    memory_free(random);
    tell_schedule(text, exact, end->shortest, end->preemptions, end->threads, end->step_count);
}

/* One member of a tuple. */
static void tell_member(struct text *text, const struct observation *observation, size_t place, int64_t value,
                        const char *output)
{
    text_print(text, "%s", place > 0 ? "," : "");
    if (observation->places[place].thread == OBSERVED_OUTPUT)
        text_print(text, "\"%s\"", output);
    else
        text_print(text, "%" PRId64, value);
}

static void tell_hang(struct text *text, enum claim_verdict hangs, enum claim_verdict terminates)
{
    static const char *const words[] = {[CLAIM_HOLDS] = "yes", [CLAIM_VIOLATED] = "no", [CLAIM_UNKNOWN] = "unknown"};
    text_print(text, "hang: %s, terminates: %s\n", words[hangs], words[terminates]);
}

static enum claim_verdict verdict_of(bool holds)
{
    return holds ? CLAIM_HOLDS : CLAIM_VIOLATED;
}

static int compare_told(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends what is told of each row, which is freed. Outputs that are one number each the checker lists by that number, and others by the
 * alphabet; the order is not what is compared. */
static void tell_rows(struct text *text, const struct observation *observation, char **rows, size_t count)
{
    if (observation_has_output(observation))
        qsort(rows, count, sizeof *rows, compare_told);
    for (size_t r = 0; r < count; r++) {
        text_print(text, "%s", rows[r]);
        memory_free(rows[r]);
    }
    memory_free(rows);
}

static char *tell_enumeration(const struct enumeration *enumeration, const struct observation *observation, bool exact)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%" PRIu64 " schedules\n", enumeration->schedules);
    char **rows = memory_new(enumeration->row_count, sizeof *rows);
    for (size_t i = 0; i < enumeration->row_count; i++) {
        struct text row = TEXT_INIT;
        text_print(&row, "value ");
        for (size_t p = 0; p < observation->count; p++)
            tell_member(&row, observation, p, enumeration->rows[i].tuple[p], enumeration->rows[i].output);
        text_print(&row, ": ");
        tell_enumerated_end(&row, exact, &enumeration->rows[i]);
        rows[i] = text_take(&row);
    }
    tell_rows(&text, observation, rows, enumeration->row_count);
    if (enumeration->deadlock.schedules > 0) {
        text_print(&text, "deadlock: ");
        tell_enumerated_end(&text, exact, &enumeration->deadlock);
    }
    if (enumeration->failure.schedules > 0) {
        text_print(&text, "failure: ");
        tell_enumerated_end(&text, exact, &enumeration->failure);
    }
    bool deadlocks = enumeration->deadlock.schedules > 0;
    tell_hang(&text, verdict_of(deadlocks), verdict_of(!deadlocks));
    return text_take(&text);
}

/* ---- Examinations -------------------------------------------------------------------------------------------- */

/* A program under examination. */
struct examination {
    const struct program *program;
    uint32_t word; /* whose values traces tell */
    struct observation observation;
    const struct oracle_request *request;
    const struct oracle_scheduler *scheduler;
    struct oracle_tally *tally;
    struct text *complaint;
};

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
    return trace != NULL && trace->end == ends[witness->end] &&
           trace_length(trace) == schedule_step_count(&witness->schedule) &&
           (witness->end != OUTCOME_VALUE || trace->finals[0] == witness->value || trace->final_count > 1);
}

/* Under the parameters that a witness names, replay accepts it. */
static bool is_replayed(const struct examination *self, const struct outcome_witness *witness)
{
    struct error error = ERROR_INIT;
    const char *kind = self->scheduler->scheduler == NULL ? "free" : self->scheduler->scheduler->kind->name;
    struct scheduler *scheduler =
        scheduler_new(kind, witness->parameters, witness->parameter_count, self->program->thread_count, &error);
    struct trace *trace =
        scheduler == NULL ? NULL : replay_run(self->program, scheduler, self->word, &witness->schedule, &error);
    bool same = trace != NULL && trace->end == witness->trace->end && trace->value == witness->trace->value &&
                trace->preemptions == witness->trace->preemptions;
    trace_free(trace);
    scheduler_free(scheduler);
    return same;
}

/* The same scheduler written down a second time accepts it, too, and counts as many preemptions. */
static bool is_allowed(const struct examination *self, const struct outcome_witness *witness)
{
    struct policy policy;
    uint32_t preemptions;
    bool is_free = self->scheduler->policy == NULL || self->scheduler->scheduler == NULL;
    if (!is_free)
        policy_start(&policy, self->scheduler->scheduler->kind->name, witness->parameters, witness->parameter_count);
    if (!is_free && (policy.head.starts != 1 || policy.head.options != 1))
        return false;
    uint32_t *threads = subject_steps(&witness->schedule);
    bool allows = enumerator_allows(self->program, is_free ? NULL : &policy.head, threads,
                                    schedule_step_count(&witness->schedule), &preemptions) &&
                  preemptions == witness->trace->preemptions;
    memory_free(threads);
    return allows;
}

static void tell_parameters(struct text *text, const struct outcome_witness *witness)
{
    char *told = tell_scheduler("", witness->parameters, witness->parameter_count);
    static const struct thread_names no_names = {0};
    text_print(text, "   (%s) ", told);
    schedule_print(text, &witness->schedule, &no_names, SCHEDULE_STEPS, SIZE_MAX);
    text_print(text, "\n");
    memory_free(told);
}

static void tell_witness(struct text *text, const struct examination *self, const struct outcome *outcome,
                         enum outcome_end end, int64_t value)
{
    const struct outcome_witness *witness = find_witness(outcome, end, value);
    const char *fault = NULL;
    if (witness == NULL) {
        text_print(text, ", no witness\n");
        return;
    }
    if (!trace_fits(witness))
        fault = "a witness whose trace ends otherwise";
    else if (!is_replayed(self, witness))
        fault = "a witness that cannot be replayed";
    else if (!is_allowed(self, witness))
        fault = "a witness that is not allowed";
    if (fault == NULL) {
        uint32_t *threads = subject_steps(&witness->schedule);
        tell_schedule(text, is_exact(self->scheduler), end == OUTCOME_DEADLOCK, (uint32_t)witness->trace->preemptions,
                      threads, schedule_step_count(&witness->schedule));
        memory_free(threads);
    } else {
        text_print(text, ", %s\n", fault);
        tell_parameters(text, witness);
    }
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

static void tell_value(struct text *text, const struct examination *self, const struct outcome *outcome,
                       const struct outcome_row *row)
{
    text_print(text, "value ");
    for (size_t p = 0; p < self->observation.count; p++) {
        int64_t value = outcome_row_values(outcome, row)[p];
        bool is_output = self->observation.places[p].thread == OBSERVED_OUTPUT;
        char *output = is_output ? outputs_text(outcome->outputs, value) : NULL;
        tell_member(text, &self->observation, p, value, output);
        memory_free(output);
    }
}

static void tell_row(struct text *text, const struct examination *self, const struct outcome *outcome,
                     const struct outcome_row *row)
{
    struct text what = TEXT_INIT;
    tell_value(&what, self, outcome, row);
    tell_end(text, outcome, text_string(&what), row->schedules, row->random);
    text_free(&what);
    const struct outcome_witness *witness = find_witness(outcome, OUTCOME_VALUE, row->value);
    if (outcome->has_preemptions && witness != NULL && witness->trace->preemptions != row->preemptions)
        text_print(text, ", %" PRIu32 " preemptions in the row", row->preemptions);
    tell_witness(text, self, outcome, OUTCOME_VALUE, row->value);
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

static char *tell_outcome(const struct examination *self, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    if (outcome->endless)
        text_print(&text, "endless\n");
    if (outcome->has_counts) {
        char *all = mpz_get_str(NULL, 10, outcome->schedules);
        text_print(&text, "%s schedules\n", all);
        memory_free(all);
    }
    char **rows = memory_new(outcome->row_count, sizeof *rows);
    for (size_t i = 0; i < outcome->row_count; i++) {
        struct text row = TEXT_INIT;
        tell_row(&row, self, outcome, &outcome->rows[i]);
        rows[i] = text_take(&row);
    }
    tell_rows(&text, &self->observation, rows, outcome->row_count);
    if (outcome->can_deadlock) {
        tell_end(&text, outcome, "deadlock", outcome->deadlocked, outcome->random_deadlocked);
        tell_witness(&text, self, outcome, OUTCOME_DEADLOCK, 0);
    }
    if (outcome->can_fail) {
        tell_end(&text, outcome, "failure", outcome->failed, outcome->random_failed);
        tell_witness(&text, self, outcome, OUTCOME_FAILURE, 0);
    }
    tell_hang(&text, outcome_hangs(outcome), outcome_terminates(outcome));
    tell_contradictions(&text, outcome);
    return text_take(&text);
}

/* ---- The survey's account ------------------------------------------------------------------------------------ */

/* Beyond that a program is not surveyed. */
enum { SURVEY_PLACES_MAX = 20000 };

/* What is exact here is not there; both add up many small numbers. */
static bool is_near(mpq_srcptr exact, double other)
{
    return fabs(mpq_get_d(exact) - other) < 1e-7;
}

static bool is_same_row(const struct examination *self, const struct outcome *outcome, const struct outcome_row *row,
                        const struct survey_row *other)
{
    return memcmp(outcome_row_values(outcome, row), other->tuple, self->observation.count * sizeof *other->tuple) ==
               0 &&
           (!outcome->has_preemptions || row->preemptions == other->preemptions) &&
           (!outcome->has_random || is_near(row->random, other->random));
}

/* Where a program has too many schedules to enumerate, or endless ones, the survey knows the rest. Returns what differs, or NULL. */
static const char *contradict(const struct examination *self, const struct outcome *outcome,
                              const struct survey *survey)
{
    if (survey->count != outcome->row_count)
        return "another number of outcomes";
    for (size_t r = 0; r < survey->count; r++)
        if (!is_same_row(self, outcome, &outcome->rows[r], &survey->rows[r]))
            return "an outcome, its preemptions, or its probability";
    if (survey->deadlocks != outcome->can_deadlock || survey->fails != outcome->can_fail)
        return "whether schedules deadlock, or fail";
    if (outcome->has_random && !(is_near(outcome->random_deadlocked, survey->random_deadlock) &&
                                 is_near(outcome->random_failed, survey->random_failure)))
        return "the probability of a deadlock or a failure";
    if (outcome_hangs(outcome) != verdict_of(survey->gets_stuck || survey->deadlocks))
        return "whether schedules hang";
    if (survey->goes_on != outcome->endless ||
        outcome_terminates(outcome) != verdict_of(!survey->goes_on && !survey->deadlocks))
        return "whether schedules go on for ever";
    return NULL;
}

static bool is_surveyed(const struct examination *self, const struct outcome *outcome, struct text *account)
{
    if (!outcome->complete || !outcome->has_values || observation_has_output(&self->observation))
        return true;
    struct survey *survey =
        survey_run_observing(self->program, &self->observation, self->scheduler->policy, SURVEY_PLACES_MAX);
    const char *wrong = survey != NULL ? contradict(self, outcome, survey) : NULL;
    self->tally->surveyed += survey != NULL;
    if (wrong != NULL) {
        text_print(account, "the survey contradicts: %s\n", wrong);
        for (size_t r = 0; r < survey->count; r++)
            text_print(account, "value %" PRId64 ",...: %" PRIu32 " preemptions, random %.12g\n", survey->rows[r].value,
                       survey->rows[r].preemptions, survey->rows[r].random);
        text_print(account, "deadlock: %d, random %.12g; failure: %d, random %.12g; stuck %d, endless %d\n",
                   survey->deadlocks, survey->random_deadlock, survey->fails, survey->random_failure,
                   survey->gets_stuck, survey->goes_on);
    }
    survey_free(survey);
    return wrong == NULL;
}

/* ---- Comparing ----------------------------------------------------------------------------------------------- */

static struct outcome *analyse(const struct examination *self, const struct setting *setting)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {
        .scheduler = self->scheduler->scheduler,
        .observation = self->observation,
        .questions = setting->questions != 0 ? setting->questions : QUESTION_ALL,
        .insist = setting->questions != 0 ? setting->questions : QUESTION_ALL,
        .no_partial_order = setting->no_partial_order,
        .no_cells = setting->questions != 0, /* these have a comparison of their own */
        .eager = setting->jobs > 1,
        .no_slice = setting->no_slice,
        .no_symmetry = setting->no_symmetry,
        .witness = WITNESS_ALL,
        .jobs = setting->jobs,
        .unfused_entries = setting->unfused_entries,
        .budget = &budget,
    };
    budget_start(&budget);
    if (!analysis_run(self->program, &options, outcome, &error))
        text_print(self->complaint, "%s: analysis_run says: %s\n", setting->name, error.text);
    return outcome;
}

/* Everything is counted on the default analysis. */
static void count_outcome(const struct examination *self, const struct outcome *outcome)
{
    struct oracle_tally *tally = self->tally;
    const char *kind = self->scheduler->scheduler == NULL ? "free" : self->scheduler->scheduler->kind->name;
    for (size_t k = 0; scheduler_kinds()[k] != NULL && k < ORACLE_SCHEDULERS_MAX; k++)
        tally->kinds[k] += strcmp(scheduler_kinds()[k]->name, kind) == 0;
    tally->open += !is_exact(self->scheduler);
    tally->collapsed += outcome->collapsed;
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
    struct enumeration *enumeration =
        enumerator_run_observing(self->program, &self->observation, self->scheduler->policy, bounds);
    if (enumeration == NULL)
        return NULL;
    self->tally->schedules += enumeration->schedules;
    self->tally->enumerated++;
    char *account = tell_enumeration(enumeration, &self->observation, is_exact(self->scheduler));
    enumeration_free(enumeration);
    return account;
}

/* Returns what one setting says, as new. The last one of programs that were not enumerated is compared with the survey. */
static char *account(const struct examination *self, const struct setting *setting, bool survey, bool *agreed)
{
    struct outcome *outcome = analyse(self, setting);
    char *told = tell_outcome(self, outcome);
    struct text text = TEXT_INIT;
    if (setting == settings)
        count_outcome(self, outcome);
    if (survey && !is_surveyed(self, outcome, &text)) {
        text_print(self->complaint, "-- %s says (scheduler %s) --\n%s%s", setting->name, self->scheduler->name, told,
                   text_string(&text));
        *agreed = false;
    }
    text_free(&text);
    outcome_free(outcome);
    return told;
}

/* ---- Without steps ------------------------------------------------------------------------------------------- */

/* How the checker is run where it is asked for values alone, so that it may leave out states between steps. */
static const struct setting bare_settings[] = {
    {.name = "values, explicit, with no reduction", .no_slice = true, .no_symmetry = true, .no_partial_order = true},
    {.name = "values, explicit, with local steps apart", .no_slice = true, .no_partial_order = true},
    {.name = "values, explicit, without symmetry", .no_slice = true, .no_symmetry = true},
    {.name = "values, explicit", .no_slice = true},
    {.name = "values, without symmetry, with local steps apart", .no_symmetry = true, .no_partial_order = true},
    {.name = "values, with local steps apart", .no_partial_order = true},
    {.name = "values, without symmetry", .no_symmetry = true},
    {.name = "values"},
};

/* Whether a setting is tried on this program: in turn, so that a usual run has each of them on every fourth program; all where the
 * environment has LONG_TESTS. */
static bool is_turn(const struct examination *self, size_t setting)
{
    enum { TURNS = 4 };
    return getenv("LONG_TESTS") != NULL || (self->tally->programs + setting) % TURNS == 0;
}

/* What an outcome says of the ends, whatever was counted. */
static char *tell_ends(const struct examination *self, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    char **rows = memory_new(outcome->row_count, sizeof *rows);
    for (size_t r = 0; r < outcome->row_count; r++) {
        struct text row = TEXT_INIT;
        tell_value(&row, self, outcome, &outcome->rows[r]);
        text_print(&row, "\n");
        rows[r] = text_take(&row);
    }
    tell_rows(&text, &self->observation, rows, outcome->row_count);
    if (outcome->can_deadlock)
        text_print(&text, "deadlock\n");
    if (outcome->can_fail)
        text_print(&text, "failure\n");
    if (outcome->has_exclusion)
        text_print(&text, "%s\n", outcome->is_exclusive ? "exclusive" : "overlap");
    return text_take(&text);
}

/* States and transitions do not depend on how many work; other settings have other ones. */
static char *tell_size(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    char *states = mpz_get_str(NULL, 10, outcome->states), *steps = mpz_get_str(NULL, 10, outcome->transitions);
    text_print(&text, "%s states, %" PRIu64 " stored, %s transitions, depth %" PRIu64 "\n", states, outcome->stored,
               steps, outcome->depth);
    memory_free(states);
    memory_free(steps);
    return text_take(&text);
}

static bool is_same(const struct examination *self, const char *name, const char *told, const char *expected)
{
    bool same = strcmp(told, expected) == 0;
    if (!same)
        text_print(self->complaint, "-- of the ends it is expected --\n%s-- %s says --\n%s", expected, name, told);
    return same;
}

/* One setting, by one and by two threads, of which the latter do what takes large searches otherwise. */
static bool agrees_on_ends(const struct examination *self, const struct setting *setting, const char *expected,
                           bool is_endless)
{
    char *size = NULL;
    bool agreed = true;
    for (unsigned jobs = 1; jobs <= 2 && agreed; jobs++) {
        struct setting one = *setting;
        one.jobs = jobs;
        one.questions = QUESTION_VALUES;
        struct outcome *outcome = analyse(self, &one);
        char *told = tell_ends(self, outcome), *told_size = tell_size(outcome);
        self->tally->fused += outcome->fused;
        agreed = is_same(self, setting->name, told, expected) &&
                 (outcome->endless_unknown || outcome->endless == is_endless) &&
                 (size == NULL || is_same(self, setting->name, told_size, size));
        memory_free(told);
        memory_free(size);
        size = told_size;
        outcome_free(outcome);
    }
    memory_free(size);
    return agreed;
}

/* What the settings that count say is known to be right. Of what is not known of all nothing is compared. */
static bool examine_ends(const struct examination *self)
{
    struct outcome *outcome = analyse(self, &settings[SETTING_COUNT - 1]);
    char *expected = tell_ends(self, outcome);
    bool agreed = true;
    for (size_t s = 0; s < sizeof bare_settings / sizeof *bare_settings && agreed; s++)
        agreed = !is_turn(self, s) || agrees_on_ends(self, &bare_settings[s], expected, outcome->endless);
    memory_free(expected);
    outcome_free(outcome);
    return agreed;
}

/* ---- Cells --------------------------------------------------------------------------------------------------- */

/* What a search for values alone finds, with cells or without. */
static struct outcome *search_values(const struct examination *self, const struct setting *setting, bool no_cells)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {
        .scheduler = self->scheduler->scheduler,
        .observation = self->observation,
        .questions = QUESTION_EXTREMES | QUESTION_VALUES,
        .insist = QUESTION_EXTREMES | QUESTION_VALUES,
        .no_slice = setting->no_slice,
        .no_symmetry = setting->no_symmetry,
        .no_cells = no_cells,
        .eager = true,
        .no_partial_order = setting->no_partial_order,
        .jobs = setting->jobs,
        .budget = &budget,
    };
    budget_start(&budget);
    if (!analysis_run(self->program, &options, outcome, &error))
        text_print(self->complaint, "%s: analysis_run says: %s\n", setting->name, error.text);
    return outcome;
}

/* Where schedules may be endless cells do not know how long they are. */
static const char *contradict_cells(const struct outcome *cells, const struct outcome *states)
{
    if (cells->complete != states->complete || cells->row_count != states->row_count)
        return "another number of values";
    for (size_t r = 0; r < cells->row_count; r++)
        if (cells->rows[r].value != states->rows[r].value)
            return "another value";
    if (cells->tuples.count != states->tuples.count ||
        (cells->tuples.count > 0 && memcmp(cells->tuples.items, states->tuples.items,
                                           cells->tuples.count * cells->tuples.width * sizeof(int64_t)) != 0))
        return "other tuples";
    if (mpz_cmp(cells->states, states->states) != 0 || mpz_cmp(cells->transitions, states->transitions) != 0 ||
        cells->stored != states->stored)
        return "another number of states or transitions";
    if (cells->depth != states->depth && cells->depth != 0)
        return "another depth";
    if (cells->can_deadlock != states->can_deadlock || cells->can_fail != states->can_fail ||
        cells->has_gap != states->has_gap || cells->is_exclusive != states->is_exclusive)
        return "whether schedules deadlock, fail or overlap";
    if ((cells->failure_text != NULL) != (states->failure_text != NULL))
        return "a failure without a text";
    return NULL;
}

static bool agrees_by_cells(const struct examination *self, const struct setting *setting)
{
    struct outcome *cells = search_values(self, setting, false);
    bool by_cells = cells->by_cells;
    struct outcome *states = by_cells ? search_values(self, setting, true) : NULL;
    const char *wrong = by_cells ? contradict_cells(cells, states) : NULL;
    self->tally->by_cells += by_cells;
    self->tally->guarded += by_cells && cells->endless_unknown;
    if (wrong != NULL) {
        text_print(self->complaint, "-- %s, by cells (scheduler %s): %s --\n", setting->name, self->scheduler->name,
                   wrong);
        text_print(self->complaint,
                   "%zu rows, %zu tuples, %" PRIu64 " stored, depth %" PRIu64 "; %zu, %zu, %" PRIu64 ", %" PRIu64 "\n",
                   cells->row_count, cells->tuples.count, cells->stored, cells->depth, states->row_count,
                   states->tuples.count, states->stored, states->depth);
        char *a = mpz_get_str(NULL, 10, cells->transitions), *b = mpz_get_str(NULL, 10, states->transitions);
        text_print(self->complaint, "transitions %s, %s\n", a, b);
    }
    outcome_free(states);
    outcome_free(cells);
    return wrong == NULL;
}

static bool agree_by_cells(const struct examination *self)
{
    for (size_t s = 0; s < sizeof bare_settings / sizeof *bare_settings; s++)
        for (unsigned jobs = 1; jobs <= 2 && is_turn(self, s); jobs++) {
            struct setting setting = bare_settings[s];
            setting.jobs = jobs;
            if (!agrees_by_cells(self, &setting))
                return false;
        }
    return true;
}

static bool examine(const struct examination *self, bool verbose)
{
    const char *referee = "enumerator";
    char *expected = enumerate(self);
    bool agreed = true;
    if (expected == NULL) {
        referee = settings[SETTING_COUNT - 1].name;
        expected = account(self, &settings[SETTING_COUNT - 1], true, &agreed);
    }
    if (verbose)
        text_print(self->complaint, "-- %s, scheduler %s --\n%s", referee, self->scheduler->name, expected);
    for (int i = 0; i < SETTING_COUNT && agreed; i++) {
        char *told = account(self, &settings[i], false, &agreed);
        agreed = strcmp(told, expected) == 0;
        if (!agreed)
            text_print(self->complaint, "-- %s says (scheduler %s) --\n%s-- %s says --\n%s", referee,
                       self->scheduler->name, expected, settings[i].name, told);
        memory_free(told);
    }
    memory_free(expected);
    return agreed && examine_ends(self) && agree_by_cells(self);
}

/* ---- Requests ------------------------------------------------------------------------------------------------ */

struct oracle_request oracle_request(enum oracle_kind kind)
{
    static const struct oracle_request requests[ORACLE_KIND_COUNT] = {
        [ORACLE_SMALL] = {.options = {RANDOM_TERMINATING, 5000, 12}, .enumerate = true},
        [ORACLE_LARGE] = {.options = {RANDOM_TERMINATING, UINT64_C(1000000000), 16}},
        [ORACLE_ENDLESS] = {.options = {RANDOM_ALL, 1000, 8}, .enumerate = true},
        [ORACLE_OBJECTS] = {.options = {RANDOM_OBJECTS | RANDOM_MUTEXES | RANDOM_SEMAPHORES | RANDOM_IN_MEMORY |
                                            RANDOM_CONSTANTS | RANDOM_BRANCHES | RANDOM_STRETCHES | RANDOM_IO,
                                        3000, 9},
                            .enumerate = true},
    };
    return requests[kind];
}

/* ---- Programs ------------------------------------------------------------------------------------------------ */

struct subject {
    const char *name;
    const char *text;
    unsigned threads;
    unsigned iters;
    const char *observe;
    const struct oracle_scheduler *scheduler;
};

static bool check(const struct subject *subject, const struct oracle_request *request, struct oracle_tally *tally,
                  bool verbose, struct text *complaint)
{
    struct error error = ERROR_INIT;
    struct assembler_input input = {.name = subject->name,
                                    .source = subject->name,
                                    .text = subject->text,
                                    .length = strlen(subject->text),
                                    .threads = subject->threads,
                                    .iters = subject->iters};
    struct program *program = assembler_read(&input, &error);
    struct observation observation = {0};
    bool is_good = program != NULL && observation_add(&observation, program, subject->observe, &error);
    uint32_t word = 0;
    for (size_t p = observation.count; p-- > 0;)
        word = observation.places[p].thread == OBSERVED_WORD ? observation.places[p].number : word;
    bool agreed = false;
    struct text head = TEXT_INIT;
    text_print(&head, "== %s: %u threads, observing %s, scheduler %s ==\n%s", subject->name, subject->threads,
               subject->observe, subject->scheduler->name, subject->text);
    if (verbose)
        text_print(complaint, "%s", text_string(&head));
    if (!is_good)
        text_print(complaint, "line %u: %s\n", error.line, error.text);
    else
        agreed = examine(&(struct examination){.program = program,
                                               .word = word,
                                               .observation = observation,
                                               .request = request,
                                               .scheduler = subject->scheduler,
                                               .tally = tally,
                                               .complaint = complaint},
                         verbose);
    if (!agreed && !verbose)
        text_print(complaint, "%s", text_string(&head));
    text_free(&head);
    program_free(program);
    return agreed;
}

char *oracle_price(const char *text, uint64_t seed)
{
    struct text priced = TEXT_INIT;
    uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 7;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        uint64_t draw = subject_random(&random) >> 33;
        if (*line == ' ' && draw % 3 == 0)
            text_print(&priced, ".tick %u\n", (unsigned)(draw / 3 % 4));
        text_print(&priced, "%.*s", (int)length, line);
        line += length;
    }
    return text_take(&priced);
}

/* What is observed, as new: of most programs one variable. */
static char *draw_observation(uint64_t seed, const struct random_program *program)
{
    static const char *const names[] = {"x", "y", "z"};
    struct text list = TEXT_INIT;
    const char *thread = strstr(program->text, ".main") != NULL ? "T1" : "B";
    bool prints = strstr(program->text, "print") != NULL;
    text_print(&list, "%s", names[seed % 2 == 0 ? 0 : seed / 2 % program->variables]);
    if (prints && seed % 3 != 0) {
        text_free(&list);
        text_print(&list, "output");
    }
    if (seed % 5 == 0)
        text_print(&list, ",%s.%%ax", thread);
    if (seed % 7 == 0 && prints)
        text_print(&list, ",%s", seed % 3 != 0 ? "x" : "output");
    else if (seed % 7 == 0 && program->variables > 1)
        text_print(&list, ",%s", seed % 2 == 0 || seed / 2 % program->variables != 1 ? "y" : "x");
    return text_take(&list);
}

/* Which of the words the program has, at the beginnings of lines. */
static void count_words(const struct subject *subject, struct oracle_tally *tally)
{
    for (size_t w = 0; oracle_words[w] != NULL; w++) {
        const char *line = subject->text;
        size_t length = strlen(oracle_words[w]);
        while (line != NULL && (strncmp(line + strspn(line, " \n"), oracle_words[w], length) != 0 ||
                                isalnum((unsigned char)line[strspn(line, " \n") + length])))
            line = strchr(line + 1, '\n');
        tally->words[w] += line != NULL;
    }
    tally->tuples += strchr(subject->observe, ',') != NULL;
    tally->registers += strchr(subject->observe, '%') != NULL;
    tally->outputs += strstr(subject->observe, "output") != NULL;
}

/* Makes the mutex m of every second program lend priorities, where its scheduler has them. Takes the text, and returns it or another. */
static char *lend(char *text, uint64_t seed, struct oracle_scheduler *scheduler)
{
    static const char plain[] = ".mutex m\n", lending[] = ".mutex m, inherit\n";
    struct made_scheduler *made = (struct made_scheduler *)scheduler;
    const char *found = strstr(text, plain);
    if (seed % 2 == 0 || made == NULL || strstr(made->name, "priority") == NULL || found == NULL)
        return text;
    struct text lent = TEXT_INIT;
    text_print(&lent, "%.*s%s%s", (int)(found - text), text, lending, found + strlen(plain));
    memory_free(text);
    made->policy.inherits = true;
    return text_take(&lent);
}

bool oracle_check(uint64_t seed, const struct oracle_request *request, struct oracle_tally *tally, bool verbose,
                  struct text *complaint)
{
    struct random_program *program = random_program_new(seed, &request->options);
    struct oracle_scheduler *drawn =
        request->draw ? oracle_scheduler_draw(seed, request->kind, program->threads) : NULL;
    const struct oracle_scheduler *scheduler = request->scheduler ? request->scheduler : &free_choice;
    char *text = request->draw && seed % 4 < 2 ? oracle_price(program->text, seed) : memory_copy_string(program->text);
    text = lend(text, seed, drawn);
    char *observe = draw_observation(seed, program);
    char name[40];
    snprintf(name, sizeof name, "seed %" PRIu64, seed);
    struct subject subject = {.name = name,
                              .text = text,
                              .threads = program->threads,
                              .iters = 1,
                              .observe = observe,
                              .scheduler = drawn ? drawn : scheduler};
    count_words(&subject, tally);
    bool agreed = check(&subject, request, tally, verbose, complaint);
    memory_free(text);
    memory_free(observe);
    oracle_scheduler_free(drawn);
    random_program_free(program);
    return agreed;
}

bool oracle_check_text(const char *text, unsigned threads, unsigned iters, const char *observe,
                       const struct oracle_request *request, struct oracle_tally *tally, struct text *complaint)
{
    struct subject subject = {"text", text,    threads,
                              iters,  observe, request->scheduler ? request->scheduler : &free_choice};
    return check(&subject, request, tally, false, complaint);
}
