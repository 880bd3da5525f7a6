#include "frontends/python.h"

#include "base/memory.h"
#include "frontends/python_parts.h"
#include "frontends/rounds.h"

#include <inttypes.h>
#include <string.h>

enum { PASSES_MAX = 1000 };

static const char main_thread[] = "main";

/* ---- A pass ------------------------------------------------------------------------------------------------------ */

static void free_threads(struct python *self)
{
    for (size_t t = 0; t < self->thread_count; t++) {
        struct python_thread *thread = &self->threads[t];
        memory_free(thread->name);
        memory_free(thread->instructions);
        memory_free(thread->origins);
        memory_free(thread->passed);
        memory_free(thread->labels);
        memory_free(thread->work);
        memory_free(thread->work_labels);
        name_table_free(&thread->met);
    }
    memory_free(self->threads);
    self->threads = NULL;
    self->thread_count = self->thread_capacity = 0;
}

static void forget_pass(struct python *self)
{
    free_threads(self);
    arena_free(&self->arena);
    program_free(self->program);
    self->program = NULL;
    self->opening_capacity = self->spelling_capacity = 0;
    name_table_free(&self->spelled);
    self->spelled = NAME_TABLE_INIT;
    self->printer = 0;
    self->has_slept = self->has_tasks = false;
    for (size_t i = 0; i < self->identity_count; i++)
        self->identities[i].number = self->identities[i].second = self->identities[i].thread = -1;
    for (size_t p = 0; p < self->place_count; p++) {
        self->places[p].word = -1;
        self->places[p].access_count = 0;
        self->places[p].appended = 0;
        self->places[p].appenders = 0;
    }
}

static char *tell_reading(const struct python *self)
{
    const struct python_options *options = &self->dump->options;
    struct text text = TEXT_INIT;
    text_print(&text, "Python %d.%d, rules %s%s%s", self->dump->version / 100, self->dump->version % 100,
               python_rules_name(self->rules), options->hot_calls ? ", hot calls" : "",
               options->whole_lines ? ", print writes lines" : "");
    if (self->is_counting || self->is_everywhere)
        text_print(&text, ", check interval %" PRId64, self->interval);
    if (self->is_everywhere)
        text_print(&text, " at any phase, which the library shifts");
    else if (self->is_counting && self->is_phase_any)
        text_print(&text, ", any phase");
    else if (self->is_counting)
        text_print(&text, ", phase %" PRId64, options->phase);
    if (self->has_processes)
        text_print(&text, ", processes by fork");
    if (self->has_tasks)
        text_print(&text, ", tasks as threads");
    if (self->has_slept)
        text_print(&text, options->is_virtual ? ", time passes when nobody can go on" : ", sleep guarantees nothing");
    if (options->ends_last)
        text_print(&text, ", ends with all threads");
    return text_take(&text);
}

static struct program *start_program(const struct python *self)
{
    struct program *program = memory_new(1, sizeof *program);
    program->name = memory_copy_string(self->dump->file);
    program->source = memory_copy_string(self->dump->file);
    program->text = memory_copy_string(self->input->text);
    program->listing = memory_copy_string(self->dump->source);
    program->words = memory_new(PROGRAM_WORDS_MAX, sizeof *program->words);
    program->memory = self->memory;
    program->store_buffer = self->store_buffer;
    return program;
}

/* The main thread begins with the module's code, whose names are the first object. */
static void start_main(struct python *self)
{
    struct python_arguments none = {0};
    self->threads = memory_grow(self->threads, 0, &self->thread_capacity, sizeof *self->threads);
    self->threads[self->thread_count++] = (struct python_thread){.name = memory_copy_string(main_thread)};
    struct python_thread *thread = &self->threads[0];
    thread->labels = memory_grow(NULL, 0, &thread->label_capacity, sizeof *thread->labels);
    thread->label_count = 2;
    thread->work = memory_grow(NULL, 0, &thread->work_capacity, sizeof(struct python_state *));
    thread->work_labels = memory_grow(NULL, 0, &thread->work_label_capacity, sizeof *thread->work_labels);
    struct python_state *state = python_state_new(self, 0);
    struct python_value names = python_new(self, state, PYTHON_NAMESPACE, ABSENT, NULL, 0);
    struct python_value items[4] = {{PYTHON_CODE, 0}, NONE, NONE, NONE};
    struct python_value function = python_new(self, state, PYTHON_FUNCTION, ABSENT, items, 4);
    state->is_pending = true;
    python_call(self, state, function, &none, true);
    if (state->frame_count > 0)
        python_top(state)->names = names;
    thread->work[0] = state;
    thread->work_labels[0] = 1;
    thread->work_count = 1;
}

/* At an interval of 0, or less, 2.7 looks before each bytecode that it counts; then there is nothing to be counted. */
void python_set_interval(struct python *self, int64_t interval)
{
    const struct python_options *options = &self->dump->options;
    self->interval = interval;
    self->is_phase_any = !options->has_phase || options->phase < 0;
    self->is_counting = self->rules == PYTHON_GIL27 && interval > 0 && !self->is_everywhere;
}

/* Whether a thread can come to an instruction once more: a depth-first search. Labels are not resolved yet; the first one is the end. */
static bool has_cycle(const struct python_thread *thread)
{
    enum { NEW, OPEN, DONE };
    unsigned char *marks = memory_new(thread->count, 1);
    unsigned char *next = memory_new(thread->count, 1);
    size_t *path = memory_new(thread->count, sizeof *path), depth = 0;
    bool is_found = false;
    if (thread->count > 0)
        path[depth++] = 0;
    while (depth > 0 && !is_found) {
        size_t at = path[depth - 1], to = thread->count;
        const struct instruction *instruction = &thread->instructions[at];
        unsigned flow = instruction_flow(instruction);
        marks[at] = OPEN;
        if (next[at] == 0 && (flow & FLOW_NEXT) != 0)
            to = at + 1;
        else if (next[at] == 1 && (flow & FLOW_TARGET) != 0 && instruction->operands[0].value != 0)
            to = thread->labels[instruction->operands[0].value];
        else if (next[at] > 1) {
            marks[at] = DONE;
            depth--;
            continue;
        }
        next[at]++;
        is_found = to < thread->count && marks[to] == OPEN;
        if (to < thread->count && marks[to] == NEW)
            path[depth++] = to;
    }
    memory_free(marks);
    memory_free(next);
    memory_free(path);
    return is_found;
}

/* A thread that goes through its code once adds no more elements to a list than its code has places that do; of others nothing is known. */
static void find_rooms(struct python *self)
{
    uint64_t cyclic = 0;
    for (size_t t = 0; t < self->thread_count; t++)
        cyclic |= (uint64_t)has_cycle(&self->threads[t]) << t;
    for (size_t p = 0; p < self->place_count; p++) {
        struct python_place *place = &self->places[p];
        uint32_t room =
            (place->appenders & cyclic) != 0 || place->appended > PYTHON_LIST_ROOM ? PYTHON_LIST_ROOM : place->appended;
        self->again |= room > place->room;
        place->room = room > place->room ? room : place->room;
    }
}

static bool run_pass(struct python *self)
{
    forget_pass(self);
    python_set_interval(self, self->dump->options.has_interval ? self->dump->options.interval : PYTHON_INTERVAL);
    self->again = false;
    self->at = NULL;
    *self->error = ERROR_INIT;
    self->program = start_program(self);
    start_main(self);
    bool is_good = !self->error->set && python_run_threads(self);
    find_rooms(self);
    return is_good;
}

/* Whether a pass was found that nothing makes void. */
static bool settle(struct python *self)
{
    for (size_t pass = 0; pass < PASSES_MAX; pass++) {
        bool is_good = run_pass(self);
        if (!self->again)
            return is_good;
    }
    *self->error = ERROR_INIT;
    return error_set(self->error, self->dump->file, 0, 0, "what its threads share is not found");
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

/* What is passed from a label to the instruction that it stands for. */
static uint32_t passed_behind(const struct python_thread *thread, size_t label)
{
    size_t index = thread->labels[label];
    uint32_t before = label < thread->passed_count ? thread->passed[label] : 0;
    return index < thread->count ? thread->origins[index].passed - before : 0;
}

static void resolve_labels(struct python_thread *thread)
{
    thread->labels[0] = (uint32_t)thread->count;
    for (size_t i = 0; i < thread->count; i++)
        for (size_t o = 0; o < 2; o++) {
            struct operand *operand = &thread->instructions[i].operands[o];
            if (operand->kind != OPERAND_TARGET)
                continue;
            if (thread->instructions[i].opcode == OPCODE_J)
                thread->origins[i].ahead = passed_behind(thread, (size_t)operand->value);
            operand->value = thread->labels[operand->value];
        }
}

static void move_codes(struct python *self)
{
    struct program *program = self->program;
    program->codes = memory_new(self->thread_count, sizeof *program->codes);
    program->threads = memory_new(self->thread_count, sizeof *program->threads);
    for (size_t t = 0; t < self->thread_count; t++) {
        struct python_thread *thread = &self->threads[t];
        resolve_labels(thread);
        rounds_open(thread->instructions, thread->count);
        program->codes[program->code_count++] = (struct code){
            .instructions = thread->instructions, .count = (uint32_t)thread->count, .origins = thread->origins};
        program->threads[program->thread_count++] = (struct thread){
            .name = thread->name, .code = (uint32_t)t, .is_later = t > 0, .registers[REGISTER_SP] = PROGRAM_STACK_END};
        thread->instructions = NULL;
        thread->origins = NULL;
        thread->name = NULL;
    }
}

static int64_t greatest_register(const struct program *program)
{
    int64_t greatest = REGISTER_COUNT - 1;
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++)
            for (size_t o = 0; o < 2; o++) {
                const struct operand *operand = &program->codes[c].instructions[i].operands[o];
                if (operand->kind == OPERAND_REGISTER && operand->value > greatest)
                    greatest = operand->value;
            }
    return greatest;
}

static void name_registers(struct program *program)
{
    program->local_count = (size_t)(greatest_register(program) + 1 - REGISTER_COUNT);
    program->locals = memory_new(program->local_count, sizeof *program->locals);
    for (size_t l = 0; l < program->local_count; l++) {
        char *name = text_format("r%zu", l + 1);
        program->locals[l] = name;
    }
}

static void print_key(const struct python *self, struct python_value key, struct text *name)
{
    if (key.kind == PYTHON_INT)
        text_print(name, "[%" PRId64 "]", key.number);
    if (key.kind == PYTHON_STRING) {
        const char *text = python_text_of(self, key);
        size_t length = strlen(text);
        bool is_bracketed = text[0] == '[' && length > 1;
        text_print(name, "%s", name->length > 0 ? "." : "");
        text_append(name, text + is_bracketed, length - (is_bracketed ? 2u : 0u));
    }
}

static char *name_place(const struct python *self, size_t number)
{
    const struct python_place *place = &self->places[number];
    const struct python_identity *identity = &self->identities[place->identity];
    struct text name = TEXT_INIT;
    if (place->is_length && identity->name != NULL) {
        text_print(&name, "len(%s)", identity->name);
        return text_take(&name);
    }
    if (place->identity != 0) {
        char *own = python_identity_name(self, place->identity);
        text_print(&name, "%s", own);
        memory_free(own);
    }
    print_key(self, place->key, &name);
    return text_take(&name);
}

static void print_atom(const struct python *self, struct python_value atom, struct text *text);

static void print_packed(const struct python *self, struct python_value atom, struct text *text)
{
    const char *at = NULL;
    struct python_value item;
    size_t count = 0;
    text_print(text, "(");
    for (; python_unpack_atom(self, atom, &at, &item); count++) {
        text_print(text, "%s", count > 0 ? ", " : "");
        print_atom(self, item, text);
    }
    text_print(text, "%s", count == 1 ? ",)" : ")");
}

/* What None and the like are called, which are kept as numbers. */
static void print_atom(const struct python *self, struct python_value atom, struct text *text)
{
    char *name;
    switch (atom.kind) {
    case PYTHON_ABSENT:
        text_print(text, "no value");
        return;
    case PYTHON_NONE:
        text_print(text, "None");
        return;
    case PYTHON_BOOL:
        text_print(text, atom.number != 0 ? "True" : "False");
        return;
    case PYTHON_INT:
        text_print(text, "%" PRId64, atom.number);
        return;
    case PYTHON_STRING:
        text_print_quoted(text, python_text_of(self, atom));
        return;
    case PYTHON_FLOAT:
        text_print(text, "%s", python_text_of(self, atom));
        return;
    case PYTHON_BUILTIN:
        text_print(text, "%s", python_builtins[atom.number].name);
        return;
    case PYTHON_PACKED:
        print_packed(self, atom, text);
        return;
    case PYTHON_OBJECT:
        name = python_identity_name(self, (uint32_t)atom.number);
        text_print(text, "%s", name);
        memory_free(name);
        return;
    default:
        text_print(text, "a value");
        return;
    }
}

static char *name_atom(const struct python *self, struct python_value atom)
{
    struct text text = TEXT_INIT;
    print_atom(self, atom, &text);
    return text_take(&text);
}

static void name_atoms(struct python *self, const struct python_place *place, uint32_t word)
{
    for (size_t a = 0; a < place->atom_count; a++)
        value_names_add(&self->program->value_names, word, python_atom_code(self, place, a),
                        name_atom(self, place->atoms[a]));
}

/* What lies in a queue has the names of its place. */
static void name_items_of_queues(struct python *self)
{
    for (size_t p = 0; p < self->place_count; p++) {
        const struct python_place *place = &self->places[p];
        const struct python_identity *identity = &self->identities[place->identity];
        if (place->word < 0 && identity->number >= 0 && place->key.kind == PYTHON_STRING &&
            strcmp(python_text_of(self, place->key), "[items]") == 0)
            name_atoms(self, place, VALUE_NAMES_QUEUE + (uint32_t)identity->number);
    }
}

/* Places whose words were needed; the order of words is that of their first use. */
static bool list_variables(struct python *self)
{
    struct program *program = self->program;
    if (program->word_count >= PROGRAM_WORDS_MAX)
        return error_set(self->error, self->dump->file, 0, 0, "threads share more than %d places", PROGRAM_WORDS_MAX);
    program->variables = memory_new(program->word_count, sizeof *program->variables);
    program->variable_count = program->declared_words = program->word_count;
    for (size_t p = 0; p < self->place_count; p++) {
        int64_t word = self->places[p].word;
        if (word < 0)
            continue;
        name_atoms(self, &self->places[p], (uint32_t)word);
        program->variables[word] = (struct variable){.name = name_place(self, p),
                                                     .word = (uint32_t)word,
                                                     .words = 1,
                                                     .is_internal = python_place_is_internal(self, &self->places[p]),
                                                     .address = PROGRAM_ADDRESS_FIRST + PROGRAM_WORD_SIZE * word};
    }
    return true;
}

static bool check_objects(struct python *self)
{
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (self->program->objects[kind].count > PROGRAM_OBJECTS_MAX)
            return error_set(self->error, self->dump->file, 0, 0, "threads use more than %d objects of a kind: %s",
                             PROGRAM_OBJECTS_MAX, object_kind_name(kind));
    return true;
}

/* The main thread ends the program where there are daemons, or threads that may never be started; it knows those that it has started itself. */
static bool check_daemons(struct python *self)
{
    bool has_daemons = false, has_nested = false;
    for (size_t t = 1; t < self->thread_count; t++) {
        has_daemons |= self->threads[t].is_daemon && !self->dump->options.ends_last;
        has_nested |= self->threads[t].parent != 0;
    }
    if (!has_nested || (!has_daemons && !self->has_alternatives))
        return true;
    return error_set(self->error, self->dump->file, 0, 0,
                     "%s are not covered beside threads that start others (expected "
                     "the main thread to start all of them)",
                     has_daemons ? "daemons, or threads of _thread," : "threads whose start depends on the others");
}

static bool make_program(struct python *self)
{
    struct program *program = self->program;
    if (!check_daemons(self))
        return false;
    program->reading = tell_reading(self);
    move_codes(self);
    name_registers(program);
    program->files = memory_new(1, sizeof *program->files);
    program->files[program->file_count++] = (struct file){.name = memory_copy_string(self->dump->file)};
    name_items_of_queues(self);
    return list_variables(self) && check_objects(self);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static bool choose_rules(struct python *self)
{
    const char *wanted = self->dump->options.rules;
    self->rules = python_rules_of(self->dump->version, self->dump->is_free_threaded);
    if (wanted == NULL || strcmp(wanted, "auto") == 0)
        return self->rules < PYTHON_RULES_COUNT ||
               error_set(self->error, self->dump->file, 0, 0, "the rules of Python %d.%d are not known",
                         self->dump->version / 100, self->dump->version % 100);
    self->rules = python_rules_find(wanted);
    if (self->rules == PYTHON_RULES_COUNT)
        return error_set(self->error, NULL, 0, 0,
                         "--gil: unknown rules '%s' (expected auto, gil27, gil32, gil310, gil311 or nogil)", wanted);
    return python_rules_fit(self->rules, self->dump->version, self->error);
}

static bool check_options(struct python *self)
{
    const struct python_options *options = &self->dump->options;
    if (self->rules == PYTHON_GIL27 || (!options->has_interval && !options->has_phase))
        return true;
    return error_set(self->error, NULL, 0, 0, "--%s: under the rules %s no bytecodes are counted (expected Python 2.7)",
                     options->has_interval ? "check-interval" : "phase", python_rules_name(self->rules));
}

/* Where one thread runs at a time, and the lock is given on, nobody meets a store that waits. */
static bool choose_memory(struct python *self)
{
    for (size_t s = 0; s < self->input->symbol_count; s++) {
        const struct property *symbol = &self->input->symbols[s];
        if (strcmp(symbol->name, "TSO") == 0)
            self->memory = symbol->number != 0 ? MEMORY_TSO : MEMORY_SC;
        else if (symbol->number < 1 || symbol->number > PROGRAM_STORES_MAX)
            return error_set(self->error, NULL, 0, 0, "STORE_BUFFER must be 1 .. %d, not %" PRId64, PROGRAM_STORES_MAX,
                             symbol->number);
        else
            self->store_buffer = (uint32_t)symbol->number;
    }
    return self->memory == MEMORY_SC || self->rules == PYTHON_NO_GIL ||
           error_set(
               self->error, self->dump->file, 0, 0,
               "--memory tso: under the rules %s the interpreter has a lock, and memory is sc (expected --gil nogil)",
               python_rules_name(self->rules));
}

static void free_all(struct python *self)
{
    forget_pass(self);
    for (size_t i = 0; i < self->identity_count; i++)
        memory_free(self->identities[i].name);
    for (size_t p = 0; p < self->place_count; p++) {
        memory_free(self->places[p].atoms);
        memory_free(self->places[p].accesses);
    }
    for (size_t c = 0; c < self->dump->code_count; c++)
        memory_free(self->live[c]);
    memory_free(self->live);
    memory_free(self->identities);
    memory_free(self->places);
    memory_free(self->atoms);
    memory_free(self->recipes);
    memory_free(self->named_sites);
    memory_free(self->texts);
    name_table_free(&self->interned);
    name_table_free(&self->identified);
    name_table_free(&self->placed);
    arena_free(&self->keys);
}

struct program *python_read(const struct python_input *input, struct error *error)
{
    struct python_dump *dump = python_dump_read(input->text, input->length, input->name, error);
    struct program *program = NULL;
    struct python self = {.input = input, .dump = dump, .error = error};
    if (dump == NULL)
        return NULL;
    self.live = memory_new(dump->code_count, sizeof *self.live);
    python_intern(&self, "", 0); /* number 0: no refusal */
    self.identities = memory_grow(NULL, 0, &self.identity_capacity, sizeof *self.identities);
    /* Number 0: none, or the interpreter itself. */
    self.identities[self.identity_count++] = (struct python_identity){.number = -1, .name = memory_copy_string("")};
    if (choose_rules(&self) && choose_memory(&self) && check_options(&self) && settle(&self) && make_program(&self)) {
        program = self.program;
        self.program = NULL;
    }
    free_all(&self);
    python_dump_free(dump);
    return program;
}
