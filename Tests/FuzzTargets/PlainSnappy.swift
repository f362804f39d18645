/// Snappy's raw format, as its description has it and without regard to speed: for reading what the node sends, and to
/// compare with (google/snappy, format_description.txt).
enum PlainSnappy {
    /// The content, of at most `limit` bytes; nil for a corrupt block.
    static func decompress(_ block: [UInt8], limit: Int = 16 << 20) -> [UInt8]? {
        var input = block[...]
        guard let count = varint(&input), count <= limit else { return nil }
        var output: [UInt8] = []
        while let tag = input.popFirst() {
            if tag & 3 == 0 {
                guard literal(tag, &input, &output) else { return nil }
            } else {
                guard let (length, offset) = copy(tag, &input), offset > 0, offset <= output.count else { return nil }
                guard output.count + length <= count else { return nil }
                for _ in 0..<length { output.append(output[output.count - offset]) }
            }
            guard output.count <= count else { return nil }
        }
        return output.count == count ? output : nil
    }

    private static func literal(_ tag: UInt8, _ input: inout ArraySlice<UInt8>, _ output: inout [UInt8]) -> Bool {
        var length = Int(tag >> 2)
        if length >= 60 {
            guard let more = number(length - 59, &input) else { return false }
            length = more
        }
        guard length < input.count else { return false }
        output += input.prefix(length + 1)
        input = input.dropFirst(length + 1)
        return true
    }

    private static func copy(_ tag: UInt8, _ input: inout ArraySlice<UInt8>) -> (length: Int, offset: Int)? {
        let bytes = [1, 2, 4][Int(tag & 3) - 1]
        guard let low = number(bytes, &input) else { return nil }
        guard tag & 3 == 1 else { return (Int(tag >> 2) + 1, low) }
        return (Int(tag >> 2 & 7) + 4, Int(tag >> 5) << 8 | low)
    }

    /// A little-endian number.
    private static func number(_ count: Int, _ input: inout ArraySlice<UInt8>) -> Int? {
        guard input.count >= count else { return nil }
        let digits = input.prefix(count)
        input = input.dropFirst(count)
        return digits.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func varint(_ input: inout ArraySlice<UInt8>) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = input.popFirst() else { return nil }
            value |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return value <= 0xffff_ffff ? value : nil }
        }
        return nil
    }
}
