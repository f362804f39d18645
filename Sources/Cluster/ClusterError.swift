/// Why a cluster can't be started, or didn't do what was asked. One sentence that says what to do.
public enum ClusterError: Error, CustomStringConvertible {
    case folder(String)
    case otherCluster(String, has: Int, wanted: Int)
    case noPort
    case spawn(String)
    case nodeEnded(name: String, status: Int32, log: String, lastLine: String)
    case notUp(name: String, seconds: Double, log: String)
    case untilBlock(UInt64, seconds: Double, why: String)
    case differentHashes(UInt64, [String])

    public var description: String {
        switch self {
        case .folder(let text): text
        case .otherCluster(let path, let has, let wanted):
            "\(path) holds a cluster of \(has) nodes, not \(wanted); use --nodes \(has), or another --datadir"
        case .noPort: "no free port on 127.0.0.1; stop some programs, or give --port and --http.port"
        case .spawn(let text): "a node could not be started: \(text)"
        case .nodeEnded(let name, let status, let log, let lastLine):
            "\(name) ended with status \(status): \(lastLine) (log: \(log))"
        case .notUp(let name, let seconds, let log):
            "\(name) did not answer on its RPC port within \(Int(seconds)) s; see \(log)"
        case .untilBlock(let number, let seconds, let why):
            "not every node had block \(number) after \(Int(seconds)) s: \(why)"
        case .differentHashes(let number, let hashes):
            "the nodes have different blocks \(number): \(hashes.joined(separator: ", "))"
        }
    }
}
