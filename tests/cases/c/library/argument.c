/* A thread is handed the address of the loop's variable: what it finds there depends on how far main is. main alone writes it. */
#include <pthread.h>
#include <stdio.h>

static void *worker(void *argument)
{
    printf("%d\n", *(int *)argument);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, worker, &i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
