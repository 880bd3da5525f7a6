#include "reports/lineage.h"

#include "reports/deed.h"

#include <inttypes.h>

static int64_t stored(const struct trace *trace, const struct chain_link *link)
{
    return trace->steps[link->store].observed;
}

/* What the variable was when the link before had been stored. */
static int64_t inherited(const struct trace *trace, const struct chain *chain, size_t link)
{
    return link > 0 ? stored(trace, &chain->links[link - 1]) : trace->observed_first;
}

bool lineage_counts(const struct trace *trace, const struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        const struct chain_link *link = &chain->links[i];
        int64_t next;
        if (link->load == SIZE_MAX || link->loaded != inherited(trace, chain, i) ||
            __builtin_add_overflow(link->loaded, 1, &next) || stored(trace, link) != next)
            return false;
    }
    return trace->end == TRACE_FINISHED;
}

void lineage_print(struct text *text, const struct trace *trace, const struct chain *chain)
{
    const char *stores = chain->count == 1 ? "store" : "stores";
    if (chain->count == 0) {
        text_print(text, "Nothing was ever stored to ");
        deed_print_name(text, trace->observe);
        text_print(text, ": it is what it was at the start.");
    } else if (!lineage_counts(trace, chain)) {
        text_print(text, "The final value goes back to %zu %s, each computed from what its thread had loaded before.",
                   chain->count, stores);
    } else if (trace->observed_first == 0) {
        text_print(text, "The final value is the length of this chain: ");
        deed_print_name(text, trace->observe);
        text_print(
            text,
            " starts at 0, each of the %zu %s of the chain adds 1 to what its thread had loaded, and 0 + %zu = %" PRId64
            ".",
            chain->count, stores, chain->count, trace->value);
    } else {
        text_print(text,
                   "The final value is where it started, %" PRId64
                   ", plus the length of this chain: each of its %zu %s adds 1 "
                   "to what its thread had loaded, and %" PRId64 " + %zu = %" PRId64 ".",
                   trace->observed_first, chain->count, stores, trace->observed_first, chain->count, trace->value);
    }
}

/* Where what a link loaded was stored. */
static void print_origin(struct text *text, const struct trace *trace, const struct chain *chain, size_t link)
{
    if (chain->links[link].loaded != inherited(trace, chain, link))
        return;
    if (link == 0) {
        text_print(text, ", the value at the start,");
        return;
    }
    const struct chain_link *before = &chain->links[link - 1];
    uint32_t thread = trace->steps[before->store].thread;
    text_print(text, ", which ");
    if (thread == trace->steps[chain->links[link].store].thread)
        text_print(text, "it had itself");
    else
        deed_print_name(text, trace->threads[thread]);
    text_print(text, " stored in step %zu,", before->store + 1);
}

void lineage_print_link(struct text *text, const struct trace *trace, const struct chain *chain, size_t index)
{
    const struct chain_link *link = &chain->links[index];
    deed_print_name(text, trace->threads[trace->steps[link->store].thread]);
    if (link->load != SIZE_MAX && link->load != link->store) {
        text_print(text, " loads %" PRId64 " in step %zu", link->loaded, link->load + 1);
        print_origin(text, trace, chain, index);
        text_print(text, " and stores");
    } else if (link->load == link->store) {
        text_print(text, " finds %" PRId64, link->loaded);
        print_origin(text, trace, chain, index);
        text_print(text, " and in the same step makes it");
    } else {
        text_print(text, " stores");
    }
    text_print(text, " %" PRId64 " in step %zu.", stored(trace, link), link->store + 1);
}
