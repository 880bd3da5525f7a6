/* The free scheduler: any thread that can go on may step, at every step. The interleaving semantics. */
#include "schedulers/scheduler_parts.h"

static void shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    (void)machine;
    (void)self;
    *shape = (struct scheduler_shape){.starts = 1, .options = 1, .symmetric = true};
}

static const struct scheduler_parameter parameters_of_kind[] = {SCHEDULER_PRIORITY, {.name = NULL}};

const struct scheduler_kind scheduler_free_kind = {
    .name = "free",
    .summary = "any thread, any time",
    .parameters = parameters_of_kind,
    .meaning = "any thread that can go on may step",
    .size = sizeof(struct scheduler),
    .shape = shape,
};

const struct scheduler *scheduler_free_choice(void)
{
    static const struct scheduler scheduler = {.kind = &scheduler_free_kind};
    return &scheduler;
}
