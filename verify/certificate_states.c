/* The lines of single states: read, and written so that a state that was computed can be found among those listed. */
#include "verify/certificate.h"

#include "verify/verdict.h"

#include <string.h>

#define NUMBER_MOST INT64_C(4000000000000000000) /* of what is counted; so that one more never overflows */

/* Behind the instruction of a thread that is away, asleep, woken or not born, in this order. */
static const char marks[] = "~zwu";

/* ---- One state ------------------------------------------------------------------------------------------------- */

/* Whether a thread with a mark can be where it is said to be. */
static bool fits(const struct thread *thread, size_t at, char mark)
{
    if (mark == 'u')
        return thread->is_later && at == 0;
    if (at == thread->code.count)
        return false;
    const struct step *step = &thread->code.steps[at];
    return mark == '~' ? machine_can_be_away(step) : mark == 'z' ? machine_can_sleep(step) : machine_can_be_woken(step);
}

/* Where each thread is, and a mark behind that for one that is away, asleep, woken or not born. */
static void parse_threads(const struct certificate *self, struct span *rest, struct state *state)
{
    uint64_t *const marked[] = {&state->away, &state->asleep, &state->woken, &state->unborn};
    for (size_t i = 0; i < sizeof marks - 1; i++)
        *marked[i] = 0;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        struct span word = span_take_word(rest);
        char last = word.length > 0 ? word.text[word.length - 1] : '\0';
        const char *mark = last > '9' ? strchr(marks, last) : NULL; /* most have none, and end with a digit */
        word.length -= mark != NULL;
        state->at[t] = (size_t)span_expect_number(word, 0, (int64_t)self->program->threads[t].code.count);
        if (mark == NULL)
            continue;
        if (!fits(&self->program->threads[t], state->at[t], *mark))
            verdict_malformed(word.text, "a thread has a mark that it cannot have at this instruction");
        *marked[mark - marks] |= UINT64_C(1) << t;
    }
}

/* A thread's number, or - for nobody. */
static int parse_thread(const struct certificate *self, struct span *rest)
{
    struct span word = span_take_word(rest);
    return span_is_dash(word) ? -1 : (int)span_expect_number(word, 0, (int64_t)self->program->thread_count - 1);
}

/* Who holds a mutex, and behind a comma how often more than once, where that is so. */
static void parse_mutex(const struct certificate *self, struct span word, size_t mutex, struct state *state)
{
    bool is_recursive = self->program->objects[OBJECT_MUTEX].at[mutex].is_recursive;
    struct span depth = word, holder = is_recursive ? span_take(&depth, ',') : word;
    bool has_depth = is_recursive && depth.text > holder.text + holder.length;
    state->holders[mutex] = parse_thread(self, &holder);
    state->depths[mutex] = has_depth ? span_expect_number(depth, 1, NUMBER_MOST) : 0;
    if (has_depth && state->holders[mutex] < 0)
        verdict_malformed(word.text, "a mutex is held more than once by nobody");
}

/* Who reads, with commas between them and in ascending order; or who writes, with a w behind it; or - for nobody. */
static void parse_rwlock(const struct certificate *self, struct span word, size_t rwlock, struct state *state)
{
    bool is_written = word.length > 0 && word.text[word.length - 1] == 'w';
    state->writers[rwlock] = -1;
    state->readers[rwlock] = 0;
    word.length -= is_written;
    if (span_is_dash(word) && !is_written)
        return;
    int64_t last = (int64_t)self->program->thread_count - 1;
    if (is_written) {
        state->writers[rwlock] = (int)span_expect_number(word, 0, last);
        return;
    }
    int64_t least = 0;
    for (bool goes_on = true; goes_on;) {
        struct span item = span_take(&word, ',');
        goes_on = word.text > item.text + item.length;
        least = span_expect_number(item, least, last);
        state->readers[rwlock] |= UINT64_C(1) << least++;
    }
}

/* Numbers with commas between them, or - for none. */
static void parse_queue(struct span word, size_t capacity, struct queue_state *queue)
{
    queue->length = 0;
    if (span_is_dash(word))
        return;
    for (bool goes_on = true; goes_on;) {
        struct span item = span_take(&word, ',');
        goes_on = word.text > item.text + item.length;
        if (queue->length == capacity)
            verdict_malformed(item.text, "a queue has more items than it has room for");
        queue->items[queue->length++] = span_expect_number(item, INT64_MIN, INT64_MAX);
    }
}

/* Stores with commas between them, x=1, or x where the value is not known; or - for none. */
static void parse_stores(const struct certificate *self, struct span word, struct stores *stores)
{
    stores->count = 0;
    if (span_is_dash(word))
        return;
    for (bool goes_on = true; goes_on;) {
        struct span item = span_take(&word, ','), number = item, name = span_take(&number, '=');
        goes_on = word.text > item.text + item.length;
        bool has_number = number.text > name.text + name.length;
        size_t location = program_find_location(self->program, name);
        if (stores->count == STORES_MAX || location >= self->program->word_count ||
            has_number != self->is_known[location])
            verdict_malformed(item.text, "there is no such store: expected a variable%s, at most %d times",
                              location < self->program->word_count && self->is_known[location] ? " and its value" : "",
                              STORES_MAX);
        stores->at[stores->count++] = (struct store){
            location, has_number ? (struct value){VALUE_KNOWN, span_expect_number(number, INT64_MIN, INT64_MAX)}
                                 : (struct value){VALUE_UNKNOWN, 0}};
    }
}

/* Stores without known values may be bounded, which the places of their buffers tell. */
static void bound_stores(const struct certificate *self, struct state *state)
{
    for (size_t i = 0; i < self->bounded.count; i++) {
        const struct column *column = &self->bounded.at[i];
        struct stores *stores = column->is_place ? &state->stores[column->thread] : NULL;
        if (stores != NULL && column->place < stores->count && !self->is_known[stores->at[column->place].word])
            stores->at[column->place].value = state->values[column->location];
    }
}

struct value certificate_value(const struct certificate *self, const struct state *state, const struct column *column)
{
    if (!column->is_place)
        return state->values[column->location];
    const struct stores *stores = &state->stores[column->thread];
    bool is_bounded = column->place < stores->count && !self->is_known[stores->at[column->place].word];
    return is_bounded ? stores->at[column->place].value : (struct value){VALUE_UNKNOWN, 0};
}

static struct value parse_value(struct span word, enum value_kind kind)
{
    if (span_is_dash(word))
        return (struct value){VALUE_UNKNOWN, 0};
    return (struct value){kind, span_expect_number(word, INT64_MIN, INT64_MAX)};
}

static void parse_memory(const struct certificate *self, struct span *rest, struct memory *memory)
{
    *memory = (struct memory){.turn = -1};
    if (scheduler_has_turn(&self->scheduler)) {
        memory->turn = parse_thread(self, rest);
        memory->count = span_expect_number(span_take_word(rest), 0, NUMBER_MOST);
    }
    if (scheduler_has_leads(&self->scheduler))
        for (size_t t = 0; t < self->program->thread_count; t++)
            memory->leads[t] = span_expect_number(span_take_word(rest), 0, NUMBER_MOST);
}

void certificate_parse_bounds(const struct certificate *self, const struct listed_state *listed, struct value *values)
{
    struct span rest = listed->bounds;
    for (size_t i = 0; i < self->bounded.count; i++)
        values[self->bounded.at[i].location] = parse_value(span_take_word(&rest), VALUE_BOUNDED);
    if (rest.length > 0)
        verdict_malformed(rest.text, "there are more bounds than columns");
}

void certificate_parse_state(const struct certificate *self, const struct listed_state *listed, struct state *state)
{
    const struct program *program = self->program;
    struct span rest = listed->key;
    parse_threads(self, &rest, state);
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        parse_mutex(self, span_take_word(&rest), m, state);
    for (size_t l = 0; l < program->objects[OBJECT_RWLOCK].count; l++)
        parse_rwlock(self, span_take_word(&rest), l, state);
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++)
        parse_queue(span_take_word(&rest), (size_t)program->objects[OBJECT_QUEUE].at[q].number, &state->queues[q]);
    for (size_t t = 0; t < program->thread_count && program->is_tso; t++)
        parse_stores(self, span_take_word(&rest), &state->stores[t]);
    for (size_t i = 0; i < self->known.count; i++)
        state->values[self->known.at[i].location] = parse_value(span_take_word(&rest), VALUE_KNOWN);
    parse_memory(self, &rest, &state->memory);
    if (rest.length > 0)
        verdict_malformed(rest.text, "the state has more words than there are columns");
    certificate_parse_bounds(self, listed, state->values);
    if (program->is_tso)
        bound_stores(self, state);
}

/* ---- To lines -------------------------------------------------------------------------------------------------- */

static bool is_forgotten(const struct column *self, const struct state *state)
{
    return self->forgotten != NULL && self->forgotten[state->at[self->thread]];
}

/* A cell: a separator unless it is the first, and a number of at most 20 characters. */
enum { CELL_MOST = 24 };

/* Makes room for one more cell and returns its place. */
static char *reserve(struct buffer *self)
{
    while (self->capacity < self->length + CELL_MOST)
        self->text = storage_grow(self->text, self->capacity, &self->capacity, 1);
    return self->text + self->length;
}

/* Appends a mark behind a separator, or nothing where the latter is NUL. */
static void append_mark(struct buffer *self, char separator, char mark)
{
    char *at = reserve(self), *first = at;
    if (separator != '\0')
        *at++ = separator;
    *at++ = mark;
    self->length += (size_t)(at - first);
}

/* Appends a number, behind a separator unless the buffer is empty. Most have one digit. */
static void append_number(struct buffer *self, char separator, int64_t number)
{
    char digits[CELL_MOST];
    if (number >= 0 && number < 10) {
        append_mark(self, self->length > 0 ? separator : '\0', (char)('0' + number));
        return;
    }
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    if (self->length > 0)
        digits[--at] = separator;
    memcpy(reserve(self), digits + at, sizeof digits - at);
    self->length += sizeof digits - at;
}

static void append_thread(struct buffer *self, int thread)
{
    if (thread < 0)
        append_mark(self, ' ', '-');
    else
        append_number(self, ' ', thread);
}

static void append_mutex(struct buffer *self, const struct state *state, size_t mutex)
{
    append_thread(self, state->holders[mutex]);
    if (state->depths[mutex] > 0)
        append_number(self, ',', state->depths[mutex]);
}

static void append_rwlock(struct buffer *self, const struct state *state, size_t rwlock)
{
    uint64_t readers = state->readers[rwlock];
    if (readers == 0 || state->writers[rwlock] >= 0)
        append_thread(self, state->writers[rwlock]);
    else
        for (char separator = ' '; readers != 0; readers &= readers - 1, separator = ',')
            append_number(self, separator, __builtin_ctzll(readers));
    if (state->writers[rwlock] >= 0)
        append_mark(self, '\0', 'w');
}

static void append_queue(struct buffer *self, const struct queue_state *queue)
{
    if (queue->length == 0)
        append_mark(self, ' ', '-');
    for (size_t i = 0; i < queue->length; i++)
        append_number(self, i == 0 ? ' ' : ',', queue->items[i]);
}

static void append_span(struct buffer *self, struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        append_mark(self, '\0', text.text[i]);
}

/* Returns the location of a store whose value has to be listed and is not known, or SIZE_MAX. */
static size_t append_stores(const struct certificate *self, const struct stores *stores, struct buffer *buffer)
{
    size_t unknown = SIZE_MAX, index;
    append_mark(buffer, ' ', '-');
    buffer->length -= stores->count > 0;
    for (size_t i = 0; i < stores->count; i++) {
        const struct store *store = &stores->at[i];
        if (i > 0)
            append_mark(buffer, '\0', ',');
        append_span(buffer, program_word_name(self->program, store->word, &index));
        if (index != SIZE_MAX) {
            append_number(buffer, '[', (int64_t)index);
            append_mark(buffer, '\0', ']');
        }
        if (self->is_known[store->word] && store->value.kind == VALUE_KNOWN)
            append_number(buffer, '=', store->value.number);
        else if (self->is_known[store->word])
            unknown = store->word;
    }
    return unknown;
}

static void append_memory(const struct certificate *self, const struct memory *memory, struct buffer *buffer)
{
    if (scheduler_has_turn(&self->scheduler)) {
        append_thread(buffer, memory->turn);
        append_number(buffer, ' ', memory->count);
    }
    if (scheduler_has_leads(&self->scheduler))
        for (size_t t = 0; t < self->program->thread_count; t++)
            append_number(buffer, ' ', memory->leads[t]);
}

/* The cells of known columns. Returns a location whose value is none where one has to be listed, or SIZE_MAX. */
static size_t append_known(const struct certificate *self, const struct state *state, struct buffer *buffer)
{
    size_t unknown = SIZE_MAX;
    for (size_t i = 0; i < self->known.count; i++) {
        const struct column *column = &self->known.at[i];
        struct value value = state->values[column->location];
        if (is_forgotten(column, state)) {
            append_mark(buffer, ' ', '-');
        } else if (value.kind == VALUE_KNOWN) {
            append_number(buffer, ' ', value.number);
        } else {
            append_mark(buffer, ' ', '-');
            unknown = unknown == SIZE_MAX ? column->location : unknown;
        }
    }
    return unknown;
}

size_t certificate_write_key(const struct certificate *self, const struct state *state, struct buffer *buffer)
{
    const struct program *program = self->program;
    const uint64_t sets[] = {state->away, state->asleep, state->woken, state->unborn};
    uint64_t marked = state->away | state->asleep | state->woken | state->unborn;
    buffer->length = 0;
    for (size_t t = 0; t < program->thread_count; t++) {
        append_number(buffer, ' ', (int64_t)state->at[t]);
        for (size_t i = 0; (marked >> t & 1) != 0 && i < sizeof marks - 1; i++)
            if ((sets[i] >> t & 1) != 0)
                append_mark(buffer, '\0', marks[i]);
    }
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        append_mutex(buffer, state, m);
    for (size_t l = 0; l < program->objects[OBJECT_RWLOCK].count; l++)
        append_rwlock(buffer, state, l);
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++)
        append_queue(buffer, &state->queues[q]);
    size_t unstored = SIZE_MAX;
    for (size_t t = 0; t < program->thread_count && program->is_tso; t++) {
        size_t found = append_stores(self, &state->stores[t], buffer);
        unstored = found != SIZE_MAX ? found : unstored;
    }
    size_t unknown = append_known(self, state, buffer);
    append_memory(self, &state->memory, buffer);
    return unknown != SIZE_MAX ? unknown : unstored;
}
