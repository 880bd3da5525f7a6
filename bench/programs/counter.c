/* Three threads count to seven each, without a lock. */
#include <pthread.h>
#include <stdio.h>

int counter;

static void *worker(void *argument)
{
    for (int i = 0; i < 7; i++)
        counter++;
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int t = 0; t < 3; t++)
        pthread_create(&threads[t], NULL, worker, NULL);
    for (int t = 0; t < 3; t++)
        pthread_join(threads[t], NULL);
    printf("%d\n", counter);
    return 0;
}
