#include "report/equation.h"

#include "base/memory.h"
#include "base/number.h"

#include <stdbool.h>

enum {
    DIGITS_MAX = 1000, /* of a term of the equation; a reader may want to check the sum */
    SUM_DIGITS_MAX = 60000,
    TERMS_MAX = 60, /* where they have more digits together */
    POWER_MIN = 3   /* fewer equal factors are listed */
};

static void print_term(struct text *text, bool *is_first, const mpz_t number, const char *remark)
{
    char *digits = number_full(number, DIGITS_MAX);
    text_print(text, "%s%s%s", *is_first ? "" : " + ", digits, remark);
    *is_first = false;
    memory_free(digits);
}

void equation_print_sum(struct text *text, const struct outcome *outcome, size_t most)
{
    size_t head = outcome->row_count > most ? most / 2 : outcome->row_count;
    size_t tail = outcome->row_count > most ? outcome->row_count - most / 2 : outcome->row_count;
    bool is_first = true;
    for (size_t r = 0; r < outcome->row_count; r++) {
        if (r == head && head < tail) {
            text_print(text, " + ... (%zu terms) ...", tail - head);
            r = tail;
        }
        print_term(text, &is_first, outcome->rows[r].schedules, "");
    }
    if (mpz_sgn(outcome->deadlocked) > 0)
        print_term(text, &is_first, outcome->deadlocked, " (deadlocks)");
    if (mpz_sgn(outcome->failed) > 0)
        print_term(text, &is_first, outcome->failed, " (errors)");
}

/* Appends an exponent in superscript digits, which are U+00B9, U+00B2, U+00B3, and U+2070 to U+2079. */
static void print_exponent(struct text *text, size_t exponent)
{
    static const char *const digits[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",
                                         "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7",
                                         "\xe2\x81\xb8", "\xe2\x81\xb9"};
    char *decimal = text_format("%zu", exponent);
    for (const char *digit = decimal; *digit != '\0'; digit++)
        text_print(text, "%s", digits[*digit - '0']);
    memory_free(decimal);
}

/* Appends the factorial of each length; of neighbours that are equal a power. */
static void print_factorials(struct text *text, const size_t *lengths, size_t count)
{
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && lengths[next] == lengths[first];)
            next++;
        bool is_power = next - first >= POWER_MIN;
        for (size_t t = first; t < (is_power ? first + 1 : next); t++)
            text_print(text, "%s%s%zu!", t > 0 ? " \xc2\xb7 " : "", is_power ? "(" : "", lengths[t]);
        if (is_power) {
            text_print(text, ")");
            print_exponent(text, next - first);
        }
    }
}

/* "60! / (30! · 30!)", "192! / (3!)⁶⁴": the lengths of the threads are those of any schedule. */
static void print_multinomial(struct text *text, const struct trace *trace)
{
    size_t *lengths = memory_new(trace->thread_count, sizeof *lengths);
    bool is_one_power = trace->thread_count >= POWER_MIN;
    for (size_t s = 0; s < trace->step_count; s++)
        lengths[trace->steps[s].thread] += !trace_goes_on(trace, s);
    for (size_t t = 1; t < trace->thread_count; t++)
        is_one_power = is_one_power && lengths[t] == lengths[0];
    text_print(text, " = %zu! / %s", trace_length(trace), is_one_power ? "" : "(");
    print_factorials(text, lengths, trace->thread_count);
    text_print(text, "%s", is_one_power ? "" : ")");
    memory_free(lengths);
}

void equation_print_all(struct text *text, const struct outcome *outcome, const struct trace *finished)
{
    text_put(text, number_full(outcome->schedules, DIGITS_MAX));
    if (outcome->multinomial_checked && finished != NULL && finished->end == TRACE_FINISHED)
        print_multinomial(text, finished);
}

void equation_add(struct content *content, const struct outcome *outcome, const struct trace *finished)
{
    struct text all = TEXT_INIT;
    if (!outcome->has_counts || outcome->row_count == 0)
        return;
    size_t digits = outcome->row_count * mpz_sizeinbase(outcome->schedules, 10);
    text_print(content_part(content, NULL), "Sum over the values = number of all schedules");
    equation_print_all(&all, outcome, finished);
    equation_print_sum(content_equation(content, text_string(&all)), outcome,
                       digits <= SUM_DIGITS_MAX ? outcome->row_count : TERMS_MAX);
    text_print(content_paragraph(content, STYLE_PLAIN),
               "On the left each term is the number of schedules that end with one of the values; on the right is the "
               "number of all schedules, counted without looking at values%s. That the two are equal shows that no "
               "schedule is missing.",
               outcome->multinomial_checked ? ", and once more as the multinomial coefficient of the threads' lengths"
                                            : "");
    text_free(&all);
}
