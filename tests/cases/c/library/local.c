#include <pthread.h>
#include <stdio.h>
#include <threads.h>

static thread_local int own = 5, zero;
static __thread int table[4];
static int sums[2];

static int *address(void)
{
    return &own;
}

static void *worker(void *argument)
{
    for (int i = 0; i < 3; i++) {
        own++;
        table[i] = own;
    }
    *(int *)argument = *address() * 100 + table[0] + table[2] + zero;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    own = 1;
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, &sums[t]);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%d %d %d\n", sums[0], sums[1], own);
    return 0;
}
