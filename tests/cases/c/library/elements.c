/* The element that a thread takes depends on the others: it is a whole one, whatever its parts are. */
#include <pthread.h>
#include <stdio.h>

struct list {
    struct list *next;
    int value;
};

static struct list nodes[4], *head;
static struct triple {
    int first, second, third;
} triples[2];
static int used, filled;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *add(void *argument)
{
    pthread_mutex_lock(&lock);
    struct list *node = &nodes[used++];
    node->value = *(int *)argument;
    node->next = head;
    head = node;
    struct triple *triple = &triples[filled++];
    triple->first = node->value;
    triple->third = used;
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t a, b;
    int one = 10, other = 20;
    pthread_create(&a, NULL, add, &one);
    pthread_create(&b, NULL, add, &other);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    for (struct list *node = head; node != NULL; node = node->next)
        printf("%d ", node->value);
    printf("%d %d\n", triples[0].first, triples[1].third);
    return 0;
}
