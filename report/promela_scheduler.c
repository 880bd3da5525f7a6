/* The schedulers of a model for SPIN: the automata of schedulers/scheduler_*.c once more, in Promela. That the two agree is
 * tested by counting states. */
#include "report/promela_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a step that ends with a loop ends with. */
#define LAST_WORD "/* SPIN wants a statement behind a loop in a d_step */"

static const char *const kinds[PROMELA_SCHEDULER_COUNT] = {
    [PROMELA_FREE] = "free",
    [PROMELA_TICK] = "tick",
    [PROMELA_SIGNAL] = "signal",
    [PROMELA_PARALLEL] = "parallel",
    [PROMELA_PREEMPTIONS] = "preemptions",
};

/* ---- Reading ------------------------------------------------------------------------------------------------- */

static const struct property *find_parameter(const struct promela *self, const char *name)
{
    return property_find(self->outcome->parameters, self->outcome->parameter_count, name);
}

static bool is_word(const struct property *property, const char *word)
{
    return property != NULL && !property->is_number && strcmp(property->text, word) == 0;
}

/* A number, or the word "any". */
static int64_t read_number(const struct promela *self, const char *name, int64_t otherwise)
{
    const struct property *property = find_parameter(self, name);
    if (property == NULL)
        return otherwise;
    return property->is_number ? property->number : PROMELA_ANY;
}

/* A number, which belongs to the first thread, or "0,30". */
static bool read_offsets(struct promela *self)
{
    const struct property *property = find_parameter(self, "offset");
    if (property == NULL || property->is_number) {
        self->offsets[0] = property != NULL ? property->number : 0;
        return true;
    }
    char *rest = property->text;
    for (size_t t = 0; t < PROGRAM_THREADS_MAX; t++) {
        char *end;
        errno = 0;
        self->offsets[t] = strtoll(rest, &end, 10);
        if (end == rest || errno != 0 || self->offsets[t] < 0 || (*end != '\0' && *end != ','))
            return false;
        if (*end == '\0')
            return true;
        rest = end + 1;
    }
    return false;
}

static bool read_kind(struct promela *self)
{
    for (size_t k = 0; k < PROMELA_SCHEDULER_COUNT; k++)
        if (strcmp(self->outcome->scheduler, kinds[k]) == 0) {
            self->scheduler = (enum promela_scheduler)k;
            return true;
        }
    return false;
}

static bool read_parameters(struct promela *self)
{
    self->quantum = read_number(self, "quantum", 0);
    self->round_robin = is_word(find_parameter(self, "pick"), "round-robin");
    self->phase = read_number(self, "phase", 0);
    self->arrival = read_number(self, "arrival", PROMELA_ANY);
    self->bound = read_number(self, "bound", PROMELA_ANY);
    self->lag = read_number(self, "lag", 0);
    bool has_quantum = self->quantum >= 1 && self->phase < self->quantum;
    switch (self->scheduler) {
    case PROMELA_TICK:
    case PROMELA_SIGNAL:
        return has_quantum;
    case PROMELA_PARALLEL:
        return self->lag >= 1 && read_offsets(self);
    case PROMELA_PREEMPTIONS:
        return self->bound >= 0;
    default:
        return true;
    }
}

/* A signal that never arrives leaves the tick scheduler. */
bool promela_read_scheduler(struct promela *self, struct error *error)
{
    if (find_parameter(self, "priority") != NULL || !read_kind(self) || !read_parameters(self))
        return error_set(error, NULL, 0, 0, "the %s scheduler, as it is here, has no counterpart in the model for SPIN",
                         self->outcome->scheduler);
    if (self->scheduler == PROMELA_SIGNAL && is_word(find_parameter(self, "arrival"), "never"))
        self->scheduler = PROMELA_TICK;
    return true;
}

void promela_describe_scheduler(struct promela *self)
{
    text_print(self->text, "scheduler %s", self->outcome->scheduler);
    for (size_t p = 0; p < self->outcome->parameter_count; p++) {
        text_print(self->text, ", ");
        property_print(self->text, &self->outcome->parameters[p], " ");
    }
}

/* ---- Needs --------------------------------------------------------------------------------------------------- */

/* Whether a thread can go on at the start. */
static bool is_ready(const struct promela *self, size_t thread)
{
    return (self->ready >> thread & 1) != 0;
}

static void print_need_names(struct promela *self)
{
    const struct program *program = self->program;
    text_print(self->text, "\n/* What a thread needs for its next step. */\n#define NOTHING 0\n#define FINISHED 1\n"
                           "#define AWAY 2 /* returns from input or output next, which nobody can forbid */\n");
    text_print(self->text, "%s needs[THREADS + 1] = { ", promela_type((int64_t)promela_print_needs(self, false)));
    for (size_t t = 0; t < program->thread_count; t++) {
        promela_print_need(self, promela_code(self, t), 0, false, program->threads[t].registers);
        text_print(self->text, ", ");
    }
    text_print(self->text, "FINISHED };\n#define NOBODY THREADS\n");
}

/* Who sleeps cannot go on, nor who has not begun. */
static void print_ready(struct promela *self)
{
    text_print(self->text, "\n/* Whether a thread could go on if it had a processor. */\n#define READY(t) (%s%s%s(",
               promela_sleeps(self) || self->has_later ? "t < THREADS && " : "",
               promela_sleeps(self) ? "asleep[t] == 0 && " : "", self->has_later ? "begun[t] && " : "");
    text_print(self->text, "needs[t] == NOTHING");
    promela_print_needs(self, true);
    text_print(self->text, "))\n");
    text_print(self->text, "#define IS_AWAY(t) (needs[t] == AWAY%s)\n",
               self->program->is_spurious && self->does[MICRO_CWAIT] ? " || ON_CONDITION(t)" : "");
    text_print(self->text, "#define IS_FINISHED(t) (needs[t] == FINISHED%s)\n",
               self->does[MICRO_ARRIVE] ? " && asleep[t] == 0" : "");
}

/* ---- Tick and signal ----------------------------------------------------------------------------------------- */

/* The thread whose turn comes first: what find_next() would find after the last thread. */
static size_t first_ready(const struct promela *self)
{
    size_t t = 0;
    while (t < self->program->thread_count && !is_ready(self, t))
        t++;
    return t;
}

static void print_ticker_memory(struct promela *self)
{
    text_print(self->text,
               "\n#define QUANTUM %" PRId64 "\n%s used = %" PRId64
               ";             /* ticks of the quantum */\nbyte current = NOBODY;\n",
               self->quantum, promela_type(2 * self->quantum), self->phase == PROMELA_ANY ? 0 : self->phase);
    if (self->phase == PROMELA_ANY)
        text_print(self->text, "bool started = false;      /* the phase of the first quantum is chosen */\n");
    if (!self->round_robin)
        return;
    text_print(self->text, "byte next = %zu;             /* the ready thread that comes after the current one */\n",
               first_ready(self));
    text_print(self->text, "\ninline find_next()\n{\n    next = current;\n    i = 0;\n    do\n"
                           "    :: i < THREADS ->\n        next = (next + 1) %% THREADS;\n        i = i + 1;\n"
                           "        if\n        :: READY(next) -> break\n        :: else\n        fi\n"
                           "    :: else -> break\n    od;\n    i = 0 " LAST_WORD "\n}\n");
}

/* Who may step: the current thread, or, where it cannot go on, who is picked. */
static void print_turn(struct promela *self, const char *or_arrives, const char *and_none)
{
    const char *started = self->phase == PROMELA_ANY ? "started && " : "";
    if (self->round_robin)
        text_print(self->text, "\n#define MAY_STEP(t) (%sREADY(t) && (%sREADY(current) -> t == current : t == next))\n",
                   started, and_none);
    else
        text_print(self->text, "\n#define MAY_STEP(t) (%sREADY(t) && (%st == current || !READY(current)))\n", started,
                   or_arrives);
}

static void print_count(struct promela *self, const char *quantum, const char *first)
{
    text_print(
        self->text,
        "\ninline stepped(t, need, ticks)\n{\n    needs[t] = need;\n%s    current = t;\n    used = used + ticks;\n"
        "    if\n    :: used >= %s || !READY(current) ->\n        used = (used >= %s -> 0 : used);\n",
        first, quantum, quantum);
    if (self->round_robin)
        text_print(self->text,
                   "        find_next();\n        current = (READY(next) -> next : (current + 1) %% THREADS)\n");
    else
        text_print(self->text, "        current = NOBODY\n");
    text_print(self->text, "    :: else\n    fi%s\n}\n", self->round_robin ? ";\n    find_next()" : "");
}

static void print_returned(struct promela *self, const char *rest)
{
    if (self->does[MICRO_LEAVE] || (self->program->is_spurious && self->does[MICRO_CWAIT]))
        text_print(self->text, "\ninline returned(t, need)\n{\n    needs[t] = need%s\n}\n", rest);
}

static void print_tick(struct promela *self)
{
    print_ticker_memory(self);
    print_turn(self, "", "");
    print_count(self, "QUANTUM", "");
    print_returned(self, self->round_robin ? ";\n    find_next()" : "");
}

#define SIGNAL_QUANTUM "(arrival == PENDING -> 1 : QUANTUM)"
#define COUNT_DOWN "    left = (left > 0 -> left - 1 : 0)"
#define DELIVER "    if\n    :: t == 0 && arrival == PENDING -> arrival = DELIVERED; used = 0\n    :: else\n    fi;\n"

/* A signal that may arrive at any time makes two ways to take a step: as if nothing had happened, and with it. */
static void print_signal_any(struct promela *self)
{
    print_turn(self, "", "");
    text_print(self->text, "#define MAY_ARRIVE(t) (%sarrival == AWAITED && READY(t)%s)\n",
               self->phase == PROMELA_ANY ? "started && " : "", self->round_robin ? " && t == next" : "");
    text_print(self->text,
               "\n/* Goes on where the thread may step and a condition holds; the signal may arrive just before. */\n"
               "inline allowed(t, condition)\n{\n    if\n    :: MAY_STEP(t) && (condition)\n"
               "    :: MAY_ARRIVE(t) && (condition) -> arrival = PENDING; used = 0\n    fi\n}\n");
    print_count(self, SIGNAL_QUANTUM, DELIVER);
    print_returned(self, self->round_robin ? ";\n    find_next()" : "");
}

static void print_signal_at(struct promela *self)
{
    text_print(self->text,
               "int left = %" PRId64 ";             /* steps before it arrives */\n"
               "#define ARRIVES (arrival == AWAITED && left == 0)\n",
               self->arrival);
    print_turn(self, "ARRIVES || ", "!ARRIVES && ");
    text_print(self->text, "\ninline await_signal()\n{\n    if\n    :: ARRIVES -> arrival = PENDING; used = 0\n"
                           "    :: else\n    fi\n}\n");
    print_count(self, SIGNAL_QUANTUM, DELIVER COUNT_DOWN ";\n");
    print_returned(self, self->round_robin ? ";\n" COUNT_DOWN ";\n    find_next()" : ";\n" COUNT_DOWN);
}

/* From its arrival until thread 0 next runs, the quantum is 1. */
static void print_signal(struct promela *self)
{
    print_ticker_memory(self);
    text_print(self->text, "\n#define AWAITED 0\n#define PENDING 1 /* until thread 0 has run the quantum is 1 */\n"
                           "#define DELIVERED 2\nbyte arrival = AWAITED;    /* of the signal */\n");
    if (self->arrival == PROMELA_ANY)
        print_signal_any(self);
    else
        print_signal_at(self);
}

void promela_print_start(struct promela *self)
{
    bool has_phase = self->scheduler == PROMELA_TICK || self->scheduler == PROMELA_SIGNAL;
    if (!has_phase || self->phase != PROMELA_ANY)
        return;
    text_print(
        self->text,
        "\n/* When the threads start, any part of the first quantum may be used. */\n"
        "active proctype phase()\n{\n    atomic {\n        do\n        :: used < QUANTUM - 1 -> used = used + 1\n"
        "        :: break\n        od;\n        started = true\n    };\nend:\n    false\n}\n");
}

/* ---- Parallel ------------------------------------------------------------------------------------------------ */

/* The first leads, counted from the slowest thread that is ready. */
static void print_leads(struct promela *self)
{
    int64_t slowest = INT64_MAX, most = self->lag;
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (is_ready(self, t) && self->offsets[t] < slowest)
            slowest = self->offsets[t];
    slowest = slowest < INT64_MAX ? slowest : 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        most = self->offsets[t] > most ? self->offsets[t] : most;
    text_print(self->text, "\n#define LAG %" PRId64 "\n%s lead[THREADS] = { ", self->lag, promela_type(most + 1));
    for (size_t t = 0; t < self->program->thread_count; t++) {
        bool counts = promela_code(self, t)->count > 0 && self->offsets[t] > slowest;
        text_print(self->text, "%s%" PRId64, t > 0 ? ", " : "", counts ? self->offsets[t] - slowest : 0);
    }
    text_print(self->text, " }; /* steps ahead of the slowest ready thread */\nhidden int slowest;\n");
}

static void print_parallel(struct promela *self)
{
    print_leads(self);
    text_print(self->text, "\n#define MAY_STEP(t) (READY(t) && lead[t] < LAG)\n");
    text_print(
        self->text,
        "\n/* Leads are counted from the slowest of those that can go on; those that wait are taken along. */\n"
        "inline keep_pace()\n{\n    slowest = -1;\n    i = 0;\n    do\n    :: i < THREADS ->\n        if\n"
        "        :: READY(i) && (slowest < 0 || lead[i] < slowest) -> slowest = lead[i]\n        :: else\n        fi;\n"
        "        i = i + 1\n    :: else -> break\n    od;\n    i = 0;\n    do\n    :: i < THREADS ->\n        if\n"
        "        :: IS_FINISHED(i) || (slowest >= 0 && lead[i] <= slowest) -> lead[i] = 0\n"
        "        :: else -> lead[i] = (slowest >= 0 -> lead[i] - slowest : lead[i])\n        fi;\n"
        "        i = i + 1\n    :: else -> break\n    od;\n    i = 0 " LAST_WORD "\n}\n");
    text_print(self->text, "\ninline stepped(t, need)\n{\n    needs[t] = need;\n    lead[t] = lead[t] + 1;\n"
                           "    keep_pace()\n}\n");
    print_returned(self, ";\n    keep_pace()");
}

/* ---- Preemptions --------------------------------------------------------------------------------------------- */

static void print_preemptions(struct promela *self)
{
    text_print(self->text,
               "\n#define BOUND %" PRId64
               "\n%s preemptions = 0;\nbyte current = NOBODY;     /* who stepped last, as long as it can go on"
               " */\n\n#define MAY_STEP(t) (READY(t) && (preemptions < BOUND || t == current || !READY(current)))\n",
               self->bound, promela_type(self->bound));
    text_print(
        self->text,
        "\n/* A switch away from a thread that could go on is a preemption. */\n"
        "inline count_switch(t)\n{\n    if\n    :: t != current && READY(current) -> preemptions = preemptions + 1\n"
        "    :: else\n    fi\n}\n");
    text_print(
        self->text,
        "\n/* Who is away, or waits for one to finish that is, may be able to go on before anybody else steps. */\n"
        "inline stepped(t, need)\n{\n    needs[t] = need;\n"
        "    current = (IS_AWAY(t) || READY(t)%s%s -> t : NOBODY)\n}\n",
        !self->does[MICRO_JOIN] ? ""
        : promela_sleeps(self)  ? " || (asleep[t] == 0 && "
                                : " || (",
        self->does[MICRO_JOIN] ? "needs[t] >= END_OF)" : "");
    print_returned(self, "");
}

/* ---- Free ------------------------------------------------------------------------------------------------------ */

/* Only claims want to know who can go on. */
static void print_free(struct promela *self)
{
    text_print(self->text, "\n#define MAY_STEP(t) READY(t)\n\ninline stepped(t, need)\n{\n    needs[t] = need\n}\n");
    print_returned(self, "");
}

void promela_print_scheduler(struct promela *self)
{
    static void (*const printers[PROMELA_SCHEDULER_COUNT])(struct promela * self) = {
        [PROMELA_FREE] = print_free,
        [PROMELA_TICK] = print_tick,
        [PROMELA_SIGNAL] = print_signal,
        [PROMELA_PARALLEL] = print_parallel,
        [PROMELA_PREEMPTIONS] = print_preemptions,
    };
    if (!promela_tells_needs(self))
        return;
    print_need_names(self);
    print_ready(self);
    printers[self->scheduler](self);
}
