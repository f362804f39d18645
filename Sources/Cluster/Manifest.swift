import Chain
import EthCrypto
import Files
import Foundation
import Networks
import Primitives

/// The file of `--json`, and `manifest.json` in the cluster's folder: what a script needs to drive the cluster.
struct Manifest: Encodable {
    struct Node: Encodable {
        let name: String
        let enode: String
        let enr: String
        let rpc: String
        /// Absent while no process runs.
        let pid: Int32?
        let datadir: String
        let log: String
        /// The address that the node seals with; absent where it doesn't.
        let signer: String?
        /// Absent where nodes serve none.
        let metrics: String?
        /// Where programs that serve a capability dial in, by `NAME/VERSION/COUNT`.
        let sidecars: [String: String]
    }

    struct Account: Encodable {
        let address: String
        let privateKey: String
    }

    let chainId: UInt64
    let networkId: UInt64
    let genesis: String
    let nodes: [Node]
    let accounts: [Account]

    init(_ layout: ClusterLayout, metrics: Bool, enrs: [String], pids: [Int32?]) {
        chainId = layout.network.genesis.config.chainID
        networkId = layout.network.networkID
        genesis = layout.genesisPath
        nodes = layout.nodes.indices.map { index in
            let node = layout.nodes[index]
            return Node(
                name: node.name, enode: node.enode, enr: enrs[index], rpc: node.rpcURL, pid: pids[index],
                datadir: node.datadir, log: node.log, signer: node.signerKey?.publicKey.address.checksummed,
                metrics: metrics ? node.rpcURL + "/metrics" : nil,
                sidecars: Dictionary(
                    node.sidecars.map { ($0.capability, $0.socket) }, uniquingKeysWith: { first, _ in first }))
        }
        accounts = DevAccounts.funded.map {
            Account(address: $0.publicKey.address.checksummed, privateKey: "0x" + Hex.encode($0.bytes))
        }
    }

    private var data: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }

    var text: String { (try? data).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Writes the file whole or not at all: a script that waits for it never reads half of it.
    func write(to path: String) throws(ClusterError) {
        do {
            try AtomicFile.write(data, to: path)
        } catch {
            throw .folder("\(error)")
        }
    }
}
