/* Does time depend on a secret? Run under valgrind.
 *
 *   secrets check             every secret is marked undefined: memcheck speaks up where one decides a branch or address
 *   secrets leak              the control: the same with code for public data only, which must be found out
 *   secrets count NONCE       one signature with this nonce (hexadecimal), for callgrind to count its instructions
 *   secrets multiply SCALAR   the same for an arbitrary point times this scalar
 */
#include <stdio.h>
#include <stdlib.h>

#include "track.h"

#include "sm2.h"

static const uint8_t SCALAR[32] = {0x39, 0x45, 0x20, 0x8f, 0x7b, 0x21, 0x44, 0xb1, 0x3f, 0x36, 0xe3,
                                   0x8a, 0xc6, 0xd3, 0x9f, 0x95, 0x88, 0x93, 0x93, 0x69, 0x28, 0x60,
                                   0xb5, 0x1a, 0x42, 0xfb, 0x81, 0xef, 0x4d, 0xf7, 0xc5, 0xb8};

static void require(int fact, const char *what)
{
    if (!fact) {
        fprintf(stderr, "%s\n", what);
        exit(3);
    }
}

static void check(void)
{
    static uint8_t secret[32], plain[100], opened[100], der[sizeof plain + CIPHER_OVERHEAD], e[32];
    static private_key key;
    static public_key public;
    uint8_t first[64];
    num nonce;
    size_t size;
    cipher parts;

    memcpy(secret, SCALAR, 32);
    SM2_SECRET(secret, sizeof secret);
    require(private_key_read(&key, secret) == SM2_DONE, "the key is refused");
    require(public_key_read(&public, key.point) == SM2_DONE, "its point is refused");
    for (int i = 0; i < 20; i++) {
        e[0] = (uint8_t)i;
        require(sm2_sign(&key, e, der, &size) == SM2_DONE, "no signature");
        require(sm2_verify(&public, NULL, e, der, size) == SM2_DONE, "a signature does not hold");
    }
    for (int i = 0; i < 5; i++) {
        SM2_SECRET(plain, sizeof plain);
        require(sm2_encrypt_begin(nonce, first) == SM2_DONE, "no nonce");
        require(sm2_encrypt_with(&public, nonce, first, plain, sizeof plain, der) == SM2_DONE, "no cipher text");
        require(cipher_read(&parts, der, cipher_size(first, sizeof plain)), "a cipher text is not DER");
        require(sm2_decrypt(&key, &parts, opened) == SM2_DONE, "a cipher text does not open");
        der[60] ^= 1;
        require(cipher_read(&parts, der, cipher_size(first, sizeof plain)), "a cipher text is not DER");
        require(sm2_decrypt(&key, &parts, opened) == SM2_REFUSED, "a changed cipher text opens");
    }
}

static void leak(void)
{
    static public_key public;
    static private_key key;
    num secret, other;
    jacobian sum;
    require(private_key_read(&key, SCALAR) == SM2_DONE, "the key is refused");
    require(public_key_read(&public, key.point) == SM2_DONE, "its point is refused");
    num_read(secret, SCALAR);
    num_copy(other, secret);
    SM2_SECRET(secret, sizeof secret);
    curve_sum(&sum, secret, other, &public.point, NULL);
}

static void read_number(uint8_t out[32], const char *text)
{
    memset(out, 0, 32);
    for (size_t i = strlen(text), at = 0; i > 0 && at < 64; i--, at++) {
        unsigned digit;
        require(sscanf((char[]){text[i - 1], 0}, "%1x", &digit) == 1, "not hexadecimal");
        out[31 - at / 2] |= (uint8_t)(digit << 4 * (at % 2));
    }
}

int main(int count, char **arguments)
{
    static private_key key;
    static uint8_t e[32], r[32], s[32], number[32];
    num scalar;
    curve_start();
    require(count > 1, "usage: secrets check|leak|count NONCE|multiply SCALAR");
    if (!strcmp(arguments[1], "check")) {
        check();
    } else if (!strcmp(arguments[1], "leak")) {
        leak();
    } else {
        affine point;
        require(count > 2, "which number?");
        read_number(number, arguments[2]);
        num_read(scalar, number);
        require(private_key_read(&key, SCALAR) == SM2_DONE, "the key is refused");
        if (!strcmp(arguments[1], "count")) {
            require(sm2_sign_with(&key, e, scalar, r, s) == SM2_DONE, "the nonce is refused");
        } else {
            require(curve_read(&point, key.point), "the point is refused");
            curve_times(&point, &point, scalar);
        }
    }
    puts("done");
    return 0;
}
