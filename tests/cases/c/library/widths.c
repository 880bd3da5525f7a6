/* Numbers that depend on the other threads, as printf fills them up. */
#include <pthread.h>
#include <stdio.h>

static volatile int number;
static unsigned char small;
static long large;

static void *worker(void *argument)
{
    number = *(int *)argument;
    small = (unsigned char)number;
    large = number * 1000000000L;
    return NULL;
}

int main(void)
{
    static int numbers[] = {0, 7, -7, 10, 99, 100, -99, -100, 12345, -12345, 2147483647, -2147483647 - 1};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, worker, &numbers[i]);
        pthread_join(thread, NULL);
        printf("%3d|%-4d|%05d|%+d|% d|%+6d", number, number, number, number, number, number);
        printf("%5u|%.3d|%6.3d|%-6.3d|%1d|%03u|", number, number, number, number, number, small);
        printf("%3d,%12ld,%-22ld,%022ld,%020d\n", small, large, large, large, number);
        printf("%x|%X|%o|%#x|%08x|%-9x|%#10X|%4o", number, number, number, number, number, number, number, number);
        printf("%hhx|%hx|%lx|%20lx|%#lx|%lo|%15lo|%lu|%18lu", number, number, large, large, large, large, large, large, large);
        printf("%c%3c%-3c%s\n", 'a' + small % 26, 'A' + small % 26, '!' + small % 26, small > 50 ? "large" : "small");
        putchar('0' + small % 10);
    }
    return 0;
}
