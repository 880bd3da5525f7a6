#include <iostream>
#include <random>

int main()
{
    std::random_device device;
    std::cout << device() << '\n';
}
