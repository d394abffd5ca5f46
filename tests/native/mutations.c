/* Bytes that are nearly right, by the hundred thousand, for builds with sanitizers: `mutations COUNT`. */
#include <stdio.h>
#include <stdlib.h>

#include "sm2.h"

static uint64_t state = 88172645463325252ull;

static uint64_t draw_public(void) /* xorshift: repeatable, and good enough to choose a byte */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Copy into a block of exactly the right size, so that one byte too far is noticed; change up to three bytes. */
static uint8_t *mutated(const uint8_t *from, size_t size, size_t *now)
{
    *now = draw_public() % 8 ? size : draw_public() % (size + 1);
    uint8_t *copy = malloc(*now ? *now : 1);
    if (!copy)
        exit(2);
    memcpy(copy, from, *now);
    for (uint64_t left = draw_public() % 4; left && *now; left--)
        copy[draw_public() % *now] = draw_public() % 2 ? (uint8_t)draw_public() : (uint8_t)(0x80 * (draw_public() % 2));
    return copy;
}

int main(int count, char **arguments)
{
    long rounds = count > 1 ? atol(arguments[1]) : 1000;
    static private_key key;
    static public_key public;
    static comb table;
    uint8_t scalar[32] = {1, 2, 3}, e[32] = {7}, signature[SIGNATURE_MAX], first[64], plain[40] = {5};
    uint8_t sealed[sizeof plain + CIPHER_OVERHEAD], opened[sizeof sealed];
    size_t size, sealed_size, now;
    num nonce;
    long held = 0, opened_count = 0, keys = 0;
    curve_start();
    if (private_key_read(&key, scalar) != SM2_DONE || public_key_read(&public, key.point) != SM2_DONE ||
        sm2_sign(&key, e, signature, &size) != SM2_DONE || sm2_encrypt_begin(nonce, first) != SM2_DONE ||
        sm2_encrypt_with(&public, nonce, first, plain, sizeof plain, sealed) != SM2_DONE)
        return 1;
    sealed_size = cipher_size(first, sizeof plain);
    curve_comb(&table, &public.point);
    for (long i = 0; i < rounds; i++) {
        cipher parts;
        public_key other;
        private_key another;
        uint8_t *bytes = mutated(signature, size, &now);
        int same = now == size && !memcmp(bytes, signature, size);
        outcome verified = sm2_verify(&public, i % 64 ? &table : NULL, e, bytes, now);
        if ((verified == SM2_DONE) != same)
            return 4;
        held += verified == SM2_DONE;
        free(bytes);
        if (i % 64)
            continue;
        bytes = mutated(sealed, sealed_size, &now);
        same = now == sealed_size && !memcmp(bytes, sealed, sealed_size);
        if (cipher_read(&parts, bytes, now) && parts.size <= sizeof opened) {
            if ((sm2_decrypt(&key, &parts, opened) == SM2_DONE) != same)
                return 5;
            opened_count++;
        }
        free(bytes);
        bytes = mutated(key.point, 64, &now);
        if (now == 64 && public_key_read(&other, bytes) == SM2_DONE) {
            sm2_verify(&other, NULL, e, signature, size);
            keys++;
        }
        free(bytes);
        bytes = mutated(scalar, 32, &now);
        if (now == 32 && private_key_read(&another, bytes) == SM2_DONE)
            keys++;
        free(bytes);
    }
    printf("%ld unchanged signatures held, %ld cipher texts tried, %ld keys read\n", held, opened_count, keys);
    return held && opened_count && keys ? 0 : 6;
}
