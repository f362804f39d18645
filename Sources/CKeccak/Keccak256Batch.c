// Keccak-256 of many messages: lane i of several states lies in one vector, so that one instruction serves them all.

#include <string.h>

#include "CKeccak.h"
#include "KeccakF1600.h"
#include "KeccakRound.h"

#define RATE STARLING_KECCAK256_RATE
#define RATE_LANES (RATE / 8)
#define WIDEST 8

static void batch_of_1(const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    for (size_t i = 0; i < count; i++) {
        starling_keccak256(messages[i].start, messages[i].count, digests + 32 * i);
    }
}

#if defined(__x86_64__)

typedef uint64_t lane_of_4 __attribute__((vector_size(32)));
typedef uint64_t lane_of_8 __attribute__((vector_size(64)));

// A place for one state among those that are permuted together.
typedef struct {
    // What is left of the message; the last block, perhaps only padding, is still to come.
    const uint8_t *next;
    size_t rest;
    uint8_t *digest;
    bool is_busy;
    bool is_last;
} slot;

// XORs the next block of a slot's message into its lanes, which are `width` words apart.
static inline void absorb(uint64_t *lanes, unsigned width, slot *slot) {
    uint8_t padded[RATE];
    const uint8_t *block = slot->next;
    slot->is_last = slot->rest < RATE;
    if (slot->is_last) {
        memset(padded, 0, RATE);
        if (slot->rest != 0) {
            memcpy(padded, slot->next, slot->rest);
        }
        padded[slot->rest] ^= 0x01;
        padded[RATE - 1] ^= 0x80;
        block = padded;
    } else {
        slot->next += RATE;
        slot->rest -= RATE;
    }
    for (int i = 0; i < RATE_LANES; i++) {
        uint64_t word;
        memcpy(&word, block + 8 * i, 8);
        lanes[i * width] ^= word;
    }
}

// Hashes the rest of the message of a slot that is alone.
static void finish_alone(uint64_t *lanes, unsigned width, slot *slot) {
    uint64_t single[25];
    for (int i = 0; i < 25; i++) {
        single[i] = lanes[i * width];
    }
    do {
        absorb(single, 1, slot);
        starling_keccak_permute(single);
    } while (!slot->is_last);
    memcpy(slot->digest, single, 32);
}

// Keeps all slots busy: a slot whose message ends takes the next message while the others go on with theirs.
static inline __attribute__((always_inline)) void batch(
    unsigned width, void (*permute)(uint64_t *), const starling_keccak_message *messages, size_t count,
    uint8_t *digests) {
    _Alignas(64) uint64_t lanes[25 * WIDEST];
    slot slots[WIDEST];
    memset(slots, 0, sizeof slots);
    size_t taken = 0;
    for (;;) {
        unsigned busy = 0, last_busy = 0;
        for (unsigned k = 0; k < width; k++) {
            if (!slots[k].is_busy && taken < count) {
                slots[k] = (slot){messages[taken].start, messages[taken].count, digests + 32 * taken, true, false};
                taken++;
                for (int i = 0; i < 25; i++) {
                    lanes[i * width + k] = 0;
                }
            }
            if (slots[k].is_busy) {
                busy++;
                last_busy = k;
            }
        }
        if (busy == 0) {
            return;
        }
        if (busy == 1) {
            finish_alone(lanes + last_busy, width, &slots[last_busy]);
            return;
        }
        for (unsigned k = 0; k < width; k++) {
            if (slots[k].is_busy) {
                absorb(lanes + k, width, &slots[k]);
            }
        }
        permute(lanes);
        for (unsigned k = 0; k < width; k++) {
            if (slots[k].is_busy && slots[k].is_last) {
                for (int i = 0; i < 4; i++) {
                    memcpy(slots[k].digest + 8 * i, &lanes[i * width + k], 8);
                }
                slots[k].is_busy = false;
            }
        }
    }
}

__attribute__((target("avx2"))) static void permute_4(uint64_t *words) {
    lane_of_4 *lanes = (lane_of_4 *)words;
    PERMUTE(lane_of_4, lanes)
}

__attribute__((target("avx512f"))) static void permute_8(uint64_t *words) {
    lane_of_8 *lanes = (lane_of_8 *)words;
    PERMUTE(lane_of_8, lanes)
}

static void batch_of_4(const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    batch(4, permute_4, messages, count, digests);
}

static void batch_of_8(const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    batch(8, permute_8, messages, count, digests);
}

static bool can_permute(unsigned width) {
    switch (width) {
    case 1: return true;
    case 4: return __builtin_cpu_supports("avx2");
    case 8: return __builtin_cpu_supports("avx512f");
    default: return false;
    }
}

// One until the constructor has run, which is before main: from then on only read.
static unsigned widest = 1;

__attribute__((constructor)) static void choose_widest(void) {
    __builtin_cpu_init();
    widest = can_permute(8) ? 8 : can_permute(4) ? 4 : 1;
}

bool starling_keccak256_batch_of(
    unsigned width, const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    if (!can_permute(width)) {
        return false;
    }
    switch (width) {
    case 8: batch_of_8(messages, count, digests); break;
    case 4: batch_of_4(messages, count, digests); break;
    default: batch_of_1(messages, count, digests);
    }
    return true;
}

void starling_keccak256_batch(const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    starling_keccak256_batch_of(widest, messages, count, digests);
}

#else

bool starling_keccak256_batch_of(
    unsigned width, const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    if (width != 1) {
        return false;
    }
    batch_of_1(messages, count, digests);
    return true;
}

void starling_keccak256_batch(const starling_keccak_message *messages, size_t count, uint8_t *digests) {
    batch_of_1(messages, count, digests);
}

#endif
