/* racecheck check: the pipeline. Options -> program -> analysis -> outcome (apps/examination.h) -> reports -> exit status. */
#include "analysis/all_iterations.h"
#include "analysis/stategraph.h"
#include "apps/certification.h"
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "apps/simulation.h"
#include "apps/turns_simulation.h"
#include "base/memory.h"
#include "report/dot.h"
#include "report/itf.h"
#include "report/json.h"
#include "report/members.h"
#include "report/step_list.h"
#include "report/text_report.h"
#include "report/timeline.h"

#include <stddef.h>
#include <string.h>

/* A check under way. */
struct check {
    const struct options *options;
    struct examination examination;
    const struct outcome *outcome;   /* the examination's */
    struct simulation simulation;    /* for --schedule: what is done instead of a search */
    struct stategraph *stategraph;   /* or NULL */
    const struct document *document; /* the one that is written */
    struct observed_end *ends;       /* for --value, one for each */
};

/* ---- Analysing --------------------------------------------------------------------------------------------------- */

typedef void witness_writer(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness);

/* The documents about the witness, in the order in which they are written: where in the options the path is kept, and who writes
 * there. */
static const struct document {
    size_t path;
    witness_writer *write;
} documents[] = {
    {offsetof(struct options, witness), json_write_witness},
    {offsetof(struct options, itf), itf_write_witness},
    {offsetof(struct options, trace), timeline_write_witness},
    {offsetof(struct options, dot), dot_write_witness},
};

enum { DOCUMENTS = sizeof documents / sizeof documents[0] };

/* Where a document is to go; NULL where it is not wanted. */
static const char *path_of(const struct options *options, const struct document *document)
{
    const char *path;
    memcpy(&path, (const char *)options + document->path, sizeof path);
    return path;
}

/* Where the first of them is to go; NULL where none is wanted. */
static const char *first_wanted(const struct options *options)
{
    const char *path = NULL;
    for (size_t d = 0; d < DOCUMENTS && path == NULL; d++)
        path = path_of(options, &documents[d]);
    return path;
}

/* What was asked for by name is insisted on and nothing else is computed, except what the outputs need. A point of a sweep
 * shows values and counts alone. */
static unsigned questions_of(const struct options *options)
{
    if (options->compute == 0)
        return options->command == COMMAND_SWEEP
                   ? QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_COUNTS | QUESTION_EVENTS
                   : QUESTION_ALL;
    unsigned questions = options->compute | QUESTION_EXTREMES;
    if ((questions & ~(unsigned)QUESTION_EXTREMES) != 0)
        questions |= QUESTION_VALUES;
    if (options->has_value || first_wanted(options) != NULL || options->witnesses == WITNESS_ALL)
        questions |= QUESTION_WITNESS;
    return questions;
}

static bool analyse(struct check *self, struct error *error)
{
    const struct options *options = self->options;
    struct examination *examination = &self->examination;
    struct analysis_options wishes = {
        .questions = questions_of(options),
        .insist = options->compute,
        .witness = options->has_value ? WITNESS_VALUE : options->witnesses,
        .witness_ends = self->ends,
        .witness_end_count = options->values.count,
        .count_behaviour = options->behaviour != NULL,
        .ask_starvation = options->has_fairness,
        .fairness = options->fairness,
    };
    bool good = examination_run(examination, &wishes, error);
    if (good && options->graph != NULL)
        self->stategraph = stategraph_new(examination->problem.program, examination->problem.scheduler,
                                          examination->problem.word, &examination->budget);
    return good;
}

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

static void write_report(void *context, FILE *stream)
{
    const struct check *self = context;
    char *steps = self->options->explain == EXPLAIN_STEPS ? step_list(self->examination.problem.program) : NULL;
    struct text_report_options options = {.terminal = terminal_detect(stream),
                                          .full = self->options->full,
                                          .timing = self->options->timing,
                                          .listing = steps};
    if (self->simulation.trace != NULL)
        text_report_schedule(stream, self->outcome, self->simulation.trace,
                             schedule_step_count(&self->simulation.schedule),
                             self->options->schedule_then == REPLAY_REPEATS, &options);
    else
        text_report_outcome(stream, self->outcome, &options);
    memory_free(steps);
}

static void write_result(void *context, FILE *stream)
{
    const struct check *self = context;
    json_write_result(stream, self->outcome, self->options->timing);
}

static void write_document(void *context, FILE *stream)
{
    const struct check *self = context;
    self->document->write(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_state_drawing(void *context, FILE *stream)
{
    const struct check *self = context;
    dot_write_stategraph(stream, self->stategraph, self->outcome);
}

/* Why there is no witness, as new: what was left out, and the option that asks for it. */
static char *tell_missing_witness(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    text_print(&text, "there is no witness");
    for (size_t o = 0; o < outcome->omission_count; o++) {
        const struct outcome_omission *omission = &outcome->omissions[o];
        if (strcmp(omission->question, "witness") == 0 || strcmp(omission->question, "preemptions") == 0) {
            text_print(&text, " (%s%s%s)", omission->reason, omission->remedy[0] != '\0' ? ": " : "", omission->remedy);
            break;
        }
    }
    return text_take(&text);
}

/* Says what a reader of the documents would miss; returns whether there is a witness to write. */
static bool has_witness(struct check *self)
{
    const struct options *options = self->options;
    size_t count = self->outcome->witness_count;
    if (count == 0 && first_wanted(options) != NULL) {
        char *reason = tell_missing_witness(self->outcome);
        examination_refuse(&self->examination, reason, first_wanted(options));
        memory_free(reason);
    }
    if (options->witness != NULL && count > 1 && options->values.count > 1)
        fprintf(stderr, "racecheck: of %zu witnesses the first is written\n", count);
    else if (options->witness != NULL && count > 1 && options->witnesses == WITNESS_MINIMUM && !options->has_value)
        fprintf(
            stderr,
            "racecheck: of %zu witnesses the first is written (--value or --witnesses deadlock, error, overlap or hang for another)\n",
            count);
    return count > 0;
}

static bool deliver_witness(struct check *self, struct error *error)
{
    bool good = true, is_there = has_witness(self);
    for (size_t d = 0; d < DOCUMENTS && is_there && good; d++) {
        self->document = &documents[d];
        good = deliver(path_of(self->options, self->document), write_document, self, error);
    }
    return good;
}

static bool deliver_drawing(struct check *self, struct error *error)
{
    const char *path = self->options->graph;
    if (path == NULL || !self->stategraph->too_large)
        return deliver(path, write_state_drawing, self, error);
    char *reason = text_format("the state graph has more than %d states and is not drawn", STATEGRAPH_NODES_MAX);
    examination_refuse(&self->examination, reason, path);
    memory_free(reason);
    return true;
}

static void write_automaton(void *context, FILE *stream)
{
    const struct check *self = context;
    dot_write_behaviour(stream, self->outcome->behaviour, self->outcome);
}

/* Why there is no automaton to draw; NULL where there is. */
static const char *behaviour_gap(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    if (!observation_has_output(&self->examination.problem.observation))
        return "the output is not observed (--observe output)";
    if (!outcome->has_behaviour)
        return "a limit was reached before all that can be printed was known";
    if (outcome->behaviour->state_count > DOT_BEHAVIOUR_STATES_MAX)
        return "its automaton has more than 2000 states";
    return NULL;
}

static bool deliver_behaviour(struct check *self, struct error *error)
{
    const char *path = self->options->behaviour, *gap = path != NULL ? behaviour_gap(self) : NULL;
    if (gap == NULL)
        return deliver(path, write_automaton, self, error);
    char *reason = text_format("what is printed is not drawn: %s", gap);
    examination_refuse(&self->examination, reason, path);
    memory_free(reason);
    return true;
}

static bool report(struct check *self, struct error *error)
{
    char checksums[2][CERTIFICATE_CHECKSUM_SIZE];
    return deliver(self->options->json, write_result, self, error) && deliver_witness(self, error) &&
           deliver_drawing(self, error) && deliver_behaviour(self, error) &&
           certification_deliver(&self->examination, checksums, error) &&
           deliver(delivery_report_path(self->options), write_report, self, error);
}

/* ---- The verdict ------------------------------------------------------------------------------------------------- */

/* A claim about values holds in every schedule that ends with one, which may be less than it seems. */
static void note_vacuous(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    if (!outcome->complete || !(claims_have(outcome, CLAIM_VALUE) || claims_have(outcome, CLAIM_FINAL)))
        return;
    if (!outcome->has_extremes)
        fputs("racecheck: no schedule ends with a value: assertions about values hold for that reason alone\n", stderr);
    else if (outcome->can_hang)
        fputs("racecheck: some schedules never end: assertions about values hold only for those that do\n", stderr);
}

/* "x = 1, y = 2", "output "ab"": what --value asks for. */
static char *print_wanted(const struct check *self, const struct observed_end *end)
{
    struct text text = TEXT_INIT;
    const struct observation *observation = &self->examination.problem.observation;
    for (size_t m = 0; m < observation->count; m++) {
        text_print(&text, "%s", m > 0 ? ", " : "");
        if (observation->places[m].thread == OBSERVED_OUTPUT) {
            text_print(&text, "output ");
            text_print_quoted(&text, end->output);
        } else {
            text_put(&text, observation_name(observation, self->examination.problem.program, m));
            text_print(&text, " = %lld", (long long)end->numbers[m]);
        }
    }
    return text_take(&text);
}

/* Complains of each end that was asked for of which so much is known; returns whether there is one. */
static bool complain(const struct check *self, enum reachability reach)
{
    bool is_any = false;
    for (size_t e = 0; e < self->options->values.count; e++) {
        if (members_reach(self->outcome, &self->ends[e]) != reach)
            continue;
        char *wanted = print_wanted(self, &self->ends[e]);
        fprintf(stderr,
                reach == REACH_UNKNOWN ? "racecheck: whether a schedule ends with %s was not computed\n"
                                       : "racecheck: no schedule ends with %s\n",
                wanted);
        memory_free(wanted);
        is_any = true;
    }
    return is_any;
}

/* Whether something was asked that the outcome does not tell, though no limit was reached: it was left out as too
 * expensive. Silence would pass for a yes. */
static bool is_undecided(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    bool undecided = false;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const char *missing = claim_gap(&outcome->claims[c], outcome);
        if (missing == NULL)
            continue;
        fprintf(stderr, "racecheck: assertion not decided: %s (%s)\n", outcome->claims[c].text, missing);
        undecided = true;
    }
    return complain(self, REACH_UNKNOWN) || undecided;
}

static enum status verdict(const struct check *self)
{
    bool interrupted = self->examination.budget.limit == BUDGET_INTERRUPTED;
    bool violated = !interrupted && examination_is_violated(&self->examination),
         unreachable = !interrupted && self->outcome->complete && complain(self, REACH_IMPOSSIBLE);
    if (violated || unreachable)
        return STATUS_VIOLATED;
    note_vacuous(self);
    enum status status = self->simulation.trace != NULL ? simulation_status(&self->simulation, &self->examination)
                                                        : examination_status(&self->examination);
    if (status != STATUS_OK)
        return status;
    return is_undecided(self) ? STATUS_INCOMPLETE : self->examination.refusal;
}

static enum status simulate(struct check *self, struct error *error)
{
    if (program_is_rolled(self->examination.problem.program))
        return turns_simulation_run(&self->examination, error);
    enum status status = simulation_run(&self->simulation, &self->examination, error);
    if (status != STATUS_OK)
        return status;
    return report(self, error) ? verdict(self) : STATUS_USAGE;
}

static bool options_fit(const struct options *options, struct error *error)
{
    if (options->schedule != NULL || options->schedule_then == REPLAY_STOPS)
        return true;
    return error_set(error, NULL, 0, 0,
                     "--schedule-then: there is no schedule to continue (expected --schedule with it)");
}

static bool read_ends(struct check *self, struct error *error)
{
    const struct problem *problem = &self->examination.problem;
    const struct option_list *values = &self->options->values;
    struct error inner = ERROR_INIT;
    char *names = observation_names(&problem->observation, problem->program);
    bool is_good =
        values->count == 0 || names[0] != '\0' || error_set(&inner, NULL, 0, 0, "nothing is observed that has a value");
    self->ends = memory_new(values->count + 1, sizeof *self->ends);
    for (size_t v = 0; v < values->count && is_good; v++)
        is_good = observed_end_read(&self->ends[v], values->items[v], names, &inner);
    memory_free(names);
    return is_good || error_set(error, NULL, 0, 0, "--value: %s", inner.text);
}

/* ---- Loops ------------------------------------------------------------------------------------------------------- */

/* From so many instructions on a code keeps its loop, if what is asked can be answered so: for every number of repetitions. */
enum { ROLLED_FROM = 30000 };

static bool are_about_values(const struct option_list *assertions)
{
    static const char *const others[] = {"always", "possible", "terminates", "no-", "leads-to", "bypass", "exclusive"};
    for (size_t a = 0; a < assertions->count; a++)
        for (size_t o = 0; o < sizeof others / sizeof *others; o++)
            if (strstr(assertions->items[a], others[o]) != NULL)
                return false;
    return true;
}

/* Whether bounds, values and schedules for both ends are all that is asked. */
static bool may_roll(const struct options *options)
{
    const unsigned told = QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_WITNESS;
    return (options->compute & ~told) == 0 && options->slice != WHEN_NEVER && options->values.count == 0 &&
           (options->witnesses == WITNESS_MINIMUM || options->witnesses == WITNESS_NONE) &&
           first_wanted(options) == NULL && options->graph == NULL && options->behaviour == NULL &&
           options->schedule_then == REPLAY_STOPS && options->counted == NULL && !options->fences &&
           !options->has_fairness && !options->by_outcome && options->explain != EXPLAIN_STEPS &&
           are_about_values(&options->assertions);
}

static bool prepare(struct check *self, uint64_t rolled_from, struct error *error)
{
    bool is_good =
        examination_prepare_rolled(&self->examination, self->options, rolled_from, error) && read_ends(self, error);
    self->outcome = self->examination.outcome;
    return is_good;
}

static void unprepare(struct check *self)
{
    for (size_t v = 0; v < self->options->values.count && self->ends != NULL; v++)
        observed_end_free(&self->ends[v]);
    memory_free(self->ends);
    self->ends = NULL;
    examination_free(&self->examination);
}

/* Of a code that is too long to be unrolled, and was, since the question is another one: says which ones could be answered. */
static bool refuse_question(struct check *self, struct error *error)
{
    struct error unrolled = *error, ignored = ERROR_INIT;
    unprepare(self);
    if (prepare(self, ROLLED_FROM, &ignored) && program_is_rolled(self->examination.problem.program)) {
        *error = ERROR_INIT;
        error_set(error, unrolled.source, unrolled.line, unrolled.column,
                  "%s; of so many repetitions only bounds, values, certificates and claims about values are told "
                  "(expected no --value, --witness or --slice off, and no other question)",
                  unrolled.text);
    }
    return false;
}

/* Where the proof for every number of repetitions does not apply, all instructions are looked at, if there are not too many: else why
 * it does not is what is said. */
static bool prepare_and_analyse(struct check *self, struct error *error)
{
    struct error rolled = ERROR_INIT;
    bool is_schedule = self->options->schedule != NULL, rolls = may_roll(self->options);
    /* A schedule of that many steps is told by its repetitions, and executed so. */
    uint64_t rolled_from = is_schedule ? SCHEDULE_ACTIONS_MAX / PROGRAM_THREADS_MAX : ROLLED_FROM;
    if (!prepare(self, rolls ? rolled_from : 0, error))
        return rolls || error->line == 0 ? false : refuse_question(self, error);
    if (self->options->schedule != NULL)
        return true;
    bool is_rolled = program_is_rolled(self->examination.problem.program);
    if (analyse(self, is_rolled ? &rolled : error))
        return true;
    if (!is_rolled)
        return false;
    bool is_proved = self->outcome->iterations != NULL && self->outcome->iterations->reason == NULL;
    unprepare(self);
    struct error unrolled = ERROR_INIT;
    if (prepare(self, 0, &unrolled))
        return analyse(self, error);
    if (is_proved)
        *error = rolled;
    else
        error_set(error, unrolled.source, unrolled.line, unrolled.column, "%s; %s", unrolled.text, rolled.text);
    return false;
}

static enum status run(struct check *self, struct error *error)
{
    if (!options_fit(self->options, error) || !delivery_outputs_differ(self->options, error) ||
        !prepare_and_analyse(self, error))
        return STATUS_USAGE;
    if (self->options->schedule != NULL)
        return simulate(self, error);
    return report(self, error) ? verdict(self) : STATUS_USAGE;
}

enum status command_check(const struct options *options, struct error *error)
{
    struct check self = {.options = options};
    enum status status = run(&self, error);
    stategraph_free(self.stategraph);
    simulation_free(&self.simulation);
    unprepare(&self);
    return status;
}
