/* Which pairs of values can two variables end with? */
#include "course/version_parts.h"

#include "base/memory.h"

enum { NUMBER_MOST = 3, MOVES_MOST = 3 };

/* How a move changes a variable: `@` is one of the two, `%` the one that is read (the same or the other), `?` a number. */
static const char *const moves[] = {
    "    mov $?, @          # store\n",
    "    add $?, @          # in one step\n",
    "    mov %, %ax         # load\n    mov %ax, @         # store\n",
    "    mov %, %ax         # load\n    add $?, %ax        # add\n    mov %ax, @         # store\n",
};
enum { MOVES = sizeof moves / sizeof moves[0] };

static void write_move(struct text *text, struct generator *generator)
{
    static const char names[] = "xy";
    char target = names[generator_below(generator, 2)], source = names[generator_below(generator, 2)];
    int number = (int)generator_between(generator, 1, NUMBER_MOST);
    for (const char *at = moves[generator_below(generator, MOVES)]; *at != '\0'; at++)
        if (*at == '@')
            text_print(text, "%c", target);
        else if (*at == '?')
            text_print(text, "%d", number);
        else if (*at == '%' && at[1] != 'a')
            text_print(text, "%c", source);
        else
            text_append(text, at, 1);
}

static void draw_program(struct version *self)
{
    struct generator *generator = &self->generator;
    int64_t first = generator_between(generator, 0, NUMBER_MOST - 1);
    int64_t second = generator_between(generator, 0, NUMBER_MOST - 1);
    unsigned threads = version_draw_threads(self);
    struct text text = TEXT_INIT;
    text_print(&text, ".var x, %lld\n.var y, %lld\n", (long long)first, (long long)second);
    for (unsigned t = 0; t < threads; t++) {
        text_print(&text, "\n.thread %c\n", 'A' + (int)t);
        for (int64_t m = generator_between(generator, 1, MOVES_MOST); m > 0; m--)
            write_move(&text, generator);
    }
    version_take_text(self, text_take(&text), threads, "x,y");
}

/* Whether each of the two can end with different values: else one of them is no question. */
static bool both_vary(const struct outcome *outcome)
{
    bool varies[2] = {false, false};
    for (size_t r = 1; r < outcome->row_count; r++)
        for (size_t m = 0; m < 2; m++)
            varies[m] |= members_number(outcome, outcome->rows[r].value, m) !=
                         members_number(outcome, outcome->rows[0].value, m);
    return varies[0] && varies[1];
}

static bool draw(struct version *self)
{
    draw_program(self);
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 2);
    return outcome != NULL && both_vary(outcome) && version_list_ends(self);
}

const struct version_kind version_outcomes = {draw, {{ROW_FORM, 1}, {ROW_POSSIBLE, 4}, {ROW_COMPLETE, 5}}};
