/* middle: what is left out of a list that is too long to be shown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Indexes first .. end - 1; nothing where they are equal. */
struct middle {
    size_t first;
    size_t end;
};

/* Of more than `most` items all but so many at each end. */
static inline struct middle middle_of(size_t count, size_t most, size_t each_end)
{
    return count > most ? (struct middle){each_end, count - each_end} : (struct middle){count, count};
}

static inline bool middle_has(struct middle self, size_t index)
{
    return index >= self.first && index < self.end;
}
