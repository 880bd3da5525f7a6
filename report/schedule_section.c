#include "report/schedule_section.h"

#include "report/explanation.h"
#include "report/setting.h"
#include "report/step_text.h"

#include <inttypes.h>
#include <stdbool.h>

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void schedule_section_print_title(struct text *text, const struct outcome *outcome,
                                  const struct outcome_witness *witness)
{
    text_print(text, "How ");
    if (witness->end == OUTCOME_VALUE) {
        step_text_print_name(text, outcome->observe);
        text_print(text, " = %" PRId64, witness->value);
    } else {
        setting_print_end(text, outcome->observe, witness->end, witness->value);
    }
    text_print(text, " comes about");
    setting_print_choices(text, outcome, witness->parameters, witness->parameter_count);
}

void schedule_section_print_length(struct text *text, const struct outcome_witness *witness)
{
    setting_print_length(text, witness->trace);
    if (witness->is_shortest)
        text_print(text, " (no schedule that ends so is shorter)");
    else if (witness->trace->preemptions > 0)
        text_print(text, " (no schedule needs fewer)");
}

void schedule_section_print_lasso(struct text *text, const struct outcome *outcome, const struct outcome_wait *wait)
{
    text_print(text, "How ");
    step_text_print_name(text, wait->thread);
    text_print(text, " can wait for ever");
    setting_print_choices(text, outcome, wait->parameters, wait->parameter_count);
    text_print(text, ", %s: ", setting_fairness(outcome->fairness));
    if (wait->stem_count > 0)
        text_print(text, "%zu step%s, then ", wait->stem_count, plural(wait->stem_count));
    text_print(text, "a loop of %zu step%s", wait->loop_count, plural(wait->loop_count));
}

void schedule_section_add_end(struct content *content, const struct trace *trace)
{
    const char *why = trace->end_text != NULL ? trace->end_text : "";
    bool overlaps = trace->end == TRACE_UNFINISHED && trace->overlap_text != NULL;
    bool is_bad = trace->end == TRACE_DEADLOCKED || trace->end == TRACE_FAILED || overlaps;
    struct text *words = content_paragraph(content, is_bad ? STYLE_BAD : STYLE_PLAIN);
    switch (trace->end) {
    case TRACE_FINISHED:
        explanation_print(words, trace);
        break;
    case TRACE_DEADLOCKED:
        text_print(words, "Deadlock: %s", why);
        break;
    case TRACE_FAILED:
        text_print(words, "Error of the program: %s", why);
        break;
    case TRACE_UNFINISHED:
        if (overlaps)
            text_print(words, "Not exclusive: %s", trace->overlap_text);
        else
            text_print(words, "The schedule ends here, but the program has not come to its end.");
        break;
    }
}

void schedule_section_add(struct content *content, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct text *title = content_heading(content);
    schedule_section_print_title(title, outcome, witness);
    text_print(title, ": ");
    schedule_section_print_length(title, witness);
    content_schedule(content, witness->trace, SIZE_MAX);
    schedule_section_add_end(content, witness->trace);
}

void schedule_section_add_lasso(struct content *content, const struct outcome *outcome, const struct outcome_wait *wait)
{
    schedule_section_print_lasso(content_heading(content), outcome, wait);
    content_schedule(content, wait->trace, wait->stem_count);
}
