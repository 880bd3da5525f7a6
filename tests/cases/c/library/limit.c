/* The time of a wait can be over at any moment before the signal comes, and need not be. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t c = PTHREAD_COND_INITIALIZER;
int ready, result;
void *waiter(void *p)
{
    struct timespec limit = {0, 0};
    int r = 0;
    pthread_mutex_lock(&m);
    while (!ready && r == 0)
        r = pthread_cond_timedwait(&c, &m, &limit);
    result = r == ETIMEDOUT ? 2 : 1;
    pthread_mutex_unlock(&m);
    return 0;
}
void *setter(void *p)
{
    pthread_mutex_lock(&m);
    ready = 1;
    pthread_cond_signal(&c);
    pthread_mutex_unlock(&m);
    return 0;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, 0, waiter, 0);
    pthread_create(&b, 0, setter, 0);
    pthread_join(a, 0);
    pthread_join(b, 0);
    printf("%d %d\n", result, ready);
    return 0;
}
