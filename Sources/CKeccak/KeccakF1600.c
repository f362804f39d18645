// Keccak-f[1600], one state at a time.

#include "CKeccak.h"
#include "KeccakF1600.h"
#include "KeccakRound.h"

#if defined(__x86_64__)
#define STARLING_KECCAK_X86_64 1
#else
#define STARLING_KECCAK_X86_64 0
#endif

// Compiled once for each instruction set that a caller below names.
static inline __attribute__((always_inline)) void permute(uint64_t *lanes) {
    PERMUTE(uint64_t, lanes)
}

static void permute_portable(uint64_t *lanes) { permute(lanes); }

// Portable until the constructor has run, which is before main: from then on only read.
static void (*fastest)(uint64_t *) = permute_portable;

#if STARLING_KECCAK_X86_64

__attribute__((target("bmi,bmi2"))) static void permute_bmi2(uint64_t *lanes) { permute(lanes); }

static bool has_bmi2(void) { return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"); }

__attribute__((constructor)) static void choose_fastest(void) {
    __builtin_cpu_init();
    if (has_bmi2()) {
        fastest = permute_bmi2;
    }
}

#endif

void starling_keccak_permute(uint64_t *lanes) { fastest(lanes); }

bool starling_keccak_f1600(starling_keccak_form form, uint64_t *lanes) {
    switch (form) {
    case starling_keccak_portable:
        permute_portable(lanes);
        return true;
    case starling_keccak_bmi2:
#if STARLING_KECCAK_X86_64
        if (has_bmi2()) {
            permute_bmi2(lanes);
            return true;
        }
#endif
        return false;
    }
    return false;
}
