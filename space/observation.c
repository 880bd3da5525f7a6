#include "space/observation.h"

#include "machine/machine.h"
#include "space/tuples.h"

void observation_read(const struct observation *self, const struct machine *machine, const uint64_t *state,
                      int64_t *tuple)
{
    for (size_t w = 0; w < self->count; w++)
        tuple[w] = machine_value(machine, state, self->words[w]);
}

int64_t observation_value(const struct observation *self, const struct machine *machine, const uint64_t *state,
                          const struct tuples *ranked)
{
    int64_t tuple[OBSERVATION_WORDS_MAX];
    observation_read(self, machine, state, tuple);
    return self->count > 1 ? (int64_t)tuples_rank(ranked, tuple) : tuple[0];
}
