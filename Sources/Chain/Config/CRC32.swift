/// CRC-32 as in IEEE 802.3 (polynomial 0xedb88320, reflected), which fork ids are sums of.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xedb8_8320 }
    }

    /// The sum of bytes that follow those of `sum`; zero for the first ones.
    static func update(_ sum: UInt32, _ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~sum) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}
