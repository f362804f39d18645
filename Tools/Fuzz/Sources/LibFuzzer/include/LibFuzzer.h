#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop, for a program with a main of its own (compiler-rt, FuzzerDriver.cpp).
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// Begins to count what is taken from malloc and given back; 0 where that isn't possible.
///
/// AddressSanitizer's own count, __sanitizer_get_current_allocated_bytes, takes more than a millisecond a call.
int starling_fuzz_count_memory(void);

/// The bytes taken and not given back since then.
long starling_fuzz_allocated_bytes(void);
