/* Condition. */
#include "frontends/python_services.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

static const char lock_of_condition[] = " lock";

/* Condition(lock); by default it has an RLock of its own. */
bool python_make_condition(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value lock = python_argument(self, arguments, 0, "lock");
    if (!python_is_given(lock))
        lock = python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_RLOCK), NULL, 0);
    if (arguments->count > 1 || !python_is_lock(self, state, lock))
        return python_refuse(
            self, state,
            "Condition() with such arguments is not covered (expected Condition(), or with a Lock or RLock)");
    struct python_value condition =
        python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_CONDITION), NULL, 0);
    python_append(self, python_change(self, state, condition), python_string(self, lock_of_condition));
    python_append(self, python_change(self, state, condition), lock);
    return python_push(self, state, condition);
}

/* Nobody changes which lock a condition has. */
static struct python_value find_lock(struct python *self, const struct python_state *state,
                                     struct python_value condition)
{
    const struct python_object *object = python_object(state, condition);
    int64_t item = python_find_key(object, python_string(self, lock_of_condition));
    return item >= 0 ? object->items[item] : NONE;
}

/* A condition on which threads wait in line: each has a place in it, 1 for the first, and a semaphore that wakes it; and there is a word for
 * how many they are. The lock is held where these change. */
struct line {
    struct python *python;
    struct python_state *state;
    struct python_value condition;
    uint32_t identity;
    uint64_t sleepers;
    struct operand length;
};

static struct line find_line(struct python *self, struct python_state *state, struct python_value condition)
{
    uint32_t identity = python_identity_of(state, condition);
    self->identities[identity].type = PYTHON_BUILTIN_CONDITION;
    return (struct line){.python = self,
                         .state = state,
                         .condition = condition,
                         .identity = identity,
                         .sleepers = self->identities[identity].sleepers,
                         .length = python_counter(self, state, condition, "[waiting]", 0)};
}

/* A thread that an earlier pass has seen waiting may not have been made yet in this one: it is known by its number. */
static struct operand place_of(const struct line *self, uint32_t thread)
{
    struct text name = TEXT_INIT;
    text_print(&name, "[place of thread %u]", thread);
    struct operand word = python_counter(self->python, self->state, self->condition, text_string(&name), 0);
    text_free(&name);
    return word;
}

static struct operand alarm_of(const struct line *self, uint32_t thread)
{
    struct text name = TEXT_INIT;
    text_print(&name, "thread %u", thread);
    struct operand alarm = python_named_object(self->python, self->identity, OBJECT_SEMAPHORE, text_string(&name), 0);
    text_free(&name);
    return alarm;
}

static void emit(const struct line *self, enum opcode opcode, struct operand first, struct operand second)
{
    python_emit(self->python, self->state, opcode, first, second);
}

/* Whoever stands behind the first moves up, and the first one wakes. */
static void wake_first(const struct line *self)
{
    size_t nobody = python_skip(self->python, self->state, OPCODE_JE, python_immediate(0), self->length);
    emit(self, OPCODE_SUB, python_immediate(1), self->length);
    for (uint64_t rest = self->sleepers; rest != 0; rest &= rest - 1) {
        uint32_t thread = (uint32_t)__builtin_ctzll(rest);
        struct operand place = place_of(self, thread);
        size_t absent = python_skip(self->python, self->state, OPCODE_JE, python_immediate(0), place);
        emit(self, OPCODE_SUB, python_immediate(1), place);
        size_t behind = python_skip(self->python, self->state, OPCODE_JNE, python_immediate(0), place);
        emit(self, OPCODE_POST, alarm_of(self, thread), nothing);
        python_land(self->python, self->state, behind);
        python_land(self->python, self->state, absent);
    }
    python_land(self->python, self->state, nobody);
}

static void wake_all(const struct line *self)
{
    for (uint64_t rest = self->sleepers; rest != 0; rest &= rest - 1) {
        uint32_t thread = (uint32_t)__builtin_ctzll(rest);
        struct operand place = place_of(self, thread);
        size_t absent = python_skip(self->python, self->state, OPCODE_JE, python_immediate(0), place);
        emit(self, OPCODE_MOV, python_immediate(0), place);
        emit(self, OPCODE_POST, alarm_of(self, thread), nothing);
        python_land(self->python, self->state, absent);
    }
    emit(self, OPCODE_MOV, python_immediate(0), self->length);
}

/* The time is over: whoever stands behind the thread moves up. Unless somebody has woken it in the meantime, whom it has not heard. `own` is a
 * register that can be used. */
static void leave_line(const struct line *self, int64_t own)
{
    struct operand place = place_of(self, self->state->thread);
    emit(self, OPCODE_MOV, place, python_register(own));
    size_t waits = python_skip(self->python, self->state, OPCODE_JNE, python_immediate(0), python_register(own));
    emit(self, OPCODE_TRYWAIT, alarm_of(self, self->state->thread), python_register(own));
    emit(self, OPCODE_MOV, python_immediate(0), python_register(own));
    python_land(self->python, self->state, waits);
    size_t done = python_skip(self->python, self->state, OPCODE_JE, python_immediate(0), python_register(own));
    emit(self, OPCODE_MOV, python_immediate(0), place);
    emit(self, OPCODE_SUB, python_immediate(1), self->length);
    for (uint64_t rest = self->sleepers & ~(UINT64_C(1) << self->state->thread); rest != 0; rest &= rest - 1) {
        struct operand other = place_of(self, (uint32_t)__builtin_ctzll(rest));
        size_t before = python_skip(self->python, self->state, OPCODE_JLTE, python_register(own), other);
        emit(self, OPCODE_SUB, python_immediate(1), other);
        python_land(self->python, self->state, before);
    }
    python_land(self->python, self->state, done);
}

/* Who was not woken in time leaves the line once it has the lock again: whoever notifies before wakes it in vain. In 2.7 it leaves before. */
static void leave_line_late(const struct line *self, int64_t woken, int64_t own)
{
    size_t skip = python_skip(self->python, self->state, OPCODE_JNE, python_immediate(0), python_register(woken));
    leave_line(self, own);
    python_land(self->python, self->state, skip);
}

/* Gives the lock back as often as the thread has it, waits in line, and takes it again. Leaves in a register whether it was woken; own:
 * another register. */
static void wait_in_line(const struct line *self, struct operand mutex, size_t depth, bool is_limited, int64_t woken,
                         int64_t own)
{
    struct operand place = place_of(self, self->state->thread), alarm = alarm_of(self, self->state->thread);
    bool is_old = self->python->dump->version < 300;
    emit(self, OPCODE_ADD, python_immediate(1), self->length);
    emit(self, OPCODE_MOV, self->length, python_register(own));
    emit(self, OPCODE_MOV, python_register(own), place);
    for (size_t n = 0; n < depth; n++)
        emit(self, OPCODE_UNLOCK, mutex, nothing);
    python_run_library(self->python, self->state);
    if (is_limited) {
        emit(self, OPCODE_TRYWAIT, alarm, python_register(woken));
        if (is_old) {
            python_run_library(self->python, self->state);
            leave_line_late(self, woken, own);
        }
    } else
        emit(self, OPCODE_WAIT, alarm, nothing);
    python_run_library(self->python, self->state);
    for (size_t n = 0; n < depth; n++)
        emit(self, OPCODE_LOCK, mutex, nothing);
    if (is_limited && !is_old)
        leave_line_late(self, woken, own);
}

static size_t count_held(const struct python_state *state, uint32_t identity)
{
    size_t count = 0;
    for (uint32_t h = 0; h < state->held_count; h++)
        count += state->held[h] == identity;
    return count;
}

/* Notes who waits, and whether it matters which one is woken: decisions that hold for all passes. */
static bool is_in_line(struct python *self, struct python_state *state, struct python_value condition, bool waits,
                       bool wakes_one, bool needs_line)
{
    struct python_identity *identity = &self->identities[python_identity_of(state, condition)];
    uint64_t sleepers = identity->sleepers | (uint64_t)waits << state->thread;
    bool wakes = identity->wakes_one || wakes_one;
    bool is_ordered = identity->is_ordered || needs_line || (wakes && (sleepers & (sleepers - 1)) != 0);
    if (is_ordered && (!identity->is_ordered || sleepers != identity->sleepers))
        self->again = true;
    identity->sleepers = sleepers;
    identity->wakes_one = wakes;
    identity->is_ordered = is_ordered;
    return is_ordered;
}

/* Leaves in *woken whether the thread was woken, where the time is limited. */
static bool sleep_on(struct python *self, struct python_state *state, struct python_value condition,
                     struct python_value lock, bool is_limited, int64_t *woken)
{
    struct operand mutex = python_lock_operand(self, state, lock);
    size_t depth = count_held(state, python_identity_of(state, lock));
    int64_t own;
    if (!python_free_register(self, state, woken) || !python_free_register(self, state, &own))
        return false;
    python_run_library(self, state);
    if (!is_in_line(self, state, condition, true, false, is_limited || depth > 1)) {
        python_emit(self, state, OPCODE_CWAIT, python_synchroniser_of(self, state, condition, OBJECT_CONDITION), mutex);
        python_run_library(self, state);
        return true;
    }
    struct line line = find_line(self, state, condition);
    wait_in_line(&line, mutex, depth, is_limited, *woken, own);
    python_run_library(self, state);
    return true;
}

static bool wait(struct python *self, struct python_state *state, struct python_value condition,
                 struct python_value lock, bool is_limited)
{
    int64_t woken;
    if (!sleep_on(self, state, condition, lock, is_limited, &woken))
        return false;
    if (self->dump->version < 300)
        return python_push_none(self, state);
    if (!is_limited)
        return python_push(self, state, BOOL(true));
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(woken));
    return python_push(self, other, BOOL(false)) && python_push(self, state, BOOL(true));
}

static bool notify(struct python *self, struct python_state *state, struct python_value condition, int64_t count,
                   bool wakes_all)
{
    python_run_library(self, state);
    if (!is_in_line(self, state, condition, false, !wakes_all, count > 1)) {
        python_emit(self, state, wakes_all ? OPCODE_BROADCAST : OPCODE_SIGNAL,
                    python_synchroniser_of(self, state, condition, OBJECT_CONDITION), nothing);
    } else {
        struct line line = find_line(self, state, condition);
        for (int64_t n = 0; n < count && !wakes_all; n++)
            wake_first(&line);
        if (wakes_all)
            wake_all(&line);
    }
    python_run_library(self, state);
    return python_push_none(self, state);
}

/* wait_for(): the condition, what is called, and what is known of its time: there is no limit, nobody has waited yet, the thread was woken
 * before the time was over, or it is over. */
enum { ASKED_CONDITION, ASKED_PREDICATE, ASKED_TIME, ASKED_ITEMS };
enum asked_time { TIME_UNLIMITED, TIME_BEGINS, TIME_IS_LEFT, TIME_IS_OVER };

static enum asked_time time_of(const struct python_state *state, struct python_value asked)
{
    return (enum asked_time)python_object(state, asked)->items[ASKED_TIME].number;
}

/* Asks whether what is waited for is the case; where it is not the thread waits, and asks again. */
static bool ask(struct python *self, struct python_state *state, struct python_value asked)
{
    struct python_arguments none = {0};
    python_run_library(self, state);
    if (!python_call(self, state, python_object(state, asked)->items[ASKED_PREDICATE], &none, true))
        return false;
    if (python_cannot_go_on(state))
        return true;
    python_top(state)->after = PYTHON_AFTER_WAIT_FOR;
    python_top(state)->result = asked;
    return true;
}

static bool wait_for(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items[ASKED_ITEMS] = {arguments->items[0], python_argument(self, arguments, 1, "predicate")};
    struct python_value method =
        python_is(state, items[1], PYTHON_METHOD) ? python_object(state, items[1])->items[0] : items[1];
    bool is_limited;
    if (!python_read_limit(self, state, python_argument(self, arguments, 2, "timeout"), &is_limited))
        return false;
    items[ASKED_TIME] = INTEGER(is_limited ? TIME_BEGINS : TIME_UNLIMITED);
    if (!python_is(state, method, PYTHON_FUNCTION))
        return python_refuse(self, state,
                             "wait_for() of other than a function of this program is not covered (expected "
                             "one, or a lambda)");
    return ask(self, state, python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), items, ASKED_ITEMS));
}

static bool ask_at(struct python *self, struct python_state *state, struct python_value asked, enum asked_time time)
{
    struct python_value items[ASKED_ITEMS];
    memcpy(items, python_object(state, asked)->items, sizeof items);
    items[ASKED_TIME] = INTEGER(time);
    return ask(self, state, python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), items, ASKED_ITEMS));
}

static bool wait_and_ask(struct python *self, struct python_state *state, struct python_value asked)
{
    struct python_value condition = python_object(state, asked)->items[ASKED_CONDITION];
    bool is_limited = time_of(state, asked) != TIME_UNLIMITED;
    int64_t woken;
    size_t skip;
    if (!sleep_on(self, state, condition, find_lock(self, state, condition), is_limited, &woken))
        return false;
    if (!is_limited)
        return ask(self, state, asked);
    struct python_state *late =
        python_branch(self, state, OPCODE_JNE, python_immediate(0), python_register(woken), &skip);
    if (!ask_at(self, late, asked, TIME_IS_OVER))
        return false;
    python_end_branch(self, late, skip);
    return ask_at(self, state, asked, TIME_IS_LEFT);
}

/* It is not the case. Who was woken may find that the time is over now: that is a choice, and no step by itself. */
static bool wait_again(struct python *self, struct python_state *state, struct python_value asked,
                       struct python_value value)
{
    enum asked_time time = time_of(state, asked);
    bool is_pending = state->is_pending;
    int64_t number;
    size_t skip;
    if (time == TIME_IS_OVER)
        return python_push(self, state, value);
    if (time != TIME_IS_LEFT)
        return wait_and_ask(self, state, asked);
    if (!python_free_register(self, state, &number))
        return false;
    python_leave_count(self, state);
    state->is_pending = false;
    python_emit(self, state, OPCODE_CHOOSE, (struct operand){.kind = OPERAND_RANGE, .scale = 1},
                python_register(number));
    state->is_pending = is_pending;
    struct python_state *late =
        python_branch(self, state, OPCODE_JNE, python_immediate(0), python_register(number), &skip);
    if (!python_push(self, late, value))
        return false;
    python_end_branch(self, late, skip);
    return wait_and_ask(self, state, asked);
}

bool python_go_on_waiting(struct python *self, struct python_state *state, struct python_value asked,
                          struct python_value value)
{
    struct python_value examined = value;
    if (!python_examine(self, state, &examined))
        return false;
    if (examined.kind == PYTHON_DYNAMIC) {
        struct python_state *other =
            python_split(self, state, OPCODE_JNE, python_immediate(0), python_register(examined.number));
        other->checks = self->rules != PYTHON_NO_GIL;
        return python_push(self, other, value) && wait_again(self, state, asked, value);
    }
    int truth = python_truth(self, state, examined);
    if (truth < 0)
        return python_refuse(
            self, state,
            "whether %s is true is not known here (expected a comparison, as in 'x is not None' or 'x != 0')",
            python_what(self, state, value));
    return truth > 0 ? python_push(self, state, value) : wait_again(self, state, asked, value);
}

bool python_call_condition(struct python *self, struct python_state *state, enum python_builtin method,
                           const struct python_arguments *arguments)
{
    struct python_value condition = arguments->items[0], lock = find_lock(self, state, condition);
    struct python_value limit = python_argument(self, arguments, 1, "timeout");
    struct python_value count = python_argument(self, arguments, 1, "n");
    bool is_limited = false;
    if (!python_is_lock(self, state, lock))
        return python_refuse(
            self, state, "a condition without a lock is not covered (expected Condition(), or with a Lock or RLock)");
    if (method == PYTHON_BUILTIN_CONDITION_ACQUIRE || method == PYTHON_BUILTIN_CONDITION_ENTER)
        return python_acquire(self, state, lock, true);
    if (method == PYTHON_BUILTIN_CONDITION_RELEASE || method == PYTHON_BUILTIN_CONDITION_EXIT)
        return python_release(self, state, lock);
    bool is_held = state->is_started && python_find_held(state, python_identity_of(state, lock)) >= 0;
    if (state->is_started && !is_held && python_type(self, state, lock) == PYTHON_BUILTIN_RLOCK)
        return python_throw(self, state, PYTHON_BUILTIN_RUNTIME_ERROR,
                            method == PYTHON_BUILTIN_CONDITION_WAIT || method == PYTHON_BUILTIN_CONDITION_WAIT_FOR
                                ? "cannot wait on un-acquired lock"
                                : "cannot notify on un-acquired lock");
    if (!is_held || python_counts_permits(self, state, lock))
        return python_refuse(self, state,
                             "%s() of a condition before threads start, or whose lock the thread does not hold, is not "
                             "covered",
                             python_builtins[method].name);
    if (method == PYTHON_BUILTIN_CONDITION_WAIT_FOR)
        return wait_for(self, state, arguments);
    if (method == PYTHON_BUILTIN_CONDITION_WAIT)
        return python_read_limit(self, state, limit, &is_limited) && wait(self, state, condition, lock, is_limited);
    if (method != PYTHON_BUILTIN_CONDITION_NOTIFY)
        return notify(self, state, condition, 0, true);
    if (count.kind != PYTHON_ABSENT &&
        (count.kind != PYTHON_INT || count.number < 0 || count.number > PROGRAM_THREADS_MAX))
        return python_refuse(
            self, state,
            "notify() of a number of threads that is not known is not covered (expected notify(), a number, or notify_all())");
    return notify(self, state, condition, count.kind == PYTHON_INT ? count.number : 1, false);
}
