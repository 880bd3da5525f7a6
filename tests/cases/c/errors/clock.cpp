#include <chrono>
#include <iostream>
int main()
{
    auto start = std::chrono::steady_clock::now();
    std::cout << (start == std::chrono::steady_clock::now()) << '\n';
}
