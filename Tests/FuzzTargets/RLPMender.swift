import RLP

/// Makes canonical RLP of any bytes, and leaves canonical RLP as it is.
///
/// A mutation of one byte in a list changes lengths and so breaks every list around it: after that no decoder looks any
/// deeper. Mended, the lists fit their items again, and what lies inside is tried.
enum RLPMender {
    static let maxDepth = 16

    /// One item. What doesn't belong to it is left out.
    static func mend(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var writer = RLPWriter()
        item(&rest, depth: 0, &writer)
        return writer.bytes
    }

    /// The bytes themselves, and mended where that makes a difference.
    static func variants(_ bytes: [UInt8]) -> [[UInt8]] {
        let mended = mend(bytes)
        return mended == bytes ? [bytes] : [bytes, mended]
    }

    private static func item(_ rest: inout ArraySlice<UInt8>, depth: Int, _ writer: inout RLPWriter) {
        let first = rest.popFirst() ?? 0x80
        switch first {
        case ..<0x80: writer.write([first])
        case ..<0xb8: writer.write(take(Int(first - 0x80), &rest))
        case ..<0xc0: writer.write(take(length(Int(first - 0xb7), &rest), &rest))
        case ..<0xf8: list(take(Int(first - 0xc0), &rest), depth, &writer)
        default: list(take(length(Int(first - 0xf7), &rest), &rest), depth, &writer)
        }
    }

    private static func list(_ payload: ArraySlice<UInt8>, _ depth: Int, _ writer: inout RLPWriter) {
        guard depth < maxDepth else { return writer.writeEmptyList() }
        var rest = payload
        writer.list { inner in
            while !rest.isEmpty { item(&rest, depth: depth + 1, &inner) }
        }
    }

    private static func length(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int {
        take(count, &rest).reduce(0) { min($0 << 8 | Int($1), 1 << 32) }
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
