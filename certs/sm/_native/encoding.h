/* The two DER values of SM2 (GB/T 35276-2017), strictly: each value has one encoding here and no other is read. */
#ifndef SM2_ENCODING_H
#define SM2_ENCODING_H

#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_MAX 72
#define CIPHER_OVERHEAD 124 /* most bytes a cipher text is longer than its plain text, below 16 MiB */

typedef struct {
    uint8_t point[64];
    uint8_t check[32];
    const uint8_t *text; /* inside the bytes that were read */
    size_t size;
} cipher;

/* Write r and s, 32 bytes each; returns the length. */
size_t signature_write(uint8_t out[SIGNATURE_MAX], const uint8_t r[32], const uint8_t s[32]);

/* Read r and s; returns 0 for anything but their DER. Range checks are the caller's. Public data. */
int signature_read(uint8_t r[32], uint8_t s[32], const uint8_t *der, size_t size);

/* How long the encoding of a cipher text will be, and the encoding itself without C2, which the caller writes after
   the returned number of bytes. */
size_t cipher_size(const uint8_t point[64], size_t text);
size_t cipher_write(uint8_t *out, const uint8_t point[64], const uint8_t check[32], size_t text);

/* Read a cipher text; returns 0 for anything but its DER. Public data. */
int cipher_read(cipher *out, const uint8_t *der, size_t size);

#endif
