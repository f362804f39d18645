import Foundation

/// Why a cluster can't be started, or why a command failed. The description is a sentence that says what to do.
public enum ClusterError: Error, CustomStringConvertible {
    /// A folder or file can't be used; the text is the description, as for the other cases with only a text.
    case folder(String)
    /// Another cluster is running in the folder.
    case inUse(folder: String)
    /// The folder has a cluster with another value of an option.
    case otherCluster(folder: String, option: String, has: String, wanted: String)
    /// The ports asked for overlap or are out of range.
    case ports(String)
    /// A port can't be opened.
    case portRefused(FreePortRefusal, UInt16, node: String, side: String, option: String)
    /// No free range of this many ports was found.
    case noPorts(Int)
    /// The topology is impossible with this number of nodes.
    case topology(String)
    /// Options that are invalid or exclude each other.
    case options(String)
    /// A node's process can't be started.
    case spawn(String)
    /// All nodes have ended; how the first one ended.
    case allEnded(String)
    /// Nodes that have died, when the cluster's condition was met; how each ended.
    case died([String])
    /// Nodes that didn't stop orderly; how each ended.
    case badEnds([String])
    /// A node did not answer its JSON-RPC in time.
    case notUp(name: String, seconds: Double, log: String)
    /// The block was not reached in time.
    case untilBlock(UInt64, seconds: Double, why: String)
    /// The number of peers was not reached in time.
    case untilPeered(Int, seconds: Double, why: String)
    /// The nodes have different blocks with this number.
    case differentHashes(UInt64, [String])
    /// A command to a running cluster failed.
    case control(String)

    /// Why a port can't be opened: nil if it is in use, otherwise the system's error message.
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
            "a cluster is already running in \(folder): see 'starling cluster status --datadir \(folder)', or use another "
                + "--datadir"
        case .otherCluster(let folder, let option, let has, let wanted):
            "\(folder) holds a cluster that was made with \(option) \(has), and can't become one with \(option) \(wanted): "
                + "leave \(option) out, or use another --datadir"
        case .portRefused(let refusal, let port, let node, let side, let option):
            if let reason = refusal.reason {
                "port \(port) of \(node) (\(side)) can't be opened: \(reason); choose another one with \(option)"
            } else {
                "port \(port) of \(node) (\(side)) is in use: stop the program that listens on it "
                    + "(ss -tulnp 'sport = :\(port)'), or choose another one with \(option)"
            }
        case .noPorts(let count):
            "there are no \(count) consecutive free ports on 127.0.0.1; stop some programs, or set --port and --http.port"
        case .spawn(let text): "a node could not be started: \(text)"
        case .allEnded(let first): "no node is left: \(first)"
        case .died(let nodes): nodes.joined(separator: "\n")
        case .badEnds(let nodes): "not every node stopped cleanly: \(nodes.joined(separator: "; "))"
        case .notUp(let name, let seconds, let log):
            "\(name) did not answer on its RPC port within \(Int(seconds)) s; see \(log), or set a longer --timeout"
        case .untilBlock(let number, let seconds, let why):
            "not every node had block \(number) after \(Int(seconds)) s: \(why)"
        case .untilPeered(let count, let seconds, let why):
            "not every node had \(count) peers after \(Int(seconds)) s: \(why)"
        case .differentHashes(let number, let hashes):
            "the nodes have different blocks \(number): \(hashes.joined(separator: ", "))"
        }
    }
}
