/* Points of the SM2 curve: what the scheme needs of them. */
#ifndef SM2_CURVE_H
#define SM2_CURVE_H

#include "field.h"

#define ROW_BITS 6                         /* one signed odd digit of a comb */
#define ROW_SIZE (1 << (ROW_BITS - 1))     /* the odd multiples 1, 3, ... 2^ROW_BITS - 1 */
#define ROWS ((256 + ROW_BITS - 1) / ROW_BITS)

typedef struct { num x, y; } affine;       /* finite, Montgomery form */
typedef struct { num x, y, z; } jacobian;  /* x/z^2, y/z^3; infinity has z = 0 */
typedef struct { affine rows[ROWS][ROW_SIZE]; } comb; /* row i: odd multiples of 2^(ROW_BITS*i) times a point */

/* Fill the comb of the base point; call once before anything else. */
void curve_start(void);

/* Read x||y and tell whether it is a finite point of the curve with reduced coordinates. Public data. */
int curve_read(affine *out, const uint8_t bytes[64]);

/* Write a point in Montgomery form as x||y. */
void curve_write(uint8_t bytes[64], const affine *point);

/* out = scalar * G for 0 < scalar < n. Leaks nothing. */
void curve_base_times(affine *out, const num scalar);

/* out = scalar * point for 0 < scalar < n and any point of the curve. Leaks nothing about the scalar. */
void curve_times(affine *out, const affine *point, const num scalar);

/* out = s * G + t * point for s, t < n. Its time depends on everything: public data only.
   With the comb of the point it takes a fifth of the time. */
void curve_sum(jacobian *out, const num s, const num t, const affine *point, const comb *table);

/* Fill the comb of a point. Public data only. */
void curve_comb(comb *out, const affine *point);

#endif
