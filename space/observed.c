#include "space/observed.h"

#include "space/tuples.h"

static location_id location_of(const struct observation_place *place, const struct machine *machine)
{
    if (place->thread == OBSERVED_WORD)
        return place->number;
    if (place->thread == OBSERVED_OUTPUT)
        return machine_output_location(machine);
    return machine_register_location(machine, (size_t)place->thread, place->number);
}

struct observed observed_find(const struct observation *observation, const struct machine *machine)
{
    struct observed observed = {.locations = {0}, .count = observation->count > 0 ? observation->count : 1};
    for (size_t p = 0; p < observation->count; p++)
        observed.locations[p] = location_of(&observation->places[p], machine);
    return observed;
}

void observed_read(const struct observed *self, const struct machine *machine, const uint64_t *state, int64_t *tuple)
{
    for (size_t w = 0; w < self->count; w++)
        tuple[w] = machine_final_value(machine, state, self->locations[w]);
}

int64_t observed_value(const struct observed *self, const struct machine *machine, const uint64_t *state,
                       const struct tuples *ranked)
{
    int64_t tuple[OBSERVATION_MAX];
    observed_read(self, machine, state, tuple);
    return self->count > 1 ? (int64_t)tuples_rank(ranked, tuple) : tuple[0];
}
