import Chain
import EthCrypto
import Files
import Foundation
import Networks
import NodeRecord
import Primitives

/// The folder of a cluster: a genesis file and a datadir for each node.
///
///     DIR/genesis.json   DIR/cluster.json   DIR/node1/   DIR/node1.log   …
struct ClusterLayout {
    struct Node {
        let name: String
        let key: PrivateKey
        let signerKey: PrivateKey
        let datadir: String
        let log: String
        let port: UInt16
        let httpPort: UInt16

        var enode: String {
            EnodeURL(publicKey: key.publicKey, host: .address(.loopback), tcpPort: port).description
        }

        var keyPath: String { datadir + "/nodekey" }
        var signerKeyPath: String { datadir + "/signerkey" }
        var rpcURL: String { "http://127.0.0.1:\(httpPort)" }
    }

    /// What a kept cluster must be started with again.
    private struct Record: Codable {
        let nodes: Int
        let blockTime: UInt64
    }

    let root: String
    let isTemporary: Bool
    let nodes: [Node]
    let network: NetworkDefinition

    var genesisPath: String { root + "/genesis.json" }

    /// Makes the folder, or takes up the one that is there.
    init(_ options: ClusterOptions) throws(ClusterError) {
        isTemporary = options.datadir == nil
        root =
            options.datadir.map { NSString(string: $0).expandingTildeInPath }
            ?? NSTemporaryDirectory() + "starling-\(ProcessInfo.processInfo.processIdentifier)"
        let ports = try Self.ports(options)
        var nodes: [Node] = []
        for index in 0..<options.nodes {
            let name = "node\(index + 1)"
            nodes.append(
                Node(
                    name: name, key: DevAccounts.nodeKey(index), signerKey: DevAccounts.signerKey(index),
                    datadir: "\(root)/\(name)", log: "\(root)/\(name).log", port: ports[2 * index],
                    httpPort: ports[2 * index + 1]))
        }
        self.nodes = nodes
        network = .devnet(signers: nodes.map(\.signerKey.publicKey.address), period: options.blockTime)
        do {
            try write(options)
        } catch let error as ClusterError {
            throw error
        } catch let error as FileError {
            throw .folder("\(error)")
        } catch {
            throw .folder("\(root) can't be written: \(error.localizedDescription)")
        }
    }

    /// A kept cluster goes on with the genesis that it has.
    private func write(_ options: ClusterOptions) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: root, withIntermediateDirectories: true)
        let recordPath = root + "/cluster.json"
        if let data = files.contents(atPath: recordPath),
            let record = try? JSONDecoder().decode(Record.self, from: data)
        {
            guard record.nodes == options.nodes else {
                throw ClusterError.otherCluster(root, has: record.nodes, wanted: options.nodes)
            }
            return
        }
        try AtomicFile.write(network.genesisJSON.utf8, to: genesisPath)
        for node in nodes {
            try files.createDirectory(atPath: node.datadir, withIntermediateDirectories: true)
            for (path, key) in [(node.keyPath, node.key), (node.signerKeyPath, node.signerKey)] {
                try AtomicFile.write(Hex.encode(key.bytes).utf8, to: path, mode: 0o600)
            }
        }
        let record = Record(nodes: options.nodes, blockTime: options.blockTime)
        try AtomicFile.write(JSONEncoder().encode(record), to: recordPath)
    }

    /// For each node one p2p and one RPC port.
    private static func ports(_ options: ClusterOptions) throws(ClusterError) -> [UInt16] {
        let free = try FreePorts.find(2 * options.nodes)
        return free.enumerated().map { place, port in
            let base = place.isMultiple(of: 2) ? options.basePort : options.baseHTTPPort
            return base.map { $0 &+ UInt16(truncatingIfNeeded: place / 2) } ?? port
        }
    }

    /// Removes a temporary cluster.
    func remove() {
        if isTemporary { try? FileManager.default.removeItem(atPath: root) }
    }
}
