/// What admin_peers and starling_peerBans answer, as tables for people. The answer may be another program's: what it
/// lacks is a dash.
public enum PeerTable {
    /// The peers that an answer to admin_peers lists.
    ///
    /// - Parameters:
    ///   - answer: the whole JSON-RPC response.
    ///   - now: milliseconds since the Unix epoch.
    /// - Throws: what the response says or isn't.
    public static func peers(_ answer: [UInt8], now: Double) throws(PeerTableError) -> String {
        let peers = try result(answer)
        let rows = peers.map { peer in
            [
                short(peer["id"]), peer["network"]?["inbound"] == .bool(true) ? "in" : "out",
                peer["name"]?.string.map { cut($0, 32) } ?? "-", address(peer), latency(peer),
                digits(peer["score"]) ?? "-", standing(peer), offences(peer, now: now), usefulness(peer),
            ]
        }
        return table(
            ["id", "dir", "client", "address", "latency", "score", "standing", "offences", "usefulness"], rows)
            + "\(rows.count) \(rows.count == 1 ? "peer" : "peers")\n"
    }

    /// The bans that an answer to starling_peerBans lists; parameters and errors as for `peers`.
    public static func bans(_ answer: [UInt8], now: Double) throws(PeerTableError) -> String {
        let rows = try result(answer).map { ban in
            let isNode = ban["id"] != nil
            let why = ban["offence"]?.string ?? "\(digits(ban["count"]) ?? "-") banned nodes there"
            let left = value(ban["untilMs"]).map { time(max(0, $0 - now) / 1000) } ?? "-"
            return [
                isNode ? ban["id"]?.string ?? "-" : ban["address"]?.string ?? "-", why, left,
                isNode ? digits(ban["count"]) ?? "-" : "-",
            ]
        }
        return table(["node or address", "for", "ends in", "bans so far"], rows)
            + "\(rows.count) \(rows.count == 1 ? "ban" : "bans")\n"
    }

    /// The sources that an answer to starling_peerSources lists; parameters and errors as for `peers`.
    public static func sources(_ answer: [UInt8], now: Double) throws(PeerTableError) -> String {
        let rows = try result(answer).map { source in
            let kind = source["source"]?.string ?? "-"
            return [
                sourceWords[kind] ?? cut(kind, 32), digits(source["known"]) ?? "-",
                digits(source["connected"]) ?? "-",
            ]
        }
        return table(["source", "known", "connected"], rows)
    }

    private static let sourceWords = [
        "operator": "the operator", "memory": "an earlier run", "discovery": "discovery",
        "hearsay": "peer exchange", "inbound": "dialed this node",
    ]

    /// The list that an answer holds, as JSON; errors as for `peers`.
    public static func json(_ answer: [UInt8]) throws(PeerTableError) -> String {
        String(decoding: JSON.array(try result(answer)).encoded, as: UTF8.self) + "\n"
    }

    private static func result(_ answer: [UInt8]) throws(PeerTableError) -> [JSON] {
        let json: JSON
        do throws(JSONError) { json = try JSONReader.read(answer) } catch { throw .noAnswer }
        if let message = json["error"]?["message"]?.string { throw .refused(printable(message)) }
        guard let elements = json["result"]?.array else { throw .noAnswer }
        return elements
    }

    private static func address(_ peer: JSON) -> String {
        peer["network"]?["remoteAddress"]?.string.map { cut($0, 47) } ?? "-"
    }

    /// The median of the last answers to requests for blocks, else about that of answers of all kinds.
    private static func latency(_ peer: JSON) -> String {
        let seconds = value(peer["latency"]?["p50"]) ?? value(peer["reputation"]?["usefulness"]?["latency"])
        return seconds.map { "\(Int(min($0, 1e6) * 1000)) ms" } ?? "-"
    }

    private static func standing(_ peer: JSON) -> String {
        var words: [String] = []
        if peer["network"]?["trusted"] == .bool(true) { words.append("trusted") }
        if peer["network"]?["static"] == .bool(true) { words.append("static") }
        if peer["reputation"]?["ignored"] == .bool(true) { words.append("ignored") }
        if words.isEmpty, peer["reputation"]?["protected"] == .bool(true) { words.append("protected") }
        if let range = value(peer["reputation"]?["rangeScore"]), range > 0 { words.append("range \(Int(range))") }
        return words.isEmpty ? "-" : words.joined(separator: ", ")
    }

    /// `3 requestTimeout 24 -> 14 (80 s ago)`: how many, what they cost, what is left of that, when the last one was.
    private static func offences(_ peer: JSON, now: Double) -> String {
        let parts = (peer["reputation"]?["offences"]?.array ?? []).map { part in
            let age = value(part["lastMs"]).map { " (\(time(max(0, now - $0) / 1000)) ago)" } ?? ""
            let (count, points) = (digits(part["count"]) ?? "-", digits(part["points"]) ?? "-")
            let name = part["offence"]?.string.map { cut($0, 32) } ?? "-"
            return "\(count) \(name) \(points) -> \(digits(part["left"]) ?? "-")\(age)"
        }
        return parts.isEmpty ? "-" : parts.joined(separator: "; ")
    }

    private static func usefulness(_ peer: JSON) -> String {
        let names = [("blocks", "blocks"), ("transactions", "tx"), ("bytes", "bytes")]
        let words = names.compactMap { member, word -> String? in
            guard let count = value(peer["reputation"]?["usefulness"]?[member]), count > 0 else { return nil }
            return "\(word) \(Int(min(count, 1e15)))"
        }
        return words.isEmpty ? "-" : words.joined(separator: ", ")
    }
}

/// Why there is no table.
public enum PeerTableError: Error, Hashable, Sendable {
    /// The node's own words.
    case refused(String)
    /// No JSON-RPC response with a list.
    case noAnswer
}

extension PeerTableError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let message): message
        case .noAnswer: "the answer is no list of a JSON-RPC server"
        }
    }
}

extension PeerTable {
    private static func value(_ json: JSON?) -> Double? {
        guard case .number(let text)? = json, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    private static func digits(_ json: JSON?) -> String? { value(json).map { "\(Int(min(max($0, -1e15), 1e15)))" } }

    private static func short(_ json: JSON?) -> String { json?.string.map { cut($0, 8) } ?? "-" }

    /// What a peer says of itself goes to a terminal: nothing but visible characters.
    private static func printable(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.asciiValue ?? 0) >= 0x20 && $0 != "\u{7f}" ? $0 : "?" })
    }

    private static func cut(_ text: String, _ count: Int) -> String { printable(String(text.prefix(count))) }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9))
        if whole < 120 { return "\(whole) s" }
        return whole < 7_200 ? "\(whole / 60) min" : "\(whole / 3_600) h"
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head] + rows
        let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (column, cell) in cells.enumerated() {
                line += cell
                if column < cells.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            return line + "\n"
        }.joined()
    }
}
