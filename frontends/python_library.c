/* What is not written in the program: builtins, threads, and what they synchronise by. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <inttypes.h>
#include <string.h>

#define PYTHON_BUILTIN_ROW(name, module, of, text, is_type) \
    [PYTHON_BUILTIN_##name] = {module, PYTHON_BUILTIN_##of, text, is_type},
const struct python_builtin_traits python_builtins[PYTHON_BUILTIN_COUNT] = {PYTHON_BUILTINS(PYTHON_BUILTIN_ROW)};

/* A module that has other names, too. */
static enum python_builtin same_module(enum python_builtin module)
{
    return module == PYTHON_BUILTIN_OLD_THREAD_MODULE  ? PYTHON_BUILTIN_THREAD_MODULE
           : module == PYTHON_BUILTIN_OLD_QUEUE_MODULE ? PYTHON_BUILTIN_QUEUE_MODULE
                                                       : module;
}

static enum python_builtin find(const char *module, enum python_builtin type, const char *name)
{
    for (enum python_builtin b = PYTHON_BUILTIN_NONE + 1; b < PYTHON_BUILTIN_COUNT; b++) {
        const struct python_builtin_traits *traits = &python_builtins[b];
        bool is_there =
            module == NULL ? traits->module == NULL : traits->module != NULL && strcmp(traits->module, module) == 0;
        if (is_there && traits->type == type && strcmp(traits->name, name) == 0)
            return b;
    }
    return PYTHON_BUILTIN_NONE;
}

enum python_builtin python_find_module(const char *name)
{
    return find(NULL, PYTHON_BUILTIN_NONE, name);
}

enum python_builtin python_find_in_module(enum python_builtin module, const char *name)
{
    if (module == PYTHON_BUILTIN_CONCURRENT && strcmp(name, "futures") == 0)
        return PYTHON_BUILTIN_FUTURES;
    return find(python_builtins[same_module(module)].name, PYTHON_BUILTIN_NONE, name);
}

enum python_builtin python_find_builtin(const char *name)
{
    return find("builtins", PYTHON_BUILTIN_NONE, name);
}

enum python_builtin python_find_method(enum python_builtin type, const char *name)
{
    if (type == PYTHON_BUILTIN_NONE)
        return PYTHON_BUILTIN_NONE;
    enum python_builtin found =
        find(python_builtins[type].module != NULL ? python_builtins[type].module : "", type, name);
    bool is_derived = (python_is_exception_type(type) && type != PYTHON_BUILTIN_BASE_EXCEPTION) ||
                      python_base_of(type) == PYTHON_BUILTIN_QUEUE;
    if (found == PYTHON_BUILTIN_NONE && is_derived)
        return python_find_method(python_base_of(type), name);
    if (found == PYTHON_BUILTIN_NONE && strcmp(name, "__init__") == 0)
        found = PYTHON_BUILTIN_OBJECT_INIT;
    return found;
}

/* Makes a lock and the like, with what it has at the start. */
static bool make(struct python *self, struct python_state *state, enum python_builtin type,
                 const struct python_arguments *arguments, const char *name, int64_t usual, int64_t least)
{
    struct python_value given = name != NULL ? python_argument(self, arguments, 0, name) : ABSENT;
    if ((given.kind != PYTHON_ABSENT && given.kind != PYTHON_INT) || arguments->count > (name != NULL ? 1u : 0u))
        return python_refuse(self, state, "%s() with such arguments is not covered", python_builtins[type].name);
    int64_t number = given.kind == PYTHON_INT ? given.number : usual;
    if (number < least)
        return python_refuse(self, state, "%s(%" PRId64 "): expected %" PRId64 " or more", python_builtins[type].name,
                             number, least);
    struct python_value object = python_new(self, state, PYTHON_INSTANCE, BUILTIN(type), NULL, 0);
    python_change(self, state, object)->number = number;
    return python_push(self, state, object);
}

/* ---- For processes ----------------------------------------------------------------------------------------------- */

/* What multiprocessing has is what threading has, and says so. */
static const char of_processes[] = " of processes";

bool python_is_of_processes(struct python *self, const struct python_state *state, struct python_value value)
{
    return value.kind == PYTHON_OBJECT &&
           python_find_key(python_object(state, value), python_string(self, of_processes)) >= 0;
}

void python_mark_of_processes(struct python *self, struct python_state *state, struct python_value value)
{
    python_append(self, python_change(self, state, value), python_string(self, of_processes));
    python_append(self, python_change(self, state, value), BOOL(true));
}

static bool make_for_processes(struct python *self, struct python_state *state, enum python_builtin type,
                               struct python_arguments *arguments)
{
    struct python_value *made;
    if (!python_call_builtin(self, state, type, arguments) || python_cannot_go_on(state))
        return !self->error->set;
    if (!python_peek(self, state, 0, &made))
        return false;
    python_mark_of_processes(self, state, *made);
    return true;
}

/* Whether a thread runs in another process than the main one. */
static bool runs_apart(const struct python *self, uint32_t thread)
{
    for (; thread != 0; thread = self->threads[thread].parent)
        if (self->threads[thread].is_process)
            return true;
    return false;
}

/* Whether a process uses a lock or the like of threads, or a queue, of which it has a copy. */
static bool is_copy(struct python *self, const struct python_state *state, enum python_builtin builtin,
                    const struct python_arguments *arguments)
{
    enum python_builtin type = python_builtins[builtin].type;
    const char *module = python_builtins[builtin].module;
    if (type == PYTHON_BUILTIN_NONE || type == PYTHON_BUILTIN_THREAD || type == PYTHON_BUILTIN_THREAD_LOCAL ||
        module == NULL || (strcmp(module, "threading") != 0 && strcmp(module, "queue") != 0) ||
        !runs_apart(self, state->thread) || arguments->positional == 0 || arguments->items[0].kind != PYTHON_OBJECT)
        return false;
    return !runs_apart(self, python_object(state, arguments->items[0])->maker) &&
           !python_is_of_processes(self, state, arguments->items[0]);
}

/* Methods get their object first. */
static bool has_receiver(const struct python *self, const struct python_state *state, enum python_builtin builtin,
                         const struct python_arguments *arguments)
{
    enum python_builtin type = python_builtins[builtin].type;
    if (type == PYTHON_BUILTIN_NONE || type == PYTHON_BUILTIN_STDOUT || type == PYTHON_BUILTIN_PROPERTY)
        return true;
    return arguments->positional > 0 &&
           python_is_subclass(state, BUILTIN(python_type(self, state, arguments->items[0])), BUILTIN(type));
}

/* The argument of a builtin that goes through it to its end, where that is a generator; -1 else. */
static int64_t find_generator(const struct python_state *state, enum python_builtin builtin,
                              const struct python_arguments *arguments)
{
    uint32_t first = builtin == PYTHON_BUILTIN_STR_JOIN ? 1 : 0;
    uint32_t end = builtin == PYTHON_BUILTIN_ZIP ? arguments->positional : first + 1;
    switch (builtin) {
    case PYTHON_BUILTIN_SUM:
    case PYTHON_BUILTIN_ANY:
    case PYTHON_BUILTIN_ALL:
    case PYTHON_BUILTIN_LIST:
    case PYTHON_BUILTIN_TUPLE:
    case PYTHON_BUILTIN_MIN:
    case PYTHON_BUILTIN_MAX:
    case PYTHON_BUILTIN_ENUMERATE:
    case PYTHON_BUILTIN_ZIP:
    case PYTHON_BUILTIN_STR_JOIN:
        break;
    default:
        return -1;
    }
    for (uint32_t a = first; a < end && a < arguments->positional; a++)
        if (python_is(state, arguments->items[a], PYTHON_GENERATOR_OBJECT))
            return a;
    return -1;
}

/* The first argument that is a list of words, where a builtin uses it as a whole; -1 where there is none. */
static int64_t find_shared_list(struct python *self, struct python_state *state, enum python_builtin builtin,
                                const struct python_arguments *arguments)
{
    switch (builtin) {
    case PYTHON_BUILTIN_SUM:
    case PYTHON_BUILTIN_ANY:
    case PYTHON_BUILTIN_ALL:
    case PYTHON_BUILTIN_LIST:
    case PYTHON_BUILTIN_TUPLE:
    case PYTHON_BUILTIN_MIN:
    case PYTHON_BUILTIN_MAX:
    case PYTHON_BUILTIN_ENUMERATE:
    case PYTHON_BUILTIN_ZIP:
    case PYTHON_BUILTIN_REVERSED:
    case PYTHON_BUILTIN_SORTED:
    case PYTHON_BUILTIN_STR:
    case PYTHON_BUILTIN_REPR:
    case PYTHON_BUILTIN_STR_JOIN:
    case PYTHON_BUILTIN_STR_FORMAT:
    case PYTHON_BUILTIN_FORMAT:
    case PYTHON_BUILTIN_LIST_INDEX:
    case PYTHON_BUILTIN_LIST_COUNT:
    case PYTHON_BUILTIN_LIST_COPY:
    case PYTHON_BUILTIN_LIST_EXTEND:
    case PYTHON_BUILTIN_DICT_VALUES:
    case PYTHON_BUILTIN_DICT_ITEMS:
        break;
    default:
        return -1;
    }
    bool is_map = python_builtins[builtin].type == PYTHON_BUILTIN_DICT;
    for (uint32_t a = builtin == PYTHON_BUILTIN_LIST_EXTEND; a < arguments->count; a++)
        if (is_map ? python_is_shared_whole(self, state, arguments->items[a])
                   : python_is_shared_list(self, state, arguments->items[a]))
            return a;
    return -1;
}

/* The first argument that must be made ready to be shown; -1 where there is none. */
static int64_t find_unshown(struct python *self, struct python_state *state, enum python_builtin builtin,
                            const struct python_arguments *arguments)
{
    bool shows = builtin == PYTHON_BUILTIN_STR || builtin == PYTHON_BUILTIN_REPR || builtin == PYTHON_BUILTIN_FORMAT ||
                 builtin == PYTHON_BUILTIN_STR_FORMAT;
    for (uint32_t a = builtin == PYTHON_BUILTIN_STR_FORMAT; a < arguments->count && shows; a++)
        if (python_needs_showing(self, state, arguments->items[a], builtin == PYTHON_BUILTIN_REPR))
            return a;
    return -1;
}

struct shared_call {
    enum python_builtin builtin;
    uint32_t place;
    const struct python_arguments *arguments;
};

static bool call_with_copy(struct python *self, struct python_state *state, struct python_value copy, void *context)
{
    const struct shared_call *call = context;
    struct python_arguments arguments = *call->arguments;
    arguments.items[call->place] = copy;
    return python_call_builtin(self, state, call->builtin, &arguments);
}

/* These go through a list element by element, and without the lock others can come in between. */
static bool is_gone_through(enum python_builtin builtin)
{
    return builtin == PYTHON_BUILTIN_SUM || builtin == PYTHON_BUILTIN_ANY || builtin == PYTHON_BUILTIN_ALL ||
           builtin == PYTHON_BUILTIN_MIN || builtin == PYTHON_BUILTIN_MAX || builtin == PYTHON_BUILTIN_ENUMERATE ||
           builtin == PYTHON_BUILTIN_ZIP || builtin == PYTHON_BUILTIN_REVERSED ||
           builtin == PYTHON_BUILTIN_LIST_INDEX || builtin == PYTHON_BUILTIN_LIST_COUNT;
}

static bool copy_argument(struct python *self, struct python_state *state, enum python_builtin builtin, uint32_t place,
                          const struct python_arguments *arguments)
{
    struct shared_call call = {builtin, place, arguments};
    if (self->rules == PYTHON_NO_GIL && is_gone_through(builtin))
        return python_refuse(self, state,
                             "%s() of a list that other threads change goes through it element by element without the "
                             "lock: that is not covered (expected a copy by list(), or a loop)",
                             python_builtins[builtin].name) &&
               python_push_none(self, state);
    return python_copy_shared(self, state, arguments->items[place], call_with_copy, &call);
}

bool python_call_builtin(struct python *self, struct python_state *state, enum python_builtin builtin,
                         struct python_arguments *arguments)
{
    struct python_value first = arguments->positional > 0 ? arguments->items[0] : ABSENT, made;
    if (!has_receiver(self, state, builtin, arguments))
        return python_refuse(self, state, "%s() is called for something else", python_builtins[builtin].name) &&
               python_push_none(self, state);
    if (is_copy(self, state, builtin, arguments))
        return python_refuse(self, state,
                             "a process has a copy of its own of what threading and queue have: to use that is not "
                             "covered (expected that of multiprocessing)") &&
               python_push_none(self, state);
    int64_t generator = find_generator(state, builtin, arguments);
    if (generator >= 0)
        return python_collect(self, state, builtin, (uint32_t)generator, arguments);
    int64_t unshown = find_unshown(self, state, builtin, arguments);
    if (unshown >= 0)
        return python_show(self, state, builtin, (uint32_t)unshown, builtin == PYTHON_BUILTIN_REPR, arguments,
                           self->rules != PYTHON_NO_GIL);
    int64_t shared = find_shared_list(self, state, builtin, arguments);
    if (shared >= 0)
        return copy_argument(self, state, builtin, (uint32_t)shared, arguments);
    switch (builtin) {
    case PYTHON_BUILTIN_PRINT:
        return python_print(self, state, arguments);
    case PYTHON_BUILTIN_PRINT_ON:
        return python_print_on(self, state, arguments);
    case PYTHON_BUILTIN_PRINT_ITEM:
        return python_push(self, state, first) && python_print_item(self, state);
    case PYTHON_BUILTIN_FORMAT_VALUE:
        return python_format_converted(self, state, arguments);
    case PYTHON_BUILTIN_FORMAT_ALL:
        return python_format_listed(self, state, arguments);
    case PYTHON_BUILTIN_LEN:
        return python_len(self, state, first);
    case PYTHON_BUILTIN_RANGE:
    case PYTHON_BUILTIN_XRANGE:
        return python_make_range(self, state, arguments);
    case PYTHON_BUILTIN_INT:
        return python_convert_integer(self, state, first);
    case PYTHON_BUILTIN_BOOL_TYPE:
        return python_convert_bool(self, state, first);
    case PYTHON_BUILTIN_STR:
        return python_convert_text(self, state, first);
    case PYTHON_BUILTIN_LIST:
        return python_convert_list(self, state, first, PYTHON_LIST);
    case PYTHON_BUILTIN_TUPLE:
        return python_convert_list(self, state, first, PYTHON_TUPLE);
    case PYTHON_BUILTIN_DICT:
        return python_make_dictionary(self, state, arguments);
    case PYTHON_BUILTIN_ABS:
        return python_absolute(self, state, first);
    case PYTHON_BUILTIN_MIN:
    case PYTHON_BUILTIN_MAX:
        return python_extreme(self, state, arguments, builtin == PYTHON_BUILTIN_MIN);
    case PYTHON_BUILTIN_ISINSTANCE:
        return python_is_instance(self, state, arguments);
    case PYTHON_BUILTIN_TYPE:
        return python_push_type(self, state, arguments);
    case PYTHON_BUILTIN_SUPER:
        return python_make_super(self, state, arguments);
    case PYTHON_BUILTIN_SUM:
        return python_sum(self, state, arguments);
    case PYTHON_BUILTIN_ANY:
    case PYTHON_BUILTIN_ALL:
        return python_any(self, state, first, builtin == PYTHON_BUILTIN_ALL);
    case PYTHON_BUILTIN_ENUMERATE:
        return python_enumerate(self, state, arguments);
    case PYTHON_BUILTIN_ZIP:
        return python_zip(self, state, arguments);
    case PYTHON_BUILTIN_REVERSED:
        return python_reversed(self, state, first);
    case PYTHON_BUILTIN_SORTED:
        return python_sorted(self, state, arguments);
    case PYTHON_BUILTIN_DIVMOD:
        return python_divmod(self, state, arguments);
    case PYTHON_BUILTIN_NEXT:
    case PYTHON_BUILTIN_GENERATOR_NEXT:
    case PYTHON_BUILTIN_GENERATOR_NEXT_OLD:
        return python_call_next(self, state, arguments);
    case PYTHON_BUILTIN_GENERATOR_SEND:
        return python_send(self, state, arguments);
    case PYTHON_BUILTIN_GENERATOR_CLOSE:
        return python_close(self, state, first);
    case PYTHON_BUILTIN_ITER:
        return python_push(self, state, first) && python_make_iterator(self, state);
    case PYTHON_BUILTIN_PROPERTY_SETTER:
        return python_set_setter(self, state, arguments);
    case PYTHON_BUILTIN_STR_JOIN:
        return python_join_texts(self, state, arguments);
    case PYTHON_BUILTIN_STR_FORMAT:
        return python_format_fields(self, state, arguments);
    case PYTHON_BUILTIN_FORMAT:
        return python_call_format(self, state, arguments);
    case PYTHON_BUILTIN_REPR:
        return python_push(self, state, first) && python_convert_value(self, state, 2);
    case PYTHON_BUILTIN_STR_UPPER:
    case PYTHON_BUILTIN_STR_LOWER:
        return python_change_letters(self, state, first, builtin == PYTHON_BUILTIN_STR_UPPER);
    case PYTHON_BUILTIN_STR_STRIP:
    case PYTHON_BUILTIN_STR_LSTRIP:
    case PYTHON_BUILTIN_STR_RSTRIP:
    case PYTHON_BUILTIN_STR_SPLIT:
    case PYTHON_BUILTIN_STR_REPLACE:
    case PYTHON_BUILTIN_STR_STARTS_WITH:
    case PYTHON_BUILTIN_STR_ENDS_WITH:
    case PYTHON_BUILTIN_STR_FIND:
    case PYTHON_BUILTIN_STR_COUNT:
    case PYTHON_BUILTIN_STR_IS_DIGIT:
    case PYTHON_BUILTIN_STR_LJUST:
    case PYTHON_BUILTIN_STR_RJUST:
    case PYTHON_BUILTIN_STR_CENTER:
    case PYTHON_BUILTIN_STR_ZFILL:
        return python_call_text(self, state, builtin, arguments);
    case PYTHON_BUILTIN_CHR:
        return python_chr(self, state, first);
    case PYTHON_BUILTIN_ORD:
        return python_ord(self, state, first);
    case PYTHON_BUILTIN_LIST_INDEX:
    case PYTHON_BUILTIN_LIST_COUNT:
        return python_find_in_list(self, state, arguments, builtin == PYTHON_BUILTIN_LIST_COUNT);
    case PYTHON_BUILTIN_DICT_KEYS:
        return python_list_map(self, state, first, true, false);
    case PYTHON_BUILTIN_DICT_VALUES:
        return python_list_map(self, state, first, false, true);
    case PYTHON_BUILTIN_DICT_ITEMS:
        return python_list_map(self, state, first, true, true);
    case PYTHON_BUILTIN_STDOUT_WRITE:
        return python_write(self, state, first);
    case PYTHON_BUILTIN_STDOUT_FLUSH:
        return python_push_none(self, state);
    case PYTHON_BUILTIN_CLASS_METHOD:
    case PYTHON_BUILTIN_STATIC_METHOD:
        return python_make_unbound(self, state, arguments, builtin == PYTHON_BUILTIN_CLASS_METHOD);
    case PYTHON_BUILTIN_OBJECT:
        return python_push(self, state,
                           python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_OBJECT), NULL, 0));
    case PYTHON_BUILTIN_OBJECT_NEW:
        return python_make_instance(self, state, arguments);
    case PYTHON_BUILTIN_PROPERTY:
        return python_make_property(self, state, arguments);
    case PYTHON_BUILTIN_OBJECT_INIT:
    case PYTHON_BUILTIN_SET_SWITCH_INTERVAL:
        return python_push_none(self, state);
    case PYTHON_BUILTIN_SET_CHECK_INTERVAL:
        return python_set_check_interval(self, state, first);
    case PYTHON_BUILTIN_LIST_APPEND:
        return python_append_item(self, state, arguments);
    case PYTHON_BUILTIN_LIST_REMOVE:
        return python_remove_item(self, state, arguments);
    case PYTHON_BUILTIN_LIST_INSERT:
    case PYTHON_BUILTIN_LIST_REVERSE:
    case PYTHON_BUILTIN_LIST_COPY:
        return python_rearrange(self, state, builtin, arguments);
    case PYTHON_BUILTIN_LIST_POP:
        return python_pop_item(self, state, arguments);
    case PYTHON_BUILTIN_LIST_EXTEND:
        return python_extend_list(self, state, arguments);
    case PYTHON_BUILTIN_LIST_CLEAR:
        return python_clear_list(self, state, first);
    case PYTHON_BUILTIN_LIST_SORT:
        return python_sort_list(self, state, arguments);
    case PYTHON_BUILTIN_DEQUE:
        return python_make_deque(self, state, arguments);
    case PYTHON_BUILTIN_DEQUE_APPEND:
    case PYTHON_BUILTIN_DEQUE_APPEND_LEFT:
    case PYTHON_BUILTIN_DEQUE_EXTEND:
    case PYTHON_BUILTIN_DEQUE_CLEAR:
    case PYTHON_BUILTIN_DEQUE_POP:
    case PYTHON_BUILTIN_DEQUE_POP_LEFT:
        return python_call_deque(self, state, builtin, arguments);
    case PYTHON_BUILTIN_DICT_GET:
        return python_get_item(self, state, arguments);
    case PYTHON_BUILTIN_TIME_TIME:
    case PYTHON_BUILTIN_TIME_PERF_COUNTER:
    case PYTHON_BUILTIN_TIME_MONOTONIC:
        return python_push_unknown(self, state, "a time");
    case PYTHON_BUILTIN_RANDOM:
    case PYTHON_BUILTIN_RANDOM_UNIFORM:
        return python_push_unknown(self, state, "a random number");
    case PYTHON_BUILTIN_RANDOM_INTEGER:
    case PYTHON_BUILTIN_RANDOM_RANGE:
        return python_random_integer(self, state, arguments, builtin == PYTHON_BUILTIN_RANDOM_INTEGER);
    case PYTHON_BUILTIN_RANDOM_CHOICE:
        return python_random_choice(self, state, first);
    case PYTHON_BUILTIN_RANDOM_SEED:
        return python_push_none(self, state);
    case PYTHON_BUILTIN_SLEEP:
        return python_sleep(self, state, arguments);
    case PYTHON_BUILTIN_START_NEW_THREAD:
    case PYTHON_BUILTIN_START_NEW:
        return python_start_raw_thread(self, state, arguments) &&
               (state->refusal == 0 || python_push_none(self, state));
    case PYTHON_BUILTIN_ALLOCATE_LOCK:
    case PYTHON_BUILTIN_LOCK:
        return make(self, state, PYTHON_BUILTIN_LOCK, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_RLOCK:
        return make(self, state, PYTHON_BUILTIN_RLOCK, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_SEMAPHORE:
        return make(self, state, PYTHON_BUILTIN_SEMAPHORE, arguments, "value", 1, 0);
    case PYTHON_BUILTIN_BOUNDED_SEMAPHORE:
        return make(self, state, PYTHON_BUILTIN_SEMAPHORE, arguments, "value", 1, 0) &&
               (state->refusal != 0 || (python_pop(self, state, &made) && python_make_bounded(self, state, made) &&
                                        python_push(self, state, made)));
    case PYTHON_BUILTIN_CONDITION:
        return python_make_condition(self, state, arguments);
    case PYTHON_BUILTIN_EVENT:
        return make(self, state, PYTHON_BUILTIN_EVENT, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_BARRIER:
        return make(self, state, PYTHON_BUILTIN_BARRIER, arguments, "parties", 0, 1);
    case PYTHON_BUILTIN_QUEUE:
    case PYTHON_BUILTIN_LIFO_QUEUE:
    case PYTHON_BUILTIN_PRIORITY_QUEUE:
        return make(self, state, builtin, arguments, "maxsize", 0, 0);
    case PYTHON_BUILTIN_THREAD:
    case PYTHON_BUILTIN_PROCESS:
        return python_make_thread(self, state, builtin, arguments);
    case PYTHON_BUILTIN_PROCESS_INIT:
    case PYTHON_BUILTIN_THREAD_INIT:
        return python_init_thread(self, state, arguments);
    case PYTHON_BUILTIN_THREAD_START:
    case PYTHON_BUILTIN_PROCESS_START:
        return python_start_thread(self, state, first);
    case PYTHON_BUILTIN_THREAD_IS_ALIVE:
    case PYTHON_BUILTIN_THREAD_IS_ALIVE_OLD:
        return python_is_alive(self, state, first);
    case PYTHON_BUILTIN_THREAD_GET_NAME:
        return python_attribute(self, state, first, python_string(self, "name"), PYTHON_PUSH);
    case PYTHON_BUILTIN_CURRENT_THREAD:
    case PYTHON_BUILTIN_CURRENT_THREAD_OLD:
    case PYTHON_BUILTIN_MAIN_THREAD:
        return python_current_thread(self, state, builtin == PYTHON_BUILTIN_MAIN_THREAD);
    case PYTHON_BUILTIN_GET_IDENT:
    case PYTHON_BUILTIN_RAW_GET_IDENT:
        return python_push_unknown(self, state, "the number of a thread");
    case PYTHON_BUILTIN_THREAD_LOCAL:
        return make(self, state, builtin, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_EXECUTOR:
        return make(self, state, builtin, arguments, "max_workers", 0, 1);
    case PYTHON_BUILTIN_EXECUTOR_SUBMIT:
        return python_submit(self, state, arguments);
    case PYTHON_BUILTIN_EXECUTOR_MAP:
        return python_submit_all(self, state, arguments);
    case PYTHON_BUILTIN_EXECUTOR_ENTER:
        return python_push(self, state, first);
    case PYTHON_BUILTIN_EXECUTOR_EXIT:
    case PYTHON_BUILTIN_EXECUTOR_SHUTDOWN:
        return python_join_tasks(self, state, arguments);
    case PYTHON_BUILTIN_TASK_RESULT:
        return python_task_result(self, state, arguments);
    case PYTHON_BUILTIN_TASK_EXCEPTION:
        return python_task_exception(self, state, arguments);
    case PYTHON_BUILTIN_TASK_DONE:
        return python_task_done(self, state, first);
    case PYTHON_BUILTIN_AS_COMPLETED:
        return python_as_completed(self, state, arguments);
    case PYTHON_BUILTIN_WAIT_FOR_TASKS:
        return python_wait_for_tasks(self, state, arguments);
    case PYTHON_BUILTIN_SHARED_VALUE:
        return python_make_shared_value(self, state, arguments);
    case PYTHON_BUILTIN_SHARED_VALUE_LOCK:
    case PYTHON_BUILTIN_SHARED_VALUE_ENTER:
    case PYTHON_BUILTIN_SHARED_VALUE_EXIT:
        return python_call_shared_value(self, state, builtin, arguments);
    case PYTHON_BUILTIN_PROCESS_LOCK:
        return make_for_processes(self, state, PYTHON_BUILTIN_LOCK, arguments);
    case PYTHON_BUILTIN_PROCESS_RLOCK:
        return make_for_processes(self, state, PYTHON_BUILTIN_RLOCK, arguments);
    case PYTHON_BUILTIN_PROCESS_SEMAPHORE:
        return make_for_processes(self, state, PYTHON_BUILTIN_SEMAPHORE, arguments);
    case PYTHON_BUILTIN_PROCESS_BOUNDED_SEMAPHORE:
        return make_for_processes(self, state, PYTHON_BUILTIN_BOUNDED_SEMAPHORE, arguments);
    case PYTHON_BUILTIN_PROCESS_CONDITION:
        return make_for_processes(self, state, PYTHON_BUILTIN_CONDITION, arguments);
    case PYTHON_BUILTIN_PROCESS_EVENT:
        return make_for_processes(self, state, PYTHON_BUILTIN_EVENT, arguments);
    case PYTHON_BUILTIN_PROCESS_BARRIER:
        return make_for_processes(self, state, PYTHON_BUILTIN_BARRIER, arguments);
    case PYTHON_BUILTIN_PROCESS_QUEUE:
        return make(self, state, builtin, arguments, "maxsize", 0, 0);
    case PYTHON_BUILTIN_PROCESS_QUEUE_PUT:
        return python_queue_put(self, state, arguments, true);
    case PYTHON_BUILTIN_PROCESS_QUEUE_GET:
        return python_queue_get(self, state, arguments, true);
    case PYTHON_BUILTIN_PROCESS_QUEUE_CLOSE:
    case PYTHON_BUILTIN_PROCESS_QUEUE_JOIN:
        return python_push_none(self, state);
    case PYTHON_BUILTIN_THREAD_JOIN:
    case PYTHON_BUILTIN_PROCESS_JOIN:
        return python_join_thread(self, state, arguments);
    case PYTHON_BUILTIN_THREAD_SET_DAEMON:
        return python_set(self, state, first, python_string(self, "daemon"), python_argument(self, arguments, 1, "")) &&
               python_push_none(self, state);
    case PYTHON_BUILTIN_LOCK_ACQUIRE:
    case PYTHON_BUILTIN_RLOCK_ACQUIRE:
    case PYTHON_BUILTIN_SEMAPHORE_ACQUIRE:
        return python_call_acquire(self, state, arguments);
    case PYTHON_BUILTIN_LOCK_ENTER:
    case PYTHON_BUILTIN_RLOCK_ENTER:
    case PYTHON_BUILTIN_SEMAPHORE_ENTER:
        return python_acquire(self, state, first, true);
    case PYTHON_BUILTIN_LOCK_RELEASE:
    case PYTHON_BUILTIN_RLOCK_RELEASE:
    case PYTHON_BUILTIN_SEMAPHORE_RELEASE:
        return python_call_release(self, state, arguments);
    case PYTHON_BUILTIN_LOCK_EXIT:
    case PYTHON_BUILTIN_RLOCK_EXIT:
    case PYTHON_BUILTIN_SEMAPHORE_EXIT:
        return python_release(self, state, first);
    case PYTHON_BUILTIN_CONDITION_ACQUIRE:
    case PYTHON_BUILTIN_CONDITION_RELEASE:
    case PYTHON_BUILTIN_CONDITION_ENTER:
    case PYTHON_BUILTIN_CONDITION_EXIT:
    case PYTHON_BUILTIN_CONDITION_WAIT:
    case PYTHON_BUILTIN_CONDITION_WAIT_FOR:
    case PYTHON_BUILTIN_CONDITION_NOTIFY:
    case PYTHON_BUILTIN_CONDITION_NOTIFY_ALL:
    case PYTHON_BUILTIN_CONDITION_NOTIFY_OLD:
        return python_call_condition(self, state, builtin, arguments);
    case PYTHON_BUILTIN_EVENT_SET:
    case PYTHON_BUILTIN_EVENT_CLEAR:
    case PYTHON_BUILTIN_EVENT_WAIT:
    case PYTHON_BUILTIN_EVENT_IS_SET:
    case PYTHON_BUILTIN_EVENT_IS_SET_OLD:
        return python_call_event(self, state, builtin, arguments);
    case PYTHON_BUILTIN_BARRIER_WAIT:
        return python_call_barrier(self, state, arguments);
    case PYTHON_BUILTIN_QUEUE_PUT:
    case PYTHON_BUILTIN_QUEUE_PUT_NOWAIT:
    case PYTHON_BUILTIN_SIMPLE_QUEUE_PUT:
    case PYTHON_BUILTIN_SIMPLE_QUEUE_PUT_NOWAIT:
        return python_queue_put(self, state, arguments, builtin == PYTHON_BUILTIN_QUEUE_PUT);
    case PYTHON_BUILTIN_QUEUE_GET:
    case PYTHON_BUILTIN_QUEUE_GET_NOWAIT:
    case PYTHON_BUILTIN_SIMPLE_QUEUE_GET:
    case PYTHON_BUILTIN_SIMPLE_QUEUE_GET_NOWAIT:
        return python_queue_get(self, state, arguments,
                                builtin == PYTHON_BUILTIN_QUEUE_GET || builtin == PYTHON_BUILTIN_SIMPLE_QUEUE_GET);
    case PYTHON_BUILTIN_QUEUE_TASK_DONE:
        return python_queue_task_done(self, state, first);
    case PYTHON_BUILTIN_QUEUE_JOIN:
        return python_queue_join(self, state, first);
    case PYTHON_BUILTIN_QUEUE_EMPTY:
    case PYTHON_BUILTIN_QUEUE_SIZE:
    case PYTHON_BUILTIN_QUEUE_FULL:
    case PYTHON_BUILTIN_SIMPLE_QUEUE_EMPTY:
    case PYTHON_BUILTIN_SIMPLE_QUEUE_SIZE:
        return python_queue_look(self, state, first, builtin);
    case PYTHON_BUILTIN_SIMPLE_QUEUE:
        return make(self, state, PYTHON_BUILTIN_SIMPLE_QUEUE, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_EXCEPTION_INIT:
        python_set_arguments(self, state, first, arguments->items + 1, arguments->positional - 1);
        return python_push_none(self, state);
    default:
        if (python_is_exception_type(builtin))
            return python_push(
                self, state,
                python_new_exception(self, state, BUILTIN(builtin), arguments->items, arguments->positional));
        return python_refuse(self, state, "'%s' is not covered yet (expected what docs/python.md lists)",
                             python_builtins[builtin].name) &&
               python_push_none(self, state);
    }
}
