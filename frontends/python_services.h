/* python_services: what the library does, by concept; python_library.c alone decides which of them a builtin is.
 *
 *     python_locks.c       Lock, RLock, Semaphore
 *     python_events.c      Event, Barrier
 *     python_conditions.c  Condition
 *     python_queues.c      queue.Queue and SimpleQueue
 *     python_shared_values.c   multiprocessing.Value
 *     python_threads.c     Thread, Process, raw threads, the end of the program
 *     python_executors.c   ThreadPoolExecutor
 *     python_deques.c      collections.deque
 *     python_time.c        time.sleep(), sys.setcheckinterval()
 *     python_printing.c    print(), sys.stdout.write()
 *     python_print_statement.c  the print statement of 2.7
 *     python_builtins.c    other builtin functions and types
 *
 * Services get their arguments, the object of a method first, and push what they return. They return false with the error set where
 * the program is not covered. */
#ifndef RACECHECK_FRONTENDS_PYTHON_SERVICES_H
#define RACECHECK_FRONTENDS_PYTHON_SERVICES_H

#include "frontends/python_parts.h"

/* ---- Shared ------------------------------------------------------------------------------------------------------ */

static inline bool python_push_none(struct python *self, struct python_state *state)
{
    return python_push(self, state, NONE);
}

/* Pushes what cannot be looked at. */
static inline bool python_push_unknown(struct python *self, struct python_state *state, const char *what)
{
    return python_push(self, state, (struct python_value){PYTHON_UNKNOWN, python_intern(self, what, strlen(what))});
}

/* Under no lock at all each access is a step. */
static inline void python_access_shared(const struct python *self, struct python_state *state)
{
    if (self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
}

/* Whether an argument says more than its default. */
static inline bool python_is_given(struct python_value value)
{
    return value.kind != PYTHON_ABSENT && value.kind != PYTHON_NONE;
}

static inline uint32_t python_identity_of(const struct python_state *state, struct python_value value)
{
    return python_object(state, value)->identity;
}

/* ---- python_locks.c ---------------------------------------------------------------------------------------------- */

/* Which of the locks that this thread holds it is, the last one first; -1: none. */
int64_t python_find_held(const struct python_state *state, uint32_t identity);

/* Whether the program's object of a lock is a semaphore; that object. */
bool python_counts_permits(const struct python *self, const struct python_state *state, struct python_value lock);
struct operand python_lock_operand(struct python *self, struct python_state *state, struct python_value lock);

enum { PYTHON_PERMITS_MAX = 64 }; /* that are given at once */
bool python_call_acquire(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_call_release(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* Makes a semaphore a BoundedSemaphore, as it is. */
bool python_make_bounded(struct python *self, struct python_state *state, struct python_value semaphore);

/* A word that the library keeps for an object, by a name in brackets, and what is there at the start. */
struct operand python_counter(struct python *self, struct python_state *state, struct python_value object,
                              const char *name, int64_t first);

/* ---- python_events.c --------------------------------------------------------------------------------------------- */

/* The program's object of a kind that stands for an object. */
struct operand python_synchroniser_of(struct python *self, struct python_state *state, struct python_value object,
                                      enum object_kind kind);

bool python_call_event(struct python *self, struct python_state *state, enum python_builtin method,
                       const struct python_arguments *arguments);
bool python_call_barrier(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* ---- python_conditions.c ----------------------------------------------------------------------------------------- */

bool python_make_condition(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_call_condition(struct python *self, struct python_state *state, enum python_builtin method,
                           const struct python_arguments *arguments);

/* wait_for(): what was asked has returned a value. */
bool python_go_on_waiting(struct python *self, struct python_state *state, struct python_value asked,
                          struct python_value value);

/* ---- python_queues.c --------------------------------------------------------------------------------------------- */

/* waits: unless an argument says otherwise. */
bool python_queue_put(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                      bool waits);
bool python_queue_get(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                      bool waits);
bool python_queue_task_done(struct python *self, struct python_state *state, struct python_value queue);
bool python_queue_join(struct python *self, struct python_state *state, struct python_value queue);

/* qsize(), empty(), full(). */
bool python_queue_look(struct python *self, struct python_state *state, struct python_value queue,
                       enum python_builtin method);

/* ---- python_shared_values.c -------------------------------------------------------------------------------------- */

bool python_make_shared_value(struct python *self, struct python_state *state,
                              const struct python_arguments *arguments);
bool python_call_shared_value(struct python *self, struct python_state *state, enum python_builtin method,
                              const struct python_arguments *arguments);

/* ---- python_threads.c -------------------------------------------------------------------------------------------- */

bool python_start_raw_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments);
/* What is known up to now is how the program begins, if no thread was started before. */
bool python_begin_threads(struct python *self, struct python_state *state);

/* Adds a thread that is to call a function or method of the program; the name is its own from then on. Returns its number, or -1 where
 * that is refused. It begins where the instruction stands that python_spawn() leaves. */
int64_t python_add_thread(struct python *self, struct python_state *parent, struct python_value callee,
                          struct python_arguments *arguments, char *name, bool is_daemon);
bool python_spawn(struct python *self, struct python_state *state, int64_t number);

/* A name as new, the wanted one if threads can have that, else a kind with a number. */
char *python_name_thread(const struct python *self, const char *wanted, const char *kind);

/* Thread(), Process(). */
bool python_make_thread(struct python *self, struct python_state *state, enum python_builtin type,
                        struct python_arguments *arguments);
bool python_is_alive(struct python *self, struct python_state *state, struct python_value thread);

/* The object of the thread itself, or of the main thread. */
bool python_current_thread(struct python *self, struct python_state *state, bool is_main);

bool python_init_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_start_thread(struct python *self, struct python_state *state, struct python_value thread);
bool python_join_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* ---- python_executors.c ------------------------------------------------------------------------------------------ */

bool python_submit(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_submit_all(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_join_tasks(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_task_result(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_task_exception(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_task_done(struct python *self, struct python_state *state, struct python_value task);
/* as_completed(): an iterator, whose items say which tasks, and which it has given; its next task, if there is one more. And what a task
 * leaves for it when it is done. */
enum { PYTHON_COMPLETION_ITEMS = 5 };
bool python_as_completed(struct python *self, struct python_state *state, const struct python_arguments *arguments);
void python_note_completion(struct python *self, struct python_state *state);
bool python_wait_for_tasks(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* ---- python_deques.c --------------------------------------------------------------------------------------------- */

bool python_make_deque(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_call_deque(struct python *self, struct python_state *state, enum python_builtin method,
                       const struct python_arguments *arguments);

/* ---- python_time.c ----------------------------------------------------------------------------------------------- */

/* Whether an argument limits how long a call waits. What is not a time is refused, and any limit where time passes by rules. */
bool python_read_limit(struct python *self, struct python_state *state, struct python_value limit, bool *is_limited);

/* randint() and randrange(); choice(): whatever can come out is tried. */
bool python_random_integer(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                           bool has_end);
bool python_random_choice(struct python *self, struct python_state *state, struct python_value list);
bool python_sleep(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_set_check_interval(struct python *self, struct python_state *state, struct python_value interval);

/* ---- python_print_statement.c ------------------------------------------------------------------------------------ */

/* What the main thread has left is known when the first thread starts. */
void python_begin_statements(struct python *self, struct python_state *state);

/* sys.stdout.write(): no blank comes behind it. */
void python_write_forgets(struct python *self, struct python_state *state);

/* ---- python_printing.c ------------------------------------------------------------------------------------------- */

/* Adds what is printed to the line, where whole lines are written; else writes it. And writes the line. */
bool python_print_piece(struct python *self, struct python_state *state, struct python_value line,
                        struct python_value value);
void python_write_line(struct python *self, struct python_state *state, struct python_value line);

/* sys.stdout.write() */
bool python_write(struct python *self, struct python_state *state, struct python_value text);

/* The rest of a print(): the line so far, what stands between and behind the arguments, twice the number of the argument that is next, and 1 more
 * where what stands before it is written; then the arguments. */
bool python_print_on(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_print(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* ---- python_builtins.c ------------------------------------------------------------------------------------------- */

bool python_len(struct python *self, struct python_state *state, struct python_value value);
bool python_make_range(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_convert_integer(struct python *self, struct python_state *state, struct python_value value);
bool python_convert_bool(struct python *self, struct python_state *state, struct python_value value);
bool python_convert_text(struct python *self, struct python_state *state, struct python_value value);

/* A list or a tuple, as shape says, of what another value has. */
bool python_convert_list(struct python *self, struct python_state *state, struct python_value value,
                         enum python_shape shape);
bool python_make_dictionary(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* min(), or max(). */
bool python_extreme(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                    bool is_least);
bool python_absolute(struct python *self, struct python_state *state, struct python_value value);
bool python_push_type(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_remove_item(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_rearrange(struct python *self, struct python_state *state, enum python_builtin builtin,
                      const struct python_arguments *arguments);
/* python_strings.c: methods of texts that are known. */
bool python_call_text(struct python *self, struct python_state *state, enum python_builtin method,
                      const struct python_arguments *arguments);
bool python_chr(struct python *self, struct python_state *state, struct python_value number);
bool python_ord(struct python *self, struct python_state *state, struct python_value text);
bool python_is_instance(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_make_super(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_sum(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* any(), or all(). */
bool python_any(struct python *self, struct python_state *state, struct python_value list, bool all);
bool python_enumerate(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_zip(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_sorted(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_sort_list(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_reversed(struct python *self, struct python_state *state, struct python_value list);
bool python_divmod(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* @x.setter */
bool python_set_setter(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* python_formats.c: format(), and str.format(). */
/* A value, its conversion and its format; a format of %, and what it formats. */
bool python_format_converted(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_format_listed(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_call_format(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_format_fields(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* str.join(); upper() or lower(); list.index() or count(); a list of a dictionary's keys, values, or both. */
bool python_join_texts(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_change_letters(struct python *self, struct python_state *state, struct python_value text, bool is_upper);
bool python_find_in_list(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                         bool counts);
/* Whether nobody knows in which order a dictionary has its items; says so. */
bool python_is_unordered(const struct python *self, const struct python_state *state, struct python_value map);
bool python_refuse_order(struct python *self, struct python_state *state);
bool python_list_map(struct python *self, struct python_state *state, struct python_value map, bool keys, bool values);
bool python_make_property(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* Methods: list.pop(), list.append(), dict.get(). */
/* Takes an element away and pushes it; what is said where there is none at all, or none of that index. */
bool python_take_item(struct python *self, struct python_state *state, struct python_value list,
                      struct python_value index, const char *empty, const char *missing);
bool python_pop_item(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_extend_list(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_clear_list(struct python *self, struct python_state *state, struct python_value list);
bool python_append_item(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_get_item(struct python *self, struct python_state *state, const struct python_arguments *arguments);

#endif
