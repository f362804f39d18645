import Chain
import NodeRecord
import Primitives
import SansIO
import Storage

/// The page that a browser gets at `GET /`: the node at a glance, without a script.
struct StatusPage: Sendable {
    let profile: NodeProfile
    let activity: NodeActivity
    let head: ChainHead?
    let health: NodeHealth
    /// Where the server was reached, as the browser says it.
    let authority: String
    /// The names of the methods that are answered. What these keep to themselves the page does too.
    let methods: [String]
    /// Nil where `admin_nodeInfo` isn't answered.
    let identity: NodeIdentity?
    /// Nil where `admin_peers` isn't answered.
    let peers: [PeerDescription]?
    let servesMetrics: Bool
    let now: Instant

    /// Rows of the peers' table.
    private static let maxPeers = 200

    init(_ context: RPCContext, authority: String, servesMetrics: Bool) async {
        let node = context.node
        profile = node.profile
        activity = await node.activity()
        head = try? await context.read { (chain) throws(RPCError) in try chain.head() }
        now = context.now()
        health = NodeHealth(
            thresholds: NodeHealth.Thresholds(profile), peers: activity.peerCount, isSyncing: activity.sync != nil,
            head: head, now: now)
        self.authority = authority
        methods = context.methods.map(\.name)
        identity = methods.contains("admin_nodeInfo") ? await node.identity() : nil
        peers = methods.contains("admin_peers") ? await node.peers() : nil
        self.servesMetrics = servesMetrics
    }

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escape(title))</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
        h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 1.5rem; }
        table { border-collapse: collapse; width: 100%; }
        td, th { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; border-bottom: 1px solid #8883; }
        td { overflow-wrap: anywhere; } table.facts td:first-child { white-space: nowrap; width: 10rem; color: #777; }
        code, pre { font: 13px/1.4 ui-monospace, monospace; } pre { overflow-x: auto; padding: .6rem; background: #8882; }
        .well { color: #18794e; } .ill { color: #c62a2f; } :root { color-scheme: light dark; }
        </style></head><body>
        <h1>\(escape(profile.clientID))</h1>
        <p class="\(health.reasons.isEmpty ? "well" : "ill")">\
        \(escape(health.reasons.isEmpty ? "All is well." : health.reasons.joined(separator: "; ") + "."))</p>
        \(facts)
        \(peerTable)
        <h2>JSON-RPC</h2>
        <pre>curl -H 'Content-Type: application/json' http://\(escape(authority)) \\
          -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'</pre>
        <p><code>\(escape(methods.joined(separator: " ")))</code></p>
        </body></html>

        """
    }

    private var title: String {
        let peers = activity.peerCount == 1 ? "1 peer" : "\(activity.peerCount) peers"
        return "\(head.map { "\($0.number)" } ?? "-") · \(peers) · Starling"
    }

    private var facts: String {
        var rows: [(String, String)] = [
            ("network", "chain id \(profile.config.chainID), network id \(profile.networkID)"),
            ("genesis", profile.genesisHash.description),
        ]
        if let head {
            let age = Int64(max(0, (now - Instant(unixSeconds: head.timestamp)).inSeconds))
            rows.append(("head", "block \(head.number), \(Self.time(age)) old"))
            rows.append(("", head.hash.description))
        }
        if let sync = activity.sync {
            rows.append(("sync", "block \(sync.current) of \(sync.highest)"))
        } else {
            rows.append(("sync", "follows the head"))
        }
        rows.append(("peers", "\(activity.peerCount)"))
        rows.append(("pool", "\(activity.pendingCount) pending, \(activity.queuedCount) queued"))
        rows.append(("sealing", profile.isSealing ? "yes" : "no"))
        if let identity {
            let contact = identity.contact
            rows.append(("peers' ports", "TCP \(contact.tcpPort), UDP \(contact.udpPort) (discovery)"))
            if let address = identity.listenAddress { rows.append(("listens at", address.description)) }
            rows.append(("enode", contact.enode.description))
            if let record = identity.record { rows.append(("ENR", record)) }
        }
        rows.append(("JSON-RPC", "http://\(authority)"))
        rows.append(("running for", Self.time(Int64(max(0, (now - profile.startedAt).inSeconds)))))
        let links = ["/health"] + (servesMetrics ? ["/metrics"] : [])
        let body = rows.map { "<tr><td>\(escape($0.0))</td><td>\(escape($0.1))</td></tr>" }
        return "<table class=\"facts\">\n\(body.joined(separator: "\n"))\n</table>\n<p>"
            + links.map { "<a href=\"\($0)\">\($0)</a>" }.joined(separator: " ") + "</p>"
    }

    private var peerTable: String {
        guard let peers, !peers.isEmpty else { return "" }
        let rows = peers.prefix(Self.maxPeers).map { peer in
            let cells = [
                String(peer.id.hex.prefix(8)), peer.isInbound ? "in" : "out", String(peer.clientID.prefix(64)),
                peer.remoteAddress.description, peer.head?.number.map { "\($0)" } ?? "-",
                peer.score.map { "\($0)" } ?? "-",
            ]
            return "<tr>" + cells.map { "<td>\(escape($0))</td>" }.joined() + "</tr>"
        }
        let more = peers.count - rows.count
        return "<h2>Peers</h2>\n<table>\n<tr><th>id</th><th>dir</th><th>client</th><th>address</th><th>head</th>"
            + "<th>score</th></tr>\n\(rows.joined(separator: "\n"))\n</table>"
            + (more > 0 ? "<p>and \(more) more</p>" : "")
    }

    /// What peers say of themselves is among it.
    private func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case _ where character.value < 0x20 || character.value == 0x7f: escaped += "?"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private static func time(_ seconds: Int64) -> String {
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7_200 { return "\(seconds / 60) min" }
        return seconds < 172_800 ? "\(seconds / 3_600) h" : "\(seconds / 86_400) days"
    }
}
