// "-2\n1\n" "-21\n\n" "1\n-2\n" "1-2\n\n"
#include <iostream>
#include <thread>

static void say(long number)
{
    std::cout << number << "\n";
}

int main()
{
    std::thread first(say, 1), second(say, -2L);
    first.join();
    second.join();
}
