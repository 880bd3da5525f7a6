#include <stdio.h>
#include <threads.h>

static mtx_t lock;
static int counter;

static int worker(void *argument)
{
    mtx_lock(&lock);
    counter += (int)(long)argument;
    mtx_unlock(&lock);
    return counter > 0;
}

int main(void)
{
    thrd_t threads[10];
    int result, sum = 0;
    mtx_init(&lock, mtx_plain);
    for (long t = 0; t < 10; t++)
        if (t < 2 && thrd_create(&threads[t], worker, (void *)(t + 1)) != thrd_success)
            return 1;
    for (int t = 0; t < 2; t++) {
        thrd_join(threads[t], &result);
        sum += result;
    }
    printf("%d %d\n", counter, sum);
    return 0;
}
