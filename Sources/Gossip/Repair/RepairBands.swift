/// How the sums of a block are divided where there are many, or where the block is large: into bands, each a code of its own
/// over every n-th symbol. The work for a symbol is that of one band, however many sums there are; up to 512 sums of a block of
/// usual size are a single band, which needs least in excess.
///
/// Both sides find the same division from the numbers of sums and symbols.
struct RepairBands: Hashable, Sendable {
    /// Sums in one band at most, where there are several. Of 256 sums that are a fourth more than the average band needs, some
    /// band has too few for one block of a thousand: what a band lacks varies as its symbols are every n-th one.
    private static let bandSums = 256
    /// Maximum number of sums, and of work, of a single band.
    private static let singleSums = 512
    private static let singleWork = 1 << 21

    let sums: Int
    let symbols: Int
    let count: Int

    init(sums: Int, symbols: Int) {
        self.sums = sums
        self.symbols = symbols
        let isSingle = sums <= Self.singleSums && sums * symbols <= Self.singleWork
        count = isSingle ? 1 : max(1, (sums + Self.bandSums - 1) / Self.bandSums)
    }

    func band(of symbol: Int) -> Int { symbol % count }

    /// The sums of a band.
    func range(_ band: Int) -> Range<Int> { band * sums / count..<(band + 1) * sums / count }

    /// Twice the exclusive ors that all symbols take.
    var work: Int { (sums + count - 1) / count * symbols }
}

extension RepairSize {
    /// How many more sums there are than a node needs that lacks some of a block's transactions, all of one size: in the band
    /// that has least to spare. For estimates.
    ///
    /// - Parameters:
    ///   - indices: of the missing ones among those that the sums are of.
    ///   - count: of those that the sums are of.
    ///   - partsEach: parts of each.
    public func spare(lacking indices: some Collection<Int>, of count: Int, partsEach: Int) -> Int {
        let lengths = RepairBands(sums: transactions, symbols: count)
        let parts = RepairBands(sums: self.parts, symbols: count * partsEach)
        let symbols = indices.lazy.flatMap { index in (0..<partsEach).map { index * partsEach + $0 } }
        return min(lengths.spare(lacking: indices), parts.spare(lacking: symbols))
    }
}

extension RepairBands {
    fileprivate func spare(lacking symbols: some Sequence<Int>) -> Int {
        var left = (0..<count).map { range($0).count }
        for symbol in symbols { left[band(of: symbol)] -= 1 }
        return left.min() ?? 0
    }
}
