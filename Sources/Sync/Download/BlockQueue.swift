import Chain
import Primitives

/// The blocks between what is imported and the last header taken: headers in one unbroken chain, and their bodies as
/// they come, in any order.
struct BlockQueue: Sendable {
    private enum Body: Sendable {
        case missing
        /// Asked for, or come and being checked.
        case underway
        case here(Block, bytes: Int)
    }

    private struct Slot: Sendable {
        let header: Header
        let hash: Hash32
        var body: Body
    }

    /// In order of their numbers, which are consecutive.
    private var slots: [Slot] = []
    /// What the headers and bodies take, roughly: encoded, they are as large.
    private(set) var bytes = 0
    /// How large bodies have been of late: to reserve room for those asked for.
    private(set) var bodyEstimate: Int
    /// Blocks whose bodies are asked for or being checked.
    private(set) var underway = 0

    init(minBodyEstimate: Int) { bodyEstimate = minBodyEstimate }

    var count: Int { slots.count }
    var isEmpty: Bool { slots.isEmpty }
    var firstNumber: UInt64? { slots.first?.header.number }

    /// Whether the first block, for which all others wait, lacks its body and nobody has been asked for it.
    var isFirstMissing: Bool { if case .missing = slots.first?.body { true } else { false } }

    /// Whether it lacks its body and somebody has been asked for it.
    var isFirstUnderway: Bool { if case .underway = slots.first?.body { true } else { false } }

    /// Whether a block is queued and its body isn't here.
    func lacksBody(_ number: UInt64) -> Bool {
        guard let index = index(number) else { return false }
        return if case .here = slots[index].body { false } else { true }
    }

    /// Adds a header that follows the last one. A body that the header says is empty is there at once.
    mutating func append(_ header: Header, hash: Hash32) {
        var slot = Slot(header: header, hash: hash, body: .missing)
        if let body = Self.emptyBody(header) { slot.body = .here(Block(header: header, body: body), bytes: 0) }
        slots.append(slot)
        bytes += Self.headerBytes(header)
    }

    /// The numbers of the first `limit` blocks whose bodies nobody has been asked for, none above `last`.
    func missing(limit: Int, upTo last: UInt64?) -> [UInt64] {
        var numbers: [UInt64] = []
        guard let first = firstNumber else { return numbers }
        for index in slots.indices {
            // The number of a queued header, so it can't overflow.
            let number = first + UInt64(index)
            guard numbers.count < limit, last.map({ number <= $0 }) ?? true else { break }
            if case .missing = slots[index].body { numbers.append(number) }
        }
        return numbers
    }

    /// The headers and hashes of blocks that are still queued, in the order of `numbers`, which ascends.
    func headers(_ numbers: [UInt64]) -> [(header: Header, hash: Hash32)] {
        numbers.compactMap { number in index(number).map { (slots[$0].header, slots[$0].hash) } }
    }

    mutating func markUnderway(_ numbers: [UInt64]) {
        for index in numbers.compactMap(index) {
            guard case .missing = slots[index].body else { continue }
            slots[index].body = .underway
            underway += 1
        }
    }

    /// Takes back what `markUnderway` said, where no body has come.
    mutating func markMissing(_ numbers: some Sequence<UInt64>) {
        for index in numbers.compactMap(index) {
            guard case .underway = slots[index].body else { continue }
            slots[index].body = .missing
            underway -= 1
        }
    }

    /// Puts a checked block in its place, also where it was taken back in the meantime that it was asked for.
    mutating func fill(_ block: Block, bytes size: Int) {
        guard let index = index(block.number), slots[index].hash == block.hash else { return }
        switch slots[index].body {
        case .here: return
        case .underway: underway -= 1
        case .missing: break
        }
        slots[index].body = .here(block, bytes: size)
        bytes += size
        // Follows larger bodies at once and smaller ones slowly.
        bodyEstimate = max(size, bodyEstimate - (bodyEstimate - size) / 8)
    }

    /// Takes the blocks at the front that are complete, until a limit is reached; at least one if there is one.
    mutating func takeReady(maxCount: Int, maxBytes: Int) -> (blocks: [Block], bytes: Int) {
        var blocks: [Block] = []
        var taken = 0
        for slot in slots.prefix(maxCount) {
            guard case .here(let block, let size) = slot.body else { break }
            let more = size + Self.headerBytes(slot.header)
            guard blocks.isEmpty || taken + more <= maxBytes else { break }
            blocks.append(block)
            taken += more
        }
        slots.removeFirst(blocks.count)
        bytes -= taken
        return (blocks, taken)
    }

    private func index(_ number: UInt64) -> Int? {
        guard let first = firstNumber, number >= first, number - first < UInt64(slots.count) else { return nil }
        return Int(number - first)
    }

    private static func headerBytes(_ header: Header) -> Int { 600 + header.extraData.count }

    /// The body that follows from a header whose roots are those of nothing.
    private static func emptyBody(_ header: Header) -> BlockBody? {
        guard header.transactionsRoot == .emptyTrieRoot, header.ommersHash == .emptyListHash,
            header.withdrawalsRoot == nil || header.withdrawalsRoot == .emptyTrieRoot
        else { return nil }
        return BlockBody(withdrawals: header.withdrawalsRoot == nil ? nil : [])
    }
}
