/* As many rounds as another thread says: one of two numbers that are stored, and then one that is computed. */
#include <pthread.h>
#include <stdio.h>

static int given = 2, computed = 1, first, second;

static void *set(void *argument)
{
    given = 3;
    computed++;
    return NULL;
}

static void *go_round(void *argument)
{
    int rounds = given;
    for (int i = 0; i < rounds; i++)
        first += i;
    for (int i = 0; i != computed; i++)
        second++;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, set, NULL);
    pthread_create(&threads[1], NULL, go_round, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("%d %d\n", first, second);
    return 0;
}
