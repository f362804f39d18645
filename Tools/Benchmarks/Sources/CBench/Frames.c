#include <openssl/evp.h>
#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>

#include "CBench.h"
#include "CKeccak.h"

struct bench_ciphers {
    EVP_CIPHER_CTX *stream;
    EVP_CIPHER_CTX *block;
    // Bytes that the running hash has absorbed since the last permutation.
    size_t absorbed;
    uint64_t lanes[25];
    uint8_t mac[16];
    const uint8_t *message;
    size_t count;
    int with_snappy;
    // The snappy block, or what a code and the message are.
    size_t block_count;
    size_t content_room;
    uint8_t *content;
    uint8_t *plain;
    uint8_t *frame;
};

static void permute(uint64_t *lanes) {
    if (!starling_keccak_f1600(starling_keccak_bmi2, lanes)) {
        starling_keccak_f1600(starling_keccak_portable, lanes);
    }
}

static EVP_CIPHER_CTX *cipher(const char *name) {
    static const uint8_t key[32] = {1}, counter[16] = {0};
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (EVP_EncryptInit_ex2(context, algorithm, key, counter, NULL) != 1) {
        abort();
    }
    EVP_CIPHER_CTX_set_padding(context, 0);
    EVP_CIPHER_free(algorithm);
    return context;
}

bench_ciphers *bench_ciphers_new(const uint8_t *message, size_t count, int with_snappy) {
    bench_ciphers *ciphers = calloc(1, sizeof *ciphers);
    ciphers->stream = cipher("AES-256-CTR");
    ciphers->block = cipher("AES-256-ECB");
    ciphers->message = message;
    ciphers->count = count;
    ciphers->with_snappy = with_snappy;
    ciphers->content_room = snappy_max_compressed_length(count);
    ciphers->content = malloc(ciphers->content_room);
    ciphers->plain = malloc(count);
    ciphers->frame = calloc(1, 64 + ciphers->content_room);
    ciphers->block_count = with_snappy ? bench_snappy_compress(message, count, ciphers->content) : count;
    return ciphers;
}

void bench_ciphers_free(bench_ciphers *ciphers) {
    EVP_CIPHER_CTX_free(ciphers->stream);
    EVP_CIPHER_CTX_free(ciphers->block);
    free(ciphers->content);
    free(ciphers->plain);
    free(ciphers->frame);
    free(ciphers);
}

// The body: a code of one byte, then the block, padded.
static size_t padded_count(const bench_ciphers *ciphers) { return (1 + ciphers->block_count + 15) / 16 * 16; }

size_t bench_frame_count(const bench_ciphers *ciphers) { return 32 + padded_count(ciphers) + 16; }

const uint8_t *bench_frame(const bench_ciphers *ciphers) { return ciphers->frame; }

// Both directions do the same: AES-256-CTR over header and body, two AES blocks, and the permutations of a running hash
// that absorbs 16 bytes, the body, and 16 bytes, and is asked for a digest three times.
static void apply(bench_ciphers *ciphers, uint8_t *bytes) {
    size_t padded = padded_count(ciphers);
    int written = 0;
    EVP_EncryptUpdate(ciphers->stream, bytes, &written, bytes, (int)(16 + padded));
    for (int i = 0; i < 2; i++) {
        EVP_EncryptUpdate(ciphers->block, ciphers->mac, &written, ciphers->mac, 16);
    }
    size_t absorbed = ciphers->absorbed + 16 + padded + 16;
    size_t permutations = 3 + absorbed / STARLING_KECCAK256_RATE;
    ciphers->absorbed = absorbed % STARLING_KECCAK256_RATE;
    for (size_t i = 0; i < permutations; i++) {
        permute(ciphers->lanes);
    }
}

void bench_bare_seal(bench_ciphers *ciphers) {
    if (ciphers->with_snappy) {
        ciphers->block_count = bench_snappy_compress(ciphers->message, ciphers->count, ciphers->content);
    }
    apply(ciphers, ciphers->frame);
}

void bench_bare_open(bench_ciphers *ciphers) {
    apply(ciphers, ciphers->frame);
    if (ciphers->with_snappy) {
        size_t size = ciphers->count;
        if (snappy_uncompress(
                (const char *)ciphers->content, ciphers->block_count, (char *)ciphers->plain, &size) != SNAPPY_OK) {
            abort();
        }
    }
}

void bench_bare_frames(bench_ciphers *sender, bench_ciphers *receiver, size_t times) {
    for (size_t i = 0; i < times; i++) {
        bench_bare_seal(sender);
        bench_bare_open(receiver);
    }
    bench_keep(sender->frame);
    bench_keep(receiver->plain);
}

size_t bench_snappy_room(size_t count) { return snappy_max_compressed_length(count); }

size_t bench_snappy_compress(const uint8_t *bytes, size_t count, uint8_t *block) {
    size_t size = snappy_max_compressed_length(count);
    return snappy_compress((const char *)bytes, count, (char *)block, &size) == SNAPPY_OK ? size : 0;
}

size_t bench_snappy_decompress(const uint8_t *block, size_t count) {
    static __thread uint8_t *room;
    static __thread size_t capacity;
    size_t size = 0;
    if (snappy_uncompressed_length((const char *)block, count, &size) != SNAPPY_OK) {
        return 0;
    }
    if (size > capacity) {
        free(room);
        room = malloc(size);
        capacity = size;
    }
    if (snappy_uncompress((const char *)block, count, (char *)room, &size) != SNAPPY_OK) {
        return 0;
    }
    bench_keep(room);
    return size;
}

void bench_permutations(size_t times) {
    static uint64_t lanes[25];
    for (size_t i = 0; i < times; i++) {
        permute(lanes);
    }
    bench_keep(lanes);
}

void bench_aes_blocks(size_t times) {
    static EVP_CIPHER_CTX *context;
    static uint8_t block[16];
    if (context == NULL) {
        context = cipher("AES-256-ECB");
    }
    int written = 0;
    for (size_t i = 0; i < times; i++) {
        EVP_EncryptUpdate(context, block, &written, block, 16);
    }
    bench_keep(block);
}

void bench_aes_stream(uint8_t *bytes, size_t count, size_t times) {
    static EVP_CIPHER_CTX *context;
    if (context == NULL) {
        context = cipher("AES-256-CTR");
    }
    int written = 0;
    for (size_t i = 0; i < times; i++) {
        EVP_EncryptUpdate(context, bytes, &written, bytes, (int)count);
    }
    bench_keep(bytes);
}

void bench_sha3(const uint8_t *bytes, size_t count, size_t times) {
    static EVP_MD *algorithm;
    static EVP_MD_CTX *context;
    if (context == NULL) {
        algorithm = EVP_MD_fetch(NULL, "SHA3-256", NULL);
        context = EVP_MD_CTX_new();
    }
    uint8_t digest[32];
    for (size_t i = 0; i < times; i++) {
        if (EVP_DigestInit_ex2(context, algorithm, NULL) != 1 || EVP_DigestUpdate(context, bytes, count) != 1
            || EVP_DigestFinal_ex(context, digest, NULL) != 1) {
            abort();
        }
        bench_keep(digest);
    }
}
