/* number: exact numbers as text, and integers from text.
 *
 * The only place that turns GMP's numbers into characters. Documents get them exact; people get them short, with
 * three rules: what is not zero never reads "0 %", what is not all never reads "100 %", and a number too long to read
 * is told by its first digits and how many there are. No function here keeps anything; strings that are returned are
 * new. */
#pragma once

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns all decimal digits as new. */
char *number_exact(const mpz_t number);

/* Returns "NUMERATOR/DENOMINATOR" as new, "1/1" for one; the fraction is in lowest terms. */
char *number_fraction(const mpq_t fraction);

/* Returns all digits in groups as new: "118,264,581". */
char *number_grouped(const mpz_t number);
char *number_grouped_unsigned(uint64_t number);

/* Returns the grouped digits as new where they take at most `columns` (at least 10), else "4.832e+179". */
char *number_column(const mpz_t number, size_t columns);

/* Returns the grouped digits as new where there are at most `most` of them, else the same as number_readable(). */
char *number_full(const mpz_t number, size_t most);

/* Returns the grouped digits as new where there are at most 60 of them, else "4.8316... x 10^179 (180 digits)". */
char *number_readable(const mpz_t number);

/* Returns how much of whole a part is as new: "12.3 %", "1.1e-11 %", ">99.9 %". 0 <= part <= whole; "-" where whole
 * is 0. */
char *number_share(const mpz_t part, const mpz_t whole);

/* Returns a probability the same way. error bounds how far it is from the true one, and 0 says that it is exact; what is
 * not told apart from 0 or 1 reads "<1.3e-8 %" or ">99.9 %". */
char *number_probability(const mpq_t probability, double error);

/* Returns a probability for documents as new: a fraction where it is exact, else a decimal number with all the digits that a
 * double has. */
char *number_probability_exact(const mpq_t probability, double error);

/* The next number above a positive bound that has two digits: what is printed of a bound must not be below it. 0 for 0. */
double number_bound(double bound);

/* Returns a bound of a probability as new: "5.6e-8 %". */
char *number_bound_share(double bound);

/* Reads digits as programs and people write them, decimal or hexadecimal with 0x, at the very start of a text of a length. Returns how
 * many characters they are, 0 where there are none. *fits says whether *number has them all, or they are beyond 64 bits. */
size_t number_take_digits(const char *text, size_t length, uint64_t *number, bool *fits);

/* The same with a sign or none, of a text that ends. Returns what stands behind, or NULL where there is no number. */
const char *number_take_written(const char *text, int64_t *number, bool *fits);

/* Reads an integer of 64 bits, in decimal digits, at the very start of a text. Returns what stands behind it, or NULL where there is
 * none. */
const char *number_take(const char *text, int64_t *number);

/* Reads a text that is an integer of 64 bits, in decimal digits, and nothing else; false where it is none. */
bool number_read(const char *text, int64_t *number);

/* The decimal logarithm of a positive number. For drawing only. */
double number_logarithm(const mpz_t number);
double number_logarithm_fraction(const mpq_t fraction);
