/* The SM2 scheme over bytes: signatures of a digest, and encryption. */
#ifndef SM2_SM2_H
#define SM2_SM2_H

#include "curve.h"
#include "encoding.h"
#include "sm3.h"

#define PLAINTEXT_MAX ((size_t)1 << 20)

typedef struct {
    num scalar;
    num inverse; /* 1/(1+d) in Montgomery form mod n: as secret as the scalar */
    hmac hedge;  /* keyed with the scalar */
    uint8_t point[64];
} private_key;

typedef struct {
    affine point;
    uint8_t bytes[64];
} public_key;

typedef enum { SM2_DONE, SM2_REFUSED, SM2_NO_RANDOM } outcome;

/* Take a scalar of 32 bytes; refused unless 1 <= d <= n-2. Leaks nothing but that. */
outcome private_key_read(private_key *key, const uint8_t scalar[32]);

/* Take x||y; refused unless it is a point of the curve. Public. */
outcome public_key_read(public_key *key, const uint8_t point[64]);

/* Sign a digest with a fresh nonce. Leaks nothing about key or nonce. */
outcome sm2_sign(const private_key *key, const uint8_t e[32], uint8_t der[SIGNATURE_MAX], size_t *size);

/* Sign with a given nonce; refused when the standard wants another one. For sm2_sign and known answers. */
outcome sm2_sign_with(const private_key *key, const uint8_t e[32], const num nonce, uint8_t r[32], uint8_t s[32]);

/* Check a strict DER signature of a digest. The table may be NULL. Public. */
outcome sm2_verify(const public_key *key, const comb *table, const uint8_t e[32], const uint8_t *der, size_t size);

/* Encrypt: draw the nonce and C1, which decide the length; then write that many bytes. Leaks nothing but lengths. */
outcome sm2_encrypt_begin(num nonce, uint8_t first[64]);
outcome sm2_encrypt_with(const public_key *key, const num nonce, const uint8_t first[64], const uint8_t *plain,
                         size_t size, uint8_t *der);

/* Decrypt what cipher_read has taken apart to parts->size bytes; refused, and the bytes wiped, when it does not
   authenticate. Leaks nothing about key or plain text but whether it was refused. */
outcome sm2_decrypt(const private_key *key, const cipher *parts, uint8_t *plain);

#endif
