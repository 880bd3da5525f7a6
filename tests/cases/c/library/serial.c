#include <pthread.h>
#include <stdio.h>

static pthread_barrier_t barrier;
static int serial[2][2];

static void *worker(void *argument)
{
    int *own = argument;
    for (int round = 0; round < 2; round++)
        own[round] = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_barrier_init(&barrier, NULL, 2);
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, serial[t]);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%d%d %d%d\n", serial[0][0], serial[0][1], serial[1][0], serial[1][1]);
    return 0;
}
