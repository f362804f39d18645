/// A kind of line that a node may have.
public struct AccessLine: Hashable, Sendable {
    /// Bytes a second.
    public var upload: Double
    public var download: Double
    /// The share of nodes that have it is its weight by the sum of all weights.
    public var weight: Int

    public init(upload: Double, download: Double, weight: Int = 1) {
        self.upload = upload
        self.download = download
        self.weight = weight
    }

    /// The lines that belong to `RegionTable.world`: four of five nodes have 50 Mbit/s both ways, one has 1,024 Mbit/s
    /// (github.com/libp2p/test-plans, gossipsub-interop/network_graph.py).
    public static let world = [
        AccessLine(upload: 128_000_000, download: 128_000_000, weight: 20),
        AccessLine(upload: 6_250_000, download: 6_250_000, weight: 80),
    ]

    /// The line of the node that drew `number`, of `lines`, which has at least one with a weight above 0.
    static func drawn(by number: UInt64, from lines: [AccessLine]) -> AccessLine {
        var left = Int(number % UInt64(max(1, lines.reduce(0) { $0 + $1.weight })))
        for line in lines {
            left -= line.weight
            if left < 0 { return line }
        }
        return lines[lines.count - 1]
    }
}
