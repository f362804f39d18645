// The files that the program carries: the folder Genesis and the scenarios of Testnet. An executable that is copied to
// another machine has them; nothing looks for a folder beside it.

#ifndef STARLING_CEMBEDDED_H
#define STARLING_CEMBEDDED_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    // The path in the source tree, such as `Genesis/mainnet/genesis.json`.
    const char *_Nonnull path;
    const uint8_t *_Nonnull bytes;
    size_t count;
} starling_embedded_file;

// The number of files.
size_t starling_embedded_file_count(void);

// The file at an index below the count, in the order of the paths.
starling_embedded_file starling_embedded_file_at(size_t index);

// The commit that the program was built from, as `git describe` says it; empty where the build didn't tell.
const char *_Nonnull starling_commit(void);

#endif
