#include "report/measurement.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/findings.h"
#include "report/middle.h"
#include "report/prose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 40, LINES_SHOWN_EACH_END = 16, GAP = 2 };

/* ---- Judging ----------------------------------------------------------------------------------------------------- */

bool measurement_is_complete(const struct outcome *outcome)
{
    return outcome->complete && !outcome->has_gap;
}

/* What was not found is possible for all that is known, where not everything is. */
static enum reachability doubt(const struct outcome *outcome, enum reachability reach)
{
    return reach == REACH_IMPOSSIBLE && !measurement_is_complete(outcome) ? REACH_UNKNOWN : reach;
}

enum reachability measurement_reach_output(const struct outcome *outcome, const char *text)
{
    struct observed_end end = {.output = (char *)text, .count = 1};
    return doubt(outcome, members_reach(outcome, &end));
}

enum reachability measurement_reach_hang(const struct outcome *outcome)
{
    enum claim_verdict hangs = outcome_hangs(outcome);
    return hangs == CLAIM_HOLDS      ? REACH_POSSIBLE
           : hangs == CLAIM_VIOLATED ? doubt(outcome, REACH_IMPOSSIBLE)
                                     : REACH_UNKNOWN;
}

enum reachability measurement_reach_failure(const struct outcome *outcome)
{
    return outcome->can_die || (outcome->can_fail && !outcome->has_gap) ? REACH_POSSIBLE
                                                                        : doubt(outcome, REACH_IMPOSSIBLE);
}

uint64_t measurement_alarms(const struct measurement *self, const struct outcome *outcome)
{
    uint64_t count = 0;
    for (size_t o = 0; o < self->output_count; o++)
        if (measurement_reach_output(outcome, self->outputs[o].text) == REACH_IMPOSSIBLE)
            count += self->outputs[o].seen;
    if (measurement_reach_hang(outcome) == REACH_IMPOSSIBLE)
        count += self->hung;
    if (measurement_reach_failure(outcome) == REACH_IMPOSSIBLE)
        count += self->failed;
    return count;
}

size_t measurement_seen(const struct measurement *self, const struct outcome *outcome)
{
    size_t count = 0;
    for (size_t o = 0; o < self->output_count; o++)
        count += measurement_reach_output(outcome, self->outputs[o].text) == REACH_POSSIBLE;
    return count;
}

/* Whether each output is a row. */
static bool has_rows(const struct outcome *outcome)
{
    return outcome->complete && outcome->has_values && outcome->rows != NULL && members_count(outcome) == 1 &&
           !members_have_others(outcome);
}

bool measurement_count_possible(const struct outcome *outcome, mpz_t count)
{
    if (outcome->has_gap)
        return false;
    if (has_rows(outcome))
        mpz_set_ui(count, outcome->row_count);
    else if (outcome->complete && outcome->has_behaviour && !outcome->behaviour->is_infinite)
        mpz_set(count, outcome->behaviour->count);
    else
        return false;
    return !(outcome->has_behaviour && outcome->behaviour->is_of_prefixes);
}

static int compare_text(const void *text, const void *output)
{
    return strcmp(text, ((const struct measured_output *)output)->text);
}

static uint64_t seen_of(const struct measurement *self, const char *text)
{
    const struct measured_output *found =
        self->output_count > 0 ? bsearch(text, self->outputs, self->output_count, sizeof *self->outputs, compare_text)
                               : NULL;
    return found != NULL ? found->seen : 0;
}

static double difference(const struct measurement *self, uint64_t seen, double probability)
{
    return fabs((double)seen / (double)self->runs - probability);
}

/* The probability of those that never end. */
static double probability_of_none(const struct outcome *outcome)
{
    return mpq_get_d(outcome->random_deadlocked) + mpq_get_d(outcome->random_endless);
}

bool measurement_distance(const struct measurement *self, const struct outcome *outcome, double *distance)
{
    if (!has_rows(outcome) || outcome->has_gap || !outcome->has_random || self->runs == 0)
        return false;
    double sum = difference(self, self->hung, probability_of_none(outcome)) +
                 difference(self, self->failed, mpq_get_d(outcome->random_failed));
    for (size_t r = 0; r < outcome->row_count; r++) {
        char *text = members_text(outcome, outcome->rows[r].value, 0);
        sum += difference(self, seen_of(self, text), mpq_get_d(outcome->rows[r].random));
        memory_free(text);
    }
    for (size_t o = 0; o < self->output_count; o++)
        if (measurement_reach_output(outcome, self->outputs[o].text) != REACH_POSSIBLE)
            sum += difference(self, self->outputs[o].seen, 0);
    *distance = sum / 2;
    return true;
}

/* ---- The lines of the table -------------------------------------------------------------------------------------- */

struct line {
    char *words;
    uint64_t seen;
    bool has_random;
    mpq_t random;
    enum reachability reach;
};

struct lines {
    struct line *items;
    size_t count, capacity;
};

static struct line *add_line(struct lines *self, char *words, uint64_t seen, enum reachability reach)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    struct line *line = &self->items[self->count++];
    *line = (struct line){.words = words, .seen = seen, .reach = reach};
    mpq_init(line->random);
    return line;
}

static void free_lines(struct lines *self)
{
    for (size_t i = 0; i < self->count; i++) {
        memory_free(self->items[i].words);
        mpq_clear(self->items[i].random);
    }
    memory_free(self->items);
}

static char *quote(const char *output, bool is_full)
{
    struct text text = TEXT_INIT;
    members_print_output(&text, output, is_full);
    return text_take(&text);
}

/* What is possible, in the order of the outcome, and then what was seen besides. */
static struct lines list_outputs(const struct measurement *self, const struct outcome *outcome, bool is_full)
{
    struct lines lines = {0};
    bool has_all = has_rows(outcome);
    for (size_t r = 0; has_all && r < outcome->row_count; r++) {
        char *text = members_text(outcome, outcome->rows[r].value, 0);
        struct line *line = add_line(&lines, quote(text, is_full), seen_of(self, text), REACH_POSSIBLE);
        line->has_random = outcome->has_random;
        if (line->has_random)
            mpq_set(line->random, outcome->rows[r].random);
        memory_free(text);
    }
    for (size_t o = 0; o < self->output_count; o++) {
        enum reachability reach = measurement_reach_output(outcome, self->outputs[o].text);
        if (!has_all || reach != REACH_POSSIBLE)
            add_line(&lines, quote(self->outputs[o].text, is_full), self->outputs[o].seen, reach);
    }
    return lines;
}

/* Makes those that were not seen one line, the last. */
static void fold_unseen(struct lines *self)
{
    struct lines kept = {0};
    size_t unseen = 0;
    bool has_random = false;
    mpq_t random;
    mpq_init(random);
    for (size_t i = 0; i < self->count; i++) {
        struct line *line = &self->items[i];
        if (line->seen > 0) {
            struct line *copy = add_line(&kept, memory_copy_string(line->words), line->seen, line->reach);
            copy->has_random = line->has_random;
            mpq_set(copy->random, line->random);
            continue;
        }
        unseen++;
        has_random = line->has_random;
        mpq_add(random, random, line->random);
    }
    if (unseen > 0) {
        struct line *line = add_line(&kept, text_format("%zu not seen", unseen), 0, REACH_POSSIBLE);
        line->has_random = has_random;
        mpq_set(line->random, random);
    }
    mpq_clear(random);
    free_lines(self);
    *self = kept;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static void put_share(struct table *table, uint64_t part, uint64_t whole)
{
    mpz_t numbers[2];
    mpz_init_set_ui(numbers[0], (unsigned long)part);
    mpz_init_set_ui(numbers[1], (unsigned long)whole);
    table_put(table, number_share(numbers[0], numbers[1]));
    mpz_clear(numbers[0]);
    mpz_clear(numbers[1]);
}

static void add_row(struct table *table, const struct measurement *self, const struct outcome *outcome,
                    const struct line *line, uint64_t most, enum style style)
{
    bool is_impossible = line->reach == REACH_IMPOSSIBLE && line->seen > 0;
    table_add_row(table, is_impossible ? STYLE_BAD : style);
    text_print(&table_add_cell(table)->words, "%s", line->words);
    table_put(table, number_grouped_unsigned(line->seen));
    put_share(table, line->seen, self->runs);
    if (is_impossible)
        text_print(&table_add_cell(table)->words, "impossible");
    else if (line->reach == REACH_UNKNOWN && line->seen > 0 && outcome->has_gap)
        text_print(&table_add_cell(table)->words, "not known");
    else if (line->has_random)
        table_put(table, number_probability(line->random, outcome->random_error));
    else
        table_add_cell(table);
    if (most > 0)
        table_add_cell(table)->share = (double)line->seen / (double)most;
}

static void add_end(struct table *table, const struct measurement *self, const struct outcome *outcome,
                    const char *words, uint64_t seen, enum reachability reach, const mpq_t random)
{
    struct line line = {.words = (char *)words, .seen = seen, .has_random = outcome->has_random, .reach = reach};
    if (seen == 0 && (!outcome->has_random || mpq_sgn(random) == 0))
        return;
    mpq_init(line.random);
    mpq_set(line.random, random);
    add_row(table, self, outcome, &line, 0, STYLE_BAD);
    mpq_clear(line.random);
}

static void add_other_ends(struct table *table, const struct measurement *self, const struct outcome *outcome)
{
    mpq_t none;
    mpq_init(none);
    mpq_add(none, outcome->random_deadlocked, outcome->random_endless);
    add_end(table, self, outcome, "no end", self->hung, measurement_reach_hang(outcome), none);
    add_end(table, self, outcome, "error", self->failed, measurement_reach_failure(outcome), outcome->random_failed);
    mpq_clear(none);
}

static void add_columns(struct table *table)
{
    static const char *const heads[][2] = {{"", "output"}, {"", "seen"}, {"", "share"}, {"random", "scheduler"}};
    static const char *const titles[] = {"output", "seen", "share", "random scheduler"};
    for (size_t c = 0; c < sizeof titles / sizeof titles[0]; c++) {
        struct table_column *column = table_add_column(table, c == 0 ? TABLE_LEFT : TABLE_RIGHT, titles[c]);
        column->heads[0] = heads[c][0];
        column->heads[1] = heads[c][1];
        column->shrinks = c == 0;
    }
    struct table_column *bar = table_add_column(table, TABLE_BAR, NULL);
    bar->heads[0] = "seen";
    bar->heads[1] = "(linear scale)";
}

static void add_folded(struct table *table, const struct measurement *self, const struct lines *lines,
                       struct middle folded)
{
    uint64_t seen = 0;
    table_add_row(table, STYLE_QUIET);
    for (size_t i = folded.first; i < folded.end; i++)
        seen += lines->items[i].seen;
    text_print(&table_add_cell(table)->words, "%zu more", folded.end - folded.first);
    table_put(table, number_grouped_unsigned(seen));
    put_share(table, seen, self->runs);
}

static void add_table(struct content *content, const struct measurement *self, const struct outcome *outcome,
                      bool is_full)
{
    struct lines lines = list_outputs(self, outcome, is_full);
    if (lines.count > LINES_MAX && !is_full)
        fold_unseen(&lines);
    struct middle folded = middle_of(lines.count, is_full ? SIZE_MAX : LINES_MAX, LINES_SHOWN_EACH_END);
    struct table *table = table_new("measured", GAP);
    uint64_t most = 1;
    text_print(&table->caption, "How %s ended", self->runs == 1 ? "the run" : "the runs");
    add_columns(table);
    for (size_t i = 0; i < lines.count; i++)
        most = lines.items[i].seen > most ? lines.items[i].seen : most;
    for (size_t i = 0; i < lines.count; i++)
        if (i == folded.first && folded.end > folded.first)
            add_folded(table, self, &lines, folded);
        else if (!middle_has(folded, i))
            add_row(table, self, outcome, &lines.items[i], most, STYLE_PLAIN);
    add_other_ends(table, self, outcome);
    content_table(content, table);
    free_lines(&lines);
}

/* ---- Facts ------------------------------------------------------------------------------------------------------- */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void put_number(struct text *words, uint64_t number)
{
    text_put(words, number_grouped_unsigned(number));
}

static void add_alarm(struct content *content, const struct measurement *self, const struct outcome *outcome)
{
    uint64_t alarms = measurement_alarms(self, outcome);
    if (alarms == 0)
        return;
    struct text *words = content_paragraph(content, STYLE_BAD);
    text_print(words, "ALARM: ");
    put_number(words, alarms);
    text_print(words, " of ");
    put_number(words, self->runs);
    text_print(words, " run%s ended as no schedule of the model does", plural(self->runs));
    const char *mark = ": ";
    for (size_t o = 0, told = 0; o < self->output_count; o++) {
        if (measurement_reach_output(outcome, self->outputs[o].text) != REACH_IMPOSSIBLE || ++told > 3)
            continue;
        char *quoted = quote(self->outputs[o].text, false);
        text_print(words, "%s", mark);
        prose_print_code(words, quoted);
        memory_free(quoted);
        mark = ", ";
    }
    text_print(words, ". Either the model or the machine is not what you think.");
}

/* Some schedules end where the real program goes on. */
static void add_gap(struct content *content, const struct measurement *self, const struct outcome *outcome)
{
    if (!outcome->has_gap)
        return;
    struct text *words = content_paragraph(content, STYLE_WARNING);
    uint64_t others = 0;
    for (size_t o = 0; o < self->output_count; o++)
        if (measurement_reach_output(outcome, self->outputs[o].text) == REACH_UNKNOWN)
            others += self->outputs[o].seen;
    text_print(words,
               "INCOMPLETE: some schedules come to what is not followed here: %s. What these print is not in the set",
               outcome->failure_text);
    if (others > 0) {
        text_print(words, "; so it is no alarm that ");
        put_number(words, others);
        text_print(words, " run%s ended as none of the set does", plural(others));
    }
    text_print(words, ".");
}

static void add_measured(struct content *content, const struct measurement *self)
{
    struct text *words = content_fact(content, STYLE_PLAIN, "measured");
    put_number(words, self->runs);
    text_print(words, " run%s", plural(self->runs));
    if (self->runs < self->wanted) {
        text_print(words, " of ");
        put_number(words, self->wanted);
    }
    text_print(words,
               self->is_compiled ? " of what %s has made; the threads start together"
                                 : " by %s, which is asked for its lock as often as it can be",
               self->runner);
    if (self->is_default_model)
        text_print(
            content_fact(content, STYLE_PLAIN, "against"),
            "the machine as it is: several processors, and memory as x86 has it (--memory, --scheduler: another)");
}

static const char *const reaches[] = {[REACH_UNKNOWN] = "whether that is possible is not known",
                                      [REACH_POSSIBLE] = "that is possible",
                                      [REACH_IMPOSSIBLE] = "that is impossible in the model"};

static enum style style_of(enum reachability reach)
{
    return reach == REACH_IMPOSSIBLE ? STYLE_BAD : reach == REACH_UNKNOWN ? STYLE_WARNING : STYLE_PLAIN;
}

static void add_ends(struct content *content, const struct measurement *self, const struct outcome *outcome)
{
    enum reachability hang = measurement_reach_hang(outcome), failure = measurement_reach_failure(outcome);
    if (self->hung > 0) {
        struct text *words = content_fact(content, style_of(hang), "no end");
        put_number(words, self->hung);
        text_print(words, " run%s had not ended after %g s (--run-limit): %s%s", plural(self->hung), self->seconds_max,
                   reaches[hang], hang == REACH_IMPOSSIBLE ? ", unless it was only slow" : "");
    } else if (hang == REACH_POSSIBLE) {
        text_print(content_fact(content, STYLE_PLAIN, "no end"), "not seen, but possible");
    }
    if (self->failed > 0) {
        struct text *words = content_fact(content, style_of(failure), "error");
        put_number(words, self->failed);
        text_print(words, " run%s ended by an error (%s): %s", plural(self->failed), self->failure, reaches[failure]);
    } else if (failure == REACH_POSSIBLE) {
        text_print(content_fact(content, STYLE_PLAIN, "error"), "not seen, but possible: %s",
                   outcome->failure_text != NULL ? outcome->failure_text : "an error of the program");
    }
}

static void add_seen(struct content *content, const struct measurement *self, const struct outcome *outcome)
{
    size_t seen = measurement_seen(self, outcome);
    struct text *words = content_fact(content, STYLE_CHANGED, "seen");
    mpz_t possible, part;
    mpz_inits(possible, part, NULL);
    mpz_set_ui(part, seen);
    if (measurement_count_possible(outcome, possible) && mpz_sgn(possible) > 0) {
        text_print(words, "%zu of ", seen);
        text_put(words, number_readable(possible));
        text_print(words, " possible output%s (", mpz_cmp_ui(possible, 1) == 0 ? "" : "s");
        text_put(words, number_share(part, possible));
        text_print(words, ")");
    } else {
        text_print(words, "%zu possible output%s; how many there are %s", seen, plural(seen),
                   outcome->has_behaviour && outcome->behaviour->is_infinite ? "has no bound" : "is not known");
    }
    mpz_clears(possible, part, NULL);
}

static void add_distance(struct content *content, const struct measurement *self, const struct outcome *outcome)
{
    double distance;
    if (measurement_distance(self, outcome, &distance))
        text_print(content_fact(content, STYLE_PLAIN, "distance"),
                   "%.3f between these shares and those of the random scheduler (0: the same; 1: nothing in common)",
                   distance);
}

void measurement_add(struct content *content, const struct measurement *self, const struct outcome *outcome,
                     bool is_full)
{
    add_alarm(content, self, outcome);
    findings_add_incomplete(content, outcome);
    add_gap(content, self, outcome);
    findings_add_checked(content, outcome);
    add_measured(content, self);
    add_seen(content, self, outcome);
    add_ends(content, self, outcome);
    add_distance(content, self, outcome);
    add_table(content, self, outcome, is_full);
    if (!outcome->has_random)
        text_print(content_note(content),
                   "random scheduler: not computed, it would take too long (--patience SECONDS)");
}

void measurement_free(struct measurement *self)
{
    memory_free(self->runner);
    memory_free(self->failure);
    for (size_t o = 0; o < self->output_count; o++)
        memory_free(self->outputs[o].text);
    memory_free(self->outputs);
    *self = (struct measurement){0};
}
