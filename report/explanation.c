#include "report/explanation.h"

#include "base/memory.h"
#include "report/middle.h"
#include "trace/chain.h"

#include <inttypes.h>

/* More stretches than this are told by the first and the last ones. */
enum { STRETCHES_MAX = 6, STRETCHES_SHOWN_EACH_END = 2 };

/* Stores of one thread that follow each other in the chain: links first .. last. */
struct stretch {
    size_t first;
    size_t last;
};

static size_t store_count(const struct trace *trace)
{
    size_t count = 0;
    for (size_t step = 0; step < trace->step_count; step++)
        count += chain_touches(trace, step, true);
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
static void print_origin(struct text *text, const struct trace *trace, enum chain_origin origin, size_t store)
{
    int64_t stored = trace->steps[store].observed;
    if (origin == CHAIN_CONSTANT) {
        text_print(text, "stores the constant %" PRId64 " (step %zu)", stored, store + 1);
        return;
    }
    text_print(text, "stores %" PRId64 " (step %zu), ", stored, store + 1);
    text_print(text, "%s %s",
               origin == CHAIN_SEVERAL ? "computed from several values of" : "which is not computed from",
               trace->observe);
}

static void print_link(struct text *text, const struct trace *trace, const struct chain *chain, size_t index)
{
    const struct chain_link *link = &chain->links[index];
    int64_t stored = trace->steps[link->store].observed;
    if (link->load == SIZE_MAX) {
        print_origin(text, trace, chain->origin, link->store);
    } else if (link->load == link->store) {
        text_print(text, "changes %" PRId64 " to %" PRId64 " (step %zu)", link->loaded, stored, link->store + 1);
    } else if (link->handed_on) {
        text_print(text, "stores %" PRId64 " (step %zu), computed from the %" PRId64 " that %s loads (step %zu)",
                   stored, link->store + 1, link->loaded, trace->threads[trace->steps[link->load].thread],
                   link->load + 1);
    } else {
        text_print(text, "loads %" PRId64 " (step %zu) and stores %" PRId64 " (step %zu)", link->loaded, link->load + 1,
                   stored, link->store + 1);
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
        text_print(text, "brings it to %" PRId64 " with %zu stores (steps %zu to %zu)",
                   trace->steps[last->store].observed, stretch.last - stretch.first + 1, first->store + 1,
                   last->store + 1);
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
        } else if (chain_touches(trace, s, true) && (has_looked || step->thread == thread)) {
            return false;
        }
        has_looked |= step->thread == thread && chain_touches(trace, s, false);
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

void explanation_print(struct text *text, const struct trace *trace)
{
    struct chain chain = chain_make(trace);
    size_t stores = store_count(trace);
    if (trace->observation.count > 1)
        text_print(text, "Why %s = %" PRId64 ": ", trace->observe, trace->value);
    else
        text_print(text, "Why %" PRId64 ": ", trace->value);
    if (chain.count == 0) {
        text_print(text, "nothing was ever stored to %s.", trace->observe);
    } else {
        print_proportion(text, trace->observe, chain.counting, stores);
        print_stretches(text, trace, &chain);
        text_print(text, ".");
        print_lost(text, trace, &chain, stores - chain.counting);
    }
    chain_free(&chain);
}
