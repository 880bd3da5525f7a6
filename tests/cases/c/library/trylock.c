#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int taken;

static void *worker(void *argument)
{
    if (pthread_mutex_trylock(&lock) == 0) {
        taken++;
        assert(taken == 1);
        taken--;
        pthread_mutex_unlock(&lock);
    } else
        puts("busy");
    return NULL;
}

int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, worker, NULL);
    pthread_create(&b, NULL, worker, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    puts("end");
    return 0;
}
