#include "tests/oracles/judge.h"

#include "base/memory.h"
#include "tests/oracles/execution.h"
#include "tests/oracles/judge_parts.h"
#include "tests/oracles/policy.h"
#include "tests/oracles/store_chain.h"
#include "tests/support/subject.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEDULES_MAX = 20000, LISTED_SCHEDULES_MAX = 400000 };

/* ---- The exercise ----------------------------------------------------------------------------------------------- */

static void add_right(struct judge *self, int64_t number)
{
    assert(self->right_count < ATTEMPT_RANGES_MAX);
    self->right[self->right_count++] = (struct attempt_range){number, number};
}

static bool is_right_value(const struct judge *self, int64_t value)
{
    for (size_t i = 0; i < self->key->stated.right.count; i++)
        if (self->key->stated.right.items[i].first <= value && value <= self->key->stated.right.items[i].last)
            return true;
    return false;
}

/* Whether under one quantum all final values are right ones, and there is nothing else that can happen. */
static bool is_right_quantum(const struct judge *self, int64_t quantum)
{
    struct property *parameters = property_copy_list(self->key->parameters, self->key->parameter_count);
    size_t count = self->key->parameter_count;
    struct policy policy;
    property_add_number(&parameters, &count, "quantum", quantum);
    policy_start(&policy, self->key->scheduler, parameters, count);
    struct survey *survey = survey_run(self->program, self->word, &policy.head);
    bool is_right = !survey->deadlocks && !survey->fails && !survey->gets_stuck;
    for (size_t r = 0; r < survey->count; r++)
        is_right = is_right && is_right_value(self, survey->rows[r].value);
    survey_free(survey);
    property_free_list(parameters, count);
    return is_right;
}

/* Counts the schedules that end with the value that is asked for. */
static bool count_schedules(struct judge *self)
{
    struct enumerator_bounds bounds = {SCHEDULES_MAX, ATTEMPT_STEPS_MAX};
    struct enumeration *all = enumerator_run(self->program, self->word, NULL, bounds);
    for (size_t r = 0; all != NULL && r < all->row_count; r++)
        if (all->rows[r].value == self->key->value)
            self->schedules = all->rows[r].schedules;
    bool is_known = all != NULL;
    enumeration_free(all);
    return is_known;
}

/* "x=1,y=2", or the text in quotation marks. */
static char *describe_end(const struct judge *self, const struct observation *observation,
                          const struct enumeration_end *end)
{
    struct text text = TEXT_INIT;
    if (self->key->kind == ASSIGNMENT_OUTPUTS)
        text_print(&text, "\"%s\"", end->output);
    for (size_t p = 0; p < observation->count && self->key->kind == ASSIGNMENT_OUTCOMES; p++) {
        text_print(&text, p > 0 ? "," : "");
        text_put(&text, observation_name(observation, self->program, p));
        text_print(&text, "=%" PRId64, end->tuple[p]);
    }
    return text_take(&text);
}

/* All ends, from all schedules one by one. */
static bool list_ends(struct judge *self)
{
    struct enumerator_bounds bounds = {LISTED_SCHEDULES_MAX, ATTEMPT_STEPS_MAX};
    struct observation observation = {0};
    struct error error = ERROR_INIT;
    if (!observation_add(&observation, self->program, self->key->observe, &error))
        return false;
    struct enumeration *all = enumerator_run_observing(self->program, &observation, NULL, bounds);
    if (all == NULL)
        return false;
    self->ends = memory_new(all->row_count + 1, sizeof *self->ends);
    for (size_t r = 0; r < all->row_count; r++)
        self->ends[self->end_count++] = describe_end(self, &observation, &all->rows[r]);
    enumeration_free(all);
    return true;
}

static bool learn(struct judge *self)
{
    const struct key *key = self->key;
    if (key->kind == ASSIGNMENT_OUTCOMES || key->kind == ASSIGNMENT_OUTPUTS)
        return list_ends(self);
    if (key->kind == ASSIGNMENT_COUNT)
        return count_schedules(self);
    if (key->kind == ASSIGNMENT_REPAIR)
        return true;
    if (key->kind == ASSIGNMENT_QUANTUM) {
        for (int64_t quantum = key->first_quantum; quantum <= key->last_quantum; quantum++)
            if (is_right_quantum(self, quantum))
                add_right(self, quantum);
        return true;
    }
    self->survey = survey_run(self->program, self->word, NULL);
    for (size_t r = 0; r < self->survey->count; r++)
        add_right(self, self->survey->rows[r].value);
    return true;
}

bool judge_start(struct judge *self, const struct key *key)
{
    *self = (struct judge){.key = key, .places = JUDGE_PLACES};
    struct error error = ERROR_INIT;
    self->program = subject_assemble(key->text, key->stated.threads, key->stated.iters, key->stated.symbols,
                                     key->stated.symbol_count, &error);
    bool is_list = key->kind == ASSIGNMENT_OUTCOMES || key->kind == ASSIGNMENT_OUTPUTS;
    int64_t word = self->program == NULL ? -1 : is_list ? 0 : program_find_word(self->program, key->observe);
    self->word = (uint32_t)word;
    if (word >= 0 && learn(self))
        return true;
    judge_free(self);
    return false;
}

void judge_free(struct judge *self)
{
    survey_free(self->survey);
    for (size_t e = 0; e < self->end_count; e++)
        memory_free(self->ends[e]);
    memory_free(self->ends);
    program_free(self->program);
}

/* ---- Sets ------------------------------------------------------------------------------------------------------- */

static int compare_ranges(const void *a, const void *b)
{
    const struct attempt_range *one = a, *other = b;
    return (one->first > other->first) - (one->first < other->first);
}

/* Sorts ranges and makes one of those that overlap; returns how many are left. */
static size_t merge(struct attempt_range *ranges, size_t count)
{
    size_t kept = 0;
    qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t r = 0; r < count; r++) {
        if (kept == 0 || ranges[r].first > ranges[kept - 1].last)
            ranges[kept++] = ranges[r];
        else if (ranges[r].last > ranges[kept - 1].last)
            ranges[kept - 1].last = ranges[r].last;
    }
    return kept;
}

/* The number of elements, or what is too many to be counted. */
static uint64_t size_of(const struct attempt_range *ranges, size_t count)
{
    uint64_t size = 0;
    for (size_t r = 0; r < count; r++) {
        uint64_t more = (uint64_t)ranges[r].last - (uint64_t)ranges[r].first;
        if (more >= UINT64_MAX / 4 || size >= UINT64_MAX / 4)
            return UINT64_MAX / 2;
        size += more + 1;
    }
    return size;
}

static bool is_in(const struct attempt_range *ranges, size_t count, int64_t number)
{
    for (size_t r = 0; r < count; r++)
        if (ranges[r].first <= number && number <= ranges[r].last)
            return true;
    return false;
}

/* All given are right, and at least half of the right ones are given; and the other way about. Of quanta, at least half of the
 * wrong ones must be left out, too. */
static void judge_set(const struct judge *self, const struct attempt *attempt, enum assignment_row sound,
                      enum judge_verdict *rows)
{
    struct attempt_range given[ATTEMPT_RANGES_MAX];
    uint64_t common = 0;
    memcpy(given, attempt->ranges, sizeof given);
    size_t count = merge(given, attempt->range_count);
    for (size_t r = 0; r < self->right_count; r++)
        common += is_in(given, count, self->right[r].first);
    uint64_t size = size_of(given, count);
    rows[sound] = judge_verdict_of(common == size && 2 * common >= self->right_count);
    rows[ROW_COMPLETE] = judge_verdict_of(common == self->right_count && 2 * common >= size);
    if (self->key->kind == ASSIGNMENT_QUANTUM) {
        uint64_t wrong = (uint64_t)(self->key->last_quantum - self->key->first_quantum + 1) - self->right_count;
        rows[ROW_COMPLETE] = judge_both(rows[ROW_COMPLETE], judge_verdict_of(2 * (size - common) <= wrong));
    }
}

static size_t count_end(char *const *ends, size_t count, const char *end)
{
    size_t found = 0;
    for (size_t e = 0; e < count; e++)
        found += strcmp(ends[e], end) == 0;
    return found;
}

/* The same of ends, of which each counts once. */
static void judge_ends(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    size_t given = 0, common = 0;
    for (size_t e = 0; e < attempt->end_count; e++)
        given += count_end(attempt->ends, e, attempt->ends[e]) == 0;
    for (size_t e = 0; e < self->end_count; e++)
        common += count_end(attempt->ends, attempt->end_count, self->ends[e]) > 0;
    rows[ROW_POSSIBLE] = judge_verdict_of(common == given && 2 * common >= self->end_count);
    rows[ROW_COMPLETE] = judge_verdict_of(common == self->end_count && 2 * common >= given);
}

/* ---- Schedules -------------------------------------------------------------------------------------------------- */

/* Executes a schedule as far as it goes; returns whether it goes to its end. */
static bool execute(const struct judge *self, const uint32_t *steps, size_t count, struct execution *execution)
{
    execution_start(execution, self->program);
    for (size_t s = 0; s < count; s++)
        if (!execution_step(execution, steps[s]))
            return false;
    return true;
}

bool judge_value(const struct judge *self, const uint32_t *steps, size_t count, int64_t *value)
{
    struct execution execution;
    bool is_good = execute(self, steps, count, &execution) && execution_is_finished(&execution);
    if (is_good)
        *value = execution_value(&execution, self->word);
    execution_free(&execution);
    return is_good;
}

/* Fills the rows of a schedule that is to end with a value; has_value is false where nobody knows which. Each of the
 * rows needs the one before. */
static void judge_schedule(const struct judge *self, const struct attempt *attempt, bool has_value, int64_t value,
                           enum judge_verdict *rows)
{
    struct execution execution;
    bool is_legal = execute(self, attempt->steps, attempt->step_count, &execution);
    is_legal = is_legal && (attempt->given & LINE_SCHEDULE) != 0;
    bool is_finished = is_legal && execution_is_finished(&execution);
    bool reaches = is_finished && has_value && execution_value(&execution, self->word) == value;
    const struct survey_row *row = reaches ? survey_find(self->survey, value) : NULL;
    rows[ROW_LEGAL] = judge_verdict_of(is_legal);
    rows[ROW_FINISHED] = judge_verdict_of(is_finished);
    rows[ROW_REACHES] = judge_verdict_of(reaches);
    rows[ROW_FEWEST] = judge_verdict_of(row != NULL && execution.preemptions == row->preemptions);
    execution_free(&execution);
}

/* ---- Chains ----------------------------------------------------------------------------------------------------- */

bool judge_chain(const struct judge *self, const uint32_t *steps, size_t count, struct attempt_link *links,
                 size_t *link_count)
{
    struct chained_store *chain;
    bool is_known = store_chain_find(self->program, self->word, steps, count, &chain, link_count);
    is_known = is_known && *link_count <= ATTEMPT_LINKS_MAX;
    *link_count = is_known ? *link_count : 0;
    for (size_t l = 0; l < *link_count; l++)
        links[l] = (struct attempt_link){chain[l].thread, chain[l].store};
    memory_free(chain);
    return is_known;
}

static void judge_links(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    struct attempt_link links[ATTEMPT_LINKS_MAX];
    size_t count;
    rows[ROW_CHAIN] = JUDGE_FAILS;
    if (rows[ROW_FINISHED] != JUDGE_PASSES || (attempt->given & LINE_CHAIN) == 0)
        return;
    rows[ROW_CHAIN] = JUDGE_OPEN;
    if (!judge_chain(self, attempt->steps, attempt->step_count, links, &count))
        return;
    bool is_same = count == attempt->link_count;
    for (size_t l = 0; l < count && is_same; l++)
        is_same = links[l].thread == attempt->links[l].thread && links[l].store == attempt->links[l].store;
    rows[ROW_CHAIN] = judge_verdict_of(is_same);
}

/* ---- Kinds ------------------------------------------------------------------------------------------------------ */

static void judge_values(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    judge_set(self, attempt, ROW_POSSIBLE, rows);
}

static void judge_quanta(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    judge_set(self, attempt, ROW_SOUND, rows);
}

static void judge_witness(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    judge_schedule(self, attempt, true, self->key->value, rows);
}

static void judge_minimum(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    bool has_value = (attempt->given & LINE_VALUE) != 0;
    rows[ROW_VALUE] = judge_verdict_of(has_value && attempt->value == self->survey->rows[0].value);
    judge_schedule(self, attempt, has_value, attempt->value, rows);
    judge_links(self, attempt, rows);
    rows[ROW_REACHES] = judge_both(rows[ROW_REACHES], rows[ROW_VALUE]);
    rows[ROW_CHAIN] = judge_both(rows[ROW_CHAIN], rows[ROW_VALUE]);
}

static void judge_number(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows)
{
    char digits[ATTEMPT_DIGITS_MAX];
    const char *given = attempt->digits + strspn(attempt->digits, "0");
    snprintf(digits, sizeof digits, "%" PRIu64, self->schedules);
    rows[ROW_COUNT] = judge_verdict_of(strcmp(given, self->schedules > 0 ? digits : "") == 0);
}

/* Whether a schedule and a chain name threads of the program alone. */
static bool has_threads(const struct judge *self, const struct attempt *attempt)
{
    bool has = true;
    for (size_t s = 0; s < attempt->step_count && (attempt->given & LINE_SCHEDULE) != 0; s++)
        has = has && attempt->steps[s] < self->program->thread_count;
    for (size_t l = 0; l < attempt->link_count && (attempt->given & LINE_CHAIN) != 0; l++)
        has = has && attempt->links[l].thread < self->program->thread_count;
    return has;
}

/* Whether the text can be read, but for programs. A list may not be empty, `none` aside. */
static bool is_readable(const struct attempt *attempt)
{
    unsigned given = attempt->given;
    bool is_empty = ((given & LINE_RANGES) != 0 && attempt->range_count == 0 && attempt->kind == ASSIGNMENT_VALUES) ||
                    ((given & LINE_ENDS) != 0 && attempt->end_count == 0) ||
                    ((given & LINE_SCHEDULE) != 0 && attempt->step_count == 0) ||
                    ((given & LINE_CHAIN) != 0 && attempt->link_count == 0) ||
                    ((given & LINE_COUNT) != 0 && attempt->digits[0] == '\0');
    return given != 0 && !is_empty && attempt->flaw == FLAW_NONE;
}

void judge_rows(const struct judge *self, const struct attempt *attempt, enum judge_verdict rows[ASSIGNMENT_ROWS])
{
    static void (*const kinds[ASSIGNMENT_KINDS])(const struct judge *, const struct attempt *, enum judge_verdict *) = {
        [ASSIGNMENT_VALUES] = judge_values, [ASSIGNMENT_WITNESS] = judge_witness, [ASSIGNMENT_MINIMUM] = judge_minimum,
        [ASSIGNMENT_COUNT] = judge_number,  [ASSIGNMENT_REPAIR] = judge_repair,   [ASSIGNMENT_QUANTUM] = judge_quanta,
        [ASSIGNMENT_OUTCOMES] = judge_ends, [ASSIGNMENT_OUTPUTS] = judge_ends,
    };
    for (size_t r = 0; r < ASSIGNMENT_ROWS; r++)
        rows[r] = JUDGE_FAILS;
    if (!is_readable(attempt) || !has_threads(self, attempt))
        return;
    rows[ROW_FORM] = JUDGE_PASSES;
    kinds[attempt->kind](self, attempt, rows);
}

enum judge_verdict judge_whole(const struct judge *self, const enum judge_verdict rows[ASSIGNMENT_ROWS])
{
    enum judge_verdict whole = JUDGE_PASSES;
    for (size_t r = 0; r < self->key->row_count; r++)
        whole = judge_both(whole, rows[self->key->rows[r].row]);
    return whole;
}
