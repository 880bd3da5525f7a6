#include <iostream>
#include <thread>

int counter;

static void worker()
{
    for (int i = 0; i < 10; i++)
        counter++;
}

int main()
{
    std::thread first(worker), second(worker);
    first.join();
    second.join();
    std::cout << counter << '\n';
}
