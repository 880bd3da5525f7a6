/* Threads: made, started, joined, and how the program ends. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "base/memory.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

enum { FIRST_LABEL = 1 };

/* A name as threads of a program can have one: a word, that no other has. */
char *python_name_thread(const struct python *self, const char *wanted, const char *kind)
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

int64_t python_add_thread(struct python *self, struct python_state *parent, struct python_value callee,
                          struct python_arguments *arguments, char *name, bool is_daemon)
{
    bool is_function = python_is(parent, callee, PYTHON_FUNCTION) ||
                       (python_is(parent, callee, PYTHON_METHOD) &&
                        python_is(parent, python_object(parent, callee)->items[0], PYTHON_FUNCTION));
    if (self->thread_count == PROGRAM_THREADS_MAX || !is_function) {
        memory_free(name);
        python_refuse(
            self, parent,
            is_function
                ? "more than %d threads are started"
                : "a thread that does not run a function of this program is not covered (expected a function, method or lambda)",
            PROGRAM_THREADS_MAX);
        return -1;
    }
    if (self->threads[parent->thread].is_process) {
        memory_free(name);
        python_refuse(
            self, parent,
            "a process that starts threads or processes is not covered (expected threads of the main process)");
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

bool python_begin_threads(struct python *self, struct python_state *state)
{
    if (state->is_started)
        return true;
    state->is_started = true;
    python_state_fix(self, state);
    if (!python_publish(self, state))
        return false;
    python_begin_statements(self, state);
    python_begin_count(self, state);
    return !self->error->set;
}

bool python_spawn(struct python *self, struct python_state *state, int64_t number)
{
    /* Then the main thread ends the program, for those that were never started. */
    if (state->is_conditional && !self->has_alternatives)
        self->has_alternatives = self->again = true;
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
            return python_refuse(
                self, state,
                "an argument of a thread that depends on other threads is not covered yet (expected a global variable, or an attribute)");
    return true;
}

/* Whether a thread is started may depend on the others where the main thread does it, which then ends the program. */
static bool depends_on_others(const struct python_state *state)
{
    return state->is_conditional && state->thread != 0;
}

static bool refuse_alternative(struct python *self, struct python_state *state)
{
    return python_refuse(self, state,
                         "whether this thread is started depends on the others: that is not covered (expected the main "
                         "thread to start it)");
}

/* start_new_thread(function, args): where it is called, and how often before, says which thread it is. */
bool python_start_raw_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_arguments passed = {0};
    struct python_value args = python_argument(self, arguments, 1, "args");
    if (arguments->positional < 2 || !python_is(state, args, PYTHON_TUPLE) || arguments->count > 2)
        return python_refuse(
            self, state,
            "start_new_thread() with other arguments than a function and a tuple is not covered (expected start_new_thread(function, (argument, )))");
    if (!python_begin_threads(self, state) || !pass_arguments(self, state, args, ABSENT, &passed))
        return false;
    if (depends_on_others(state))
        return refuse_alternative(self, state);
    python_access_shared(self, state);
    int64_t number =
        python_add_thread(self, state, arguments->items[0], &passed, python_name_thread(self, NULL, "Dummy"), true);
    return number >= 0 ? python_spawn(self, state, number) && python_push_unknown(self, state, "the number of a thread")
                       : !self->error->set;
}

static bool read_own(struct python *self, struct python_state *state, struct python_value object, const char *name,
                     struct python_value *value)
{
    struct python_place *place;
    if (!python_get(self, state, object, python_string(self, name), value, &place))
        return false;
    return place == NULL ||
           python_refuse(
               self, state,
               "what a thread is to do changes while threads run: that is not covered (expected target and args set before)");
}

/* Python numbers threads without a name in the order in which they are made; from 3.10 on it adds what they run. */
static struct python_value default_name(struct python *self, struct python_state *state, struct python_value target)
{
    static const char unknown[] = "the name of a thread that another thread has made";
    struct text name = TEXT_INIT;
    if (state->thread != 0 || state->is_conditional)
        return (struct python_value){PYTHON_UNKNOWN, python_intern(self, unknown, strlen(unknown))};
    text_print(&name, "Thread-%u", ++state->unnamed);
    if (self->dump->version >= 310 && python_is(state, target, PYTHON_FUNCTION))
        text_print(&name, " (%s)", self->dump->codes[python_object(state, target)->items[0].number].name);
    struct python_value value = python_string(self, text_string(&name));
    text_free(&name);
    return value;
}

bool python_init_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    enum { TARGET, NAME, ARGS, KWARGS, DAEMON, FIELDS };
    static const char *const names[FIELDS] = {"target", "name", "args", "kwargs", "daemon"};
    static const char *const keys[FIELDS] = {"(target)", "name", "(args)", "(kwargs)", "daemon"};
    struct python_value values[FIELDS];
    for (uint32_t f = 0; f < FIELDS; f++)
        values[f] = python_argument(self, arguments, f + 2, names[f]);
    if (!python_is_given(values[NAME]) && python_type(self, state, arguments->items[0]) == PYTHON_BUILTIN_THREAD)
        values[NAME] = default_name(self, state, values[TARGET]);
    if (!python_is_given(values[DAEMON]))
        values[DAEMON] = BOOL(self->threads[state->thread].is_daemon);
    for (size_t f = 0; f < FIELDS; f++)
        if (values[f].kind != PYTHON_ABSENT &&
            !python_set(self, state, arguments->items[0], python_string(self, keys[f]), values[f]))
            return false;
    return python_push_none(self, state);
}

bool python_make_thread(struct python *self, struct python_state *state, enum python_builtin type,
                        struct python_arguments *arguments)
{
    struct python_value thread = python_new(self, state, PYTHON_INSTANCE, BUILTIN(type), NULL, 0), ignored;
    memmove(arguments->items + 1, arguments->items, (PYTHON_ARGUMENTS_MAX - 1) * sizeof *arguments->items);
    memmove(arguments->names + 1, arguments->names, (PYTHON_ARGUMENTS_MAX - 1) * sizeof *arguments->names);
    arguments->items[0] = thread;
    arguments->count += arguments->count < PYTHON_ARGUMENTS_MAX;
    arguments->positional++;
    return python_init_thread(self, state, arguments) && python_pop(self, state, &ignored) &&
           python_push(self, state, thread);
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

/* 1 while a thread lives that somebody asks about. */
static struct operand alive_word(struct python *self, uint32_t identity)
{
    struct python_place *place = python_place_of(self, identity, python_string(self, "[alive]"));
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

bool python_is_alive(struct python *self, struct python_state *state, struct python_value thread)
{
    uint32_t identity = python_identity_of(state, thread);
    int64_t number;
    if (!state->is_started)
        return python_push(self, state, BOOL(false));
    if (!self->identities[identity].is_watched)
        self->identities[identity].is_watched = self->again = true;
    if (!python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_MOV, alive_word(self, identity), python_register(number));
    python_run_library(self, state);
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(false)) && python_push(self, state, BOOL(true));
}

void python_end_thread(struct python *self, struct python_state *state)
{
    uint32_t identity = self->threads[state->thread].identity;
    if (identity == 0 || !self->identities[identity].is_watched)
        return;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_MOV, python_immediate(0), alive_word(self, identity));
}

/* The main thread has an object that it makes when it is asked for first. */
static struct python_value main_object(struct python *self, struct python_state *state)
{
    static const char key[] = "(main)";
    for (uint32_t o = 0; o < state->object_count; o++)
        if (state->objects[o]->shape == PYTHON_INSTANCE &&
            python_find_key(state->objects[o], python_string(self, key)) >= 0)
            return (struct python_value){PYTHON_OBJECT, o};
    struct python_value items[4] = {python_string(self, key), BOOL(true), python_string(self, "name"),
                                    python_string(self, "MainThread")};
    return python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_THREAD), items, 4);
}

bool python_current_thread(struct python *self, struct python_state *state, bool is_main)
{
    uint32_t identity = self->threads[state->thread].identity;
    if (state->thread == 0)
        return python_push(self, state, main_object(self, state));
    for (uint32_t o = 0; o < state->object_count && !is_main; o++)
        if (identity != 0 && state->objects[o]->identity == identity && !self->threads[state->thread].is_task)
            return python_push(self, state, (struct python_value){PYTHON_OBJECT, o});
    return python_refuse(
               self, state,
               "the object of this thread is not known here (expected the thread in a variable or list of its own)") &&
           python_push_none(self, state);
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
    if (!python_begin_threads(self, state) ||
        !python_set(self, state, thread, python_string(self, "(started)"), BOOL(true)))
        return false;
    uint32_t identity = python_identity_of(state, thread);
    if (depends_on_others(state))
        return refuse_alternative(self, state);
    bool is_process = python_type(self, state, thread) == PYTHON_BUILTIN_PROCESS;
    if (is_process && !self->has_processes)
        self->has_processes = self->again = true;
    bool is_daemon =
        python_is_given(daemon) ? python_truth(self, state, daemon) == 1 : self->threads[state->thread].is_daemon;
    python_run_library(self, state);
    if (is_process)
        python_flush_line(self, state);
    int64_t number =
        python_add_thread(self, state, callee, &passed,
                          python_name_thread(self, name.kind == PYTHON_STRING ? python_text_of(self, name) : NULL,
                                             is_process ? "Process" : "Thread"),
                          is_daemon);
    if (number < 0)
        return !self->error->set;
    self->threads[number].identity = identity;
    self->threads[number].is_process = is_process;
    self->threads[number].work[0]->has_printed = is_process && state->has_printed;
    if (self->identities[identity].is_watched)
        python_emit(self, state, OPCODE_MOV, python_immediate(1), alive_word(self, identity));
    python_spawn(self, state, number);
    python_run_library(self, state);
    return python_push_none(self, state);
}

/* The thread of the program that a thread has started by an object. Where that depends on the others there are several: one for each way in
 * which it can come to it, of which a state has gone one. */
static int64_t find_started(const struct python *self, const struct python_state *state, uint32_t identity)
{
    for (size_t t = 1; t < self->thread_count; t++)
        if (self->threads[t].identity == identity && (state->born >> t & 1) != 0)
            return (int64_t)t;
    return -1;
}

bool python_join_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value thread = arguments->items[0];
    int64_t number = find_started(self, state, python_identity_of(state, thread));
    bool is_limited;
    if (!python_read_limit(self, state, python_argument(self, arguments, 1, "timeout"), &is_limited))
        return false;
    if (number < 0)
        return python_refuse(
            self, state,
            "join() of a thread that this one does not know to be started is not covered (expected start() and join() in the same thread)");
    python_run_library(self, state);
    if (!is_limited)
        python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_end_main(struct python *self, struct python_state *state)
{
    uint64_t daemons = 0;
    if (!python_end_line(self, state))
        return false;
    for (size_t t = 1; t < self->thread_count; t++)
        daemons |= (uint64_t)(self->threads[t].is_daemon && (state->born >> t & 1) != 0) << t;
    if (!self->has_alternatives && (daemons == 0 || self->dump->options.ends_last))
        return true;
    if (self->dump->options.ends_last)
        daemons = 0;
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
