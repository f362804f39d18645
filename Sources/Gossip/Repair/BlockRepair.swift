import Chain
import RLP

/// Sums of a block's transactions, from which a receiver that lacks a few of them works these out by itself: what would
/// cost a round trip at each hop, with whichever transactions each node happens to lack.
///
///     [lengths, parts]
///
/// A transaction is cut into parts of 64 bytes, the last one filled up with zeros. Where the parts of a transaction belong
/// depends on the lengths of those before it; so the lengths have sums of their own, of 4 bytes each, and come first. Only
/// transactions that are known by a short id take part, in their order.
struct BlockRepair: Sendable {
    /// Big-endian, as on the wire.
    typealias Length = UInt32
    typealias Part = SIMD8<UInt64>

    static let partBytes = MemoryLayout<Part>.size
    static let lengthBytes = MemoryLayout<Length>.size
    /// Sums of each kind that a block may come with: 256 KB of parts.
    static let maxSums = 4_096
    /// `RepairBands.work` of a block: some 5 ms, for blocks of up to a megabyte.
    static let maxWork = 1 << 22

    let lengths: ArraySlice<UInt8>
    let parts: ArraySlice<UInt8>

    var byteCount: Int { lengths.count + parts.count }

    init(_ transactions: [Transaction], size: RepairSize, seed: UInt64) {
        var lengths = [Length](repeating: .zero, count: size.transactions)
        var parts = [Part](repeating: .zero, count: size.parts)
        let count = transactions.reduce(0) { $0 + Self.partCount($1.size) }
        let lengthCode = RepairCode(seed: seed, sums: size.transactions, symbols: transactions.count)
        let partCode = RepairCode(seed: seed, sums: size.parts, symbols: count)
        var first = 0
        for (index, transaction) in transactions.enumerated() {
            lengthCode.add(Self.length(transaction.size), index, to: &lengths)
            Self.add(transaction, from: first, to: &parts, partCode)
            first += Self.partCount(transaction.size)
        }
        self.lengths = Self.bytes(of: lengths)[...]
        self.parts = Self.bytes(of: parts)[...]
    }

    static func partCount(_ length: Int) -> Int { (length + partBytes - 1) / partBytes }

    /// False where this many missing transactions are too many for the sums.
    func mayGive(_ count: Int) -> Bool { Self.lengthBytes * count <= lengths.count }

    /// Works out what is missing.
    ///
    /// - Parameter transactions: in their order, nil for those that aren't there.
    /// - Returns: those that aren't there, in their order; nil where too many are missing, or the sums aren't this block's.
    ///   Nothing here proves them: whoever calls checks their ids.
    func missing(of transactions: [Transaction?], seed: UInt64) -> [Transaction]? {
        let indices = transactions.indices.filter { transactions[$0] == nil }
        guard let sizes = sizes(at: indices, of: transactions, seed: seed) else { return nil }
        var parts: [Part] = Self.symbols(of: self.parts)
        var next = sizes[...]
        var first = 0
        var lacking: [Int] = []
        let counts = transactions.map { Self.partCount($0?.size ?? next.popFirst() ?? 0) }
        let code = RepairCode(seed: seed, sums: parts.count, symbols: counts.reduce(0, +))
        guard code.bands.work <= Self.maxWork else { return nil }
        for (transaction, count) in zip(transactions, counts) {
            if let transaction {
                Self.add(transaction, from: first, to: &parts, code)
            } else {
                lacking += first..<first + count
            }
            first += count
        }
        guard let solved = code.solve(parts, for: lacking) else { return nil }
        var rest = Self.bytes(of: solved)[...]
        var found: [Transaction] = []
        for size in sizes {
            guard let transaction = try? Transaction(encoded: Array(rest.prefix(size))) else { return nil }
            found.append(transaction)
            rest = rest.dropFirst(Self.partCount(size) * Self.partBytes)
        }
        return found
    }

    /// The sizes of the missing transactions, if the sums of parts can give as much.
    private func sizes(at indices: [Int], of transactions: [Transaction?], seed: UInt64) -> [Int]? {
        var sums: [Length] = Self.symbols(of: lengths)
        let code = RepairCode(seed: seed, sums: sums.count, symbols: transactions.count)
        guard !indices.isEmpty, indices.count <= sums.count, code.bands.work <= Self.maxWork else { return nil }
        for (index, transaction) in transactions.enumerated() {
            if let transaction { code.add(Self.length(transaction.size), index, to: &sums) }
        }
        guard let solved = code.solve(sums, for: indices) else { return nil }
        var left = parts.count / Self.partBytes
        var sizes: [Int] = []
        for length in solved {
            let size = Int(UInt32(bigEndian: length))
            left -= Self.partCount(size)
            guard size > 0, left >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }

    private static func length(_ size: Int) -> Length { UInt32(truncatingIfNeeded: size).bigEndian }

    private static func add(_ transaction: Transaction, from first: Int, to sums: inout [Part], _ code: RepairCode) {
        let bytes = transaction.encoded
        for (index, start) in stride(from: 0, to: bytes.count, by: partBytes).enumerated() {
            code.add(symbol(of: bytes[start..<min(bytes.count, start + partBytes)]), first + index, to: &sums)
        }
    }

    private static func symbol<Symbol: RepairSymbol>(of bytes: ArraySlice<UInt8>) -> Symbol {
        var symbol = Symbol.zero
        withUnsafeMutableBytes(of: &symbol) { $0.copyBytes(from: bytes) }
        return symbol
    }

    private static func symbols<Symbol: RepairSymbol>(of bytes: ArraySlice<UInt8>) -> [Symbol] {
        let size = MemoryLayout<Symbol>.size
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map {
            symbol(of: bytes[$0..<min(bytes.endIndex, $0 + size)])
        }
    }

    private static func bytes<Symbol: RepairSymbol>(of symbols: [Symbol]) -> [UInt8] {
        symbols.withUnsafeBytes { Array($0) }
    }
}

extension BlockRepair: RLPEncodable, RLPDecodable {
    func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(lengths)
            list.write(parts)
        }
    }

    /// - Throws: for more than 4,096 sums of a kind, and where the last one isn't whole.
    init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        lengths = try list.readBytes(limit: Self.maxSums * Self.lengthBytes)
        parts = try list.readBytes(limit: Self.maxSums * Self.partBytes)
        guard lengths.count % Self.lengthBytes == 0, parts.count % Self.partBytes == 0 else { throw .invalidValue }
        try list.expectEnd()
    }
}
