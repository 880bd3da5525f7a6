#include "frontends/python_dump.h"

#include "base/document.h"
#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum {
    CODES_MAX = 10000,
    INSTRUCTIONS_MAX = 1000000,
    NAMES_MAX = 65536,
    CONSTANTS_MAX = 65536,
    NESTING_MAX = 32,
    LINES_MAX = 10000000,
    COLUMN_MAX = 10000000
};

bool python_dump_is(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
        at++;
    return at < length && text[at] == '{';
}

/* ---- Freeing ----------------------------------------------------------------------------------------------------- */

static void free_names(struct python_names *names)
{
    for (size_t n = 0; n < names->count; n++)
        memory_free(names->items[n]);
    memory_free(names->items);
}

static void free_constants(struct python_constant *constants, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        memory_free(constants[c].text);
        free_constants(constants[c].items, constants[c].count);
    }
    memory_free(constants);
}

static void free_code(struct python_code *code)
{
    memory_free(code->name);
    free_names(&code->names);
    free_names(&code->locals);
    free_names(&code->cells);
    free_names(&code->free);
    free_constants(code->constants, code->constant_count);
    for (uint32_t i = 0; i < code->count; i++) {
        memory_free((char *)code->instructions[i].name);
        memory_free((char *)code->instructions[i].meaning);
    }
    memory_free(code->instructions);
    memory_free(code->handlers);
}

void python_dump_free(struct python_dump *self)
{
    if (self == NULL)
        return;
    for (size_t c = 0; c < self->code_count; c++)
        free_code(&self->codes[c]);
    memory_free(self->codes);
    memory_free(self->options.rules);
    memory_free(self->file);
    memory_free(self->source);
    memory_free(self);
}

/* ---- Names and constants ----------------------------------------------------------------------------------------- */

static bool read_names(struct document *document, const json_t *object, const char *key, struct python_names *names)
{
    const json_t *list = document_read_array(document, object, key, NAMES_MAX);
    if (list == NULL)
        return false;
    names->items = memory_new(json_array_size(list), sizeof *names->items);
    for (size_t n = 0; n < json_array_size(list); n++) {
        const char *name = json_string_value(json_array_get(list, n));
        if (name == NULL)
            return document_wrong(document, key, "an array of names");
        names->items[names->count++] = memory_copy_string(name);
    }
    return true;
}

static bool read_constant(struct document *document, const json_t *value, size_t depth,
                          struct python_constant *constant);

static bool read_items(struct document *document, const json_t *list, size_t depth, struct python_constant *constant)
{
    if (!json_is_array(list) || json_array_size(list) > CONSTANTS_MAX || depth == NESTING_MAX)
        return document_wrong(document, "constants", "constants that are not too large");
    constant->kind = PYTHON_CONSTANT_TUPLE;
    constant->items = memory_new(json_array_size(list), sizeof *constant->items);
    for (size_t i = 0; i < json_array_size(list); i++) {
        constant->count++;
        if (!read_constant(document, json_array_get(list, i), depth + 1, &constant->items[i]))
            return false;
    }
    return true;
}

static bool read_tagged(struct document *document, const json_t *object, size_t depth, struct python_constant *constant)
{
    static const struct {
        const char *key;
        enum python_constant_kind kind;
    } tags[] = {{"int", PYTHON_CONSTANT_INT},
                {"float", PYTHON_CONSTANT_FLOAT},
                {"str", PYTHON_CONSTANT_STRING},
                {"other", PYTHON_CONSTANT_OTHER}};
    const json_t *code = json_object_get(object, "code"), *tuple = json_object_get(object, "tuple");
    const json_t *slice = json_object_get(object, "slice");
    if (slice != NULL) {
        if (json_array_size(slice) != 3)
            return document_wrong(document, "constants", "a slice of three values");
        bool is_good = read_items(document, slice, depth, constant);
        constant->kind = PYTHON_CONSTANT_SLICE;
        return is_good;
    }
    if (tuple == NULL)
        tuple = json_object_get(object, "frozenset");
    if (tuple != NULL)
        return read_items(document, tuple, depth, constant);
    if (code != NULL) {
        constant->kind = PYTHON_CONSTANT_CODE;
        return document_read_integer(document, object, "code", 0, CODES_MAX, &constant->number);
    }
    for (size_t t = 0; t < sizeof tags / sizeof tags[0]; t++) {
        const json_t *value = json_object_get(object, tags[t].key);
        if (!json_is_string(value))
            continue;
        constant->kind = tags[t].kind;
        constant->text = memory_copy_string(json_string_value(value));
        /* An integer beyond 64 bits can be there as long as nobody computes with it. */
        if (constant->kind == PYTHON_CONSTANT_INT && !document_parse_integer(value, &constant->number))
            constant->kind = PYTHON_CONSTANT_OTHER;
        return true;
    }
    return document_wrong(document, "constants", "constants as python_dump.py writes them");
}

static bool read_constant(struct document *document, const json_t *value, size_t depth,
                          struct python_constant *constant)
{
    if (json_is_null(value))
        return true;
    if (json_is_boolean(value)) {
        *constant = (struct python_constant){.kind = PYTHON_CONSTANT_BOOL, .number = json_is_true(value)};
        return true;
    }
    return read_tagged(document, value, depth, constant);
}

static bool read_constants(struct document *document, const json_t *object, struct python_code *code)
{
    struct python_constant all = {0};
    const json_t *list = document_read_array(document, object, "constants", CONSTANTS_MAX);
    bool is_read = list != NULL && read_items(document, list, 0, &all);
    code->constants = all.items;
    code->constant_count = all.count;
    return is_read;
}

/* ---- Instructions ------------------------------------------------------------------------------------------------ */

static bool read_number(const json_t *list, size_t place, int64_t least, int64_t most, int64_t *number)
{
    const json_t *value = json_array_get(list, place);
    *number = json_integer_value(value);
    return json_is_integer(value) && *number >= least && *number <= most;
}

/* [name, argument, target, line, first column, last column, meaning] */
static bool read_instruction(const json_t *list, int64_t count, struct python_instruction *instruction)
{
    const char *name = json_string_value(json_array_get(list, 0)),
               *meaning = json_string_value(json_array_get(list, 6));
    int64_t target, line, first, last;
    if (name == NULL || json_array_size(list) != 7 || !read_number(list, 1, -1, INT64_MAX, &instruction->argument) ||
        !read_number(list, 2, -1, count - 1, &target) || !read_number(list, 3, 0, LINES_MAX, &line) ||
        !read_number(list, 4, -1, COLUMN_MAX, &first) || !read_number(list, 5, -1, COLUMN_MAX, &last))
        return false;
    instruction->name = memory_copy_string(name);
    instruction->bytecode = python_bytecode_find(name);
    instruction->is_counted = python_bytecode_is_counted(name);
    instruction->meaning = meaning != NULL ? memory_copy_string(meaning) : NULL;
    /* ROT_TWO, ROT_THREE, ROT_FOUR */
    if (instruction->bytecode == PY_ROTATE)
        instruction->argument = name[4] == 'F' ? 4 : name[5] == 'W' ? 2 : 3;
    instruction->is_jump = target >= 0;
    instruction->target = target >= 0 ? (uint32_t)target : 0;
    instruction->place = (struct place){(uint32_t)line, first >= 0 ? (uint32_t)first + 1 : 0};
    instruction->width = first >= 0 && last > first ? (uint32_t)(last - first) : 0;
    return true;
}

static bool read_handlers(struct document *document, const json_t *object, struct python_code *code)
{
    const json_t *list = document_read_array(document, object, "handlers", INSTRUCTIONS_MAX);
    if (list == NULL)
        return false;
    code->handlers = memory_new(json_array_size(list), sizeof *code->handlers);
    for (size_t h = 0; h < json_array_size(list); h++) {
        const json_t *entry = json_array_get(list, h);
        int64_t first, end, target, depth, keeps;
        if (!read_number(entry, 0, 0, code->count, &first) || !read_number(entry, 1, 0, code->count, &end) ||
            !read_number(entry, 2, 0, (int64_t)code->count - 1, &target) ||
            !read_number(entry, 3, 0, NAMES_MAX, &depth) || !read_number(entry, 4, 0, 1, &keeps))
            return document_wrong(document, "handlers", "handlers as python_dump.py writes them");
        code->handlers[code->handler_count++] =
            (struct python_handler){(uint32_t)first, (uint32_t)end, (uint32_t)target, (uint32_t)depth, keeps != 0};
        code->instructions[target].is_target = true;
    }
    return true;
}

static bool read_instructions(struct document *document, const json_t *object, struct python_code *code)
{
    const json_t *list = document_read_array(document, object, "instructions", INSTRUCTIONS_MAX);
    if (list == NULL)
        return false;
    code->instructions = memory_new(json_array_size(list), sizeof *code->instructions);
    code->count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < code->count; i++)
        if (!read_instruction(json_array_get(list, i), code->count, &code->instructions[i]))
            return document_wrong(document, "instructions", "instructions as python_dump.py writes them");
    for (uint32_t i = 0; i < code->count; i++)
        if (code->instructions[i].is_jump)
            code->instructions[code->instructions[i].target].is_target = true;
    return code->count > 0 || document_wrong(document, "instructions", "at least one instruction");
}

static bool read_uint(struct document *document, const json_t *object, const char *key, int64_t most, uint32_t *number)
{
    int64_t value = 0;
    bool is_read = document_read_integer(document, object, key, 0, most, &value);
    *number = (uint32_t)value;
    return is_read;
}

static bool read_code(struct document *document, const json_t *object, struct python_code *code)
{
    return document_read_string(document, object, "name", &code->name) &&
           read_uint(document, object, "line", LINES_MAX, &code->line) &&
           read_uint(document, object, "flags", UINT32_MAX, &code->flags) &&
           read_uint(document, object, "arguments", NAMES_MAX, &code->arguments) &&
           read_uint(document, object, "keyword_only", NAMES_MAX, &code->keyword_only) &&
           read_names(document, object, "names", &code->names) &&
           read_names(document, object, "locals", &code->locals) &&
           read_names(document, object, "cells", &code->cells) && read_names(document, object, "free", &code->free) &&
           read_constants(document, object, code) && read_instructions(document, object, code) &&
           read_handlers(document, object, code);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static bool read_version(struct document *document, const json_t *object, struct python_dump *dump)
{
    const json_t *list = document_read_array(document, object, "python", 3);
    int64_t major, minor;
    if (list == NULL)
        return false;
    if (!read_number(list, 0, 2, 3, &major) || !read_number(list, 1, 0, 99, &minor))
        return document_wrong(document, "python", "a version, as [3, 11, 2]");
    dump->version = (int)(major * 100 + minor);
    dump->is_free_threaded = json_is_true(json_object_get(object, "free_threaded"));
    const char *implementation = json_string_value(json_object_get(object, "implementation"));
    if (implementation == NULL || strcmp(implementation, "cpython") != 0)
        return document_fail(document, "this is the code of %s (expected CPython: others switch threads elsewhere)",
                             implementation != NULL ? implementation : "an unknown interpreter");
    if (dump->version == 207 || (dump->version >= 306 && dump->version <= 315))
        return true;
    return document_fail(document, "Python %d.%d is not known (expected CPython 2.7, or 3.6 to 3.15)", (int)major,
                         (int)minor);
}

/* What the interpreter said of the program, which it could not compile. */
static bool read_refusal(const json_t *object, const struct python_dump *dump, struct error *error)
{
    const json_t *refusal = json_object_get(object, "error");
    const char *message = json_string_value(json_object_get(refusal, "message"));
    if (message == NULL)
        return true;
    int64_t line = json_integer_value(json_object_get(refusal, "line"));
    int64_t column = json_integer_value(json_object_get(refusal, "column"));
    return error_set(error, dump->file, line > 0 && line <= LINES_MAX ? (unsigned)line : 0,
                     line > 0 && column > 0 && column <= COLUMN_MAX ? (unsigned)column : 0, "Python %d.%d: %s",
                     dump->version / 100, dump->version % 100, message);
}

static bool check_constants(struct document *document, const struct python_constant *constants, size_t count,
                            size_t codes)
{
    for (size_t c = 0; c < count; c++) {
        if (constants[c].kind == PYTHON_CONSTANT_CODE && constants[c].number >= (int64_t)codes)
            return document_wrong(document, "code", "the number of a code");
        if (!check_constants(document, constants[c].items, constants[c].count, codes))
            return false;
    }
    return true;
}

static bool read_codes(struct document *document, const json_t *object, struct python_dump *dump)
{
    const json_t *list = document_read_array(document, object, "codes", CODES_MAX);
    if (list == NULL || json_array_size(list) == 0)
        return list != NULL && document_wrong(document, "codes", "at least one code");
    dump->codes = memory_new(json_array_size(list), sizeof *dump->codes);
    for (size_t c = 0; c < json_array_size(list); c++) {
        dump->code_count++;
        if (!read_code(document, json_array_get(list, c), &dump->codes[c]))
            return false;
    }
    for (size_t c = 0; c < dump->code_count; c++)
        if (!check_constants(document, dump->codes[c].constants, dump->codes[c].constant_count, dump->code_count))
            return false;
    return true;
}

static bool read_choice(struct document *document, const json_t *object, const char *key, const char *usual,
                        const char *other, bool *is_other)
{
    const json_t *value = json_object_get(object, key);
    const char *word = json_string_value(value);
    *is_other = word != NULL && strcmp(word, other) == 0;
    return value == NULL || *is_other || (word != NULL && strcmp(word, usual) == 0) ||
           document_fail(document, "the value of options.%s should be \"%s\" or \"%s\"", key, usual, other);
}

/* A number that may be left out. */
static bool read_optional(struct document *document, const json_t *object, const char *key, bool *is_given,
                          int64_t *number)
{
    const json_t *value = json_object_get(object, key);
    *is_given = value != NULL;
    *number = json_integer_value(value);
    return value == NULL || (json_is_integer(value) && *number >= 0 && *number <= INT32_MAX) ||
           document_fail(document, "the value of options.%s should be a number from 0 to %d", key, INT32_MAX);
}

static bool read_phase(struct document *document, const json_t *object, struct python_options *options)
{
    const char *word = json_string_value(json_object_get(object, "phase"));
    if (word == NULL || strcmp(word, "any") != 0)
        return read_optional(document, object, "phase", &options->has_phase, &options->phase);
    options->has_phase = true;
    options->phase = -1;
    return true;
}

static bool read_options(struct document *document, const json_t *object, struct python_options *options)
{
    const json_t *given = json_object_get(object, "options");
    const char *rules = json_string_value(json_object_get(given, "gil"));
    options->rules = rules != NULL ? memory_copy_string(rules) : NULL;
    return read_choice(document, given, "calls", "cold", "hot", &options->hot_calls) &&
           read_choice(document, given, "print", "piece", "line", &options->whole_lines) &&
           read_choice(document, given, "sleep", "any", "virtual", &options->is_virtual) &&
           read_choice(document, given, "at_exit", "main", "all", &options->ends_last) &&
           read_optional(document, given, "check_interval", &options->has_interval, &options->interval) &&
           read_phase(document, given, options);
}

/* At the end, so that places in the dump stay what they are. */
void python_dump_with_options(const char *dump, size_t length, const struct python_options *options, struct text *text)
{
    const char *brace = memrchr(dump, '}', length);
    size_t before = brace != NULL ? (size_t)(brace - dump) : length, last = before;
    while (last > 0 && strchr(" \t\r\n", dump[last - 1]) != NULL)
        last--;
    text_append(text, dump, before);
    if (brace == NULL)
        return;
    text_print(text, "%s\"options\": {\"calls\": \"%s\", \"print\": \"%s\"",
               last > 0 && dump[last - 1] == '{' ? "" : ", ", options->hot_calls ? "hot" : "cold",
               options->whole_lines ? "line" : "piece");
    if (options->rules != NULL)
        text_print(text, ", \"gil\": \"%s\"", options->rules);
    if (options->is_virtual)
        text_print(text, ", \"sleep\": \"virtual\"");
    if (options->ends_last)
        text_print(text, ", \"at_exit\": \"all\"");
    if (options->has_interval)
        text_print(text, ", \"check_interval\": %" PRId64, options->interval);
    if (options->has_phase && options->phase < 0)
        text_print(text, ", \"phase\": \"any\"");
    else if (options->has_phase)
        text_print(text, ", \"phase\": %" PRId64, options->phase);
    text_print(text, "}");
    text_append(text, dump + before, length - before);
}

static bool read_dump(struct document *document, const json_t *object, struct python_dump *dump)
{
    const char *format = json_string_value(json_object_get(object, "format"));
    if (format != NULL && (strcmp(format, "racecheck-result") == 0 || strcmp(format, "racecheck-witness") == 0 ||
                           strcmp(format, "racecheck-sample") == 0))
        return document_fail(document, "is no program, but what racecheck found of one (expected 'racecheck replay' and its name)");
    if (format == NULL || strcmp(format, "racecheck-python-dump") != 0 ||
        json_integer_value(json_object_get(object, "version")) != 1)
        return document_fail(document, "is no dump of a Python program (expected what the helper writes that "
                                       "'racecheck export --python-dump' prints)");
    return read_version(document, object, dump) && document_read_string(document, object, "file", &dump->file) &&
           document_read_string(document, object, "source", &dump->source) &&
           read_options(document, object, &dump->options) && read_refusal(object, dump, document->error) &&
           read_codes(document, object, dump);
}

struct python_dump *python_dump_read(const char *text, size_t length, const char *name, struct error *error)
{
    struct document document = {.source = name, .error = error};
    json_t *object = document_parse(&document, text, length);
    if (object == NULL)
        return NULL;
    struct python_dump *dump = memory_new(1, sizeof *dump);
    bool is_read = read_dump(&document, object, dump);
    json_decref(object);
    if (is_read)
        return dump;
    python_dump_free(dump);
    return NULL;
}
