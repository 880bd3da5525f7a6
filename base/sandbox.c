#include "base/sandbox.h"

#include "base/sanitized.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { STACK_BYTES = 64 << 20 };

/* Sets a limit, but never above one that is there already. The hard one may be a little more than the soft one. */
static bool limit(__rlimit_resource_t resource, uint64_t most, uint64_t grace)
{
    struct rlimit set;
    if (getrlimit(resource, &set) != 0)
        return false;
    rlim_t ceiling = set.rlim_max;
    rlim_t soft = ceiling < most ? ceiling : most, hard = ceiling < most + grace ? ceiling : most + grace;
    return setrlimit(resource, &(struct rlimit){soft, hard}) == 0;
}

/* The addresses that this process has already, from the first number of /proc/self/statm; a guess where there is none.
 * */
static uint64_t addresses_in_use(void)
{
    unsigned long long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "re");
    if (stream != NULL && fscanf(stream, "%llu", &pages) != 1)
        pages = 0;
    if (stream != NULL)
        fclose(stream);
    return pages > 0 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : UINT64_C(512) << 20;
}

/* Whoever passes the soft limit of processor time gets SIGXCPU, which says what happened; the hard one kills. */
static bool set_limits(const struct sandbox *self)
{
    uint64_t seconds = self->seconds > 1 ? (uint64_t)(self->seconds + 0.999) : 1;
    return limit(RLIMIT_CPU, seconds, 1) && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) &&
           limit(RLIMIT_NPROC, 0, 0) && limit(RLIMIT_STACK, STACK_BYTES, 0) &&
           (IS_SANITIZED || limit(RLIMIT_AS, addresses_in_use() + self->memory, 0));
}

/* What a computation needs: memory, time, reading and writing what is open. Looking for a file is answered by "no",
 * since libraries ask in passing (how many processors are there?); everything else ends the process. */
static bool set_filter(void)
{
    static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(writev),
        SCMP_SYS(close),
        SCMP_SYS(lseek),
        SCMP_SYS(fstat),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(futex),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(getrandom),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(sched_yield),
        SCMP_SYS(sysinfo),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
    };
    static const int refused[] = {
        SCMP_SYS(open),  SCMP_SYS(openat), SCMP_SYS(stat),      SCMP_SYS(newfstatat),
        SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(readlink),
        SCMP_SYS(ioctl), SCMP_SYS(fcntl),  SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
    };
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return false;
    bool is_good = true;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        is_good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        is_good &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0) == 0;
    /* No memory that could be executed, and no file behind it. */
    is_good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0;
    is_good &=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    /* abort() kills itself, which says more than a forbidden call. */
    is_good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0;
    is_good = is_good && (IS_SANITIZED || seccomp_load(filter) == 0);
    seccomp_release(filter);
    return is_good;
}

/* Order matters: the limits need /proc, the filter nothing. */
bool sandbox_enter(const struct sandbox *self)
{
    return set_limits(self) && prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           set_filter();
}
