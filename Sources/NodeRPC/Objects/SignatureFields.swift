import Chain
import Primitives
import RLP

/// The last three fields of a transaction, as they are in its bytes: `v` (or `y`), `r` and `s`.
struct SignatureFields {
    let v: UInt64
    let r: UInt256
    let s: UInt256

    /// Complexity: O(fields); a transaction has decoded, so this doesn't fail.
    init?(_ transaction: Transaction) {
        let isLegacy = transaction.type == .legacy
        var reader = RLPReader(isLegacy ? transaction.encoded[...] : transaction.encoded[1...])
        guard var fields = try? reader.readList() else { return nil }
        let skipped =
            switch transaction.type {
            case .legacy: 6
            case .accessList: 8
            case .dynamicFee: 9
            case .setCode: 10
            case .blob: 11
            }
        for _ in 0..<skipped {
            guard (try? fields.readRaw()) != nil else { return nil }
        }
        guard let v = try? fields.read(UInt64.self), let r = try? fields.read(UInt256.self),
            let s = try? fields.read(UInt256.self)
        else { return nil }
        (self.v, self.r, self.s) = (v, r, s)
    }
}
