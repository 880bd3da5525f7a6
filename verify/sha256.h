/* sha256: the checksum of FIPS 180-4, so that this program needs no library. */
#ifndef RACECHECK_VERIFY_SHA256_H
#define RACECHECK_VERIFY_SHA256_H

#include <stddef.h>

enum { SHA256_DIGITS = 64 };

/* Writes the SHA-256 of some bytes as 64 lower-case hexadecimal digits and a NUL. */
void sha256_digits(const void *bytes, size_t length, char digits[SHA256_DIGITS + 1]);

#endif
