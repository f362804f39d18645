#include <openssl/evp.h>
#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>

#include "CBench.h"
#include "CKeccak.h"

struct bench_ciphers {
    EVP_CIPHER_CTX *stream[2];
    EVP_CIPHER_CTX *block;
    // Bytes that the running hashes have absorbed since the last permutation.
    size_t absorbed[2];
    uint64_t lanes[25];
    uint8_t mac[16];
    uint8_t *frame;
    uint8_t *content;
    size_t room;
};

static void permute(uint64_t *lanes) {
    if (!starling_keccak_f1600(starling_keccak_bmi2, lanes)) {
        starling_keccak_f1600(starling_keccak_portable, lanes);
    }
}

static EVP_CIPHER_CTX *cipher(const EVP_CIPHER *algorithm) {
    static const uint8_t key[32] = {1}, counter[16] = {0};
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (EVP_EncryptInit_ex(context, algorithm, NULL, key, counter) != 1) {
        abort();
    }
    EVP_CIPHER_CTX_set_padding(context, 0);
    return context;
}

bench_ciphers *bench_ciphers_new(void) {
    bench_ciphers *ciphers = calloc(1, sizeof *ciphers);
    ciphers->stream[0] = cipher(EVP_aes_256_ctr());
    ciphers->stream[1] = cipher(EVP_aes_256_ctr());
    ciphers->block = cipher(EVP_aes_256_ecb());
    return ciphers;
}

void bench_ciphers_free(bench_ciphers *ciphers) {
    EVP_CIPHER_CTX_free(ciphers->stream[0]);
    EVP_CIPHER_CTX_free(ciphers->stream[1]);
    EVP_CIPHER_CTX_free(ciphers->block);
    free(ciphers->frame);
    free(ciphers->content);
    free(ciphers);
}

static void make_room(bench_ciphers *ciphers, size_t count) {
    size_t room = 64 + snappy_max_compressed_length(count);
    if (room > ciphers->room) {
        free(ciphers->frame);
        free(ciphers->content);
        ciphers->frame = calloc(1, room);
        ciphers->content = calloc(1, room);
        ciphers->room = room;
    }
}

static void direction(bench_ciphers *ciphers, int which, size_t padded) {
    int written = 0;
    EVP_EncryptUpdate(ciphers->stream[which], ciphers->frame, &written, ciphers->frame, (int)(16 + padded));
    for (int i = 0; i < 2; i++) {
        EVP_EncryptUpdate(ciphers->block, ciphers->mac, &written, ciphers->mac, 16);
    }
    size_t absorbed = ciphers->absorbed[which] + 16 + padded + 16;
    size_t permutations = 3 + absorbed / STARLING_KECCAK256_RATE;
    ciphers->absorbed[which] = absorbed % STARLING_KECCAK256_RATE;
    for (size_t i = 0; i < permutations; i++) {
        permute(ciphers->lanes);
    }
}

void bench_bare_frames(
    bench_ciphers *ciphers, const uint8_t *message, size_t count, int with_snappy, size_t times) {
    make_room(ciphers, count);
    for (size_t i = 0; i < times; i++) {
        size_t block = count;
        if (with_snappy) {
            block = ciphers->room - 64;
            snappy_compress((const char *)message, count, (char *)ciphers->content, &block);
        }
        // A code of one byte, then the block, padded.
        size_t padded = (1 + block + 15) / 16 * 16;
        direction(ciphers, 0, padded);
        direction(ciphers, 1, padded);
        if (with_snappy) {
            size_t size = ciphers->room;
            snappy_uncompress((const char *)ciphers->content, block, (char *)ciphers->frame, &size);
        }
    }
    bench_keep(ciphers->lanes);
    bench_keep(ciphers->frame);
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
