// What the benchmarks need from C: a counter of heap allocations, and the bare operations that Starling's figures are
// compared with.

#ifndef CBENCH_H
#define CBENCH_H

#include <stddef.h>
#include <stdint.h>

// The number of calls of malloc, calloc, realloc, aligned_alloc and posix_memalign on this thread so far.
uint64_t bench_allocations(void);

// Bytes of the heap in use, in this process.
uint64_t bench_heap_bytes(void);

// Lets the compiler believe that somebody reads what is at `pointer`.
void bench_keep(const void *_Nullable pointer);

// What one end of an RLPx connection must do at least for messages that are all the same, without doing RLPx: for each
// AES-256-CTR over header and padded body, two AES-256 blocks, as many Keccak permutations as the frame MAC's running
// hash and its three digests need, and, `with_snappy`, compression or decompression into buffers that are there.
// `message` stays where it is.
typedef struct bench_ciphers bench_ciphers;
bench_ciphers *_Nonnull bench_ciphers_new(const uint8_t *_Nonnull message, size_t count, int with_snappy);
void bench_ciphers_free(bench_ciphers *_Nonnull ciphers);
// A frame of the right size, and this size. Its content is noise.
const uint8_t *_Nonnull bench_frame(const bench_ciphers *_Nonnull ciphers);
size_t bench_frame_count(const bench_ciphers *_Nonnull ciphers);
void bench_bare_seal(bench_ciphers *_Nonnull ciphers);
void bench_bare_open(bench_ciphers *_Nonnull ciphers);
// Both, `times` times.
void bench_bare_frames(bench_ciphers *_Nonnull sender, bench_ciphers *_Nonnull receiver, size_t times);

// Decompresses a snappy block into a buffer of the thread; the result is its size, 0 for a corrupt one.
size_t bench_snappy_decompress(const uint8_t *_Nonnull block, size_t count);
// Compresses into `block`, which has room; the result is the block's size.
size_t bench_snappy_compress(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull block);
size_t bench_snappy_room(size_t count);

// `times` permutations with Keccak-f[1600] of CKeccak, in the form that it uses here.
void bench_permutations(size_t times);

// OpenSSL's own, through contexts that are made once: AES-256 on single blocks, each the input of the next; AES-256-CTR
// in place; SHA3-256.
void bench_aes_blocks(size_t times);
void bench_aes_stream(uint8_t *_Nonnull bytes, size_t count, size_t times);
void bench_sha3(const uint8_t *_Nonnull bytes, size_t count, size_t times);

// The library's bare operations, `times` times each.
void bench_keygen(size_t times);
void bench_ecdh(size_t times);
void bench_sign(size_t times);
void bench_recover(size_t times);
void bench_verify(size_t times);
// The operations of one handshake, both ends: 4 keys made, 8 products, 1 signature, 1 recovery.
void bench_handshake_curve(size_t times);

#endif
