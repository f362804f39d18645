import Primitives

/// Encodes trie nodes, one after the other, into one reused buffer.
///
/// The size of a node is computed before it is written, so the buffer grows at most once per node, and nothing is
/// moved.
struct NodeEncoder {
    /// The first `count` bytes are the nodes written; the rest is free.
    private var buffer: [UInt8] = []
    private(set) var count = 0

    /// The bytes written since the last `clear`.
    var bytes: [UInt8] { Array(buffer[..<count]) }

    mutating func clear() { count = 0 }

    @inline(__always)
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// A leaf: the hex-prefix path, then the value as a string.
    ///
    /// - Parameter path: a range of nibbles of `keys`, two per byte.
    mutating func leaf(path: Range<Int>, in keys: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        list(payload: Self.pathSize(path.count) + Self.stringSize(value)) { writer in
            writer.path(path, in: keys, flag: 0x20)
            writer.string(value)
        }
    }

    /// An extension: the hex-prefix path, then the child.
    mutating func `extension`(path: Range<Int>, in keys: UnsafeRawBufferPointer, child: NodeReference) {
        list(payload: Self.pathSize(path.count) + child.encodedCount) { writer in
            writer.path(path, in: keys, flag: 0)
            writer.reference(child)
        }
    }

    /// A branch with the 16 children that `child` returns, and a value, which may be empty.
    @inline(__always)
    mutating func branch(value: UnsafeRawBufferPointer, child: (Int) -> NodeReference) {
        var payload = Self.stringSize(value)
        for nibble in 0..<16 { payload += child(nibble).encodedCount }
        list(payload: payload) { writer in
            for nibble in 0..<16 { writer.reference(child(nibble)) }
            writer.string(value)
        }
    }

    @inline(__always)
    private mutating func list(payload: Int, _ body: (inout NodeWriter) -> Void) {
        let size = NodeWriter.headerSize(payload) + payload
        if buffer.count < count + size {
            buffer.append(contentsOf: repeatElement(0, count: max(buffer.count, size)))
        }
        let start = count
        buffer.withUnsafeMutableBytes { buffer in
            var writer = NodeWriter(buffer: buffer, at: start)
            writer.header(0xc0, payload)
            body(&writer)
        }
        count += size
    }

    private static func stringSize(_ value: UnsafeRawBufferPointer) -> Int {
        value.count == 1 && value[0] < 0x80 ? 1 : NodeWriter.headerSize(value.count) + value.count
    }

    // A path of at most one nibble is one byte below 0x80, which needs no header.
    private static func pathSize(_ nibbles: Int) -> Int {
        let count = nibbles / 2 + 1
        return count == 1 ? 1 : NodeWriter.headerSize(count) + count
    }
}

/// Writes RLP into a buffer that is known to be large enough.
private struct NodeWriter {
    let buffer: UnsafeMutableRawBufferPointer
    var at: Int

    static func headerSize(_ count: Int) -> Int {
        count < 56 ? 1 : 1 + (Int.bitWidth - count.leadingZeroBitCount + 7) / 8
    }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        buffer[at] = value
        at += 1
    }

    @inline(__always)
    mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[at..<at + bytes.count]).copyMemory(from: bytes)
        at += bytes.count
    }

    mutating func header(_ base: UInt8, _ count: Int) {
        guard count >= 56 else { return byte(base + UInt8(truncatingIfNeeded: count)) }
        let lengthBytes = Self.headerSize(count) - 1
        byte(base + 55 + UInt8(truncatingIfNeeded: lengthBytes))
        for shift in stride(from: 8 * (lengthBytes - 1), through: 0, by: -8) {
            byte(UInt8(truncatingIfNeeded: count >> shift))
        }
    }

    mutating func string(_ value: UnsafeRawBufferPointer) {
        if value.count != 1 || value[0] >= 0x80 { header(0x80, value.count) }
        copy(value)
    }

    @inline(__always)
    mutating func reference(_ reference: NodeReference) {
        switch reference.count {
        case 0: byte(0x80)
        case 32:
            byte(0xa0)
            buffer.storeBytes(of: reference.bytes, toByteOffset: at, as: Hash32.self)
            at += 32
        case let count:
            reference.bytes.withUnsafeBytes { copy(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
        }
    }

    mutating func path(_ path: Range<Int>, in keys: UnsafeRawBufferPointer, flag: UInt8) {
        if path.count > 1 { header(0x80, path.count / 2 + 1) }
        var start = path.lowerBound
        if path.count & 1 == 1 {
            byte(flag | 0x10 | Self.nibble(start, in: keys))
            start += 1
        } else {
            byte(flag)
        }
        if start & 1 == 0 {
            copy(UnsafeRawBufferPointer(rebasing: keys[start / 2..<path.upperBound / 2]))
        } else {
            for high in stride(from: start, to: path.upperBound, by: 2) {
                byte(Self.nibble(high, in: keys) << 4 | Self.nibble(high + 1, in: keys))
            }
        }
    }

    @inline(__always)
    private static func nibble(_ index: Int, in keys: UnsafeRawBufferPointer) -> UInt8 {
        index & 1 == 0 ? keys[index / 2] >> 4 : keys[index / 2] & 15
    }
}
