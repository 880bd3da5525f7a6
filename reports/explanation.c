#include "reports/explanation.h"

#include "base/memory.h"
#include "reports/chain.h"
#include "reports/runs.h"
#include "reports/utf8.h"

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
        count += step_writes(trace, step);
    return count;
}

static uint32_t storing_thread(const struct trace *trace, const struct chain *chain, size_t link)
{
    return trace->steps[chain->links[link].store].thread;
}

/* Returns the stretches as new; there are at most as many as links. */
static struct stretch *find_stretches(const struct trace *trace, const struct chain *chain, size_t *count)
{
    struct stretch *stretches = memory_new(chain->count, sizeof *stretches);
    *count = 0;
    for (size_t i = 0; i < chain->count; i++) {
        if (i > 0 && storing_thread(trace, chain, i) == storing_thread(trace, chain, i - 1))
            stretches[*count - 1].last = i;
        else
            stretches[(*count)++] = (struct stretch){i, i};
    }
    return stretches;
}

static void print_link(struct text *text, const struct trace *trace, const struct chain_link *link)
{
    int64_t stored = trace->steps[link->store].observed;
    if (link->load == SIZE_MAX)
        text_print(text, "stores %" PRId64 " (step %zu)", stored, link->store + 1);
    else if (link->load == link->store)
        text_print(text, "changes %" PRId64 " to %" PRId64 " (step %zu)", link->loaded, stored, link->store + 1);
    else
        text_print(text, "loads %" PRId64 " (step %zu) and stores %" PRId64 " (step %zu)", link->loaded, link->load + 1,
                   stored, link->store + 1);
}

static void print_stretch(struct text *text, const struct trace *trace, const struct chain *chain,
                          struct stretch stretch)
{
    const struct chain_link *first = &chain->links[stretch.first], *last = &chain->links[stretch.last];
    char *name = utf8_line(trace->threads[storing_thread(trace, chain, stretch.first)]);
    text_print(text, "%s ", name);
    memory_free(name);
    if (first == last)
        print_link(text, trace, first);
    else
        text_print(text, "brings it to %" PRId64 " with %zu stores (steps %zu to %zu)",
                   trace->steps[last->store].observed, stretch.last - stretch.first + 1, first->store + 1,
                   last->store + 1);
}

static void print_stretches(struct text *text, const struct trace *trace, const struct chain *chain)
{
    size_t count;
    struct stretch *stretches = find_stretches(trace, chain, &count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_print(text, "; ");
        if (count > STRETCHES_MAX && i == STRETCHES_SHOWN_EACH_END) {
            text_print(text, "and so on, %zu turns; ", count - 2 * STRETCHES_SHOWN_EACH_END);
            i = count - STRETCHES_SHOWN_EACH_END;
        }
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

static void print_lost(struct text *text, size_t lost)
{
    if (lost == 1)
        text_print(text, " The other one is lost: it is overwritten by a thread that had not seen it.");
    else if (lost > 1)
        text_print(text, " The other %zu are lost: they are overwritten by a thread that had not seen them.", lost);
}

void explanation_print(struct text *text, const struct trace *trace)
{
    struct chain chain = chain_make(trace);
    size_t stores = store_count(trace);
    char *observe = utf8_line(trace->observe);
    text_print(text, "Why %" PRId64 ": ", trace->value);
    if (chain.count == 0) {
        text_print(text, "nothing was ever stored to %s.", observe);
    } else {
        print_proportion(text, observe, chain.count, stores);
        print_stretches(text, trace, &chain);
        text_print(text, ".");
        print_lost(text, stores - chain.count);
    }
    memory_free(observe);
    chain_free(&chain);
}
