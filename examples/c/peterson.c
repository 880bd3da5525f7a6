#include <pthread.h>
#include <stdio.h>

volatile int flag[2];
volatile int turn;
int counter;

static void *worker(void *argument)
{
    int me = (int)(long)argument, other = 1 - me;
    flag[me] = 1;
    turn = other;
    while (flag[other] && turn == other)
        ;
    counter++;
    flag[me] = 0;
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
