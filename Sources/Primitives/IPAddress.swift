/// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`) are always held as IPv4.
public enum IPAddress: Hashable, Sendable {
    /// The four bytes as a big-endian number.
    case v4(UInt32)
    /// The upper and the lower 64 bits, each as a big-endian number.
    case v6(UInt64, UInt64)

    /// 127.0.0.1.
    public static let loopback = IPAddress.v4(0x7f00_0001)
    /// 0.0.0.0.
    public static let unspecified = IPAddress.v4(0)

    /// The address of 4 or 16 bytes in network order; nil for another count.
    @inlinable public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4:
            self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            let high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            let low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
            if high == 0, low >> 32 == 0xffff {
                self = .v4(UInt32(truncatingIfNeeded: low))
            } else {
                self = .v6(high, low)
            }
        default: return nil
        }
    }

    /// 4 or 16 bytes in network order.
    public var bytes: [UInt8] {
        switch self {
        case .v4(let value): (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        case .v6(let high, let low):
            (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
                + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
        }
    }

    public var isV4: Bool { if case .v4 = self { true } else { false } }

    /// Whether it is 0.0.0.0 or `::`.
    public var isUnspecified: Bool { self == .v4(0) || self == .v6(0, 0) }

    /// Whether it is in 127.0.0.0/8, or `::1`.
    public var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// Whether it is in 224.0.0.0/4 or ff00::/8.
    public var isMulticast: Bool {
        switch self {
        case .v4(let value): value >> 28 == 0xe
        case .v6(let high, _): high >> 56 == 0xff
        }
    }

    /// Whether it is a loopback, private (RFC 1918), unique local (RFC 4193) or link-local address: limits per subnet
    /// don't apply to these, since one local network may hold many nodes.
    public var isLAN: Bool {
        switch self {
        case .v4(let value):
            isLoopback || value >> 24 == 10 || value >> 20 == 0xac1 || value >> 16 == 0xc0a8 || value >> 16 == 0xa9fe
        case .v6(let high, _): isLoopback || high >> 57 == 0x7e || high >> 54 == 0x3fa
        }
    }
}

extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
    public var description: String {
        switch self {
        case .v4: return bytes.map(String.init).joined(separator: ".")
        case .v6(let high, let low):
            let groups = [high, low].flatMap { half in
                (0..<4).map { UInt16(truncatingIfNeeded: half >> (48 - 16 * $0)) }
            }
            return Self.compressed(groups)
        }
    }

    /// RFC 5952: the longest run of two or more zero groups becomes `::`, the first of runs of equal length.
    private static func compressed(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > best.count { best = start..<end }
            start = max(end, start) + 1
        }
        func text(_ slice: ArraySlice<UInt16>) -> String { slice.map { String($0, radix: 16) }.joined(separator: ":") }
        guard best.count > 1 else { return text(groups[...]) }
        return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }

    /// Dotted decimal, or the text forms of RFC 4291 without a zone; nil for anything else.
    public init?(_ text: String) {
        if !text.utf8.contains(UInt8(ascii: ":")) {
            guard let bytes = Self.dotted(text) else { return nil }
            self.init(bytes: bytes)
            return
        }
        guard text.utf8.count <= 45 else { return nil }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = Self.groups(halves[0], mayEndDotted: halves.count == 1),
            let tail = halves.count == 2 ? Self.groups(halves[1], mayEndDotted: true) : []
        else { return nil }
        let missing = 16 - head.count - tail.count
        guard halves.count == 2 ? missing >= 2 : missing == 0 else { return nil }
        self.init(bytes: head + [UInt8](repeating: 0, count: missing) + tail)
    }

    private static func dotted(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.utf8.count <= 3, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part.utf8.count == 1 || !part.hasPrefix("0"), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func groups(_ text: Substring, mayEndDotted: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndDotted, index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
                guard let four = dotted(part) else { return nil }
                bytes += four
            } else {
                guard (1...4).contains(part.utf8.count), !part.hasPrefix("+"), !part.hasPrefix("-"),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 255)]
            }
        }
        return bytes
    }
}
