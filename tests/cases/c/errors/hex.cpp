#include <iostream>

int main()
{
    std::cout << std::hex << 255 << '\n';
}
