#include "report/json_writer.h"

#include "base/json_text.h"
#include "base/memory.h"
#include "base/number.h"

#include <inttypes.h>
#include <jansson.h>

enum { REAL_DIGITS = 6 };

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (UINT64_C(1) << 53)

void json_begin(struct json_writer *self, const char *key)
{
    if (self->flat_depth > 0)
        fputs(self->is_first ? "" : ", ", self->stream);
    else if (self->depth > 0)
        fprintf(self->stream, "%s%*s", self->is_first ? "\n" : ",\n", (int)(JSON_INDENT * self->depth), "");
    if (key != NULL)
        json_text_print(self->stream, "%s: ", key);
    self->is_first = false;
}

void json_put_word(struct json_writer *self, const char *key, const char *word)
{
    json_begin(self, key);
    fputs(word, self->stream);
}

void json_put_null(struct json_writer *self, const char *key)
{
    json_put_word(self, key, "null");
}

void json_put_boolean(struct json_writer *self, const char *key, bool is_true)
{
    json_put_word(self, key, is_true ? "true" : "false");
}

void json_put_string(struct json_writer *self, const char *key, const char *bytes)
{
    if (bytes == NULL) {
        json_put_null(self, key);
        return;
    }
    json_begin(self, key);
    json_text_write_string(self->stream, bytes);
}

void json_put_taken(struct json_writer *self, const char *key, char *bytes)
{
    json_put_string(self, key, bytes);
    memory_free(bytes);
}

void json_put_integer(struct json_writer *self, const char *key, int64_t number)
{
    json_begin(self, key);
    json_text_write_integer(self->stream, number);
}

void json_put_big_count(struct json_writer *self, const char *key, const mpz_t number)
{
    char *digits = number_exact(number);
    (mpz_cmp_d(number, EXACT_MAX) <= 0 ? json_put_word : json_put_string)(self, key, digits);
    memory_free(digits);
}

void json_put_count(struct json_writer *self, const char *key, uint64_t number)
{
    const char *quote = number <= EXACT_MAX ? "" : "\"";
    json_begin(self, key);
    fprintf(self->stream, "%s%" PRIu64 "%s", quote, number, quote);
}

void json_put_count_or_null(struct json_writer *self, const char *key, bool is_known, uint64_t number)
{
    if (is_known)
        json_put_count(self, key, number);
    else
        json_put_null(self, key);
}

void json_put_exact(struct json_writer *self, const char *key, bool is_known, const mpz_t number)
{
    json_put_taken(self, key, is_known ? number_exact(number) : NULL);
}

void json_put_real(struct json_writer *self, const char *key, double number)
{
    json_t *value = json_real(number);
    json_begin(self, key);
    json_dumpf(value, self->stream, JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));
    json_decref(value);
}

void json_put_properties(struct json_writer *self, const struct property *properties, size_t property_count)
{
    for (size_t i = 0; i < property_count; i++)
        if (properties[i].is_number)
            json_put_integer(self, properties[i].name, properties[i].number);
        else
            json_put_string(self, properties[i].name, properties[i].text);
}

void json_open(struct json_writer *self, const char *key, char bracket)
{
    json_begin(self, key);
    fputc(bracket, self->stream);
    self->depth++;
    self->is_first = true;
}

void json_open_flat(struct json_writer *self, const char *key, char bracket)
{
    json_open(self, key, bracket);
    self->flat_depth++;
}

void json_close(struct json_writer *self, char bracket)
{
    self->depth--;
    if (self->flat_depth > 0)
        self->flat_depth--;
    else if (!self->is_first)
        fprintf(self->stream, "\n%*s", (int)(JSON_INDENT * self->depth), "");
    fputc(bracket, self->stream);
    self->is_first = false;
}

void json_put_format(struct json_writer *self, const char *format)
{
    json_put_string(self, "format", format);
    json_put_integer(self, "version", 1);
}

bool json_open_if(struct json_writer *self, bool is_there, json_opener *open, const char *key, char bracket)
{
    if (is_there)
        open(self, key, bracket);
    else
        json_put_null(self, key);
    return is_there;
}
