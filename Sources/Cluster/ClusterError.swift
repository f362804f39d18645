import Foundation

/// Why a cluster can't be started, or didn't do what was asked. One sentence that says what to do.
public enum ClusterError: Error, CustomStringConvertible {
    case folder(String)
    case inUse(folder: String)
    case otherCluster(folder: String, option: String, has: String, wanted: String)
    case ports(String)
    case portRefused(FreePortRefusal, UInt16, node: String, side: String, option: String)
    case noPorts(Int)
    case topology(String)
    case options(String)
    case spawn(String)
    case allEnded(String)
    case died([String])
    case badEnds([String])
    case notUp(name: String, seconds: Double, log: String)
    case untilBlock(UInt64, seconds: Double, why: String)
    case untilPeered(Int, seconds: Double, why: String)
    case differentHashes(UInt64, [String])
    case control(String)

    /// Why a port can't be opened: nil where something listens on it, else the system's words.
    public struct FreePortRefusal: Sendable {
        let reason: String?
    }

    static func portRefused(
        _ refusal: FreePorts.Refusal, _ port: UInt16, node: String, _ side: PortPlan.Side
    ) -> ClusterError {
        let reason: String? =
            switch refusal {
            case .inUse: nil
            case .other(let number): String(cString: strerror(number))
            }
        return .portRefused(
            FreePortRefusal(reason: reason), port, node: node, side: side.rawValue, option: side.option)
    }

    public var description: String {
        switch self {
        case .folder(let text), .ports(let text), .topology(let text), .options(let text), .control(let text): text
        case .inUse(let folder):
            "a cluster is running in \(folder) already: see 'starling cluster status --datadir \(folder)', or use another "
                + "--datadir"
        case .otherCluster(let folder, let option, let has, let wanted):
            "\(folder) holds a cluster that was made with \(option) \(has), and can't become one with \(option) \(wanted): "
                + "leave \(option) out, or use another --datadir"
        case .portRefused(let refusal, let port, let node, let side, let option):
            if let reason = refusal.reason {
                "port \(port) of \(node) (\(side)) can't be opened: \(reason); choose another one by \(option)"
            } else {
                "port \(port) of \(node) (\(side)) is in use: stop what listens there "
                    + "(ss -tulnp 'sport = :\(port)'), or choose another one by \(option)"
            }
        case .noPorts(let count):
            "no \(count) free ports in a row on 127.0.0.1; stop some programs, or give --port and --http.port"
        case .spawn(let text): "a node could not be started: \(text)"
        case .allEnded(let first): "no node is left: \(first)"
        case .died(let nodes): nodes.joined(separator: "\n")
        case .badEnds(let nodes): "not every node stopped in order: \(nodes.joined(separator: "; "))"
        case .notUp(let name, let seconds, let log):
            "\(name) did not answer on its RPC port within \(Int(seconds)) s; see \(log), or give more by --timeout"
        case .untilBlock(let number, let seconds, let why):
            "not every node had block \(number) after \(Int(seconds)) s: \(why)"
        case .untilPeered(let count, let seconds, let why):
            "not every node had \(count) peers after \(Int(seconds)) s: \(why)"
        case .differentHashes(let number, let hashes):
            "the nodes have different blocks \(number): \(hashes.joined(separator: ", "))"
        }
    }
}
