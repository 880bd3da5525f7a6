#include <pthread.h>
#include <stdio.h>

/* buffer.c with the classical mistake: who was woken does not look again whether there is something. A second consumer may have taken
 * it meanwhile. */
static int item, count, sum;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;

static void *producer(void *argument)
{
    for (int i = 1; i <= 2; i++) {
        pthread_mutex_lock(&lock);
        while (count == 1)
            pthread_cond_wait(&not_full, &lock);
        item = i;
        count++;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void *consumer(void *argument)
{
    pthread_mutex_lock(&lock);
    if (count == 0) /* while */
        pthread_cond_wait(&not_empty, &lock);
    sum += item;
    count--;
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, producer, NULL);
    pthread_create(&threads[1], NULL, consumer, NULL);
    pthread_create(&threads[2], NULL, consumer, NULL);
    for (int t = 0; t < 3; t++)
        pthread_join(threads[t], NULL);
    printf("%d\n", sum);
    return 0;
}
