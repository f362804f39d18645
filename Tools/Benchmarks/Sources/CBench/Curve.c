#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include "CBench.h"

static const uint8_t scalar[32] = {0x49, 0xa7, 0xb3, 0x7a, 0xa6, 0xf6, 0x64, 0x59, 0x17, 0xe7, 0xb8, 0x07,
                                   0xe9, 0xd1, 0xc0, 0x0d, 0x4f, 0xa7, 0x1f, 0x18, 0x34, 0x3b, 0x0d, 0x41,
                                   0x22, 0xa4, 0xd2, 0xdf, 0x64, 0xdd, 0x6f, 0xee};
static const uint8_t hash[32] = {0xfe, 0xed, 0xfa, 0xce};

static secp256k1_context *context;
static secp256k1_pubkey point;
static secp256k1_ecdsa_recoverable_signature signature;
static secp256k1_ecdsa_signature plain;

static int copy_x(unsigned char *output, const unsigned char *x, const unsigned char *y, void *data) {
    (void)y;
    (void)data;
    memcpy(output, x, 32);
    return 1;
}

// As Starling's own context: blinded.
__attribute__((constructor)) static void prepare(void) {
    context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    (void)secp256k1_context_randomize(context, scalar);
    (void)secp256k1_ec_pubkey_create(context, &point, scalar);
    (void)secp256k1_ecdsa_sign_recoverable(context, &signature, hash, scalar, NULL, NULL);
    secp256k1_ecdsa_recoverable_signature_convert(context, &plain, &signature);
}

void bench_keygen(size_t times) {
    secp256k1_pubkey made;
    for (size_t i = 0; i < times; i++) {
        (void)secp256k1_ec_pubkey_create(context, &made, scalar);
        bench_keep(&made);
    }
}

void bench_ecdh(size_t times) {
    uint8_t shared[32];
    for (size_t i = 0; i < times; i++) {
        (void)secp256k1_ecdh(context, shared, &point, scalar, copy_x, NULL);
        bench_keep(shared);
    }
}

void bench_sign(size_t times) {
    secp256k1_ecdsa_recoverable_signature made;
    for (size_t i = 0; i < times; i++) {
        (void)secp256k1_ecdsa_sign_recoverable(context, &made, hash, scalar, NULL, NULL);
        bench_keep(&made);
    }
}

void bench_recover(size_t times) {
    secp256k1_pubkey made;
    for (size_t i = 0; i < times; i++) {
        (void)secp256k1_ecdsa_recover(context, &made, &signature, hash);
        bench_keep(&made);
    }
}

void bench_verify(size_t times) {
    for (size_t i = 0; i < times; i++) {
        int valid = secp256k1_ecdsa_verify(context, &plain, hash, &point);
        bench_keep(&valid);
    }
}

void bench_handshake_curve(size_t times) {
    for (size_t i = 0; i < times; i++) {
        bench_keygen(4);
        bench_ecdh(8);
        bench_sign(1);
        bench_recover(1);
    }
}
