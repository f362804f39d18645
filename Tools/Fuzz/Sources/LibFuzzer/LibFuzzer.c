#include "LibFuzzer.h"

// compiler-rt, allocator_interface.h
int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void *, size_t), void (*free_hook)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *ptr);

// The program has one thread that counts.
static long allocated;

static void counted_malloc(const volatile void *ptr, size_t size) { allocated += size; }

static void counted_free(const volatile void *ptr) {
    if (ptr != NULL) allocated -= __sanitizer_get_allocated_size(ptr);
}

int starling_fuzz_count_memory(void) {
    return __sanitizer_install_malloc_and_free_hooks(counted_malloc, counted_free);
}

long starling_fuzz_allocated_bytes(void) { return allocated; }
