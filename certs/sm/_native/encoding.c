/* Strict DER of SM2Signature and SM2Cipher. Everything here is public; time depends on lengths and values freely. */
#include "encoding.h"

#include <string.h>

enum { INTEGER = 0x02, OCTET_STRING = 0x04, SEQUENCE = 0x30 };

typedef struct {
    const uint8_t *next, *end;
} reader;

/* Take one element with a shortest length of at most three octets; returns 0 when it is not there. */
static int take(reader *from, uint8_t tag, reader *content)
{
    size_t left = (size_t)(from->end - from->next), length, used = 2;
    const uint8_t *at = from->next;
    if (left < 2 || at[0] != tag)
        return 0;
    length = at[1];
    if (length >= 0x80) {
        size_t octets = length & 0x7f;
        if (octets == 0 || octets > 3 || left < 2 + octets)
            return 0;
        length = 0;
        for (size_t i = 0; i < octets; i++)
            length = length << 8 | at[2 + i];
        if (length < 0x80 || length >> (8 * (octets - 1)) == 0)
            return 0;
        used += octets;
    }
    if (left - used < length)
        return 0;
    content->next = at + used;
    content->end = content->next + length;
    from->next = content->end;
    return 1;
}

/* Take a non-negative INTEGER of at most 256 bits in its fewest octets. */
static int take_number(reader *from, uint8_t out[32])
{
    reader content;
    if (!take(from, INTEGER, &content))
        return 0;
    size_t size = (size_t)(content.end - content.next);
    const uint8_t *at = content.next;
    if (size == 0 || size > 33 || at[0] & 0x80)
        return 0;
    if (at[0] == 0 && size > 1) {
        if (!(at[1] & 0x80))
            return 0;
        at++, size--;
    }
    if (size > 32)
        return 0;
    memset(out, 0, 32 - size);
    memcpy(out + 32 - size, at, size);
    return 1;
}

/* Octets of the content of an INTEGER. */
static size_t number_size(const uint8_t number[32])
{
    size_t zeros = 0;
    while (zeros < 31 && number[zeros] == 0)
        zeros++;
    return 32 - zeros + (number[zeros] >> 7);
}

static uint8_t *put_number(uint8_t *out, const uint8_t number[32])
{
    size_t size = number_size(number);
    *out++ = INTEGER;
    *out++ = (uint8_t)size;
    if (size == 33) {
        *out++ = 0;
        size = 32;
    }
    memcpy(out, number + 32 - size, size);
    return out + size;
}

/* Octets of tag and length, for lengths below 2^24. */
static size_t head_size(size_t length) { return length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5; }

static uint8_t *put_head(uint8_t *out, uint8_t tag, size_t length)
{
    size_t octets = head_size(length) - 2;
    *out++ = tag;
    *out++ = (uint8_t)(octets ? 0x80 | octets : length);
    for (size_t i = octets; i > 0; i--)
        *out++ = (uint8_t)(length >> (8 * (i - 1)));
    return out;
}

size_t signature_write(uint8_t out[SIGNATURE_MAX], const uint8_t r[32], const uint8_t s[32])
{
    uint8_t *at = put_head(out, SEQUENCE, 4 + number_size(r) + number_size(s));
    at = put_number(at, r);
    at = put_number(at, s);
    return (size_t)(at - out);
}

int signature_read(uint8_t r[32], uint8_t s[32], const uint8_t *der, size_t size)
{
    reader all = {der, der + size}, pair;
    return take(&all, SEQUENCE, &pair) && all.next == all.end && take_number(&pair, r) && take_number(&pair, s) &&
           pair.next == pair.end;
}

static size_t cipher_content(const uint8_t point[64], size_t text)
{
    return 4 + number_size(point) + number_size(point + 32) + 34 + head_size(text) + text;
}

size_t cipher_size(const uint8_t point[64], size_t text)
{
    size_t content = cipher_content(point, text);
    return head_size(content) + content;
}

size_t cipher_write(uint8_t *out, const uint8_t point[64], const uint8_t check[32], size_t text)
{
    uint8_t *at = put_head(out, SEQUENCE, cipher_content(point, text));
    at = put_number(at, point);
    at = put_number(at, point + 32);
    at = put_head(at, OCTET_STRING, 32);
    memcpy(at, check, 32);
    return (size_t)(put_head(at + 32, OCTET_STRING, text) - out);
}

int cipher_read(cipher *out, const uint8_t *der, size_t size)
{
    reader all = {der, der + size}, parts, check, text;
    if (!take(&all, SEQUENCE, &parts) || all.next != all.end || !take_number(&parts, out->point) ||
        !take_number(&parts, out->point + 32) || !take(&parts, OCTET_STRING, &check) ||
        !take(&parts, OCTET_STRING, &text) || parts.next != parts.end)
        return 0;
    if (check.end - check.next != 32 || text.end == text.next)
        return 0;
    memcpy(out->check, check.next, 32);
    out->text = text.next;
    out->size = (size_t)(text.end - text.next);
    return 1;
}
