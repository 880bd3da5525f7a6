#include "frontends/body.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How many lines unrolling may go through: this stops repeated labels; instructions are bounded tighter. */
#define WORK_MAX (16 * (uint64_t)PROGRAM_INSTRUCTIONS_MAX)

static bool fail(const struct token *token, const char *source, struct error *error, const char *text)
{
    error_set(error, source, token->place.line, token->place.column, "%s", text);
    return false;
}

/* Like fail(), about another line too, whose number stands at the end. */
static bool fail_about(const struct token *token, const struct token *other, const char *source, struct error *error,
                       const char *text)
{
    error_set(error, source, token->place.line, token->place.column, "%s %" PRIu32, text, other->place.line);
    return false;
}

void body_free(struct body *self)
{
    memory_free(self->statements);
    memory_free(self->labels);
}

/* ---- Reading ------------------------------------------------------------------------------------------------- */

static bool mentions_self(const struct token *at)
{
    for (; at->kind != TOKEN_END; at++)
        if ((at->kind == TOKEN_NAME && token_equals(at, "SELF")) ||
            (at->kind == TOKEN_REST && memmem(at->text, at->length, "SELF", strlen("SELF")) != NULL))
            return true;
    return false;
}

struct statement *body_add(struct body *self, enum statement_kind kind, const struct token *token)
{
    self->statements = memory_grow(self->statements, self->count, &self->capacity, sizeof *self->statements);
    struct statement *statement = &self->statements[self->count++];
    uint32_t parent = self->depth > 0 ? self->open[self->depth - 1] : BODY_TOP;
    *statement = (struct statement){.kind = kind, .token = token, .parent = parent, .stretch = self->stretch};
    /* Behind a label there may be more statements, which are added by themselves. */
    if (kind != STATEMENT_LABEL)
        self->mentions_self |= mentions_self(token);
    return statement;
}

bool body_open(struct body *self, const struct token *token, const char *source, struct error *error)
{
    if (self->depth == BODY_DEPTH_MAX)
        return fail(token, source, error, "'.rept' is nested too deeply; 64 levels are allowed");
    body_add(self, STATEMENT_REPT, token);
    self->open[self->depth++] = (uint32_t)(self->count - 1);
    return true;
}

/* The .critical or .count that was opened last and is not closed yet, or NULL. */
static const struct statement *innermost_bracket(const struct body *self)
{
    return self->bracket_depth > 0 ? &self->statements[self->brackets[self->bracket_depth - 1]] : NULL;
}

/* How a bracket is written, and its end. */
static const char *opening_of(const struct statement *bracket)
{
    return bracket->kind == STATEMENT_COUNT ? ".count" : ".critical";
}

static const char *end_of(const struct statement *bracket)
{
    return bracket->kind == STATEMENT_COUNT ? ".endcount" : ".endcritical";
}

/* An end that comes before that of a bracket which was opened later. */
static bool fail_crossing(const struct token *token, const struct statement *bracket, const char *source,
                          struct error *error)
{
    error_set(error, source, token->place.line, token->place.column,
              "'%.*s' before the '%s' of the '%s' on line %" PRIu32, token_shown(token), token->text, end_of(bracket),
              opening_of(bracket), bracket->token->place.line);
    return false;
}

bool body_close(struct body *self, const struct token *token, const char *source, struct error *error)
{
    if (self->depth == 0)
        return fail(token, source, error, "'.endr' without '.rept'");
    const struct statement *bracket = innermost_bracket(self);
    if (bracket != NULL && bracket->parent == self->open[self->depth - 1])
        return fail_crossing(token, bracket, source, error);
    if (self->stretch != 0 && self->statements[self->stretch - 1].parent == self->open[self->depth - 1])
        return fail_about(token, self->statements[self->stretch - 1].token, source, error,
                          "'.endr' before the '.endatomic' of the '.atomic' on line");
    body_add(self, STATEMENT_ENDR, token);
    self->statements[self->open[--self->depth]].end = (uint32_t)(self->count - 1);
    return true;
}

/* Who is inside a critical section is seen between steps. */
static bool check_border(const struct body *self, const struct token *token, const char *source, struct error *error)
{
    if (self->stretch == 0)
        return true;
    error_set(error, source, token->place.line, token->place.column,
              "'%.*s' inside the '.atomic' on line %" PRIu32
              ": nobody is inside a critical section for a part of a step",
              token_shown(token), token->text, self->statements[self->stretch - 1].token->place.line);
    return false;
}

static bool has_instructions(const struct body *self, size_t first)
{
    for (size_t i = first; i < self->count; i++)
        if (self->statements[i].kind == STATEMENT_INSTRUCTION)
            return true;
    return false;
}

/* Opens a .critical or a .count; none of the same number may be open. */
static struct statement *open_bracket(struct body *self, enum statement_kind kind, const struct token *token,
                                      size_t number, const char *source, struct error *error)
{
    for (size_t i = 0; i < self->bracket_depth; i++) {
        const struct statement *other = &self->statements[self->brackets[i]];
        if (other->kind != kind || other->number != (int64_t)number)
            continue;
        error_set(error, source, token->place.line, token->place.column,
                  "'%s' inside %s, which begins on line %" PRIu32, opening_of(other),
                  kind == STATEMENT_COUNT ? "that of the same event" : "the same critical section",
                  other->token->place.line);
        return NULL;
    }
    struct statement *bracket = body_add(self, kind, token);
    bracket->number = (int64_t)number;
    self->brackets[self->bracket_depth++] = (uint32_t)(self->count - 1);
    return bracket;
}

/* Closes the bracket that was opened last, which must be one of a kind. */
static bool close_bracket(struct body *self, enum statement_kind kind, const struct token *token, const char *source,
                          struct error *error)
{
    const struct statement *bracket = innermost_bracket(self);
    uint32_t parent = self->depth > 0 ? self->open[self->depth - 1] : BODY_TOP;
    if (bracket == NULL)
        return fail(token, source, error,
                    kind == STATEMENT_COUNT ? "'.endcount' without '.count'" : "'.endcritical' without '.critical'");
    if (bracket->kind != kind)
        return fail_crossing(token, bracket, source, error);
    if (bracket->parent != parent) {
        error_set(error, source, token->place.line, token->place.column,
                  "'%.*s' before the '.endr' of the '.rept' on line %" PRIu32, token_shown(token), token->text,
                  self->statements[parent].token->place.line);
        return false;
    }
    if (!has_instructions(self, self->brackets[self->bracket_depth - 1]))
        return fail(bracket->token, source, error,
                    kind == STATEMENT_COUNT ? "'.count' marks no instruction" : "'.critical' marks no instruction");
    int64_t number = bracket->number;
    body_add(self, kind == STATEMENT_COUNT ? STATEMENT_ENDCOUNT : STATEMENT_ENDCRITICAL, token)->number = number;
    self->bracket_depth--;
    return true;
}

bool body_enter(struct body *self, const struct token *token, size_t number, bool is_shared, const char *source,
                struct error *error)
{
    if (!check_border(self, token, source, error))
        return false;
    struct statement *critical = open_bracket(self, STATEMENT_CRITICAL, token, number, source, error);
    if (critical == NULL)
        return false;
    critical->is_shared = is_shared;
    return true;
}

bool body_leave(struct body *self, const struct token *token, const char *source, struct error *error)
{
    return (innermost_bracket(self) == NULL || check_border(self, token, source, error)) &&
           close_bracket(self, STATEMENT_CRITICAL, token, source, error);
}

bool body_count(struct body *self, const struct token *token, size_t number, const char *source, struct error *error)
{
    return open_bracket(self, STATEMENT_COUNT, token, number, source, error) != NULL;
}

bool body_end_count(struct body *self, const struct token *token, const char *source, struct error *error)
{
    return close_bracket(self, STATEMENT_COUNT, token, source, error);
}

bool body_open_stretch(struct body *self, const struct token *token, const char *source, struct error *error)
{
    if (self->stretch != 0)
        return fail_about(token, self->statements[self->stretch - 1].token, source, error,
                          "'.atomic' inside another one, which begins on line");
    body_add(self, STATEMENT_ATOMIC, token);
    self->stretch = (uint32_t)self->count;
    self->has_stretches = true;
    return true;
}

bool body_close_stretch(struct body *self, const struct token *token, const char *source, struct error *error)
{
    if (self->stretch == 0)
        return fail(token, source, error, "'.endatomic' without '.atomic'");
    const struct statement *begin = &self->statements[self->stretch - 1];
    uint32_t parent = self->depth > 0 ? self->open[self->depth - 1] : BODY_TOP;
    if (begin->parent != parent)
        return fail_about(token, self->statements[parent].token, source, error,
                          "'.endatomic' before the '.endr' of the '.rept' on line");
    if (!has_instructions(self, self->stretch))
        return fail(begin->token, source, error, "'.atomic' marks no instruction");
    self->stretch = 0;
    body_add(self, STATEMENT_ENDATOMIC, token);
    return true;
}

/* ---- Labels -------------------------------------------------------------------------------------------------- */

/* Names by length and bytes, then scopes; any total order will do. */
static int compare_label(const struct statement *label, const struct token *name, uint32_t parent)
{
    const struct token *own = label->token;
    if (own->length != name->length)
        return own->length < name->length ? -1 : 1;
    int order = memcmp(own->text, name->text, name->length);
    if (order != 0)
        return order;
    return label->parent < parent ? -1 : label->parent > parent;
}

static int compare_pointers(const void *a, const void *b)
{
    const struct statement *const *left = a, *const *right = b;
    int order = compare_label(*left, (*right)->token, (*right)->parent);
    if (order != 0)
        return order;
    return *left < *right ? -1 : *left > *right; /* in one array: the earlier in the text first */
}

static void sort_labels(struct body *self)
{
    const struct statement **pointers = memory_new(self->count, sizeof *pointers);
    self->label_count = 0;
    for (size_t i = 0; i < self->count; i++)
        if (self->statements[i].kind == STATEMENT_LABEL)
            pointers[self->label_count++] = &self->statements[i];
    qsort(pointers, self->label_count, sizeof *pointers, compare_pointers);
    self->labels = memory_new(self->label_count, sizeof *self->labels);
    for (size_t i = 0; i < self->label_count; i++)
        self->labels[i] = (uint32_t)(pointers[i] - self->statements);
    memory_free(pointers);
}

/* Of all labels that are defined twice the first in the text is reported. */
static bool check_duplicates(const struct body *self, const char *source, struct error *error)
{
    const struct statement *second = NULL, *first = NULL;
    for (size_t i = 1; i < self->label_count; i++) {
        const struct statement *label = &self->statements[self->labels[i]];
        const struct statement *before = &self->statements[self->labels[i - 1]];
        if (compare_label(label, before->token, before->parent) == 0 && (second == NULL || label < second)) {
            second = label;
            first = before;
        }
    }
    if (second == NULL)
        return true;
    const struct token *name = second->token;
    error_set(error, source, name->place.line, name->place.column, "label '%.*s' is already defined on line %u",
              token_shown(name), name->text, first->token->place.line);
    return false;
}

bool body_finish(struct body *self, const char *source, struct error *error)
{
    if (self->depth > 0)
        return fail(self->statements[self->open[self->depth - 1]].token, source, error,
                    "'.rept' without '.endr'; expected '.endr' before the end of its section");
    const struct statement *bracket = innermost_bracket(self);
    if (bracket != NULL)
        return error_set(error, source, bracket->token->place.line, bracket->token->place.column,
                         "'%s' without '%s'; expected '%s' before the end of its section", opening_of(bracket),
                         end_of(bracket), end_of(bracket));
    if (self->stretch != 0)
        return fail(self->statements[self->stretch - 1].token, source, error,
                    "'.atomic' without '.endatomic'; expected '.endatomic' before the end of its section");
    sort_labels(self);
    return check_duplicates(self, source, error);
}

static int64_t find_in_scope(const struct body *self, const struct token *name, uint32_t parent)
{
    size_t low = 0, high = self->label_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_label(&self->statements[self->labels[middle]], name, parent);
        if (order == 0)
            return self->labels[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int64_t body_find_label(const struct body *self, const struct token *name, uint32_t parent)
{
    int64_t found = find_in_scope(self, name, parent);
    while (found < 0 && parent != BODY_TOP) {
        parent = self->statements[parent].parent;
        found = find_in_scope(self, name, parent);
    }
    return found;
}

/* ---- The size before unrolling ------------------------------------------------------------------------------- */

/* What a stretch of statements becomes: instructions, and lines to go through. Both stop at UINT64_MAX. */
struct extent {
    uint64_t instructions;
    uint64_t lines;
};

static uint64_t product(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* A body without instructions does the second time what it did the first time. */
static uint64_t repetitions(const struct statement *rept, const struct extent *body)
{
    return body->instructions == 0 && rept->number > 1 ? 1 : (uint64_t)rept->number;
}

static struct extent measure(const struct body *self, uint32_t first, uint32_t end, const struct token **culprit)
{
    struct extent extent = {0, 0};
    for (uint32_t i = first; i < end; i++) {
        const struct statement *statement = &self->statements[i];
        extent.lines = arithmetic_saturated_sum(extent.lines, 1);
        extent.instructions = arithmetic_saturated_sum(extent.instructions, statement->kind == STATEMENT_INSTRUCTION);
        if (statement->kind != STATEMENT_REPT)
            continue;
        struct extent body = measure(self, i + 1, statement->end, culprit);
        uint64_t times = repetitions(statement, &body);
        extent.instructions = arithmetic_saturated_sum(extent.instructions, product(body.instructions, times));
        extent.lines = arithmetic_saturated_sum(extent.lines, product(body.lines, times));
        if (*culprit == NULL && (extent.instructions > PROGRAM_INSTRUCTIONS_MAX || extent.lines > WORK_MAX))
            *culprit = statement->token;
        i = statement->end;
    }
    return extent;
}

static bool check_extent(const struct body *self, const struct extent *extent, const struct token *culprit,
                         const char *source, struct error *error)
{
    const struct token *at = culprit != NULL ? culprit : self->token;
    if (extent->instructions > PROGRAM_INSTRUCTIONS_MAX)
        error_set(error, source, at->place.line, at->place.column,
                  "the code is too long: more than %d instructions when '.rept' is unrolled", PROGRAM_INSTRUCTIONS_MAX);
    else if (extent->lines > WORK_MAX)
        error_set(error, source, at->place.line, at->place.column,
                  "too many labels and directives when '.rept' is unrolled");
    else
        return true;
    return false;
}

/* ---- Unrolling ----------------------------------------------------------------------------------------------- */

struct unroller {
    struct body *section;
    struct instruction *instructions; /* room for all */
    uint32_t count;
    uint32_t ticks;
    uint64_t sections; /* the critical ones around the present statement */
    uint64_t shared;   /* of these, those that are shared here */
    uint16_t events;   /* those that are counted here, a bit each */
    bool in_stretch;   /* an instruction of the atomic stretch around it was emitted */
    uint32_t *jumps;   /* those whose label's scope is still open */
    size_t jump_count;
    size_t jump_capacity;
};

static void emit(struct unroller *self, const struct statement *statement)
{
    struct instruction *instruction = &self->instructions[self->count];
    *instruction = statement->instruction;
    instruction->ticks = self->ticks;
    instruction->sections = self->sections;
    instruction->shared = self->shared;
    instruction->counted = self->events;
    instruction->no_switch = self->in_stretch;
    self->in_stretch = statement->stretch != 0;
    if (instruction->operands[0].kind == OPERAND_TARGET) {
        self->jumps = memory_grow(self->jumps, self->jump_count, &self->jump_capacity, sizeof *self->jumps);
        self->jumps[self->jump_count++] = self->count;
    }
    self->count++;
}

/* At the end of a scope the positions of its labels are known: the jumps to them get their targets; those to labels
 * further out wait on. */
static void settle_jumps(struct unroller *self, size_t mark, uint32_t scope)
{
    size_t waiting = mark;
    for (size_t i = mark; i < self->jump_count; i++) {
        struct operand *target = &self->instructions[self->jumps[i]].operands[0];
        const struct statement *label = &self->section->statements[target->value];
        if (label->parent == scope)
            target->value = label->position;
        else
            self->jumps[waiting++] = self->jumps[i];
    }
    self->jump_count = waiting;
}

static void unroll(struct unroller *self, uint32_t first, uint32_t end);

static void repeat(struct unroller *self, uint32_t index)
{
    const struct statement *rept = &self->section->statements[index];
    for (int64_t n = 0; n < rept->number; n++) {
        size_t mark = self->jump_count;
        uint32_t before = self->count;
        unroll(self, index + 1, rept->end);
        settle_jumps(self, mark, index);
        if (self->count == before)
            return; /* see repetitions() */
    }
}

static void unroll(struct unroller *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        struct statement *statement = &self->section->statements[i];
        switch (statement->kind) {
        case STATEMENT_INSTRUCTION:
            emit(self, statement);
            break;
        case STATEMENT_LABEL:
            statement->position = self->count;
            break;
        case STATEMENT_TICK:
            self->ticks = (uint32_t)statement->number;
            break;
        case STATEMENT_REPT:
            repeat(self, i);
            i = statement->end;
            break;
        case STATEMENT_CRITICAL:
            self->sections |= UINT64_C(1) << statement->number;
            self->shared |= (uint64_t)statement->is_shared << statement->number;
            break;
        case STATEMENT_ENDCRITICAL:
            self->sections &= ~(UINT64_C(1) << statement->number);
            self->shared &= self->sections;
            break;
        case STATEMENT_COUNT:
            self->events |= (uint16_t)(1u << statement->number);
            break;
        case STATEMENT_ENDCOUNT:
            self->events &= (uint16_t) ~(1u << statement->number);
            break;
        case STATEMENT_ATOMIC:
        case STATEMENT_ENDATOMIC:
            self->in_stretch = false;
            break;
        case STATEMENT_ENDR:
            break;
        }
    }
}

/* ---- The loop ------------------------------------------------------------------------------------------------- */

static bool repeats_iters(const struct statement *rept)
{
    const struct token *count = rept->token + 1;
    return count->kind == TOKEN_NAME && token_equals(count, "ITERS") && count[1].kind == TOKEN_END;
}

static bool has_code(const struct body *self, const struct statement *rept)
{
    const struct token *nobody = NULL;
    return measure(self, (uint32_t)(rept - self->statements) + 1, rept->end, &nobody).instructions > 0;
}

/* The .rept that is the loop of a section, or NULL. */
static struct statement *find_loop(struct body *self)
{
    struct statement *by_name = NULL, *repeated = NULL;
    size_t named_count = 0, repeated_count = 0;
    for (size_t i = 0; i < self->count; i++) {
        struct statement *statement = &self->statements[i];
        if (statement->kind != STATEMENT_REPT || statement->parent != BODY_TOP || statement->number < 1 ||
            !has_code(self, statement))
            continue;
        bool is_named = repeats_iters(statement);
        by_name = is_named ? statement : by_name;
        repeated = statement->number > 1 ? statement : repeated;
        named_count += is_named;
        repeated_count += statement->number > 1;
    }
    self->repeats_iters = named_count == 1;
    return named_count == 1 ? by_name : named_count == 0 && repeated_count == 1 ? repeated : NULL;
}

/* What a section becomes; and where its loop begins, what one repetition is. */
struct shape {
    struct extent whole;
    struct statement *loop; /* or NULL */
    struct code_loop is;
    const struct token *culprit;
};

static struct shape shape_of(struct body *self, uint64_t rolled_from)
{
    const struct token *nobody = NULL;
    struct shape shape = {.loop = find_loop(self)};
    shape.whole = measure(self, 0, (uint32_t)self->count, &shape.culprit);
    if (shape.loop == NULL)
        return shape;
    uint32_t rept = (uint32_t)(shape.loop - self->statements);
    uint64_t before = measure(self, 0, rept, &nobody).instructions;
    uint64_t body = measure(self, rept + 1, shape.loop->end, &nobody).instructions;
    if (before + body > PROGRAM_INSTRUCTIONS_MAX) {
        shape.loop = NULL;
        return shape;
    }
    uint64_t times = (uint64_t)shape.loop->number;
    bool is_rolled = rolled_from > 0 && shape.whole.instructions >= rolled_from && times > 2;
    shape.is = (struct code_loop){(uint32_t)before, (uint32_t)body, times, is_rolled ? 2 : times, self->repeats_iters};
    return shape;
}

bool body_unroll(struct body *self, uint64_t rolled_from, struct code *code, const char *source, struct error *error)
{
    struct shape shape = shape_of(self, rolled_from);
    if (shape.loop != NULL && shape.is.kept < shape.is.times) {
        shape.loop->number = (int64_t)shape.is.kept;
        shape.culprit = NULL;
        shape.whole = measure(self, 0, (uint32_t)self->count, &shape.culprit);
    }
    bool is_short = check_extent(self, &shape.whole, shape.culprit, source, error);
    if (is_short) {
        struct unroller unroller = {.section = self, .ticks = 1};
        unroller.instructions = memory_new((size_t)shape.whole.instructions, sizeof *unroller.instructions);
        unroll(&unroller, 0, (uint32_t)self->count);
        settle_jumps(&unroller, 0, BODY_TOP);
        memory_free(unroller.jumps);
        *code = (struct code){.instructions = unroller.instructions, .count = unroller.count, .loop = shape.is};
    }
    if (shape.loop != NULL)
        shape.loop->number = (int64_t)shape.is.times;
    return is_short;
}
