/// Reads choices from fuzzed bytes, in order. Behind the end every choice is 0, so that each input is a whole program.
struct FuzzInput {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func bool() -> Bool { byte() & 1 == 1 }

    /// 0 ..< bound; at most 256 choices.
    mutating func choice(_ bound: Int) -> Int { Int(byte()) % bound }

    mutating func uint16() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    /// Numbers at which arithmetic goes wrong.
    private static let edges: [UInt64] = [
        .max, .max - 1, .max - 64, 1 << 63, 1 << 63 - 1, 1 << 62, 1 << 32, .max / 1_000_000_000,
    ]

    /// A number of any size: the first byte tells how many follow, or which of the edges it is.
    mutating func uint64() -> UInt64 {
        let choice = choice(9 + Self.edges.count)
        return choice < 9 ? bytes(choice).reduce(0) { $0 << 8 | UInt64($1) } : Self.edges[choice - 9]
    }

    /// That many bytes, or as many as there are.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(taken)
    }

    /// As many bytes as the next two say, or as there are.
    mutating func block() -> [UInt8] { bytes(Int(uint16())) }
}

/// Writes what `FuzzInput` reads, for seeds.
struct FuzzOutput {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ values: UInt8...) { bytes += values }

    mutating func put(uint64 value: UInt64) {
        put(8)
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    mutating func put(block: [UInt8]) {
        put(UInt8(truncatingIfNeeded: block.count >> 8), UInt8(truncatingIfNeeded: block.count))
        bytes += block
    }

    static func program(_ body: (inout FuzzOutput) -> Void) -> [UInt8] {
        var output = FuzzOutput()
        body(&output)
        return output.bytes
    }
}
