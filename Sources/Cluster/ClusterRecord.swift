import Files
import Foundation

/// What a cluster is, as its folder has it in `cluster.json`: what a kept one goes on with.
struct ClusterRecord: Codable, Equatable {
    let nodes: Int
    let blockTime: UInt64
    /// Absent in folders of older versions, where all nodes seal; likewise the others.
    var signers: Int?
    var topology: String?
    var seed: UInt64?
    var ports: PortPlan?

    static let name = "cluster.json"

    /// What was asked for, where there is no cluster yet.
    init(_ options: ClusterOptions) throws(ClusterError) {
        nodes = options.nodes ?? 4
        blockTime = options.blockTime ?? 2
        let signers = options.signers ?? min(nodes, ClusterOptions.maxSigners)
        guard signers <= nodes else {
            throw .options(
                "--signers \(signers): there are only \(nodes) nodes; use --nodes \(signers), or fewer signers")
        }
        self.signers = signers
        topology = (options.topology ?? .discovery).description
        seed = options.seed ?? 1
    }

    /// The record of a folder; nil where there is none.
    init?(folder: String) throws(ClusterError) {
        let path = folder + "/" + Self.name
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let record = try? JSONDecoder().decode(Self.self, from: data), record.nodes > 0 else {
            throw .folder("\(path) is not a cluster's: move that file away, or use another --datadir")
        }
        self = record
    }

    var signerCount: Int { signers ?? min(nodes, ClusterOptions.maxSigners) }
    var wiring: Topology { topology.flatMap { Topology($0) } ?? .discovery }

    /// Refuses what the cluster isn't: it goes on as it was made.
    func check(_ options: ClusterOptions, folder: String) throws(ClusterError) {
        let asked: [(option: String, has: String, wanted: String?)] = [
            ("--nodes", "\(nodes)", options.nodes.map { "\($0)" }),
            ("--block-time", "\(blockTime)", options.blockTime.map { "\($0)" }),
            ("--signers", "\(signerCount)", options.signers.map { "\($0)" }),
            ("--topology", "\(wiring)", options.topology.map { "\($0)" }),
            ("--seed", "\(seed ?? 1)", options.seed.map { "\($0)" }),
        ]
        for (option, has, wanted) in asked {
            if let wanted, wanted != has {
                throw .otherCluster(folder: folder, option: option, has: has, wanted: wanted)
            }
        }
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(encoder.encode(self), to: folder + "/" + Self.name)
    }
}
