#include "analysis/event_count.h"

#include "base/memory.h"

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
