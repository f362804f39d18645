/// Regions of the world, how many nodes stand in each, and how far apart they are.
public struct RegionTable: Sendable {
    public struct Region: Sendable, Hashable {
        public let name: String
        /// The share of nodes is the weight by the sum of all weights.
        public var weight: Int

        public init(_ name: String, weight: Int) {
            self.name = name
            self.weight = weight
        }
    }

    public private(set) var regions: [Region]
    /// One-way delays in milliseconds, a row for each region.
    private let milliseconds: [[Int]]

    /// Nil where the table isn't square, not symmetric, or has a number that can't be.
    public init?(_ regions: [Region], milliseconds: [[Int]]) {
        let places = regions.indices
        guard !regions.isEmpty, milliseconds.count == regions.count,
            milliseconds.allSatisfy({ $0.count == regions.count && $0.allSatisfy { (0...60_000).contains($0) } }),
            places.allSatisfy({ row in places.allSatisfy { milliseconds[row][$0] == milliseconds[$0][row] } }),
            regions.allSatisfy({ (0...1_000_000).contains($0.weight) }), regions.contains(where: { $0.weight > 0 })
        else { return nil }
        self.regions = regions
        self.milliseconds = milliseconds
    }

    /// The one-way delay between two regions, by their places in `regions`.
    public func delay(_ left: Int, _ right: Int) -> Duration { .milliseconds(milliseconds[left][right]) }

    /// The region of the node that drew `number`.
    func region(drawing number: UInt64) -> Int {
        var left = Int(number % UInt64(regions.reduce(0) { $0 + $1.weight }))
        for (index, region) in regions.enumerated() {
            left -= region.weight
            if left < 0 { return index }
        }
        return regions.count - 1
    }

    /// The table with other weights; regions that aren't named get none. Nil if a name isn't in it, or no weight is left.
    public func weighted(_ weights: [String: Int]) -> RegionTable? {
        guard weights.keys.allSatisfy({ name in regions.contains { $0.name == name } }) else { return nil }
        return RegionTable(
            regions.map { Region($0.name, weight: weights[$0.name] ?? 0) }, milliseconds: milliseconds)
    }

    /// Eight regions with one-way delays, and weights as Ethereum's nodes are spread. Delays and weights are those that
    /// the gossipsub interoperability tests of libp2p simulate with (github.com/libp2p/test-plans,
    /// gossipsub-interop/network_graph.py); where its two directions differ, the longer.
    public static let world: RegionTable = {
        let weights = [
            ("australia", 290), ("europe", 5599), ("east-asia", 1059), ("west-asia", 161), ("na-east", 2894),
            ("na-west", 1240), ("south-africa", 47), ("south-america", 36),
        ]
        let table = RegionTable(
            weights.map { Region($0.0, weight: $0.1) },
            milliseconds: [
                [2, 165, 110, 180, 150, 110, 220, 190],
                [165, 2, 125, 60, 70, 110, 95, 140],
                [110, 125, 4, 110, 140, 100, 175, 175],
                [180, 60, 110, 5, 110, 150, 110, 145],
                [150, 70, 140, 110, 2, 60, 130, 100],
                [110, 110, 100, 150, 60, 2, 160, 100],
                [220, 95, 175, 110, 130, 160, 7, 195],
                [190, 140, 175, 145, 100, 100, 195, 7],
            ])
        guard let table else { preconditionFailure("the table is square and symmetric") }
        return table
    }()
}
