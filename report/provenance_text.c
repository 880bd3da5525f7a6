#include "report/provenance_text.h"

#include <inttypes.h>

/* A sum of more than these is told by what they are together. */
enum { SUMMANDS_MAX = 8 };

static size_t number_of(const struct trace *trace, size_t step)
{
    return trace->steps[step].number;
}

static const char *name(const struct trace *trace, const struct chain *chain)
{
    return trace->words[chain->word];
}

static int64_t first(const struct trace *trace, const struct chain *chain)
{
    return trace->first_words[chain->word];
}

static int64_t final(const struct trace *trace, const struct chain *chain)
{
    return trace_final_word(trace, chain->word);
}

/* ---- What kind of chain it is ---------------------------------------------------------------------------------- */

/* Whether the final value is that at the start, plus what each link adds; and all that can be told as numbers. */
static bool adds_up(const struct trace *trace, const struct chain *chain)
{
    int64_t difference;
    if (trace->end != TRACE_FINISHED || chain->origin != CHAIN_START)
        return false;
    for (size_t i = 0; i < chain->count; i++)
        if (!chain->links[i].adds ||
            __builtin_sub_overflow(chain->links[i].stored, chain->links[i].loaded, &difference))
            return false;
    return !__builtin_sub_overflow(final(trace, chain), first(trace, chain), &difference);
}

bool provenance_text_counts(const struct trace *trace, const struct chain *chain)
{
    if (!adds_up(trace, chain))
        return false;
    for (size_t i = 0; i < chain->count; i++)
        if (chain->links[i].stored - chain->links[i].loaded != 1)
            return false;
    return true;
}

/* What the links were computed from. */
static const char *loaded_words(const struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->links[i].handed_on)
            return "what had been loaded";
    return "what its thread had loaded";
}

/* ---- What it says ---------------------------------------------------------------------------------------------- */

static void print_count(struct text *text, const struct trace *trace, const struct chain *chain)
{
    bool from_zero = first(trace, chain) == 0;
    if (from_zero) {
        text_print(text, "The final value is the length of this chain: `%s` starts at 0, ", name(trace, chain));
    } else {
        text_print(text, "The final value is where it started, %" PRId64 ", plus the length of this chain: ",
                   first(trace, chain));
    }
    if (chain->count == 1)
        text_print(text, from_zero ? "the one store of the chain" : "its one store");
    else
        text_print(text, from_zero ? "each of the %zu stores of the chain" : "each of its %zu stores", chain->count);
    text_print(text, " adds 1 to %s, and %" PRId64 " + %zu = %" PRId64 ".", loaded_words(chain), first(trace, chain),
               chain->count, final(trace, chain));
}

static void print_summand(struct text *text, int64_t summand)
{
    if (summand < 0)
        text_print(text, " - %" PRIu64, 0 - (uint64_t)summand);
    else
        text_print(text, " + %" PRId64, summand);
}

static void print_sum(struct text *text, const struct trace *trace, const struct chain *chain)
{
    text_print(text, "The final value is where it started, %" PRId64 ", plus what ", first(trace, chain));
    if (chain->count == 1)
        text_print(text, "the one store");
    else
        text_print(text, "each of the %zu stores", chain->count);
    text_print(text, " of this chain adds to %s: %" PRId64, loaded_words(chain), first(trace, chain));
    if (chain->count > SUMMANDS_MAX)
        print_summand(text, final(trace, chain) - first(trace, chain));
    for (size_t i = 0; i < chain->count && chain->count <= SUMMANDS_MAX; i++)
        print_summand(text, chain->links[i].stored - chain->links[i].loaded);
    text_print(text, " = %" PRId64 ".", final(trace, chain));
}

/* What the first link is, where it does not go back to the start. */
static void print_beginning(struct text *text, const struct trace *trace, const struct chain *chain)
{
    if (chain->origin == CHAIN_SEVERAL) {
        text_print(text, ": several values of `%s` flow together in the ", name(trace, chain));
        if (chain->count == 1)
            text_print(text, "last one");
        else
            text_print(text, "first of the last %zu", chain->count);
        return;
    }
    text_print(text, chain->count == 1 ? ", which stores " : ": the first one stores ");
    if (chain->origin == CHAIN_CONSTANT)
        text_print(text, "the constant %" PRId64, chain->links[0].stored);
    else
        text_print(text, "a value that is not computed from `%s`", name(trace, chain));
}

static void print_dependence(struct text *text, const struct trace *trace, const struct chain *chain)
{
    text_print(text, "The final value goes back to %zu %s", chain->counting, chain->counting == 1 ? "store" : "stores");
    if (chain->origin != CHAIN_START)
        print_beginning(text, trace, chain);
    if (chain->origin == CHAIN_START)
        text_print(text, chain->count == 1 ? ", computed" : ", each computed");
    else if (chain->count > 1)
        text_print(text, chain->count == 2 ? ", the other one is computed" : ", each of the others is computed");
    if (chain->origin == CHAIN_START || chain->count > 1)
        text_print(text, " from %s before", loaded_words(chain));
    text_print(text, ".");
}

void provenance_text_print(struct text *text, const struct trace *trace, const struct chain *chain)
{
    if (chain->count == 0)
        text_print(text, "Nothing was ever stored to `%s`: it is what it was at the start.", name(trace, chain));
    else if (provenance_text_counts(trace, chain))
        print_count(text, trace, chain);
    else if (adds_up(trace, chain))
        print_sum(text, trace, chain);
    else
        print_dependence(text, trace, chain);
}

/* ---- One link -------------------------------------------------------------------------------------------------- */

/* Where what a link loaded was stored. */
static void print_source(struct text *text, const struct trace *trace, const struct chain *chain, size_t link)
{
    if (link == 0) {
        text_print(text, ", the value at the start,");
        return;
    }
    const struct chain_link *before = &chain->links[link - 1];
    uint32_t thread = trace->steps[before->store].thread;
    if (thread == trace->steps[chain->links[link].load].thread)
        text_print(text, ", which it had itself stored in step %zu,", number_of(trace, before->store));
    else
        text_print(text, ", which `%s` stored in step %zu,", trace->threads[thread], number_of(trace, before->store));
}

/* A store that no single load led to. */
static void print_origin(struct text *text, const struct trace *trace, const struct chain *chain)
{
    const struct chain_link *link = &chain->links[0];
    text_print(text, " stores %s%" PRId64 " in step %zu", chain->origin == CHAIN_CONSTANT ? "the constant " : "",
               link->stored, number_of(trace, link->store));
    if (chain->origin == CHAIN_SEVERAL)
        text_print(text, ", computed from several values of `%s`", name(trace, chain));
    else if (chain->origin != CHAIN_CONSTANT)
        text_print(text, ", which is not computed from `%s`", name(trace, chain));
    text_print(text, ".");
}

void provenance_text_print_link(struct text *text, const struct trace *trace, const struct chain *chain, size_t index)
{
    const struct chain_link *link = &chain->links[index];
    text_print(text, "`%s`", trace->threads[trace->steps[link->load != SIZE_MAX ? link->load : link->store].thread]);
    if (link->load == SIZE_MAX) {
        print_origin(text, trace, chain);
        return;
    }
    bool is_one_step = number_of(trace, link->load) == number_of(trace, link->store);
    if (is_one_step)
        text_print(text, " finds %" PRId64, link->loaded);
    else
        text_print(text, " loads %" PRId64 " in step %zu", link->loaded, number_of(trace, link->load));
    print_source(text, trace, chain, index);
    if (is_one_step)
        text_print(text, " and in the same step makes it");
    else if (link->handed_on)
        text_print(text, " and `%s`, computing from it, stores", trace->threads[trace->steps[link->store].thread]);
    else
        text_print(text, " and stores");
    text_print(text, " %" PRId64 " in step %zu.", link->stored, number_of(trace, link->store));
}
