/* SM3, and HMAC with the state of the key kept. */
#ifndef SM2_SM3_H
#define SM2_SM3_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    uint8_t block[64];
} sm3;

typedef struct { sm3 inner, outer; } hmac; /* as secret as its key */

void sm3_start(sm3 *running);
void sm3_update(sm3 *running, const uint8_t *data, size_t size);
void sm3_finish(sm3 *running, uint8_t digest[32]); /* wipes the running state */

void hmac_key(hmac *keyed, const uint8_t key[32]);
void hmac_digest(const hmac *keyed, const uint8_t *data, size_t size, uint8_t digest[32]);

#endif
