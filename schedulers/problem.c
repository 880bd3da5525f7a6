#include "schedulers/problem.h"

#include "frontends/assembler.h"
#include "frontends/litmus.h"
#include "frontends/presets.h"
#include "frontends/python.h"
#include "frontends/python_dump.h"
#include "frontends/x86.h"
#include "program/counted_event.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { TSO_THREADS_MAX = 32 }; /* that stores reach memory are actors, too, of whom there are 64 (analysis/waiting.h) */

/* The program's own copies. */
static bool keep_names(struct problem *self)
{
    self->name = self->program->name;
    self->source = self->program->source;
    self->text = self->program->text;
    return true;
}

static bool is_one_processor(const char *kind)
{
    return strcmp(kind, "tick") == 0 || strcmp(kind, "signal") == 0;
}

static bool make_program(struct problem *self, struct error *error)
{
    struct presets presets = {0};
    self->wrong = PROBLEM_REGISTERS;
    if (self->registers != NULL && !presets_read(&presets, self->registers, error))
        return false;
    self->wrong = PROBLEM_PROGRAM;
    if (python_dump_is(self->text, self->length)) {
        self->program = python_read(&(struct python_input){self->text, self->length, self->source, self->shows_bytecode,
                                                           self->symbols, self->symbol_count},
                                    error);
        presets_free(&presets);
        return self->program != NULL && keep_names(self);
    }
    if (x86_is(self->text, self->length)) {
        const char *kind = self->kind != NULL ? self->kind : "free";
        self->program = x86_read_program(&(struct x86_input){.text = self->text,
                                                             .length = self->length,
                                                             .name = self->source,
                                                             .symbols = self->symbols,
                                                             .symbol_count = self->symbol_count,
                                                             .observed = self->observe,
                                                             .is_one_processor = is_one_processor(kind)},
                                         error);
        presets_free(&presets);
        return self->program != NULL && keep_names(self);
    }
    if (litmus_is(self->text, self->length)) {
        self->program = litmus_read(
            &(struct litmus_input){self->source, self->text, self->length, self->symbols, self->symbol_count}, error);
        presets_free(&presets);
        return self->program != NULL && keep_names(self);
    }
    self->program = assembler_read(&(struct assembler_input){.name = self->name,
                                                             .source = self->source,
                                                             .text = self->text,
                                                             .length = self->length,
                                                             .threads = self->threads,
                                                             .iters = self->iters,
                                                             .symbols = self->symbols,
                                                             .symbol_count = self->symbol_count,
                                                             .rolled_from = self->rolled_from,
                                                             .presets = &presets},
                                   error);
    presets_free(&presets);
    return self->program != NULL && keep_names(self);
}

/* Where there is no variable at all the word at address 0 stands for one: what steps do to it is told to nobody. */
static bool find_observed(struct problem *self, struct error *error)
{
    struct observation *observation = &self->observation;
    struct error reason = ERROR_INIT;
    self->wrong = PROBLEM_OBSERVED;
    if (self->observe != NULL && !observation_add(observation, self->program, self->observe, &reason))
        return error_set(error, self->source, 0, 0, "%s", reason.text);
    if (self->observe == NULL)
        observation_add_default(observation, self->program);
    self->word = self->program->word_count > 0 ? 0 : (uint32_t)program_observe_word(self->program, "0");
    for (size_t p = observation->count; p-- > 0;)
        if (observation->places[p].thread == OBSERVED_WORD)
            self->word = observation->places[p].number;
    return true;
}

static bool add_counted(struct problem *self, struct error *error)
{
    self->wrong = PROBLEM_COUNTED;
    return self->count == NULL || program_add_counted(self->program, self->count, error);
}

/* Rounds are counted wherever there are any: their number is how long the program takes. */
static bool add_rounds(struct problem *self, struct error *error)
{
    const struct program *program = self->program;
    const char *rounds = counted_kind_name(COUNTED_ROUNDS);
    struct scheduler_shape shape;
    self->wrong = PROBLEM_COUNTED;
    scheduler_shape(self->scheduler, NULL, &shape);
    if (shape.has_rounds)
        return program_add_counted(self->program, rounds, error);
    for (size_t e = 0; e < program->counted_event_count; e++)
        if (program->counted_events[e].kind == COUNTED_ROUNDS)
            return error_set(error, NULL, 0, 0, "the %s scheduler has no %s to count (expected --scheduler cores)",
                             problem_kind(self), rounds);
    return true;
}

/* ---- Symbols --------------------------------------------------------------------------------------------------- */

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static bool mentions(const char *text, const char *symbol)
{
    for (const char *found = strstr(text, symbol); found != NULL; found = strstr(found + 1, symbol))
        if ((found == text || !is_word_character(found[-1])) && !is_word_character(found[strlen(symbol)]))
            return true;
    return false;
}

bool problem_mentions(const struct problem *self, const char *symbol)
{
    return mentions(self->program->text, symbol);
}

void problem_consider_symbols(const struct problem *self, struct spelling *spelling)
{
    const struct program *program = self->program;
    for (size_t s = 0; s < program->symbol_count; s++)
        if (strcmp(program->symbols[s].name, "THREADS") != 0 && strcmp(program->symbols[s].name, "ITERS") != 0 &&
            problem_mentions(self, program->symbols[s].name))
            spelling_consider(spelling, program->symbols[s].name);
}

static bool is_mentioned(const struct problem *self, const char *symbol, const char *const *claims, size_t count)
{
    bool is_there = strcmp(symbol, "SPURIOUS") == 0 || strcmp(symbol, "TSO") == 0 ||
                    strcmp(symbol, "STORE_BUFFER") == 0 || problem_mentions(self, symbol);
    for (size_t c = 0; c < count && !is_there; c++)
        is_there = mentions(claims[c], symbol);
    return is_there;
}

bool problem_mentions_symbols(const struct problem *self, const char *const *claims, size_t count, struct error *error)
{
    for (size_t s = 0; s < self->symbol_count; s++) {
        const char *name = self->symbols[s].name;
        struct spelling spelling = spelling_start(name, strlen(name));
        if (is_mentioned(self, name, claims, count))
            continue;
        problem_consider_symbols(self, &spelling);
        return error_set(error, NULL, 0, 0, "the program has no symbol '%.60s'%s", name, spelling_advice(&spelling));
    }
    return true;
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

const char *problem_kind(const struct problem *self)
{
    const char *own = self->program->scheduler.kind;
    return self->kind != NULL ? self->kind : own != NULL ? own : "free";
}

bool problem_uses_own_scheduler(const struct problem *self)
{
    const char *own = self->program->scheduler.kind;
    return !self->overrules_own && own != NULL && strcmp(own, problem_kind(self)) == 0;
}

/* The priorities that the program gives its threads, where none are given otherwise. */
static void add_priorities(const struct program *program, struct property **parameters, size_t *count)
{
    struct text list = TEXT_INIT;
    bool has_some = false;
    for (size_t t = 0; t < program->thread_count; t++) {
        has_some |= program->threads[t].priority > 0;
        text_print(&list, "%s%" PRId64, t > 0 ? "," : "", program->threads[t].priority);
    }
    if (has_some && program->thread_count > 1 && property_find(*parameters, *count, "priority") == NULL)
        property_add_text(parameters, count, "priority", text_string(&list));
    text_free(&list);
}

static bool make_scheduler(struct problem *self, struct error *error)
{
    const struct program_scheduler *own = &self->program->scheduler;
    size_t count = problem_uses_own_scheduler(self) ? own->parameter_count : 0;
    struct property *parameters = property_copy_list(own->parameters, count);
    for (size_t p = 0; p < self->parameter_count; p++)
        property_set(&parameters, &count, &self->parameters[p]);
    add_priorities(self->program, &parameters, &count);
    self->wrong = PROBLEM_SCHEDULER;
    self->scheduler = scheduler_new(problem_kind(self), parameters, count, self->program->thread_count, error);
    property_free_list(parameters, count);
    return self->scheduler != NULL;
}

/* A processor sees its own stores at once: where there is one, for all threads, TSO is SC. */
bool problem_settle_memory(struct program *program, const char *kind, const char *source, struct error *error)
{
    if (program->memory == MEMORY_SC)
        return true;
    if (is_one_processor(kind))
        program->memory = MEMORY_SC;
    else if (strcmp(kind, "free") != 0 && strcmp(kind, "preemptions") != 0)
        return error_set(
            error, source, 0, 0,
            "memory tso and the %s scheduler: racecheck does not know how they go together (expected the free or the "
            "preemptions scheduler, or, with one processor, tick or signal)",
            kind);
    else if (program->thread_count > TSO_THREADS_MAX)
        return error_set(error, source, 0, 0, "memory tso is for at most %d threads, and the program has %zu",
                         TSO_THREADS_MAX, program->thread_count);
    return true;
}

static bool settle_memory(struct problem *self, struct error *error)
{
    bool was_tso = self->program->memory == MEMORY_TSO;
    self->wrong = PROBLEM_PROGRAM;
    bool is_settled = problem_settle_memory(self->program, problem_kind(self), self->source, error);
    self->is_one_processor = is_settled && was_tso && self->program->memory == MEMORY_SC;
    return is_settled;
}

bool problem_make(struct problem *self, struct error *error)
{
    return make_program(self, error) && find_observed(self, error) && add_counted(self, error) &&
           make_scheduler(self, error) && add_rounds(self, error) && settle_memory(self, error);
}

void problem_free(struct problem *self)
{
    scheduler_free(self->scheduler);
    program_free(self->program);
    self->scheduler = NULL;
    self->program = NULL;
}
