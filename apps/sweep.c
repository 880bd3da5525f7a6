/* racecheck sweep: one check a point, each in a process of its own; the results side by side. */
#include "report/sweep.h"
#include "apps/axis.h"
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "apps/process.h"
#include "apps/source.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/process_pool.h"
#include "base/text.h"
#include "frontends/python_bytecode.h"
#include "report/json.h"
#include "report/sweep_csv.h"
#include "report/sweep_table.h"
#include "report/terminal.h"

#include <string.h>
#include <unistd.h>

enum { POINTS_MAX = AXIS_VALUES_MAX, PROBES_MAX = 16 };

/* What a question may be estimated to take at one point of many, unless --patience says otherwise. */
static const double point_patience = 0.5;

/* A sweep under way. */
struct sweep_command {
    struct options options; /* those of all points: without the axes among the operands */
    struct axis axes[SWEEP_AXES_MAX];
    size_t axis_count;
    struct sweep *sweep;
    size_t at_once;      /* processes */
    size_t done;         /* points */
    char *first_message; /* what the first point had to say on standard error, as it did */
    double started;
    bool is_progress_shown;
};

/* ---- What is swept ----------------------------------------------------------------------------------------------- */

static bool add_axis(struct sweep_command *self, const char *text, struct error *error)
{
    if (self->axis_count == SWEEP_AXES_MAX)
        return error_set(error, NULL, 0, 0, "'%s': a third parameter (expected at most %d that change)", text,
                         SWEEP_AXES_MAX);
    struct axis *axis = &self->axes[self->axis_count++];
    if (!axis_parse(axis, text, error))
        return false;
    if (self->axis_count == 2 && strcmp(self->axes[0].name, axis->name) == 0)
        return error_set(error, NULL, 0, 0, "'%s': %s changes already", text, axis->name);
    return true;
}

/* Whether a parameter has a fixed value, too, from an option. */
static bool is_given(const struct options *options, const char *name)
{
    return property_find(options->symbols, options->symbol_count, name) != NULL ||
           (strcmp(name, "threads") == 0 && options->has_threads) ||
           (strcmp(name, "iters") == 0 && options->has_iters) ||
           (strcmp(name, "check-interval") == 0 && options->has_check_interval) ||
           (strcmp(name, axis_memory) == 0 && property_find(options->symbols, options->symbol_count, "TSO") != NULL) ||
           (strcmp(name, axis_python) == 0 && (options->python != NULL || options->bytecode != NULL)) ||
           (strcmp(name, axis_cc) == 0 && options->cc != NULL) ||
           (strcmp(name, axis_cxx) == 0 && options->cxx != NULL) ||
           property_find(options->parameters, options->parameter_count, name) != NULL;
}

static bool check_axes(const struct sweep_command *self, struct error *error)
{
    size_t points = 1;
    if (self->axis_count == 0)
        return error_set(error, NULL, 0, 0,
                         "sweep needs a parameter that changes (expected NAME=RANGE, such as quantum=1..30)");
    for (size_t a = 0; a < self->axis_count; a++) {
        const struct axis *axis = &self->axes[a];
        points *= axis->count;
        if (!is_given(&self->options, axis->name))
            continue;
        return error_set(error, NULL, 0, 0,
                         "%s changes from point to point (expected it as NAME=RANGE or as an option, not both)",
                         axis->name);
    }
    if (points <= POINTS_MAX)
        return true;
    return error_set(error, NULL, 0, 0, "there are %zu points (expected at most %d)", points, POINTS_MAX);
}

/* Takes the axes from the operands; what remains are files. */
static bool read_operands(struct sweep_command *self, struct error *error)
{
    struct options *options = &self->options;
    size_t files = 0;
    for (size_t o = 0; o < options->operand_count; o++) {
        const char *operand = options->operands[o];
        if (!axis_is(operand))
            options->operands[files++] = operand;
        else if (!add_axis(self, operand, error))
            return false;
    }
    options->operand_count = files;
    for (size_t f = 0; f < files; f++) {
        if (strcmp(options->operands[f], "-") != 0)
            continue;
        return error_set(error, NULL, 0, 0,
                         "a sweep reads its program repeatedly (expected a file, not standard input)");
    }
    return delivery_outputs_differ(options, error) && check_axes(self, error);
}

/* Where on an axis a point lies; the last axis changes fastest. */
static size_t position(const struct sweep_command *self, size_t point, size_t axis)
{
    return axis + 1 < self->axis_count ? point / self->axes[axis + 1].count : point % self->axes[axis].count;
}

static bool apply_point(const struct sweep_command *self, size_t point, struct options *options, struct error *error)
{
    bool good = true;
    for (size_t a = 0; a < self->axis_count && good; a++)
        good = axis_apply(&self->axes[a], position(self, point, a), options, error);
    return good;
}

static void set_point_value(struct sweep_point *point, size_t number, const struct axis *axis, size_t value)
{
    point->values[number] = axis->values[value];
    if (axis->words != NULL)
        point->words[number] = memory_copy_string(axis->words[value]);
}

static void make_points(struct sweep_command *self)
{
    size_t count = 1;
    for (size_t a = 0; a < self->axis_count; a++)
        count *= self->axes[a].count;
    self->sweep = sweep_new(count);
    self->sweep->axis_count = self->axis_count;
    for (size_t a = 0; a < self->axis_count; a++)
        self->sweep->names[a] = memory_copy_string(self->axes[a].name);
    for (size_t p = 0; p < count; p++)
        for (size_t a = 0; a < self->axis_count; a++)
            set_point_value(&self->sweep->points[p], a, &self->axes[a], position(self, p, a));
    for (size_t a = 0; a < self->axis_count; a++)
        self->sweep->has_versions |= strcmp(self->axes[a].name, axis_python) == 0;
}

/* ---- What is the same at all points ------------------------------------------------------------------------------ */

static bool is_swept(const struct sweep_command *self, const char *name)
{
    for (size_t a = 0; a < self->axis_count; a++)
        if (strcmp(self->axes[a].name, name) == 0)
            return true;
    return false;
}

/* A name that is mistyped would be a symbol that nobody uses, and change nothing. */
static bool check_names(const struct sweep_command *self, const struct problem *problem, struct error *error)
{
    for (size_t a = 0; a < self->axis_count; a++) {
        const struct axis *axis = &self->axes[a];
        struct spelling spelling = spelling_start(axis->name, strlen(axis->name));
        if (axis_is_option(axis) || problem_mentions(problem, axis->name))
            continue;
        axis_consider_options(&spelling);
        problem_consider_symbols(problem, &spelling);
        return error_set(error, NULL, 0, 0, "there is no parameter '%s'%s", axis->name, spelling_advice(&spelling));
    }
    return true;
}

static void describe_settings(struct sweep_command *self, const struct problem *problem)
{
    const struct program *program = problem->program;
    struct sweep *sweep = self->sweep;
    const struct options *options = &self->options;
    sweep->model = memory_copy_string(program->name);
    if (!is_swept(self, "threads"))
        property_add_number(&sweep->settings, &sweep->setting_count, "threads", (int64_t)program->thread_count);
    if (!is_swept(self, "iters") && program->reading == NULL)
        property_add_number(&sweep->settings, &sweep->setting_count, "ITERS", options->iters);
    for (size_t s = 0; s < options->symbol_count; s++)
        property_set(&sweep->settings, &sweep->setting_count, &options->symbols[s]);
    if (options->registers != NULL)
        property_add_text(&sweep->settings, &sweep->setting_count, "registers", options->registers);
    if (problem->observation.count > 0)
        sweep->observe = observation_names(&problem->observation, program);
}

static void describe_scheduler(struct sweep_command *self, const struct scheduler *scheduler)
{
    struct property *parameters = NULL;
    size_t count = 0;
    scheduler_describe(scheduler, &parameters, &count);
    self->sweep->scheduler = memory_copy_string(scheduler->kind->name);
    for (size_t p = 0; p < count; p++)
        if (!is_swept(self, parameters[p].name))
            property_set(&self->sweep->parameters, &self->sweep->parameter_count, &parameters[p]);
    property_free_list(parameters, count);
}

/* Looks at the program of one point. Sets *described where that was possible; what is wrong with a single point is for that
 * point to say, and false is returned, with *error set, for what is wrong with them all. */
static bool probe(struct sweep_command *self, size_t point, bool *described, struct error *error)
{
    struct options options = options_copy(&self->options);
    struct error own = ERROR_INIT;
    struct problem problem = {0};
    bool is_made = apply_point(self, point, &options, &own) && source_problem(&problem, &options, 0, &own);
    bool good = problem.program == NULL ||
                (check_names(self, &problem, error) && source_uses_symbols(&problem, &options, error) &&
                 source_takes_parameters(&problem, error));
    *described = good && is_made;
    if (*described) {
        describe_settings(self, &problem);
        describe_scheduler(self, problem.scheduler);
    }
    problem_free(&problem);
    options_free(&options);
    return good;
}

/* Describes what is the same everywhere, from the first point at which all is well. */
static bool describe(struct sweep_command *self, struct error *error)
{
    bool described = false;
    for (size_t p = 0; p < self->sweep->point_count && p < PROBES_MAX && !described; p++)
        if (!probe(self, p, &described, error))
            return false;
    if (!described)
        self->sweep->model = memory_copy_string(self->options.operand_count > 0 ? self->options.operands[0]
                                                : self->options.model != NULL   ? self->options.model
                                                                                : "unlocked");
    return true;
}

/* ---- Points ------------------------------------------------------------------------------------------------------ */

static size_t core_count(const struct options *options)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return options->jobs > 0 ? (size_t)options->jobs : cores > 0 ? (size_t)cores : 1;
}

/* The memory of the machine is shared by the processes. */
static uint64_t memory_share(const struct sweep_command *self)
{
    uint64_t memory = examination_memory(&self->options);
    return self->options.max_memory > 0 ? memory : memory / self->at_once;
}

/* A point in its own process. */
struct point {
    struct sweep_command *command;
    size_t number;
};

/* Checks a point, and leaves its result on standard output. */
static enum status check_point(void *context, struct error *error)
{
    const struct point *point = context;
    struct sweep_command *self = point->command;
    struct options options = options_copy(&self->options);
    if (!apply_point(self, point->number, &options, error))
        return STATUS_USAGE;
    options.json = "-";
    options.output = options.csv = NULL;
    options.witnesses = WITNESS_NONE;
    options.progress = WHEN_NEVER;
    options.patience = options.patience > 0 ? options.patience : point_patience;
    options.jobs = (int64_t)(core_count(&self->options) / self->at_once);
    options.max_memory = memory_share(self);
    process_limit(options.max_memory, options.timeout);
    enum status status = command_check(&options, error);
    options_free(&options);
    return status;
}

static int run_point(void *context, size_t number, int input)
{
    (void)input;
    struct point point = {context, number};
    return (int)process_run(check_point, &point);
}

/* What a process wrote to standard error, as a note: one line, without the program's name. */
static char *make_note(const char *messages)
{
    static const char prefix[] = "racecheck: ";
    struct text note = TEXT_INIT;
    for (char *line; (line = text_next_part(&messages, "\n", false)) != NULL; memory_free(line)) {
        size_t skipped = strncmp(line, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
        text_print(&note, "%s%s", note.length > 0 ? "; " : "", line + skipped);
    }
    return text_take(&note);
}

static void note_point(struct sweep_point *point, const struct process_report *report)
{
    struct text note = TEXT_INIT;
    if (report->signal != 0)
        text_print(&note, "crashed: %s", strsignal(report->signal));
    else if (report->end == PROCESS_FULL)
        text_print(&note, "out of memory");
    else if (report->messages[0] == '\0')
        text_print(&note, "no result came back");
    point->note = note.length > 0 ? text_take(&note) : make_note(report->messages);
}

static void show_progress(struct sweep_command *self)
{
    bool rewrites = isatty(STDERR_FILENO) != 0;
    bool is_due = self->options.progress == WHEN_ALWAYS ||
                  (self->options.progress == WHEN_AUTO && rewrites && clock_seconds() > self->started + 1);
    if (!is_due)
        return;
    fprintf(stderr, "%sracecheck: sweep: %zu of %zu points%s", rewrites ? "\r\033[K" : "", self->done,
            self->sweep->point_count, rewrites ? "" : "\n");
    fflush(stderr);
    self->is_progress_shown = rewrites;
}

/* In our own process: takes what came of a point. */
static void receive(void *context, size_t job, const struct process_report *report)
{
    struct sweep_command *self = context;
    struct sweep_point *point = &self->sweep->points[job];
    point->status = report->status;
    point->has_result = sweep_result_read(&point->result, report->output, report->length);
    if (point->has_result && self->options.json != NULL)
        point->document = memory_copy_string(report->output);
    if (point->status == STATUS_OK && !point->has_result)
        point->status = -1;
    if (point->status != STATUS_OK || report->messages[0] != '\0') /* what holds may be warned of, too */
        note_point(point, report);
    if (job == 0)
        self->first_message = memory_copy_string(report->messages);
    self->done++;
    show_progress(self);
}

static bool run_points(struct sweep_command *self)
{
    const volatile sig_atomic_t *interrupt = process_listen();
    struct sweep *sweep = self->sweep;
    size_t cores = core_count(&self->options);
    self->at_once = cores < sweep->point_count ? cores : sweep->point_count;
    self->started = clock_seconds();
    process_pool_run(&(struct process_pool){.job_count = sweep->point_count,
                                            .at_once = self->at_once,
                                            .task = run_point,
                                            .receive = receive,
                                            .context = self,
                                            .interrupt = interrupt});
    if (self->is_progress_shown)
        fputs("\r\033[K", stderr);
    for (size_t p = 0; p < sweep->point_count; p++)
        if (sweep->points[p].status < 0 && sweep->points[p].note == NULL)
            sweep->points[p].note = memory_copy_string("not checked: interrupted");
    return *interrupt == 0;
}

/* ---- From interpreter to interpreter ----------------------------------------------------------------------------- */

/* What can be at the end, as a text that is the same where that is the same. */
static char *ends_of(const struct sweep_result *result)
{
    struct text ends = TEXT_INIT;
    sweep_print_reachable(&ends, result, SIZE_MAX);
    if (ends.length == 0)
        text_print(&ends, "%s", result->size != NULL ? result->size : "");
    text_print(&ends, "%s", result->can_deadlock ? " deadlock" : "");
    return text_take(&ends);
}

/* Says at a point why other ends are possible than at the one before. */
static void note_change(const struct sweep_point *before, struct sweep_point *point)
{
    const struct sweep_result *old = &before->result, *new = &point->result;
    if (!old->complete || !new->complete || old->version == NULL || new->version == NULL || old->rules == NULL ||
        new->rules == NULL)
        return;
    char *was = ends_of(old), *is = ends_of(new);
    struct text note = TEXT_INIT;
    if (strcmp(was, is) != 0) {
        bool is_same = strcmp(old->rules, new->rules) == 0;
        text_print(&note, "%s%sother than with %s, since %s", point->note != NULL ? point->note : "",
                   point->note != NULL ? "; " : "", old->version,
                   is_same ? "the program is compiled in another way"
                           : python_rules_describe(python_rules_find(new->rules)));
        memory_free(point->note);
        point->note = text_take(&note);
    }
    memory_free(was);
    memory_free(is);
}

/* Where the last axis is that of interpreters, neighbours on it are compared. */
static void note_changes(struct sweep_command *self)
{
    size_t last = self->axis_count - 1;
    for (size_t p = 1; p < self->sweep->point_count; p++)
        if (strcmp(self->axes[last].name, axis_python) == 0 && position(self, p, last) > 0)
            note_change(&self->sweep->points[p - 1], &self->sweep->points[p]);
}

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

static void write_table(void *context, FILE *stream)
{
    const struct sweep_command *self = context;
    struct terminal terminal = terminal_detect(stream);
    sweep_table_print(stream, self->sweep, &terminal);
}

static void write_document(void *context, FILE *stream)
{
    const struct sweep_command *self = context;
    json_write_sweep(stream, self->sweep);
}

static void write_lines(void *context, FILE *stream)
{
    const struct sweep_command *self = context;
    sweep_csv_write(stream, self->sweep);
}

static bool report(struct sweep_command *self, struct error *error)
{
    return deliver(self->options.json, write_document, self, error) &&
           deliver(self->options.csv, write_lines, self, error) &&
           deliver(delivery_report_path(&self->options), write_table, self, error);
}

/* ---- The verdict ------------------------------------------------------------------------------------------------- */

/* Whether all points failed of the same before anything was found: then there is nothing to put side by side. */
static bool have_all_failed(const struct sweep *sweep)
{
    for (size_t p = 0; p < sweep->point_count; p++) {
        const struct sweep_point *point = &sweep->points[p];
        if (point->status != STATUS_USAGE || point->has_result || strcmp(point->note, sweep->points[0].note) != 0)
            return false;
    }
    return true;
}

/* Statuses from the best to the worst. */
static const enum status ranking[] = {STATUS_OK, STATUS_INCOMPLETE, STATUS_VIOLATED, STATUS_USAGE, STATUS_INTERNAL};

enum { RANK_COUNT = sizeof ranking / sizeof ranking[0] };

static size_t rank_of(int status)
{
    for (size_t r = 0; r < RANK_COUNT; r++)
        if ((int)ranking[r] == status)
            return r;
    return RANK_COUNT - 1;
}

/* Says at how many points what went wrong, and returns the worst status. */
static enum status verdict(const struct sweep *sweep)
{
    static const char *const words[RANK_COUNT] = {NULL, "INCOMPLETE", "assertion violated", "wrong usage or bad input",
                                                  "failed"};
    size_t counts[RANK_COUNT] = {0}, worst = 0;
    for (size_t p = 0; p < sweep->point_count; p++) {
        size_t rank = rank_of(sweep->points[p].status);
        counts[rank]++;
        worst = rank > worst ? rank : worst;
    }
    for (size_t r = 1; r < RANK_COUNT; r++)
        if (counts[r] > 0)
            fprintf(stderr, "racecheck: %s at %zu of %zu point%s\n", words[r], counts[r], sweep->point_count,
                    sweep->point_count == 1 ? "" : "s");
    return ranking[worst];
}

static enum status run(struct sweep_command *self, struct error *error)
{
    if ((self->options.compute & QUESTION_DETECTION) != 0)
        return error_set(error, NULL, 0, 0, "--compute: a sweep has no place for detection (check and report have)"),
               STATUS_USAGE;
    if (!read_operands(self, error))
        return STATUS_USAGE;
    make_points(self);
    if (!describe(self, error))
        return STATUS_USAGE;
    bool finished = run_points(self);
    note_changes(self);
    if (have_all_failed(self->sweep))
        fputs(self->first_message, stderr);
    if (have_all_failed(self->sweep) || !report(self, error))
        return STATUS_USAGE;
    if (finished)
        return verdict(self->sweep);
    fputs("racecheck: INCOMPLETE: interrupted\n", stderr);
    return STATUS_INTERRUPTED;
}

enum status command_sweep(const struct options *options, struct error *error)
{
    struct sweep_command self = {.options = options_copy(options)};
    enum status status = run(&self, error);
    for (size_t a = 0; a < self.axis_count; a++)
        axis_free(&self.axes[a]);
    sweep_free(self.sweep);
    memory_free(self.first_message);
    options_free(&self.options);
    return status;
}
