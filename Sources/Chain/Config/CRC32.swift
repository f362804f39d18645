/// CRC-32 of IEEE 802.3 (polynomial 0xedb88320, reflected), the checksum in fork ids (EIP-2124).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xedb8_8320 }
    }

    /// Continues the checksum `sum`, 0 at the start, with more bytes.
    static func update(_ sum: UInt32, _ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~sum) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}
