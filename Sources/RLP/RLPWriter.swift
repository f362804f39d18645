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
    public private(set) var bytes: [UInt8]

    /// - Parameter bytes: what the output begins with, for instance the type byte of a transaction.
    public init(prefix bytes: [UInt8] = []) { self.bytes = bytes }

    public mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// A byte string.
    public mutating func write(_ string: some Collection<UInt8>) {
        let count = string.count
        if count == 1, let byte = string.first, byte < 0x80 {
            bytes.append(byte)
        } else {
            writeHeader(0x80, count)
            bytes.append(contentsOf: string)
        }
    }

    public mutating func write(_ value: some FixedBytes) {
        value.withUnsafeBytes { write($0) }
    }

    /// An integer: big-endian without leading zeros, zero as the empty string.
    public mutating func write(_ value: some FixedWidthInteger & UnsignedInteger) {
        if value == 0 {
            bytes.append(0x80)
        } else if value < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else {
            let count = (value.bitWidth - value.leadingZeroBitCount + 7) / 8
            bytes.append(0x80 + UInt8(count))
            appendBigEndian(value, count)
        }
    }

    public mutating func write(_ value: UInt256) {
        if let small = value.uint64 { write(small) } else { write(value.minimalBytes) }
    }

    public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0x80) }

    public mutating func write(_ value: some RLPEncodable) { value.encode(to: &self) }

    /// A list of the elements in order.
    public mutating func write(list elements: some Collection<some RLPEncodable>) {
        list { writer in for element in elements { element.encode(to: &writer) } }
    }

    /// A list of fixed-size strings.
    public mutating func write(list elements: some Collection<some FixedBytes>) {
        list { writer in for element in elements { writer.write(element) } }
    }

    /// An item that is encoded already.
    public mutating func writeRaw(_ item: some Collection<UInt8>) { bytes.append(contentsOf: item) }

    public mutating func writeEmptyList() { bytes.append(0xc0) }

    /// A list whose payload `body` writes.
    ///
    /// - Complexity: the payload is moved once, by the size of the list's header.
    public mutating func list<E: Error>(_ body: (inout RLPWriter) throws(E) -> Void) throws(E) {
        let start = bytes.count
        bytes.append(0)
        try body(&self)
        let payload = bytes.count - start - 1
        if payload < 56 {
            bytes[start] = 0xc0 + UInt8(payload)
        } else {
            let lengthBytes = (Int.bitWidth - payload.leadingZeroBitCount + 7) / 8
            bytes[start] = 0xf7 + UInt8(lengthBytes)
            let length = (0..<lengthBytes).map { UInt8(truncatingIfNeeded: payload >> (8 * (lengthBytes - 1 - $0))) }
            bytes.insert(contentsOf: length, at: start + 1)
        }
    }

    private mutating func writeHeader(_ base: UInt8, _ count: Int) {
        if count < 56 {
            bytes.append(base + UInt8(count))
        } else {
            let lengthBytes = (Int.bitWidth - count.leadingZeroBitCount + 7) / 8
            bytes.append(base + 55 + UInt8(lengthBytes))
            appendBigEndian(UInt64(count), lengthBytes)
        }
    }

    private mutating func appendBigEndian(_ value: some FixedWidthInteger & UnsignedInteger, _ count: Int) {
        for index in stride(from: 8 * (count - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> index))
        }
    }
}
