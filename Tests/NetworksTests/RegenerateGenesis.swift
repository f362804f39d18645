import Chain
import Execution
import Foundation
import Networks
import TestVectors
import Testing

/// Writes the folder `Genesis` anew from the test vectors, but for the lists of bootnodes:
///
///     STARLING_REGENERATE=genesis swift test --filter RegenerateGenesis
@Suite(
    .enabled(
        if: TestVectors.isPresent && ProcessInfo.processInfo.environment["STARLING_REGENERATE"] == "genesis",
        "writes files; only with STARLING_REGENERATE=genesis"))
struct RegenerateGenesis {
    @Test func everyNetwork() throws {
        for name in GenesisFolder.names {
            try write(name, try GenesisFolder.completed(name))
        }
        try write("devnet", NetworkDefinition.devnet().genesis)
    }

    private func write(_ name: String, _ genesis: Genesis) throws {
        let folder = GenesisFolder.url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let root = try GenesisState.block(of: genesis).header.stateRoot
        let files = [
            ("genesis.json", GenesisFile.json(genesis)),
            ("expected.json", ExpectedGenesis(genesis: genesis, stateRoot: root).json),
        ]
        for (file, text) in files {
            try text.write(to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8)
        }
    }
}
