/* What is not in the assembly: functions of the C library, by name. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

/* ---- Arguments and results --------------------------------------------------------------------------------------- */

bool x86_argument(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width, struct x86_value *value)
{
    static const uint8_t registers[] = {GAS_RDI, GAS_RSI, GAS_RDX, GAS_RCX, 8, 9};
    enum { IN_REGISTERS = 6 };
    if (number < IN_REGISTERS)
        return x86_read_register(self, state, registers[number], width, value);
    /* A tail call has the return address on top, a call has not pushed it. */
    int64_t address = state->registers[GAS_RSP].number + 8 * ((int64_t)number - IN_REGISTERS) +
                      (self->now->operation == X86_JMP ? 8 : 0);
    return x86_load(self, state, address, width, value);
}

bool x86_known_argument(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width, const char *what,
                        int64_t *value)
{
    struct x86_value argument;
    if (!x86_argument(self, state, number, width, &argument))
        return false;
    if (argument.kind != X86_KNOWN)
        return x86_refuse(
            self, "%s depends on the other threads, or was never set (expected what is known before they run)", what);
    *value = x86_cut(argument.number, X86_SIGNED(width));
    return true;
}

void x86_give(struct x86_state *state, struct x86_value value)
{
    state->registers[GAS_RAX] = value;
    state->low_bytes[GAS_RAX] = 0;
}

/* What a call may overwrite is not known behind it. */
static void clobber(struct x86_state *state)
{
    static const uint8_t registers[] = {GAS_RCX, GAS_RDX, GAS_RSI, GAS_RDI, 8, 9, 10, 11};
    for (size_t r = 0; r < sizeof registers; r++) {
        state->registers[registers[r]] = X86_NOTHING;
        state->low_bytes[registers[r]] = 0;
    }
    for (size_t w = 0; w < 16; w++)
        state->wide[w][0] = state->wide[w][1] = X86_NOTHING;
    state->flags = (struct x86_flags){0};
}

/* ---- Small functions --------------------------------------------------------------------------------------------- */

static bool nothing(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)self;
    (void)call;
    x86_give(state, X86_NUMBER(0));
    return true;
}

/* Gives what nobody knows. */
static bool chance(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)self;
    (void)call;
    x86_give(state, X86_CHANCES);
    return true;
}

/* What a clock says is stored where an argument leads to, if it leads anywhere; of how many bytes, says the number. */
static bool store_time(struct x86 *self, struct x86_state *state, unsigned argument, int64_t size)
{
    int64_t address = 0;
    if (!x86_known_argument(self, state, argument, 8, "where the time is stored", &address))
        return false;
    for (int64_t done = 0; address != 0 && done < size; done += 8)
        if (!x86_store(self, state, address + done, 8, X86_CHANCES))
            return false;
    return true;
}

static bool tell_time(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    x86_give(state, X86_CHANCES);
    return store_time(self, state, 0, call->number);
}

static bool read_clock(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    enum { TIME_SIZE = 16 };
    x86_give(state, X86_NUMBER(0));
    return store_time(self, state, (unsigned)call->number, TIME_SIZE);
}

static bool read_base_time(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t base = 0;
    if (!x86_known_argument(self, state, 1, 4, "the base of a time", &base) || !read_clock(self, state, call))
        return false;
    x86_give(state, X86_NUMBER(base));
    return true;
}

/* What takes time, or gives way, guarantees nothing. */
static bool pass_time(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    x86_emit(self, state, X86_ACCESS, call->number == 1 ? OPCODE_YIELD : OPCODE_NOP, x86_none, x86_none);
    x86_give(state, X86_NUMBER(0));
    return true;
}

static bool exit_program(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)call;
    x86_emit(self, state, X86_ACCESS, OPCODE_EXIT, x86_none, x86_none);
    state->is_over = true;
    return false;
}

static bool fail_program(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct gas_symbol symbol = {.name = call->name, .length = strlen(call->name)};
    char *name = x86_symbol_name(&symbol);
    x86_emit_crash(self, state, "%s is called", name);
    memory_free(name);
    return false;
}

static bool fail_assertion(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value words;
    struct text text = TEXT_INIT;
    (void)call;
    if (!x86_argument(self, state, 0, 8, &words) || words.kind != X86_KNOWN ||
        !x86_read_text(self, state, words.number, &text))
        text_print(&text, "?");
    if (!self->error->set)
        x86_emit_crash(self, state, "the assertion `%s` does not hold", text_string(&text));
    text_free(&text);
    return false;
}

static bool choose(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t number;
    if (call->number < 0)
        return x86_refuse(self, "%s can be any of too many numbers (expected __VERIFIER_nondet_bool)", call->name);
    if (!x86_free_register(self, state, &number))
        return false;
    struct operand range = {.kind = OPERAND_RANGE, .scale = (int16_t)call->number};
    x86_emit(self, state, X86_ACCESS, OPCODE_CHOOSE, range, x86_register(number));
    x86_give(state, x86_in_register(number, X86_UNSIGNED(1)));
    return true;
}

/* Between both calls all is one step. */
static bool atomic(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    if ((call->number == 1) == (state->atomic > 0))
        return x86_refuse(self, "%s does not fit what was called before", call->name);
    state->atomic = (uint8_t)call->number;
    state->atomic_top = 0;
    return true;
}

/* Where what is assumed does not hold the thread waits for ever: no schedule goes on there. */
static bool assume(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value value;
    bool fails;
    (void)call;
    if (!x86_argument(self, state, 0, 4, &value))
        return false;
    state->flags = (struct x86_flags){X86_FLAGS_LOGIC, 4, X86_NOTHING, X86_NOTHING, value};
    if (!x86_decide(self, state, X86_E, &fails))
        return false;
    if (!fails)
        return true;
    x86_emit(self, state, X86_ACCESS, OPCODE_AWAIT, x86_object_at(self, OBJECT_EVENT, 0, 0, false), x86_none);
    x86_emit(self, state, X86_OWN, OPCODE_J, x86_target(0), x86_none);
    state->is_over = true;
    return false;
}

/* Which variables there are to destroy, and in which order, is not followed. */
static bool be_alone(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)call;
    if (state->thread != 0 || state->born != 1)
        return x86_refuse(self, "a static variable with a destructor is made once there are threads (expected one that "
                                "is made before main)");
    return true;
}

static bool refuse_key(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)state;
    return x86_refuse(self, call->number == 0 ? "a key of pthread_key_create with a destructor (expected NULL)"
                                              : "more than 16 keys of pthread_key_create");
}

static bool equal(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t a = 0, b = 0;
    (void)call;
    if (!x86_known_argument(self, state, 0, 8, "a thread", &a) ||
        !x86_known_argument(self, state, 1, 8, "a thread", &b))
        return false;
    x86_give(state, X86_NUMBER(a == b));
    return true;
}

/* ---- By name ----------------------------------------------------------------------------------------------------- */

static const struct row {
    const char *name;
    x86_function *function;
    int64_t number;
} rows[] = {
    {"pthread_create", x86_create, 0},
    {"pthread_join", x86_join, 0},
    {"pthread_exit", x86_exit_thread, 0},
    {"pthread_self", x86_self, 0},
    {"pthread_detach", nothing, 0},
    {"pthread_attr_init", nothing, 0},
    {"pthread_attr_destroy", nothing, 0},
    {"pthread_attr_setstacksize", nothing, 0},
    {"pthread_attr_setdetachstate", nothing, 0},
    {"pthread_attr_setscope", nothing, 0},
    {"pthread_setname_np", nothing, 0},
    {"pthread_setaffinity_np", nothing, 0},
    {"pthread_mutexattr_setpshared", nothing, 0},
    {"pthread_condattr_init", nothing, 0},
    {"pthread_condattr_setclock", nothing, 0},
    {"pthread_condattr_destroy", nothing, 0},
    {"pthread_rwlockattr_init", nothing, 0},
    {"pthread_rwlockattr_destroy", nothing, 0},
    {"pthread_barrierattr_init", nothing, 0},
    {"pthread_barrierattr_destroy", nothing, 0},
    {"pthread_mutex_init", x86_mutex, X86_INIT},
    {"pthread_mutex_destroy", x86_mutex, X86_DESTROY},
    {"pthread_mutex_lock", x86_mutex, X86_LOCK},
    {"pthread_mutex_unlock", x86_mutex, X86_UNLOCK},
    {"pthread_mutex_trylock", x86_mutex, X86_TRY},
    {"pthread_mutex_timedlock", x86_mutex, X86_TRY_TIMED},
    {"pthread_mutex_clocklock", x86_mutex, X86_TRY_TIMED},
    {"pthread_spin_init", x86_mutex, X86_DESTROY},
    {"pthread_spin_destroy", x86_mutex, X86_DESTROY},
    {"pthread_spin_lock", x86_mutex, X86_LOCK},
    {"pthread_spin_unlock", x86_mutex, X86_UNLOCK},
    {"pthread_spin_trylock", x86_mutex, X86_TRY},
    {"pthread_mutexattr_init", x86_attribute, X86_INIT},
    {"pthread_mutexattr_settype", x86_attribute, X86_SET_TYPE},
    {"pthread_mutexattr_destroy", nothing, 0},
    {"pthread_cond_init", x86_condition_variable, X86_INIT},
    {"pthread_cond_destroy", x86_condition_variable, X86_DESTROY},
    {"pthread_cond_wait", x86_condition_variable, X86_WAIT},
    {"pthread_cond_timedwait", x86_condition_variable, X86_WAIT_TIMED},
    {"pthread_cond_clockwait", x86_condition_variable, X86_WAIT_TIMED},
    {"pthread_cond_signal", x86_condition_variable, X86_SIGNAL},
    {"pthread_cond_broadcast", x86_condition_variable, X86_BROADCAST},
    {"pthread_rwlock_init", x86_rwlock, X86_INIT},
    {"pthread_rwlock_destroy", x86_rwlock, X86_DESTROY},
    {"pthread_rwlock_rdlock", x86_rwlock, X86_READ_LOCK},
    {"pthread_rwlock_wrlock", x86_rwlock, X86_LOCK},
    {"pthread_rwlock_tryrdlock", x86_rwlock, X86_TRY_READ},
    {"pthread_rwlock_trywrlock", x86_rwlock, X86_TRY},
    {"pthread_rwlock_unlock", x86_rwlock, X86_UNLOCK},
    {"pthread_barrier_init", x86_barrier, X86_INIT},
    {"pthread_barrier_destroy", x86_barrier, X86_DESTROY},
    {"pthread_barrier_wait", x86_barrier, X86_WAIT},
    {"sem_init", x86_semaphore, X86_INIT},
    {"sem_destroy", x86_semaphore, X86_DESTROY},
    {"sem_wait", x86_semaphore, X86_WAIT},
    {"sem_trywait", x86_semaphore, X86_TRY},
    {"sem_timedwait", x86_semaphore, X86_TRY},
    {"sem_clockwait", x86_semaphore, X86_TRY},
    {"sem_post", x86_semaphore, X86_POST},
    {"printf", x86_printf, 0},
    {"__printf_chk", x86_printf, 1},
    {"fprintf", x86_printf, 2},
    {"__fprintf_chk", x86_printf, 3},
    {"sprintf", x86_sprintf, 1},
    {"snprintf", x86_sprintf, 2},
    {"__sprintf_chk", x86_sprintf, 3},
    {"__snprintf_chk", x86_sprintf, 4},
    {"puts", x86_puts, 0},
    {"putchar", x86_putchar, 0},
    {"putc", x86_putchar, 1},
    {"fputc", x86_putchar, 1},
    {"fputs", x86_fputs, 0},
    {"fwrite", x86_fwrite, 0},
    {"fflush", nothing, 0},
    {"setbuf", nothing, 0},
    {"setvbuf", nothing, 0},
    {"perror", nothing, 0},
    {"malloc", x86_allocate, 0},
    {"calloc", x86_allocate, 1},
    {"free", nothing, 0},
    {"memset", x86_fill, 0},
    {"memcpy", x86_copy, 0},
    {"memmove", x86_copy, 0},
    {"strlen", x86_length, 0},
    {"sched_yield", pass_time, 1},
    {"pthread_yield", pass_time, 1},
    {"thrd_yield", pass_time, 1},
    {"sleep", pass_time, 0},
    {"usleep", pass_time, 0},
    {"nanosleep", pass_time, 0},
    {"rand", chance, 0},
    {"random", chance, 0},
    {"rand_r", chance, 0},
    {"lrand48", chance, 0},
    {"srand", nothing, 0},
    {"srandom", nothing, 0},
    {"srand48", nothing, 0},
    {"clock", chance, 0},
    {"getpid", chance, 0},
    {"gettid", chance, 0},
    {"time", tell_time, 8},
    {"gettimeofday", read_clock, 0},
    {"clock_gettime", read_clock, 1},
    {"timespec_get", read_base_time, 0},
    {"exit", exit_program, 0},
    {"_exit", exit_program, 0},
    {"quick_exit", exit_program, 0},
    {"abort", fail_program, 0},
    {"reach_error", fail_program, 0},
    {"__VERIFIER_error", fail_program, 0},
    {"__stack_chk_fail", fail_program, 0},
    {"__assert_fail", fail_assertion, 0},
    {"__VERIFIER_nondet_bool", choose, 1},
    {"__VERIFIER_assume", assume, 0},
    {"__VERIFIER_atomic_begin", atomic, 1},
    {"__VERIFIER_atomic_end", atomic, 0},
    {"pthread_equal", equal, 0},
    {"thrd_create", x86_create, 1},
    {"thrd_join", x86_join, 1},
    {"thrd_exit", x86_exit_thread, 1},
    {"thrd_current", x86_self, 0},
    {"mtx_init", x86_mutex, X86_INIT_TYPED},
    {"mtx_destroy", x86_mutex, X86_DESTROY},
    {"mtx_lock", x86_mutex, X86_LOCK},
    {"mtx_unlock", x86_mutex, X86_UNLOCK},
    {"mtx_trylock", x86_mutex, X86_TRY_TYPED},
    {"mtx_timedlock", x86_mutex, X86_TRY_TIMED_TYPED},
    {"cnd_init", x86_condition_variable, X86_INIT},
    {"cnd_destroy", x86_condition_variable, X86_DESTROY},
    {"cnd_wait", x86_condition_variable, X86_WAIT},
    {"cnd_timedwait", x86_condition_variable, X86_WAIT_TIMED_TYPED},
    {"cnd_signal", x86_condition_variable, X86_SIGNAL},
    {"cnd_broadcast", x86_condition_variable, X86_BROADCAST},
    {"_Znwm", x86_allocate, 0},
    {"_Znam", x86_allocate, 0},
    {"_ZdlPv", nothing, 0},
    {"_ZdlPvm", nothing, 0},
    {"_ZdaPv", nothing, 0},
    {"_ZdaPvm", nothing, 0},
    {"_ZNSt6thread6_StateD2Ev", nothing, 0},
    {"_ZNSt18condition_variableC1Ev", nothing, 0},
    {"_ZNSt18condition_variableD1Ev", nothing, 0},
    {"_ZNSt6chrono3_V212steady_clock3nowEv", x86_clock, 0},
    {"_ZNSt6chrono3_V212system_clock3nowEv", x86_clock, 0},
    {"_ZNSt18condition_variable10notify_oneEv", x86_condition_variable, X86_SIGNAL},
    {"_ZNSt18condition_variable10notify_allEv", x86_condition_variable, X86_BROADCAST},
    {"_ZNSt8ios_base4InitC1Ev", nothing, 0},
    {"_ZNSt8ios_base4InitD1Ev", nothing, 0},
    {"_ZNSt8ios_base15sync_with_stdioEb", nothing, 0},
    {"_ZNSolsEs", x86_stream_number, 2},
    {"_ZNSolsEt", x86_stream_number, -2},
    {"_ZNSolsEi", x86_stream_number, 4},
    {"_ZNSolsEj", x86_stream_number, -4},
    {"_ZNSolsEl", x86_stream_number, 8},
    {"_ZNSolsEm", x86_stream_number, -8},
    {"_ZNSolsEx", x86_stream_number, 8},
    {"_ZNSolsEy", x86_stream_number, -8},
    {"_ZNSolsEb", x86_stream_number, -1},
    {"_ZNSo9_M_insertIlEERSoT_", x86_stream_number, 8},
    {"_ZNSo9_M_insertImEERSoT_", x86_stream_number, -8},
    {"_ZNSo9_M_insertIxEERSoT_", x86_stream_number, 8},
    {"_ZNSo9_M_insertIyEERSoT_", x86_stream_number, -8},
    {"_ZNSo9_M_insertIbEERSoT_", x86_stream_number, -1},
    {"_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc", x86_stream_text, 0},
    {"_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_c", x86_stream_text, 1},
    {"_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_a", x86_stream_text, 1},
    {"_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_h", x86_stream_text, 1},
    {"_ZNSolsEPFRSt8ios_baseS0_E", x86_stream_refuse, 0},
    {"_ZNSolsEd", x86_stream_refuse, 1},
    {"_ZNSolsEf", x86_stream_refuse, 1},
    {"_ZNSo9_M_insertIdEERSoT_", x86_stream_refuse, 1},
    {"_ZNSo3putEc", x86_stream_text, 1},
    {"_ZNSo5writeEPKcl", x86_stream_bytes, 0},
    {"_ZSt16__ostream_insertIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_PKS3_l", x86_stream_bytes, 0},
    {"_ZSt4endlIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_", x86_stream_end, 0},
    {"_ZSt5flushIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_", x86_stream_flush, 0},
    {"_ZNSo5flushEv", x86_stream_flush, 0},
    {"_ZSt9terminatev", fail_program, 0},
    {"__cxa_pure_virtual", fail_program, 0},
    {"racecheck_alone", be_alone, 0},
    {"racecheck_destructor", refuse_key, 0},
    {"racecheck_too_many_keys", refuse_key, 1},
    {"__VERIFIER_nondet_int", choose, -1},
    {"__VERIFIER_nondet_uint", choose, -1},
};

/* What is not covered by design, by how names begin. */
static const struct {
    const char *begins, *words;
} reasons[] = {
    {"__cxa_allocate_exception", "an exception is thrown (expected a program that throws none)"},
    {"__cxa_throw", "an exception is thrown (expected a program that throws none)"},
    {"_ZNSt13__future_base", "std::async, futures and promises are not read (expected std::thread)"},
    {"_ZNSt7__cxx1112basic_string", "a std::string is changed (expected one that is made, copied, moved or printed)"},
    {"scanf", "what is read from outside is not known (expected values in the program)"},
    {"__isoc99_scanf", "what is read from outside is not known (expected values in the program)"},
    {"__isoc23_scanf", "what is read from outside is not known (expected values in the program)"},
    {"getchar", "what is read from outside is not known (expected values in the program)"},
    {"fgets", "what is read from outside is not known (expected values in the program)"},
    {"_ZNSirsER", "what is read from outside is not known (expected values in the program)"},
    {"fork", "another process is made (expected threads)"},
    {"pthread_cancel", "a thread is cancelled (expected a flag that it looks at)"},
};

static bool refuse_function(struct x86 *self, const struct gas_symbol *symbol)
{
    for (size_t r = 0; r < sizeof reasons / sizeof *reasons; r++) {
        size_t length = strlen(reasons[r].begins);
        if (symbol->length >= length && memcmp(symbol->name, reasons[r].begins, length) == 0)
            return x86_refuse(self, "%s", reasons[r].words);
    }
    char *name = x86_symbol_name(symbol);
    x86_refuse(self, "racecheck does not know what the function '%s' does", name);
    memory_free(name);
    return false;
}

bool x86_call_library(struct x86 *self, struct x86_state *state, const struct gas_symbol *symbol, bool is_tail)
{
    const struct row *row = NULL;
    for (size_t r = 0; r < sizeof rows / sizeof *rows && row == NULL; r++)
        if (strlen(rows[r].name) == symbol->length && memcmp(rows[r].name, symbol->name, symbol->length) == 0)
            row = &rows[r];
    if (row == NULL)
        return refuse_function(self, symbol);
    struct x86_call call = {row->name, row->number};
    if (!row->function(self, state, &call) || state->is_over)
        return false;
    clobber(state);
    return !is_tail || x86_return(self, state);
}
