/* What a step does with what threads synchronise by, and to threads that wait for it. */
#include "machine/execution.h"

static bool holds(const struct execution *self, enum hold hold, int64_t object)
{
    const struct machine *machine = self->scene.machine;
    return (field_get(machine->layout.held[self->scene.thread], self->state) & held_bit(machine, hold, object)) != 0;
}

static void set_held(struct execution *self, enum hold hold, int64_t object, bool is_held)
{
    const struct machine *machine = self->scene.machine;
    struct field field = machine->layout.held[self->scene.thread];
    uint64_t bit = held_bit(machine, hold, object), held = field_get(field, self->state);
    field_set(field, self->state, is_held ? held | bit : held & ~bit);
}

static int64_t depth_of(const struct execution *self, int64_t mutex)
{
    return machine_mutex_depth(self->scene.machine, self->state, (size_t)mutex);
}

static void lock(struct execution *self, int64_t mutex)
{
    if (holds(self, HOLD_MUTEX, mutex))
        execution_store(self, object_location(self->scene.machine, OBJECT_MUTEX, mutex), depth_of(self, mutex) + 1);
    set_held(self, HOLD_MUTEX, mutex, true);
}

static void unlock(struct execution *self, int64_t mutex)
{
    int64_t depth = depth_of(self, mutex);
    if (depth > 0)
        execution_store(self, object_location(self->scene.machine, OBJECT_MUTEX, mutex), depth - 1);
    else
        set_held(self, HOLD_MUTEX, mutex, false);
}

static void release(struct execution *self, int64_t rwlock)
{
    set_held(self, HOLD_READING, rwlock, false);
    set_held(self, HOLD_WRITING, rwlock, false);
}

static void set_activity(struct execution *self, size_t thread, enum activity activity)
{
    field_set(self->scene.machine->layout.activities[thread], self->state, activity);
}

static void set_activities(struct execution *self, uint64_t threads, enum activity activity)
{
    for (; threads != 0; threads &= threads - 1)
        set_activity(self, (size_t)__builtin_ctzll(threads), activity);
}

/* Of a set of threads the one of the step's choice. */
static uint64_t chosen_of(const struct execution *self, uint64_t threads)
{
    for (unsigned before = self->choice; before > 0; before--)
        threads &= threads - 1;
    return threads & (~threads + 1);
}

/* The mutex that belongs to a cwait. */
static int64_t mutex_of(const struct execution *self)
{
    const struct scene *scene = &self->scene;
    return machine_object(scene->machine, self->state, scene->thread, &scene->instruction->operands[1]);
}

/* A thread that waits on a condition sleeps, is woken, and has the mutex again. */
static void sleep_or_wake(struct execution *self)
{
    size_t thread = self->scene.thread;
    switch (machine_activity(self->scene.machine, self->state, thread)) {
    case ACTIVITY_NONE:
        set_held(self, HOLD_MUTEX, mutex_of(self), false);
        set_activity(self, thread, ACTIVITY_ASLEEP);
        self->next = self->scene.index;
        break;
    case ACTIVITY_ASLEEP:
        if (self->scene.instruction->gives_up > 0)
            execution_store(self, self->scene.instruction->gives_up - 1, 1);
        set_activity(self, thread, ACTIVITY_WOKEN);
        self->next = self->scene.index;
        break;
    default:
        set_held(self, HOLD_MUTEX, mutex_of(self), true);
        set_activity(self, thread, ACTIVITY_NONE);
        break;
    }
}

/* The last one to arrive lets the others go on, each behind its own instruction. */
static void arrive(struct execution *self, int64_t barrier)
{
    const struct machine *machine = self->scene.machine;
    uint64_t others = machine_sleepers(machine, self->state, MICRO_ARRIVE, barrier);
    if (__builtin_popcountll(others) + 1 < program_object(machine->program, OBJECT_BARRIER, (size_t)barrier)->number) {
        set_activity(self, self->scene.thread, ACTIVITY_ASLEEP);
        self->next = self->scene.index;
        return;
    }
    set_activities(self, others, ACTIVITY_NONE);
    for (; others != 0; others &= others - 1) {
        size_t other = (size_t)__builtin_ctzll(others);
        execution_go_on(self, other, state_index(machine, self->state, other) + 1);
    }
}

/* Whatever the others do, they are at their ends. */
static void end_others(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    for (size_t t = 0; t < machine->program->thread_count; t++) {
        if (machine->activity_bits[t] > 0)
            set_activity(self, t, ACTIVITY_NONE);
        if (t != self->scene.thread)
            execution_go_on(self, t, machine->instruction_counts[t]);
    }
}

/* The items that remain move up, and the place that becomes free is zero, so that equal queues are equal states. */
static void take_item(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    int64_t queue = scene_object(&self->scene), length = queue_length(machine, self->state, queue);
    location_id item = machine->queue_items[queue];
    for (location_id last = item + (location_id)length - 1; item < last; item++)
        execution_store(self, item, state_value(machine, self->state, item + 1));
    execution_store(self, item, 0);
}

/* Leaves, or returns where it has left. */
static void travel(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    bool returns = machine_is_away(machine, self->state, self->scene.thread);
    self->step->is_over = true;
    set_activity(self, self->scene.thread, returns ? ACTIVITY_NONE : ACTIVITY_AWAY);
    self->next = self->scene.index + returns;
}

/* Who falls asleep must have the mutex to give back. */
static void check_mutex(struct execution *self)
{
    int64_t mutex = mutex_of(self);
    if (machine_activity(self->scene.machine, self->state, self->scene.thread) == ACTIVITY_NONE &&
        (!holds(self, HOLD_MUTEX, mutex) || depth_of(self, mutex) > 0))
        execution_fail(self, FAILURE_SLEEP);
}

/* For all who wait as much time passes as the one waits who goes on. */
static void pass_time(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    int64_t passed = machine_delay(machine, self->state, self->scene.thread);
    for (size_t t = 0; t < machine->program->thread_count; t++) {
        int64_t delay = machine_delay(machine, self->state, t);
        if (delay >= 0)
            execution_store(
                self, (location_id)instruction_at(machine, t, state_index(machine, self->state, t))->operands[0].value,
                delay - passed);
    }
}

void execution_check(struct execution *self, enum micro_kind kind)
{
    const struct machine *machine = self->scene.machine;
    int64_t object = scene_object(&self->scene);
    switch (kind) {
    case MICRO_UNLOCK:
        if (!holds(self, HOLD_MUTEX, object))
            execution_fail(self, FAILURE_UNLOCK);
        break;
    case MICRO_RWUNLOCK:
        if (!holds(self, HOLD_READING, object) && !holds(self, HOLD_WRITING, object))
            execution_fail(self, FAILURE_RELEASE);
        break;
    case MICRO_CWAIT:
        check_mutex(self);
        break;
    case MICRO_SPAWN:
        if (machine_activity(machine, self->state, (size_t)object) != ACTIVITY_UNBORN)
            execution_fail(self, FAILURE_SPAWN);
        break;
    default:
        break;
    }
}

void execution_synchronise(struct execution *self, enum micro_kind kind)
{
    const struct machine *machine = self->scene.machine;
    int64_t object = scene_object(&self->scene);
    switch (kind) {
    case MICRO_LOCK:
        lock(self, object);
        break;
    case MICRO_TRYLOCK:
        if (machine_can_take(&self->scene))
            lock(self, object);
        break;
    case MICRO_UNLOCK:
        unlock(self, object);
        break;
    case MICRO_RDLOCK:
    case MICRO_WRLOCK:
        set_held(self, kind == MICRO_RDLOCK ? HOLD_READING : HOLD_WRITING, object, true);
        break;
    case MICRO_RWUNLOCK:
        release(self, object);
        break;
    case MICRO_CWAIT:
        sleep_or_wake(self);
        break;
    case MICRO_SIGNAL:
        set_activities(self, chosen_of(self, machine_sleepers(machine, self->state, MICRO_CWAIT, object)),
                       ACTIVITY_WOKEN);
        break;
    case MICRO_BROADCAST:
        set_activities(self, machine_sleepers(machine, self->state, MICRO_CWAIT, object), ACTIVITY_WOKEN);
        break;
    case MICRO_ARRIVE:
        arrive(self, object);
        break;
    case MICRO_SPAWN:
        set_activity(self, (size_t)object, ACTIVITY_NONE);
        break;
    case MICRO_GET:
        take_item(self);
        break;
    case MICRO_DELAY:
        pass_time(self);
        break;
    case MICRO_LEAVE:
        travel(self);
        break;
    case MICRO_EXIT:
        end_others(self);
        break;
    default:
        break;
    }
}
