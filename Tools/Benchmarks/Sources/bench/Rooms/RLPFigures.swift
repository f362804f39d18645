import Primitives
import RLP

/// Lists of integers, as go-ethereum's `BenchmarkDecodeUints` and `BenchmarkEncodeU256Ints` have them.
enum RLPFigures {
    static let group = "rlp"

    static func all() throws -> [Figure] {
        let integers = (0..<90_000 as Range<UInt64>).map { $0 }
        var writer = RLPWriter()
        writer.list { list in for integer in integers { list.write(integer) } }
        let encoded = writer.bytes
        guard try decode(encoded) == integers else { throw BenchFailure.unexpected("another list") }
        let decoding = time { count in for _ in 0..<count { keep(try? decode(encoded)) } }
        let validating = time { count in for _ in 0..<count { keep(try? RLPValidator.validate(encoded[...])) } }

        let powers = (0..<200).map { UInt256.one << $0 }
        let encoding = time { count in
            var writer = RLPWriter()
            writer.reserveCapacity(4_096)
            for _ in 0..<count {
                writer.list { list in for power in powers { list.write(power) } }
                keep(writer.bytes.count)
                writer = RLPWriter()
                writer.reserveCapacity(4_096)
            }
        }
        return [
            Figure(group, "90,000 integers decoded", bytes: encoded.count, decoding),
            Figure(group, "90,000 integers validated", bytes: encoded.count, validating),
            Figure(group, "200 integers of up to 200 bits encoded", encoding, unit: "us"),
        ]
    }

    private static func decode(_ bytes: [UInt8]) throws -> [UInt64] {
        var reader = RLPReader(bytes)
        return try reader.readList(limit: .max) { (list) throws(RLPError) in try list.read(UInt64.self) }
    }
}
