/* With which quanta is the result always right? */
#include "course/version_parts.h"

#include "base/memory.h"

static bool is_always_right(const struct key *key, const struct outcome *outcome)
{
    const struct intervals *values = &outcome->values;
    bool good =
        outcome->complete && outcome->has_values && !outcome->can_deadlock && !outcome->can_fail && !outcome->endless;
    return good && values->count == 1 && values->items[0].first == values->items[0].last &&
           intervals_contain(&key->stated.right, values->items[0].first);
}

/* Tries every quantum, and keeps what came of it for the key. Returns the right ones; *usable tells whether all could be
 * analysed, and some were wrong; *longest is the length of the longest schedule. */
static struct intervals try_quanta(struct version *self, bool *usable, size_t *longest)
{
    static const struct key_question question = {.questions = QUESTION_EXTREMES | QUESTION_VALUES,
                                                 .witness = WITNESS_NONE};
    struct intervals right = {0};
    self->sweep = sweep_new((size_t)(self->key->last_quantum - self->key->first_quantum + 1));
    self->sweep->axis_count = 1;
    self->sweep->names[0] = memory_copy_string("quantum");
    *usable = true;
    for (size_t p = 0; p < self->sweep->point_count; p++) {
        struct sweep_point *point = &self->sweep->points[p];
        int64_t quantum = point->values[0] = self->key->first_quantum + (int64_t)p;
        struct outcome *outcome = version_try(self, question, quantum);
        point->document = version_document(outcome, NULL);
        point->status = outcome->complete ? 0 : -1;
        if (is_always_right(self->key, outcome))
            intervals_add(&right, quantum, quantum);
        *usable = *usable && outcome->complete;
        *longest = outcome->depth > *longest ? outcome->depth : *longest;
        outcome_free(outcome);
    }
    *usable = *usable && intervals_size(&right) < self->sweep->point_count;
    return right;
}

static struct exercise draw_program(struct version *self)
{
    enum difficulty_level level = self->difficulty->level;
    struct exercise_wishes wishes = version_wishes(self);
    wishes.may_guard = false;
    wishes.must_race = true;
    wishes.ticks_most = level == LEVEL_EASY ? 1 : level == LEVEL_MEDIUM ? 2 : 3;
    return exercise_make(&self->generator, &wishes);
}

static void write_question(struct version *self, const struct exercise *exercise)
{
    static const int64_t last_quanta[DIFFICULTY_LEVELS] = {12, 16, 24};
    struct key *key = self->key;
    enum difficulty_level level = self->difficulty->level;
    version_take_exercise(self, exercise, "tick");
    property_add_text(&key->parameters, &key->parameter_count, "pick", level == LEVEL_EASY ? "round-robin" : "any");
    property_add_number(&key->parameters, &key->parameter_count, "phase", 0);
    key->first_quantum = 1;
    key->last_quantum = last_quanta[level] + generator_between(&self->generator, 0, 3);
    intervals_add(&key->stated.right, exercise_sum(exercise), exercise_sum(exercise));
}

static bool draw(struct version *self)
{
    struct exercise exercise = draw_program(self);
    write_question(self, &exercise);
    bool usable;
    size_t longest = 0;
    struct intervals right = try_quanta(self, &usable, &longest);
    if (usable) {
        version_measure(self, "quanta", (int64_t)intervals_size(&right));
        version_measure(self, "steps", (int64_t)longest);
        text_print(&self->answer, "quanta: ");
        version_write_numbers(&self->answer, &right);
        text_print(&self->answer, "%s\n", right.count == 0 ? "none" : "");
    }
    intervals_free(&right);
    return usable;
}

const struct version_kind version_quantum = {draw, {{ROW_FORM, 1}, {ROW_SOUND, 5}, {ROW_COMPLETE, 4}}};
