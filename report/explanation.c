#include "report/explanation.h"

#include "base/memory.h"
#include "report/members.h"
#include "report/middle.h"
#include "report/phrase.h"
#include "report/prose.h"
#include "report/step_text.h"
#include "trace/chain.h"

#include <inttypes.h>

/* More stretches, and turns of printing, than this are told by the first and the last ones. */
enum { STRETCHES_MAX = 6, STRETCHES_SHOWN_EACH_END = 2, PRINTS_MAX = 12, PRINTS_SHOWN_EACH_END = 4 };

/* Stores of one thread that follow each other in the chain: links first .. last. */
struct stretch {
    size_t first;
    size_t last;
};

static size_t store_count(const struct trace *trace, uint32_t word)
{
    size_t count = 0;
    for (size_t step = 0; step < trace->step_count; step++)
        count += trace_step_touches(trace, step, word, true);
    return count;
}

static uint32_t storing_thread(const struct trace *trace, const struct chain *chain, size_t link)
{
    return trace->steps[chain->links[link].store].thread;
}

/* What is told of a link is more than whose store it is and what it stored. */
static bool stands_alone(const struct chain *chain, size_t link)
{
    return chain->links[link].handed_on || (link == 0 && chain->origin != CHAIN_START);
}

/* Returns the stretches as new; there are at most as many as links. */
static struct stretch *find_stretches(const struct trace *trace, const struct chain *chain, size_t *count)
{
    struct stretch *stretches = memory_new(chain->count, sizeof *stretches);
    *count = 0;
    for (size_t i = 0; i < chain->count; i++) {
        bool goes_on = i > 0 && storing_thread(trace, chain, i) == storing_thread(trace, chain, i - 1) &&
                       !stands_alone(chain, i) && !stands_alone(chain, i - 1);
        if (goes_on)
            stretches[*count - 1].last = i;
        else
            stretches[(*count)++] = (struct stretch){i, i};
    }
    return stretches;
}

/* A store that no single load led to, which is the first link. */
static void print_origin(struct text *text, const struct trace *trace, const struct chain *chain)
{
    const struct chain_link *link = &chain->links[0];
    size_t number = trace->steps[link->store].number;
    if (chain->origin == CHAIN_CONSTANT) {
        text_print(text, "stores the constant %" PRId64 " (step %zu)", link->stored, number);
        return;
    }
    text_print(text, "stores %" PRId64 " (step %zu), ", link->stored, number);
    text_print(text, "%s %s",
               chain->origin == CHAIN_SEVERAL ? "computed from several values of" : "which is not computed from",
               trace->words[chain->word]);
}

static void print_link(struct text *text, const struct trace *trace, const struct chain *chain, size_t index)
{
    const struct chain_link *link = &chain->links[index];
    if (link->load == SIZE_MAX) {
        print_origin(text, trace, chain);
        return;
    }
    const struct trace_step *store = &trace->steps[link->store], *load = &trace->steps[link->load];
    if (load->number == store->number) {
        text_print(text, "changes %" PRId64 " to %" PRId64 " (step %zu)", link->loaded, link->stored, store->number);
    } else if (link->handed_on) {
        text_print(text, "stores %" PRId64 " (step %zu), computed from the %" PRId64 " that %s loads (step %zu)",
                   link->stored, store->number, link->loaded, trace->threads[load->thread], load->number);
    } else {
        text_print(text, "loads %" PRId64 " (step %zu) and stores %" PRId64 " (step %zu)", link->loaded, load->number,
                   link->stored, store->number);
    }
}

static void print_stretch(struct text *text, const struct trace *trace, const struct chain *chain,
                          struct stretch stretch)
{
    const struct chain_link *first = &chain->links[stretch.first], *last = &chain->links[stretch.last];
    text_print(text, "%s ", trace->threads[storing_thread(trace, chain, stretch.first)]);
    if (first == last)
        print_link(text, trace, chain, stretch.first);
    else
        text_print(text, "brings it to %" PRId64 " with %zu stores (steps %zu to %zu)", last->stored,
                   stretch.last - stretch.first + 1, trace->steps[first->store].number,
                   trace->steps[last->store].number);
}

static void print_stretches(struct text *text, const struct trace *trace, const struct chain *chain)
{
    size_t count;
    struct stretch *stretches = find_stretches(trace, chain, &count);
    struct middle left_out = middle_of(count, STRETCHES_MAX, STRETCHES_SHOWN_EACH_END);
    for (size_t i = 0; i < count; i++) {
        text_print(text, "%s", i > 0 && (i <= left_out.first || i >= left_out.end) ? "; " : "");
        if (i == left_out.first)
            text_print(text, "and so on, %zu turns", left_out.end - left_out.first);
        if (!middle_has(left_out, i))
            print_stretch(text, trace, chain, stretches[i]);
    }
    memory_free(stretches);
}

static void print_proportion(struct text *text, const char *observe, size_t counting, size_t stores)
{
    if (counting < stores)
        text_print(text, "only %zu of the %zu stores to %s count%s: ", counting, stores, observe,
                   counting == 1 ? "s" : "");
    else if (stores == 1)
        text_print(text, "there is one store to %s: ", observe);
    else
        text_print(text, "all %zu stores to %s count, no update is lost: ", stores, observe);
}

/* Whether each lost store is followed by one that counts, of another thread, which has not looked in between. */
static bool are_lost_unseen(const struct trace *trace, const struct chain *chain)
{
    uint32_t thread = UINT32_MAX; /* of the next store that counts */
    bool has_looked = false;
    for (size_t s = trace->step_count; s-- > 0;) {
        const struct trace_step *step = &trace->steps[s];
        if (chain->counts[s]) {
            thread = step->thread;
            has_looked = false;
        } else if (trace_step_touches(trace, s, chain->word, true) && (has_looked || step->thread == thread)) {
            return false;
        }
        has_looked |= step->thread == thread && trace_step_touches(trace, s, chain->word, false);
    }
    return true;
}

static void print_lost(struct text *text, const struct trace *trace, const struct chain *chain, size_t lost)
{
    if (lost == 0)
        return;
    const char *them = lost == 1 ? "it" : "them";
    if (lost == 1)
        text_print(text, " The other one is lost: ");
    else
        text_print(text, " The other %zu are lost: ", lost);
    if (!are_lost_unseen(trace, chain))
        text_print(text, "the final value is not computed from %s.", them);
    else
        text_print(text, "%s overwritten by a thread that had not seen %s.", lost == 1 ? "it is" : "they are", them);
}

static void print_word(struct text *text, const struct trace *trace, uint32_t word)
{
    struct chain chain = chain_make(trace, word);
    size_t stores = store_count(trace, word);
    if (chain.count == 0) {
        text_print(text, "nothing was ever stored to %s.", trace->words[word]);
    } else {
        print_proportion(text, trace->words[word], chain.counting, stores);
        print_stretches(text, trace, &chain);
        text_print(text, ".");
        print_lost(text, trace, &chain, stores - chain.counting);
    }
    chain_free(&chain);
}

/* The last step that sets a register is all that there is to say of it. */
static void print_register(struct text *text, const struct trace *trace, size_t place)
{
    int64_t value;
    size_t step = trace->step_count;
    while (step > 0 && !trace_step_sets(trace, step - 1, place, &value))
        step--;
    if (step == 0) {
        text_print(text, "no step sets it.");
        return;
    }
    text_print(text, "%s ", trace->threads[trace->steps[step - 1].thread]);
    step_text_print(text, trace, step - 1);
    text_print(text, " (step %zu).", trace->steps[step - 1].number);
}

static size_t printed_before(const struct trace *trace, size_t step)
{
    return step > 0 ? trace->steps[step - 1].printed : 0;
}

/* What a thread prints before another one does: the steps first .. last, those between them that print nothing included. */
struct print_run {
    size_t first;
    size_t last;
};

/* Returns them as new; there are at most as many as steps. */
static struct print_run *find_print_runs(const struct trace *trace, size_t *count)
{
    struct print_run *runs = memory_new(trace->step_count, sizeof *runs);
    *count = 0;
    for (size_t s = 0; s < trace->step_count; s++) {
        if (trace->steps[s].printed == printed_before(trace, s))
            continue;
        if (*count > 0 && trace->steps[runs[*count - 1].first].thread == trace->steps[s].thread)
            runs[*count - 1].last = s;
        else
            runs[(*count)++] = (struct print_run){s, s};
    }
    return runs;
}

static void print_output(struct text *text, const char *output)
{
    struct text quoted = TEXT_INIT;
    members_print_output(&quoted, output, false);
    prose_print_code(text, text_string(&quoted));
    text_free(&quoted);
}

static void print_print_run(struct text *text, const struct trace *trace, struct print_run run)
{
    struct text printed = TEXT_INIT;
    size_t before = printed_before(trace, run.first);
    text_append(&printed, trace->output + before, trace->steps[run.last].printed - before);
    text_print(text, "%s prints ", trace->threads[trace->steps[run.first].thread]);
    print_output(text, text_string(&printed));
    size_t first = trace->steps[run.first].number, last = trace->steps[run.last].number;
    if (first == last)
        text_print(text, " (step %zu)", first);
    else
        text_print(text, " (steps %zu to %zu)", first, last);
    text_free(&printed);
}

static void print_prints(struct text *text, const struct trace *trace)
{
    size_t count;
    struct print_run *runs = find_print_runs(trace, &count);
    struct middle left_out = middle_of(count, PRINTS_MAX, PRINTS_SHOWN_EACH_END);
    for (size_t i = 0; i < count; i++) {
        text_print(text, "%s", i > 0 && (i <= left_out.first || i >= left_out.end) ? "; " : "");
        if (i == left_out.first)
            text_print(text, "and so on, %zu turns", left_out.end - left_out.first);
        if (!middle_has(left_out, i))
            print_print_run(text, trace, runs[i]);
    }
    text_print(text, count > 0 ? "." : "no step prints anything.");
    memory_free(runs);
}

void explanation_print(struct text *text, const struct trace *trace, size_t place)
{
    text_print(text, "Why ");
    if (trace->observation.count == 1 && trace_is_word(trace, place))
        text_print(text, "%" PRId64, trace_final(trace, place));
    else if (trace_is_output(trace, place)) {
        text_print(text, "output ");
        print_output(text, trace->output != NULL ? trace->output : "");
    } else
        phrase_print_final(text, trace, place);
    text_print(text, ": ");
    if (trace_is_word(trace, place))
        print_word(text, trace, trace->observation.places[place].number);
    else if (trace_is_output(trace, place))
        print_prints(text, trace);
    else
        print_register(text, trace, place);
}
