/* Each thread has a pointer of its own for a key; what it leads to is shared by nobody, and what they add it to is. */
#include <pthread.h>
#include <stdio.h>

static pthread_key_t key, other;
static int sum;

static void add(void)
{
    sum += *(int *)pthread_getspecific(key);
}

static void *worker(void *argument)
{
    pthread_setspecific(key, argument);
    if (pthread_getspecific(other) == NULL)
        add();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int values[2] = {1, 2};
    pthread_key_create(&key, NULL);
    pthread_key_create(&other, NULL);
    pthread_setspecific(other, &sum);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, worker, &values[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", sum);
    return 0;
}
