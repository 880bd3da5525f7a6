#include "report/segment_text.h"

#include "report/prose.h"

#include <inttypes.h>

/* What a segment did to an observed variable; returns whether it did anything, or something was done before. */
static bool print_observed(struct text *text, const struct step_group *segment, const struct step_columns *columns,
                           size_t index, size_t column, bool follows)
{
    const struct trace *trace = columns->trace;
    uint32_t word = trace->observation.places[column].number;
    size_t stores = 0;
    const struct trace_access *last = NULL;
    for (size_t s = segment->first; s < segment->first + segment->count; s++)
        for (size_t a = 0; a < trace->steps[s].access_count; a++)
            if (trace->steps[s].accesses[a].word == word) {
                last = &trace->steps[s].accesses[a];
                stores += last->is_write;
            }
    text_print(text, "%s", follows && last != NULL ? "; " : "");
    if (stores > 0) {
        text_print(text, "`%s`: ", trace->words[word]);
        step_columns_print_value(text, columns, column, step_columns_before(columns, index, column));
        text_print(text, " \xe2\x86\x92 ");
        step_columns_print_value(text, columns, column, step_columns_after(columns, index, column));
    }
    if (stores > 1)
        text_print(text, " in %zu stores", stores);
    if (stores > 0 && !last->is_write)
        text_print(text, "; then it reads ");
    else if (stores == 0 && last != NULL)
        text_print(text, "reads `%s` = ", trace->words[word]);
    if (last != NULL && (stores == 0 || !last->is_write))
        value_names_print(text, &trace->value_names, word, last->value);
    return follows || last != NULL;
}

/* How often a segment took and gave, put or got at an object. */
struct exchanges {
    size_t taken;
    size_t given;
    size_t put;
    size_t got;
};

static struct exchanges count_exchanges(const struct step_group *segment, const struct trace *trace, uint32_t object)
{
    struct exchanges counts = {0};
    for (size_t s = segment->first; s < segment->first + segment->count; s++) {
        const struct trace_step *step = &trace->steps[s];
        if (step->object != object)
            continue;
        counts.taken += step->act == TRACE_TAKES;
        counts.given += step->act == TRACE_GIVES;
        counts.put += step->act == TRACE_PUTS;
        counts.got += step->act == TRACE_GETS;
    }
    return counts;
}

static void print_times(struct text *text, size_t times)
{
    if (times > 1)
        text_print(text, " %zu times", times);
}

/* "takes `m` and gives it back 3 times", "gives `m` back and takes it". */
static void print_lock(struct text *text, const struct step_group *segment, const struct trace *trace, uint32_t object,
                       struct exchanges counts)
{
    size_t first = segment->first;
    while (trace->steps[first].object != object ||
           (trace->steps[first].act != TRACE_TAKES && trace->steps[first].act != TRACE_GIVES))
        first++;
    bool takes_first = trace->steps[first].act == TRACE_TAKES, is_mutex = trace->objects[object].kind == TRACE_MUTEX;
    bool both = counts.taken > 0 && counts.given > 0;
    text_print(text, "%s%s`%s`%s", takes_first ? "takes " : "gives ",
               is_mutex      ? ""
               : takes_first ? "a permit of "
                             : "a permit to ",
               trace->objects[object].name, is_mutex && !takes_first ? " back" : "");
    if (!both || counts.taken != counts.given)
        print_times(text, takes_first ? counts.taken : counts.given);
    if (!both)
        return;
    text_print(text, takes_first ? " and gives %s back" : " and takes %s", is_mutex ? "it" : "one");
    print_times(text, counts.taken != counts.given && takes_first ? counts.given : counts.taken);
}

static void print_queue(struct text *text, const char *name, struct exchanges counts)
{
    if (counts.put > 0)
        text_print(text, "puts %zu item%s into `%s`", counts.put, counts.put == 1 ? "" : "s", name);
    if (counts.got > 0)
        text_print(text, "%sgets %zu from `%s`", counts.put > 0 ? " and " : "", counts.got, name);
}

/* What a segment took, gave, put and got; returns whether it did. */
static bool print_exchanges(struct text *text, const struct step_group *segment, const struct trace *trace,
                            bool follows)
{
    for (uint32_t o = 0; o < trace->object_count; o++) {
        struct exchanges counts = count_exchanges(segment, trace, o);
        if (counts.taken + counts.given + counts.put + counts.got == 0)
            continue;
        text_print(text, "%s", follows ? "; " : "");
        if (trace->objects[o].kind == TRACE_QUEUE)
            print_queue(text, trace->objects[o].name, counts);
        else
            print_lock(text, segment, trace, o, counts);
        follows = true;
    }
    return follows;
}

/* What a segment printed; returns whether it did. */
static bool print_printed(struct text *text, const struct step_group *segment, const struct trace *trace, bool follows)
{
    size_t first = segment->first > 0 ? trace->steps[segment->first - 1].printed : 0;
    size_t end = trace->steps[segment->first + segment->count - 1].printed;
    struct text printed = TEXT_INIT, quoted = TEXT_INIT;
    if (first == end)
        return false;
    text_append(&printed, trace->output + first, end - first);
    text_print_quoted(&quoted, text_string(&printed));
    text_print(text, "%sprints ", follows ? "; " : "");
    prose_print_code(text, text_string(&quoted));
    text_free(&printed);
    text_free(&quoted);
    return true;
}

/* That a segment did nothing that has words. */
static void print_nothing(struct text *text, const struct step_group *segment, const struct trace *trace, size_t words,
                          size_t word)
{
    if (words == 0)
        text_print(text, "makes %zu step%s", segment->count, segment->count == 1 ? "" : "s");
    else if (words == 1)
        text_print(text, "does not touch `%s`", trace->words[trace->observation.places[word].number]);
    else
        text_print(text, "touches none of the observed variables");
}

void segment_text_print(struct text *text, const struct step_groups *segments, const struct step_columns *columns,
                        size_t index)
{
    const struct trace *trace = columns->trace;
    const struct step_group *segment = &segments->items[index];
    const struct trace_step *last = &trace->steps[segment->first + segment->count - 1];
    size_t words = 0, word = 0;
    bool did = false;
    for (size_t c = 0; c < columns->count; c++)
        if (trace_is_word(trace, c)) {
            did = print_observed(text, segment, columns, index, c, did);
            word = c;
            words++;
        }
    did |= print_printed(text, segment, trace, did);
    did = print_exchanges(text, segment, trace, did);
    if (!did)
        print_nothing(text, segment, trace, words, word);
    if (last->waits)
        text_print(text, "; then it waits for `%s`", trace->objects[last->waits_for].name);
}
