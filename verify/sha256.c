#include "verify/sha256.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 64 };

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static void expand(uint32_t schedule[ROUNDS], const unsigned char *block)
{
    for (unsigned i = 0; i < 16; i++, block += 4)
        schedule[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (unsigned i = 16; i < ROUNDS; i++) {
        uint32_t a = schedule[i - 15], b = schedule[i - 2];
        schedule[i] = schedule[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + schedule[i - 7] +
                      (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

/* The words of the state, one round further. They change places instead of moving: what was `a` is now called `b`. */
static void turn(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g, uint32_t *h,
                 uint32_t word)
{
    uint32_t chosen = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    uint32_t first = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + word;
    *d += first;
    *h = first + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
}

static void compress(uint32_t state[SHA256_STATE], const unsigned char *block)
{
    uint32_t w[ROUNDS];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    expand(w, block);
    for (unsigned i = 0; i < ROUNDS; i += SHA256_STATE) {
        turn(a, b, c, &d, e, f, g, &h, constants[i] + w[i]);
        turn(h, a, b, &c, d, e, f, &g, constants[i + 1] + w[i + 1]);
        turn(g, h, a, &b, c, d, e, &f, constants[i + 2] + w[i + 2]);
        turn(f, g, h, &a, b, c, d, &e, constants[i + 3] + w[i + 3]);
        turn(e, f, g, &h, a, b, c, &d, constants[i + 4] + w[i + 4]);
        turn(d, e, f, &g, h, a, b, &c, constants[i + 5] + w[i + 5]);
        turn(c, d, e, &f, g, h, a, &b, constants[i + 6] + w[i + 6]);
        turn(b, c, d, &e, f, g, h, &a, constants[i + 7] + w[i + 7]);
    }
    const uint32_t sum[SHA256_STATE] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < SHA256_STATE; i++)
        state[i] += sum[i];
}

struct sha256 sha256_start(void)
{
    return (struct sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *self, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    while (length > 0) {
        size_t used = self->length % SHA256_BLOCK, taken = SHA256_BLOCK - used;
        taken = taken < length ? taken : length;
        memcpy(self->block + used, at, taken);
        if (used + taken == SHA256_BLOCK)
            compress(self->state, self->block);
        self->length += taken;
        at += taken;
        length -= taken;
    }
}

/* Behind the last bytes stand a one bit, zeros, and the length in bits, which end a block. */
void sha256_end(struct sha256 *self, char digits[SHA256_DIGITS + 1])
{
    const unsigned char one = 0x80, zero = 0;
    unsigned char bits[8];
    for (unsigned i = 0; i < 8; i++)
        bits[7 - i] = (unsigned char)(self->length * 8 >> 8 * i);
    sha256_add(self, &one, 1);
    while (self->length % SHA256_BLOCK != SHA256_BLOCK - sizeof bits)
        sha256_add(self, &zero, 1);
    sha256_add(self, bits, sizeof bits);
    for (unsigned i = 0; i < SHA256_STATE; i++)
        snprintf(digits + 8 * i, 9, "%08x", self->state[i]);
}
