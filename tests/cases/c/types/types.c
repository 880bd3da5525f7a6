#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

enum colour { RED, GREEN = 3000000000 };

struct item {
    short weight;
    struct {
        unsigned char tag;
        int values[2];
    } inner;
};

unsigned big = 4000000000;
unsigned char byte = 200;
signed char little = -3;
int negative = -7;
bool flag;
atomic_uint counted = 3000000000;
enum colour colour = GREEN;
int grid[2][3];
struct item items[2];
static unsigned short hidden = 65535;

static void *worker(void *argument)
{
    big++;
    byte++;
    little--;
    negative--;
    flag = true;
    counted++;
    grid[1][2] = -1;
    items[1].weight = -2;
    items[1].inner.tag = 255;
    items[1].inner.values[1] = 9;
    hidden--;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    pthread_join(thread, NULL);
    printf("%u %d %d %d %d %u %u %d %d %d %d %d\n", big, byte, little, negative, flag, counted, (unsigned)colour, grid[1][2],
           items[1].weight, items[1].inner.tag, items[1].inner.values[1], hidden);
    return 0;
}
