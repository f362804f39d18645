// The permutation as the sponge calls it.

#ifndef STARLING_KECCAKF1600_H
#define STARLING_KECCAKF1600_H

#include <stdint.h>

// Applies Keccak-f[1600] in the fastest form that this machine can run.
void starling_keccak_permute(uint64_t *_Nonnull lanes);

#endif
