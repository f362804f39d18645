import Chain
import EthCrypto
import Files
import Foundation
import Networks
import Primitives

/// The file of `--json`: what a script needs to drive the cluster.
struct Manifest: Encodable {
    struct Node: Encodable {
        let name: String
        let enode: String
        let enr: String
        let rpc: String
        let pid: Int32
        let datadir: String
        let log: String
        /// The address that the node seals with.
        let signer: String
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

    init(_ layout: ClusterLayout, enrs: [String], pids: [Int32]) {
        chainId = layout.network.genesis.config.chainID
        networkId = layout.network.networkID
        genesis = layout.genesisPath
        nodes = layout.nodes.indices.map { index in
            let node = layout.nodes[index]
            return Node(
                name: node.name, enode: node.enode, enr: enrs[index], rpc: node.rpcURL, pid: pids[index],
                datadir: node.datadir, log: node.log, signer: node.signerKey.publicKey.address.checksummed)
        }
        accounts = DevAccounts.funded.map {
            Account(address: $0.publicKey.address.checksummed, privateKey: "0x" + Hex.encode($0.bytes))
        }
    }

    /// Writes the file whole or not at all: a script that waits for it never reads half of it.
    func write(to path: String) throws(ClusterError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try AtomicFile.write(encoder.encode(self), to: path)
        } catch {
            throw .folder("\(error)")
        }
    }
}
