/* The preemption-bounded scheduler: free, but with at most so many preemptions. A preemption is a switch away from a thread
 * that could go on (Musuvathi and Qadeer, Iterative context bounding for systematic testing, 2007). */
#include "machine/machine.h"
#include "schedulers/scheduler_parts.h"

enum { BOUND_MAX = 1000000 };

struct bounded {
    struct scheduler head;
    int64_t bound;
};

static uint64_t bound_of(const struct scheduler *self)
{
    return (uint64_t)((const struct bounded *)(const void *)self)->bound;
}

/* The memory: how many preemptions there were, and who stepped last, as long as that thread can go on, or may be able to before
 * anybody else steps. */
static void shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    (void)machine;
    *shape = (struct scheduler_shape){
        .common_most = bound_of(self), .has_current = true, .starts = 1, .options = 1, .symmetric = true};
}

static uint64_t choices(const struct scheduler *self, const struct scheduler_moment *moment,
                        const struct scheduler_memory *memory, unsigned option)
{
    (void)option;
    bool is_used_up = memory->common == bound_of(self);
    return is_used_up && scheduler_has(moment->ready, memory->current) ? scheduler_only(memory->current)
                                                                       : moment->ready;
}

/* Whether a thread may be able to go on before anybody else steps, since a return needs no processor, and neither does a store that reaches
 * memory: it is away itself, has stores in its buffer, or waits for one to finish that is away, or has. */
static bool may_be_back(const struct scheduler_moment *moment, size_t thread)
{
    uint32_t index = machine_index(moment->machine, moment->state, thread);
    size_t other;
    return scheduler_has(moment->away | machine_unflushed(moment->machine, moment->state), (int)thread) ||
           (index < machine_instruction_count(moment->machine, thread) &&
            machine_act(moment->machine, thread, index, &other) == ACT_JOIN);
}

static void after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory)
{
    int thread = (int)step->thread;
    (void)self;
    if (scheduler_has(step->before.away, thread)) /* a return needs no processor */
        return;
    if (memory->current != thread && scheduler_has(step->before.ready, memory->current))
        memory->common++;
    bool stays = scheduler_has(step->after.ready, thread) || may_be_back(&step->after, step->thread);
    memory->current = stays ? thread : -1;
}

static void refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                    const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    (void)thread;
    text_print(text, "thread %d (%s) could go on, and all preemptions are used (%llu)", memory->current,
               machine_thread_name(moment->machine, (size_t)memory->current), (unsigned long long)bound_of(self));
}

static void describe(const struct scheduler *self, const struct scheduler_choices *choices,
                     struct property **parameters, size_t *count)
{
    (void)choices;
    property_add_number(parameters, count, "bound", (int64_t)bound_of(self));
}

static const struct scheduler_parameter parameters_of_kind[] = {
    {.name = "bound",
     .placeholder = "B",
     .help = "how many there are at most",
     .unit = "",
     .least = 0,
     .most = BOUND_MAX},
    SCHEDULER_PRIORITY,
    {.name = NULL},
};

static bool read_parameters(struct scheduler *self, const struct scheduler_recipe *recipe, struct error *error)
{
    int64_t *bound = &((struct bounded *)(void *)self)->bound;
    return scheduler_read(recipe, recipe->kind->parameters, BOUND_MAX, 0, bound, error);
}

const struct scheduler_kind scheduler_preemptions_kind = {
    .name = "preemptions",
    .summary = "few switches",
    .parameters = parameters_of_kind,
    .meaning = "any thread may step, but a running one is interrupted no more often than that",
    SCHEDULER_FUNCTIONS(struct bounded),
};
