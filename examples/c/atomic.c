#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int counter;

static void *worker(void *argument)
{
    for (int i = 0; i < 10; i++)
        counter++; /* one locked instruction */
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, NULL);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%d\n", counter);
    return 0;
}
