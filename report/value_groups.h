/* value_groups: the rows of an outcome's values, joined where they are too many to be shown one by one. */
#pragma once

#include "analysis/outcome.h"

#include <stdbool.h>
#include <stddef.h>

/* Rows that are neighbours, with what they have together. */
struct value_group {
    size_t first; /* index of a row of the outcome */
    size_t last;  /* inclusive */
    mpz_t schedules;
    mpq_t random;
    double
        schedules_height; /* the decimal logarithm of the mean over its values; -INFINITY where that is 0 or not known */
    double random_height;
};

struct value_groups {
    const struct outcome *outcome; /* borrowed */
    struct value_group *items;
    size_t count;
};

/* Returns no groups yet; they are freed with value_groups_free(). */
struct value_groups value_groups_new(const struct outcome *outcome);
void value_groups_free(struct value_groups *self);

/* Adds the rows first .. end - 1 in groups of so many. */
void value_groups_add(struct value_groups *self, size_t first, size_t end, size_t size);

/* Extends low .. high by a height, unless it is infinite; at the start these are INFINITY and -INFINITY. */
void value_groups_extend(double height, double *low, double *high);

/* Whether the scale for heights should be logarithmic: beyond a factor of 100 the small bars of a linear one would all look
 * alike. */
bool value_groups_are_logarithmic(double low, double high);
