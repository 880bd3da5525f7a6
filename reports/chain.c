#include "reports/chain.h"

#include "base/memory.h"

/* The latest load of the observed variable by the storing thread, not after the store. */
static void find_load(struct chain_link *link, const struct trace *trace)
{
    for (size_t step = link->store + 1; step-- > 0;) {
        const struct trace_step *candidate = &trace->steps[step];
        for (size_t i = 0; candidate->thread == trace->steps[link->store].thread && i < candidate->access_count; i++)
            if (!candidate->accesses[i].is_write && candidate->accesses[i].word == trace->observed_word) {
                link->load = step;
                link->loaded = candidate->accesses[i].value;
                return;
            }
    }
}

struct chain chain_make(const struct trace *trace)
{
    struct chain self = {0};
    size_t *stores = trace_chain(trace, &self.count);
    self.links = memory_new(self.count, sizeof *self.links);
    for (size_t i = 0; i < self.count; i++) {
        self.links[i] = (struct chain_link){.load = SIZE_MAX, .store = stores[i]};
        find_load(&self.links[i], trace);
    }
    memory_free(stores);
    return self;
}

void chain_free(struct chain *self)
{
    memory_free(self->links);
    *self = (struct chain){0};
}
