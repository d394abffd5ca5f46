/* The SM2 scheme (GB/T 32918.2-2016 signature, GB/T 32918.4-2016 encryption) over digests and bytes.
 *
 * Secrets are the scalar, its kept inverse, every nonce, and the shared point with the key stream made of it. They meet
 * only arithmetic without branches and are wiped. What is declared SM2_PUBLIC leaves in the result anyway, or is a
 * refusal whose chance is below 2^-30.
 */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1
#endif
#include "sm2.h"

#include <unistd.h>
#if defined(__linux__)
#include <errno.h>
#include <sys/syscall.h>
#else
#include <sys/random.h>
#endif

/* Fill from the system's generator, which seeds itself anew after a fork. Returns 0 when there is none. */
static int system_random(uint8_t *out, size_t size)
{
#if defined(__linux__)
    /* The call itself: its wrapper is younger than the C library that wheels are built for. */
    for (;;) {
        long got = syscall(SYS_getrandom, out, size, 0);
        if (got == (long)size)
            return 1;
        if (got >= 0 || errno != EINTR)
            return 0;
    }
#else
    return getentropy(out, size) == 0;
#endif
}

/* Forget what the functions just left had on the stack: intermediate values that they did not wipe one by one. */
static __attribute__((noinline)) void wipe_stack(void)
{
    uint8_t space[8192];
    wipe(space, sizeof space);
}

/* All ones for 1 <= a < n. */
static uint64_t mask_scalar(const num a) { return ~num_mask_zero(a) & num_mask_less(a, ORDER_N); }

/* Draw a nonce, uniform between 1 and n-1: HMAC over `data` and fresh random bytes under the key, or the random bytes
   alone. With HMAC a weak generator still gives nonces that nobody can guess, distinct for distinct digests. */
static outcome draw(num nonce, const hmac *hedge, const uint8_t data[32])
{
    uint8_t seed[64];
    for (;;) {
        memcpy(seed, data, 32);
        if (!system_random(seed + 32, 32))
            return SM2_NO_RANDOM;
        SM2_SECRET(seed + 32, 32);
        if (hedge) {
            uint8_t drawn[32];
            hmac_digest(hedge, seed, sizeof seed, drawn);
            num_read(nonce, drawn);
            wipe(drawn, sizeof drawn);
        } else {
            num_read(nonce, seed + 32);
        }
        wipe(seed, sizeof seed);
        uint64_t good = mask_scalar(nonce);
        SM2_PUBLIC(&good, sizeof good);
        if (good)
            return SM2_DONE;
    }
}

outcome private_key_read(private_key *key, const uint8_t scalar[32])
{
    static const num one = {1, 0, 0, 0};
    num next;
    affine point;
    num_read(key->scalar, scalar);
    num_add(next, key->scalar, one); /* d + 1 <= n - 1; the one overflow, d = 2^256 - 1, is no scalar either */
    uint64_t good = mask_scalar(key->scalar) & mask_scalar(next);
    SM2_PUBLIC(&good, sizeof good);
    if (!good) {
        wipe(key, sizeof *key);
        return SM2_REFUSED;
    }
    order_invert(key->inverse, next);
    hmac_key(&key->hedge, scalar);
    curve_base_times(&point, key->scalar);
    curve_write(key->point, &point);
    SM2_PUBLIC(key->point, sizeof key->point);
    wipe(next, sizeof next);
    wipe_stack();
    return SM2_DONE;
}

outcome public_key_read(public_key *key, const uint8_t point[64])
{
    memcpy(key->bytes, point, 64);
    return curve_read(&key->point, point) ? SM2_DONE : SM2_REFUSED;
}

/* --- signature --------------------------------------------------------------------------------------------------- */

outcome sm2_sign_with(const private_key *key, const uint8_t e[32], const num nonce, uint8_t r[32], uint8_t s[32])
{
    affine point;
    num digest, x, sum, rr, ss;
    curve_base_times(&point, nonce);
    field_leave(x, point.x);
    order_reduce(x, x);
    num_read(digest, e);
    order_reduce(digest, digest);
    order_add(rr, digest, x);           /* r = e + x1 */
    order_add(sum, nonce, rr);          /* r + k, which must not be n */
    order_mul(ss, sum, key->inverse);   /* (k + r) / (1 + d) */
    order_sub(ss, ss, rr);              /* s = (k - r d) / (1 + d) = (k + r) / (1 + d) - r */
    uint64_t good = ~num_mask_zero(rr) & ~num_mask_zero(sum) & ~num_mask_zero(ss);
    num_write(r, rr);
    num_write(s, ss);
    wipe(&point, sizeof point);
    wipe(x, sizeof x);
    wipe(sum, sizeof sum);
    SM2_PUBLIC(&good, sizeof good);
    SM2_PUBLIC(r, 32);
    SM2_PUBLIC(s, 32);
    return good ? SM2_DONE : SM2_REFUSED;
}

outcome sm2_sign(const private_key *key, const uint8_t e[32], uint8_t der[SIGNATURE_MAX], size_t *size)
{
    uint8_t r[32], s[32];
    num nonce;
    outcome done;
    do {
        done = draw(nonce, &key->hedge, e);
        if (done == SM2_DONE)
            done = sm2_sign_with(key, e, nonce, r, s);
        wipe(nonce, sizeof nonce);
    } while (done == SM2_REFUSED);
    wipe_stack();
    if (done == SM2_DONE)
        *size = signature_write(der, r, s);
    return done;
}

outcome sm2_verify(const public_key *key, const comb *table, const uint8_t e[32], const uint8_t *der, size_t size)
{
    static const num order_gap = {0xac440bf6c62abedc, 0x8dfc2093de39fad5, 0, 0}; /* p - n */
    uint8_t r_bytes[32], s_bytes[32];
    num r, s, t, digest, x, zz, expected;
    jacobian sum;
    if (!signature_read(r_bytes, s_bytes, der, size))
        return SM2_REFUSED;
    num_read(r, r_bytes);
    num_read(s, s_bytes);
    if (!mask_scalar(r) || !mask_scalar(s))
        return SM2_REFUSED;
    order_add(t, r, s);
    if (num_mask_zero(t))
        return SM2_REFUSED;
    curve_sum(&sum, s, t, &key->point, table);
    if (num_mask_zero(sum.z))
        return SM2_REFUSED;
    /* Instead of dividing X by Z^2, ask whether one of the x below p with x = r - e mod n gives X. */
    num_read(digest, e);
    order_reduce(digest, digest);
    order_sub(x, r, digest);
    field_sqr(zz, sum.z);
    field_enter(expected, x);
    field_mul(expected, expected, zz);
    if (num_mask_equal(expected, sum.x))
        return SM2_DONE;
    if (!num_mask_less(x, order_gap))
        return SM2_REFUSED;
    num_add(x, x, ORDER_N);
    field_enter(expected, x);
    field_mul(expected, expected, zz);
    return num_mask_equal(expected, sum.x) ? SM2_DONE : SM2_REFUSED;
}

/* --- encryption -------------------------------------------------------------------------------------------------- */

/* out = in XOR the key stream of a shared point (KDF, 5.4.3); returns all ones when the whole stream was zero, which
   the caller must refuse. Leaks the length. */
static uint64_t apply_stream(const uint8_t shared[64], const uint8_t *in, uint8_t *out, size_t size)
{
    sm3 start, running;
    uint8_t block[32], counter[4];
    uint64_t any = 0;
    sm3_start(&start);
    sm3_update(&start, shared, 64);
    for (uint32_t count = 1; size; count++) {
        size_t part = size < 32 ? size : 32;
        for (int i = 0; i < 4; i++)
            counter[i] = (uint8_t)(count >> (24 - 8 * i));
        running = start;
        sm3_update(&running, counter, 4);
        sm3_finish(&running, block);
        for (size_t i = 0; i < part; i++) {
            any |= block[i];
            out[i] = in[i] ^ block[i];
        }
        in += part, out += part, size -= part;
    }
    wipe(&start, sizeof start);
    wipe(block, sizeof block);
    return mask_zero(any);
}

/* C3 = SM3(x2 || M || y2). Leaks the length. */
static void check_value(const uint8_t shared[64], const uint8_t *plain, size_t size, uint8_t check[32])
{
    sm3 running;
    sm3_start(&running);
    sm3_update(&running, shared, 32);
    sm3_update(&running, plain, size);
    sm3_update(&running, shared + 32, 32);
    sm3_finish(&running, check);
}

outcome sm2_encrypt_begin(num nonce, uint8_t first[64])
{
    static const uint8_t nothing[32] = {0};
    affine point;
    outcome done = draw(nonce, NULL, nothing);
    if (done != SM2_DONE)
        return done;
    curve_base_times(&point, nonce);
    curve_write(first, &point);
    SM2_PUBLIC(first, 64);
    wipe_stack();
    return SM2_DONE;
}

outcome sm2_encrypt_with(const public_key *key, const num nonce, const uint8_t first[64], const uint8_t *plain,
                         size_t size, uint8_t *der)
{
    uint8_t shared[64], check[32];
    affine point;
    curve_times(&point, &key->point, nonce);
    curve_write(shared, &point);
    check_value(shared, plain, size, check);
    SM2_PUBLIC(check, sizeof check);
    size_t head = cipher_write(der, first, check, size);
    uint64_t empty = apply_stream(shared, plain, der + head, size);
    SM2_PUBLIC(&empty, sizeof empty);
    SM2_PUBLIC(der + head, size);
    wipe(shared, sizeof shared);
    wipe(&point, sizeof point);
    wipe_stack();
    return empty ? SM2_REFUSED : SM2_DONE;
}

outcome sm2_decrypt(const private_key *key, const cipher *parts, uint8_t *plain)
{
    uint8_t shared[64], check[32];
    affine point;
    uint64_t differs = 0;
    if (!curve_read(&point, parts->point))
        return SM2_REFUSED;
    curve_times(&point, &point, key->scalar);
    curve_write(shared, &point);
    uint64_t empty = apply_stream(shared, parts->text, plain, parts->size);
    check_value(shared, plain, parts->size, check);
    for (int i = 0; i < 32; i++)
        differs |= check[i] ^ parts->check[i];
    uint64_t good = mask_zero(differs) & ~empty;
    SM2_PUBLIC(&good, sizeof good);
    wipe(shared, sizeof shared);
    wipe(check, sizeof check);
    wipe(&point, sizeof point);
    wipe_stack();
    if (good)
        return SM2_DONE;
    wipe(plain, parts->size);
    return SM2_REFUSED;
}
