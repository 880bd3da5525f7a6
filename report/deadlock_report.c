#include "report/deadlock_report.h"

#include "base/memory.h"
#include <inttypes.h>
#include <string.h>

bool deadlock_report_exists(const struct trace *trace)
{
    return trace->end == TRACE_DEADLOCKED && trace->stands != NULL;
}

static bool is_awaited(const struct trace *trace, uint32_t object)
{
    for (size_t t = 0; t < trace->thread_count; t++)
        if (trace->stands[t].waits && trace->stands[t].waits_for == object)
            return true;
    return false;
}

/* The last step that left an object so that somebody can wait for it. */
static size_t find_step(const struct trace *trace, uint32_t object)
{
    enum trace_object_kind kind = trace->objects[object].kind;
    for (size_t s = trace->step_count; s-- > 0;) {
        const struct trace_step *step = &trace->steps[s];
        bool exchanges = step->act >= TRACE_TAKES && step->act <= TRACE_GETS && step->object == object;
        if (exchanges && (kind == TRACE_QUEUE || step->act == TRACE_TAKES))
            return s;
    }
    return SIZE_MAX;
}

static void insert(struct deadlock_report *self, struct deadlock_report_point point)
{
    size_t place = self->count++;
    /* What was so from the start comes first: SIZE_MAX + 1 is 0. */
    for (; place > 0 && self->items[place - 1].step + 1 > point.step + 1; place--)
        self->items[place] = self->items[place - 1];
    self->items[place] = point;
}

struct deadlock_report deadlock_report_make(const struct trace *trace)
{
    struct deadlock_report self = {.items = memory_new(trace->object_count, sizeof *self.items)};
    for (uint32_t o = 0; o < trace->object_count; o++)
        if (is_awaited(trace, o))
            insert(&self, (struct deadlock_report_point){o, find_step(trace, o)});
    return self;
}

void deadlock_report_free(struct deadlock_report *self)
{
    memory_free(self->items);
    *self = (struct deadlock_report){0};
}

/* What the step did. A queue that threads wait for is empty, or full, as the step left it. */
static void print_step(struct text *text, const struct trace *trace, const struct deadlock_report_point *point)
{
    const struct trace_step *step = &trace->steps[point->step];
    const struct trace_object *object = &trace->objects[point->object];
    text_print(text, "`%s` ", trace->threads[step->thread]);
    if (object->kind == TRACE_MUTEX)
        text_print(text, "takes mutex `%s`, and %s", object->name,
                   trace->stands[step->thread].line == 0 ? "ends without giving it back" : "still has it");
    else if (object->kind == TRACE_SEMAPHORE)
        text_print(text, "takes the last permit of `%s`", object->name);
    else
        text_print(text, "%s `%s`", step->act == TRACE_PUTS ? "fills queue" : "gets the last item of queue",
                   object->name);
}

static void print_start(struct text *text, const struct trace_object *object)
{
    static const char *const words[] = {[TRACE_MUTEX] = "Mutex `%s` is held",
                                        [TRACE_SEMAPHORE] = "From the start `%s` has no permit",
                                        [TRACE_QUEUE] = "From the start queue `%s` is empty",
                                        [TRACE_CONDITION] = "Nobody signals condition `%s` any more",
                                        [TRACE_BARRIER] = "Too few threads have arrived at barrier `%s`",
                                        [TRACE_EVENT] = "Event `%s` is not set",
                                        [TRACE_RWLOCK] = "Read-write lock `%s` is held",
                                        [TRACE_THREAD] = "Thread `%s` has not finished"};
    const char *mark = strchr(words[object->kind], '%');
    text_append(text, words[object->kind], (size_t)(mark - words[object->kind]));
    text_print(text, "%s%s", object->name, mark + 2);
}

static const char *awaited(const struct trace *trace, const struct deadlock_report_point *point, uint32_t waiter)
{
    const struct trace_step *step = point->step != SIZE_MAX ? &trace->steps[point->step] : NULL;
    switch (trace->objects[point->object].kind) {
    case TRACE_MUTEX:
        return step != NULL && step->thread == waiter ? "it itself" : "it";
    case TRACE_SEMAPHORE:
        return "a permit";
    case TRACE_QUEUE:
        return step != NULL && step->act == TRACE_PUTS ? "room" : "an item";
    default:
        break;
    }
    return "it";
}

static void print_waiters(struct text *text, const struct trace *trace, const struct deadlock_report_point *point)
{
    const char *before = "; ";
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        const struct trace_stand *stand = &trace->stands[t];
        if (!stand->waits || stand->waits_for != point->object)
            continue;
        text_print(text, "%s`%s` waits for %s", before, trace->threads[t], awaited(trace, point, t));
        if (stand->line > 0)
            text_print(text, " in line %" PRIu32, stand->line);
        before = ", ";
    }
}

void deadlock_report_print(struct text *text, const struct deadlock_report *self, const struct trace *trace,
                           size_t index)
{
    const struct deadlock_report_point *point = &self->items[index];
    if (point->step == SIZE_MAX)
        print_start(text, &trace->objects[point->object]);
    else
        print_step(text, trace, point);
    print_waiters(text, trace, point);
    text_print(text, ".");
}
