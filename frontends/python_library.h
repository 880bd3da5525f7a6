/* python_library: what a Python program uses that is not written in it: builtins, and what it imports.
 *
 * One table names them all; frontends/python_library.c says what those do that are known here. */
#ifndef RACECHECK_FRONTENDS_PYTHON_LIBRARY_H
#define RACECHECK_FRONTENDS_PYTHON_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* NAME, the module (NULL: it is one), the type whose method it is, what Python calls it, whether it is a type. */
#define PYTHON_BUILTINS(X)                                                        \
    X(THREADING, NULL, NONE, "threading", false)                                  \
    X(THREAD_MODULE, NULL, NONE, "_thread", false)                                \
    X(OLD_THREAD_MODULE, NULL, NONE, "thread", false)                             \
    X(TIME, NULL, NONE, "time", false)                                            \
    X(QUEUE_MODULE, NULL, NONE, "queue", false)                                   \
    X(OLD_QUEUE_MODULE, NULL, NONE, "Queue", false)                               \
    X(SYS, NULL, NONE, "sys", false)                                              \
    X(FUTURE, NULL, NONE, "__future__", false)                                    \
    X(FUTURES, NULL, NONE, "concurrent.futures", false)                           \
    X(CONCURRENT, NULL, NONE, "concurrent", false)                                \
    X(MULTIPROCESSING, NULL, NONE, "multiprocessing", false)                      \
    X(RANDOM_MODULE, NULL, NONE, "random", false)                                 \
    X(COLLECTIONS, NULL, NONE, "collections", false)                              \
    X(TYPING, NULL, NONE, "typing", false)                                        \
    X(BUILD_CLASS, "builtins", NONE, "__build_class__", false)                    \
    X(PRINT, "builtins", NONE, "print", false)                                    \
    X(LEN, "builtins", NONE, "len", false)                                        \
    X(RANGE, "builtins", NONE, "range", true)                                     \
    X(XRANGE, "builtins", NONE, "xrange", true)                                   \
    X(INT, "builtins", NONE, "int", true)                                         \
    X(STR, "builtins", NONE, "str", true)                                         \
    X(BOOL_TYPE, "builtins", NONE, "bool", true)                                  \
    X(LIST, "builtins", NONE, "list", true)                                       \
    X(TUPLE, "builtins", NONE, "tuple", true)                                     \
    X(DICT, "builtins", NONE, "dict", true)                                       \
    X(ABS, "builtins", NONE, "abs", false)                                        \
    X(MIN, "builtins", NONE, "min", false)                                        \
    X(MAX, "builtins", NONE, "max", false)                                        \
    X(ISINSTANCE, "builtins", NONE, "isinstance", false)                          \
    X(TYPE, "builtins", NONE, "type", true)                                       \
    X(OBJECT, "builtins", NONE, "object", true)                                   \
    X(SUPER, "builtins", NONE, "super", true)                                     \
    X(PROPERTY, "builtins", NONE, "property", true)                               \
    X(CLASS_METHOD, "builtins", NONE, "classmethod", true)                        \
    X(STATIC_METHOD, "builtins", NONE, "staticmethod", true)                      \
    X(BASE_EXCEPTION, "builtins", NONE, "BaseException", true)                    \
    X(EXCEPTION, "builtins", NONE, "Exception", true)                             \
    X(ARITHMETIC_ERROR, "builtins", NONE, "ArithmeticError", true)                \
    X(ASSERTION_ERROR, "builtins", NONE, "AssertionError", true)                  \
    X(ATTRIBUTE_ERROR, "builtins", NONE, "AttributeError", true)                  \
    X(GENERATOR_EXIT, "builtins", NONE, "GeneratorExit", true)                    \
    X(IMPORT_ERROR, "builtins", NONE, "ImportError", true)                        \
    X(MODULE_NOT_FOUND_ERROR, "builtins", NONE, "ModuleNotFoundError", true)      \
    X(INDEX_ERROR, "builtins", NONE, "IndexError", true)                          \
    X(KEYBOARD_INTERRUPT, "builtins", NONE, "KeyboardInterrupt", true)            \
    X(KEY_ERROR, "builtins", NONE, "KeyError", true)                              \
    X(LOOKUP_ERROR, "builtins", NONE, "LookupError", true)                        \
    X(NAME_ERROR, "builtins", NONE, "NameError", true)                            \
    X(NOT_IMPLEMENTED_ERROR, "builtins", NONE, "NotImplementedError", true)       \
    X(OS_ERROR, "builtins", NONE, "OSError", true)                                \
    X(OVERFLOW_ERROR, "builtins", NONE, "OverflowError", true)                    \
    X(RUNTIME_ERROR, "builtins", NONE, "RuntimeError", true)                      \
    X(STOP_ITERATION, "builtins", NONE, "StopIteration", true)                    \
    X(SYSTEM_EXIT, "builtins", NONE, "SystemExit", true)                          \
    X(TIMEOUT_ERROR, "builtins", NONE, "TimeoutError", true)                      \
    X(TYPE_ERROR, "builtins", NONE, "TypeError", true)                            \
    X(UNBOUND_LOCAL_ERROR, "builtins", NONE, "UnboundLocalError", true)           \
    X(VALUE_ERROR, "builtins", NONE, "ValueError", true)                          \
    X(ZERO_DIVISION_ERROR, "builtins", NONE, "ZeroDivisionError", true)           \
    X(EXCEPTION_INIT, "builtins", BASE_EXCEPTION, "__init__", false)              \
    X(SUM, "builtins", NONE, "sum", false)                                        \
    X(ANY, "builtins", NONE, "any", false)                                        \
    X(ALL, "builtins", NONE, "all", false)                                        \
    X(ENUMERATE, "builtins", NONE, "enumerate", true)                             \
    X(ZIP, "builtins", NONE, "zip", true)                                         \
    X(SORTED, "builtins", NONE, "sorted", false)                                  \
    X(REVERSED, "builtins", NONE, "reversed", true)                               \
    X(DIVMOD, "builtins", NONE, "divmod", false)                                  \
    X(NEXT, "builtins", NONE, "next", false)                                      \
    X(ITER, "builtins", NONE, "iter", false)                                      \
    X(GENERATOR, "types", NONE, "generator", true)                                \
    X(GENERATOR_SEND, "types", GENERATOR, "send", false)                          \
    X(GENERATOR_CLOSE, "types", GENERATOR, "close", false)                        \
    X(GENERATOR_NEXT, "types", GENERATOR, "__next__", false)                      \
    X(GENERATOR_NEXT_OLD, "types", GENERATOR, "next", false)                      \
    X(PROPERTY_SETTER, "builtins", PROPERTY, "setter", false)                     \
    X(STR_JOIN, "builtins", STR, "join", false)                                   \
    X(STR_UPPER, "builtins", STR, "upper", false)                                 \
    X(STR_FORMAT, "builtins", STR, "format", false)                               \
    X(FORMAT, "builtins", NONE, "format", false)                                  \
    X(REPR, "builtins", NONE, "repr", false)                                      \
    X(PRINT_ON, "", NONE, "print", false)                                         \
    X(PRINT_ITEM, "", NONE, "print", false)                                       \
    X(FORMAT_VALUE, "", NONE, "format", false)                                    \
    X(FORMAT_ALL, "", NONE, "%", false)                                           \
    X(STR_STRIP, "builtins", STR, "strip", false)                                 \
    X(STR_LSTRIP, "builtins", STR, "lstrip", false)                               \
    X(STR_RSTRIP, "builtins", STR, "rstrip", false)                               \
    X(STR_SPLIT, "builtins", STR, "split", false)                                 \
    X(STR_REPLACE, "builtins", STR, "replace", false)                             \
    X(STR_STARTS_WITH, "builtins", STR, "startswith", false)                      \
    X(STR_ENDS_WITH, "builtins", STR, "endswith", false)                          \
    X(STR_FIND, "builtins", STR, "find", false)                                   \
    X(STR_COUNT, "builtins", STR, "count", false)                                 \
    X(STR_IS_DIGIT, "builtins", STR, "isdigit", false)                            \
    X(STR_LJUST, "builtins", STR, "ljust", false)                                 \
    X(STR_RJUST, "builtins", STR, "rjust", false)                                 \
    X(STR_CENTER, "builtins", STR, "center", false)                               \
    X(STR_ZFILL, "builtins", STR, "zfill", false)                                 \
    X(CHR, "builtins", NONE, "chr", false)                                        \
    X(ORD, "builtins", NONE, "ord", false)                                        \
    X(STR_LOWER, "builtins", STR, "lower", false)                                 \
    X(LIST_INDEX, "builtins", LIST, "index", false)                               \
    X(LIST_COUNT, "builtins", LIST, "count", false)                               \
    X(DICT_KEYS, "builtins", DICT, "keys", false)                                 \
    X(DICT_VALUES, "builtins", DICT, "values", false)                             \
    X(DICT_ITEMS, "builtins", DICT, "items", false)                               \
    X(STDOUT, "sys", NONE, "stdout", false)                                       \
    X(STDOUT_WRITE, "sys", STDOUT, "write", false)                                \
    X(STDOUT_FLUSH, "sys", STDOUT, "flush", false)                                \
    X(OBJECT_INIT, "builtins", OBJECT, "__init__", false)                         \
    X(OBJECT_NEW, "builtins", OBJECT, "__new__", false)                           \
    X(LIST_APPEND, "builtins", LIST, "append", false)                             \
    X(LIST_EXTEND, "builtins", LIST, "extend", false)                             \
    X(LIST_CLEAR, "builtins", LIST, "clear", false)                               \
    X(LIST_SORT, "builtins", LIST, "sort", false)                                 \
    X(LIST_REMOVE, "builtins", LIST, "remove", false)                             \
    X(LIST_INSERT, "builtins", LIST, "insert", false)                             \
    X(LIST_REVERSE, "builtins", LIST, "reverse", false)                           \
    X(LIST_COPY, "builtins", LIST, "copy", false)                                 \
    X(LIST_POP, "builtins", LIST, "pop", false)                                   \
    X(DICT_GET, "builtins", DICT, "get", false)                                   \
    X(DEQUE, "collections", NONE, "deque", true)                                  \
    X(DEQUE_APPEND, "collections", DEQUE, "append", false)                        \
    X(DEQUE_APPEND_LEFT, "collections", DEQUE, "appendleft", false)               \
    X(DEQUE_EXTEND, "collections", DEQUE, "extend", false)                        \
    X(DEQUE_CLEAR, "collections", DEQUE, "clear", false)                          \
    X(DEQUE_POP, "collections", DEQUE, "pop", false)                              \
    X(DEQUE_POP_LEFT, "collections", DEQUE, "popleft", false)                     \
    X(FUTURE_PRINT, "__future__", NONE, "print_function", false)                  \
    X(TIME_TIME, "time", NONE, "time", false)                                     \
    X(TIME_PERF_COUNTER, "time", NONE, "perf_counter", false)                     \
    X(TIME_MONOTONIC, "time", NONE, "monotonic", false)                           \
    X(RANDOM, "random", NONE, "random", false)                                    \
    X(RANDOM_UNIFORM, "random", NONE, "uniform", false)                           \
    X(RANDOM_INTEGER, "random", NONE, "randint", false)                           \
    X(RANDOM_RANGE, "random", NONE, "randrange", false)                           \
    X(RANDOM_CHOICE, "random", NONE, "choice", false)                             \
    X(RANDOM_SEED, "random", NONE, "seed", false)                                 \
    X(SLEEP, "time", NONE, "sleep", false)                                        \
    X(SET_SWITCH_INTERVAL, "sys", NONE, "setswitchinterval", false)               \
    X(SET_CHECK_INTERVAL, "sys", NONE, "setcheckinterval", false)                 \
    X(START_NEW_THREAD, "_thread", NONE, "start_new_thread", false)               \
    X(START_NEW, "_thread", NONE, "start_new", false)                             \
    X(ALLOCATE_LOCK, "_thread", NONE, "allocate_lock", false)                     \
    X(THREAD, "threading", NONE, "Thread", true)                                  \
    X(THREAD_INIT, "threading", THREAD, "__init__", false)                        \
    X(THREAD_START, "threading", THREAD, "start", false)                          \
    X(THREAD_JOIN, "threading", THREAD, "join", false)                            \
    X(THREAD_RUN, "threading", THREAD, "run", false)                              \
    X(THREAD_SET_DAEMON, "threading", THREAD, "setDaemon", false)                 \
    X(THREAD_IS_ALIVE, "threading", THREAD, "is_alive", false)                    \
    X(THREAD_IS_ALIVE_OLD, "threading", THREAD, "isAlive", false)                 \
    X(THREAD_GET_NAME, "threading", THREAD, "getName", false)                     \
    X(CURRENT_THREAD, "threading", NONE, "current_thread", false)                 \
    X(CURRENT_THREAD_OLD, "threading", NONE, "currentThread", false)              \
    X(MAIN_THREAD, "threading", NONE, "main_thread", false)                       \
    X(GET_IDENT, "threading", NONE, "get_ident", false)                           \
    X(RAW_GET_IDENT, "_thread", NONE, "get_ident", false)                         \
    X(THREAD_LOCAL, "threading", NONE, "local", true)                             \
    X(EXECUTOR, "concurrent.futures", NONE, "ThreadPoolExecutor", true)           \
    X(EXECUTOR_SUBMIT, "concurrent.futures", EXECUTOR, "submit", false)           \
    X(EXECUTOR_MAP, "concurrent.futures", EXECUTOR, "map", false)                 \
    X(EXECUTOR_SHUTDOWN, "concurrent.futures", EXECUTOR, "shutdown", false)       \
    X(EXECUTOR_ENTER, "concurrent.futures", EXECUTOR, "__enter__", false)         \
    X(EXECUTOR_EXIT, "concurrent.futures", EXECUTOR, "__exit__", false)           \
    X(TASK, "concurrent.futures", NONE, "Future", true)                           \
    X(TASK_RESULT, "concurrent.futures", TASK, "result", false)                   \
    X(TASK_EXCEPTION, "concurrent.futures", TASK, "exception", false)             \
    X(TASK_DONE, "concurrent.futures", TASK, "done", false)                       \
    X(TASK_TIMEOUT_ERROR, "concurrent.futures", NONE, "TimeoutError", true)       \
    X(AS_COMPLETED, "concurrent.futures", NONE, "as_completed", false)            \
    X(WAIT_FOR_TASKS, "concurrent.futures", NONE, "wait", false)                  \
    X(PROCESS, "multiprocessing", NONE, "Process", true)                          \
    X(PROCESS_INIT, "multiprocessing", PROCESS, "__init__", false)                \
    X(PROCESS_START, "multiprocessing", PROCESS, "start", false)                  \
    X(PROCESS_JOIN, "multiprocessing", PROCESS, "join", false)                    \
    X(PROCESS_RUN, "multiprocessing", PROCESS, "run", false)                      \
    X(PROCESS_QUEUE, "multiprocessing", NONE, "Queue", true)                      \
    X(PROCESS_QUEUE_PUT, "multiprocessing", PROCESS_QUEUE, "put", false)          \
    X(PROCESS_QUEUE_GET, "multiprocessing", PROCESS_QUEUE, "get", false)          \
    X(PROCESS_QUEUE_CLOSE, "multiprocessing", PROCESS_QUEUE, "close", false)      \
    X(PROCESS_QUEUE_JOIN, "multiprocessing", PROCESS_QUEUE, "join_thread", false) \
    X(SHARED_VALUE, "multiprocessing", NONE, "Value", false)                      \
    X(SHARED_VALUE_LOCK, "multiprocessing", SHARED_VALUE, "get_lock", false)      \
    X(SHARED_VALUE_ENTER, "multiprocessing", SHARED_VALUE, "__enter__", false)    \
    X(SHARED_VALUE_EXIT, "multiprocessing", SHARED_VALUE, "__exit__", false)      \
    X(PROCESS_LOCK, "multiprocessing", NONE, "Lock", true)                        \
    X(PROCESS_RLOCK, "multiprocessing", NONE, "RLock", true)                      \
    X(PROCESS_SEMAPHORE, "multiprocessing", NONE, "Semaphore", true)              \
    X(PROCESS_BOUNDED_SEMAPHORE, "multiprocessing", NONE, "BoundedSemaphore", true)\
    X(PROCESS_CONDITION, "multiprocessing", NONE, "Condition", true)              \
    X(PROCESS_EVENT, "multiprocessing", NONE, "Event", true)                      \
    X(PROCESS_BARRIER, "multiprocessing", NONE, "Barrier", true)                  \
    X(LOCK, "threading", NONE, "Lock", true)                                      \
    X(LOCK_ACQUIRE, "threading", LOCK, "acquire", false)                          \
    X(LOCK_RELEASE, "threading", LOCK, "release", false)                          \
    X(LOCK_ENTER, "threading", LOCK, "__enter__", false)                          \
    X(LOCK_EXIT, "threading", LOCK, "__exit__", false)                            \
    X(RLOCK, "threading", NONE, "RLock", true)                                    \
    X(RLOCK_ACQUIRE, "threading", RLOCK, "acquire", false)                        \
    X(RLOCK_RELEASE, "threading", RLOCK, "release", false)                        \
    X(RLOCK_ENTER, "threading", RLOCK, "__enter__", false)                        \
    X(RLOCK_EXIT, "threading", RLOCK, "__exit__", false)                          \
    X(SEMAPHORE, "threading", NONE, "Semaphore", true)                            \
    X(SEMAPHORE_ACQUIRE, "threading", SEMAPHORE, "acquire", false)                \
    X(SEMAPHORE_RELEASE, "threading", SEMAPHORE, "release", false)                \
    X(SEMAPHORE_ENTER, "threading", SEMAPHORE, "__enter__", false)                \
    X(SEMAPHORE_EXIT, "threading", SEMAPHORE, "__exit__", false)                  \
    X(BOUNDED_SEMAPHORE, "threading", NONE, "BoundedSemaphore", true)             \
    X(CONDITION, "threading", NONE, "Condition", true)                            \
    X(CONDITION_ACQUIRE, "threading", CONDITION, "acquire", false)                \
    X(CONDITION_RELEASE, "threading", CONDITION, "release", false)                \
    X(CONDITION_ENTER, "threading", CONDITION, "__enter__", false)                \
    X(CONDITION_EXIT, "threading", CONDITION, "__exit__", false)                  \
    X(CONDITION_WAIT, "threading", CONDITION, "wait", false)                      \
    X(CONDITION_WAIT_FOR, "threading", CONDITION, "wait_for", false)              \
    X(CONDITION_NOTIFY, "threading", CONDITION, "notify", false)                  \
    X(CONDITION_NOTIFY_ALL, "threading", CONDITION, "notify_all", false)          \
    X(CONDITION_NOTIFY_OLD, "threading", CONDITION, "notifyAll", false)           \
    X(EVENT, "threading", NONE, "Event", true)                                    \
    X(EVENT_SET, "threading", EVENT, "set", false)                                \
    X(EVENT_CLEAR, "threading", EVENT, "clear", false)                            \
    X(EVENT_WAIT, "threading", EVENT, "wait", false)                              \
    X(EVENT_IS_SET, "threading", EVENT, "is_set", false)                          \
    X(EVENT_IS_SET_OLD, "threading", EVENT, "isSet", false)                       \
    X(BARRIER, "threading", NONE, "Barrier", true)                                \
    X(BARRIER_WAIT, "threading", BARRIER, "wait", false)                          \
    X(QUEUE, "queue", NONE, "Queue", true)                                        \
    X(LIFO_QUEUE, "queue", NONE, "LifoQueue", true)                               \
    X(PRIORITY_QUEUE, "queue", NONE, "PriorityQueue", true)                       \
    X(QUEUE_EMPTY_ERROR, "queue", NONE, "Empty", true)                            \
    X(QUEUE_FULL_ERROR, "queue", NONE, "Full", true)                              \
    X(BROKEN_BARRIER_ERROR, "threading", NONE, "BrokenBarrierError", true)        \
    X(QUEUE_PUT, "queue", QUEUE, "put", false)                                    \
    X(QUEUE_GET, "queue", QUEUE, "get", false)                                    \
    X(QUEUE_TASK_DONE, "queue", QUEUE, "task_done", false)                        \
    X(QUEUE_JOIN, "queue", QUEUE, "join", false)                                  \
    X(QUEUE_EMPTY, "queue", QUEUE, "empty", false)                                \
    X(QUEUE_SIZE, "queue", QUEUE, "qsize", false)                                 \
    X(QUEUE_FULL, "queue", QUEUE, "full", false)                                  \
    X(QUEUE_PUT_NOWAIT, "queue", QUEUE, "put_nowait", false)                      \
    X(QUEUE_GET_NOWAIT, "queue", QUEUE, "get_nowait", false)                      \
    X(SIMPLE_QUEUE, "queue", NONE, "SimpleQueue", true)                           \
    X(SIMPLE_QUEUE_PUT, "queue", SIMPLE_QUEUE, "put", false)                      \
    X(SIMPLE_QUEUE_GET, "queue", SIMPLE_QUEUE, "get", false)                      \
    X(SIMPLE_QUEUE_PUT_NOWAIT, "queue", SIMPLE_QUEUE, "put_nowait", false)        \
    X(SIMPLE_QUEUE_GET_NOWAIT, "queue", SIMPLE_QUEUE, "get_nowait", false)        \
    X(SIMPLE_QUEUE_EMPTY, "queue", SIMPLE_QUEUE, "empty", false)                  \
    X(SIMPLE_QUEUE_SIZE, "queue", SIMPLE_QUEUE, "qsize", false)

#define PYTHON_BUILTIN_NAME(name, module, type, text, is_type) PYTHON_BUILTIN_##name,
enum python_builtin { PYTHON_BUILTIN_NONE, PYTHON_BUILTINS(PYTHON_BUILTIN_NAME) PYTHON_BUILTIN_COUNT };
#undef PYTHON_BUILTIN_NAME

struct python_builtin_traits {
    const char *module;
    enum python_builtin type;
    const char *name;
    bool is_type;
};

extern const struct python_builtin_traits python_builtins[PYTHON_BUILTIN_COUNT];

/* Find a module; what a module has by that name; what a type has. PYTHON_BUILTIN_NONE where there is none. */
enum python_builtin python_find_module(const char *name);
enum python_builtin python_find_in_module(enum python_builtin module, const char *name);
enum python_builtin python_find_builtin(const char *name);
enum python_builtin python_find_method(enum python_builtin type, const char *name);

#endif
