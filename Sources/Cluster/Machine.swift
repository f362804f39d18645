import Foundation

/// The memory of this machine.
enum Machine {
    /// The memory that a node needs in a mostly idle cluster, with a margin, in bytes.
    private static let memoryOfNode = 64 << 20

    /// A message if there is too little memory for this many nodes; nil if there is enough.
    static func lack(nodes: Int, available: Int? = availableMemory) -> String? {
        guard let available, nodes * memoryOfNode > available else { return nil }
        return
            "\(nodes) nodes need about \(nodes * memoryOfNode >> 20) MB of memory, and \(available >> 20) MB are free; "
            + "use --nodes \(max(1, available / memoryOfNode)) or fewer"
    }

    /// The bytes available without swapping (proc(5)); nil if the system doesn't report it.
    static var availableMemory: Int? {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
