#include "analysis/event_count.h"

#include "base/exact.h"
#include "base/memory.h"

#include <string.h>

void event_count_start(struct event_count *self, const char *name)
{
    *self = (struct event_count){.name = memory_copy_string(name)};
    mpq_init(self->expected);
}

void event_count_free(struct event_count *self)
{
    for (size_t r = 0; r < self->row_count; r++) {
        mpz_clear(self->rows[r].schedules);
        mpq_clear(self->rows[r].random);
    }
    for (size_t e = 0; e < self->end_count; e++)
        event_ways_free(&self->ends[e].ways);
    memory_free(self->ends);
    memory_free(self->rows);
    schedule_free(&self->least_schedule);
    schedule_free(&self->greatest_schedule);
    memory_free(self->name);
    mpq_clear(self->expected);
}

struct event_count_row *event_count_add(struct event_count *self, int64_t count)
{
    self->rows = memory_resize(self->rows, self->row_count + 1, sizeof *self->rows);
    struct event_count_row *row = &self->rows[self->row_count++];
    row->count = count;
    mpz_init(row->schedules);
    mpq_init(row->random);
    return row;
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

void event_ways_start(struct event_ways *self)
{
    *self = (struct event_ways){0};
    mpq_inits(self->probability, self->moment, NULL);
}

void event_ways_free(struct event_ways *self)
{
    mpq_clears(self->probability, self->moment, NULL);
}

void event_ways_add(struct event_ways *self, const struct event_ways *others, int64_t more, const mpq_t share)
{
    int64_t least = others->least + more, greatest = others->greatest + more;
    mpq_t probability, moment;
    mpq_inits(probability, moment, NULL);
    mpq_mul(probability, others->probability, share);
    exact_set(mpq_numref(moment), (uint64_t)more);
    mpq_mul(moment, moment, others->probability);
    mpq_add(moment, moment, others->moment);
    mpq_mul(moment, moment, share);
    mpq_add(self->probability, self->probability, probability);
    mpq_add(self->moment, self->moment, moment);
    self->least = !self->are_there || least < self->least ? least : self->least;
    self->greatest = !self->are_there || greatest > self->greatest ? greatest : self->greatest;
    self->are_there = true;
    mpq_clears(probability, moment, NULL);
}

struct event_ways *event_count_end(struct event_count *self, int end, int64_t value)
{
    size_t at = 0;
    while (at < self->end_count &&
           (self->ends[at].end < end || (self->ends[at].end == end && self->ends[at].value < value)))
        at++;
    if (at < self->end_count && self->ends[at].end == end && self->ends[at].value == value)
        return &self->ends[at].ways;
    self->ends = memory_resize(self->ends, self->end_count + 1, sizeof *self->ends);
    memmove(self->ends + at + 1, self->ends + at, (self->end_count - at) * sizeof *self->ends);
    self->end_count++;
    self->ends[at] = (struct event_count_end){.end = end, .value = value};
    event_ways_start(&self->ends[at].ways);
    return &self->ends[at].ways;
}
