// The rounds of Keccak-f[1600] (FIPS 202, section 3.3) as macros, so that one text serves single words and vectors.

#ifndef STARLING_KECCAKROUND_H
#define STARLING_KECCAKROUND_H

#include <stdint.h>

static const uint64_t keccak_round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define ROTATED(lane, count) ((lane) << (count) | (lane) >> (64 - (count)))

// Writes one row of the next state (chi), from five lanes that theta, rho and pi have moved into it.
#define CHI(e, i0, i1, i2, i3, i4)    \
    e##i0 = b0 ^ (~b1 & b2);          \
    e##i1 = b1 ^ (~b2 & b3);          \
    e##i2 = b2 ^ (~b3 & b4);          \
    e##i3 = b3 ^ (~b4 & b0);          \
    e##i4 = b4 ^ (~b0 & b1);

// One round from the lanes a0 ... a24 to e0 ... e24. Row by row, so that few values are alive at once: there are 25
// lanes and 16 registers. Two sets of lanes, because then no lane is copied.
#define ROUND(a, e, constant)                               \
    c0 = a##0 ^ a##5 ^ a##10 ^ a##15 ^ a##20;               \
    c1 = a##1 ^ a##6 ^ a##11 ^ a##16 ^ a##21;               \
    c2 = a##2 ^ a##7 ^ a##12 ^ a##17 ^ a##22;               \
    c3 = a##3 ^ a##8 ^ a##13 ^ a##18 ^ a##23;               \
    c4 = a##4 ^ a##9 ^ a##14 ^ a##19 ^ a##24;               \
    d0 = c4 ^ ROTATED(c1, 1);                               \
    d1 = c0 ^ ROTATED(c2, 1);                               \
    d2 = c1 ^ ROTATED(c3, 1);                               \
    d3 = c2 ^ ROTATED(c4, 1);                               \
    d4 = c3 ^ ROTATED(c0, 1);                               \
    b0 = a##0 ^ d0;                                         \
    b1 = ROTATED(a##6 ^ d1, 44);                            \
    b2 = ROTATED(a##12 ^ d2, 43);                           \
    b3 = ROTATED(a##18 ^ d3, 21);                           \
    b4 = ROTATED(a##24 ^ d4, 14);                           \
    CHI(e, 0, 1, 2, 3, 4)                                   \
    e##0 ^= constant;                                       \
    b0 = ROTATED(a##3 ^ d3, 28);                            \
    b1 = ROTATED(a##9 ^ d4, 20);                            \
    b2 = ROTATED(a##10 ^ d0, 3);                            \
    b3 = ROTATED(a##16 ^ d1, 45);                           \
    b4 = ROTATED(a##22 ^ d2, 61);                           \
    CHI(e, 5, 6, 7, 8, 9)                                   \
    b0 = ROTATED(a##1 ^ d1, 1);                             \
    b1 = ROTATED(a##7 ^ d2, 6);                             \
    b2 = ROTATED(a##13 ^ d3, 25);                           \
    b3 = ROTATED(a##19 ^ d4, 8);                            \
    b4 = ROTATED(a##20 ^ d0, 18);                           \
    CHI(e, 10, 11, 12, 13, 14)                              \
    b0 = ROTATED(a##4 ^ d4, 27);                            \
    b1 = ROTATED(a##5 ^ d0, 36);                            \
    b2 = ROTATED(a##11 ^ d1, 10);                           \
    b3 = ROTATED(a##17 ^ d2, 15);                           \
    b4 = ROTATED(a##23 ^ d3, 56);                           \
    CHI(e, 15, 16, 17, 18, 19)                              \
    b0 = ROTATED(a##2 ^ d2, 62);                            \
    b1 = ROTATED(a##8 ^ d3, 55);                            \
    b2 = ROTATED(a##14 ^ d4, 39);                           \
    b3 = ROTATED(a##15 ^ d0, 41);                           \
    b4 = ROTATED(a##21 ^ d1, 2);                            \
    CHI(e, 20, 21, 22, 23, 24)

#define FOR_EACH_LANE(DO)                     \
    DO(0) DO(1) DO(2) DO(3) DO(4)             \
    DO(5) DO(6) DO(7) DO(8) DO(9)             \
    DO(10) DO(11) DO(12) DO(13) DO(14)        \
    DO(15) DO(16) DO(17) DO(18) DO(19)        \
    DO(20) DO(21) DO(22) DO(23) DO(24)
#define LOAD(i) a##i = lanes[i];
#define STORE(i) lanes[i] = a##i;

// Permutes the array `lanes`, whose elements have the type `lane`: one word, or a vector of words of several states.
#define PERMUTE(lane, lanes)                                                                \
    lane a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12;                             \
    lane a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24;                        \
    lane e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12;                             \
    lane e13, e14, e15, e16, e17, e18, e19, e20, e21, e22, e23, e24;                        \
    lane b0, b1, b2, b3, b4, c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;                        \
    FOR_EACH_LANE(LOAD)                                                                     \
    for (int round = 0; round < 24; round += 2) {                                           \
        ROUND(a, e, keccak_round_constants[round])                                          \
        ROUND(e, a, keccak_round_constants[round + 1])                                      \
    }                                                                                       \
    FOR_EACH_LANE(STORE)

#endif
