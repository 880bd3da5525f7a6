#include <stdio.h>

int main(void)
{
    int halves = 3;
    double half = halves / 2.0;
    printf("%d\n", half > 1);
    return 0;
}
