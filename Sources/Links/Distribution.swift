/// Measured values, sorted, and what people ask of them.
public struct Distribution: Hashable, Sendable {
    public let values: [Double]

    public init(_ values: [Double]) { self.values = values.sorted() }

    /// The least value that so large a share of all is not above (nearest rank); nil where there is none.
    public func quantile(_ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values[min(max(rank, 1), values.count) - 1]
    }
}
