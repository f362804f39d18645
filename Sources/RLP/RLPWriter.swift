public import Primitives

/// Appends RLP items to a byte array (Ethereum yellow paper, appendix B).
///
///     var writer = RLPWriter()
///     writer.list { list in
///         list.write(UInt64(5))
///         list.write("starling".utf8)
///     }
///     send(writer.bytes)
public struct RLPWriter: Sendable {
    /// The output so far.
    public private(set) var bytes: [UInt8]

    /// - Parameter bytes: the beginning of the output, for instance the type byte of a transaction.
    public init(prefix bytes: [UInt8] = []) { self.bytes = bytes }

    /// Reserves memory for `count` bytes of output in total.
    public mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// A byte string.
    @inlinable
    public mutating func write(_ string: some Collection<UInt8>) {
        if string.withContiguousStorageIfAvailable({ write(UnsafeRawBufferPointer($0)) }) != nil { return }
        Array(string).withUnsafeBytes { write($0) }
    }

    /// A byte string.
    public mutating func write(_ string: UnsafeRawBufferPointer) {
        if string.count == 1, string[0] < 0x80 { return bytes.append(string[0]) }
        guard string.count < 56 else {
            appendLongHeader(0x80, string.count)
            bytes.append(contentsOf: string)
            return
        }
        appendShort(0x80, string)
    }

    /// A byte string of the type's size.
    @inlinable
    public mutating func write(_ value: some FixedBytes) {
        value.withUnsafeBytes { write($0) }
    }

    /// An integer of at most 128 bits: big-endian without leading zeros, zero as the empty string.
    @inlinable
    public mutating func write(_ value: some FixedWidthInteger & UnsignedInteger) {
        let low = UInt64(truncatingIfNeeded: value)
        if value.bitWidth <= 64 { return write(integer: low) }
        precondition(value.bitWidth <= 128, "larger numbers are written as UInt256")
        write(UInt256(limbs: (low, UInt64(truncatingIfNeeded: value >> 64), 0, 0)))
    }

    @usableFromInline
    mutating func write(integer value: UInt64) {
        if value == 0 { return bytes.append(0x80) }
        if value < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: value)) }
        let count = 8 - value.leadingZeroBitCount / 8
        bytes.append(addingCapacity: 9) { span in
            span.append(0x80 + UInt8(truncatingIfNeeded: count))
            span.append(value, significantBytes: count)
        }
    }

    /// An integer: big-endian without leading zeros, zero as the empty string.
    public mutating func write(_ value: UInt256) {
        if let small = value.uint64 { return write(integer: small) }
        let limbs = value.limbs
        let count = (value.bitWidth + 7) / 8
        bytes.append(addingCapacity: 33) { span in
            span.append(0x80 + UInt8(truncatingIfNeeded: count))
            if count > 24 { span.append(limbs.3, significantBytes: count - 24) }
            if count > 16 { span.append(limbs.2, significantBytes: min(8, count - 16)) }
            span.append(limbs.1, significantBytes: min(8, count - 8))
            span.append(limbs.0, significantBytes: 8)
        }
    }

    /// True as 0x01, false as 0x80.
    public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0x80) }

    /// The item of `value`.
    @inlinable
    public mutating func write(_ value: some RLPEncodable) { value.encode(to: &self) }

    /// A list of the elements in order.
    @inlinable
    public mutating func write(list elements: some Collection<some RLPEncodable>) {
        list { writer in for element in elements { element.encode(to: &writer) } }
    }

    /// A list of fixed-size strings.
    @inlinable
    public mutating func write(list elements: some Collection<some FixedBytes>) {
        list { writer in for element in elements { writer.write(element) } }
    }

    /// Appends an encoded item as it is.
    public mutating func writeRaw(_ item: some Collection<UInt8>) { bytes.append(contentsOf: item) }

    /// An empty list.
    public mutating func writeEmptyList() { bytes.append(0xc0) }

    /// A list whose payload `body` writes.
    ///
    /// - Complexity: the payload is moved once, by the size of the list's header.
    @inlinable
    public mutating func list<E: Error>(_ body: (inout RLPWriter) throws(E) -> Void) throws(E) {
        let start = beginList()
        try body(&self)
        endList(start)
    }

    /// Reserves one byte for the header; returns the offset of the payload.
    @usableFromInline
    mutating func beginList() -> Int {
        bytes.append(0)
        return bytes.count
    }

    /// Writes the header of the list whose payload begins at `start`.
    @usableFromInline
    mutating func endList(_ start: Int) {
        let payload = bytes.count - start
        guard payload >= 56 else {
            bytes[start - 1] = 0xc0 + UInt8(payload)
            return
        }
        // Appended only to grow the array: the length goes before the payload, which is moved.
        let length = UInt64(payload).bigEndian
        let lengthBytes = 8 - UInt64(payload).leadingZeroBitCount / 8
        bytes[start - 1] = 0xf7 + UInt8(lengthBytes)
        for _ in 0..<lengthBytes { bytes.append(0) }
        bytes.withUnsafeMutableBytes { bytes in
            let moved = UnsafeMutableRawBufferPointer(rebasing: bytes[(start + lengthBytes)...])
            moved.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + payload]))
            withUnsafeBytes(of: length) { length in
                UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + lengthBytes])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: length[(8 - lengthBytes)...]))
            }
        }
    }

    /// Header and content of a string of less than 56 bytes that isn't its own encoding.
    @inline(__always)
    private mutating func appendShort(_ base: UInt8, _ string: UnsafeRawBufferPointer) {
        bytes.append(addingCapacity: 1 + string.count) { span in
            span.append(base + UInt8(truncatingIfNeeded: string.count))
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
                    .copyMemory(from: string)
                initialized += string.count
            }
        }
    }

    private mutating func appendLongHeader(_ base: UInt8, _ count: Int) {
        let lengthBytes = 8 - UInt64(count).leadingZeroBitCount / 8
        bytes.append(base + 55 + UInt8(lengthBytes))
        for index in stride(from: 8 * (lengthBytes - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: count >> index))
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends the last `count` bytes of `word`, big-endian. All eight bytes are stored at once, for which there must
    /// be room; the next append overwrites the surplus.
    @inline(__always)
    fileprivate mutating func append(_ word: UInt64, significantBytes count: Int) {
        withUnsafeMutableBufferPointer { buffer, initialized in
            precondition(buffer.count - initialized >= 8 && count <= 8)
            let shifted = word &<< UInt64(truncatingIfNeeded: 64 - 8 * count)
            UnsafeMutableRawBufferPointer(buffer)
                .storeBytes(of: shifted.bigEndian, toByteOffset: initialized, as: UInt64.self)
            initialized += count
        }
    }
}
