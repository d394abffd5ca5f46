/* The inner functions of the native SM2, opened for tests: arrays of numbers in, arrays of numbers out. */
#include "sm2.h"

#define EXPORT __attribute__((visibility("default")))

enum { MUL, SQR, ADD, SUB, INVERT, ENTER, LEAVE, ORDER_MUL, ORDER_ADD, ORDER_SUB, ORDER_REDUCE };

EXPORT const char *harness_carries(void) { return SM2_CARRIES; }

EXPORT void harness_start(void) { curve_start(); }

/* One operation over many pairs; numbers are four limbs, least significant first. */
EXPORT void harness_many(int operation, size_t count, const uint64_t (*a)[4], const uint64_t (*b)[4],
                         uint64_t (*out)[4])
{
    for (size_t i = 0; i < count; i++) {
        switch (operation) {
        case MUL: field_mul(out[i], a[i], b[i]); break;
        case SQR: field_sqr(out[i], a[i]); break;
        case ADD: field_add(out[i], a[i], b[i]); break;
        case SUB: field_sub(out[i], a[i], b[i]); break;
        case INVERT: field_invert(out[i], a[i]); break;
        case ENTER: field_enter(out[i], a[i]); break;
        case LEAVE: field_leave(out[i], a[i]); break;
        case ORDER_MUL: order_mul(out[i], a[i], b[i]); break;
        case ORDER_ADD: order_add(out[i], a[i], b[i]); break;
        case ORDER_SUB: order_sub(out[i], a[i], b[i]); break;
        case ORDER_REDUCE: order_reduce(out[i], a[i]); break;
        }
    }
}

/* Products of 512 bits, and what the reduction makes of any 512 bits below p * 2^256. */
EXPORT void harness_multiply(size_t count, const uint64_t (*a)[4], const uint64_t (*b)[4], uint64_t (*out)[8])
{
    for (size_t i = 0; i < count; i++)
        num_multiply(out[i], a[i], b[i]);
}

EXPORT void harness_square(size_t count, const uint64_t (*a)[4], uint64_t (*out)[8])
{
    for (size_t i = 0; i < count; i++)
        num_square(out[i], a[i]);
}

EXPORT void harness_reduce(size_t count, const uint64_t (*t)[8], uint64_t (*out)[4])
{
    for (size_t i = 0; i < count; i++)
        field_reduce(out[i], t[i]);
}

EXPORT void harness_base_times(const uint8_t scalar[32], uint8_t point[64])
{
    num number;
    affine found;
    num_read(number, scalar);
    curve_base_times(&found, number);
    curve_write(point, &found);
}

EXPORT int harness_times(const uint8_t point[64], const uint8_t scalar[32], uint8_t out[64])
{
    num number;
    affine found;
    if (!curve_read(&found, point))
        return 0;
    num_read(number, scalar);
    curve_times(&found, &found, number);
    curve_write(out, &found);
    return 1;
}

/* s G + t P by the small tables or by the comb; returns 0 at infinity. */
EXPORT int harness_sum(const uint8_t s[32], const uint8_t t[32], const uint8_t point[64], int by_comb, uint8_t out[64])
{
    static comb table;
    num first, second, inverse;
    affine key, found;
    jacobian sum;
    if (!curve_read(&key, point))
        return 0;
    num_read(first, s);
    num_read(second, t);
    if (by_comb)
        curve_comb(&table, &key);
    curve_sum(&sum, first, second, &key, by_comb ? &table : NULL);
    if (num_mask_zero(sum.z))
        return 0;
    field_invert(inverse, sum.z);
    field_sqr(found.y, inverse);
    field_mul(found.x, sum.x, found.y);
    field_mul(found.y, found.y, inverse);
    field_mul(found.y, found.y, sum.y);
    curve_write(out, &found);
    return 1;
}

/* Sign with a given nonce; returns the length of the DER, 0 when the nonce or key is refused. */
EXPORT size_t harness_sign(const uint8_t scalar[32], const uint8_t e[32], const uint8_t nonce[32], uint8_t *der)
{
    private_key key;
    num number;
    uint8_t r[32], s[32];
    if (private_key_read(&key, scalar) != SM2_DONE)
        return 0;
    num_read(number, nonce);
    return sm2_sign_with(&key, e, number, r, s) == SM2_DONE ? signature_write(der, r, s) : 0;
}

/* Encrypt with a given nonce; returns the length of the DER, 0 for a key stream of zeros. */
EXPORT size_t harness_encrypt(const uint8_t point[64], const uint8_t nonce[32], const uint8_t *plain, size_t size,
                              uint8_t *der)
{
    public_key key;
    num number;
    uint8_t first[64];
    if (public_key_read(&key, point) != SM2_DONE)
        return 0;
    num_read(number, nonce);
    harness_base_times(nonce, first);
    return sm2_encrypt_with(&key, number, first, plain, size, der) == SM2_DONE ? cipher_size(first, size) : 0;
}

EXPORT void harness_sm3(const uint8_t *data, size_t size, uint8_t digest[32])
{
    sm3 running;
    sm3_start(&running);
    for (size_t part = 0; size; data += part, size -= part) {
        part = size < 37 ? size : 37; /* across block borders */
        sm3_update(&running, data, part);
    }
    sm3_finish(&running, digest);
}

EXPORT void harness_hmac(const uint8_t key[32], const uint8_t *data, size_t size, uint8_t digest[32])
{
    hmac keyed;
    hmac_key(&keyed, key);
    hmac_digest(&keyed, data, size, digest);
}
