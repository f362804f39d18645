// Keccak-256 as Ethereum uses it: Keccak-f[1600] with the padding of the original Keccak submission (0x01), not that of
// FIPS 202 (0x06). In C because no installed library has it and because C can pick the instruction set at run time.
// Nothing here allocates, and nothing depends on the content of the input for its time.

#ifndef STARLING_CKECCAK_H
#define STARLING_CKECCAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STARLING_KECCAK256_RATE 136

// A sponge that has absorbed some bytes. Copying the struct forks the hash.
typedef struct {
    // Lane x + 5y, in the byte order of the machine.
    uint64_t lanes[25];
    // The number of bytes absorbed since the last permutation, below STARLING_KECCAK256_RATE.
    uint64_t filled;
} starling_keccak256_state;

void starling_keccak256_init(starling_keccak256_state *_Nonnull state);

// Absorbs `count` bytes. `bytes` may be null if `count` is 0.
void starling_keccak256_update(
    starling_keccak256_state *_Nonnull state, const void *_Nullable bytes, size_t count);

// Writes the hash of all bytes absorbed so far; the state goes on as if it had not been asked.
void starling_keccak256_digest(const starling_keccak256_state *_Nonnull state, uint8_t *_Nonnull digest);

// Writes the 32-byte hash of `count` bytes. `bytes` may be null if `count` is 0.
void starling_keccak256(const void *_Nullable bytes, size_t count, uint8_t *_Nonnull digest);

// Bytes to hash. `start` may be null if `count` is 0.
typedef struct {
    const uint8_t *_Nullable start;
    size_t count;
} starling_keccak_message;

// Writes the hashes of `count` messages, 32 bytes each, to `digests`. Faster than one after the other where the CPU
// permutes several states at once, whatever the lengths are.
void starling_keccak256_batch(
    const starling_keccak_message *_Nullable messages, size_t count, uint8_t *_Nullable digests);

// As starling_keccak256_batch, with `width` states at once: 1, 4 (AVX2) or 8 (AVX-512). For tests that compare them;
// false, with nothing written, if this machine cannot.
bool starling_keccak256_batch_of(
    unsigned width, const starling_keccak_message *_Nullable messages, size_t count, uint8_t *_Nullable digests);

// The forms of the permutation, for tests that compare them. The functions above use the last one that runs here.
typedef enum {
    starling_keccak_portable = 0,
    // x86-64 with BMI1 (and-not) and BMI2 (rotation without flags).
    starling_keccak_bmi2 = 1,
} starling_keccak_form;

// Applies Keccak-f[1600] to 25 lanes; false, with the lanes untouched, if this machine cannot run `form`.
bool starling_keccak_f1600(starling_keccak_form form, uint64_t *_Nonnull lanes);

#endif
