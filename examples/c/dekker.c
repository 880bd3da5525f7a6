#include <pthread.h>
#include <stdio.h>

volatile int wants[2];
volatile int turn;
int counter;

/* Dekker's lock: the first that needs nothing but loads and stores, as long as each store reaches memory at once. */
static void *worker(void *argument)
{
    int me = (int)(long)argument, other = 1 - me;
    wants[me] = 1;
    while (wants[other])
        if (turn == other) {
            wants[me] = 0;
            while (turn == other)
                ;
            wants[me] = 1;
        }
    counter++;
    turn = other;
    wants[me] = 0;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (long t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, (void *)t);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%d\n", counter);
    return 0;
}
