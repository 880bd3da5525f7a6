#include "report/phrase.h"

#include "base/number.h"
#include "base/utf8.h"
#include "report/members.h"
#include "schedulers/scheduler.h"

#include <inttypes.h>
#include <string.h>

static void print_properties(struct text *text, const struct property *properties, size_t count, const char *separator)
{
    for (size_t i = 0; i < count; i++) {
        text_print(text, "%s", i > 0 ? ", " : "");
        property_print(text, &properties[i], separator);
    }
}

void phrase_print_program(struct text *text, const char *model, int64_t threads, int64_t iters,
                          const struct property *symbols, size_t symbol_count)
{
    text_put(text, utf8_line(model));
    text_print(text, ", %" PRId64 " thread%s", threads, threads == 1 ? "" : "s");
    if (iters >= 0)
        text_print(text, ", ITERS = %" PRId64, iters);
    /* How stores reach memory is told in words. */
    for (size_t s = 0; s < symbol_count; s++) {
        if (strcmp(symbols[s].name, "TSO") == 0 || strcmp(symbols[s].name, "STORE_BUFFER") == 0)
            continue;
        text_print(text, ", ");
        print_properties(text, &symbols[s], 1, " = ");
    }
}

void phrase_print_swept_program(struct text *text, const char *model, const struct property *settings, size_t count)
{
    text_put(text, utf8_line(model));
    if (count > 0 && strcmp(settings[0].name, "threads") == 0) {
        text_print(text, ", %" PRId64 " thread%s", settings[0].number, settings[0].number == 1 ? "" : "s");
        settings++;
        count--;
    }
    text_print(text, "%s", count > 0 ? ", " : "");
    print_properties(text, settings, count, " = ");
}

void phrase_print_scheduler(struct text *text, const char *kind, const struct property *parameters, size_t count)
{
    const struct scheduler_kind *known = scheduler_find_kind(kind);
    text_print(text, "%s%s", kind, count > 0 ? ", " : "");
    print_properties(text, parameters, count, " ");
    const struct property *pick = property_find(parameters, count, "pick");
    bool in_turn = pick != NULL && !pick->is_number && strcmp(pick->text, "round-robin") == 0;
    if (known == NULL)
        return;
    text_print(text, " (%s", in_turn && known->meaning_in_turn != NULL ? known->meaning_in_turn : known->meaning);
    bool has_priorities = property_find(parameters, count, "priority") != NULL;
    text_print(text, "%s)", has_priorities ? "; of those that may, only the ones of the highest priority" : "");
}

void phrase_print_choices(struct text *text, const struct outcome *outcome, const struct property *parameters,
                          size_t count)
{
    struct property *chosen = NULL;
    size_t chosen_count = 0;
    for (size_t p = 0; p < count; p++) {
        const struct property *asked = property_find(outcome->parameters, outcome->parameter_count, parameters[p].name);
        if (asked == NULL || asked->is_number != parameters[p].is_number || asked->number != parameters[p].number)
            property_set(&chosen, &chosen_count, &parameters[p]);
    }
    text_print(text, "%s", chosen_count > 0 ? " with " : "");
    print_properties(text, chosen, chosen_count, " ");
    property_free_list(chosen, chosen_count);
}

void phrase_print_overflows(struct text *text, const struct outcome *outcome)
{
    for (size_t o = 0; o < outcome->overflow_count; o++)
        text_print(text, "%s%s",
                   o == 0                            ? ""
                   : o + 1 < outcome->overflow_count ? ", "
                                                     : " and ",
                   outcome->overflows[o].location);
    uint64_t rounds = outcome->overflows[0].rounds;
    text_print(text, " could overflow, after ");
    /* A power of two, which it nearly always is, reads better as one. */
    if ((rounds & (rounds - 1)) == 0)
        text_print(text, "2^%d", __builtin_ctzll(rounds));
    else
        text_put(text, number_grouped_unsigned(rounds));
    text_print(text, " rounds at the earliest; schedules that long are not considered");
}

const char *phrase_end(enum outcome_end end)
{
    static const char *const words[] = {[OUTCOME_VALUE] = "its end",
                                        [OUTCOME_DEADLOCK] = "a deadlock",
                                        [OUTCOME_FAILURE] = "an error of the program",
                                        [OUTCOME_OVERLAP] = "an overlap in a critical section",
                                        [OUTCOME_HANG] = "a hang",
                                        [OUTCOME_CLAIM] = "a state that decides a claim",
                                        [OUTCOME_ENDLESS] = "no end"};
    return words[end];
}

void phrase_print_end(struct text *text, const struct outcome *outcome, enum outcome_end end, int64_t value)
{
    if (end == OUTCOME_VALUE && members_count(outcome) > 0)
        members_print(text, outcome, value, false);
    else
        text_print(text, "%s", phrase_end(end));
}

void phrase_print_final(struct text *text, const struct trace *trace, size_t place)
{
    if (trace_is_output(trace, place)) {
        text_print(text, "output ");
        members_print_output(text, trace->output != NULL ? trace->output : "", false);
    } else {
        text_put(text, trace_place_name(trace, place));
        text_print(text, " = %" PRId64, trace_final(trace, place));
    }
}

void phrase_print_finals(struct text *text, const struct trace *trace)
{
    for (size_t p = 0; p < trace->observation.count; p++) {
        text_print(text, "%s", p > 0 ? ", " : "");
        phrase_print_final(text, trace, p);
    }
    if (trace->observation.count == 0)
        text_print(text, "%s", phrase_end(OUTCOME_VALUE));
}

const char *phrase_fairness(enum outcome_fairness fairness)
{
    static const char *const words[] = {[FAIRNESS_NONE] = "without fairness",
                                        [FAIRNESS_WEAK] = "under weak fairness",
                                        [FAIRNESS_STRONG] = "under strong fairness"};
    return words[fairness];
}

void phrase_print_threads(struct text *text, const struct trace *trace, uint64_t threads)
{
    for (uint64_t rest = threads; rest != 0; rest &= rest - 1) {
        text_print(text, "%s%s",
                   rest == threads            ? ""
                   : (rest & (rest - 1)) == 0 ? " and "
                                              : ", ",
                   trace->threads[__builtin_ctzll(rest)]);
    }
}

void phrase_print_length(struct text *text, const struct trace *trace)
{
    text_print(text, "%zu step%s, %" PRIu64 " preemption%s", trace_length(trace), trace_length(trace) == 1 ? "" : "s",
               trace->preemptions, trace->preemptions == 1 ? "" : "s");
}
