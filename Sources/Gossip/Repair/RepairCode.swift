/// A random linear code over GF(2): a repair symbol is the sum, that is the exclusive or, of about half of the source
/// symbols. Whoever lacks some of these gets them back from a few more repair symbols than that, whichever they are: with e
/// more it fails with a chance of 2^-e (D. MacKay, "Fountain codes", 2005, section 2).
///
/// Reed-Solomon codes need none more, but take tables and a multiplication for each byte where this takes one `xor` for
/// each 64 of them.
struct RepairCode: Sendable {
    /// Both sides must draw the same sums.
    let seed: UInt64
    let bands: RepairBands

    /// - Parameters:
    ///   - sums: the number of repair symbols.
    ///   - symbols: the number of source symbols.
    init(seed: UInt64, sums: Int, symbols: Int) {
        self.seed = seed
        bands = RepairBands(sums: sums, symbols: symbols)
    }

    /// Which of its band's repair symbols `64 * group ..< 64 * (group + 1)` a source symbol is in: a bit each.
    func members(_ source: Int, _ group: Int) -> UInt64 {
        // SplitMix64 (Steele, Lea, Flood 2014): the bits needn't withstand an attacker, who may send false symbols anyway.
        var value = seed &+ (UInt64(source) << 8 | UInt64(group)) &* 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// Adds a source symbol to the sums that it is in.
    func add<Symbol: RepairSymbol>(_ symbol: Symbol, _ source: Int, to sums: inout [Symbol]) {
        let range = bands.range(bands.band(of: source))
        var first = range.lowerBound
        while first < range.upperBound {
            var bits = members(source, (first - range.lowerBound) >> 6)
            let count = min(64, range.upperBound - first)
            if count < 64 { bits &= (1 << UInt64(count)) - 1 }
            while bits != 0 {
                sums[first + bits.trailingZeroBitCount].add(symbol)
                bits &= bits - 1
            }
            first += 64
        }
    }

    /// The source symbols at some indices, from sums to which all others were added once more, so that only these are left.
    ///
    /// - Returns: nil where the sums don't determine them.
    /// - Complexity: O(sums of a band · indices) exclusive ors of symbols.
    func solve<Symbol: RepairSymbol>(_ sums: [Symbol], for indices: [Int]) -> [Symbol]? {
        guard indices.count <= sums.count else { return nil }
        var solved = [Symbol](repeating: .zero, count: indices.count)
        var columns = [[Int]](repeating: [], count: bands.count)
        for (column, index) in indices.enumerated() { columns[bands.band(of: index)].append(column) }
        for band in columns.indices {
            let found = solve(sums[bands.range(band)], for: columns[band].map { indices[$0] })
            guard let found else { return nil }
            for (column, symbol) in zip(columns[band], found) { solved[column] = symbol }
        }
        return solved
    }

    /// The same for one band.
    private func solve<Symbol: RepairSymbol>(_ sums: ArraySlice<Symbol>, for indices: [Int]) -> [Symbol]? {
        guard indices.count <= sums.count, indices.count <= Equation<Symbol>.maxMembers else { return nil }
        var rows = sums.map { Equation(sum: $0) }
        for (column, index) in indices.enumerated() {
            for group in 0..<(sums.count + 63) / 64 {
                let bits = members(index, group)
                for row in group * 64..<min(sums.count, group * 64 + 64) where bits >> UInt64(row & 63) & 1 == 1 {
                    rows[row].setMember(column)
                }
            }
        }
        for column in indices.indices {
            guard let pivot = rows[column...].firstIndex(where: { $0.hasMember(column) }) else { return nil }
            rows.swapAt(column, pivot)
            let equation = rows[column]
            for row in rows.indices where row != column && rows[row].hasMember(column) { rows[row].add(equation) }
        }
        // Equations that are left over say whether the sums are of one block.
        guard rows[indices.count...].allSatisfy({ $0.sum == .zero }) else { return nil }
        return rows.prefix(indices.count).map(\.sum)
    }
}

/// What a code adds up: bytes, a fixed number of them, whatever they mean.
protocol RepairSymbol: Equatable, Sendable {
    static var zero: Self { get }
    mutating func add(_ other: Self)
}

extension UInt32: RepairSymbol {
    mutating func add(_ other: Self) { self ^= other }
}

/// 64 bytes. As `SIMD64<UInt8>` they'd be added one by one, which takes hundreds of times as long.
extension SIMD8: RepairSymbol where Scalar == UInt64 {
    mutating func add(_ other: Self) { self ^= other }
}

/// The sum of those unknown symbols whose bits are set.
private struct Equation<Symbol: RepairSymbol> {
    static var maxMembers: Int { 512 }

    private var members = SIMD8<UInt64>()
    private(set) var sum: Symbol

    init(sum: Symbol) { self.sum = sum }

    func hasMember(_ column: Int) -> Bool { members[column >> 6] >> UInt64(column & 63) & 1 == 1 }

    mutating func setMember(_ column: Int) { members[column >> 6] |= 1 << UInt64(column & 63) }

    mutating func add(_ other: Self) {
        members ^= other.members
        sum.add(other.sum)
    }
}
