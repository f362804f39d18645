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
        <style>\(Self.style)</style></head><body>
        <h1>\(escape(profile.clientID))</h1>
        \(verdict)
        \(tiles)
        \(facts)
        \(peerTable)
        <h2>JSON-RPC</h2>
        <pre>curl -H 'Content-Type: application/json' http://\(escape(authority)) \\
          -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'</pre>
        <p class="methods">\(methods.map { "<code>\(escape($0))</code>" }.joined(separator: " "))</p>
        </body></html>

        """
    }

    /// Beside each other where there is room for it, below each other on a telephone; light or dark as the browser is.
    private static let style = """

        :root { color-scheme: light dark; --line: #8883; --soft: #8881; --faint: #767676; }
        @media (prefers-color-scheme: dark) { :root { --faint: #a0a0a0; } }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 3rem; }
        h1 { font-size: 1.25rem; margin: 0 0 1rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
        .verdict { border-left: 4px solid; border-radius: 3px; margin: 0 0 1rem; padding: .5rem .8rem; }
        .well { border-color: #18794e; background: #18794e1c; } .ill { border-color: #d13438; background: #d1343822; }
        .tiles { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
        .tiles div { background: var(--soft); border-radius: 6px; padding: .6rem .8rem; }
        .tiles b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.25; }
        .tiles span, dt, th { color: var(--faint); font-size: 13px; font-weight: normal; }
        dl { margin: 1.2rem 0 .6rem; } dl div { border-bottom: 1px solid var(--line); padding: .3rem 0; }
        dt { line-height: 1.7; } dd { margin: 0; overflow-wrap: anywhere; }
        .mono, code, pre { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; white-space: nowrap; }
        td, th { border-bottom: 1px solid var(--line); padding: .25rem 1.2rem .25rem 0; text-align: left; }
        .number { font-variant-numeric: tabular-nums; text-align: right; }
        pre { background: var(--soft); border-radius: 6px; overflow-x: auto; padding: .7rem .8rem; }
        .methods { line-height: 1.9; } .methods code { margin-right: .5rem; }
        @media (min-width: 40rem) { dl div { display: grid; grid-template-columns: 8rem 1fr; } }

        """

    private var title: String {
        let peers = activity.peerCount == 1 ? "1 peer" : "\(activity.peerCount) peers"
        return "\(head.map { "\($0.number)" } ?? "-") · \(peers) · Starling"
    }

    private var verdict: String {
        guard !health.reasons.isEmpty else { return #"<p class="verdict well">All is well.</p>"# }
        let text = health.reasons.joined(separator: "; ")
        return "<p class=\"verdict ill\">\(escape(text.prefix(1).uppercased() + text.dropFirst())). "
            + "The node's log says more about the cause.</p>"
    }

    /// What changes all the time.
    private var tiles: String {
        var tiles: [(value: String, text: String)] = []
        if let head {
            let age = Int64(max(0, (now - Instant(unixSeconds: head.timestamp)).inSeconds))
            tiles.append(("\(head.number)", "head, \(Self.time(age)) old"))
        }
        if let sync = activity.sync {
            let share = min(sync.current, sync.highest) * 100 / max(1, sync.highest)
            tiles.append(("\(share) %", "sync: block \(sync.current) of \(sync.highest)"))
        }
        tiles.append(("\(activity.peerCount)", activity.peerCount == 1 ? "peer" : "peers"))
        tiles.append(("\(activity.pendingCount)", "pending in the pool, \(activity.queuedCount) queued"))
        tiles.append((Self.time(Int64(max(0, (now - profile.startedAt).inSeconds))), "since the start"))
        let body = tiles.map { "<div><b>\(escape($0.value))</b><span>\(escape($0.text))</span></div>" }
        return "<div class=\"tiles\">\n\(body.joined(separator: "\n"))\n</div>"
    }

    private var facts: String {
        var rows: [(name: String, value: String, isMono: Bool)] = [
            ("network", "chain id \(profile.config.chainID), network id \(profile.networkID)", false),
            ("genesis", profile.genesisHash.description, true),
        ]
        if let head { rows.append(("head", "block \(head.number), \(head.hash)", true)) }
        rows.append(("sealing", profile.isSealing ? "yes" : "no", false))
        if let identity {
            let contact = identity.contact
            let discovery = contact.udpPort == 0 ? "no discovery" : "UDP \(contact.udpPort) (discovery)"
            rows.append(("peers' ports", "TCP \(contact.tcpPort), \(discovery)", false))
            if let address = identity.listenAddress { rows.append(("listens at", address.description, false)) }
            rows.append(("enode", contact.enode.description, true))
            if let record = identity.record { rows.append(("ENR", record, true)) }
        }
        rows.append(("JSON-RPC", "http://\(authority)", false))
        let links = ["/health"] + (servesMetrics ? ["/metrics"] : [])
        let body = rows.map { row in
            "<div><dt>\(escape(row.name))</dt><dd\(row.isMono ? " class=\"mono\"" : "")>\(escape(row.value))</dd></div>"
        }
        return "<dl>\n\(body.joined(separator: "\n"))\n</dl>\n<p>"
            + links.map { "<a href=\"\($0)\">\($0)</a>" }.joined(separator: " &nbsp; ") + "</p>"
    }

    private var peerTable: String {
        guard let peers, !peers.isEmpty else { return "" }
        let rows = peers.prefix(Self.maxPeers).map { peer in
            let words = [
                String(peer.id.hex.prefix(8)), peer.isInbound ? "in" : "out", String(peer.clientID.prefix(64)),
                peer.remoteAddress.description,
            ]
            let numbers = [peer.head?.number.map { "\($0)" } ?? "-", peer.score.map { "\($0)" } ?? "-"]
            return "<tr>" + words.map { "<td>\(escape($0))</td>" }.joined()
                + numbers.map { "<td class=\"number\">\(escape($0))</td>" }.joined() + "</tr>"
        }
        let more = peers.count - rows.count
        return "<h2>Peers</h2>\n<div class=\"wide\"><table>\n<tr><th>id</th><th>dir</th><th>client</th><th>address</th>"
            + "<th class=\"number\">last told head</th><th class=\"number\">score</th></tr>\n"
            + "\(rows.joined(separator: "\n"))\n</table></div>" + (more > 0 ? "<p>and \(more) more</p>" : "")
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
