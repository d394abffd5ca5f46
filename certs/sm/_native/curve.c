/* Points of the SM2 curve y^2 = x^3 - 3x + b.
 *
 * With secrets: a comb with signed odd digits for the base point, complete formulas for any other point. Both read
 * whole rows of their tables under masks and take the same steps for every scalar. With public data: windowed
 * non-adjacent forms and plain look-ups, whose additions branch on equal, opposite and infinite points, because a
 * hostile key can reach all three.
 */
#include "curve.h"

static const num CURVE_B = {0x90d230632bc0dd42, 0x71cf379ae9b537ab, 0x527981505ea51c3c, 0x240fe188ba20e2c8};
static const num BASE_X = {0x715a4589334c74c7, 0x8fe30bbff2660be1, 0x5f9904466a39c994, 0x32c4ae2c1f198119};
static const num BASE_Y = {0x02df32e52139f0a0, 0xd0a9877cc62a4740, 0x59bdcee36b692153, 0xbc3736a2f4f6779c};
static const num ORDER_R2 = {0x901192af7c114f20, 0x3464504ade6fa2fa, 0x620fc84c3affe0d4, 0x1eb5e412a22b3d3b};
static const num ORDER_ONE = {0xac440bf6c62abedd, 0x8dfc2094de39fad4, 0x0000000000000000, 0x0000000100000000};
#define ORDER_NEGATIVE_INVERSE 0x327f9e8872350975ull /* -1/n mod 2^64 */

static comb base;

/* --- inverses and the order -------------------------------------------------------------------------------------- */

/* out = a^(2^count), count at least 1. Leaks the count, which is fixed. */
static void field_square_times(num out, const num a, int count)
{
    field_sqr(out, a);
    while (--count)
        field_sqr(out, out);
}

/* out = a^(p-2), leaking nothing: the exponent is fixed and is, from the top, 31 ones, a zero, 128 ones, 32 zeros,
   62 ones, a zero, a one. */
void field_invert(num out, const num a)
{
    num x2, x4, x8, x16, x30, x31, x32, t;
    field_sqr(t, a);
    field_mul(x2, t, a);
    field_square_times(t, x2, 2);
    field_mul(x4, t, x2);
    field_square_times(t, x4, 4);
    field_mul(x8, t, x4);
    field_square_times(t, x8, 8);
    field_mul(x16, t, x8);
    field_square_times(t, x16, 8);
    field_mul(t, t, x8);
    field_square_times(t, t, 4);
    field_mul(t, t, x4);
    field_square_times(t, t, 2);
    field_mul(x30, t, x2);
    field_sqr(t, x30);
    field_mul(x31, t, a);
    field_sqr(t, x31);
    field_mul(x32, t, a);
    field_square_times(t, x31, 33);
    field_mul(t, t, x32);
    for (int i = 0; i < 3; i++) {
        field_square_times(t, t, 32);
        field_mul(t, t, x32);
    }
    field_square_times(t, t, 64);
    field_mul(t, t, x32);
    field_square_times(t, t, 30);
    field_mul(t, t, x30);
    field_square_times(t, t, 2);
    field_mul(out, t, a);
}

/* Montgomery product, limb by limb. Assumes a, b < n. Leaks nothing. */
void order_mul(num out, const num a, const num b)
{
    uint64_t t[6] = {0};
    for (int i = 0; i < 4; i++) {
        u128 sum = 0;
        for (int j = 0; j < 4; j++) {
            sum += (u128)a[j] * b[i] + t[j];
            t[j] = (uint64_t)sum;
            sum >>= 64;
        }
        sum += t[4];
        t[4] = (uint64_t)sum;
        t[5] = (uint64_t)(sum >> 64);
        uint64_t m = t[0] * ORDER_NEGATIVE_INVERSE;
        sum = ((u128)m * ORDER_N[0] + t[0]) >> 64;
        for (int j = 1; j < 4; j++) {
            sum += (u128)m * ORDER_N[j] + t[j];
            t[j - 1] = (uint64_t)sum;
            sum >>= 64;
        }
        sum += t[4];
        t[3] = (uint64_t)sum;
        t[4] = t[5] + (uint64_t)(sum >> 64);
    }
    num less;
    uint64_t borrow = num_sub(less, t, ORDER_N);
    num_copy(out, t);
    num_move(out, less, opaque((uint64_t)0 - (t[4] | (borrow ^ 1))));
}

/* out = 1/a in Montgomery form, as a^(n-2): the branch asks a bit of the exponent, which is public. Assumes 0 < a < n.
   Leaks nothing about a. */
void order_invert(num out, const num a)
{
    num power, exponent, x;
    static const num two = {2, 0, 0, 0};
    num_sub(exponent, ORDER_N, two);
    order_mul(x, a, ORDER_R2);
    num_copy(power, ORDER_ONE);
    for (int i = 255; i >= 0; i--) {
        order_mul(power, power, power);
        if (exponent[i / 64] >> (i % 64) & 1)
            order_mul(power, power, x);
    }
    num_copy(out, power);
    wipe(x, sizeof x);
    wipe(power, sizeof power);
}

/* --- Jacobian points --------------------------------------------------------------------------------------------- */

/* out = 2a, for any point, infinity included. Leaks nothing. */
static void jacobian_double(jacobian *out, const jacobian *a)
{
    num delta, gamma, beta, alpha, t, u;
    field_sqr(delta, a->z);
    field_sqr(gamma, a->y);
    field_mul(beta, a->x, gamma);
    field_sub(t, a->x, delta);
    field_add(u, a->x, delta);
    field_mul(t, t, u);
    field_add(alpha, t, t);
    field_add(alpha, alpha, t);
    field_add(t, a->y, a->z);
    field_sqr(t, t);
    field_sub(t, t, gamma);
    field_sub(out->z, t, delta);
    field_add(beta, beta, beta);
    field_add(beta, beta, beta);
    field_sqr(t, alpha);
    field_sub(t, t, beta);
    field_sub(out->x, t, beta);
    field_sub(t, beta, out->x);
    field_mul(t, alpha, t);
    field_sqr(u, gamma);
    field_add(u, u, u);
    field_add(u, u, u);
    field_add(u, u, u);
    field_sub(out->y, t, u);
}

/* What both additions share, without z: x and y of the first point, h and r the differences to the second, all on the
   same denominators. Assumes h is not 0. out may be where x and y are. Leaks nothing. */
static void jacobian_finish(jacobian *out, const num x, const num y, const num h, const num r)
{
    num hh, hhh, v, t;
    field_sqr(hh, h);
    field_mul(hhh, hh, h);
    field_mul(v, x, hh);
    field_sqr(t, r);
    field_sub(t, t, hhh);
    field_sub(t, t, v);
    field_sub(out->x, t, v);
    field_sub(t, v, out->x);
    field_mul(t, t, r);
    field_mul(hhh, hhh, y);
    field_sub(out->y, t, hhh);
}

/* h and r of a finite Jacobian and an affine point. Leaks nothing. */
static void mixed_differences(num h, num r, const jacobian *a, const affine *b)
{
    num zz;
    field_sqr(zz, a->z);
    field_mul(h, b->x, zz);
    field_sub(h, h, a->x);
    field_mul(r, zz, a->z);
    field_mul(r, r, b->y);
    field_sub(r, r, a->y);
}

/* out = a + b. Assumes that a is finite and neither b nor -b. Leaks nothing. */
static void jacobian_add_distinct(jacobian *out, const jacobian *a, const affine *b)
{
    num h, r;
    mixed_differences(h, r, a, b);
    field_mul(out->z, a->z, h);
    jacobian_finish(out, a->x, a->y, h, r);
}

/* out = a + b for any two points. Branches: public data only. */
static void jacobian_add_affine(jacobian *out, const jacobian *a, const affine *b)
{
    num h, r;
    if (num_mask_zero(a->z)) {
        num_copy(out->x, b->x);
        num_copy(out->y, b->y);
        num_copy(out->z, FIELD_ONE);
        return;
    }
    mixed_differences(h, r, a, b);
    if (num_mask_zero(h)) {
        if (num_mask_zero(r))
            jacobian_double(out, a);
        else
            memset(out, 0, sizeof *out);
        return;
    }
    field_mul(out->z, a->z, h);
    jacobian_finish(out, a->x, a->y, h, r);
}

/* out = a + b for any two points. Branches: public data only. */
static void jacobian_add(jacobian *out, const jacobian *a, const jacobian *b)
{
    num aa, bb, u, s, h, r;
    if (num_mask_zero(a->z)) {
        *out = *b;
        return;
    }
    if (num_mask_zero(b->z)) {
        *out = *a;
        return;
    }
    field_sqr(aa, a->z);
    field_sqr(bb, b->z);
    field_mul(u, a->x, bb);
    field_mul(h, b->x, aa);
    field_sub(h, h, u);
    field_mul(s, bb, b->z);
    field_mul(s, s, a->y);
    field_mul(r, aa, a->z);
    field_mul(r, r, b->y);
    field_sub(r, r, s);
    if (num_mask_zero(h)) {
        if (num_mask_zero(r))
            jacobian_double(out, a);
        else
            memset(out, 0, sizeof *out);
        return;
    }
    field_mul(out->z, a->z, b->z);
    field_mul(out->z, out->z, h);
    jacobian_finish(out, u, s, h, r);
}

/* Divide by z. Assumes a finite point. Leaks nothing. */
static void jacobian_settle(affine *out, const jacobian *a)
{
    num inverse, square;
    field_invert(inverse, a->z);
    field_sqr(square, inverse);
    field_mul(out->x, a->x, square);
    field_mul(square, square, inverse);
    field_mul(out->y, a->y, square);
    wipe(inverse, sizeof inverse);
    wipe(square, sizeof square);
}

/* --- combs ------------------------------------------------------------------------------------------------------- */

/* Assumes a point of the curve: its order is prime, so none of the multiples meets another or infinity. Public. */
void curve_comb(comb *out, const affine *point)
{
    jacobian first;
    num_copy(first.x, point->x);
    num_copy(first.y, point->y);
    num_copy(first.z, FIELD_ONE);
    for (int i = 0; i < ROWS; i++) {
        jacobian multiples[ROW_SIZE], twice;
        num products[ROW_SIZE], inverse, single, square;
        jacobian_double(&twice, &first);
        multiples[0] = first;
        num_copy(products[0], first.z);
        for (int j = 1; j < ROW_SIZE; j++) {
            jacobian_add(&multiples[j], &multiples[j - 1], &twice);
            field_mul(products[j], products[j - 1], multiples[j].z);
        }
        field_invert(inverse, products[ROW_SIZE - 1]); /* one inversion a row (Montgomery's trick) */
        for (int j = ROW_SIZE - 1; j >= 0; j--) {
            affine *settled = &out->rows[i][j];
            if (j)
                field_mul(single, inverse, products[j - 1]);
            else
                num_copy(single, inverse);
            field_mul(inverse, inverse, multiples[j].z);
            field_sqr(square, single);
            field_mul(settled->x, multiples[j].x, square);
            field_mul(square, square, single);
            field_mul(settled->y, multiples[j].y, square);
        }
        first = twice;
        for (int j = 1; j < ROW_BITS; j++)
            jacobian_double(&first, &first);
    }
}

void curve_start(void)
{
    affine point;
    field_enter(point.x, BASE_X);
    field_enter(point.y, BASE_Y);
    curve_comb(&base, &point);
}

/* Write an odd scalar in `count` digits of `bits` bits, each odd and between -2^bits and 2^bits. Assumes that
   count * bits is 256 or more and bits at most 6. Leaks nothing. */
static void odd_digits(int8_t *digits, const num scalar, int bits, int count)
{
    /* digit i is 2 * (bits i*bits+1 ... i*bits+bits of the scalar) + 1 - 2^bits, the highest without the last term */
    for (int i = 0; i < count; i++) {
        int from = i * bits + 1, limb = from / 64, shift = from % 64;
        uint64_t window = limb < 4 ? scalar[limb] >> shift : 0;
        if (shift && limb < 3)
            window |= scalar[limb + 1] << (64 - shift);
        int digit = (int)(window & (((uint64_t)1 << bits) - 1)) * 2 + 1;
        digits[i] = (int8_t)(i < count - 1 ? digit - (1 << bits) : digit);
    }
}

/* Take |digit|/2 from a row, reading the whole row, and negate y under the digit's sign. Leaks nothing. */
static void row_take(affine *out, const affine *row, int size, int8_t digit)
{
    uint64_t sign = opaque((uint64_t)(int64_t)digit >> 63), negative = (uint64_t)0 - sign;
    uint64_t index = (((uint64_t)(int64_t)digit ^ negative) + sign) >> 1;
    memset(out, 0, sizeof *out);
    for (int j = 0; j < size; j++) {
        uint64_t mask = mask_equal((uint64_t)j, index);
        for (int k = 0; k < 4; k++) {
            out->x[k] |= mask & row[j].x[k];
            out->y[k] |= mask & row[j].y[k];
        }
    }
    field_negate(out->y, out->y, negative);
}

/* Make a scalar odd by taking n - scalar for an even one; returns the mask of that. Leaks nothing. */
static uint64_t make_odd(num out, const num scalar)
{
    uint64_t even = opaque((scalar[0] & 1) - 1);
    num other;
    num_sub(other, ORDER_N, scalar);
    num_copy(out, scalar);
    num_move(out, other, even);
    wipe(other, sizeof other);
    return even;
}

/* Rows are added from the highest to the lowest, so that the addition never meets an exception. With b = ROW_BITS and
 * D the digit of row i times 2^(b*i), the sum before row i is A times the point, A being a positive multiple of
 * 2^(b(i+1)), and |D| < 2^(b(i+1)) <= A: so A is neither D nor -D as an integer. Modulo n neither: A + D and A - D lie
 * between 0 and 2n and would have to be n, but for i > 0 both are even. For i = 0, A + D is the scalar, which is less
 * than n; and A - D = n means scalar = n + 2D, where D = (scalar mod 2^(b+1)) - 2^b, hence D = 2^b - n modulo 2^(b+1):
 * 29 or -99 for b = 6. 29 makes the scalar larger than n, and -99 is no digit. */
void curve_base_times(affine *out, const num scalar)
{
    int8_t digits[ROWS];
    num odd;
    jacobian sum;
    affine addend;
    uint64_t negative = make_odd(odd, scalar);
    odd_digits(digits, odd, ROW_BITS, ROWS);
    row_take(&addend, base.rows[ROWS - 1], ROW_SIZE, digits[ROWS - 1]);
    num_copy(sum.x, addend.x);
    num_copy(sum.y, addend.y);
    num_copy(sum.z, FIELD_ONE);
    for (int i = ROWS - 2; i >= 0; i--) {
        row_take(&addend, base.rows[i], ROW_SIZE, digits[i]);
        jacobian_add_distinct(&sum, &sum, &addend);
    }
    jacobian_settle(out, &sum);
    field_negate(out->y, out->y, negative);
    wipe(digits, sizeof digits);
    wipe(odd, sizeof odd);
    wipe(&sum, sizeof sum);
    wipe(&addend, sizeof addend);
}

/* --- complete formulas for any point ----------------------------------------------------------------------------- */

typedef struct { num x, y, z; } projective; /* x/z, y/z; infinity is (0, 1, 0) */

/* out = a + b for all pairs of points (Renes, Costello and Batina 2016, algorithm 4). Leaks nothing. */
static void complete_add(projective *out, const projective *a, const projective *b)
{
    num t0, t1, t2, t3, t4, x3, y3, z3;
    field_mul(t0, a->x, b->x);
    field_mul(t1, a->y, b->y);
    field_mul(t2, a->z, b->z);
    field_add(t3, a->x, a->y);
    field_add(t4, b->x, b->y);
    field_mul(t3, t3, t4);
    field_add(t4, t0, t1);
    field_sub(t3, t3, t4);
    field_add(t4, a->y, a->z);
    field_add(x3, b->y, b->z);
    field_mul(t4, t4, x3);
    field_add(x3, t1, t2);
    field_sub(t4, t4, x3);
    field_add(x3, a->x, a->z);
    field_add(y3, b->x, b->z);
    field_mul(x3, x3, y3);
    field_add(y3, t0, t2);
    field_sub(y3, x3, y3);
    field_mul(z3, CURVE_B, t2);
    field_sub(x3, y3, z3);
    field_add(z3, x3, x3);
    field_add(x3, x3, z3);
    field_sub(z3, t1, x3);
    field_add(x3, t1, x3);
    field_mul(y3, CURVE_B, y3);
    field_add(t1, t2, t2);
    field_add(t2, t1, t2);
    field_sub(y3, y3, t2);
    field_sub(y3, y3, t0);
    field_add(t1, y3, y3);
    field_add(y3, t1, y3);
    field_add(t1, t0, t0);
    field_add(t0, t1, t0);
    field_sub(t0, t0, t2);
    field_mul(t1, t4, y3);
    field_mul(t2, t0, y3);
    field_mul(y3, x3, z3);
    field_add(out->y, y3, t2);
    field_mul(x3, t3, x3);
    field_sub(out->x, x3, t1);
    field_mul(z3, t4, z3);
    field_mul(t1, t3, t0);
    field_add(out->z, z3, t1);
}

/* out = 2a for all points (the same, algorithm 6). Leaks nothing. */
static void complete_double(projective *out, const projective *a)
{
    num t0, t1, t2, t3, x3, y3, z3;
    field_sqr(t0, a->x);
    field_sqr(t1, a->y);
    field_sqr(t2, a->z);
    field_mul(t3, a->x, a->y);
    field_add(t3, t3, t3);
    field_mul(z3, a->x, a->z);
    field_add(z3, z3, z3);
    field_mul(y3, CURVE_B, t2);
    field_sub(y3, y3, z3);
    field_add(x3, y3, y3);
    field_add(y3, x3, y3);
    field_sub(x3, t1, y3);
    field_add(y3, t1, y3);
    field_mul(y3, x3, y3);
    field_mul(x3, x3, t3);
    field_add(t3, t2, t2);
    field_add(t2, t2, t3);
    field_mul(z3, CURVE_B, z3);
    field_sub(z3, z3, t2);
    field_sub(z3, z3, t0);
    field_add(t3, z3, z3);
    field_add(z3, z3, t3);
    field_add(t3, t0, t0);
    field_add(t0, t3, t0);
    field_sub(t0, t0, t2);
    field_mul(t0, t0, z3);
    field_add(y3, y3, t0);
    field_mul(t0, a->y, a->z);
    field_add(t0, t0, t0);
    field_mul(z3, t0, z3);
    field_sub(out->x, x3, z3);
    field_mul(z3, t0, t1);
    field_add(z3, z3, z3);
    field_add(out->z, z3, z3);
    num_copy(out->y, y3);
}

#define STEP_BITS 5
#define STEP_SIZE (1 << (STEP_BITS - 1))
#define STEPS ((256 + STEP_BITS - 1) / STEP_BITS)

/* Take |digit|/2 from the multiples, reading all of them, and negate y under the digit's sign. Leaks nothing. */
static void step_take(projective *out, const projective multiples[STEP_SIZE], int8_t digit)
{
    uint64_t sign = opaque((uint64_t)(int64_t)digit >> 63), negative = (uint64_t)0 - sign;
    uint64_t index = (((uint64_t)(int64_t)digit ^ negative) + sign) >> 1;
    memset(out, 0, sizeof *out);
    for (int j = 0; j < STEP_SIZE; j++) {
        uint64_t mask = mask_equal((uint64_t)j, index);
        for (int k = 0; k < 4; k++) {
            out->x[k] |= mask & multiples[j].x[k];
            out->y[k] |= mask & multiples[j].y[k];
            out->z[k] |= mask & multiples[j].z[k];
        }
    }
    field_negate(out->y, out->y, negative);
}

/* As for the base point, with five doublings between digits, and with complete formulas, which need no proof. */
void curve_times(affine *out, const affine *point, const num scalar)
{
    int8_t digits[STEPS];
    num odd, inverse;
    projective multiples[STEP_SIZE], twice, sum, addend;
    uint64_t negative = make_odd(odd, scalar);
    odd_digits(digits, odd, STEP_BITS, STEPS);
    num_copy(multiples[0].x, point->x);
    num_copy(multiples[0].y, point->y);
    num_copy(multiples[0].z, FIELD_ONE);
    complete_double(&twice, &multiples[0]);
    for (int j = 1; j < STEP_SIZE; j++)
        complete_add(&multiples[j], &multiples[j - 1], &twice);
    step_take(&sum, multiples, digits[STEPS - 1]);
    for (int i = STEPS - 2; i >= 0; i--) {
        for (int j = 0; j < STEP_BITS; j++)
            complete_double(&sum, &sum);
        step_take(&addend, multiples, digits[i]);
        complete_add(&sum, &sum, &addend);
    }
    field_invert(inverse, sum.z);
    field_mul(out->x, sum.x, inverse);
    field_mul(out->y, sum.y, inverse);
    field_negate(out->y, out->y, negative);
    wipe(digits, sizeof digits);
    wipe(odd, sizeof odd);
    wipe(inverse, sizeof inverse);
    wipe(&sum, sizeof sum);
    wipe(&addend, sizeof addend);
}

/* --- public sums ------------------------------------------------------------------------------------------------- */

#define NEW_KEY_BITS 5
#define NEW_KEY_SIZE (1 << (NEW_KEY_BITS - 2))

/* Write a scalar in digits that are zero or odd, at least `bits` - 1 zeros after each; returns their count. Public. */
static int sparse_digits(int8_t digits[258], const num scalar, int bits)
{
    num rest;
    int count = 0;
    num_copy(rest, scalar);
    memset(digits, 0, 258);
    for (int i = 0; i < 257; i++) {
        if (rest[0] & 1) {
            int digit = (int)(rest[0] & (((uint64_t)1 << bits) - 1));
            num change = {0, 0, 0, 0};
            if (digit >= 1 << (bits - 1))
                digit -= 1 << bits;
            change[0] = (uint64_t)(digit < 0 ? -digit : digit);
            if (digit < 0)
                num_add(rest, rest, change); /* stays under 2^256: the scalar is below n, n + 2^bits is too */
            else
                num_sub(rest, rest, change);
            digits[i] = (int8_t)digit;
            count = i + 1;
        }
        for (int k = 0; k < 3; k++)
            rest[k] = rest[k] >> 1 | rest[k + 1] << 63;
        rest[3] >>= 1;
    }
    return count;
}

/* sum += digit * (the point of the row), digit odd. Public. */
static void add_digit(jacobian *sum, const affine *row, int digit)
{
    affine addend = row[(digit < 0 ? -digit : digit) >> 1];
    if (digit < 0)
        field_negate(addend.y, addend.y, ~(uint64_t)0);
    jacobian_add_affine(sum, sum, &addend);
}

/* sum += scalar * (the point of the comb). Public. */
static void add_by_comb(jacobian *sum, const comb *table, const num scalar)
{
    int8_t digits[ROWS];
    num odd;
    if (num_mask_zero(scalar))
        return;
    int sign = make_odd(odd, scalar) ? -1 : 1;
    odd_digits(digits, odd, ROW_BITS, ROWS);
    for (int i = 0; i < ROWS; i++)
        add_digit(sum, table->rows[i], sign * digits[i]);
}

void curve_sum(jacobian *out, const num s, const num t, const affine *point, const comb *table)
{
    memset(out, 0, sizeof *out);
    if (table) {
        add_by_comb(out, &base, s);
        add_by_comb(out, table, t);
        return;
    }
    int8_t of_s[258], of_t[258];
    int high = sparse_digits(of_s, s, ROW_BITS + 1), other = sparse_digits(of_t, t, NEW_KEY_BITS);
    jacobian multiples[NEW_KEY_SIZE], twice;
    num_copy(multiples[0].x, point->x);
    num_copy(multiples[0].y, point->y);
    num_copy(multiples[0].z, FIELD_ONE);
    jacobian_double(&twice, &multiples[0]);
    for (int j = 1; j < NEW_KEY_SIZE; j++)
        jacobian_add(&multiples[j], &multiples[j - 1], &twice);
    for (int i = (high > other ? high : other) - 1; i >= 0; i--) {
        jacobian_double(out, out);
        if (of_t[i]) {
            jacobian addend = multiples[(of_t[i] < 0 ? -of_t[i] : of_t[i]) >> 1];
            if (of_t[i] < 0)
                field_negate(addend.y, addend.y, ~(uint64_t)0);
            jacobian_add(out, out, &addend);
        }
        if (of_s[i])
            add_digit(out, base.rows[0], of_s[i]);
    }
}

/* --- bytes ------------------------------------------------------------------------------------------------------- */

int curve_read(affine *out, const uint8_t bytes[64])
{
    num x, y, left, right, three;
    num_read(x, bytes);
    num_read(y, bytes + 32);
    if (!num_mask_less(x, FIELD_P) || !num_mask_less(y, FIELD_P))
        return 0;
    field_enter(out->x, x);
    field_enter(out->y, y);
    field_sqr(left, out->y);
    field_sqr(right, out->x);
    field_add(three, FIELD_ONE, FIELD_ONE);
    field_add(three, three, FIELD_ONE);
    field_sub(right, right, three);
    field_mul(right, right, out->x);
    field_add(right, right, CURVE_B);
    return num_mask_equal(left, right) != 0;
}

void curve_write(uint8_t bytes[64], const affine *point)
{
    num x, y;
    field_leave(x, point->x);
    field_leave(y, point->y);
    num_write(bytes, x);
    num_write(bytes + 32, y);
    wipe(x, sizeof x);
    wipe(y, sizeof y);
}
