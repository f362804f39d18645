import Files
import Foundation

/// The parameters of a cluster, stored in its folder as `cluster.json`, with which a kept cluster continues.
struct ClusterRecord: Codable, Equatable {
    let nodes: Int
    let blockTime: UInt64
    /// Nil in folders of older versions, where all nodes seal. The properties below are nil there too.
    var signers: Int?
    var topology: String?
    var seed: UInt64?
    var ports: PortPlan?

    static let name = "cluster.json"

    /// The parameters of a new cluster.
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

    /// Reads the record of a folder; nil if there is none.
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

    /// Refuses options that differ from the cluster's parameters.
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
