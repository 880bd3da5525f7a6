/* Nobody signals, so the time of the wait is over at last; who tries a mutex for some time is late where another one has it. */
#include <stdio.h>
#include <threads.h>
mtx_t m;
cnd_t c;
int waited, locked;

int wait(void *unused)
{
    struct timespec limit = {0, 0};
    (void)unused;
    mtx_lock(&m);
    waited = cnd_timedwait(&c, &m, &limit) == thrd_timedout;
    mtx_unlock(&m);
    return 0;
}

int try(void *unused)
{
    struct timespec limit = {0, 0};
    (void)unused;
    int result = mtx_timedlock(&m, &limit);
    locked = result == thrd_success ? 1 : result == thrd_timedout ? 2 : 3;
    if (result == thrd_success)
        mtx_unlock(&m);
    return 0;
}

int main(void)
{
    thrd_t a, b;
    mtx_init(&m, mtx_timed);
    cnd_init(&c);
    thrd_create(&a, wait, 0);
    thrd_create(&b, try, 0);
    thrd_join(a, 0);
    thrd_join(b, 0);
    printf("%d %d\n", waited, locked);
    return 0;
}
