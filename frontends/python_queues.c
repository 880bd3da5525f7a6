/* queue.Queue, and those that order their items otherwise. */
#include "frontends/python_services.h"

#include "base/memory.h"

static const struct operand nothing = {.kind = OPERAND_NONE};

struct operand python_counter(struct python *self, struct python_state *state, struct python_value object,
                              const char *name, int64_t first)
{
    struct python_place *place = python_place_of(self, python_identity_of(state, object), python_string(self, name));
    bool is_new = place->word < 0;
    place->is_dynamic = place->has_integers = true;
    struct operand word = python_word(self, place);
    if (is_new)
        self->program->words[word.value] = first;
    return word;
}

static struct operand length_of(struct python *self, struct python_state *state, struct python_value queue)
{
    return python_counter(self, state, queue, "[qsize()]", 0);
}

static struct operand unfinished_of(struct python *self, struct python_state *state, struct python_value queue)
{
    return python_counter(self, state, queue, "[unfinished_tasks]", 0);
}

static struct python_place *items_of(struct python *self, struct python_state *state, struct python_value queue)
{
    return python_place_of(self, python_identity_of(state, queue), python_string(self, "[items]"));
}

static bool is_simple(const struct python *self, const struct python_state *state, struct python_value queue)
{
    return python_type(self, state, queue) == PYTHON_BUILTIN_SIMPLE_QUEUE;
}

static struct operand queue_operand(struct python *self, struct python_state *state, struct python_value queue)
{
    int64_t most = python_object(state, queue)->number;
    self->identities[python_identity_of(state, queue)].type = python_type(self, state, queue);
    return python_synchroniser(self, python_identity_of(state, queue), OBJECT_QUEUE,
                               most > 0 && most < PROGRAM_QUEUE_MAX ? most : PROGRAM_QUEUE_MAX);
}

/* ---- LifoQueue and PriorityQueue --------------------------------------------------------------------------------- */

/* Their items are words; two semaphores count them, and the places that are left where there is a bound. */
enum { ORDERED_MAX = 16 };

static bool is_ordered(const struct python *self, const struct python_state *state, struct python_value queue)
{
    enum python_builtin type = python_type(self, state, queue);
    return type == PYTHON_BUILTIN_LIFO_QUEUE || type == PYTHON_BUILTIN_PRIORITY_QUEUE;
}

/* How many items it can have at most, as far as is covered. */
static int64_t room_of(const struct python *self, const struct python_state *state, struct python_value queue)
{
    int64_t most = python_object(state, queue)->number;
    int64_t covered = is_ordered(self, state, queue) ? ORDERED_MAX : PROGRAM_QUEUE_MAX;
    return most > 0 && most < covered ? most : covered;
}

static struct operand item_word(struct python *self, struct python_state *state, struct python_value queue, int64_t n)
{
    struct text name = TEXT_INIT;
    text_print(&name, "[item %d]", (int)n);
    struct operand word = python_counter(self, state, queue, text_string(&name), 0);
    text_free(&name);
    return word;
}

/* One of the two semaphores, which nobody is told of. */
static struct operand semaphore_of(struct python *self, struct python_state *state, struct python_value queue,
                                   const char *own, int64_t number)
{
    uint32_t identity = python_identity_of(state, queue);
    self->identities[identity].type = python_type(self, state, queue);
    struct operand operand = python_named_object(self, identity, OBJECT_SEMAPHORE, own, number);
    struct object *object = &self->program->objects[OBJECT_SEMAPHORE].items[operand.value];
    object->is_internal = true;
    if (object->wanted == NULL) {
        char *name = python_identity_name(self, identity);
        object->wanted = text_format("queue %s, which is %s", name, strcmp(own, "items") == 0 ? "empty" : "full");
        memory_free(name);
    }
    return operand;
}

static struct operand items_semaphore(struct python *self, struct python_state *state, struct python_value queue)
{
    return semaphore_of(self, state, queue, "items", 0);
}

static struct operand room_semaphore(struct python *self, struct python_state *state, struct python_value queue)
{
    return semaphore_of(self, state, queue, "room", python_object(state, queue)->number);
}

/* The last one goes behind all others. */
static void add_last(struct python *self, struct python_state *state, struct python_value queue, struct operand value)
{
    for (int64_t n = 0; n < room_of(self, state, queue); n++) {
        size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(n), length_of(self, state, queue));
        python_emit(self, state, OPCODE_MOV, value, item_word(self, state, queue, n));
        python_land(self, state, skip);
    }
}

/* The least comes first: whoever is greater moves up. `value` is a register, which changes. */
static void insert(struct python *self, struct python_state *state, struct python_value queue, int64_t value,
                   int64_t other)
{
    struct operand length = length_of(self, state, queue), carried = python_register(value);
    for (int64_t n = 0; n < room_of(self, state, queue); n++) {
        struct operand word = item_word(self, state, queue, n);
        size_t is_inside = python_skip(self, state, OPCODE_JNE, python_immediate(n), length);
        python_emit(self, state, OPCODE_MOV, carried, word);
        python_land(self, state, is_inside);
        size_t is_behind = python_skip(self, state, OPCODE_JLTE, python_immediate(n), length),
               is_less = python_skip(self, state, OPCODE_JLTE, carried, word);
        python_emit(self, state, OPCODE_MOV, word, python_register(other));
        python_emit(self, state, OPCODE_MOV, carried, word);
        python_emit(self, state, OPCODE_MOV, python_register(other), carried);
        python_land(self, state, is_behind);
        python_land(self, state, is_less);
    }
}

static bool put_ordered(struct python *self, struct python_state *state, struct python_value queue,
                        struct python_value item)
{
    struct operand value;
    int64_t number, other;
    bool is_sorted = python_type(self, state, queue) == PYTHON_BUILTIN_PRIORITY_QUEUE;
    if (is_sorted && (!python_is_integer(item) || item.kind == PYTHON_BOOL))
        return python_refuse(self, state, "%s in a PriorityQueue is not covered (expected integers)",
                             python_what(self, state, item));
    if (!python_encode(self, state, items_of(self, state, queue), item, &value))
        return false;
    if (python_object(state, queue)->number > 0)
        python_emit(self, state, OPCODE_WAIT, room_semaphore(self, state, queue), nothing);
    if (!is_sorted)
        add_last(self, state, queue, value);
    else {
        if (!python_free_register(self, state, &number) || !python_free_register(self, state, &other))
            return false;
        python_emit(self, state, OPCODE_MOV, value, python_register(number));
        insert(self, state, queue, number, other);
    }
    python_emit(self, state, OPCODE_POST, items_semaphore(self, state, queue), nothing);
    return true;
}

/* The last item, or the first, goes into a register; places without items are 0, so that equal states are. */
static bool take_ordered(struct python *self, struct python_state *state, struct python_value queue, int64_t number)
{
    int64_t other, room = room_of(self, state, queue);
    if (!python_free_register(self, state, &other))
        return false;
    python_emit(self, state, OPCODE_WAIT, items_semaphore(self, state, queue), nothing);
    if (python_type(self, state, queue) == PYTHON_BUILTIN_PRIORITY_QUEUE) {
        python_emit(self, state, OPCODE_MOV, item_word(self, state, queue, 0), python_register(number));
        for (int64_t n = 1; n < room; n++) {
            python_emit(self, state, OPCODE_MOV, item_word(self, state, queue, n), python_register(other));
            python_emit(self, state, OPCODE_MOV, python_register(other), item_word(self, state, queue, n - 1));
        }
        python_emit(self, state, OPCODE_MOV, python_immediate(0), item_word(self, state, queue, room - 1));
    } else
        for (int64_t n = 0; n < room; n++) {
            struct operand word = item_word(self, state, queue, n);
            size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(n + 1), length_of(self, state, queue));
            python_emit(self, state, OPCODE_MOV, word, python_register(number));
            python_emit(self, state, OPCODE_MOV, python_immediate(0), word);
            python_land(self, state, skip);
        }
    if (python_object(state, queue)->number > 0)
        python_emit(self, state, OPCODE_POST, room_semaphore(self, state, queue), nothing);
    return true;
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

/* Set while no item is unfinished. */
static struct operand done_event(struct python *self, struct python_state *state, struct python_value queue)
{
    return python_second_object(self, python_identity_of(state, queue), OBJECT_EVENT, "done", 1);
}

/* A queue.Queue is written in Python; a SimpleQueue in C, and lets others step only where it must wait. */
static void open_queue(struct python *self, struct python_state *state, struct python_value queue)
{
    if (is_simple(self, state, queue))
        python_access_shared(self, state);
    else
        python_run_library(self, state);
}

/* Whether put() and get() wait, from an argument on; where that is limited others step, and then it is as if they did not wait. */
static bool read_wait(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                      uint32_t first, bool *waits)
{
    struct python_value block = python_argument(self, arguments, first, "block");
    struct python_value limit = python_argument(self, arguments, first + 1, "timeout");
    bool is_limited = false;
    if (!*waits)
        return true;
    int truth = block.kind == PYTHON_ABSENT ? 1 : python_truth(self, state, block);
    if (truth < 0)
        return python_refuse(self, state,
                             "whether a queue is waited for is not known here (expected block=True or False)");
    if (truth > 0 && !python_read_limit(self, state, limit, &is_limited))
        return false;
    if (is_limited)
        python_release_gil(self, state);
    *waits = truth > 0 && !is_limited;
    return true;
}

/* Without a bound it does not make its putter wait: the queue that stands for it must not be full. */
static bool check_room(struct python *self, struct python_state *state, struct python_value queue, bool waits)
{
    int64_t number, most = python_object(state, queue)->number;
    if (most > 0 && waits)
        return true;
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, length_of(self, state, queue), python_register(number));
    if (most > 0)
        return python_throw_where(self, state, OPCODE_JGTE, python_immediate(most), python_register(number),
                                  PYTHON_BUILTIN_QUEUE_FULL_ERROR, "");
    bool is_small = is_ordered(self, state, queue);
    python_require(self, state, OPCODE_JLT, python_immediate(room_of(self, state, queue)), python_register(number),
                   is_small ? "a LifoQueue or PriorityQueue has more than 16 items: that is not covered"
                            : "a queue has more than 64 items: that is not covered");
    return true;
}

static bool put_item(struct python *self, struct python_state *state, struct python_value queue,
                     struct python_value item)
{
    struct operand value;
    if (is_ordered(self, state, queue))
        return put_ordered(self, state, queue, item);
    struct operand operand = queue_operand(self, state, queue);
    if (!python_encode(self, state, items_of(self, state, queue), item, &value))
        return false;
    python_emit(self, state, OPCODE_PUT, operand, value);
    return true;
}

/* An item goes into a register; waits until there is one. */
static bool take_item(struct python *self, struct python_state *state, struct python_value queue, int64_t number)
{
    if (is_ordered(self, state, queue))
        return take_ordered(self, state, queue, number);
    python_emit(self, state, OPCODE_GET, queue_operand(self, state, queue), python_register(number));
    return true;
}

static bool counts_tasks(const struct python *self, const struct python_state *state, struct python_value queue)
{
    return python_type(self, state, queue) == PYTHON_BUILTIN_QUEUE || is_ordered(self, state, queue);
}

bool python_queue_put(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                      bool waits)
{
    struct python_value queue = arguments->items[0], item = python_argument(self, arguments, 1, "item");
    int64_t covered = is_ordered(self, state, queue) ? ORDERED_MAX : PROGRAM_QUEUE_MAX;
    if (item.kind == PYTHON_ABSENT || python_object(state, queue)->number > covered)
        return python_refuse(self, state, "put() of nothing, or to a queue for more than %d items", (int)covered);
    if (!read_wait(self, state, arguments, 2, &waits))
        return false;
    open_queue(self, state, queue);
    if (!check_room(self, state, queue, waits) || !put_item(self, state, queue, item))
        return false;
    if (python_cannot_go_on(state))
        return true;
    python_emit(self, state, OPCODE_ADD, python_immediate(1), length_of(self, state, queue));
    if (counts_tasks(self, state, queue)) {
        python_emit(self, state, OPCODE_ADD, python_immediate(1), unfinished_of(self, state, queue));
        python_emit(self, state, OPCODE_CLEAR, done_event(self, state, queue), nothing);
    }
    if (!is_simple(self, state, queue))
        python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_queue_get(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                      bool waits)
{
    struct python_value queue = arguments->items[0];
    int64_t number;
    if (!state->is_started)
        return python_refuse(
            self, state,
            "get() before any thread has been started is not covered yet (expected put() or start() before)");
    if (!read_wait(self, state, arguments, 1, &waits) || !python_free_register(self, state, &number))
        return false;
    open_queue(self, state, queue);
    struct operand length = length_of(self, state, queue);
    if (!waits) {
        python_emit(self, state, OPCODE_MOV, length, python_register(number));
        if (!python_throw_where(self, state, OPCODE_JE, python_immediate(0), python_register(number),
                                PYTHON_BUILTIN_QUEUE_EMPTY_ERROR, ""))
            return false;
    }
    if (!take_item(self, state, queue, number))
        return false;
    python_emit(self, state, OPCODE_SUB, python_immediate(1), length);
    if (!is_simple(self, state, queue))
        python_run_library(self, state);
    const struct python_place *items = items_of(self, state, queue);
    if (items->atom_count == 0 && !items->has_integers)
        return python_push_none(self, state); /* nothing is put: never reached, or the pass is void */
    return python_decode(self, state, items, number, PYTHON_PUSH);
}

bool python_queue_task_done(struct python *self, struct python_state *state, struct python_value queue)
{
    struct operand unfinished = unfinished_of(self, state, queue);
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_MOV, unfinished, python_register(number));
    if (!python_throw_where(self, state, OPCODE_JLTE, python_immediate(0), python_register(number),
                            PYTHON_BUILTIN_VALUE_ERROR, "task_done() called too many times"))
        return false;
    python_emit(self, state, OPCODE_SUB, python_immediate(1), unfinished);
    size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(1), python_register(number));
    python_emit(self, state, OPCODE_SET, done_event(self, state, queue), nothing);
    python_land(self, state, skip);
    python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_queue_look(struct python *self, struct python_state *state, struct python_value queue,
                       enum python_builtin method)
{
    int64_t number, most = python_object(state, queue)->number;
    if (!python_free_register(self, state, &number))
        return false;
    open_queue(self, state, queue);
    python_emit(self, state, OPCODE_MOV, length_of(self, state, queue), python_register(number));
    if (!is_simple(self, state, queue))
        python_run_library(self, state);
    if (method == PYTHON_BUILTIN_QUEUE_SIZE || method == PYTHON_BUILTIN_SIMPLE_QUEUE_SIZE)
        return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    if (method == PYTHON_BUILTIN_QUEUE_FULL && most <= 0)
        return python_push(self, state, BOOL(false));
    struct python_state *other =
        method == PYTHON_BUILTIN_QUEUE_FULL
            ? python_split(self, state, OPCODE_JGTE, python_immediate(most), python_register(number))
            : python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(true)) && python_push(self, state, BOOL(false));
}

bool python_queue_join(struct python *self, struct python_state *state, struct python_value queue)
{
    python_run_library(self, state);
    python_emit(self, state, OPCODE_AWAIT, done_event(self, state, queue), nothing);
    python_run_library(self, state);
    return python_push_none(self, state);
}
