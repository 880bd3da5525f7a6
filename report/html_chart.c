#include "report/html_chart.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "report/findings.h"
#include "report/html_text.h"
#include "report/members.h"
#include "report/value_groups.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The plot's rectangle, and the picture around it, in SVG's units; about pixels on a wide screen. */
enum { WIDTH = 760, HEIGHT = 330, LEFT = 62, RIGHT = 706, TOP = 24, BOTTOM = 276 };

enum {
    BARS_MAX = 160,
    TICKS_MAX = 9,
    LABELS_MAX = 21, /* of values */
    BAR_WIDTH_MAX = 26,
    DIAMOND = 4,       /* half its size */
    NOTE_COLUMNS = 21, /* of the number above the first bar, and about the size of a digit */
    NOTE_ADVANCE = 8,
    NOTE_HEIGHT = 12
};

struct chart {
    FILE *stream;
    const struct outcome *outcome;
    struct value_groups groups;
    bool is_logarithmic;
    double low;  /* the share at the bottom of a logarithmic scale */
    double high; /* the share at the top of either scale */
    double all;  /* decimal logarithm of the number of all schedules */
};

/* ---- What is shown --------------------------------------------------------------------------------------------- */

/* The share of all schedules that a value of a group has on the average; like all shares a decimal logarithm. */
static double share_of(const struct chart *self, const struct value_group *group)
{
    return group->schedules_height - self->all;
}

static void choose_scale(struct chart *self)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < self->groups.count; i++) {
        value_groups_extend(share_of(self, &self->groups.items[i]), &low, &high);
        value_groups_extend(self->groups.items[i].random_height, &low, &high);
    }
    self->is_logarithmic = value_groups_are_logarithmic(low, high);
    self->high = high;
    /* The scale begins below the smallest, so that this one has a bar too. */
    self->low = low - fmax(1, (high - low) / 16);
}

static double vertical(const struct chart *self, double share)
{
    double fraction =
        self->is_logarithmic ? (share - self->low) / (self->high - self->low) : pow(10, share - self->high);
    return BOTTOM - fmax(0, fraction) * (BOTTOM - TOP);
}

static double horizontal(const struct chart *self, size_t column)
{
    return LEFT + ((double)column + 0.5) * (RIGHT - LEFT) / (double)self->groups.count;
}

static double bar_width(const struct chart *self)
{
    return fmin(BAR_WIDTH_MAX, 0.66 * (RIGHT - LEFT) / (double)self->groups.count);
}

/* ---- Axes ------------------------------------------------------------------------------------------------------ */

static void write_power(const struct chart *self, double x, double y, const char *anchor, long exponent)
{
    fprintf(self->stream, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y + 4, anchor);
    if (exponent == 0)
        fputs("1</text>\n", self->stream);
    else
        fprintf(self->stream, "10<tspan dy=\"-5\" class=\"power\">%s%ld</tspan></text>\n",
                exponent < 0 ? "\xe2\x88\x92" : "", labs(exponent));
}

static void write_line(const struct chart *self, double y)
{
    fprintf(self->stream, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, RIGHT, y, y);
}

/* Powers of ten of a quantity that is the share times 10^shift. */
static void write_powers(const struct chart *self, double shift, double x, const char *anchor, bool has_lines)
{
    double low = self->low + shift, high = self->high + shift;
    long stride = 1;
    while ((high - low) / (double)stride > TICKS_MAX)
        stride = stride == 1 ? 2 : stride == 2 ? 5 : stride * 2;
    for (long tick = lround(floor(high / (double)stride)) * stride; (double)tick > low; tick -= stride) {
        double y = vertical(self, (double)tick - shift);
        if (has_lines)
            write_line(self, y);
        write_power(self, x, y, anchor, tick);
    }
}

/* A round step for so many per cent: 1, 2 or 5 times a power of ten. */
static double percent_step(double top)
{
    double step = pow(10, floor(log10(top)));
    if (top / step < 2)
        return step / 5;
    return top / step < 5 ? step / 2 : step;
}

static void write_percentages(const struct chart *self)
{
    double top = 100 * pow(10, self->high), step = percent_step(top);
    for (int i = 0; i * step <= top * (1 + 1e-9); i++) {
        double y = vertical(self, i == 0 ? -INFINITY : log10(i * step / 100));
        write_line(self, y);
        fprintf(self->stream, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g %%</text>\n", LEFT - 8, y + 4,
                i * step);
    }
}

static void write_titles(const struct chart *self)
{
    const char *left = !self->is_logarithmic ? "share" : self->outcome->has_counts ? "schedules" : "probability";
    html_text_print(self->stream, "<text x=\"8\" y=\"12\">%s</text>\n", left);
    if (self->is_logarithmic && self->outcome->has_counts)
        fprintf(self->stream, "<text x=\"%d\" y=\"12\" text-anchor=\"end\">share of all</text>\n", WIDTH - 4);
    html_text_print(self->stream, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">final value of %s</text>\n",
                    (LEFT + RIGHT) / 2, BOTTOM + 44, self->outcome->observe);
}

/* Not all values have a label where there are many; the first and the last one do. */
static void write_values(const struct chart *self)
{
    size_t stride = (self->groups.count + LABELS_MAX - 1) / LABELS_MAX;
    for (size_t i = 0; i < self->groups.count; i++) {
        if (i % stride != 0 && i + 1 != self->groups.count)
            continue;
        if (i + 1 != self->groups.count && self->groups.count - 1 - i < stride && stride > 1)
            continue;
        const struct outcome_row *row = &self->outcome->rows[self->groups.items[i].first];
        fprintf(self->stream, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%" PRId64 "</text>\n",
                horizontal(self, i), BOTTOM + 20, row->value);
    }
}

static void write_axes(const struct chart *self)
{
    bool has_counts = self->outcome->has_counts;
    fputs("<g class=\"axis\">\n", self->stream);
    if (!self->is_logarithmic) {
        write_percentages(self);
    } else {
        write_powers(self, has_counts ? self->all : 0, LEFT - 8, "end", true);
        if (has_counts)
            write_powers(self, 0, RIGHT + 8, "start", false);
    }
    fprintf(self->stream, "<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LEFT, RIGHT, BOTTOM,
            BOTTOM);
    write_values(self);
    write_titles(self);
    fputs("</g>\n", self->stream);
}

/* ---- Columns --------------------------------------------------------------------------------------------------- */

/* What a mouse that rests on a column is told. */
static void write_hint(const struct chart *self, const struct value_group *column)
{
    const struct outcome_row *row = &self->outcome->rows[column->first];
    fprintf(self->stream, "<title>%" PRId64, row->value);
    if (column->last > column->first)
        fprintf(self->stream, " to %" PRId64 " (mean)", self->outcome->rows[column->last].value);
    if (self->outcome->has_counts && column->last == column->first) {
        char *count = number_readable(row->schedules);
        fprintf(self->stream, ": %s schedule%s", count, mpz_cmp_ui(row->schedules, 1) == 0 ? "" : "s");
        memory_free(count);
    }
    if (self->outcome->has_random && column->last == column->first) {
        char *share = number_probability(row->random, self->outcome->random_error);
        fprintf(self->stream, "; random scheduler %s", share);
        memory_free(share);
    }
    fputs("</title>", self->stream);
}

static void write_marks(const struct chart *self, const struct value_group *column, double x)
{
    double width = bar_width(self), half = fmin(DIAMOND, fmax(1.5, width / 2));
    if (!isinf(share_of(self, column))) {
        double y = vertical(self, share_of(self, column));
        fprintf(self->stream, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\"/>",
                x - width / 2, y, width, fmax(1, BOTTOM - y), fmin(2, width / 4));
    }
    if (!isinf(column->random_height))
        fprintf(self->stream, "<path class=\"dot\" d=\"M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz\"/>", x,
                vertical(self, column->random_height) - half, half, half, -half, half, -half, -half);
}

/* The link is for the mouse alone: the table offers the same to the keyboard and to those who listen. Without a schedule
 * there is nothing to lead to. */
static void write_column(const struct chart *self, size_t index)
{
    const struct value_group *column = &self->groups.items[index];
    double x = horizontal(self, index), width = (RIGHT - LEFT) / (double)self->groups.count;
    int64_t value = self->outcome->rows[column->first].value;
    bool leads = findings_witness(self->outcome, OUTCOME_VALUE, value) != NULL;
    if (leads)
        fprintf(self->stream,
                "<a class=\"column\" href=\"#value%" PRId64 "\" data-value=\"%" PRId64 "\" tabindex=\"-1\">", value,
                value);
    else
        fputs("<g class=\"column\">", self->stream);
    fprintf(self->stream, "<rect class=\"reach\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", x - width / 2,
            TOP - 8, width, BOTTOM - TOP + 34);
    write_hint(self, column);
    write_marks(self, column, x);
    fputs(leads ? "</a>\n" : "</g>\n", self->stream);
}

/* The top of what is drawn in the columns that begin left of a place. */
static double top_before(const struct chart *self, double right)
{
    double top = BOTTOM, half = fmax(bar_width(self) / 2, DIAMOND);
    for (size_t i = 0; i < self->groups.count && horizontal(self, i) - half < right; i++) {
        const struct value_group *column = &self->groups.items[i];
        top = fmin(top, vertical(self, fmax(share_of(self, column), column->random_height)) - DIAMOND);
    }
    return top;
}

/* The number of schedules of the least value, which the eye looks for first. It stands above all that it would cover, with a
 * line down to its bar; where there is no room the caption alone tells it. */
static void write_first_count(const struct chart *self)
{
    const struct value_group *column = &self->groups.items[0];
    if (!self->outcome->has_counts || !self->is_logarithmic || column->last > column->first ||
        isinf(share_of(self, column)))
        return;
    char *count = number_column(self->outcome->rows[0].schedules, NOTE_COLUMNS);
    double x = horizontal(self, 0), left = x - bar_width(self) / 2;
    double y = top_before(self, left + (double)strlen(count) * NOTE_ADVANCE) - 10;
    double own = vertical(self, fmax(share_of(self, column), column->random_height)) - DIAMOND;
    if (y - NOTE_HEIGHT > TOP && own - y < 20)
        fprintf(self->stream, "<text class=\"note\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", left, y, count);
    else if (y - NOTE_HEIGHT > TOP)
        fprintf(self->stream,
                "<path class=\"lead\" d=\"M%.1f %.1fV%.1f\"/><text class=\"note\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x,
                y + 5, own - 4, left, y, count);
    memory_free(count);
}

static void write_least_words(const struct chart *self)
{
    const struct outcome_row *row = &self->outcome->rows[0];
    char *count = number_readable(row->schedules);
    if (mpz_sgn(row->schedules) > 0)
        fprintf(self->stream, "%s schedule%s with the least value, %" PRId64 ". ", count,
                mpz_cmp_ui(row->schedules, 1) == 0 ? " ends" : "s end", row->value);
    memory_free(count);
}

/* ---- The figure ------------------------------------------------------------------------------------------------ */

static void write_caption(const struct chart *self)
{
    fputs("<figcaption>", self->stream);
    if (self->outcome->has_counts)
        fputs("<span class=\"key\"><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"bar\" x=\"2\" y=\"1\" "
              "width=\"8\" height=\"11\"/></svg> schedules</span> ",
              self->stream);
    if (self->outcome->has_random)
        fputs("<span class=\"key\"><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path class=\"dot\" "
              "d=\"M6 1l5 5l-5 5l-5-5z\"/></svg> random scheduler: at every step each thread that may step",
              self->stream);
    if (self->outcome->has_random)
        fprintf(self->stream, "%s is equally likely</span> ",
                self->outcome->is_tso ? ", and each store that may reach memory," : "");
    if (self->outcome->has_counts)
        write_least_words(self);
    fputs(self->is_logarithmic ? "The scale is logarithmic." : "The scale is linear.", self->stream);
    if (self->groups.count < self->outcome->row_count)
        fputs(" Neighbouring values share a bar, which shows their mean.", self->stream);
    fputs("</figcaption>\n", self->stream);
}

bool html_chart_exists(const struct outcome *outcome)
{
    return members_are_number(outcome) && outcome->row_count > 1 && (outcome->has_counts || outcome->has_random);
}

void html_chart_write(FILE *stream, const struct outcome *outcome)
{
    assert(html_chart_exists(outcome));
    struct chart self = {.stream = stream, .outcome = outcome};
    self.all = outcome->has_counts ? number_logarithm(outcome->schedules) : 0;
    self.groups = value_groups_new(outcome);
    value_groups_add(&self.groups, 0, outcome->row_count, (outcome->row_count + BARS_MAX - 1) / BARS_MAX);
    choose_scale(&self);
    fprintf(stream,
            "<figure class=\"chart\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Chart\">"
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"Chart of the final values; the table below has the same numbers.\">\n",
            WIDTH, HEIGHT);
    write_axes(&self);
    for (size_t i = 0; i < self.groups.count; i++)
        write_column(&self, i);
    write_first_count(&self);
    fputs("</svg></div>\n", stream);
    write_caption(&self);
    fputs("</figure>\n", stream);
    value_groups_free(&self.groups);
}
