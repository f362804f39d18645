// The sponge: rate 136, capacity 64, digest 32 bytes.

#include <string.h>

#include "CKeccak.h"
#include "KeccakF1600.h"

#define RATE STARLING_KECCAK256_RATE

// Bytes are absorbed as words in memory order, which is the order of Keccak only on a little-endian machine.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "Keccak's lanes are little-endian");

static inline void absorb_block(uint64_t *lanes, const uint8_t *bytes) {
    for (int i = 0; i < RATE / 8; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * i, 8);
        lanes[i] ^= word;
    }
    starling_keccak_permute(lanes);
}

// Absorbs fewer bytes than a block, at `offset` of the block, without permuting.
static inline void absorb_part(uint64_t *lanes, size_t offset, const uint8_t *bytes, size_t count) {
    // Both are little-endian, so the lanes can be written as the bytes that they are.
    uint8_t *block = (uint8_t *)lanes;
    size_t at = 0;
    for (; at + 8 <= count; at += 8) {
        uint64_t word, lane;
        memcpy(&word, bytes + at, 8);
        memcpy(&lane, block + offset + at, 8);
        lane ^= word;
        memcpy(block + offset + at, &lane, 8);
    }
    for (; at < count; at++) {
        block[offset + at] ^= bytes[at];
    }
}

static inline void finish(uint64_t *lanes, size_t filled, uint8_t *digest) {
    uint8_t *block = (uint8_t *)lanes;
    block[filled] ^= 0x01;
    block[RATE - 1] ^= 0x80;
    starling_keccak_permute(lanes);
    memcpy(digest, lanes, 32);
}

void starling_keccak256_init(starling_keccak256_state *state) { memset(state, 0, sizeof *state); }

void starling_keccak256_update(starling_keccak256_state *state, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    if (state->filled != 0) {
        size_t room = RATE - state->filled;
        if (count < room) {
            absorb_part(state->lanes, state->filled, next, count);
            state->filled += count;
            return;
        }
        absorb_part(state->lanes, state->filled, next, room);
        starling_keccak_permute(state->lanes);
        next += room;
        count -= room;
    }
    for (; count >= RATE; next += RATE, count -= RATE) {
        absorb_block(state->lanes, next);
    }
    absorb_part(state->lanes, 0, next, count);
    state->filled = count;
}

void starling_keccak256_digest(const starling_keccak256_state *state, uint8_t *digest) {
    uint64_t lanes[25];
    memcpy(lanes, state->lanes, sizeof lanes);
    finish(lanes, state->filled, digest);
}

void starling_keccak256(const void *bytes, size_t count, uint8_t *digest) {
    uint64_t lanes[25] = {0};
    const uint8_t *next = bytes;
    for (; count >= RATE; next += RATE, count -= RATE) {
        absorb_block(lanes, next);
    }
    absorb_part(lanes, 0, next, count);
    finish(lanes, count, digest);
}
