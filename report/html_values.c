#include "report/html_values.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/html_text.h"
#include "report/proof.h"

#include <inttypes.h>
#include <stdbool.h>

enum {
    ROWS_MAX = 1000, /* of more the middle is left out */
    ROWS_SHOWN_EACH_END = 100
};

static void write_head(FILE *stream, const struct outcome *outcome)
{
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of the final values\">"
          "<table class=\"values\">\n"
          "<caption>Final values of <code>",
          stream);
    html_text_write(stream, outcome->observe);
    fputs("</code></caption>\n<thead><tr><th scope=\"col\">Value", stream);
    if (outcome->has_counts)
        fputs("<th scope=\"col\">Schedules<th scope=\"col\">Share", stream);
    if (outcome->has_random)
        fputs("<th scope=\"col\">Random scheduler", stream);
    if (outcome->has_preemptions)
        fputs("<th scope=\"col\">Fewest preemptions", stream);
    fputs("<tbody>\n", stream);
}

static void write_taken(FILE *stream, char *cell)
{
    fprintf(stream, "<td>%s", cell);
    memory_free(cell);
}

static void write_numbers(FILE *stream, const struct outcome *outcome, const mpz_t schedules, const mpq_t random)
{
    if (outcome->has_counts) {
        write_taken(stream, number_column(schedules, number_columns(outcome->schedules)));
        write_taken(stream, number_share(schedules, outcome->schedules));
    }
    if (outcome->has_random)
        write_taken(stream, number_probability(random, outcome->random_error));
}

static void write_row(FILE *stream, const struct outcome *outcome, const struct outcome_row *row)
{
    if (proof_witness(outcome, OUTCOME_VALUE, row->value) != NULL)
        fprintf(stream,
                "<tr><th scope=\"row\"><a href=\"#value%" PRId64 "\" data-value=\"%" PRId64 "\">%" PRId64 "</a>",
                row->value, row->value, row->value);
    else
        fprintf(stream, "<tr><th scope=\"row\">%" PRId64, row->value);
    write_numbers(stream, outcome, row->schedules, row->random);
    if (outcome->has_preemptions)
        fprintf(stream, "<td>%" PRIu32, row->preemptions);
    fputc('\n', stream);
}

static void write_other(FILE *stream, const struct outcome *outcome, const char *name, const mpz_t schedules,
                        const mpq_t random)
{
    fprintf(stream, "<tr class=\"other\"><th scope=\"row\">%s", name);
    write_numbers(stream, outcome, schedules, random);
    fputs(outcome->has_preemptions ? "<td>\n" : "\n", stream);
}

static void write_others(FILE *stream, const struct outcome *outcome)
{
    if (outcome->can_deadlock)
        write_other(stream, outcome, "deadlock", outcome->deadlocked, outcome->random_deadlocked);
    if (outcome->can_fail)
        write_other(stream, outcome, "error", outcome->failed, outcome->random_failed);
    if (!outcome->has_counts)
        return;
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    fputs("<tfoot>\n", stream);
    write_other(stream, outcome, "all", outcome->schedules, one);
    mpq_clear(one);
}

void html_values_write(FILE *stream, const struct outcome *outcome)
{
    size_t count = outcome->row_count;
    if (count == 0)
        return;
    write_head(stream, outcome);
    for (size_t r = 0; r < count; r++) {
        if (count > ROWS_MAX && r == ROWS_SHOWN_EACH_END) {
            r = count - ROWS_SHOWN_EACH_END;
            fprintf(stream, "<tr class=\"other\"><td colspan=\"5\">%zu values are left out here\n",
                    count - 2 * ROWS_SHOWN_EACH_END);
        }
        write_row(stream, outcome, &outcome->rows[r]);
    }
    write_others(stream, outcome);
    fputs("</table></div>\n", stream);
}
