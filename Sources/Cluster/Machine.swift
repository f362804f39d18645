import Foundation

/// What this machine has for a cluster.
enum Machine {
    /// Bytes of memory that a node takes in a cluster that does little, with room to spare.
    private static let memoryOfNode = 64 << 20

    /// Why there is no room for so many nodes, and how many there is room for; nil where there is.
    static func lack(nodes: Int, available: Int? = availableMemory) -> String? {
        guard let available, nodes * memoryOfNode > available else { return nil }
        return
            "\(nodes) nodes want about \(nodes * memoryOfNode >> 20) MB of memory, and \(available >> 20) MB are free; "
            + "use --nodes \(max(1, available / memoryOfNode)) or fewer"
    }

    /// Bytes that can be had without swapping (proc(5)); nil where the system doesn't say.
    static var availableMemory: Int? {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
