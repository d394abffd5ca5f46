/* SM3 (GB/T 32905-2016). Leaks the length of what it digests and nothing else. */
#include "sm3.h"

#include "field.h"

/* Rotate left; the count is always a constant or a round number. */
static inline uint32_t turn(uint32_t word, int count)
{
    return count % 32 ? word << count % 32 | word >> (32 - count % 32) : word;
}

/* One block; the message schedule is wiped. */
static void compress(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[68];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (int i = 16; i < 68; i++) {
        uint32_t x = w[i - 16] ^ w[i - 9] ^ turn(w[i - 3], 15);
        w[i] = x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[i - 13], 7) ^ w[i - 6];
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t constant = i < 16 ? 0x79cc4519u : 0x7a879d8au;
        uint32_t ss1 = turn(turn(a, 12) + e + turn(constant, i), 7), ss2 = ss1 ^ turn(a, 12);
        uint32_t ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
        uint32_t gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
        uint32_t tt1 = ff + d + ss2 + (w[i] ^ w[i + 4]), tt2 = gg + h + ss1 + w[i];
        d = c, c = turn(b, 9), b = a, a = tt1;
        h = g, g = turn(f, 19), f = e, e = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17);
    }
    state[0] ^= a, state[1] ^= b, state[2] ^= c, state[3] ^= d;
    state[4] ^= e, state[5] ^= f, state[6] ^= g, state[7] ^= h;
    wipe(w, sizeof w);
}

void sm3_start(sm3 *running)
{
    static const uint32_t initial[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                                        0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
    memcpy(running->state, initial, sizeof initial);
    running->size = 0;
}

void sm3_update(sm3 *running, const uint8_t *data, size_t size)
{
    size_t filled = running->size % 64;
    running->size += size;
    if (filled + size >= 64 && filled) {
        size_t missing = 64 - filled;
        memcpy(running->block + filled, data, missing);
        compress(running->state, running->block);
        data += missing, size -= missing, filled = 0;
    }
    for (; size >= 64; data += 64, size -= 64)
        compress(running->state, data);
    if (size)
        memcpy(running->block + filled, data, size);
}

void sm3_finish(sm3 *running, uint8_t digest[32])
{
    uint64_t bits = running->size * 8;
    size_t filled = running->size % 64;
    running->block[filled++] = 0x80;
    if (filled > 56) {
        memset(running->block + filled, 0, 64 - filled);
        compress(running->state, running->block);
        filled = 0;
    }
    memset(running->block + filled, 0, 56 - filled);
    for (int i = 0; i < 8; i++)
        running->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
    compress(running->state, running->block);
    for (int i = 0; i < 32; i++)
        digest[i] = (uint8_t)(running->state[i / 4] >> (24 - 8 * (i % 4)));
    wipe(running, sizeof *running);
}

void hmac_key(hmac *keyed, const uint8_t key[32])
{
    uint8_t block[64];
    for (int i = 0; i < 64; i++)
        block[i] = (uint8_t)((i < 32 ? key[i] : 0) ^ 0x36);
    sm3_start(&keyed->inner);
    sm3_update(&keyed->inner, block, 64);
    for (int i = 0; i < 64; i++)
        block[i] ^= 0x36 ^ 0x5c;
    sm3_start(&keyed->outer);
    sm3_update(&keyed->outer, block, 64);
    wipe(block, sizeof block);
}

void hmac_digest(const hmac *keyed, const uint8_t *data, size_t size, uint8_t digest[32])
{
    sm3 running = keyed->inner;
    sm3_update(&running, data, size);
    sm3_finish(&running, digest);
    running = keyed->outer;
    sm3_update(&running, digest, 32);
    sm3_finish(&running, digest);
}
