#include "course/difficulty.h"

#include "base/number.h"
#include "base/spelling.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

enum { BOUND_MOST = 100000 };

static const char *const level_names[DIFFICULTY_LEVELS] = {"easy", "medium", "hard"};

/* What each kind measures, and the bounds of each level. Wide enough for versions that have nothing in common, and
 * close enough for a class to call them equally hard. */
static const struct {
    const char *name;
    struct {
        int64_t least;
        int64_t most;
    } levels[DIFFICULTY_LEVELS];
} table[ASSIGNMENT_KINDS][DIFFICULTY_MEASURES_MAX] = {
    [ASSIGNMENT_VALUES] = {{"values", {{3, 4}, {5, 7}, {8, 12}}},
                           {"preemptions", {{1, 1}, {2, 2}, {3, 4}}},
                           {"steps", {{6, 12}, {9, 18}, {14, 30}}}},
    [ASSIGNMENT_WITNESS] = {{"preemptions", {{1, 1}, {2, 2}, {4, 4}}},
                            {"steps", {{6, 12}, {10, 20}, {16, 32}}},
                            {"values", {{3, 6}, {4, 12}, {6, 24}}}},
    [ASSIGNMENT_MINIMUM] = {{"preemptions", {{1, 1}, {1, 1}, {3, 4}}},
                            {"chain", {{1, 2}, {2, 3}, {2, 5}}},
                            {"steps", {{6, 12}, {12, 20}, {16, 24}}},
                            {"values", {{3, 6}, {5, 14}, {6, 36}}}},
    [ASSIGNMENT_COUNT] = {{"schedules", {{20, 130}, {131, 800}, {801, 5000}}},
                          {"steps", {{6, 10}, {7, 13}, {8, 16}}},
                          {"values", {{2, 4}, {2, 6}, {3, 9}}}},
    [ASSIGNMENT_REPAIR] = {{"preemptions", {{1, 1}, {1, 1}, {2, 3}}},
                           {"steps", {{6, 18}, {2, 30}, {2, 40}}},
                           {"values", {{2, 12}, {1, 24}, {1, 24}}}},
    [ASSIGNMENT_OUTCOMES] = {{"outcomes", {{3, 4}, {5, 7}, {8, 14}}},
                             {"preemptions", {{1, 1}, {1, 2}, {2, 4}}},
                             {"steps", {{4, 8}, {6, 11}, {8, 13}}}},
    [ASSIGNMENT_OUTPUTS] = {{"outputs", {{3, 5}, {6, 10}, {11, 20}}},
                            {"preemptions", {{0, 2}, {1, 3}, {1, 4}}},
                            {"steps", {{4, 8}, {6, 11}, {8, 13}}}},
    [ASSIGNMENT_QUANTUM] = {{"quanta", {{3, 6}, {4, 9}, {4, 14}}}, {"steps", {{9, 18}, {15, 27}, {18, 36}}}},
};

struct difficulty difficulty_of(enum assignment_kind kind, enum difficulty_level level)
{
    struct difficulty self = {.kind = kind, .level = level};
    while (self.count < DIFFICULTY_MEASURES_MAX && table[kind][self.count].name != NULL) {
        self.bounds[self.count] =
            (struct difficulty_bound){table[kind][self.count].name, table[kind][self.count].levels[level].least,
                                      table[kind][self.count].levels[level].most};
        self.count++;
    }
    return self;
}

const char *difficulty_level_name(enum difficulty_level level)
{
    return level_names[level];
}

/* ---- Bounds that are asked for ---------------------------------------------------------------------------------- */

/* The index of a bound, or their number. */
static size_t find_bound(const struct difficulty *self, const char *name, size_t length)
{
    size_t b = 0;
    while (b < self->count &&
           (strlen(self->bounds[b].name) != length || strncmp(self->bounds[b].name, name, length) != 0))
        b++;
    return b;
}

/* Reads a number of digits alone; returns what stands behind it, or NULL. */
static const char *take_number(const char *text, int64_t *number)
{
    const char *rest = *text >= '0' && *text <= '9' ? number_take(text, number) : NULL;
    return rest != NULL && *number <= BOUND_MOST ? rest : NULL;
}

/* Reads "6..20" or "6". */
static bool read_range(const char *text, int64_t *least, int64_t *most)
{
    const char *rest = take_number(text, least);
    if (rest == NULL)
        return false;
    *most = *least;
    if (strncmp(rest, "..", 2) == 0)
        rest = take_number(rest + 2, most);
    return rest != NULL && *rest == '\0' && *least <= *most;
}

static bool complain_of_name(const struct difficulty *self, const char *text, size_t length, struct error *error)
{
    struct spelling spelling = spelling_start(text, length);
    for (size_t b = 0; b < self->count; b++)
        spelling_consider(&spelling, self->bounds[b].name);
    return error_set(error, NULL, 0, 0, "'%.*s' is not measured of kind %s%s", (int)length, text,
                     assignment_kind_name(self->kind), spelling_advice(&spelling));
}

bool difficulty_set(struct difficulty *self, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL)
        return error_set(error, NULL, 0, 0, "'%s' is no bound (expected MEASURE=LEAST..MOST, such as steps=6..20)",
                         text);
    size_t length = (size_t)(equals - text);
    size_t found = find_bound(self, text, length);
    if (found == self->count)
        return complain_of_name(self, text, length, error);
    struct difficulty_bound *bound = &self->bounds[found];
    int64_t least, most;
    if (!read_range(equals + 1, &least, &most))
        return error_set(error, NULL, 0, 0, "'%s' is no bound (expected LEAST..MOST from 0 to %d, such as %s=6..20)",
                         text, BOUND_MOST, bound->name);
    bound->least = least;
    bound->most = most;
    return true;
}

const struct difficulty_bound *difficulty_bound(const struct difficulty *self, const char *name)
{
    size_t b = find_bound(self, name, strlen(name));
    assert(b < self->count);
    return &self->bounds[b];
}

/* ---- Fitting ---------------------------------------------------------------------------------------------------- */

static int64_t distance(const struct difficulty_bound *bound, int64_t value)
{
    return value < bound->least ? bound->least - value : value > bound->most ? value - bound->most : 0;
}

static void count_miss(const struct difficulty *self, struct difficulty_tally *tally, size_t b, int64_t value)
{
    const struct difficulty_bound *bound = &self->bounds[b];
    tally->misses[b]++;
    if (!tally->has_nearest[b] || distance(bound, value) < distance(bound, tally->nearest[b]))
        tally->nearest[b] = value;
    tally->has_nearest[b] = true;
}

bool difficulty_fits(const struct difficulty *self, const int64_t *measures, struct difficulty_tally *tally)
{
    bool fits = true;
    tally->exercises++;
    for (size_t b = 0; b < self->count; b++)
        if (distance(&self->bounds[b], measures[b]) > 0) {
            count_miss(self, tally, b, measures[b]);
            fits = false;
        }
    return fits;
}

void difficulty_complain(const struct difficulty *self, const struct difficulty_tally *tally, const char *student,
                         struct error *error)
{
    size_t worst = 0;
    for (size_t b = 1; b < self->count; b++)
        if (tally->misses[b] > tally->misses[worst])
            worst = b;
    const struct difficulty_bound *bound = &self->bounds[worst];
    if (!tally->has_nearest[worst]) {
        error_set(error, NULL, 0, 0,
                  "%s: none of %llu exercises made a question of kind %s (expected wider bounds, with --measure)",
                  student, (unsigned long long)(tally->exercises + tally->unusable), assignment_kind_name(self->kind));
        return;
    }
    int64_t near = tally->nearest[worst];
    error_set(
        error, NULL, 0, 0,
        "%s: no version fits: %llu of %llu exercises missed the bound %s=%lld..%lld, the nearest with %lld; loosen "
        "it, as with --measure %s=%lld..%lld",
        student, (unsigned long long)tally->misses[worst], (unsigned long long)tally->exercises, bound->name,
        (long long)bound->least, (long long)bound->most, (long long)near, bound->name,
        (long long)(near < bound->least ? near : bound->least), (long long)(near > bound->most ? near : bound->most));
}
