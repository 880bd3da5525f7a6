#include "trace/chain.h"

#include "base/memory.h"

/* From which values of the variable a value was computed, not looking further back than these. */
struct provenance {
    enum { PROVENANCE_NONE, PROVENANCE_ONE, PROVENANCE_SEVERAL } kind;
    bool is_constant; /* NONE: nothing but constants */
    bool adds;        /* ONE: that value, and something added to it */
    size_t value;     /* ONE: which */
    size_t load;      /* ONE: the latest step that read it */
};

/* What a source brings along into a value. */
static struct provenance find_source(const struct trace *trace, uint32_t word, const struct provenance *provenances,
                                     size_t value, size_t s)
{
    size_t source = trace->values[value].sources[s];
    struct provenance provenance = provenances[source];
    if (trace->values[source].word == word)
        provenance = (struct provenance){PROVENANCE_ONE, false, true, source, trace->values[value].step};
    provenance.adds = provenance.adds && trace->values[value].coefficients[s] == 1;
    return provenance;
}

static struct provenance join(struct provenance a, struct provenance b)
{
    if (a.kind == PROVENANCE_NONE && b.kind == PROVENANCE_NONE)
        return (struct provenance){.is_constant = a.is_constant && b.is_constant};
    if (a.kind == PROVENANCE_NONE || b.kind == PROVENANCE_NONE)
        return a.kind == PROVENANCE_NONE ? b : a;
    if (a.kind == PROVENANCE_ONE && b.kind == PROVENANCE_ONE && a.value == b.value)
        return (struct provenance){PROVENANCE_ONE, false, false, a.value, a.load > b.load ? a.load : b.load};
    return (struct provenance){.kind = PROVENANCE_SEVERAL};
}

/* Returns one for each value, as new. Sources come before what is computed from them. */
static struct provenance *find_provenances(const struct trace *trace, uint32_t word)
{
    struct provenance *provenances = memory_new(trace->value_count, sizeof *provenances);
    for (size_t v = 0; v < trace->value_count; v++) {
        provenances[v] = (struct provenance){.is_constant = trace->values[v].step != SIZE_MAX};
        for (size_t s = 0; s < trace->values[v].source_count; s++)
            provenances[v] = join(provenances[v], find_source(trace, word, provenances, v, s));
    }
    return provenances;
}

static bool is_store(const struct chain *self, const struct trace *trace, size_t value)
{
    return trace->values[value].word == self->word && trace->values[value].step != SIZE_MAX;
}

/* The value that was stored last, or value_count. */
static size_t find_last(const struct chain *self, const struct trace *trace)
{
    for (size_t v = trace->value_count; v-- > 0;)
        if (is_store(self, trace, v))
            return v;
    return trace->value_count;
}

static void mark_counting(struct chain *self, const struct trace *trace, size_t last)
{
    bool *needed = memory_new(trace->value_count, sizeof *needed);
    needed[last] = true;
    for (size_t v = last + 1; v-- > 0;) {
        if (!needed[v])
            continue;
        for (size_t s = 0; s < trace->values[v].source_count; s++)
            needed[trace->values[v].sources[s]] = true;
        if (is_store(self, trace, v)) {
            self->counts[trace->values[v].step] = true;
            self->counting++;
        }
    }
    memory_free(needed);
}

static struct chain_link link_of(const struct chain *self, const struct trace *trace, size_t value,
                                 const struct provenance *provenance)
{
    struct chain_link link = {.load = SIZE_MAX, .store = trace->values[value].step};
    (void)trace_step_stores(trace, link.store, self->word, &link.stored);
    if (provenance->kind == PROVENANCE_ONE) {
        link.load = provenance->load;
        link.loaded = trace->first_words[self->word];
        if (is_store(self, trace, provenance->value))
            (void)trace_step_stores(trace, trace->values[provenance->value].step, self->word, &link.loaded);
        link.adds = provenance->adds;
        link.handed_on = trace->steps[link.load].thread != trace->steps[link.store].thread;
    }
    return link;
}

static enum chain_origin origin_of(const struct provenance *provenance)
{
    if (provenance->kind == PROVENANCE_NONE)
        return provenance->is_constant ? CHAIN_CONSTANT : CHAIN_OTHER;
    return provenance->kind == PROVENANCE_ONE ? CHAIN_START : CHAIN_SEVERAL;
}

static void reverse(struct chain *self)
{
    for (size_t i = 0; i < self->count / 2; i++) {
        struct chain_link other = self->links[i];
        self->links[i] = self->links[self->count - 1 - i];
        self->links[self->count - 1 - i] = other;
    }
}

static void follow(struct chain *self, const struct trace *trace, size_t last)
{
    struct provenance *provenances = find_provenances(trace, self->word);
    size_t capacity = 0, value = last;
    bool goes_on = true;
    while (goes_on) {
        const struct provenance *provenance = &provenances[value];
        self->links = memory_grow(self->links, self->count, &capacity, sizeof *self->links);
        self->links[self->count++] = link_of(self, trace, value, provenance);
        self->origin = origin_of(provenance);
        goes_on = provenance->kind == PROVENANCE_ONE && is_store(self, trace, provenance->value);
        value = provenance->value;
    }
    reverse(self);
    memory_free(provenances);
}

struct chain chain_make(const struct trace *trace, uint32_t word)
{
    struct chain self = {.word = word, .counts = memory_new(trace->step_count, sizeof *self.counts)};
    size_t last = find_last(&self, trace);
    if (last < trace->value_count) {
        follow(&self, trace, last);
        mark_counting(&self, trace, last);
    }
    return self;
}

void chain_free(struct chain *self)
{
    memory_free(self->links);
    memory_free(self->counts);
    *self = (struct chain){0};
}

size_t chain_ordinal(const struct chain *self, const struct trace *trace, size_t step)
{
    size_t ordinal = 0;
    for (size_t s = 0; s <= step; s++)
        ordinal +=
            trace->steps[s].thread == trace->steps[step].thread && trace_step_touches(trace, s, self->word, true);
    return ordinal;
}
