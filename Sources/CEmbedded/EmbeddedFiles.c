// The table is in the order of the paths; a test compares it with the folders. #embed (C23, and clang 19 in all of C)
// costs no time, while a Swift array literal of mainnet's genesis takes the compiler minutes.

#include "CEmbedded.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// Tools/build and Tools/package tell it by the environment; see Package.swift.
#ifndef STARLING_COMMIT
#define STARLING_COMMIT ""
#endif

static const uint8_t genesis_devnet_bootnodes_txt[] = {
#embed "../../Genesis/devnet/bootnodes.txt"
};
static const uint8_t genesis_devnet_expected_json[] = {
#embed "../../Genesis/devnet/expected.json"
};
static const uint8_t genesis_devnet_genesis_json[] = {
#embed "../../Genesis/devnet/genesis.json"
};
static const uint8_t genesis_holesky_bootnodes_txt[] = {
#embed "../../Genesis/holesky/bootnodes.txt"
};
static const uint8_t genesis_holesky_expected_json[] = {
#embed "../../Genesis/holesky/expected.json"
};
static const uint8_t genesis_holesky_genesis_json[] = {
#embed "../../Genesis/holesky/genesis.json"
};
static const uint8_t genesis_hoodi_bootnodes_txt[] = {
#embed "../../Genesis/hoodi/bootnodes.txt"
};
static const uint8_t genesis_hoodi_expected_json[] = {
#embed "../../Genesis/hoodi/expected.json"
};
static const uint8_t genesis_hoodi_genesis_json[] = {
#embed "../../Genesis/hoodi/genesis.json"
};
static const uint8_t genesis_mainnet_bootnodes_txt[] = {
#embed "../../Genesis/mainnet/bootnodes.txt"
};
static const uint8_t genesis_mainnet_expected_json[] = {
#embed "../../Genesis/mainnet/expected.json"
};
static const uint8_t genesis_mainnet_genesis_json[] = {
#embed "../../Genesis/mainnet/genesis.json"
};
static const uint8_t genesis_sepolia_bootnodes_txt[] = {
#embed "../../Genesis/sepolia/bootnodes.txt"
};
static const uint8_t genesis_sepolia_expected_json[] = {
#embed "../../Genesis/sepolia/expected.json"
};
static const uint8_t genesis_sepolia_genesis_json[] = {
#embed "../../Genesis/sepolia/genesis.json"
};
static const uint8_t scenario_ambiguous_forms_json5[] = {
#embed "../../Testnet/scenarios/ambiguous-forms.json5"
};
static const uint8_t scenario_churn_json5[] = {
#embed "../../Testnet/scenarios/churn.json5"
};
static const uint8_t scenario_crash_half_json5[] = {
#embed "../../Testnet/scenarios/crash-half.json5"
};
static const uint8_t scenario_eclipse_sixteen_json5[] = {
#embed "../../Testnet/scenarios/eclipse-sixteen.json5"
};
static const uint8_t scenario_eclipse_wide_json5[] = {
#embed "../../Testnet/scenarios/eclipse-wide.json5"
};
static const uint8_t scenario_eclipse_json5[] = {
#embed "../../Testnet/scenarios/eclipse.json5"
};
static const uint8_t scenario_framer_json5[] = {
#embed "../../Testnet/scenarios/framer.json5"
};
static const uint8_t scenario_future_blocks_json5[] = {
#embed "../../Testnet/scenarios/future-blocks.json5"
};
static const uint8_t scenario_gethlighting_json5[] = {
#embed "../../Testnet/scenarios/gethlighting.json5"
};
static const uint8_t scenario_hearsay_liar_json5[] = {
#embed "../../Testnet/scenarios/hearsay-liar.json5"
};
static const uint8_t scenario_invalid_block_flood_json5[] = {
#embed "../../Testnet/scenarios/invalid-block-flood.json5"
};
static const uint8_t scenario_known_replay_json5[] = {
#embed "../../Testnet/scenarios/known-replay.json5"
};
static const uint8_t scenario_lossy_json5[] = {
#embed "../../Testnet/scenarios/lossy.json5"
};
static const uint8_t scenario_partition_json5[] = {
#embed "../../Testnet/scenarios/partition.json5"
};
static const uint8_t scenario_pool_squatter_json5[] = {
#embed "../../Testnet/scenarios/pool-squatter.json5"
};
static const uint8_t scenario_score_gaming_json5[] = {
#embed "../../Testnet/scenarios/score-gaming.json5"
};
static const uint8_t scenario_steady_json5[] = {
#embed "../../Testnet/scenarios/steady.json5"
};
static const uint8_t scenario_transaction_spam_json5[] = {
#embed "../../Testnet/scenarios/transaction-spam.json5"
};
static const uint8_t scenario_unminable_head_json5[] = {
#embed "../../Testnet/scenarios/unminable-head.json5"
};
static const uint8_t scenario_withheld_json5[] = {
#embed "../../Testnet/scenarios/withheld.json5"
};

#define FILE_AT(path, content) {path, content, sizeof content}

static const starling_embedded_file files[] = {
    FILE_AT("Genesis/devnet/bootnodes.txt", genesis_devnet_bootnodes_txt),
    FILE_AT("Genesis/devnet/expected.json", genesis_devnet_expected_json),
    FILE_AT("Genesis/devnet/genesis.json", genesis_devnet_genesis_json),
    FILE_AT("Genesis/holesky/bootnodes.txt", genesis_holesky_bootnodes_txt),
    FILE_AT("Genesis/holesky/expected.json", genesis_holesky_expected_json),
    FILE_AT("Genesis/holesky/genesis.json", genesis_holesky_genesis_json),
    FILE_AT("Genesis/hoodi/bootnodes.txt", genesis_hoodi_bootnodes_txt),
    FILE_AT("Genesis/hoodi/expected.json", genesis_hoodi_expected_json),
    FILE_AT("Genesis/hoodi/genesis.json", genesis_hoodi_genesis_json),
    FILE_AT("Genesis/mainnet/bootnodes.txt", genesis_mainnet_bootnodes_txt),
    FILE_AT("Genesis/mainnet/expected.json", genesis_mainnet_expected_json),
    FILE_AT("Genesis/mainnet/genesis.json", genesis_mainnet_genesis_json),
    FILE_AT("Genesis/sepolia/bootnodes.txt", genesis_sepolia_bootnodes_txt),
    FILE_AT("Genesis/sepolia/expected.json", genesis_sepolia_expected_json),
    FILE_AT("Genesis/sepolia/genesis.json", genesis_sepolia_genesis_json),
    FILE_AT("Testnet/scenarios/ambiguous-forms.json5", scenario_ambiguous_forms_json5),
    FILE_AT("Testnet/scenarios/churn.json5", scenario_churn_json5),
    FILE_AT("Testnet/scenarios/crash-half.json5", scenario_crash_half_json5),
    FILE_AT("Testnet/scenarios/eclipse-sixteen.json5", scenario_eclipse_sixteen_json5),
    FILE_AT("Testnet/scenarios/eclipse-wide.json5", scenario_eclipse_wide_json5),
    FILE_AT("Testnet/scenarios/eclipse.json5", scenario_eclipse_json5),
    FILE_AT("Testnet/scenarios/framer.json5", scenario_framer_json5),
    FILE_AT("Testnet/scenarios/future-blocks.json5", scenario_future_blocks_json5),
    FILE_AT("Testnet/scenarios/gethlighting.json5", scenario_gethlighting_json5),
    FILE_AT("Testnet/scenarios/hearsay-liar.json5", scenario_hearsay_liar_json5),
    FILE_AT("Testnet/scenarios/invalid-block-flood.json5", scenario_invalid_block_flood_json5),
    FILE_AT("Testnet/scenarios/known-replay.json5", scenario_known_replay_json5),
    FILE_AT("Testnet/scenarios/lossy.json5", scenario_lossy_json5),
    FILE_AT("Testnet/scenarios/partition.json5", scenario_partition_json5),
    FILE_AT("Testnet/scenarios/pool-squatter.json5", scenario_pool_squatter_json5),
    FILE_AT("Testnet/scenarios/score-gaming.json5", scenario_score_gaming_json5),
    FILE_AT("Testnet/scenarios/steady.json5", scenario_steady_json5),
    FILE_AT("Testnet/scenarios/transaction-spam.json5", scenario_transaction_spam_json5),
    FILE_AT("Testnet/scenarios/unminable-head.json5", scenario_unminable_head_json5),
    FILE_AT("Testnet/scenarios/withheld.json5", scenario_withheld_json5),
};

size_t starling_embedded_file_count(void) { return sizeof files / sizeof files[0]; }

starling_embedded_file starling_embedded_file_at(size_t index) { return files[index]; }

const char *starling_commit(void) { return STARLING_COMMIT; }
