#include "tests/oracles/random_program.h"

#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { THREADS_MAX = 3, VARIABLES_MAX = 3, MUTEXES_MAX = 2 };

struct generator {
    uint64_t state;    /* of the random numbers */
    unsigned features; /* of this program */
    struct text text;
    unsigned threads;
    unsigned variables;
    unsigned labels; /* used so far */
    bool in_loop;    /* or in a .rept */
    bool in_stretch; /* an atomic one */
    unsigned held;   /* mutexes taken and not yet given back on the way to here */
    bool identical;  /* all threads run the same code, and none has a name */
};

static const char *const variable_names[VARIABLES_MAX] = {"x", "y", "z"};
static const char *const mutex_names[MUTEXES_MAX] = {"m", "n"};
static const char *const register_names[] = {"ax", "bx", "dx"}; /* cx counts loops */
static const char *const index_names[] = {"ex", "fx"};          /* addresses are computed from these */
static const char *const jump_names[] = {"je", "jne", "jgt", "jgte", "jlt", "jlte"};

#define COUNT_OF(array) (unsigned)(sizeof(array) / sizeof *(array))

/* ---- Random numbers ------------------------------------------------------------------------------------------ */

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): any seed is a good one. */
static uint64_t draw(struct generator *self)
{
    uint64_t z = self->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Returns a number from 0 to count - 1. */
static unsigned draw_below(struct generator *self, unsigned count)
{
    return (unsigned)(draw(self) % count);
}

static bool draw_one_in(struct generator *self, unsigned count)
{
    return draw_below(self, count) == 0;
}

static bool allows(const struct generator *self, unsigned feature)
{
    return (self->features & feature) != 0;
}

/* ---- Operands ------------------------------------------------------------------------------------------------ */

/* The first of few names most often: threads and values are to meet. */
static const char *draw_variable(struct generator *self)
{
    return variable_names[draw_one_in(self, 2) ? 0 : draw_below(self, self->variables)];
}

static const char *draw_register(struct generator *self)
{
    return register_names[draw_one_in(self, 2) ? 0 : draw_below(self, COUNT_OF(register_names))];
}

/* Appends a computed address. Its registers are 0, or a few words, unless write_index() took them from a variable: most
 * addresses are those of variables, some of words without a name, and few of none. */
static void write_address(struct generator *self)
{
    const char *variable = draw_variable(self), *index = index_names[draw_below(self, COUNT_OF(index_names))];
    if (draw_one_in(self, 12))
        text_print(&self->text, "%d(%%%s)", (int)draw_below(self, 9) - 4, draw_register(self));
    else if (draw_one_in(self, 4))
        text_print(&self->text, "%u(%%%s)", 2000 + 4 * draw_below(self, 2), index);
    else if (draw_one_in(self, 3))
        text_print(&self->text, "%s(%%%s,%%%s,4)", variable, index_names[0], index_names[1]);
    else if (draw_one_in(self, 2))
        text_print(&self->text, "%s(,%%%s,4)", variable, index);
    else
        text_print(&self->text, "%s(%%%s)", variable, index);
}

/* Appends a variable, or a computed address. */
static void write_word(struct generator *self)
{
    if (allows(self, RANDOM_ADDRESSES) && draw_one_in(self, 3))
        write_address(self);
    else
        text_print(&self->text, "%s", draw_variable(self));
}

/* Appends "$3": small numbers of both signs, most often 1. Of the large ones two or four may add up to 0 in 64 bits. */
static void write_constant(struct generator *self)
{
    static const char *const large[] = {"$9223372036854775807", "$-9223372036854775807", "$-9223372036854775808",
                                        "$4611686018427387904"};
    if (allows(self, RANDOM_OVERFLOWS) && draw_one_in(self, 6))
        text_print(&self->text, "%s", large[draw_below(self, COUNT_OF(large))]);
    else if (allows(self, RANDOM_SYMBOLS) && draw_one_in(self, 3))
        text_print(&self->text, "%s", draw_one_in(self, 2) ? "$SELF" : "$THREADS");
    else if (draw_one_in(self, 2))
        text_print(&self->text, "$1");
    else
        text_print(&self->text, "$%d", (int)draw_below(self, 7) - 3);
}

/* Appends a register or a variable; returns whether it is a variable. */
static bool write_place(struct generator *self)
{
    bool is_variable = draw_one_in(self, 2);
    if (is_variable)
        write_word(self);
    else
        text_print(&self->text, "%%%s", draw_register(self));
    return is_variable;
}

/* Appends two places, of which at most one is a variable. */
static void write_places(struct generator *self)
{
    bool is_variable = write_place(self);
    text_print(&self->text, ", ");
    if (is_variable)
        text_print(&self->text, "%%%s", draw_register(self));
    else
        write_place(self);
}

/* ---- Single steps -------------------------------------------------------------------------------------------- */

static void write_load(struct generator *self)
{
    text_print(&self->text, "    mov ");
    write_word(self);
    text_print(&self->text, ", %%%s\n", draw_register(self));
}

static void write_store(struct generator *self)
{
    text_print(&self->text, "    mov %%%s, ", draw_register(self));
    write_word(self);
    text_print(&self->text, "\n");
}

static void write_add(struct generator *self)
{
    text_print(&self->text, "    %s ", draw_one_in(self, 4) ? "sub" : "add");
    write_constant(self);
    text_print(&self->text, ", %%%s\n", draw_register(self));
}

static void write_add_in_memory(struct generator *self)
{
    text_print(&self->text, "    %s ", draw_one_in(self, 4) ? "sub" : "add");
    write_constant(self);
    text_print(&self->text, ", ");
    write_word(self);
    text_print(&self->text, "\n");
}

static void write_set(struct generator *self)
{
    text_print(&self->text, "    mov ");
    write_constant(self);
    text_print(&self->text, ", ");
    write_place(self);
    text_print(&self->text, "\n");
}

static void write_copy(struct generator *self)
{
    text_print(&self->text, "    mov ");
    write_places(self);
    text_print(&self->text, "\n");
}

static void write_sum(struct generator *self)
{
    text_print(&self->text, "    %s ", draw_one_in(self, 3) ? "sub" : "add");
    write_places(self);
    text_print(&self->text, "\n");
}

static const char *draw_product(struct generator *self)
{
    static const char *const names[] = {"div", "mod", "and", "or", "xor", "shl", "shr"};
    return draw_one_in(self, 2) ? "mul" : names[draw_below(self, COUNT_OF(names))];
}

static void write_product(struct generator *self)
{
    if (draw_one_in(self, 3)) {
        text_print(&self->text, "    %s ", draw_one_in(self, 3) ? "not" : "neg");
        write_place(self);
    } else if (draw_one_in(self, 3)) {
        text_print(&self->text, "    %s ", draw_product(self));
        write_places(self);
    } else {
        text_print(&self->text, "    %s ", draw_product(self));
        write_constant(self);
        text_print(&self->text, ", ");
        write_place(self);
    }
    text_print(&self->text, "\n");
}

static void write_atomic(struct generator *self)
{
    text_print(&self->text, "    %s %%%s, ", draw_one_in(self, 2) ? "xchg" : "fetchadd", draw_register(self));
    write_word(self);
    text_print(&self->text, "\n");
}

static void write_nop(struct generator *self)
{
    text_print(&self->text, "    nop\n");
}

static void write_halt(struct generator *self)
{
    text_print(&self->text, "    halt\n");
}

static void write_semaphore(struct generator *self)
{
    text_print(&self->text, "    %s s\n", draw_one_in(self, 2) ? "wait" : "post");
}

static void write_yield(struct generator *self)
{
    text_print(&self->text, "    yield\n");
}

/* What is put is a constant, a register or a variable. */
static void write_put(struct generator *self)
{
    text_print(&self->text, "    put q, ");
    if (draw_one_in(self, 3))
        write_constant(self);
    else
        write_place(self);
    text_print(&self->text, "\n");
}

static void write_get(struct generator *self)
{
    text_print(&self->text, "    get q, ");
    write_place(self);
    text_print(&self->text, "\n");
}

/* With whatever %ax happens to hold: it meets the variable's value often enough. */
static void write_cas(struct generator *self)
{
    text_print(&self->text, "    cas %%%s, ", draw_register(self));
    write_word(self);
    text_print(&self->text, "\n");
}

/* What addresses are computed from: a constant, or what a variable happens to hold. */
static void write_index(struct generator *self)
{
    text_print(&self->text, "    mov ");
    if (draw_one_in(self, 2))
        text_print(&self->text, "$%u", 4 * draw_below(self, 2));
    else
        text_print(&self->text, "%s", draw_variable(self));
    text_print(&self->text, ", %%%s\n", index_names[draw_below(self, COUNT_OF(index_names))]);
}

static void write_lea(struct generator *self)
{
    const char *name = draw_register(self);
    text_print(&self->text, "    lea ");
    if (draw_one_in(self, 4))
        text_print(&self->text, "%s", draw_variable(self));
    else if (draw_one_in(self, 3))
        text_print(&self->text, "%d(%%%s,%%%s,%u)", (int)draw_below(self, 5) - 2, name, draw_register(self),
                   1 + draw_below(self, 2));
    else
        text_print(&self->text, "%d(%%%s)", (int)draw_below(self, 5) - 2, name);
    text_print(&self->text, ", %%%s\n", draw_one_in(self, 2) ? name : draw_register(self));
}

/* Of a variable the address is pushed. */
static void write_push(struct generator *self)
{
    text_print(&self->text, "    push ");
    if (draw_one_in(self, 3))
        write_constant(self);
    else if (draw_one_in(self, 4))
        write_word(self);
    else
        text_print(&self->text, "%%%s", draw_register(self));
    text_print(&self->text, "\n");
}

static void write_pop(struct generator *self)
{
    if (draw_one_in(self, 4))
        text_print(&self->text, "    pop\n");
    else
        text_print(&self->text, "    pop %%%s\n", draw_register(self));
}

/* Looks at the stack, or moves its top: an error more often than not. */
static void write_top(struct generator *self)
{
    if (allows(self, RANDOM_ADDRESSES))
        text_print(&self->text, "    mov %d(%%sp), %%%s\n", -4 * (int)draw_below(self, 2), draw_register(self));
    else
        text_print(&self->text, "    %s $4, %%sp\n", draw_one_in(self, 3) ? "add" : "sub");
}

/* An unlock that may be a mistake. */
static void write_unlock(struct generator *self)
{
    text_print(&self->text, "    unlock %s\n", mutex_names[draw_below(self, MUTEXES_MAX)]);
}

static void write_try(struct generator *self)
{
    if (draw_one_in(self, 2))
        text_print(&self->text, "    trywait s, ");
    else
        text_print(&self->text, "    trylock %s, ", mutex_names[draw_below(self, MUTEXES_MAX)]);
    write_place(self);
    text_print(&self->text, "\n");
}

static void write_signal(struct generator *self)
{
    text_print(&self->text, "    %s c\n", draw_one_in(self, 3) ? "broadcast" : "signal");
}

static void write_arrival(struct generator *self)
{
    text_print(&self->text, "    arrive b\n");
}

static void write_event(struct generator *self)
{
    static const char *const names[] = {"set", "set", "clear", "await", "await"};
    text_print(&self->text, "    %s e\n", names[draw_below(self, COUNT_OF(names))]);
}

/* Now and then a mistake. */
static void write_rwunlock(struct generator *self)
{
    text_print(&self->text, "    rwunlock r\n");
}

static void write_choice(struct generator *self)
{
    int least = (int)draw_below(self, 3) - 1;
    text_print(&self->text, "    choose %d, %d, ", least, least + (int)draw_below(self, 3));
    write_place(self);
    text_print(&self->text, "\n");
}

/* A thread is started twice, or never, as often as once. */
static void write_spawn(struct generator *self)
{
    if (self->identical)
        write_nop(self);
    else if (draw_one_in(self, 3))
        text_print(&self->text, "    join %c\n", 'A' + (int)draw_below(self, self->threads));
    else
        text_print(&self->text, "    spawn %c\n", 'A' + (int)self->threads - 1);
}

/* Most assertions hold. */
static void write_assertion(struct generator *self)
{
    static const char *const relations[] = {"<", "<=", ">", ">=", "==", "!="};
    const char *relation = relations[draw_below(self, COUNT_OF(relations))];
    if (draw_one_in(self, 3))
        text_print(&self->text, "    assert %s %s %%%s || %s > -3\n", draw_variable(self), relation,
                   draw_register(self), draw_variable(self));
    else
        text_print(&self->text, "    assert %s - %s %s %d\n", draw_variable(self), draw_variable(self), relation,
                   (int)draw_below(self, 9) - 4);
}

static void write_print(struct generator *self)
{
    text_print(&self->text, "    print ");
    if (draw_one_in(self, 2))
        text_print(&self->text, "\"a\"");
    else
        write_place(self);
    text_print(&self->text, "\n");
}

/* ---- Compositions -------------------------------------------------------------------------------------------- */

static void write_body(struct generator *self, unsigned steps);

/* Load, add, store on one variable: the race itself. */
static void write_increment(struct generator *self, unsigned steps)
{
    const char *variable = draw_variable(self);
    const char *name = draw_register(self);
    text_print(&self->text, "    mov %s, %%%s\n    add ", variable, name);
    write_constant(self);
    text_print(&self->text, ", %%%s\n", name);
    write_body(self, steps - 3);
    text_print(&self->text, "    mov %%%s, %s\n", name, variable);
}

/* A critical section. Two of them inside each other may take the mutexes in either order, also the same one twice. */
static void write_section(struct generator *self, unsigned steps)
{
    unsigned mutex = draw_below(self, MUTEXES_MAX);
    if ((self->held >> mutex & 1) != 0 && !draw_one_in(self, 4))
        mutex = (mutex + 1) % MUTEXES_MAX;
    unsigned before = self->held;
    text_print(&self->text, "    lock %s\n", mutex_names[mutex]);
    self->held |= 1u << mutex;
    write_body(self, steps - 2);
    self->held = before;
    if (draw_one_in(self, 12))
        write_nop(self); /* the mutex stays taken */
    else
        text_print(&self->text, "    unlock %s\n", mutex_names[mutex]);
}

static void write_guarded(struct generator *self, unsigned steps)
{
    text_print(&self->text, "    wait s\n");
    write_body(self, steps - 2);
    text_print(&self->text, "    post s\n");
}

static void write_io(struct generator *self, unsigned steps)
{
    text_print(&self->text, "    io\n");
    write_body(self, steps - 2);
}

/* A wait on a condition, with its mutex most often. */
static void write_sleep(struct generator *self, unsigned steps)
{
    bool is_mistaken = draw_one_in(self, 12);
    text_print(&self->text, is_mistaken ? "    nop\n" : "    lock m\n");
    text_print(&self->text, "    cwait c, m\n");
    write_body(self, steps - 4);
    text_print(&self->text, "    unlock m\n");
}

static void write_read_write(struct generator *self, unsigned steps)
{
    text_print(&self->text, "    %s r\n", draw_one_in(self, 3) ? "wrlock" : "rdlock");
    write_body(self, steps - 2);
    write_rwunlock(self);
}

/* What follows a try only where it was successful. */
static void write_attempt(struct generator *self, unsigned steps)
{
    unsigned label = self->labels++;
    const char *mutex = mutex_names[draw_below(self, MUTEXES_MAX)], *name = draw_register(self);
    text_print(&self->text, "    trylock %s, %%%s\n    test $0, %%%s\n    je .L%u\n", mutex, name, name, label);
    write_body(self, steps - 4);
    text_print(&self->text, "    unlock %s\n.L%u:\n", mutex, label);
}

/* Elements of arrays, picked by a register that holds a good index most often. */
static void write_picked(struct generator *self, unsigned steps)
{
    const char *index = index_names[draw_below(self, COUNT_OF(index_names))];
    if (draw_one_in(self, 3))
        text_print(&self->text, "    mov %s, %%%s\n", draw_variable(self), index);
    else
        text_print(&self->text, "    mov $%u, %%%s\n", draw_below(self, 2), index);
    bool is_mutex = draw_one_in(self, 2);
    text_print(&self->text, is_mutex ? "    lock f(%%%s)\n" : "    wait g(,%%%s,1)\n", index);
    write_body(self, steps - 3);
    text_print(&self->text, is_mutex ? "    unlock f(%%%s)\n" : "    post g(%%%s)\n", index);
}

/* Something put, and sooner or later something got, be it the same or not. */
static void write_message(struct generator *self, unsigned steps)
{
    write_put(self);
    write_body(self, steps - 2);
    write_get(self);
}

static void write_saved(struct generator *self, unsigned steps)
{
    write_push(self);
    write_body(self, steps - 2);
    write_pop(self);
}

static void write_indexed(struct generator *self, unsigned steps)
{
    write_index(self);
    write_body(self, steps - 1);
}

/* A function that is called where it stands, once or twice. */
static void write_call(struct generator *self, unsigned steps)
{
    unsigned label = self->labels++;
    bool twice = steps >= 8 && draw_one_in(self, 2);
    unsigned body = twice ? (steps - 5) / 2 : steps - 3;
    for (unsigned calls = 0; calls < (twice ? 2 : 1); calls++)
        text_print(&self->text, "    call .F%u\n", label);
    text_print(&self->text, "    j .L%u\n.F%u:\n", label, label);
    write_body(self, body);
    text_print(&self->text, "    ret\n.L%u:\n", label);
}

/* An increment that is not made where another one came between, and what follows only where it was made, or was not. */
static void write_optimistic(struct generator *self, unsigned steps)
{
    unsigned label = self->labels++;
    const char *variable = draw_variable(self);
    text_print(&self->text, "    mov %s, %%ax\n    mov %%ax, %%bx\n    add ", variable);
    write_constant(self);
    text_print(&self->text, ", %%bx\n    cas %%bx, %s\n", variable);
    text_print(&self->text, "    %s .L%u\n", jump_names[draw_below(self, COUNT_OF(jump_names))], label);
    write_body(self, steps - 5);
    text_print(&self->text, ".L%u:\n", label);
}

/* A loop on %cx with as many rounds as fit: 1 + rounds * (body + 3) steps. */
static void write_loop(struct generator *self, unsigned steps)
{
    unsigned body = 1 + draw_below(self, (steps - 1) / 2 - 3);
    unsigned rounds = (steps - 1) / (body + 3);
    unsigned label = self->labels++;
    self->in_loop = true;
    text_print(&self->text, "    mov $%u, %%cx\n.L%u:\n", rounds, label);
    write_body(self, body);
    text_print(&self->text, "    sub $1, %%cx\n    test $0, %%cx\n    jgt .L%u\n", label);
    self->in_loop = false;
    write_body(self, steps - 1 - rounds * (body + 3));
}

static void write_repetition(struct generator *self, unsigned steps)
{
    unsigned body = 1 + draw_below(self, steps / 2);
    text_print(&self->text, ".rept %u\n", steps / body);
    self->in_loop = true;
    write_body(self, body);
    self->in_loop = false;
    text_print(&self->text, ".endr\n");
    write_body(self, steps % body);
}

/* A test and a forward jump to a label, most often on what threads share. */
static void write_test(struct generator *self, unsigned label)
{
    text_print(&self->text, "    test ");
    if (draw_one_in(self, 4)) {
        write_places(self);
    } else {
        write_constant(self);
        text_print(&self->text, ", ");
        write_place(self);
    }
    text_print(&self->text, "\n    %s .L%u\n", jump_names[draw_below(self, COUNT_OF(jump_names))], label);
}

/* A jump over something. */
static void write_branch(struct generator *self, unsigned steps)
{
    unsigned label = self->labels++;
    write_test(self, label);
    if (allows(self, RANDOM_HALTS) && draw_one_in(self, 4))
        write_halt(self);
    else
        write_body(self, steps - 2);
    text_print(&self->text, ".L%u:\n", label);
}

/* Waits in a loop until a variable has changed, or takes it with an atomic exchange, or repeats an increment until
 * nothing comes between. */
static void write_wait_loop(struct generator *self, unsigned steps)
{
    unsigned label = self->labels++;
    const char *variable = draw_variable(self);
    text_print(&self->text, ".L%u:\n", label);
    if (steps >= 5 && allows(self, RANDOM_CAS) && draw_one_in(self, 2)) {
        text_print(&self->text, "    mov %s, %%ax\n    mov %%ax, %%bx\n    add $1, %%bx\n    cas %%bx, %s\n", variable,
                   variable);
        text_print(&self->text, "    jne .L%u\n", label);
        return;
    }
    if (steps >= 4 && draw_one_in(self, 2))
        text_print(&self->text, "    mov $1, %%bx\n    xchg %%bx, %s\n    test $0, %%bx\n", variable);
    else
        text_print(&self->text, "    test $%u, %s\n", draw_below(self, 2), variable);
    text_print(&self->text, "    %s .L%u\n", draw_one_in(self, 2) ? "je" : "jne", label);
}

/* Several instructions that are one step, now and then with a choice before them, and a jump over some of them or out of all. */
/* What may wait, or has a choice, can be the first in a step. */
static void write_beginning(struct generator *self)
{
    if (allows(self, RANDOM_CHOICES) && draw_one_in(self, 3))
        write_choice(self);
    else if (allows(self, RANDOM_SEMAPHORES) && draw_one_in(self, 4))
        write_semaphore(self);
    else if (allows(self, RANDOM_EVENTS) && draw_one_in(self, 4))
        text_print(&self->text, "    await e\n");
}

static void write_stretch(struct generator *self)
{
    unsigned label = self->labels++;
    bool jumps = allows(self, RANDOM_BRANCHES) && draw_one_in(self, 2), jumps_out = draw_one_in(self, 2);
    text_print(&self->text, "    .atomic\n");
    write_beginning(self);
    self->in_stretch = true;
    write_body(self, 1 + draw_below(self, 3));
    if (jumps) {
        write_test(self, label);
        write_body(self, 1 + draw_below(self, 2));
    }
    if (jumps && !jumps_out) {
        text_print(&self->text, ".L%u:\n", label);
        write_body(self, 1);
    }
    self->in_stretch = false;
    if (allows(self, RANDOM_EVENTS) && !self->in_loop && draw_one_in(self, 6))
        text_print(&self->text, "    arrive b\n");
    text_print(&self->text, "    .endatomic\n");
    if (jumps && jumps_out)
        text_print(&self->text, ".L%u:\n", label);
}

/* ---- Choosing ------------------------------------------------------------------------------------------------ */

/* What a body is made of. A simple piece is one step; a composition takes all the steps that it is given. */
struct piece {
    unsigned feature; /* that must be allowed; 0: always is */
    unsigned weight;
    unsigned least;     /* steps that it needs */
    bool outside_loops; /* only there: there is one counter register */
    bool in_stretches;  /* there, too: it does not wait, and jumps nowhere */
    void (*simple)(struct generator *self);
    void (*composed)(struct generator *self, unsigned steps);
};

static const struct piece pieces[] = {
    {0, 4, 1, false, true, write_load, NULL},
    {0, 4, 1, false, true, write_store, NULL},
    {0, 4, 1, false, true, write_add, NULL},
    {0, 1, 1, false, true, write_nop, NULL},
    {RANDOM_IN_MEMORY, 3, 1, false, true, write_add_in_memory, NULL},
    {RANDOM_CONSTANTS, 3, 1, false, true, write_set, NULL},
    {RANDOM_COPIES, 4, 1, false, true, write_copy, NULL},
    {RANDOM_SUMS, 3, 1, false, true, write_sum, NULL},
    {RANDOM_PRODUCTS, 3, 1, false, true, write_product, NULL},
    {RANDOM_ATOMICS, 5, 1, false, true, write_atomic, NULL},
    {RANDOM_HALTS, 1, 1, false, true, write_halt, NULL},
    {RANDOM_SEMAPHORES, 2, 1, false, false, write_semaphore, NULL},
    {RANDOM_MISTAKES, 1, 1, false, true, write_unlock, NULL},
    {RANDOM_YIELDS, 3, 1, false, false, write_yield, NULL},
    {RANDOM_QUEUES, 4, 1, false, false, write_put, NULL},
    {RANDOM_QUEUES, 4, 1, false, false, write_get, NULL},
    {RANDOM_CAS, 4, 1, false, true, write_cas, NULL},
    {RANDOM_LEA, 4, 1, false, true, write_lea, NULL},
    {RANDOM_STACKS, 2, 1, false, true, write_push, NULL},
    {RANDOM_STACKS, 1, 1, false, true, write_pop, NULL},
    {RANDOM_STACKS, 1, 1, false, true, write_top, NULL},
    {RANDOM_TRIES, 6, 1, false, true, write_try, NULL},
    {RANDOM_TRIES, 10, 4, false, false, NULL, write_attempt},
    {RANDOM_CONDITIONS, 8, 1, false, false, write_signal, NULL},
    {RANDOM_CONDITIONS, 20, 4, false, false, NULL, write_sleep},
    {RANDOM_EVENTS, 9, 1, false, false, write_arrival, NULL},
    {RANDOM_EVENTS, 10, 1, false, false, write_event, NULL},
    {RANDOM_RWLOCKS, 1, 1, false, true, write_rwunlock, NULL},
    {RANDOM_RWLOCKS, 20, 3, false, false, NULL, write_read_write},
    {RANDOM_CHOICES, 8, 1, false, false, write_choice, NULL},
    {RANDOM_ARRAYS, 20, 3, false, false, NULL, write_picked},
    {RANDOM_ASSERTS, 4, 1, false, true, write_assertion, NULL},
    {RANDOM_ASSERTS, 10, 1, false, true, write_print, NULL},
    {RANDOM_SPAWNS, 10, 1, false, false, write_spawn, NULL},
    {RANDOM_STACKS, 10, 2, false, false, NULL, write_saved},
    {RANDOM_STACKS, 10, 4, false, false, NULL, write_call},
    {RANDOM_ADDRESSES, 12, 2, false, false, NULL, write_indexed},
    {RANDOM_STRETCHES, 15, 1, false, false, write_stretch, NULL},
    {0, 20, 3, false, false, NULL, write_increment},
    {RANDOM_MUTEXES, 12, 3, false, false, NULL, write_section},
    {RANDOM_SEMAPHORES, 12, 3, false, false, NULL, write_guarded},
    {RANDOM_QUEUES, 8, 2, false, false, NULL, write_message},
    {RANDOM_CAS, 12, 5, false, false, NULL, write_optimistic},
    {RANDOM_IO, 8, 2, false, false, NULL, write_io},
    {RANDOM_LOOPS, 25, 9, true, false, NULL, write_loop},
    {RANDOM_LOOPS, 8, 2, true, false, NULL, write_repetition},
    {RANDOM_BRANCHES, 8, 3, false, false, NULL, write_branch},
    {RANDOM_ENDLESS, 25, 2, false, false, NULL, write_wait_loop},
};

static unsigned piece_weight(const struct generator *self, const struct piece *piece, unsigned steps)
{
    bool fits =
        steps >= piece->least && !(piece->outside_loops && self->in_loop) && (piece->in_stretches || !self->in_stretch);
    return fits && (piece->feature == 0 || allows(self, piece->feature)) ? piece->weight : 0;
}

static const struct piece *draw_piece(struct generator *self, unsigned steps)
{
    unsigned total = 0;
    for (unsigned i = 0; i < COUNT_OF(pieces); i++)
        total += piece_weight(self, &pieces[i], steps);
    unsigned place = draw_below(self, total);
    const struct piece *piece = pieces;
    while (place >= piece_weight(self, piece, steps))
        place -= piece_weight(self, piece++, steps);
    return piece;
}

/* Writes instructions whose longest path takes exactly this many steps, or fewer where it halts or waits. */
static void write_body(struct generator *self, unsigned steps)
{
    while (steps > 0) {
        const struct piece *piece = draw_piece(self, steps);
        unsigned taken = 1;
        if (piece->composed == NULL) {
            piece->simple(self);
        } else {
            taken = piece->least + draw_below(self, steps - piece->least + 1);
            piece->composed(self, taken);
        }
        steps -= taken;
    }
}

/* ---- The program --------------------------------------------------------------------------------------------- */

/* The number of interleavings of threads that each take so many steps; UINT64_MAX where it is beyond the bound. */
static uint64_t count_interleavings(const unsigned *lengths, unsigned threads, uint64_t bound)
{
    uint64_t result = 1;
    uint64_t total = 0;
    for (unsigned t = 0; t < threads; t++)
        for (uint64_t i = 1; i <= lengths[t]; i++) {
            result = result * ++total / i; /* a product of binomial coefficients: every division is exact */
            if (result > bound)
                return UINT64_MAX;
        }
    return result;
}

static void draw_lengths(struct generator *self, const struct random_options *options, bool identical,
                         unsigned *lengths)
{
    assert(options->max_schedules >= 90 && options->max_steps >= 3);
    unsigned most = options->max_steps; /* falls with attempts that were too much */
    do {
        for (unsigned t = 0; t < self->threads; t++)
            lengths[t] = t > 0 && identical ? lengths[0] : 2 + draw_below(self, most - 1);
        if (allows(self, RANDOM_SPAWNS) && !identical && !options->all_have_code && draw_one_in(self, 4))
            lengths[self->threads - 1] = 0; /* spawned, it has finished */
        if (most > 3 && draw_one_in(self, 2))
            most--;
    } while (count_interleavings(lengths, self->threads, options->max_schedules) > options->max_schedules);
}

/* Each feature that is allowed is in a third of the programs, or as often as it takes to be met. */
static unsigned draw_features(struct generator *self, unsigned allowed)
{
    unsigned features = 0;
    for (unsigned feature = 1; feature <= RANDOM_ENDLESS; feature <<= 1) {
        bool is_rare = feature == RANDOM_OVERFLOWS || feature == RANDOM_ADDRESSES || feature == RANDOM_STACKS;
        bool is_object = (feature & RANDOM_OBJECTS) != 0 && (allowed & RANDOM_COPIES) != 0;
        unsigned rarity = is_object ? 12 : is_rare ? 8 : feature == RANDOM_ENDLESS ? 1 : 3;
        if ((allowed & feature) != 0 && draw_one_in(self, rarity))
            features |= feature;
    }
    return features;
}

static void write_declarations(struct generator *self)
{
    const unsigned needing_mutexes = RANDOM_MUTEXES | RANDOM_MISTAKES | RANDOM_TRIES | RANDOM_CONDITIONS;
    for (unsigned i = 0; i < self->variables; i++) {
        text_print(&self->text, ".var %s", variable_names[i]);
        if (draw_one_in(self, 3))
            text_print(&self->text, ", %d", (int)draw_below(self, 5) - 1);
        text_print(&self->text, "\n");
    }
    for (unsigned i = 0; i < MUTEXES_MAX && (self->features & needing_mutexes) != 0; i++)
        text_print(&self->text, ".mutex %s%s\n", mutex_names[i],
                   i == 1 && allows(self, RANDOM_TRIES) ? ", recursive" : "");
    if ((self->features & (RANDOM_SEMAPHORES | RANDOM_TRIES)) != 0)
        text_print(&self->text, ".semaphore s, %u\n", draw_below(self, 3));
    if (allows(self, RANDOM_QUEUES))
        text_print(&self->text, ".queue q, %u\n", 1 + draw_below(self, 2));
    if (allows(self, RANDOM_CONDITIONS))
        text_print(&self->text, ".condition c\n.default SPURIOUS, %d\n", draw_one_in(self, 3));
    if (allows(self, RANDOM_EVENTS))
        text_print(&self->text, ".barrier b, %u\n.event e%s\n", 1 + draw_below(self, self->threads),
                   draw_one_in(self, 3) ? ", set" : "");
    if (allows(self, RANDOM_RWLOCKS))
        text_print(&self->text, ".rwlock r\n");
    if (allows(self, RANDOM_ARRAYS))
        text_print(&self->text, ".mutex f, 2\n.semaphore g, %u, 2\n", draw_below(self, 2));
}

struct random_program *random_program_new(uint64_t seed, const struct random_options *options)
{
    struct generator generator = {.state = seed};
    struct random_program *program = memory_new(1, sizeof *program);
    unsigned lengths[THREADS_MAX];
    generator.features = draw_features(&generator, options->features);
    generator.threads = draw_one_in(&generator, 3) ? 3 : 2;
    generator.variables = 1 + draw_below(&generator, VARIABLES_MAX);
    bool identical = draw_one_in(&generator, allows(&generator, RANDOM_SPAWNS) ? 8 : 2);
    generator.identical = identical;
    draw_lengths(&generator, options, identical, lengths);
    write_declarations(&generator);
    for (unsigned t = 0; t < (identical ? 1 : generator.threads); t++) {
        if (identical)
            text_print(&generator.text, ".main\n");
        else
            text_print(&generator.text, ".thread %c%s\n", 'A' + (int)t,
                       t + 1 == generator.threads && allows(&generator, RANDOM_SPAWNS) ? ", later" : "");
        write_body(&generator, lengths[t]);
    }
    program->text = text_take(&generator.text);
    program->threads = generator.threads;
    program->variables = generator.variables;
    return program;
}

void random_program_free(struct random_program *self)
{
    if (self == NULL)
        return;
    memory_free(self->text);
    memory_free(self);
}

static bool is_line(const char *line, const char *words)
{
    return strncmp(line, words, strlen(words)) == 0;
}

char *random_program_mark_sections(const char *program, unsigned rarity, uint64_t *random)
{
    struct generator generator = {.state = *random};
    bool in_stretch = false, is_marked = false;
    for (const char *line = program; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        bool opens = is_line(line, "    .atomic"), is_part = in_stretch;
        bool is_instruction = line[0] == ' ' && (opens || line[strspn(line, " ")] != '.');
        if (!in_stretch)
            is_marked = is_instruction && draw_one_in(&generator, rarity);
        in_stretch = (in_stretch || opens) && !is_line(line, "    .endatomic");
        text_print(&generator.text, "%s%.*s\n%s", is_marked && !is_part ? ".critical\n" : "", (int)length, line,
                   is_marked && !in_stretch ? ".endcritical\n" : "");
        line += length + (line[length] == '\n');
    }
    *random = generator.state;
    return text_take(&generator.text);
}
