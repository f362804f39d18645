import Chain
import EthCrypto
import Foundation
import Networks
import Primitives

/// The message that is printed once all nodes are up: their addresses and the funded accounts.
struct Introduction {
    let layout: ClusterLayout
    let enrs: [String]
    let metrics: Bool

    /// - Parameter size: the size of the terminal. Lines that don't fit are omitted, since a cut enode URL is useless
    ///   and `starling cluster info` prints all of them. Nil for all lines.
    func lines(_ size: Console.Size?) -> [String] {
        let full = nodeLines
        let fits =
            size.map { size in full.allSatisfy { $0.count <= size.width } && full.count + 20 < size.height } ?? true
        var lines = fits ? full + [""] : []
        lines.append("Funded TEST accounts (publicly known keys: never send real money to them)")
        let accounts = DevAccounts.funded.map { key in
            ("  \(key.publicKey.address.checksummed)", "  0x\(Hex.encode(key.bytes))")
        }
        let keys = size.map { size in accounts.allSatisfy { $0.0.count + $0.1.count <= size.width } } ?? true
        lines += accounts.map { keys ? $0.0 + $0.1 : $0.0 }
        lines.append("  web3.py needs its ExtraDataToPOAMiddleware (docs/RPC.md)")
        // Four nodes and all of these lines have to fit into 24.
        if fits { lines.append("") }
        for node in fits ? layout.nodes : [] {
            for sidecar in node.sidecars { lines.append("\(node.name) \(sidecar.capability): \(sidecar.socket)") }
        }
        if metrics {
            let line = "Prometheus: \(prometheus.command)"
            let fits = size.map { line.count <= $0.width } ?? true
            lines.append(fits ? line : "Prometheus: line 1 of the folder's prometheus.yml starts it")
        }
        if !fits || !keys {
            let what = fits ? "Keys" : keys ? "Enodes, ENRs, URLs and sockets" : "Enodes, ENRs, URLs, keys, sockets"
            lines.append("\(what): starling cluster info")
        }
        let signers = layout.record.signerCount
        let who = signers == layout.record.nodes ? "" : ", sealed by the first \(signers)"
        let topology =
            switch layout.record.wiring {
            case .discovery: ""
            case .random: ", topology \(layout.record.wiring) of seed \(layout.record.seed ?? 1)"
            default: ", topology \(layout.record.wiring)"
            }
        lines.append(
            "Chain id \(layout.network.genesis.config.chainID), a block every \(layout.record.blockTime) s\(who)\(topology)"
        )
        return lines + [""]
    }

    var prometheus: PrometheusFiles {
        PrometheusFiles(root: layout.root, nodes: layout.nodes.map { ($0.name, $0.httpPort) })
    }

    private var nodeLines: [String] {
        zip(layout.nodes, enrs).flatMap { node, enr in
            ["", "\(node.name)  \(node.rpcURL)", "  \(node.enode)"] + (enr.isEmpty ? [] : ["  \(enr)"])
        }
    }
}
