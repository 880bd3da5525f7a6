/* gcc -O2 stores the pointer before what it leads to: whoever finds it without the lock can find what has not been set yet. The block is the
 * thread's own until another one has looked there. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct pair {
    int first, second;
};

static struct pair *instance;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct pair *get(void)
{
    if (instance == NULL) {
        pthread_mutex_lock(&lock);
        if (instance == NULL) {
            struct pair *made = malloc(sizeof *made);
            made->first = 1;
            made->second = 2;
            instance = made;
        }
        pthread_mutex_unlock(&lock);
    }
    return instance;
}

static void *worker(void *argument)
{
    struct pair *pair = get();
    printf("%d %d\n", pair->first, pair->second);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, worker, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
