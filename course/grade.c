#include "course/grade.h"

#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <stdarg.h>

void grade_init(struct grade *self, const struct key *key)
{
    *self = (struct grade){.kind = key->kind, .most = key_points(key), .row_count = key->row_count};
    self->student = memory_copy_string(key->student);
    self->rows = memory_new(key->row_count, sizeof *self->rows);
    for (size_t r = 0; r < key->row_count; r++)
        self->rows[r] = (struct grade_row){.row = key->rows[r].row, .most = key->rows[r].points};
}

void grade_free(struct grade *self)
{
    for (size_t r = 0; r < self->row_count; r++)
        memory_free(self->rows[r].message);
    memory_free(self->rows);
    memory_free(self->file);
    memory_free(self->student);
    memory_free(self->error);
    *self = (struct grade){0};
}

int64_t grade_row_points(const struct grade_row *self)
{
    return self->verdict == VERDICT_PASSED ? self->most : 0;
}

int64_t grade_points(const struct grade *self)
{
    int64_t points = 0;
    for (size_t r = 0; r < self->row_count && self->state == GRADE_GRADED; r++)
        points += grade_row_points(&self->rows[r]);
    return points;
}

static struct grade_row *find_row(const struct grade *self, enum assignment_row row)
{
    for (size_t r = 0; r < self->row_count; r++)
        if (self->rows[r].row == row)
            return &self->rows[r];
    return NULL;
}

bool grade_asks(const struct grade *self, enum assignment_row row)
{
    return find_row(self, row) != NULL;
}

enum grade_verdict grade_verdict(const struct grade *self, enum assignment_row row)
{
    const struct grade_row *found = find_row(self, row);
    return found != NULL ? found->verdict : VERDICT_PASSED;
}

static char *print(const char *format, va_list arguments)
{
    struct text text = TEXT_INIT;
    text_print_list(&text, format, arguments);
    return text_take(&text);
}

void grade_set(struct grade *self, enum assignment_row row, enum grade_verdict verdict, const char *format, ...)
{
    struct grade_row *found = find_row(self, row);
    if (found == NULL)
        return;
    found->verdict = verdict;
    memory_free(found->message);
    found->message = NULL;
    if (format == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    found->message = print(format, arguments);
    va_end(arguments);
}

/* A row that was passed before it turned out that nothing is graded must not look as if it were. Of what is unreadable
 * the row `form` says what is wrong. */
static void open_rows(struct grade *self)
{
    for (size_t r = 0; r < self->row_count; r++) {
        struct grade_row *row = &self->rows[r];
        if (self->state == GRADE_UNREADABLE && row->verdict == VERDICT_FAILED)
            continue;
        row->verdict = VERDICT_OPEN;
        memory_free(row->message);
        row->message = NULL;
    }
}

void grade_refuse(struct grade *self, enum grade_state state, const char *format, ...)
{
    assert(state != GRADE_GRADED);
    va_list arguments;
    va_start(arguments, format);
    char *error = print(format, arguments);
    va_end(arguments);
    memory_free(self->error);
    self->error = error;
    self->state = state;
    open_rows(self);
}

bool grade_needs_error(const struct grade *self)
{
    bool is_told = self->state == GRADE_GRADED;
    for (size_t r = 0; r < self->row_count && self->state == GRADE_UNREADABLE; r++)
        is_told |= self->rows[r].verdict == VERDICT_FAILED;
    return !is_told;
}

const char *grade_state_name(enum grade_state state)
{
    static const char *const names[GRADE_STATES] = {"graded", "unreadable", "refused", "conflict", "missing"};
    assert(state < GRADE_STATES);
    return names[state];
}

const char *grade_verdict_name(enum grade_verdict verdict)
{
    static const char *const names[GRADE_VERDICTS] = {"open", "passed", "failed"};
    assert(verdict < GRADE_VERDICTS);
    return names[verdict];
}
