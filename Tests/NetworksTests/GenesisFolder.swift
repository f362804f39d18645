import Chain
import Execution
import Foundation
import Networks
import NodeRecord
import Primitives
import TestVectors
import Testing

let noVectors: Comment = "no test vectors beside the repository"

/// The repository's folder `Genesis`.
enum GenesisFolder {
    static let names = ["mainnet", "sepolia", "holesky", "hoodi"]

    static var url: URL {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent("Genesis")
    }

    static func path(_ name: String, _ file: String) -> String { url.appendingPathComponent("\(name)/\(file)").path }

    static func network(_ name: String) throws -> NetworkDefinition {
        try NetworkDefinition.named(url.appendingPathComponent(name).path)
    }

    static func facts(_ name: String) throws -> JSONValue {
        try #require(try TestVectors.json("03-networks/networks.json")["networks"]?[name])
    }

    /// The genesis of the test vectors: its config may stop at an early fork.
    static func vector(_ name: String) throws -> Genesis {
        let folder = "03-networks/\(name)/genesis.json"
        let path = (try? TestVectors.url(folder)) == nil ? folder + ".gz" : folder
        return try GenesisFile.parse(try TestVectors.data(path), file: path).genesis
    }

    /// The vector's genesis with all forks of go-ethereum's `params/config.go`.
    static func completed(_ name: String) throws -> Genesis {
        var genesis = try vector(name)
        let forks = try #require(try facts(name)["forks"]?.object)
        let byKey = Dictionary(uniqueKeysWithValues: forks.map { ($0.key.lowercased(), $0.value.uint64) })
        for fork in ChainConfig.blockForks + ChainConfig.timeForks {
            genesis.config[keyPath: fork.path] = byKey[fork.key.lowercased()] ?? nil
        }
        genesis.config.blobSchedule = [
            "cancun": BlobParameters(target: 3, max: 6, baseFeeUpdateFraction: 3_338_477),
            "prague": BlobParameters(target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
            "osaka": BlobParameters(target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
            "bpo1": BlobParameters(target: 10, max: 15, baseFeeUpdateFraction: 8_346_193),
            "bpo2": BlobParameters(target: 14, max: 21, baseFeeUpdateFraction: 11_684_671),
        ]
        if name == "sepolia" {
            // Later than the vectors: go-ethereum#35734. The blobs stay as they were.
            genesis.config.amsterdamTime = 1_791_294_816
            genesis.config.blobSchedule["amsterdam"] = genesis.config.blobSchedule["bpo2"]
        }
        return genesis
    }
}
