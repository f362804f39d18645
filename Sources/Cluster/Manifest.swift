import Chain
import EthCrypto
import Files
import Foundation
import Networks
import Primitives

/// The content of `manifest.json` in the cluster's folder, and of the file of `--json`: what a script needs to use the
/// cluster.
struct Manifest: Encodable {
    struct Node: Encodable {
        let name: String
        let enode: String
        let enr: String
        let rpc: String
        /// Absent while the node isn't running.
        let pid: Int32?
        let datadir: String
        let log: String
        /// The address that the node seals with; absent if it isn't a signer.
        let signer: String?
        /// The URL of its metrics; absent without `--metrics`.
        let metrics: String?
        /// The Unix sockets for programs that serve a capability, by `NAME/VERSION/COUNT`.
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

    /// Writes the file atomically: a script that waits for it never reads an incomplete one.
    func write(to path: String) throws(ClusterError) {
        do {
            try AtomicFile.write(data, to: path)
        } catch {
            throw .folder("\(error)")
        }
    }
}
