int numbers[16];

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 16; i++)
        sum += numbers[i];
    return sum;
}
