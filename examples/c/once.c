#include <pthread.h>
#include <stdio.h>

static int ready, value; /* C promises nothing of what is neither atomic nor locked; x86 keeps stores in order */
static int seen[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Who finds it ready takes no lock. */
static int get(void)
{
    if (!ready) {
        pthread_mutex_lock(&lock);
        if (!ready) {
            value = 42;
            ready = 1;
        }
        pthread_mutex_unlock(&lock);
    }
    return value;
}

static void *worker(void *argument)
{
    seen[(long)argument] = get();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (long t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, (void *)t);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%d %d\n", seen[0], seen[1]);
    return 0;
}
