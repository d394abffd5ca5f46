/* Numbers of 256 bits in four limbs, and arithmetic modulo the two primes of SM2: p (the field) and n (the order).
 *
 * Values modulo p are kept in Montgomery form (x * 2^256 mod p) and always fully reduced, so equal values have equal
 * limbs. Because -1/p mod 2^64 is 1, a reduction step multiplies nothing: the limb to be cleared is the multiplier.
 *
 * Leaks: nothing. No function here branches on, or indexes by, the value of a number; what callers do with the masks
 * is theirs. Assumes: 64-bit limbs, a multiplier whose time does not depend on its operands (x86-64, arm64).
 */
#ifndef SM2_FIELD_H
#define SM2_FIELD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !defined(__SIZEOF_INT128__)
#error "needs a compiler with 128-bit integers"
#endif

typedef unsigned __int128 u128;
typedef uint64_t num[4]; /* least significant limb first */

/* A build under valgrind's memcheck defines these to say which bytes are secret, and which are so no longer. */
#ifndef SM2_PUBLIC
#define SM2_PUBLIC(pointer, size) ((void)(pointer), (void)(size))
#define SM2_SECRET(pointer, size) ((void)(pointer), (void)(size))
#endif

/* --- single limbs ------------------------------------------------------------------------------------------------ */

#if defined(__x86_64__) && !defined(SM2_PORTABLE)
#include <immintrin.h>
#define SM2_CARRIES "x86-64 carry intrinsics"
typedef unsigned char carry;
/* sum = a + b + c, and the carry out of it; difference = a - b - c, and the borrow. c is 0 or 1. */
static inline carry add_limb(carry c, uint64_t a, uint64_t b, uint64_t *sum)
{
    unsigned long long out;
    c = _addcarry_u64(c, a, b, &out);
    *sum = out;
    return c;
}
static inline carry sub_limb(carry c, uint64_t a, uint64_t b, uint64_t *difference)
{
    unsigned long long out;
    c = _subborrow_u64(c, a, b, &out);
    *difference = out;
    return c;
}
#elif defined(__clang__) && !defined(SM2_PORTABLE)
#define SM2_CARRIES "clang carry builtins"
typedef unsigned long long carry;
static inline carry add_limb(carry c, uint64_t a, uint64_t b, uint64_t *sum)
{
    unsigned long long out;
    *sum = __builtin_addcll(a, b, c, &out);
    return out;
}
static inline carry sub_limb(carry c, uint64_t a, uint64_t b, uint64_t *difference)
{
    unsigned long long out;
    *difference = __builtin_subcll(a, b, c, &out);
    return out;
}
#else
#define SM2_CARRIES "128-bit sums"
typedef uint64_t carry;
static inline carry add_limb(carry c, uint64_t a, uint64_t b, uint64_t *sum)
{
    u128 out = (u128)a + b + c;
    *sum = (uint64_t)out;
    return (carry)(out >> 64);
}
static inline carry sub_limb(carry c, uint64_t a, uint64_t b, uint64_t *difference)
{
    u128 out = (u128)a - b - c;
    *difference = (uint64_t)out;
    return (carry)(out >> 64) & 1;
}
#endif

/* Hide from the optimiser that a mask has only two values, lest it make a branch of it. */
static inline uint64_t opaque(uint64_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

/* All ones when the limb is zero, else zero. */
static inline uint64_t mask_zero(uint64_t limb)
{
    return opaque((uint64_t)0 - ((~limb & (limb - 1)) >> 63));
}

/* All ones when the limbs are equal, else zero. */
static inline uint64_t mask_equal(uint64_t a, uint64_t b) { return mask_zero(a ^ b); }

/* Forget a secret; the barrier keeps the optimiser from calling the writes useless. */
static inline void wipe(void *pointer, size_t size)
{
    memset(pointer, 0, size);
    __asm__ __volatile__("" : : "r"(pointer) : "memory");
}

/* --- whole numbers ----------------------------------------------------------------------------------------------- */

/* Sum and difference of 256 bits; returns the carry or borrow. The result may be one of the operands. */
static inline carry num_add(num out, const num a, const num b)
{
    carry c = add_limb(0, a[0], b[0], &out[0]);
    c = add_limb(c, a[1], b[1], &out[1]);
    c = add_limb(c, a[2], b[2], &out[2]);
    return add_limb(c, a[3], b[3], &out[3]);
}

static inline carry num_sub(num out, const num a, const num b)
{
    carry c = sub_limb(0, a[0], b[0], &out[0]);
    c = sub_limb(c, a[1], b[1], &out[1]);
    c = sub_limb(c, a[2], b[2], &out[2]);
    return sub_limb(c, a[3], b[3], &out[3]);
}

static inline void num_copy(num out, const num a)
{
    out[0] = a[0], out[1] = a[1], out[2] = a[2], out[3] = a[3];
}

/* Take a where the mask is all ones; keep out where it is zero. */
static inline void num_move(num out, const num a, uint64_t mask)
{
    for (int i = 0; i < 4; i++)
        out[i] ^= mask & (out[i] ^ a[i]);
}

/* All ones when a is zero; when a and b are equal. */
static inline uint64_t num_mask_zero(const num a) { return mask_zero(a[0] | a[1] | a[2] | a[3]); }

static inline uint64_t num_mask_equal(const num a, const num b)
{
    return mask_zero((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]));
}

/* All ones when a < b. */
static inline uint64_t num_mask_less(const num a, const num b)
{
    num unused;
    return opaque((uint64_t)0 - (uint64_t)num_sub(unused, a, b));
}

/* Between limbs and 32 bytes, most significant first. Any 256 bits. */
static inline void num_read(num out, const uint8_t bytes[32])
{
    for (int i = 0; i < 4; i++) {
        uint64_t limb = 0;
        for (int j = 0; j < 8; j++)
            limb = limb << 8 | bytes[8 * (3 - i) + j];
        out[i] = limb;
    }
}

static inline void num_write(uint8_t bytes[32], const num a)
{
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 8; j++)
            bytes[8 * (3 - i) + j] = (uint8_t)(a[i] >> (56 - 8 * j));
}

/* Add or subtract modulo m, for reduced a and b. */
static inline void mod_add(num out, const num a, const num b, const num m)
{
    num sum, less;
    uint64_t high = num_add(sum, a, b);
    uint64_t borrow = num_sub(less, sum, m);
    num_move(sum, less, opaque((uint64_t)0 - (high | (borrow ^ 1))));
    num_copy(out, sum);
}

static inline void mod_sub(num out, const num a, const num b, const num m)
{
    num difference, back;
    uint64_t mask = opaque((uint64_t)0 - (uint64_t)num_sub(difference, a, b));
    for (int i = 0; i < 4; i++)
        back[i] = m[i] & mask;
    num_add(out, difference, back);
}

/* t = a * b, for any 256 bits. */
static inline void num_multiply(uint64_t t[8], const num a, const num b)
{
    uint64_t low[4], high[4];
    carry c;
    for (int i = 0; i < 4; i++) {
        u128 product = (u128)a[i] * b[0];
        low[i] = (uint64_t)product, high[i] = (uint64_t)(product >> 64);
    }
    t[0] = low[0];
    c = add_limb(0, low[1], high[0], &t[1]);
    c = add_limb(c, low[2], high[1], &t[2]);
    c = add_limb(c, low[3], high[2], &t[3]);
    add_limb(c, 0, high[3], &t[4]);
    for (int j = 1; j < 4; j++) {
        for (int i = 0; i < 4; i++) {
            u128 product = (u128)a[i] * b[j];
            low[i] = (uint64_t)product, high[i] = (uint64_t)(product >> 64);
        }
        c = add_limb(0, t[j], low[0], &t[j]);
        c = add_limb(c, t[j + 1], low[1], &t[j + 1]);
        c = add_limb(c, t[j + 2], low[2], &t[j + 2]);
        c = add_limb(c, t[j + 3], low[3], &t[j + 3]);
        add_limb(c, 0, 0, &t[j + 4]);
        c = add_limb(0, t[j + 1], high[0], &t[j + 1]);
        c = add_limb(c, t[j + 2], high[1], &t[j + 2]);
        c = add_limb(c, t[j + 3], high[2], &t[j + 3]);
        add_limb(c, t[j + 4], high[3], &t[j + 4]);
    }
}

/* t = a * a, for any 256 bits: six products doubled, four squares. */
static inline void num_square(uint64_t t[8], const num a)
{
    u128 p01 = (u128)a[0] * a[1], p02 = (u128)a[0] * a[2], p03 = (u128)a[0] * a[3];
    u128 p12 = (u128)a[1] * a[2], p13 = (u128)a[1] * a[3], p23 = (u128)a[2] * a[3];
    u128 s0 = (u128)a[0] * a[0], s1 = (u128)a[1] * a[1], s2 = (u128)a[2] * a[2], s3 = (u128)a[3] * a[3];
    uint64_t m[8];
    carry c;
    m[1] = (uint64_t)p01;
    c = add_limb(0, (uint64_t)(p01 >> 64), (uint64_t)p02, &m[2]);
    c = add_limb(c, (uint64_t)(p02 >> 64), (uint64_t)p03, &m[3]);
    c = add_limb(c, (uint64_t)(p03 >> 64), (uint64_t)p13, &m[4]);
    c = add_limb(c, (uint64_t)(p13 >> 64), (uint64_t)p23, &m[5]);
    add_limb(c, (uint64_t)(p23 >> 64), 0, &m[6]);
    c = add_limb(0, m[3], (uint64_t)p12, &m[3]);
    c = add_limb(c, m[4], (uint64_t)(p12 >> 64), &m[4]);
    c = add_limb(c, m[5], 0, &m[5]);
    add_limb(c, m[6], 0, &m[6]);
    m[7] = m[6] >> 63;
    for (int i = 6; i > 1; i--)
        m[i] = m[i] << 1 | m[i - 1] >> 63;
    m[1] <<= 1;
    t[0] = (uint64_t)s0;
    c = add_limb(0, m[1], (uint64_t)(s0 >> 64), &t[1]);
    c = add_limb(c, m[2], (uint64_t)s1, &t[2]);
    c = add_limb(c, m[3], (uint64_t)(s1 >> 64), &t[3]);
    c = add_limb(c, m[4], (uint64_t)s2, &t[4]);
    c = add_limb(c, m[5], (uint64_t)(s2 >> 64), &t[5]);
    c = add_limb(c, m[6], (uint64_t)s3, &t[6]);
    add_limb(c, m[7], (uint64_t)(s3 >> 64), &t[7]);
}

/* --- modulo p ---------------------------------------------------------------------------------------------------- */

static const num FIELD_P = {0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff, 0xfffffffeffffffff};
static const num FIELD_ONE = {0x0000000000000001, 0x00000000ffffffff, 0x0000000000000000, 0x0000000100000000};
static const num FIELD_R2 = {0x0000000200000003, 0x00000002ffffffff, 0x0000000100000001, 0x0000000400000002};

/* out = t / 2^256 mod p, for t < p * 2^256. */
static inline void field_reduce(num out, const uint64_t t[8])
{
    num low = {t[0], t[1], t[2], t[3]}, sum, less;
    for (int i = 0; i < 4; i++) {
        /* low = (low + m * p) / 2^64 with m = low[0]. Since m * p + m = d * 2^64 for the d below, the limb m clears
           itself; the result stays under 2^256 because p does by 2^224. */
        uint64_t m = low[0], below = m << 32, above = m >> 32, d0, d1, d2, d3;
        carry c = sub_limb(0, m, below, &d0);
        c = sub_limb(c, 0, above, &d1);
        c = sub_limb(c, 0, below, &d2);
        sub_limb(c, m, above, &d3);
        c = add_limb(0, low[1], d0, &low[0]);
        c = add_limb(c, low[2], d1, &low[1]);
        c = add_limb(c, low[3], d2, &low[2]);
        add_limb(c, 0, d3, &low[3]);
    }
    uint64_t high = num_add(sum, low, t + 4);
    uint64_t borrow = num_sub(less, sum, FIELD_P);
    num_move(sum, less, opaque((uint64_t)0 - (high | (borrow ^ 1))));
    num_copy(out, sum);
}

/* Products modulo p of reduced numbers in Montgomery form: out = a * b / 2^256 mod p. */
static inline void field_mul(num out, const num a, const num b)
{
    uint64_t t[8];
    num_multiply(t, a, b);
    field_reduce(out, t);
}

static inline void field_sqr(num out, const num a)
{
    uint64_t t[8];
    num_square(t, a);
    field_reduce(out, t);
}

/* Sum and difference modulo p of reduced numbers. */
static inline void field_add(num out, const num a, const num b) { mod_add(out, a, b, FIELD_P); }
static inline void field_sub(num out, const num a, const num b) { mod_sub(out, a, b, FIELD_P); }

/* out = -a where the mask is all ones, else a. */
static inline void field_negate(num out, const num a, uint64_t mask)
{
    static const num zero = {0, 0, 0, 0};
    num minus;
    field_sub(minus, zero, a);
    num_copy(out, a);
    num_move(out, minus, mask);
}

/* Into Montgomery form, for a below p, and out of it. */
static inline void field_enter(num out, const num a) { field_mul(out, a, FIELD_R2); }

static inline void field_leave(num out, const num a)
{
    const uint64_t t[8] = {a[0], a[1], a[2], a[3], 0, 0, 0, 0};
    field_reduce(out, t);
}

/* Defined in curve.c: out = 1 / a mod p in Montgomery form (0 for 0), by the same steps whatever a is. */
void field_invert(num out, const num a);

/* --- modulo n: a few operations a signature, so plain loops ------------------------------------------------------ */

static const num ORDER_N = {0x53bbf40939d54123, 0x7203df6b21c6052b, 0xffffffffffffffff, 0xfffffffeffffffff};

/* Defined in curve.c, for a and b below n: out = a * b / 2^256 mod n; and 1 / a, in Montgomery form, of an a that is
   not. The exponent of the inverse is public, the steps are the same whatever a is. */
void order_mul(num out, const num a, const num b);
void order_invert(num out, const num a);

/* Sum and difference modulo n of numbers below n. */
static inline void order_add(num out, const num a, const num b) { mod_add(out, a, b, ORDER_N); }
static inline void order_sub(num out, const num a, const num b) { mod_sub(out, a, b, ORDER_N); }

/* Bring any number of 256 bits below n: it is less than 2n. */
static inline void order_reduce(num out, const num a)
{
    num less;
    uint64_t borrow = num_sub(less, a, ORDER_N);
    num_copy(out, a);
    num_move(out, less, opaque((uint64_t)0 - (borrow ^ 1)));
}

#endif
