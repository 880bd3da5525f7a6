#include "base/generator.h"

#include <assert.h>

static const uint64_t golden_gamma = UINT64_C(0x9e3779b97f4a7c15);

/* FNV-1a, which goes on behind what was hashed so far as if both were one text. */
static uint64_t hash_on(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t generator_hash(const char *text)
{
    return hash_on(UINT64_C(0xcbf29ce484222325), text);
}

struct generator generator_start(uint64_t seed, const char *purpose, const char *student)
{
    struct generator first = {.state = seed};
    return (struct generator){.state =
                                  generator_next(&first) ^ hash_on(hash_on(generator_hash(purpose), "/"), student)};
}

uint64_t generator_next(struct generator *self)
{
    self->state += golden_gamma;
    uint64_t mixed = self->state;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

uint64_t generator_below(struct generator *self, uint64_t bound)
{
    assert(bound > 0);
    /* 2^64 is not a multiple of most bounds: what is over at the low end is drawn again. */
    uint64_t over = (0 - bound) % bound, drawn;
    do
        drawn = generator_next(self);
    while (drawn < over);
    return drawn % bound;
}

int64_t generator_between(struct generator *self, int64_t least, int64_t most)
{
    assert(least <= most && (uint64_t)most - (uint64_t)least < UINT64_MAX);
    return (int64_t)((uint64_t)least + generator_below(self, (uint64_t)most - (uint64_t)least + 1));
}

bool generator_one_in(struct generator *self, uint64_t times)
{
    return generator_below(self, times) == 0;
}
