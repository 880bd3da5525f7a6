/* sha256: the checksum of FIPS 180-4. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { SHA256_DIGITS = 64, SHA256_BLOCK = 64, SHA256_STATE = 8 };

/* A checksum under way. */
struct sha256 {
    uint32_t state[SHA256_STATE];
    unsigned char block[SHA256_BLOCK]; /* the last bytes, not enough for a block */
    uint64_t length;                   /* of all bytes so far */
};

struct sha256 sha256_start(void);
void sha256_add(struct sha256 *self, const void *bytes, size_t length);

/* Writes the checksum as hexadecimal digits and a NUL. */
void sha256_end(struct sha256 *self, char digits[SHA256_DIGITS + 1]);
