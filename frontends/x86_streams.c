/* Streams of C++: each call of << prints in one step. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <string.h>

/* Which stream the first argument is; of std::cerr nothing is observed. The result of each call is the stream. */
static bool find_stream(struct x86 *self, struct x86_state *state, bool *is_observed)
{
    static const char *const names[] = {"_ZSt4cout", "_ZSt4cerr", "_ZSt4clog"};
    int64_t stream;
    if (!x86_known_argument(self, state, 0, 8, "the stream", &stream))
        return false;
    x86_give(state, X86_NUMBER(stream));
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const struct gas_symbol *symbol = gas_find(&self->unit, names[n]);
        *is_observed = n == 0;
        if (symbol != NULL && symbol->address == stream)
            return true;
    }
    return x86_refuse(self, "a stream that is none of std::cout, std::cerr and std::clog");
}

static bool print_argument(struct x86 *self, struct x86_state *state, const char *format)
{
    bool is_observed;
    return find_stream(self, state, &is_observed) && (!is_observed || x86_print_formatted(self, state, format, 1));
}

/* Which type, says the number: its bytes, less than 0 without a sign. */
bool x86_stream_number(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    switch (call->number) {
    case 2:
        return print_argument(self, state, "%hd");
    case 4:
        return print_argument(self, state, "%d");
    case 8:
        return print_argument(self, state, "%ld");
    case -1:
        return print_argument(self, state, "%hhu");
    case -2:
        return print_argument(self, state, "%hu");
    case -4:
        return print_argument(self, state, "%u");
    default:
        return print_argument(self, state, "%lu");
    }
}

/* A string, or a character. */
bool x86_stream_text(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    return print_argument(self, state, call->number == 0 ? "%s" : "%c");
}

bool x86_stream_bytes(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    bool is_observed;
    int64_t address, count;
    (void)call;
    return find_stream(self, state, &is_observed) &&
           x86_known_argument(self, state, 1, 8, "the text that is printed", &address) &&
           x86_known_argument(self, state, 2, 8, "the length of the text", &count) &&
           (!is_observed || x86_print_bytes(self, state, address, count));
}

bool x86_stream_refuse(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)state;
    return call->number == 0
               ? x86_refuse(self, "the format of a stream is changed (expected << of integers, characters and strings)")
               : x86_refuse(self, "floating point is not read (expected integers): << of a double");
}

bool x86_stream_end(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)call;
    return print_argument(self, state, "\n");
}

bool x86_stream_flush(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    bool is_observed;
    (void)call;
    return find_stream(self, state, &is_observed);
}
