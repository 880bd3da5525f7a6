#include "space/observation.h"

#include "machine/machine.h"

void observation_read(const struct observation *self, const struct machine *machine, const uint64_t *state,
                      int64_t *tuple)
{
    for (size_t w = 0; w < self->count; w++)
        tuple[w] = machine_value(machine, state, self->words[w]);
}
