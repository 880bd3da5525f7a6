#include "analysis/estimate.h"

#include <stdio.h>

/* The places for which memory is needed at once: those of two levels, unless all are kept. */
static double kept_places(const struct space *space, bool keep)
{
    double most = 0, sum = 0;
    for (size_t level = 0; level < space->level_count; level++) {
        double places = (double)space->kind->places(space, level);
        most = places > most ? places : most;
        sum += places;
    }
    return keep ? sum : 3 * most; /* the third is the spare of the level before */
}

struct estimate estimate_small(const struct space *space, double seconds_per_entry, double element_bytes, bool keep)
{
    return (struct estimate){
        .seconds = (double)space->entries * seconds_per_entry,
        .bytes = kept_places(space, keep) * space->slots.count * element_bytes,
    };
}

struct estimate estimate_arrays(const struct space *space, double width, double place_bytes, double seconds_per_place,
                                bool keep)
{
    static const double seconds_per_entry = 1e-8;
    static const double seconds_per_byte =
        1.2e-9; /* to get it from the system; what is not kept is used again and again */
    double bytes = kept_places(space, keep) * space->slots.count * width * place_bytes;
    return (struct estimate){
        .seconds = (double)space->entries * (seconds_per_entry + width * seconds_per_place) +
                   (keep ? bytes * seconds_per_byte : 0),
        .bytes = bytes,
    };
}

static void print_seconds(double seconds, char *buffer, size_t size)
{
    if (seconds < 120)
        snprintf(buffer, size, "%.0f s", seconds < 1 ? 1 : seconds);
    else if (seconds < 7200)
        snprintf(buffer, size, "%.0f min", seconds / 60);
    else if (seconds < 1e6)
        snprintf(buffer, size, "%.0f h", seconds / 3600);
    else if (seconds < 3.15e9)
        snprintf(buffer, size, "%.0f days", seconds / 86400);
    else
        snprintf(buffer, size, "centuries");
}

static void print_bytes(double bytes, char *buffer, size_t size)
{
    if (bytes < 1e9)
        snprintf(buffer, size, "%.0f MB", bytes / 1e6 < 1 ? 1 : bytes / 1e6);
    else if (bytes < 1e15)
        snprintf(buffer, size, "%.0f GB", bytes / 1e9);
    else
        snprintf(buffer, size, "%.0e GB", bytes / 1e9);
}

void estimate_print(const struct estimate *self, char *buffer, size_t size)
{
    char seconds[32], bytes[32];
    print_seconds(self->seconds, seconds, sizeof seconds);
    print_bytes(self->bytes, bytes, sizeof bytes);
    snprintf(buffer, size, "about %s and %s", seconds, bytes);
}
