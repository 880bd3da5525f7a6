/* Which text is printed depends on another thread, behind a number that does, too: each is printed once. */
#include <pthread.h>
#include <stdio.h>

static int count;
static const char *name = "nobody";
static char letter = '-';

static void *worker(void *argument)
{
    count++;
    name = "worker";
    letter = 'W';
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    printf("%d %s", count, name);
    putchar(letter);
    puts(name);
    pthread_join(thread, NULL);
    return 0;
}
