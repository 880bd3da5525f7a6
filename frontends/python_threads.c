/* Threads: made, started, joined, and how the program ends. */
#include "frontends/python_services.h"

#include "base/memory.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

enum { FIRST_LABEL = 1 };

/* A name as threads of a program can have one: a word, that no other has. */
static char *name_thread(const struct python *self, const char *wanted, const char *kind)
{
    struct text name = TEXT_INIT;
    bool is_good = wanted != NULL && wanted[0] != '\0';
    for (const char *c = wanted; is_good && *c != '\0'; c++)
        is_good = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
                  (c > wanted && *c >= '0' && *c <= '9') || (c > wanted && *c == '-');
    if (is_good)
        text_print(&name, "%s", wanted);
    for (size_t n = 1; !is_good || name.length == 0; n++) {
        text_cut(&name, 0);
        text_print(&name, "%s-%zu", kind, n);
        is_good = true;
        for (size_t t = 0; t < self->thread_count; t++)
            is_good = is_good && strcmp(self->threads[t].name, text_string(&name)) != 0;
    }
    for (size_t t = 0; t < self->thread_count; t++)
        if (strcmp(self->threads[t].name, text_string(&name)) == 0) {
            text_print(&name, "-%zu", self->thread_count);
            break;
        }
    return text_take(&name);
}

/* Adds a thread that is to call something. Returns its number, or -1 with the error set. */
static int64_t add_thread(struct python *self, struct python_state *parent, struct python_value callee,
                          struct python_arguments *arguments, char *name, bool is_daemon)
{
    bool is_function = python_is(parent, callee, PYTHON_FUNCTION) ||
                       (python_is(parent, callee, PYTHON_METHOD) &&
                        python_is(parent, python_object(parent, callee)->items[0], PYTHON_FUNCTION));
    if (self->thread_count == PROGRAM_THREADS_MAX || !is_function) {
        memory_free(name);
        python_refuse(self, parent,
                      is_function ? "more than %d threads are started"
                                  : "a thread that does not run a function of this program is not covered",
                      PROGRAM_THREADS_MAX);
        return -1;
    }
    uint32_t number = (uint32_t)self->thread_count;
    self->threads = memory_grow(self->threads, self->thread_count, &self->thread_capacity, sizeof *self->threads);
    self->threads[self->thread_count++] =
        (struct python_thread){.parent = parent->thread, .name = name, .is_daemon = is_daemon, .met = NAME_TABLE_INIT};
    struct python_state *state = python_state_begin(self, parent, number);
    struct python_thread *thread = &self->threads[number];
    thread->labels = memory_new(8, sizeof *thread->labels);
    thread->label_capacity = 8;
    thread->label_count = FIRST_LABEL + 1;
    thread->work = memory_new(8, sizeof(struct python_state *));
    thread->work_labels = memory_new(8, sizeof *thread->work_labels);
    thread->work_capacity = thread->work_label_capacity = 8;
    thread->work[0] = state;
    thread->work_labels[0] = FIRST_LABEL;
    thread->work_count = 1;
    if (!python_call(self, state, callee, arguments, true))
        return -1;
    /* A call that cannot be made is refused where the thread is started. */
    if (state->refusal != 0)
        parent->refusal = state->refusal;
    return number;
}

/* The first thread that is started: what is known up to now is how the program begins. */
static bool begin_threads(struct python *self, struct python_state *state)
{
    if (state->is_started)
        return true;
    state->is_started = true;
    python_state_fix(self, state);
    if (!python_publish(self, state))
        return false;
    python_begin_count(self, state);
    return !self->error->set;
}

static bool spawn(struct python *self, struct python_state *state, int64_t number)
{
    python_emit(self, state, OPCODE_SPAWN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    state->born |= UINT64_C(1) << number;
    return true;
}

/* What a thread is started with: a tuple or list, and a dictionary; either can be missing. */
static bool pass_arguments(struct python *self, struct python_state *state, struct python_value args,
                           struct python_value kwargs, struct python_arguments *passed)
{
    bool is_list = python_is(state, args, PYTHON_TUPLE) || python_is(state, args, PYTHON_LIST);
    if ((python_is_given(args) && !is_list) || (python_is_given(kwargs) && !python_is(state, kwargs, PYTHON_DICT)))
        return python_refuse(self, state, "the arguments of a thread are no tuple and dictionary");
    uint32_t count = is_list ? python_object(state, args)->count : 0;
    uint32_t named = python_is_given(kwargs) ? python_object(state, kwargs)->count / 2 : 0;
    if (count + named > PYTHON_ARGUMENTS_MAX - 1)
        return python_refuse(self, state, "a thread with more than %d arguments", PYTHON_ARGUMENTS_MAX - 1);
    *passed = (struct python_arguments){.count = count + named, .positional = count};
    for (uint32_t a = 0; a < count; a++)
        passed->items[a] = python_object(state, args)->items[a];
    for (uint32_t a = 0; a < named; a++) {
        passed->names[count + a] = python_object(state, kwargs)->items[2 * a];
        passed->items[count + a] = python_object(state, kwargs)->items[2 * a + 1];
    }
    for (uint32_t a = 0; a < passed->count; a++)
        if (passed->items[a].kind == PYTHON_DYNAMIC)
            return python_refuse(self, state,
                                 "an argument of a thread that depends on other threads is not covered yet");
    return true;
}

/* start_new_thread(function, args): where it is called, and how often before, says which thread it is. */
bool python_start_raw_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_arguments passed = {0};
    struct python_value args = python_argument(self, arguments, 1, "args");
    if (arguments->positional < 2 || !python_is(state, args, PYTHON_TUPLE) || arguments->count > 2)
        return python_refuse(self, state,
                             "start_new_thread() with other arguments than a function and a tuple is not covered");
    if (!begin_threads(self, state) || !pass_arguments(self, state, args, ABSENT, &passed))
        return false;
    if (state->is_conditional)
        return python_refuse(self, state,
                             "whether this thread is started depends on the others: that is not covered yet");
    python_access_shared(self, state);
    int64_t number = add_thread(self, state, arguments->items[0], &passed, name_thread(self, NULL, "Dummy"), true);
    return number >= 0 ? spawn(self, state, number) && python_push_unknown(self, state, "the number of a thread")
                       : !self->error->set;
}

static bool read_own(struct python *self, struct python_state *state, struct python_value object, const char *name,
                     struct python_value *value)
{
    struct python_place *place;
    if (!python_get(self, state, object, python_string(self, name), value, &place))
        return false;
    return place == NULL ||
           python_refuse(self, state, "what a thread is to do changes while threads run: that is not covered");
}

bool python_init_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    static const struct {
        const char *name, *key;
        uint32_t place;
    } fields[] = {{"target", "(target)", 2},
                  {"name", "name", 3},
                  {"args", "(args)", 4},
                  {"kwargs", "(kwargs)", 5},
                  {"daemon", "daemon", 6}};
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        struct python_value value = python_argument(self, arguments, fields[f].place, fields[f].name);
        if (value.kind != PYTHON_ABSENT &&
            !python_set(self, state, arguments->items[0], python_string(self, fields[f].key), value))
            return false;
    }
    return python_push_none(self, state);
}

static bool gather_arguments(struct python *self, struct python_state *state, struct python_value thread,
                             struct python_arguments *passed)
{
    struct python_value args, kwargs;
    return read_own(self, state, thread, "(args)", &args) && read_own(self, state, thread, "(kwargs)", &kwargs) &&
           pass_arguments(self, state, args, kwargs, passed);
}

/* What python_start_thread() calls: run() where the program has written one, else the target. */
static bool find_body(struct python *self, struct python_state *state, struct python_value thread,
                      struct python_value *callee, struct python_arguments *passed)
{
    struct python_value base;
    *passed = (struct python_arguments){.items = {thread}, .count = 1, .positional = 1};
    if (!python_find_in_class(self, state, python_object(state, thread)->type, python_string(self, "run"), callee,
                              &base))
        return false;
    if (callee->kind != PYTHON_ABSENT)
        return true;
    return read_own(self, state, thread, "(target)", callee) && gather_arguments(self, state, thread, passed);
}

bool python_start_thread(struct python *self, struct python_state *state, struct python_value thread)
{
    struct python_value started, name, daemon, callee = NONE;
    struct python_arguments passed;
    if (!read_own(self, state, thread, "(started)", &started) || !read_own(self, state, thread, "name", &name) ||
        !read_own(self, state, thread, "daemon", &daemon) || !find_body(self, state, thread, &callee, &passed))
        return false;
    if (python_is_given(started))
        return python_throw(self, state, PYTHON_BUILTIN_RUNTIME_ERROR, "threads can only be started once");
    if (!begin_threads(self, state) || !python_set(self, state, thread, python_string(self, "(started)"), BOOL(true)))
        return false;
    uint32_t identity = python_identity_of(state, thread);
    if (state->is_conditional)
        return python_refuse(self, state,
                             "whether this thread is started depends on the others: that is not covered yet");
    bool is_daemon =
        python_is_given(daemon) ? python_truth(self, state, daemon) == 1 : self->threads[state->thread].is_daemon;
    python_run_library(self, state);
    int64_t number = add_thread(
        self, state, callee, &passed,
        name_thread(self, name.kind == PYTHON_STRING ? python_text_of(self, name) : NULL, "Thread"), is_daemon);
    if (number < 0)
        return !self->error->set;
    self->identities[identity].thread = number;
    spawn(self, state, number);
    python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_join_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value thread = arguments->items[0];
    int64_t number = self->identities[python_identity_of(state, thread)].thread;
    if (python_is_given(python_argument(self, arguments, 1, "timeout")))
        return python_refuse(self, state, "join() with a timeout is not covered yet");
    if (number < 0 || (state->born >> number & 1) == 0)
        return python_refuse(self, state,
                             "join() of a thread that this one does not know to be started is not covered");
    python_run_library(self, state);
    python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_end_main(struct python *self, struct python_state *state)
{
    uint64_t daemons = 0;
    for (size_t t = 1; t < self->thread_count; t++)
        daemons |= (uint64_t)(self->threads[t].is_daemon && (state->born >> t & 1) != 0) << t;
    if (daemons == 0 || self->dump->options.ends_last)
        return true;
    for (size_t t = 1; t < self->thread_count; t++)
        if ((state->born >> t & 1) != 0 && (daemons >> t & 1) == 0) {
            python_release_gil(self, state);
            python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = (int64_t)t},
                        nothing);
        }
    python_release_gil(self, state);
    python_emit(self, state, OPCODE_EXIT, nothing, nothing);
    return true;
}
