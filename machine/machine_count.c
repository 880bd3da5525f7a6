/* What is counted of steps, in a machine that counts an event: part of a step's moves, as if each such step also added to a word that
 * nobody reads. */
#include "machine/machine_parts.h"

static bool is_attempt(const struct instruction *instruction)
{
    FOR_EACH_MICRO (micro, instruction)
        if (micro->a == PLACE_SUCCESS)
            return true;
    return false;
}

/* An instruction of two steps, of which the thread does something else in between, is counted when it begins. */
static bool begins(const struct scene *scene)
{
    return scene->state == NULL || machine_activity(scene->machine, scene->state, scene->thread) == ACTIVITY_NONE;
}

bool machine_counts(const struct scene *scene)
{
    const struct counted_event *event = scene->machine->program->counting;
    if (event == NULL)
        return false;
    if (event->kind == COUNTED_MARKED || event->kind == COUNTED_LINE)
        return (scene->instruction->counted >> event->number & 1) != 0 && begins(scene);
    return event->kind == COUNTED_FAILURES && is_attempt(scene->instruction) &&
           (scene->state == NULL || !machine_can_take(scene));
}

void machine_add_count(const struct machine *self, uint64_t amount, struct step *step)
{
    size_t place = 0;
    if (!self->data[self->count])
        return; /* the machine is there for its static view */
    while (place < step->move_count && step->moves[place].target != self->count)
        place++;
    if (place == STEP_MOVES_MAX) {
        step->overflows = true;
        return;
    }
    if (place == step->move_count)
        step->moves[step->move_count++] = (struct move){self->count, self->count, 0};
    step->moves[place].addend += (int64_t)amount;
}
