#include <pthread.h>
#include <stdio.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int inits, value, seen[2];

static void initialise(void)
{
    inits++;
    value = 7;
}

static void *worker(void *argument)
{
    pthread_once(&once, initialise);
    *(int *)argument = value;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, &seen[t]);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%d %d %d\n", inits, seen[0], seen[1]);
    return 0;
}
